"""Following a campaign: its counts from one index, its pace, and its women one row each.

The counts cost one statement over `ix_campaign_recipient_outcome`, however large the outbox is
(docs/decisions/0077). Pages of rows go by the woman, along the unique index, so that a late page costs what
the first one does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, or_, select

from models import CampaignRecipient, CampaignSnapshot
from outreach.campaigns import outcomes
from outreach.campaigns.outcomes import ARRIVED, GONE, MISSED, NOT_GONE, Part
from outreach.programme import overview

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.campaigns.outcomes import Outcome
    from outreach.sealing.crypto import PersonalKey

PAGE = 50
PACE_OVER, PACE_LEAST = timedelta(minutes=20), timedelta(seconds=30)
FILE_BATCH = 2000
Pair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Standing:
    """Where a campaign stands: women by the two columns that say what became of each."""

    pairs: dict[Pair, int] = field(default_factory=dict)
    answered: int = 0
    opted_out: int = 0

    @property
    def parts(self) -> Counter[Part]:
        """Women by part."""
        counted: Counter[Part] = Counter()
        for pair, number in self.pairs.items():
            counted[outcomes.read(*pair).part] += number
        return counted

    @property
    def total(self) -> int:
        """All women it is about."""
        return sum(self.pairs.values())

    @property
    def queued(self) -> int:
        """Messages that may still be taken back."""
        return sum(n for (outcome, _), n in self.pairs.items() if (outcome or "").startswith("queued"))

    def sum_of(self, parts: Collection[Part]) -> int:
        """Women of several parts."""
        return sum(number for part, number in self.parts.items() if part in parts)

    @property
    def addressed(self) -> int:
        """Women who were to get it: all but those left out from the start."""
        return self.total - self.sum_of((Part.LEFT_OUT, Part.HELD_OUT))


@dataclass(frozen=True)
class Pace:
    """Messages a minute of late, and the minutes that what may leave now takes at that pace."""

    per_minute: int
    minutes_left: int | None


@dataclass(frozen=True)
class Row:
    """One woman of a campaign and what became of her message."""

    woman_id: uuid.UUID
    name: str
    outcome: Outcome


def standing(session: Session, campaign_id: uuid.UUID) -> Standing:
    """Count where its messages stand, in one statement along the order of one index."""
    columns = (
        CampaignRecipient.outcome,
        CampaignRecipient.reason,
        CampaignRecipient.answered,
        CampaignRecipient.opted_out,
    )
    rows = session.execute(
        select(*columns, func.count()).where(CampaignRecipient.campaign_id == campaign_id).group_by(*columns)
    ).all()
    pairs: Counter[Pair] = Counter()
    for outcome, reason, _, _, number in rows:
        pairs[outcome, reason] += number
    return Standing(
        dict(pairs),
        sum(number for _, _, answered, _, number in rows if answered),
        sum(number for _, _, _, opted_out, number in rows if opted_out),
    )


def snapshots(session: Session, campaign_id: uuid.UUID) -> list[CampaignSnapshot]:
    """Return where it stood, from its start on."""
    mine = select(CampaignSnapshot).where(CampaignSnapshot.campaign_id == campaign_id)
    return list(session.scalars(mine.order_by(CampaignSnapshot.at)))


def pace(standing_now: Standing, before: list[CampaignSnapshot], now: datetime) -> Pace | None:
    """Return how fast it goes; None where nothing is known of the last minutes or nothing left in them."""
    since = next((one for one in before if PACE_LEAST <= now - one.at <= PACE_OVER), None)
    if since is None:
        return None
    minutes = (now - since.at) / timedelta(minutes=1)
    gone = standing_now.sum_of((*GONE, *MISSED, Part.DOUBT)) - since.gone - since.failed
    if gone <= 0 or minutes <= 0:
        return None
    per_minute = gone / minutes
    left = standing_now.sum_of((Part.WAITING, Part.AGAIN))
    return Pace(max(1, round(per_minute)), -(-left // max(1, round(per_minute))) if left else None)


def rows(
    session: Session,
    key: PersonalKey,
    campaign_id: uuid.UUID,
    found: Standing,
    parts: Collection[Part] = (),
    *,
    after: uuid.UUID | None = None,
    limit: int = PAGE,
) -> list[Row]:
    """Return the women of some parts (all without any) after that of the page before, and one more."""
    query = (
        select(CampaignRecipient.woman_id, CampaignRecipient.outcome, CampaignRecipient.reason)
        .where(CampaignRecipient.campaign_id == campaign_id)
        .order_by(CampaignRecipient.woman_id)
        .limit(limit + 1)
    )
    if parts:
        query = query.where(among(outcomes.of_parts(found.pairs, parts)))
    if after is not None:
        query = query.where(CampaignRecipient.woman_id > after)
    lines: list[Any] = list(session.execute(query))
    named = overview.names(session, key, {line.woman_id for line in lines})
    return [
        Row(line.woman_id, named.get(line.woman_id, ""), outcomes.read(line.outcome, line.reason))
        for line in lines
    ]


def among(pairs: list[Pair]) -> ColumnElement[bool]:
    """Return the SQL of being one of these pairs; none fits no row."""
    # SQLAlchemy writes IS NULL where a value is None.
    each = [
        and_(CampaignRecipient.outcome == outcome, CampaignRecipient.reason == reason)
        for outcome, reason in pairs
    ]
    return or_(false(), *each)


def all_rows(
    session: Session, key: PersonalKey, campaign_id: uuid.UUID, found: Standing, parts: Collection[Part] = ()
) -> Iterator[Row]:
    """Give all women of some parts, some thousands at a time."""
    after = None
    while True:
        some = rows(session, key, campaign_id, found, parts, after=after, limit=FILE_BATCH)
        yield from some[:FILE_BATCH]
        if len(some) <= FILE_BATCH:
            return
        after = some[FILE_BATCH - 1].woman_id


__all__ = [
    "ARRIVED", "GONE", "MISSED", "NOT_GONE", "Pace", "Row", "Standing",
    "all_rows", "among", "pace", "rows", "snapshots", "standing",
]  # fmt: skip
