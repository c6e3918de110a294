"""What would become of a campaign if it were confirmed: who gets it and when, who does not and why.

Her hours are asked as the gate will ask them, so that the page promises nothing that the night takes back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.campaigns.audience import standings
from outreach.messages import conversation_state
from outreach.messages.conversation_state import PrivateState
from outreach.messages.may_send import next_allowed

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Campaign
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

OUTSIDE_HER_HOURS = "outside_her_hours"
BATCH = 2000
AN_HOUR = timedelta(hours=1)


@dataclass
class Preview:
    """What would happen: `reached` and `others` name the first women of each, `arrivals` counts by moment."""

    reached: list[uuid.UUID] = field(default_factory=list)
    others: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    arrivals: Counter[datetime] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def reached_count(self) -> int:
        """How many would get it."""
        return self.arrivals.total()

    @property
    def left_out_count(self) -> int:
        """How many would not."""
        return self.reasons.total()


def preview(
    session: Session, key: PersonalKey, rules: Settings, campaign: Campaign, now: datetime, shown: int = 60
) -> Preview:
    """Say who would get it and when, who would not and why; changes nothing. `rules` are its programme's."""
    made = Preview()
    moments: dict[object, datetime] = {}
    start = max(campaign.starts_at, now)
    rows = session.execute(standings(campaign), execution_options={"yield_per": BATCH})
    for woman_id, reason, conversation_id, cipher in rows:
        if reason is None:
            state = conversation_state.decode(key, conversation_id, cipher)
            at = _arrival(moments, state, rules, start)
            reason = OUTSIDE_HER_HOURS if at >= campaign.ends_at else None  # noqa: PLW2901 (the last reason asked)
        if reason is None:
            made.arrivals[at] += 1
            if len(made.reached) < shown:
                made.reached.append(woman_id)
        else:
            made.reasons[reason] += 1
            if len(made.others) < shown:
                made.others.append((woman_id, reason))
    return made


def _arrival(
    moments: dict[object, datetime], state: PrivateState, rules: Settings, start: datetime
) -> datetime:
    days = None if state.contact_days is None else tuple(state.contact_days)
    hers = (state.contact_from, state.contact_until, days)
    if hers not in moments:
        moments[hers] = next_allowed(start, rules, state)
    return moments[hers]


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
