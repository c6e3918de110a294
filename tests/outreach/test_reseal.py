"""What was sealed to a team's former key is sealed to the new one: all of it, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from key_support import Person, fill, make_case
from sqlalchemy import Column, LargeBinary, MetaData, Table, Uuid, func, select, text, update

from models import Base, Case, FormerKey, SealedEntry, Team
from models.base import HashBytes
from outreach.sealing import renewal, reseal, vault
from outreach.sealing.renewal import Recovery

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

# Endings of columns that hold bytes, and the few columns of another name: keys, and what only a login opens.
KINDS = ("_cipher", "_hash", "_sealed")
OTHERS = {
    "audit_event.chain", "campaign.approved_digest", "campaign.asked_digest",
    "former_key.public_key", "former_key.wrapped", "installation.key_check",
    "key_change.next_check", "key_wrap.proof", "key_wrap.public_key", "key_wrap.salt", "key_wrap.wrapped",
    "outgoing_file.content_locked", "quick_reply.digest", "rasa_tracker.state",
    "staff_session.key_wrapped", "team.public_key", "waiting_file.content_locked",
}  # fmt: skip
EACH = 5


class House:
    """A team with one caseworker and rows in every sealed table."""

    def __init__(self, session: Session, sessions: sessionmaker[Session], key: PersonalKey) -> None:
        self.session, self.sessions, self.key = session, sessions, key
        self.recovery = vault.make_team(session, "Atención")
        found = vault.find_team(session)
        assert found is not None
        self.team = found
        self.lucia = Person(session, key, "lucia", self.recovery)
        self.case = make_case(session, key, found)
        self.rows = fill(session, found, self.case, self.lucia.staff, EACH) + 1
        self.old = self.lucia.ring()
        self.before = self.content(self.old)
        session.commit()

    @property
    def team_id(self) -> uuid.UUID:
        """Return the team's id."""
        return self.team.id

    def changes(self) -> bytes:
        """Change the key; return the new ring."""
        with self.sessions.begin() as db:
            ring = vault.unlock(db, self.lucia.staff, self.lucia.password)
            assert ring is not None
            return renewal.change_key(db, ring, self.team_id, Recovery.make())

    def step(self, ring: bytes, rows: int = reseal.BATCH) -> reseal.Progress:
        """Take a step of its own."""
        with self.sessions.begin() as db:
            return reseal.step(db, ring, self.team_id, rows=rows)

    def finishes(self, ring: bytes, rows: int = reseal.BATCH) -> int:
        """Take steps until nothing is left; return how many."""
        for count in range(1, 200):
            if self.step(ring, rows).finished:
                return count
        raise AssertionError("it never ends")

    def sealed(self) -> dict[str, dict[uuid.UUID, bytes]]:
        """Return every sealed value, by column and row."""
        with self.sessions.begin() as db:
            return {
                one.name: dict(db.execute(select(one.table.c.id, one.column)).all())
                for one in reseal.columns()
            }

    def content(self, ring: bytes) -> dict[str, dict[uuid.UUID, tuple[int, object]]]:
        """Return what a ring opens, with the lengths."""
        self.session.commit()
        return {
            name: {row_id: (len(blob), vault.unseal(ring, blob)) for row_id, blob in rows.items()}
            for name, rows in self.sealed().items()
        }

    def formers(self) -> int:
        """Count the keys of before that are kept."""
        with self.sessions.begin() as db:
            return db.scalar(select(func.count()).select_from(FormerKey)) or 0


@pytest.fixture
def house(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey, monkeypatch: pytest.MonkeyPatch
) -> House:
    monkeypatch.setattr(reseal, "SETTLES", timedelta(0))
    return House(session, sessions, key)


def _own(ring: bytes) -> bytes:
    """Return the newest key of a ring alone."""
    return vault.keys_of(ring)[0]


def test_nothing_sealed_is_forgotten(house: House) -> None:
    """Every sealed value of every table opens with the new key alone, says the same, and is as long."""
    ring = house.changes()
    assert house.content(ring) == house.before
    house.finishes(ring)
    assert house.content(_own(ring)) == house.before
    assert house.formers() == 0
    for rows in house.sealed().values():
        for blob in rows.values():
            with pytest.raises(vault.UnsealError):
                vault.unseal(house.old, blob)


def test_every_column_of_bytes_is_of_a_known_kind() -> None:
    """A column that holds something sealed under another name would be left behind: each is named here."""
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary | HashBytes) and not column.name.endswith(KINDS)
    }
    assert found == OTHERS
    names = {one.name for one in reseal.columns()}
    assert {"case_audit.content_sealed", "case_file.subject_sealed", "oversight.content_sealed"} <= names
    assert {"sealed_draft.content_sealed", "sealed_entry.content_sealed", "sealed_file.key_sealed"} <= names
    assert {"shift_note.content_sealed"} <= names
    assert "sealed_chunk.content_sealed" not in names


def test_a_sealed_column_of_no_team_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds a sealed column to a table without a team or a case is told so at once."""
    metadata = MetaData()
    Table("stray", metadata, Column("id", Uuid, primary_key=True), Column("word_sealed", LargeBinary))
    monkeypatch.setattr(reseal, "Base", SimpleNamespace(metadata=metadata))
    with pytest.raises(ValueError, match=r"stray\.word_sealed"):
        reseal.columns.__wrapped__()


@pytest.mark.parametrize("rows", [5])
def test_a_step_that_dies_is_taken_again(house: House, rows: int) -> None:
    """Killed at every second step, with whatever number of rows at a time, it goes on where it was."""
    ring = house.changes()
    count, finished = 0, False
    while not finished:
        with house.sessions() as db:
            reseal.step(db, ring, house.team_id, rows=rows)
            db.rollback()
        finished, count = house.step(ring, rows).finished, count + 1
    # Once for all, and once to look whether anything is left.
    assert count >= 2 * house.rows // rows
    assert house.content(_own(ring)) == house.before


def test_it_counts(house: House) -> None:
    """Progress tells how far this round is, over all requests."""
    ring = house.changes()
    with house.sessions.begin() as db:
        assert reseal.progress(db, house.team_id) == reseal.Progress(0, house.rows)
    assert house.step(ring, 10) == reseal.Progress(10, house.rows)
    progress = house.step(ring, house.rows)
    assert (progress.checking, progress.done, progress.waits) == (True, 0, False)
    assert house.step(ring).finished
    assert house.step(ring).finished


def test_a_row_that_somebody_works_on_is_not_waited_for(house: House) -> None:
    """A line that a step in the case has locked is left, found by the next round, and sealed then."""
    ring = house.changes()
    with house.sessions() as busy:
        busy.execute(select(SealedEntry).limit(1).with_for_update())
        while not (progress := house.step(ring)).checking:
            pass
        assert not progress.finished
    house.finishes(ring)
    assert house.content(_own(ring)) == house.before


def test_who_had_read_the_old_key_is_waited_for(house: House) -> None:
    """A turn that sealed a line to the old key and commits late does not lose it."""
    with house.sessions() as late:
        public_key = vault.public_key_of(late, house.team_id)
        ring = house.changes()
        while not (progress := house.step(ring)).waits:
            assert not progress.finished
        assert house.step(ring).waits
        blob = vault.seal(public_key, {"n": "tarde"})
        line = late.scalars(select(SealedEntry).order_by(SealedEntry.id).limit(1)).one()
        line.content_sealed = blob
        late.commit()
        line_id = line.id
    house.finishes(ring)
    assert vault.unseal(_own(ring), house.sealed()["sealed_entry.content_sealed"][line_id]) == {"n": "tarde"}


def test_who_began_just_after_may_have_read_it_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction of the moment of the change is not trusted: it begins some seconds later."""
    monkeypatch.setattr(reseal, "SETTLES", timedelta(minutes=1))
    ring = house.changes()
    while not (progress := house.step(ring)).waits:
        assert not progress.finished
    with house.sessions.begin() as db:
        db.execute(update(FormerKey).values(changed_at=text("now() - interval '2 minutes'")))
    assert house.step(ring).finished


def test_two_colleagues_at_once(house: House) -> None:
    """Both help, neither waits in a circle, and nothing is done twice or left."""
    ring, failed = house.changes(), list[BaseException]()

    def helps() -> None:
        try:
            while not house.step(ring, 4).finished:
                pass
        except Exception as error:  # noqa: BLE001 (whatever it is, the test shows it)
            failed.append(error)

    threads = [Thread(target=helps) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert house.content(_own(ring)) == house.before


def test_the_key_is_changed_again_before_it_is_done(house: House) -> None:
    """Both keys of before stay on the ring until all is under the third."""
    house.step(house.changes(), 9)
    ring = house.changes()
    assert house.formers() == 2
    assert len(vault.keys_of(house.lucia.ring())) == 3
    assert house.content(ring) == house.before
    house.finishes(ring, 9)
    assert house.formers() == 0
    assert house.content(_own(ring)) == house.before


def test_a_damaged_row_does_not_stop_it(house: House) -> None:
    """What no key opens stays as it is."""
    with house.sessions.begin() as db:
        line_id = db.scalars(select(SealedEntry.id).limit(1)).one()
        db.execute(update(SealedEntry).where(SealedEntry.id == line_id).values(content_sealed=b"roto"))
    ring = house.changes()
    house.finishes(ring)
    assert house.sealed()["sealed_entry.content_sealed"][line_id] == b"roto"


def test_another_teams_rows_are_left_alone(house: House) -> None:
    """No row of another team is touched, and who has only that team's key can't do it."""
    other_recovery = vault.make_team(house.session, "Otra")
    other = house.session.scalars(select(Team).where(Team.id != house.team_id)).one()
    theirs = make_case(house.session, house.key, other)
    sealed = theirs.subject_sealed
    stranger = vault._recover(house.session, other_recovery)
    house.session.commit()
    ring = house.changes()
    with pytest.raises(vault.UnsealError):
        house.step(stranger)
    house.finishes(ring)
    house.session.expire_all()
    assert house.session.get_one(Case, theirs.id).subject_sealed == sealed


def test_without_a_change_nothing_is_done(house: House) -> None:
    """A step where no key was changed finds everything finished."""
    before = house.sealed()
    assert house.step(house.old).finished
    assert house.sealed() == before
