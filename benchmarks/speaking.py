"""Synthetic voice notes: sentences of the corpus, spoken by espeak-ng, with noise of a street, as Opus.

Needs espeak-ng and opusenc (Debian: espeak-ng, opus-tools). No human voice could be had; see the limits.
"""

from __future__ import annotations

import array
import itertools
import json
import math
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.install.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOICES = (
    ("es-419", 150), ("es-419+f2", 155), ("es+f4", 145), ("es-419+m3", 165), ("es-419+f5", 135),
)  # fmt: skip
NOISES: dict[str, float | None] = {"none": None, "15 dB": 15.0, "5 dB": 5.0}
"""Speech over noise; 5 dB is a street at one's elbow."""
RATE = 22_050
LENGTHS = range(3, 17)
"""Words of a sentence."""
HEADER = 44
PARTS = {
    "danger": (("immediate_danger", "self_harm"), 30),
    "disclosure": (("disclose_violence", "child_at_risk", "ask_violence_help", "phone_watched"), 40),
    "routine": (
        (
            "decline_attendance", "confirm_attendance", "enroll", "ask_next_session", "ask_location",
            "notify_late", "opt_out", "drop_out", "ask_cost", "ask_requirements", "set_contact_hours",
            "delete_my_data", "reschedule",
        ),
        52,
    ),
}  # fmt: skip
MADE = (
    "me llamo María Guadalupe López", "soy Rosa Hernández García", "mi nombre es Juana Ramírez",
    "me dicen Lupita", "nací el quince de agosto de mil novecientos ochenta y nueve",
    "mi fecha de nacimiento es el tres de mayo del noventa y dos", "nací en mil novecientos setenta y seis",
    "el dos de enero del dos mil uno", "vivo en Tonalá", "soy de Tlajomulco de Zúñiga",
    "vivo en San Pedro Tlaquepaque", "soy de Lagos de Moreno", "vivo en Autlán de Navarro",
    "soy de Zapotlán el Grande", "vivo en Puerto Vallarta",
    "en la colonia Oblatos", "tengo dos hijos", "somos cinco en la casa", "de lunes a viernes de diez a dos",
    "los sábados en la tarde",
)  # fmt: skip
_TEXT = re.compile(r'"text": ("(?:[^"\\]|\\.)*").*?"risk": "(\w+)"')
_VOWEL = re.compile(r"[aeiouyáéíóú]", re.IGNORECASE)
"""A word without one is written short, and a synthetic voice would spell it."""
_PLAIN = re.compile(r"[a-záéíóúüñ ,.?¿!¡]+", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """What is said, and whether it is of safety."""

    text: str
    part: str
    risk: str


def sentences(seed: int = 11) -> list[Sentence]:
    """Return the same sentences each time: of the corpus by part, and made ones with names, dates, places."""
    chance = random.Random(seed)
    found = []
    for part, (intents, count) in PARTS.items():
        pool = [one for intent in intents for one in _of(intent, part)]
        found += chance.sample(pool, count)
    return [*found, *(Sentence(text, "details", "none") for text in MADE)]


def _of(intent: str, part: str) -> Iterator[Sentence]:
    text = (ROOT / "data" / "nlu" / f"{intent}.yml").read_text(encoding="utf-8")
    for raw, risk in _TEXT.findall(text):
        said = json.loads(raw)
        wanted = (risk == "none") == (part == "routine") and (part != "danger" or risk == "danger")
        spoken = all(_VOWEL.search(word) for word in said.split())
        if wanted and spoken and len(said.split()) in LENGTHS and _PLAIN.fullmatch(said):
            yield Sentence(said, part, risk)


def street(seconds: float = 12.0, seed: int = 5) -> array.array[float]:
    """Return noise like a street's: a low rumble, hiss, and swells of passing cars."""
    chance = random.Random(seed)
    made, low, middle = array.array("d"), 0.0, 0.0
    for n in range(int(seconds * RATE)):
        white = chance.gauss(0, 1)
        low += 0.02 * (white - low)
        middle += 0.2 * (white - middle)
        swell = 1 + 0.8 * math.sin(2 * math.pi * n / RATE / 4.3)
        made.append((6 * low + middle + 0.15 * white) * swell)
    return made


def note(sentence: str, voice: str, speed: int, noise: float | None, street_noise: Sequence[float]) -> bytes:
    """Return a voice note as WhatsApp's recorder would write it: Opus, 16 kbit/s."""
    spoken = _output(["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", sentence])
    samples = array.array("h", spoken[HEADER : len(spoken) - (len(spoken) - HEADER) % 2])
    if sys.byteorder == "big":
        samples.byteswap()
    mixed = samples if noise is None else _mixed(samples, noise, street_noise)
    return _output(
        [
            "opusenc",
            "--quiet",
            "--raw",
            "--raw-rate",
            str(RATE),
            "--raw-chan",
            "1",
            "--bitrate",
            "16",
            "-",
            "-",
        ],
        mixed.tobytes(),
    )


def seconds_of(sentence: str, voice: str, speed: int) -> float:
    """Return how long a sentence takes to say."""
    return (
        (len(_output(["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", sentence])) - HEADER) / 2 / RATE
    )


def _mixed(samples: array.array[int], decibels: float, noise: Sequence[float]) -> array.array[int]:
    loud = math.sqrt(sum(one * one for one in samples) / max(len(samples), 1))
    own = math.sqrt(sum(one * one for one in noise) / len(noise))
    factor = loud / own / 10 ** (decibels / 20)
    pairs = zip(samples, itertools.cycle(noise), strict=False)
    return array.array("h", (max(-32768, min(32767, int(one + factor * other))) for one, other in pairs))


def _output(argv: list[str], given: bytes | None = None) -> bytes:
    return subprocess.run(argv, input=given, capture_output=True, check=True).stdout


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Return how many words are wrong (changed, missing or added) and how many were said."""
    a, b = _words(said), _words(heard)
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1], len(a)


def _words(text: str) -> list[str]:
    return re.sub(r"[^\wáéíóúüñ ]", " ", text.lower()).translate(str.maketrans("áéíóúü", "aeiouu")).split()
