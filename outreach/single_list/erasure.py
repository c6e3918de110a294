"""Erasing all that is held about a woman, on all her conversations and in every table (LGPDPPSO art. 46).

Kept are the receipt without a link to her, the keyed hashes of her addresses with the will not to be written
to, and what is sealed: the lines of an open or closed case stay with the casework team, which she is told.
Must never leave a readable word behind: a test looks for every value of hers in a dump of all tables.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from models import (
    ChannelAddress,
    Consent,
    Conversation,
    DataRequest,
    InboundMessage,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    RasaTracker,
    Woman,
    WomanMerge,
)
from outreach.casework import draft_case, pending
from outreach.messages import conversation_state, inbox, media, outbox, unlinking
from outreach.messages.conversation_state import PrivateState
from outreach.people import preferences, registry, second_number
from outreach.programme import enrolment, waiting_list
from outreach.single_list import blocking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.blocking import Stays

ERASURE = "erasure"
ERASED = "erased"
UNDER_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.IN_DOUBT)
WAITS_FOR_REPLIES = timedelta(days=1)


def erase(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    state: PrivateState,
    now: datetime,
) -> list[Stays]:
    """Erase her record, seats, messages and dialogue, wherever she is reached; return what stays blocked.

    `state` is the private state of `conversation`, which the caller writes back. The addresses of her other
    conversations go at once; that of this one follows once the receipt has left (`finish`).
    """
    hers = _locked(session, conversation)
    preferences.opt_out(session, conversation, now)
    woman = registry.woman_of(session, conversation)
    stay = _erase_record(session, key, settings, woman, hers, now) if woman is not None else []
    case_ids = set()
    for each in hers:
        its = state if each.id == conversation.id else conversation_state.read(key, each)
        draft_case.forget(session, its)
        case_ids |= {uuid.UUID(its.case_id)} if its.case_id else set()
        kept = kept_state(its)
        for name, value in vars(kept).items():
            setattr(its, name, value)
        conversation_state.write(key, each, its)
        if each.id != conversation.id and its.case_id is None:
            forget_addresses(key, each)
    for case_id in sorted(case_ids):  # several are locked in one order
        pending.forget_words(session, key, case_id, now)
    ids = [each.id for each in hers]
    _erase_messages(session, key, hers, now)
    session.execute(delete(Consent).where(Consent.conversation_id.in_(ids)))
    session.execute(delete(RasaTracker).where(RasaTracker.conversation_id.in_(ids)))
    session.execute(
        update(DataRequest)
        .where(DataRequest.conversation_id.in_(ids), DataRequest.kind != ERASURE)
        .values(conversation_id=None)
    )
    session.flush()
    return stay


def erase_woman(
    session: Session, key: PersonalKey, settings: Settings, woman: Woman, now: datetime
) -> tuple[Conversation | None, list[Stays]]:
    """Erase a woman as she asked somebody of the staff; return where she was heard last, and what stays.

    The address there follows as in `erase`, once a request of hers names that conversation.
    """
    last = session.scalars(
        select(Conversation.id)
        .where(Conversation.woman_id == woman.id)
        .order_by(Conversation.last_inbound_at.desc().nulls_last(), Conversation.created_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return None, _erase_record(session, key, settings, woman, [], now)
    _lock_addresses(session, [last])
    conversation = session.get_one(Conversation, last, with_for_update=True, populate_existing=True)
    state = conversation_state.read(key, conversation)
    stay = erase(session, key, settings, conversation, state, now)
    conversation_state.write(key, conversation, state)
    session.flush()
    return conversation, stay


def _locked(session: Session, conversation: Conversation) -> list[Conversation]:
    """Return her conversations, locked and read after that: somebody may be taking another one of hers."""
    ids = [each.id for each in registry.conversations_of(session, conversation) if each.id != conversation.id]
    session.flush()  # what is re-read below would forget what is not yet written
    _lock_addresses(session, ids)
    others = session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(ids))
        .order_by(Conversation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [conversation, *others]


def _lock_addresses(session: Session, conversation_ids: Sequence[uuid.UUID | None]) -> None:
    """Lock addresses before their conversations, as a message does that comes in: it is never refused."""
    of_them = select(ChannelAddress.id).where(ChannelAddress.conversation_id.in_(conversation_ids))
    session.execute(of_them.order_by(ChannelAddress.id).with_for_update())


def _erase_record(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    woman: Woman,
    hers: Sequence[Conversation],
    now: datetime,
) -> list[Stays]:
    named = registry.read_details(key, woman).phone
    for each in hers:
        if named:
            second_number.withdraw(session, key, each, named)
    for seat in enrolment.active(session, woman.id):
        waiting_list.leave_and_pass_on(session, key, settings, seat, now)
    stay = blocking.stays(session, key, woman, now)
    session.execute(update(Conversation).where(Conversation.woman_id == woman.id).values(woman_id=None))
    session.execute(
        update(DataRequest)
        .where(DataRequest.woman_id == woman.id)
        .values(about_cipher=None, woman_id=None, agency=None)
    )
    # A merge that was undone hangs on the other record, and may have kept what hers was before it.
    session.execute(delete(WomanMerge).where(WomanMerge.absorbed_id == woman.id))
    session.flush()
    # Seats, answers, attendance, reminders, notices, folios, name keys, interviews and campaigns go with it.
    session.delete(session.get_one(Woman, woman.id))
    session.flush()
    return stay


def kept_state(state: PrivateState) -> PrivateState:
    """What a conversation keeps: that a person has it, and cover with its word."""
    kept = PrivateState(case_id=state.case_id, held=state.held, released=state.released, cover=state.cover)
    if state.cover:
        kept.cover_since, kept.cover_heard = state.cover_since, state.cover_heard
        kept.word_hash = state.word_hash
        kept.word_misses, kept.word_misses_since = state.word_misses, state.word_misses_since
    return kept


def forget_addresses(key: PersonalKey, conversation: Conversation) -> None:
    """Take the numbers away; their keyed hashes stay, so that nothing is initiated."""
    for address in conversation.addresses:
        address.address_cipher = key.encrypt({"address": ""}, place=f"address:{address.id}")
        address.last_seen_at = None


def _erase_messages(session: Session, key: PersonalKey, hers: Sequence[Conversation], now: datetime) -> None:
    for inbound in session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id.in_([each.id for each in hers]))
        .with_for_update()
    ):
        inbox.blank(key, inbound)
        if inbound.received_at > now - media.UNDECIDED_FOR:
            media.drop(session, key, [inbound.id], now)
    for each in hers:
        session.execute(
            select(OutboxMessage.id).where(OutboxMessage.conversation_id == each.id).with_for_update()
        )
        for row in unlinking.of_conversation(session, key, each, now):
            _erase_sent(session, key, row)


def take_back(session: Session, key: PersonalKey, conversation_ids: Sequence[uuid.UUID]) -> None:
    """Let nothing leave any more that waits in these conversations, and blank what their rows still say.

    A row that is being sent just now is not waited for.
    """
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id.in_(conversation_ids))
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
    for row in rows:
        _erase_sent(session, key, row)


def _erase_sent(session: Session, key: PersonalKey, row: OutboxMessage) -> None:
    waits = row.state is OutboxState.QUEUED
    if waits and row.kind is OutboxKind.REPLY and outbox.read_content(key, row).confidential:
        # Help that has not reached her yet still does; its end blanks it.
        return
    outbox.advance(row, OutboxState.SUPPRESSED, reason=ERASED)
    if row.state is OutboxState.IN_DOUBT:
        # Without its text no look-up could prove it, and an empty one must not be sent.
        outbox.advance(row, OutboxState.FAILED, reason=ERASED)
    outbox.blank(key, row)
    if row.conversation_id is None:
        unlinking.forget_owner(session, key, row)


def finish(session: Session, key: PersonalKey, now: datetime, limit: int = 100) -> int:
    """Complete the erasures whose receipt has left: the address goes, and the request's link to it.

    An address stays where a person of the team has the conversation, or where she has written again since.
    Returns how many were completed.
    """
    under_way = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.conversation_id == DataRequest.conversation_id, OutboxMessage.state.in_(UNDER_WAY)
        )
        .exists()
    )
    requests = session.scalars(
        select(DataRequest)
        .where(
            DataRequest.kind == ERASURE,
            DataRequest.conversation_id.is_not(None),
            DataRequest.done_at.is_not(None),
            or_(~under_way, DataRequest.done_at < now - WAITS_FOR_REPLIES),
        )
        .order_by(DataRequest.done_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for request in requests:
        _lock_addresses(session, [request.conversation_id])
        conversation = session.get(Conversation, request.conversation_id, with_for_update=True)
        request.conversation_id = None
        if conversation is None:
            continue
        heard = conversation.last_inbound_at
        erased = request.done_at
        wrote = heard is not None and erased is not None and heard > erased
        came_back = conversation.woman_id is not None or wrote
        if not came_back and conversation_state.read(key, conversation).case_id is None:
            forget_addresses(key, conversation)
    session.flush()
    return len(requests)
