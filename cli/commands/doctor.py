"""`doctor`: each setting with its meaning and value (secrets hidden), then what works and what does not."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from cli import audit_check, backups, checks, key_check, model, service_check, speech_check, words
from cli.database import opened, recovery_file
from cli.install import environments
from cli.install.failure import Failure
from cli.settings_list import SETTINGS
from outreach.ground import migrate, postgres_address, topology, zones
from outreach.ground.database import DatabaseUnavailableError
from outreach.ground.embedded import EmbeddedPostgresError
from outreach.ground.setting_values import is_exact_sid
from outreach.ground.settings import (
    SecretKey,
    SettingsError,
    examine,
    load_settings,
    read_environment,
    secret_key_of,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from outreach.ground.settings import Settings

Check = tuple[str, Callable[[], str]]
"""What is looked at, and a function that says what it found or raises the line that says what is wrong."""

_NO_KEY = base64.b64encode(bytes(32)).decode()
"""Stands where no key is needed: the database is opened, nothing is read with it."""
_MENDABLE = (Failure, SettingsError, DatabaseUnavailableError, EmbeddedPostgresError, OSError)


def run(_args: argparse.Namespace) -> int:
    """Print all; 0 only where nothing is wrong."""
    env = read_environment()
    print(words.DOCTOR_SETTINGS)
    for line in explain(env):
        print(line)
    print(f"\n{words.DOCTOR_CHECKS}")
    found, wrong = examine(env)
    for line in notes(found):
        print(f"  ! {line}")
    results = [_look(*one) for one in _checks(env, found, wrong)]
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
            value = _shown(raw.strip()) or words.DOCTOR_EMPTY
        yield f"  {known.name:<30} {value}\n  {'':<30} {known.says}"


def _shown(raw: str) -> str:
    """A value without a password that stands in it by mistake, and with nothing that a terminal obeys."""
    hidden = re.sub(r"://[^/@]*@", "://***@", raw)
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in hidden)


def notes(found: Mapping[str, Any]) -> Iterator[str]:
    """What is odd and may be right."""
    account = found.get("account")
    if account is not None:
        given = {
            "TWILIO_ACCOUNT_SID": account.account_sid,
            "TWILIO_MESSAGING_SERVICE_SID": account.messaging_service_sid,
        }
        for setting, value in given.items():
            if value is not None and not is_exact_sid(value):
                yield words.DOCTOR_ODD_SID.format(setting=setting)
    if found.get("console_secure") is False:
        yield words.DOCTOR_PLAIN_COOKIES
    old = zones.prefer_newest()
    if old is not None:
        yield words.DOCTOR_ZONES.format(old=old, new=zones.shipped())


def _look(name: str, check: Callable[[], str]) -> bool:
    try:
        found, well = check(), True
    except _MENDABLE as error:
        found, well = str(error), False
    except (SQLAlchemyError, ValueError) as error:
        # Their text may quote an address or a row.
        found, well = words.DOCTOR_FAILED.format(kind=type(error).__name__), False
    print(f"  {'✓' if well else '✗'} {name}: {found}")
    return well


def _checks(env: Mapping[str, str], found: Mapping[str, Any], wrong: Sequence[str]) -> Iterator[Check]:
    """All of them, each on what it needs: a wrong setting does not hide what else is wrong."""
    yield words.DOCTOR_PRODUCT, lambda: _environment(environments.PRODUCT)
    yield words.DOCTOR_RASA_ENVIRONMENT, lambda: _environment(environments.BOT)
    yield words.DOCTOR_MODEL, _model
    for line in wrong:
        yield words.DOCTOR_ALL_SETTINGS, partial(_raise, line)
    if not wrong:
        yield words.DOCTOR_ALL_SETTINGS, lambda: words.DOCTOR_COMPLETE
    if "speech" in found:
        yield words.DOCTOR_SPEECH, partial(speech_check.look, found)
    if "var" in found:
        yield words.DOCTOR_DISK, partial(_disk, found["var"])
        yield words.DOCTOR_RECOVERY, partial(_recovery, found["var"])
    if "var" in found and "watching" in found and found["watching"].backup_keys:
        folder = found["watching"].backup_dir or found["var"] / "backup"
        yield words.DOCTOR_BACKUP, partial(backups.looked_at, found["watching"].backup_keys, folder)
    # Before whatever writes: a commit that waits for a standby would wait here too.
    yield from _network(found.get("database_url") or "")
    if {"var", "database_url"} <= set(found):
        yield words.DOCTOR_DATABASE, partial(_database, env, found)
        yield words.DOCTOR_AUDIT, partial(_audit, env, found)
        yield words.DOCTOR_SERVICE, partial(_service, env, found)
    for url in found.get("rasa_urls", ()):
        yield words.DOCTOR_RASA.format(url=url), partial(_rasa, url)
    for setting, part in (("AVANZA_WEBHOOK_PORT", "webhook_port"), ("AVANZA_CONSOLE_PORT", "console_port")):
        if part in found:
            yield words.DOCTOR_PORT.format(port=found[part]), partial(_port, found[part], setting)


def _network(address: str) -> Iterator[Check]:
    if postgres_address.is_remote(address):
        yield words.DOCTOR_PATH, partial(_path, address)
        yield words.DOCTOR_STANDBYS, partial(_standbys, address)


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


def _path(address: str) -> str:
    topology.refuse_pooler(address)
    return words.DOCTOR_DIRECT


def _standbys(address: str) -> str:
    found = topology.standbys(address)
    if found.commits_wait:
        raise Failure(words.DOCTOR_COMMITS_WAIT.format(wanted=found.wanted))
    if not found.attached:
        return words.DOCTOR_NO_STANDBY
    told = words.DOCTOR_STANDBY_SYNC if found.wanted else words.DOCTOR_STANDBY_LATE
    return told.format(attached=found.attached)


def _database(env: Mapping[str, str], found: Mapping[str, Any]) -> str:
    with opened(_without_key(env)) as (engine, known):
        try:
            key = secret_key_of(env, found["var"])
        except SettingsError as error:
            if inspect(engine).has_table("installation"):
                raise Failure(str(error)) from error
        else:
            key_check.before(engine, key_check.arranged(engine, replace(known, secret_key=key)))
        _tables(engine)
    return words.DOCTOR_CURRENT


def _tables(engine: Engine) -> None:
    found = migrate.standing(engine)
    if found is migrate.Standing.NEWER:
        raise Failure(str(migrate.TablesNewerError()))
    if found is migrate.Standing.OLDER:
        raise Failure(words.DOCTOR_TABLES_OLD)


def _audit(env: Mapping[str, str], found: Mapping[str, Any]) -> str:
    with opened(_without_key(env)) as (engine, _):
        _tables(engine)
        return audit_check.check(engine, found["var"])


def _service(env: Mapping[str, str], found: Mapping[str, Any]) -> str:
    ports = [found[part] for part in ("webhook_port", "console_port") if part in found]
    runs = any(checks.answers(f"http://127.0.0.1:{port}/healthz") is not None for port in ports)
    with opened(_without_key(env)) as (engine, _):
        _tables(engine)
        return service_check.look(engine, runs=runs)


def _without_key(env: Mapping[str, str]) -> Settings:
    kept = {name: env[name] for name in ("AVANZA_VAR", "AVANZA_DATABASE_URL") if name in env}
    made = load_settings(kept | {"AVANZA_SECRET_KEY": _NO_KEY}, twilio=False)
    return replace(made, secret_key=SecretKey(made.secret_key))


def _recovery(var: Path) -> str:
    if recovery_file(var).exists():
        raise Failure(words.RECOVERY_KEY_IN_FILE.format(where=recovery_file(var)))
    return words.DOCTOR_RECOVERY_AWAY


def _rasa(url: str) -> str:
    answer = checks.answers(f"{url}/webhooks/rest/health")
    if answer is None:
        return words.DOCTOR_NOT_RUNNING
    health = json.loads(answer)
    served = health.get("fingerprint") if isinstance(health, dict) else None
    if checks.local_port(url) and served != model.fingerprint_of_file():
        raise Failure(words.DOCTOR_OTHER_MODEL)
    return words.DOCTOR_ANSWERS


def _port(port: int, setting: str) -> str:
    if checks.answers(f"http://127.0.0.1:{port}/healthz") is not None:
        return words.DOCTOR_ANSWERS
    checks.port_free("127.0.0.1", port, setting)
    return words.DOCTOR_FREE
