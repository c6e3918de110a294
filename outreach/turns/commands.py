"""Words that hold even while a person has the conversation and no model reads it (P6, P9).

They stand in `orders.txt`, which the dialogue has too (a test holds both to be the same), so that what hides
her while the bot answers hides her while a person does. Only the order itself counts here; what else she may
mean is the dialogue's to understand, when it is its turn.
"""

from __future__ import annotations

import enum
import re
from functools import cache
from pathlib import Path

from outreach.turns.offered_replies import plain

FILE = Path(__file__).with_name("orders.txt")
LONGEST = 9
"""Words of a sentence in which an order may stand; a longer text is a story."""
_MARKS = "\ufe0f\u200d"
_POLITE = re.compile(r"\b(?:por favor|porfavor|porfa|xfa|gracias|ya|oiga|oye|ok|pues|seño|señorita)\b")


# He comes, whoever he is and however she spells it; a patrol that comes is no reason to hide.
_COMES = re.compile(
    r"(?:ya|ahi|ay|ai) (?:me )?(?:llego|yego|lego|vino|bino|viene|biene|esta aqui)"
    r"(?: (?:el|mi (?:marido|esposo|viejo|senor|pareja|novio|suegr[ao]|hij[ao]|papa|mama|cunad[ao]|"
    r"herman[ao])))?"
)


class Command(enum.StrEnum):
    """What she orders in a word or two."""

    HIDE = "hide"
    STOP = "stop"


@cache
def orders() -> dict[str, frozenset[str]]:
    """Return the phrases of each section of the list, folded as a message is."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            phrase = line.strip() if section.endswith("signs") else plain(line)
            found.setdefault(section, set()).add(phrase)
    return {name: frozenset(phrases) for name, phrases in found.items()}


def command_in(text: str) -> Command | None:
    """Return the command that a message gives, in any of its lines; hiding before stopping."""
    lines = [line for line in text.splitlines() if line.strip()]
    for command in Command:
        if any(_orders(command, line) for line in lines):
            return command
    return None


def _orders(command: Command, line: str) -> bool:
    signs = {c for c in line if not c.isspace() and c not in _MARKS}
    if signs and signs <= orders().get(f"{command} signs", frozenset()):
        return True
    said = plain(line)
    if command is Command.HIDE and _COMES.fullmatch(said):
        return True
    alone = orders()[f"{command} alone"] | orders().get(f"{command} held", frozenset())
    if said in alone or _bare(said) in alone:
        return True
    within = orders()[f"{command} within"]
    return len(said.split()) <= LONGEST and any(f" {phrase} " in f" {said} " for phrase in within)


def _bare(said: str) -> str:
    return " ".join(_POLITE.sub(" ", said).split())
