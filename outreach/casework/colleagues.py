"""Who else could have a conversation: those who hold the key of its team, and whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from models import KeyWrap, Role, Shift, Staff
from outreach.sealing import vault
from outreach.staff import presence

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Colleague:
    """One who may have conversations of a team. `here`: the desk is open before her."""

    id: uuid.UUID
    name: str
    supervisor: bool
    here: bool
    on_shift: bool


def of_teams(
    session: Session, teams: Collection[uuid.UUID], now: datetime, *, supervisors_only: bool = False
) -> list[Colleague]:
    """Return who has been granted the key of any of these teams and may log in; who is there comes first."""
    granted = exists().where(
        KeyWrap.staff_id == Staff.id, KeyWrap.wrapped.is_not(None), KeyWrap.team_id.in_(teams)
    )
    on_shift = exists().where(Shift.staff_id == Staff.id, Shift.starts_at <= now, Shift.ends_at > now)
    roles = {Role.SUPERVISOR} if supervisors_only else vault.KEY_ROLES
    rows = session.execute(
        select(Staff.id, Staff.display_name, Staff.role, presence.at_the_desk(now), on_shift)
        .where(Staff.role.in_(roles), Staff.disabled_at.is_(None), granted)
        .order_by(Staff.display_name, Staff.id)
    )
    found = [
        Colleague(staff_id, name, role is Role.SUPERVISOR, here, shift)
        for staff_id, name, role, here, shift in rows
    ]
    return sorted(found, key=lambda one: (not one.here, not one.on_shift))


def of_case(
    session: Session, team_id: uuid.UUID, now: datetime, *, for_supervisor: bool
) -> dict[uuid.UUID, Colleague]:
    """Return who could have a case, by id; harm by the programme's own people is a supervisor's alone."""
    found = of_teams(session, {team_id}, now, supervisors_only=for_supervisor)
    return {one.id: one for one in found}
