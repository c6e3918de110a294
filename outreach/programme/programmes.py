"""The programmes that this installation serves, their axes, and the agencies that share the single list.

Whatever else names them by a code keeps that code for good: they are renamed and retired, never deleted.
"""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from models import Agency, Axis, Group, Programme, Workshop
from outreach.ground.programme_rules import LONGEST_OFFSET
from outreach.messages import reveal
from outreach.texts import programme as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

# What a programme begins with; the names are data from then on (domain.md, 1: list of the five axes).
FIRST_AXES: Final = {
    "food": "Alimentación",
    "production": "Producción",
    "occupation": "Oficios",
    "health": "Salud",
    "employment": "Empleo",
}
_OFFSETS = re.compile(r"[0-9]+(?:,[0-9]+)*")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")


class ProgrammeError(ValueError):
    """This can't be saved. `field` is where; the message says why, for whoever fills in the form."""

    def __init__(self, field: str, message: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(message)
        self.field = field


class Rules(NamedTuple):
    """What a programme decides for itself, as typed; empty: the installation's.

    `approval_above` empty: no campaign needs a second person.
    """

    name: str
    timezone: str = ""
    quiet_hours: str = ""
    reminder_offsets: str = ""
    least_age: int | None = None
    guardian_under: int | None = None
    approval_above: int | None = None


class ProgrammeLine(NamedTuple):
    """A programme with how many workshops and groups it has."""

    programme: Programme
    workshops: int
    groups: int


def refuse_revealing(**fields: str) -> None:
    """Refuse what reaches her phone and tells too much when it is typed, not at the gate (promise P5).

    Raises:
        ProgrammeError: for the first field with such a word.
    """
    for field, text in fields.items():
        found = reveal.revealing_words(text)
        if found:
            raise ProgrammeError(field, texts.REVEALS.format(words=", ".join(found)))


def names(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return id and name of every programme, the oldest first."""
    rows = session.execute(select(Programme.id, Programme.name).order_by(Programme.created_at, Programme.id))
    return [(programme_id, name) for programme_id, name in rows]


def lines(session: Session) -> list[ProgrammeLine]:
    """Return the programmes, the oldest first, with what each has."""
    query = (
        select(Programme, func.count(Workshop.id.distinct()), func.count(Group.id))
        .outerjoin(Workshop, Workshop.programme_id == Programme.id)
        .outerjoin(Group, Group.workshop_id == Workshop.id)
        .group_by(Programme.id)
        .order_by(Programme.created_at, Programme.id)
    )
    return [ProgrammeLine(*row) for row in session.execute(query)]


def add(session: Session, code: str, rules: Rules) -> Programme:
    """Add a programme with the first axes.

    Raises:
        ProgrammeError: the code is taken or malformed, or a rule can't be read.
    """
    if not _CODE.fullmatch(code):
        raise ProgrammeError("code", texts.NOT_A_CODE)
    if session.scalar(select(Programme.id).where(Programme.code == code)) is not None:
        raise ProgrammeError("code", texts.CODE_TAKEN)
    made = Programme(code=code, name=rules.name)
    change(made, rules)
    session.add(made)
    session.flush()
    lay_axes(session, made.id)
    return made


def change(programme: Programme, rules: Rules) -> None:
    """Give a programme its name and rules; what is empty is the installation's.

    Raises:
        ProgrammeError: a rule can't be read; nothing is changed.
    """
    _check(rules)
    programme.name = rules.name
    programme.timezone = rules.timezone or None
    programme.quiet_hours = rules.quiet_hours or None
    programme.reminder_offsets = rules.reminder_offsets or None
    programme.least_age, programme.guardian_under = rules.least_age, rules.guardian_under
    programme.approval_above = rules.approval_above


def _check(rules: Rules) -> None:
    if rules.timezone:
        try:
            ZoneInfo(rules.timezone)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            raise ProgrammeError("timezone", texts.NOT_A_ZONE) from None
    if rules.quiet_hours:
        try:
            _, _ = (time.fromisoformat(part) for part in rules.quiet_hours.split("-"))
        except ValueError:
            raise ProgrammeError("quiet_hours", texts.NOT_QUIET_HOURS) from None
    offsets = rules.reminder_offsets
    if offsets and not (
        _OFFSETS.fullmatch(offsets) and all(0 < int(one) <= LONGEST_OFFSET for one in offsets.split(","))
    ):
        raise ProgrammeError("reminder_offsets", texts.NOT_OFFSETS)


def lay_axes(session: Session, programme_id: uuid.UUID) -> None:
    """Give a programme without any axis the first ones."""
    if session.scalar(select(Axis.id).where(Axis.programme_id == programme_id).limit(1)) is None:
        session.add_all(
            Axis(programme_id=programme_id, code=code, name=name, position=position)
            for position, (code, name) in enumerate(FIRST_AXES.items(), start=1)
        )
        session.flush()


def axes(session: Session, programme_id: uuid.UUID) -> Sequence[Axis]:
    """Return the axes of a programme in their order, retired ones last."""
    return session.scalars(
        select(Axis)
        .where(Axis.programme_id == programme_id)
        .order_by(Axis.retired_at.is_not(None), Axis.position, Axis.code)
    ).all()


def axis_names(session: Session, programme_id: uuid.UUID) -> dict[str, str]:
    """Return code and name of the axes of a programme in their order, those that were retired too."""
    return {axis.code: axis.name for axis in axes(session, programme_id)}


def all_axis_names(session: Session) -> dict[tuple[uuid.UUID, str], str]:
    """Return the name of every axis by its programme and code."""
    rows = session.execute(select(Axis.programme_id, Axis.code, Axis.name))
    return {(programme_id, code): name for programme_id, code, name in rows}


def add_axis(session: Session, programme_id: uuid.UUID, code: str, name: str) -> Axis:
    """Add an axis at the end.

    Raises:
        ProgrammeError: the code is taken or malformed, or the name reveals.
    """
    refuse_revealing(name=name)
    if not _CODE.fullmatch(code):
        raise ProgrammeError("code", texts.NOT_A_CODE)
    known = axes(session, programme_id)
    if any(axis.code == code for axis in known):
        raise ProgrammeError("code", texts.CODE_TAKEN)
    last = max((axis.position for axis in known), default=0)
    made = Axis(programme_id=programme_id, code=code, name=name, position=last + 1)
    session.add(made)
    session.flush()
    return made


def rename_axis(axis: Axis, name: str) -> None:
    """Give an axis another name, which she reads in the list of workshops.

    Raises:
        ProgrammeError: it reveals.
    """
    refuse_revealing(name=name)
    axis.name = name


def move_axis_up(session: Session, axis: Axis) -> None:
    """Let an axis change places with the one before it."""
    order = [one for one in axes(session, axis.programme_id) if one.retired_at is None]
    at = order.index(axis) if axis in order else 0
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
    for position, one in enumerate(order, start=1):
        one.position = position
    session.flush()


def retire(row: Axis | Agency | Workshop, now: datetime) -> None:
    """Stop offering it; what names it stays as it is."""
    row.retired_at = row.retired_at or now


def bring_back(row: Axis | Agency | Workshop) -> None:
    """Offer it again."""
    row.retired_at = None


def agencies(session: Session) -> Sequence[Agency]:
    """Return the agencies by name, those that left last."""
    return session.scalars(select(Agency).order_by(Agency.retired_at.is_not(None), Agency.name)).all()


def add_agency(session: Session, code: str, name: str) -> Agency:
    """Add an agency.

    Raises:
        ProgrammeError: the code is taken.
    """
    if session.get(Agency, code) is not None:
        raise ProgrammeError("code", texts.CODE_TAKEN)
    made = Agency(code=code, name=name)
    session.add(made)
    session.flush()
    return made
