"""What is so before a script begins, what happens beside it, and time that passes.

Women, groups, consents and shifts are made by the product's own verbs, in the database that the running
product uses. Time is moved by moving what is dated: the product's own clock can't be turned.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ageing import age_dialogue
from at_desk import sit_down
from debts import until
from notices import send_notice
from sqlalchemy import select, update

from models import (
    Case,
    ChannelAddress,
    Consent,
    Conversation,
    Enrolment,
    Group,
    OutboxMessage,
    Role,
    Session,
    Staff,
    Template,
    TemplateState,
    Workshop,
)
from outreach.casework import answering, closing, hidden, roster, taking
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker
from outreach.ground import addresses
from outreach.messages import conversation_state, inbox
from outreach.people import consent, preferences, registry
from outreach.people.registry import Details
from outreach.programme import enrolment, waiting_list
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts as staffing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings

# code: workshop, axis, municipality, place, seats
GROUPS = {
    "huerto-tonala": ("Huerto en casa", "food", "14101", "Casa de la Cultura Loma Dorada", 60),
    "pan-tonala": ("Conservas y panadería", "production", "14101", "Centro Comunitario Tonalá", 60),
    "costura-tonala": ("Corte y costura", "occupation", "14101", "Colmena Jalisco", 0),
    "huerto-guadalajara": ("Huerto en casa", "food", "14039", "Casa de la Cultura Oblatos", 60),
    "bienestar-guadalajara": ("Salud y bienestar", "health", "14039", "Centro Comunitario Polanco", 60),
    "uno-zapopan": ("Huerto en casa", "food", "14120", "Colmena Miramar", 1),
}
APPROVAL_SECONDS = 120.0
OWN_PLACE = ("14023", "Casa de la Cultura Zapotlán")


@dataclass
class Stage:
    """The database behind the product, and the people who are not the woman."""

    sessions: sessionmaker[Database]
    settings: Settings
    recovery: str
    key: PersonalKey = field(init=False)
    private_key: bytes = field(init=False)
    caseworker: uuid.UUID = field(init=False)

    def __post_init__(self) -> None:
        self.key = PersonalKey(self.settings.secret_key)

    def set_up(self) -> None:
        """Make the programme and one caseworker who may open cases."""
        with self.sessions.begin() as db:
            for code, (name, axis, place, where, seats) in GROUPS.items():
                add_group(db, code, name, axis, (place, where), seats, self._at_ten(days=3))
            staffing.add(db, "lucia", "Lucía", Role.CASEWORKER, datetime.now(UTC))
            person = staffing.find(db, "lucia")
            assert person is not None
            vault.grant_with_recovery_key(db, self.recovery, person.id)
            # She has the desk open all day, so that what she takes stays hers and her shifts count.
            sit_down(db, person, datetime.now(UTC) + timedelta(days=1))
            self.private_key = vault._recover(db, self.recovery)
            self.caseworker = person.id
        # What falls due before the templates are approved is rightly never sent.
        assert until(self._templates_decided, APPROVAL_SECONDS), "the templates were not approved"

    def _at_ten(self, days: int) -> datetime:
        local = datetime.now(self.settings.timezone) + timedelta(days=days)
        return local.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(UTC)

    def _templates_decided(self) -> bool:
        with self.sessions() as db:
            states = set(db.scalars(select(Template.state)))
        return states <= {TemplateState.APPROVED}

    def shift(self, *, begins: bool) -> None:
        """Let the caseworker enter or leave the roster."""
        with self.sessions.begin() as db:
            person = db.get_one(Staff, self.caseworker)
            if begins:
                roster.start_shift(db, person, 4, datetime.now(UTC))
            else:
                roster.end_shift(db, person, datetime.now(UTC))

    def lookup(self, number: str) -> bytes:
        """Return what the product finds a number by."""
        return self.key.lookup("address", addresses.canonical(f"whatsapp:{number}"))

    def conversation(self, db: Database, number: str) -> Conversation | None:
        """Return the conversation of a number, if it has written or is known."""
        address = db.scalar(select(ChannelAddress).where(ChannelAddress.lookup_hash == self.lookup(number)))
        return db.get_one(Conversation, address.conversation_id) if address else None

    def give(self, number: str, what: str) -> None:
        """Make something so for the woman of this number, before she begins."""
        with self.sessions.begin() as db:
            conversation = inbox.conversation_of(db, self.key, f"whatsapp:{number}", datetime.now(UTC))
            match what.split():
                case ["consented"]:
                    consent.record(
                        db,
                        conversation.id,
                        consent.PRIVACY,
                        given=True,
                        message_sid=f"SM{number[-9:]}",
                    )
                case ["registered", place, axis]:
                    self._register(db, conversation, number, place, axis, born="1989-08-15")
                case ["registered", place, axis, born]:
                    self._register(db, conversation, number, place, axis, born=born)
                case ["enrolled" | "waiting", code]:
                    self._enrol(db, conversation, code)
                case ["enrolled", "in", "a", "group", "of", "tomorrow"]:
                    self._enrol_tomorrow(db, conversation, number)
                case ["on", "the", "list", "of", "the", "agency"]:
                    self._list(db, number)
                case ["opted", "out"]:
                    preferences.opt_out(db, conversation, datetime.now(UTC))
                case _:
                    raise AssertionError(f"given: {what}")

    def _register(
        self, db: Database, conversation: Conversation, number: str, place: str, axis: str, *, born: str
    ) -> None:
        date.fromisoformat(born)
        details = Details(
            preferred_name="Lupita", full_name=f"Guadalupe Prueba {_letters(number)}", birth_date=born
        )
        woman = registry.add_woman(db, self.key, details, municipality=place, axis=axis)
        conversation.woman_id = woman.id
        state = conversation_state.read(self.key, conversation)
        state.preferred_name = details.preferred_name
        conversation_state.write(self.key, conversation, state)
        consent.record(db, conversation.id, consent.PRIVACY, given=True, message_sid=f"SM{number[-9:]}")

    def _list(self, db: Database, number: str) -> None:
        """Someone whom the agency's list has, without a phone of hers."""
        details = Details(full_name=f"Rosario Prueba {_letters(number)}", birth_date="1979-02-03")
        registry.add_woman(
            db, self.key, details, municipality="14101", axis="food", agency="dif", external_id=number
        )

    def _enrol(self, db: Database, conversation: Conversation, code: str) -> None:
        woman = registry.woman_of(db, conversation)
        group = db.scalars(select(Group).where(Group.code == code)).one()
        assert woman is not None
        assert enrolment.enrol(db, woman, group.id) is not None

    def _enrol_tomorrow(self, db: Database, conversation: Conversation, number: str) -> None:
        """Give her a seat in a group of her own whose first session is remembered in a few seconds."""
        code = f"manana-{number[-7:]}"
        soon = datetime.now(UTC) + timedelta(minutes=1440, seconds=6)
        add_group(db, code, "Huerto en casa", "food", OWN_PLACE, 5, soon)
        self._enrol(db, conversation, code)

    def happens(self, number: str, what: str) -> None:
        """Let something happen that she has no part in."""
        with self.sessions.begin() as db:
            match what.split():
                case ["somebody", "takes", "the", "seat", "of", code]:
                    holder = registry.add_woman(
                        db,
                        self.key,
                        Details(full_name=f"Otra Prueba {_letters(number)}"),
                        municipality=None,
                        axis=None,
                    )
                    group = db.scalars(select(Group).where(Group.code == code)).one()
                    enrolment.enrol(db, holder, group.id)
                case ["she", "gets", "a", "seat", "in", "a", "group", "of", "tomorrow"]:
                    conversation = self.conversation(db, number)
                    assert conversation is not None
                    self._enrol_tomorrow(db, conversation, number)
                case ["a", "notice", "goes", "to", "her", "group"]:
                    conversation = self.conversation(db, number)
                    assert conversation is not None
                    send_notice(db, conversation, self.caseworker)
                case ["a", "seat", "of", code, "is", "freed"]:
                    group = db.scalars(select(Group).where(Group.code == code)).one()
                    seat = db.scalars(
                        select(Enrolment)
                        .where(Enrolment.group_id == group.id)
                        .order_by(Enrolment.seq)
                        .limit(1)
                    ).one()
                    waiting_list.leave_and_pass_on(db, self.key, self.settings, seat, datetime.now(UTC))
                case _:
                    raise AssertionError(f"meanwhile: {what}")

    def acts(self, number: str, what: str) -> None:
        """Let the caseworker act in her open case."""
        with self.sessions.begin() as db:
            conversation = self.conversation(db, number)
            assert conversation is not None
            case_id = conversation_state.read(self.key, conversation).case_id
            assert case_id is not None, "there is no case"
            worker = Caseworker(self.key, self.private_key, db.get_one(Staff, self.caseworker))
            verb, _, rest = what.partition(" ")
            now, case = datetime.now(UTC), uuid.UUID(case_id)
            match verb:
                case "takes":
                    taking.take(db, worker, case, now)
                case "writes":
                    answering.reply(db, worker, case, now, rest)
                case "invites":
                    answering.send_neutral(db, worker, case, now)
                case "returns":
                    taking.hand_back(db, worker, case, now)
                case "ends":
                    hidden.end_cover(db, worker, case, now, rest)
                case "closes":
                    heard = read_state(self.key, db.get_one(Case, case)).last_word_at or ""
                    outcome, reason = closing.Outcome.ATTENDED, "terminamos de hablar"
                    closing.close(db, worker, case, now, outcome, reason, heard=heard)
                case _:
                    raise AssertionError(f"staff: {what}")

    def passes(self, number: str, what: str) -> None:
        """Move what is dated in her conversation into the past."""
        amount, unit = what.split()
        span = timedelta(**{f"{unit.rstrip('s')}s": float(amount)})
        with self.sessions.begin() as db:
            conversation = self.conversation(db, number)
            assert conversation is not None
            if conversation.last_inbound_at:
                conversation.last_inbound_at -= span
            for model in (OutboxMessage, Consent):
                db.execute(
                    update(model)
                    .where(model.conversation_id == conversation.id)
                    .values(created_at=model.created_at - span)
                )
            state = conversation_state.read(self.key, conversation)
            for name in ("word_misses_since", "cover_since", "cover_heard"):
                if moment := getattr(state, name):
                    setattr(state, name, (datetime.fromisoformat(moment) - span).isoformat())
            conversation_state.write(self.key, conversation, state)
            if state.living_id:
                living = db.get(Case, uuid.UUID(state.living_id))
                if living is not None and living.forget_after:
                    living.forget_after -= span
            age_dialogue(db, self.settings.secret_key, conversation.id, span)


def add_group(
    db: Database, code: str, name: str, axis: str, where: tuple[str, str], seats: int, first: datetime
) -> None:
    """Add a group with two sessions; the workshop is made where there is none of that name."""
    workshop = db.scalar(select(Workshop).where(Workshop.name == name))
    if workshop is None:
        workshop = Workshop(code=code.split("-", maxsplit=1)[0], name=name, axis=axis)
        db.add(workshop)
        db.flush()
    municipality, place = where
    group = Group(code=code, workshop_id=workshop.id, municipality=municipality, place=place, capacity=seats)
    db.add(group)
    db.flush()
    for n in (0, 1):
        db.add(Session(code=f"{code}-{n + 1}", group_id=group.id, starts_at=first + timedelta(days=14 * n)))
    db.flush()


def _letters(number: str) -> str:
    """A surname for each number, for names are letters."""
    return "".join("abcdefghij"[int(digit)] for digit in number[-6:]).title()
