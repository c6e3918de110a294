"""Invented women in bulk: encrypted by the product's own verbs, written a few thousand rows at a time.

The verbs that add one woman look up her number and her CURP first, a few statements each; here every number
is new, so that only their encryption and hashes are used. Nobody here exists.
"""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import (
    ChannelAddress,
    Consent,
    Conversation,
    Enrolment,
    EnrolmentState,
    Group,
    Session,
    Template,
    TemplateState,
    Woman,
    Workshop,
    utcnow,
)
from outreach.ground.addresses import canonical
from outreach.messages import conversation_state, templates
from outreach.people import consent, registry
from outreach.people.registry import Details
from outreach.start.demo import GIVEN, SURNAMES

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.sealing.crypto import PersonalKey

CHUNK = 2500
MUNICIPALITY = "14039"


@dataclass(frozen=True)
class Seeded:
    """What was written, and how long it took."""

    phones: dict[str, uuid.UUID]
    """Each woman's address with her id."""
    groups: list[uuid.UUID]
    seconds: float
    said_no: int = 0
    """How many more are chosen who must be left out."""


def women(
    sessions: sessionmaker[Database],
    key: PersonalKey,
    number: int,
    *,
    group_of: int,
    first: int = 0,
    approved: bool = True,
) -> Seeded:
    """Write `number` women, each with a number from `first` on and a seat in a group of `group_of`.

    `approved`: take all templates as approved; without it the product has to ask Twilio.
    """
    began = time.perf_counter()
    chance = random.Random(2026)
    phones: dict[str, uuid.UUID] = {}
    with sessions.begin() as session:
        groups = make_groups(session, -(-number // group_of), group_of)
        if approved:
            approve_templates(session)
    for start in range(0, number, CHUNK):
        numbers = range(start, min(start + CHUNK, number))
        with sessions.begin() as session:
            made = [
                Woman(id=uuid.uuid4(), municipality=MUNICIPALITY, axis="food", details_cipher=b"")
                for _ in numbers
            ]
            session.add_all(made)
            session.flush()
            with session.no_autoflush:
                for woman in made:
                    registry.write_details(session, key, woman, _details(chance))
            rows = []
            for n, woman in zip(numbers, made, strict=True):
                address = f"whatsapp:+522{first + n:09d}"
                phones[address] = woman.id
                seat = _seat(woman, groups[n // group_of])
                conversation, reached = _reached(key, woman, address)
                rows.append((conversation, reached, seat, _yes(conversation)))
            for kind in zip(*rows, strict=True):
                session.add_all(kind)
                session.flush()
    return Seeded(phones, groups, time.perf_counter() - began)


def _details(chance: random.Random) -> Details:
    details = Details(
        full_name=f"{chance.choice(GIVEN)} {chance.choice(SURNAMES)} {chance.choice(SURNAMES)}",
        birth_date=f"{chance.randint(1950, 2005)}-{chance.randint(1, 12):02d}-15",
        children=str(chance.randint(0, 5)),
    )
    details.preferred_name = details.full_name.split()[0]
    return details


def _reached(key: PersonalKey, woman: Woman, address: str) -> tuple[Conversation, ChannelAddress]:
    conversation = Conversation(id=uuid.uuid4(), woman_id=woman.id, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    address_id = uuid.uuid4()
    return conversation, ChannelAddress(
        id=address_id,
        conversation_id=conversation.id,
        lookup_hash=key.lookup("address", canonical(address)),
        address_cipher=key.encrypt({"address": address}, place=f"address:{address_id}"),
    )


def _seat(woman: Woman, group: uuid.UUID) -> Enrolment:
    return Enrolment(woman_id=woman.id, group_id=group, state=EnrolmentState.ENROLLED, created_at=utcnow())


def _yes(conversation: Conversation) -> Consent:
    """Her yes to the present privacy notice, without which nothing is initiated."""
    return Consent(
        conversation_id=conversation.id,
        kind=consent.PRIVACY,
        given=True,
        notice=consent.NOTICE,
        version=consent.NOTICE_VERSION,
        message_sid=f"SM{conversation.id.hex}",
    )


def make_groups(session: Database, number: int, capacity: int) -> list[uuid.UUID]:
    """Add a workshop with so many groups; return their ids."""
    workshop = Workshop(code=f"bench-{uuid.uuid4().hex[:8]}", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    made = [
        Group(
            id=uuid.uuid4(),
            code=f"{workshop.code}-{n}",
            workshop_id=workshop.id,
            municipality=MUNICIPALITY,
            place="Casa de la Cultura Oblatos",
            capacity=capacity,
        )
        for n in range(number)
    ]
    session.add_all(made)
    return [group.id for group in made]


def meet(session: Database, groups: list[uuid.UUID], starts_at: datetime) -> None:
    """Give every group a session at one moment."""
    session.add_all(
        Session(code=f"s-{uuid.uuid4().hex[:12]}", group_id=group, starts_at=starts_at) for group in groups
    )


def approve_templates(session: Database) -> None:
    """As if Meta had approved them: the stand-in keeps no templates."""
    for template in session.query(Template):
        template.content_sid = template.content_sid or f"HX{template.id.hex}"
        template.state = TemplateState.APPROVED


def contents(session: Database) -> dict[str, str]:
    """The texts of the approved templates by their content: what Twilio would have of them."""
    return {one.content_sid: one.body for one in session.query(Template) if one.content_sid}


def template(session: Database) -> Template:
    """A template of ours that a campaign may use.

    Raises:
        LookupError: the seed data has none of that name.
    """
    found = templates.by_name(session, templates.GROUP_NOTICE)
    if found is None:
        raise LookupError("the seed data has no template of a notice to a group")
    return found
