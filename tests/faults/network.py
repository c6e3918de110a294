"""Hosts as network namespaces joined by two bridges: one to the outside, one to the databases.

Only root can make them. A leg of a host is cut in two ways: its link goes down, which the host sees, or its
packets vanish, which nobody sees. Names carry this process's number, so that what a killed run left is found.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Leg = Literal["front", "data"]
Way = Literal["silent", "down"]
SUBNETS: Final[dict[Leg, str]] = {"front": "10.213.0", "data": "10.213.1"}
US: Final = 254
"""This process's own place in both networks: it plays Twilio and the proxy, and looks at the databases."""
FOLDER: Final = "faults-"
_PREFIX = "avz"


def missing() -> str | None:
    """Say why no network can be made here; None where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for tool in ("ip", "setpriv"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    tried = f"{_PREFIX}{os.getpid()}-try"
    if subprocess.run(["ip", "netns", "add", tried], capture_output=True, check=False).returncode:
        return "this machine lets nobody make network namespaces"
    _ip("netns", "del", tried)
    return None


@dataclass(frozen=True)
class Node:
    """One host: a namespace with an address in each network that it is in."""

    name: str
    number: int
    legs: tuple[Leg, ...]

    @property
    def space(self) -> str:
        """The namespace's name."""
        return f"{_PREFIX}{os.getpid()}-{self.name}"

    def address(self, leg: Leg) -> str:
        """Where the host is reached."""
        return f"{SUBNETS[leg]}.{self.number}"

    def inside(self, argv: Sequence[str | Path]) -> list[str]:
        """Return a command that runs on this host."""
        return ["ip", "netns", "exec", self.space, *map(str, argv)]

    def cut(self, way: Way, legs: Sequence[Leg] | None = None) -> None:
        """Cut legs off, all of them unless named."""
        for leg in legs or self.legs:
            if way == "down":
                _ip("-n", self.space, "link", "set", leg, "down")
            else:
                _ip("link", "set", self._port(leg), "nomaster")

    def heal(self) -> None:
        """Join all legs again."""
        for leg in self.legs:
            _ip("link", "set", self._port(leg), "master", _bridge(leg))
            _ip("-n", self.space, "link", "set", leg, "up")

    def _port(self, leg: Leg) -> str:
        return f"{_PREFIX}{os.getpid() % 10_000}{leg[0]}{self.number}"

    def make(self) -> None:
        """Make the namespace and join its legs."""
        _ip("netns", "add", self.space)
        _ip("-n", self.space, "link", "set", "lo", "up")
        for leg in self.legs:
            port = self._port(leg)
            _ip("link", "add", port, "type", "veth", "peer", "name", leg, "netns", self.space)
            _ip("link", "set", port, "master", _bridge(leg), "up")
            _ip("-n", self.space, "addr", "add", f"{self.address(leg)}/24", "dev", leg)
            _ip("-n", self.space, "link", "set", leg, "up")


def _bridge(leg: Leg) -> str:
    return f"{_PREFIX}{os.getpid() % 10_000}{leg}"


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


@contextmanager
def joined(nodes: Sequence[Node]) -> Iterator[None]:
    """Make bridges and hosts until the block ends; what still runs there then is killed."""
    _remove_leftovers()
    try:
        for leg, subnet in SUBNETS.items():
            _ip("link", "add", _bridge(leg), "type", "bridge")
            _ip("addr", "add", f"{subnet}.{US}/24", "dev", _bridge(leg))
            _ip("link", "set", _bridge(leg), "up")
        for node in nodes:
            node.make()
        yield
    finally:
        for node in nodes:
            _remove(node.space)
        for leg in SUBNETS:
            subprocess.run(["ip", "link", "del", _bridge(leg)], capture_output=True, check=False)


def _remove(space: str) -> None:
    """Remove a namespace and end what still runs there, which would keep it alive."""
    running = subprocess.run(["ip", "netns", "pids", space], capture_output=True, text=True, check=False)
    for pid in running.stdout.split():
        with suppress(OSError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


def _remove_leftovers() -> None:
    """Remove what runs that were killed have left: processes, namespaces, bridges and folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    for space in Path("/run/netns").glob(f"{_PREFIX}*-*"):
        owner = space.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _remove(space.name)
            for leg in SUBNETS:
                bridge = f"{_PREFIX}{int(owner) % 10_000}{leg}"
                subprocess.run(["ip", "link", "del", bridge], capture_output=True, check=False)
