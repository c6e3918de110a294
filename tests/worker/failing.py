"""What tests of failures share: a Rasa that answers as told, and where she stands afterwards."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from standins import receipt
from test_turns import said, wrote

from models import Case, DeadLetter, InboundMessage, Turn, TurnState
from outreach.turns.effects import Effect, Receipt
from worker import steps

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from worker.runtime import Runtime

FIRST, NEXT = "lo primero", "lo que sigue"


def json_of(kind: type[Effect]) -> dict[str, Any]:
    """Return an effect of a kind as the dialogue would send it."""
    values: dict[str, Any] = {"str": "x", "bool": True, "float": 0.5}
    given = {f.name: values.get(str(f.type), {}) for f in fields(kind)}
    return {"effect": kind.NAME} | given


def answering(first: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """Return a Rasa that answers her first message by `first`, and the next ones with a greeting."""

    def rasa(body: dict[str, Any]) -> Any:
        if FIRST in body["message"]:
            return first(body)
        return [{"recipient_id": "x", "text": "Te leo."}, receipt(body)]

    return rasa


def writes_twice(sessions: sessionmaker[Session], runtime: Runtime, words: str = FIRST) -> uuid.UUID:
    """Let her write what fails until it is given up, and then something else; each job runs once more."""
    conversation = wrote(sessions, runtime, words, sid="SM1")
    for _ in range(4):
        steps.take_turn(runtime, conversation)
    wrote(sessions, runtime, NEXT, sid="SM2")
    for _ in range(4):
        steps.take_turn(runtime, conversation)
    return conversation


def is_well(session: Session, runtime: Runtime) -> list[str]:
    """Assert that she got an answer or a person and that nothing is stuck; return what was said to her."""
    assert session.scalar(select(func.count()).where(Turn.state == TurnState.OPEN)) == 0
    assert session.scalar(select(func.count()).where(InboundMessage.turn_id.is_(None))) == 0
    assert set(session.scalars(select(Turn.attempts))) == {0}
    cases = session.scalar(select(func.count()).select_from(Case).where(Case.is_open)) or 0
    letters = session.scalar(select(func.count()).select_from(DeadLetter)) or 0
    assert cases + letters >= 1, "no person knows of her"
    return said(session, runtime)


ALL_KINDS = sorted((k for k in Effect.__subclasses__() if k is not Receipt), key=lambda k: k.NAME)
