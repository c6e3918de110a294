"""Two records that were parted again are two women: what is kept of the merge tells neither of the other."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import func, select, text

from models import LinkPair, Role, Staff, Woman, WomanMerge
from outreach.people import registry
from outreach.single_list import copy_sheet, erasure, rights
from outreach.single_list.linking import deciding, merging
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

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
