"""`webhook`, `console`, `worker`, `clock`, `rasa`: one process each, as `up` and a cluster run them."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from cli import checks, key_check, model, words
from cli.install.failure import AlreadyLogged, Failure
from cli.install.places import ROOT
from cli.processes import http_workers
from cli.processes.rasa import rasa_environment, rasa_run
from outreach.ground import embedded, logs, simulated_clock
from outreach.ground.database import check, make_engine
from outreach.ground.settings import Settings, load_settings, next_key_file, read_environment
from outreach.ground.topology import refuse_pooler
from outreach.sealing.crypto import tracker_key

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

PROCESSES = {"webhook": 2, "console": 1}
PATIENCE_SECONDS = 20.0
"""How long a database that starts at the same time is waited for."""
_CHILD_STOP_SECONDS = 2.0
log = logs.get("avanza.process")


def webhook(args: argparse.Namespace) -> int:
    """Serve the public app."""
    return _serve("webhook", args.host, lambda settings: settings.webhook_port)


def console(args: argparse.Namespace) -> int:
    """Serve the staff's app."""
    return _serve("console", args.host, lambda settings: settings.console_port)


def worker(_args: argparse.Namespace) -> int:
    """Take turns and deliver until told to stop."""
    from worker.main import run  # noqa: PLC0415 (only this command needs it)

    with _ready("worker", load_settings(read_environment())) as settings:
        return run(settings)


def clock(_args: argparse.Namespace) -> int:
    """Make what has become due until told to stop."""
    from worker.clock import run  # noqa: PLC0415 (only this command needs it)

    with _ready("clock", load_settings(read_environment())) as settings:
        code = run(settings)
    # The interpreter would wait for the thread of a tick that was cut off, for minutes maybe.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def _ready(name: str, settings: Settings) -> Iterator[Settings]:
    """The same settings with a database that answers; an embedded one is kept alive meanwhile.

    Raises:
        DatabaseUnavailableError: it does not answer in time.
        Failure: its data belongs to another secret key.
        AlreadyLogged: the process ended by an error after it had started.
    """
    simulated_clock.follow(settings)
    with ExitStack() as stack:
        known = settings
        if settings.database_url is None:
            known = replace(settings, database_url=stack.enter_context(embedded.held(settings.var)))
        engine = make_engine(known, pool_size=1)
        stack.callback(engine.dispose)
        check(engine, patience=PATIENCE_SECONDS)
        refuse_pooler(known.database_url or "")
        known = key_check.arranged(engine, known)
        key_check.ensure(engine, known)
        engine.dispose()
        log.info("started", action="started", command=name)
        try:
            yield known
        except Failure:
            raise
        except Exception as error:
            # From here on whoever reads along is a log, and every line of it is JSON.
            log.error("ended by an error", action="ended", command=name, kind=type(error).__name__)  # noqa: TRY400 (a traceback may quote data)
            raise AlreadyLogged from error
    log.info("stopped", action="stopped", command=name)


def _serve(app: str, host: str, port_of: Callable[[Settings], int]) -> int:
    settings = load_settings(read_environment())
    port, setting = port_of(settings), f"AVANZA_{app.upper()}_PORT"
    checks.port_free(host, port, setting)
    with _ready(app, settings) as known:
        env = {**os.environ, **_found(known)}
        checks.port_free(host, port, setting)  # the database may have taken its time
        program = [sys.executable, "-sP", "-m", "cli.processes.wsgi", app]
        http_workers.serve(program, http_workers.listener(host, port), PROCESSES[app], env)
    return 0


def _found(settings: Settings) -> Mapping[str, str]:
    """What a child must not find out again by itself."""
    found = {"AVANZA_DATABASE_URL": settings.database_url or "", "AVANZA_VAR": str(settings.var)}
    keys = settings.secret_key
    if keys.other is not None:
        # Which of the two is written with was asked of the database just now.
        found["AVANZA_SECRET_KEY"] = base64.b64encode(keys).decode()
        found["AVANZA_NEXT_SECRET_KEY"] = base64.b64encode(keys.other).decode()
    elif next_key_file(settings.var).exists() or read_environment().get("AVANZA_NEXT_SECRET_KEY"):
        # One that is over, or is not of this database: the child would take it for another again.
        found["AVANZA_SECRET_KEY"] = found["AVANZA_NEXT_SECRET_KEY"] = base64.b64encode(keys).decode()
    return found


def metrics(_args: argparse.Namespace) -> int:
    """Serve figures to the monitoring of this installation until told to stop."""
    settings = load_settings(read_environment(), twilio=False, new_key=False)
    port, host = settings.watching.metrics_port, settings.watching.metrics_host
    if port is None:
        raise Failure(words.METRICS_NO_PORT)
    checks.port_free(host, port, "AVANZA_METRICS_PORT")
    from prometheus_client import start_http_server  # noqa: PLC0415 (only this command needs it)

    from cli.processes import metrics as figures  # noqa: PLC0415 (the same)

    # Not an `Event`: a handler that sets one hangs where the main thread has its lock in hand.
    stopped: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stopped.put(number))
    with _ready("metrics", settings) as known, figures.registry(known) as served:
        server, _thread = start_http_server(port, host, served)
        stopped.get()
        server.shutdown()
    return 0


def rasa(args: argparse.Namespace) -> int:
    """Run Rasa with the trained model."""
    settings = load_settings(read_environment(), twilio=False)
    model.fingerprint_of_file()
    ports = [port for url in settings.rasa_urls if (port := checks.local_port(url))]
    port = args.port or (ports[0] if ports else 5005)
    checks.port_free(args.host, port, "AVANZA_RASA_URLS")
    argv = rasa_run(port, args.host)
    os.chdir(ROOT)
    with _ready("rasa", settings) as known:
        env = _rasa_environment(known)
        if settings.database_url is not None:
            os.execve(argv[0], argv, env)  # noqa: S606 (a list, never a shell)
        return _as_child(argv, env)


def _rasa_environment(settings: Settings) -> dict[str, str]:
    return rasa_environment(
        settings.var / "rasa",
        os.environ,
        AVANZA_TRACKER_URL=settings.database_url or "",
        AVANZA_TRACKER_KEY=tracker_key(settings.secret_key),
    )


def _as_child(argv: list[str], env: Mapping[str, str]) -> int:
    """Run a program that ends with this process, so that the embedded database can be kept alive here."""
    launcher = Path(__file__).parents[1] / "install" / "child.py"
    process = subprocess.Popen([sys.executable, "-I", str(launcher), str(os.getpid()), *argv], env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(_CHILD_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        return 0
