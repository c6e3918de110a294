"""What Rasa's process is told: it gets no new versions, so it holds nothing worth stealing."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from cli.processes.rasa import SAME_SUMS, rasa_environment, same_sums
from cli.settings_list import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_rasa_knows_no_setting_of_the_product(tmp_path: Path) -> None:
    """No key, no token, no mail server; also not of a setting that is yet to be invented."""
    outer = {one.name: "canary" for one in SETTINGS} | {
        "AVANZA_OF_LATER": "canary",
        "TWILIO_OF_LATER": "canary",
    }
    told = rasa_environment(tmp_path, {**os.environ, **outer}, AVANZA_TRACKER_URL="postgresql://host/name")
    assert "canary" not in told.values()
    assert told["AVANZA_TRACKER_URL"] == "postgresql://host/name"
    assert told["PATH"] == os.environ["PATH"]


def test_every_processor_adds_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenBLAS gives a processor that it does not know its oldest kernels, and training another model."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert same_sums("fpu sse2 avx avx2 fma avx512f") == SAME_SUMS
    assert not same_sums("fpu sse2 avx")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert not same_sums("avx2 fma")
