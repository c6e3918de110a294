"""Every route of the console, as a test can call it: with made-up ids, or with given ones."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask
    from werkzeug.routing import Rule

PLACE = re.compile(r"<(?:(\w+)(?:\((\w+)[\w, ]*\))?:)?(\w+)>")
NAMES = {"name": "person", "section": "consent", "token": "x", "kind": "support"}
"""What may stand in a place for a name, so that the address leads to something."""
METHODS = frozenset({"GET", "POST"})


class Call(NamedTuple):
    """One way to call one route."""

    method: str
    path: str
    rule: Rule


def calls(app: Flask, given: Mapping[str, str] | None = None) -> Iterator[Call]:
    """Yield every route with each of its methods; a place that is not given gets something made up.

    Raises:
        AssertionError: a path does not lead to its route, so that a test of it would prove nothing.
    """
    map_ = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        path = filled(rule, given or {})
        for method in sorted((rule.methods or set()) & METHODS):
            endpoint, _ = map_.match(path, method=method)
            assert endpoint == rule.endpoint, path
            yield Call(method, path, rule)


def filled(rule: Rule, given: Mapping[str, str]) -> str:
    """Return the address of a rule with something in each of its places."""
    made_up = {"uuid": str(uuid.uuid4()), "int": "1", "path": "console.css"}

    def fill(found: re.Match[str]) -> str:
        kind, first, name = found.groups()
        return given.get(name) or first or made_up.get(kind) or NAMES[name]

    return PLACE.sub(fill, rule.rule)


def places(rule: Rule) -> set[str]:
    """Return the names of a rule's places."""
    return {found[2] for found in PLACE.findall(rule.rule)}
