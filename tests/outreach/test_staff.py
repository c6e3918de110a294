"""Accounts and logins: who may not enter does not learn why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from at_desk import log_in
from sqlalchemy import select

from models import AuditEvent, Role, Shift, Staff, StaffSession, Throttle
from outreach.sealing import vault
from outreach.staff import accounts, devices, key_holders, limits, logins, presence, sessions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def password(session: Session) -> str:
    return accounts.add(session, "Rosa", "Rosa Coordinadora", Role.COORDINATOR, NOW)


def _rosa(session: Session) -> Staff:
    found = accounts.find(session, "rosa")
    assert found is not None
    return found


def test_log_in_and_out(session: Session, key: PersonalKey, password: str) -> None:
    """A login gives a token whose hash alone is stored; logging out ends it."""
    login = log_in(session, key, " ROSA ", password, NOW)
    assert login is not None
    identity = sessions.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    assert identity.staff.must_change_password
    raw = sessions._raw(login.token)
    assert raw is not None
    assert identity.session.token_hash == sha256(raw).digest()
    sessions.log_out(session, identity, NOW)
    assert sessions.identify(session, login.token, NOW, touch=True) is None


def test_lock_out(session: Session, key: PersonalKey, password: str) -> None:
    """After five wrong ones from an address even the right password waits there, for fifteen minutes."""
    for _ in range(logins.PAIR.most):
        assert log_in(session, key, "rosa", "no es", NOW) is None
    assert log_in(session, key, "rosa", password, NOW) is None
    assert log_in(session, key, "rosa", password, NOW + logins.PAIR.window) is not None
    locked = session.scalars(select(AuditEvent).where(AuditEvent.action == "login.locked")).all()
    assert len(locked) == 1


def test_nobody_elsewhere_locks_her_out(session: Session, key: PersonalKey, password: str) -> None:
    """A10: whoever types wrong passwords from another address takes nothing from her."""
    for _ in range(3 * logins.PAIR.most):
        log_in(session, key, "rosa", "no es", NOW, address="203.0.113.9")
    later = NOW + logins.ACCOUNT.window
    assert log_in(session, key, "rosa", password, later, address="198.51.100.4") is not None


def test_a_known_browser_has_its_own_budget(session: Session, key: PersonalKey, password: str) -> None:
    """A10: however many addresses guess at once, she enters from where she has entered before."""
    first = log_in(session, key, "rosa", password, NOW)
    assert first is not None
    for i in range(60):
        log_in(session, key, "rosa", "no es", NOW, address=f"203.0.113.{i}")
        log_in(session, key, "rosa", "no es", NOW)
    assert log_in(session, key, "rosa", password, NOW) is None
    assert log_in(session, key, "rosa", password, NOW, device=first.device) is not None
    for _ in range(logins.DEVICE.most):
        assert log_in(session, key, "rosa", "no es", NOW, device=first.device) is None
    assert log_in(session, key, "rosa", password, NOW, device=first.device) is None


def test_guessing_from_many_addresses_is_slow(session: Session, key: PersonalKey, password: str) -> None:
    """From browsers that are not known an account takes ten tries a minute, whatever the addresses."""
    for i in range(logins.ACCOUNT.most):
        log_in(session, key, "rosa", "no es", NOW, address=f"203.0.113.{i}")
    assert log_in(session, key, "rosa", password, NOW, address="203.0.113.99") is None


def test_one_address_tries_many_accounts(session: Session, key: PersonalKey, password: str) -> None:
    """An address has thirty tries, whatever the accounts; entering as oneself does not give them back."""
    for i in range(logins.ADDRESS.most - 1):
        log_in(session, key, f"nadie{i}", "no es", NOW)
    assert log_in(session, key, "rosa", password, NOW) is not None
    log_in(session, key, "nadie", "no es", NOW)
    assert log_in(session, key, "rosa", password, NOW) is None


@pytest.mark.parametrize(
    "cookie", ["x", "1.2.3", "9" * 400, "739000." + "a" * 32, "739000." + "a" * 32 + "." + "b" * 32]
)
def test_a_made_up_device_is_not_known(
    session: Session, key: PersonalKey, password: str, cookie: str
) -> None:
    """A10: a device cookie that we did not give has no budget."""
    for i in range(logins.ACCOUNT.most):
        log_in(session, key, "rosa", "no es", NOW, address=f"203.0.113.{i}")
    assert log_in(session, key, "rosa", password, NOW, device=cookie) is None


def test_a_device_is_of_one_account_at_a_time(session: Session, key: PersonalKey, password: str) -> None:
    """A browser knows the accounts that entered there, and no other; after half a year it is forgotten."""
    rosa = log_in(session, key, "rosa", password, NOW)
    assert rosa is not None
    other = accounts.add(session, "eva", "Eva", Role.COORDINATOR, NOW)
    both = log_in(session, key, "eva", other, NOW, device=rosa.device)
    assert both is not None
    eva = accounts.find(session, "eva")
    assert eva is not None
    first, second = devices.read(rosa.device), devices.read(both.device)
    assert first is not None
    assert second is not None
    today = NOW.date()
    assert not first.knows(key, eva.id, today)
    assert second.knows(key, eva.id, today)
    assert second.knows(key, rosa.staff.id, today)
    assert not second.knows(key, rosa.staff.id, today + timedelta(days=181))


def test_addresses_are_counted_by_network() -> None:
    """One IPv6 customer has a whole /64; what is no address is one address for all."""
    assert limits.network("2001:db8::1") == limits.network("2001:db8::ffff:1")
    assert limits.network("2001:db8::1") != limits.network("2001:db8:0:1::1")
    assert limits.network("192.0.2.1") != limits.network("192.0.2.2")
    assert limits.network("") == limits.network("x")


def test_the_limits_store_nobody(session: Session, key: PersonalKey, password: str) -> None:
    """Neither a username nor an address stands in the table of limits, and old rows go."""
    log_in(session, key, "rosa", "no es", NOW)
    rows = session.scalars(select(Throttle)).all()
    assert len(rows) == 3
    assert all(len(row.key_hash) == 32 for row in rows)
    log_in(session, key, "otra", "no es", NOW + timedelta(days=2))
    session.expire_all()
    assert len(session.scalars(select(Throttle)).all()) == 3


def test_reset_while_the_password_is_checked(session: Session, key: PersonalKey, password: str) -> None:
    """A password that was reset, or an account disabled, between the steps of a login opens nothing."""
    attempt = logins.begin(session, key, "rosa", logins.Origin("192.0.2.1"), NOW)
    proof = logins.prove(attempt, password)
    assert proof.right
    accounts.reset(session, _rosa(session), NOW)
    assert logins.finish(session, key, attempt, proof, NOW) is None


def test_changing_the_password_counts_failures(session: Session, key: PersonalKey, password: str) -> None:
    """F16b: at a screen left open nobody guesses the password on and on."""
    for _ in range(accounts.CURRENT.most):
        accounts.try_current(session, key, _rosa(session), NOW)
    with pytest.raises(accounts.StaffError):
        accounts.try_current(session, key, _rosa(session), NOW)
    accounts.try_current(session, key, _rosa(session), NOW + accounts.CURRENT.window)


def test_another_role(session: Session, key: PersonalKey, password: str) -> None:
    """Who leaves the desk's roles loses session, shift and key; who enters them waits for the key."""
    vault.make_team(session, "Atención")
    rosa = _rosa(session)
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    accounts.change_role(session, rosa, Role.CASEWORKER, NOW)
    assert sessions.identify(session, login.token, NOW, touch=True) is None
    assert log_in(session, key, "rosa", password, NOW) is not None
    assert vault.wrap_of(session, rosa.id) is not None
    session.add(Shift(staff_id=rosa.id, starts_at=NOW, ends_at=NOW + timedelta(hours=8)))
    session.flush()
    accounts.change_role(session, rosa, Role.COORDINATOR, NOW)
    assert vault.wrap_of(session, rosa.id) is None
    assert session.scalars(select(Shift.ends_at)).one() == NOW


@pytest.mark.parametrize("way", ["log_out", "reset", "disable", "role", "idle", "expired"])
def test_a_shift_ends_with_the_session(session: Session, key: PersonalKey, way: str) -> None:
    """P8: leaving, reset, disabling, another role, idleness and the end of the session end the shift."""
    recovery = vault.make_team(session, "Atención")
    password = accounts.add(session, "ana", "Ana", Role.CASEWORKER, NOW)
    ana = accounts.find(session, "ana")
    assert ana is not None
    vault.grant_with_recovery_key(session, recovery, ana.id)
    login = log_in(session, key, "ana", password, NOW)
    assert login is not None
    identity = sessions.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    session.add(Shift(staff_id=ana.id, starts_at=NOW, ends_at=NOW + timedelta(days=1)))
    session.flush()
    end = NOW + timedelta(hours=1)
    match way:
        case "log_out":
            sessions.log_out(session, identity, end)
        case "reset":
            accounts.reset(session, ana, end)
        case "disable":
            accounts.disable(session, ana, end)
        case "role":
            accounts.change_role(session, ana, Role.ADMINISTRATOR, end)
        case "idle":
            assert sessions.identify(session, login.token, end, touch=True) is None
        case _:
            identity.session.last_seen_at = end = NOW + sessions.LONGEST
            assert sessions.identify(session, login.token, end, touch=True) is None
    session.expire_all()
    assert session.scalars(select(Shift.ends_at)).one() == end


def test_unknown_user_costs_a_hash_too(
    session: Session, key: PersonalKey, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: an unknown, a disabled and a mistyped user cost one verification each, and answer alike."""
    seen: list[str] = []
    verify = accounts.verify

    def counted(password_hash: str, given: str) -> bool:
        seen.append(given)
        return verify(password_hash, given)

    monkeypatch.setattr(accounts, "verify", counted)
    assert log_in(session, key, "nadie", "x", NOW) is None
    assert log_in(session, key, "rosa", "x", NOW) is None
    accounts.disable(session, _rosa(session), NOW)
    assert log_in(session, key, "rosa", password, NOW) is None
    assert len(seen) == 3


def test_sessions_end(session: Session, key: PersonalKey, password: str) -> None:
    """A session ends after 30 idle minutes or 12 hours; a page that refreshes itself is not activity."""
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    half = NOW + timedelta(minutes=20)
    assert sessions.identify(session, login.token, half, touch=False) is not None
    assert sessions.identify(session, login.token, NOW + presence.IDLE, touch=True) is None
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    moment = NOW
    while moment < NOW + sessions.LONGEST:
        assert sessions.identify(session, login.token, moment, touch=True) is not None
        moment += timedelta(minutes=25)
    assert sessions.identify(session, login.token, moment, touch=True) is None


def test_disabling_ends_sessions(session: Session, key: PersonalKey, password: str) -> None:
    """Who is disabled is out at once."""
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    accounts.disable(session, _rosa(session), NOW)
    assert sessions.identify(session, login.token, NOW, touch=True) is None
    assert not session.scalars(select(StaffSession)).all()


@pytest.mark.parametrize("token", ["", "x", "ñ", "A" * 43, "=" * 50])
def test_a_made_up_token_is_nobody(session: Session, token: str) -> None:
    """P10: what is not a token of ours identifies nobody and breaks nothing."""
    assert sessions.identify(session, token, NOW, touch=True) is None


@pytest.mark.parametrize("new", ["corta", "rosa rosa rosa rosa", "aaaaaaaaaaaaaaaaaa", "teamomucho123"])
def test_weak_passwords(session: Session, key: PersonalKey, password: str, new: str) -> None:
    """A new password is long, hard to guess and not her name; not the old one either."""
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    identity = sessions.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    for text in (new, password):
        with pytest.raises(accounts.StaffError):
            accounts.change_password(session, identity, password, text, NOW)


def test_usernames(session: Session, key: PersonalKey, password: str) -> None:
    """A username is taken once, and has letters only."""
    for name in ("rosa", "a", "con espacio"):
        with pytest.raises(accounts.StaffError):
            accounts.add(session, name, "Otra", Role.COORDINATOR, NOW)


def test_a_coordinator_has_no_key(session: Session) -> None:
    """P4: roles other than the desk's never get a copy of the team's key, not even a place for one."""
    vault.make_team(session, "Atención")
    accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    assert vault.wrap_of(session, _rosa(session).id) is None
    assert key_holders.waiting(session) == []
