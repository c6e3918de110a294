"""Posts to the product on their way: sent at once unless a fault holds, doubles, reverses or loses them.

Every post, sent or not, is written into the ledger; none is ever lost without a trace there.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.webhooks import Outcome, post

if TYPE_CHECKING:
    from simulator.faults import Faults
    from simulator.ledger import Ledger


@dataclass(frozen=True)
class Post:
    """A signed post: `kind` is callback or inbound, `phone` whose it is, `key` the message it speaks of."""

    kind: str
    phone: str
    key: str
    url: str
    params: dict[str, str]
    status: str = ""
    fallback_url: str | None = None
    signed: str = "right"
    last: bool = False


class Outgoing:
    """Sends posts; keeps those that a fault holds back."""

    def __init__(self, token: str, ledger: Ledger, faults: Faults) -> None:
        self._token = token
        self._ledger = ledger
        self._faults = faults
        self._held: list[Post] = []
        self._shuffled: dict[str, list[Post]] = {}
        self._lock = threading.Lock()

    def send(self, item: Post) -> Outcome:
        """Send a post, as the faults in force have it; the outcome of a kept or lost one has no attempts."""
        fault = self._faults.take(item.kind, item.phone, item.status, item.params.get("Body", ""))
        if fault.delay_before:
            time.sleep(fault.delay_before)
        outcome = Outcome()
        if fault.posts == "drop":
            self._note(item, outcome, "dropped")
        elif fault.posts == "hold":
            with self._lock:
                self._held.append(item)
            self._note(item, outcome, "held")
        elif fault.posts == "shuffle":
            with self._lock:
                self._shuffled.setdefault(item.key, []).append(item)
        else:
            outcome = self._send_now(item)
            if fault.posts == "duplicate":
                self._send_now(item)
        if item.last:
            self._send_shuffled(item.key)
        return outcome

    def release(self, *, reverse: bool) -> int:
        """Send what was held, in order or in reverse; returns how many."""
        with self._lock:
            held, self._held = self._held, []
        for item in reversed(held) if reverse else held:
            self._send_now(item)
        return len(held)

    def clear(self) -> None:
        """Forget what was kept."""
        with self._lock:
            self._held.clear()
            self._shuffled.clear()

    def _send_shuffled(self, key: str) -> None:
        with self._lock:
            kept = self._shuffled.pop(key, [])
        for item in reversed(kept):
            self._send_now(item)

    def _send_now(self, item: Post) -> Outcome:
        outcome = post(item.url, item.params, self._token_for(item))
        if outcome.failed and item.fallback_url:
            extra = {"ErrorCode": "11200", "ErrorUrl": item.url.partition("#")[0]}
            second = post(item.fallback_url, item.params | extra, self._token_for(item))
            outcome = Outcome(outcome.attempts + second.attempts)
        self._note(item, outcome, "posted")
        return outcome

    def _token_for(self, item: Post) -> str | None:
        return {"right": self._token, "wrong": f"{self._token}-forged", "none": None}[item.signed]

    def _note(self, item: Post, outcome: Outcome, fate: str) -> None:
        self._ledger.add(
            item.kind,
            item.phone,
            sid=item.key,
            message_status=item.status,
            fate=fate,
            signed=item.signed,
            url=item.url,
            params=item.params,
            **outcome.as_facts(),
        )
