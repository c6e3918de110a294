"""Goes through docs/operations/deploying.md as an administrator would, in a fresh Debian with a systemd.

    sudo python3 deploy/trial.py [FOLDER] [--speech] [--keep] [--base TAR] [--trained FOLDER]

Every block of commands of the page is run as it stands, up to a signed message through Caddy and its answer
at a stand-in of Twilio, then with one unit for each process. What an administrator fills in is filled in
here: the address of the code, settings, names. Steps that download run with this machine's network; from the
start of the service on there is none at all. Needs root, mmdebstrap and systemd-container. Standard library
only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "operations" / "deploying.md"
SUITE = "bookworm"
BARE = "systemd,systemd-sysv,dbus,iproute2"
"""What every installed Debian has, and its smallest image lacks."""
ACCOUNT, TOKEN, SENDER = "AC" + "0" * 31 + "1", "0123456789abcdef" * 2, "whatsapp:+5213300000000"
FILLED_IN = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_WHATSAPP_FROM": SENDER,
    "TWILIO_API_URL": "http://127.0.0.1:8002",
}
NETWORK = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_CERT", "UV_DEFAULT_INDEX")
"""Settings of this machine's way to packages that go along."""
AUTHORITY = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
UNITS = ("webhook", "console", "worker", "clock", "rasa", "metrics")
READY_SECONDS = 420


class TrialError(Exception):
    """A command of the page failed, or what it should bring about did not come."""


def blocks(heading: str) -> list[str]:
    """The commands of a section of the page, one text for each block."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"^( *)```sh\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, text in found]


class Server:
    """The Debian under a folder: run in it with the network of this machine, or booted without any."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._booted: subprocess.Popen[bytes] | None = None
        self._log = folder.with_suffix(".boot.log")

    def run(self, commands: str) -> str:
        """Run commands of root's shell, in the booted system where it is; return what they print.

        Raises:
            TrialError: one of them failed.
        """
        shell = ["/bin/bash", "-e", "-o", "pipefail", "-c", commands]
        if self._booted is None:
            passed = {name: os.environ[name] for name in NETWORK if name in os.environ}
            setting = [f"--setenv={name}={value}" for name, value in passed.items()]
            # The page installs services while nothing runs here yet.
            setting.append("--setenv=DEBIAN_FRONTEND=noninteractive")
            argv = [*self._nspawn(), "--console=pipe", *setting, *shell]
        else:
            argv = ["nsenter", "-t", str(self._first()), "-m", "-u", "-i", "-n", "-p", "--", *shell]
        ended = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise TrialError(f"{commands}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")
        return ended.stdout

    def boot(self) -> None:
        """Start its own systemd, with no network but loopback."""
        argv = [*self._nspawn(), "--private-network", "--boot"]
        with self._log.open("wb") as log:
            self._booted = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("the system to boot", self._is_up, 60)

    def shut_down(self) -> None:
        """Power off, in order."""
        booted, self._booted = self._booted, None
        if booted is None or booted.poll() is not None:
            return
        with suppress(ProcessLookupError, TrialError):
            os.kill(_child_of(booted.pid), signal.SIGRTMIN + 4)
        try:
            booted.wait(60)
        except subprocess.TimeoutExpired:
            booted.kill()
            booted.wait()

    def _nspawn(self) -> list[str]:
        return ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", str(self.folder)]

    def _first(self) -> int:
        if self._booted is None or self._booted.poll() is not None:
            raise TrialError(f"the system ended: {self._log}")
        return _child_of(self._booted.pid)

    def _is_up(self) -> bool:
        with suppress(TrialError):
            return set(self.run("systemctl is-active basic.target dbus.socket").split()) == {"active"}
        return False


def _child_of(pid: int) -> int:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if not listed:
        raise TrialError("the system has not begun to boot")
    return int(listed[0])


def wait_for(what: str, done: Callable[[], bool], seconds: float) -> None:
    """Ask once a second.

    Raises:
        TrialError: it did not come in time.
    """
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TrialError(f"waited {seconds:.0f} s for {what}")
        time.sleep(1)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is done and how long it took."""
    began = time.monotonic()
    print(f"{what:<58}", end=" ", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:6.1f} s", flush=True)


def fresh(server: Server, base: Path | None) -> None:
    """A bare Debian, with this machine's sources of packages and the authorities that it trusts."""
    server.folder.mkdir(parents=True)
    if base is None:
        base = server.folder.with_suffix(".tar")
        argv = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={BARE}", SUITE, str(base)]
        subprocess.run(argv, check=True)
    subprocess.run(["tar", "-xf", base, "-C", server.folder], check=True)
    ours, theirs = Path("/usr/local/share/ca-certificates"), server.folder / "usr/local/share/ca-certificates"
    theirs.mkdir(parents=True, exist_ok=True)
    for path in ours.glob("*.crt"):
        shutil.copy(path, theirs)
    for path in Path("/etc/apt/apt.conf.d").iterdir():
        if "Acquire::Check-Valid-Until" in path.read_text(errors="ignore"):  # of a mirror that stands still
            shutil.copy(path, server.folder / "etc/apt/apt.conf.d")
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    if sources.is_file():
        (server.folder / "etc/apt/sources.list").unlink(missing_ok=True)
        shutil.copy(sources, server.folder / "etc/apt/sources.list.d")


def install(server: Server, given: argparse.Namespace) -> None:
    """Steps 1 to 4 of the page."""
    packages, code, settings, libraries = blocks("One server")[:4]
    with step("1 packages and a user"):
        server.run(packages)
    with step("2 the code"):
        bundle = server.folder / "srv" / "avanza.bundle"
        argv = ["git", "-C", str(ROOT), "bundle", "create", "-q", str(bundle), "HEAD", "--branches"]
        subprocess.run(argv, check=True)
        server.run(code.replace("ADDRESS", "/srv/avanza.bundle"))
    with step("3 settings"):
        server.run(f"cd /opt/avanza\n{settings}")
        _fill_in(server.folder / "etc" / "avanza" / "avanza.env")
    setup, train, migrate = libraries.splitlines()
    with step("4 libraries"):
        server.run(setup)
    if given.speech:
        with step("4 engine of voice notes"):
            server.run(f"{setup} --speech")
    with step(f"4 model{', copied' if given.trained else ''}"):
        if given.trained:
            shutil.copytree(given.trained, server.folder / "opt/avanza/bot/trained", dirs_exist_ok=True)
            server.run("chown -R avanza: /opt/avanza/bot/trained")
        server.run(train)
    with step("4 tables, on a terminal"):
        _migrate(server, migrate)


def _migrate(server: Server, command: str) -> None:
    shown = server.run(f"script -qec '{command}' /dev/null")
    if "Clave de recuperación" not in shown:
        raise TrialError("no recovery key was shown")
    server.run("! test -e /var/lib/avanza/recovery-key.txt")


def _fill_in(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in FILLED_IN]
    path.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in FILLED_IN.items())]) + "\n")


def start(server: Server) -> None:
    """Steps 5 to 8 of the page."""
    starting, front, look, first = blocks("One server")[4:]
    with step("  boot"):
        (server.folder / "etc/hosts").write_text("127.0.0.1 localhost avisos.example.org panel.example.org\n")
        server.boot()
    with step("5 start, until it says Listo"):
        server.run(f"cd /opt/avanza\n{starting}")
        _ready(server)
    with step("6 Caddy, with certificates of its own authority"):
        copy, restart = front.splitlines()
        server.run(f"cd /opt/avanza\n{copy}")
        path = server.folder / "etc/caddy/Caddyfile"
        path.write_text(path.read_text().replace("{\n", "{\n\tlocal_certs\n\tskip_install_trust\n", 1))
        server.run(restart)
        wait_for("a certificate", (server.folder / AUTHORITY[1:]).exists, 30)
    with step("7 what listens, and doctor"):
        listening, doctor = look.splitlines()
        outside = {
            line.split()[4].rpartition(":")[2]
            for line in server.run(listening).splitlines()[1:]
            if not line.split()[4].startswith(("127.", "[::1]"))
        }
        if outside != {"80", "443"}:
            raise TrialError(f"open to others: {outside}")
        server.run(doctor)
    with step("8 the first administrator"):
        if "Contraseña inicial" not in server.run(first):
            raise TrialError("no password was printed")


def _ready(server: Server) -> None:
    def said() -> bool:
        return "Listo en" in server.run("journalctl -b -u avanza --no-pager -o cat")

    wait_for("Listo", said, READY_SECONDS)


def stand_in(server: Server) -> None:
    """Start what plays Twilio, which trusts Caddy's own authority."""
    server.run(
        f"install -m 644 {AUTHORITY} /run/authority.crt\n"
        "systemd-run -q --unit stand-in --uid avanza --working-directory /opt/avanza"
        " --setenv PYTHONPATH=/opt/avanza --setenv SSL_CERT_FILE=/run/authority.crt"
        " /opt/avanza/.venv/bin/python -m simulator"
        f" --account-sid {ACCOUNT} --auth-token {TOKEN} --from {SENDER}"
        " --webhook-url 'https://avisos.example.org/twilio/inbound#rc=2&rp=all'"
    )


def message(server: Server, what: str, *options: str) -> None:
    """Send one through Caddy and wait for its answer."""
    with step(what):
        asked = " ".join(options)
        told = server.run(f"cd /opt/avanza && .venv/bin/python deploy/trial_message.py message {asked}")
    print(f"{'':<58} {json.loads(told)['seconds']:6.1f} s from the post to the answer")


def _is_there(server: Server) -> bool:
    with suppress(TrialError):
        server.run("runuser -u postgres -- pg_isready -q")
        return True
    return False


def several(server: Server) -> None:
    """The page's section of several hosts, on this one: Debian's PostgreSQL, a unit for each process."""
    database, units = blocks("Several hosts")
    with step("  PostgreSQL of Debian"):
        apt, *rest = database.splitlines()
        server.run("systemctl disable --now avanza stand-in || systemctl disable --now avanza")
        server.shut_down()
        server.run(apt)
        server.boot()
        # Where it was installed on the running system, apt has waited for it.
        wait_for("PostgreSQL", lambda: _is_there(server), READY_SECONDS)
        server.run("\n".join(rest))
        _migrate(server, "avanza migrate")
    with step("  one unit for each process, until each is active"):
        server.run(f"cd /opt/avanza\n{units}")
        active = "systemctl is-active " + " ".join(f"avanza@{name}" for name in UNITS)
        wait_for("units", lambda: set(server.run(f"{active} || true").split()) == {"active"}, READY_SECONDS)
    with step("  none of them was started twice"):
        asked = "systemctl show -P NRestarts " + " ".join(f"avanza@{name}" for name in UNITS)
        if set(server.run(asked).split()) != {"0"}:
            raise TrialError(server.run("journalctl -b -u 'avanza@*' --no-pager -o cat | tail -60"))


def trial(server: Server, given: argparse.Namespace) -> None:
    """All of it, from the root on."""
    with step("  a bare Debian"):
        fresh(server, given.base)
    install(server, given)
    start(server)
    stand_in(server)
    message(server, "10 a woman's first message")
    with step("  forged posts and other paths are refused"):
        server.run("cd /opt/avanza && .venv/bin/python deploy/trial_message.py refusals")
    if given.speech:
        message(server, "  a voice note, within the unit's limits", "--voice")
    with step("  power off and on again, until it says Listo"):
        server.shut_down()
        server.boot()
        _ready(server)
    stand_in(server)
    message(server, "  a message after that")
    several(server)
    stand_in(server)
    message(server, "  a message after that")
    if given.speech:
        message(server, "  a voice note, within the worker's limits", "--voice")


def main() -> int:
    """Run the trial; 1 where a step failed, whose output is printed and whose root is left for a look."""
    parser = argparse.ArgumentParser(description="Try docs/operations/deploying.md in a fresh Debian.")
    parser.add_argument("folder", nargs="?", type=Path, help="where the root goes (none: a scratch folder)")
    parser.add_argument("--base", type=Path, help="a root of an earlier trial, as a tar")
    parser.add_argument("--trained", type=Path, help="a folder bot/trained to copy, in place of training")
    parser.add_argument("--speech", action="store_true", help="also the engine of voice notes")
    parser.add_argument("--keep", action="store_true", help="leave the root there")
    given = parser.parse_args()
    missing = [tool for tool in ("systemd-nspawn", "mmdebstrap", "git") if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        print(f"root and these are needed: {' '.join(missing) or 'root'}", file=sys.stderr)
        return 2
    folder = given.folder or Path(tempfile.mkdtemp(prefix="avanza-trial-")) / "root"
    if folder.exists():
        print(f"{folder} is there already", file=sys.stderr)
        return 2
    server = Server(folder)
    try:
        trial(server, given)
    except (TrialError, subprocess.CalledProcessError) as error:
        print(f"\n{error}\n\nThe root is left in {server.folder}.", file=sys.stderr)
        return 1
    finally:
        server.shut_down()
    if not given.keep:
        shutil.rmtree(server.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
