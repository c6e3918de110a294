"""A week of an installation where some women have a case: what they write, and what the desk does with it."""

from __future__ import annotations

import random
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from referral_weeks import a_week_of_referrals
from sqlalchemy import select
from standins import opening_cases, serving
from support import ACCOUNT

from models import (
    Case,
    Conversation,
    InboundMessage,
    OutboxMessage,
    OutboxState,
    Role,
    Shift,
    Staff,
    utcnow,
)
from outreach.casework import (
    answering,
    appointment_steps,
    appointments,
    cases,
    drafts,
    glass,
    handover,
    held_texts,
    notes,
    offers,
    pending,
    person,
    reading,
    record,
    referrals,
    section_drafts,
    sending_files,
    taking,
    tasks,
    undelivered,
)
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, inbox, outbox
from outreach.people.contact_hours import read_hours
from outreach.sealing import vault
from outreach.staff import accounts, contacts
from worker import alerting, media, steps, upkeep
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings

CANARY = "colibrí-púrpura"
VOICE = b"OggS" + CANARY.encode() + bytes(40_000)
STEPS: dict[str, Callable[..., object]] = {
    "take": taking.take,
    "reply": answering.reply,
    "note": notes.note,
    "send_neutral": answering.send_neutral,
    "hand_back": taking.hand_back,
    "open_thread": reading.open_thread,
    "follow_thread": reading.follow_thread,
    "appoint": appointment_steps.appoint,
    "settle": partial(appointment_steps.settle, kept=True),
    "offer": offers.offer,
    "withdraw": offers.withdraw,
    "let_go": taking.let_go,
    "break_glass": glass.break_glass,
    "send_file": sending_files.send_file,
    "see_person": person.see_person,
    "save_section": record.save_section,
    "add_task": tasks.add,
    "read_record": record.read_record,
    "refer": referrals.refer,
    "refer_to_service": referrals.refer_to_service,
}


@contextmanager
def running(settings: Settings) -> Iterator[Runtime]:
    """Run between a Rasa that opens a case at "ayuda" and a Twilio that takes everything."""
    agreed = {"effect": "record_consent", "kind": "case", "given": True}
    case = {"effect": "open_case", "urgency": "support", "about": "violence"}
    with serving(opening_cases(agreed, case, voice=VOICE)) as url:
        twilio = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(url,), account=twilio), pool_size=2)
        yield runtime
        runtime.engine.dispose()


class Story:
    """One woman's days; every woman writes as often and as long, whatever becomes of her."""

    def __init__(self, runtime: Runtime, number: int) -> None:
        self.runtime, self.phone = runtime, f"whatsapp:+5233{number:08d}"
        self.conversation_id: uuid.UUID | None = None
        self.random = random.Random(number)  # noqa: S311 (no secret)

    def sends_a_voice_note(self, *, ago: timedelta) -> None:
        """Let a voice note come in, and what is done about it be done."""
        self.writes("", ago=ago, files=1)

    def writes(self, words: str, *, ago: timedelta, files: int = 0, address: str = "") -> None:
        """Let a message come in, or a place with its address, be answered, and its answers arrive."""
        sid = f"{'MM' if files else 'SM'}{uuid.uuid4().hex}"
        # Minutes of her own, wider apart than what this machine takes for a step.
        ago += timedelta(seconds=self.random.uniform(0, 200))
        params = {"MessageSid": [sid], "From": [self.phone], "Body": [words.ljust(60)]}
        if address:
            place = {"Latitude": "20.62", "Longitude": "-103.24", "Address": address.ljust(60, ".")}
            params |= {name: [value] for name, value in place.items()}
        for number in range(files):
            where = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/ME{uuid.uuid4().hex}"
            params[f"MediaUrl{number}"] = [f"https://api.twilio.com{where}"]
            params[f"MediaContentType{number}"] = ["audio/ogg"]
        with self.runtime.sessions.begin() as session:
            inbox.receive(session, self.runtime.key, params, utcnow() - ago)
            row = session.scalars(select(InboundMessage).where(InboundMessage.message_sid == sid)).one()
            self.conversation_id = row.conversation_id
        steps.take_turn(self.runtime, self.conversation_id)
        self.receives()

    def receives(self) -> None:
        """Let everything that waits for her leave and arrive."""
        waiting = select(OutboxMessage.id).where(
            OutboxMessage.conversation_id == self.conversation_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        with self.runtime.sessions() as session:
            rows = session.scalars(waiting.order_by(OutboxMessage.seq)).all()
        for row_id in rows:
            steps.deliver(self.runtime, row_id)
        with self.runtime.sessions.begin() as session:
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(rows))):
                outbox.advance(row, OutboxState.DELIVERED)


def caseworker(session: Session, recovery_key: str, username: str) -> tuple[uuid.UUID, bytes]:
    password = accounts.add(session, username, username.title(), Role.CASEWORKER, utcnow())
    found = accounts.find(session, username)
    assert found is not None
    vault.grant_with_recovery_key(session, recovery_key, found.id)
    ring = vault.unlock(session, found, password)
    assert ring is not None
    return found.id, ring


class Desk:
    """The caseworker who has helped women's conversations for a while."""

    def __init__(self, runtime: Runtime, staff_id: uuid.UUID, ring: bytes) -> None:
        self.runtime, self.staff_id, self.ring = runtime, staff_id, ring

    def does(self, story: Story, step: str, *arguments: object, **named: object) -> None:
        """Take one step in her case, and let what leaves arrive."""
        with self.runtime.sessions.begin() as session:
            hand = Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))
            conversation = session.get_one(Conversation, story.conversation_id)
            case_id = conversation_state.read(self.runtime.key, conversation).case_id
            assert case_id is not None
            STEPS[step](session, hand, uuid.UUID(case_id), utcnow(), *arguments, **named)
        story.receives()

    def _holds(self, session: Session, story: Story) -> tuple[Caseworker, uuid.UUID]:
        hand = Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))
        conversation = session.get_one(Conversation, story.conversation_id)
        case_id = conversation_state.read(self.runtime.key, conversation).case_id
        assert case_id is not None
        return hand, uuid.UUID(case_id)

    def types(self, story: Story, words: str) -> None:
        """Leave something in both boxes, and in a section of the record."""
        with self.runtime.sessions.begin() as session:
            _, case_id = self._holds(session, story)
            for box in drafts.BOXES:
                drafts.keep(session, case_id, self.staff_id, box, words)
            section_drafts.keep(session, case_id, self.staff_id, "plan", {"trust": words}, known=0)

    def stores(self, story: Story, words: str, *, leaves: bool) -> None:
        """Store a text for an hour, at which it leaves, or throw it away before."""
        entry_id, hour = uuid.uuid4(), utcnow() + timedelta(minutes=1)
        with self.runtime.sessions.begin() as session:
            hand, case_id = self._holds(session, story)
            settings = self.runtime.settings
            pending.store(session, hand, case_id, utcnow(), words, settings, hour, entry_id=entry_id)
        with self.runtime.sessions.begin() as session:
            hand, case_id = self._holds(session, story)
            if leaves:
                assert pending.send_due(session, self.runtime.key, case_id, hour)
            else:
                held_texts.discard(session, hand, case_id, utcnow(), entry_id)
        story.receives()

    def sees_what_failed(self, story: Story) -> None:
        """Let an answer end undelivered, acknowledge it, and let it be as it was for the measure."""
        with self.runtime.sessions.begin() as session:
            hand = Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))
            conversation = session.get_one(Conversation, story.conversation_id)
            case_id = conversation_state.read(self.runtime.key, conversation).case_id
            case = session.get_one(Case, case_id)
            outbox_id = uuid.UUID(read_state(self.runtime.key, case).replies[-1])
            row = session.get_one(OutboxMessage, outbox_id)
            before, row.state = row.state, OutboxState.UNDELIVERED
            session.flush()
            assert undelivered.acknowledge(session, hand, case.id, utcnow(), outbox_id)
            # How an answer ended is no secret; that somebody looked at its end would be.
            row.state = before


def _a_week_of_the_desk(helped: list[Story], desk_of: Desk) -> None:
    """Whoever has a case is read at the desk, by its page and by what the page asks for then.

    One answer of each does not arrive, which a caseworker sees.
    """
    for one in helped:
        desk_of.does(one, "open_thread")
        desk_of.does(one, "follow_thread")
        desk_of.sees_what_failed(one)


def _a_week_of_who_she_is(helped: list[Story], desk_of: Desk) -> None:
    """Whoever has a case shared a place, and her caseworker sees who and where she is."""
    for one in helped:
        desk_of.does(one, "see_person")


def _a_week_of_alerts(helped: list[Story], desk_of: Desk) -> None:
    """Nobody was there: staff are alerted step by step, her hour is kept, a shift leaves a note."""
    runtime, now = desk_of.runtime, utcnow()
    with runtime.sessions.begin() as session:
        lucia = session.get_one(Staff, desk_of.staff_id)
        lucia.must_change_password = False
        session.add(Shift(staff_id=lucia.id, starts_at=now, ends_at=now + timedelta(hours=8), planned=True))
        contacts.save(session, runtime.key, lucia.id, phone="3312345678", email="", muted=False)
        handover.write(session, lucia, f"{CANARY} llama el jueves", runtime.settings.timezone, now)
        for one in helped:
            conversation = session.get_one(Conversation, one.conversation_id)
            cases.open_case(session, runtime.key, conversation, urgency="danger", about="danger", now=now)
            private = conversation_state.read(runtime.key, conversation)
            hours = read_hours("los jueves de 10 a 2")
            assert hours is not None
            appointments.appoint(session, runtime.key, private.case_id, hours, runtime.settings.timezone, now)
    alerting.alert(runtime)
    with runtime.sessions() as session:
        told = [read_state(runtime.key, case).alert_step for case in session.scalars(select(Case))]
        assert told.count(2) == len(helped)


def _a_week_of_handing_over(helped: list[Story], desk_of: Desk) -> None:
    """Each is taken, agreed an hour with, offered, left and taken again; a second hour stays on the list."""
    zone = desk_of.runtime.settings.timezone
    with desk_of.runtime.sessions() as session:
        found = vault.find_team(session)
        assert found is not None
        team_id = found.id
    for one in helped:
        desk_of.does(one, "take")
        for hours in (20, 30):
            desk_of.does(one, "appoint", utcnow() + timedelta(hours=hours), f"{CANARY} a las seis", zone)
            if hours == 20:
                desk_of.does(one, "settle")
        desk_of.does(one, "offer", team_id)
        desk_of.does(one, "withdraw")
        desk_of.does(one, "let_go", f"{CANARY} terminó mi turno")
        desk_of.does(one, "take")
        desk_of.does(one, "hand_back")


def _a_week_of_writing(helped: list[Story], desk_of: Desk) -> None:
    """Whoever helps types and does not send, stores a text that leaves at an hour, and one that does not."""
    for one in helped:
        desk_of.stores(one, f"{CANARY} te marco", leaves=False)
        desk_of.stores(one, "Te marco mañana", leaves=True)
        desk_of.types(one, f"{CANARY} a medias")


def _a_week_of_the_record(helped: list[Story], colleague: Desk) -> None:
    """A colleague opens some of the conversations that another has, each for a reason of another length."""
    for number, one in enumerate(helped[::3]):
        colleague.does(one, "break_glass", f"{CANARY} me pidió ayuda {'con ella ' * number}")
        colleague.does(one, "open_thread")


def _a_week_of_the_case_record(helped: list[Story], desk_of: Desk) -> None:
    """Each record is filled in, once and again, with a task, by words of another length."""
    for number, one in enumerate(helped):
        for more in range(1 + number % 3):
            values = {"what": f"{CANARY} {'la amenaza ' * number * more}"}
            desk_of.does(one, "save_section", "violence", values, known=more)
        desk_of.does(one, "add_task", f"{CANARY} llamar", utcnow() + timedelta(hours=30 + number))
        desk_of.does(one, "read_record")


def _a_week_of_files(helped: list[Story], others: list[Story], desk_of: Desk) -> None:
    """Every woman sends a voice note; those of the helped are sealed, and each of them is sent a file."""
    for pair in zip(helped, others, strict=True):
        for one in pair:
            one.sends_a_voice_note(ago=timedelta(hours=2))
    media.fetch_due(desk_of.runtime)
    ready = sending_files.made_ready(VOICE, "audio/ogg")
    for one in helped:
        desk_of.does(one, "send_file", ready, CANARY)
    upkeep.tidy_files(desk_of.runtime)


def a_week(helped: list[Story], others: list[Story], desk_of: Desk, colleague: Desk) -> None:
    """Every woman writes five times; a caseworker takes the helped between, answers and notes."""
    both = [one for pair in zip(helped, others, strict=True) for one in pair]
    for one in both:
        one.writes("hola buenas tardes", ago=timedelta(hours=20))
    for one in both:
        words = f"ayuda {CANARY} me pega" if one in helped else "qué talleres hay cerca"
        one.writes(words, ago=timedelta(hours=5))
    _a_week_of_alerts(helped, desk_of)
    for one in helped:
        desk_of.does(one, "take")
    for one in both:
        words = f"{CANARY} me quitó las llaves" if one in helped else "y de pan hay alguno"
        one.writes(words, ago=timedelta(hours=3))
    for one in helped:
        desk_of.does(one, "reply", f"{CANARY} te leo, dime más")
        desk_of.does(one, "note", f"{CANARY} hablar el jueves")
    _a_week_of_the_case_record(helped, desk_of)
    _a_week_of_files(helped, others, desk_of)
    _a_week_of_the_record(helped, colleague)
    for one in both:
        words, address = (CANARY, f"{CANARY} 12") if one in helped else ("mañana puedo ir", "Hidalgo 12")
        one.writes(words, ago=timedelta(hours=1), address=address)
    _a_week_of_who_she_is(helped, desk_of)
    for one in helped:
        desk_of.does(one, "reply", "Aquí estaré")
        desk_of.does(one, "send_neutral")
    _a_week_of_writing(helped, desk_of)
    for one in helped:
        desk_of.does(one, "hand_back")
    _a_week_of_the_desk(helped, desk_of)
    _a_week_of_handing_over(helped, desk_of)
    a_week_of_referrals(helped, desk_of, CANARY)
    for one in both:
        one.writes("gracias", ago=timedelta(minutes=5))
