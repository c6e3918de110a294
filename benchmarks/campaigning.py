"""Driving one moment of 35,000 messages: planned and handed over by the clock, sent by the worker.

The sessions are far away when their reminders are planned; then the hours until the moment pass at once, so
that planning, handing over and sending are each timed alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks import among, seeding
from benchmarks.books import Books, until
from benchmarks.refreshing import refreshes
from cli.install.progress import step
from models import Role, utcnow
from outreach.campaigns import campaigns
from outreach.campaigns.audience import Audience
from outreach.ground.database import make_sessions
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

    from benchmarks.seeding import Seeded
    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn, Taken

    Times = tuple[float | None, float | None, float | None]

OFFSET = timedelta(minutes=1440)
_AHEAD = timedelta(hours=3)
_PLAN_SECONDS, _HAND_OVER_SECONDS, _SEND_SECONDS = 900.0, 1800.0, 3600.0
_REMINDERS = """SELECT count(*) FROM reminder r JOIN workshop_session s ON s.id = r.session_id
    WHERE s.group_id = ANY(:groups)"""
_PLANNED = f"{_REMINDERS} AND r.state = 'planned'"
_DROPPED = """SELECT coalesce(r.reason, r.state), count(*) FROM reminder r
    JOIN workshop_session s ON s.id = r.session_id
    WHERE s.group_id = ANY(:groups) AND r.outbox_id IS NULL GROUP BY 1"""
_RECIPIENTS = "SELECT count(*) FROM campaign_recipient WHERE campaign_id = :campaign"
_WAITING = f"{_RECIPIENTS} AND outbox_id IS NULL AND reason IS NULL"
_LEFT_OUT = """SELECT reason, count(*) FROM campaign_recipient
    WHERE campaign_id = :campaign AND reason IS NOT NULL GROUP BY 1"""
_SHIFTS = (
    """UPDATE reminder r SET due_at = s.starts_at - :ahead - :offset, useful_until = r.useful_until - :ahead
    FROM workshop_session s WHERE s.id = r.session_id AND s.group_id = ANY(:groups)""",
    "UPDATE workshop_session SET starts_at = starts_at - :ahead WHERE group_id = ANY(:groups)",
)
_MIDDLE = (0.1, 0.9)
"""The rate is that of the messages between these shares of all: without the first and the last moments."""


@dataclass(frozen=True)
class Seen:
    """Seconds that each stage took (None: it did not end in time), and how the messages ended."""

    planned: float | None
    handed_over: float | None
    sent: float | None
    per_second: float
    states: dict[str, int]
    reasons: dict[str, int]
    refreshes: list[float] = field(default_factory=list)
    """Milliseconds of the live page's refreshes, where it was a campaign."""


@dataclass(frozen=True)
class Bench:
    """The running product and what looks at it."""

    stack: Stack
    twilio: StandIn
    books: Books

    def remind(self, seeded: Seeded) -> Seen:
        """Give all groups a session at one moment, wait until planned, make all due, wait until sent."""
        number, groups = len(seeded.phones), seeded.groups
        with step(f"plan {number} reminders"):
            with make_sessions(self.books.engine).begin() as session:
                seeding.meet(session, groups, utcnow() + OFFSET + _AHEAD)
            planned = until(lambda: self.books.number(_REMINDERS, groups=groups) >= number, _PLAN_SECONDS)
        since = self.twilio.total()
        with step("hand them over"):
            self._make_due(groups)
            handed = until(lambda: not self.books.number(_PLANNED, groups=groups), _HAND_OVER_SECONDS)
        sent = self._send("reminder")
        reasons = {str(reason): int(n) for reason, n in self.books.rows(_DROPPED, groups=groups)}
        return self._seen("reminder", since, (planned, handed, sent), reasons)

    def campaign(self, seeded: Seeded) -> Seen:
        """Schedule a campaign to the one group or the built audience; wait until all is sent."""
        number, since = len(seeded.phones), self.twilio.total()
        with step(f"prepare a campaign to {number} women"):
            campaign_id = self._schedule(_audience(seeded))
            of = {"campaign": campaign_id}
            planned = until(lambda: self.books.number(_RECIPIENTS, **of) >= number, _PLAN_SECONDS)
        with step("hand it over"):
            handed = until(lambda: not self.books.number(_WAITING, **of), _HAND_OVER_SECONDS)
        sent = self._send("campaign")
        reasons = {str(reason): int(n) for reason, n in self.books.rows(_LEFT_OUT, **of)}
        seen = self._seen("campaign", since, (planned, handed, sent), reasons)
        return replace(seen, refreshes=refreshes(make_sessions(self.books.engine), campaign_id))

    def _send(self, kind: str) -> float | None:
        with step("send them"):
            return until(lambda: not self.books.unsent(kind), _SEND_SECONDS)

    def _seen(
        self,
        kind: str,
        since: int,
        times: tuple[float | None, float | None, float | None],
        reasons: dict[str, int],
    ) -> Seen:
        ours = {
            str(row[0])
            for row in self.books.rows("SELECT id FROM outbox_message WHERE kind = :kind", kind=kind)
        }
        taken = [one for one in self.twilio.taken(since) if one.outbox_id in ours]
        return Seen(*times, _rate(taken), self.books.states(kind), reasons)

    def _make_due(self, groups: list[uuid.UUID]) -> None:
        """Let the hours until the moment pass at once, for the sessions and their reminders alike."""
        values = {"groups": groups, "ahead": _AHEAD, "offset": OFFSET}
        with self.books.engine.begin() as connection:
            for change in _SHIFTS:
                connection.execute(text(change), values)

    def _schedule(self, audience: Audience) -> uuid.UUID:
        now = utcnow()
        with make_sessions(self.books.engine).begin() as session:
            name = f"coordinadora{now:%H%M%S}"
            accounts.add(session, name, "Coordinadora", Role.COORDINATOR, now)
            staff = accounts.find(session, name)
            assert staff is not None  # noqa: S101 (added above)
            made = campaigns.create(
                session,
                name="Aviso",
                template=seeding.template(session),
                audience=audience,
                variables={"1": "mañana a las 10:00"},
                starts_at=now,
                ends_at=now + timedelta(hours=8),
                staff_id=staff.id,
            )
            campaigns.schedule(session, made, now)
            return made.id


def _audience(seeded: Seeded) -> Audience:
    """The one group; where there is none, whom a coordinator's conditions choose among all."""
    return Audience(group_id=seeded.groups[0]) if seeded.groups else among.chosen(utcnow().year)


def _rate(taken: list[Taken]) -> float:
    first, last = (int(share * len(taken)) for share in _MIDDLE)
    if last - first < 2:  # noqa: PLR2004 (no stretch of time)
        return 0.0
    return (last - first) / (taken[last].at - taken[first].at)
