"""What Rasa's process is told: it gets no new versions, so it holds nothing worth stealing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cli.processes.rasa import rasa_environment
from cli.settings_list import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


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
