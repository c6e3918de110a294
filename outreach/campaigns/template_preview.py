"""A template as a woman would read it: filled from a real row, by what its variables are for.

What stands in for her is what the sender itself fills in (first name, workshop, next session, place), of a
woman whom the coordinator may see; nothing here reads a conversation (promise P4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from models import Affiliation, Enrolment, EnrolmentState, Group, Woman, Workshop
from models import Session as Meeting
from outreach.campaigns import variables
from outreach.ground import dates
from outreach.ground.words import fold
from outreach.messages import templates, templates_rules
from outreach.people import registry
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from models import Template
    from outreach.sealing.crypto import PersonalKey

FIRST_NAME, WORKSHOP, WHEN, WHERE, GROUP = "nombre", "taller", "cuándo es", "lugar", "grupo"
KNOWN: Final = (FIRST_NAME, WORKSHOP, WHEN, WHERE, GROUP)
"""Names of variables that are filled from her row; what has another name shows its sample."""
_ALSO: Final = {"cuándo era": WHEN, "cuándo": WHEN, "fecha": WHEN, "sesión": WHEN, "dónde": WHERE}
MOST_GROUPS: Final = 50
"""Of 35,000 women those of so many groups are looked through, the soonest sessions first."""
ROWS: Final = 20
"""How many rows a preview can step through."""


@dataclass(frozen=True)
class Example:
    """The text with a woman's own row in it; `name` is empty where nobody has a session to come."""

    text: str
    name: str = ""
    from_row: frozenset[str] = frozenset()


def example(
    session: Session,
    key: PersonalKey,
    template: Template,
    zone: ZoneInfo,
    agency: str | None,
    now: datetime,
    *,
    place: int = 0,
) -> Example:
    """Return what a woman of the programme would read; `place` is whose turn it is, from 0."""
    samples = templates.samples_of(template)
    programme_id = None if template.name in texts.GIVEN else template.programme_id
    row = _row(session, programme_id, agency, now, max(0, min(place, ROWS - 1)))
    if row is None:
        return Example(templates.render(template, samples))
    woman, group, workshop, starts_at = row
    details = registry.read_details(key, woman)
    hers = {
        FIRST_NAME: variables.first_name(details),
        WORKSHOP: workshop,
        WHEN: dates.date_and_hour(starts_at, zone),
        WHERE: group.place,
        GROUP: group.code,
    }
    given = _given(templates.names_of(template), hers)
    return Example(
        templates.render(template, {**samples, **given}),
        details.full_name or details.preferred_name,
        frozenset(given),
    )


def _given(names: Mapping[str, str], hers: Mapping[str, str]) -> dict[str, str]:
    known = {fold(name): value for name, value in hers.items()}
    known |= {fold(name): hers[what] for name, what in _ALSO.items()}
    found = {number: known.get(fold(name), "") for number, name in names.items()}
    return {number: value for number, value in found.items() if templates_rules.cleaned(value)}


def _row(
    session: Session, programme_id: uuid.UUID | None, agency: str | None, now: datetime, place: int
) -> tuple[Woman, Group, str, datetime] | None:
    """Return a woman who has a seat in a group with a session to come, the soonest first."""
    of_her = Affiliation.woman_id == Woman.id
    theirs = select(Affiliation.id).where(of_her)
    seen = or_(~theirs.exists(), theirs.where(Affiliation.agency == agency).exists())
    soonest = (
        select(Meeting.group_id, func.min(Meeting.starts_at).label("starts_at"))
        .where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
        .group_by(Meeting.group_id)
        .order_by(func.min(Meeting.starts_at), Meeting.group_id)
        .limit(MOST_GROUPS)
    )
    if programme_id is not None:
        of_programme = select(Group.id).join(Workshop, Workshop.id == Group.workshop_id)
        soonest = soonest.where(
            Meeting.group_id.in_(of_programme.where(Workshop.programme_id == programme_id))
        )
    following = soonest.subquery()
    query = (
        select(Woman, Group, Workshop.name, following.c.starts_at)
        .join(Enrolment, and_(Enrolment.woman_id == Woman.id, Enrolment.state == EnrolmentState.ENROLLED))
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .join(following, following.c.group_id == Group.id)
        .order_by(following.c.starts_at, Group.id, Woman.id)
        .offset(place)
        .limit(1)
    )
    if agency is not None:
        query = query.where(seen)
    found = session.execute(query).first()
    return None if found is None else (found[0], found[1], found[2], found[3])
