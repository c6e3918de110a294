"""A session without an act for ten minutes loses its key; password and code bring it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import log_in, sit_down
from codes import CodesApp
from sqlalchemy import select

from models import Role, Shift, Staff, StaffSession
from outreach.casework import roster
from outreach.sealing import vault
from outreach.staff import accounts, conduct, factors, logins, presence, sessions
from outreach.staff.logins import Origin

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.sessions import Identity

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LOCKED = NOW + presence.LOCK_AFTER
HERE = Origin("192.0.2.1")


class Lucia(NamedTuple):
    """A caseworker who is logged in, with the key and her phone."""

    staff: Staff
    password: str
    phone: CodesApp
    token: str


@pytest.fixture
def lucia(session: Session, key: PersonalKey, recovery_key: str) -> Lucia:
    password = accounts.add(session, "lucia", "Lucía Prueba", Role.CASEWORKER, NOW)
    staff = accounts.find(session, "lucia")
    assert staff is not None
    staff.must_change_password = False
    vault.grant_with_recovery_key(session, recovery_key, staff.id)
    conduct.agree(session, staff, NOW)
    phone = CodesApp(factors.begin(session, key, staff, NOW).secret)
    assert factors.confirm(session, key, staff, phone.code(NOW), NOW)
    half = log_in(session, key, "lucia", password, NOW)
    assert half is not None
    waiting = sessions.identify(session, half.token, NOW, touch=False, half=True)
    assert waiting is not None
    login = logins.complete(session, key, waiting, phone.code(NOW), HERE, NOW)
    assert login is not None
    return Lucia(staff, password, phone, login.token)


def _ask(session: Session, lucia: Lucia, now: datetime, *, touch: bool = False) -> Identity:
    found = sessions.identify(session, lucia.token, now, touch=touch)
    assert found is not None
    return found


def _reopen(
    session: Session, key: PersonalKey, lucia: Lucia, now: datetime, password: str, code: str
) -> bool:
    locked = _ask(session, lucia, now)
    attempt = logins.begin(session, key, "lucia", HERE, now)
    proof = logins.prove(attempt, password)
    return logins.reopen(session, key, locked, lucia.token, attempt, proof, code, HERE, now)


def test_ten_minutes(session: Session, lucia: Lucia) -> None:
    """P4: after ten minutes without an act the key is in the row no more, whatever the page fetches."""
    before = _ask(session, lucia, LOCKED - timedelta(seconds=1))
    assert before.private_key is not None
    assert sessions.seconds_left(before.session, LOCKED - timedelta(seconds=1)) == 1
    locked = _ask(session, lucia, LOCKED, touch=True)
    assert locked.private_key is None
    assert locked.session.key_wrapped is None
    assert locked.session.locked_at == LOCKED
    again = _ask(session, lucia, LOCKED + timedelta(minutes=1), touch=True)
    assert again.private_key is None
    assert again.session.last_seen_at == NOW


def test_an_act_puts_it_off(session: Session, lucia: Lucia) -> None:
    """What a person does counts, what a page does by itself does not."""
    later = NOW + timedelta(minutes=9)
    _ask(session, lucia, later, touch=True)
    assert _ask(session, lucia, LOCKED + timedelta(minutes=8)).private_key is not None
    assert _ask(session, lucia, later + presence.LOCK_AFTER).private_key is None


def test_password_and_code_open_it(session: Session, key: PersonalKey, lucia: Lucia) -> None:
    """Each of the two is needed; a code with a wrong password is not used up; the key is the same one."""
    ring = _ask(session, lucia, NOW).private_key
    code = lucia.phone.code(LOCKED)
    assert not _reopen(session, key, lucia, LOCKED, "no es", code)
    assert not _reopen(session, key, lucia, LOCKED, lucia.password, "000000")
    assert not _reopen(session, key, lucia, LOCKED, lucia.password, "")
    assert _ask(session, lucia, LOCKED).private_key is None
    assert _reopen(session, key, lucia, LOCKED, lucia.password, code)
    opened = _ask(session, lucia, LOCKED)
    assert opened.private_key == ring
    assert opened.session.locked_at is None
    assert opened.session.expires_at == NOW + sessions.LONGEST


def test_guessing_ends_it(session: Session, key: PersonalKey, lucia: Lucia) -> None:
    """P10: after five wrong codes the session is over."""
    for _ in range(logins.CODE.most):
        assert not _reopen(session, key, lucia, LOCKED, lucia.password, "000000")
    assert sessions.identify(session, lucia.token, LOCKED, touch=False) is None


def test_guessing_passwords_is_counted(session: Session, key: PersonalKey, lucia: Lucia) -> None:
    """P10: at a locked page passwords are tried as often as at the login, and no more."""
    for _ in range(logins.PAIR.most):
        assert not _reopen(session, key, lucia, LOCKED, "no es", "")
    assert not _reopen(session, key, lucia, LOCKED, lucia.password, lucia.phone.code(LOCKED))


def test_locked_it_ends_when_it_would_have(session: Session, lucia: Lucia) -> None:
    """A locked session ends half an hour after the last act, like any other."""
    _ask(session, lucia, LOCKED)
    assert sessions.identify(session, lucia.token, NOW + presence.IDLE, touch=False) is None


def test_a_token_of_another_session_opens_nothing(session: Session, lucia: Lucia) -> None:
    """P4: the key is wrapped for the cookie of this very session."""
    locked = _ask(session, lucia, LOCKED)
    with pytest.raises(ValueError, match="another session"):
        sessions.unlock(session, locked.session, "A" * 43, b"x" * 32, LOCKED)


def test_whoever_is_locked_is_not_there(session: Session, lucia: Lucia) -> None:
    """P8: from the lock on nobody is told that she is there; her shift goes on until the session ends."""
    login = _ask(session, lucia, NOW).session
    presence.touch(login, NOW)
    roster.start_shift(session, lucia.staff, 8, NOW)
    session.flush()
    assert presence.holders(session, {lucia.staff.id}, NOW)[lucia.staff.id].here
    login.desk_seen_at = LOCKED
    _ask(session, lucia, LOCKED)
    session.flush()
    assert not presence.holders(session, {lucia.staff.id}, LOCKED)[lucia.staff.id].here
    assert not presence.has_live_session(session, lucia.staff.id, LOCKED)
    assert presence.end_abandoned_shifts(session, LOCKED) == 0
    assert presence.end_abandoned_shifts(session, NOW + presence.IDLE) == 1
    session.expire_all()
    assert session.scalars(select(Shift.ends_at)).one() == NOW + presence.IDLE


def test_a_lid_that_was_closed(session: Session, lucia: Lucia) -> None:
    """P4: where no page asks any more the clock drops the key; sessions in use keep theirs."""
    accounts.add(session, "marta", "Marta", Role.CASEWORKER, NOW)
    marta = accounts.find(session, "marta")
    assert marta is not None
    sit_down(session, marta, LOCKED - timedelta(minutes=1))
    assert presence.lock_idle(session, LOCKED - timedelta(seconds=1)) == 0
    assert presence.lock_idle(session, LOCKED) == 1
    assert presence.lock_idle(session, LOCKED) == 0
    session.expire_all()
    rows = {row.staff_id: row for row in session.scalars(select(StaffSession))}
    assert rows[lucia.staff.id].key_wrapped is None
    assert rows[lucia.staff.id].locked_at == LOCKED
    assert rows[marta.id].key_wrapped is not None


def test_who_holds_no_key_is_not_locked(session: Session, key: PersonalKey) -> None:
    """A coordinator's session has no key to drop: it ends after half an hour and says so."""
    password = accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    login = log_in(session, key, "rosa", password, NOW)
    assert login is not None
    found = sessions.identify(session, login.token, NOW + timedelta(minutes=20), touch=True)
    assert found is not None
    assert found.session.locked_at is None
    assert sessions.seconds_left(found.session, NOW) is None
