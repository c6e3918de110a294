"""What the conditions of an audience can name: municipalities, workshops, agencies, campaigns, lists ...

One statement for each kind that is asked for, whatever the tables hold.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Uuid, func, literal, or_, select

from models import AudienceList, Campaign, CampaignState, Group, Workshop
from outreach.campaigns import conditions
from outreach.campaigns.audience import lists
from outreach.campaigns.conditions import Kind
from outreach.programme import overview, programmes

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from outreach.campaigns.conditions import Blocks

MOST_CAMPAIGNS = 50
Names = dict[Kind, dict[str, str]]
"""The names of places by kind and by what a condition keeps of them, in the order of the offer."""


def offered(session: Session, kinds: Collection[Kind], programme_id: uuid.UUID) -> Names:
    """Return what may be chosen for conditions of these kinds; a group is named by its code, typed."""
    found: Names = {}
    if Kind.MUNICIPALITY in kinds:
        found[Kind.MUNICIPALITY] = dict(overview.municipalities(session))
    if Kind.AXIS in kinds:
        found[Kind.AXIS] = programmes.axis_names(session, programme_id)
    if Kind.WORKSHOP in kinds or Kind.COMPLETED in kinds:
        workshops = {str(one.id): one.name for one in _workshops(session, programme_id)}
        found[Kind.WORKSHOP] = found[Kind.COMPLETED] = workshops
    if Kind.AGENCY in kinds:
        found[Kind.AGENCY] = {one.code: one.name for one in programmes.agencies(session)}
    if Kind.CAMPAIGN in kinds:
        found[Kind.CAMPAIGN] = _campaigns(session, ())
    if Kind.LIST in kinds:
        found[Kind.LIST] = {str(list_id): name for list_id, name in lists(session)}
    return found


def named(session: Session, blocks: Blocks, programme_id: uuid.UUID) -> Names:
    """Return the names of all that these conditions mention, groups by their code; what is gone has none."""
    kinds = {one.kind for block in blocks for one in block.conditions}
    found = offered(session, kinds - {Kind.CAMPAIGN, Kind.LIST}, programme_id)
    groups, campaigns, names = (
        conditions.places(blocks, kind) for kind in (Kind.GROUP, Kind.CAMPAIGN, Kind.LIST)
    )
    if groups:
        rows = session.execute(select(Group.id, Group.code).where(_among(Group.id, groups)))
        found[Kind.GROUP] = {str(group_id): code for group_id, code in rows}
    if campaigns:
        found[Kind.CAMPAIGN] = _campaigns(session, campaigns)
    if names:
        listed = session.execute(
            select(AudienceList.id, AudienceList.name).where(_among(AudienceList.id, names))
        )
        found[Kind.LIST] = {str(list_id): name for list_id, name in listed}
    return found


def group_ids(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return the ids of groups by the codes that were typed, whatever their case."""
    wanted = {code.casefold() for code in codes if code}
    if not wanted:
        return {}
    rows = session.execute(select(Group.code, Group.id).where(func.lower(Group.code).in_(wanted)))
    return {code.casefold(): str(group_id) for code, group_id in rows}


def _workshops(session: Session, programme_id: uuid.UUID) -> list[Workshop]:
    query = select(Workshop).where(Workshop.programme_id == programme_id).order_by(Workshop.name)
    return list(session.scalars(query))


def _campaigns(session: Session, also: Collection[str]) -> dict[str, str]:
    """The newest campaigns that left or will, and those asked for."""
    newest = (
        select(Campaign.id)
        .where(Campaign.state.not_in((CampaignState.DRAFT, CampaignState.CANCELLED)))
        .order_by(Campaign.created_at.desc())
        .limit(MOST_CAMPAIGNS)
    )
    rows = session.execute(
        select(Campaign.id, Campaign.name)
        .where(or_(Campaign.id.in_(newest), _among(Campaign.id, also)))
        .order_by(Campaign.created_at.desc())
    )
    return {str(campaign_id): name for campaign_id, name in rows}


def _among(column: InstrumentedAttribute[uuid.UUID], ids: Collection[str]) -> ColumnElement[bool]:
    return column == func.any(literal([uuid.UUID(one) for one in ids], ARRAY(Uuid)))
