"""A turn from end to end: gathered, asked once in effect, applied once, sealed where it must be."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text
from standins import accepted, receipt, serving

from models import (
    Case,
    Conversation,
    InboundMessage,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    SealedEntry,
    Turn,
    TurnState,
    utcnow,
)
from outreach.casework import cases
from outreach.messages import conversation_state, inbox, outbox
from worker import steps
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

WOMAN = "whatsapp:+523312345678"
pytestmark = pytest.mark.usefixtures("recovery_key")


@contextmanager
def running(
    settings: Settings, rasa: Callable[[dict[str, Any]], list[dict[str, Any]] | None]
) -> Iterator[Runtime]:
    """Run with a Rasa that answers by `rasa(body)`; understanding sees danger in the word "danger"."""

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if path.endswith("/understand"):
            risk = "danger" if "danger" in body["text"] else "none"
            return 200, {"intent": "greet", "risk": risk, "tier": "none"}
        items = rasa(body)
        return None if items is None else (200, items)

    with serving(answer) as url:
        runtime = make_runtime(replace(settings, rasa_urls=(url,)), pool_size=2)
        yield runtime
        runtime.engine.dispose()


def wrote(
    sessions: sessionmaker[Session],
    runtime: Runtime,
    body: str,
    *,
    sid: str = "SM1",
    ago: float = 5,
    **more: str,
) -> uuid.UUID:
    at = utcnow() - timedelta(seconds=ago)
    given = {"MessageSid": [sid], "From": [WOMAN], "Body": [body], **{k: [v] for k, v in more.items()}}
    with sessions.begin() as session:
        inbox.receive(session, runtime.key, given, at)
        return session.scalars(select(Conversation.id)).one()


def said(session: Session, runtime: Runtime) -> list[str]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
    return [outbox.read_content(runtime.key, row).body for row in rows]


def test_a_burst_is_one_turn(sessions: sessionmaker[Session], settings: Settings) -> None:
    """Several short messages are one thought: one question to the dialogue, one answer."""
    asked: list[dict[str, Any]] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body)
        return [{"recipient_id": "x", "text": "Hola"}, receipt(body)]

    with running(settings, rasa) as runtime:
        for n, words in enumerate(("hola", "quiero", "apuntarme")):
            conversation = wrote(sessions, runtime, words, sid=f"SM{n}")
        for _ in range(3):
            steps.take_turn(runtime, conversation)
        assert [body["message"] for body in asked] == ["hola\nquiero\napuntarme"]
        with sessions() as session:
            assert said(session, runtime) == ["Hola"]


def test_a_fresh_burst_waits_but_danger_does_not(sessions: sessionmaker[Session], settings: Settings) -> None:
    """About two seconds after the last message she is answered; danger is answered at once."""
    with running(settings, lambda body: [receipt(body)]) as runtime:
        conversation = wrote(sessions, runtime, "hola", ago=0)
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(Turn)) == 0
            waiting = text(
                "SELECT lock, scheduled_at FROM procrastinate_jobs WHERE task_name='worker.wake_turn'"
            )
            lock, scheduled_at = session.execute(waiting).one()
            # A job that waits for the future holds no lock of the conversation.
            assert lock is None
            assert scheduled_at > utcnow()
        wrote(sessions, runtime, "danger", sid="SM2", ago=0)
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert session.scalar(select(Turn.state)) is TurnState.ANSWERED


def test_no_receipt_is_a_failure_and_three_are_a_case(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P1, P8: without a receipt nothing is applied; after three tries she is told, and a person has it."""
    ids: list[str] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        ids.append(body["metadata"]["message_id"])
        return [{"recipient_id": "x", "text": "Listo"}]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "hola")
        for _ in range(4):
            steps.take_turn(runtime, conversation)
        # Every try carries the same message id.
        assert len(ids) == 3
        assert len(set(ids)) == 1
        with sessions() as session:
            assert "Listo" not in said(session, runtime)
            assert len(said(session, runtime)) == 1
            assert session.scalar(select(Turn.state)) is TurnState.ANSWERED
            assert session.scalar(select(func.count()).select_from(Case).where(Case.is_open)) == 1


@pytest.mark.parametrize("trouble", ["unknown_effect", "dropped_connection", "other_receipt"])
def test_a_bad_answer_leaves_nothing_half_done(
    sessions: sessionmaker[Session], settings: Settings, trouble: str
) -> None:
    """Effects and replies are applied all or nothing."""

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]] | None:
        reply = {"recipient_id": "x", "text": "Listo"}
        match trouble:
            case "unknown_effect":
                return [reply, {"custom": {"effect": "opt_out"}}, {"custom": {"effect": "rm"}}, receipt(body)]
            case "other_receipt":
                return [reply, receipt(body, message_id="another")]
            case _:
                return None

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "hola")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert said(session, runtime) == []
            assert session.scalar(select(Conversation.opted_out_at)) is None
            assert session.scalar(select(Turn.state)) is TurnState.OPEN


def test_a_confidential_turn_is_sealed_and_blanked(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P4: after the turn her words are nowhere that the server can read."""

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {"recipient_id": "x", "text": "Te creo."},
            receipt(body, intent="disclose_violence", risk="support", tier="sure", confidential=True),
        ]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "canario")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            row = session.scalars(select(InboundMessage)).one()
            assert inbox.read(runtime.key, row).text == ""
            state = conversation_state.read(runtime.key, session.get_one(Conversation, conversation))
            assert state.case_id is None
            assert state.living_id is not None
            # Her word and our answer, sealed, in a thread that nobody is shown; the rest is padding.
            thread = session.scalars(select(Case)).one()
            assert cases.read_state(runtime.key, thread).entries == 2
            assert session.scalar(select(func.count()).select_from(SealedEntry)) == 16
            assert session.scalar(select(func.count()).select_from(Case).where(Case.is_open)) == 0


def test_her_yes_makes_the_living_conversation_a_case(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """What she told before her yes becomes the beginning of her case; "no es eso" deletes it."""
    effects: list[dict[str, Any]] = [
        {},
        {"effect": "open_case", "urgency": "support", "about": "violence"},
    ]

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        effect = effects.pop(0)
        items = [{"custom": effect}] if effect else [{"text": "Te creo."}]
        return [*items, receipt(body, confidential=True)]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "canario")
        steps.take_turn(runtime, conversation)
        wrote(sessions, runtime, "si", sid="SM2")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            case = session.scalars(select(Case)).one()
            assert case.is_open
            entries = select(func.count()).where(SealedEntry.case_id == case.id)
            assert (session.scalar(entries) or 0) >= 4


def test_what_is_forgotten_leaves_no_trace(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P9: "no es eso" takes back what she told."""
    turns = [[], [{"custom": {"effect": "forget_turn"}}]]

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [*turns.pop(0), receipt(body, confidential=True)]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "canario")
        steps.take_turn(runtime, conversation)
        wrote(sessions, runtime, "no es eso", sid="SM2")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(SealedEntry)) == 0
            assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_when_a_person_has_her_the_bot_is_silent(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P7: her words go sealed to the case, the model never sees them."""
    asked: list[str] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body["message"])
        opened = {"effect": "open_case", "urgency": "support", "about": "violence"}
        return [{"custom": opened}, receipt(body, confidential=True)]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "ayuda")
        steps.take_turn(runtime, conversation)
        with sessions.begin() as session:
            row = session.get_one(Conversation, conversation)
            state = conversation_state.read(runtime.key, row)
            state.held = True
            conversation_state.write(runtime.key, row, state)
            before = len(said(session, runtime))
        wrote(sessions, runtime, "canario", sid="SM2", ago=0)
        steps.take_turn(runtime, conversation)
        assert asked == ["ayuda"]
        with sessions() as session:
            assert len(said(session, runtime)) == before
            row_two = session.scalar(select(InboundMessage).where(InboundMessage.message_sid == "SM2"))
            assert row_two is not None
            assert inbox.read(runtime.key, row_two).text == ""


def test_an_answer_never_follows_a_take(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P7: where a person takes her while the dialogue is asked, its answer stays unsaid."""
    made: list[Runtime] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        if body["message"] == "otra cosa":
            with sessions.begin() as session:
                row = session.scalars(select(Conversation)).one()
                state = conversation_state.read(made[0].key, row)
                state.held = True
                conversation_state.write(made[0].key, row, state)
            return [{"text": "tarde"}, receipt(body)]
        opened = {"effect": "open_case", "urgency": "support", "about": "violence"}
        return [{"custom": opened}, receipt(body, confidential=True)]

    with running(settings, rasa) as runtime:
        made.append(runtime)
        conversation = wrote(sessions, runtime, "ayuda")
        steps.take_turn(runtime, conversation)
        wrote(sessions, runtime, "otra cosa", sid="SM2")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert "tarde" not in said(session, runtime)
            assert session.scalar(select(func.count()).where(Turn.state == TurnState.OPEN)) == 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Salir", "talleres"), ("ya llegó", "talleres"), ("🌵", "talleres"), ("🙈 🙈", "talleres"),
        ("ahí viene mi esposo", "talleres"), ("hola\ncambia de tema porfa", "talleres"),
        ("BAJA", "ALTA"), ("por favor ya no me manden mensajes", "ALTA"), ("no quiero más mensajes", "ALTA"),
    ],
)  # fmt: skip
def test_she_commands_even_while_a_person_has_her(
    sessions: sessionmaker[Session], settings: Settings, words: str, answer: str
) -> None:
    """P6, P9: hiding and stopping take a word or two at any moment, though no model reads her."""

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        opened = {"effect": "open_case", "urgency": "support", "about": "violence"}
        return [{"custom": opened}, receipt(body, confidential=True)]

    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, "ayuda")
        steps.take_turn(runtime, conversation)
        with sessions.begin() as session:
            row = session.get_one(Conversation, conversation)
            state = conversation_state.read(runtime.key, row)
            state.held = True
            conversation_state.write(runtime.key, row, state)
        wrote(sessions, runtime, words, sid="SM2", ago=0)
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert answer in said(session, runtime)[-1]
            row = session.get_one(Conversation, conversation)
            assert conversation_state.read(runtime.key, row).cover == (answer == "talleres")
            assert (row.opted_out_at is not None) == (answer == "ALTA")


def test_her_word_reaches_no_model_and_brings_her_back(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P9: the safe word is hashed here; under cover it alone changes what the dialogue is told."""
    asked: list[dict[str, Any]] = []
    answers: list[list[dict[str, Any]]] = [
        [{"custom": {"effect": "expect_safe_word"}}],
        [],
        [{"custom": {"effect": "enter_cover"}}],
        [],
        [],
    ]

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body)
        return [*answers.pop(0), receipt(body)]

    with running(settings, rasa) as runtime:
        for n, words in enumerate(
            ("quiero palabra", "flor de mayo", "salir", "flor de abril", "Flor de Mayo")
        ):
            conversation = wrote(sessions, runtime, words, sid=f"SM{n}")
            steps.take_turn(runtime, conversation)
        assert "mayo" not in json.dumps([body["message"] for body in asked]).lower()
        assert [body["metadata"]["payload"] for body in asked] == [
            None,
            "/safe_word_saved",
            None,
            None,
            "/safe_word_ok",
        ]
        assert [body["metadata"]["context"]["cover"] for body in asked] == [False, False, False, True, False]
        with sessions() as session:
            row = session.get_one(Conversation, conversation)
            assert not conversation_state.read(runtime.key, row).cover


def test_delivery_marks_before_it_calls(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P3: while Twilio is being called the row is `sending`, and no transaction is open."""
    seen: list[OutboxState | None] = []

    def twilio(method: str, path: str, body: Any) -> tuple[int, Any]:
        with sessions() as session:
            seen.append(session.scalar(select(OutboxMessage.state)))
            session.execute(text("SELECT 1 FROM outbox_message FOR UPDATE NOWAIT"))
        return 201, accepted(path, body, "SMsent")

    with serving(twilio) as url:
        twilio_settings = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=twilio_settings), pool_size=2)
        conversation = wrote(sessions, runtime, "hola")
        with sessions.begin() as session:
            row_id = outbox.enqueue(
                session, runtime.key, conversation, OutboxKind.REPLY, outbox.Content("Hola")
            ).id
        steps.deliver(runtime, row_id)
        steps.deliver(runtime, row_id)
        assert seen == [OutboxState.SENDING]
        with sessions() as session:
            row = session.get_one(OutboxMessage, row_id)
            assert (row.state, row.sid) == (OutboxState.SENT, "SMsent")
        runtime.engine.dispose()
