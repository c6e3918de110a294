"""The secret key is replaced: all of it, whatever happens in between; the old one is worth nothing after."""

from __future__ import annotations

from typing import Any

import pytest
from rekeying_support import SHE, House, bare, house, pair, receive, suppressed
from sqlalchemy import event, func, select, text, update

from models import (
    ChannelAddress,
    Conversation,
    InboundMessage,
    Installation,
    KeyChange,
    ListedPhone,
    NameKey,
    RasaTracker,
    RecoveryCode,
    Role,
    Suppression,
    Woman,
    utcnow,
)
from outreach.ground.addresses import canonical
from outreach.people import registry
from outreach.people.details import Details
from outreach.sealing import crypto, key_check, rekeying, under_key
from outreach.sealing.crypto import DecryptionError, PersonalKey, links_of, successor
from outreach.single_list.linking import merging
from outreach.staff import accounts

__all__ = ["bare", "house"]


def test_nothing_is_forgotten(house: House) -> None:
    """Every value of every table opens with the new key alone, says the same, and is as long."""
    before = house.content(house.old)
    house.begins()
    house.finishes()
    assert house.content(house.new) == before
    assert house.left(house.new) == []
    with house.sessions() as db:
        for one in under_key.kept():
            for row in db.execute(select(one.key, *one.ciphers, *one.hashes)):
                assert not under_key.opens(house.old, one, row), one.table.name
                hashes: tuple[Any, ...] = tuple(row)[1 + len(one.ciphers) :]
                assert all(links_of(found) == 1 for found in hashes if found is not None)
        assert db.scalar(select(Installation.key_check)) == key_check.value(house.new)
        assert db.get(KeyChange, 1) is None


def test_a_merge_of_before_is_undone_after(bare: House) -> None:
    """The row that it took out stands inside another's cipher: it is brought along too."""
    asked = utcnow()
    with bare.sessions.begin() as db:
        accounts.add(db, "rosa", "Rosa Prueba", Role.COORDINATOR, asked)
        staff = accounts.find(db, "rosa")
        assert staff is not None
        one, other = (
            registry.add_woman(
                db, bare.old, Details(full_name="Prueba Uno", curp="PEXA900517MJCRXN01"[:17] + str(number)),
                municipality="14101", axis=None, agency=None, external_id=None, source="staff",
            )
            for number in (1, 2)
        )  # fmt: skip
        db.flush()
        made = merging.merge(db, bare.old, one.id, other.id, asked, staff.id)
        merge_id, staff_id, gone = made.id, staff.id, made.absorbed_id
    bare.begins()
    bare.finishes()
    assert bare.left(bare.new) == []
    with bare.sessions.begin() as db:
        merging.undo(db, bare.new, merge_id, asked, staff_id)
        back = db.get_one(Woman, gone)
        said = registry.read_details(bare.new, back)
        assert said.full_name == "Prueba Uno"
        assert said.curp is not None
        assert back.curp_hash == bare.new.lookup("curp", said.curp)
    assert bare.left(bare.new) == []


def test_everybody_is_found_at_any_moment(house: House) -> None:
    """By either hash while it lasts; a code on paper and a name too."""
    with house.sessions() as db:
        phones = db.scalar(select(func.count()).select_from(ListedPhone))
        assert db.scalar(select(func.count()).select_from(NameKey))
        assert db.scalar(select(func.count()).select_from(Woman))
        hashes = set(db.scalars(select(ChannelAddress.lookup_hash)))
    house.begins()
    for _ in range(400):
        with house.sessions() as db:
            for sender in (SHE, "whatsapp:+523300000002"):
                wanted = house.now.lookup("address", canonical(sender))
                assert db.scalar(select(ChannelAddress.id).where(ChannelAddress.lookup_hash == wanted))
                assert db.scalar(select(ChannelAddress.id).where(ChannelAddress.lookup_hash.in_([wanted])))
                assert suppressed(db, house.now, SHE)
            code = house.now.lookup("recovery code", "a code")
            assert db.scalar(select(RecoveryCode.id).where(RecoveryCode.code_hash == code))
        if house.step(rows=60).finished:
            break
    else:
        raise AssertionError("it never ends")
    with house.sessions() as db:
        assert db.scalar(select(func.count()).select_from(ListedPhone)) == phones
        assert len(set(db.scalars(select(ChannelAddress.lookup_hash)))) == len(hashes)
        assert suppressed(db, house.new, SHE)
        assert not suppressed(db, house.new, "whatsapp:+523300000002")


class KilledError(Exception):
    """The process is gone at this statement."""


def _killed_at(house: House, number: int) -> bool:
    """Take a step that ends at its n-th statement; say whether it had so many."""
    engine = house.sessions.kw["bind"]
    count = [0]

    def fall(*_arguments: object) -> None:
        count[0] += 1
        if count[0] == number:
            raise KilledError

    event.listen(engine, "before_cursor_execute", fall)
    try:
        house.step(rows=1)
    except KilledError:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", fall)
    return False


def test_killed_at_any_statement_it_goes_on(bare: House) -> None:
    """Nothing is half done: what was there before opens in between, and in the end with the new key alone."""
    before = bare.content(bare.old)
    bare.begins()
    killed = 0
    for turn in range(300):
        killed += _killed_at(bare, 1 + turn * 5 % 11)
        assert turn % 5 or bare.content(bare.now) == before
        if bare.step(rows=1).finished:
            break
    else:
        raise AssertionError("it never ends")
    assert killed > 10
    assert bare.content(bare.new) == before
    assert bare.left(bare.new) == []


def test_messages_come_in_all_the_while(bare: House) -> None:
    """From those who are known and from new ones, stored by a process with either key first."""
    bare.begins()
    with bare.sessions() as db:
        known = db.scalar(select(func.count()).select_from(Conversation)) or 0
    late = 12
    for number in range(200):
        if number < late:
            with bare.sessions.begin() as db:
                key = (bare.before, bare.now)[number % 2]
                receive(db, key, f"whatsapp:+5233123456{number // 2:02d}", f"MM{number:032d}")
                receive(db, key, SHE, f"KM{number:032d}")
        elif bare.step(rows=5).finished:
            break
        bare.step(rows=5) if number < late else None
    else:
        raise AssertionError("it never ends")
    with bare.sessions() as db:
        assert db.scalar(select(func.count()).select_from(Conversation)) == known + late // 2
        assert db.scalar(select(func.count()).select_from(InboundMessage)) == 2 + 2 * late
    assert bare.left(bare.new) == []


def test_an_opt_out_written_from_an_old_look_holds(bare: House) -> None:
    """A suppression that came in under the old hash after its address had moved is brought along at once."""
    bare.begins()
    other = "whatsapp:+523300000002"
    while True:
        bare.step(rows=5)
        with bare.sessions() as db:
            found = db.scalars(select(ChannelAddress.lookup_hash)).all()
        if all(links_of(one) == 1 for one in found):
            break
    with bare.sessions.begin() as db:
        db.add(Suppression(lookup_hash=bare.old.lookup("address", canonical(other)), reason="x"))
    bare.step(rows=1)
    with bare.sessions() as db:
        assert suppressed(db, bare.now, other)
    bare.finishes()


def test_a_locked_row_is_passed_over_and_not_forgotten(bare: House) -> None:
    """A turn that holds a conversation does not stop the walk, which comes back for it."""
    bare.begins()
    with bare.sessions() as turn:
        held = turn.scalars(select(Conversation).with_for_update()).all()
        address = turn.scalars(select(Suppression).with_for_update()).all()
        assert held
        assert address
        for _ in range(30):
            bare.step()
        with bare.sessions() as db:
            assert db.get(KeyChange, 1) is not None
            assert suppressed(db, bare.now, SHE)
        turn.rollback()
    bare.finishes()
    assert bare.left(bare.new) == []


def test_what_opens_with_neither_key_stops_it(bare: House) -> None:
    """The old key is not given up while something may need it; once that is seen to it ends."""
    with bare.sessions.begin() as db:
        row = db.scalars(select(InboundMessage)).first()
        assert row is not None
        kept, row_id = row.body_cipher, row.id
        row.body_cipher = b"\x01" + bytes(200)
    bare.begins()
    for _ in range(20):
        told = bare.step()
        assert not told.finished
    with bare.sessions() as db:
        assert rekeying.left(db) == 1
        assert db.scalar(select(Installation.key_check)) == key_check.value(bare.old)
    with bare.sessions.begin() as db:
        db.execute(update(InboundMessage).where(InboundMessage.id == row_id).values(body_cipher=kept))
    bare.finishes()


def test_not_while_a_process_writes_with_the_old_key(bare: House) -> None:
    """A connection that names another key, or none, holds the end; others' connections do not."""
    bare.begins()
    tags = {"avanza": " newkey00"}
    with bare.sessions() as late:
        late.execute(text("SET application_name = 'avanza'"))
        late.commit()
        for name, count in (("avanza", 1), ("avanza oldkey00", 1), ("avanza newkey00", 0), ("avanzado", 0)):
            late.execute(text(f"SET application_name = '{name}'"))
            late.commit()
            with bare.sessions() as db:
                assert rekeying.stragglers(db, tags) == count
        late.execute(text("SET application_name = 'avanza oldkey00'"))
        late.commit()
        for _ in range(20):
            assert not bare.step(tags=tags).finished
        late.execute(text("SET application_name = 'psql'"))
        late.commit()
        for _ in range(20):
            if bare.step(tags=tags).finished:
                break
        else:
            raise AssertionError("it never ends")


def test_only_a_process_with_the_new_key_first_walks(bare: House) -> None:
    """A clock that was not restarted after the change had begun leaves it alone."""
    bare.begins()
    with bare.sessions.begin() as db:
        assert rekeying.step(db, bare.before, utcnow(), tags={}).waits
        assert rekeying.step(db, bare.old, utcnow(), tags={}).waits
        assert rekeying.step(db, bare.new, utcnow(), tags={}).waits
    with pytest.raises(rekeying.NotPreparedError):
        bare.begins()


def test_twice_in_a_row(bare: House) -> None:
    """A key that took another's place is replaced as the first was."""
    before = bare.content(bare.old)
    bare.begins()
    bare.finishes()
    bare.old, bare.old_bytes = bare.new, bare.new_bytes
    bare.new_bytes = successor(bare.old_bytes)
    bare.new, bare.now = PersonalKey(bare.new_bytes), pair(bare.new_bytes, bare.old_bytes)
    bare.begins()
    bare.finishes()
    assert bare.content(bare.new) == before
    with bare.sessions() as db:
        assert suppressed(db, bare.new, SHE)
        tracker = db.scalars(select(RasaTracker)).one()
        assert crypto.DialogueKey(bare.new).opens(tracker.state, str(tracker.conversation_id))
        with pytest.raises(DecryptionError):
            crypto.DialogueKey(bare.old).renew(tracker.state, str(tracker.conversation_id))
