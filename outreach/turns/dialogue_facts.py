"""What the dialogue is told about a conversation: facts it needs, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import EnrolmentState
from outreach.campaigns import reminders
from outreach.casework import cases
from outreach.ground import dates, programme_rules
from outreach.people import consent, registry
from outreach.programme import answers, enrolment
from outreach.texts import herself as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey


def build(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    state: PrivateState,
    now: datetime,
) -> dict[str, Any]:
    """Return the context of one turn (the keys are fixed by `bot/serving/channel.py`)."""
    settings = programme_rules.rules_for(session, settings, conversation.programme_id)
    woman = registry.woman_of(session, conversation)
    seats = enrolment.active(session, woman.id) if woman else ()
    enrolled = [seat for seat in seats if seat.state is EnrolmentState.ENROLLED]
    agreed = consent.given(session, conversation.id, consent.PRIVACY)
    minor, name = None, state.preferred_name
    if woman is not None:
        details = registry.read_details(key, woman)
        name = registry.called(details, name)
        age = registry.least_age(details, dates.today(settings.timezone, now))
        minor = age < dates.ADULT_AGE if age is not None else None
    return {
        "now": now.astimezone(settings.timezone).isoformat(timespec="seconds"),
        "consented": agreed,
        "registered": woman is not None,
        "enrolled": bool(enrolled),
        "waitlisted": len(enrolled) < len(seats),
        "opted_out": conversation.opted_out_at is not None,
        "has_session": any(enrolment.next_session(session, seat.group_id, now) for seat in enrolled),
        "reminder_pending": woman is not None and reminders.pending(session, woman.id, now),
        "on_shift": bool(cases.who_reads(session, key, conversation, state, now)),
        "case_open": state.case_id is not None,
        "cover": state.cover,
        "safe_word_set": state.word_hash is not None,
        "name": name,
        "municipality": woman.municipality if woman else None,
        "minor": minor,
        "interpreter": state.language is not None,
        "notice": "" if agreed else _notice(session, settings, conversation),
        "least_age": settings.least_age,
        "guardian_under": settings.guardian_under,
    }


def _notice(session: Session, settings: Settings, conversation: Conversation) -> str:
    """Where the full notice is and who is responsible, for the short one (LGPDPPSO art. 22)."""
    parts = [texts.NOTICE_AT.format(url=f"{settings.public_url}/aviso")]
    who = answers.responsible(session, conversation.programme_id)
    return " ".join([*parts, texts.RESPONSIBLE.format(who=who)] if who else parts)
