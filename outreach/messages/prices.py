"""What a message costs, as data: entered by the administrator from a bill or a price list, with its source.

The product knows no price by itself: Twilio's and Meta's change by country, category and volume. Where none
was entered the pages say so and count messages only.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError

from models import MessagePrice, TemplateCategory
from outreach.messages.templates import TemplateError
from outreach.messages.templates_rules import Problem
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

MICRO: Final = 1_000_000
_LARGEST, _CURRENCY = Decimal(99), 3
MOST_LISTED: Final = 60


def in_force(session: Session, day: date) -> dict[TemplateCategory, MessagePrice]:
    """Return the price of each category on a day; a category without one is missing."""
    rows = session.scalars(
        select(MessagePrice)
        .where(MessagePrice.since <= day)
        .ext(distinct_on(MessagePrice.category))
        .order_by(MessagePrice.category, MessagePrice.since.desc())
    )
    return {row.category: row for row in rows}


def cost(price: MessagePrice | None, messages: int) -> Decimal | None:
    """Return what so many messages cost, in the currency of the price; None where there is no price."""
    return None if price is None else Decimal(price.micros * messages) / MICRO


def listed(session: Session) -> Sequence[MessagePrice]:
    """Return the newest prices."""
    return session.scalars(
        select(MessagePrice).order_by(MessagePrice.since.desc(), MessagePrice.category).limit(MOST_LISTED)
    ).all()


def enter(
    session: Session,
    category: TemplateCategory,
    since: date,
    *,
    amount: str,
    currency: str,
    source: str,
    staff_id: uuid.UUID,
) -> MessagePrice:
    """Enter the price of one message from a day on.

    Raises:
        TemplateError: it is no price, says no source, or there is one from that day.
    """
    micros, letters, told = _micros(amount), currency.strip().upper(), " ".join(source.split())
    if micros is None:
        raise TemplateError(Problem("amount", texts.BAD_PRICE))
    if len(letters) != _CURRENCY or not letters.isascii() or not letters.isalpha():
        raise TemplateError(Problem("currency", texts.BAD_CURRENCY))
    if not told:
        raise TemplateError(Problem("source", texts.NO_SOURCE))
    made = MessagePrice(
        category=category, since=since, micros=micros, currency=letters, source=told, entered_by=staff_id
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        raise TemplateError(Problem("since", texts.PRICE_TAKEN)) from None
    return made


def _micros(amount: str) -> int | None:
    try:
        value = Decimal(amount.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= _LARGEST:
        return None
    micros = value * MICRO
    return int(micros) if micros == micros.to_integral_value() else None
