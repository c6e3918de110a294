"""The log of `./avanza up` while a woman talks to it: outcomes in JSON, and nothing that she wrote."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from system import Phone, System

pytestmark = [pytest.mark.processes, pytest.mark.bot]
OURS = re.compile(r"\[(webhook|console|worker|clock)\] (.*)")
CANARIES = ("canarialibre", "canarianombre", "canariasecreta", "canariapeligro")


def test_the_whole_log(system: System, phone: Callable[[], Phone]) -> None:
    """P4: small talk, a name, a confidence and a danger leave no word, name or number in any log."""
    she = phone()
    assert she.writes("hola canarialibre")
    she.writes("me llamo Canarianombre Lopez Prueba")
    she.writes("mi esposo me pega canariasecreta")
    assert she.writes("me quiere matar ahorita ayuda canariapeligro")
    log = system.log.read_text(errors="replace")
    found = [word for word in (*CANARIES, she.number, she.number[-10:]) if word in log.casefold()]
    assert not found
    lines = [match for line in log.splitlines() if (match := OURS.fullmatch(line))]
    assert {match[1] for match in lines} == {"webhook", "console", "worker", "clock"}
    for match in lines:
        assert json.loads(match[2])["action"], match[0]
