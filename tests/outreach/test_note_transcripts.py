"""A transcript set right by who heard the note: beside the program's words, sealed, hers to do alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk

from models import SealedEntry
from outreach.casework import cases, reading, transcripts
from outreach.casework.opened import DeskError, NotYoursError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.thread import Entry
    from outreach.sealing.crypto import PersonalKey

HEARD = {"kind": "voice", "heard": "clear"}


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def lines(desk: Desk, case: Case) -> list[Entry]:
    return reading.open_thread(desk.session, desk.lucia, case.id, NOW).entries


def with_a_note(desk: Desk, text: str = "me ba a peglar") -> tuple[Case, Entry]:
    case = desk.taken()
    cases.woman_wrote(desk.session, desk.key, case.id, "hola", NOW, {"kind": "text"})
    cases.woman_wrote(desk.session, desk.key, case.id, text, NOW, dict(HEARD))
    return case, lines(desk, case)[-1]


def test_what_she_heard_stands_in_its_place(desk: Desk) -> None:
    """The line keeps its id, its place, its time and its file; both wordings are kept, the first one once."""
    case, note = with_a_note(desk)
    rows = desk.session.query(SealedEntry).filter_by(case_id=case.id).count()
    for text in ("me va a pegar", " me va a pegar hoy "):
        transcripts.correct(desk.session, desk.lucia, case.id, NOW, note.position, text)
    now = lines(desk, case)[-1]
    assert (now.id, now.position, now.at, now.text) == (note.id, note.position, note.at, "me va a pegar hoy")
    assert now.extra["heard_first"] == "me ba a peglar"
    assert (now.extra["heard"], now.extra["corrected_by"]) == ("corrected", desk.lucia.name)
    assert desk.session.query(SealedEntry).filter_by(case_id=case.id).count() == rows


def test_a_note_without_words_can_be_written_down(desk: Desk) -> None:
    """A long one, or one that the program did not make out."""
    case, note = with_a_note(desk, "")
    transcripts.correct(desk.session, desk.lucia, case.id, NOW, note.position, "que llego tarde")
    assert lines(desk, case)[-1].text == "que llego tarde"


@pytest.mark.parametrize(("back", "text"), [(1, "otra cosa"), (-5, "otra cosa"), (0, "  "), (0, "x" * 1601)])
def test_nothing_else_is_changed(desk: Desk, back: int, text: str) -> None:
    """Not what she typed, not a line that is not there, not by no words or too many."""
    case, note = with_a_note(desk)
    before = lines(desk, case)
    with pytest.raises(DeskError):
        transcripts.correct(desk.session, desk.lucia, case.id, NOW, note.position - back, text)
    assert lines(desk, case) == before


def test_only_who_holds_the_conversation(desk: Desk) -> None:
    """P10: a colleague is refused, and the line stays."""
    case, note = with_a_note(desk)
    with pytest.raises(NotYoursError):
        transcripts.correct(desk.session, desk.marta, case.id, NOW, note.position, "otra cosa")
    assert lines(desk, case)[-1].text == "me ba a peglar"
