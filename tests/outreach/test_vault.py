"""The vault: what is sealed opens for those who were granted the key, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from at_desk import log_in
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from models import FIRST_PROGRAMME, KeyWrap, Programme, Role, Staff, Team
from outreach.sealing import recovery_key, vault
from outreach.staff import accounts, key_holders, sessions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PASSWORD = "una frase bien larga"


def _caseworker(session: Session, username: str = "lucia") -> tuple[Staff, str]:
    password = accounts.add(session, username, username.title(), Role.CASEWORKER, NOW)
    found = accounts.find(session, username)
    assert found is not None
    return found, password


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=700), max_size=3))
def test_seal_and_unseal(data: dict[str, str]) -> None:
    """P4: what is sealed opens with the private key, and its length comes in steps only."""
    pair = PrivateKey.generate()
    blob = vault.seal(bytes(pair.public_key), data)
    assert vault.unseal(bytes(pair), blob) == data
    assert (len(blob) - 48) % vault.BUCKET == 0


def test_another_key_opens_nothing() -> None:
    """P4: another team's key opens nothing."""
    blob = vault.seal(bytes(PrivateKey.generate().public_key), {"text": "x"})
    with pytest.raises(vault.UnsealError):
        vault.unseal(bytes(PrivateKey.generate()), blob)


@given(st.integers(0, 35), st.sampled_from(recovery_key.ALPHABET))
def test_a_mistyped_recovery_key_is_noticed(place: int, letter: str) -> None:
    """One wrong letter is told apart from a wrong key; case, spaces and look-alikes are forgiven."""
    text = recovery_key.make()
    assert recovery_key.parse(text.lower().replace("-", " ")) == recovery_key.parse(text)
    letters = text.replace("-", "")
    wrong = letters[:place] + letter + letters[place + 1 :]
    if wrong != letters:
        with pytest.raises(recovery_key.RecoveryKeyError):
            recovery_key.parse(wrong)


def test_only_wraps_are_stored(session: Session) -> None:
    """P4: neither the private key nor the recovery key stands anywhere in the database."""
    text = vault.make_team(session, "Atención")
    caseworker, password = _caseworker(session)
    vault.grant_with_recovery_key(session, text, caseworker.id)
    private = vault.unlock(session, caseworker, password)
    assert private is not None
    columns = [
        getattr(row, column.name)
        for model in (Team, KeyWrap, Staff)
        for row in session.query(model)
        for column in model.__table__.columns
    ]
    for value in columns:
        data = value if isinstance(value, bytes) else str(value).encode()
        assert private not in data
        assert recovery_key.parse(text).encode() not in data


def test_a_new_caseworker_waits_for_a_colleague(session: Session) -> None:
    """A caseworker added later opens nothing until a colleague who holds the key grants it."""
    text = vault.make_team(session, "Atención")
    first, first_password = _caseworker(session, "lucia")
    second, second_password = _caseworker(session, "marta")
    assert vault.unlock(session, second, second_password) is None
    vault.grant_with_recovery_key(session, text, first.id)
    assert key_holders.count(session) == 1
    assert [who.username for who, _ in key_holders.waiting(session)] == ["marta"]
    private = vault.unlock(session, first, first_password)
    assert private is not None
    assert vault.grant(session, private, second.id)
    assert vault.unlock(session, second, second_password) == private
    assert key_holders.count(session, besides=first.id) == 1


def test_only_the_teams_key_is_granted(session: Session) -> None:
    """A key that is not the team's is neither granted nor accepted from a wrap that was swapped."""
    text = vault.make_team(session, "Atención")
    caseworker, password = _caseworker(session)
    with pytest.raises(vault.UnsealError):
        vault.grant(session, bytes(PrivateKey.generate()), caseworker.id)
    vault.grant_with_recovery_key(session, text, caseworker.id)
    wrap = vault.wrap_of(session, caseworker.id)
    assert wrap is not None
    wrap.wrapped = vault._wrap(wrap, bytes(PrivateKey.generate()))
    with pytest.raises(vault.UnsealError):
        vault.unlock(session, caseworker, password)


def test_recovery_key_of_another_team(session: Session) -> None:
    """A well-formed recovery key that is not this team's is refused in its own words."""
    vault.make_team(session, "Atención")
    caseworker, _ = _caseworker(session)
    with pytest.raises(vault.WrongRecoveryKeyError):
        vault.grant_with_recovery_key(session, recovery_key.make(), caseworker.id)


def test_password_change_keeps_the_key(session: Session, key: PersonalKey) -> None:
    """Her own change of password keeps the key; a reset by others takes it until it is granted again."""
    text = vault.make_team(session, "Atención")
    caseworker, password = _caseworker(session)
    vault.grant_with_recovery_key(session, text, caseworker.id)
    login = log_in(session, key, "lucia", password, NOW)
    assert login is not None
    identity = sessions.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    accounts.change_password(session, identity, password, PASSWORD, NOW)
    assert vault.unlock(session, caseworker, PASSWORD) == identity.private_key
    fresh = accounts.reset(session, caseworker, NOW)
    assert vault.unlock(session, caseworker, fresh) is None
    assert key_holders.count(session) == 0


def _two_teams(session: Session) -> tuple[Team, str, Team, str]:
    first_recovery = vault.make_team(session, "Equipo uno")
    second_recovery = vault.make_team(session, "Equipo dos")
    first, second = session.query(Team).order_by(Team.created_at).all()
    return first, first_recovery, second, second_recovery


def test_one_team_opens_nothing_of_another(session: Session) -> None:
    """P4: each team has a key pair of its own; a caseworker opens the cases of her own team alone."""
    first, recovery, second, _ = _two_teams(session)
    caseworker, password = _caseworker(session)
    assert vault.grant_with_recovery_key(session, recovery, caseworker.id)
    ring = vault.unlock(session, caseworker, password)
    assert ring is not None
    assert vault.unseal(ring, vault.seal(first.public_key, {"a": 1})) == {"a": 1}
    with pytest.raises(vault.UnsealError):
        vault.unseal(ring, vault.seal(second.public_key, {"a": 1}))
    assert vault.teams_of(session, caseworker.id) == {first.id}


def test_a_colleague_gives_only_the_keys_that_she_holds(session: Session) -> None:
    """Who is in both teams can give both keys, who is in one only that; the other goes on waiting."""
    first, recovery, second, second_recovery = _two_teams(session)
    lucia, lucia_password = _caseworker(session, "lucia")
    marta, marta_password = _caseworker(session, "marta")
    for one in (lucia, marta):
        assert vault.join_team(session, one, second)
        assert not vault.join_team(session, one, second)
    vault.grant_with_recovery_key(session, recovery, lucia.id)
    ring = vault.unlock(session, lucia, lucia_password)
    assert ring is not None
    assert vault.grant(session, ring, marta.id)
    assert vault.teams_of(session, marta.id) == {first.id}
    vault.grant_with_recovery_key(session, second_recovery, lucia.id)
    both = vault.unlock(session, lucia, lucia_password)
    assert both is not None
    assert vault.grant(session, both, marta.id)
    assert vault.unlock(session, marta, marta_password) == both
    assert key_holders.count(session) == key_holders.count(session, team=second.id) == 2


def test_a_change_of_password_keeps_every_team(session: Session) -> None:
    """A new password wraps all the keys that she has; without them at hand she waits for all again."""
    first, recovery, second, second_recovery = _two_teams(session)
    lucia, password = _caseworker(session)
    vault.join_team(session, lucia, second)
    for text in (recovery, second_recovery):
        vault.grant_with_recovery_key(session, text, lucia.id)
    ring = vault.unlock(session, lucia, password)
    vault.rewrap(session, lucia, PASSWORD, ring)
    assert vault.unlock(session, lucia, PASSWORD) == ring
    vault.rewrap(session, lucia, password, None)
    assert vault.unlock(session, lucia, password) is None
    assert {wrap.team_id for wrap in vault.wraps_of(session, lucia.id)} == {first.id, second.id}


def test_one_derivation_opens_all_teams(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A login of who is in five teams takes 256 MiB once, not five times."""
    _two_teams(session)
    lucia, password = _caseworker(session)
    for team in session.query(Team):
        vault.join_team(session, lucia, team)
    for wrap in vault.wraps_of(session, lucia.id):
        wrap.wrapped = b"x"
    derive, derived = vault._pair, []

    def counted(wrap: KeyWrap, secret: str) -> PrivateKey:
        derived.append(wrap.salt)
        return derive(wrap, secret)

    monkeypatch.setattr(vault, "_pair", counted)
    with pytest.raises(vault.UnsealError):
        vault.unlock(session, lucia, password)
    assert len(derived) == 1


def test_a_programme_has_its_own_team(session: Session) -> None:
    """A programme's cases are sealed to its team; one that names none uses the first."""
    first, _, second, _ = _two_teams(session)
    assert vault.the_team(session, FIRST_PROGRAMME).id == first.id
    session.get_one(Programme, FIRST_PROGRAMME).team_id = second.id
    session.flush()
    assert vault.the_team(session, FIRST_PROGRAMME).id == second.id
    assert vault.the_team(session).id == first.id


def test_no_team(session: Session) -> None:
    """Without a team the error says what to do."""
    with pytest.raises(vault.NoTeamError, match="setup"):
        vault.the_team(session)
