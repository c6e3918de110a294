"""How each setting is read: pure functions from the environment's text to a value.

A form whose meaning is certain is mended (capitals in a host, a trailing slash, the webhook's own path); the
rest is refused with one sentence that names the setting and never quotes a secret.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from psycopg import Error as PsycopgError
from psycopg import conninfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from outreach.ground import addresses, postgres_address, zones

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult
    from zoneinfo import ZoneInfo

LEAST_OFFSET, LARGEST_OFFSET, MOST_OFFSETS = 1, 30 * 24 * 60, 10
"""Minutes before a session, and how many of them."""
LEAST_FREE_MINUTES = 60
"""Of each day: with less, nothing would ever be sent."""
DAY_MINUTES = 24 * 60
OLDEST = 120
_DAY_MINUTES = 24 * 60
_DIGITS = re.compile(r"[0-9]{1,9}")
_HOURS = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]+)*")
_NUMBER = re.compile(r"whatsapp:\+[1-9][0-9]{7,14}")
_LONGEST_HOST = 253


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and says what to do."""


def text(env: Mapping[str, str], name: str) -> str | None:
    """Return a setting without the space around it, None where it is unset or empty.

    Raises:
        SettingsError: it holds what can't be seen, such as NUL or a zero-width space.
    """
    value = env.get(name, "").strip()
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in value):
        raise SettingsError(f"{name} tiene caracteres que no se ven: bórralo y escríbelo de nuevo.")
    return value or None


def required(env: Mapping[str, str], name: str, hint: str) -> str:
    """Return a setting that must be set."""
    value = text(env, name)
    if value is None:
        raise SettingsError(f"Falta {name}: {hint}")
    return value


def number(raw: str, least: int, largest: int) -> int | None:
    """Return a whole number within bounds, None where it is not one."""
    value = int(raw) if _DIGITS.fullmatch(raw) else None
    return value if value is not None and least <= value <= largest else None


def port(env: Mapping[str, str], name: str, default: int) -> int:
    """Return a port."""
    raw = text(env, name)
    value = default if raw is None else number(raw, 1, 65535)
    if value is None:
        raise SettingsError(f"{name} debe ser un puerto entre 1 y 65535.")
    return value


def years(env: Mapping[str, str], name: str, default: int) -> int:
    """Return an age in years."""
    raw = text(env, name)
    value = default if raw is None else number(raw, 0, OLDEST)
    if value is None:
        raise SettingsError(f"{name} debe ser una edad en años, como {default}.")
    return value


def count(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    raw = text(env, name)
    value = default if raw is None else number(raw, 0, most)
    if value is None:
        raise SettingsError(f"{name} debe ser un número de 0 a {most}, como {default}.")
    return value


def yes(env: Mapping[str, str], name: str) -> bool:
    """Return whether a switch is on; off where it is unset."""
    raw = (text(env, name) or "no").casefold()
    if raw not in {"1", "yes", "true", "si", "sí", "0", "no", "false"}:
        raise SettingsError(f"{name} debe ser yes o no.")
    return raw not in {"0", "no", "false"}


def url(name: str, value: str, own_paths: tuple[str, ...] = ()) -> str:
    """Return an address without a slash at its end; what stands at its end of `own_paths` is taken off.

    A path may remain: a proxy may serve the product below one.
    """
    parts, host = _split(name, value)
    where = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        where += f":{parts.port}"
    path = parts.path.rstrip("/")
    for own in own_paths:
        path = path.removesuffix(own).rstrip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise SettingsError(f"{name} tiene una ruta que no es de una dirección: deja https:// y el nombre.")
    return f"{parts.scheme}://{where}{path}"


def _split(name: str, value: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
        if not host.isascii():
            host = host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise SettingsError(f"{name} no es una dirección: revisa el nombre y el puerto.") from None
    if parts.scheme not in {"http", "https"}:
        raise SettingsError(f"{name} debe ser una dirección que empiece con http:// o https://")
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"{name} no lleva usuario ni contraseña: quítalos.")
    if "?" in value or "#" in value:
        raise SettingsError(f"{name} no lleva ? ni #: deja solo la dirección.")
    if not _is_host(host):
        raise SettingsError(f"{name} no tiene un nombre de equipo válido después de {parts.scheme}://")
    return parts, host


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return 0 < len(host) <= _LONGEST_HOST and all(_LABEL.fullmatch(part) for part in host.split("."))
    return "%" not in host


def urls(env: Mapping[str, str], name: str, default: str, own_paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return addresses separated by commas, each once."""
    raw = text(env, name) or default
    found = [url(name, part.strip(), own_paths) for part in raw.split(",") if part.strip()]
    if not found:
        raise SettingsError(f"{name} no tiene ninguna dirección; quítalo o pon una como {default}.")
    return tuple(dict.fromkeys(found))


def offsets(env: Mapping[str, str], name: str, default: str) -> tuple[int, ...]:
    """Return minutes before a session, the largest first."""
    raw = text(env, name) or default
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    found = [number(part, LEAST_OFFSET, LARGEST_OFFSET) for part in parts]
    good = [one for one in found if one is not None]
    if not good or len(good) < len(found):
        raise SettingsError(
            f"{name} debe ser minutos separados por comas, cada uno entre {LEAST_OFFSET} y {LARGEST_OFFSET} "
            f"(30 días), como {default}."
        )
    if len(set(good)) < len(good):
        raise SettingsError(f"{name} repite un número: cada recordatorio se escribe una vez.")
    if len(good) > MOST_OFFSETS:
        raise SettingsError(f"{name} tiene más de {MOST_OFFSETS} recordatorios.")
    return tuple(sorted(good, reverse=True))


def hours(env: Mapping[str, str], name: str, default: str) -> tuple[time, time] | None:
    """Return a daily stretch of local time, None where the setting is there and empty."""
    if name in env and text(env, name) is None:
        return None
    found = _HOURS.fullmatch(text(env, name) or default)
    if found is None:
        raise SettingsError(f"{name} debe ser como {default}, o vacío si no hay.")
    start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    quiet = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % _DAY_MINUTES
    if quiet == 0 or quiet > _DAY_MINUTES - LEAST_FREE_MINUTES:
        raise SettingsError(
            f"{name} cubre el día entero y nada saldría nunca: deja al menos una hora, o vacío si no hay."
        )
    return start, end


def timezone(env: Mapping[str, str], name: str, default: str) -> ZoneInfo:
    """Return a time zone."""
    wanted = text(env, name) or default
    try:
        return zones.zone(wanted)
    except zones.ZoneError:
        near = zones.names_in(wanted)[:2]
        hint = f"falta la segunda parte, como {' o '.join(near)}" if near else f"usa una como {default}"
        raise SettingsError(f"{name} no es una zona horaria conocida: {hint}.") from None


def sender(env: Mapping[str, str], name: str) -> str:
    """Return the number that sends, in the exact form that Twilio knows it by."""
    raw = re.sub(r"[\s().-]", "", required(env, name, "el número que envía, como whatsapp:+5213300000000."))
    scheme, _, bare = raw.rpartition(":")
    whole = f"whatsapp:{bare}"
    if scheme.casefold() not in {"", "whatsapp"} or not _is_number(whole):
        raise SettingsError(
            f"{name} debe ser whatsapp: y un número completo con + y clave de país, "
            "como whatsapp:+5213300000000."
        )
    return whole


def _is_number(address: str) -> bool:
    try:
        addresses.canonical(address)
    except addresses.AddressError:
        return False
    return _NUMBER.fullmatch(address) is not None


def sid(env: Mapping[str, str], name: str, prefix: str) -> str:
    """Return one of Twilio's identifiers; `doctor` looks closer (`is_exact_sid`)."""
    value = required(env, name, f"está en la consola de Twilio y empieza con {prefix}.")
    if not re.fullmatch(rf"{prefix}[0-9A-Za-z]+", value):
        raise SettingsError(
            f"{name} empieza con {prefix} y sigue con letras y números; cópialo de la consola de Twilio."
        )
    return value


def optional_sid(env: Mapping[str, str], name: str, prefix: str) -> str | None:
    """Return one that may be unset."""
    return sid(env, name, prefix) if text(env, name) else None


def optional_url(env: Mapping[str, str], name: str) -> str | None:
    """Return an address that may be unset."""
    raw = text(env, name)
    return url(name, raw) if raw else None


def is_this_machine(address: str) -> bool:
    """Whether an address can only be answered by the machine that asks."""
    return urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}


def is_exact_sid(value: str) -> bool:
    """Whether it has the 32 hexadecimal digits of Twilio's own."""
    return re.fullmatch(r"[A-Z]{2}[0-9a-f]{32}", value) is not None


def token(env: Mapping[str, str], name: str) -> str:
    """Return the account's token."""
    value = required(env, name, "es el token primario de la cuenta de Twilio.")
    if not value.isascii() or re.search(r"\s", value):
        raise SettingsError(f"{name} lleva solo letras y números, sin espacios; cópialo de nuevo.")
    return value


def database_url(env: Mapping[str, str], name: str) -> str | None:
    """Return a postgresql:// address, made complete, that both the driver and SQLAlchemy can read."""
    raw = text(env, name)
    if raw is None:
        return None
    scheme, _, rest = raw.partition("://")
    if scheme.casefold().partition("+")[0] not in {"postgresql", "postgres"} or not rest:
        raise SettingsError(f"{name} debe empezar con postgresql:// (no hay otro motor).")
    whole = f"postgresql://{rest}"
    try:
        conninfo.conninfo_to_dict(whole)
        complete = postgres_address.complete(whole)
        make_url(complete)
    except (PsycopgError, ArgumentError, ValueError):
        raise SettingsError(
            f"{name} no se puede leer: debe ser postgresql://usuario:contraseña@equipo:puerto/base "
            "(los signos de la contraseña van como %40, %2F ...); "
            "con réplica, postgresql://usuario:contraseña@equipo-a,equipo-b/base."
        ) from None
    return complete
