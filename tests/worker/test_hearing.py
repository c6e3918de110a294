"""Voice notes: the turn waits for the words, nothing lasting is done on them, every note ends somewhere."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dumps
import media_support
import pytest
from media_support import VOICE, Her, Here, later
from sqlalchemy import select, text
from standins import receipt

from models import Conversation, InboundMessage, OutboxMessage, utcnow
from outreach.ground import counters, jobs
from outreach.messages import conversation_state, inbox, outbox
from outreach.messages.speech.choice import Ears
from outreach.messages.speech.transcript import SpeechError, Transcript, Verdict
from outreach.texts import voice as texts
from worker import hearing, steps
from worker.steps import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from worker.runtime import Runtime

pytest_plugins = ("media_fixtures",)
SAID = "no puedo ir el jueves colibri-de-palabras"
ASKED = {"effect": "ask_back", "about": "decline_attendance", "value": "", "confidential": False}


@dataclass
class Says:
    """A maker that hears what a test tells it to."""

    heard: Transcript | SpeechError = field(default_factory=lambda: Transcript(SAID, 0.9, -0.3))
    notes: list[bytes] = field(default_factory=list)

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return it."""
        assert seconds == 60
        self.notes.append(audio)
        if isinstance(self.heard, SpeechError):
            raise self.heard
        return self.heard

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Room:
    """A worker that listens, a woman with a phone, and a dialogue that says what a test tells it to."""

    runtime: Runtime
    twilio: media_support.Twilio
    her: Her
    maker: Says
    asks: list[dict[str, Any]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=dict)

    def answers(self, body: Any) -> list[dict[str, Any]]:
        """Answer as the dialogue."""
        self.asks.append(body)
        done = [{"recipient_id": body["sender"], "custom": effect} for effect in self.effects]
        said = [] if self.effects else [{"recipient_id": body["sender"], "text": "Te leo."}]
        return [*said, *done, receipt(body, **self.receipt)]

    def note(self, *, ago: float = 5) -> Outcome:
        """Let a note come in and be looked at once."""
        self.her.comes_in("", VOICE, ago=timedelta(seconds=ago), MessageType="audio")
        return steps.one_turn(self.runtime, self.her.conversation_id)

    def jobs(self, name: str) -> list[dict[str, Any]]:
        """Return the arguments of the jobs of a task that wait."""
        query = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'")
        with self.runtime.sessions() as session:
            return list(session.scalars(query, {"name": f"worker.{name}"}))

    def listens(self) -> None:
        """Do what the queue would do: listen, and take the turn."""
        hearing.hear(self.runtime, self.row().id)
        steps.take_turn(self.runtime, self.her.conversation_id)

    def row(self) -> InboundMessage:
        """Return her last message."""
        with self.runtime.sessions() as session:
            query = select(InboundMessage).order_by(InboundMessage.seq.desc()).limit(1)
            return session.scalars(query).one()

    def said(self) -> list[outbox.Content]:
        """Return what she was told, oldest first."""
        with self.runtime.sessions() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).all()
            return [outbox.read_content(self.runtime.key, row) for row in rows]

    def fetches(self) -> str | None:
        """Take the job that a worker of conversations would take next; return its task."""
        with self.runtime.sessions.begin() as session:
            worker = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
            query = text("SELECT task_name FROM procrastinate_fetch_job_v2(ARRAY['conversation'], :worker)")
            name: str | None = session.scalar(query, {"worker": worker})
            return name

    def lost(self) -> int:
        """Return how many notes were not made out."""
        with self.runtime.sessions() as session:
            return counters.read(session, counters.NOTES_NOT_HEARD)


@pytest.fixture
def room(here: Here, monkeypatch: pytest.MonkeyPatch) -> Room:
    runtime, twilio, her, _ = here
    maker = Says()
    listening = replace(runtime, ears=Ears(runtime.settings, lambda: maker))
    made = Room(listening, twilio, Her(listening, twilio, her.phone), maker)
    monkeypatch.setattr(media_support, "said_to", made.answers)
    return made


def test_the_turn_waits_for_the_words(room: Room) -> None:
    """One job listens, whatever else looks at the conversation; then the dialogue gets them as a guess."""
    assert room.note() is Outcome.WAITS
    assert steps.one_turn(room.runtime, room.her.conversation_id) is Outcome.WAITS
    assert room.jobs("hear") == [{"inbound_id": str(room.row().id)}]
    assert room.asks == []
    room.listens()
    [ask] = room.asks
    assert (ask["message"], ask["metadata"]["kind"], ask["metadata"]["heard"]) == (SAID, "text", "clear")
    assert room.maker.notes == [VOICE]
    assert "Te leo." in room.said()[-1].body


def test_a_note_is_written_down_once(room: Room) -> None:
    """A job that runs again, or late, finds it done."""
    room.note()
    row = room.row()
    hearing.hear(room.runtime, row.id)
    hearing.hear(room.runtime, row.id)
    steps.take_turn(room.runtime, room.her.conversation_id)
    hearing.hear(room.runtime, row.id)
    assert (len(room.maker.notes), len(room.asks)) == (1, 1)


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (Transcript("", 0.9, -9), "no_words"),
        (Transcript(" ... ♪ ", 0.9, -0.1), "no_words"),
        (Transcript("tewi pamete", 0.02, -0.8), "other_language"),
        (Transcript("me fui de la nada", 0.9, -1.4), "unsure"),
        (SpeechError(Verdict.TOO_LONG), "too_long"),
        (SpeechError(Verdict.BROKEN), "broken"),
    ],
)
def test_what_was_not_made_out_is_said(room: Room, heard: Transcript | SpeechError, verdict: str) -> None:
    """P8: silence, music, another language, a long or broken file, a dead engine: each is told as it is."""
    room.maker.heard = heard
    room.note()
    room.listens()
    [ask] = room.asks
    assert ask["metadata"]["heard"] == (
        "unsure" if isinstance(heard, Transcript) and ask["message"] else "nothing"
    )
    assert texts.NOT_HEARD[verdict] in room.said()[0].body
    assert room.lost() == (0 if ask["message"] else 1)


def test_an_error_of_ours_is_not_her_wait(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: whatever the maker raises, the turn goes on."""

    def breaks(*_: object) -> Transcript:
        raise ZeroDivisionError

    monkeypatch.setattr(Says, "transcribe", breaks)
    room.note()
    room.listens()
    assert (room.asks[0]["metadata"]["kind"], room.asks[0]["metadata"]["heard"]) == ("voice", "")
    assert room.lost() == 1


def test_a_worker_that_stops_leaves_the_note_to_another(room: Room) -> None:
    """P1: its engine is ended in the middle; the note is heard anew and not counted as lost."""
    room.maker.heard = SpeechError(Verdict.LATE)
    room.note()
    with room.runtime.sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    room.runtime.ears.closed = True
    hearing.hear(room.runtime, room.row().id)
    assert (room.lost(), room.jobs("hear")) == (0, [{"inbound_id": str(room.row().id)}])
    room.runtime.ears.closed = False
    room.maker.heard = Transcript(SAID, 0.9, -0.3)
    room.listens()
    assert room.asks[0]["message"] == SAID


def test_a_note_that_nobody_hears_in_time(room: Room) -> None:
    """After its time the turn goes on without the words; an engine that answers then changes nothing."""
    assert room.note(ago=170) is Outcome.ENDED
    assert (room.asks[0]["metadata"]["kind"], room.asks[0]["metadata"]["heard"]) == ("voice", "")
    assert [one.body for one in room.said()] == ["Te leo."]
    hearing.hear(room.runtime, room.row().id)
    assert room.maker.notes == []


def test_twilio_does_not_have_it_yet(room: Room) -> None:
    """It is asked again some seconds later; no other note waits for that."""
    room.twilio.answers = lambda _method, _sid: (404, {})
    room.note()
    hearing.hear(room.runtime, room.row().id)
    assert room.asks == []
    assert len(room.jobs("wake_turn")) == 2
    room.twilio.answers = None
    room.listens()
    assert room.asks[0]["message"] == SAID


def test_typed_danger_does_not_wait_for_a_note(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Danger is judged as it comes in, also where a note of hers is still being listened to."""
    room.note()
    room.her.comes_in("me va a matar", ago=timedelta(seconds=0))
    danger = type("U", (), {"risk": "danger"})()
    monkeypatch.setattr(type(room.runtime.rasa), "understand", lambda _rasa, _text: danger)
    assert steps.one_turn(room.runtime, room.her.conversation_id) is Outcome.ENDED
    assert room.asks[0]["message"] == "me va a matar"


def test_where_nobody_listens_all_is_as_before(room: Room) -> None:
    """AVANZA_SPEECH=off: no wait, no word, and the dialogue is told of a voice message."""
    off = replace(room.runtime, ears=Ears(replace(room.runtime.settings, speech="off")))
    room.her.comes_in("", VOICE, MessageType="audio")
    assert steps.one_turn(off, room.her.conversation_id) is Outcome.ENDED
    assert (room.asks[0]["metadata"]["kind"], room.asks[0]["metadata"]["heard"]) == ("voice", "")


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


@pytest.mark.parametrize("yes", ["si", "Sí.", "1", "así es", "claro que sí"])
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


def test_her_hours_are_those_of_the_note(room: Room) -> None:
    """What she agrees to is what she said in the note, not the yes."""
    room.maker.heard = Transcript("de diez a dos", 0.9, -0.3)
    room.effects = [ASKED | {"about": "set_contact_hours"}]
    room.note()
    room.listens()
    assert room.said()[-1].body == "Entendí a qué horas te podemos escribir, ¿sí?"
    room.effects = [{"effect": "set_contact_hours", "words": ""}]
    room.her.sends("sí")
    state = room.her.state()
    assert (state.contact_from, state.contact_until) == ("10:00", "14:00")


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


def test_in_confidence_nothing_of_it_waits_in_readable_form(room: Room, engine: Engine) -> None:
    """P4: no copy of her words is kept for a yes; she is asked to tap or to write."""
    room.effects, room.receipt = [ASKED | {"confidential": True}], {"confidential": True}
    room.note()
    room.listens()
    assert room.said()[-1].body == texts.TAP_OR_WRITE
    assert room.her.state().heard is None
    assert "colibri-de-palabras" not in dumps.readable(room.runtime.key, dumps.take(engine))


def test_the_words_are_kept_as_her_text_is(
    room: Room, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P4: encrypted, of a length of its bucket, blanked with the turn; no temporary file, no log."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    room.note()
    hearing.hear(room.runtime, room.row().id)
    dump = dumps.take(engine)
    assert "colibri-de-palabras" in dumps.readable(room.runtime.key, dump)
    raw = b"".join(v for rows in dump.values() for row in rows for v in row.values() if isinstance(v, bytes))
    assert b"colibri" not in raw
    room.receipt = {"confidential": True, "risk": "support", "tier": "sure"}
    steps.take_turn(room.runtime, room.her.conversation_id)
    assert "colibri-de-palabras" not in dumps.readable(room.runtime.key, dumps.take(engine))


def test_the_log_has_no_word(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """What was heard is counted by its verdict alone."""
    caplog.set_level("DEBUG")
    room.note()
    room.listens()
    assert "colibri" not in caplog.text


def test_a_note_that_she_took_back_is_not_kept(room: Room) -> None:
    """P9: deleted while it was being listened to, it is silence."""
    room.note()
    sid = room.row().message_sid
    note = room.row().id
    room.her.comes_in("", MessageType="deleted", OriginalMessageSid=sid)
    hearing.hear(room.runtime, note)
    steps.take_turn(room.runtime, room.her.conversation_id)
    assert (room.asks, room.said()) == ([], [])
    with room.runtime.sessions() as session:
        assert inbox.is_blank(room.runtime.key, session.get_one(InboundMessage, note))


def test_a_person_reads_the_words_under_the_note(room: Room, here: Here) -> None:
    """P7: while a person has her the model is not asked; the words are sealed with the note."""
    _, _, _, desk = here
    room.effects = [{"effect": "open_case", "urgency": "support", "about": "violence"}]
    room.her.sends("quiero una persona")
    _hold(room)
    asked = len(room.asks)
    assert room.note() is Outcome.WAITS
    room.listens()
    assert len(room.asks) == asked
    line = desk.files(room.her)[-1][0]
    assert (line.text, line.extra["kind"], line.extra["heard"]) == (SAID, "voice", "clear")


def test_a_note_stops_nothing_while_a_person_reads(room: Room) -> None:
    """A "baja" in a transcript is a guess; hiding is done, for it harms nobody."""
    room.effects = [{"effect": "open_case", "urgency": "support", "about": "violence"}]
    room.her.sends("quiero una persona")
    _hold(room)
    room.maker.heard = Transcript("Baja.", 0.9, -0.1)
    room.note()
    room.listens()
    assert not _opted_out(room)
    room.maker.heard = Transcript("Salir.", 0.9, -0.1)
    room.note()
    room.listens()
    assert room.her.state().cover


def test_a_safe_word_is_typed(room: Room) -> None:
    """P9: a word that is to bring her back is not taken from a guess."""
    room.effects = [{"effect": "expect_safe_word"}]
    room.her.sends("quiero una palabra")
    room.maker.heard = Transcript("Azucena.", 0.9, -0.1)
    room.note()
    room.listens()
    assert room.said()[-1].body == texts.WORD_BY_VOICE
    state = room.her.state()
    assert (state.word_hash, state.word_expected) == (None, True)


def test_the_file_itself_waits_and_goes_as_before(room: Room) -> None:
    """A note whose words were enough is not kept here; Twilio's copy goes after its days."""
    room.note()
    room.listens()
    assert media_support.steps_of(room.runtime) == ["waits"]
    later(room.runtime, timedelta(days=4))
    assert room.twilio.deleted == []


def test_notes_wait_behind_every_text(room: Room) -> None:
    """Fifty notes before it delay no text by a moment: its turn is taken first, and one note at a time."""
    for number in range(50):
        Her(room.runtime, room.twilio, f"whatsapp:+52133123{number:05d}").comes_in(
            "", VOICE, MessageType="audio"
        )
    with room.runtime.sessions.begin() as session:
        for row in session.scalars(select(InboundMessage)):
            jobs.defer_hear(session, row.id)
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name <> 'worker.hear'"))
    room.her.comes_in("hola")
    taken = [room.fetches() for _ in range(3)]
    assert taken == ["worker.take_turn", "worker.hear", None]


def _hold(room: Room) -> None:
    with room.runtime.sessions.begin() as session:
        conversation = session.get_one(Conversation, room.her.conversation_id)
        state = conversation_state.read(room.runtime.key, conversation)
        state.held = True
        conversation_state.write(room.runtime.key, conversation, state)


def _opted_out(room: Room) -> bool:
    with room.runtime.sessions() as session:
        return session.get_one(Conversation, room.her.conversation_id).opted_out_at is not None
