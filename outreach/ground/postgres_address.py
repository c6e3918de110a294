"""PostgreSQL's address over a network, made complete: a connection whose other end is gone ends in seconds.

By the systems' own defaults both ends wait for hours. Ours would hang in a statement; PostgreSQL would keep
the locks of a host that was cut off, so that no other clock could lead. Each parameter can be set otherwise
in the address itself. A Unix socket needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from psycopg import conninfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS: Final = {
    # The one of several that takes writes; a standby alone is refused at once, not at the first write.
    "target_session_attrs": "read-write",
    "keepalives": "1",
    "keepalives_idle": "4",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "8000",  # milliseconds until what was sent and not acknowledged ends the connection
}
# The same asked of the server's end. What a statement waits for there is not limited: importing a list or
# comparing 100,000 women takes minutes.
_THEIRS: Final = (
    "-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=8000 -c client_connection_check_interval=5000"
)
_USER: Final = ("user", "password")
_PORT: Final = "5432"
_CONNECT_SECONDS_ALONE, _CONNECT_SECONDS_OF_SEVERAL = "5", "3"


def is_remote(address: str) -> bool:
    """Say whether an address leads over a network."""
    parts = conninfo.conninfo_to_dict(address)
    hosts = str(parts.get("hostaddr") or parts.get("host") or "").split(",")
    return any(host and not host.startswith(("/", "@")) for host in hosts)


def complete(address: str) -> str:
    """Return a postgresql:// address with what is missing; one that is complete comes back as it is.

    Several servers (`//a:5432,b:5432/` or `host=a,b`) come back in the form that SQLAlchemy reads too.

    Raises:
        psycopg.Error: it can't be read.
        ValueError: a port or a time is no number, or there are more servers than ports.
    """
    int(str(conninfo.conninfo_to_dict(address).get("connect_timeout") or 0))
    if not is_remote(address):
        return address
    given = {name: str(value) for name, value in conninfo.conninfo_to_dict(address).items()}
    options = given.pop("options", "")
    if _THEIRS not in options:
        # What the address says itself comes last and holds.
        options = f"{_THEIRS} {options}".rstrip()
    several = "," in given.get("host", given.get("hostaddr", ""))
    # For each server that is tried: one that is gone stands before the one that answers.
    wait = _CONNECT_SECONDS_OF_SEVERAL if several else _CONNECT_SECONDS_ALONE
    return _written({**_OURS, "connect_timeout": wait, **given, "options": options} | _ports(given))


def _ports(given: Mapping[str, str]) -> dict[str, str]:
    """A port for each of several servers, as SQLAlchemy wants it."""
    count = given.get("host", given.get("hostaddr", "")).count(",") + 1
    ports = [port or _PORT for port in given.get("port", "").split(",")]
    if not all(port.isdigit() for port in ports):
        raise ValueError("a port is a number")
    if len(ports) not in {1, count}:
        raise ValueError("a port for each server, or one for all")
    if count == 1:
        return {}
    return {"port": ",".join(ports * count if len(ports) == 1 else ports)}


def without_options(address: str) -> str:
    """Return an address that a pooler takes too, which may refuse what is asked of the server's end."""
    given = {name: str(value) for name, value in conninfo.conninfo_to_dict(address).items()}
    given.pop("options", None)
    return _written(given)


def at(address: str, host: str, port: int) -> str:
    """Return the address of the one server of several that was reached."""
    given = {name: str(value) for name, value in conninfo.conninfo_to_dict(address).items()}
    given.pop("hostaddr", None)
    return _written({**given, "host": host, "port": str(port)})


def _written(parts: Mapping[str, str]) -> str:
    user, password = (quote(parts.get(name, ""), safe="") for name in _USER)
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    named = quote(parts.get("dbname", ""), safe="")
    rest = {name: value for name, value in parts.items() if name not in {*_USER, "dbname"}}
    query = "&".join(f"{name}={quote(value, safe=',:/')}" for name, value in sorted(rest.items()))
    return f"postgresql://{login}/{named}?{query}"
