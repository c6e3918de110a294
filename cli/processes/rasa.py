"""How Rasa's own Python is started: its arguments, and an environment that keeps its files together."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from cli.install.places import BOT_VENV, MODEL, ROOT, python_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCAL = "127.0.0.1,localhost"
_NOT_FOR_RASA = ("AVANZA_", "TWILIO_", "VIRTUAL_ENV", "PYTHONHOME")
"""How names begin that are the product's; what Rasa needs has names of its own (`bot/endpoints.yml`)."""

SAME_SUMS = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
}
"""One way to add, whatever the processor: the same data give the same model (decision 91).

OpenBLAS chooses its kernels, and numpy its own, by the processor's model; one that is newer than they are
gets the oldest. The sums differ in their last digits, and training makes other answers of that.
"""


def same_sums(flags: str) -> dict[str, str]:
    """Return the settings for a processor with these flags; none where it can't do what they ask for."""
    able = platform.machine() in {"x86_64", "AMD64"} and {"avx2", "fma"} <= set(flags.split())
    return dict(SAME_SUMS) if able else {}


def _flags() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")


def rasa_environment(state: Path, outer: Mapping[str, str], **more: str) -> dict[str, str]:
    """The outer environment without any of the product's settings, with Rasa's files kept under `state`."""
    for folder in ("home", "matplotlib", "tmp"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in outer.items() if not name.startswith(_NOT_FOR_RASA)}
    return env | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "HOME": str(state / "home"),
        "MPLCONFIGDIR": str(state / "matplotlib"),
        "TMPDIR": str(state / "tmp"),
        "RASA_CACHE_DIRECTORY": str(state / "cache"),
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_WORKERS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
        **same_sums(_flags()),
        **more,
    }


def rasa_run(port: int, host: str) -> list[str]:
    """The program that serves the trained model."""
    return [
        *(str(python_of(BOT_VENV)), "-m", "rasa", "run", "--model", str(MODEL)),
        *("--endpoints", str(ROOT / "bot/endpoints.yml"), "--credentials", str(ROOT / "bot/credentials.yml")),
        *("-i", host, "-p", str(port)),
    ]
