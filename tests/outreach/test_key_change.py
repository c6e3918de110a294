"""A team's key is changed: who is there has the new one, who left does not, and no session lags behind."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from at_desk import log_in
from key_support import NOW, Person
from nacl.public import PrivateKey
from sqlalchemy import select

from models import AuditEvent, FormerKey, KeyWrap, Role, StaffSession, Team
from outreach.sealing import recovery_key, renewal, vault
from outreach.sealing.renewal import KeyChangedError, Recovery
from outreach.staff import accounts, key_holders, logins, sessions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey


class Office:
    """A team with two caseworkers who are logged in, and one who waits for the key."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session, self.key = session, key
        self.paper = vault.make_team(session, "Atención")
        self.lucia = Person(session, key, "lucia", self.paper)
        self.marta = Person(session, key, "marta", self.paper)
        self.nora = Person(session, key, "nora", None)
        assert self.lucia.logs_in()
        assert self.marta.logs_in()

    @property
    def team(self) -> Team:
        """Return the team as it stands."""
        found = vault.find_team(self.session)
        assert found is not None
        return found

    def sealed(self) -> bytes:
        """Seal something to the team."""
        return vault.seal(vault.public_key_of(self.session, self.team.id), {"a": 1})

    def kept_of(self, wrap: KeyWrap) -> tuple[bytes | None, bytes | None]:
        """Return what the database keeps of a wrap: the key, and the proof."""
        kept = select(KeyWrap.wrapped, KeyWrap.proof).where(KeyWrap.id == wrap.id)
        wrapped, proof = self.session.execute(kept).one()
        return wrapped, proof

    def changes(self) -> str:
        """Let Lucia change the key; return the recovery key."""
        recovery = Recovery.make()
        self.lucia.changes_key(self.team, recovery)
        return recovery.text


@pytest.fixture
def office(session: Session, key: PersonalKey) -> Office:
    return Office(session, key)


def test_who_left_opens_nothing_new(office: Office) -> None:
    """From the change on what is sealed opens for those who are there, with what was before."""
    before, kept = office.sealed(), office.marta.ring()
    accounts.disable(office.session, office.marta.staff, NOW)
    office.changes()
    after = office.sealed()
    with pytest.raises(vault.UnsealError):
        vault.unseal(kept, after)
    identity = office.lucia.identity()
    assert identity is not None
    for ring in (identity.private_key or b"", office.lucia.ring()):
        assert vault.unseal(ring, before) == vault.unseal(ring, after) == {"a": 1}
    assert vault.wrap_of(office.session, office.marta.staff.id) is not None
    assert vault.teams_of(office.session, office.marta.staff.id) == frozenset()
    accounts.disable(office.session, office.nora.staff, NOW)
    assert key_holders.count(office.session) == 1


def test_colleagues_have_the_new_key_without_being_asked(office: Office) -> None:
    """A colleague's next login opens all; who waited waits on, and is given the new key."""
    before = office.sealed()
    office.changes()
    assert vault.unseal(office.marta.ring(), office.sealed()) == {"a": 1}
    assert vault.unseal(office.marta.ring(), before) == {"a": 1}
    assert vault.unlock(office.session, office.nora.staff, office.nora.password) is None
    assert vault.grant(office.session, office.lucia.ring(), office.nora.staff.id)
    assert vault.unseal(office.nora.ring(), before) == vault.unseal(office.nora.ring(), office.sealed())


def test_the_paper_of_before_opens_nothing(office: Office) -> None:
    """The old recovery key is refused in its own words; the new one gives the key."""
    text = office.changes()
    with pytest.raises(vault.WrongRecoveryKeyError):
        vault.grant_with_recovery_key(office.session, office.paper, office.nora.staff.id)
    assert vault.grant_with_recovery_key(office.session, text, office.nora.staff.id)
    assert vault.unseal(office.nora.ring(), office.sealed()) == {"a": 1}


def test_another_paper_alone(office: Office) -> None:
    """A new recovery key takes the place of the old one and leaves the team's key as it is."""
    public_key, recovery = office.team.public_key, Recovery.make()
    renewal.change_recovery(office.session, office.lucia.ring(), office.team.id, recovery)
    assert office.team.public_key == public_key
    with pytest.raises(vault.WrongRecoveryKeyError):
        vault.grant_with_recovery_key(office.session, office.paper, office.nora.staff.id)
    assert vault.grant_with_recovery_key(office.session, recovery.text, office.nora.staff.id)


def test_the_paper_is_checked(office: Office) -> None:
    """What is typed from paper is told right from wrong, without opening anything."""
    wrap = renewal.recovery_wrap(office.session, office.team.id)
    assert wrap is not None
    assert renewal.fits(wrap, office.paper.lower())
    assert not renewal.fits(wrap, recovery_key.make())
    with pytest.raises(recovery_key.RecoveryKeyError):
        renewal.fits(wrap, office.paper[:-1])
    renewal.note_checked(office.session, wrap, NOW)
    office.changes()
    fresh = renewal.recovery_wrap(office.session, office.team.id)
    assert fresh is not None
    assert fresh.checked_at is None


def test_sessions_of_colleagues_are_locked(office: Office) -> None:
    """Her own session goes on; a colleague's is locked, and password and code give it the new key."""
    office.changes()
    own, other = office.lucia.identity(), office.marta.identity()
    assert own is not None
    assert own.session.locked_at is None
    assert other is not None
    assert (other.private_key, other.session.locked_at) == (None, NOW)
    origin = logins.Origin("192.0.2.1")
    attempt = logins.begin(office.session, office.key, "marta", origin, NOW)
    proof = logins.prove(attempt, office.marta.password)
    assert logins.reopen(
        office.session, office.key, other, office.marta.token, attempt, proof, "", origin, NOW
    )
    again = office.marta.identity()
    assert again is not None
    assert vault.unseal(again.private_key or b"", office.sealed()) == {"a": 1}


def test_a_login_that_was_under_way_begins_again(office: Office) -> None:
    """A password that was being looked at opens no session with the key of before."""
    origin = logins.Origin("192.0.2.1")
    attempt = logins.begin(office.session, office.key, "marta", origin, NOW)
    proof = logins.prove(attempt, office.marta.password)
    office.changes()
    assert logins.finish(office.session, office.key, attempt, proof, NOW) is None
    assert office.marta.logs_in()


def test_half_a_session_is_gone(office: Office) -> None:
    """Who was asked for her code while the key was changed begins again with her password."""
    half = sessions.begin(office.session, office.marta.staff, office.marta.ring(), NOW, step="code")  # type: ignore[arg-type]
    known = sessions.identify(office.session, half, NOW, touch=False, half=True)
    assert known is not None
    office.changes()
    origin = logins.Origin("192.0.2.1")
    assert logins.complete(office.session, office.key, known, "000000", origin, NOW) is None
    left = office.session.scalars(select(StaffSession.staff_id)).all()
    assert left.count(office.marta.staff.id) == 1


def test_a_ring_of_before_changes_nothing(office: Office) -> None:
    """A form that was sent twice, or a page of before, changes the key once."""
    old = office.lucia.ring()
    office.changes()
    public_key = office.team.public_key
    for change in (renewal.change_key, renewal.change_recovery):
        with pytest.raises(KeyChangedError):
            change(office.session, old, office.team.id, Recovery.make())
    assert office.team.public_key == public_key


def test_a_swapped_public_half_gets_no_key(office: Office) -> None:
    """P4: who writes his own public half in a colleague's place is given no key; she waits instead."""
    thief = PrivateKey.generate()
    wrap = vault.wrap_of(office.session, office.marta.staff.id)
    assert wrap is not None
    wrap.public_key = bytes(thief.public_key)
    office.session.flush()
    # She notices, too: her password does not fit any more.
    with pytest.raises(vault.UnsealError):
        office.marta.ring()
    for proof in (None, b"x" * 32, wrap.proof):
        wrap.proof, wrap.wrapped = proof, wrap.wrapped or b"w"
        office.session.flush()
        office.changes()
        assert office.kept_of(wrap) == (None, None)
    assert office.marta.staff.id in {staff.id for staff, _ in key_holders.waiting(office.session)}


def test_a_wrap_of_before_is_proved_by_a_login(office: Office) -> None:
    """Who has not logged in since there are proofs waits after a change; a login proves her own half."""
    wrap = vault.wrap_of(office.session, office.marta.staff.id)
    assert wrap is not None
    wrap.proof = None
    office.session.flush()
    assert office.marta.logs_in()
    assert None not in office.kept_of(wrap)
    office.changes()
    assert None not in office.kept_of(wrap)
    wrap.proof = None
    office.session.flush()
    office.changes()
    assert office.kept_of(wrap) == (None, None)


def test_one_of_many_at_once(office: Office, sessions: sessionmaker[Session]) -> None:
    """Of eight changes in one moment one is made; the others are told."""
    ring, team_id = office.lucia.ring(), office.team.id
    office.session.commit()
    start, told = Barrier(8), list[str]()

    def changes() -> None:
        recovery = Recovery.make()
        start.wait()
        try:
            with sessions.begin() as db:
                renewal.change_key(db, ring, team_id, recovery)
            told.append(recovery.text)
        except KeyChangedError:
            told.append("")

    threads = [Thread(target=changes) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [text for text in told if text]
    assert (len(told), len(made)) == (8, 1)
    office.session.expire_all()
    assert vault.grant_with_recovery_key(office.session, made[0], office.nora.staff.id)


def test_a_password_changed_afterwards_keeps_all(office: Office) -> None:
    """Her own change of password wraps the new key; those of before come with it."""
    before = office.sealed()
    office.changes()
    identity = office.lucia.identity()
    assert identity is not None
    accounts.change_password(office.session, identity, office.lucia.password, "una frase bien larga", NOW)
    office.lucia.password = "una frase bien larga"
    assert vault.unseal(office.lucia.ring(), before) == vault.unseal(office.lucia.ring(), office.sealed())


def test_who_lost_her_password_to_a_change_waits(office: Office) -> None:
    """A change of password with a ring of before gives no key of before: she waits for a colleague."""
    old = office.marta.ring()
    office.changes()
    vault.rewrap(office.session, office.marta.staff, "una frase bien larga", old)
    assert vault.unlock(office.session, office.marta.staff, "una frase bien larga") is None


@pytest.mark.parametrize("way", ["disable", "role"])
def test_who_left_is_named_until_the_key_is_changed(office: Office, way: str) -> None:
    """Her colleagues are asked; who never had the key is not named, nor is who was given it again."""
    session, team_id = office.session, office.team.id
    assert key_holders.wanted(session, office.lucia.staff) == 1  # Nora waits
    accounts.disable(session, office.nora.staff, NOW)
    if way == "disable":
        accounts.disable(session, office.marta.staff, NOW)
    else:
        accounts.change_role(session, office.marta.staff, Role.COORDINATOR, NOW)
    found = key_holders.leavers(session, [team_id])[team_id]
    assert [(one.staff.username, one.left_at) for one in found] == [("marta", NOW)]
    assert key_holders.wanted(session, office.lucia.staff) == 1
    office.changes()
    assert key_holders.leavers(session, [team_id])[team_id] == []
    # The change itself is not finished.
    assert key_holders.wanted(session, office.lucia.staff) == 1


def test_who_comes_back_is_not_named(office: Office) -> None:
    """Disabled by mistake and given the key again: her place in the team was kept, and nobody is asked."""
    session, team_id = office.session, office.team.id
    accounts.disable(session, office.marta.staff, NOW)
    accounts.disable(session, office.marta.staff, NOW + timedelta(hours=1))
    office.marta.password = accounts.reset(session, office.marta.staff, NOW)
    assert vault.grant(session, office.lucia.ring(), office.marta.staff.id)
    assert key_holders.leavers(session, [team_id])[team_id] == []


def test_what_the_record_says(office: Office) -> None:
    """One event, of the office: who changed a key, and nothing of a case."""
    office.changes()
    actions = office.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("team.%"))).all()
    assert actions == ["team.key_changed"]


def test_neither_key_stands_in_the_database(office: Office) -> None:
    """P4: after a change no private key of the team is readable in any row, old or new."""
    text = office.changes()
    keys = vault.keys_of(office.lucia.ring())
    assert len(keys) == 2
    for table in (KeyWrap.__table__, FormerKey.__table__, Team.__table__, StaffSession.__table__):
        for row in office.session.execute(select(table)):
            for value in row:
                data = bytes(value) if isinstance(value, bytes) else str(value).encode()
                assert not any(key in data for key in keys)
                assert recovery_key.parse(text).encode() not in data
    assert log_in(office.session, office.key, "lucia", office.lucia.password, NOW) is not None
