"""How long data is kept: rules with their ground, a notice thirty days before, pauses, and the clock's steps.

Nothing is blocked that was not announced, and nothing deleted that was not blocked. Each step is a short
transaction of its own that locks only what nobody is using, and says how far it came in the same transaction:
whoever is killed in the middle leaves nothing half done. The log counts and names nobody.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    BlockedRecord,
    DataKind,
    RetentionDay,
    RetentionNotice,
    RetentionPause,
    RetentionRule,
    RetentionStep,
    Staff,
)
from outreach.ground import dates
from outreach.single_list import blocking, retention_women
from outreach.texts import retention as texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOTICE: Final = timedelta(days=30)
BATCH: Final = 200
ERASED_AT_ONCE: Final = 1000
LONGEST_MONTHS: Final = 1200
LONGEST_PAUSE: Final = timedelta(days=366)
LONGEST_GROUND, LONGEST_REASON = 200, 500
REASON_BUCKET: Final = 1024


class RetentionError(ValueError):
    """What was given is no rule and no pause; says why."""


def rules(session: Session) -> dict[DataKind, RetentionRule]:
    """Return the rules in force; a kind without one is kept."""
    found = session.scalars(select(RetentionRule).where(RetentionRule.ended_at.is_(None)))
    return {rule.kind: rule for rule in found}


def set_rule(
    session: Session, key: PersonalKey, kind: DataKind, *, months: int | None, blocked_months: int = 0,
    on_erasure: bool = False, ground: str = "", reason: str, by: uuid.UUID, now: datetime,
) -> RetentionRule | None:  # fmt: skip
    """Let a kind be kept for so many months from now on, or (None) for good; what was announced is withdrawn.

    Raises:
        RetentionError: no ground, no reason, or a number that is none.
    """
    ground, reason = " ".join(ground.split())[:LONGEST_GROUND], _reason(reason)
    if months is not None:
        if not 1 <= months <= LONGEST_MONTHS or not 0 <= blocked_months <= LONGEST_MONTHS:
            raise RetentionError(texts.MONTHS_WRONG)
        if not ground:
            raise RetentionError(texts.GROUND_MISSING)
    session.execute(
        update(RetentionRule)
        .where(RetentionRule.kind == kind, RetentionRule.ended_at.is_(None))
        .values(ended_at=now)
    )
    _withdraw(session, kind, now)
    if months is None:
        return None
    rule = RetentionRule(
        id=uuid.uuid4(), kind=kind, months=months, blocked_months=blocked_months, ground=ground,
        on_erasure=on_erasure and kind in blocking.ROWS, created_at=now, created_by=by,
    )  # fmt: skip
    rule.reason_cipher = _sealed_reason(key, "retention_rule", rule.id, reason)
    session.add(rule)
    session.flush()
    return rule


def _withdraw(session: Session, kind: DataKind, now: datetime) -> None:
    session.execute(
        update(RetentionNotice)
        .where(RetentionNotice.kind == kind, RetentionNotice.finished_at.is_(None))
        .values(finished_at=now)
    )


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise RetentionError(texts.REASON_MISSING)
    return reason


def _sealed_reason(key: PersonalKey, table: str, row_id: uuid.UUID, reason: str) -> bytes:
    return key.encrypt({"reason": reason}, place=f"{table}:{row_id}", bucket=REASON_BUCKET)


def reason_of(key: PersonalKey, row: RetentionRule | RetentionPause) -> str:
    """Return why a rule was set or a pause made."""
    return str(key.decrypt(row.reason_cipher, place=f"{row.__tablename__}:{row.id}")["reason"])


def pause(
    session: Session, key: PersonalKey, kind: DataKind, *, until: date, reason: str, by: uuid.UUID,
    today: date, now: datetime,
) -> RetentionPause:  # fmt: skip
    """Block and delete nothing of a kind up to and including a day.

    Raises:
        RetentionError: no reason, or a day that is past or more than a year away.
    """
    reason = _reason(reason)
    if not today <= until <= today + LONGEST_PAUSE:
        raise RetentionError(texts.PAUSE_DAY)
    resume(session, kind, now)
    row = RetentionPause(id=uuid.uuid4(), kind=kind, staff_id=by, until=until, created_at=now)
    row.reason_cipher = _sealed_reason(key, "retention_pause", row.id, reason)
    session.add(row)
    session.flush()
    return row


def resume(session: Session, kind: DataKind, now: datetime) -> None:
    """End the pauses of a kind."""
    session.execute(
        update(RetentionPause)
        .where(RetentionPause.kind == kind, RetentionPause.ended_at.is_(None))
        .values(ended_at=now)
    )


def pauses(session: Session, today: date) -> dict[DataKind, tuple[RetentionPause, str]]:
    """Return the pauses that hold on a local day, with who made each."""
    rows = session.execute(
        select(RetentionPause, Staff.display_name)
        .outerjoin(Staff, Staff.id == RetentionPause.staff_id)
        .where(RetentionPause.ended_at.is_(None), RetentionPause.until >= today)
    )
    return {row.kind: (row, name or "") for row, name in rows}


def announce(session: Session, settings: Settings, now: datetime) -> int:
    """Announce what will be thirty days from now over the period of its kind; return how many notices.

    One notice a kind at a time; the rows it names are fixed by its cutoff, so that what comes since, or is
    used again, is not among them.
    """
    waiting = set(session.scalars(select(RetentionNotice.kind).where(RetentionNotice.finished_at.is_(None))))
    made = 0
    for kind, rule in rules(session).items():
        if kind in waiting:
            continue
        due_at = now + NOTICE
        cutoff = blocking.later(due_at, -rule.months)
        expected = count(session, kind, cutoff)
        if expected:
            session.add(
                RetentionNotice(
                    rule_id=rule.id,
                    kind=kind,
                    cutoff=cutoff,
                    due_at=due_at,
                    expected=expected,
                    created_at=now,
                )
            )
            _log(session, settings, now, kind, RetentionStep.ANNOUNCED, expected)
            made += 1
    session.flush()
    return made


def count(session: Session, kind: DataKind, cutoff: datetime) -> int:
    """Count what of a kind is older than `cutoff`."""
    if kind is DataKind.WOMAN:
        return retention_women.count(session, cutoff)
    table, _ = blocking.ROWS[kind]
    query = select(func.count()).select_from(table).where(blocking.older(kind, cutoff))
    return session.scalar(query) or 0


def notices(session: Session) -> Sequence[RetentionNotice]:
    """Return the notices that are not over, the next first."""
    return session.scalars(
        select(RetentionNotice)
        .where(RetentionNotice.finished_at.is_(None))
        .order_by(RetentionNotice.due_at, RetentionNotice.id)
    ).all()


@dataclass(frozen=True)
class Stepped:
    """What one step did: `more` says that another may do more at once."""

    rows: int
    more: bool


def block_step(
    session: Session, key: PersonalKey, settings: Settings, now: datetime, limit: int = BATCH
) -> Stepped:
    """Block the next rows of a notice whose day has come, where its kind is not paused."""
    paused = pauses(session, dates.today(settings.timezone, now))
    notice = session.scalars(
        select(RetentionNotice)
        .where(
            RetentionNotice.finished_at.is_(None),
            RetentionNotice.due_at <= now,
            RetentionNotice.kind.not_in(paused.keys()),
        )
        .order_by(RetentionNotice.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if notice is None:
        return Stepped(0, more=False)
    rule = session.get_one(RetentionRule, notice.rule_id)
    notice_id, kind, cutoff = notice.id, notice.kind, notice.cutoff
    erase_after = blocking.later(now, rule.blocked_months)
    if kind is DataKind.WOMAN:
        done = retention_women.block(session, key, cutoff, erase_after, now, limit)
    else:
        done = blocking.block_rows(session, key, kind, cutoff, erase_after, now, limit)
    # What was locked by somebody else just now is looked at again by the next tick.
    over = done < limit and count(session, kind, cutoff) == 0
    session.execute(
        update(RetentionNotice)
        .where(RetentionNotice.id == notice_id)
        .values(done=RetentionNotice.done + done, finished_at=now if over else None)
    )
    if done:
        _log(session, settings, now, kind, RetentionStep.BLOCKED, done)
    return Stepped(done, more=over or done == limit)


def erase_step(session: Session, settings: Settings, now: datetime, limit: int = ERASED_AT_ONCE) -> Stepped:
    """Delete the blocked records whose time is over, where their kind is not paused."""
    paused = pauses(session, dates.today(settings.timezone, now))
    chosen = (
        select(BlockedRecord.id)
        .where(
            BlockedRecord.kind.in_([kind for kind in DataKind if kind not in paused]),
            BlockedRecord.erase_after <= now,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = session.scalars(
        delete(BlockedRecord)
        .where(BlockedRecord.id.in_(chosen))
        .returning(BlockedRecord.kind)
        .execution_options(synchronize_session=False)
    ).all()
    for kind in sorted(set(gone)):
        _log(session, settings, now, kind, RetentionStep.ERASED, gone.count(kind))
    return Stepped(len(gone), more=len(gone) == limit)


def _log(
    session: Session, settings: Settings, now: datetime, kind: DataKind, step: RetentionStep, number: int
) -> None:
    day = dates.today(settings.timezone, now)
    values = {"id": uuid.uuid4(), "day": day, "kind": kind, "step": step, "count": number}
    new = insert(RetentionDay).values(values)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["day", "kind", "step"], set_={"count": RetentionDay.count + new.excluded.count}
        )
    )


def log(session: Session, limit: int = 60) -> Sequence[RetentionDay]:
    """Return the newest lines of the log."""
    newest = select(RetentionDay).order_by(RetentionDay.day.desc(), RetentionDay.kind, RetentionDay.step)
    return session.scalars(newest.limit(limit)).all()


def blocked_counts(session: Session) -> dict[DataKind, int]:
    """Count what is blocked, by kind."""
    rows = session.execute(select(BlockedRecord.kind, func.count()).group_by(BlockedRecord.kind))
    return {kind: number for kind, number in rows}  # noqa: C416 (rows are no pairs for a type checker)
