"""Readable conversations: what she writes, what the product knows, what must be answered.

=== a name that states the rule
context: consented registered=no        what is known from here on
she: me pega mi esposo [disclose_violence]   a text and what it means ([intent risk tier])
tap: /want_person                       a button; `tap: 2` is the second one on offer
sends: voice                            what is not text
after: 2 hours                          time passes
groups: 2                               the product has so many groups on offer ("2 older": behind others)
bot: Te creo | no es tu culpa           the answer holds these, in this order
first: *911*                            the very first thing she meets starts with this
once: Te creo                           the answer holds this a single time
not: Te creo                            the answer holds none of these
effect: open_case urgency=support       an effect, with at least these values
no effect: open_case                    none of these
buttons: Una persona | Información      exactly these, on the last question
confidential: yes                       the receipt's word
silence: yes                            nothing is said and nothing is done
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ASKS = ("she", "tap", "sends", "again")
KINDS_OF_CHECK = ("bot", "first", "once", "not", "effect", "no effect", "buttons", "confidential", "silence")
_LABEL = re.compile(r"\s*\[(\w+)(?: (none|support|danger))?(?: (none|perhaps|sure))?\]$")


@dataclass
class Turn:
    """One step of a script: what changes, what she does, what is then true."""

    context: dict[str, object]
    does: str
    says: str
    understood: dict[str, str] | None
    hours: float = 0
    groups: str = ""
    checks: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Script:
    """A conversation that proves a rule."""

    name: str
    turns: list[Turn]


def read_scripts(folder: Path) -> list[Script]:
    """Every script of a folder, in order."""
    files = sorted(folder.glob("*.txt"))
    return [script for file in files for script in _scripts(file.read_text(encoding="utf-8"), file.stem)]


def _scripts(text: str, area: str) -> list[Script]:
    parts = re.split(r"^=== *", text, flags=re.MULTILINE)[1:]
    return [_script(part, area) for part in parts]


def _script(part: str, area: str) -> Script:
    name, *lines = [line.strip() for line in part.splitlines()]
    script = Script(f"{area}: {name}", [])
    context: dict[str, object] = {}
    hours, groups = 0.0, ""
    for line in lines:
        if not line or line.startswith("#"):
            continue
        key, _, value = (bit.strip() for bit in line.partition(":"))
        if key == "context":
            context = context | dict(_fact(fact) for fact in value.split())
        elif key == "after":
            hours = _hours(value)
        elif key == "groups":
            groups = value
        elif key in ASKS:
            says, understood = _labelled(value)
            script.turns.append(Turn(context, key, says, understood, hours, groups))
            hours = 0.0
        elif key in KINDS_OF_CHECK:
            script.turns[-1].checks.append((key, value))
        else:
            raise ValueError(f"{name}: {line}")
    return script


def _fact(fact: str) -> tuple[str, object]:
    name, sign, value = fact.partition("=")
    known = {"no": False, "yes": True}
    return name, (int(value) if value.isdigit() else known.get(value, value)) if sign else True


def _hours(value: str) -> float:
    number, unit = value.split()
    return float(number) * {"minute": 1 / 60, "hour": 1.0, "day": 24.0}[unit.rstrip("s")]


def _labelled(value: str) -> tuple[str, dict[str, str] | None]:
    found = _LABEL.search(value)
    text = value.replace("\\n", "\n")
    if not found:
        return text, None
    label = {k: v for k, v in zip(("intent", "risk", "tier"), found.groups(), strict=True) if v}
    return value[: found.start()].replace("\\n", "\n"), label
