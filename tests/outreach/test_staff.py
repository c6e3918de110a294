"""Accounts and logins: who may not enter does not learn why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, Staff, StaffSession
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def password(session: Session) -> str:
    return accounts.add(session, "Rosa", "Rosa Coordinadora", Role.COORDINATOR, NOW)


def _rosa(session: Session) -> Staff:
    found = accounts.find(session, "rosa")
    assert found is not None
    return found


def test_log_in_and_out(session: Session, password: str) -> None:
    """A login gives a token whose hash alone is stored; logging out ends it."""
    login = accounts.log_in(session, " ROSA ", password, NOW)
    assert login is not None
    identity = accounts.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    assert identity.staff.must_change_password
    raw = accounts._raw(login.token)
    assert raw is not None
    assert identity.session.token_hash == sha256(raw).digest()
    accounts.log_out(session, identity, NOW)
    assert accounts.identify(session, login.token, NOW, touch=True) is None


def test_lock_out(session: Session, password: str) -> None:
    """After five failures even the right password waits fifteen minutes."""
    for _ in range(accounts.MOST_FAILURES):
        assert accounts.log_in(session, "rosa", "no es", NOW) is None
    assert accounts.log_in(session, "rosa", password, NOW) is None
    assert accounts.log_in(session, "rosa", password, NOW + accounts.LOCK_OUT) is not None
    assert "login.locked" in session.scalars(select(AuditEvent.action)).all()


def test_unknown_user_costs_a_hash_too(
    session: Session, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: an unknown, a disabled and a mistyped user cost one verification each, and answer alike."""
    seen: list[str] = []
    verify = accounts._verify

    def counted(password_hash: str, given: str) -> bool:
        seen.append(given)
        return verify(password_hash, given)

    monkeypatch.setattr(accounts, "_verify", counted)
    assert accounts.log_in(session, "nadie", "x", NOW) is None
    assert accounts.log_in(session, "rosa", "x", NOW) is None
    accounts.disable(session, _rosa(session), NOW)
    assert accounts.log_in(session, "rosa", password, NOW) is None
    assert len(seen) == 3


def test_sessions_end(session: Session, password: str) -> None:
    """A session ends after 30 idle minutes or 12 hours; a page that refreshes itself is not activity."""
    login = accounts.log_in(session, "rosa", password, NOW)
    assert login is not None
    half = NOW + timedelta(minutes=20)
    assert accounts.identify(session, login.token, half, touch=False) is not None
    assert accounts.identify(session, login.token, NOW + accounts.IDLE, touch=True) is None
    login = accounts.log_in(session, "rosa", password, NOW)
    assert login is not None
    moment = NOW
    while moment < NOW + accounts.LONGEST:
        assert accounts.identify(session, login.token, moment, touch=True) is not None
        moment += timedelta(minutes=25)
    assert accounts.identify(session, login.token, moment, touch=True) is None


def test_disabling_ends_sessions(session: Session, password: str) -> None:
    """Who is disabled is out at once."""
    login = accounts.log_in(session, "rosa", password, NOW)
    assert login is not None
    accounts.disable(session, _rosa(session), NOW)
    assert accounts.identify(session, login.token, NOW, touch=True) is None
    assert not session.scalars(select(StaffSession)).all()


@pytest.mark.parametrize("token", ["", "x", "ñ", "A" * 43, "=" * 50])
def test_a_made_up_token_is_nobody(session: Session, token: str) -> None:
    """P10: what is not a token of ours identifies nobody and breaks nothing."""
    assert accounts.identify(session, token, NOW, touch=True) is None


@pytest.mark.parametrize("new", ["corta", "rosa rosa rosa rosa", "aaaaaaaaaaaaaaaaaa"])
def test_weak_passwords(session: Session, password: str, new: str) -> None:
    """A new password is long, varied and not her username."""
    login = accounts.log_in(session, "rosa", password, NOW)
    assert login is not None
    identity = accounts.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    with pytest.raises(accounts.StaffError):
        accounts.change_password(session, identity, password, new, NOW)


def test_usernames(session: Session, password: str) -> None:
    """A username is taken once, and has letters only."""
    for name in ("rosa", "a", "con espacio"):
        with pytest.raises(accounts.StaffError):
            accounts.add(session, name, "Otra", Role.COORDINATOR, NOW)


def test_a_coordinator_has_no_key(session: Session) -> None:
    """P4: roles other than the desk's never get a copy of the team's key, not even a place for one."""
    vault.make_team(session, "Atención")
    accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    assert vault.wrap_of(session, _rosa(session).id) is None
    assert vault.waiting(session) == []
