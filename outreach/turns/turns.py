"""One turn of hers: gathered, asked of the dialogue, applied in one transaction.

The turn's row is committed before Rasa is asked and its id goes with every try, so that a crash at
any line ends in the same turn being asked again and applied once (promise P2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import Conversation, InboundMessage, OutboxKind, Turn, TurnState
from outreach.casework import cases, draft_case
from outreach.ground import counters, jobs
from outreach.messages import conversation_state, inbox, outbox, withdrawn
from outreach.messages.conversation_state import Choice
from outreach.messages.inbox import Kind
from outreach.messages.outbox import Content
from outreach.messages.redaction_queue import mark
from outreach.people import preferences, second_number
from outreach.texts import herself as texts
from outreach.turns import commands, cover, dialogue_facts, effects, handlers, offered_replies, turn_context
from outreach.turns.commands import Command
from outreach.turns.effects import Receipt, UnknownEffectError

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.messages.inbox import Incoming
    from outreach.sealing.crypto import PersonalKey

SETTLED_AFTER = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=8)
MOST_TRIES = 3
BACK_OFF = (timedelta(seconds=2), timedelta(seconds=6), timedelta(seconds=15))
LONGEST_TEXT = 1500  # what the dialogue reads
# What the dialogue is told in place of her safe word, kept or given; nobody can type or tap these.
WORD_SAVED, RETURN = "/safe_word_saved", "/safe_word_ok"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
__all__ = ["Ask", "Waiting", "begin", "failed_try", "finish", "waiting"]
_ = handlers  # importing it registers what each effect does


@dataclass(frozen=True)
class Waiting:
    """What waits in a conversation: `settles_at` is when the burst counts as over.

    `text` is what may be judged before that; empty where nothing may.
    """

    text: str
    settles_at: datetime
    must_not_wait: bool


@dataclass(frozen=True)
class Ask:
    """What Rasa is asked in one turn."""

    turn_id: uuid.UUID
    conversation_id: uuid.UUID
    text: str
    metadata: dict[str, Any]


def _pending(session: Session, conversation_id: uuid.UUID) -> Sequence[InboundMessage]:
    return session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id == conversation_id, InboundMessage.turn_id.is_(None))
        .order_by(InboundMessage.seq)
    ).all()


def _open(conversation_id: uuid.UUID) -> Select[Turn]:
    return select(Turn).where(Turn.conversation_id == conversation_id, Turn.state == TurnState.OPEN)


def _open_turn(session: Session, conversation_id: uuid.UUID) -> Turn | None:
    return session.scalars(_open(conversation_id).with_for_update()).one_or_none()


def waiting(session: Session, key: PersonalKey, conversation_id: uuid.UUID, now: datetime) -> Waiting | None:
    """Look whether something waits; None where nothing does."""
    if session.scalars(_open(conversation_id)).first() is not None:
        return Waiting("", settles_at=LONG_AGO, must_not_wait=True)
    rows = _pending(session, conversation_id)
    if not rows:
        return None
    messages = withdrawn.left([inbox.read(key, row) for row in rows])
    conversation = session.get_one(Conversation, conversation_id)
    state = conversation_state.read(key, conversation)
    cover.end_if_worn_out(state, now)
    settles_at = min(rows[-1].received_at + SETTLED_AFTER, rows[0].received_at + LONGEST_WAIT)
    # A tap is a whole thought; the word of cover mode and what a person reads need no gathering.
    # Under cover nothing else hurries: how soon an answer comes would tell what stands behind it.
    hurries = not state.cover and (state.held or state.word_expected)
    tapped = bool(messages) and messages[-1].payload is not None
    at_once = tapped or hurries
    return Waiting("" if state.cover else _joined(messages), settles_at, must_not_wait=at_once)


def _joined(messages: Sequence[Incoming]) -> str:
    """Her words as one thought; of very many, the first and the last, for a cry often stands at the end."""
    text = "\n".join(m.text for m in messages if m.text)
    half = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:half]}\n{text[-half + 1 :]}"


def begin(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation_id: uuid.UUID,
    now: datetime,
) -> Ask | None:
    """Open the turn (or take up the open one) and say what to ask; None where there is nothing to ask.

    What a person who has the conversation is to read never reaches the model: it is sealed here. Her
    safe word never does either: the dialogue is only told that it was kept, or given.
    """
    conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
    turn = _open_turn(session, conversation_id)
    if turn is None:
        rows = _pending(session, conversation_id)
        if not rows:
            return None
        turn = Turn(conversation_id=conversation_id, attempts=0, state=TurnState.OPEN)
        session.add(turn)
        session.flush()
        for row in rows:
            row.turn_id = turn.id
            mark(row, now)
        session.flush()
    here = _scene(session, key, settings, conversation, turn, now)
    if _answered_without_the_model(here):
        _end(here, TurnState.ANSWERED)
        return None
    return _ask(here)


def _scene(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    turn: Turn,
    now: datetime,
) -> turn_context.TurnContext:
    rows = session.scalars(
        select(InboundMessage).where(InboundMessage.turn_id == turn.id).order_by(InboundMessage.seq)
    ).all()
    messages = [inbox.read(key, row) for row in rows]
    withdrawn.forget_deleted(session, key, conversation.id, messages)
    return turn_context.TurnContext(
        session=session,
        key=key,
        settings=settings,
        conversation=conversation,
        state=conversation_state.read(key, conversation),
        turn=turn,
        incoming=withdrawn.left(messages),
        now=now,
    )


def _answered_without_the_model(here: turn_context.TurnContext) -> bool:
    cover.end_if_worn_out(here.state, here.now)
    if not here.incoming:
        return True  # all of it was deleted again: silence is what she wants
    if here.state.held and here.state.case_id and not here.state.cover:
        # What comes now is for the person to read, and so is no safe word.
        here.state.word_expected = False
        _obey(here)
        _seal_incoming(here)
        return True
    return _joins_second_number(here)


def _joins_second_number(here: turn_context.TurnContext) -> bool:
    """The code that she was given for this number: the two conversations become hers (P9)."""
    code = second_number.code_in(here.incoming[0].text) if len(here.incoming) == 1 else None
    if code is None or here.state.claim is None or here.state.cover:
        return False
    joined = second_number.confirm(here.session, here.key, here.conversation, here.state, code, here.now)
    _say(here, [Content(texts.NUMBER_JOINED if joined else texts.NUMBER_NOT_JOINED)])
    return True


def _obey(here: turn_context.TurnContext) -> None:
    """While a person has her, she can still hide or stop in one word; nothing else is answered."""
    ordered = {commands.command_in(message.text) for message in here.incoming}
    if Command.HIDE in ordered:
        cover.enter(here.state, here.now)
        here.save_state()
        _say(here, [Content(texts.COVER_LINE)])
    elif Command.STOP in ordered:
        preferences.opt_out(here.session, here.conversation, here.now)
        _say(here, [Content(texts.OPTED_OUT)])


def _ask(here: turn_context.TurnContext) -> Ask:
    last = here.incoming[-1]
    alone = len(here.incoming) == 1 or last.payload
    payload = offered_replies.chosen(last, here.state.choices, here.state.older) if alone else None
    text = _joined(here.incoming)
    facts = dialogue_facts.build(
        here.session, here.key, here.settings, here.conversation, here.state, here.now
    )
    if here.state.word_expected and cover.set_word(here.state, text):
        text, payload = "", WORD_SAVED
    elif here.state.cover and cover.is_word(here.state, text, here.now):
        facts["cover"], text, payload = False, "", RETURN
    here.save_state()
    kind = next((m.kind for m in here.incoming if m.kind is not Kind.TEXT), Kind.TEXT)
    metadata = {
        "message_id": str(here.turn.id),
        "payload": payload,
        "kind": str(Kind.TEXT if text and kind is not Kind.LOCATION else kind),
        "context": facts,
    }
    return Ask(here.turn.id, here.conversation.id, text, metadata)


def finish(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    ask: Ask,
    items: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Apply what came back: effects, replies and the end of the turn, all or nothing.

    Raises:
        UnknownEffectError: the dialogue asked for something that is not in the closed list.
    """
    conversation = session.get_one(Conversation, ask.conversation_id, with_for_update=True)
    turn = session.get_one(Turn, ask.turn_id, with_for_update=True)
    if turn.state is not TurnState.OPEN:
        return
    here = _scene(session, key, settings, conversation, turn, now)
    if here.state.held and not here.state.cover:
        # A person took her while the dialogue was being asked: its answer must not follow (P7).
        _seal_incoming(here)
        _end(here, TurnState.ANSWERED)
        return
    here.state.word_expected = False
    if ask.metadata["payload"] in {RETURN, WORD_SAVED}:
        here.state.cover = here.state.cover and ask.metadata["payload"] != RETURN
        _blank_incoming(here)
        here.incoming = []
    here.save_state()
    receipt = effects.parse(items[-1]["custom"])
    if not isinstance(receipt, Receipt):
        raise UnknownEffectError("the last item is no receipt")
    said: list[Content] = []
    for item in items[:-1]:
        said += _one_item(here, item)
    # Under cover only harmless things are said: they go like any others, and the gate checks them.
    secret = receipt.confidential and not here.state.cover
    _say(here, said, confidential=secret, stays=receipt.keeps_offer and not here.state.cover)
    _keep_or_forget(here, receipt, said)
    _end(here, TurnState.ANSWERED)


def _one_item(here: turn_context.TurnContext, item: dict[str, Any]) -> list[Content]:
    if isinstance(item.get("custom"), dict):
        return turn_context.apply(here, effects.parse(item["custom"]))
    buttons = [Choice(title=b["title"], payload=b["payload"]) for b in item.get("buttons") or []]
    return [Content(item.get("text") or "", buttons=buttons, fixed=bool(item.get("static")))]


def _say(
    here: turn_context.TurnContext, said: list[Content], *, confidential: bool = False, stays: bool = False
) -> None:
    for content in said:
        if content.body.strip():
            outbox.enqueue(
                here.session,
                here.key,
                here.conversation.id,
                OutboxKind.REPLY,
                content,
                confidential=confidential,
                turn_id=here.turn.id,
            )
    # What she answers next is read against the last buttons that she was shown.
    offered = next((c.buttons for c in reversed(said) if c.buttons), [])
    here.state.choices, here.state.older = offered_replies.after(
        offered, here.state.choices, here.state.older, stays=stays
    )
    here.save_state()


def _keep_or_forget(here: turn_context.TurnContext, receipt: Receipt, said: list[Content]) -> None:
    """Seal what was confidential on both sides, and blank it everywhere else (promise P4)."""
    if here.state.cover and receipt.risk == "danger" and receipt.tier == "sure":
        # Nothing is said, for it may be another's thumb; but no word of danger is lost on the team.
        here.open_case("danger", "under_cover")
    if not (receipt.confidential or here.state.case_id or here.forget or here.keep_location):
        return
    if here.state.cover and here.state.case_id:
        _seal_incoming(here)
    elif not here.forget and not here.state.cover:
        _seal_incoming(here)
        for content in said:
            _seal(here, "bot", content.body)
    _blank_incoming(here)
    here.save_state()


def _seal_incoming(here: turn_context.TurnContext) -> None:
    for message in here.incoming:
        extra: dict[str, str] = {"kind": str(message.kind)}
        if here.state.cover:
            extra["cover"] = "yes"
        if message.location:
            extra |= {"latitude": message.location[0], "longitude": message.location[1]}
        if message.media:
            extra["media"] = "\n".join(message.media)
        _seal(here, "woman", message.text, extra)
    _blank_incoming(here)
    here.save_state()


def _seal(
    here: turn_context.TurnContext, author: cases.Author, text: str, extra: dict[str, str] | None = None
) -> None:
    case = cases.open_case_of(here.session, here.state.case_id)
    if case is None:
        draft_case.add(here.session, here.key, here.state, author=author, text=text, at=here.now, extra=extra)
    elif author == "woman":
        cases.woman_wrote(here.session, here.key, case.id, text, here.now, dict(extra or {}))
    else:
        cases.add_entry(here.session, case, author=author, text=text, at=here.now)


def _blank_incoming(here: turn_context.TurnContext) -> None:
    for row in here.session.scalars(select(InboundMessage).where(InboundMessage.turn_id == here.turn.id)):
        inbox.blank(here.key, row)


def _end(here: turn_context.TurnContext, state: TurnState) -> None:
    here.turn.state = state
    here.turn.ended_at = here.now
    here.session.flush()
    if _pending(here.session, here.conversation.id):
        jobs.defer_turn(here.session, here.conversation.id)


def failed_try(session: Session, key: PersonalKey, settings: Settings, ask: Ask, now: datetime) -> None:
    """Note a failed try; after the last, say so warmly and hand her to a person."""
    conversation = session.get_one(Conversation, ask.conversation_id, with_for_update=True)
    turn = session.get_one(Turn, ask.turn_id, with_for_update=True)
    if turn.state is not TurnState.OPEN:
        return
    turn.attempts += 1
    if turn.attempts < MOST_TRIES:
        jobs.defer_wake(session, conversation.id, now + BACK_OFF[turn.attempts - 1])
        return
    here = _scene(session, key, settings, conversation, turn, now)
    counters.count(session, counters.TURNS_FAILED)
    _say(here, [Content(texts.FAILED_TURN_NEUTRAL if here.state.cover else texts.FAILED_TURN)])
    here.open_case("support", "failed")
    _seal_incoming(here)
    _end(here, TurnState.FAILED)
