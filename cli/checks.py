"""What is looked at before processes start: a wrong setting is one line, not a heap of dying children."""

from __future__ import annotations

import errno
import shutil
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cli import words
from cli.install.failure import Failure

if TYPE_CHECKING:
    from pathlib import Path

GB = 1_000_000_000
FREE_GB = 0.5
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def port_free(host: str, port: int, setting: str) -> None:
    """Raise where another program listens; `setting` is what the user would change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise Failure(words.HOST_UNKNOWN.format(host=host)) from error
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                line = words.PORT_TAKEN.format(port=port, host=host, setting=setting)
                raise Failure(line) from error
            if error.errno == errno.EADDRNOTAVAIL:
                raise Failure(words.HOST_UNKNOWN.format(host=host)) from error
            raise


def disk_room(folder: Path) -> None:
    """Raise where the disk that holds `folder` is nearly full."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / GB
    if free < FREE_GB:
        raise Failure(words.DISK_SHORT.format(need=FREE_GB, where=folder, free=free))


def answers(url: str, timeout: float = 3.0) -> bytes | None:
    """What a local address answers with 200, asked without any proxy; None where it does not."""
    try:
        with _direct.open(url, timeout=timeout) as response:
            return bytes(response.read()) if response.status == 200 else None  # noqa: PLR2004 (HTTP's own word)
    except (urllib.error.URLError, OSError, ValueError):
        return None


def local_port(url: str) -> int | None:
    """The port of a plain address on this machine, or None where another machine serves it."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return None
    return parts.port or 80
