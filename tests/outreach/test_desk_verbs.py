"""Verbs and looks: no step in a case without permission, and each leaves exactly one event."""

from __future__ import annotations

import ast
import importlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from desk_support import case_of, talk, worker_of
from sqlalchemy import delete, func, select, update

from models import AuditEvent, Case, Role, SealedFile, TemplateState
from outreach.casework import answering, cases, closing, files, hidden, lately, notes, reading, taking, verbs
from outreach.casework.opened import (
    CaseClosedError,
    Caseworker,
    DeskError,
    Held,
    NoSuchCaseError,
    NotYourRoleError,
    NotYoursError,
)
from outreach.ground.settings import ROOT
from outreach.messages import templates
from outreach.sealing import vault
from outreach.sealing.handed_out import HandedOut
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.sealing.crypto import PersonalKey

FILE_ID = uuid.UUID(int=7)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CASEWORK = ROOT / "outreach" / "casework"
# They take a caseworker, or a case that is held, and are no step: each says in its docstring who calls it.
NO_STEPS = {"opened.opened", "opened.may_see", "answering.send_text"}
for _path in sorted(CASEWORK.glob("[a-z]*.py")):
    importlib.import_module(
        f"outreach.casework.{_path.stem}" if _path.stem != "__init__" else "outreach.casework"
    )


class Desk:
    """Two caseworkers, a supervisor, and as many cases as asked for."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session, self.key = session, key
        recovery = vault.make_team(session, "Atención")
        self.lucia = worker_of(session, key, recovery, "lucia", NOW)
        self.marta = worker_of(session, key, recovery, "marta", NOW)
        self.sofia = worker_of(session, key, recovery, "sofia", NOW, Role.SUPERVISOR)

    def case(self) -> tuple[Case, Conversation]:
        """Open a case of a woman of its own."""
        conversation = talk(self.session, self.key, NOW)
        return case_of(self.session, self.key, conversation, NOW), conversation

    def taken(self) -> Case:
        """Open a case that Lucia has."""
        case, _ = self.case()
        taking.take(self.session, self.lucia, case.id, NOW)
        return case

    def events(self) -> list[AuditEvent]:
        """Return the events of the desk."""
        query = select(AuditEvent).where(AuditEvent.action.like("desk.%")).order_by(AuditEvent.id)
        return list(self.session.scalars(query))


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(CASEWORK.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{path.stem}.{node.name}", node


def _takes(node: ast.FunctionDef, *kinds: str) -> bool:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    named = {n.id for a in given if a.annotation for n in ast.walk(a.annotation) if isinstance(n, ast.Name)}
    return bool(named & set(kinds))


def test_no_step_goes_around_the_registry() -> None:
    """P10: what takes a caseworker or a held case is a verb or a look; nothing else opens a case for her."""
    stepping = {name for name, node in _functions() if _takes(node, "Caseworker", "Held")}
    looking = {
        name
        for name, node in _functions()
        if _takes(node, "Seen") and any("look" in ast.unparse(mark) for mark in node.decorator_list)
    }
    assert stepping - NO_STEPS == {name for name, one in verbs.ALL.items() if one.writes}
    assert looking == {name for name, one in verbs.ALL.items() if not one.writes}


def test_nobody_else_opens_a_case() -> None:
    """P4: the door itself is used by `verbs` alone: pages and jobs have verbs and looks."""
    doors = {"opened", "may_see", "send_text"}
    users = set()
    for path in (
        path for folder in ("console", "worker", "outreach") for path in (ROOT / folder).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("outreach.casework."):
                if doors & {alias.name for alias in node.names}:
                    users.add(path.relative_to(ROOT).as_posix())
            elif isinstance(node, ast.ImportFrom) and node.module == "outreach.casework":
                assert "opened" not in {alias.name for alias in node.names}, path
    assert users == {"outreach/casework/verbs.py", "outreach/casework/hidden.py"}


def _of_a_case_she_closed(desk: Desk) -> Case:
    case, conversation = desk.case()
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    return case


def _with_a_file(desk: Desk) -> Case:
    case = desk.taken()
    desk.session.execute(delete(SealedFile))
    file_id = files.begin(desk.session, case, "audio/ogg")
    desk.session.execute(update(SealedFile).where(SealedFile.id == file_id).values(id=FILE_ID))
    desk.session.expire_all()
    files.keep(desk.session, FILE_ID, b"OggS", "audio/ogg")
    return case


# How each step is taken once: the case that it needs, and what else it is given.
STEPS: dict[str, tuple[Callable[[Desk], Case], tuple[Any, ...]]] = {
    "answering.reply": (Desk.taken, ("Te leo",)),
    "answering.send_neutral": (Desk.taken, ()),
    "closing.archive": (_of_a_case_she_closed, ()),
    "closing.close": (Desk.taken, ()),
    "files.follow_file": (_with_a_file, (FILE_ID,)),
    "files.open_file": (_with_a_file, (FILE_ID,)),
    "hidden.end_cover": (Desk.taken, ("Hablé con ella, está sola",)),
    "hidden.phone_for_emergency": (Desk.taken, ()),
    "hidden.send_held_back": (Desk.taken, ()),
    "notes.note": (Desk.taken, ("hablar el jueves",)),
    "reading.follow_thread": (Desk.taken, ()),
    "reading.open_thread": (Desk.taken, ()),
    "sending_files.send_file": (Desk.taken, (HandedOut(b"OggS", "audio/ogg", "audio.ogg"), "Escúchalo")),
    "taking.hand_back": (Desk.taken, ()),
    "taking.take": (lambda desk: desk.case()[0], ()),
    "undelivered.acknowledge": (Desk.taken, (uuid.uuid4(),)),
}


def _step(name: str) -> Callable[..., object]:
    module, _, function = name.partition(".")
    found: Callable[..., object] = getattr(importlib.import_module(f"outreach.casework.{module}"), function)
    return found


def test_each_step_leaves_one_event(desk: Desk) -> None:
    """Every verb and every look leaves one event, of its own action and of the day only."""
    template = templates.by_name(desk.session, templates.INVITATION)
    assert template is not None
    template.state = TemplateState.APPROVED
    assert STEPS.keys() == verbs.ALL.keys()
    for name, (prepare, given) in STEPS.items():
        case = prepare(desk)
        before = len(desk.events())
        _step(name)(desk.session, desk.lucia, case.id, NOW, *given)
        left = [event for event in desk.events() if event.staff_id == desk.lucia.staff.id]
        assert len(desk.events()) == before + 1, name
        actions = [event.action for event in left]
        assert verbs.ALL[name].action in actions, name
        assert {event.at for event in left} == {NOW.replace(hour=0)}, name


def test_every_step_of_a_holder_is_refused_to_others(desk: Desk) -> None:
    """P10: who does not hold the conversation can't take a holder's step, and that leaves no event."""
    case = desk.taken()
    before = len(desk.events())
    holders = [name for name, one in verbs.ALL.items() if one.holds]
    assert {"answering.reply", "closing.close", "hidden.end_cover"} <= set(holders)
    for name in holders:
        with pytest.raises(NotYoursError):
            _step(name)(desk.session, desk.marta, case.id, NOW, *STEPS[name][1])
    assert len(desk.events()) == before


def test_a_closed_case_takes_no_step_but_is_read(desk: Desk) -> None:
    """Closed: nothing is added, whoever had it; the thread can still be read, which is recorded."""
    case = desk.taken()
    closing.close(desk.session, desk.lucia, case.id, NOW)
    for name, one in verbs.ALL.items():
        if one.open_only:
            with pytest.raises(CaseClosedError):
                _step(name)(desk.session, desk.lucia, case.id, NOW, *STEPS[name][1])
    assert reading.open_thread(desk.session, desk.marta, case.id, NOW).entries


def test_what_is_not_there_is_refused_alike(desk: Desk) -> None:
    """P4: a case of nobody, of another team, and a draft: all are the same to whoever asks."""
    stranger = Caseworker(desk.key, b"0" * 32, desk.marta.staff)
    case = desk.taken()
    for worker, case_id in ((desk.lucia, uuid.uuid4()), (stranger, case.id)):
        for name in verbs.ALL:
            with pytest.raises(NoSuchCaseError):
                _step(name)(desk.session, worker, case_id, NOW, *STEPS[name][1])


def test_a_step_of_the_supervision(desk: Desk) -> None:
    """A verb for some roles is refused to the others before anything is changed."""
    case = desk.taken()
    done: list[str] = []

    def close_for(held: Held) -> None:
        done.append(held.worker.name)

    step = verbs.verb(Action.DESK_CLOSE_APPROVED, roles=frozenset({Role.SUPERVISOR}))(close_for)
    try:
        with pytest.raises(NotYourRoleError):
            step(desk.session, desk.lucia, case.id, NOW)
        step(desk.session, desk.sofia, case.id, NOW)
    finally:
        del verbs.ALL["test_desk_verbs.close_for"]
    assert done == ["Sofia"]


def test_a_step_that_fails_leaves_nothing(desk: Desk) -> None:
    """What is refused within a step changes neither the case nor the audit."""
    case, _ = desk.case()
    desk.session.commit()
    with pytest.raises(DeskError):
        closing.archive(desk.session, desk.lucia, case.id, NOW)
    desk.session.rollback()
    assert (case.is_open, desk.events()) == (True, [])


def _opened(desk: Desk) -> int:
    return desk.session.scalar(select(func.count()).where(AuditEvent.action == Action.DESK_OPENED)) or 0


def _follow(desk: Desk, case: Case, *, minutes: int = 0, worker: Caseworker | None = None) -> None:
    at = NOW + timedelta(minutes=minutes)
    reading.follow_thread(desk.session, worker or desk.lucia, case.id, at)


def test_following_alone_is_recorded(desk: Desk) -> None:
    """P4: the thread by itself, without its page, is no way to read unseen."""
    case, _ = desk.case()
    for _ in range(3):
        _follow(desk, case)
        desk.session.commit()
    assert _opened(desk) == 1
    _follow(desk, case, worker=desk.marta)
    assert _opened(desk) == 2


def test_following_after_its_page(desk: Desk) -> None:
    """The page was recorded; what it asks for then is not, until it has stood open for half an hour."""
    case, _ = desk.case()
    for _ in range(2):
        reading.open_thread(desk.session, desk.lucia, case.id, NOW)
    desk.session.commit()
    assert _opened(desk) == 2
    for minutes, events in ((0, 2), (29, 2), (30, 3), (31, 3), (60, 4)):
        _follow(desk, case, minutes=minutes)
        desk.session.commit()
        assert _opened(desk) == events, minutes


def test_another_case_is_another_look(desk: Desk) -> None:
    for _ in range(2):
        _follow(desk, desk.case()[0])
    desk.session.commit()
    assert _opened(desk) == 2


def test_what_was_rolled_back_was_not_recorded(desk: Desk) -> None:
    """A look counts as recorded from the commit of its event on, not before."""
    case, _ = desk.case()
    desk.session.commit()
    _follow(desk, case)
    desk.session.rollback()
    _follow(desk, case)
    desk.session.commit()
    assert _opened(desk) == 1


def test_little_of_it_is_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a process is bounded: what it forgot is recorded once more."""
    monkeypatch.setattr(lately, "MOST_KEPT", 2)
    made = [desk.case()[0] for _ in range(3)]
    for case in (*made, made[0]):
        _follow(desk, case)
        desk.session.commit()
    assert _opened(desk) == 4
    assert len(lately._recorded) <= 2


def test_lines_behind_a_position(desk: Desk) -> None:
    """A page asks for what came after the line that it has, or for the last lines of a long thread."""
    case = desk.taken()
    for n in range(20):
        notes.note(desk.session, desk.lucia, case.id, NOW, f"nota {n}")
    whole = reading.open_thread(desk.session, desk.lucia, case.id, NOW).entries
    assert [entry.position for entry in whole] == list(range(1, 23))
    behind = reading.follow_thread(desk.session, desk.lucia, case.id, NOW, after=20).entries
    assert behind == whole[20:]
    assert reading.follow_thread(desk.session, desk.lucia, case.id, NOW, after=22).entries == []
    assert reading.open_thread(desk.session, desk.lucia, case.id, NOW, last=5).entries == whole[-5:]
    assert reading.open_thread(desk.session, desk.lucia, case.id, NOW, last=50).entries == whole


def test_she_erased_her_data_meanwhile(desk: Desk) -> None:
    """Erased between the look and the lock: the case is still read and closed, and nothing is sent."""
    case, conversation = desk.case()
    taking.take(desk.session, desk.lucia, case.id, NOW)
    desk.session.delete(conversation)
    desk.session.flush()
    with pytest.raises(DeskError, match="borró"):
        answering.reply(desk.session, desk.lucia, case.id, NOW, "Hola")
    assert hidden.name_of(reading.open_thread(desk.session, desk.lucia, case.id, NOW).case) == ""
    assert cases.read_state(desk.key, case).claimed_by == str(desk.lucia.staff.id)
