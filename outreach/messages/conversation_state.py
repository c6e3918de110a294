"""What the running server must know about a conversation, readable by it alone.

It is encrypted like personal data and has the same length for every woman, with or without a case
(promise P4). Preferences live here too, so that setting one says nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid

    from models import Conversation
    from outreach.sealing.crypto import PersonalKey

LENGTH = 4096


@dataclass
class Choice:
    """A button on offer: what she sees, and the payload it stands for."""

    title: str
    payload: str


@dataclass
class Claim:
    """A conversation that named this number as hers, until when (ISO), and the code that confirms it."""

    conversation_id: str
    code: str
    until: str
    misses: int = 0


@dataclass
class Paper:
    """A certificate or card that waits for her answer until then (ISO), or was `sent` just now.

    `ref` is the id of what it is made from, `address` what its code leads to.
    """

    kind: str
    ref: str
    address: str = ""
    until: str = ""
    sent: bool = False


@dataclass
class PrivateState:
    """The private part of a conversation.

    `case_id` names the open case, `living_id` the sealed thread of what she tells without one,
    `held` says that a person has the conversation and the bot is silent, `released` that she left it
    and the woman has not been told that nobody reads, `cover` that only harmless things may be said (since
    `cover_since`; the last message came at `cover_heard`), `word_hash` is the safe word (Argon2id),
    `word_expected` that her next message is the word itself, `word_misses` the wrong guesses since
    `word_misses_since` (ISO times). `older` are groups offered before `choices` were.
    She may be written to from `contact_from` until `contact_until`
    (`HH:MM`, local) on `contact_days` (Monday is 0; None: on any). `heard` are the words of an ordinary voice
    note that waits for her yes since `heard_at`. `busy` says that the dialogue is in a form or in a talk, or
    that a person has her: a reminder waits.
    """

    case_id: str | None = None
    living_id: str | None = None
    held: bool = False
    released: bool = False
    busy: bool = False
    cover: bool = False
    cover_since: str | None = None
    cover_heard: str | None = None
    word_hash: str | None = None
    word_expected: bool = False
    word_misses: int = 0
    word_misses_since: str | None = None
    choices: list[Choice] = field(default_factory=list)
    older: list[Choice] = field(default_factory=list)
    preferred_name: str | None = None
    language: str | None = None
    phone_shared: bool | None = None
    contact_from: str | None = None
    contact_until: str | None = None
    contact_days: list[int] | None = None
    contact_words: str | None = None
    asked_session: str | None = None
    heard: str | None = None
    heard_at: str | None = None
    claim: Claim | None = None
    papers: list[Paper] = field(default_factory=list)


_KNOWN = frozenset(f.name for f in fields(PrivateState))


def _place(conversation_id: uuid.UUID) -> str:
    return f"conversation:{conversation_id}"


def empty(key: PersonalKey, conversation_id: uuid.UUID) -> bytes:
    """Return the encrypted state of a conversation that has just begun."""
    return _encrypt(key, conversation_id, PrivateState())


def read(key: PersonalKey, conversation: Conversation) -> PrivateState:
    """Decrypt a conversation's state."""
    return decode(key, conversation.id, conversation.private_cipher)


def decode(key: PersonalKey, conversation_id: uuid.UUID, cipher: bytes) -> PrivateState:
    """Decrypt the state of a conversation whose row is not loaded: batches read the one column."""
    data = key.decrypt(cipher, place=_place(conversation_id))
    state = PrivateState(**{name: value for name, value in data.items() if name in _KNOWN})
    state.choices = [Choice(**choice) for choice in data.get("choices", [])]
    state.older = [Choice(**choice) for choice in data.get("older", [])]
    state.papers = [Paper(**paper) for paper in data.get("papers", [])]
    state.claim = Claim(**data["claim"]) if data.get("claim") else None
    return state


def write(key: PersonalKey, conversation: Conversation, state: PrivateState) -> None:
    """Encrypt and set a conversation's state; the length never changes."""
    conversation.private_cipher = _encrypt(key, conversation.id, state)


def _encrypt(key: PersonalKey, conversation_id: uuid.UUID, state: PrivateState) -> bytes:
    blob = key.encrypt(asdict(state), place=_place(conversation_id), bucket=LENGTH)
    if len(blob) > LENGTH + 64:
        raise ValueError("A conversation's private state outgrew its fixed length: shorten what it keeps.")
    return blob
