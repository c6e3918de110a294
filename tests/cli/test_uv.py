"""What set-up asks of a machine: on a bare server there is no compiler."""

from __future__ import annotations

import sysconfig
from typing import TYPE_CHECKING

import pytest

from cli.install import uv

if TYPE_CHECKING:
    from pathlib import Path

SETTING = "MULTIDICT_NO_EXTENSIONS"


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program and no header is found but what a test puts there."""
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_config_var", {"CC": "x86_64-linux-gnu-gcc -pthread"}.get)
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))


def put(path: Path) -> None:
    """Lay a file there that may be run."""
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_a_machine_without_a_compiler_builds_no_extension() -> None:
    """Rasa's libraries are set up all the same."""
    assert uv.uv_environment()[SETTING] == "1"


@pytest.mark.parametrize("name", ["x86_64-linux-gnu-gcc", "Python.h"])
def test_half_of_what_it_takes_is_not_enough(tmp_path: Path, name: str) -> None:
    """A compiler without Python's headers, and headers alone: both would fail."""
    put(tmp_path / name)
    assert uv.uv_environment()[SETTING] == "1"


def test_where_it_can_be_built_it_is(tmp_path: Path) -> None:
    """A developer's machine keeps the faster one."""
    put(tmp_path / "x86_64-linux-gnu-gcc")
    put(tmp_path / "Python.h")
    assert SETTING not in uv.uv_environment()


def test_the_callers_own_word_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Like every setting of the installer."""
    monkeypatch.setenv(SETTING, "")
    assert uv.uv_environment()[SETTING] == ""
