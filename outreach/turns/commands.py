"""Words that hold even while a person has the conversation and no model reads it (P6, P9).

They stand in `orders.txt`, which the dialogue has too (a test holds both to be the same), so that what hides
her while the bot answers hides her while a person does. Only the order itself counts here; what else she may
mean is the dialogue's to understand, when it is its turn.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from functools import cache
from pathlib import Path

from outreach.ground.words import visible, words

FILE = Path(__file__).with_name("orders.txt")
LONGEST = 9
"""Words of a sentence in which an order may stand; a longer text is a story."""
_SPELLED_OUT = re.compile(r"\b[^\W\d](?: [^\W\d]\b){2,}")
# The usual ways to spell one sound, so that "vaja" is "baja" and "yego" is "llego".
_ONE_SOUND = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ll", "y"), ("(?<!c)h", ""), ("v", "b"), ("z|c(?=[ei])", "s"), ("qu(?=[ei])|c(?!h)", "k"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


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
            phrase = line.strip() if section.endswith("signs") else words(line)
            found.setdefault(section, set()).add(phrase)
    return {name: frozenset(phrases) for name, phrases in found.items()}


def command_in(text: str) -> Command | None:
    """Return the command that a message gives, in any of its lines; hiding before stopping."""
    lines = [line for line in text.splitlines() if line.strip()]
    for command in Command:
        if any(_orders(command, line) for line in (*lines, " ".join(lines))):
            return command
    return None


def _orders(command: Command, line: str) -> bool:
    said = words(line)
    if not said:
        return _signs(line, command)
    if command is Command.HIDE and (_COMES.fullmatch(said) or _COMES.fullmatch(_without_courtesy(said))):
        return True
    sounding = _sounding(said)
    if _without_courtesy(sounding) in _sounds(f"{command} alone") | _sounds(f"{command} held"):
        return True
    return len(said.split()) <= LONGEST and (
        _within(sounding, f"{command} within")
        or (_within(sounding, f"{command} leaving") and not _within(sounding, "elsewhere"))
    )


def _signs(line: str, command: Command) -> bool:
    signs = {c for c in visible(line) if unicodedata.category(c).startswith("S")}
    return bool(signs) and signs <= orders().get(f"{command} signs", frozenset())


def _sounding(said: str) -> str:
    """Return folded words as they sound, with letters that were spelled out joined."""
    said = _SPELLED_OUT.sub(lambda found: found[0].replace(" ", ""), said)
    for pattern, sound in _ONE_SOUND:
        said = pattern.sub(sound, said)
    return said


@cache
def _sounds(section: str) -> frozenset[str]:
    return frozenset(map(_sounding, orders().get(section, frozenset())))


def _within(sounding: str, section: str) -> bool:
    return any(f" {phrase} " in f" {sounding} " for phrase in _sounds(section))


def _without_courtesy(said: str) -> str:
    """Return what stands beside courtesy, each word once: "hola, baja baja por favor" is "baja"."""
    before, after = _sounds("courtesy"), _sounds("courtesy") | _sounds("after")
    rest = said
    while first := next((n for n in (3, 2, 1) if " ".join(rest.split()[:n]) in before), 0):
        rest = " ".join(rest.split()[first:])
    while last := next((n for n in (3, 2, 1) if " ".join(rest.split()[-n:]) in after), 0):
        rest = " ".join(rest.split()[:-last])
    kept = rest.split()
    return " ".join(word for i, word in enumerate(kept) if not i or word != kept[i - 1])
