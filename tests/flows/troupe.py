"""Plays many scripts at once, each on a phone of its own, and writes down what was said.

The phases follow each other, since the roster and the worker belong to all: first with nobody on shift, then
with somebody, then those whose worker is killed, once for all of them at each of the two moments.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from player import Player
from rendezvous import Rendezvous
from scripts import PHASES

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from scripts import Script
    from stage import Stage
    from system import System

AT_ONCE = 24
MOST_AGAIN = 2
BESIDE = 1_000_000
"""From a phone's number to the next one for the same script."""
TRANSCRIPTS = Path(os.environ.get("AVANZA_VAR") or ROOT / "var") / "transcripts"


@dataclass
class Outcome:
    """How a script ended; `error` is empty where all was as it says."""

    player: Player
    error: BaseException | None
    seconds: float


def play_all(
    system: System, stage: Stage, scripts: list[Script], numbers: int, player: type[Player] = Player
) -> dict[str, Outcome]:
    """Play them, phase by phase; `numbers` is where this folder's phone numbers begin."""
    players = [
        player(system, stage, script, f"+52133{numbers + place:08d}") for place, script in enumerate(scripts)
    ]
    outcomes: dict[str, Outcome] = {}
    for phase in PHASES:
        cast = [player for player in players if player.script.phase == phase]
        if not cast:
            continue
        stage.shift(begins=phase == "on shift")
        for part in _by_death(cast) if phase == "restarts" else [cast]:
            with ThreadPoolExecutor(len(part) if phase == "restarts" else AT_ONCE) as pool:
                # The longest first, so that none is left alone at the end.
                part.sort(key=lambda player: -len(player.script.steps))
                played = list(pool.map(_play, part))
            for outcome in played:
                outcomes[outcome.player.script.title] = _unhurried(outcome)
    stage.shift(begins=False)
    return outcomes


def _by_death(cast: list[Player]) -> list[list[Player]]:
    """Those whose worker dies at the same moment, together: a worker that dies too often is given up."""
    parts: dict[str, list[Player]] = {}
    for player in cast:
        moment = next(step.what for step in player.script.steps if step.does == "worker")
        parts.setdefault(moment, []).append(player)
    for part in parts.values():
        meeting = Rendezvous(len(part))
        for player in part:
            player.together = meeting
    return list(parts.values())


def _play(player: Player) -> Outcome:
    began = time.monotonic()
    error: BaseException | None = None
    try:
        player.play()
    except Exception as failed:  # noqa: BLE001 (each test raises its own)
        error = failed
    finally:
        if player.together is not None:
            player.together.leave(id(player))
    return Outcome(player, error, time.monotonic() - began)


def _unhurried(outcome: Outcome) -> Outcome:
    """Play it again, alone and on another phone, where it failed and what she wrote at once came apart.

    The machine was too slow to post a burst as one; then the product rightly answers its first part.
    """
    for _ in range(MOST_AGAIN):
        old = outcome.player
        if outcome.error is None or not old.stalls or old.together is not None:
            break
        number = f"{old.number[:-8]}{int(old.number[-8:]) + BESIDE:08d}"
        outcome = _play(type(old)(old.system, old.stage, old.script, number))
    return outcome


def write_down(folder: str, scripts: list[Script], outcomes: dict[str, Outcome]) -> None:
    """Keep the transcripts of a folder for `./avanza transcripts`, in the order of its files."""
    TRANSCRIPTS.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, Any]] = []
    for script in scripts:
        if script.title in outcomes:
            outcome = outcomes[script.title]
            lines = [asdict(line) for line in outcome.player.lines]
            fault = script.fault or (str(outcome.error) if outcome.error else None)
            told.append({"area": script.area, "name": script.name, "fault": fault, "lines": lines})
    path = TRANSCRIPTS / f"{folder}.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
