"""The settings of alarms: whom to tell, by what, and how long danger may wait unclaimed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from outreach.ground import setting_values as values
from outreach.ground.setting_values import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_EMAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
_PHONE = re.compile(r"\+[0-9]{8,15}")
LONGEST_MINUTES = 24 * 60


@dataclass(frozen=True)
class AlarmSettings:
    """Whom alarms are told to; with no address and no phone they stand in the panel and the log alone."""

    emails: tuple[str, ...] = ()
    smtp_url: str | None = field(default=None, repr=False)
    phones: tuple[str, ...] = ()
    danger_minutes: int = 5

    @property
    def sender(self) -> str | None:
        """The address that mails come from: the first that is told, else who logs in at the mail server."""
        user = unquote(urlsplit(self.smtp_url).username or "") if self.smtp_url else ""
        return self.emails[0] if self.emails else user if _EMAIL.fullmatch(user) else None

    @property
    def mails(self) -> bool:
        """Whether this installation can send a mail."""
        return self.smtp_url is not None and self.sender is not None


def load(env: Mapping[str, str]) -> AlarmSettings:
    """Read `AVANZA_ALARM_EMAILS`, `AVANZA_SMTP_URL`, `AVANZA_ALARM_PHONES` and `AVANZA_DANGER_MINUTES`.

    Raises:
        SettingsError: one of them is malformed, or there are e-mails and no server to send them.
    """
    emails = _listed(env, "AVANZA_ALARM_EMAILS", _EMAIL, "correos separados por comas.")
    phones = _listed(env, "AVANZA_ALARM_PHONES", _PHONE, "números como +5213312345678, separados por comas.")
    url = values.text(env, "AVANZA_SMTP_URL")
    if url is not None and not _is_smtp(url):
        raise SettingsError("AVANZA_SMTP_URL debe ser como smtp://usuario:clave@servidor:587, o smtps://")
    if emails and url is None:
        raise SettingsError("AVANZA_ALARM_EMAILS necesita AVANZA_SMTP_URL: sin servidor no sale correo.")
    minutes = values.number(values.text(env, "AVANZA_DANGER_MINUTES") or "5", 1, LONGEST_MINUTES)
    if minutes is None:
        raise SettingsError(f"AVANZA_DANGER_MINUTES debe ser minutos, de 1 a {LONGEST_MINUTES}.")
    return AlarmSettings(emails, url, tuple(f"whatsapp:{phone}" for phone in phones), minutes)


def _listed(env: Mapping[str, str], name: str, shape: re.Pattern[str], hint: str) -> tuple[str, ...]:
    raw = values.text(env, name) or ""
    parts = [part.strip().removeprefix("whatsapp:") for part in raw.split(",") if part.strip()]
    if not all(shape.fullmatch(part) for part in parts):
        raise SettingsError(f"{name} debe ser {hint}")
    return tuple(dict.fromkeys(parts))


def _is_smtp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
