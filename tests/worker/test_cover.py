"""Under cover nothing shows to whoever holds the phone; nothing grave is lost on the team (P1, P5, P9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from standins import receipt
from test_turns import running, said, wrote

from models import Case, Conversation, InboundMessage, SealedEntry, Turn
from outreach.casework import cases
from outreach.messages import conversation_state, inbox
from outreach.sealing import vault
from worker import steps

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime

OPENS = {"effect": "open_case", "urgency": "support", "about": "violence"}
HIDES = {"effect": "enter_cover"}
CHATTER = "¿Me lo dices con otras palabras?"


def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer as the dialogue does: under cover all is chatter, but the receipt says what was understood."""
    words = body["message"]
    sure = {"risk": "danger", "tier": "sure"} if "danger" in words else {}
    if body["metadata"]["context"]["cover"]:
        return [{"text": CHATTER}, receipt(body, **sure, confidential=bool(sure))]
    effects = {"abre": [{"custom": OPENS}], "salir": [{"custom": HIDES}]}.get(words, [])
    return [*effects, {"text": "Hola"}, receipt(body)]


def write(sessions: sessionmaker[Session], runtime: Runtime, *lines: str, ago: float = 5) -> uuid.UUID:
    """Let her, or whoever holds the phone, write each line and be answered."""
    for n, words in enumerate(lines):
        conversation_id = wrote(sessions, runtime, words, sid=f"SM{words}{n}", ago=ago)
        steps.take_turn(runtime, conversation_id)
    return conversation_id


def sealed(session: Session, recovery: str) -> list[tuple[str, str, bool]]:
    """Return who wrote what, and whether under cover, of all threads."""
    private_key = vault._recover(session, recovery)
    rows = session.scalars(select(SealedEntry).order_by(SealedEntry.position))
    opened = [vault.unseal(private_key, row.content_sealed) for row in rows]
    return [(one["author"], one["text"], "cover" in (one["extra"] or {})) for one in opened]


def test_danger_under_cover_opens_a_case_and_says_nothing(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """The answer is that of any text; the team sees a case of danger and that another may have written."""
    with running(settings, rasa) as runtime:
        conversation_id = write(sessions, runtime, "salir", "danger, me va a matar")
        with sessions() as session:
            assert said(session, runtime)[-1] == CHATTER
            assert ("woman", "danger, me va a matar", True) in sealed(session, recovery_key)
            (case,) = cases.open_cases(session, runtime.key)
            assert case.danger
            state = conversation_state.read(runtime.key, session.get_one(Conversation, conversation_id))
            assert state.cover


def test_with_an_open_case_all_that_is_written_under_cover_is_kept(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """P1: her caseworker reads what came meanwhile, marked; the server keeps no word of it."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "abre", "salir", "quien eres")
        with sessions() as session:
            assert ("woman", "quien eres", True) in sealed(session, recovery_key)
            last = session.scalars(select(InboundMessage).order_by(InboundMessage.seq.desc())).first()
            assert last is not None
            assert inbox.is_blank(runtime.key, last)


def test_chatter_under_cover_opens_nothing(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """Somebody who tries the phone out leaves no thread behind."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "salir", "quien eres")
        with sessions() as session:
            assert session.scalars(select(Case)).all() == []
            assert sealed(session, recovery_key) == []


@pytest.mark.parametrize("words", ["danger", "que es esto"])
def test_under_cover_every_answer_waits_alike(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str, words: str
) -> None:
    """How soon an answer comes must not tell what was understood."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "salir")
        write(sessions, runtime, words, ago=0)
        with sessions() as session:
            assert len(session.scalars(select(Turn)).all()) == 1


def _take(
    sessions: sessionmaker[Session], runtime: Runtime, conversation_id: uuid.UUID, **more: object
) -> None:
    """Let a person have the conversation, as the desk does."""
    with sessions.begin() as session:
        conversation = session.get_one(Conversation, conversation_id)
        state = conversation_state.read(runtime.key, conversation)
        state.held = True
        for name, value in more.items():
            setattr(state, name, value)
        conversation_state.write(runtime.key, conversation, state)


def _state(
    sessions: sessionmaker[Session], runtime: Runtime, conversation_id: uuid.UUID
) -> conversation_state.PrivateState:
    with sessions() as session:
        return conversation_state.read(runtime.key, session.get_one(Conversation, conversation_id))


def test_taken_while_asked_for_a_word_no_later_text_becomes_it(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """P9: a person took her in between; what she or another writes afterwards is no word."""
    with running(settings, rasa) as runtime:
        conversation_id = write(sessions, runtime, "abre")
        _take(sessions, runtime, conversation_id, word_expected=True)
        write(sessions, runtime, "ya llegó")
        assert _state(sessions, runtime, conversation_id).cover
        write(sessions, runtime, "quien eres")
        assert _state(sessions, runtime, conversation_id).word_hash is None
        with sessions() as session:
            assert said(session, runtime)[-1] == CHATTER


def test_a_burst_with_salir_hides_while_a_person_reads(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """P9: whatever stands beside it, and wherever."""
    with running(settings, rasa) as runtime:
        conversation_id = write(sessions, runtime, "abre")
        _take(sessions, runtime, conversation_id)
        for n, words in enumerate(("salir", "espera")):
            wrote(sessions, runtime, words, sid=f"SMburst{n}")
        steps.take_turn(runtime, conversation_id)
        assert _state(sessions, runtime, conversation_id).cover


def test_under_cover_a_person_who_has_her_hurries_no_answer(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """P9: the bot of the workshops waits for the end of a burst, also where a caseworker had her."""
    with running(settings, rasa) as runtime:
        conversation_id = write(sessions, runtime, "abre")
        _take(sessions, runtime, conversation_id)
        write(sessions, runtime, "salir")
        with sessions() as session:
            before = len(session.scalars(select(Turn)).all())
        write(sessions, runtime, "que es esto", ago=0)
        with sessions() as session:
            assert len(session.scalars(select(Turn)).all()) == before
