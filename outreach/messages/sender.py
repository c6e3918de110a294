"""The number's own limits: how many women a day it may write to first, and whether it may write at all.

Meta allows a business so many unique users outside the session window in any 24 hours: 250, 2,000, 10,000,
100,000 or no limit (https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits).
What is counted here are messages by the hour they left, twenty-five hours back: a woman who gets two counts
twice and an hour counts whole, so that the count is never below Meta's. No row says whom they went to: at
rest a message keeps neither her nor its hour. Campaigns wait before reminders do, and nothing fails for it.

A code that says that the number or the account is stopped pauses all that we initiate, until a person lets it
go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models import InitiatedHour, OutboxKind, Quality, SenderState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LIMITS: Final = (250, 2_000, 10_000, 100_000)
ACCOUNT_CODES: Final = frozenset({
    20003,  # the account is not let in: https://www.twilio.com/docs/api/errors/20003
    30002,  # account suspended
    30037,  # sending disabled
    63007,  # no channel with this number
    63020,  # Meta's invitation not accepted
    63051,  # Meta locked the number
    63112,  # Meta disabled the business account
})  # fmt: skip
NO_CODE: Final = 0
"""Stands for the code of a refusal that had none; a pause without any is a person's."""
DAY: Final = timedelta(hours=24)
# How much of the day's limit a kind may use: the last part is for what is owed to one woman.
SHARE: Final = {OutboxKind.CAMPAIGN: 0.8, OutboxKind.REMINDER: 0.95, OutboxKind.NOTICE: 1.0}
# With a medium rating Meta may lower the limit next, with a low one it will: campaigns give way first.
CAMPAIGN_SHARE: Final = {Quality.HIGH: 0.8, Quality.MEDIUM: 0.4, Quality.LOW: 0.0}


@dataclass(frozen=True)
class Sender:
    """How the number stands. `used` counts what was initiated outside the window in the last day."""

    daily_limit: int | None
    quality: Quality
    used: int
    paused_at: datetime | None
    paused_code: int | None

    def room(self, kind: OutboxKind) -> int | None:
        """Return how many more of a kind may be initiated now; None: as many as there are."""
        if kind is OutboxKind.REPLY:
            return None
        if self.paused_at is not None:
            return 0
        share = CAMPAIGN_SHARE[self.quality] if kind is OutboxKind.CAMPAIGN else SHARE[kind]
        if share <= 0:
            return 0
        return None if self.daily_limit is None else max(0, int(self.daily_limit * share) - self.used)


def read(session: Session, now: datetime) -> Sender:
    """Return how the number stands, in one statement."""
    used = (
        select(func.coalesce(func.sum(InitiatedHour.count), 0))
        .where(InitiatedHour.hour > now - DAY - timedelta(hours=1), InitiatedHour.hour <= now)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            SenderState.daily_limit, SenderState.quality, used, SenderState.paused_at, SenderState.paused_code
        )
    ).first()
    return Sender(*row) if row is not None else Sender(None, Quality.HIGH, 0, None, None)


def room_now(session: Session, kind: OutboxKind, now: datetime) -> int | None:
    """Return how many of a kind may be initiated now; None: as many as there are.

    Where the day has a limit, whoever asks next waits until this transaction has counted what it sends.
    """
    number = read(session, now)
    if number.daily_limit is None:
        return number.room(kind)
    session.execute(select(SenderState.id).with_for_update())
    return read(session, now).room(kind)


def note_initiated(session: Session, number: int, now: datetime) -> None:
    """Count messages that are about to leave outside the session window."""
    if number <= 0:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    made = insert(InitiatedHour).values(hour=hour, count=number)
    session.execute(
        made.on_conflict_do_update(
            index_elements=[InitiatedHour.hour], set_={"count": InitiatedHour.count + made.excluded.count}
        )
    )


def forget_hours(session: Session, now: datetime) -> None:
    """Delete the counts that no day reaches back to."""
    session.execute(delete(InitiatedHour).where(InitiatedHour.hour < now - DAY - timedelta(hours=2)))


def stops(code: int | None, *, not_let_in: bool = False) -> bool:
    """Say whether a refusal means that the number, and not one message, is stopped.

    `not_let_in`: it was a 401 or 403, which may come without a code.
    """
    return code in ACCOUNT_CODES or (code is None and not_let_in)


def stop(session: Session, code: int | None, now: datetime, *, asked_at: datetime | None = None) -> bool:
    """Pause all that we initiate; say whether it was not paused before.

    `asked_at` is when the call left that was refused: one from before a person let it go on says nothing new.
    """
    _have_row(session)
    unpaused = update(SenderState).where(SenderState.paused_at.is_(None))
    if asked_at is not None:
        unpaused = unpaused.where(func.coalesce(SenderState.resumed_at, asked_at) <= asked_at)
    paused = unpaused.values(paused_at=now, paused_code=code).returning(SenderState.id)
    return session.scalar(paused.execution_options(synchronize_session=False)) is not None


def go_on(session: Session, now: datetime) -> bool:
    """Let what we initiate leave again, at a person's word; say whether it was paused."""
    unpaused = (
        update(SenderState)
        .where(SenderState.paused_at.is_not(None))
        .values(paused_at=None, paused_code=None, resumed_at=now)
        .returning(SenderState.id)
    )
    return session.scalar(unpaused.execution_options(synchronize_session=False)) is not None


def set_limits(session: Session, daily_limit: int | None, quality: Quality) -> None:
    """Set what a person read in WhatsApp Manager.

    Raises:
        ValueError: the limit is none of Meta's.
    """
    if daily_limit is not None and daily_limit not in LIMITS:
        raise ValueError(f"{daily_limit} is none of Meta's limits: {LIMITS}")
    _have_row(session)
    session.execute(
        update(SenderState)
        .values(daily_limit=daily_limit, quality=quality)
        .execution_options(synchronize_session=False)
    )


def stopped_by_account(session: Session) -> bool:
    """Say whether what we initiate is paused because the number was refused, which is an alarm."""
    code = select(SenderState.paused_code).where(SenderState.paused_at.is_not(None))
    return session.scalar(code) is not None


def _have_row(session: Session) -> None:
    made = insert(SenderState).values(id=1, quality=Quality.HIGH)
    session.execute(made.on_conflict_do_nothing())
