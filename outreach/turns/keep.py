"""What is kept of a turn's words: sealed, or left as personal data, or forgotten (promise P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import InboundMessage
from outreach.casework import cases, draft_case
from outreach.messages import cover_state, inbox, outbox
from outreach.texts import desk as words

if TYPE_CHECKING:
    from models import OutboxMessage
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
    for message in here.incoming:
        extra: dict[str, str] = {"kind": str(message.kind)}
        if here.state.cover:
            extra["cover"] = "yes"
        if message.location:
            extra |= {"latitude": message.location[0], "longitude": message.location[1]}
        if message.media:
            extra["media"] = "\n".join(message.media)
        _seal(here, "woman", message.text or message.reaction or "", extra)
    blank_incoming(here)


def blank_incoming(here: TurnContext) -> None:
    """Blank the stored text of this turn's messages."""
    for row in here.session.scalars(select(InboundMessage).where(InboundMessage.turn_id == here.turn.id)):
        inbox.blank(here.key, row)


def _seal(here: TurnContext, author: cases.Author, text: str, extra: dict[str, str] | None = None) -> None:
    case = cases.open_case_of(here.session, here.state.case_id)
    if case is None:
        draft_case.add(
            here.session,
            here.key,
            here.state,
            author=author,
            text=text,
            at=here.now,
            extra=extra,
            programme_id=here.conversation.programme_id,
        )
    elif author == "woman":
        cases.woman_wrote(here.session, here.key, case.id, text, here.now, dict(extra or {}))
    else:
        cases.add_entry(here.session, here.key, case, author=author, text=text, at=here.now, extra=extra)
