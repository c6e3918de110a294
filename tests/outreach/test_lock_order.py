"""Steps of an account beside a change of the key, and beside a login: one waits, neither is refused.

Each step is stopped before its event is recorded, which is when it asks for the lock on who acts, until the
other transaction waits for something of it or is through.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from at_desk import sit_down
from codes import CodesApp
from desk_steps import NOW, Desk
from sqlalchemy import text

from models import Role, Team
from outreach.sealing import renewal
from outreach.staff import accounts, audit, factors, presence, sessions, teams
from outreach.staff.sessions import Identity

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from models import StaffSession
    from outreach.sealing.crypto import PersonalKey

BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Beside:
    """Marta with two logins, and a second transaction that runs into her step."""

    def __init__(self, session: Session, key: PersonalKey, sessions: sessionmaker[Session]) -> None:
        self.session, self.key, self.sessions = session, key, sessions
        self.desk = Desk(session, key)
        self.marta = self.desk.marta.staff
        self.here, self.elsewhere = (sit_down(session, self.marta, NOW) for _ in range(2))
        self.identity = Identity(self.marta, self.here, self.desk.marta.private_key)
        lucia = self.desk.lucia
        self.colleague = Identity(lucia.staff, sit_down(session, lucia.staff, NOW), lucia.private_key)
        self.app = CodesApp(factors.begin(session, key, self.marta, NOW).secret)
        self.recovery, self.others = renewal.Recovery.make(), renewal.Recovery.make()
        self.raised: list[BaseException] = []
        self._other = threading.Thread()

    def runs_into(self, other: Callable[[Session], object], patch: pytest.MonkeyPatch) -> None:
        """Let another transaction begin as the step is about to be recorded."""
        self.session.commit()
        record, mine = audit.record, threading.get_ident()
        self._other = threading.Thread(target=self._run, args=(other,))

        def slow(session: Session, who: uuid.UUID | None, action: audit.Action, now: datetime) -> None:
            if threading.get_ident() == mine and not self._other.ident:
                self._other.start()
                self._wait()
            record(session, who, action, now)

        patch.setattr(audit, "record", slow)

    def _run(self, other: Callable[[Session], object]) -> None:
        try:
            with self.sessions.begin() as session:
                other(session)
        except Exception as error:  # noqa: BLE001 (it is what the test looks at)
            self.raised.append(error)

    def _wait(self) -> None:
        with self.sessions() as looking:
            for _ in range(100):
                looking.rollback()
                if not self._other.is_alive() or looking.scalar(BLOCKED):
                    return
                time.sleep(0.05)

    def both_end(self) -> None:
        """Commit the step; then the other goes on."""
        self.session.commit()
        self._other.join(30)
        assert self.raised == []

    def changes_the_key(self, session: Session) -> None:
        """Lucia changes the key of their team."""
        changed = renewal.change_key(
            session, self.colleague.private_key or b"", self.desk.team_id, self.others
        )
        assert changed
        sessions.lock_all(session, [self.marta.id], NOW, besides=self.colleague)
        audit.record(session, self.colleague.staff.id, audit.Action.TEAM_KEY_CHANGED, NOW)

    def looks_at_a_code(self, session: Session) -> None:
        """Somebody logs in as Marta and types a code."""
        marta = accounts.by_id(session, self.marta.id)
        assert marta is not None
        session.refresh(marta, with_for_update=True)
        factors.check(session, self.key, marta, "000000", NOW)


def _ends_another(beside: Beside) -> None:
    assert sessions.end_own(beside.session, beside.identity, beside.elsewhere.id, NOW)


def _leaves(beside: Beside) -> None:
    sessions.log_out(beside.session, beside.identity, NOW)


def _renews_the_recovery_key(beside: Beside) -> None:
    teams.change_recovery(beside.session, beside.identity, beside.desk.team_id, beside.recovery, NOW)


def _confirms_a_phone(beside: Beside) -> None:
    assert factors.confirm(beside.session, beside.key, beside.marta, beside.app.code(NOW), NOW)


def _gives_up_her_phone(beside: Beside) -> None:
    beside.marta.role = Role.COORDINATOR
    beside.session.commit()
    accounts.give_up_factor(beside.session, beside.marta, NOW)


@pytest.fixture
def beside(session: Session, key: PersonalKey, sessions: sessionmaker[Session]) -> Beside:
    return Beside(session, key, sessions)


@pytest.mark.parametrize("step", [_ends_another, _leaves, _renews_the_recovery_key])
def test_beside_a_change_of_the_key(
    beside: Beside, step: Callable[[Beside], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.runs_into(beside.changes_the_key, monkeypatch)
    step(beside)
    team = beside.session.get_one(Team, beside.desk.team_id, populate_existing=True)
    before = bytes(team.public_key)
    beside.both_end()
    beside.session.refresh(team)
    assert bytes(team.public_key) != before, "the other one went through too"


@pytest.mark.parametrize("step", [_confirms_a_phone, _gives_up_her_phone])
def test_beside_a_login(
    beside: Beside, step: Callable[[Beside], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.runs_into(beside.looks_at_a_code, monkeypatch)
    step(beside)
    beside.both_end()


def test_idle_sessions_are_locked_past_one_that_is_held(
    beside: Beside, sessions: sessionmaker[Session]
) -> None:
    """A change of the key holds one of them: the others are locked, and nothing waits for it."""
    beside.session.commit()
    later = NOW + presence.LOCK_AFTER
    with sessions.begin() as other:
        held = _locked(other, beside.elsewhere)
        assert held.key_wrapped is not None
        with sessions.begin() as tick:
            assert presence.lock_idle(tick, later) == 2
    with sessions.begin() as tick:
        assert presence.lock_idle(tick, later) == 1
    assert _times(beside) == [later, later, later]


def _locked(session: Session, row: StaffSession) -> StaffSession:
    return session.get_one(type(row), row.id, with_for_update=True)


def _times(beside: Beside) -> list[datetime | None]:
    rows = (beside.here, beside.elsewhere, beside.colleague.session)
    for row in rows:
        beside.session.refresh(row)
    return [row.locked_at for row in rows]
