"""A caseworker's words that have not left are no note, and no note leads to what is sent to her."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import lines_of
from desk_support import case_of, talk, worker_of
from sqlalchemy import select

from models import OutboxMessage
from outreach.casework import answering, cases, hidden, notes, reading, taking, thread
from outreach.casework.thread import Line
from outreach.ground.settings import ROOT
from outreach.messages import conversation_state, outbox
from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from models import Case, Conversation
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
REASON = "Hablé con ella, está sola"
OURS = tuple(
    f"outreach.casework.{name}" for name in ("notes", "record", "record_fields", "record_sources", "tasks")
)
WRITES = (
    "answering", "hidden", "held_texts", "pending", "sending_files", "taking", "closing", "undelivered",
)  # fmt: skip
SENDS = ("outreach.messages.outbox", "outreach.messages.delivery", "outreach.messages.twilio")


class Room(NamedTuple):
    """A caseworker who holds a woman's conversation."""

    lucia: Caseworker
    conversation: Conversation
    case: Case


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    lucia = worker_of(session, key, vault.make_team(session, "Atención"), "lucia", NOW)
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    taking.take(session, lucia, case.id, NOW)
    return Room(lucia, conversation, case)


def _cover(room: Room, *, on: bool) -> None:
    private = conversation_state.read(room.lucia.key, room.conversation)
    private.cover = on
    conversation_state.write(room.lucia.key, room.conversation, private)


def _sent(session: Session, room: Room) -> list[str]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
    return [outbox.read_content(room.lucia.key, row).body for row in rows]


def _as_before(session: Session, room: Room, line: Line) -> None:
    state = cases.locked_state(session, room.lucia.key, room.case)
    thread.append(session, room.case, state, line)
    cases.write_state(room.lucia.key, room.case, state)


@pytest.mark.parametrize("covered", [True, False])
def test_no_note_ever_leaves(session: Session, room: Room, covered: bool) -> None:
    """P4: a note written under cover, or not, is sent neither with what was held back nor after it."""
    _cover(room, on=covered)
    notes.note(session, room.lucia, room.case.id, NOW, "hablar el jueves con la abogada")
    if covered:
        answering.reply(session, room.lucia, room.case.id, NOW, "¿Sigues ahí?")
    notes.note(session, room.lucia, room.case.id, NOW, "su hermana sabe")
    assert hidden.end_cover(session, room.lucia, room.case.id, NOW, REASON) == int(covered)
    assert hidden.send_held_back(session, room.lucia, room.case.id, NOW) == 0
    assert _sent(session, room) == ["¿Sigues ahí?"] * covered


def test_what_is_held_is_an_author_of_its_own(session: Session, room: Room) -> None:
    """The thread tells apart what the team notes and what she is still to get."""
    _cover(room, on=True)
    answering.reply(session, room.lucia, room.case.id, NOW, "¿Sigues ahí?")
    notes.note(session, room.lucia, room.case.id, NOW, "hablar el jueves")
    before, line = lines_of(session, room.lucia, room.case)[-2:]
    assert (before.author, line.author, line.text) == ("event", "held", "¿Sigues ahí?")
    assert line.extra == {"staff": "Lucia", "held_for": "cover"}
    seen = reading.open_thread(session, room.lucia, room.case.id, NOW).case
    assert [one.text for one in notes.notes_in(seen)] == ["hablar el jueves"]


def test_threads_of_before_are_read(session: Session, room: Room) -> None:
    """What stood as a note with a mark, before `held`, is still offered and sent once; a note is not."""
    _as_before(session, room, Line("note", "¿Estás bien?", NOW, {"staff": "Lucia", "held_back": True}))
    _as_before(session, room, Line("note", "nota de antes", NOW, {"staff": "Lucia"}))
    held = hidden.held_back(lines_of(session, room.lucia, room.case))
    assert [entry.text for entry in held] == ["¿Estás bien?"]
    assert hidden.send_held_back(session, room.lucia, room.case.id, NOW) == 1
    assert hidden.send_held_back(session, room.lucia, room.case.id, NOW) == 0
    assert _sent(session, room) == ["¿Estás bien?"]


@pytest.mark.parametrize("held_for", ["window", "hour", ""])
def test_what_waits_for_something_else_is_not_covers(session: Session, room: Room, held_for: str) -> None:
    """The end of cover sends what cover held back, and not what waits for her answer or for an hour."""
    _as_before(session, room, Line("held", "mañana te marco", NOW, {"staff": "Lucia", "held_for": held_for}))
    assert hidden.end_cover(session, room.lucia, room.case.id, NOW, REASON) == 0
    assert _sent(session, room) == []


@pytest.mark.parametrize("author", ["woman", "bot", "staff", "event"])
def test_nobody_elses_line_is_held_by_a_mark(session: Session, room: Room, author: thread.Author) -> None:
    """The mark of before counts on a note only: no other line becomes an answer by it."""
    _as_before(session, room, Line(author, "algo", NOW, {"held_back": True, "held_for": "cover"}))
    assert hidden.held_back(lines_of(session, room.lucia, room.case)) == []


def _imports(module: str) -> Iterator[str]:
    """The modules of ours that a module imports when it runs; what only types need does not count."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    if not path.is_file():
        return
    for node in _running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("outreach"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.If) and ast.unparse(inner.test) == "TYPE_CHECKING":
            continue
        yield inner
        yield from _running(inner)


def _reached(module: str) -> set[str]:
    seen, waiting = set(), [module]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += _imports(one)
    return seen


def test_no_import_leads_from_a_note_to_the_outbox() -> None:
    """P4: whatever notes, record and tasks import, near or far, there is no door to what is sent."""
    for module in OURS:
        reached = _reached(module)
        assert "outreach.casework.opened" in reached, module
        assert not reached & set(SENDS), module


def test_nothing_that_sends_reads_notes() -> None:
    """And the other way round: nothing by which her caseworker writes to her imports notes or record."""
    for module in WRITES:
        assert not set(OURS) & _reached(f"outreach.casework.{module}"), module


def test_the_walk_over_imports_finds_what_is_there() -> None:
    """The two tests above can fail: what answers her does reach the outbox."""
    assert set(SENDS[:1]) <= _reached("outreach.casework.answering")
