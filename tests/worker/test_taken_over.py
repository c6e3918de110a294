"""What the dialogue said and had not left when a person took her does not follow (P7); the rest does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from standins import accepted, receipt, serving
from test_turns import wrote

from models import Conversation, OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.messages import conversation_state, outbox, reconcile
from outreach.messages.outbox import Content
from worker import sending, steps
from worker.runtime import make_runtime

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

HERS = "*911*, ahora mismo"
OPENS = {"effect": "open_case", "urgency": "danger", "about": "violence"}


class Left(list[str]):
    """What Twilio took, in order; `refuses`: it takes nothing for now."""

    refuses = False


@pytest.fixture
def left() -> Left:
    return Left()


@pytest.fixture
def runtime(settings: Settings, recovery_key: str, left: Left) -> Iterator[Runtime]:
    """Run with a dialogue that always answers, and a Twilio that takes or refuses."""
    assert recovery_key

    def answer(_method: str, path: str, body: Any) -> tuple[int, Any]:
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if "Body" in body and left.refuses:
            return 429, {"code": 20429, "message": "Too Many Requests", "status": 429}
        if "Body" in body:
            left.append(body["Body"])
            return 201, accepted(path, body, f"SM{len(left):032d}")
        if body["message"] == "ayuda":
            return 200, [
                {"custom": OPENS},
                {"text": HERS},
                receipt(body, confidential=True, risk="danger", tier="sure"),
            ]
        return 200, [{"text": "Hay lugar en costura"}, receipt(body)]

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        made = make_runtime(replace(settings, account=account, rasa_urls=(url,)), pool_size=3)
        yield made
        made.engine.dispose()


def _hold(
    sessions: sessionmaker[Session], runtime: Runtime, conversation: uuid.UUID, *, held: bool = True
) -> None:
    with sessions.begin() as session:
        row = session.get_one(Conversation, conversation, with_for_update=True)
        state = conversation_state.read(runtime.key, row)
        state.held = held
        conversation_state.write(runtime.key, row, state)


def _refused(sessions: sessionmaker[Session], runtime: Runtime, left: Left, words: str = "hola") -> uuid.UUID:
    """Let her write, and the answer wait for its next try; it may be tried from now on."""
    left.refuses = True
    conversation = wrote(sessions, runtime, words)
    steps.take_turn(runtime, conversation)
    left.refuses = False
    with sessions.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            assert row.state is OutboxState.QUEUED
            row.next_try_at = None
    return conversation


def _ends(sessions: sessionmaker[Session]) -> list[tuple[OutboxState, str | None]]:
    with sessions() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [(row.state, row.reason) for row in rows]


def test_an_answer_that_waits_does_not_follow_a_take(
    sessions: sessionmaker[Session], runtime: Runtime, left: Left
) -> None:
    """P7: what a person writes leaves alone; the row looks as one that cover mode held back (P4)."""
    conversation = _refused(sessions, runtime, left)
    _hold(sessions, runtime, conversation)
    with sessions.begin() as session:
        outbox.enqueue(session, runtime.key, conversation, OutboxKind.REPLY, Content("Soy Ana, te leo"))
    sending.deliver_replies(runtime, conversation)
    assert left == ["Soy Ana, te leo"]
    assert _ends(sessions)[0] == (OutboxState.SUPPRESSED, "reveals")


def test_an_answer_in_doubt_is_not_sent_again_after_a_take(
    sessions: sessionmaker[Session], runtime: Runtime, left: Left
) -> None:
    """P3, P7: Twilio's list does not have it, and a person answers her now."""
    conversation = _refused(sessions, runtime, left)
    with sessions.begin() as session:
        row = session.scalars(select(OutboxMessage).with_for_update()).one()
        outbox.advance(row, OutboxState.SENDING)
        outbox.advance(row, OutboxState.IN_DOUBT)
    _hold(sessions, runtime, conversation)
    with sessions.begin() as session:
        later = utcnow() + reconcile.CALL_LOST_AFTER * 4
        reconcile.settle(session, runtime.key, row.id, [], later)
        assert session.get_one(OutboxMessage, row.id).state is OutboxState.QUEUED
        session.get_one(OutboxMessage, row.id).next_try_at = None
    sending.deliver_replies(runtime, conversation)
    assert left == []
    assert _ends(sessions) == [(OutboxState.SUPPRESSED, "reveals")]


def test_a_line_of_safety_leaves_whoever_has_her(
    sessions: sessionmaker[Session], runtime: Runtime, left: Left
) -> None:
    """P2 before P7: 911 twice is better than not at all."""
    conversation = _refused(sessions, runtime, left, "ayuda")
    _hold(sessions, runtime, conversation)
    sending.deliver_replies(runtime, conversation)
    assert "911" in left[0]


@pytest.mark.parametrize("words", ["salir", "BAJA"])
def test_what_obeys_her_leaves_while_a_person_has_her(
    sessions: sessionmaker[Session], runtime: Runtime, left: Left, words: str
) -> None:
    """P9: she is told that it was done."""
    conversation = wrote(sessions, runtime, "ayuda")
    steps.take_turn(runtime, conversation)
    _hold(sessions, runtime, conversation)
    wrote(sessions, runtime, words, sid="SM2", ago=0)
    steps.take_turn(runtime, conversation)
    sending.deliver_replies(runtime, conversation)
    assert len(left) == 2


def test_handed_back_it_answers_again(sessions: sessionmaker[Session], runtime: Runtime, left: Left) -> None:
    conversation = wrote(sessions, runtime, "ayuda")
    steps.take_turn(runtime, conversation)
    _hold(sessions, runtime, conversation)
    _hold(sessions, runtime, conversation, held=False)
    wrote(sessions, runtime, "hola", sid="SM2")
    steps.take_turn(runtime, conversation)
    sending.deliver_replies(runtime, conversation)
    assert "Hay lugar en costura" in left
