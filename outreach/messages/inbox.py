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
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from models import InboundMessage, utcnow
from outreach.ground import counters, jobs, numerals
from outreach.ground.addresses import PREFIX
from outreach.ground.words import visible
from outreach.messages import flood, identity, media, storing
from outreach.messages.redaction_queue import mark
from outreach.messages.speech.transcript import Heard, Verdict
from outreach.sealing.crypto import DecryptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.sealing.crypto import PersonalKey

MOST_MEDIA = media.MOST
MOST_PARAMETERS, MOST_VALUES, LONGEST_NAME, LONGEST_VALUE = 100, 10, 100, 8000
LONGEST_PLACE = 300
"""Characters of a place's name or address, as her phone wrote them."""
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Nothing about edits and deletions is documented (shape unknown): what looks like one is read as one.
_CHANGE = re.compile(r"edit|delet|revok|unsend|unsent")
# Kept also where a message has more parameters than are kept.
_READ = frozenset(
    {
        "MessageSid", "From", "To", "Body", "MessageType", "ButtonPayload", "ButtonText", "ListId",
        "InteractiveData", "ExternalUserId", "WaId", "Latitude", "Longitude", "OptOutType", "NumMedia",
        "Address", "Label",
        "OriginalMessageSid", "EditedMessageSid", "DeletedMessageSid", "OriginalRepliedMessageSid",
    }
    | {f"{name}{n}" for name in ("MediaUrl", "MediaContentType") for n in range(MOST_MEDIA)}
)  # fmt: skip
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
    emoji of a reaction, empty where it was taken back; a reaction is never text of hers. `label` and
    `address` are the name and the address of a place that she shared, where her phone gave them. `heard` is
    what became of a voice note that was listened to (None: it was not); its words are its `text`.
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
    label: str = ""
    address: str = ""
    heard: Heard | None = None
    readable: bool = True

    @property
    def by_voice(self) -> bool:
        """Say whether its text was written down by a program and not by her."""
        return self.heard is not None and bool(self.heard.text)


@dataclass(frozen=True)
class Arrival:
    """A message as it is stored: who wrote, and the values of its row."""

    writer: identity.Address
    user_id: identity.Address | None
    files: Mapping[str, list[str]]
    """Its parameters, where there are files with it; else empty."""
    received_at: datetime
    values: dict[str, Any]


def read_in(key: PersonalKey, params: Mapping[str, list[str]], now: datetime) -> Arrival:
    """Make of Twilio's parameters, also those we do not know, what is stored.

    Nothing in them makes a message unwelcome: what is missing, odd or too long is replaced or cut, and stored
    with its length.
    """
    given = {name: values for name, values in params.items() if values}
    sid = _sid(given)
    writer, user_id = _writer(key, given, sid)
    kept, cut = _kept(given)
    row_id = uuid.uuid4()
    values = {
        "stored_id": row_id,
        "stored_message_sid": sid,
        "stored_received_at": now,
        "stored_body_cipher": key.encrypt(
            {"params": kept, "cut": cut}, place=f"inbound:{row_id}", bucket=1024
        ),
    }
    return Arrival(writer, user_id, kept if "MediaUrl0" in kept else {}, now, values)


def receive(
    session: Session, key: PersonalKey, params: Mapping[str, list[str]], now: datetime
) -> uuid.UUID | None:
    """Store one inbound message and defer its turn; None where this MessageSid was here before."""
    return store(session, key, read_in(key, params, now))


def store(
    session: Session, key: PersonalKey, arrival: Arrival, known: storing.Known | None = None
) -> uuid.UUID | None:
    """Do as `receive`, with a message that was read in; `known` learns the address that it came from."""
    now, row_id = arrival.received_at, arrival.values["stored_id"]
    whose = identity.whose(session, key, arrival.writer, arrival.user_id, now)
    if known is not None and whose.address_id is not None:
        known.learn(arrival.writer.lookup, whose.address_id)
    note = identity.noted(key, arrival.writer, whose.address_id, now)
    of = {"stored_conversation_id": whose.conversation_id, **flood.since(now)}
    stored = session.execute(storing.STORE, arrival.values | note | of).first()
    if stored is None:
        counters.count(session, counters.DUPLICATE_INBOUND)
        return None
    if arrival.files:
        media.note(session, key, row_id, arrival.files, now)
    if flood.is_one(stored.last_but_most, now):
        # Whoever runs the one that waits has to wait for this commit, and so sees this message.
        again = now + flood.PAUSE
        jobs.defer_wake(session, whose.conversation_id, again, why=flood.WAKE, priority=jobs.TURN_PRIORITY)
    return uuid.UUID(str(row_id))


def store_known(engine: Engine, key: PersonalKey, arrival: Arrival, known: storing.Known) -> bool:
    """Store a message from an address that wrote lately, in one statement; say whether that was done.

    `engine` makes a transaction of each statement. Not done, and nothing changed, where it takes more than
    that: another address beside, files, a flood, a MessageSid that was here before, a secret key that is
    being replaced, an address that is not `known` or whose row is another by now.
    """
    address_id = known.of(arrival.writer.lookup)
    if address_id is None or arrival.user_id is not None or arrival.files:
        return False
    now = arrival.received_at
    note = identity.noted(key, arrival.writer, address_id, now)
    of = {"known_lookup_hash": arrival.writer.lookup, **flood.since(now)}
    with engine.connect() as connection:
        return connection.execute(storing.STORE_KNOWN, arrival.values | note | of).first() is not None


def _sid(params: Mapping[str, list[str]]) -> str:
    """Return the MessageSid; of an odd one, or of the whole message where there is none, a digest."""
    sid = params.get("MessageSid", params.get("SmsMessageSid", [""]))[0]
    if _SID.fullmatch(sid):
        return sid
    what = sid or json.dumps(sorted(params.items()))
    return sha256(what.encode("utf-8", "surrogatepass")).hexdigest()


def _writer(
    key: PersonalKey, params: Mapping[str, list[str]], sid: str
) -> tuple[identity.Address, identity.Address | None]:
    """Return the address that wrote, and the user id beside it.

    Without any address of its own a message gets a conversation of its own: two women never share one.
    """
    user_id = identity.read_user_id(key, params.get("ExternalUserId", [""])[0])
    sender = params.get("From", [""])[0].replace("\0", "").strip()
    if sender not in {"", PREFIX}:
        return identity.read_address(key, sender), user_id
    if user_id is not None:
        return user_id, None
    wa_id = params.get("WaId", [""])[0].strip()
    if wa_id.isascii() and wa_id.isdigit():
        return identity.read_address(key, f"{PREFIX}+{wa_id}"), None
    return identity.read_address(key, f"unknown:{sid}"), None


def _kept(params: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return the parameters cut at sane lengths, and the full length (characters) of each that was cut."""
    kept: dict[str, list[str]] = {}
    cut: dict[str, int] = {}
    for name in sorted(params, key=lambda name: name not in _READ)[:MOST_PARAMETERS]:
        values = params[name]
        kept[name[:LONGEST_NAME]] = [_clipped(value) for value in values[:MOST_VALUES]]
        length = sum(map(len, values))
        if length > sum(map(len, kept[name[:LONGEST_NAME]])):
            cut[name[:LONGEST_NAME]] = length
    if len(params) > MOST_PARAMETERS:
        cut["*"] = len(params)
    return kept, cut


def _clipped(value: str) -> str:
    """Keep the first and the last of a very long value: a cry often stands at the end."""
    half = LONGEST_VALUE // 2
    return value if len(value) <= LONGEST_VALUE else f"{value[:half]}\n{value[-half + 1 :]}"


def conversation_of(session: Session, key: PersonalKey, address: str, now: datetime) -> Conversation:
    """Return the conversation of an address, made where there is none; two at once agree on one."""
    return identity.conversation_for(session, key, identity.read_address(key, address), now)


def read(key: PersonalKey, row: InboundMessage) -> Incoming:
    """Read a stored message back; blank once its turn was confidential.

    Never raises: one that can't be decrypted comes back as not `readable`, so that it holds up no other.
    """
    try:
        return _read(key, row)
    except Exception:  # noqa: BLE001 (whatever is wrong with it, the messages beside it are read)
        return Incoming(
            id=row.id, sid=row.message_sid, kind=Kind.UNSUPPORTED, text="", payload=None, location=None,
            media=(), replied_to=None, opt_out_type=None, received_at=row.received_at, readable=False,
        )  # fmt: skip


def _read(key: PersonalKey, row: InboundMessage) -> Incoming:
    kept = key.decrypt(row.body_cipher, place=f"inbound:{row.id}")
    params: dict[str, list[str]] = kept.get("params", {})
    heard = Heard(Verdict(kept["heard"]["verdict"]), kept["heard"]["text"]) if "heard" in kept else None

    def one(name: str) -> str | None:
        values = params.get(name)
        return values[0] if values else None

    media_urls = tuple(url for n in range(MOST_MEDIA) if (url := one(f"MediaUrl{n}")))
    location, body = numerals.place(one("Latitude"), one("Longitude")), one("Body") or ""
    kind = kind_of(one("MessageType"), one("MediaContentType0"), body=body, has_location=location is not None)
    return Incoming(
        id=row.id,
        sid=row.message_sid,
        kind=kind,
        text="" if kind is Kind.REACTION else heard.text if heard else body,
        heard=heard,
        reaction=visible(body).strip() if kind is Kind.REACTION else None,
        payload=one("ButtonPayload") or one("ListId") or _interactive_id(one("InteractiveData")),
        location=location,
        label=_one_line(one("Label")),
        address=_one_line(one("Address")),
        media=media_urls,
        replied_to=one("OriginalRepliedMessageSid"),
        changes=next((sid for name in _CHANGED if (sid := one(name)) and sid != row.message_sid), None),
        opt_out_type=one("OptOutType"),
        received_at=row.received_at,
    )


def _one_line(raw: str | None) -> str:
    """Return what stands on one line, without characters that draw nothing or turn the others around."""
    drawn = "".join(c for c in raw or "" if c.isprintable() or c.isspace())
    return " ".join(drawn.split())[:LONGEST_PLACE]


def blank(key: PersonalKey, row: InboundMessage) -> None:
    """Take a message's text away, leaving bytes of the same length; Twilio's copy is to follow."""
    row.body_cipher = key.blank(row.body_cipher, place=f"inbound:{row.id}")
    mark(row, utcnow())


def keep_heard(session: Session, key: PersonalKey, row_id: uuid.UUID, heard: Heard) -> uuid.UUID | None:
    """Keep with a voice note what it says, as her text is kept; return its conversation.

    None where that comes too late: a turn has taken the note, or its text is gone.
    """
    row = session.get(InboundMessage, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.turn_id is not None:
        return None
    body = key.decrypt(row.body_cipher, place=f"inbound:{row.id}")
    if not body:
        return None
    body["heard"] = {"verdict": heard.verdict.value, "text": heard.text}
    row.body_cipher = key.encrypt(body, place=f"inbound:{row.id}", bucket=1024)
    return row.conversation_id


def take_again(session: Session, key: PersonalKey, row_id: uuid.UUID, heard: Heard) -> uuid.UUID | None:
    """Have a note answered after all, to which a turn was taken without its words; return its conversation.

    None where it was not one of these, or its text is gone.
    """
    row = session.get(InboundMessage, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.turn_id is None or not is_late(read(key, row)):
        return None
    row.turn_id = None
    return keep_heard(session, key, row_id, heard)


def is_late(message: Incoming) -> bool:
    """Say whether it is a note that nobody listened to before its turn."""
    return bool(message.media) and message.heard is not None and message.heard.verdict is Verdict.LATE


def is_blank(key: PersonalKey, row: InboundMessage) -> bool:
    """Say whether a message's text was taken away; of one that can't be decrypted nobody knows."""
    try:
        return not key.decrypt(row.body_cipher, place=f"inbound:{row.id}")
    except DecryptionError:
        return False


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
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    for part in (data, data.get("list_reply"), data.get("button_reply")):
        if isinstance(part, dict) and isinstance(part.get("id"), str):
            return str(part["id"])
    return None
