"""The settings of watching and recovering: where figures are read, when silence is odd, where backups go."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.ground import setting_values as values
from outreach.ground.setting_values import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
"""A public key of age: Bech32, 62 characters. Whether its check sum is right is looked at when it is used."""
LONGEST_SILENCE_HOURS, MOST_BACKUPS = 24 * 14, 3660


@dataclass(frozen=True)
class WatchingSettings:
    """`metrics_port`, `backup_key` and `backup_dir` are None where they are not wanted."""

    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    silence_hours: int = 24
    """Hours without a message until somebody is told, where no past weeks say what is usual; 0: never."""
    backup_keys: tuple[str, ...] = ()
    backup_dir: Path | None = None
    backup_keep: int = 14

    @property
    def backs_up(self) -> bool:
        """Whether the clock makes a backup each night."""
        return bool(self.backup_keys)


def load(env: Mapping[str, str]) -> WatchingSettings:
    """Read `AVANZA_METRICS_*`, `AVANZA_SILENCE_HOURS` and `AVANZA_BACKUP_*`.

    Raises:
        SettingsError: one of them is malformed.
    """
    raw_port = values.text(env, "AVANZA_METRICS_PORT")
    return WatchingSettings(
        metrics_port=values.port(env, "AVANZA_METRICS_PORT", 0) if raw_port else None,
        metrics_host=_host(env),
        silence_hours=values.count(env, "AVANZA_SILENCE_HOURS", 24, LONGEST_SILENCE_HOURS),
        backup_keys=recipients(values.text(env, "AVANZA_BACKUP_KEY") or "", "AVANZA_BACKUP_KEY"),
        backup_dir=_folder(env),
        backup_keep=_keep(env),
    )


def recipients(raw: str, name: str) -> tuple[str, ...]:
    """Return the public keys of a list with commas.

    Raises:
        SettingsError: one is none; a private key is told apart, and never quoted.
    """
    found = tuple(part.strip() for part in raw.split(",") if part.strip())
    if any(part.upper().startswith("AGE-SECRET-KEY") for part in found):
        raise SettingsError(
            f"{name} tiene una llave privada: aquí va la pública (age1…). "
            "Guarda la privada fuera de este equipo y cámbiala si este archivo se copió."
        )
    if not all(_RECIPIENT.fullmatch(part) for part in found):
        raise SettingsError(f"{name} debe ser una llave pública de age (age1…), o varias con comas.")
    return tuple(dict.fromkeys(found))


def _host(env: Mapping[str, str]) -> str:
    raw = values.text(env, "AVANZA_METRICS_HOST") or "127.0.0.1"
    try:
        return str(ipaddress.ip_address(raw))
    except ValueError:
        raise SettingsError("AVANZA_METRICS_HOST debe ser una dirección IP de este equipo.") from None


def _folder(env: Mapping[str, str]) -> Path | None:
    raw = values.text(env, "AVANZA_BACKUP_DIR")
    if raw is None:
        return None
    path = Path(raw)
    if not path.is_absolute():
        raise SettingsError("AVANZA_BACKUP_DIR debe ser una carpeta con su ruta completa.")
    return path


def _keep(env: Mapping[str, str]) -> int:
    found = values.count(env, "AVANZA_BACKUP_KEEP", 14, MOST_BACKUPS)
    if found < 1:
        raise SettingsError("AVANZA_BACKUP_KEEP debe ser 1 o más: cuántos respaldos se guardan.")
    return found
