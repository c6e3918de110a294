"""A case's record: one sealed document, saved whole each time, so that nothing in it is ever overwritten.

Its holder fills it in, section by section. Each saving is a new version with who and when inside the seal;
what somebody else saved meanwhile is not written over unseen. Nothing here leads to what is sent to her.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import select

from models import CaseRecord, Role
from outreach.casework import record_sources, section_drafts, thread
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.reading import STANDS_OPEN
from outreach.casework.verbs import look, verb
from outreach.sealing import vault
from outreach.staff import sessions
from outreach.staff.audit import Action
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.opened import Held, Seen
    from outreach.casework.record_fields import Values
    from outreach.casework.record_sources import Agreed

LENGTH: Final = 4096
"""Bytes in steps of which a saved record is padded."""
TASKS: Final = "tasks"
"""What was changed, where it was a task and no section."""
OLDEST: Final = 300
"""How many versions back the changes of a section are looked for."""


@dataclass(frozen=True)
class Mark:
    """Who saved a section last, when, and in which version of the record."""

    version: int
    by: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Task:
    """Something to be done by `due`. `how` it ended: "done" or "dropped"; empty while it is open."""

    id: uuid.UUID
    what: str
    due: datetime
    name: str
    how: str = ""
    ended: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Record:
    """A record as it was saved; `version` 0 is one of which nothing was saved yet.

    `sections` holds the fields that are filled in, by section (`record_fields.SECTIONS`). `changed` is the
    section that this version changed, or TASKS.
    """

    version: int = 0
    sections: dict[str, Values] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    changed: str = ""

    def values(self, section: str) -> Values:
        """Return the fields of a section that are filled in."""
        return self.sections.get(section, {})

    @property
    def open_tasks(self) -> list[Task]:
        """The tasks that are to be done, the nearest first."""
        return sorted((one for one in self.tasks if not one.how), key=lambda one: one.due)


class Past(NamedTuple):
    """A section as it was saved once."""

    mark: Mark
    values: Values


class Glance(NamedTuple):
    """A record, and the case as she who looks sees it."""

    case: Seen
    record: Record


class Changes(NamedTuple):
    """How a section was saved, the newest first."""

    case: Seen
    past: list[Past]


class RecordSeen(NamedTuple):
    """A record with what the thread says beside it: to what she agreed, and which steps she went through."""

    case: Seen
    record: Record
    agreed: list[Agreed]
    steps: list[str]


class ClashError(DeskError):
    """Alguien guardó esta parte mientras escribías. Compara y guarda otra vez."""

    def __init__(self, record: Record) -> None:
        """Keep the record as it stands, for the page that shows both."""
        super().__init__(self.__doc__)
        self.record = record


def current(session: Session, keyring: bytes, case_id: uuid.UUID) -> Record:
    """Return a case's record as it stands. The caller has entered the case by a verb or a look.

    Raises:
        UnsealError: it is sealed to another team.
    """
    newest = (
        select(CaseRecord.version, CaseRecord.content_sealed)
        .where(CaseRecord.case_id == case_id)
        .order_by(CaseRecord.version.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return _record(row[0], vault.unseal(keyring, row[1])) if row else Record()


def may_read(seen: Seen) -> bool:
    """Say whether the record is for her: the holder; a supervisor once its end is asked for."""
    if may_fill_in(seen):
        return True
    state, staff = seen.state, seen.worker.staff
    if staff.role is not Role.SUPERVISOR:
        return False
    return not seen.case.is_open or state.closing_asked_by not in {None, str(staff.id)}


def may_fill_in(seen: Seen) -> bool:
    """Say whether she may change the record: she has the conversation."""
    return seen.holds and seen.case.is_open


@look(Action.DESK_RECORD_SEEN, again_after=sessions.LONGEST)
def glance(seen: Seen) -> Glance:
    """Return the record for what stands beside the conversation; recorded once for as long as a login lasts.

    Raises:
        NotYoursError: it is not for her (`may_read`).
    """
    _refuse_strangers(seen)
    return Glance(seen, current(seen.session, seen.worker.private_key, seen.case.id))


@look(Action.DESK_RECORD_SEEN)
def read_record(seen: Seen) -> RecordSeen:
    """Open the record, with what the thread says that belongs to it.

    Raises:
        NotYoursError: it is not for her (`may_read`).
    """
    _refuse_strangers(seen)
    lines = thread.read(seen.session, seen.worker.private_key, seen.case, seen.state)
    return RecordSeen(
        seen,
        current(seen.session, seen.worker.private_key, seen.case.id),
        record_sources.agreed_in(lines),
        record_sources.steps_in(lines),
    )


@look(Action.DESK_RECORD_SEEN, again_after=STANDS_OPEN)
def see_changes(seen: Seen, section: str) -> Changes:
    """Return how a section was saved, the newest first.

    Raises:
        NotYoursError: the record is not for her.
    """
    _refuse_strangers(seen)
    saved = [one for one in _versions(seen) if one.changed == section]
    return Changes(seen, [Past(one.marks[section], one.values(section)) for one in saved])


@verb(Action.DESK_RECORD_CHANGED, holds=True)
def save_section(
    held: Held, section: str, values: Values, *, known: int, form_id: uuid.UUID | None = None
) -> Record:
    """Save a section; `known` is the version of the record that its form showed. Return how it stands.

    Her draft of it goes, and what of it arrives later by this form (`form_id`). The same form sent twice
    saves once. `values` come from `record_fields.clean`.

    Raises:
        ClashError: the section was saved since by somebody else, or in another window.
    """
    saved = _save(held, section, values, known, form_id)
    section_drafts.drop(held.session, held.case.id, held.worker.staff.id, section)
    return saved


@verb(Action.DESK_RECORD_CHANGED, holds=True)
def put_back(held: Held, section: str, version: int, *, known: int) -> Record:
    """Save a section as it was in an earlier version.

    Raises:
        ClashError: as for `save_section`.
        DeskError: that version did not change this section, or is too long ago.
    """
    for one in _versions(held):
        if one.version == version and one.changed == section:
            return _save(held, section, one.values(section), known)
    raise DeskError(texts.NO_SUCH_VERSION)


def write(held: Held, record: Record, form_id: uuid.UUID | None = None) -> Record:
    """Seal a record as the next version; a verb calls it, with what it read under the lock and changed.

    The row has the id of the form that it was saved by, where that is known and has saved nothing before.
    """
    version = record.version + 1
    content: dict[str, Any] = {
        "sections": record.sections,
        "marks": {name: asdict(mark) | {"at": mark.at.isoformat()} for name, mark in record.marks.items()},
        "tasks": [_stored(task) for task in record.tasks],
        "changed": record.changed,
    }
    sealed = vault.seal(vault.public_key_of(held.session, held.case.team_id), content, bucket=LENGTH)
    used = form_id is None or section_drafts.was_saved(held.session, form_id)
    row_id = uuid.uuid4() if used else form_id
    held.session.add(CaseRecord(id=row_id, case_id=held.case.id, version=version, content_sealed=sealed))
    held.session.flush()
    return replace(record, version=version)


def _save(held: Held, section: str, values: Values, known: int, form_id: uuid.UUID | None = None) -> Record:
    record = current(held.session, held.worker.private_key, held.case.id)
    if record.values(section) == values:
        return record
    mark = record.marks.get(section)
    if mark is not None and mark.version > known:
        raise ClashError(record)
    fresh = Mark(record.version + 1, str(held.worker.staff.id), held.worker.name, held.now)
    return write(
        held,
        replace(
            record,
            sections=record.sections | {section: values},
            marks=record.marks | {section: fresh},
            changed=section,
        ),
        form_id,
    )


def _refuse_strangers(seen: Seen) -> None:
    if not may_read(seen):
        raise NotYoursError(texts.HOLDER_ONLY)


def _versions(seen: Seen) -> list[Record]:
    rows = seen.session.execute(
        select(CaseRecord.version, CaseRecord.content_sealed)
        .where(CaseRecord.case_id == seen.case.id)
        .order_by(CaseRecord.version.desc())
        .limit(OLDEST)
    )
    return [_record(version, vault.unseal(seen.worker.private_key, sealed)) for version, sealed in rows]


def _record(version: int, data: dict[str, Any]) -> Record:
    return Record(
        version=version,
        sections=data["sections"],
        marks={
            name: Mark(mark["version"], mark["by"], mark["name"], datetime.fromisoformat(mark["at"]))
            for name, mark in data["marks"].items()
        },
        tasks=tuple(_task(one) for one in data["tasks"]),
        changed=data["changed"],
    )


def _stored(task: Task) -> dict[str, Any]:
    times = {"due": task.due.isoformat(), "ended": task.ended.isoformat() if task.ended else None}
    return asdict(task) | times | {"id": str(task.id)}


def _task(data: dict[str, Any]) -> Task:
    return Task(
        id=uuid.UUID(data["id"]),
        what=data["what"],
        due=datetime.fromisoformat(data["due"]),
        name=data["name"],
        how=data["how"],
        ended=datetime.fromisoformat(data["ended"]) if data["ended"] else None,
        note=data["note"],
    )
