"""Faults on demand: what goes wrong, for whom and how often.

A rule is {"match": {"kind", "to", "status", "body_contains"}, "count": n, "skip": n, "do": {...}}. Kinds:
create, fetch, list, update, delete, media, content, callback, inbound, any. What a rule can `do`:

- status (429, 500, 503 ...), code, delay_before, delay_after (real seconds), drop ("before" or "after" the
  request is accepted; true means after): for the REST kinds;
- error_code, error_status ("failed" or "undelivered"): for create; accepted now, rejected later;
- delay_before, posts ("hold", "shuffle", "duplicate", "drop"): for callback and inbound. Shuffled callbacks
  of a message arrive in reverse once its last one is due; held ones wait for callbacks/release.
"""

from __future__ import annotations

import itertools
import operator
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from simulator.addresses import canonical
from simulator.errors import DroppedConnectionError, TwilioError, code_for_status

KINDS = frozenset(
    {"create", "fetch", "list", "update", "delete", "media", "content", "callback", "inbound", "any"}
)
POSTS = frozenset({"hold", "shuffle", "duplicate", "drop"})


class FaultError(ValueError):
    """A rule that can't be understood; the message says what is wrong with it."""


@dataclass(frozen=True)
class Fault:
    """What is to go wrong with one request."""

    status: int | None = None
    code: int | None = None
    delay_before: float = 0
    delay_after: float = 0
    drop: str | None = None
    error_code: int | None = None
    error_status: str = "failed"
    posts: str | None = None

    def before(self) -> None:
        """Act before the request is accepted: wait, refuse it, or end the connection."""
        if self.delay_before:
            time.sleep(self.delay_before)
        if self.status is not None:
            raise TwilioError(self.code or code_for_status(self.status), status=self.status)
        if self.drop == "before":
            raise DroppedConnectionError

    def after(self) -> None:
        """Act after the request was accepted: wait, or end the connection unanswered."""
        if self.delay_after:
            time.sleep(self.delay_after)
        if self.drop == "after":
            raise DroppedConnectionError


NO_FAULT = Fault()


@dataclass
class Rule:
    """When a fault applies; `left` is None for always."""

    kind: str
    to: str | None
    status: str | None
    body_contains: str | None
    left: int | None
    skip: int
    fault: Fault

    def matches(self, kind: str, to: str, status: str, body: str) -> bool:
        """Whether the rule speaks of this request."""
        return (
            self.kind in ("any", kind)
            and self.left != 0
            and (self.to is None or self.to == canonical(to))
            and (self.status is None or self.status == status)
            and (self.body_contains is None or self.body_contains in body)
        )


def parse_rule(raw: object) -> Rule:
    """A rule from JSON; FaultError where it can't be understood."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("do"), Mapping):
        raise FaultError('a rule is {"match": {...}, "count": n, "do": {...}}')
    match, do = raw.get("match") or {}, dict(raw["do"])
    kind = str(match.get("kind", "create"))
    if kind not in KINDS:
        raise FaultError(f"kind must be one of {', '.join(sorted(KINDS))}")
    if unknown := set(match) - {"kind", "to", "status", "body_contains"}:
        raise FaultError(f"unknown in match: {', '.join(sorted(unknown))}")
    do["drop"] = "after" if do.get("drop") is True else do.get("drop") or None
    if do["drop"] not in (None, "before", "after"):
        raise FaultError('drop must be "before", "after" or true')
    if do.get("posts") not in (None, *POSTS):
        raise FaultError(f"posts must be one of {', '.join(sorted(POSTS))}")
    try:
        fault = Fault(**do)
        count = raw.get("count", 1)
        return Rule(
            kind=kind,
            to=canonical(str(match["to"])) if match.get("to") else None,
            status=match.get("status"),
            body_contains=match.get("body_contains"),
            left=None if count is None else int(count),
            skip=int(raw.get("skip", 0)),
            fault=fault,
        )
    except (TypeError, ValueError) as error:
        raise FaultError(f"a rule could not be read: {error}") from error


class Faults:
    """The rules in force; the first that matches acts, and is used up by `count`.

    They are kept by phone, and forgotten once used up: a long run orders one for each of thousands of phones.
    """

    def __init__(self) -> None:
        self._rules: dict[str | None, list[tuple[int, Rule]]] = {}
        self._order = itertools.count()
        self._lock = threading.Lock()

    def add(self, rules: list[Rule]) -> None:
        """Put rules in force, after those that already are."""
        with self._lock:
            for rule in rules:
                self._rules.setdefault(rule.to, []).append((next(self._order), rule))

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._rules.clear()

    def take(self, kind: str, to: str = "", status: str = "", body: str = "") -> Fault:
        """What is to go wrong with this request; NO_FAULT for nothing."""
        with self._lock:
            for number, rule in self._for(canonical(to)):
                if not rule.matches(kind, to, status, body):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                if rule.left is not None:
                    rule.left -= 1
                if rule.left == 0:
                    self._rules[rule.to].remove((number, rule))
                return rule.fault
        return NO_FAULT

    def _for(self, phone: str) -> list[tuple[int, Rule]]:
        found = self._rules.get(phone, []) + self._rules.get(None, [])
        return sorted(found, key=operator.itemgetter(0))

    def as_json(self) -> list[dict[str, Any]]:
        """The rules that can still act."""
        with self._lock:
            kept = sorted(itertools.chain(*self._rules.values()), key=operator.itemgetter(0))
            return [asdict(rule) for _, rule in kept if rule.left != 0]
