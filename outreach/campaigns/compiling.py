"""From the conditions of an audience to one SQL statement over the single list.

Each condition is either a test of the woman's own row or a set of ids; a set that must not have her becomes
an anti-join and one that must a semi-join, so that a million women cost a few scans and never a look-up each.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, false, func, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased

from models import (
    Affiliation,
    Attendance,
    AttendanceState,
    AudienceMember,
    CampaignRecipient,
    Enrolment,
    EnrolmentState,
    Graduation,
    Group,
    OutboxMessage,
    OutboxState,
    Reminder,
    Session,
    Woman,
)
from outreach.campaigns.conditions import ANY_WORKSHOP, NOT_REACHED, WHOLE_PROGRAMME, Kind, Match, Seat
from outreach.people import name_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from outreach.campaigns.conditions import Block, Blocks, Condition
    from outreach.sealing.crypto import PersonalKey

ARRIVED = (OutboxState.DELIVERED, OutboxState.READ)
LEFT = (OutboxState.SENT, *ARRIVED)
_STATES = {
    Seat.ENROLLED: EnrolmentState.ENROLLED,
    Seat.WAITING: EnrolmentState.WAITING,
    Seat.LEFT: EnrolmentState.LEFT,
}


class Asked(NamedTuple):
    """What a compilation needs besides the conditions."""

    key: PersonalKey
    now: datetime


class _Set(NamedTuple):
    """The women who fit a condition: those of `ids`, or (`inside` false) all others."""

    ids: Select[Any]
    inside: bool = True


def where(blocks: Blocks, asked: Asked) -> ColumnElement[bool]:
    """Return the SQL of whether the woman of the outer row (`models.Woman`) fits every block."""
    tests = [_block(block, asked) for block in blocks if block.conditions]
    return and_(true(), *tests)


def _block(block: Block, asked: Asked) -> ColumnElement[bool]:
    if block.match is Match.ANY:
        return _any(block, asked)
    wanted = block.match is Match.ALL
    return and_(true(), *(_holds(one, asked, wanted=wanted) for one in block.conditions))


def _holds(condition: Condition, asked: Asked, *, wanted: bool) -> ColumnElement[bool]:
    """Whether she fits a condition, or (not `wanted`) does not; what is not known of her does not fit."""
    plain = _plain(condition, asked, Woman)
    if plain is not None:
        return plain if wanted else not_(func.coalesce(plain, false()))
    found = _set(condition, asked)
    ids = found.ids.subquery()
    if found.inside is wanted:
        return Woman.id.in_(select(ids.c.woman_id))
    return ~exists(select(1).where(ids.c.woman_id == Woman.id))


def _any(block: Block, asked: Asked) -> ColumnElement[bool]:
    """Whether she fits one of the conditions: over her own row, or by one union of ids."""
    tests = [_plain(one, asked, Woman) for one in block.conditions]
    if all(test is not None for test in tests):
        return or_(*(test for test in tests if test is not None))
    return Woman.id.in_(union_all(*_unions(block, asked)))


def _unions(block: Block, asked: Asked) -> Iterator[Select[Any]]:
    for one in block.conditions:
        other = aliased(Woman)
        plain = _plain(one, asked, other)
        if plain is not None:
            yield select(other.id.label("woman_id")).where(plain)
            continue
        found = _set(one, asked)
        if found.inside:
            yield found.ids
        else:
            ids = found.ids.subquery()
            yield select(other.id.label("woman_id")).where(
                ~exists(select(1).where(ids.c.woman_id == other.id))
            )


def _plain(condition: Condition, asked: Asked, woman: Any) -> ColumnElement[bool] | None:  # noqa: ANN401 (the class or an alias of it)
    """Return the test of a condition that her own row answers; None: another table does."""
    test: ColumnElement[bool] | None = None
    if condition.kind is Kind.MUNICIPALITY:
        test = woman.municipality == condition.place
    elif condition.kind is Kind.AXIS:
        test = woman.axis == condition.place
    elif condition.kind is Kind.AGE:
        years = range(condition.year - condition.until, condition.year - condition.number + 1)
        test = woman.birth_year_hash.in_(
            [name_keys.birth_year_hash(asked.key, f"{year:04d}") for year in years]
        )
    return test


def _set(condition: Condition, asked: Asked) -> _Set:
    return _SETS[condition.kind](condition, asked)


def _workshop(condition: Condition, _asked: Asked) -> _Set:
    of_it = select(Group.id).where(Group.workshop_id == condition.id)
    return _Set(_seats(condition).where(Enrolment.group_id.in_(of_it)))


def _group(condition: Condition, _asked: Asked) -> _Set:
    return _Set(_seats(condition).where(Enrolment.group_id == condition.id))


def _seat(condition: Condition, _asked: Asked) -> _Set:
    if condition.state == Seat.NOWHERE:
        holding = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)
        return _Set(select(Enrolment.woman_id).where(Enrolment.state.in_(holding)), inside=False)
    return _Set(_seats(condition))


def _seats(condition: Condition) -> Select[Any]:
    return select(Enrolment.woman_id).where(Enrolment.state == _STATES[Seat(condition.state)])


def _attended(condition: Condition, _asked: Asked) -> _Set:
    return _marked(condition, AttendanceState.PRESENT)


def _absent(condition: Condition, _asked: Asked) -> _Set:
    return _marked(condition, AttendanceState.ABSENT)


def _marked(condition: Condition, state: AttendanceState) -> _Set:
    """Sessions that were held and marked so; a cancelled one was none."""
    found = (
        select(Attendance.woman_id)
        .join(Session, Session.id == Attendance.session_id)
        .where(Attendance.state == state, Session.cancelled_at.is_(None))
        .group_by(Attendance.woman_id)
        .having(func.count() >= condition.number)
    )
    if condition.since is not None:
        found = found.where(Session.starts_at >= condition.since)
    return _Set(found)


def _completed(condition: Condition, _asked: Asked) -> _Set:
    found = select(Graduation.woman_id).where(Graduation.undone_at.is_(None))
    if condition.place == WHOLE_PROGRAMME:
        return _Set(found.where(Graduation.workshop_id.is_(None)))
    if condition.place == ANY_WORKSHOP:
        return _Set(found.where(Graduation.workshop_id.is_not(None)))
    return _Set(found.where(Graduation.workshop_id == condition.id))


def _agency(condition: Condition, _asked: Asked) -> _Set:
    return _Set(select(Affiliation.woman_id).where(Affiliation.agency == condition.place))


def _written(condition: Condition, asked: Asked) -> _Set:
    """Whom a campaign or a reminder of ours left for in the last days."""
    # At rest a message keeps its day alone, that of UTC: a day counts whole.
    day = asked.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = day - timedelta(days=condition.number)
    gone = (OutboxMessage.state.in_(LEFT), OutboxMessage.created_at >= since)
    by_campaign = (
        select(CampaignRecipient.woman_id)
        .join(OutboxMessage, OutboxMessage.id == CampaignRecipient.outbox_id)
        .where(*gone)
    )
    by_reminder = (
        select(Reminder.woman_id).join(OutboxMessage, OutboxMessage.id == Reminder.outbox_id).where(*gone)
    )
    both = union_all(by_campaign, by_reminder).subquery()
    return _Set(select(both.c.woman_id))


def _campaign(condition: Condition, _asked: Asked) -> _Set:
    # By what is noted beside her: the message itself may be gone since.
    reached = select(CampaignRecipient.woman_id).where(
        CampaignRecipient.campaign_id == condition.id,
        CampaignRecipient.outcome.in_([state.value for state in ARRIVED]),
    )
    return _Set(reached, inside=condition.state != NOT_REACHED)


def _list(condition: Condition, _asked: Asked) -> _Set:
    return _Set(select(AudienceMember.woman_id).where(AudienceMember.list_id == condition.id))


_SETS: dict[Kind, Callable[[Condition, Asked], _Set]] = {
    Kind.WORKSHOP: _workshop,
    Kind.GROUP: _group,
    Kind.SEAT: _seat,
    Kind.ATTENDED: _attended,
    Kind.ABSENT: _absent,
    Kind.COMPLETED: _completed,
    Kind.AGENCY: _agency,
    Kind.WRITTEN: _written,
    Kind.CAMPAIGN: _campaign,
    Kind.LIST: _list,
}
