"""Who has which team's key, who waits for one, and who left with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from models import FormerKey, KeyLeaver, KeyWrap, Staff
from outreach.sealing import vault

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_ABLE = (Staff.disabled_at.is_(None), Staff.role.in_(vault.KEY_ROLES))


@dataclass(frozen=True)
class Member:
    """Somebody of a team: she has its key, or waits for it. `code` is what she reads to a colleague."""

    staff: Staff
    has_key: bool
    code: str


@dataclass(frozen=True)
class Leaver:
    """Somebody who had a team's key and left before it was changed."""

    staff: Staff
    left_at: datetime


def everyone(session: Session) -> frozenset[uuid.UUID]:
    """Return who has been granted any team's key."""
    granted = select(KeyWrap.staff_id).where(KeyWrap.wrapped.is_not(None), KeyWrap.staff_id.is_not(None))
    return frozenset(staff_id for staff_id in session.scalars(granted) if staff_id is not None)


def opened_by(session: Session, staff_id: uuid.UUID, keyring: bytes) -> frozenset[uuid.UUID]:
    """Return those of her teams whose key is on a ring: one that she was given since is at her next login."""
    return vault.teams_of(session, staff_id) & vault.owners_of(session, keyring).keys()


def members(session: Session, team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Member]]:
    """Return the enabled members of some teams, by name."""
    query = (
        select(KeyWrap, Staff)
        .join(Staff, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.team_id.in_(team_ids), *_ABLE)
        .order_by(Staff.display_name, Staff.id)
    )
    found: dict[uuid.UUID, list[Member]] = {team_id: [] for team_id in team_ids}
    for wrap, staff in session.execute(query):
        found[wrap.team_id].append(Member(staff, wrap.wrapped is not None, vault.code(wrap)))
    return found


def count(session: Session, *, besides: uuid.UUID | None = None, team: uuid.UUID | None = None) -> int:
    """Count the enabled caseworkers who can open cases (of one team), leaving one of them out."""
    query = (
        select(func.count(func.distinct(Staff.id)))
        .select_from(KeyWrap)
        .join(Staff, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_not(None), *_ABLE)
    )
    if besides is not None:
        query = query.where(Staff.id != besides)
    if team is not None:
        query = query.where(KeyWrap.team_id == team)
    return session.scalar(query) or 0


def last_of(session: Session) -> frozenset[uuid.UUID]:
    """Return who is the only one left with the key of some team."""
    query = (
        select(KeyWrap.team_id, KeyWrap.staff_id)
        .join(Staff, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_not(None), *_ABLE)
    )
    by_team: dict[uuid.UUID, list[uuid.UUID | None]] = {}
    for team_id, staff_id in session.execute(query):
        by_team.setdefault(team_id, []).append(staff_id)
    return frozenset(staff[0] for staff in by_team.values() if len(staff) == 1 and staff[0])


def waiting(session: Session, *, teams: Collection[uuid.UUID] | None = None) -> list[tuple[Staff, KeyWrap]]:
    """Return the enabled caseworkers who wait for a key (of some teams)."""
    query = (
        select(Staff, KeyWrap)
        .join(KeyWrap, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_(None), *_ABLE)
        .order_by(Staff.display_name)
    )
    if teams is not None:
        query = query.where(KeyWrap.team_id.in_(teams))
    return [(staff, wrap) for staff, wrap in session.execute(query)]


def wanted(session: Session, me: Staff) -> int:
    """Count what a key holder is asked for, in one statement.

    Colleagues who wait for a key of hers, people who left with one, and keys whose change is not finished.
    """
    own = select(KeyWrap.team_id).where(KeyWrap.staff_id == me.id, KeyWrap.wrapped.is_not(None))
    colleagues = (
        select(func.count(func.distinct(KeyWrap.staff_id)))
        .join(Staff, Staff.id == KeyWrap.staff_id)
        .where(KeyWrap.wrapped.is_(None), KeyWrap.team_id.in_(own), Staff.id != me.id, *_ABLE)
    )
    left = select(func.count(KeyLeaver.id)).where(KeyLeaver.team_id.in_(own), ~_again())
    unfinished = select(func.count(func.distinct(FormerKey.team_id))).where(FormerKey.team_id.in_(own))
    parts = [one.scalar_subquery() for one in (colleagues, left, unfinished)]
    return session.scalar(select(parts[0] + parts[1] + parts[2])) or 0


def leavers(session: Session, team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Leaver]]:
    """Return who left some teams with their key and has not been given it again; the last first."""
    query = (
        select(KeyLeaver, Staff)
        .join(Staff, Staff.id == KeyLeaver.staff_id)
        .where(KeyLeaver.team_id.in_(team_ids), ~_again())
        .order_by(KeyLeaver.left_at.desc())
    )
    found: dict[uuid.UUID, list[Leaver]] = {team_id: [] for team_id in team_ids}
    for row, staff in session.execute(query):
        found[row.team_id].append(Leaver(staff, row.left_at))
    return found


def note_leaving(
    session: Session, staff_id: uuid.UUID, now: datetime, *, team: uuid.UUID | None = None
) -> None:
    """Note that somebody leaves with the keys that she was granted (of one team); before they are taken."""
    for team_id in vault.teams_of(session, staff_id):
        if team in {None, team_id}:
            row = insert(KeyLeaver).values(team_id=team_id, staff_id=staff_id, left_at=now)
            session.execute(
                row.on_conflict_do_update(
                    index_elements=["team_id", "staff_id"], set_={"left_at": row.excluded.left_at}
                )
            )


def _again() -> ColumnElement[bool]:
    """Whether somebody who left was given the key again."""
    wrap = aliased(KeyWrap)
    return exists().where(
        wrap.team_id == KeyLeaver.team_id, wrap.staff_id == KeyLeaver.staff_id, wrap.wrapped.is_not(None)
    )
