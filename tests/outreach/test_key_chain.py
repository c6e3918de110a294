"""A secret key that takes the place of another: hashes go from one to the next without their values."""

from __future__ import annotations

import hmac
import re
import uuid
from hashlib import sha256

from models import (
    RasaTracker,
)
from outreach.ground.settings import ROOT
from outreach.programme import cards
from outreach.sealing import crypto, under_key
from outreach.sealing.crypto import PersonalKey, links_of, succeeds, successor


def test_a_first_key_hashes_as_ever() -> None:
    """What is stored by an installation that never changed its key is found as it was."""
    secret = bytes(range(32))
    inner = crypto._derive(secret, "lookup hashes")
    assert PersonalKey(secret).lookup("curp", "X") == hmac.new(inner, b"curp\0X", sha256).digest()


def test_a_hash_goes_from_key_to_key_without_its_value() -> None:
    """Over two changes; one that is there stays; a key that is not in the chain gives another."""
    first = bytes(range(32))
    second = successor(first)
    third = successor(second)
    hashes = [PersonalKey(one).lookup("address", "+52") for one in (first, second, third)]
    assert [links_of(one) for one in hashes] == [0, 1, 2]
    assert PersonalKey(third).renewed(hashes[0]) == hashes[2]
    assert PersonalKey(third).renewed(hashes[1]) == hashes[2]
    assert PersonalKey(third).renewed(hashes[2]) == hashes[2]
    assert PersonalKey(successor(first)).lookup("address", "+52") != hashes[1]
    assert succeeds(second, first)
    assert not succeeds(third, first)
    assert not succeeds(first, second)
    assert not succeeds(bytes(64), first)
    assert PersonalKey(third).lasting("hold out", "x") == PersonalKey(first).lasting("hold out", "x")


def test_the_old_key_does_not_give_the_new_hash() -> None:
    """Who knows the old key alone has the inner link; the last one needs the new one."""
    old = bytes(range(32))
    new = successor(old)
    inner = PersonalKey(old).lookup("address", "+52")
    stolen = crypto._derive(old, "lookup hashes")
    outer = PersonalKey(new).lookup("address", "+52")
    assert outer[:32] != inner
    assert outer[:32] != hmac.new(stolen, inner, sha256).digest()


def test_a_printed_card_is_good_for_ever() -> None:
    """A card of before the change names the same seat; one that nobody signed names none."""
    old = bytes(range(32))
    seat = uuid.uuid4()
    printed = cards.token(PersonalKey(old), seat)
    assert cards.seat_of(PersonalKey(successor(old)), printed) == seat
    assert cards.seat_of(PersonalKey(successor(bytes(32))), printed) is None


def test_every_place_of_a_cipher_is_known() -> None:
    """The walk opens a cipher by the place it was encrypted for: each that the code names is a table's."""
    known = {under_key.PLACES.get(one.table.name, one.table.name) for one in under_key.kept() if one.ciphers}
    known -= {RasaTracker.__tablename__}
    named = set()
    for path in (ROOT / "outreach").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'place=f"([a-z_]+):', source))
        named |= set(re.findall(r'def _place[^"]*return f"([a-z_]+):', source))
    assert named - known == set()
    assert known - named <= {"retention_pause", "retention_rule"}
