"""The second factor: what a code is worth, and for how long."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from at_desk import log_in
from codes import CodesApp
from sqlalchemy import select

from models import AuditEvent, RecoveryCode, Role, SecondFactor, SessionStep, Staff, StaffSession
from outreach.sealing import vault
from outreach.staff import accounts, conduct, factors, logins, presence, sessions
from outreach.staff.logins import Origin

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.logins import Login
    from outreach.staff.sessions import Identity

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PERIOD = timedelta(seconds=30)
HERE = Origin("192.0.2.1")


@pytest.fixture
def password(session: Session, recovery_key: str) -> str:
    """Add a caseworker with the team's key; return her password."""
    made = accounts.add(session, "lucia", "Lucía Prueba", Role.CASEWORKER, NOW)
    vault.grant_with_recovery_key(session, recovery_key, _lucia(session).id)
    conduct.agree(session, _lucia(session), NOW)
    return made


@pytest.fixture
def app(session: Session, key: PersonalKey, password: str) -> CodesApp:
    """Let her phone learn the codes of her account, a while ago."""
    made = CodesApp(factors.begin(session, key, _lucia(session), NOW - 4 * PERIOD).secret)
    before = NOW - 4 * PERIOD
    assert factors.confirm(session, key, _lucia(session), made.code(before), before) is not None
    return made


def _lucia(session: Session) -> Staff:
    found = accounts.find(session, "lucia")
    assert found is not None
    return found


def _half(session: Session, key: PersonalKey, password: str, **origin: str) -> Identity:
    login = log_in(session, key, "lucia", password, NOW, **origin)
    assert login is not None
    assert login.step is SessionStep.CODE
    half = sessions.identify(session, login.token, NOW, touch=False, half=True)
    assert half is not None
    return half


def _enter(session: Session, key: PersonalKey, password: str, code: str) -> Login | None:
    return logins.complete(session, key, _half(session, key, password), code, HERE, NOW)


def test_a_code_is_good_once(session: Session, key: PersonalKey, app: CodesApp) -> None:
    """P10: a code that was used, and every older one, is worth nothing; a phone may be 30 seconds off."""
    lucia = _lucia(session)
    totp = pyotp.TOTP(app.secret)
    assert factors.check(session, key, lucia, totp.at(NOW), NOW)
    assert not factors.check(session, key, lucia, totp.at(NOW), NOW)
    assert not factors.check(session, key, lucia, totp.at(NOW - PERIOD), NOW)
    assert factors.check(session, key, lucia, totp.at(NOW + PERIOD), NOW)
    later = NOW + 10 * PERIOD
    assert not factors.check(session, key, lucia, totp.at(later - 2 * PERIOD), later)
    assert not factors.check(session, key, lucia, totp.at(later + 2 * PERIOD), later)
    assert factors.check(session, key, lucia, totp.at(later - PERIOD), later)


@pytest.mark.parametrize("typed", ["{}{} {}{}", " {}{}{}{} "])
def test_a_code_is_read_as_people_type_it(
    session: Session, key: PersonalKey, app: CodesApp, typed: str
) -> None:
    """Spaces do not count."""
    code = app.code(NOW)
    given = typed.format(code[:2], code[2:3], code[3:4], code[4:])
    assert factors.check(session, key, _lucia(session), given, NOW)


@pytest.mark.parametrize("typed", ["", "000 00", "1234567", "ñandu!", "\uff11" * 6, "a" * 40])
def test_what_is_no_code_is_refused(session: Session, key: PersonalKey, app: CodesApp, typed: str) -> None:
    """P10: anything else is wrong and breaks nothing."""
    assert not factors.check(session, key, _lucia(session), typed, NOW)


def test_a_recovery_code_is_good_once(session: Session, key: PersonalKey, app: CodesApp) -> None:
    """Each code on paper opens once, however it is typed, for its owner alone; new ones end the old."""
    lucia = _lucia(session)
    codes = factors.new_recovery_codes(session, key, lucia)
    assert len(set(codes)) == factors.codes_left(session, lucia.id) == 10
    assert factors.check(session, key, lucia, codes[0].upper().replace("-", " "), NOW)
    assert not factors.check(session, key, lucia, codes[0], NOW)
    misread = codes[1].replace("o", "0").replace("l", "1").replace("b", "8")
    assert factors.check(session, key, lucia, misread, NOW)
    assert factors.codes_left(session, lucia.id) == 8
    accounts.add(session, "marta", "Marta", Role.CASEWORKER, NOW)
    marta = accounts.find(session, "marta")
    assert marta is not None
    other = CodesApp(factors.begin(session, key, marta, NOW).secret)
    assert factors.confirm(session, key, marta, other.code(NOW), NOW)
    assert not factors.check(session, key, marta, codes[2], NOW)
    factors.new_recovery_codes(session, key, lucia)
    assert not factors.check(session, key, lucia, codes[3], NOW)
    used = session.scalars(select(AuditEvent).where(AuditEvent.action == "factor.recovery_used")).all()
    assert [event.staff_id for event in used] == [lucia.id] * 2


def test_neither_secret_nor_code_is_stored_plain(session: Session, key: PersonalKey, app: CodesApp) -> None:
    """A thief with the database has no code: the secret is encrypted, recovery codes are keyed hashes."""
    codes = factors.new_recovery_codes(session, key, _lucia(session))
    row = session.scalars(select(SecondFactor)).one()
    assert row.secret_cipher is not None
    assert app.secret.encode() not in row.secret_cipher
    kept = b"".join(session.scalars(select(RecoveryCode.code_hash)))
    assert not [code for code in codes if code.encode() in kept or code.replace("-", "").encode() in kept]


def test_a_secret_counts_once_it_was_confirmed(session: Session, key: PersonalKey, app: CodesApp) -> None:
    """A new phone takes over with its first code; until then the old one works."""
    lucia = _lucia(session)
    new = CodesApp(factors.begin(session, key, lucia, NOW).secret)
    assert factors.begin(session, key, lucia, NOW).secret == new.secret
    assert not factors.check(session, key, lucia, new.code(NOW), NOW)
    assert factors.check(session, key, lucia, app.code(NOW), NOW)
    assert factors.confirm(session, key, lucia, app.code(NOW), NOW) is None
    late = NOW + factors.PENDING_FOR
    assert factors.confirm(session, key, lucia, new.code(late), late) is None
    newer = CodesApp(factors.begin(session, key, lucia, late).secret)
    assert newer.secret != new.secret
    assert factors.confirm(session, key, lucia, newer.code(late), late) is not None
    assert not factors.check(session, key, lucia, app.code(late), late)
    assert factors.check(session, key, lucia, newer.code(late), late)


def test_the_password_alone_is_half_a_login(
    session: Session, key: PersonalKey, password: str, app: CodesApp
) -> None:
    """P10: until the code is right nobody is logged in; then under another token, and the half is gone."""
    login = log_in(session, key, "lucia", password, NOW)
    assert login is not None
    assert (login.step, login.device) == (SessionStep.CODE, "")
    assert sessions.identify(session, login.token, NOW, touch=True) is None
    assert not presence.has_live_session(session, login.staff.id, NOW)
    half = sessions.identify(session, login.token, NOW, touch=False, half=True)
    assert half is not None
    whole = logins.complete(session, key, half, app.code(NOW), HERE, NOW)
    assert whole is not None
    assert whole.step is SessionStep.OPEN
    assert whole.token != login.token
    assert sessions.identify(session, login.token, NOW, touch=False, half=True) is None
    assert sessions.identify(session, whole.token, NOW, touch=False, half=True) is None
    identity = sessions.identify(session, whole.token, NOW, touch=True)
    assert identity is not None
    assert identity.private_key is not None


def test_half_a_login_waits_ten_minutes(
    session: Session, key: PersonalKey, password: str, app: CodesApp
) -> None:
    """P10: a right password without its code is worth nothing after ten minutes."""
    login = log_in(session, key, "lucia", password, NOW)
    assert login is not None
    late = NOW + sessions.LONGEST_HALF
    assert sessions.identify(session, login.token, late, touch=False, half=True) is None


def test_wrong_codes_end_half_a_login(
    session: Session, key: PersonalKey, password: str, app: CodesApp
) -> None:
    """P10: the fifth wrong code asks for the password again; it is recorded."""
    half = _half(session, key, password)
    for _ in range(logins.CODE.most):
        assert logins.complete(session, key, half, "000000", HERE, NOW) is None
    assert session.get(StaffSession, half.session.id) is None
    locked = session.scalars(select(AuditEvent).where(AuditEvent.action == "login.locked")).all()
    assert [event.staff_id for event in locked] == [_lucia(session).id]
    assert _enter(session, key, password, app.code(NOW)) is not None


def test_who_has_her_password_does_not_lock_her_out(
    session: Session, key: PersonalKey, password: str, app: CodesApp
) -> None:
    """A10: codes guessed elsewhere are few in an hour, and take nothing from a browser that is hers."""
    first = _enter(session, key, password, app.code(NOW))
    assert first is not None
    wrong = itertools.cycle(["000000", "111111"])
    for number in range(logins.CODE_ACCOUNT.most):
        half = _half(session, key, password, address=f"203.0.113.{number}")
        assert logins.complete(session, key, half, next(wrong), Origin("203.0.113.1"), NOW) is None
    later = NOW + 4 * PERIOD
    half = _half(session, key, password, address="203.0.113.99")
    assert logins.complete(session, key, half, app.code(later), Origin("203.0.113.1"), later) is None
    half = _half(session, key, password, device=first.device)
    hers = Origin("192.0.2.1", first.device)
    assert logins.complete(session, key, half, app.code(later), hers, later) is not None


def test_a_key_holder_sets_one_up_before_anything(session: Session, key: PersonalKey, password: str) -> None:
    """P10: without a second factor a caseworker's session waits for it, and counts as nobody at the desk."""
    login = log_in(session, key, "lucia", password, NOW)
    assert login is not None
    assert login.step is SessionStep.FACTOR
    identity = sessions.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    presence.touch(identity.session, NOW)
    assert identity.session.desk_seen_at is None
    assert not presence.has_live_session(session, identity.staff.id, NOW)
    phone = CodesApp(factors.begin(session, key, identity.staff, NOW).secret)
    assert factors.confirm(session, key, identity.staff, phone.code(NOW), NOW)
    logins.settle(session, identity)
    assert identity.session.step is SessionStep.OPEN
    assert presence.has_live_session(session, identity.staff.id, NOW)


def test_it_is_asked_of_whom_it_protects(session: Session, key: PersonalKey) -> None:
    """Others may have a second factor and give it up; who holds a key may not."""
    password = accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    rosa = accounts.find(session, "rosa")
    assert rosa is not None
    conduct.agree(session, rosa, NOW)
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    assert login.step is SessionStep.OPEN
    phone = CodesApp(factors.begin(session, key, rosa, NOW).secret)
    assert factors.confirm(session, key, rosa, phone.code(NOW), NOW)
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    assert login.step is SessionStep.CODE
    accounts.give_up_factor(session, rosa, NOW)
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    assert login.step is SessionStep.OPEN
    rosa.role = Role.SUPERVISOR
    with pytest.raises(accounts.StaffError):
        accounts.give_up_factor(session, rosa, NOW)


@pytest.mark.parametrize("factor", [True, False])
def test_a_reset(session: Session, key: PersonalKey, password: str, app: CodesApp, factor: bool) -> None:
    """A lost phone costs password and key too; a lost password alone leaves the phone in force."""
    lucia = _lucia(session)
    fresh = accounts.reset(session, lucia, NOW, factor=factor)
    assert factors.is_set(session, lucia.id) is not factor
    assert (factors.codes_left(session, lucia.id) == 0) is factor
    wrap = vault.wrap_of(session, lucia.id)
    assert wrap is not None
    assert wrap.wrapped is None
    login = log_in(session, key, "lucia", fresh, NOW)
    assert login is not None
    assert login.step is (SessionStep.FACTOR if factor else SessionStep.CODE)
    events = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.at, AuditEvent.action)))
    assert ("factor.reset" in events) is factor


def test_guessing_at_an_open_desk(session: Session, key: PersonalKey, password: str, app: CodesApp) -> None:
    """Within a session a code is asked for too, five times in a quarter of an hour."""
    lucia = _lucia(session)
    for _ in range(accounts.CURRENT_CODE.most - 1):
        assert not accounts.try_code(session, key, lucia, "000000", NOW)
    assert accounts.try_code(session, key, lucia, app.code(NOW), NOW)
    for _ in range(accounts.CURRENT_CODE.most):
        assert not accounts.try_code(session, key, lucia, "000000", NOW)
    with pytest.raises(accounts.StaffError):
        accounts.try_code(session, key, lucia, app.code(NOW + PERIOD), NOW + PERIOD)


def test_a_wrong_password_costs_the_same_with_a_second_factor(
    session: Session, key: PersonalKey, password: str, app: CodesApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P10: whether an account has a second factor shows only to who has its password."""
    accounts.add(session, "marta", "Marta", Role.CASEWORKER, NOW)
    asked: list[str] = []
    monkeypatch.setattr(factors, "is_set", lambda *_: asked.append("is_set"))
    for username in ("lucia", "marta", "nadie"):
        assert log_in(session, key, username, "no es", NOW) is None
    assert asked == []
