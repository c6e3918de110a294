"""The whole product on two hosts, a PostgreSQL primary and its standby on two more, and Twilio outside.

Each host has webhook, console, worker, clock and Rasa under its own `up`; this process plays Twilio and the
proxy before the two. Everything is ended and removed whatever happened.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests
from front import Front, fronting
from installation import ACCOUNT, SENDER, START_SECONDS, STOP_SECONDS, TOKEN, free_port, simulator
from looking import Product, all_pids, environment_of, named
from network import FOLDER, SUBNETS, US, Node, joined
from replicas import Server
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from support import SECRET

from outreach.ground import postgres_address
from outreach.ground.database import sqlalchemy_url
from outreach.ground.settings import ROOT
from outreach.ground.tick_state import CLOCK_LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from simulator.hub import Hub

WEBHOOK_PORT, CONSOLE_PORT, RASA_PORT = 8000, 8001, 5005
_LEADER: Final = (
    "SELECT host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = :lock"
)


@dataclass
class Host:
    """One of the product's hosts."""

    node: Node
    var: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """All that its supervisor and its processes said."""
        return self.var / "up.log"

    def start(self, environment: dict[str, str]) -> None:
        """Run `up` there."""
        self.var.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        argv = [sys.executable, "-I", str(ROOT / "cli/install/child.py"), str(os.getpid())]
        argv += [sys.executable, "-sP", "-m", "cli", "up", "--host", "0.0.0.0"]  # noqa: S104 (a namespace)
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                self.node.inside(argv),
                env={**kept, **environment, "AVANZA_VAR": str(self.var)},
                stdout=file,
                stderr=file,
                cwd=ROOT,
            )

    def pids(self) -> list[int]:
        """Its processes."""
        mark = f"AVANZA_VAR={self.var}\0".encode()
        return [pid for pid in all_pids() if pid != os.getpid() and mark in environment_of(pid)]

    def answers(self) -> bool:
        """Say whether the webhook and the console are ready, and so Rasa."""
        with suppress(requests.RequestException):
            return all(
                requests.get(f"http://{self.node.address('front')}:{port}/{path}", timeout=3).ok
                for port, path in ((WEBHOOK_PORT, "readyz"), (CONSOLE_PORT, "healthz"))
            )
        return False

    def end(self) -> None:
        """Stop it in order; kill what is left."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        for pid in self.pids():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


@dataclass
class Cluster(Product):
    """Two hosts, two servers of PostgreSQL, and what is outside."""

    hosts: list[Host]
    primary: Server
    standby: Server
    webhook: str
    hub: Hub
    front: Front
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Look at whichever server takes writes."""
        self.engine = create_engine(sqlalchemy_url(address(self.primary, self.standby)), poolclass=NullPool)

    @property
    def gave_up(self) -> bool:
        """Whether a supervisor has ended."""
        return any(host.process is None or host.process.poll() is not None for host in self.hosts)

    @property
    def log(self) -> Path:
        """What the first host said."""
        return self.hosts[0].log

    def pids(self, name: str) -> list[int]:
        """The processes of a name on all hosts."""
        return named([pid for host in self.hosts for pid in host.pids()], name)

    def leader(self) -> Host | None:
        """The host whose clock leads, by the lock that PostgreSQL gave out; None where none does."""
        found = {str(row[0]) for row in self.rows(_LEADER, lock=CLOCK_LOCK)}
        leading = [host for host in self.hosts if host.node.address("data") in found]
        assert len(leading) <= 1, "two clocks hold one lock"
        return leading[0] if leading else None

    def swap(self) -> None:
        """The standby has taken the primary's place."""
        self.primary, self.standby = self.standby, self.primary

    def missing(self) -> list[str]:
        """Name what does not run: a host that is not ready, a clock that leads, a standby that has all."""
        ready = {place[0] for place in self.front.ready()}
        found = [host.node.name for host in self.hosts if host.node.address("front") not in ready]
        if not self.primary.is_followed():
            found.append("standby")
        if self.leader() is None:
            found.append("leader")
        return found


def address(*servers: Server) -> str:
    """The address that names all servers; the product adds what it needs."""
    hosts = ",".join(server.node.address("data") for server in servers)
    return postgres_address.complete(f"postgresql://postgres@{hosts}/postgres")


@contextmanager
def spread() -> Iterator[Cluster]:
    """Build all of it until the block ends."""
    with ExitStack() as stack:
        # Not pytest's folder, which PostgreSQL's own account can't enter.
        base = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        base.chmod(0o755)
        hosts = [Host(Node(f"host{n}", n, ("front", "data")), base / f"host{n}") for n in (1, 2)]
        servers = [Server(Node(f"pg{n}", 10 + n, ("data",)), base / f"pg{n}") for n in (1, 2)]
        stack.enter_context(joined([*(host.node for host in hosts), *(server.node for server in servers)]))
        outside = f"{SUBNETS['front']}.{US}"
        port = free_port()
        webhook = f"http://{outside}:{port}"
        twilio, hub = stack.enter_context(simulator(webhook, outside))
        for server in servers:
            stack.callback(server.kill)
        servers[0].initialise()
        servers[1].follow_anew(servers[0])
        servers[0].wait_for(servers[1].node.name)
        environment = {
            "AVANZA_SECRET_KEY": SECRET,
            "AVANZA_DATABASE_URL": f"postgresql://postgres@{servers[0].node.address('data')},"
            f"{servers[1].node.address('data')}/postgres",
            "AVANZA_WEBHOOK_PORT": str(WEBHOOK_PORT),
            "AVANZA_CONSOLE_PORT": str(CONSOLE_PORT),
            "AVANZA_RASA_URLS": f"http://127.0.0.1:{RASA_PORT}",
            "AVANZA_PUBLIC_URL": webhook,
            "AVANZA_QUIET_HOURS": "",
            "AVANZA_SPEECH": "off",
            "AVANZA_REMINDER_OFFSETS": "1440",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": twilio,
            "PYTHONPATH": str(ROOT),
        }
        places = [(host.node.address("front"), WEBHOOK_PORT) for host in hosts]
        front = stack.enter_context(fronting(places, outside, port))
        made = Cluster(hosts, servers[0], servers[1], webhook, hub, front)
        for host in hosts:  # one after the other: the first one makes the tables
            stack.callback(host.end)
            host.start(environment)
            _await(host)
        yield made


def _await(host: Host) -> None:
    deadline = time.monotonic() + 2 * START_SECONDS
    while not host.answers():
        told = host.log.read_text(errors="replace")[-2000:]
        assert host.process is not None
        assert host.process.poll() is None, f"it did not start: {told}"
        assert time.monotonic() < deadline, f"it did not start in time: {told}"
        time.sleep(0.3)
