"""The rules of voice over what the product itself says to her, and over the help lines it begins with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from outreach.start.help_lines import HELP_LINES, HelpLine
from outreach.texts import answers, herself, lasting, safety, workshops

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 300
"""Characters of a text of ours, without what is filled in."""
NEVER = re.compile(
    r"tranquil|c[aá]lmate|no te preocupes|te prometo|seguro que|por qu[eé] (?:no|sigues)|"
    r"habla con [eé]l\b|habl[ae] con tu|\b(?:usted|ustedes|vos|usuario|bot|formulario|slot)\b",
    re.IGNORECASE,
)
OTHERS_WILL = re.compile(
    r"mandan (?:ayuda|una? patrulla|a alguien)|va[n]? (?:en camino|para all[aá])|ya van\b|llegan? por ti|"
    r"te van a (?:ayudar|atender|creer|rescatar|proteger)|no te va a pasar nada|todo va a estar",
    re.IGNORECASE,
)
"""What nobody here can know: that somebody comes, or what another office will do."""


def _said(named: object) -> Iterator[str]:
    if isinstance(named, str):
        yield named
    elif isinstance(named, dict):
        for one in named.values():
            yield from _said(one)


ALL = [
    (f"{module.__name__.rpartition('.')[2]}.{name}", text)
    for module in (answers, herself, lasting, safety, workshops)
    for name, value in vars(module).items()
    if name.isupper()
    for text in _said(value)
] + [(f"help_lines.{line.code}", line.says) for line in HELP_LINES]


@pytest.mark.parametrize(("name", "text"), ALL, ids=[name for name, _ in ALL])
def test_it_is_short_plain_and_promises_nothing_of_others(name: str, text: str) -> None:
    """Spoken to as "tú", asked one thing at most; no blame, no jargon, nobody who is said to come."""
    assert len(text) <= LONGEST, (name, len(text))
    assert not NEVER.search(text), (name, text)
    assert not OTHERS_WILL.search(text), (name, text)
    assert text.count("?") <= 1, (name, text)


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Llama: mandan ayuda a donde estés.", True),
        ("Ya van para allá.", True),
        ("No te va a pasar nada.", True),
        ("Mándame tu ubicación.", False),
        ("Te van a pedir tu nombre.", False),
        ("Una persona puede ayudarte.", False),
    ],
)
def test_a_promise_is_told_from_its_look_alikes(text: str, promised: bool) -> None:
    """What is said of others is a fact or an offer, not what they will do."""
    assert bool(OTHERS_WILL.search(text)) is promised


@pytest.mark.parametrize("line", HELP_LINES, ids=lambda line: line.code)
def test_a_help_line_says_where_it_was_read(line: HelpLine) -> None:
    """Each is a fact with its source; a number has its hours."""
    assert line.source
    assert line.hours
