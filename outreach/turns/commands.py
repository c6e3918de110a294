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
_SPELLED_OUT = re.compile(r"\b[^\W\d](?: [^\W\d]\b){2,}")
_SLOT = re.compile(r"\[[^\]]*\]|[^\s\[\]]+")
_SECTION = re.compile(r"\[([a-z ]+)\]")
_LONGEST = 24
"""Words of a line that can be an order at all."""
# The usual ways to spell one sound, so that "vaja" is "baja" and "yego" is "llego".
_ONE_SOUND = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ll", "y"), ("(?<!c)h", ""), ("v", "b"), ("z|c(?=[ei])", "s"), ("qu(?=[ei])|c(?!h)|q", "k"),
        ("g(?=[ei])", "j"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class Command(enum.StrEnum):
    """What she orders in a word or two."""

    HIDE = "hide"
    STOP = "stop"


@cache
def orders() -> dict[str, tuple[str, ...]]:
    """Return the lines of each section of the list, folded as a message is but for patterns and signs."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        heading = _SECTION.fullmatch(line)
        if heading:
            section = heading[1]
        elif line.strip() and not line.startswith("#"):
            kept = section.endswith(("signs", "whole"))
            found.setdefault(section, []).append(line.strip() if kept else words(line))
    return {name: tuple(lines) for name, lines in found.items()}


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
    sounding = _sounding(said)
    for read in (sounding, _without_courtesy(sounding)):
        if read in _sounds(f"{command} alone") | _sounds(f"{command} held"):
            return True
        if _patterns(f"{command} whole").fullmatch(f"{read} "):
            return True
    return command is Command.HIDE and _of_hiding_alone(sounding.split())


def _of_hiding_alone(said: list[str]) -> bool:
    """Whether it is several phrases that hide, one after the other: "ya llegó, cámbiale de tema"."""
    if len(said) > _LONGEST:
        return False
    polite, known = _sounds("courtesy") | _sounds("after"), _sounds("hide alone")
    ends = {(0, False)}  # how far it is made of such phrases, and whether one of them hides
    for start in range(len(said)):
        for hides in {hides for end, hides in ends if end == start}:
            for end in range(start + 1, len(said) + 1):
                part = " ".join(said[start:end])
                if part in known or _patterns("hide whole").fullmatch(f"{part} "):
                    ends.add((end, True))
                elif part in polite:
                    ends.add((end, hides))
    return (len(said), True) in ends


def _signs(line: str, command: Command) -> bool:
    signs = {c for c in visible(line) if unicodedata.category(c).startswith("S")}
    return bool(signs) and signs <= set(orders().get(f"{command} signs", ()))


def _sounding(said: str) -> str:
    """Return folded words as they sound, with letters that were spelled out joined."""
    said = _SPELLED_OUT.sub(lambda found: found[0].replace(" ", ""), said)
    for pattern, sound in _ONE_SOUND:
        said = pattern.sub(sound, said)
    return said


@cache
def _sounds(section: str) -> frozenset[str]:
    return frozenset(map(_sounding, orders().get(section, ())))


@cache
def _patterns(section: str) -> re.Pattern[str]:
    made = [f"(?:{_compiled(line)})" for line in orders().get(section, ())]
    return re.compile("|".join(made) or r"(?!)")


def _compiled(line: str) -> str:
    """Return one pattern; every slot takes the space after it, and a text is matched with one at its end."""
    made = ""
    for slot in _SLOT.findall(line):
        if slot.startswith("["):
            made += f"(?:{_compiled(slot[1:-1])})?"
        else:
            made += "(?:" + "|".join(map(re.escape, map(_sounding, map(words, _alternatives(slot))))) + ") "
    return made


def _alternatives(slot: str) -> list[str]:
    return [one.replace("_", " ") for one in slot.split("|")]


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
