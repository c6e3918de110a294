"""Each script in `scripts/` proves the rule that its name states (`conversation.md`: flows and safety)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dialogue_script import Script, read_scripts
from dialogue_talk import Driver, Talk

pytestmark = pytest.mark.bot
SCRIPTS = read_scripts(Path(__file__).parent / "scripts")
HEARD = read_scripts(Path(__file__).parent / "heard")
"""Conversations written by people who did not build it, and understood by the trained model."""
OPEN = read_scripts(Path(__file__).parent / "open")
"""The same, with what is right by the rules and not so yet; one that comes right moves to `heard`."""


def _happens(talk: Talk, does: str, says: str, understood: dict[str, str] | None) -> None:
    if does == "she":
        talk.say(says, understood)
    elif does == "tap":
        talk.tap(says)
    elif does == "sends":
        talk.say("", kind=says)
    else:
        talk.say(says, understood, message_id=talk.message_id)


def _in_order(said: str, parts: str) -> None:
    at = 0
    for part in (bit.strip() for bit in parts.split("|")):
        found = said.find(part, at)
        assert found >= 0, f"{part!r} is missing (or out of order) in:\n{said}"
        at = found + len(part)


def _effect(effects: list[dict[str, Any]], wanted: str) -> bool:
    name, _, pairs = wanted.partition(" ")
    values = dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", pairs))
    return any(e["effect"] == name and all(str(e.get(k)) == v for k, v in values.items()) for e in effects)


def _check(talk: Talk, kind: str, value: str) -> None:
    said = "\n".join(talk.texts())
    if kind == "bot":
        _in_order(said, value)
    elif kind == "first":
        assert talk.items[0].get("text", "").startswith(value), said
    elif kind == "once":
        assert said.count(value) == 1, said
    elif kind == "not":
        assert not [part for part in value.split("|") if part.strip() in said], said
    elif kind == "effect":
        assert _effect(talk.effects(), value), talk.effects()
    elif kind == "no effect":
        assert not [e for e in talk.effects() if e["effect"] in value.split()], talk.effects()
    elif kind == "buttons":
        wanted = [title.strip() for title in value.split("|")] if value != "none" else []
        assert [button["title"] for button in talk.buttons()] == wanted
    elif kind == "silence":
        assert (talk.texts(), talk.effects()) == ([], [])
    else:
        assert talk.receipt()["confidential"] is (value == "yes")


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_script(driver: Driver, script: Script) -> None:
    _play(Talk(driver), script)


@pytest.mark.parametrize("script", HEARD, ids=[script.name for script in HEARD])
def test_heard(driver: Driver, script: Script) -> None:
    talk = Talk(driver)
    talk.labelled = False
    _play(talk, script)


@pytest.mark.parametrize("script", OPEN, ids=[script.name for script in OPEN])
@pytest.mark.xfail(reason="known to be wrong", strict=False)
def test_open(driver: Driver, script: Script) -> None:
    talk = Talk(driver)
    talk.labelled = False
    _play(talk, script)


def _play(talk: Talk, script: Script) -> None:
    for turn in script.turns:
        talk.context = turn.context
        talk.groups = turn.groups
        talk.now += timedelta(hours=turn.hours)
        _happens(talk, turn.does, turn.says, turn.understood)
        for kind, value in turn.checks:
            _check(talk, kind, value)
