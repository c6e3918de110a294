"""When a campaign may leave: what is no window is refused where it is typed, with the field that is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import next_allowed
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    from datetime import datetime

    from outreach.ground.settings import Settings

FARTHEST = timedelta(days=2 * 366)
AN_HOUR = timedelta(hours=1)


class CampaignError(ValueError):
    """This campaign can't do that; the message says why, for the coordinator, and `field` where."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Say why, and which field of the form is wrong."""
        super().__init__(message)
        self.field = field


def check_window(rules: Settings, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a window in which nothing could leave. `rules` are those of the campaign's programme.

    Raises:
        CampaignError: it is over, years ahead, ends before it begins, or lies wholly in quiet hours.
    """
    if ends_at <= starts_at:
        raise CampaignError(texts.ENDS_FIRST, "end_day")
    if ends_at <= now:
        raise CampaignError(texts.OVER, "end_day")
    if ends_at > now + FARTHEST:
        raise CampaignError(texts.TOO_FAR, "end_day")
    if nobody_may_be_written_to(rules, starts_at, ends_at, now):
        quiet = rules.quiet_hours
        spans = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}"} if quiet else None
        hours = texts.NIGHT_HOURS.format(**spans) if spans else ""
        raise CampaignError(texts.NIGHT.format(hours=hours), "end_hour")


def suggested_window(rules: Settings, now: datetime) -> tuple[datetime, datetime]:
    """Return the next stretch of at least an hour in which a campaign may leave, in local time."""
    start = next_allowed(now, rules, PrivateState())
    if next_allowed(start + AN_HOUR, rules, PrivateState()) > start + AN_HOUR:
        start = next_allowed(start + AN_HOUR, rules, PrivateState())
    local = start.astimezone(rules.timezone).replace(second=0, microsecond=0)
    quiet = rules.quiet_hours
    if quiet is None or quiet.start <= local.time():
        return local, local.replace(hour=23, minute=59)
    return local, local.replace(hour=quiet.start.hour, minute=quiet.start.minute)


def nobody_may_be_written_to(rules: Settings, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Say whether a window lies wholly in quiet hours, so that nothing of it could leave."""
    return next_allowed(max(starts_at, now), rules, PrivateState()) >= ends_at
