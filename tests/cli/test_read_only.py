"""A service that may write little: what it says where its code is out of date, or no folder is left to it."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from cli.install.failure import explain_os_error, guarded

if TYPE_CHECKING:
    from pathlib import Path


def test_it_says_who_prepares_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the two commands, not an unexpected error that comes again every five seconds."""

    def command() -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/opt/avanza/.venv/avanza-stamp.json")

    assert guarded(command) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "avanza setup" in line
    assert "avanza train" in line


@pytest.mark.parametrize("number", [errno.EIO, errno.EBUSY])
def test_other_errors_are_not_taken_for_it(number: int) -> None:
    """A disk that fails is another matter."""
    assert explain_os_error(OSError(number, "x", "/opt")) is None


def test_no_folder_for_scratch_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose root is read-only and whose /tmp is another user's."""
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "none")])
    monkeypatch.setattr(tempfile, "tempdir", None)
    with pytest.raises(FileNotFoundError) as found:
        tempfile.gettempdir()
    assert "TMPDIR" in str(explain_os_error(found.value))
