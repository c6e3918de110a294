"""What a voice note would change is asked back, and done on her yes alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import dumps
import pytest
from hearing_support import ASKED, SAID, Room, listening

from models import Conversation, utcnow
from outreach.messages import conversation_state
from outreach.messages.speech.transcript import SpeechError, Transcript, Verdict
from outreach.texts import voice as texts

if TYPE_CHECKING:
    from media_support import Here
    from sqlalchemy import Engine

pytest_plugins = ("media_fixtures",)


@pytest.fixture
def room(here: Here, monkeypatch: pytest.MonkeyPatch) -> Room:
    return listening(here, monkeypatch)


def test_what_lasts_is_asked_back_and_done_on_her_yes(room: Room) -> None:
    """Entendí que no puedes ir, ¿sí?: her yes, tapped or said, gives the dialogue her words as her own."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    asked = room.said()[-1]
    assert asked.body == "Entendí que no puedes ir a tu próxima sesión, ¿sí?"
    assert [one.title for one in asked.buttons] == ["Sí", "No"]
    assert room.her.state().choices == []
    room.effects = []
    room.her.sends("Sí", ButtonPayload="/heard_yes")
    assert (room.asks[-1]["message"], room.asks[-1]["metadata"]["heard"]) == (SAID, "")
    assert room.her.state().heard is None


@pytest.mark.parametrize("yes", ["Sí.", "claro que sí"])
def test_her_yes_in_words(room: Room, yes: str) -> None:
    """Typed, or said in another note."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    room.effects = []
    room.maker.heard = Transcript(yes, 0.9, -0.3)
    room.note()
    room.listens()
    assert room.asks[-1]["message"] == SAID


def test_an_unsure_yes_is_a_yes(room: Room) -> None:
    """One word alone is seldom sure; what she is answered does not say that it was not made out."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    room.effects = []
    room.maker.heard = Transcript("¡Sí!", 0.5, -0.95)
    room.note()
    room.listens()
    assert room.asks[-1]["message"] == SAID
    assert room.said()[-1].body == "Te leo."


def test_her_hours_are_those_of_the_note(room: Room) -> None:
    """What she agrees to is what she said in the note, not the yes."""
    room.maker.heard = Transcript("de diez a dos", 0.9, -0.3)
    room.effects = [ASKED | {"about": "set_contact_hours"}]
    room.note()
    room.listens()
    assert room.said()[-1].body.endswith("de 10:00 a 2:00 de la tarde, ¿sí?")
    room.effects = [{"effect": "set_contact_hours", "words": ""}]
    room.her.sends("sí")
    state = room.her.state()
    assert (state.contact_from, state.contact_until) == ("10:00", "14:00")


LONG = "Claro que sí. Le aviso al equipo que quieres hablar con una persona."


def test_what_she_spoke_is_answered_shorter(room: Room) -> None:
    """A note, one that was not made out, and her yes to what was asked back; not what she typed or tapped."""
    room.says = LONG
    room.her.sends("quiero una cita")
    assert room.said()[-1].body == LONG
    room.note()
    room.listens()
    assert room.said()[-1].body == "Sí. Le aviso al equipo que quieres una persona."
    room.maker.heard = SpeechError(Verdict.TOO_LONG)
    room.note()
    room.listens()
    assert LONG not in "".join(one.body for one in room.said()[1:])
    room.maker.heard, room.effects = Transcript(SAID, 0.9, -0.3), [ASKED]
    room.note()
    room.listens()
    room.effects = []
    room.her.sends("Sí", ButtonPayload="/heard_yes")
    assert room.said()[-1].body == "Sí. Le aviso al equipo que quieres una persona."
    room.her.sends("otra cosa")
    assert room.said()[-1].body == LONG


def test_her_no_forgets_it(room: Room) -> None:
    """Nothing was done; she is asked to say it again, and the yes of a later day is a yes to nothing."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    room.her.sends("no")
    assert room.said()[-1].body == texts.SAY_AGAIN
    assert len(room.asks) == 1
    room.effects = []
    room.her.sends("si")
    assert room.asks[-1]["message"] == "si"


def test_a_yes_of_another_day_is_to_something_else(room: Room) -> None:
    """What was asked back stands for a day."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    room.effects = []
    with room.runtime.sessions.begin() as session:
        conversation = session.get_one(Conversation, room.her.conversation_id)
        state = conversation_state.read(room.runtime.key, conversation)
        state.heard_at = (utcnow() - timedelta(hours=25)).isoformat()
        conversation_state.write(room.runtime.key, conversation, state)
    room.her.sends("si")
    assert room.asks[-1]["message"] == "si"


def test_anything_else_is_a_thought_of_its_own(room: Room) -> None:
    """She goes on with something else: what was asked back is dropped."""
    room.effects = [ASKED]
    room.note()
    room.listens()
    room.effects = []
    room.her.sends("¿dónde es el taller?")
    assert room.asks[-1]["message"] == "¿dónde es el taller?"
    room.her.sends("si")
    assert room.asks[-1]["message"] == "si"


def test_with_a_case_no_word_of_hers_waits(room: Room, engine: Engine) -> None:
    """Who can't read has one: what needs no words is asked back all the same, and her yes is a tap's."""
    room.effects = [{"effect": "request_person", "reason": "reading"}]
    room.her.sends("no sé leer")
    room.effects = [ASKED]
    room.note()
    room.listens()
    assert room.said()[-1].body == "Entendí que no puedes ir a tu próxima sesión, ¿sí?"
    assert room.her.state().heard == "/decline_attendance"
    assert "colibri-de-palabras" not in dumps.readable(room.runtime.key, dumps.take(engine))
    room.effects = []
    room.maker.heard = Transcript("Sí.", 0.9, -0.3)
    room.note()
    room.listens()
    asked = room.asks[-1]
    assert (asked["message"], asked["metadata"]["payload"], asked["metadata"]["heard"]) == (
        "", "/decline_attendance", "",
    )  # fmt: skip
    assert room.her.state().heard is None


def test_with_a_case_who_can_not_write_need_not(room: Room) -> None:
    """Her note is with the team: she is told so, and is sent to no button that is not there."""
    room.effects = [{"effect": "request_person", "reason": "reading"}]
    room.her.sends("no sé leer")
    room.effects = [ASKED | {"about": "set_contact_hours"}]
    room.note()
    room.listens()
    assert room.said()[-1].body == texts.PERSON
    assert room.her.state().heard is None
    with room.runtime.sessions.begin() as session:
        conversation = session.get_one(Conversation, room.her.conversation_id)
        state = conversation_state.read(room.runtime.key, conversation)
        state.choices = [conversation_state.Choice("Sí", "/yes")]
        conversation_state.write(room.runtime.key, conversation, state)
    room.note()
    room.listens()
    assert (room.said()[-1].body, [one.title for one in room.said()[-1].buttons]) == (
        texts.TAP_OR_PERSON,
        ["Sí"],
    )


def test_in_confidence_nothing_of_it_waits_in_readable_form(room: Room, engine: Engine) -> None:
    """P4: no copy of her words is kept for a yes: she is asked to tap or to write."""
    room.effects, room.receipt = [ASKED | {"confidential": True}], {"confidential": True}
    room.note()
    room.listens()
    assert room.said()[-1].body == texts.WRITE
    assert room.her.state().heard is None
    assert "colibri-de-palabras" not in dumps.readable(room.runtime.key, dumps.take(engine))
