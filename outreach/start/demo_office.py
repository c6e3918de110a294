"""The sample programme at work: a group half-way with its list, a session moved, a certificate, two requests.

What a coordinator would else meet only after weeks: who was absent twice, a request with its days left.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models import Enrolment, EnrolmentState, Graduation, Group, MarkSource, MarkState, Session
from outreach.ground import dates
from outreach.programme import attendance, certificates, timetable
from outreach.programme.attendance import Mark
from outreach.single_list import requests
from outreach.single_list.requests import Asked

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HALFWAY, MOVED = "huerto-1", "costura-1"
"""The group that has met already, and the one of which a session was moved."""
MET: Final = (timedelta(days=30), timedelta(days=15))
"""How long ago it met."""
LATER: Final = timedelta(days=1, hours=2)
ABSENT, CERTIFIED = 3, 2
REQUESTS: Final = (
    (requests.ACCESS, "Quiere una copia de lo que tenemos de ella.", "Vino a la oficina.", 6),
    (requests.CORRECTION, "Su segundo apellido está mal escrito.", "Por teléfono.", 18),
)
"""What is asked, in her words, how, and how many days ago."""


def load(db: Database, key: PersonalKey, settings: Settings, women: list[Woman], now: datetime) -> None:
    """Add what an office has on its desk to the sample programme."""
    _met(db, now)
    _moved(db, now)
    for graduation in db.scalars(select(Graduation).order_by(Graduation.id).limit(CERTIFIED)):
        certificates.issue(db, key, graduation, by=None, now=now)
    for (kind, asked, contact, ago), woman in zip(REQUESTS, women, strict=False):
        received: date = dates.today(settings.timezone, now) - timedelta(days=ago)
        requests.enter(db, key, settings, Asked(kind, woman.id, asked, contact, received, None), now)
    db.flush()


def _met(db: Database, now: datetime) -> None:
    """Let a group have met twice, with a list for each: a few were absent both times."""
    group = db.scalar(select(Group).where(Group.code == HALFWAY))
    if group is None:
        return
    seats = db.scalars(
        select(Enrolment)
        .where(Enrolment.group_id == group.id, Enrolment.state == EnrolmentState.ENROLLED)
        .order_by(Enrolment.seq)
    ).all()
    for number, ago in enumerate(MET, start=1):
        at = (now - ago).replace(hour=16, minute=0, second=0, microsecond=0)
        meeting = Session(code=f"{group.code}-p{number}", group_id=group.id, starts_at=at)
        db.add(meeting)
        for seat in seats:
            seat.created_at = min(seat.created_at, at - timedelta(days=3))
        db.flush()
        marks = [
            Mark(uuid.uuid4(), seat.woman_id, MarkState.ABSENT if place < ABSENT else MarkState.PRESENT, at)
            for place, seat in enumerate(seats)
        ]
        attendance.record(db, meeting.id, marks, source=MarkSource.DOOR, by=None, now=now)


def _moved(db: Database, now: datetime) -> None:
    """Move the next session of a group; those enrolled are owed a notice of it, as of any."""
    first = db.scalar(
        select(Session)
        .join(Group, Group.id == Session.group_id)
        .where(Group.code == MOVED, Session.starts_at > now)
        .order_by(Session.starts_at)
        .limit(1)
    )
    if first is not None:
        timetable.move_session(db, first, first.starts_at + LATER, first.minutes, now)
