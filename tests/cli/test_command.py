"""The command from outside: wrong use, and each thing in the way, is one clear line that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli import parser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0" * 32,
    "TWILIO_WHATSAPP_FROM": "whatsapp:+14155238886",
}


def avanza(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one of the product's commands as the bootstrap hands it over, with nothing set but `env`."""
    outer = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    argv = [sys.executable, "-sP", "-m", "cli", *arguments]
    return subprocess.run(
        argv,
        env={**outer, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def the_one_line(result: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The last line said, which is the only one marked as ours; no traceback stands above it."""
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    ours = [line for line in result.stderr.splitlines() if line.startswith("avanza: ")]
    assert len(ours) == 1
    return ours[0]


@pytest.fixture
def var(tmp_path: Path) -> str:
    """A state folder of its own."""
    return str(tmp_path / "var")


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("command", [one.name for one in parser.COMMANDS])
def test_every_command_has_help(command: str) -> None:
    """`--help` answers on the standard library alone, before anything is installed."""
    argv = [sys.executable, "-EsP", str(ROOT / "cli" / "install" / "bootstrap.py"), command, "--help"]
    result = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 0
    assert result.stdout.startswith(f"uso: ./avanza {command}")
    assert not result.stderr


@pytest.mark.parametrize("arguments", [["vuela"], ["staff"], ["import", "nubes", "x.csv"], ["restore"]])
def test_wrong_use_is_two(arguments: list[str]) -> None:
    """Wrong use ends with 2 and one line, before anything is set up."""
    argv = [sys.executable, "-EsP", str(ROOT / "cli" / "install" / "bootstrap.py"), *arguments]
    result = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert "uso incorrecto" in the_one_line(result, code=2)


@pytest.mark.parametrize("missing", sorted(TWILIO))
def test_a_missing_setting_is_named(missing: str, var: str) -> None:
    """A setting that must be set and is not stops the start with its name."""
    env = {name: value for name, value in TWILIO.items() if name != missing}
    assert missing in the_one_line(avanza("up", AVANZA_VAR=var, **env))


def test_up_refuses_a_clock_that_was_moved(var: str) -> None:
    """The simulator's clock is the demo's alone: no setting turns it on, nor what it left in the folder."""
    simulated = {"AVANZA_SIMULATED_CLOCK": "yes", "TWILIO_API_URL": "http://127.0.0.1:9", **TWILIO}
    assert "AVANZA_SIMULATED_CLOCK" in the_one_line(avanza("up", AVANZA_VAR=var, **simulated))
    (Path(var) / "simulated-clock").write_text("86400")
    assert "AVANZA_VAR" in the_one_line(avanza("up", AVANZA_VAR=var, **TWILIO))


@pytest.mark.parametrize("setting", ["AVANZA_WEBHOOK_PORT", "AVANZA_CONSOLE_PORT", "AVANZA_RASA_URLS"])
def test_a_used_port_is_named_with_its_setting(setting: str, var: str) -> None:
    """A port that another program holds is told before anything starts."""
    free = {
        "AVANZA_WEBHOOK_PORT": str(free_port()),
        "AVANZA_CONSOLE_PORT": str(free_port()),
        "AVANZA_RASA_URLS": f"http://127.0.0.1:{free_port()}",
    }
    with taken_port() as port:
        value = f"http://127.0.0.1:{port}" if setting == "AVANZA_RASA_URLS" else str(port)
        line = the_one_line(avanza("up", AVANZA_VAR=var, **{**TWILIO, **free, setting: value}))
    assert str(port) in line
    assert setting in line


def test_a_wrong_database_address_is_one_line(var: str) -> None:
    """A database that does not answer is told with the setting's name, and nothing of the address."""
    url = f"postgresql://u:secreto@127.0.0.1:{free_port()}/x"
    line = the_one_line(avanza("migrate", AVANZA_VAR=var, AVANZA_DATABASE_URL=url, **TWILIO))
    assert "AVANZA_DATABASE_URL" in line
    assert "secreto" not in line


def test_no_fitting_python(tmp_path: Path) -> None:
    """Where no Python is new enough, the shell says so itself."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "readlink"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    argv = ["/bin/sh", str(ROOT / "avanza"), "setup"]
    result = subprocess.run(
        argv, env={"PATH": str(tools)}, capture_output=True, text=True, timeout=30, check=False
    )
    line = the_one_line(result)
    assert "Python 3.11" in line
    assert "python3-venv" in line


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A bare copy of what set-up needs, as a fresh clone has it."""
    folder = tmp_path / "clone"
    for part in ("cli", "requirements"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bot").mkdir()
    for name in ("requirements.lock", "requirements.in"):
        shutil.copy(ROOT / "bot" / name, folder / "bot" / name)
    shutil.copy(ROOT / "avanza", folder / "avanza")
    return folder


def set_up(copy: Path, *, before: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """`./avanza setup` in a copy; `before` is a shell line such as a limit."""
    script = f"{before}\nexec ./avanza setup"
    outer = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "AVANZA_PYTHON"}}
    return subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=copy,
        env={**outer, **env},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_no_network(copy: Path) -> None:
    """Without a network, set-up says so, and that the same command goes on."""
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    env = {
        "PIP_INDEX_URL": nowhere,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
    }
    result = set_up(copy, **env, PIP_RETRIES="0", UV_DEFAULT_INDEX=nowhere, UV_HTTP_RETRIES="0")
    line = the_one_line(result)
    assert "conexión" in line
    assert "vuelve a correr el mismo comando" in line


def test_full_disk(copy: Path) -> None:
    """Where files can't grow, set-up names the disk; what was there stays, and the next run goes on."""
    line = the_one_line(set_up(copy, before="ulimit -f 4000"))
    assert "disco" in line
    assert not (copy / ".venv" / "avanza-stamp.json").exists()


@pytest.mark.parametrize("content", [b"", b"not a model", None])
def test_a_corrupt_model_is_one_line(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that can't be read to its end is told before Rasa starts and takes another one."""
    from cli import model  # noqa: PLC0415
    from cli.install.failure import Failure  # noqa: PLC0415

    archive = tmp_path / "avanza.tar.gz"
    if content is None:
        (tmp_path / "metadata.json").write_text('{"model_id": "x"}')
        with tarfile.open(archive, "w:gz") as whole:
            whole.add(tmp_path / "metadata.json", "metadata.json")
            whole.add(ROOT / "requirements" / "product.lock", "big")
        archive.write_bytes(archive.read_bytes()[:-4000])
    else:
        archive.write_bytes(content)
    monkeypatch.setattr(model, "MODEL", archive)
    monkeypatch.setattr(model, "ROOT", tmp_path)
    with pytest.raises(Failure, match=r"dañado; corre «./avanza train --force»"):
        model.fingerprint_of_file()
