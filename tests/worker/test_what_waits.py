"""What still waits when she writes: groups on offer, and messages that she took back or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from standins import receipt
from test_turns import running, said, wrote

from models import Conversation, InboundMessage
from outreach.messages import conversation_state, inbox
from outreach.messages.conversation_state import Choice
from worker import steps

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings


def _offers(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Two groups for "grupos", the menu for what is not understood, a plain answer for the rest."""
    groups = [{"title": f"Grupo {n}", "payload": f'/choose_group{{"group":"{n}"}}'} for n in (1, 2)]
    menu = [{"title": "Ver talleres", "payload": "/ask_workshops"}]
    if body["message"] == "grupos":
        return [{"text": "¿Cuál?", "buttons": groups}, receipt(body)]
    if body["message"] == "asdkj":
        return [{"text": "Escoge", "buttons": menu}, receipt(body, keeps_offer=True)]
    return [{"text": "Claro"}, receipt(body, keeps_offer=body["message"] == "cuanto cuesta")]


def test_offered_groups_outlive_a_miss_and_a_digression(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """The dialogue is told what is on offer and which groups still are, until something else is done."""
    told: list[tuple[list[str], list[str]]] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        about = body["metadata"]
        assert about["payload"] is None
        offered, older = ([choice["title"] for choice in about[name]] for name in ("offered", "older"))
        told.append((offered, older))
        return _offers(body)

    said_by_her = ("grupos", "cuanto cuesta", "asdkj", "grupo 2", "grupos", "otra cosa", "la 1")
    with running(settings, rasa) as runtime:
        for n, words in enumerate(said_by_her):
            conversation = wrote(sessions, runtime, words, sid=f"SM{n}")
            steps.take_turn(runtime, conversation)
    groups = ["Grupo 1", "Grupo 2"]
    menu = (["Ver talleres"], groups)
    assert told == [([], []), (groups, []), (groups, []), menu, ([], []), (groups, []), ([], [])]


def test_a_message_that_she_deleted_is_answered_with_silence(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """What she took back in time reaches no model and stays nowhere; what she edited is read as corrected."""
    asked: list[str] = []

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body["message"])
        return [{"recipient_id": "x", "text": "Hola"}, receipt(body)]

    with running(settings, rasa) as runtime:
        wrote(sessions, runtime, "mi marido me pega", sid="SM1")
        conversation = wrote(
            sessions, runtime, "", sid="SM2", MessageType="deleted", OriginalMessageSid="SM1"
        )
        steps.take_turn(runtime, conversation)
        assert asked == []
        wrote(sessions, runtime, "soy de tonala", sid="SM3")
        wrote(sessions, runtime, "soy de zapopan", sid="SM4", MessageType="edited", OriginalMessageSid="SM3")
        steps.take_turn(runtime, conversation)
        assert asked == ["soy de zapopan"]
        with sessions() as session:
            rows = session.scalars(select(InboundMessage).order_by(InboundMessage.seq)).all()
            assert [inbox.read(runtime.key, row).text for row in rows][:2] == ["", ""]
            assert said(session, runtime) == ["Hola"]


def test_only_buttons_on_offer_are_commands(sessions: sessionmaker[Session], settings: Settings) -> None:
    """A typed command or number is text, which the dialogue reads; a tap is a payload."""
    asked: list[dict[str, Any]] = []
    buttons = [{"title": "Sí", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]

    def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(body)
        return [{"text": "¿Sí o no?", "buttons": buttons}, receipt(body)]

    with running(settings, rasa) as runtime:
        for n, words in enumerate(("/affirm", "2", "/deny")):
            conversation = wrote(sessions, runtime, words, sid=f"SM{n}")
            steps.take_turn(runtime, conversation)
        for n, payload in enumerate(("/deny", "/open_case")):
            wrote(sessions, runtime, "No", sid=f"SMtap{n}", ButtonPayload=payload)
            steps.take_turn(runtime, conversation)
        assert [body["metadata"]["payload"] for body in asked] == [None, None, None, "/deny", None]
        with sessions() as session:
            state = conversation_state.read(runtime.key, session.get_one(Conversation, conversation))
            assert state.choices == [Choice("Sí", "/affirm"), Choice("No", "/deny")]
