"""The processes of one machine, as the supervisor runs them: commands that a person may also run alone."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from cli import checks
from cli.processes.running import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.ground.settings import Settings

_FIRST, _SECOND, _THIRD = range(3)
_CONSOLE_WAITS_SECONDS, _WORKER_WAITS_SECONDS = 60.0, 120.0


def product_services(
    settings: Settings, env: Mapping[str, str], host: str, fingerprint: str
) -> list[Service]:
    """All of them. What takes her messages in stops first, what answers them after, Rasa last."""
    rasas = [
        _rasa(number, url, port, env, fingerprint)
        for number, url in enumerate(settings.rasa_urls, 1)
        if (port := checks.local_port(url))
    ]
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared, not bound)
    return [
        *rasas,
        # While it is down Twilio is refused: it is tried again soon, however often it died young.
        replace(
            _app("webhook", host, f"http://{reach}:{settings.webhook_port}/healthz", env), longest_pause=3.0
        ),
        # Last, so that both ports answer only once she would be answered too; but caseworkers must get in
        # also where Rasa does not come up.
        replace(
            _app("console", host, f"http://{reach}:{settings.console_port}/healthz", env),
            after=rasas[0].name if rasas else None,
            wait_at_most=_CONSOLE_WAITS_SECONDS,
        ),
        Service(
            "worker",
            command("worker"),
            env,
            # A turn that finds no Rasa would count as failed.
            after=rasas[0].name if rasas else None,
            # Reminders and help lines need no Rasa, and a turn without it ends in a plain line and a person.
            wait_at_most=_WORKER_WAITS_SECONDS,
            stop_rank=_SECOND,
            stop_seconds=12.0,
        ),
        Service("clock", command("clock"), env, stop_rank=_FIRST, stop_seconds=3.0),
        *_metrics(settings, env),
    ]


def _metrics(settings: Settings, env: Mapping[str, str]) -> list[Service]:
    if settings.watching.metrics_port is None:
        return []
    return [Service("metrics", command("metrics"), env, stop_rank=_FIRST, stop_seconds=2.0)]


def command(*arguments: str) -> tuple[str, ...]:
    """One of our own commands, on this very Python."""
    return (sys.executable, "-sP", "-m", "cli", *arguments)


def _app(name: str, host: str, health: str, env: Mapping[str, str]) -> Service:
    argv = command(name, "--host", host)
    return Service(
        name, argv, env, ready=lambda: checks.answers(health) is not None, stop_rank=_FIRST, stop_seconds=3.0
    )


def _rasa(number: int, url: str, port: int, env: Mapping[str, str], fingerprint: str) -> Service:
    def ready() -> bool:
        return serves(url, fingerprint)

    name = "rasa" if number == 1 else f"rasa{number}"
    argv = command("rasa", "--port", str(port))
    return Service(name, argv, env, ready=ready, stop_rank=_THIRD, stop_seconds=1.5)


def serves(url: str, fingerprint: str) -> bool:
    """Whether the Rasa there is up and serves this model: it takes another when its own can't be read."""
    answer = checks.answers(f"{url}/webhooks/rest/health")
    if answer is None:
        return False
    try:
        health = json.loads(answer)
    except ValueError:
        return False
    return (
        isinstance(health, dict) and health.get("status") == "ok" and health.get("fingerprint") == fingerprint
    )
