"""What a caseworker has filled into a section of a record and not saved: sealed like her other drafts.

One row a caseworker, case and section, all of one length. It comes back to her alone, and is told apart from
what is saved: nothing of it is in the record until she saves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models import CaseRecord, SealedDraft
from outreach.casework import drafts
from outreach.casework.record_fields import SECTIONS
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.casework.opened import Caseworker
    from outreach.casework.record_fields import Values

LONGEST: Final = 5000
"""Letters of a section: the longest, the plan, takes 4,200."""
LENGTH: Final = 24_576
_BOX: Final = "rec:"


@dataclass(frozen=True)
class SectionDraft:
    """A section as she left it; `known` is the version of the record that its form showed."""

    values: Values
    known: int


def keep(
    session: Session,
    case_id: uuid.UUID,
    staff_id: uuid.UUID,
    section: str,
    values: Values,
    *,
    known: int,
    form_id: uuid.UUID | None = None,
) -> None:
    """Keep a section as it stands in her form, in place of what was kept before; also where she emptied it.

    `form_id` is that of the form: what arrives after it was saved is dropped. The caller has asked whether
    she may see the case.
    """
    letters = sum(len(str(one)) for value in values.values() for one in _all(value))
    if section not in SECTIONS or letters > LONGEST:
        raise ValueError("no such section, or more than it takes")
    case = drafts.waited_for(session, case_id)
    if case is None or was_saved(session, form_id):
        return
    content = {"values": values, "known": known}
    drafts.put(session, case, staff_id, f"{_BOX}{section}", content, LENGTH)


def was_saved(session: Session, form_id: uuid.UUID | None) -> bool:
    """Say whether a version of a record was saved by this form: it is the row's own id."""
    return form_id is not None and session.get(CaseRecord, form_id) is not None


def drop(session: Session, case_id: uuid.UUID, staff_id: uuid.UUID, section: str) -> None:
    """Forget a draft: the section was saved, or left as it was."""
    drafts.drop(session, case_id, staff_id, f"{_BOX}{section}")


def own_sections(session: Session, worker: Caseworker, case_id: uuid.UUID) -> dict[str, SectionDraft]:
    """Return what she filled in herself and did not save, by section, also where a colleague has the case."""
    rows = session.execute(
        select(SealedDraft.box, SealedDraft.content_sealed).where(
            SealedDraft.staff_id == worker.staff.id,
            SealedDraft.case_id == case_id,
            SealedDraft.box.startswith(_BOX, autoescape=True),
        )
    )
    found = {box.removeprefix(_BOX): vault.unseal(worker.private_key, sealed) for box, sealed in rows}
    return {
        section: SectionDraft(found[section]["values"], int(found[section]["known"]))
        for section in SECTIONS
        if section in found
    }


def _all(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
