"""What the running server knows of a case: what routing needs, encrypted, of one length for every case.

What a case is about and what was said in it are sealed and not here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import Case
    from outreach.sealing.crypto import PersonalKey

STATE_BUCKET = 2048
REPLIES_WATCHED = 12


@dataclass
class CaseState:
    """The routing state of a case. Times are ISO, UTC.

    `waiting_since` is the oldest word of hers that no person has answered, empty where none waits;
    `handed_back` says that the bot has the conversation again while the case stays open.
    `holder_gone_since` is when the caseworker who holds it was last at the desk, empty while she is there.
    `closed_by_her` is when she closed it herself: it stays on the list until a caseworker has seen that.
    `for_supervisor`: only a supervisor is shown it, for it tells of harm by the programme's own people.
    `entries` counts the real lines of the thread (None: a thread from before the padding, all lines are
    real). `replies` are the outbox ids of the last answers, whose delivery the desk watches.
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

    def unclaim(self) -> None:
        """Let nobody hold it."""
        self.claimed_by = self.claimed_name = self.claimed_at = self.holder_gone_since = None

    def watch(self, outbox_id: str) -> None:
        """Remember an answer of which the desk shows whether it arrived; the oldest make room."""
        self.replies = [*self.replies, outbox_id][-REPLIES_WATCHED:]


def read_state(key: PersonalKey, case: Case) -> CaseState:
    """Decrypt what the server knows of a case."""
    data = key.decrypt(case.state_cipher, place=f"case:{case.id}")
    known = {f.name for f in fields(CaseState)}
    return CaseState(**{name: value for name, value in data.items() if name in known})


def write_state(key: PersonalKey, case: Case, state: CaseState) -> None:
    """Encrypt and set what the server knows of a case."""
    case.state_cipher = key.encrypt(asdict(state), place=f"case:{case.id}", bucket=STATE_BUCKET)
