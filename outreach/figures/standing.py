"""What of the service is not in order, kept as the moments at which that began and ended.

The clock looks every few seconds and writes only where something changed, so that a month is some rows. Kinds
are of the machinery alone: none is of a woman, none exists because there is a case (P4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from models import BackupRun, InboundHour, ServiceTrouble
from outreach.figures import vitals
from outreach.ground import meters, tick_state
from outreach.messages import alarms
from outreach.messages.twilio import WORDS, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.figures.vitals import Vitals
    from outreach.ground.watching_settings import WatchingSettings

RASA, SOME_RASA, WORKER, UNANSWERED, UNSENT, IN_DOUBT, TWILIO = (
    "rasa", "some_rasa", "worker", "unanswered", "unsent", "in_doubt", "twilio",
)  # fmt: skip
DEAD_LETTERS, TICKS, ALERTS, SILENCE, BACKUP, DISK, CLOCK = (
    "dead_letters", "ticks", "alerts", "silence", "backup", "disk", "clock",
)  # fmt: skip
WEBHOOK, CONSOLE, DATABASE, DRILL, SPEECH = "webhook", "console", "database", "drill", "speech"
KINDS: Final = (
    DATABASE, CLOCK, WEBHOOK, WORKER, RASA, SOME_RASA, TWILIO, CONSOLE, UNANSWERED, UNSENT, IN_DOUBT, ALERTS,
    TICKS, DEAD_LETTERS, SPEECH, SILENCE, BACKUP, DRILL, DISK,
)  # fmt: skip
OF_A_GAP: Final = (CLOCK, DATABASE)
"""Kinds of a time in which nobody could look: written once it is over."""
LOOK: Final = "note_standing"
"""The clock's task that looks; when it last went well is how fresh the page is."""
OF_THE_ACCOUNT: Final = tuple(
    sorted(code for code, word in WORDS.items() if word is Reason.FIX_CONFIGURATION)
)
"""Codes with which Twilio refuses because of how the account is set up."""
UNSENT_AFTER = timedelta(minutes=1)
"""A reply that Twilio refuses for now is given up after some five minutes (`outreach.messages.retry`)."""
AWAY_AFTER = timedelta(seconds=45)
"""An app says every ten seconds that it answers (`cli.processes.beat`)."""
IN_DOUBT_AFTER = timedelta(minutes=35)
"""Doubts settle within thirty minutes (`outreach.messages.doubt`)."""
ALERTS_AFTER = timedelta(minutes=2)
BACKUP_AFTER = timedelta(hours=36)
DRILL_AFTER = timedelta(days=92)
"""A restore is tried each quarter (`docs/operations/backup.md`); the nightly trial counts."""
GAP = timedelta(minutes=3)
"""Without a look for so long the clock stood still."""
# What is told besides the two alarms that `outreach.messages.alarms` has: after how long.
TOLD_AFTER: Final = {
    RASA: timedelta(minutes=3),
    WORKER: timedelta(minutes=3),
    WEBHOOK: timedelta(minutes=1),
    CONSOLE: timedelta(minutes=3),
    UNSENT: timedelta(minutes=2),
    TWILIO: timedelta(0),
    ALERTS: timedelta(0),
    SILENCE: timedelta(0),
    # One that failed is tried again after an hour, which ends most of it.
    BACKUP: timedelta(hours=1, minutes=30),
    DRILL: timedelta(0),
    DISK: timedelta(0),
}
KEPT = timedelta(days=35)
HOURS_KEPT = timedelta(weeks=6)
RUNS_KEPT = timedelta(days=400)
WEEKS, FEWEST_WEEKS, USUAL = 4, 2, 8
"""Silence is odd where each of the past weeks that are known, two at least, had eight messages then."""


@dataclass(frozen=True)
class Outside:
    """What one look at the database does not tell.

    How many Rasas answer, of how many; whether the disk is full; whether Twilio refused lately for the
    account's sake, or notes were not listened to.
    """

    rasa_up: int
    rasa_all: int
    disk_low: bool
    twilio_refuses: bool = False
    speech_fails: bool = False


def judge(found: Vitals, outside: Outside, *, silent: bool, backs_up: bool, now: datetime) -> dict[str, bool]:
    """Say of each kind but those of a gap whether it is so now."""

    def older(since: datetime | None, than: timedelta) -> bool:
        return since is not None and now - since > than

    def well_at(name: str) -> datetime | None:
        row = found.ticks.get(name)
        return row.well_at if row is not None else None

    return {
        RASA: outside.rasa_all > 0 and outside.rasa_up == 0,
        SOME_RASA: 0 < outside.rasa_up < outside.rasa_all,
        WORKER: found.workers == 0,
        UNANSWERED: older(found.unanswered_since, alarms.UNANSWERED_AFTER),
        UNSENT: older(found.reply_unsent_since, UNSENT_AFTER),
        IN_DOUBT: older(found.in_doubt_since, IN_DOUBT_AFTER),
        DEAD_LETTERS: found.dead_letters > 0,
        TICKS: any(tick.failures >= tick_state.MOST_FAILURES for tick in found.ticks.values()),
        WEBHOOK: older(well_at(tick_state.SERVES["webhook"]), AWAY_AFTER),
        CONSOLE: older(well_at(tick_state.SERVES["console"]), AWAY_AFTER),
        ALERTS: older(well_at("alert"), ALERTS_AFTER),
        SILENCE: silent,
        # A new installation has no night behind it.
        BACKUP: backs_up
        and (found.backup_failed or older(found.backup_at or found.installed_at, BACKUP_AFTER)),
        DRILL: backs_up and older(found.verified_at or found.installed_at, DRILL_AFTER),
        DISK: outside.disk_low,
        TWILIO: outside.twilio_refuses,
        SPEECH: outside.speech_fails,
    }


def of_the_account(counted: Mapping[str, int]) -> int:
    """Return how many sends Twilio refused because of how the account is set up."""
    refusals = meters.refusals(dict(counted))
    return sum(n for (_, code), n in refusals.items() if code in OF_THE_ACCOUNT)


def note(session: Session, found: Mapping[str, bool], now: datetime) -> None:
    """Write down what began and what ended since the last look."""
    rows = {
        row.kind: row
        for row in session.scalars(
            select(ServiceTrouble).where(ServiceTrouble.ended_at.is_(None)).with_for_update()
        )
    }
    for kind, so in found.items():
        if so and kind not in rows:
            began = insert(ServiceTrouble).values(kind=kind, began_at=now)
            # Another clock may have been elected between the look and this line.
            session.execute(began.on_conflict_do_nothing())
        elif not so and kind in rows:
            rows[kind].ended_at = max(now, rows[kind].began_at)


def note_gap(session: Session, now: datetime, *, database_away: bool = False) -> None:
    """Write down a time in which no clock looked, once it is over.

    `database_away`: this clock ran meanwhile, and could not reach the database.
    """
    last = tick_state.last_well(session, LOOK)
    if last is None or now - last <= GAP:
        return
    known = select(ServiceTrouble.id).where(
        ServiceTrouble.kind.in_(OF_A_GAP), ServiceTrouble.began_at == last
    )
    if session.scalar(known.limit(1)) is None:
        kind = DATABASE if database_away else CLOCK
        session.add(ServiceTrouble(kind=kind, began_at=last, ended_at=now))


def open_ones(session: Session) -> dict[str, datetime]:
    """Return what is not in order now, and since when, the gravest first."""
    rows = session.scalars(select(ServiceTrouble).where(ServiceTrouble.ended_at.is_(None)))
    since = {row.kind: row.began_at for row in rows}
    return {kind: since[kind] for kind in sorted(since, key=_place)}


def alarming(session: Session, now: datetime) -> dict[str, bool]:
    """Say of each kind that somebody is told of whether it has lasted long enough for that."""
    since = open_ones(session)
    return {kind: kind in since and now - since[kind] >= after for kind, after in TOLD_AFTER.items()}


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def history(session: Session, since: datetime, most: int) -> Sequence[ServiceTrouble]:
    """Return what was not in order and is over, the last first."""
    over = select(ServiceTrouble).where(ServiceTrouble.ended_at.is_not(None), ServiceTrouble.ended_at > since)
    return session.scalars(over.order_by(ServiceTrouble.began_at.desc(), ServiceTrouble.id).limit(most)).all()


def forget_old(session: Session, now: datetime) -> None:
    """Delete what is older than the page shows."""
    over = ServiceTrouble.ended_at.is_not(None) & (ServiceTrouble.ended_at < now - KEPT)
    session.execute(delete(ServiceTrouble).where(over))
    session.execute(delete(InboundHour).where(InboundHour.hour < now - HOURS_KEPT))
    session.execute(delete(BackupRun).where(BackupRun.created_at < now - RUNS_KEPT))


def note_hour(session: Session, now: datetime) -> None:
    """Keep the number that messages had reached when this hour began; the first look of an hour does."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if session.get(InboundHour, hour) is None:
        row = insert(InboundHour).values(hour=hour, seq=vitals.came_in(session))
        session.execute(row.on_conflict_do_nothing())


def is_silent(session: Session, last: datetime | None, settings: WatchingSettings, now: datetime) -> bool:
    """Say whether nothing has come in for unusually long.

    Against the same hours of the past weeks, where two of them at least are known; else against the setting.
    Nothing that ever came is no silence: the service has not opened.
    """
    if last is None or last >= now:
        return False
    usual = usual_counts(session, last, now)
    if len(usual) >= FEWEST_WEEKS:
        return min(usual) >= USUAL
    return settings.silence_hours > 0 and now - last > timedelta(hours=settings.silence_hours)


def usual_counts(session: Session, since: datetime, until: datetime) -> list[float]:
    """Return how many messages came between the same moments of each past week that is known whole."""
    first = (since - WEEKS * timedelta(weeks=1)).replace(minute=0, second=0, microsecond=0)
    rows = session.scalars(select(InboundHour).where(InboundHour.hour >= first))
    at = {row.hour: row.seq for row in rows}
    found = []
    for week in range(1, WEEKS + 1):
        back = timedelta(weeks=week)
        counts = _between(at, since - back, until - back)
        if counts is not None:
            found.append(counts)
    return found


def _between(at: Mapping[datetime, int], since: datetime, until: datetime) -> float | None:
    """Return the messages of a time, hours that are cut by their share; None where an hour is not known."""
    hour, total = since.replace(minute=0, second=0, microsecond=0), 0.0
    while hour < until:
        following = hour + timedelta(hours=1)
        if hour not in at or following not in at:
            return None
        share = (min(until, following) - max(since, hour)) / timedelta(hours=1)
        total += share * max(0, at[following] - at[hour])
        hour = following
    return total
