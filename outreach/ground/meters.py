"""What is counted as it happens, for `/metrics`: in this process first, into `counter` now and then.

A row that every send adds to would have them wait for each other. So a process writes what it has counted at
most every ten seconds, at the end of a transaction of the caller's; a count that is lost with a process is no
loss. Only what goes wrong, and what we initiate, is counted. How many replies leave is not: a message of hers
that is followed by none would tell that a person has her conversation (P4, `docs/threat-model.md`).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from outreach.ground import counters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEND, REPORT = "send", "report"
BULK_SENT: Final = "bulk_sent"
NOTES, NOTES_MS, NOTES_LATE = "notes", "notes_ms", "notes_late"
TWILIO: Final = "twilio_"
KEEP_SECONDS: Final = 10.0
_lock = threading.Lock()
_waiting: Counter[str] = Counter()
_kept_at: list[float] = [float("-inf")]


def refused(way: str, code: int | None) -> None:
    """Count a refusal of Twilio's: `SEND`, the answer to a call of ours; `REPORT`, a status callback."""
    _add(f"{TWILIO}{way}_{code or 0}", 1)


def listened(seconds: float, *, done: bool) -> None:
    """Count a voice note and how long it took; `done`: whoever listens did, whatever was heard."""
    _add(NOTES if done else NOTES_LATE, 1)
    if done:
        _add(NOTES_MS, max(0, int(seconds * 1000)))


def bulk_sent(count: int) -> None:
    """Count messages that we initiated and that Twilio accepted."""
    if count:
        _add(BULK_SENT, count)


def _add(name: str, count: int) -> None:
    with _lock:
        _waiting[name] += count


def keep(session: Session) -> None:
    """Write what was counted, where the last time is ten seconds ago.

    The last thing that a transaction does: nobody who waits for a row of these may have another to wait for.
    """
    with _lock:
        if not _waiting or time.monotonic() - _kept_at[0] < KEEP_SECONDS:
            return
        found, _kept_at[0] = dict(_waiting), time.monotonic()
        _waiting.clear()
    for name in sorted(found):  # one order for all processes
        counters.count(session, name, found[name])


def refusals(kept: dict[str, int]) -> dict[tuple[str, int], int]:
    """Return the refusals among kept counters, by way and code."""
    found = {}
    for name, value in kept.items():
        way, _, code = name.removeprefix(TWILIO).rpartition("_")
        if name.startswith(TWILIO) and way in {SEND, REPORT} and code.isdigit():
            found[way, int(code)] = value
    return found
