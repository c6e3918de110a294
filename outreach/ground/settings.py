"""The one module that reads the environment.

`load_settings` takes a mapping and returns a frozen `Settings`, or raises `SettingsError` with one
sentence that names the variable and says what to do; `examine` finds all that is wrong at once. Nothing
else looks at `os.environ`. How each value is read stands in `setting_values`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outreach.ground import alarm_settings, speech_settings, watching_settings
from outreach.ground import setting_values as values
from outreach.ground.alarm_settings import AlarmSettings
from outreach.ground.setting_values import SettingsError
from outreach.ground.watching_settings import WatchingSettings

if TYPE_CHECKING:
    from datetime import time
    from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
SECRET_BYTES, MOST_KEYS = 32, 30
_WEBHOOK_PATHS = ("/twilio/inbound", "/twilio/status")
_RASA_PATHS = ("/webhooks/rest/webhook", "/webhooks/rest")
__all__ = ["ROOT", "QuietHours", "Settings", "SettingsError", "TwilioSettings", "load_settings"]


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


class SecretKey(bytes):
    """The secret key that is written with; `other`: one that is read beside it while it is replaced."""

    other: bytes | None = None

    @property
    def tag(self) -> str:
        """With which key a process writes, as PostgreSQL lists its connections; empty with one key."""
        return f" {hashlib.sha256(b'tag' + self).hexdigest()[:8]}" if self.other else ""


@dataclass(frozen=True)
class Settings:
    """All that the environment decides."""

    var: Path
    secret_key: SecretKey = field(repr=False)
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
    hold_minutes_danger: int
    hold_minutes: int
    cover_hours: int
    console_secure: bool
    trusted_proxies: int
    account: TwilioSettings | None
    """None where the command was not asked to have it."""
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    watching: WatchingSettings = field(default_factory=WatchingSettings)
    simulated_clock: bool = False
    """Whether the demo's clock is followed (`simulated_clock`); only with a simulator on this machine."""
    speech: str = "off"
    """Who listens to voice notes: off, local, http, or auto (this machine, if it can)."""
    speech_url: str | None = None
    speech_public: bool = False
    key_is_new: bool = False
    """Whether this very process made the secret key, which no data can be encrypted with yet."""

    @property
    def twilio(self) -> TwilioSettings:
        """The account.

        Raises:
            SettingsError: this command does without.
        """
        if self.account is None:
            raise SettingsError("Faltan TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN y TWILIO_WHATSAPP_FROM.")
        return self.account


def var_of(env: Mapping[str, str]) -> Path:
    """Return the folder of the state."""
    raw = values.text(env, "AVANZA_VAR")
    try:
        return Path(raw).expanduser().absolute() if raw else ROOT / "var"
    except (RuntimeError, ValueError, OSError):
        raise SettingsError("AVANZA_VAR no es una carpeta que se pueda usar.") from None


def _quiet_hours(env: Mapping[str, str]) -> QuietHours | None:
    found = values.hours(env, "AVANZA_QUIET_HOURS", "20:00-09:00")
    return QuietHours(*found) if found else None


def _public_url(env: Mapping[str, str]) -> str:
    raw = values.text(env, "AVANZA_PUBLIC_URL")
    if raw is None:
        return f"http://127.0.0.1:{values.port(env, 'AVANZA_WEBHOOK_PORT', 8000)}"
    return values.url("AVANZA_PUBLIC_URL", raw, _WEBHOOK_PATHS)


def _guardian_under(env: Mapping[str, str]) -> int:
    least, under = values.years(env, "AVANZA_LEAST_AGE", 14), values.years(env, "AVANZA_GUARDIAN_UNDER", 18)
    if 0 < under < least:
        raise SettingsError(
            f"AVANZA_GUARDIAN_UNDER ({under}) es menor que AVANZA_LEAST_AGE ({least}): "
            "nadie que se inscribe tendría menos. Para no pedirlo nunca, pon 0."
        )
    return under


_Loader = Callable[[Mapping[str, str]], Any]
_PORTS = {
    "webhook_port": ("AVANZA_WEBHOOK_PORT", 8000),
    "console_port": ("AVANZA_CONSOLE_PORT", 8001),
    "simulator_port": ("AVANZA_SIMULATOR_PORT", 8002),
}
_PARTS: dict[str, _Loader] = {
    "var": var_of,
    "database_url": lambda env: values.database_url(env, "AVANZA_DATABASE_URL"),
    "webhook_port": lambda env: values.port(env, *_PORTS["webhook_port"]),
    "console_port": lambda env: values.port(env, *_PORTS["console_port"]),
    "simulator_port": lambda env: values.port(env, *_PORTS["simulator_port"]),
    "public_url": _public_url,
    "rasa_urls": lambda env: values.urls(env, "AVANZA_RASA_URLS", "http://127.0.0.1:5005", _RASA_PATHS),
    "timezone": lambda env: values.timezone(env, "AVANZA_TIMEZONE", "America/Mexico_City"),
    "reminder_offsets": lambda env: values.offsets(env, "AVANZA_REMINDER_OFFSETS", "1440,120"),
    "quiet_hours": _quiet_hours,
    "least_age": lambda env: values.years(env, "AVANZA_LEAST_AGE", 14),
    "guardian_under": _guardian_under,
    "sends_per_second": lambda env: values.count(env, "AVANZA_SENDS_PER_SECOND", 70, 10_000),
    "hold_minutes_danger": lambda env: values.count(env, "AVANZA_HOLD_MINUTES_DANGER", 3, values.DAY_MINUTES),
    "hold_minutes": lambda env: values.count(env, "AVANZA_HOLD_MINUTES", 20, values.DAY_MINUTES),
    "cover_hours": lambda env: values.count(env, "AVANZA_COVER_HOURS", 12, 720),
    "console_secure": lambda env: values.yes(env, "AVANZA_CONSOLE_SECURE"),
    "trusted_proxies": lambda env: values.count(env, "AVANZA_TRUSTED_PROXIES", 0, 5),
    "simulated_clock": lambda env: values.yes(env, "AVANZA_SIMULATED_CLOCK"),
    "alarms": alarm_settings.load,
    "watching": watching_settings.load,
    "speech": speech_settings.way,
    "speech_url": lambda env: values.optional_url(env, speech_settings.URL),
    "speech_public": lambda env: values.yes(env, "AVANZA_SPEECH_PUBLIC"),
}
_TWILIO: dict[str, _Loader] = {
    "account_sid": lambda env: values.sid(env, "TWILIO_ACCOUNT_SID", "AC"),
    "auth_token": lambda env: values.token(env, "TWILIO_AUTH_TOKEN"),
    "whatsapp_from": lambda env: values.sender(env, "TWILIO_WHATSAPP_FROM"),
    "messaging_service_sid": lambda env: values.optional_sid(env, "TWILIO_MESSAGING_SERVICE_SID", "MG"),
    "api_url": lambda env: values.optional_url(env, "TWILIO_API_URL"),
}


def load_settings(env: Mapping[str, str], *, twilio: bool = True, new_key: bool = True) -> Settings:
    """Build the settings from a mapping such as the environment.

    `twilio`: whether the account is needed. `new_key`: whether a secret key is made where there is none.

    Raises:
        SettingsError: a variable is missing or malformed.
    """
    found, wrong = examine(env, twilio=twilio)
    if wrong:
        raise SettingsError(wrong[0])
    key, key_is_new = _secret_key(env, found["var"], new=new_key)
    return Settings(secret_key=key, key_is_new=key_is_new, **found)


def examine(env: Mapping[str, str], *, twilio: bool = True) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of `Settings` that can be read, save the key, and a line for each that can't.

    Nothing is made or changed.
    """
    found, wrong = _read(env, _PARTS)
    account, wrong_account = _read(env, _TWILIO)
    found["account"] = TwilioSettings(**account) if not wrong_account else None
    if twilio:
        wrong += wrong_account
    wrong += _same_ports(found) + _clock_without_simulator(found)
    if "var" in found:
        try:
            _secret_key(env, found["var"], new=False)
        except SettingsError as error:
            if not isinstance(error, NoKeyError):
                wrong.append(str(error))
    return found, list(dict.fromkeys(wrong))


def _read(env: Mapping[str, str], loaders: Mapping[str, _Loader]) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    wrong = []
    for name, load in loaders.items():
        try:
            found[name] = load(env)
        except SettingsError as error:
            wrong.append(str(error))
    return found, wrong


def _same_ports(found: Mapping[str, Any]) -> list[str]:
    taken: dict[int, str] = {}
    wrong = []
    ports = {name: found.get(part) for part, (name, _default) in _PORTS.items()}
    if "watching" in found:
        ports["AVANZA_METRICS_PORT"] = found["watching"].metrics_port
    for name, port in ports.items():
        if port in taken:
            wrong.append(f"{taken[port]} y {name} son el mismo puerto ({port}): cada uno necesita el suyo.")
        elif port is not None:
            taken[port] = name
    return wrong


def _clock_without_simulator(found: Mapping[str, Any]) -> list[str]:
    """Women who are real live by the real clock: it is simulated only where Twilio is."""
    account = found["account"]
    base = account.api_url if account is not None else None
    if not found.get("simulated_clock") or (base and values.is_this_machine(base)):
        return []
    line = (
        "AVANZA_SIMULATED_CLOCK solo sirve con el simulador: "
        "TWILIO_API_URL debe apuntar a él, en esta misma máquina. Quítalo."
    )
    return [line]


def secret_key_of(env: Mapping[str, str], var: Path) -> SecretKey:
    """Return the key that there is; none is made.

    Raises:
        SettingsError: it is missing or malformed.
    """
    return _secret_key(env, var, new=False)[0]


class NoKeyError(SettingsError):
    """Falta AVANZA_SECRET_KEY, o el archivo secret-key de AVANZA_VAR: recupera la llave con que se cifró."""


def _secret_key(env: Mapping[str, str], var: Path, *, new: bool) -> tuple[SecretKey, bool]:
    """Return the key, and whether it was made just now."""
    raw, made = values.text(env, "AVANZA_SECRET_KEY"), False
    where = "AVANZA_SECRET_KEY"
    if raw is None:
        where = f"La llave en {key_file(var)}"
        raw, made = _kept_secret(var, new=new)
    key = SecretKey(_key_bytes(raw, where))
    following, where = values.text(env, "AVANZA_NEXT_SECRET_KEY"), "AVANZA_NEXT_SECRET_KEY"
    if following is None:
        where = f"La llave en {next_key_file(var)}"
        with suppress(OSError, UnicodeDecodeError):
            following = next_key_file(var).read_text(encoding="ascii").strip()
    if following:
        other = _key_bytes(following, where)
        key.other = other if other != key else None
    return key, made


def _key_bytes(raw: str, where: str) -> bytes:
    """Return a key: 32 bytes, and 32 more for each that it took the place of (`./avanza keys new`)."""
    try:
        key = base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) % SECRET_BYTES or not SECRET_BYTES <= len(key) <= MOST_KEYS * SECRET_BYTES:
        raise SettingsError(f"{where} debe ser 32 bytes en base64 (44 caracteres).")
    return key


def key_file(var: Path) -> Path:
    """Where the key is kept while AVANZA_SECRET_KEY is unset."""
    return var / "secret-key"


def next_key_file(var: Path) -> Path:
    """Where the key that is to take its place is kept while AVANZA_NEXT_SECRET_KEY is unset."""
    return var / "secret-key.next"


def _kept_secret(var: Path, *, new: bool) -> tuple[str, bool]:
    """Read the key kept under `var`, or make it once; two processes at once agree on one."""
    path = key_file(var)
    try:
        made = new and not path.exists() and _make_key(path)
        return path.read_text(encoding="ascii").strip(), made
    except FileNotFoundError:
        raise NoKeyError(NoKeyError.__doc__) from None
    except UnicodeDecodeError:
        return "", False
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "la ruta no sirve"
        raise SettingsError(f"AVANZA_VAR ({var}) no se puede usar: {reason}.") from None


def _make_key(path: Path) -> bool:
    """Write a new key in one step; False where another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".secret-key-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode())
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def read_environment() -> dict[str, str]:
    """Return the environment, with the project's `.env` beneath it where there is one.

    Raises:
        SettingsError: the file can't be read.
    """
    from dotenv import dotenv_values  # noqa: PLC0415 (kept out of modules that only need the types)

    try:
        kept = dotenv_values(ROOT / ".env")
    except (OSError, UnicodeDecodeError):
        raise SettingsError("El archivo .env no se puede leer: debe ser un texto en UTF-8.") from None
    return {name: value for name, value in kept.items() if value is not None} | dict(os.environ)
