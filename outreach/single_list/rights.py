"""Her rights over her data: a copy, erasure, receipts with the legal dates (LGPDPPSO 45 to 50)."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from models import (
    Consent,
    Conversation,
    DataRequest,
    InboundMessage,
    Municipality,
    OutboxMessage,
    RasaTracker,
)
from outreach.ground import dates
from outreach.messages import inbox, outbox
from outreach.people import preferences, registry
from outreach.people.contact_hours import EVERY_DAY, days_in_words
from outreach.programme import enrolment, waiting_list
from outreach.texts import herself as texts
from outreach.texts import workshops as workshop_texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

ACCESS, ERASURE = "access", "erasure"
ANSWER_BUSINESS_DAYS = 20
SATURDAY = 5


def business_days_after(start: datetime, days: int) -> datetime:
    """Return the moment `days` business days (Monday to Friday) after `start` (LGPDPPSO art. 3)."""
    moment = start
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < SATURDAY
    return moment


def open_request(session: Session, conversation: Conversation, kind: str, now: datetime) -> DataRequest:
    """Start a request; its number is her receipt."""
    request = DataRequest(
        number=f"AV-{now:%Y}-{secrets.token_hex(4).upper()}",
        conversation_id=conversation.id,
        kind=kind,
        answer_by=business_days_after(now, ANSWER_BUSINESS_DAYS),
    )
    session.add(request)
    session.flush()
    return request


def readable_copy(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    state: PrivateState,
) -> list[str]:
    """Return what is held about her, a line each; never anything confidential (the phone is unverified)."""
    del settings
    woman = registry.woman_of(session, conversation)
    if woman is None:
        return []
    details = registry.read_details(key, woman)
    place = session.get(Municipality, woman.municipality) if woman.municipality else None
    seat = enrolment.current(session, woman.id)
    born = details.birth_date and dates.birthday(date.fromisoformat(details.birth_date))
    values = {
        "preferred_name": details.preferred_name,
        "full_name": details.full_name,
        "birth_date": born,
        "municipality": place.name if place else "",
        "locality": details.locality,
        "children": details.children,
        "axis": workshop_texts.AXES.get(woman.axis or "", ""),
        "curp": details.curp,
        "group": waiting_list.group_of(session, seat).workshop.name if seat else "",
        "reminders": texts.REMINDERS_OFF if conversation.opted_out_at else texts.REMINDERS_ON,
        "hours": _hours_in_words(state),
    }
    return [f"• {texts.MY_DATA_LABELS[name]}: {value}" for name, value in values.items() if value]


def _hours_in_words(state: PrivateState) -> str:
    if not (state.contact_from and state.contact_until):
        return ""
    days = EVERY_DAY if state.contact_days is None else frozenset(state.contact_days)
    start, end = dates.span(state.contact_from, state.contact_until)
    return f"{days_in_words(days)}, de {start} a {end}"


def erase(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    state: PrivateState,
    now: datetime,
) -> None:
    """Erase her record, seats, messages and dialogue; kept are receipts and the will not to be written to.

    An open case is not touched here: what law obliges to keep of it is for the team, and its thread
    says nothing to anyone else.
    """
    woman = registry.woman_of(session, conversation)
    if woman is not None:
        for seat in enrolment.active(session, woman.id):
            waiting_list.leave_and_pass_on(session, key, settings, seat, now)
        conversation.woman_id = None
        session.flush()
        session.delete(woman)
    preferences.opt_out(session, conversation, now)
    for inbound in session.scalars(
        select(InboundMessage).where(InboundMessage.conversation_id == conversation.id)
    ):
        inbox.blank(key, inbound)
    for sent in session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.conversation_id == conversation.id, OutboxMessage.state.in_(outbox.TAKEN)
        )
    ):
        outbox.blank(key, sent)
    session.execute(delete(Consent).where(Consent.conversation_id == conversation.id))
    session.execute(delete(RasaTracker).where(RasaTracker.conversation_id == conversation.id))
    state.preferred_name = state.language = state.contact_words = None
    state.contact_from = state.contact_until = state.contact_days = state.phone_shared = None
    state.choices, state.older = [], []
    session.flush()
