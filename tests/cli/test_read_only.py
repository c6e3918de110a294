"""A service that may not write its own code: what it says where the code or its libraries are out of date."""

from __future__ import annotations

import errno
import os

import pytest

from cli.install.failure import explain_os_error, guarded


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
