"""Women who have not been heard or seen for long: their whole record is blocked, with all that hangs on it.

A case changes nothing that a coordinator could see: the record goes all the same, and what is sealed stays
with the casework team, as it does after an erasure.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import selectinload

from models import (
    Attendance,
    Base,
    BlockedRecord,
    ChannelAddress,
    Consent,
    Conversation,
    DataKind,
    DataRequest,
    Enrolment,
    EnrolmentState,
    FoodSecurityInterview,
    InboundMessage,
    ListedPhone,
    RasaTracker,
    Support,
    Woman,
    WomanMerge,
)
from models import Session as Meeting
from outreach.casework import draft_case
from outreach.messages import conversation_state, inbox
from outreach.single_list import blocking, erasure
from outreach.single_list.linking import parking
from outreach.single_list.plain_rows import plain

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Table
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

# What is kept apart already, and what the record itself says again.
_LEFT_OUT = {BlockedRecord.__tablename__, ListedPhone.__tablename__}


def quiet(cutoff: datetime) -> list[ColumnElement[bool]]:
    """Return what is true of a woman of whom nothing came since `cutoff`, with no request open."""
    of = Woman.id
    hers = Enrolment.woman_id == of
    meets = (Enrolment.state != EnrolmentState.LEFT) & (
        select(Meeting.id).where(Meeting.group_id == Enrolment.group_id, Meeting.starts_at >= cutoff).exists()
    )
    since = (
        exists().where(Conversation.woman_id == of, Conversation.last_inbound_at >= cutoff),
        exists().where(
            hers, or_(Enrolment.created_at >= cutoff, Enrolment.left_at >= cutoff, meets)
        ),
        exists().where(Attendance.woman_id == of, Attendance.updated_at >= cutoff),
        exists().where(Support.woman_id == of, Support.day >= cutoff.date()),
        exists().where(FoodSecurityInterview.woman_id == of, FoodSecurityInterview.created_at >= cutoff),
        exists().where(DataRequest.woman_id == of, DataRequest.done_at.is_(None)),
    )  # fmt: skip
    changed = func.coalesce(Woman.updated_at, Woman.created_at)
    return [Woman.created_at < cutoff, changed < cutoff, *(~one for one in since)]


def count(session: Session, cutoff: datetime) -> int:
    """Count them."""
    return session.scalar(select(func.count()).select_from(Woman).where(*quiet(cutoff))) or 0


def block(
    session: Session, key: PersonalKey, cutoff: datetime, erase_after: datetime, now: datetime, limit: int
) -> int:
    """Block up to `limit` of them, those left out whose conversation a turn has; return how many.

    Nothing is waited for: a woman who is writing just now is never kept waiting by this.
    """
    women = session.scalars(
        select(Woman)
        .where(*quiet(cutoff))
        .order_by(Woman.created_at, Woman.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    talks = _conversations(session, [woman.id for woman in women])
    free = [woman for woman in women if woman.id in talks]
    if not free:
        return 0
    ids = [woman.id for woman in free]
    content = _content(session, key, free, [each.id for one in ids for each in talks[one]])
    taken = [blocking.Taken(DataKind.WOMAN, None, content[woman.id], erase_after) for woman in free]
    blocking.store(session, key, taken, now)
    _forget(session, key, [each for one in ids for each in talks[one]])
    session.execute(update(DataRequest).where(DataRequest.woman_id.in_(ids)).values(about_cipher=None))
    # What was blocked of her before has its own time, and says itself whose it is.
    session.execute(update(BlockedRecord).where(BlockedRecord.woman_id.in_(ids)).values(woman_id=None))
    session.execute(delete(Woman).where(Woman.id.in_(ids)).execution_options(synchronize_session=False))
    session.expire_all()
    return len(ids)


def _conversations(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Conversation]]:
    """Return the locked conversations of each woman; she of whom one could not be locked is left out."""
    of_them = select(Conversation.id, Conversation.woman_id).where(Conversation.woman_id.in_(ids))
    all_of_them = {row.id: row.woman_id for row in session.execute(of_them)}
    addresses = select(ChannelAddress.id, ChannelAddress.conversation_id).where(
        ChannelAddress.conversation_id.in_(all_of_them)
    )
    wanted = {row.id: row.conversation_id for row in session.execute(addresses)}
    got = set(
        session.scalars(
            select(ChannelAddress.id)
            .where(ChannelAddress.id.in_(wanted))
            .order_by(ChannelAddress.id)
            .with_for_update(skip_locked=True)
        )
    )
    locked = session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(all_of_them))
        .order_by(Conversation.id)
        .with_for_update(skip_locked=True)
        .options(selectinload(Conversation.addresses))
        .execution_options(populate_existing=True)
    ).all()
    busy = {all_of_them[talk] for address, talk in wanted.items() if address not in got}
    busy |= {all_of_them[talk] for talk in all_of_them.keys() - {each.id for each in locked}}
    found: dict[uuid.UUID, list[Conversation]] = {one: [] for one in ids if one not in busy}
    for each in locked:
        if each.woman_id in found:
            found[each.woman_id].append(each)
    return found


def _content(
    session: Session, key: PersonalKey, women: list[Woman], talks: list[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """All that hangs on each of them, a statement a table."""
    ids = [woman.id for woman in women]
    found: dict[uuid.UUID, dict[str, Any]] = {one: defaultdict(list) for one in ids}
    record = Base.metadata.tables[Woman.__tablename__]
    for row in session.execute(select(record).where(record.c.id.in_(ids))):
        found[row.id][record.name].append(plain(key, record, row))
    for table, column in _hanging():
        for row in session.execute(select(table).where(column.in_(ids))):
            found[getattr(row, column.name)][table.name].append(plain(key, table, row))
    consents = (
        select(Conversation.woman_id, Base.metadata.tables[Consent.__tablename__])
        .join(Consent, Consent.conversation_id == Conversation.id)
        .where(Conversation.id.in_(talks))
    )
    table = Base.metadata.tables[Consent.__tablename__]
    for row in session.execute(consents):
        found[row.woman_id][table.name].append(plain(key, table, row))
    return found


def _hanging() -> Iterator[tuple[Table, Column[Any]]]:
    for table, column in parking.hanging():
        deleted = any(key.ondelete == "CASCADE" for key in column.foreign_keys)
        if (deleted or table.name == DataRequest.__tablename__) and table.name not in _LEFT_OUT:
            yield table, column
    merges = Base.metadata.tables[WomanMerge.__tablename__]
    yield merges, merges.c.kept_id


def _forget(session: Session, key: PersonalKey, talks: list[Conversation]) -> None:
    """Leave of their conversations what an erasure leaves, but for the will not to be written to.

    What she wrote goes now and is not kept apart: of a woman with a case none of it is readable, so that its
    lack would tell.
    """
    ids = [each.id for each in talks]
    for came in session.scalars(select(InboundMessage).where(InboundMessage.conversation_id.in_(ids))):
        inbox.blank(key, came)
    erasure.take_back(session, key, ids)
    for each in talks:
        state = conversation_state.read(key, each)
        draft_case.forget(session, state)
        conversation_state.write(key, each, erasure.kept_state(state))
        if state.case_id is None:
            erasure.forget_addresses(key, each)
    session.execute(delete(Consent).where(Consent.conversation_id.in_(ids)))
    session.execute(delete(RasaTracker).where(RasaTracker.conversation_id.in_(ids)))
    session.flush()
