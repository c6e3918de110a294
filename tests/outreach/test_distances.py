"""What is called near was measured: seats of municipalities, by the distance over the ground."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group
from sqlalchemy import select
from support import counting

from models import Municipality, Workshop
from outreach.programme import distances, enrolment
from outreach.start import seed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GUADALAJARA, ZAPOPAN, TONALA, VALLARTA = "14039", "14120", "14101", "14067"


def place_of(session: Session, code: str) -> tuple[float, float]:
    row = session.get_one(Municipality, code)
    assert row.latitude is not None
    assert row.longitude is not None
    return row.latitude, row.longitude


def group_in(session: Session, code: str, municipality: str, *, axis: str = "food") -> None:
    group, _ = add_group(session, code=code, starts_in=timedelta(days=2))
    group.municipality, group.place = municipality, f"Aula {code}"
    session.get_one(Workshop, group.workshop_id).axis = axis
    session.flush()


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ((0.0, 0.0), (0.0, 90.0), 10007.6),  # a quarter of the equator
        ((20.0, -103.0), (20.0, -103.0), 0.0),
        ((90.0, 0.0), (-90.0, 120.0), 20015.1),  # from pole to pole
    ],
)
def test_the_distance_of_two_places(
    here: tuple[float, float], there: tuple[float, float], expected: float
) -> None:
    assert distances.kilometres(here, there) == pytest.approx(expected, abs=0.1)
    assert distances.kilometres(there, here) == pytest.approx(expected, abs=0.1)


def test_every_municipality_of_the_state_is_measured(session: Session) -> None:
    """All 125, each within the state, no two at one place; Vallarta is far away, Zapopan is not."""
    rows = session.scalars(select(Municipality)).all()
    assert len(rows) == 125
    places = {place_of(session, row.code) for row in rows}
    assert len(places) == 125
    assert all(18.9 < lat < 22.8 and -105.7 < lon < -101.5 for lat, lon in places)
    centre = place_of(session, GUADALAJARA)
    assert distances.kilometres(centre, place_of(session, ZAPOPAN)) < 10
    assert 195 < distances.kilometres(centre, place_of(session, VALLARTA)) < 205
    # Homonyms elsewhere in the state are not taken for a seat: El Salto and Juanacatlán lie side by side.
    assert distances.kilometres(place_of(session, "14070"), place_of(session, "14051")) < 5


def test_what_a_person_measured_stays(session: Session) -> None:
    session.get_one(Municipality, ZAPOPAN).latitude = 20.5
    session.get_one(Municipality, TONALA).latitude = None
    session.flush()
    seed.plant(session)
    session.expire_all()
    assert place_of(session, ZAPOPAN)[0] == 20.5
    assert place_of(session, TONALA)[0] == pytest.approx(20.62, abs=0.05)


def test_the_nearest_groups_come_first(session: Session) -> None:
    """By distance, whatever the axis and the order of their codes; in one statement."""
    for code, where in (("a", VALLARTA), ("b", TONALA), ("c", GUADALAJARA), ("d", "14053")):
        group_in(session, code, where, axis="health" if code == "c" else "food")
    with counting(session) as statements:
        found = enrolment.offers(session, NOW, axis="food", near=ZAPOPAN)
    assert len(statements) == 1
    assert [offer.group.code for offer in found] == ["c", "b", "d"]
    away = [offer.kilometres for offer in found]
    expected = [
        distances.kilometres(place_of(session, ZAPOPAN), place_of(session, code))
        for code in (GUADALAJARA, TONALA, "14053")
    ]
    assert away == [pytest.approx(one, abs=0.001) for one in expected]
    assert found[0].municipality == "Guadalajara"


def test_what_was_not_measured_is_not_called_near(session: Session) -> None:
    """Neither from a place without coordinates, nor to one: it stands first, without a distance."""
    for code, where in (("a", VALLARTA), ("b", TONALA), ("c", GUADALAJARA), ("d", "14053")):
        group_in(session, code, where)
    session.get_one(Municipality, VALLARTA).latitude = None
    session.flush()
    assert [o.kilometres is None for o in enrolment.offers(session, NOW, near=ZAPOPAN)] == [
        True,
        False,
        False,
    ]
    assert {o.kilometres for o in enrolment.offers(session, NOW, near=VALLARTA)} == {None}
    assert {o.kilometres for o in enrolment.offers(session, NOW)} == {None}


def test_closed_groups_and_retired_workshops_are_not_offered(session: Session) -> None:
    for code in ("a", "b", "c"):
        group_in(session, code, GUADALAJARA)
    first, second, _ = enrolment.offers(session, NOW)
    first.group.closed_at = second.group.workshop.retired_at = NOW
    session.flush()
    assert [offer.group.code for offer in enrolment.offers(session, NOW)] == ["c"]


@pytest.mark.parametrize(("distance", "said"), [(0.2, 1), (7.4, 7), (19.4, 19), (21.0, 20), (198.9, 200)])
def test_kilometres_are_said_round(distance: float, said: int) -> None:
    assert distances.rounded(distance) == said
