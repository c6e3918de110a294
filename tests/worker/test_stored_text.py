"""A stored text and her answer, from end to end: it leaves with that turn, once, or a person reads first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from standins import receipt
from test_turns import running, said, wrote

from models import Case, Conversation, OutboxMessage, Role, Staff, utcnow
from outreach.casework import cases, pending, taking, thread
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.texts import desk_writing as words
from outreach.texts import herself
from outreach.turns import stored_text
from worker import steps, ticks

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

TEXT = "Ya hablé con la guardería. Te cuento cuando puedas"
OPENS = {"effect": "open_case", "urgency": "support", "about": "violence"}
HIDES = {"effect": "enter_cover"}


def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
    effects = {"abre": [{"custom": OPENS}], "me escondo": [{"custom": HIDES}]}.get(body["message"], [])
    return [*effects, {"text": "Hola"}, receipt(body)]


class Desk:
    """A caseworker who stored a text in a woman's case."""

    def __init__(self, sessions: sessionmaker[Session], runtime: Runtime, recovery: str) -> None:
        self.sessions, self.runtime = sessions, runtime
        self.number = 0
        self.writes("abre")
        with sessions.begin() as db:
            password = accounts.add(db, "ana", "Ana", Role.CASEWORKER, utcnow())
            ana = accounts.find(db, "ana")
            assert ana is not None
            vault.grant_with_recovery_key(db, recovery, ana.id)
            db.flush()
            ring = vault.unlock(db, ana, password)
            assert ring is not None
            self.staff_id, self.ring = ana.id, ring
            self.case_id = db.scalars(select(Case.id).where(Case.is_open)).one()
        self.does(taking.take)

    def does(self, step: Any, *given: object, **more: object) -> None:
        """Take a step of hers."""
        with self.sessions.begin() as db:
            worker = Caseworker(self.runtime.key, self.ring, db.get_one(Staff, self.staff_id))
            step(db, worker, self.case_id, utcnow(), *given, **more)

    def stores(self, settings: Settings, *, hour: bool = False) -> None:
        """Store the text, a day after her last word or for an hour that has come."""
        if hour:
            self.does(pending.store, TEXT, settings, utcnow() + timedelta(seconds=1))
            return
        with self.sessions.begin() as db:
            db.scalars(select(Conversation)).one().last_inbound_at = utcnow() - timedelta(hours=25)
        self.does(pending.store, TEXT, settings)

    def writes(self, words_of_hers: str, **more: str) -> uuid.UUID:
        """Let her write and be answered."""
        self.number += 1
        sid = f"SM{self.number}"
        conversation = wrote(self.sessions, self.runtime, words_of_hers, sid=sid, ago=5, **more)
        steps.take_turn(self.runtime, conversation)
        return conversation

    def said(self) -> list[str]:
        """What has gone to the outbox since the case was opened."""
        with self.sessions() as db:
            return said(db, self.runtime)[1:]

    def lines(self) -> list[tuple[str, str]]:
        """The thread."""
        with self.sessions() as db:
            case = db.get_one(Case, self.case_id)
            state = cases.read_state(self.runtime.key, case)
            return [(one.author, one.text) for one in thread.read(db, self.ring, case, state)]

    def waits(self) -> bool:
        """Whether the text still waits."""
        with self.sessions() as db:
            return cases.read_state(self.runtime.key, db.get_one(Case, self.case_id)).pending is not None


@pytest.fixture
def desk(sessions: sessionmaker[Session], settings: Settings, recovery_key: str) -> Iterator[Desk]:
    with running(settings, rasa) as runtime:
        yield Desk(sessions, runtime, recovery_key)


def test_it_leaves_when_she_answers(desk: Desk, settings: Settings) -> None:
    """P7: while a person holds her only that text leaves, and no model is asked; her words come before it."""
    desk.stores(settings)
    desk.writes("sí, aquí estoy")
    desk.writes("¿bueno?")
    assert desk.said() == [TEXT]
    assert desk.lines()[-3:] == [("woman", "sí, aquí estoy"), ("staff", TEXT), ("woman", "¿bueno?")]


def test_it_leaves_beside_the_bots_answer(desk: Desk, settings: Settings) -> None:
    """Handed back for the night: the bot answers, and the text leaves with that turn, in its own message."""
    desk.stores(settings)
    desk.does(taking.hand_back)
    desk.writes("sí, aquí estoy")
    assert desk.said() == ["Hola", TEXT]
    assert desk.lines()[-3:] == [("woman", "sí, aquí estoy"), ("bot", "Hola"), ("staff", TEXT)]


def test_a_crash_in_between_sends_it_once(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3: killed after it was handed over and before the turn ended: the turn comes again, and sends it."""
    desk.stores(settings)
    real = stored_text.leave_on_her_answer

    def dies(here: Any) -> None:
        real(here)
        raise RuntimeError("killed")

    monkeypatch.setattr(stored_text, "leave_on_her_answer", dies)
    conversation = desk.writes("sí, aquí estoy")
    assert desk.said() == []
    assert desk.waits()
    monkeypatch.setattr(stored_text, "leave_on_her_answer", real)
    for _ in range(2):
        steps.take_turn(desk.runtime, conversation)
    assert desk.said() == [TEXT]


@pytest.mark.parametrize("bot_has_her", [False, True])
@pytest.mark.parametrize(
    ("answer", "why"), [("quién es?", "other"), ("baja", "stop"), ("soy su esposo, qué quieren", "other")]
)
def test_a_person_reads_first(
    desk: Desk, settings: Settings, answer: str, why: str, bot_has_her: bool
) -> None:
    """P9: where it may not be she, or she stops: it does not leave, with this message or with the next."""
    desk.stores(settings)
    if bot_has_her:
        desk.does(taking.hand_back)
    desk.writes(answer)
    desk.writes("contesta")
    assert TEXT not in desk.said()
    assert ("event", words.STOPPED[why]) in desk.lines()
    assert not desk.waits()


@pytest.mark.parametrize(("hides", "bot_has_her"), [("salir", False), ("me escondo", True)])
def test_never_under_cover(desk: Desk, settings: Settings, hides: str, bot_has_her: bool) -> None:
    """P9: her answer is that somebody came: a workshops bot answers, and nothing else leaves."""
    desk.stores(settings)
    if bot_has_her:
        desk.does(taking.hand_back)
    desk.writes(hides)
    assert TEXT not in desk.said()
    assert ("event", words.STOPPED["cover"]) in desk.lines()
    if not bot_has_her:
        assert desk.said() == [herself.COVER_LINE]


def test_what_is_no_answer_changes_nothing(desk: Desk, settings: Settings) -> None:
    """A message that she takes back, or a kind that can't be shown: the text goes on waiting."""
    desk.stores(settings)
    desk.writes("", MessageType="unsupported")
    assert desk.waits()
    desk.writes("aquí estoy")
    assert desk.said() == [TEXT]


def test_voice_is_an_answer(desk: Desk, settings: Settings) -> None:
    desk.stores(settings)
    desk.writes("", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="audio/ogg")
    assert desk.said() == [TEXT]


def test_the_clock_sends_at_the_hour(desk: Desk, settings: Settings) -> None:
    """Two ticks, one message, and the job that delivers it."""
    desk.stores(settings, hour=True)
    ticks.send_stored(desk.runtime)
    with desk.sessions.begin() as db:
        case = db.get_one(Case, desk.case_id)
        state = cases.locked_state(db, desk.runtime.key, case)
        assert state.pending is not None
        state.pending.at = (utcnow() - timedelta(seconds=1)).isoformat()
        cases.write_state(desk.runtime.key, case, state)
    for _ in range(2):
        ticks.send_stored(desk.runtime)
    assert desk.said() == [TEXT]
    with desk.sessions() as db:
        row = db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq.desc())).first()
        assert row is not None
        assert row.turn_id is not None
        query = text("SELECT count(*) FROM procrastinate_jobs WHERE args->>'outbox_id' = :id")
        assert db.scalar(query, {"id": str(row.id)}) == 1


def test_who_never_had_a_case_is_untouched(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P4: the same turn, and no more statements, for a woman without a case."""
    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "hola")
        steps.take_turn(runtime, conversation)
        with sessions() as db:
            assert said(db, runtime) == ["Hola"]
            private = conversation_state.read(runtime.key, db.get_one(Conversation, conversation))
            assert private.case_id is None


SOMEBODY_ELSE = (
    "quien es", "¿Quién eres?", "quién habla??", "kien es", "quien", "y quién?", "oye quién eres",
    "de parte de quién", "de dónde me hablan", "qué es esto", "k es esto", "qué número es este",
    "que numero es", "de quién es este número", "número equivocado", "se equivocó", "te equivocaste",
    "no la conozco", "no soy ella", "no es su número", "no está", "ella no está", "no se encuentra",
    "anda ocupada", "está dormida", "salió", "ella salió", "soy su esposo", "Soy el esposo de Lupita",
    "soy su hijo", "soy su mamá", "mi esposa no puede", "su esposa", "este celular no es de ella",
    "yo le digo", "le paso su recado", "no puede contestar", "quien me escribe", "quien manda esto",
)  # fmt: skip
HERS = (
    "sí", "hola", "aquí estoy", "ya puedo", "soy yo", "soy Lupita", "me acordé de lo que me dijo", "gracias",
    "¿a qué hora?", "¿quién me puede ayudar?", "ya estoy en la casa", "mándame la dirección", "sí soy yo",
    "no puedo ahorita, al rato", "soy la que le escribió ayer", "mi hijo ya está bien", "👍", "",
    "¿con quién voy?", "quiero saber qué sigue", "ya me salí de la casa", "se fue a trabajar",
)  # fmt: skip


@pytest.mark.parametrize("answer", SOMEBODY_ELSE)
def test_plain_forms_of_somebody_else(answer: str) -> None:
    assert stored_text.may_be_somebody_else(answer)


@pytest.mark.parametrize("answer", HERS)
def test_what_she_would_write(answer: str) -> None:
    """Her own answers are not taken for another's, or her text would wait for nothing."""
    assert not stored_text.may_be_somebody_else(answer)
