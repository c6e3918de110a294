"""Women who write and women who are to be reminded, drawn from a seed.

A message counts as sent once the webhook has answered it with 2xx; until then it is posted again under the
same MessageSid, and now and then once more after that, as Twilio may do.
"""

from __future__ import annotations

import base64
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import trouble
from support import SECRET

from benchmarks import seeding
from models import utcnow
from outreach.ground.database import make_sessions
from outreach.sealing.crypto import PersonalKey
from simulator.addresses import canonical
from simulator.inbound import parse_inbound, prepare, send

if TYPE_CHECKING:
    import uuid

    from looking import Product

TEXTS = ("gracias", "hasta luego")
CRY = "me va a matar, trae una pistola"
GROUP_OF, POSTERS = 25, 8
DANGER_SHARE, TWICE_SHARE = 0.03, 0.05
ACCEPT_SECONDS = 90.0
BETWEEN = 1.5
"""Seconds; shorter than the wait for the end of a burst."""
OFFSET = timedelta(minutes=1440)


@dataclass(frozen=True)
class Plan:
    """How much, for how long, and how often something goes wrong at Twilio."""

    messages: int
    phones: int
    reminders: int
    seconds: float
    share: float = 0.2
    posters: int = POSTERS
    most_seconds: float = float("inf")
    """Nothing is posted later, however much was planned: the machine was slower than the plan."""
    burst: int = 1
    """A woman writes from one to so many messages, each within `BETWEEN` of the one before."""


@dataclass
class Traffic:
    """What was sent to the product and what it owes."""

    installation: Product
    plan: Plan
    seed: int
    accepted: dict[str, str] = field(default_factory=dict)
    """The phone of each message that was answered with 2xx, by its MessageSid."""
    cries: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    """Messages that the webhook would not take within `ACCEPT_SECONDS`."""
    reminded: dict[str, uuid.UUID] = field(default_factory=dict)
    _posted: int = 0
    _until: float = float("inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan_reminders(self) -> None:
        """Write the women; their sessions follow with `meet`, some at each third of the time."""
        sessions, key = make_sessions(self.installation.engine), PersonalKey(base64.b64decode(SECRET))
        seeded = seeding.women(sessions, key, self.plan.reminders, group_of=GROUP_OF, approved=False)
        self.reminded = seeded.phones
        chance = random.Random(self.seed)
        for phone in seeded.phones:
            trouble.order(self.installation.hub, chance, phone, self.plan.share)
        thirds = [seeded.groups[n::3] for n in range(3)]
        with sessions.begin() as session:
            for number, groups in enumerate(thirds):
                due = timedelta(seconds=10 + self.plan.seconds * number / 4)
                seeding.meet(session, groups, utcnow() + OFFSET + due)

    def write(self) -> None:
        """Post all messages, spread over the time; return when the last was taken or given up."""
        chance = random.Random(self.seed + 1)
        began = time.monotonic()
        self._until = began + self.plan.most_seconds
        with ThreadPoolExecutor(self.plan.posters) as pool:
            for moment, writer in self._moments(chance):
                time.sleep(max(0.0, began + moment - time.monotonic()))
                pool.submit(self._one, chance.randrange(2**32), writer)

    def _moments(self, chance: random.Random) -> list[tuple[float, int]]:
        """When each message is posted, in order, and the number of the phone that it comes from."""
        made: list[tuple[float, int]] = []
        while len(made) < self.plan.messages:
            moment, writer = chance.uniform(0, self.plan.seconds), chance.randrange(self.plan.phones)
            for _ in range(min(chance.randint(1, self.plan.burst), self.plan.messages - len(made))):
                made.append((moment, writer))
                moment += chance.uniform(0.2, BETWEEN)
        return sorted(made)

    def _one(self, seed: int, writer: int) -> None:
        if time.monotonic() > self._until:
            return
        chance = random.Random(seed)
        cry = chance.random() < DANGER_SHARE
        with self._lock:
            self._posted += 1
            own = self._posted
        # Whoever cries does so once, from a phone of her own: what she is owed is plain.
        phone = f"+5213320{own:06d}" if cry else f"+5213310{writer:06d}"
        trouble.order(self.installation.hub, chance, phone, self.plan.share, passing=cry)
        said = {"from": phone, "body": CRY if cry else chance.choice(TEXTS)}
        item = prepare(self.installation.hub, parse_inbound(said), self.installation.webhook)
        deadline = time.monotonic() + ACCEPT_SECONDS
        while (status := send(self.installation.hub, item).status) is None or status >= 300:
            if time.monotonic() > deadline or self.installation.gave_up:
                self.refused.append(item.key)
                return
            time.sleep(0.5)
        self.accepted[item.key] = canonical(phone)
        if cry:
            self.cries.add(canonical(phone))
        if chance.random() < TWICE_SHARE:
            send(self.installation.hub, item)
