"""What a simulator is started with: one frozen value, filled by arguments and never by the environment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.addresses import is_e164

if TYPE_CHECKING:
    from pathlib import Path


class ConfigError(ValueError):
    """The simulator can't start with these arguments; the message names the one to change."""


@dataclass(frozen=True)
class DemoPhone:
    """A phone that is there from the start."""

    number: str
    profile_name: str
    note: str = ""


@dataclass(frozen=True)
class Pace:
    """How long things take, in simulated seconds after the step before."""

    sent: float = 0.15
    delivered: float = 0.25
    read: float = 0.6
    approval: float = 1.0


@dataclass(frozen=True)
class Config:
    """Everything the simulator needs to know. `from_address` is the sender, as `whatsapp:+E164`."""

    account_sid: str
    auth_token: str
    from_address: str
    webhook_url: str
    fallback_url: str | None = None
    messaging_service_sid: str | None = None
    console_url: str | None = None
    demo_phones: tuple[DemoPhone, ...] = ()
    timezone: str = "America/Mexico_City"
    ahead: float = 0.0
    pace: Pace = field(default_factory=Pace)


def read_demo_phones(path: Path) -> tuple[DemoPhone, ...]:
    """Phones of a JSON file: a list of {"number": "+52...", "profile_name": "...", "note": "..."}.

    Raises ConfigError where the file can't be read as that.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        phones = tuple(
            DemoPhone(str(row["number"]), str(row["profile_name"]), str(row.get("note", ""))) for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"--demo-phones: {path.name} is not a list of phones ({type(error).__name__})"
        ) from error
    if not all(is_e164(phone.number) for phone in phones):
        raise ConfigError(f"--demo-phones: {path.name} holds a number that is not like +5213312345678")
    return phones
