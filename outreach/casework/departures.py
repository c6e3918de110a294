"""What somebody who left a team may have seen of its cases. No case is named and none is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Case, CaseAudit
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

AT_A_TIME = 500


@dataclass(frozen=True)
class Exposed:
    """How many cases a key opened, and how many of them somebody opened at her desk."""

    keyed: int
    opened: int


def exposed(session: Session, keyring: bytes, team_id: uuid.UUID, staff_id: uuid.UUID) -> Exposed:
    """Count the cases of a team, and those whose sealed list of looks names somebody.

    Some thousand rows a second are unsealed. A draft, which nobody is shown, is no case.
    """
    cases = select(func.count()).select_from(Case).where(Case.team_id == team_id, Case.forget_after.is_(None))
    looks = (
        select(CaseAudit.case_id, CaseAudit.content_sealed)
        .join(Case, Case.id == CaseAudit.case_id)
        .where(Case.team_id == team_id)
        .execution_options(yield_per=AT_A_TIME)
    )
    opened: set[uuid.UUID] = set()
    for case_id, sealed in session.execute(looks):
        if case_id not in opened and _named(keyring, sealed) == str(staff_id):
            opened.add(case_id)
    return Exposed(session.scalar(cases) or 0, len(opened))


def _named(keyring: bytes, sealed: bytes) -> str | None:
    try:
        return vault.unseal(keyring, sealed).get("by")
    except vault.UnsealError:
        return None
