"""What is kept of a turn's words: sealed, or left as personal data, or forgotten (promise P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import InboundMessage
from outreach.casework import cases, draft_case, files
from outreach.messages import cover_state, inbox, media, outbox
from outreach.sealing import vault
from outreach.texts import desk as words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation, OutboxMessage
    from outreach.messages.inbox import Incoming
    from outreach.sealing.crypto import PersonalKey
    from outreach.turns.effects import Receipt
    from outreach.turns.turn_context import TurnContext


def keep_or_forget(here: TurnContext, receipt: Receipt, left: list[OutboxMessage]) -> None:
    """Seal what was confidential on both sides, and blank it everywhere else (promise P4).

    Each message of the answer is sealed with its outbox id, so that the thread shows what did not arrive.
    """
    if here.state.cover and receipt.risk == "danger" and receipt.tier == "sure":
        # Nothing is said, for it may be another's thumb; but no word of danger is lost on the team.
        here.open_case("danger", "under_cover")
    if not (receipt.confidential or here.state.case_id or here.forget or here.keep_location):
        return
    if here.state.cover and here.state.case_id:
        seal_incoming(here)
    elif not here.forget and not here.state.cover:
        seal_incoming(here)
        for row in left:
            body = outbox.read_content(here.key, row).body
            _seal(here, "bot", body, {"outbox_id": str(row.id)})
    blank_incoming(here)


def note_return(here: TurnContext) -> None:
    """End cover by her word; her caseworker is told, and what was held back can be sent."""
    cover_state.leave(here.state)
    case = cases.open_case_of(here.session, here.state.case_id)
    if case is not None:
        cases.add_entry(here.session, here.key, case, author="event", text=words.RETURNED, at=here.now)


def seal_incoming(here: TurnContext) -> None:
    """Seal what she wrote in this turn, to her case or to her unconfirmed disclosure, and blank it."""
    if here.case_is_new:
        _seal_earlier_files(here)
    for message in here.incoming:
        extra: dict[str, Any] = {"kind": str(message.kind)}
        if here.state.cover:
            extra["cover"] = "yes"
        if message.location:
            extra |= {"latitude": message.location[0], "longitude": message.location[1]}
            extra |= {name: said for name in ("label", "address") if (said := getattr(message, name))}
        extra |= _heard(message)
        if message.media:
            extra["files"] = _files_of(here, message.id, range(len(message.media)))
        _seal(here, "woman", message.text or message.reaction or "", extra)
    blank_incoming(here)


def _heard(message: Incoming) -> dict[str, str]:
    """Say of words that a program wrote down how sure they are."""
    return {"heard": message.heard.verdict.value} if message.heard and message.by_voice else {}


def note_files(here: TurnContext, messages: Iterable[Incoming]) -> None:
    """Note which messages of a turn brought files; `here.incoming` are those that still stand."""
    here.with_files = frozenset(message.id for message in messages if message.media)
    here.taken_back = here.with_files - {message.id for message in here.incoming}


def settle_files(here: TurnContext) -> None:
    """Decide at the end of a turn about the files that came with it and were not sealed.

    What she took back, has forgotten or sent under cover goes at once; anything else waits, so that a person
    whom she asks for in a later message can have it.
    """
    gone = here.with_files if here.forget or here.state.cover else here.taken_back
    left = here.with_files - gone
    # One that nobody listened to yet is not sealed before somebody has.
    late = {message.id for message in here.incoming if inbox.is_late(message)} & left
    media.leave(here.session, here.key, late, here.now)
    let_wait(here.session, here.key, here.conversation, left - late, here.now)
    media.drop(here.session, here.key, gone, here.now)


def let_wait(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    inbound_ids: Collection[uuid.UUID],
    now: datetime,
) -> None:
    """Let the files of messages wait for the person whom she may ask for: notes here, sealed to her team.

    Where set-up has made no team they wait at Twilio.
    """
    if not inbound_ids:
        return
    try:
        team_id = vault.the_team(session, conversation.programme_id).id
    except vault.NoTeamError:
        team_id = None
    media.leave(session, key, inbound_ids, now, team_id=team_id)


def _seal_earlier_files(here: TurnContext) -> None:
    """Seal to her new case the files that she sent in the last days, before it was known that it is one."""
    earlier = here.session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.conversation_id == here.conversation.id,
            InboundMessage.received_at > here.now - media.WAITS_FOR,
            InboundMessage.turn_id.is_not(None),
            InboundMessage.turn_id != here.turn.id,
        )
        .order_by(InboundMessage.seq)
    )
    for row in earlier:
        message = inbox.read(here.key, row)
        numbers = media.waits(here.session, here.key, row.id) if message.media else []
        if numbers:
            extra = {"kind": str(message.kind), "files": _files_of(here, row.id, numbers), "earlier": "yes"}
            extra |= _heard(message)
            _seal(here, "woman", message.text, extra, at=row.received_at)


def _files_of(here: TurnContext, inbound_id: uuid.UUID, numbers: Iterable[int]) -> list[dict[str, str]]:
    """Make room for a message's files in her case or draft and have them fetched; return what a line says."""
    home = cases.open_case_of(here.session, here.state.case_id) or draft_case.current(
        here.session, here.key, here.state, at=here.now, programme_id=here.conversation.programme_id
    )
    named = []
    for number in numbers:
        file_id = files.begin(here.session, home, "")
        declared = media.take(
            here.session, here.key, inbound_id, number, file_id, here.now, team_id=home.team_id
        )
        if declared is None:
            files.failed(here.session, file_id, "", "not_there")
        named.append({"id": str(file_id), "type": declared or ""})
    return named


def blank_incoming(here: TurnContext) -> None:
    """Blank the stored text of this turn's messages."""
    for row in here.session.scalars(select(InboundMessage).where(InboundMessage.turn_id == here.turn.id)):
        inbox.blank(here.key, row)


def _seal(
    here: TurnContext,
    author: cases.Author,
    text: str,
    extra: dict[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> None:
    moment = at or here.now
    case = cases.open_case_of(here.session, here.state.case_id)
    if case is None:
        draft_case.add(
            here.session,
            here.key,
            here.state,
            author=author,
            text=text,
            at=moment,
            extra=extra,
            programme_id=here.conversation.programme_id,
        )
    elif author == "woman":
        cases.woman_wrote(here.session, here.key, case.id, text, moment, dict(extra or {}))
    else:
        cases.add_entry(here.session, here.key, case, author=author, text=text, at=moment, extra=extra)
