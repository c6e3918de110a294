"""Two records that were parted again are two women: what is kept of the merge tells neither of the other."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import func, select, text

from models import Attendance, LinkPair, MarkSource, MarkState, Role, Staff, Woman, WomanMerge
from outreach.people import registry
from outreach.programme import attendance, enrolment, waiting_list
from outreach.programme.attendance import Mark
from outreach.single_list import copy_sheet, erasure, rights
from outreach.single_list.linking import deciding, merging
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def staff_id(session: Session) -> uuid.UUID:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    return session.scalars(select(Staff.id)).one()


@pytest.fixture
def merged(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> WomanMerge:
    """Return the merge of two women with a number each."""
    one, other = (add_woman(session, key, number)[0] for number in (1, 2))
    a, b = sorted((one.id, other.id), key=str)
    pair = LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9, certain=False, conflict=False)
    session.add(pair)
    session.flush()
    return deciding.same(session, key, pair.id, staff_id, NOW)


def other_name(session: Session, key: PersonalKey, merge: WomanMerge) -> str:
    return registry.read_details(key, session.get_one(Woman, merge.absorbed_id)).full_name


def copy_of(session: Session, key: PersonalKey, settings: Settings, woman_id: uuid.UUID) -> str:
    """Return her copy, as data and as its sheet."""
    whole = rights.handed_over(session, key, session.get_one(Woman, woman_id), NOW, None)
    return json.dumps([whole, copy_sheet.sections(session, whole, settings.timezone)], ensure_ascii=False)


def test_a_copy_has_the_other_record_only_while_they_are_one(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, merged: WomanMerge
) -> None:
    """While they are one it is hers too; once parted it is another woman's."""
    as_one = copy_of(session, key, settings, merged.kept_id)
    deciding.undo(session, key, merged.id, staff_id, NOW)
    name = other_name(session, key, merged)
    assert name in as_one
    assert name not in copy_of(session, key, settings, merged.kept_id)
    assert registry.read_details(key, session.get_one(Woman, merged.kept_id)).full_name not in copy_of(
        session, key, settings, merged.absorbed_id
    )
    snapshot = key.decrypt(merged.snapshot_cipher, place=f"woman_merge:{merged.id}")
    assert snapshot == {"kept": str(merged.kept_id)}


@pytest.mark.parametrize("erased", ["kept", "absorbed"])
def test_an_erasure_takes_what_a_merge_kept(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, merged: WomanMerge, *,
    erased: str,
) -> None:  # fmt: skip
    """Whichever of the two asks for it after they were parted; the other record stays."""
    deciding.undo(session, key, merged.id, staff_id, NOW)
    both = {"kept": merged.kept_id, "absorbed": merged.absorbed_id}
    goes = both.pop(erased)
    erasure.erase_woman(session, key, settings, session.get_one(Woman, goes), NOW)
    assert session.scalar(select(func.count()).select_from(WomanMerge)) == 0
    assert session.scalars(select(Woman.id)).all() == list(both.values())


def test_an_undo_locks_as_a_merge_does(
    session: Session, sessions: sessionmaker[Session], key: PersonalKey, staff_id: uuid.UUID,
    merged: WomanMerge,
) -> None:  # fmt: skip
    """The record first: whoever merges it at the same moment is waited for and never blocked."""
    session.commit()
    merge_id, kept_id = merged.id, merged.kept_id
    session.rollback()
    ends: list[object] = []

    def part() -> None:
        with sessions.begin() as db:
            deciding.undo(db, key, merge_id, staff_id, NOW)
            ends.append("parted")

    with sessions.begin() as other:
        merging.locked(other, kept_id)
        desk = threading.Thread(target=part)
        desk.start()
        desk.join(1)
        assert desk.is_alive()
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        other.execute(select(WomanMerge.id).where(WomanMerge.id == merge_id).with_for_update())
    desk.join(20)
    assert ends == ["parted"]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("since", "active"), [("nothing", (2, 2)), ("left", (0, 0)), ("back", (2, 1))])
def test_seats_of_one_group_after_an_undo(
    session: Session, key: PersonalKey, settings: Settings, staff_id: uuid.UUID, *, since: str,
    active: tuple[int, int], first: int,
) -> None:  # fmt: skip
    """Both have theirs again where nothing came since; what she left since is not given back to anybody.

    `first` is whose seat was the earlier one: 0 of the record that stays. Nobody has two seats in one group.
    """
    women = [add_woman(session, key, number)[0] for number in (1, 2)]
    women[0].created_at = NOW - timedelta(days=1)
    group, _ = add_group(session)
    for woman in (women[first], women[1 - first]):
        enrolment.enrol(session, woman, group.id)
    made = merging.merge(session, key, women[0].id, women[1].id, NOW, staff_id)
    if since != "nothing":
        (seat,) = enrolment.active(session, made.kept_id)
        waiting_list.leave_and_pass_on(session, key, settings, seat, NOW)
        session.flush()
    if since == "back":
        enrolment.enrol(session, session.get_one(Woman, made.kept_id), group.id)
    merging.undo(session, key, made.id, NOW, staff_id)
    session.expire_all()
    seats = [len(enrolment.active(session, one)) for one in (made.kept_id, made.absorbed_id)]
    assert made.kept_id == women[0].id
    assert sum(seats) == active[first]
    assert max(seats) <= 1


@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_since_the_merge_stays(
    session: Session, key: PersonalKey, staff_id: uuid.UUID, *, marked: bool
) -> None:
    """The merge took the other's "present"; whoever is marked present since was there herself."""
    women = [add_woman(session, key, number)[0] for number in (1, 2)]
    group, meeting = add_group(session)
    kept_id = merging.merge(session, key, women[0].id, women[1].id, NOW, staff_id).kept_id
    made = session.scalars(select(WomanMerge)).one()
    merging.undo(session, key, made.id, NOW, staff_id)
    for one, state in ((made.kept_id, "absent"), (made.absorbed_id, "present")):
        enrolment.enrol(session, session.get_one(Woman, one), group.id)
        session.add(Attendance(woman_id=one, session_id=meeting.id, state=state, updated_at=NOW))
    session.flush()
    again = merging.merge(session, key, made.kept_id, made.absorbed_id, NOW, staff_id)
    assert again.kept_id == kept_id
    if marked:
        mark = Mark(uuid.uuid4(), kept_id, MarkState.PRESENT, NOW + timedelta(hours=1))
        attendance.note(session, meeting.id, mark, source=MarkSource.PAGE, by=None, now=mark.at)
    merging.undo(session, key, again.id, NOW, staff_id)
    session.expire_all()
    states = dict(session.execute(select(Attendance.woman_id, Attendance.state)).all())
    assert states == {kept_id: "present" if marked else "absent", again.absorbed_id: "present"}
