"""What a death, a second worker or a Twilio that fails does to her files: nothing is lost or doubled (P1)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from media_support import HOURS, VOICE, Her, Here, as_if_begun, count, later, steps_of
from sqlalchemy import text
from standins import Raw

from models import SealedChunk, utcnow
from outreach.casework import files
from outreach.ground import counters
from outreach.messages import media
from outreach.messages.twilio_media import Place
from worker import media as worker_media

pytest_plugins = ("media_fixtures",)


def test_killed_at_any_line(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: a worker that dies while fetching, before its commit, or before deleting loses nothing."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)

    class Killed(BaseException):
        """The process is gone."""

    def dies(*_: object, **__: object) -> None:
        raise Killed

    twilio_client = type(runtime.twilio)
    for owner, name in ((twilio_client, "fetch_media"), (files, "keep"), (twilio_client, "delete_media")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, dies)
            with pytest.raises(Killed):
                worker_media.fetch_due(runtime)
        worker_media.fetch_due(runtime)  # its lease holds: nobody else is at it yet
        assert twilio.deleted == []
        later(runtime, media.LEASE)
    worker_media.fetch_due(runtime)
    assert (len(twilio.fetched), len(twilio.deleted), twilio.files) == (2, 1, {})
    [(_, file_id, _)] = desk.files(her)
    assert desk.opens(her, file_id).content == VOICE
    assert count(runtime, SealedChunk) == 1


def test_two_workers_at_the_same_file(here: Here) -> None:
    """One whose lease ran out ends after another did it: sealed once, deleted once."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)
    fetching, go_on = threading.Event(), threading.Event()
    first = iter([True])

    def answers(method: str, _sid: str) -> tuple[int, Any]:
        if method == "GET" and next(first, False):
            fetching.set()
            go_on.wait(20)
        return 0, None

    twilio.answers = answers
    slow = threading.Thread(target=worker_media.fetch_due, args=(runtime,))
    slow.start()
    assert fetching.wait(20)
    later(runtime, media.LEASE)
    worker_media.fetch_due(runtime)
    assert len(twilio.deleted) == 1
    twilio.files.update(dict.fromkeys(twilio.deleted, VOICE))  # as if its answer was on the wire already
    go_on.set()
    slow.join(20)
    assert len(twilio.deleted) == 1
    [(_, file_id, _)] = desk.files(her)
    assert desk.opens(her, file_id).content == VOICE


def test_not_there_yet_and_not_there_at_all(here: Here) -> None:
    """Tried again for half an hour; then the desk says that it could not be had, and a counter grows."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)
    kept = dict(twilio.files)
    twilio.files.clear()
    worker_media.fetch_due(runtime)
    assert (steps_of(runtime), desk.files(her)[0][2].state) == (["seal"], "waiting")
    twilio.files.update(kept)
    later(runtime, timedelta(seconds=2))
    worker_media.fetch_due(runtime)
    assert desk.files(her)[0][2].state == "here"
    her.sends("", VOICE)
    twilio.files.clear()
    as_if_begun(runtime, ago=timedelta(hours=1))
    worker_media.fetch_due(runtime)
    assert [about.state for _, _, about in desk.files(her)] == ["here", "failed"]
    with runtime.sessions() as session:
        assert counters.read(session, counters.FILES_LOST) == 1
    assert steps_of(runtime) == []


def test_twilio_is_down_for_days(here: Here) -> None:
    """P1: tried for a week; what nobody could fetch is not deleted."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)
    twilio.answers = lambda _method, _sid: (503, {})
    for tries in range(1, 8):
        worker_media.fetch_due(runtime)
        assert steps_of(runtime) == ["seal"], tries
        later(runtime, timedelta(minutes=30))
    as_if_begun(runtime, ago=timedelta(days=8))
    worker_media.fetch_due(runtime)
    assert (desk.files(her)[0][2].why, steps_of(runtime), twilio.deleted) == ("later", [], [])
    assert list(twilio.files.values()) == [VOICE]


def test_twilio_does_not_delete(here: Here) -> None:
    """It is here; its copy is asked to go for a week, then counted for a person to see."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)
    twilio.answers = lambda method, _sid: (500, {}) if method == "DELETE" else (0, None)
    worker_media.fetch_due(runtime)
    assert (desk.files(her)[0][2].state, steps_of(runtime)) == ("here", ["delete"])
    as_if_begun(runtime, ago=timedelta(days=8))
    later(runtime, HOURS)
    worker_media.fetch_due(runtime)
    assert steps_of(runtime) == []
    with runtime.sessions() as session:
        assert counters.read(session, counters.REDACTIONS_REFUSED) == 1


def test_too_large_is_said(here: Here) -> None:
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", VOICE)
    twilio.answers = lambda method, _sid: (
        (200, Raw(b"x", {"Content-Length": "17000000"})) if method == "GET" else (0, None)
    )
    worker_media.fetch_due(runtime)
    [(_, file_id, about)] = desk.files(her)
    assert (about.state, about.why) == ("failed", "too_large")
    with pytest.raises(files.NoSuchFileError):
        desk.opens(her, file_id)


def test_an_address_that_names_no_file(here: Here) -> None:
    """What is signed and odd stops nothing: the desk says that it could not be had."""
    runtime, twilio, her, desk = here
    her.sends("quiero una persona", MediaUrl0="http://169.254.169.254/", MediaContentType0="audio/ogg")
    worker_media.fetch_due(runtime)
    assert [about.state for _, _, about in desk.files(her)] == ["failed"]
    assert twilio.fetched == []


def test_what_is_new_comes_before_what_is_due(here: Here) -> None:
    """A voice note of danger does not wait for the files of three days ago that are to go."""
    runtime, twilio, her, _ = here
    for number in range(3):
        Her(runtime, twilio, f"whatsapp:+52331234560{number}").sends("foto", VOICE)
    later(runtime, timedelta(days=3, hours=1))
    [sid] = her.sends("quiero una persona", VOICE)
    with runtime.sessions.begin() as session:
        claimed = media.claim(session, runtime.key, utcnow())
    assert claimed is not None
    assert (claimed.work.step, claimed.work.media_sid) == ("seal", sid)
    assert claimed.work.place == Place(claimed.work.message_sid, sid)


def test_a_lost_job_is_found_again(here: Here) -> None:
    """The clock defers one where something is due and no job waits."""
    runtime, _, her, _ = here
    her.sends("quiero una persona", VOICE)
    with runtime.sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    for _ in range(2):
        worker_media.wake_media(runtime)
    with runtime.sessions() as session:
        query = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.fetch_media'")
        assert session.scalar(query) == 1
