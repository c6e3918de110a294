"""Where things lie inside the project's folder, so that nothing is ever written outside of it by accident."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
UV_HOME = TOOLS / "uv"
UV_LOCK = ROOT / "requirements" / "uv.lock"
PRODUCT_VENV = ROOT / ".venv"
BOT_VENV = ROOT / "bot" / ".venv"
LOGS = TOOLS / "log"
SPEECH_VENV = ROOT / "speech" / ".venv"
SPEECH_MODEL = ROOT / "speech" / ".model"
SPEECH_MODEL_LOCK = ROOT / "requirements" / "speech-model.lock"
BOT_STATE = ROOT / "bot" / ".rasa"
TRAINED = ROOT / "bot" / "trained"
MODEL = TRAINED / "avanza.tar.gz"
MODEL_NOTE = TRAINED / "avanza.json"


def python_of(venv: Path) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "bin" / "python"
