"""The record of a case: who may read and save it, what two windows do to each other, what never happens."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk, asked_to_close, closed
from sqlalchemy import func, select

from models import AuditEvent, CaseRecord
from outreach.casework import glass, notes, record, record_fields, record_sources, taking
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.record import ClashError, Record
from outreach.casework.record_fields import DANGER, FAMILY, PLAN, SECTIONS, SIGNS, VIOLENCE
from outreach.casework.thread import Entry
from outreach.ground.settings import ROOT
from outreach.sealing import vault
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.opened import Caseworker
    from outreach.casework.record_fields import Values
    from outreach.sealing.crypto import PersonalKey

WHAT: Values = {"what": "la amenaza su expareja", "types": ["physical", "psychological"]}


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _save(desk: Desk, case: Case, section: str, values: Values, known: int = 0, minutes: int = 0) -> Record:
    at = NOW + timedelta(minutes=minutes)
    return record.save_section(desk.session, desk.lucia, case.id, at, section, values, known=known)


def _read(desk: Desk, worker: Caseworker, case: Case) -> Record:
    return record.read_record(desk.session, worker, case.id, NOW).record


def test_saved_by_section(desk: Desk) -> None:
    """Each saving is a version; a section carries who saved it last and when."""
    case = desk.taken()
    assert _read(desk, desk.lucia, case) == Record()
    _save(desk, case, VIOLENCE, WHAT)
    _save(desk, case, FAMILY, {"children": 0}, known=1, minutes=5)
    now = _read(desk, desk.lucia, case)
    assert (now.version, now.sections) == (2, {VIOLENCE: WHAT, FAMILY: {"children": 0}})
    mark = now.marks[FAMILY]
    assert (mark.version, mark.name, mark.at) == (2, "Lucia", NOW + timedelta(minutes=5))
    assert now.marks[VIOLENCE].version == 1


def test_two_windows(desk: Desk) -> None:
    """What was saved in the meantime is not written over; another section of the same page is no clash."""
    case = desk.taken()
    _save(desk, case, VIOLENCE, WHAT)
    _save(desk, case, FAMILY, {"ages": "3 y 7"}, known=0)
    with pytest.raises(ClashError) as refused:
        _save(desk, case, VIOLENCE, {"what": "otra cosa"}, known=0)
    assert refused.value.record.values(VIOLENCE) == WHAT
    assert _save(desk, case, VIOLENCE, {"what": "otra cosa"}, known=refused.value.record.version).version == 3


def test_the_same_form_twice_saves_once(desk: Desk) -> None:
    case = desk.taken()
    assert [_save(desk, case, VIOLENCE, WHAT).version for _ in range(2)] == [1, 1]
    assert desk.session.scalar(select(func.count()).select_from(CaseRecord)) == 1


def test_earlier_versions_are_seen_and_put_back(desk: Desk) -> None:
    """Nothing is overwritten: what stood before is a version that can be saved again."""
    case = desk.taken()
    _save(desk, case, PLAN, {"trust": "su hermana"})
    _save(desk, case, FAMILY, {"children": 2}, known=1)
    _save(desk, case, PLAN, {"trust": "su vecina"}, known=2)
    past = record.see_changes(desk.session, desk.lucia, case.id, NOW, PLAN).past
    assert [(one.mark.version, one.values["trust"]) for one in past] == [(3, "su vecina"), (1, "su hermana")]
    back = record.put_back(desk.session, desk.lucia, case.id, NOW, PLAN, 1, known=3)
    assert (back.version, back.values(PLAN)) == (4, {"trust": "su hermana"})
    assert back.values(FAMILY) == {"children": 2}
    for version in (2, 9):
        with pytest.raises(DeskError):
            record.put_back(desk.session, desk.lucia, case.id, NOW, PLAN, version, known=4)


def test_for_the_holder_alone(desk: Desk) -> None:
    """P10: no colleague reads it, whatever reason she gave for the conversation, nor who had it before."""
    case = desk.taken()
    _save(desk, case, VIOLENCE, WHAT)
    glass.break_glass(desk.session, desk.marta, case.id, NOW, "Me pide ayuda con su caso")
    glass.break_glass(desk.session, desk.sofia, case.id, NOW, "Reviso la conversación")
    for worker in (desk.marta, desk.sofia):
        with pytest.raises(NotYoursError):
            _read(desk, worker, case)
        with pytest.raises(NotYoursError):
            record.see_changes(desk.session, worker, case.id, NOW, VIOLENCE)
    taking.let_go(desk.session, desk.lucia, case.id, NOW, "terminó mi turno")
    for worker in (desk.lucia, desk.sofia):
        with pytest.raises(NotYoursError):
            _read(desk, worker, case)
    taking.take(desk.session, desk.marta, case.id, NOW)
    assert _read(desk, desk.marta, case).values(VIOLENCE) == WHAT


def test_the_supervisor_who_is_to_agree_reads_it(desk: Desk) -> None:
    """She who approves the end sees what was done; a colleague does not, then or afterwards."""
    for case in (asked_to_close(desk), closed(desk)):
        assert _read(desk, desk.sofia, case) == Record()
        with pytest.raises(DeskError):
            _read(desk, desk.marta, case)
    with pytest.raises(NotYoursError):
        _read(desk, desk.lucia, case)


def test_each_look_and_saving_is_recorded(desk: Desk) -> None:
    """What stands beside the conversation is one look; each opening of the record is another."""
    case = desk.taken()
    _save(desk, case, VIOLENCE, WHAT)
    for _ in range(3):
        record.glance(desk.session, desk.lucia, case.id, NOW)
        desk.session.commit()
    _read(desk, desk.lucia, case)
    actions = list(desk.session.scalars(select(AuditEvent.action)))
    assert actions.count(Action.DESK_RECORD_CHANGED) == 1
    assert actions.count(Action.DESK_RECORD_SEEN) == 2


def test_every_version_is_sealed_in_steps(desk: Desk) -> None:
    """P4: a row says neither what nor how much was written, but in steps of 4 kB."""
    case = desk.taken()
    for known, words in enumerate(("a", "b" * 600, "ñ" * 1200)):
        _save(desk, case, VIOLENCE, {"what": words}, known=known)
    long = {field.name: "á" * field.longest for field in SECTIONS[DANGER] if field.longest > 600}
    _save(desk, case, DANGER, {**dict.fromkeys(SIGNS, "yes"), **long}, known=3)
    rows = desk.session.scalars(select(CaseRecord.content_sealed).order_by(CaseRecord.version)).all()
    assert {(len(row) - 48) % record.LENGTH for row in rows} == {0}
    assert len({len(row) for row in rows[:3]}) == 1
    with pytest.raises(vault.UnsealError):
        vault.unseal(b"0" * 32, rows[0])


def test_nothing_counts_the_danger_signs(desk: Desk) -> None:
    """No number stands for a woman: neither a field nor what is stored adds the signs up."""
    case = desk.taken()
    some = _save(desk, case, DANGER, dict.fromkeys(SIGNS[:3], "yes"))
    every = _save(desk, case, DANGER, dict.fromkeys(SIGNS, "yes"), known=1)
    for kept in (some, every):
        told = json.loads(json.dumps(asdict(kept), default=str))
        numbers = [value for value in _values(told) if isinstance(value, int)]
        assert set(numbers) == {kept.version}
    assert not {"score", "sum", "total", "count", "level", "risk"} & {f.name for f in SECTIONS[DANGER]}


def _values(data: object) -> list[object]:
    if isinstance(data, dict | list):
        inner = data.values() if isinstance(data, dict) else data
        return [value for one in inner for value in _values(one)]
    return [data]


def test_notes_are_no_lines(desk: Desk) -> None:
    """A note stands in its own table, in blocks of sixteen rows of one length, the newest first."""
    case = desk.taken()
    for n in range(17):
        notes.note(desk.session, desk.lucia, case.id, NOW + timedelta(minutes=n), f"nota {n}")
    seen = record.read_record(desk.session, desk.lucia, case.id, NOW).case
    assert [one.text for one in notes.notes_in(seen, 3)] == ["nota 16", "nota 15", "nota 14"]
    assert len(notes.notes_in(seen, 100)) == 17


def test_the_sections_have_fields() -> None:
    """The codes are a closed set; no field is called alike twice in a section."""
    for name, fields in SECTIONS.items():
        assert len({field.name for field in fields}) == len(fields), name
    assert tuple(f.name for f in SECTIONS[PLAN][:-1]) == record_fields.PLAN_STEPS


def test_the_plans_steps_are_those_of_the_assistant() -> None:
    """What is read in the thread is what the dialogue says: five steps, each in one message of the bot."""
    said = (ROOT / "bot" / "domain" / "safety_plan.yml").read_text(encoding="utf-8")
    lines = [one for one in said.splitlines() if "*Paso " in one]
    told = [record_sources.steps_in([Entry(n, "bot", line, NOW)]) for n, line in enumerate(lines, start=1)]
    assert told == [[step] for step in record_fields.PLAN_STEPS]
    hers = [Entry(n, "woman", line, NOW) for n, line in enumerate(lines, start=1)]
    other = [Entry(1, "bot", "Paso a paso: vamos", NOW), Entry(2, "bot", "*Paso 6:* no hay", NOW)]
    assert record_sources.steps_in([*hers, *other]) == []
