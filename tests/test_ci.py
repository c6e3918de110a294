"""The part of CI that looks up known faults: a fault fails, no answer does not, and both are said."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOUND = "echo 'Found 2 known vulnerabilities in 1 package'; echo 'flask 0.1 PYSEC-1'; exit 1"
CLEAN = "echo 'No known vulnerabilities found'"
ONE = "case $2 in *.lock) ;; *) echo 'Found 1 known vulnerability in 1 package'; exit 1;; esac\n"
"""What a service says that is asked for a fault that is known, before the locks."""
AWAY = "echo 'ERROR:pip_audit._cli:Could not connect to the vulnerability feed'; exit 1"


def audited(folder: Path, script: str) -> tuple[int, str]:
    """Run it with a stand-in for pip-audit, which gets the lock as its second argument."""
    tool = folder / "pip-audit"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o700)
    done = subprocess.run(
        [ROOT / ".ci" / "audit"], env={**os.environ, "AUDIT": str(tool)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        (ONE + CLEAN, 0, "nothing known"),
        (FOUND, 1, "PYSEC-1"),
        (f"{ONE}case $2 in *product.lock) {FOUND};; esac", 1, "known faults in: requirements/product.lock"),
        (f"{ONE}case $2 in bot/*) {FOUND};; esac", 0, "PYSEC-1"),
        (CLEAN, 0, "not audited: the service that answers knows of no faults"),
        (ONE + AWAY, 0, "not audited: ERROR:pip_audit._cli:Could not connect"),
        (AWAY, 0, "not audited: ERROR:pip_audit._cli:Could not connect"),
        (
            f"{ONE}case $2 in *product.lock) {FOUND};; esac\n{AWAY}",
            1,
            "known faults in: requirements/product",
        ),
        (f"{ONE}echo 'Name Skip Reason'; echo 'torch not on PyPI'; {CLEAN}", 0, "torch not on PyPI"),
        ("exit 137", 0, "not audited: no answer"),
    ],
    ids=[
        "clean",
        "found",
        "the product's",
        "Rasa's",
        "an index alone",
        "gone",
        "away",
        "found before it is gone",
        "left out",
        "killed",
    ],
)
def test_known_faults_fail_and_silence_is_said(tmp_path: Path, script: str, code: int, says: str) -> None:
    """Who reads the log sees which of the three it was."""
    found, told = audited(tmp_path, script)
    assert found == code, told
    assert says in told


def test_every_lock_is_looked_up(tmp_path: Path) -> None:
    """A lock that is added is audited; data that is never run is not."""
    _, told = audited(tmp_path, ONE + CLEAN)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.lock"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    asked = {line.removeprefix("-- ") for line in told.splitlines() if line.startswith("-- ")}
    assert asked == set(listed) - {"requirements/speech-model.lock"}


def test_it_is_a_part_of_ci() -> None:
    """And the run goes on after it."""
    assert "\n    part audit .ci/audit\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
