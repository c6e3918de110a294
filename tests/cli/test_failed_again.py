"""`.ci/again`: what failed is tried alone; what fails again, or too much at once, still fails the run."""

from __future__ import annotations

import json
import runpy
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cli.install.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "tests/a.py::test_one@system": "tests/a.py::test_one",
    "tests/a.py::test_two[odd: a short one]@system]": "tests/a.py::test_two[odd: a short one]",
    "tests/a.py::test_three[a@b]": "tests/a.py::test_three[a@b]",
}


def again(
    failed: list[str], still: set[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[str]]:
    """Return its exit code and what was run, where the names in `still` fail again."""
    ran: list[str] = []

    def run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        ran.append(str(argv[-1]))
        return subprocess.CompletedProcess(argv, int(argv[-1] in still))

    cache.write_text(json.dumps(dict.fromkeys(failed, True)))
    script = runpy.run_path(str(ROOT / ".ci/again"))
    script["main"].__globals__["FAILED"] = cache
    monkeypatch.setattr(subprocess, "run", run)
    return script["main"](), ran


@pytest.mark.parametrize(
    ("failed", "still", "status", "ran"),
    [
        (list(NAMES), set(), 0, sorted(NAMES.values())),
        (list(NAMES), {"tests/a.py::test_one"}, 1, sorted(NAMES.values())),
        ([f"tests/a.py::test_{n}" for n in range(6)], set(), 1, []),
        ([], set(), 1, []),
    ],
)
def test_what_failed_is_tried_alone(
    failed: list[str],
    still: set[str],
    status: int,
    ran: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert again(failed, still, tmp_path / "lastfailed", monkeypatch) == (status, ran)
