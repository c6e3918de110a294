"""What the running server knows of a case: what routing needs, encrypted, of one length for every case.

What a case is about and what was said in it are sealed and not here.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models import Case
    from outreach.sealing.crypto import PersonalKey

WRITES: Final = {"key_share": True}
"""How a case's row is locked by who writes (FOR NO KEY UPDATE). The stronger lock would also hold up whoever
adds a row that names the case: a look, which a step waits for at its end, when it records itself."""
LENGTH = 4096
REPLIES_WATCHED = 12
LONGEST_PENDING, PENDING_BYTES = 1000, 1300
"""A text that waits here: so many letters, and so many bytes as the state holds it (`fits`)."""
MOST_ALLOWED, MOST_OTHERS = 4, 4


@dataclass
class Pending:
    """A caseworker's text that leaves without her: when the woman answers, or at an hour that she agreed.

    The server must be able to read it, as it reads a queued answer. `entry_id` is its sealed copy in the
    thread; it goes at `at`, or where that is empty with her next message, and never after `until`.
    """

    text: str
    by: str
    by_name: str
    until: str
    at: str | None = None
    entry_id: str | None = None


@dataclass
class CaseState:
    """The routing state of a case. Times are ISO, UTC; people are ids of staff.

    `waiting_since` is the oldest word of hers that no person has answered, empty where none waits;
    `handed_back` says that the bot has the conversation again while the case stays open.
    `holder_gone_since` is when the caseworker who holds it was last at the desk, empty while she is there.
    `closed_by_her` is when she closed it herself: it stays on the list until a caseworker has seen that.
    `for_supervisor`: only a supervisor is shown it, for it tells of harm by the programme's own people.
    `entries` counts the real lines of the thread (None: a thread from before the padding, all lines are
    real). `replies` are the outbox ids of the last answers whose delivery the desk watches and nobody has
    seen fail.
    `last_word_at`: her last word. `offered_*`: to whom a conversation is offered, a person's or a team's id;
    its holder keeps it until it is accepted. `appointment_*`: when she agreed to be written to; its words are
    days and hours in our words, never hers.
    `follow_up_at`: the nearest task. `alert_step`, `alerted_at`: how far the alert of a case that nobody took
    has gone, as `outreach.casework.alerts` counts. `outcome`, `closed_at`: how and when it ended.
    `closing_asked_by`: who wants to end it with that outcome; an open case with an outcome that nobody asks
    for was sent back.
    `allowed`: until when a colleague who gave a reason may read it. `other_conversations`: further numbers of
    the same woman. `apart`: it has no conversation of its own, for another agency has that.
    """

    opened_at: str
    urgency: str
    waiting_since: str | None = None
    last_from: str = "woman"
    claimed_by: str | None = None
    claimed_name: str | None = None
    claimed_at: str | None = None
    handed_back: bool = False
    holder_gone_since: str | None = None
    conversation_id: str | None = None
    closed_by_her: str | None = None
    for_supervisor: bool = False
    entries: int | None = None
    replies: list[str] = field(default_factory=list)
    last_word_at: str | None = None
    offered_to: str | None = None
    offered_by: str | None = None
    offered_at: str | None = None
    appointment_at: str | None = None
    appointment_words: str | None = None
    follow_up_at: str | None = None
    alert_step: int = 0
    alerted_at: str | None = None
    pending: Pending | None = None
    outcome: str | None = None
    closing_asked_by: str | None = None
    closed_at: str | None = None
    allowed: dict[str, str] = field(default_factory=dict)
    other_conversations: list[str] = field(default_factory=list)
    apart: bool = False

    @property
    def conversations(self) -> tuple[uuid.UUID, ...]:
        """The conversations of the woman that the case knows of."""
        return tuple(uuid.UUID(one) for one in (self.conversation_id, *self.other_conversations) if one)

    def unclaim(self) -> None:
        """Let nobody hold it; what its holder offered is over, and where it waits again alerts begin anew."""
        self.claimed_by = self.claimed_name = self.claimed_at = self.holder_gone_since = None
        self.alert_step, self.alerted_at = 0, None
        self.end_offer()

    def end_offer(self) -> None:
        """Offer it to nobody."""
        self.offered_to = self.offered_by = self.offered_at = None

    def end_closing(self) -> None:
        """Let nobody ask for its end any more."""
        self.closing_asked_by = self.outcome = None

    def allow(self, staff_id: str, until: str) -> None:
        """Let a colleague who gave a reason read it for a while; the oldest make room."""
        others = {one: end for one, end in self.allowed.items() if one != staff_id}
        self.allowed = dict([*others.items(), (staff_id, until)][-MOST_ALLOWED:])

    def link(self, conversation_id: str) -> None:
        """Remember a further conversation of the same woman; the oldest make room."""
        others = [one for one in self.other_conversations if one != conversation_id]
        self.other_conversations = [*others, conversation_id][-MOST_OTHERS:]

    def watch(self, outbox_id: str) -> None:
        """Remember an answer of which the desk shows whether it arrived; the oldest make room."""
        self.replies = [*self.replies, outbox_id][-REPLIES_WATCHED:]


def fits(text: str) -> bool:
    """Say whether a text can wait in a case's state."""
    held = len(json.dumps(text, ensure_ascii=False).encode())
    return len(text) <= LONGEST_PENDING and held <= PENDING_BYTES


_KNOWN = frozenset(f.name for f in fields(CaseState))
_KNOWN_PENDING = frozenset(f.name for f in fields(Pending))


def read_state(key: PersonalKey, case: Case) -> CaseState:
    """Decrypt what the server knows of a case."""
    return decode_state(key, case.id, case.state_cipher)


def decode_state(key: PersonalKey, case_id: uuid.UUID, cipher: bytes) -> CaseState:
    """Decrypt the state of a case whose row is not loaded."""
    data = key.decrypt(cipher, place=f"case:{case_id}")
    state = CaseState(**{name: value for name, value in data.items() if name in _KNOWN})
    if waits := data.get("pending"):
        state.pending = Pending(**{name: value for name, value in waits.items() if name in _KNOWN_PENDING})
    return state


def write_state(key: PersonalKey, case: Case, state: CaseState) -> None:
    """Encrypt and set what the server knows of a case; the length never changes.

    Raises:
        ValueError: it outgrew that length, and its row would tell the case apart.
    """
    blob = key.encrypt(asdict(state), place=f"case:{case.id}", bucket=LENGTH)
    if len(blob) > LENGTH + 64:
        raise ValueError("A case's state outgrew its fixed length: shorten what it keeps.")
    case.state_cipher = blob
