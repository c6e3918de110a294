"""The units of systemd and root's command: what they may do, what they wait for, how settings are read."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from test_deploy import DEPLOY, PROCESSES, lint, needs

from cli.processes import await_rasa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SYSTEMD = DEPLOY / "systemd"
MOST_EXPOSED = 20
"""Tenths of systemd's score from 0 (safe) to 10 (exposed)."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they stand, but for the program, which is not installed here."""
    for path in SYSTEMD.rglob("*"):
        if path.suffix in {".service", ".target", ".conf"}:
            copy = tmp_path / path.relative_to(SYSTEMD)
            copy.parent.mkdir(exist_ok=True)
            text = path.read_text(encoding="utf-8").replace("/opt/avanza/avanza", "/bin/true")
            copy.write_text(text.replace("/opt/avanza", str(tmp_path)), encoding="utf-8")
    return tmp_path


@needs("systemd-analyze")
def test_systemd_takes_them(units: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process's unit with its own drop-in, the one for all, and what starts them together."""
    monkeypatch.setenv("SYSTEMD_UNIT_PATH", f"{units}:")
    names = ["avanza.service", "avanza.target", *(f"avanza@{name}.service" for name in PROCESSES)]
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(units / name for name in names[:2]), *names[2:]],
        cwd=units,
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in ended.stderr.splitlines() if "avanza" in line]
    assert (ended.returncode, ours) == (0, [])


@needs("systemd-analyze")
@pytest.mark.parametrize("name", ["avanza.service", "avanza@.service"])
def test_they_may_do_little(units: Path, name: str) -> None:
    """By systemd's own list of what a service could do without."""
    lint(
        *("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager"),
        units / name,
    )


@pytest.mark.parametrize("name", ["avanza.service", "avanza@.service"])
def test_neither_changes_its_own_code(name: str) -> None:
    """What may be written is the state, and where `up` trains: no folder that Python imports from."""
    text = (SYSTEMD / name).read_text(encoding="utf-8")
    assert "ProtectSystem=strict" in text
    written = {
        word.lstrip("-")
        for line in re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE)
        for word in line.split()
    }
    assert written <= {"/opt/avanza/.tools", "/opt/avanza/bot/trained", "/opt/avanza/bot/.rasa"}


@pytest.mark.parametrize("name", ["avanza.service", "avanza@.service"])
def test_one_that_memory_ends_takes_nobody_along(name: str) -> None:
    """The engine of voice notes is first to go: systemd would end the whole unit for it."""
    assert "\nOOMPolicy=continue\n" in (SYSTEMD / name).read_text(encoding="utf-8")


def test_the_engine_of_voice_notes_may_leave_the_network() -> None:
    """It asks for a network of its own with nothing in it (`speech/engine.py`); the others may not."""
    asked = {
        path.name: re.findall(r"^RestrictNamespaces=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in SYSTEMD.rglob("*")
        if path.is_file()
    }
    free = {name for name, values in asked.items() if "user net" in values}
    assert free == {"avanza.service", "worker.conf"}


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_has_a_bound(name: str) -> None:
    """On memory; and Rasa and the figures reach no address outside."""
    text = (SYSTEMD / f"avanza@{name}.service.d" / f"{name}.conf").read_text(encoding="utf-8")
    assert re.search(r"^MemoryMax=\d+[MG]$", text, re.MULTILINE)
    assert ("IPAddressDeny=any" in text) is (name in {"rasa", "metrics"})


def command(tmp_path: Path, settings: str | None, **typed: str) -> subprocess.CompletedProcess[str]:
    """Root's command with a stand-in for `runuser` that shows what would run."""
    runuser = tmp_path / "runuser"
    runuser.write_text('#!/bin/sh\n[ "$4" != test ] || exit 0\necho "$@"\nenv\n')
    runuser.chmod(0o755)
    path = tmp_path / "avanza.env"
    if settings is not None:
        path.write_text(settings)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SETTINGS_FILE": str(path), **typed}
    argv = [str(SYSTEMD / "root-command"), "staff", "list"]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def test_it_becomes_the_user_of_the_service(tmp_path: Path) -> None:
    """With the folder of the state and whatever else was typed."""
    shown = command(tmp_path, "AVANZA_PUBLIC_URL=https://avisos.example.org\n").stdout.splitlines()
    assert shown[0].startswith("-u avanza -- env ")
    assert shown[0].endswith(" AVANZA_VAR=/var/lib/avanza /opt/avanza/avanza staff list")
    assert "AVANZA_PUBLIC_URL=https://avisos.example.org" in shown


def test_a_copy_on_trial_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Else a restore that was to be tried elsewhere would go to the data of the service."""
    shown = command(tmp_path, "AVANZA_VAR=/var/lib/avanza-trial\n").stdout.splitlines()
    assert shown[0].endswith(" AVANZA_VAR=/var/lib/avanza-trial /opt/avanza/avanza staff list")


@pytest.mark.parametrize("name", ["AVANZA_VAR", "AVANZA_DATABASE_URL", "TWILIO_AUTH_TOKEN"])
def test_what_is_set_for_one_command_is_refused(tmp_path: Path, name: str) -> None:
    """It would lose against the file without a word."""
    ended = command(tmp_path, "AVANZA_METRICS_PORT=9464\n", **{name: "canary"})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert name in ended.stderr
    assert "canary" not in ended.stderr
    assert command(tmp_path, "AVANZA_METRICS_PORT=9464\n", AVANZA_DEBUG="1").returncode == 0


@pytest.mark.parametrize(
    "value",
    [
        "smtp://user:pa$$word@host:587",
        "a=b==",
        "$(touch made)",
        "`touch made`",
        "two words",
        "https://host/#part",
        "",
        "*",
    ],
)
def test_a_value_is_taken_as_it_stands(tmp_path: Path, value: str) -> None:
    """As systemd takes it: nothing is run, filled in or cut."""
    shown = command(tmp_path, f"# words\n\nAVANZA_SMTP_URL={value}\nTWILIO_AUTH_TOKEN=end")
    assert f"AVANZA_SMTP_URL={value}" in shown.stdout.splitlines()
    assert "TWILIO_AUTH_TOKEN=end" in shown.stdout.splitlines()
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "line",
    [
        'A="quoted"',
        "A='quoted'",
        "A=back\\slash",
        "A=value # words",
        "A=value ",
        "no name",
        "export A=b",
        "lower=b",
        "A B=c",
    ],
)
def test_what_systemd_would_read_otherwise_is_refused(tmp_path: Path, line: str) -> None:
    """The line is named and not shown: it may hold a secret."""
    ended = command(tmp_path, f"GOOD=1\n{line}\n")
    assert ended.returncode == 1
    assert "renglón 2" in ended.stderr
    assert line not in ended.stderr
    assert ended.stdout == ""


def test_no_file_no_command(tmp_path: Path) -> None:
    assert command(tmp_path, None).returncode != 0


@pytest.fixture
def rasa() -> Iterator[str]:
    """A Rasa that is up."""

    class Health(BaseHTTPRequestHandler):
        """Its page of health and no other."""

        def do_GET(self) -> None:
            """Say that it is up."""
            self.send_response(200 if self.path == await_rasa.HEALTH else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_worker_starts_once_one_rasa_answers(
    rasa: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any of those that are named, with a slash at the end or without."""
    monkeypatch.setenv("AVANZA_RASA_URLS", f"http://127.0.0.1:1, {rasa}/")
    assert await_rasa.main(["60"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("urls", ["http://127.0.0.1:1", "nonsense", "http://[", ","])
def test_a_worker_starts_all_the_same(
    urls: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has more to do than turns; the settings are judged by the worker itself."""
    monkeypatch.setenv("AVANZA_RASA_URLS", urls)
    assert await_rasa.main(["0"]) == 0
    assert "Rasa" in capsys.readouterr().err


@needs("shellcheck")
def test_the_shell_takes_it() -> None:
    lint("shellcheck", SYSTEMD / "root-command", DEPLOY.parent / "avanza")
