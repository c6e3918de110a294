"""Programmes, axes, agencies, workshops and groups as people write them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select

from models import FIRST_PROGRAMME, Axis, Programme, Workshop
from outreach.programme import enrolment, groups, programmes
from outreach.programme.groups import GroupDetails, WorkshopDetails
from outreach.programme.programmes import ProgrammeError, Rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

DETAILS = GroupDetails(code="h-1", municipality="14039", place="Casa de la Cultura", capacity=20)


def refused(field: str, session: Session, changes: dict[str, object]) -> str:
    with pytest.raises(ProgrammeError) as raised:
        groups.save_group(session, None, DETAILS._replace(**changes), _workshop(session).id)  # type: ignore[arg-type] # each its own type
    assert raised.value.field == field
    return str(raised.value)


def _workshop(session: Session) -> Workshop:
    known = session.scalar(select(Workshop).where(Workshop.code == "huerto"))
    if known is not None:
        return known
    details = WorkshopDetails("huerto", "Huerto en casa", "food", "Trae una cubeta.")
    return groups.save_workshop(session, None, details, FIRST_PROGRAMME)


def test_a_group_is_added_and_changed(session: Session) -> None:
    """What reaches her phone is one line."""
    made = groups.save_group(
        session,
        None,
        DETAILS._replace(directions="Frente al  templo,\njunto a la farmacia"),
        _workshop(session).id,
    )
    assert made.directions == "Frente al templo, junto a la farmacia"
    changed = groups.save_group(
        session, made, DETAILS._replace(capacity=30, facilitator="Ana"), made.workshop_id
    )
    assert (changed.id, changed.capacity, changed.facilitator, changed.directions) == (made.id, 30, "Ana", "")


def test_what_a_group_may_not_say(session: Session) -> None:
    """A code of another, an unknown place, half a position, and words that tell too much (P5)."""
    groups.save_group(session, None, DETAILS, _workshop(session).id)
    refused("code", session, {})
    refused("municipality", session, {"code": "x", "municipality": "99999"})
    refused("latitude", session, {"code": "x", "latitude": 20.0})
    told = refused(
        "directions", session, {"code": "x", "directions": "En el refugio para mujeres violentadas"}
    )
    assert "no puede decir" in told
    refused("place", session, {"code": "x", "place": "Centro de Justicia para las Mujeres"})
    groups.save_group(
        session, None, DETAILS._replace(code="y", place="Centro cultural"), _workshop(session).id
    )


def test_a_group_never_has_fewer_seats_than_women(session: Session, key: PersonalKey) -> None:
    group, _ = add_group(session, capacity=2)
    for number in range(3):
        enrolment.enrol(session, add_woman(session, key, number)[0], group.id)
    with pytest.raises(ProgrammeError, match="2 inscritas"):
        groups.save_group(session, group, DETAILS._replace(code="g", capacity=1), group.workshop_id)
    groups.save_group(session, group, DETAILS._replace(code="g", capacity=2), group.workshop_id)


def test_the_code_of_a_workshop_is_its_programmes(session: Session) -> None:
    """Two programmes may have workshops of one code; one programme may not."""
    _workshop(session)
    details = WorkshopDetails("huerto", "Otro", "food")
    with pytest.raises(ProgrammeError):
        groups.save_workshop(session, None, details, FIRST_PROGRAMME)
    other = programmes.add(session, "otro", Rules("Otro programa"))
    assert groups.save_workshop(session, None, details, other.id).programme_id == other.id


def test_a_programme_begins_with_the_five_axes(session: Session) -> None:
    """They are data from then on: renamed, ordered, added and retired."""
    made = programmes.add(session, "segundo", Rules("Segundo programa"))
    for programme_id in (FIRST_PROGRAMME, made.id):
        assert programmes.axis_names(session, programme_id) == programmes.FIRST_AXES
    new = programmes.add_axis(session, made.id, "values", "Valores")
    programmes.move_axis_up(session, new)
    assert list(programmes.axis_names(session, made.id))[-2:] == ["values", "employment"]
    programmes.retire(new, NOW)
    session.flush()
    assert list(programmes.axis_names(session, made.id))[-1] == "values"
    programmes.bring_back(new)
    with pytest.raises(ProgrammeError):
        programmes.add_axis(session, made.id, "values", "Otra vez")
    with pytest.raises(ProgrammeError):
        programmes.add_axis(session, made.id, "Con espacios", "No")
    assert len(programmes.axis_names(session, FIRST_PROGRAMME)) == 5


def test_the_first_axis_stays_first(session: Session) -> None:
    first = programmes.axes(session, FIRST_PROGRAMME)[0]
    programmes.move_axis_up(session, first)
    assert programmes.axes(session, FIRST_PROGRAMME)[0] is first


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("timezone", Rules("x", timezone="America/Zapopan")),
        ("timezone", Rules("x", timezone="../etc/passwd")),
        ("quiet_hours", Rules("x", quiet_hours="de 8 a 9")),
        ("quiet_hours", Rules("x", quiet_hours="20:00")),
        ("reminder_offsets", Rules("x", reminder_offsets="1440;120")),
        ("reminder_offsets", Rules("x", reminder_offsets="0")),
        ("reminder_offsets", Rules("x", reminder_offsets="9999999")),
    ],
)
def test_a_rule_that_can_not_be_read_is_refused(session: Session, field: str, rules: Rules) -> None:
    """It would silently stand for the installation's."""
    programme = session.get_one(Programme, FIRST_PROGRAMME)
    before = programme.name
    with pytest.raises(ProgrammeError) as raised:
        programmes.change(programme, rules)
    assert raised.value.field == field
    assert programme.name == before


def test_an_empty_rule_is_the_installations(session: Session) -> None:
    programme = session.get_one(Programme, FIRST_PROGRAMME)
    programmes.change(programme, Rules("Uno", "America/Tijuana", "21:00-08:00", "1440,60", 15, 18))
    assert (programme.timezone, programme.least_age) == ("America/Tijuana", 15)
    programmes.change(programme, Rules("Uno"))
    assert (programme.timezone, programme.quiet_hours, programme.reminder_offsets) == (None, None, None)


def test_agencies_are_renamed_and_retired(session: Session) -> None:
    """One that left stands last; its code is taken for good."""
    found = programmes.agencies(session)
    assert {one.code for one in found} == {"DIF", "SISEMH", "SSAS"}
    gone = next(one for one in found if one.code == "DIF")
    programmes.retire(gone, NOW)
    session.flush()
    assert programmes.agencies(session)[-1] is gone
    with pytest.raises(ProgrammeError):
        programmes.add_agency(session, "DIF", "Otra")
    assert programmes.add_agency(session, "INM", "Instituto").name == "Instituto"


def test_the_lines_of_programmes_count_their_own(session: Session) -> None:
    programmes.add(session, "otro", Rules("Otro"))
    groups.save_group(session, None, DETAILS, _workshop(session).id)
    groups.save_group(session, None, DETAILS._replace(code="h-2"), _workshop(session).id)
    assert [(one.workshops, one.groups) for one in programmes.lines(session)] == [(1, 2), (0, 0)]


def test_an_axis_of_nobody_is_not_there(session: Session) -> None:
    assert programmes.axis_names(session, uuid.uuid4()) == {}
    assert len(session.scalars(select(Axis)).all()) == 5
