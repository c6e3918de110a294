"""From settings to running processes: checks, database, tables, model. `up` and `demo` share it."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cli import checks, model, words
from cli.database import bring_up_to_date, opened
from cli.install.progress import step
from cli.processes.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from cli.processes.running import Service, Sink
    from outreach.ground.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """What the processes are started with: the database's address is known, the model is whole."""

    settings: Settings
    env: Mapping[str, str]
    fingerprint: str
    embedded_in: Path | None


def addresses(settings: Settings, host: str) -> tuple[str, str]:
    """Where the webhook and the console answer, for this machine's own browser."""
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared, not bound)
    return f"http://{reach}:{settings.webhook_port}", f"http://{reach}:{settings.console_port}"


def check_before(settings: Settings, host: str) -> None:
    """Look at ports and disk before anything is started.

    Raises:
        Failure: one line that names what is in the way.
    """
    checks.disk_room(settings.var)
    checks.port_free(host, settings.webhook_port, "AVANZA_WEBHOOK_PORT")
    checks.port_free(host, settings.console_port, "AVANZA_CONSOLE_PORT")
    watching = settings.watching
    if watching.metrics_port is not None:
        checks.port_free(watching.metrics_host, watching.metrics_port, "AVANZA_METRICS_PORT")
    for url in settings.rasa_urls:
        port = checks.local_port(url)
        if port is not None:
            checks.port_free("127.0.0.1", port, "AVANZA_RASA_URLS")


@contextmanager
def prepared(
    settings: Settings, env: Mapping[str, str], sink: Sink, *, team: bool = True
) -> Iterator[Prepared]:
    """Database, tables and model ready; an embedded PostgreSQL is kept alive meanwhile."""
    shutil.rmtree(settings.var / "rasa" / "tmp", ignore_errors=True)  # models unpacked by killed servers
    with ExitStack() as stack:
        with step(words.STEP_DATABASE):
            engine, known = stack.enter_context(opened(settings, partial(sink, "up")))
        with step(words.STEP_MIGRATE):
            bring_up_to_date(engine, settings, team=team)
        engine.dispose()
        if not model.ensure():
            print(words.MODEL_CURRENT, file=sys.stderr)
        # The children use this very database instead of starting one each.
        address = {"AVANZA_DATABASE_URL": known.database_url or "", "AVANZA_VAR": str(settings.var)}
        embedded_in = settings.var if settings.database_url is None else None
        yield Prepared(known, {**os.environ, **env, **address}, model.fingerprint_of_file(), embedded_in)


def supervise(services: Iterable[Service], sink: Sink, ready: Prepared, on_ready: Callable[[], None]) -> None:
    """Run the services until told to stop."""
    Supervisor(services, sink, ready.embedded_in).run(on_ready)
