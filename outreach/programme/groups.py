"""Workshops and their groups, as coordinators write them.

Names, places and directions reach her phone: a word that tells too much is refused when it is typed, not
months later at the gate (promise P5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from models import Group, Municipality, Workshop
from outreach.programme import enrolment
from outreach.programme.programmes import ProgrammeError, refuse_revealing
from outreach.texts import programme as texts

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session


class WorkshopDetails(NamedTuple):
    """What a form says of a workshop."""

    code: str
    name: str
    axis: str
    description: str = ""


class GroupDetails(NamedTuple):
    """What a form says of a group."""

    code: str
    municipality: str
    place: str
    capacity: int
    directions: str = ""
    facilitator: str = ""
    latitude: float | None = None
    longitude: float | None = None


def save_workshop(
    session: Session, row: Workshop | None, details: WorkshopDetails, programme_id: uuid.UUID
) -> Workshop:
    """Add or change a workshop of a programme.

    Raises:
        ProgrammeError: the code is another's, or a text reveals.
    """
    refuse_revealing(name=details.name, description=details.description)
    same = session.scalar(
        select(Workshop).where(Workshop.programme_id == programme_id, Workshop.code == details.code)
    )
    if same is not None and same is not row:
        raise ProgrammeError("code", texts.CODE_TAKEN)
    saved = row or Workshop(programme_id=programme_id)
    saved.code, saved.name, saved.axis, saved.description = details
    session.add(saved)
    session.flush()
    return saved


def save_group(session: Session, row: Group | None, details: GroupDetails, workshop_id: uuid.UUID) -> Group:
    """Add or change a group of a workshop. Seats that it has to give after that go by `waiting_list.fill`.

    Raises:
        ProgrammeError: the code is another's, the capacity is below the seats taken, or a text reveals.
    """
    refuse_revealing(place=details.place, directions=details.directions)
    if session.get(Municipality, details.municipality) is None:
        raise ProgrammeError("municipality", texts.NO_SUCH_PLACE)
    if (details.latitude is None) != (details.longitude is None):
        raise ProgrammeError("latitude", texts.BOTH_COORDINATES)
    same = session.scalar(select(Group).where(Group.code == details.code))
    if same is not None and same is not row:
        raise ProgrammeError("code", texts.CODE_TAKEN)
    if row is not None:
        session.refresh(row, with_for_update=True)
        taken = enrolment.enrolled_count(session, row.id)
        if details.capacity < taken:
            raise ProgrammeError("capacity", texts.TOO_FEW_SEATS.format(enrolled=taken))
    saved = row or Group(workshop_id=workshop_id)
    for name, value in details._asdict().items():
        setattr(saved, name, value)
    session.add(saved)
    session.flush()
    return saved


def close(group: Group, now: datetime) -> None:
    """Take nobody new; those in it, and those who wait, stay."""
    group.closed_at = group.closed_at or now


def open_again(group: Group) -> None:
    """Take women again."""
    group.closed_at = None
