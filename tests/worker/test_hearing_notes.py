"""Voice notes: the turn waits for the words, and every note ends somewhere."""

from __future__ import annotations

import tempfile
import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import dumps
import media_support
import pytest
from hearing_support import SAID, Room, Says, listening
from media_support import VOICE, Her, Here
from sqlalchemy import select, text

from models import Conversation, InboundMessage, Turn, TurnState
from outreach.ground import jobs
from outreach.messages import conversation_state, inbox
from outreach.messages.speech.choice import Ears
from outreach.messages.speech.transcript import Heard, SpeechError, Transcript, Verdict
from outreach.texts import voice as texts
from outreach.turns import gather
from worker import hearing, media, steps
from worker.steps import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytest_plugins = ("media_fixtures",)


@pytest.fixture
def room(here: Here, monkeypatch: pytest.MonkeyPatch) -> Room:
    return listening(here, monkeypatch)


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


def test_a_flood_of_notes_leaves_the_line_to_others(room: Room) -> None:
    """Of ten notes of one woman four stand in the line; each that was heard lets another in, to the last."""
    for _ in range(10):
        room.her.comes_in("", VOICE, ago=timedelta(seconds=5), MessageType="audio")
    steps.one_turn(room.runtime, room.her.conversation_id)
    first = {job["inbound_id"] for job in room.jobs("hear")}
    assert len(first) == hearing.AT_ONCE
    heard = 0
    while waiting := [job["inbound_id"] for job in room.jobs("hear")]:
        assert len(waiting) <= hearing.AT_ONCE
        with room.runtime.sessions.begin() as session:
            done = text("DELETE FROM procrastinate_jobs WHERE args->>'inbound_id' = :of")
            session.execute(done, {"of": waiting[0]})
        hearing.hear(room.runtime, uuid.UUID(waiting[0]))
        steps.take_turn(room.runtime, room.her.conversation_id)
        heard += 1
    assert heard == 10
    assert len(room.asks) == 1


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (Transcript("", 0.9, -9), "no_words"),
        (Transcript("tewi pamete", 0.02, -0.8), "other_language"),
        (Transcript("me fui de la nada", 0.9, -1.4), "unsure"),
        (SpeechError(Verdict.TOO_LONG), "too_long"),
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


def late(room: Room, risk: str, monkeypatch: pytest.MonkeyPatch, *, ago: float = 170) -> None:
    """Answer a note unheard, as where hundreds come at once, and listen to it then."""
    judged = type("U", (), {"risk": risk})()
    monkeypatch.setattr(type(room.runtime.rasa), "understand", lambda _rasa, _text: judged)
    assert room.note(ago=ago) is Outcome.ENDED
    assert (media_support.steps_of(room.runtime), len(room.asks)) == (["waits"], 1)
    assert room.jobs("hear") == [{"inbound_id": str(room.row().id), "late": True}]
    hearing.hear_late(room.runtime, room.row().id)
    steps.take_turn(room.runtime, room.her.conversation_id)


def test_a_note_is_heard_late_though_its_job_has_begun(room: Room) -> None:
    """P1: the job that waits may begin before the turn that counts on it is committed, and finds no turn."""
    room.note()
    note = room.row().id
    hears = threading.Thread(target=hearing.hear, args=(room.runtime, note))
    with room.runtime.sessions.begin() as session:
        gather.hold(session, room.her.conversation_id)
        row = session.get_one(InboundMessage, note)
        inbox.keep_heard(session, room.runtime.key, note, Heard(Verdict.LATE))
        turn = Turn(conversation_id=row.conversation_id, state=TurnState.OPEN, attempts=0)
        session.add(turn)
        session.flush()
        row.turn_id = turn.id
        jobs.defer_hear(session, note, late=True)
        with room.runtime.sessions.begin() as other:
            other.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        hears.start()
        hears.join(0.5)
        assert hears.is_alive()
    hears.join(10)
    assert room.jobs("hear") == [{"inbound_id": str(note), "late": True}]


def test_danger_in_a_note_that_came_too_late_is_answered_after_all(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1: one cry among hundreds of notes is heard once the others were, and answered once."""
    room.maker.heard = Transcript("me va a matar", 0.9, -0.3)
    late(room, "danger", monkeypatch)
    assert (room.asks[1]["message"], room.asks[1]["metadata"]["heard"]) == ("me va a matar", "clear")
    hearing.hear_late(room.runtime, room.row().id)
    hearing.hear(room.runtime, room.row().id)
    steps.take_turn(room.runtime, room.her.conversation_id)
    assert (len(room.asks), len(room.maker.notes)) == (2, 1)
    assert media_support.steps_of(room.runtime) == ["keep", "kept"]


@pytest.mark.parametrize("risk", ["none", "support"])
def test_other_late_notes_stay_answered(room: Room, risk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """She was told that it was not heard; only danger comes back on that. The note then waits here."""
    late(room, risk, monkeypatch)
    assert len(room.asks) == 1
    assert media_support.steps_of(room.runtime) == ["keep", "kept"]


def test_a_note_of_an_hour_ago_is_not_answered_any_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    late(room, "danger", monkeypatch, ago=3700)
    assert (len(room.asks), room.maker.notes) == (1, [])
    assert media_support.steps_of(room.runtime) == ["keep", "kept"]


def test_a_late_note_that_she_took_back_stays_unheard(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: blanked meanwhile, it is nobody's."""
    monkeypatch.setattr(type(room.runtime.rasa), "understand", lambda *_: pytest.fail("it was judged"))
    room.note(ago=170)
    note, sid = room.row().id, room.row().message_sid
    room.her.sends("", MessageType="deleted", OriginalMessageSid=sid)
    hearing.hear_late(room.runtime, note)
    assert room.maker.notes == []


def test_late_notes_come_after_those_that_are_waited_for(room: Room) -> None:
    """Else one flood would make every later note late."""
    room.note(ago=170)
    Her(room.runtime, room.twilio, "whatsapp:+523312300001").comes_in("", VOICE, MessageType="audio")
    fresh = room.row().id
    with room.runtime.sessions.begin() as session:
        jobs.defer_hear(session, fresh)
        query = text("SELECT args, priority FROM procrastinate_jobs WHERE task_name = 'worker.hear'")
        by_priority = sorted(session.execute(query).all(), key=lambda row: -row.priority)
    assert [row.args.get("late", False) for row in by_priority] == [False, True]
    assert by_priority[0].args["inbound_id"] == str(fresh)


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


def test_a_tapped_button_is_no_safe_word(room: Room) -> None:
    """P9: the button of a reminder on her screen becomes nobody's word; her next text may."""
    room.effects = [{"effect": "expect_safe_word"}]
    room.her.sends("quiero una palabra")
    room.her.sends("Sí voy", ButtonPayload="/confirm_attendance")
    assert (room.her.state().word_hash, room.asks[-1]["metadata"]["payload"]) == (None, "/confirm_attendance")


def test_the_file_itself_goes_at_twilio_once_it_was_heard(room: Room) -> None:
    """Also one whose words were enough: it waits here, sealed, for the person whom she may still ask for."""
    room.note()
    assert media_support.steps_of(room.runtime) == ["undecided"]
    room.listens()
    assert media_support.steps_of(room.runtime) == ["keep", "kept"]
    media.fetch_due(room.runtime)
    assert (media_support.steps_of(room.runtime), room.twilio.files) == (["kept"], {})


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
