"""What of hers waits for an answer, and how long it may wait: the debounce policy.

Several short messages are one thought (decision 8). A tap on a button is a thought of its own, so that what
she typed beside it is read too. Reads only; the worker decides when to look again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Uuid, bindparam, exists, or_, select

from models import Conversation, InboundMessage, OutboxMessage, OutboxState, Turn, TurnState
from outreach.messages import conversation_state, cover_state, flood, inbox, withdrawn
from outreach.messages.inbox import Kind

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.inbox import Incoming
    from outreach.sealing.crypto import PersonalKey

SETTLED_AFTER = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=8)
LONGEST_TEXT = 1500  # what the dialogue reads
OVERLAP = 300
"""Characters that a part of a long text shares with the one before it."""
MOST_PARTS = 40
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CHANGES = (Kind.DELETED, Kind.EDITED)


@dataclass(frozen=True)
class Waiting:
    """What waits in a conversation: `settles_at` is when the burst counts as over.

    `text` is what may be judged before that; empty where nothing may: under cover, where a person reads her,
    and where her safe word is awaited. `newest` is the `seq` of her last message that waits, 0 where only an
    open turn does. `hurries`: it overtakes a backlog though no model may judge it. `listens`: a voice note in
    it is still being listened to. `parts` are all of her words where the text had to be cut.
    """

    text: str
    settles_at: datetime
    must_not_wait: bool
    newest: int = 0
    hurries: bool = False
    listens: bool = False
    parts: tuple[str, ...] = ()


# Built once: each turn asks all of these.
_CONVERSATION = bindparam("conversation_id", type_=Uuid())
_UNTAKEN = (InboundMessage.conversation_id == _CONVERSATION, InboundMessage.turn_id.is_(None))
_PENDING = select(InboundMessage).where(*_UNTAKEN).order_by(InboundMessage.seq)
_ANY_PENDING = select(exists().where(*_UNTAKEN))
_ANY_UP_TO = select(exists().where(*_UNTAKEN, InboundMessage.seq <= bindparam("seq", type_=BigInteger())))
_OPEN_TURN = select(Turn).where(Turn.conversation_id == _CONVERSATION, Turn.state == TurnState.OPEN)
_OPEN_TURN_LOCKED = _OPEN_TURN.with_for_update()
_AT_A_GLANCE = (
    select(Conversation, Turn, InboundMessage)
    .outerjoin(Turn, (Turn.conversation_id == Conversation.id) & (Turn.state == TurnState.OPEN))
    .outerjoin(
        InboundMessage,
        (InboundMessage.conversation_id == Conversation.id) & InboundMessage.turn_id.is_(None),
    )
    .where(Conversation.id == _CONVERSATION)
    .order_by(InboundMessage.seq)
)
_ANYTHING = select(
    or_(
        exists().where(*_UNTAKEN),
        exists().where(Turn.conversation_id == _CONVERSATION, Turn.state == TurnState.OPEN),
        exists().where(
            OutboxMessage.conversation_id == _CONVERSATION, OutboxMessage.state == OutboxState.QUEUED
        ),
    )
)


def pending(session: Session, conversation_id: uuid.UUID) -> Sequence[InboundMessage]:
    """Return the messages that no turn has taken yet, in their order."""
    return session.scalars(_PENDING, {"conversation_id": conversation_id}).all()


def any_pending(session: Session, conversation_id: uuid.UUID) -> bool:
    """Say whether there is a message that no turn has taken yet."""
    return bool(session.scalar(_ANY_PENDING, {"conversation_id": conversation_id}))


def any_up_to(session: Session, conversation_id: uuid.UUID, seq: int) -> bool:
    """Say whether her message of that `seq`, or one before it, was taken by no turn yet."""
    return bool(session.scalar(_ANY_UP_TO, {"conversation_id": conversation_id, "seq": seq}))


def anything(session: Session, conversation_id: uuid.UUID) -> bool:
    """Say whether a message, an open turn or a reply waits in a conversation; takes no lock."""
    return bool(session.scalar(_ANYTHING, {"conversation_id": conversation_id}))


@dataclass(frozen=True)
class Found:
    """What waits in a conversation, as rows."""

    conversation: Conversation
    turn: Turn | None
    rows: Sequence[InboundMessage]


def look(session: Session, conversation_id: uuid.UUID, *, lock: bool) -> Found:
    """Read what waits; with `lock` nobody else begins or ends a turn until the transaction is over."""
    conversation = session.get_one(Conversation, conversation_id, with_for_update=lock)
    opened = _OPEN_TURN_LOCKED if lock else _OPEN_TURN
    turn = session.scalars(opened, {"conversation_id": conversation_id}).one_or_none()
    return Found(conversation, turn, pending(session, conversation_id))


def waiting(
    session: Session, key: PersonalKey, settings: Settings, conversation_id: uuid.UUID, now: datetime
) -> Waiting | None:
    """Look whether something waits, in one statement; None where nothing does."""
    rows = session.execute(_AT_A_GLANCE, {"conversation_id": conversation_id}).all()
    if not rows:
        return None
    conversation, turn, _ = rows[0]
    found = Found(conversation, turn, [message for _, _, message in rows if message is not None])
    return judge(key, settings, found, now)


def judge(key: PersonalKey, settings: Settings, found: Found, now: datetime) -> Waiting | None:
    """Decide how long what waits may wait; None where nothing does."""
    rows = found.rows
    if not rows:
        return Waiting("", settles_at=LONG_AGO, must_not_wait=True) if found.turn is not None else None
    messages = withdrawn.left([inbox.read(key, row) for row in rows])
    state = conversation_state.read(key, found.conversation)
    cover_state.end_if_worn_out(state, settings.cover_hours, now)
    settles_at = min(rows[-1].received_at + SETTLED_AFTER, rows[0].received_at + LONGEST_WAIT)
    # The word of cover mode and what a person reads need no gathering, and go to no model.
    # Under cover nothing else hurries: how soon an answer comes would tell what stands behind it.
    unread = state.held or state.word_expected
    tapped = any(m.payload is not None for m in messages)
    read = [] if state.cover or unread else messages
    return Waiting(
        joined(read),
        settles_at,
        must_not_wait=found.turn is not None or tapped or (unread and not state.cover),
        newest=rows[-1].seq,
        hurries=state.held and not state.cover,
        parts=parts(read),
    )


def next_thought(key: PersonalKey, rows: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Return the rows that the next turn takes: up to the first tap, which is a thought of its own.

    Deletions and corrections go with what they may be about. What is too much to be thoughts goes as one.
    """
    if len(rows) > flood.MOST:
        return list(rows)
    messages = [inbox.read(key, row) for row in rows]
    standing = withdrawn.left(messages)
    tap = next((m.id for m in standing if m.payload is not None), None)
    if tap is None:
        return list(rows)
    place = next(i for i, m in enumerate(messages) if m.id == tap)
    if any(m.kind not in CHANGES for m in standing[: standing.index(_by_id(standing, tap))]):
        later = [row for row, m in zip(rows[place:], messages[place:], strict=True) if m.kind in CHANGES]
        return [*rows[:place], *later]
    return list(rows[: place + 1])


def _by_id(messages: Sequence[Incoming], wanted: uuid.UUID) -> Incoming:
    return next(m for m in messages if m.id == wanted)


def joined(messages: Sequence[Incoming]) -> str:
    """Her words as one thought; of very many, the first and the last, for a cry often stands at the end."""
    text = "\n".join(m.text for m in messages if m.text)
    half = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:half]}\n{text[-half + 1 :]}"


def parts(messages: Sequence[Incoming]) -> tuple[str, ...]:
    """Return her words in pieces that can be judged whole; none where `joined` leaves nothing out.

    What stands in the middle of very much would be read by nobody. Of more than `MOST_PARTS` the first and
    the last are kept.
    """
    text = "\n".join(m.text for m in messages if m.text)
    if len(text) <= LONGEST_TEXT:
        return ()
    starts = range(0, len(text) - OVERLAP, LONGEST_TEXT - OVERLAP)
    found = tuple(text[start : start + LONGEST_TEXT] for start in starts)
    return found if len(found) <= MOST_PARTS else (found[0], *found[1 - MOST_PARTS :])


def hold(session: Session, conversation_id: uuid.UUID) -> None:
    """Wait for whoever is storing a message of this conversation, and lock it for this transaction."""
    session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
