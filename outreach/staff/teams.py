"""Teams: an agency's own, who is in them, and a change of their keys with what it means for sessions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from models import Agency, KeyWrap, Programme, Staff, Team
from outreach.sealing import renewal, vault
from outreach.staff import audit, key_holders, sessions
from outreach.staff.accounts import StaffError
from outreach.staff.audit import Action
from outreach.texts import desk_keys as texts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.renewal import Recovery
    from outreach.staff.key_holders import Member
    from outreach.staff.sessions import Identity

LONGEST_NAME = 80


@dataclass(frozen=True)
class TeamLine:
    """A team as its page shows it; `agency` is the agency's name."""

    team: Team
    agency: str | None
    members: list[Member]
    first: bool = False

    @property
    def holders(self) -> list[Member]:
        """Those who have the key."""
        return [one for one in self.members if one.has_key]


def lines(session: Session, team_ids: Collection[uuid.UUID] | None = None) -> list[TeamLine]:
    """Return all teams, or some, the installation's first first."""
    query = select(Team, Agency.name).outerjoin(Agency, Agency.code == Team.agency)
    if team_ids is not None:
        query = query.where(Team.id.in_(team_ids))
    rows = session.execute(query.order_by(Team.created_at, Team.id)).all()
    people = key_holders.members(session, [team.id for team, _ in rows])
    first = vault.find_team(session)
    return [
        TeamLine(team, agency, people[team.id], first=first is not None and team.id == first.id)
        for team, agency in rows
    ]


def agencies(session: Session) -> list[Agency]:
    """Return the agencies that share the single list now."""
    return list(session.scalars(select(Agency).where(Agency.retired_at.is_(None)).order_by(Agency.name)))


def find(session: Session, team_id: uuid.UUID) -> Team | None:
    """Return a team, or None."""
    return session.get(Team, team_id)


def named(session: Session, team_id: str | None) -> Team | None:
    """Return the team that a form names, or None."""
    try:
        return find(session, uuid.UUID(team_id or ""))
    except ValueError:
        return None


def names_by_person(lines: Collection[TeamLine]) -> dict[uuid.UUID, list[str]]:
    """Return the names of each member's teams."""
    found: dict[uuid.UUID, list[str]] = {}
    for line in lines:
        for one in line.members:
            found.setdefault(one.staff.id, []).append(line.team.name)
    return found


def make(session: Session, name: str, agency: str | None, now: datetime, *, by: Staff | None = None) -> str:
    """Make a team for an agency, or for all; return its recovery key, shown once.

    Raises:
        StaffError: without a name, with one that is taken, or of an agency that is not there.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise StaffError(texts.TEAM_NAMELESS)
    if session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower())) is not None:
        raise StaffError(texts.TEAM_TAKEN)
    if agency and session.get(Agency, agency) is None:
        raise StaffError(texts.NO_SUCH_AGENCY)
    recovery = vault.make_team(session, name, agency=agency or None)
    audit.record(session, by.id if by else None, Action.TEAM_MADE, now)
    session.flush()
    return recovery


def put(session: Session, staff: Staff, team: Team, now: datetime, *, by: Staff | None = None) -> None:
    """Put a caseworker in a further team: she waits for its key.

    Raises:
        StaffError: hers is no role with a key, she is in it already, or has to log in once before.
    """
    if staff.role not in vault.KEY_ROLES or staff.disabled_at is not None:
        raise StaffError(texts.NO_KEY_ROLE)
    _hold(session, staff, by)
    if not vault.wraps_of(session, staff.id):
        raise StaffError(texts.LOGS_IN_FIRST)
    if not vault.join_team(session, staff, team):
        raise StaffError(texts.IN_IT_ALREADY)
    audit.record(session, by.id if by else None, Action.TEAM_JOINED, now)
    session.flush()


def take_out(session: Session, staff: Staff, team: Team, now: datetime, *, by: Staff | None = None) -> None:
    """Take a caseworker out of one of her teams: its key is gone and her sessions end.

    What she has read she has read, so its colleagues are asked to change the key.

    Raises:
        StaffError: it is her only team, or none of hers.
    """
    _hold(session, staff, by)
    own = {wrap.team_id for wrap in vault.wraps_of(session, staff.id)}
    if team.id not in own:
        raise StaffError(texts.NOT_IN_IT)
    if len(own) == 1:
        raise StaffError(texts.ONLY_TEAM)
    key_holders.note_leaving(session, staff.id, now, team=team.id)
    vault.leave_team(session, staff, team)
    sessions.end_all(session, staff, now)
    audit.record(session, by.id if by else None, Action.TEAM_LEFT, now)
    session.flush()


def give_key(session: Session, identity: Identity, staff_id: uuid.UUID, now: datetime) -> bool:
    """Give a colleague the keys of those of her teams that are on one's ring; say whether any was given.

    Where none was, nothing of it is to be committed.
    """
    audit.hold(session, identity.staff.id)
    audit.record(session, identity.staff.id, Action.KEY_GRANTED, now)
    try:
        return vault.grant(session, identity.private_key or b"", staff_id)
    except vault.UnsealError:
        return False  # a colleague changed the key in this moment


def recover_key(session: Session, staff: Staff, typed: str, now: datetime) -> bool:
    """Take the key of a team of one's own by its recovery key, as `give_key`.

    Raises:
        RecoveryKeyError: mistyped.
        WrongRecoveryKeyError: of no team.
    """
    audit.hold(session, staff.id)
    audit.record(session, staff.id, Action.KEY_RECOVERED, now)
    return vault.grant_with_recovery_key(session, typed, staff.id)


def served(session: Session) -> list[tuple[uuid.UUID, str, uuid.UUID | None]]:
    """Return every programme with its team, where it names one."""
    rows = session.execute(select(Programme.id, Programme.name, Programme.team_id).order_by(Programme.name))
    return [(programme_id, name, team_id) for programme_id, name, team_id in rows]


def serve(
    session: Session, programme_id: uuid.UUID, team: Team | None, now: datetime, *, by: Staff | None = None
) -> bool:
    """Let the cases of a programme that begin from now on go to a team; say whether it is there.

    Without a team they go to the first. It decides who reads what women tell, so it is recorded.

    Raises:
        StaffError: nobody has the team's key, so nobody would read them.
    """
    if team is not None and not key_holders.count(session, team=team.id):
        raise StaffError(texts.NOBODY_HAS_IT)
    changed = session.execute(
        update(Programme)
        .where(Programme.id == programme_id)
        .values(team_id=team.id if team else None)
        .returning(Programme.id)
    )
    if changed.first() is None:
        return False
    audit.record(session, by.id if by else None, Action.TEAM_SERVES, now)
    session.flush()
    return True


def change_key(
    session: Session, identity: Identity, token: str, team_id: uuid.UUID, recovery: Recovery, now: datetime
) -> None:
    """Change the key of one of her teams.

    Her session has the new one; her colleagues' sessions are locked, and password and code give it to them.

    Raises:
        KeyChangedError: somebody changed it before.
    """
    keyring = renewal.change_key(session, identity.private_key or b"", team_id, recovery)
    sessions.give_key(identity.session, token, keyring)
    others = select(KeyWrap.staff_id).where(KeyWrap.team_id == team_id, KeyWrap.staff_id.is_not(None))
    sessions.lock_all(session, [one for one in session.scalars(others) if one], now, besides=identity)
    audit.record(session, identity.staff.id, Action.TEAM_KEY_CHANGED, now)
    session.flush()


def change_recovery(
    session: Session, identity: Identity, team_id: uuid.UUID, recovery: Recovery, now: datetime
) -> None:
    """Give one of her teams a new recovery key; that of before opens nothing any more.

    Raises:
        KeyChangedError: somebody changed the team's key before.
    """
    audit.hold(session, identity.staff.id)
    renewal.change_recovery(session, identity.private_key or b"", team_id, recovery)
    audit.record(session, identity.staff.id, Action.TEAM_RECOVERY_MADE, now)
    session.flush()


def _hold(session: Session, staff: Staff, by: Staff | None) -> None:
    audit.hold(session, staff.id, *([by.id] if by else []))
