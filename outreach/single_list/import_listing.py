"""Which imports somebody sees: those of her agency where she works for one, else all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_

from models import Agency, ImportRun, ImportState, Staff
from outreach.single_list.import_runs import WAITING

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

PAGE = 20


def find(db: Session, staff: Staff, run_id: uuid.UUID, *, lock: bool = False) -> ImportRun | None:
    """Return an import that somebody may see; `lock` it to change it."""
    run = db.get(ImportRun, run_id, with_for_update=lock or None)
    return run if run is not None and staff.agency in {None, run.agency} else None


def listed(
    db: Session, staff: Staff, *, after: ImportRun | None = None
) -> list[tuple[ImportRun, str | None]]:
    """Return the newest imports with who brought each, or those before `after`; one more than a page."""
    found = select(ImportRun, Staff.display_name).outerjoin(Staff, Staff.id == ImportRun.staff_id)
    if staff.agency is not None:
        found = found.where(ImportRun.agency == staff.agency)
    if after is not None:
        found = found.where(tuple_(ImportRun.created_at, ImportRun.id) < (after.created_at, after.id))
    newest = found.order_by(ImportRun.created_at.desc(), ImportRun.id.desc()).limit(PAGE + 1)
    return [(run, name) for run, name in db.execute(newest)]


def to_see_to(db: Session, staff: Staff, since: datetime) -> list[ImportRun]:
    """Return the recent imports that wait for somebody: between steps, stopped, with rows to correct."""
    waits = ImportRun.state.in_((*WAITING, ImportState.FAILED))
    wrong = (ImportRun.state == ImportState.DONE) & (ImportRun.failed > 0)
    found = select(ImportRun).where(ImportRun.moved_at >= since, or_(waits, wrong))
    if staff.agency is not None:
        found = found.where(ImportRun.agency == staff.agency)
    return list(db.scalars(found.order_by(ImportRun.moved_at.desc()).limit(PAGE)))


def agencies(db: Session, staff: Staff) -> Sequence[Agency]:
    """Return the agencies whose lists somebody may bring in."""
    found = select(Agency).order_by(Agency.name)
    if staff.agency is not None:
        found = found.where(Agency.code == staff.agency)
    return db.scalars(found).all()
