"""Who she is, for the caseworker who has her conversation; and what is read aloud to 911."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import people
import pytest
from at_desk import lines_of
from desk_steps import NOW, Desk
from desk_support import case_of, close_case

from models import Turn
from outreach.casework import person, taking
from outreach.casework.opened import NotYoursError
from outreach.casework.permitted import NeedsReasonError
from outreach.casework.thread import Entry
from outreach.ground import addresses
from outreach.messages import conversation_state
from outreach.messages.inbox import Incoming, Kind
from outreach.people import registry
from outreach.staff.audit import Action
from outreach.texts import desk_person as texts
from outreach.turns import keep, turn_context

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case, Conversation, Woman
    from outreach.casework.person import Person
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

TODAY = date(2026, 11, 23)


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _hers(desk: Desk) -> tuple[Case, Woman, Conversation]:
    """A case that Lucia has, of a woman on the list."""
    woman, conversation = people.add_woman(desk.session, desk.key)
    case = case_of(desk.session, desk.key, conversation, NOW)
    taking.take(desk.session, desk.lucia, case.id, NOW)
    return case, woman, conversation


def _change(desk: Desk, woman: Woman, **values: str) -> None:
    details = registry.read_details(desk.key, woman)
    for name, value in values.items():
        setattr(details, name, value)
    registry.write_details(desk.session, desk.key, woman, details)


def _see(desk: Desk, case: Case) -> Person:
    return person.see_person(desk.session, desk.lucia, case.id, NOW)


def test_who_she_is(desk: Desk) -> None:
    """What the single list knows of her, and the number as it is dialled and read aloud."""
    case, woman, _ = _hers(desk)
    _change(desk, woman, locality="El Rosario")
    her = _see(desk, case)
    assert (her.woman_id, her.name, her.full_name) == (woman.id, "Prueba", "Prueba Número 1")
    assert (her.municipality, her.locality) == ("Guadalajara", "El Rosario")
    assert her.age(TODAY) == (36, 36)
    assert [(n.dialled, n.aloud, n.writes, n.confirmed) for n in her.numbers] == [
        ("+523300000001", "33 0000 0001", True, True)
    ]


def test_as_she_wants_to_be_called_now(desk: Desk) -> None:
    """The name that she gave in this conversation goes before the one of the list."""
    case, _, conversation = _hers(desk)
    private = conversation_state.read(desk.key, conversation)
    private.preferred_name = "Lupe"
    conversation_state.write(desk.key, conversation, private)
    assert _see(desk, case).name == "Lupe"


@pytest.mark.parametrize(
    ("born", "year", "age", "said"),
    [
        ("1990-11-23", "", (36, 36), "36 años"),
        ("1990-11-24", "", (35, 35), "35 años"),
        ("", "1990", (35, 36), "35 o 36 años"),
        ("", "", None, ""),
        ("23 de noviembre", "", None, ""),
        ("", "noventa", None, ""),
    ],
)
def test_her_age(desk: Desk, born: str, year: str, age: tuple[int, int] | None, said: str) -> None:
    """By her birthday, or both that a year can be; what can't be read is not known, and breaks no page."""
    case, woman, _ = _hers(desk)
    her = _see(desk, case)
    details = registry.read_details(desk.key, woman)
    details.birth_date, details.birth_year = born, year
    found = person._birth(details)
    assert type(her)(*(None, "", "", *found, "", "", ())).age(TODAY) == age
    assert texts.years(age) == said


def test_all_her_numbers(desk: Desk) -> None:
    """The one that writes first; one that she only named last and marked; a number once; no user id."""
    case, woman, _ = _hers(desk)
    other = people.add_woman(desk.session, desk.key, 2)[1]
    hidden = people.add_woman(desk.session, desk.key, 3)[1]
    other.woman_id = hidden.woman_id = woman.id
    hidden.addresses[0].address_cipher = desk.key.encrypt(
        {"address": "whatsapp:MX.abc123"}, place=f"address:{hidden.addresses[0].id}"
    )
    _change(desk, woman, phone="+523312345678")
    desk.session.flush()
    assert [(n.aloud, n.writes, n.confirmed) for n in _see(desk, case).numbers] == [
        ("33 0000 0001", True, True),
        ("33 0000 0002", False, True),
        ("33 1234 5678", False, False),
    ]
    _change(desk, woman, phone="+523300000002")
    assert [n.confirmed for n in _see(desk, case).numbers] == [True, True]


def test_not_on_the_list(desk: Desk) -> None:
    """A woman who never enrolled: her number alone."""
    woman, conversation = people.add_woman(desk.session, desk.key)
    conversation.woman_id = None
    case = case_of(desk.session, desk.key, conversation, NOW)
    taking.take(desk.session, desk.lucia, case.id, NOW)
    her = _see(desk, case)
    assert (her.woman_id, her.name, her.full_name, her.municipality, her.age(TODAY)) == (
        None,
        "",
        "",
        "",
        None,
    )
    assert [n.aloud for n in her.numbers] == ["33 0000 0001"]
    assert woman.id


def test_for_the_holder_only(desk: Desk) -> None:
    """P10: no colleague and no supervisor sees who she is, nor the holder once the case is closed."""
    case, _, _ = _hers(desk)
    for other in (desk.marta, desk.sofia):
        with pytest.raises(NeedsReasonError):
            person.see_person(desk.session, other, case.id, NOW)
    taking.let_go(desk.session, desk.lucia, case.id, NOW, "terminó mi turno")
    for anybody in (desk.lucia, desk.marta, desk.sofia):
        with pytest.raises(NotYoursError):
            person.see_person(desk.session, anybody, case.id, NOW)
    taking.take(desk.session, desk.lucia, case.id, NOW)
    close_case(desk.session, desk.lucia, case, NOW, desk.sofia)
    with pytest.raises(NotYoursError):
        _see(desk, case)
    assert Action.DESK_PERSON_SEEN not in [event.action for event in desk.events()]


def test_recorded_once_a_login(desk: Desk) -> None:
    """One record a case for as long as a login may last, whatever the page fetches."""
    cases = [_hers(desk)[0], desk.taken()]
    for hours in (0, 1, 11, 12):
        for case in cases:
            person.see_person(desk.session, desk.lucia, case.id, NOW + timedelta(hours=hours))
        desk.session.commit()
    assert [e.action for e in desk.events()].count(Action.DESK_PERSON_SEEN) == 4


def test_she_erased_her_data(desk: Desk) -> None:
    """Nothing is known, and nothing fails."""
    case, _, conversation = _hers(desk)
    desk.session.delete(conversation)
    desk.session.flush()
    assert _see(desk, case).numbers == ()


def _shares(desk: Desk, settings: Settings, conversation: Conversation, *came: Incoming) -> None:
    turn = Turn(conversation_id=conversation.id)
    desk.session.add(turn)
    desk.session.flush()
    state = conversation_state.read(desk.key, conversation)
    scene = turn_context.TurnContext(
        desk.session, desk.key, settings, conversation, state, turn, list(came), NOW
    )
    keep.seal_incoming(scene)


def test_her_place_keeps_its_words(desk: Desk, settings: Settings) -> None:
    """What her phone says of the place is sealed with it; a place without words has none."""
    case, _, conversation = _hers(desk)
    came = Incoming(
        uuid.uuid4(), "SM1", Kind.LOCATION, "", None, ("20.62", "-103.24"), (), None, None, NOW,
        label="Tienda de la esquina", address="Hidalgo 12, Tonalá",
    )  # fmt: skip
    later = Incoming(uuid.uuid4(), "SM2", Kind.TEXT, "ven", None, None, (), None, None, NOW)
    _shares(desk, settings, conversation, came, later)
    entries = lines_of(desk.session, desk.lucia, case)
    assert entries[-1].extra == {"kind": "text"}
    place = person.last_place(entries)
    assert place is not None
    assert place.in_words == "Tienda de la esquina, Hidalgo 12, Tonalá"
    assert place.coordinates == "20.62, -103.24"
    assert place.on_a_map == "https://www.openstreetmap.org/?mlat=20.62&mlon=-103.24#map=17/20.62/-103.24"
    assert not place.covered


def _line(author: str, **extra: str) -> Entry:
    return Entry(1, author, "", NOW, extra)


def test_which_place_is_hers() -> None:
    """The last that she sent; none of ours; a place without words; one sent in cover mode says so."""
    first, second = (
        _line("woman", latitude="1", longitude="2"),
        _line("woman", latitude="3", longitude="4", cover="yes"),
    )
    ours = _line("bot", latitude="5", longitude="6")
    assert person.last_place([_line("woman"), ours]) is None
    found = person.last_place([first, second, ours, _line("woman")])
    assert found is not None
    assert (found.coordinates, found.in_words, found.covered) == ("3, 4", "", True)
    same = person.place_in(
        _line("woman", latitude="1", longitude="2", label="Hidalgo 12", address="Hidalgo 12")
    )
    assert same is not None
    assert same.in_words == "Hidalgo 12"


def _aloud(about: str = "danger", **more: object) -> list[str]:
    given: dict[str, object] = {
        "danger": True, "name": "Ana Prueba", "age": "36 años", "number": "33 0000 0001", "place": None,
        "lives_in": "", "others_read": False,
    }  # fmt: skip
    return texts.for_911(about, **(given | more))  # type: ignore[arg-type]


def test_what_911_is_told() -> None:
    """Código Violeta, what happens, name, place and number, in that order."""
    where = ("Hidalgo 12, Tonalá", "20.62, -103.24", "hoy, 12:00")
    assert _aloud(place=where, lives_in="Tonalá") == [
        "Pido Código Violeta.",
        "Qué pasa: una mujer está en peligro ahora.",
        "Se llama Ana Prueba, 36 años.",
        "Mandó su ubicación (hoy, 12:00): Hidalgo 12, Tonalá. Coordenadas: 20.62, -103.24. Vive en Tonalá.",
        "Su número es 33 0000 0001.",
    ]


def test_what_911_is_not_told() -> None:
    """Where she lives is not where she is; what is not known is said to be so."""
    said = _aloud(name="", age="", number="", lives_in="Tonalá", others_read=True)
    assert said[2:] == ["No sé su nombre.", "No sé dónde está ahora. Vive en Tonalá.", "No tengo su número."]
    assert _aloud(name="")[2] == "No sé su nombre. Tiene 36 años."
    assert "coordenadas 1, 2" in _aloud(place=("", "1, 2", "hoy"))[3]


def test_911_is_asked_not_to_call_a_phone_that_others_read() -> None:
    assert _aloud(others_read=True)[-1] == texts.DO_NOT_CALL_HER
    assert texts.DO_NOT_CALL_HER not in _aloud()


def test_each_kind_of_danger_by_its_own_words() -> None:
    """A woman who hurt herself needs a doctor first; who tells of another is not the one in danger."""
    assert _aloud("overdose")[0] == _aloud("self_harm")[0] == texts.AMBULANCE
    assert _aloud("other_woman")[2] == "Quien avisa se llama Ana Prueba, 36 años."
    assert _aloud("other_woman", place=("", "1, 2", "hoy"))[3].startswith("Quien avisa mandó")
    assert _aloud("violence")[1] == _aloud("asked")[1] == _aloud("danger")[1]
    assert "vive violencia" in _aloud("violence", danger=False)[1]
    assert texts.TELL_IT in _aloud("asked", danger=False)[1]
    assert all("supervisión" not in line for line in _aloud("programme"))


@pytest.mark.parametrize(
    ("number", "said"),
    [("+523312345678", "33 1234 5678"), ("+14155550100", "+1 415-555-0100"), ("MX.abc", "MX.abc")],
)
def test_a_number_as_it_is_said(number: str, said: str) -> None:
    assert addresses.read_aloud(number) == said
