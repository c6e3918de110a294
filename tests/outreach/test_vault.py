"""The vault: what is sealed opens for those who were granted the key, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from models import KeyWrap, Role, Staff, Team
from outreach.sealing import recovery_key, vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

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
    assert vault.holders(session) == 1
    assert [who.username for who, _ in vault.waiting(session)] == ["marta"]
    private = vault.unlock(session, first, first_password)
    assert private is not None
    assert vault.grant(session, private, second.id)
    assert vault.unlock(session, second, second_password) == private
    assert vault.holders(session, besides=first.id) == 1


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


def test_password_change_keeps_the_key(session: Session) -> None:
    """Her own change of password keeps the key; a reset by others takes it until it is granted again."""
    text = vault.make_team(session, "Atención")
    caseworker, password = _caseworker(session)
    vault.grant_with_recovery_key(session, text, caseworker.id)
    login = accounts.log_in(session, "lucia", password, NOW)
    assert login is not None
    identity = accounts.identify(session, login.token, NOW, touch=True)
    assert identity is not None
    accounts.change_password(session, identity, password, PASSWORD, NOW)
    assert vault.unlock(session, caseworker, PASSWORD) == identity.private_key
    fresh = accounts.reset(session, caseworker, NOW)
    assert vault.unlock(session, caseworker, fresh) is None
    assert vault.holders(session) == 0


def test_no_team(session: Session) -> None:
    """Without a team the error says what to do."""
    with pytest.raises(vault.NoTeamError, match="setup"):
        vault.the_team(session)
