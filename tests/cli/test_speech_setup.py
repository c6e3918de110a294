"""The model of voice notes: joined from two packages as data, and used only where it is the published one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cli.commands import speech as command
from cli.install import speech
from cli.install.failure import Failure
from cli.install.places import SPEECH_MODEL_LOCK
from cli.parser import parse
from cli.speech_check import look
from outreach.messages.speech import choice, local

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "model.bin": b"first half, second half",
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a",
    "config.json": b"{}",
}


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What uv unpacks: two packages with data and code."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setattr(speech, "OFFICIAL", digests)
    first, second = tmp_path / "parts" / "one" / "data", tmp_path / "parts" / "two" / "data"
    for folder in (first, second):
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").write_text("raise SystemExit('never imported')")
    (first / "model.bin.part1").write_bytes(b"first half, ")
    (second / "model.bin.part2").write_bytes(b"second half")
    for name in FILES.keys() - {"model.bin"}:
        (first / name).write_bytes(FILES[name])
    return tmp_path / "parts"


def test_the_halves_make_the_published_model(parts: Path, tmp_path: Path) -> None:
    """Data alone: nothing of their code comes along."""
    speech.join(parts, tmp_path / "whole")
    assert speech.wrong_file(tmp_path / "whole") is None
    assert {path.name for path in (tmp_path / "whole").iterdir()} == FILES.keys()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_bit_that_differs_is_found(parts: Path, tmp_path: Path, name: str) -> None:
    """A changed or missing file of the model, whichever it is."""
    speech.join(parts, tmp_path / "whole")
    path = tmp_path / "whole" / name
    path.write_bytes(FILES[name] + b"!")
    assert speech.wrong_file(tmp_path / "whole") == name
    path.unlink()
    assert speech.wrong_file(tmp_path / "whole") == name


def test_what_is_not_the_published_model_never_stays(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is not made, and what was there before is left alone."""
    kept = tmp_path / "kept"
    monkeypatch.setattr(speech, "SPEECH_MODEL", kept)
    monkeypatch.setattr(speech, "TOOLS", tmp_path)
    monkeypatch.setattr(speech, "find_uv", lambda: "uv")
    monkeypatch.setattr(speech, "uv_environment", dict)

    def unpacks(argv: list[object], **_: object) -> None:
        target = argv[argv.index("--target") + 1]
        parts.rename(str(target))
        next(parts.parent.rglob("model.bin.part2")).write_bytes(b"something else")

    monkeypatch.setattr(speech, "run", unpacks)
    with pytest.raises(Failure, match=r"model\.bin"):
        speech._make_model()
    assert not kept.exists()


def test_both_packages_are_locked_by_hash() -> None:
    """Each line of the lock has one hash at least; the engine's own lock too."""
    for lock in (SPEECH_MODEL_LOCK, SPEECH_MODEL_LOCK.with_name("speech.lock")):
        text = lock.read_text()
        assert text.count("==") > 1
        assert text.count("--hash=sha256:") >= text.count("==") - text.count("python_full_version")
    assert all(len(digest) == 64 for digest in speech.OFFICIAL.values())


def test_doctor_says_who_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Off, a server, this machine, or why not."""
    monkeypatch.setattr(local, "is_set_up", lambda: True)
    monkeypatch.setattr(choice, "free_memory", lambda: 2_000_000_000)
    assert "apagado" in look({"speech": "off"})
    assert look({"speech": "auto"}) == "esta máquina, sin red"
    assert "10.0.0.5" in look({"speech": "http", "speech_url": "http://10.0.0.5:8000"})
    with pytest.raises(Failure, match="red propia"):
        look({"speech": "http", "speech_url": "http://8.8.8.8"})
    monkeypatch.setattr(choice, "free_memory", lambda: 1)
    assert "1 GB" in look({"speech": "auto"})
    monkeypatch.setattr(local, "is_set_up", lambda: False)
    assert "setup --speech" in look({"speech": "auto"})
    with pytest.raises(Failure, match="setup --speech"):
        look({"speech": "local"})


def test_the_command_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file, and nobody who listens."""
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    monkeypatch.setenv("AVANZA_SECRET_KEY", "A" * 43 + "=")
    monkeypatch.setenv("AVANZA_SPEECH", "off")
    with pytest.raises(Failure, match=r"nada\.ogg"):
        command.run(parse(["speech", str(tmp_path / "nada.ogg")]))
    (tmp_path / "nota.ogg").write_bytes(b"OggS")
    with pytest.raises(Failure, match="AVANZA_SPEECH=off"):
        command.run(parse(["speech", str(tmp_path / "nota.ogg")]))
