"""The history of a woman's record: who changed what, when, what it was before; and undoing one change.

A change can be undone where nothing came after it: the record still has the value that it wrote. What she
herself wrote is never undone, it is corrected with a confirmation (`her_record`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Affiliation, Conversation, Enrolment, EnrolmentState, Staff, WomanChange
from outreach.people import changes, preferences, registry
from outreach.people.changes import CONTACT_ENDED, ENROLLED, FOLIO, LEFT, NUMBER
from outreach.people.details import COLUMNS, HERSELF, VALUES
from outreach.programme import enrolment, waiting_list
from outreach.single_list.her_record import RecordError, locked
from outreach.texts import women as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.people.changes import Change, Values
    from outreach.sealing.crypto import PersonalKey

PAGE = 20


@dataclass(frozen=True)
class Entry:
    """One change as the page shows it; `by` is empty where she or a list made it."""

    id: uuid.UUID
    change: Change
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str
    undoable: bool


@dataclass(frozen=True)
class History:
    """A page of changes, the newest first; `older`: where the next page begins."""

    entries: list[Entry]
    older: int | None


@dataclass(frozen=True)
class Standing:
    """What of her stands now, against which a change is held."""

    values: Values
    seats: Sequence[Enrolment]
    conversations: Sequence[Conversation]
    folios: frozenset[str]
    reader: str | None


def standing(session: Session, key: PersonalKey, woman: Woman, reader: str | None) -> Standing:
    """Read what stands now, in three statements; `reader` is the coordinator's agency, None: of all."""
    conversations = session.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).all()
    folios = session.scalars(select(Affiliation.id).where(Affiliation.woman_id == woman.id))
    return Standing(
        changes.values_of(woman, registry.read_details(key, woman)),
        session.scalars(select(Enrolment).where(Enrolment.woman_id == woman.id)).all(),
        conversations,
        frozenset(str(one) for one in folios),
        reader,
    )


def listed(
    session: Session, key: PersonalKey, woman_id: uuid.UUID, now: Standing, *, after: int | None = None
) -> History:
    """Return a page of her history in one statement."""
    undoer = Staff.__table__.alias("undoer")
    query = (
        select(WomanChange, Staff.display_name, undoer.c.display_name)
        .outerjoin(Staff, Staff.id == WomanChange.staff_id)
        .outerjoin(undoer, undoer.c.id == WomanChange.undone_by)
        .where(WomanChange.woman_id == woman_id)
        .order_by(WomanChange.seq.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(WomanChange.seq < after)
    rows = session.execute(query).all()
    entries = []
    for row, by, undone_by in rows[:PAGE]:
        change = changes.read(key, row)
        undoable = row.undone_at is None and _stands(change, now)
        entries.append(
            Entry(row.id, change, row.created_at, by or "", row.undone_at, undone_by or "", undoable)
        )
    return History(entries, rows[PAGE - 1][0].seq if len(rows) > PAGE else None)


def _stands(change: Change, now: Standing) -> bool:
    """Say whether nothing came after a change."""
    ref = change.ref
    if change.what in VALUES or change.what in COLUMNS:
        if change.now is not None and change.now.who == HERSELF:
            return False
        return now.values[change.what] == (change.after, change.now)
    if change.what == ENROLLED:
        return any(str(seat.id) == ref["seat"] and seat.state in _ACTIVE for seat in now.seats)
    if change.what == LEFT:
        in_group = [seat for seat in now.seats if str(seat.group_id) == ref["group"]]
        newest = max(in_group, key=lambda seat: seat.seq, default=None)
        return newest is not None and str(newest.id) == ref["seat"] and newest.state is EnrolmentState.LEFT
    if change.what == CONTACT_ENDED:
        ended = datetime.fromisoformat(ref["at"])
        hers = {str(one.id) for one in now.conversations}
        return hers == set(ref["conversations"]) and all(
            one.opted_out_at == ended for one in now.conversations
        )
    if change.what == NUMBER:
        return any(
            str(one.id) == ref["conversation"] and one.last_inbound_at is None for one in now.conversations
        )
    return change.what == FOLIO and ref["affiliation"] in now.folios and now.reader in {None, ref["agency"]}


_ACTIVE = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)


def undo(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    woman_id: uuid.UUID,
    change_id: uuid.UUID,
    *,
    reader: str | None,
    by: uuid.UUID,
    now: datetime,
) -> str:
    """Undo one change and return what to say.

    Raises:
        RecordError: it was undone, or something came after it.
    """
    woman = locked(session, woman_id)
    row = session.scalar(
        select(WomanChange)
        .where(WomanChange.id == change_id, WomanChange.woman_id == woman_id)
        .with_for_update()
    )
    change = changes.read(key, row) if row is not None else None
    if row is None or change is None or row.undone_at is not None:
        raise RecordError(texts.NOT_UNDONE)
    stands = standing(session, key, woman, reader)
    if not _stands(change, stands):
        raise RecordError(texts.NOT_UNDONE)
    said = texts.UNDONE
    if change.what == ENROLLED:
        seat = session.get_one(Enrolment, uuid.UUID(change.ref["seat"]))
        waiting_list.leave_and_pass_on(session, key, settings, seat, now)
    elif change.what == LEFT:
        said = _enrol_again(session, woman, change)
    elif change.what == CONTACT_ENDED:
        preferences.opt_in(session, stands.conversations[0])
    elif change.what == NUMBER:
        _let_number_go(session, change, stands.conversations)
    elif change.what == FOLIO:
        session.delete(session.get_one(Affiliation, uuid.UUID(change.ref["affiliation"])))
    else:
        _put_back(session, key, woman, change)
    row.undone_at, row.undone_by = now, by
    session.flush()
    return said


def _enrol_again(session: Session, woman: Woman, change: Change) -> str:
    seat = enrolment.enrol(session, woman, uuid.UUID(change.ref["group"]))
    if seat is None:
        raise RecordError(texts.GROUP_CLOSED)
    waits = seat.state is EnrolmentState.WAITING and change.before != EnrolmentState.WAITING.value
    return texts.UNDONE_WAITS if waits else texts.UNDONE


def _let_number_go(session: Session, change: Change, hers: Sequence[Conversation]) -> None:
    """Take a number from her, and take back what its coming had stopped; what she stopped since stays."""
    stopped, since = change.ref.get("stopped", ()), change.ref.get("since")
    preferences.begin_again(
        session,
        [
            one
            for one in hers
            if str(one.id) in stopped and one.opted_out_at and one.opted_out_at.isoformat() == since
        ],
    )
    session.get_one(Conversation, uuid.UUID(change.ref["conversation"])).woman_id = None


def _put_back(session: Session, key: PersonalKey, woman: Woman, change: Change) -> None:
    details = registry.read_details(key, woman)
    if change.what in COLUMNS:
        setattr(woman, change.what, change.before or None)
    else:
        setattr(details, change.what, change.before)
    if change.was is None:
        details.sources.pop(change.what, None)
    else:
        details.sources[change.what] = change.was
    registry.write_details(session, key, woman, details, noted=False)


def of_her_copy(session: Session, key: PersonalKey, woman_id: uuid.UUID) -> list[dict[str, str]]:
    """Return all changes for her own copy (LGPDPPSO art. 51), the oldest first; staff by no name."""
    rows = session.scalars(
        select(WomanChange).where(WomanChange.woman_id == woman_id).order_by(WomanChange.seq)
    )
    return [
        {"what": change.what, "before": change.before, "after": change.after,
         "at": row.created_at.isoformat(), "undone_at": row.undone_at.isoformat() if row.undone_at else ""}
        for row in rows
        for change in (changes.read(key, row),)
    ]  # fmt: skip
