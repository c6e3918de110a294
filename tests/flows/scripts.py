r"""Readable conversations with the running product: what is so, what she does, what must follow.

=== a name that states the rule
phase: on shift                  when it is played: quiet (nobody on shift; the default), on shift, restarts
begin: told and covered          first the steps of the part `--- told and covered` of the same folder
given: registered 14101 food     what is so before; see stage.py
she: hola // quiero entrar       a burst: its messages follow each other at once
she +52: BAJA                    from the other form of her number
she: (hola )*300                 the same words many times; \u200d is that character
late: hola                       written now, and delivered only after her next message
tap: Sí, acepto                  a button that stands on her screen, however old
press: /open_case_yes Una persona    a button that no screen shows, with its title
sends: voice                     what is not text
again: hola                      that message once more, with the same MessageSid; else her last one
worker: dies waiting             kill -9, soon after her next message; or `dies asking`, in an open turn
after: 2 days                    time passes
staff: takes                     a caseworker acts; `ends REASON` ends cover mode
meanwhile: a seat of pan-tonala is freed    something happens that she has no part in; see stage.py
waits: Tu taller es              a message that she did not ask for comes, and holds these
bot: Te creo | no es tu culpa    the answer holds these, in this order
first: *911*                     the first line that she meets holds this
not: violencia | 911             the answer holds none of these
says: 1                          so many messages answer
silence: nothing at all          no message answers
fact: enrolled huerto-tonala     what the database then says; see facts.py
known fault: why                 the script shows a fault that is reported and not yet mended
meets: typos, digression         troubles that no step shows by itself; the others are seen

The names of who plays and what is checked stand here; what they do stands in player.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HER_STEPS = ("she", "she +52", "late", "tap", "press", "sends", "again")
OTHER_STEPS = ("worker", "after", "staff", "meanwhile", "waits")
CHECKS = ("bot", "first", "not", "says", "silence", "fact")
PHASES = ("quiet", "on shift", "restarts")
TROUBLES = ("burst", "typos", "digression", "restart", "duplicate", "late")


@dataclass(frozen=True)
class Step:
    """One line of a script: what happens, and the line's number in its file."""

    does: str
    what: str
    line: int


@dataclass
class Script:
    """A conversation that proves a rule."""

    area: str
    name: str
    phase: str = "quiet"
    begin: str | None = None
    fault: str | None = None
    given: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def meets(self) -> set[str]:
        """The kinds of trouble that stand in it."""
        shown = {"worker": "restart", "again": "duplicate", "late": "late"}
        seen = {shown[step.does] for step in self.steps if step.does in shown}
        bursts = any(" // " in step.what for step in self.steps if step.does == "she")
        return seen | set(self.told) | ({"burst"} if bursts else set())

    @property
    def title(self) -> str:
        """The name by which it is known everywhere."""
        return f"{self.area}: {self.name}"


def read_scripts(folder: Path) -> list[Script]:
    """Every script of a folder, its beginnings put in."""
    parts: dict[str, Script] = {}
    scripts: list[Script] = []
    for file in sorted(folder.glob("*.txt")):
        for kind, script in _scripts(file):
            if kind == "---":
                parts[script.name] = script
            else:
                scripts.append(script)
    return [_begun(script, parts) for script in scripts]


def _begun(script: Script, parts: dict[str, Script]) -> Script:
    if script.begin is not None:
        part = _begun(parts[script.begin], parts)
        script.given = [*part.given, *script.given]
        script.steps = [*part.steps, *script.steps]
        script.told = [*part.told, *script.told]
        script.begin = None
    return script


def _scripts(file: Path) -> list[tuple[str, Script]]:
    found: list[tuple[str, Script]] = []
    for number, raw in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        heading = re.match(r"(===|---) +(.+)", line)
        if heading:
            found.append((heading[1], Script(file.stem, heading[2])))
        elif line and not line.startswith("#"):
            _add(found[-1][1], line, number, file.name)
    return found


def _add(script: Script, line: str, number: int, file: str) -> None:
    key, colon, value = (bit.strip() for bit in line.partition(":"))
    if not colon or not value:
        raise ValueError(f"{file}:{number}: {line}")
    if key == "phase" and value in PHASES:
        script.phase = value
    elif key == "begin":
        script.begin = value
    elif key == "known fault":
        script.fault = value
    elif key == "meets":
        script.told += [_trouble(word.strip(), file, number) for word in value.split(",")]
    elif key == "given":
        script.given.append(value)
    elif key in HER_STEPS + OTHER_STEPS + CHECKS:
        script.steps.append(Step(key, _written(value), number))
    else:
        raise ValueError(f"{file}:{number}: {line}")


def _trouble(word: str, file: str, number: int) -> str:
    if word not in TROUBLES:
        raise ValueError(f"{file}:{number}: no such trouble: {word}")
    return word


def _written(value: str) -> str:
    r"""What a line stands for: `(hola )*3` is said three times, and `\u200d` is that character."""
    value = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), value.replace("\\n", "\n"))
    return re.sub(r"\(([^()]+)\)\*(\d+)", lambda found: found[1] * int(found[2]), value)
