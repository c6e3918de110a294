"""One turn of hers: begun, asked of the dialogue, applied in one transaction, or given up.

The turn's row is committed before Rasa is asked and its id goes with every attempt, so that a crash at any
line ends in the same turn being asked again and applied once (promise P2). Whatever is raised counts as an
attempt (`failed_attempt`), and the last one ends the turn: no message waits behind a turn that can't end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import Conversation, InboundMessage, Turn, TurnState
from outreach.ground import dead_letters, jobs
from outreach.messages import cover_state, flood, inbox, outbox, withdrawn
from outreach.messages.conversation_state import Choice
from outreach.messages.inbox import Kind
from outreach.messages.outbox import Content
from outreach.messages.redaction_queue import mark
from outreach.people import preferences, second_number
from outreach.programme import answers, papers
from outreach.texts import herself as texts
from outreach.texts import safety as safety_texts
from outreach.turns import (
    brief,
    commands,
    cover,
    dialogue_facts,
    effects,
    gather,
    handlers,
    keep,
    offered_replies,
    stored_text,
    voice,
)
from outreach.turns import turn_context as contexts
from outreach.turns.commands import Command
from outreach.turns.effects import Receipt, UnknownEffectError

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import OutboxMessage
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.turns.gather import Found
    from outreach.turns.turn_context import TurnContext

MOST_ATTEMPTS = 3
BACK_OFF = (timedelta(seconds=2), timedelta(seconds=6))
# What the dialogue is told in place of her safe word, kept or given; nobody can type or tap these.
WORD_SAVED, RETURN = "/safe_word_saved", "/safe_word_ok"
__all__ = ["Ask", "Attempt", "Ended", "begin", "failed_attempt", "finish", "handlers"]


@dataclass(frozen=True)
class Ask:
    """What Rasa is asked in one turn."""

    turn_id: uuid.UUID
    conversation_id: uuid.UUID
    text: str
    metadata: dict[str, Any]
    parts: tuple[str, ...] = ()
    """All of her words where `text` is cut: the worst of them is asked in its place."""


@dataclass(frozen=True)
class Ended:
    """The end of a turn; `more`: something of hers waits already."""

    more: bool


@dataclass(frozen=True)
class Attempt:
    """A failed attempt: the turn, and whether it was the last one that is made."""

    turn_id: uuid.UUID
    last: bool


def _new_turn(
    session: Session, conversation_id: uuid.UUID, rows: list[InboundMessage], now: datetime
) -> Turn:
    # Its time is that of her last message, so that it does not tell how soon she was answered.
    turn = Turn(
        conversation_id=conversation_id, attempts=0, state=TurnState.OPEN, created_at=rows[-1].received_at
    )
    session.add(turn)
    session.flush()
    for row in rows:
        row.turn_id = turn.id
        mark(row, now)
    session.flush()
    return turn


def begin(
    session: Session, key: PersonalKey, settings: Settings, found: Found, now: datetime
) -> Ask | Ended | None:
    """Open the turn (or take up the open one) and say what to ask; None where nothing waits.

    `found` was read under the lock of this transaction. What a person who has the conversation is to read
    never reaches the model: it is sealed here, and the turn has `Ended`. Her safe word never does either:
    the dialogue is only told that it was kept, or given.
    """
    turn, rows = found.turn, list(found.rows)
    if turn is None:
        if not rows:
            return None
        rows = gather.next_thought(key, rows)
        turn = _new_turn(session, found.conversation.id, rows, now)
        here = _context(session, key, settings, found.conversation, turn, rows, now)
        _bury_unreadable(here)
    else:
        here = _loaded(session, key, settings, found.conversation, turn, now)
    if _answered_without_the_model(here):
        return _end(here)
    ask = _ask(here)
    here.save_if_changed()
    return ask


def _loaded(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    turn: Turn,
    now: datetime,
) -> TurnContext:
    rows = session.scalars(
        select(InboundMessage).where(InboundMessage.turn_id == turn.id).order_by(InboundMessage.seq)
    ).all()
    return _context(session, key, settings, conversation, turn, rows, now)


def _context(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    turn: Turn,
    rows: Sequence[InboundMessage],
    now: datetime,
) -> TurnContext:
    messages = [inbox.read(key, row) for row in rows]
    withdrawn.forget_deleted(session, key, conversation.id, messages)
    left = withdrawn.left(messages)
    here = contexts.load(session, key, settings, conversation, turn, left, now)
    keep.note_files(here, messages)
    return here


def _bury_unreadable(here: TurnContext) -> None:
    """Show a person the messages that could not be decrypted; those beside them are answered."""
    for message in here.incoming:
        if not message.readable:
            dead_letters.bury(here.session, dead_letters.INBOUND, message.id, "unreadable")


def _answered_without_the_model(here: TurnContext) -> bool:
    cover_state.end_if_worn_out(here.state, here.settings.cover_hours, here.now)
    cover_state.heard(here.state, here.now)
    unreadable = bool(here.incoming) and not any(message.readable for message in here.incoming)
    here.incoming = [message for message in here.incoming if message.readable]
    if here.state.held and here.state.case_id and not here.state.cover:
        # What comes now is for the person to read, and so is no safe word.
        here.state.word_expected, here.state.busy = False, True
        _obey(here)
        keep.seal_incoming(here)
        stored_text.leave_on_her_answer(here)
        return True
    if unreadable:
        _say(
            here, [Content(texts.WRITE_AGAIN_NEUTRAL if here.state.cover else texts.WRITE_AGAIN)], stays=True
        )
    # Where all of it was deleted again, silence is what she wants.
    return not here.incoming or _joins_second_number(here) or _answered_by_voice(here)


def _joins_second_number(here: TurnContext) -> bool:
    """The code that she was given for this number: the two conversations become hers (P9)."""
    typed = len(here.incoming) == 1 and not here.incoming[0].by_voice
    code = second_number.code_in(here.incoming[0].text) if typed else None
    if code is None or here.state.claim is None or here.state.cover:
        return False
    joined = second_number.confirm(here.session, here.key, here.conversation, here.state, code, here.now)
    _say(here, [Content(texts.NUMBER_JOINED if joined else texts.NUMBER_NOT_JOINED)])
    return True


def _answered_by_voice(here: TurnContext) -> bool:
    said = voice.without_the_model(here)
    if said:
        _say(here, said, stays=True, aside=True)
    return bool(said)


def _obey(here: TurnContext) -> None:
    """While a person has her, she can still hide or stop in one word; nothing else is answered."""
    ordered = {commands.command_in(message.text) for message in here.incoming}
    if Command.HIDE in ordered:
        cover.enter(here.state, here.now)
        _say(here, [Content(texts.COVER_LINE)])
    elif Command.STOP in ordered and not any(message.by_voice for message in here.incoming):
        preferences.opt_out(here.session, here.conversation, here.now)
        _say(here, [Content(texts.OPTED_OUT)])


def _ask(here: TurnContext) -> Ask:
    last = here.incoming[-1]
    alone = len(here.incoming) == 1 or (last.payload and len(here.incoming) <= flood.MOST)
    payload = offered_replies.tapped(last, here.state.choices, here.state.older) if alone else None
    agreed = voice.confirmed(here)
    text, heard = (agreed, "") if agreed else (gather.joined(here.incoming), voice.marked(here))
    payload = None if agreed else payload
    if agreed in voice.WITHOUT_WORDS.values():
        text, payload = "", agreed
    facts = dialogue_facts.build(
        here.session, here.key, here.settings, here.conversation, here.state, here.now
    )
    # A button that she taps, such as one of a reminder, is no word of hers.
    typed = all(m.payload is None and not m.by_voice for m in here.incoming)
    if here.state.word_expected and typed and cover.set_word(here.state, text):
        text, payload = "", WORD_SAVED
    elif cover.comes_back(here.state, text, here.now):
        facts["cover"], text, payload = False, "", RETURN
    kind = next((m.kind for m in here.incoming if m.kind is not Kind.TEXT), Kind.TEXT)
    metadata = {
        "message_id": str(here.turn.id),
        "payload": payload,
        "kind": str(Kind.TEXT if text and kind is not Kind.LOCATION else kind),
        "heard": heard,
        "context": facts,
        **offered_replies.told(here.state),
    }
    whole = agreed or payload or not text or here.state.cover or here.state.word_expected
    parts = () if whole else gather.parts(here.incoming)
    return Ask(here.turn.id, here.conversation.id, text, metadata, parts)


def finish(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    ask: Ask,
    items: list[dict[str, Any]],
    now: datetime,
) -> Ended:
    """Apply what came back: effects, replies and the end of the turn, all or nothing.

    Raises:
        UnknownEffectError: the dialogue asked for something that is not in the closed list.
    """
    conversation = session.get_one(Conversation, ask.conversation_id, with_for_update=True)
    turn = session.get_one(Turn, ask.turn_id, with_for_update=True)
    if turn.state is not TurnState.OPEN:
        return Ended(more=gather.any_pending(session, conversation.id))
    here = _loaded(session, key, settings, conversation, turn, now)
    here.incoming = [message for message in here.incoming if message.readable]
    if here.state.held and not here.state.cover:
        # A person took her while the dialogue was being asked: its answer must not follow (P7).
        keep.seal_incoming(here)
        stored_text.leave_on_her_answer(here)
        return _end(here)
    here.agreed = voice.confirmed(here) or ""
    here.state.word_expected, here.state.heard = False, None
    if ask.metadata["payload"] in {RETURN, WORD_SAVED}:
        if ask.metadata["payload"] == RETURN:
            keep.note_return(here)
        keep.blank_incoming(here)
        here.incoming = []
    receipt = effects.parse(items[-1]["custom"])
    if not isinstance(receipt, Receipt):
        raise UnknownEffectError("the last item is no receipt")
    said = [*_nobody_reads(here), *voice.not_heard(here, receipt)]
    for item in items[:-1]:
        said += _one_item(here, item)
    said = brief.brief(said) if voice.spoken(here) else said
    # Under cover a reminder is what such a bot sends.
    here.state.busy = receipt.busy and not here.state.cover
    # Under cover only harmless things are said: they go like any others, and the gate checks them.
    secret = receipt.confidential and not here.state.cover
    left = _say(
        here,
        said,
        confidential=secret,
        urgent=secret and receipt.risk == "danger",
        stays=receipt.keeps_offer and not here.state.cover,
        aside=here.state.heard is not None,
    )
    keep.keep_or_forget(here, receipt, left)
    stored_text.leave_on_her_answer(here)
    if not receipt.confidential:
        papers.leave_with_turn(
            session, key, here.settings, here.conversation, here.state, here.files, here.turn.id, now
        )
    return _end(here)


def _nobody_reads(here: TurnContext) -> list[Content]:
    """Say once that her caseworker is gone and nobody reads just now (P8); under cover it waits."""
    if not here.state.released or here.state.cover:
        return []
    here.state.released = False
    woman = here.woman()
    found = answers.best_help(
        here.session,
        "violence",
        woman.municipality if woman else None,
        here.now,
        here.conversation.programme_id,
    )
    text = safety_texts.NOBODY_READS
    if found is not None:
        besides = safety_texts.NOBODY_READS_BESIDES
        text += " " + besides.format(name=found.name, channel=found.channel, hours=found.hours)
    return [Content(text, confidential=True)]


def _one_item(here: TurnContext, item: dict[str, Any]) -> list[Content]:
    if isinstance(item.get("custom"), dict):
        return contexts.apply(here, effects.parse(item["custom"]))
    buttons = [Choice(title=b["title"], payload=b["payload"]) for b in item.get("buttons") or []]
    return [Content(item.get("text") or "", buttons=buttons, fixed=bool(item.get("static")))]


def _say(
    here: TurnContext,
    said: list[Content],
    *,
    confidential: bool = False,
    urgent: bool = False,
    stays: bool = False,
    aside: bool = False,
) -> list[OutboxMessage]:
    rows = outbox.enqueue_answer(
        here.session,
        here.key,
        here.conversation.id,
        said,
        turn_id=here.turn.id,
        confidential=confidential,
        urgent=urgent,
        job=False,
    )
    if aside:
        return rows  # what the dialogue offers still stands
    # What she answers next is read against the last buttons that she was shown.
    offered = next((c.buttons for c in reversed(said) if c.buttons), [])
    here.state.choices, here.state.older = offered_replies.after(
        offered, here.state.choices, here.state.older, stays=stays
    )
    return rows


def _end(here: TurnContext) -> Ended:
    """End the turn; every end looks the same."""
    keep.settle_files(here)
    here.save()
    return close(here.session, here.turn)


def close(session: Session, turn: Turn) -> Ended:
    """Mark a turn as ended, whatever its end, and say whether something waits behind it."""
    turn.state, turn.attempts = TurnState.ANSWERED, 0
    session.flush()
    return Ended(more=gather.any_pending(session, turn.conversation_id))


def failed_attempt(session: Session, conversation_id: uuid.UUID, now: datetime) -> Attempt | None:
    """Count an attempt that raised, without reading anything that may be what raised; None: nothing is open.

    The turn is opened where the attempt failed before that. A further attempt is deferred; after the last one
    the caller gives the turn up (`outreach.turns.give_up`).
    """
    found = gather.look(session, conversation_id, lock=True)
    turn = found.turn
    if turn is None:
        if not found.rows:
            return None
        turn = _new_turn(session, conversation_id, list(found.rows), now)
    turn.attempts += 1
    session.flush()
    if turn.attempts >= MOST_ATTEMPTS:
        return Attempt(turn.id, last=True)
    jobs.defer_wake(session, conversation_id, now + BACK_OFF[turn.attempts - 1])
    return Attempt(turn.id, last=False)
