"""Who agreed to the code of conduct, in the version that is in force."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import ConductAgreement
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import conduct as text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Staff


def agreed(session: Session, staff_id: uuid.UUID) -> bool:
    """Say whether she agreed to the version in force."""
    query = select(ConductAgreement.id).where(
        ConductAgreement.staff_id == staff_id, ConductAgreement.version == text.VERSION
    )
    return session.scalar(query) is not None


def agree(session: Session, staff: Staff, now: datetime) -> None:
    """Keep that she agreed; again is the same."""
    kept = insert(ConductAgreement).values(
        id=uuid.uuid4(), staff_id=staff.id, version=text.VERSION, agreed_at=now
    )
    added = session.scalar(kept.on_conflict_do_nothing().returning(ConductAgreement.id))
    if added is not None:
        audit.record(session, staff.id, Action.CONDUCT_AGREED, now)
    session.flush()
