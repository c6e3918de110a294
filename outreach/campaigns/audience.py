"""Who a campaign is for, who of them gets it, and why another does not: decided for all in one statement.

The reasons are those that any woman may have; a case is never one of them (promises P4, P7).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, or_, select, true
from sqlalchemy.orm import aliased

from models import (
    Agency,
    AudienceList,
    AudienceMember,
    Campaign,
    CampaignRecipient,
    CampaignState,
    Enrolment,
    EnrolmentState,
    Group,
    Woman,
    Workshop,
)
from outreach.people import conversations

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

# Two campaigns within a day are one too many for the same woman.
APART = timedelta(hours=24)
IN_ANOTHER = "in_another"
ALL = "all"
LISTS, LISTS_KEPT_FOR = 50, timedelta(days=90)
"""How many lists a form offers, and how long one is kept that is not added to."""


class AudienceError(ValueError):
    """This is no audience that a campaign can have."""


@dataclass(frozen=True)
class Audience:
    """Who a campaign is for: the women of one group, of a list, of its programme or of a municipality.

    Stored as JSON: `{"group": id}`, `{"list": id}`, `{"women": "all"}`, `{"women": {"municipality": code}}`.
    """

    group_id: uuid.UUID | None = None
    municipality: str | None = None
    list_id: uuid.UUID | None = None

    def to_json(self) -> str:
        """Return the form that is stored."""
        if self.group_id is not None:
            return json.dumps({"group": str(self.group_id)})
        if self.list_id is not None:
            return json.dumps({"list": str(self.list_id)})
        return json.dumps({"women": {"municipality": self.municipality} if self.municipality else ALL})


def read(campaign: Campaign) -> Audience:
    """Return the audience of a campaign; one that was made before audiences has its group.

    Raises:
        AudienceError: what is stored is no audience.
    """
    try:
        match json.loads(campaign.audience):
            case {"group": str(group)}:
                return Audience(group_id=uuid.UUID(group))
            case {"list": str(names)}:
                return Audience(list_id=uuid.UUID(names))
            case {"women": "all"}:
                return Audience()
            case {"women": {"municipality": str(municipality)}}:
                return Audience(municipality=municipality)
    except ValueError:
        pass
    if campaign.group_id is None:
        raise AudienceError(AudienceError.__doc__)
    return Audience(group_id=campaign.group_id)


def programme_of(session: Session, group_id: uuid.UUID) -> uuid.UUID | None:
    """Return the programme of a group; None: there is no such group."""
    of_group = select(Workshop.programme_id).join(Group, Group.workshop_id == Workshop.id)
    return session.scalar(of_group.where(Group.id == group_id))


def lists(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return the lists that files made, the one that changed last first: id, and name with its agency."""
    found = _named().order_by(AudienceList.changed_at.desc()).limit(LISTS)
    return [(list_id, _name(name, agency)) for list_id, name, agency in session.execute(found)]


def _named() -> Select[uuid.UUID, str, str | None]:
    return select(AudienceList.id, AudienceList.name, Agency.name).outerjoin(
        Agency, Agency.code == AudienceList.agency
    )


def _name(name: str, agency: str | None) -> str:
    return f"{name} ({agency})" if agency else name


def list_name(session: Session, list_id: uuid.UUID) -> str | None:
    """Return the name of a list with its agency; None: it was forgotten."""
    found = session.execute(_named().where(AudienceList.id == list_id)).one_or_none()
    return _name(found[1], found[2]) if found is not None else None


def forget_lists(session: Session, now: datetime) -> None:
    """Delete the lists that nobody added to for `LISTS_KEPT_FOR`, but none that a campaign waits for."""
    ahead = select(Campaign.audience).where(
        Campaign.state.not_in((CampaignState.DONE, CampaignState.CANCELLED)), Campaign.ends_at > now
    )
    old = select(AudienceList.id).where(AudienceList.changed_at < now - LISTS_KEPT_FOR)
    wanted = set(session.scalars(ahead))
    gone = [each for each in session.scalars(old) if Audience(list_id=each).to_json() not in wanted]
    session.execute(delete(AudienceList).where(AudienceList.id.in_(gone)))


def _members(audience: Audience) -> Select[uuid.UUID, int]:
    if audience.group_id is not None:
        return select(Enrolment.woman_id, Enrolment.seq.label("place")).where(
            Enrolment.group_id == audience.group_id, Enrolment.state == EnrolmentState.ENROLLED
        )
    if audience.list_id is not None:
        return select(
            AudienceMember.woman_id, func.row_number().over(order_by=AudienceMember.id).label("place")
        ).where(AudienceMember.list_id == audience.list_id)
    everyone = select(Woman.id.label("woman_id"), func.row_number().over().label("place"))
    if audience.municipality is not None:
        everyone = everyone.where(Woman.municipality == audience.municipality)
    return everyone


def standings(campaign: Campaign) -> Select[Any]:
    """Select (woman_id, reason, conversation_id, private_cipher) of all whom it is for, in their order."""
    audience = read(campaign)
    members = _members(audience).subquery()
    newest = conversations.newest(members.c.woman_id, campaign.programme_id)
    other, others = aliased(Campaign), aliased(CampaignRecipient)
    in_another = (
        select(others.id)
        .join(other, other.id == others.campaign_id)
        .where(
            others.woman_id == members.c.woman_id,
            others.reason.is_(None),
            other.id != campaign.id,
            other.state != CampaignState.CANCELLED,
            other.starts_at > campaign.starts_at - APART,
            other.starts_at < campaign.starts_at + APART,
        )
        .exists()
    )
    against = conversations.reason_against(newest)
    reason = case(
        (against.is_not(None), against),
        (~conversations.agreed(members.c.woman_id), conversations.NO_CONSENT),
        (in_another, IN_ANOTHER),
        else_=None,
    )
    found = (
        select(members.c.woman_id, reason.label("reason"), newest.c.id, newest.c.private_cipher)
        .select_from(members.outerjoin(newest, true()))
        .order_by(members.c.place)
    )
    if audience.group_id is None:
        # Women of another programme are reached in its conversations.
        found = found.where(or_(newest.c.id.is_(None), newest.c.programme_id == campaign.programme_id))
    return found
