"""Counts that a process keeps of itself for `/metrics`, in files where `PROMETHEUS_MULTIPROC_DIR` is set.

Only what goes wrong, and what we initiate, is counted as it happens. How many replies leave is not: a message
of hers that is followed by none would tell that a person has her conversation (P4, `docs/threat-model.md`).
"""

from __future__ import annotations

from contextlib import suppress

from prometheus_client import Counter

# All have labels: one without opens its file when this module is imported, and a full disk would stop that.
_TWILIO = Counter(
    "avanza_twilio_refusals",
    "Sends that Twilio refused or reported as failed, by its code (0: it gave none).",
    ["way", "code"],
)
_BULK = Counter(
    "avanza_bulk_sent", "Reminders, notices and messages of campaigns that Twilio accepted.", ["queue"]
)
SEND, REPORT = "send", "report"


def refused(way: str, code: int | None) -> None:
    """Count a refusal: `SEND`, the answer to a call of ours; `REPORT`, a status callback."""
    with suppress(OSError, ValueError):  # a full disk must not stop a send
        _TWILIO.labels(way, str(code or 0)).inc()


def bulk_sent() -> None:
    """Count a message that we initiated and that Twilio accepted."""
    with suppress(OSError, ValueError):
        _BULK.labels("bulk").inc()
