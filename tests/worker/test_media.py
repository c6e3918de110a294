"""Her files: fetched and sealed, never readable but at the desk, and gone at Twilio (P1, P4)."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dumps
import pytest
from media_support import CANARY, HOURS, VOICE, Her, Here, count, later, steps_of
from sqlalchemy import select, text

from models import Conversation, MediaFetch, SealedChunk, SealedFile, utcnow
from outreach.casework import cases, draft_case, files
from outreach.messages import conversation_state
from outreach.single_list import rights
from worker import media as worker_media
from worker import steps

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

pytest_plugins = ("media_fixtures",)


def test_a_voice_note_of_a_case_is_sealed_and_gone_at_twilio(here: Here) -> None:
    """P4: as soon as the turn is over it is fetched, sealed, and deleted at Twilio, in this order."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona")
    seen: list[int] = []

    def answers(method: str, _sid: str) -> tuple[int, Any]:
        if method == "DELETE":
            seen.append(count(runtime, SealedChunk))
        return 0, None

    twilio.answers = answers
    [sid] = her.sends("", VOICE, MessageType="audio")
    [(line, _, before)] = desk.files(her)
    assert (before.state, line.extra["kind"], twilio.fetched) == ("waiting", "voice", [])
    worker_media.fetch_due(runtime)
    assert (twilio.fetched, twilio.deleted, twilio.files) == ([sid], [sid], {})
    assert seen == [1]  # ours was committed before Twilio's went
    [(_, file_id, about)] = desk.files(her)
    assert (about.state, about.shows, about.size) == ("here", "audio", len(VOICE))
    shown = desk.opens(her, file_id)
    assert (shown.content, shown.kind.content_type) == (VOICE, "audio/ogg")
    assert steps_of(runtime) == []


def test_the_job_is_on_the_queue_with_the_turn(here: Here) -> None:
    """What is to be fetched has its job in the turn's own commit; the job names nothing."""
    runtime, _, her, _ = here
    her.sends("quiero una persona", VOICE)
    with runtime.sessions() as session:
        query = text("SELECT args, queue_name FROM procrastinate_jobs WHERE task_name = 'worker.fetch_media'")
        assert session.execute(query).all() == [({}, "bulk")]


def test_no_table_holds_a_word_of_it(
    here: Here, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P4: a dump with the secret key shows nothing of it, and it passed through no temporary file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    runtime, _, her, _ = here
    her.sends("quiero una persona", VOICE)
    worker_media.fetch_due(runtime)
    with engine.connect() as connection:
        stored = connection.scalar(text("SELECT sum(length(content_sealed)) FROM sealed_chunk"))
    assert stored > len(VOICE)
    dump = dumps.take(engine)
    assert CANARY.decode() not in dumps.readable(runtime.key, dump)
    raw = [
        value for rows in dump.values() for row in rows for value in row.values() if isinstance(value, bytes)
    ]
    assert not any(CANARY in value for value in raw)


def test_an_ordinary_picture_is_never_fetched(here: Here) -> None:
    """It waits at Twilio for three days, in case she asks for a person, and goes then."""
    runtime, twilio, her, _ = here
    [sid] = her.sends("mi comprobante", VOICE, MediaContentType0="image/jpeg")
    worker_media.fetch_due(runtime)
    assert (twilio.fetched, twilio.deleted, steps_of(runtime)) == ([], [], ["waits"])
    later(runtime, timedelta(days=3, hours=1))
    worker_media.fetch_due(runtime)
    assert (twilio.fetched, twilio.deleted, steps_of(runtime)) == ([], [sid], [])
    assert count(runtime, SealedFile) == 0


def test_a_voice_note_from_before_she_asked_for_a_person(here: Here) -> None:
    """P1: the assistant can't hear it; whoever answers her then can, once."""
    runtime, twilio, her, desk = here
    [first] = her.sends("", VOICE, ago=2 * HOURS, MessageType="audio")
    her.sends("hola", ago=HOURS)
    [second] = her.sends("con persona", b"OggS" + bytes(9))
    worker_media.fetch_due(runtime)
    lines = desk.files(her)
    assert [about.state for _, _, about in lines] == ["here", "here"]
    assert [line.extra.get("earlier") for line, _, _ in lines] == ["yes", None]
    assert lines[0][0].at < lines[1][0].at - HOURS
    assert desk.opens(her, lines[0][1]).content == VOICE
    assert sorted(twilio.deleted) == sorted([first, second])
    her.sends("otra persona")
    assert len(desk.files(her)) == 2


def test_one_that_is_older_than_that_is_gone(here: Here) -> None:
    runtime, twilio, her, desk = here
    her.sends("", VOICE, ago=timedelta(days=4))
    later(runtime, timedelta(days=5))
    worker_media.fetch_due(runtime)
    her.sends("una persona")
    worker_media.fetch_due(runtime)
    assert (desk.files(her), twilio.files) == ([], {})


def test_what_she_tells_before_a_case_goes_into_it(here: Here) -> None:
    """A draft's files are sealed like its lines, and become the case's with them."""
    runtime, _, her, desk = here
    her.sends("un secreto", VOICE)
    worker_media.fetch_due(runtime)
    assert len(desk.draft(her)[0].extra["files"]) == 1
    her.sends("sí, una persona")
    [(_, file_id, about)] = desk.files(her)
    assert (about.state, desk.opens(her, file_id).content) == ("here", VOICE)


def test_a_draft_becomes_a_case_while_its_file_is_on_its_way(here: Here) -> None:
    runtime, _, her, desk = here
    her.sends("un secreto", VOICE)
    her.sends("sí, una persona")
    worker_media.fetch_due(runtime)
    [(_, file_id, _)] = desk.files(her)
    assert desk.opens(her, file_id).content == VOICE


@pytest.mark.parametrize("fetched_before", [True, False])
def test_a_draft_that_is_forgotten_takes_its_files_along(here: Here, fetched_before: bool) -> None:
    """P9: nothing of it is kept, on its way or here, and Twilio's copy goes all the same."""
    runtime, twilio, her, _ = here
    her.sends("un secreto", VOICE)
    if fetched_before:
        worker_media.fetch_due(runtime)
        assert count(runtime, SealedChunk) == 1
    with runtime.sessions.begin() as session:
        assert draft_case.forget_expired(session, utcnow() + timedelta(days=3)) == 1
    worker_media.fetch_due(runtime)
    assert (count(runtime, SealedFile), count(runtime, SealedChunk), twilio.files) == (0, 0, {})


def test_taken_back_at_once(here: Here) -> None:
    """P9: what she deleted before anybody looked goes at Twilio, unfetched."""
    runtime, twilio, her, _ = here
    her.sends("un secreto")
    her.comes_in("", VOICE)
    her.sends(MessageType="deleted")
    worker_media.fetch_due(runtime)
    assert (twilio.files, twilio.fetched) == ({}, [])


def test_taken_back_later(here: Here) -> None:
    """P9: an ordinary file that she deletes an hour later goes, too."""
    runtime, twilio, her, _ = here
    _, params = her.comes_in("mi foto", VOICE, ago=HOURS)
    steps.take_turn(runtime, her.conversation_id)
    her.sends(MessageType="deleted", OriginalMessageSid=params["MessageSid"][0])
    worker_media.fetch_due(runtime)
    assert (twilio.files, twilio.fetched) == ({}, [])


def test_under_cover_without_a_case(here: Here) -> None:
    """Whoever holds the phone then: nothing is kept, and no copy stays."""
    runtime, twilio, her, _ = here
    her.sends("hola")
    with runtime.sessions.begin() as session:
        conversation = session.get_one(Conversation, her.conversation_id)
        state = conversation_state.read(runtime.key, conversation)
        state.cover, state.cover_since = True, utcnow().isoformat()
        conversation_state.write(runtime.key, conversation, state)
    her.sends("", VOICE)
    worker_media.fetch_due(runtime)
    assert (twilio.files, twilio.fetched, count(runtime, SealedFile)) == ({}, [], 0)


def test_erased(here: Here) -> None:
    """P9: with her data goes what still waits at Twilio; what is sealed stays with the team."""
    runtime, twilio, her, _ = here
    her.sends("", VOICE)
    with runtime.sessions.begin() as session:
        conversation = session.get_one(Conversation, her.conversation_id)
        state = conversation_state.read(runtime.key, conversation)
        rights.erase(session, runtime.key, runtime.settings, conversation, state, utcnow())
        conversation_state.write(runtime.key, conversation, state)
    worker_media.fetch_due(runtime)
    assert (twilio.files, twilio.fetched) == ({}, [])


def test_a_turn_that_failed_gives_its_files_to_a_person(here: Here) -> None:
    """P1: where the dialogue could not answer, the case that a person gets has the voice note."""
    runtime, _, her, desk = here
    her.comes_in("hola", VOICE)
    broken = replace(runtime, rasa=type(runtime.rasa)(("http://127.0.0.1:1",)))
    for _ in range(3):
        steps.one_turn(broken, her.conversation_id, at_once=True)
    worker_media.fetch_due(runtime)
    [(_, file_id, _)] = desk.files(her)
    assert desk.opens(her, file_id).content == VOICE


def test_several_files_of_one_message(here: Here) -> None:
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", *[VOICE + bytes([n]) for n in range(10)])
    worker_media.fetch_due(runtime)
    found = desk.files(her)
    assert [desk.opens(her, file_id).content[-1] for _, file_id, _ in found] == list(range(10))
    assert twilio.files == {}


def test_no_row_tells_a_sealed_file_from_another(here: Here) -> None:
    """P4: an hour later every file of every woman has one row, of one length, due at a full hour alike."""
    runtime, twilio, her, _ = here
    other = Her(runtime, twilio, "whatsapp:+523312345670")
    for one, words in ((her, "quiero una persona"), (other, "qué talleres hay")):
        one.sends(words)
        one.sends("", VOICE, b"OggS")
    worker_media.fetch_due(runtime)
    with runtime.sessions() as session:
        rows = session.scalars(select(MediaFetch)).all()
    assert len(rows) == 4
    assert (
        len({(len(row.work_cipher), row.due_at.minute, row.due_at.second, row.due_at) for row in rows}) == 1
    )


def test_a_file_rings_at_the_desk(here: Here, engine: Engine) -> None:
    """The page that shows its place hears that it has come."""
    runtime, _, her, _ = here
    her.sends("quiero una persona", VOICE)
    with engine.connect() as listening:
        listening.execution_options(isolation_level="AUTOCOMMIT")
        listening.execute(text("LISTEN avanza_desk"))
        worker_media.fetch_due(runtime)
        driver = listening.connection.driver_connection
        assert driver is not None
        assert [ring.payload for ring in driver.notifies(timeout=1.0, stop_after=1)] == [her.state().case_id]


def test_a_file_of_another_case(here: Here) -> None:
    """P10: a file is opened by its own case only, even by who may open both."""
    runtime, twilio, her, desk = here
    other = Her(runtime, twilio, "whatsapp:+523312345670")
    for one in (her, other):
        one.sends("quiero una persona", VOICE)
    worker_media.fetch_due(runtime)
    [(_, hers, _)], [(_, others, _)] = desk.files(her), desk.files(other)
    for file_id in (others, str(uuid.uuid4())):
        with pytest.raises(files.NoSuchFileError):
            desk.opens(her, file_id)
    assert desk.opens(her, hers).content == VOICE


def test_a_case_takes_its_files_along(sessions: sessionmaker[Session], here: Here) -> None:
    """Whatever deletes a case deletes its files."""
    runtime, _, her, _ = here
    her.sends("quiero una persona", VOICE)
    worker_media.fetch_due(runtime)
    with sessions.begin() as session:
        case = cases.open_case_of(session, her.state().case_id)
        session.delete(case)
    assert (count(runtime, SealedFile), count(runtime, SealedChunk)) == (0, 0)
