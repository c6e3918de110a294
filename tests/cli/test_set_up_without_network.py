"""An upgrade that finds no network leaves the way back open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli import words
from cli.install import environments
from cli.install.failure import Failure


@pytest.mark.parametrize(("reason", "kept"), [(words.NO_NETWORK, True), (words.STEP_BACKUP, False)])
def test_the_code_of_before_still_starts(
    reason: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be fetched changed nothing; after any other failure all is looked at again."""
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    lock, folder = tmp_path / "product.lock", tmp_path / ".venv"
    folder.mkdir()
    lock.write_text("old")
    one = replace(environments.PRODUCT, folder=folder, lock=lock)
    monkeypatch.setattr(environments, "find_uv", lambda: Path("uv"))
    monkeypatch.setattr(environments, "_is_whole", lambda _: True)
    monkeypatch.setattr(environments, "_probe", lambda _: True)
    monkeypatch.setattr(environments, "python_of", lambda _: lock)
    monkeypatch.setattr(environments, "_sync", lambda *_: None)
    environments._make(one)
    assert environments.is_current(one)

    def fail(*_: object) -> None:
        raise Failure(reason.format(what=words.STEP_SYNC[one.name]))

    monkeypatch.setattr(environments, "_sync", fail)
    lock.write_text("new")
    with pytest.raises(Failure):
        environments._make(one)
    assert not environments.is_current(one)
    lock.write_text("old")
    assert environments.is_current(one) is kept
