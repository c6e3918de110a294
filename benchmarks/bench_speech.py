"""Voice notes: word errors, safety heard and missed beside the same words typed, what they do, time, memory.

`./avanza bench speech [--sentences N] [--noises N | --once]`. Needs the engine (`setup --speech`), espeak-ng
and opusenc. The engine is kept to one core. Each sentence is spoken once at each noise, the voices in turn;
with `--once` at one noise, these in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks import speaking
from benchmarks.speaking import NOISES, VOICES, Sentence
from cli.install.places import BOT_VENV, MODEL, ROOT, python_of
from cli.processes.rasa import rasa_environment
from outreach.messages.speech import local, transcript
from outreach.messages.speech.local import Engine, LocalSpeech

if TYPE_CHECKING:
    from outreach.messages.speech.transcript import Heard

CONTEXT = {
    "consented": True, "registered": True, "enrolled": True, "has_session": True, "reminder_pending": True,
    "now": "2026-11-23T18:04:00-06:00", "name": "Lupita",
}  # fmt: skip
LASTS = frozenset(
    {
        "record_consent", "save_details", "update_details", "choose_group", "confirm_attendance",
        "decline_attendance", "notify_late", "drop_out", "take_seat_back", "opt_out", "opt_in",
        "set_contact_hours", "set_language", "erase_my_data", "save_food_security", "close_case",
        "forget_turn",
    }
)  # fmt: skip


class Dialogue:
    """The trained model with the product's dialogue, in a process of Rasa's environment."""

    def __init__(self, scratch: Path) -> None:
        self._process = subprocess.Popen(
            [str(python_of(BOT_VENV)), "-m", "bot.learning.talk", str(MODEL)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
            env=rasa_environment(scratch, os.environ),
        )  # fmt: skip
        if self._line() != "ready":
            raise RuntimeError("the dialogue did not start: ./avanza train")

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 (opened as a pipe)
        return self._process.stdout.readline().strip()

    def answer(self, text: str, heard: str, kind: str = "text") -> Answer:
        """Let a woman with a seat say it as her first word."""
        assert self._process.stdin is not None  # noqa: S101 (opened as a pipe)
        message = str(uuid.uuid4())
        metadata = {"message_id": message, "payload": None, "kind": kind, "context": CONTEXT, "heard": heard}
        ask = {"sender": message, "message": text, "metadata": metadata}
        self._process.stdin.write(json.dumps({"ask": ask}) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._line())
        customs = [one["custom"] for one in told["items"] if "custom" in one]
        receipt = customs[-1]
        return Answer(
            receipt["tier"], receipt["risk"], tuple(one["effect"] for one in customs[:-1]),
            any("911" in one.get("text", "") for one in told["items"][:1]),
        )  # fmt: skip

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True)
class Answer:
    """What the dialogue made of a text."""

    tier: str
    risk: str
    effects: tuple[str, ...]
    first_911: bool

    @property
    def safety(self) -> bool:
        """Whether it was heard as of safety at all."""
        return self.tier != "none"

    @property
    def person(self) -> bool:
        """Whether a person is asked to hear the note."""
        return "request_person" in self.effects


def main() -> int:
    """Measure and print; figures go to `benchmarks/latest/speech.json`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=0, metavar="N")
    parser.add_argument("--noises", type=int, default=len(NOISES), metavar="N")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--rows", metavar="FILE")
    args = parser.parse_args()
    if not local.is_set_up():
        print("the engine is missing: ./avanza setup --speech", file=sys.stderr)
        return 1
    chosen = speaking.sentences()
    step = max(1, len(chosen) // args.sentences) if args.sentences else 1
    with tempfile.TemporaryDirectory() as scratch:
        dialogue = Dialogue(Path(scratch))
        try:
            rows, cost = _rows(chosen[::step], list(NOISES)[: args.noises], dialogue, once=args.once)
        finally:
            dialogue.close()
    if args.rows:
        Path(args.rows).write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows))
    found = {"cost": cost, "by_noise": _summed(rows, "noise"), "by_part": _summed(rows, "part"),
             "by_voice": _summed(rows, "voice"), "load": os.getloadavg()[0]}  # fmt: skip
    print(json.dumps(found, indent=1, ensure_ascii=False))
    (ROOT / "benchmarks" / "latest" / "speech.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0


def _rows(
    chosen: list[Sentence], noises: list[str], dialogue: Dialogue, *, once: bool
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    engine = local.engine_of()
    maker = LocalSpeech(Engine(("taskset", "-c", "0", *engine.argv)))
    noise, worked, spoken, memory, used, before = speaking.street(), 0.0, 0.0, 0, 0.0, 0.0
    rows: list[dict[str, Any]] = []
    typed = {one.text: dialogue.answer(one.text, "") for one in chosen}
    for level, name in enumerate(noises):
        for number, one in enumerate(chosen):
            if once and number // len(VOICES) % len(noises) != level:
                continue
            voice, speed = VOICES[(number + level) % len(VOICES)]
            audio = speaking.note(one.text, voice, speed, NOISES[name], noise)
            seconds = speaking.seconds_of(one.text, voice, speed)
            if not rows:
                transcript.hear(maker, audio)  # the engine starts
                before = _processor(maker)
            began = time.perf_counter()
            heard = transcript.hear(maker, audio)
            worked, spoken = worked + time.perf_counter() - began, spoken + seconds
            memory, used = max(memory, _memory(maker)), _processor(maker) - before
            rows.append(_row(one, name, voice, heard, typed[one.text], _spoken(dialogue, heard)))
    maker.close()
    return rows, {
        "notes": len(rows), "seconds_per_second": round(worked / spoken, 2),
        "processor_seconds_per_second": round(used / spoken, 2),
        "seconds_a_note": round(worked / len(rows), 2), "memory_mb": round(memory / 1e6),
    }  # fmt: skip


def _memory(maker: LocalSpeech) -> int:
    process = maker._process  # noqa: SLF001 (measured from outside)
    return int(psutil.Process(process.pid).memory_info().rss) if process else 0


def _processor(maker: LocalSpeech) -> float:
    process = maker._process  # noqa: SLF001 (measured from outside)
    times = psutil.Process(process.pid).cpu_times() if process else None
    return float(times.user + times.system) if times else 0.0


def _spoken(dialogue: Dialogue, heard: Heard) -> Answer:
    if not heard.text:
        return dialogue.answer("", "nothing", "voice")
    return dialogue.answer(heard.text, "clear" if heard.clear else "unsure")


def _row(
    one: Sentence, noise: str, voice: str, heard: Heard, typed: Answer, spoken: Answer
) -> dict[str, Any]:
    wrong, words = speaking.word_errors(one.text, heard.text)
    return {
        "part": one.part, "risk": one.risk, "noise": noise, "voice": voice, "said": one.text,
        "heard": heard.text, "verdict": heard.verdict.value, "wrong": wrong, "words": words,
        "typed_safety": typed.safety, "spoken_safety": spoken.safety, "person": spoken.person,
        "typed_danger": typed.first_911, "spoken_danger": spoken.first_911,
        "lasting": sum(effect in LASTS for effect in spoken.effects),
        "asked_back": "ask_back" in spoken.effects,
    }  # fmt: skip


def _summed(rows: list[dict[str, Any]], by: str) -> dict[str, dict[str, float]]:
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[str(row[by])].append(row)
    return {name: _sum(some) for name, some in parts.items()}


def _sum(rows: list[dict[str, Any]]) -> dict[str, float]:
    safe = [row for row in rows if row["risk"] != "none"]
    danger = [row for row in rows if row["risk"] == "danger"]
    plain = [row for row in rows if row["risk"] == "none"]

    def share(of: list[dict[str, Any]], *names: str) -> float:
        return round(sum(any(row[name] for name in names) for row in of) / len(of), 3) if of else -1

    return {
        "notes": len(rows),
        "word_errors": round(sum(row["wrong"] for row in rows) / sum(row["words"] for row in rows), 3),
        "clear": round(sum(row["verdict"] == "clear" for row in rows) / len(rows), 3),
        "safety_typed": share(safe, "typed_safety"),
        "safety_spoken": share(safe, "spoken_safety"),
        "safety_spoken_or_person": share(safe, "spoken_safety", "person"),
        "danger_911_typed": share(danger, "typed_danger"),
        "danger_911_spoken": share(danger, "spoken_danger"),
        "false_alarm_typed": share(plain, "typed_safety"),
        "false_alarm_spoken": share(plain, "spoken_safety"),
        "plain_to_person": share(plain, "person"),
        "lasting_done": sum(row["lasting"] for row in rows),
        "asked_back": sum(row["asked_back"] for row in rows),
    }


if __name__ == "__main__":
    sys.exit(main())
