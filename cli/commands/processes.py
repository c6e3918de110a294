"""`webhook`, `console`, `worker`, `clock`, `rasa`: one process each, as `up` and a cluster run them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cli import checks, model
from cli.install.places import ROOT
from cli.processes.rasa import rasa_environment, rasa_run
from outreach.ground.database import database_url
from outreach.ground.settings import Settings, load_settings, read_environment
from outreach.sealing.crypto import tracker_key

if TYPE_CHECKING:
    import argparse

_APPS = {"webhook": (2, 8), "console": (1, 32)}
"""Processes and threads: the webhook answers in milliseconds; a live console page holds a thread."""


def _settings() -> Settings:
    return load_settings(read_environment())


def webhook(args: argparse.Namespace) -> int:
    """Become gunicorn with the public app."""
    settings = _settings()
    return _gunicorn("webhook", args.host, settings.webhook_port, "AVANZA_WEBHOOK_PORT", settings)


def console(args: argparse.Namespace) -> int:
    """Become gunicorn with the staff's app."""
    settings = _settings()
    return _gunicorn("console", args.host, settings.console_port, "AVANZA_CONSOLE_PORT", settings)


def worker(_args: argparse.Namespace) -> int:
    """Take turns and deliver until told to stop."""
    from worker.main import run  # noqa: PLC0415 (only this command needs it)

    return run(_settings())


def clock(_args: argparse.Namespace) -> int:
    """Make what has become due until told to stop."""
    from worker.clock import run  # noqa: PLC0415 (only this command needs it)

    return run(_settings())


def rasa(args: argparse.Namespace) -> int:
    """Become Rasa with the trained model."""
    settings = _settings()
    model.fingerprint_of_file()
    ports = [port for url in settings.rasa_urls if (port := checks.local_port(url))]
    port = args.port or (ports[0] if ports else 5005)
    checks.port_free(args.host, port, "AVANZA_RASA_URLS")
    state = settings.var / "rasa"
    env = rasa_environment(
        state,
        os.environ,
        AVANZA_TRACKER_URL=database_url(settings),
        AVANZA_TRACKER_KEY=tracker_key(settings.secret_key),
    )
    argv = rasa_run(port, args.host)
    os.chdir(ROOT)
    os.execve(argv[0], argv, env)  # noqa: S606 (a list, never a shell)


def _gunicorn(app: str, host: str, port: int, setting: str, settings: Settings) -> int:
    checks.port_free(host, port, setting)
    processes, threads = _APPS[app]
    run_folder = settings.var / "run"
    run_folder.mkdir(parents=True, exist_ok=True)
    argv = [
        *(sys.executable, "-sP", "-m", "gunicorn", "--worker-class", "gthread"),
        *("--workers", str(processes), "--threads", str(threads), "--bind", f"{host}:{port}"),
        *("--graceful-timeout", "2", "--timeout", "60", "--worker-tmp-dir", str(run_folder)),
        *("--no-control-socket", "--log-level", "warning", f"cli.processes.wsgi:{app}()"),
    ]
    os.execve(sys.executable, argv, {**os.environ, "PYTHONPATH": str(ROOT)})  # noqa: S606 (a list, never a shell)
