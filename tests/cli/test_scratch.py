"""Where the tests' PostgreSQL lies: in memory where there is room and the folder is ours, else under var/."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.install.places import ROOT
from cli.install.scratch import forget, scratch_folder

if TYPE_CHECKING:
    from pathlib import Path

ON_DISK = ROOT / "var" / "test"
GIB = 1024**3


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    _leave(monkeypatch, 8 * GIB)


def _leave(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(8 * GIB, 8 * GIB - size, size)
    )


def test_it_lies_in_memory_for_all_processes_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is there is used by whoever comes later, though there is little room by then."""
    made = scratch_folder(tmp_path)
    assert made.is_dir()
    assert made.parent == tmp_path
    _leave(monkeypatch, 0)
    assert scratch_folder(tmp_path) == made


def test_without_room_it_lies_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container has 64 MB there; other systems have no such place."""
    _leave(monkeypatch, GIB // 16)
    assert scratch_folder(tmp_path) == ON_DISK
    assert ON_DISK.is_dir()
    assert list(tmp_path.iterdir()) == []
    assert scratch_folder(tmp_path / "none") == ON_DISK


@pytest.mark.parametrize("what", ["link", "file"])
def test_what_another_put_there_is_not_used(what: str, tmp_path: Path) -> None:
    """Everybody may write in that place."""
    place = scratch_folder(tmp_path)
    place.rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "link":
        place.symlink_to(elsewhere)
    else:
        place.touch()
    assert scratch_folder(tmp_path) == ON_DISK


def test_only_memory_is_given_back(tmp_path: Path) -> None:
    """What lies on a disk stays for the next run."""
    made = scratch_folder(tmp_path)
    (made / "postgresql").mkdir()
    forget(made, tmp_path)
    assert not made.exists()
    forget(tmp_path, tmp_path)
    assert tmp_path.is_dir()
