"""What she is told of groups elsewhere, of how to get there, and of the subjects of workshops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import select
from test_ordinary_answers import Apply

from models import FIRST_PROGRAMME, Axis, EnrolmentState, Municipality
from outreach.messages.reveal import revealing_words
from outreach.programme import enrolment, groups
from outreach.texts import workshops as texts
from outreach.turns.effects import ChooseGroup, OfferGroups, TellLocation, TellWorkshops

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

VALLARTA, TONALA, LAGOS, COLOTLAN = "14067", "14101", "14053", "14025"


@pytest.fixture
def apply(session: Session, key: PersonalKey, settings: Settings) -> Apply:
    return Apply(session, key, settings)


def groups_in(session: Session, *municipalities: str) -> None:
    for number, municipality in enumerate(municipalities):
        group, _ = add_group(session, code=f"g{number}")
        group.municipality, group.place = municipality, f"Aula {number}"
    session.flush()


def test_the_nearest_are_named_with_their_distance(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Hers is Guadalajara, which has none: Tonalá stands first, each with its municipality and kilometres."""
    _, conversation = add_woman(session, key)
    groups_in(session, VALLARTA, LAGOS, TONALA)
    said = apply(conversation, OfferGroups())[0]
    lines = said.body.splitlines()
    assert lines[0] == ("En tu municipio no hay grupo por ahora. Estos son los más cercanos, en línea recta:")
    assert [line.split(",")[1].strip() for line in lines[1:4]] == ["Aula 2", "Aula 1", "Aula 0"]
    assert "Tonalá, a unos 13 km." in lines[1]
    assert "Puerto Vallarta, a unos 195 km." in lines[3]
    assert len(said.buttons) == 3
    assert revealing_words(said.body) == []


def test_the_nearest_to_a_place_that_she_names(apply: Apply, session: Session, key: PersonalKey) -> None:
    """It is that place that counts, not hers; her own municipality may be among them."""
    _, conversation = add_woman(session, key)
    groups_in(session, VALLARTA, "14039", TONALA)
    said = apply(conversation, OfferGroups(municipality=COLOTLAN))[0].body.splitlines()
    assert said[0] == "En Colotlán no hay grupo por ahora. Estos son los más cercanos, en línea recta:"
    assert "Guadalajara" in said[1]
    assert "Tonalá" in said[2]


def test_nothing_is_near_where_it_was_not_measured(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Neither of her place nor of one of theirs: they are elsewhere, and no more is said."""
    _, conversation = add_woman(session, key)
    groups_in(session, VALLARTA, TONALA)
    for unknown in ("14039", VALLARTA):
        place = session.get_one(Municipality, unknown)
        kept, place.longitude = place.longitude, None
        session.flush()
        said = apply(conversation, OfferGroups())[0].body
        assert "Estos están en otros municipios" in said
        assert "cercan" not in said
        assert " km" not in said
        place.longitude = kept
    session.flush()
    assert "cercanos" in apply(conversation, OfferGroups())[0].body


def test_without_a_municipality_nothing_is_near(apply: Apply, session: Session, key: PersonalKey) -> None:
    woman, conversation = add_woman(session, key)
    woman.municipality = None
    groups_in(session, TONALA)
    said = apply(conversation, OfferGroups())[0].body
    assert said.startswith("Estos son grupos con sesiones próximas")
    assert " km" not in said


def test_no_group_at_all(apply: Apply, session: Session, key: PersonalKey) -> None:
    _, conversation = add_woman(session, key)
    assert apply(conversation, OfferGroups())[0].body == texts.OFFER_NONE
    assert apply(conversation, OfferGroups(municipality=TONALA))[0].body == texts.OFFER_NONE


def test_a_group_that_closed_meanwhile(apply: Apply, session: Session, key: PersonalKey) -> None:
    """She answers with the number of a group that was closed since: it is said, and she is in none."""
    woman, conversation = add_woman(session, key)
    group, _ = add_group(session)
    groups.close(group, NOW)
    session.flush()
    said = apply(conversation, ChooseGroup(group=str(group.id)))[0].body
    assert said == texts.GROUP_GONE
    assert enrolment.active(session, woman.id) == []
    groups.open_again(group)
    apply(conversation, ChooseGroup(group=str(group.id)))
    assert [seat.state for seat in enrolment.active(session, woman.id)] == [EnrolmentState.ENROLLED]


def test_how_to_get_there_is_told_with_the_place(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Where the coordinator wrote it; who gives the workshop is told to nobody."""
    _, conversation, first = add_enrolled(session, key)
    assert "Cómo llegar" not in apply(conversation, TellLocation())[0].body
    first.group.directions, first.group.facilitator = "Ruta 24, frente al mercado", "Ana Prueba"
    session.flush()
    said = apply(conversation, TellLocation())[0].body
    assert said.endswith("Cómo llegar: Ruta 24, frente al mercado")
    assert "Ana" not in said


def test_subjects_are_named_as_the_programme_names_them(
    apply: Apply, session: Session, key: PersonalKey
) -> None:
    """In its order and words; retired workshops are not listed."""
    _, conversation = add_woman(session, key)
    one, _ = add_group(session, code="a")
    other, _ = add_group(session, code="b")
    other.workshop.axis, other.workshop.name = "health", "Yoga"
    for axis in session.scalars(select(Axis).where(Axis.programme_id == FIRST_PROGRAMME)):
        if axis.code == "health":
            axis.name, axis.position = "Bienestar", 0
    session.flush()
    assert apply(conversation, TellWorkshops())[0].body.splitlines()[1:] == [
        "• Bienestar: Yoga", "• Alimentación: Huerto en casa",
    ]  # fmt: skip
    one.workshop.retired_at = NOW
    session.flush()
    assert "Huerto" not in apply(conversation, TellWorkshops())[0].body
