"""Whatever raises in a turn: she gets an answer or a person, and her next message is read (P1, P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from failing import ALL_KINDS, FIRST, answering, is_well, json_of, writes_twice
from sqlalchemy import func, select, text
from standins import receipt
from test_turns import running, wrote

from models import Case, Conversation, DeadLetter, InboundMessage
from outreach.casework import cases
from outreach.messages import conversation_state
from outreach.texts import herself as texts
from outreach.turns import dialogue_facts, gather, keep, turn, turn_context
from worker import steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.turns.effects import Effect

pytestmark = pytest.mark.usefixtures("recovery_key")


class PoisonError(Exception):
    """Something that nobody foresaw."""


def _raising(*_arguments: Any, **_named: Any) -> Any:
    raise PoisonError("canario")


def test_every_effect_has_a_handler() -> None:
    """The test below covers each of them."""
    assert frozenset(ALL_KINDS) == turn_context.handled_kinds()


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.NAME)
def test_a_handler_that_raises_silences_nobody(
    sessions: sessionmaker[Session],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: type[Effect],
) -> None:
    """F1: any handler may raise anything; after three attempts a line and a person, then she is read."""
    monkeypatch.setitem(turn_context._HANDLERS, kind, _raising)
    rasa = answering(lambda body: [{"text": "Listo"}, {"custom": json_of(kind)}, receipt(body)])
    with running(settings, rasa) as runtime:
        writes_twice(sessions, runtime)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.FAILED_TURN, "Te leo."]
    assert "canario" not in caplog.text


def _unknown_effect(body: dict[str, Any]) -> Any:
    return [{"custom": {"effect": "rm"}}, receipt(body)]


def _no_receipt(_body: dict[str, Any]) -> Any:
    return [{"text": "Listo"}]


def _no_shape(body: dict[str, Any]) -> Any:
    return [{"text": "Listo", "buttons": [{"name": "no title"}]}, receipt(body)]


def _no_text(body: dict[str, Any]) -> Any:
    return [{"text": {"not": "a text"}}, receipt(body)]


@pytest.mark.parametrize("first", [_unknown_effect, _no_receipt, _no_shape, _no_text, lambda _body: None])
def test_an_answer_that_cannot_be_applied_silences_nobody(
    sessions: sessionmaker[Session], settings: Settings, first: Callable[[dict[str, Any]], Any]
) -> None:
    """F1: whatever Rasa answers, or if it hangs up."""
    with running(settings, answering(first)) as runtime:
        writes_twice(sessions, runtime)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.FAILED_TURN, "Te leo."]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (gather, "judge"),
        (turn, "begin"),
        (turn, "finish"),
        (dialogue_facts, "build"),
        (keep, "keep_or_forget"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)  # fmt: skip
def test_a_stage_that_raises_silences_nobody(
    sessions: sessionmaker[Session],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
) -> None:
    """F1: looking, beginning and finishing count as attempts too; once it is mended she is read."""
    rasa = answering(lambda body: [{"text": "Listo"}, receipt(body)])
    with running(settings, rasa) as runtime:
        with monkeypatch.context() as broken:
            broken.setattr(module, name, _raising)
            conversation = wrote(sessions, runtime, FIRST)
            for _ in range(4):
                steps.take_turn(runtime, conversation)
            with sessions() as session:
                assert is_well(session, runtime) == [texts.FAILED_TURN]
        wrote(sessions, runtime, "sigo", sid="SM2")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.FAILED_TURN, "Te leo."]


@pytest.mark.parametrize("broken", ["open_case", "woman_wrote"])
def test_where_no_case_can_be_opened_a_dead_letter_is_written(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """F1: the last stop raises as well: the turn is closed, she is asked to write again, a person sees it."""
    monkeypatch.setattr(cases, broken, _raising)
    rasa = answering(lambda body: [{"custom": {"effect": "rm"}}, receipt(body)])
    with running(settings, rasa) as runtime:
        writes_twice(sessions, runtime)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.WRITE_AGAIN, "Te leo."]
            letter = session.scalars(select(DeadLetter)).one()
            assert (letter.kind, letter.error) == ("turn", "UnknownEffectError")


def test_a_text_that_does_not_render_silences_nobody(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F1: a template with a placeholder that nobody fills."""
    monkeypatch.setattr(texts, "HOURS_SET", "Anotado: {nobody}")
    effect = {"effect": "set_contact_hours", "words": "de 10 a 2"}
    with running(settings, answering(lambda body: [{"custom": effect}, receipt(body)])) as runtime:
        writes_twice(sessions, runtime)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.FAILED_TURN, "Te leo."]


REFUSES = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'canario'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()
"""


@pytest.mark.parametrize("table", ["consent", "outbox_message", "case_file", "sealed_entry"])
def test_a_database_error_in_finish_silences_nobody(
    sessions: sessionmaker[Session], settings: Settings, table: str
) -> None:
    """F1: a statement that PostgreSQL refuses, also where the failed turn's own end needs that table."""
    effects = [
        {"custom": {"effect": "record_consent", "kind": "privacy", "given": True}},
        {"custom": {"effect": "open_case", "urgency": "support"}},
    ]
    first = answering(lambda body: [{"text": "Listo"}, *effects, receipt(body, confidential=True)])
    with running(settings, first) as runtime:
        with sessions.begin() as session:
            session.execute(text(REFUSES.format(table=table)))
        conversation = wrote(sessions, runtime, FIRST)
        for _ in range(4):
            steps.take_turn(runtime, conversation)
        with sessions.begin() as session:
            session.execute(text(f"DROP TRIGGER refuse ON {table}"))
        wrote(sessions, runtime, "sigo", sid="SM2")
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert is_well(session, runtime)[-1] == "Te leo."


def test_a_message_that_cannot_be_decrypted_blocks_no_other(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """F1: the others of its burst are read, a person sees it; alone, she is asked to write it again."""
    asked: list[str] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body["message"])
        return [{"text": "Te leo."}, receipt(body)]

    with running(settings, rasa) as runtime:
        for n, words in enumerate(("uno", "dos", "tres")):
            conversation = wrote(sessions, runtime, words, sid=f"SM{n}")
        _damage(sessions, "SM1")
        steps.take_turn(runtime, conversation)
        assert asked == ["uno\ntres"]
        wrote(sessions, runtime, "cuatro", sid="SM4")
        _damage(sessions, "SM4")
        steps.take_turn(runtime, conversation)
        wrote(sessions, runtime, "cinco", sid="SM5")
        steps.take_turn(runtime, conversation)
        assert asked == ["uno\ntres", "cinco"]
        with sessions() as session:
            assert is_well(session, runtime) == ["Te leo.", texts.WRITE_AGAIN, "Te leo."]
            assert session.scalar(select(func.count()).where(DeadLetter.kind == "inbound")) == 2


def _damage(sessions: sessionmaker[Session], sid: str) -> None:
    with sessions.begin() as session:
        row = session.scalars(select(InboundMessage).where(InboundMessage.message_sid == sid)).one()
        row.body_cipher = row.body_cipher[:-1] + bytes([row.body_cipher[-1] ^ 1])


def test_a_state_that_cannot_be_decrypted_is_a_dead_letter(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """F1: nothing can be known of her, so nothing is said that would reveal; a person sees each message."""
    with running(settings, lambda body: [receipt(body)]) as runtime:
        conversation = wrote(sessions, runtime, FIRST)
        with sessions.begin() as session:
            session.get_one(Conversation, conversation).private_cipher = b"\x01damaged"
        for _ in range(4):
            steps.take_turn(runtime, conversation)
        wrote(sessions, runtime, "otra", sid="SM2")
        for _ in range(4):
            steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert is_well(session, runtime) == [texts.WRITE_AGAIN_NEUTRAL] * 2
            assert session.scalar(select(func.count()).select_from(DeadLetter)) == 2


@pytest.mark.parametrize(
    ("words", "urgency", "line"),
    [(f"{FIRST} danger", "danger", texts.FAILED_TURN_DANGER), (FIRST, "support", texts.FAILED_TURN)],
)
def test_a_failed_turn_is_as_urgent_as_what_she_wrote(
    sessions: sessionmaker[Session], settings: Settings, words: str, urgency: str, line: str
) -> None:
    """P8: the model judges what nobody answered; danger is a case of danger, and 911 comes first."""
    with running(settings, answering(_no_receipt)) as runtime:
        writes_twice(sessions, runtime, words)
        with sessions() as session:
            assert is_well(session, runtime)[0] == line
            case = session.scalars(select(Case)).one()
            assert cases.read_state(runtime.key, case).urgency == urgency


def test_what_nobody_could_judge_is_looked_at_like_danger(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """P8: with Rasa away it is unknown whether it is danger: the team is told so, first in the list."""
    with running(settings, lambda _body: None) as runtime:
        pass  # its Rasa has gone
    conversation = wrote(sessions, runtime, FIRST)
    for _ in range(3):
        steps.take_turn(runtime, conversation)
    with sessions() as session:
        assert is_well(session, runtime) == [texts.FAILED_TURN]
        state = cases.read_state(runtime.key, session.scalars(select(Case)).one())
        assert state.urgency == "danger"
    runtime.engine.dispose()


@pytest.mark.parametrize("cover", [True, False])
def test_a_failed_turn_keeps_cover_and_silence(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch, *, cover: bool
) -> None:
    """P7, P9: under cover the line is neutral; while a person has her the bot says nothing at all."""
    rasa = answering(lambda body: [{"custom": {"effect": "rm"}}, receipt(body)])
    with running(settings, rasa) as runtime:
        conversation = wrote(sessions, runtime, FIRST)
        with sessions.begin() as session:
            row = session.get_one(Conversation, conversation)
            state = conversation_state.read(runtime.key, row)
            state.cover, state.cover_since, state.held = cover, "2999-01-01T00:00:00+00:00", not cover
            conversation_state.write(runtime.key, row, state)
            if not cover:
                case = cases.open_case(
                    session, runtime.key, row, urgency="support", about="violence", now=row.created_at
                )
                assert case.is_open
        if not cover:
            monkeypatch.setattr(keep, "_seal", _raising)
        for _ in range(4):
            steps.take_turn(runtime, conversation)
        with sessions() as session:
            assert is_well(session, runtime) == ([texts.FAILED_TURN_NEUTRAL] if cover else [])


def test_an_attempt_waits_and_holds_no_lock(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P2: a failed attempt is looked at again in a moment, by a job that locks nothing until then."""
    with running(settings, answering(_no_receipt)) as runtime:
        conversation = wrote(sessions, runtime, FIRST)
        steps.take_turn(runtime, conversation)
        with sessions() as session:
            waiting = text(
                "SELECT lock, scheduled_at > now() FROM procrastinate_jobs"
                " WHERE task_name = 'worker.wake_turn'"
            )
            assert session.execute(waiting).all() == [(None, True)]
