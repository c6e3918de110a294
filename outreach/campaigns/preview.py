"""What would become of a campaign if it were confirmed: who gets it and when, who does not and why.

Her hours are asked as the gate will ask them, so that the page promises nothing that the night takes back.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models import Template
from outreach.campaigns import variables
from outreach.campaigns.audience import standings
from outreach.campaigns.compiling import Asked
from outreach.campaigns.windows import nobody_may_be_written_to, suggested_window
from outreach.messages import conversation_state, templates
from outreach.messages.may_send import next_allowed

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Campaign
    from outreach.campaigns.variables import Reader
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

__all__ = [
    "OUTSIDE_HER_HOURS", "Preview", "nobody_may_be_written_to", "preview", "suggested_window",
]  # fmt: skip
OUTSIDE_HER_HOURS = "outside_her_hours"
BATCH = 2000
EXAMPLES = 3


@dataclass
class Preview:
    """What would happen: `arrivals` counts by moment, `reasons` those who get nothing.

    `reached` and `others` name some of each: all where they are few, else by chance. `examples` are texts as
    single women read them, where the campaign says something of each.
    """

    reached: list[uuid.UUID] = field(default_factory=list)
    others: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    arrivals: Counter[datetime] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[uuid.UUID, str]] = field(default_factory=list)

    @property
    def reached_count(self) -> int:
        """How many would get it."""
        return self.arrivals.total()

    @property
    def left_out_count(self) -> int:
        """How many would not."""
        return self.reasons.total()

    @property
    def total(self) -> int:
        """All women it is about."""
        return self.reached_count + self.left_out_count


def preview(
    session: Session,
    key: PersonalKey,
    rules: Settings,
    campaign: Campaign,
    now: datetime,
    shown: int = 60,
    *,
    sample: int = 0,
) -> Preview:
    """Say who would get it and when, who would not and why; changes nothing. `rules` are its programme's.

    Another `sample` is of other women.
    """
    made = Preview()
    looked = _Look(made, rules, campaign, max(campaign.starts_at, now))
    picked = random.Random(f"{campaign.id}:{sample}")  # noqa: S311 (which names are shown is no secret)
    reader = variables.Reader(session, key, campaign, rules.timezone)
    rows = session.execute(standings(campaign, Asked(key, now)), execution_options={"yield_per": BATCH})
    for batch in rows.partitions():
        lacking = _lacking(reader, batch, now)
        for woman_id, reason, conversation_id, cipher in batch:
            state = None
            if reason is None:
                state = conversation_state.decode(key, conversation_id, cipher)
            looked.at(woman_id, reason, state, lacking, picked, shown)
    if reader.personal:
        made.examples = _examples(session, campaign, reader, made.reached[:EXAMPLES], now)
    return made


class _Look:
    """Decides for one woman after the other; most have no hours of their own and share one answer."""

    def __init__(self, made: Preview, rules: Settings, campaign: Campaign, start: datetime) -> None:
        self._made, self._rules, self._start = made, rules, start
        self._ends_at = campaign.ends_at
        self._moments: dict[object, datetime] = {}

    def at(
        self,
        woman_id: uuid.UUID,
        reason: str | None,
        state: PrivateState | None,
        lacking: set[uuid.UUID],
        picked: random.Random,
        shown: int,
    ) -> None:
        made, found = self._made, reason
        at = self._start
        if state is not None:
            at = self._arrival(state)
            if at >= self._ends_at:
                found = OUTSIDE_HER_HOURS
            elif woman_id in lacking:
                found = variables.NO_VALUE
        if found is None:
            made.arrivals[at] += 1
            _keep(made.reached, woman_id, made.reached_count, picked, shown)
        else:
            made.reasons[found] += 1
            _keep(made.others, (woman_id, found), made.left_out_count, picked, shown)

    def _arrival(self, state: PrivateState) -> datetime:
        days = None if state.contact_days is None else tuple(state.contact_days)
        hers = (state.contact_from, state.contact_until, days)
        if hers not in self._moments:
            self._moments[hers] = next_allowed(self._start, self._rules, state)
        return self._moments[hers]


def _keep(kept: list[Any], one: object, seen: int, picked: random.Random, most: int) -> None:
    """Keep an even sample of what was seen so far."""
    if len(kept) < most:
        kept.append(one)
        return
    place = picked.randrange(seen)
    if place < most:
        kept[place] = one


def _lacking(reader: Reader, batch: Iterable[Any], now: datetime) -> set[uuid.UUID]:
    """Return who of a batch has no value for the text, as handing over will find."""
    if not reader.personal:
        return set()
    asked = [row[0] for row in batch if row[1] is None]
    return set(asked) - reader.fill(asked, now).keys()


def _examples(
    session: Session, campaign: Campaign, reader: Reader, women: list[uuid.UUID], now: datetime
) -> list[tuple[uuid.UUID, str]]:
    template = session.get_one(Template, campaign.template_id)
    filled = reader.fill(women, now)
    return [
        (woman_id, templates.render(template, filled[woman_id].values))
        for woman_id in women
        if woman_id in filled
    ]
