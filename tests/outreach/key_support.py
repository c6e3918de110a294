"""What tests of teams' keys share: people with a login, and rows in every table that is sealed to a team."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from at_desk import log_in
from sqlalchemy import Date, DateTime, Integer, LargeBinary, insert

from models import Case, Role, SessionStep, Staff
from outreach.casework.case_state import CaseState, write_state
from outreach.sealing import reseal, vault
from outreach.staff import accounts, sessions, teams

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Team
    from outreach.sealing.crypto import PersonalKey
    from outreach.sealing.renewal import Recovery
    from outreach.staff.sessions import Identity

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


class Person:
    """Somebody of the desk with a password and, once she has logged in, a session."""

    def __init__(
        self,
        session: Session,
        key: PersonalKey,
        name: str,
        recovery: str | None,
        role: Role = Role.CASEWORKER,
    ) -> None:
        self.session, self.key, self.name = session, key, name
        self.password = accounts.add(session, name, name.title(), role, NOW)
        found = accounts.find(session, name)
        assert found is not None
        self.staff: Staff = found
        if recovery is not None:
            vault.grant_with_recovery_key(session, recovery, found.id)
        self.token = ""

    def logs_in(self) -> bool:
        """Log in, with what comes first done; say whether it went well."""
        login = log_in(self.session, self.key, self.name, self.password, NOW)
        self.token = login.token if login else ""
        identity = self.identity()
        if identity is not None:
            identity.session.step = SessionStep.OPEN
            self.session.flush()
        return login is not None

    def identity(self) -> Identity | None:
        """Return who is asking with her cookie."""
        return sessions.identify(self.session, self.token, NOW, touch=False)

    def ring(self) -> bytes:
        """Return the keyring of a login of now."""
        ring = vault.unlock(self.session, self.staff, self.password)
        assert ring is not None
        return ring

    def changes_key(self, team: Team, recovery: Recovery) -> None:
        """Change the key of her team."""
        identity = self.identity()
        assert identity is not None
        teams.change_key(self.session, identity, self.token, team.id, recovery, NOW)


def make_case(session: Session, key: PersonalKey, team: Team) -> Case:
    """Add a bare case of a team."""
    case = Case(id=uuid.uuid4(), team_id=team.id, is_open=True, state_cipher=b"")
    case.subject_sealed = vault.seal(
        team.public_key, {"conversation_id": str(uuid.uuid4()), "about": "other"}
    )
    write_state(key, case, CaseState(opened_at=NOW.isoformat(), urgency="support", entries=0))
    session.add(case)
    session.flush()
    return case


def fill(session: Session, team: Team, case: Case, staff: Staff, each: int) -> int:
    """Add rows to every table that is sealed to a team, whatever its columns; return how many values."""
    tables = {one.table for one in reseal.columns()} - {Case.__table__}
    for table in tables:
        rows = []
        for number in range(1, each + 1):
            row: dict[str, Any] = {"id": uuid.uuid4()}
            for column in table.columns:
                known = {"team_id": team.id, "case_id": case.id, "staff_id": staff.id}
                if column.name in known:
                    row[column.name] = known[column.name]
                elif column.name.endswith(reseal.ENDING):
                    row[column.name] = vault.seal(team.public_key, {"n": number, "of": table.name})
                elif column.name not in row and not column.nullable:
                    row[column.name] = _some(column.type, number)
            rows.append(row)
        session.execute(insert(table), rows)
    session.flush()
    return sum(each for one in reseal.columns() if one.table in tables)


def _some(kind: object, number: int) -> object:
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, DateTime):
        return datetime(2026, 11, 23, number % 24, tzinfo=UTC)
    if isinstance(kind, LargeBinary):
        return b"locked"
    return date(2026, 11, 23) if isinstance(kind, Date) else str(number)
