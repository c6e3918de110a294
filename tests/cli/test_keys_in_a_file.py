"""The next secret key in the file `.env`, where a cluster mounts it, is followed as in the environment."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cli.commands import processes
from outreach.ground import settings as reading
from outreach.ground.settings import load_settings, read_environment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_child_is_told_that_the_replacement_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would read the file again, and take a key that is not this database's for the next one."""
    present, following = (base64.b64encode(bytes([one]) * 32).decode() for one in (1, 2))
    for name in ("AVANZA_SECRET_KEY", "AVANZA_NEXT_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    (tmp_path / ".env").write_text(f"AVANZA_SECRET_KEY={present}\nAVANZA_NEXT_SECRET_KEY={following}\n")
    asked = load_settings({"AVANZA_VAR": str(tmp_path), "AVANZA_SECRET_KEY": present}, twilio=False)
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    for name, value in processes._found(asked).items():
        monkeypatch.setenv(name, value)
    assert load_settings(read_environment(), twilio=False).secret_key.other is None
