"""Verbs and looks: no step in a case without permission, and each leaves exactly one event."""

from __future__ import annotations

import ast
import importlib
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import referral_support
from desk_steps import (
    NOW,
    REASON,
    TASK_ID,
    ZONE,
    Desk,
    appointed,
    asked_to_close,
    closed,
    closed_by_her,
    lucia,
    marta,
    offered_to_lucia,
    offered_to_marta,
    with_a_plan,
    with_a_task,
    with_a_voice_note,
    with_nobody_to_ask,
    with_somebody_to_ask,
)  # fmt: skip
from sqlalchemy import delete, func, select, update
from support import environment

from models import AuditEvent, Case, Role, SealedFile, TemplateState
from outreach.casework import (
    answering,
    cases,
    closing,
    files,
    hidden,
    lately,
    reading,
    taking,
    thread,
    verbs,
)
from outreach.casework.opened import (
    CaseClosedError,
    Caseworker,
    DeskError,
    Held,
    NoSuchCaseError,
    NotYourRoleError,
    NotYoursError,
)
from outreach.casework.thread import Line
from outreach.ground.settings import ROOT, load_settings
from outreach.messages import templates
from outreach.sealing.handed_out import HandedOut
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

HELD = (uuid.uuid4(), uuid.uuid4())
SETTINGS = load_settings(environment(ROOT / "var" / "none"))
FILE_ID = uuid.UUID(int=7)
CASEWORK = ROOT / "outreach" / "casework"
# They take a caseworker, or a case that is held, and are no step: each says in its docstring who calls it.
NO_STEPS = {
    "opened.opened", "opened.may_see", "answering.send_text", "held_texts.send_held", "drafts.own",
    "section_drafts.own_sections",
    "referral_ends.refuse_while_open", "referral_ends.say_she_closed", "both_sides.locked",
    "both_sides.move_here", "both_sides.move_back", "record.write", "glass.tell",
}  # fmt: skip
for _path in sorted(CASEWORK.glob("[a-z]*.py")):
    importlib.import_module(
        f"outreach.casework.{_path.stem}" if _path.stem != "__init__" else "outreach.casework"
    )


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
    assert users == {f"outreach/casework/{name}.py" for name in ("verbs", "hidden", "held_texts")}


def _with_a_text_held(line_id: uuid.UUID) -> Callable[[Desk], Case]:
    def prepare(desk: Desk) -> Case:
        case = desk.taken()
        state = cases.locked_state(desk.session, desk.key, case)
        extra = {"staff": "Lucia", "held_for": "cover"}
        thread.append(desk.session, case, state, Line("held", "Te marco a las 5", NOW, extra, line_id))
        cases.write_state(desk.key, case, state)
        return case

    return prepare


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
    "appointment_steps.appoint": (Desk.taken, (NOW + timedelta(days=1), "después de comer", ZONE)),
    "appointment_steps.settle": (appointed, ()),
    "answering.send_neutral": (Desk.taken, ()),
    "closing.archive": (closed_by_her, ()),
    "closing.approve": (asked_to_close, ()),
    "closing.send_back": (asked_to_close, ("falta la canalización",)),
    "closing.keep_open": (asked_to_close, ()),
    "closing.reopen": (closed, ("volvió a pedir ayuda",)),
    "closing.close": (with_nobody_to_ask, (closing.Outcome.OTHER, "ya no hace falta")),
    "closing.ask": (with_somebody_to_ask, (closing.Outcome.OTHER, "ya no hace falta")),
    "held_texts.discard": (_with_a_text_held(HELD[0]), (HELD[0],)),
    "held_texts.send_one": (_with_a_text_held(HELD[1]), (HELD[1],)),
    "glass.break_glass": (lambda desk: desk.taken(desk.marta), ("Me pide ayuda con su caso",)),
    "files.follow_file": (_with_a_file, (FILE_ID,)),
    "files.open_file": (_with_a_file, (FILE_ID,)),
    "hidden.end_cover": (Desk.taken, ("Hablé con ella, está sola",)),
    "hidden.send_held_back": (Desk.taken, ()),
    "notes.note": (Desk.taken, ("hablar el jueves",)),
    "offers.accept": (offered_to_lucia, ()),
    "offers.decline": (offered_to_lucia, ()),
    "offers.offer": (Desk.taken, (marta,)),
    "offers.withdraw": (offered_to_marta, ()),
    "record.glance": (Desk.taken, ()),
    "record.put_back": (with_a_plan, ("plan", 1)),
    "record.read_record": (Desk.taken, ()),
    "record.save_section": (Desk.taken, ("plan", {"trust": "su hermana"})),
    "record.see_changes": (with_a_plan, ("plan",)),
    "tasks.add": (Desk.taken, ("llamar a la abogada", NOW + timedelta(days=1))),
    "tasks.end": (with_a_task, (TASK_ID, "done")),
    "tasks.move": (with_a_task, (TASK_ID, NOW + timedelta(days=2))),
    "reading.follow_thread": (Desk.taken, ()),
    "reading.open_thread": (Desk.taken, ()),
    "person.see_person": (Desk.taken, ()),
    "pending.store": (Desk.taken, ("Te marco a las 5", SETTINGS, NOW + timedelta(hours=1))),
    "sending_files.send_file": (Desk.taken, (HandedOut(b"OggS", "audio/ogg", "audio.ogg"), "Escúchalo")),
    "taking.hand_back": (Desk.taken, ()),
    "taking.let_go": (Desk.taken, (REASON,)),
    "taking.reassign": (Desk.taken, (lambda desk: desk.team_id, REASON)),
    "taking.take": (lambda desk: desk.case()[0], ()),
    "taking.take_over": (Desk.taken, (REASON,)),
    "transcripts.correct": (with_a_voice_note, (3, "me va a pegar")),
    "undelivered.acknowledge": (Desk.taken, (uuid.uuid4(),)),
}
STEPS |= referral_support.STEPS
# What a step is given by its name.
NAMED: dict[str, dict[str, Any]] = {
    "appointment_steps.settle": {"kept": True},
    "closing.approve": {"heard": ""},
    "closing.close": {"heard": ""},
    "record.put_back": {"known": 1},
    "record.save_section": {"known": 0},
    "taking.reassign": {"holder": lucia},
    "taking.take_over": {"holder": lucia},
}


def _take(desk: Desk, name: str, worker: Caseworker, case_id: uuid.UUID) -> None:
    """Take a step as it stands in the table."""

    def real(value: object) -> object:
        return value(desk) if callable(value) else value

    given = [real(value) for value in STEPS[name][1]]
    named = {word: real(value) for word, value in NAMED.get(name, {}).items()}
    _step(name)(desk.session, worker, case_id, NOW, *given, **named)


def _who(desk: Desk, name: str) -> Caseworker:
    return desk.lucia if Role.CASEWORKER in verbs.ALL[name].roles else desk.sofia


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
    for name, (prepare, _) in STEPS.items():
        case = prepare(desk)
        before = len(desk.events())
        worker = _who(desk, name)
        _take(desk, name, worker, case.id)
        left = [event for event in desk.events() if event.staff_id == worker.staff.id]
        assert len(desk.events()) == before + 1, name
        actions = [event.action for event in left]
        assert verbs.ALL[name].action in actions, name
        assert {event.at for event in left} == {NOW.replace(hour=0)}, name


def test_every_step_of_a_holder_is_refused_to_others(desk: Desk) -> None:
    """P10: who does not hold the conversation can't take a holder's step, and that leaves no event."""
    case = desk.taken()
    before = len(desk.events())
    holders = [name for name, one in verbs.ALL.items() if one.holds]
    assert {"answering.reply", "closing.ask", "closing.close", "hidden.end_cover"} <= set(holders)
    for name in holders:
        with pytest.raises(NotYoursError):
            _take(desk, name, desk.marta, case.id)
    assert len(desk.events()) == before


def test_a_closed_case_takes_no_step_but_is_read(desk: Desk) -> None:
    """Closed: nothing is added, whoever had it; the thread can still be read, which is recorded."""
    case = closed(desk)
    for name, one in verbs.ALL.items():
        if one.open_only:
            with pytest.raises(CaseClosedError):
                _take(desk, name, _who(desk, name), case.id)
    assert reading.open_thread(desk.session, desk.marta, case.id, NOW).entries


def test_what_is_not_there_is_refused_alike(desk: Desk) -> None:
    """P4: a case of nobody, of another team, and a draft: all are the same to whoever asks."""
    stranger = Caseworker(desk.key, b"0" * 32, desk.marta.staff)
    case = desk.taken()
    for worker, case_id in ((desk.lucia, uuid.uuid4()), (stranger, case.id)):
        for name in verbs.ALL:
            with pytest.raises(NoSuchCaseError):
                _take(desk, name, worker, case_id)


def test_a_step_of_the_supervision(desk: Desk) -> None:
    """A verb for some roles is refused to the others before anything is changed."""
    case, _ = desk.case()
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
        cases.add_entry(desk.session, desk.key, case, author="woman", text=f"línea {n}", at=NOW)
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
