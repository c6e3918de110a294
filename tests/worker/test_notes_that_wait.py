"""Ordinary voice notes: gone at Twilio at once, sealed here for days, and a case's if she asks for one."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dumps
import pytest
from media_support import CANARY, HOURS, VOICE, Her, Here, as_if_begun, count, later, steps_of
from sqlalchemy import select, update

from models import Team, WaitingFile, utcnow
from outreach.ground import counters
from outreach.sealing import vault
from worker import media as worker_media
from worker import steps, upkeep

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from worker.runtime import Runtime

pytest_plugins = ("media_fixtures",)


def test_an_ordinary_note_waits_here_and_goes_at_twilio(here: Here, engine: Engine) -> None:
    """P4: her voice lies with nobody else; here it is sealed, and gone after three days."""
    runtime, twilio, her, _ = here
    [sid] = her.sends("", VOICE, MessageType="audio")
    kept: list[int] = []

    def answers(method: str, _sid: str) -> tuple[int, Any]:
        if method == "DELETE":
            kept.append(_longest(runtime))
        return 0, None

    twilio.answers = answers
    worker_media.fetch_due(runtime)
    assert (twilio.fetched, twilio.deleted, twilio.files) == ([sid], [sid], {})
    assert kept[0] > len(VOICE)  # ours was committed before Twilio's went
    assert steps_of(runtime) == ["kept"]
    dump = dumps.take(engine)
    assert CANARY.decode() not in dumps.readable(runtime.key, dump)
    assert not any(CANARY in value for value in dump["waiting_file"][0].values() if isinstance(value, bytes))
    upkeep.sweep(runtime)
    assert count(runtime, WaitingFile) == 1
    with runtime.sessions.begin() as session:
        session.execute(update(WaitingFile).values(due_at=utcnow()))
    upkeep.sweep(runtime)
    later(runtime, timedelta(days=4))
    worker_media.fetch_due(runtime)
    assert (count(runtime, WaitingFile), steps_of(runtime), twilio.deleted) == (0, [], [sid])


def test_a_case_gets_the_note_that_waits_here(here: Here) -> None:
    """P1: whoever answers her then hears it; Twilio is not asked again, and no row goes before its day."""
    runtime, twilio, her, desk = here
    [first] = her.sends("", VOICE, ago=2 * HOURS, MessageType="audio")
    worker_media.fetch_due(runtime)
    her.sends("con persona")
    worker_media.fetch_due(runtime)
    [(line, file_id, about)] = desk.files(her)
    assert (about.state, about.shows, line.extra["earlier"]) == ("here", "audio", "yes")
    assert desk.opens(her, file_id).content == VOICE
    assert (twilio.fetched, twilio.deleted, steps_of(runtime)) == ([first], [first], [])
    assert count(runtime, WaitingFile) == 1


def test_a_note_of_several_pieces(here: Here) -> None:
    """A long one is put together again whole."""
    runtime, _, her, desk = here
    long = b"OggS" + os.urandom(700_000)
    her.sends("", long, MessageType="audio")
    worker_media.fetch_due(runtime)
    her.sends("con persona")
    worker_media.fetch_due(runtime)
    [(_, file_id, _)] = desk.files(her)
    assert desk.opens(her, file_id).content == long


def test_a_note_that_waits_for_another_team(here: Here) -> None:
    """Nobody can seal it anew: the desk says so in its place, and the thread opens."""
    runtime, _, her, desk = here
    her.sends("", VOICE, MessageType="audio")
    worker_media.fetch_due(runtime)
    with runtime.sessions.begin() as session:
        vault.make_team(session, "Otro equipo")
        other = session.scalars(select(Team.id).where(Team.name == "Otro equipo")).one()
        session.execute(update(WaitingFile).values(team_id=other))
    her.sends("con persona")
    worker_media.fetch_due(runtime)
    [(_, _, about)] = desk.files(her)
    assert (about.state, about.why) == ("failed", "other_team")
    assert steps_of(runtime) == []


@pytest.mark.parametrize("stored", [True, False])
def test_a_note_that_waits_is_taken_back(here: Here, stored: bool) -> None:
    """P9: deleted by her it is overwritten, and goes at Twilio; its row stands, for it may be anybody's."""
    runtime, twilio, her, _ = here
    _, params = her.comes_in("", VOICE, ago=HOURS, MessageType="audio")
    steps.take_turn(runtime, her.conversation_id)
    if stored:
        worker_media.fetch_due(runtime)
    before = _content(runtime)
    her.sends(MessageType="deleted", OriginalMessageSid=params["MessageSid"][0])
    worker_media.fetch_due(runtime)
    after = _content(runtime)
    assert (twilio.files, len(twilio.fetched), count(runtime, WaitingFile)) == ({}, int(stored), 1)
    assert after != before
    assert len(after) == (len(before) or 65_553)


def test_twilio_never_had_it(here: Here) -> None:
    """A note that can't be had is tried for a while; nothing is counted as lost, for no case waits for it."""
    runtime, twilio, her, _ = here
    her.sends("", VOICE, MessageType="audio")
    twilio.files.clear()
    worker_media.fetch_due(runtime)
    assert steps_of(runtime) == ["keep", "kept"]
    as_if_begun(runtime, ago=HOURS)
    later(runtime, timedelta(minutes=1))
    worker_media.fetch_due(runtime)
    assert steps_of(runtime) == ["kept"]
    with runtime.sessions() as session:
        assert counters.read(session, counters.FILES_LOST) == 0


def test_no_row_tells_a_note_of_a_case_from_another(here: Here, engine: Engine) -> None:
    """P4: both leave a row that waits, of one length, due at one hour."""
    runtime, twilio, her, _ = here
    other = Her(runtime, twilio, "whatsapp:+523312345670")
    long = b"OggS" + bytes(400_000)
    for one, words in ((her, "quiero una persona"), (other, "qué talleres hay")):
        one.sends(words)
        one.sends("", long, MessageType="audio")
    worker_media.fetch_due(runtime)
    rows = dumps.take(engine)["waiting_file"]
    seen = [
        (len(row["key_sealed"]), len(row["content_locked"]), row["team_id"], row["due_at"]) for row in rows
    ]
    assert len(seen) == 2
    assert seen[0] == seen[1]


def _content(runtime: Runtime) -> bytes:
    with runtime.sessions() as session:
        return session.scalars(select(WaitingFile.content_locked)).one()


def _longest(runtime: Runtime) -> int:
    return len(_content(runtime))
