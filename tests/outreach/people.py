"""Invented women, groups and sessions for tests, made by the product's own verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models import Conversation, Group, Session, Woman, Workshop
from outreach.messages import inbox
from outreach.people import consent, registry
from outreach.people.registry import Details
from outreach.programme import enrolment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

# A Monday, 12:00 in Jalisco.
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def add_woman(db: Database, key: PersonalKey, number: int = 1) -> tuple[Woman, Conversation]:
    """Add a woman who has written just now and said yes to the privacy notice."""
    conversation = inbox.conversation_of(db, key, f"whatsapp:+52330000{number:04d}", NOW)
    conversation.last_inbound_at = NOW
    details = Details(full_name=f"Prueba Número {number}", birth_date="1990-05-17", preferred_name="Prueba")
    woman = registry.add_woman(db, key, details, municipality="14039", axis="food")
    conversation.woman_id = woman.id
    consent.record(db, conversation.id, consent.PRIVACY, given=True, message_sid=f"SMconsent{number}")
    db.flush()
    return woman, conversation


def add_group(
    db: Database, *, capacity: int = 10, starts_in: timedelta = timedelta(days=2), code: str = "g"
) -> tuple[Group, Session]:
    """Add a group with one session to come, and another a week later."""
    workshop = Workshop(code=f"w-{code}", name="Huerto en casa", axis="food")
    db.add(workshop)
    db.flush()
    group = Group(
        code=code,
        workshop_id=workshop.id,
        municipality="14039",
        place="Casa de la Cultura",
        capacity=capacity,
    )
    db.add(group)
    db.flush()
    first = Session(code=f"{code}-1", group_id=group.id, starts_at=NOW + starts_in)
    later = Session(code=f"{code}-2", group_id=group.id, starts_at=NOW + starts_in + timedelta(days=7))
    db.add_all([first, later])
    db.flush()
    return group, first


def add_enrolled(
    db: Database, key: PersonalKey, *, number: int = 1, starts_in: timedelta = timedelta(days=2)
) -> tuple[Woman, Conversation, Session]:
    """Add a woman with a seat, enrolled a week ago."""
    woman, conversation = add_woman(db, key, number)
    group, first = add_group(db, starts_in=starts_in, code=f"g{number}")
    seat = enrolment.enrol(db, woman, group.id)
    if seat is None:
        raise AssertionError("there is a group")
    seat.created_at = NOW - timedelta(days=7)
    db.flush()
    return woman, conversation, first
