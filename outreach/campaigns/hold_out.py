"""Who is left without a message by lot, so that with and without can be compared.

The lot is a keyed hash: of one campaign, or of one programme's reminders, a woman is in it or not, however
often it is asked, and nobody without the secret key can tell or choose. Off unless a person chose a share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from models import Campaign, CampaignRecipient, ReminderHoldOut
from outreach.campaigns.outcomes import HELD_OUT

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

SHARES: Final = (0, 5, 10, 20)
"""Whole percents that a form offers."""
_DRAWS: Final = 10_000


def drawn(key: PersonalKey, scope: str, woman_id: uuid.UUID, percent: int) -> bool:
    """Say whether a woman is left without by lot; `scope` names the campaign or the reminders."""
    if percent <= 0:
        return False
    digest = key.lasting("hold out", f"{scope}|{woman_id}")
    return int.from_bytes(digest[:8]) % _DRAWS < percent * _DRAWS // 100


def hold_out(session: Session, key: PersonalKey, campaign: Campaign) -> int:
    """Take the drawn women out of a campaign before anything is handed over; return how many."""
    if not campaign.hold_out_percent:
        return 0
    waiting = session.execute(
        select(CampaignRecipient.id, CampaignRecipient.woman_id).where(
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.outbox_id.is_(None),
            CampaignRecipient.reason.is_(None),
        )
    )
    scope = f"campaign {campaign.id}"
    ids = [row_id for row_id, woman_id in waiting if drawn(key, scope, woman_id, campaign.hold_out_percent)]
    if ids:
        session.execute(
            update(CampaignRecipient)
            .where(CampaignRecipient.id.in_(ids))
            .values(reason=HELD_OUT)
            .execution_options(synchronize_session=False)
        )
    return len(ids)


def of_reminders(session: Session) -> dict[uuid.UUID, int]:
    """Return the share of each programme that holds reminders out."""
    rows = session.execute(select(ReminderHoldOut.programme_id, ReminderHoldOut.percent))
    return {programme_id: percent for programme_id, percent in rows if percent}


def without_reminder(
    key: PersonalKey, programme_id: uuid.UUID, woman_id: uuid.UUID, shares: dict[uuid.UUID, int]
) -> bool:
    """Say whether a woman gets no reminders of this programme by lot."""
    return drawn(key, f"reminders {programme_id}", woman_id, shares.get(programme_id, 0))


def choose(session: Session, programme_id: uuid.UUID, percent: int, now: datetime) -> None:
    """Set the share of a programme's reminders.

    Raises:
        ValueError: not one of `SHARES`.
    """
    if percent not in SHARES:
        raise ValueError(f"{percent} is none of {SHARES}")
    row = session.get(ReminderHoldOut, programme_id, with_for_update=True)
    if row is None:
        session.add(ReminderHoldOut(programme_id=programme_id, percent=percent, since=now))
    elif row.percent != percent:
        row.percent, row.since = percent, now
    session.flush()
