"""The one door in: a message is stored, encrypted, together with the job that will answer it.

Nothing here judges or answers. Twilio may deliver twice: the unique MessageSid makes the second
time harmless (promise P2), and the caller's one commit makes the first time safe (promise P1).
"""

from __future__ import annotations

import enum
import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import ChannelAddress, Conversation, InboundMessage, utcnow
from outreach.ground import counters, jobs, numerals
from outreach.ground.addresses import canonical
from outreach.ground.words import visible
from outreach.messages import conversation_state
from outreach.messages.redaction_queue import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

MOST_MEDIA = 10
# Nothing about edits and deletions is documented (shape unknown): what looks like one is read as one.
_CHANGE = re.compile(r"edit|delet|revok|unsend|unsent")
_CHANGED = ("OriginalMessageSid", "EditedMessageSid", "DeletedMessageSid", "OriginalRepliedMessageSid")


class Kind(enum.StrEnum):
    """What sort of message it is."""

    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    DOCUMENT = "document"
    REACTION = "reaction"
    EDITED = "edited"
    DELETED = "deleted"
    UNSUPPORTED = "unsupported"
    SYSTEM = "system"


_BY_TYPE = {
    "audio": Kind.VOICE, "voice": Kind.VOICE, "ptt": Kind.VOICE, "image": Kind.IMAGE, "photo": Kind.IMAGE,
    "video": Kind.VIDEO, "sticker": Kind.STICKER, "document": Kind.DOCUMENT, "file": Kind.DOCUMENT,
    "contact": Kind.CONTACT, "contacts": Kind.CONTACT, "vcard": Kind.CONTACT, "reaction": Kind.REACTION,
    "location": Kind.UNSUPPORTED, "unsupported": Kind.UNSUPPORTED, "unknown": Kind.UNSUPPORTED,
    "ephemeral": Kind.UNSUPPORTED, "system": Kind.SYSTEM,
}  # fmt: skip


@dataclass(frozen=True)
class Incoming:
    """A stored message, read back. `payload` is that of a button she tapped, not yet trusted.

    `changes` is the SID of the message that this one edits or deletes, where it says so. `reaction` is the
    emoji of a reaction, empty where it was taken back; a reaction is never text of hers.
    """

    id: uuid.UUID
    sid: str
    kind: Kind
    text: str
    payload: str | None
    location: tuple[str, str] | None
    media: tuple[str, ...]
    replied_to: str | None
    opt_out_type: str | None
    received_at: datetime
    changes: str | None = None
    reaction: str | None = None


def receive(
    session: Session, key: PersonalKey, params: Mapping[str, list[str]], now: datetime
) -> uuid.UUID | None:
    """Store one inbound message and defer its turn; None where this MessageSid was here before.

    `params` are all of Twilio's parameters, also those we do not know.

    Raises:
        AddressError: `From` is no address of the channel.
        KeyError: `MessageSid` or `From` is missing.
    """
    sid, sender = params["MessageSid"][0], params["From"][0]
    conversation = conversation_of(session, key, sender, now)
    row_id = uuid.uuid4()
    stored = session.execute(
        insert(InboundMessage)
        .values(
            id=row_id,
            conversation_id=conversation.id,
            message_sid=sid,
            received_at=now,
            body_cipher=key.encrypt({"params": dict(params)}, place=f"inbound:{row_id}", bucket=1024),
        )
        .on_conflict_do_nothing(index_elements=[InboundMessage.message_sid])
        .returning(InboundMessage.id)
    ).scalar()
    if stored is None:
        counters.count(session, counters.DUPLICATE_INBOUND)
        return None
    conversation.last_inbound_at = max(now, conversation.last_inbound_at or now)
    jobs.defer_turn(session, conversation.id)
    return row_id


def conversation_of(session: Session, key: PersonalKey, address: str, now: datetime) -> Conversation:
    """Return the conversation of an address, made where there is none; two at once agree on one."""
    lookup = key.lookup("address", canonical(address))
    found = _touch(session, key, lookup, address, now)
    if found is not None:
        return found
    conversation = Conversation(id=uuid.uuid4(), private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    address_id = uuid.uuid4()
    nested = session.begin_nested()
    session.add(conversation)
    session.flush()
    made = session.execute(
        insert(ChannelAddress)
        .values(
            id=address_id,
            conversation_id=conversation.id,
            lookup_hash=lookup,
            address_cipher=key.encrypt({"address": address}, place=f"address:{address_id}"),
            last_seen_at=now,
        )
        .on_conflict_do_nothing(index_elements=[ChannelAddress.lookup_hash])
        .returning(ChannelAddress.id)
    ).scalar()
    if made is not None:
        nested.commit()
        return conversation
    nested.rollback()
    other = _touch(session, key, lookup, address, now)
    if other is None:
        raise RuntimeError("an address that is taken could not be read")
    return other


def _touch(
    session: Session, key: PersonalKey, lookup: bytes, address: str, now: datetime
) -> Conversation | None:
    row = session.scalar(select(ChannelAddress).where(ChannelAddress.lookup_hash == lookup).with_for_update())
    if row is None:
        return None
    # Replies go to the exact form that wrote last, and writing again ends a block.
    row.address_cipher = key.encrypt({"address": address}, place=f"address:{row.id}")
    row.last_seen_at = now
    row.blocked_at = None
    return session.get_one(Conversation, row.conversation_id)


def read(key: PersonalKey, row: InboundMessage) -> Incoming:
    """Read a stored message back; blank once its turn was confidential."""
    params: dict[str, list[str]] = key.decrypt(row.body_cipher, place=f"inbound:{row.id}").get("params", {})

    def one(name: str) -> str | None:
        values = params.get(name)
        return values[0] if values else None

    media = tuple(url for n in range(MOST_MEDIA) if (url := one(f"MediaUrl{n}")))
    location, body = numerals.place(one("Latitude"), one("Longitude")), one("Body") or ""
    kind = kind_of(one("MessageType"), one("MediaContentType0"), body=body, has_location=location is not None)
    return Incoming(
        id=row.id,
        sid=row.message_sid,
        kind=kind,
        text="" if kind is Kind.REACTION else body,
        reaction=visible(body).strip() if kind is Kind.REACTION else None,
        payload=one("ButtonPayload") or one("ListId") or _interactive_id(one("InteractiveData")),
        location=location,
        media=media,
        replied_to=one("OriginalRepliedMessageSid"),
        changes=next((sid for name in _CHANGED if (sid := one(name)) and sid != row.message_sid), None),
        opt_out_type=one("OptOutType"),
        received_at=row.received_at,
    )


def blank(key: PersonalKey, row: InboundMessage) -> None:
    """Take a message's text away, leaving bytes of the same length; Twilio's copy is to follow."""
    row.body_cipher = key.blank(row.body_cipher, place=f"inbound:{row.id}")
    mark(row, utcnow())


def is_blank(key: PersonalKey, row: InboundMessage) -> bool:
    """Say whether a message's text was taken away."""
    return not key.decrypt(row.body_cipher, place=f"inbound:{row.id}")


def kind_of(message_type: str | None, content_type: str | None, *, body: str, has_location: bool) -> Kind:
    """Return what sort of message it is, by its type and its media; an unknown type says nothing."""
    said = (message_type or "").strip().lower()
    change = _CHANGE.search(said)
    if change:
        return Kind.EDITED if change[0] == "edit" else Kind.DELETED
    if has_location:
        return Kind.LOCATION
    by_type = _BY_TYPE.get(said)
    if by_type in {Kind.REACTION, Kind.STICKER}:
        return by_type
    if (content_type or "").strip():
        return _of_media(content_type or "") or by_type or Kind.UNSUPPORTED
    if body.strip() or by_type is None:
        return by_type if by_type is Kind.CONTACT else Kind.TEXT
    return by_type


def _of_media(content_type: str) -> Kind | None:
    """Return the kind of a media type (RFC 9110, section 8.3.1): any case, parameters after a semicolon."""
    main, _, rest = (part.strip() for part in content_type.lower().partition(";")[0].partition("/"))
    if rest in {"vcard", "x-vcard", "directory"}:
        return Kind.CONTACT
    if rest == "webp":
        return Kind.STICKER
    if rest in {"ogg", "x-ogg", "opus"} and main != "video":
        return Kind.VOICE
    if rest == "octet-stream":
        return None
    by_main = {"audio": Kind.VOICE, "image": Kind.IMAGE, "video": Kind.VIDEO}
    return by_main.get(main, Kind.DOCUMENT if main in {"application", "text"} else None)


def _interactive_id(raw: str | None) -> str | None:
    """Find the chosen id in InteractiveData, whose shape Twilio does not document."""
    if not raw:
        return None
    try:
        data: Any = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    for part in (data, data.get("list_reply"), data.get("button_reply")):
        if isinstance(part, dict) and isinstance(part.get("id"), str):
            return str(part["id"])
    return None
