"""Finds or brings uv, the installer, and gives it an environment that keeps all it writes inside the project.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from cli import words
from cli.install.failure import Failure
from cli.install.places import TOOLS, UV_HOME, UV_LOCK, python_of
from cli.install.programs import run
from cli.install.progress import step

OLDEST_GOOD = (0, 9)
_OWN = python_of(UV_HOME)


def uv_environment() -> dict[str, str]:
    """The caller's environment (its UV_* and PIP_* settings win), with caches kept inside `.tools/`."""
    env = dict(os.environ)
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX"):
        env.pop(name, None)
    env.setdefault("UV_CACHE_DIR", str(TOOLS / "uv-cache"))
    env.setdefault("UV_PYTHON_INSTALL_DIR", str(TOOLS / "python"))
    env.setdefault("UV_PYTHON_INSTALL_BIN", "0")
    env.setdefault("UV_NO_PROGRESS", "1")
    # A mirror or a certificate that was set for pip is meant for every installer.
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if theirs in env and not {ours, "UV_INDEX_URL"} & env.keys():
            env[ours] = env[theirs]
    if not _can_compile():
        # Rasa holds multidict to a version without a wheel for Python 3.11: its half in Python is enough.
        env.setdefault("MULTIDICT_NO_EXTENSIONS", "1")
    env.setdefault("PIP_NO_CACHE_DIR", "1")
    env.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    return env


def _can_compile() -> bool:
    """Whether a C extension could be built: a bare server has neither a compiler nor Python's headers."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    return shutil.which(compiler) is not None and Path(sysconfig.get_path("include"), "Python.h").is_file()


def find_uv() -> Path:
    """A good enough uv: the one on PATH, else the pinned one under `.tools/`, installed if missing."""
    on_path = shutil.which("uv")
    for candidate in (on_path, UV_HOME / "bin" / "uv"):
        if candidate and _is_good(Path(candidate)):
            return Path(candidate)
    with step(words.STEP_UV):
        _install()
    return UV_HOME / "bin" / "uv"


def _is_good(uv: Path) -> bool:
    try:
        answer = subprocess.run(
            [str(uv), "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.search(r"(\d+)\.(\d+)", answer.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_GOOD


def _install() -> None:
    """A virtual environment with the pinned uv; where venv is missing but pip is not, a plain folder."""
    shutil.rmtree(UV_HOME, ignore_errors=True)
    pip = ["-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:"]
    env = uv_environment()
    if importlib.util.find_spec("ensurepip"):
        # In two steps: venv hides why the second failed.
        bare: list[str | Path] = [sys.executable, "-m", "venv", "--without-pip", UV_HOME]
        run(bare, what=words.STEP_UV, log="uv-venv", env=env)
        run([_OWN, "-m", "ensurepip"], what=words.STEP_UV, log="uv-pip", env=env)
        run([_OWN, *pip, "-r", UV_LOCK], what=words.STEP_UV, log="uv", env=env)
    elif importlib.util.find_spec("pip"):
        run([sys.executable, *pip, "--target", UV_HOME, "-r", UV_LOCK], what=words.STEP_UV, log="uv", env=env)
    else:
        raise Failure(words.NO_VENV)
