"""A key that is given while a colleague changes it: one waits for the other, and neither is refused."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from at_desk import sit_down
from desk_steps import NOW, Desk
from sqlalchemy import select, text

from models import AuditEvent, Role
from outreach.sealing import renewal, vault
from outreach.staff import accounts, teams
from outreach.staff.sessions import Identity

if TYPE_CHECKING:
    import uuid

    import pytest
    from sqlalchemy.orm import Session, sessionmaker

    from models import Team
    from outreach.sealing.crypto import PersonalKey

BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def _gives(sessions: sessionmaker[Session], by: Identity, to: uuid.UUID, went: list[bool]) -> None:
    with sessions.begin() as session:
        given = teams.give_key(session, by, to, NOW)
        if not given:
            session.rollback()
    went.append(given)


def test_given_while_it_is_changed(
    session: Session, key: PersonalKey, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change has the people locked already: who gives waits, and gives nothing of the key of before."""
    desk = Desk(session, key)
    accounts.add(session, "nora", "Nora", Role.CASEWORKER, NOW)
    nora = accounts.find(session, "nora")
    assert nora is not None
    recovery, marta = renewal.Recovery.make(), desk.marta.staff
    by = Identity(marta, sit_down(session, marta, NOW), desk.marta.private_key)
    session.commit()
    went: list[bool] = []
    giving = threading.Thread(target=_gives, args=(sessions, by, nora.id, went))
    locked = renewal._locked

    def slow(own: Session, team_id: uuid.UUID) -> Team:
        giving.start()
        with sessions() as looking:
            for _ in range(100):
                looking.rollback()
                if went or looking.scalar(BLOCKED):
                    break
                time.sleep(0.05)
        return locked(own, team_id)

    monkeypatch.setattr(renewal, "_locked", slow)
    renewal.change_key(session, desk.lucia.private_key, desk.team_id, recovery)
    session.commit()
    giving.join(30)
    assert went == [False]
    assert vault.teams_of(session, nora.id) == frozenset()
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "key.granted")) is None
