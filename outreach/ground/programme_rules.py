"""The settings of one programme: the installation's, with what the programme decides for itself.

A column that is empty, or that can't be read, stands for the installation's setting: a malformed one must
never leave the women of a programme without quiet hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from models import Programme
from outreach.ground.settings import QuietHours

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings

LONGEST_OFFSET = 60 * 24 * 60
"""Minutes: no reminder goes out more than 60 days before its session."""


def rules_of(settings: Settings, programme: Programme) -> Settings:
    """Return the settings by which the conversations, groups and messages of a programme go."""
    own: dict[str, Any] = {
        "timezone": _timezone(programme.timezone),
        "reminder_offsets": _offsets(programme.reminder_offsets),
        "least_age": programme.least_age,
        "guardian_under": programme.guardian_under,
    }
    rules = replace(settings, **{name: value for name, value in own.items() if value is not None})
    given, quiet = _quiet_hours(programme.quiet_hours)
    return replace(rules, quiet_hours=quiet) if given else rules


def rules_for(session: Session, settings: Settings, programme_id: uuid.UUID) -> Settings:
    """Return the settings of a programme by its id; the installation's where there is no such programme."""
    programme = session.get(Programme, programme_id)
    # Held by the session, so that whoever asks again in its transaction costs no statement.
    session.info.setdefault("programmes", {})[programme_id] = programme
    return rules_of(settings, programme) if programme else settings


def all_rules(session: Session, settings: Settings) -> dict[uuid.UUID, Settings]:
    """Return the settings of every programme, in one statement."""
    return {found.id: rules_of(settings, found) for found in session.scalars(select(Programme))}


def _timezone(raw: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(raw) if raw else None
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None


def _offsets(raw: str | None) -> tuple[int, ...] | None:
    parts = [part.strip() for part in (raw or "").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    minutes = {int(part) for part in parts}
    fit = bool(minutes) and all(0 < one <= LONGEST_OFFSET for one in minutes)
    return tuple(sorted(minutes, reverse=True)) if fit else None


def _quiet_hours(raw: str | None) -> tuple[bool, QuietHours | None]:
    """Whether the programme has hours of its own, and which: `00:00-00:00` says that it has none."""
    try:
        start, end = (time.fromisoformat(part.strip()) for part in (raw or "").split("-"))
    except ValueError:
        return False, None
    return True, QuietHours(start, end) if start != end else None
