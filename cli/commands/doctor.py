"""`doctor`: each setting with its meaning and value (secrets hidden), then what works and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cli import checks, model, words
from cli.database import opened, recovery_file
from cli.install import environments
from cli.install.failure import Failure
from cli.settings_list import SETTINGS
from outreach.ground import migrate
from outreach.ground.database import DatabaseUnavailableError
from outreach.ground.embedded import EmbeddedPostgresError
from outreach.ground.settings import Settings, SettingsError, load_settings, read_environment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

Check = tuple[str, Callable[[], str]]
"""What is looked at, and a function that says what it found or raises the line that says what is wrong."""

_MENDABLE = (Failure, SettingsError, DatabaseUnavailableError, EmbeddedPostgresError, OSError)


def run(_args: argparse.Namespace) -> int:
    """Print all; 0 only where nothing is wrong."""
    env = read_environment()
    print(words.DOCTOR_SETTINGS)
    for line in explain(env):
        print(line)
    print(f"\n{words.DOCTOR_CHECKS}")
    results = [_look(*one) for one in _checks(env)]
    return 0 if all(results) else 1


def explain(env: Mapping[str, str]) -> Iterator[str]:
    """One line for each setting."""
    for known in SETTINGS:
        raw = env.get(known.name)
        if raw is None or (not raw.strip() and known.name != "AVANZA_QUIET_HOURS"):
            value = (
                words.DOCTOR_MISSING if known.default is None else words.DOCTOR_DEFAULT.format(known.default)
            )
        elif known.secret:
            value = words.DOCTOR_HIDDEN
        else:
            value = raw or words.DOCTOR_EMPTY
        yield f"  {known.name:<30} {value}\n  {'':<30} {known.says}"


def _look(name: str, check: Callable[[], str]) -> bool:
    try:
        found, well = check(), True
    except _MENDABLE as error:
        found, well = str(error), False
    print(f"  {'✓' if well else '✗'} {name}: {found}")
    return well


def _checks(env: Mapping[str, str]) -> Iterator[Check]:
    yield words.DOCTOR_PRODUCT, lambda: _environment(environments.PRODUCT)
    yield words.DOCTOR_RASA_ENVIRONMENT, lambda: _environment(environments.BOT)
    yield words.DOCTOR_MODEL, _model
    try:
        settings = load_settings(env)
    except SettingsError as error:
        line = str(error)
        yield words.DOCTOR_ALL_SETTINGS, lambda: _raise(line)
        return
    yield words.DOCTOR_ALL_SETTINGS, lambda: words.DOCTOR_COMPLETE
    yield words.DOCTOR_DISK, lambda: _disk(settings.var)
    yield words.DOCTOR_DATABASE, lambda: _database(settings)
    yield words.DOCTOR_RECOVERY, lambda: _recovery(settings.var)
    for url in settings.rasa_urls:
        yield words.DOCTOR_RASA.format(url=url), lambda url=url: _rasa(url)  # type: ignore[misc] # bound per round
    ports = {"AVANZA_WEBHOOK_PORT": settings.webhook_port, "AVANZA_CONSOLE_PORT": settings.console_port}
    for setting, port in ports.items():
        yield words.DOCTOR_PORT.format(port=port), lambda s=setting, p=port: _port(p, s)  # type: ignore[misc] # the same


def _raise(line: str) -> str:
    raise Failure(line)


def _environment(environment: environments.Environment) -> str:
    if not environments.is_current(environment):
        raise Failure(words.DOCTOR_STALE)
    return words.DOCTOR_CURRENT


def _model() -> str:
    digest = model.fingerprint_of_file()
    return f"{digest}, {words.DOCTOR_CURRENT if model.is_current() else words.DOCTOR_MODEL_STALE}"


def _disk(var: Path) -> str:
    checks.disk_room(var)
    return str(var)


def _database(settings: Settings) -> str:
    with opened(settings) as (engine, _):
        if not migrate.is_current(engine):
            raise Failure(words.DOCTOR_TABLES_OLD)
    return words.DOCTOR_CURRENT


def _recovery(var: Path) -> str:
    if recovery_file(var).exists():
        raise Failure(words.RECOVERY_KEY_IN_FILE.format(where=recovery_file(var)))
    return words.DOCTOR_RECOVERY_AWAY


def _rasa(url: str) -> str:
    answer = checks.answers(f"{url}/webhooks/rest/health")
    if answer is None:
        return words.DOCTOR_NOT_RUNNING
    served = json.loads(answer).get("fingerprint")
    if checks.local_port(url) and served != model.fingerprint_of_file():
        raise Failure(words.DOCTOR_OTHER_MODEL)
    return words.DOCTOR_ANSWERS


def _port(port: int, setting: str) -> str:
    if checks.answers(f"http://127.0.0.1:{port}/healthz") is not None:
        return words.DOCTOR_ANSWERS
    checks.port_free("127.0.0.1", port, setting)
    return words.DOCTOR_FREE
