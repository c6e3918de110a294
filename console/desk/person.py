"""The panel about her: who she is, her numbers, where she is, and what to read aloud to 911. Holder only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.access import caseworker, db, now, settings
from console.desk.panels import panel
from console.display import near_moment
from models import EnrolmentState, Group
from outreach.casework import person
from outreach.casework.opened import DeskError
from outreach.ground import dates
from outreach.programme import enrolment
from outreach.texts import desk_closing
from outreach.texts import desk_person as texts

if TYPE_CHECKING:
    import uuid

    from console.desk.case_page import CasePage
    from models import Enrolment
    from outreach.casework.person import Person, SharedPlace

HOLDER = frozenset({"mine", "shut"})


@dataclass(frozen=True)
class Seat:
    """A group of hers and what comes next in it."""

    workshop: str
    place: str
    following: str


@panel("person", title="Ella", order=10, shown=lambda page: page.mode in HOLDER, live=True)
def who_she_is(page: CasePage) -> dict[str, object]:
    """Show who she is; the look is recorded."""
    try:
        her = person.see_person(db(), caseworker(), page.id, now())
    except DeskError:
        return {"her": None, "texts": texts}  # a colleague took it over while this page was being made
    db().commit()
    private, place = page.opened.private, person.last_place(page.entries)
    hours = private.contact_words if private else None
    if private and not hours and private.contact_from:
        hours = f"{private.contact_from} a {private.contact_until}"
    return {
        "her": her,
        "age": texts.years(her.age(dates.today(settings().timezone, now()))),
        "language": private.language if private else None,
        "hours": hours,
        "shared": private.phone_shared if private else None,
        "seats": _seats(her.woman_id) if her.woman_id else [],
        "place": place,
        "for_911": _for_911(page, her, place),
        "medical": page.opened.about in texts.MEDICAL,
        "outcome": desk_closing.label,
        "texts": texts,
    }


def _for_911(page: CasePage, her: Person, place: SharedPlace | None) -> list[str]:
    opened = page.opened
    return texts.for_911(
        opened.about,
        danger=opened.state.urgency == "danger",
        name=her.full_name or her.name,
        age=texts.years(her.age(dates.today(settings().timezone, now()))),
        number=next((one.aloud for one in her.numbers if one.confirmed), ""),
        place=(place.in_words, place.coordinates, _shared(place)) if place else None,
        lives_in=", ".join(filter(None, (her.locality, her.municipality))),
        others_read=page.cover is not None or bool(opened.private and opened.private.phone_shared),
    )


def _shared(place: SharedPlace) -> str:
    when = near_moment(place.at)
    return f"{when}; {texts.PERHAPS_ANOTHER}" if place.covered else when


def _seats(woman_id: uuid.UUID) -> list[Seat]:
    return [_seat(one) for one in enrolment.active(db(), woman_id)]


def _seat(one: Enrolment) -> Seat:
    group = db().get_one(Group, one.group_id)
    if one.state is EnrolmentState.WAITING:
        following = texts.WAITING
    else:
        session = enrolment.next_session(db(), group.id, now())
        following = texts.NEXT_SESSION.format(when=near_moment(session.starts_at)) if session else ""
    return Seat(group.workshop.name, group.place, following or texts.NO_SESSION)
