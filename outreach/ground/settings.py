"""The one module that reads the environment.

`load_settings` takes a mapping and returns a frozen `Settings`, or raises `SettingsError` with one
sentence that names the variable and says what to do. Nothing else looks at `os.environ`.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outreach.ground import alarm_settings
from outreach.ground.alarm_settings import AlarmSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
SECRET_BYTES = 32


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and says what to do."""


@dataclass(frozen=True)
class QuietHours:
    """A daily stretch of local time in which nothing is initiated; it may cross midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """Say whether a local time of day lies in the stretch."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True)
class TwilioSettings:
    """The account. `api_url` replaces the base of the REST and Content APIs where it is set."""

    account_sid: str
    auth_token: str = field(repr=False)
    whatsapp_from: str
    messaging_service_sid: str | None
    api_url: str | None


@dataclass(frozen=True)
class Settings:
    """All that the environment decides."""

    var: Path
    secret_key: bytes = field(repr=False)
    database_url: str | None = field(repr=False)
    public_url: str
    webhook_port: int
    console_port: int
    simulator_port: int
    rasa_urls: tuple[str, ...]
    timezone: ZoneInfo
    reminder_offsets: tuple[int, ...]
    quiet_hours: QuietHours | None
    least_age: int
    guardian_under: int
    sends_per_second: int
    twilio: TwilioSettings
    alarms: AlarmSettings = field(default_factory=AlarmSettings)


def _text(env: Mapping[str, str], name: str) -> str | None:
    return env.get(name, "").strip() or None


def _required(env: Mapping[str, str], name: str, hint: str) -> str:
    value = _text(env, name)
    if value is None:
        raise SettingsError(f"Falta {name}: {hint}")
    return value


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    raw = _text(env, name)
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 65535:  # noqa: PLR2004 (port range)
        raise SettingsError(f"{name} debe ser un puerto entre 1 y 65535.")
    return int(raw)


def _url(name: str, value: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc:
        raise SettingsError(f"{name} debe ser una dirección que empiece con {' o '.join(schemes)}://")
    return value.rstrip("/")


def _offsets(env: Mapping[str, str]) -> tuple[int, ...]:
    raw = env.get("AVANZA_REMINDER_OFFSETS", "1440,120")
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise SettingsError("AVANZA_REMINDER_OFFSETS debe ser minutos separados por comas, como 1440,120.")
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def _quiet_hours(env: Mapping[str, str]) -> QuietHours | None:
    raw = env.get("AVANZA_QUIET_HOURS", "20:00-09:00").strip()
    if not raw:
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in raw.split("-"))
    except ValueError:
        raise SettingsError("AVANZA_QUIET_HOURS debe ser como 20:00-09:00, o vacío si no hay.") from None
    return QuietHours(start, end) if start != end else None


def _years(env: Mapping[str, str], name: str, default: int) -> int:
    raw = _text(env, name) or str(default)
    if not raw.isascii() or not raw.isdigit() or int(raw) > 120:  # noqa: PLR2004 (nobody is older)
        raise SettingsError(f"{name} debe ser una edad en años, como {default}.")
    return int(raw)


def _sends_per_second(env: Mapping[str, str]) -> int:
    raw = _text(env, "AVANZA_SENDS_PER_SECOND") or "70"
    if not raw.isascii() or not raw.isdigit() or int(raw) > 10_000:  # noqa: PLR2004 (more than any account)
        raise SettingsError(
            "AVANZA_SENDS_PER_SECOND debe ser cuántos mensajes por segundo permite la cuenta, como 70; "
            "0: sin límite."
        )
    return int(raw)


def _timezone(env: Mapping[str, str]) -> ZoneInfo:
    name = _text(env, "AVANZA_TIMEZONE") or "America/Mexico_City"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"AVANZA_TIMEZONE no es una zona horaria conocida: {name}.") from None


def _secret_key(env: Mapping[str, str], var: Path) -> bytes:
    raw = _text(env, "AVANZA_SECRET_KEY")
    if raw is None:
        raw = _kept_secret(var)
    try:
        key = base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SECRET_BYTES:
        raise SettingsError("AVANZA_SECRET_KEY debe ser 32 bytes en base64.")
    return key


def _kept_secret(var: Path) -> str:
    """Read the key kept under `var`, or make it once; two processes at once agree on one."""
    path = var / "secret-key"
    fresh = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    try:
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f".secret-key-{secrets.token_hex(4)}"
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(fresh)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"AVANZA_VAR ({var}) no se puede escribir: {error.strerror}.") from None


def _twilio(env: Mapping[str, str]) -> TwilioSettings:
    sender = _required(env, "TWILIO_WHATSAPP_FROM", "el número que envía, como whatsapp:+5213300000000.")
    if not sender.startswith("whatsapp:"):
        sender = f"whatsapp:{sender}"
    api_url = _text(env, "TWILIO_API_URL")
    return TwilioSettings(
        account_sid=_required(env, "TWILIO_ACCOUNT_SID", "está en la consola de Twilio y empieza con AC."),
        auth_token=_required(env, "TWILIO_AUTH_TOKEN", "es el token primario de la cuenta de Twilio."),
        whatsapp_from=sender,
        messaging_service_sid=_text(env, "TWILIO_MESSAGING_SERVICE_SID"),
        api_url=_url("TWILIO_API_URL", api_url) if api_url else None,
    )


def _database_url(env: Mapping[str, str]) -> str | None:
    raw = _text(env, "AVANZA_DATABASE_URL")
    if raw is None:
        return None
    if urlsplit(raw).scheme not in {"postgresql", "postgres"}:
        raise SettingsError("AVANZA_DATABASE_URL debe empezar con postgresql:// (no hay otro motor).")
    return raw


def load_settings(env: Mapping[str, str]) -> Settings:
    """Build the settings from a mapping such as the environment.

    Raises:
        SettingsError: a variable is missing or malformed.
    """
    var = Path(_text(env, "AVANZA_VAR") or ROOT / "var").absolute()
    webhook_port = _port(env, "AVANZA_WEBHOOK_PORT", 8000)
    rasa = _text(env, "AVANZA_RASA_URLS") or "http://127.0.0.1:5005"
    urls = tuple(_url("AVANZA_RASA_URLS", part.strip()) for part in rasa.split(",") if part.strip())
    public = _text(env, "AVANZA_PUBLIC_URL") or f"http://127.0.0.1:{webhook_port}"
    return Settings(
        var=var,
        secret_key=_secret_key(env, var),
        database_url=_database_url(env),
        public_url=_url("AVANZA_PUBLIC_URL", public),
        webhook_port=webhook_port,
        console_port=_port(env, "AVANZA_CONSOLE_PORT", 8001),
        simulator_port=_port(env, "AVANZA_SIMULATOR_PORT", 8002),
        rasa_urls=urls,
        timezone=_timezone(env),
        reminder_offsets=_offsets(env),
        quiet_hours=_quiet_hours(env),
        least_age=_years(env, "AVANZA_LEAST_AGE", 14),
        guardian_under=_years(env, "AVANZA_GUARDIAN_UNDER", 18),
        sends_per_second=_sends_per_second(env),
        twilio=_twilio(env),
        alarms=alarm_settings.load(env),
    )


def read_environment() -> dict[str, str]:
    """Return the environment, with the project's `.env` beneath it where there is one."""
    from dotenv import dotenv_values  # noqa: PLC0415 (kept out of modules that only need the types)

    values = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    return {**values, **os.environ}
