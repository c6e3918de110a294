"""What the database says of a woman after a step: `fact:` lines of a script, each one assertion.

Reads only, as the product's own code reads; nothing here may change what it looks at.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import (
    Case,
    Consent,
    DataRequest,
    Enrolment,
    EnrolmentState,
    FoodSecurityInterview,
    Group,
    InboundMessage,
    Rsvp,
    SealedEntry,
    Turn,
    Woman,
)
from outreach.casework import cases
from outreach.messages import conversation_state, inbox
from outreach.people import registry
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from stage import Stage

    from models import Conversation
    from outreach.messages.conversation_state import PrivateState


@dataclass(frozen=True)
class Look:
    """One look at what is kept of her."""

    stage: Stage
    db: Database
    conversation: Conversation
    state: PrivateState
    stalls: int

    @property
    def woman(self) -> Woman | None:
        """Her record, where there is one."""
        return registry.woman_of(self.db, self.conversation)

    def seats(self, state: EnrolmentState) -> list[str]:
        """The codes of the groups where she stands so."""
        if self.woman is None:
            return []
        query = select(Group.code).join(Enrolment, Enrolment.group_id == Group.id)
        return list(
            self.db.scalars(query.where(Enrolment.woman_id == self.woman.id, Enrolment.state == state))
        )

    def texts(self) -> list[str]:
        """What is still readable of what she wrote."""
        rows = self.db.scalars(
            select(InboundMessage).where(InboundMessage.conversation_id == self.conversation.id)
        )
        return [text for row in rows if (text := inbox.read(self.stage.key, row).text)]

    def sealed(self) -> str:
        """The lines of her case, or of what she told without one, as a caseworker opens them."""
        thread = self.state.case_id or self.state.living_id
        if thread is None:
            return ""
        rows = self.db.scalars(
            select(SealedEntry).where(SealedEntry.case_id == uuid.UUID(thread)).order_by(SealedEntry.position)
        )
        opened = [vault.unseal(self.stage.private_key, row.content_sealed) for row in rows]
        return "\n".join(f"{entry['author']}: {entry['text']} {entry['extra']}" for entry in opened)

    def urgency(self) -> str | None:
        """How urgent her open case is."""
        case = cases.open_case_of(self.db, self.state.case_id)
        return cases.read_state(self.stage.key, case).urgency if case else None


def check(stage: Stage, number: str, fact: str, *, stalls: int = 0) -> None:
    """Assert one fact; the message says what is so instead.

    `stalls` tells how often the machine let so long a time pass within a burst that it was rightly two turns.
    """
    with stage.sessions() as db:
        conversation = stage.conversation(db, number)
        assert conversation is not None, "nobody knows this number"
        look = Look(stage, db, conversation, conversation_state.read(stage.key, conversation), stalls)
        denied = fact.startswith("no ")
        holds, seen = _look(look, fact.removeprefix("no "))
        assert holds != denied, f"{fact!r} is not so: {seen}"


def _look(look: Look, fact: str) -> tuple[bool, object]:
    head, _, rest = fact.partition(" ")
    match head:
        case "enrolled" | "waiting" | "left":
            seats = look.seats(EnrolmentState(head))
            return (rest in seats if rest else bool(seats)), seats
        case "case":
            urgency = look.urgency()
            return (urgency == rest if rest else urgency is not None), urgency
        case "sealed":
            sealed = look.sealed()
            return (rest.casefold() in sealed.casefold() if rest else bool(sealed)), sealed
        case "readable":
            texts = look.texts()
            return (any(rest in text for text in texts) if rest else bool(texts)), texts
        case "on":
            return _on_file(look, rest)
        case _:
            return _look_further(look, head, rest)


def _on_file(look: Look, rest: str) -> tuple[bool, object]:
    if look.woman is None:
        return False, "no record of hers"
    held = vars(registry.read_details(look.stage.key, look.woman))
    held = held | {
        "municipality": look.woman.municipality,
        "axis": look.woman.axis,
    }
    name, sign, value = rest.removeprefix("file").strip().partition("=")
    return (held.get(name) == value if sign else True), held


def _look_further(look: Look, head: str, rest: str) -> tuple[bool, object]:
    db, conversation, state = look.db, look.conversation, look.state
    match head:
        case "consent":
            kind, _, wanted = rest.partition(" ")
            query = select(Consent).where(Consent.conversation_id == conversation.id, Consent.kind == kind)
            given = [row.given for row in db.scalars(query.order_by(Consent.created_at))]
            return bool(given) and (given[-1] == (wanted == "yes") if wanted else True), given
        case "stopped":
            return conversation.opted_out_at is not None, conversation.opted_out_at
        case "covered":
            return state.cover, "private state"
        case "held":
            return state.held, "private state"
        case "word":
            return state.word_hash is not None, "private state"
        case "language":
            return state.language == rest, state.language
        case "hours":
            return f"{state.contact_from} {state.contact_until}" == rest, (
                state.contact_from,
                state.contact_until,
            )
        case "shared":
            return state.phone_shared is True, state.phone_shared
        case _:
            return _count(look, head, rest)


def _count(look: Look, head: str, rest: str) -> tuple[bool, object]:
    db, conversation = look.db, look.conversation
    match head:
        case "turns":
            number = db.scalar(
                select(func.count()).select_from(Turn).where(Turn.conversation_id == conversation.id)
            )
            return int(rest) <= (number or 0) <= int(rest) + look.stalls, number
        case "receipt":
            found = db.scalars(
                select(DataRequest.kind).where(DataRequest.conversation_id == conversation.id)
            ).all()
            return rest in found, found
        case "attendance" if look.woman is not None:
            states = db.scalars(select(Rsvp.answer).where(Rsvp.woman_id == look.woman.id)).all()
            return rest in states, states
        case "food" if look.woman is not None:
            row = db.scalar(
                select(FoodSecurityInterview).where(FoodSecurityInterview.woman_id == look.woman.id)
            )
            answers = (
                look.stage.key.decrypt(row.answers_cipher, place=f"food:{row.id}")["answers"] if row else {}
            )
            wanted = dict(pair.split("=") for pair in rest.split())
            return bool(answers) and wanted.items() <= answers.items(), answers
        case "same" if look.woman is not None:
            query = (
                select(func.count())
                .select_from(Woman)
                .where(Woman.name_birth_hash == look.woman.name_birth_hash)
            )
            return db.scalar(query) == 1, "women of that name and birth date"
        case "threads":
            return db.scalar(select(func.count()).select_from(Case)) == int(rest), "cases and living threads"
    raise AssertionError(f"no such fact: {head} {rest}")
