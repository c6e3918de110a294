"""A woman is found by any spelling of her name, by CURP, number or folio; who is meant comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import add_woman
from sqlalchemy import event

from models import ListedPhone
from outreach.people import finding, name_keys, registry
from outreach.people.details import Details
from outreach.people.finding import Asked
from outreach.single_list import search

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

LUPITA, LUPE, JUANA = "María Guadalupe Hernández Vázquez", "Guadalupe Hernández", "Juana Hernández Ruiz"
CURP = "LOPM850714MJCPRR04"


def put(session: Session, key: PersonalKey, name: str, **more: str) -> Woman:
    town = more.pop("municipality", None)
    details = Details(full_name=name)
    for value in more.items():
        setattr(details, *value)
    return registry.add_woman(session, key, details, municipality=town, axis=None)


def names(session: Session, key: PersonalKey, words: str, municipality: str | None = None) -> list[str]:
    return [hit.name for hit in finding.find(session, key, Asked.of(words, municipality)).hits]


def test_however_her_name_is_written(session: Session, key: PersonalKey) -> None:
    """All parts that are asked for must be heard; the closest name comes first."""
    for name in (LUPITA, LUPE, JUANA):
        put(session, key, name)
    assert names(session, key, "Ma. Gpe. Hdez") == [LUPE, LUPITA]
    assert names(session, key, "Mª Guadalupe HERNANDEZ") == [LUPE, LUPITA]
    assert names(session, key, "lupita ernandes basques")[0] == LUPITA
    assert names(session, key, "vázquez hernández guadalupe")[0] == LUPITA
    assert names(session, key, "Hernández Juana") == [JUANA]
    for nobody in ("de la", "María", "Zoila Nadie", "", "   ", "!!"):
        assert names(session, key, nobody) == [], nobody


@pytest.mark.parametrize(
    "asked",
    [
        "Guadalupe Hernández Vázquez de Ruelas",  # her husband's name behind hers
        "Guadalupe Hernández de Ruelas",
        "Guadalupe Hernández Zamora",
        "Guadalupe Hernández Vázqeuz",
        "Guadalupe Hernádez Vázquez",
        "Guadalupe Hernández Vázquezr",
        "Gaudalupe Hernández Vázquez",
        "Guadalupe Hernadez",
    ],
)
def test_a_slip_or_another_surname(session: Session, key: PersonalKey, asked: str) -> None:
    """A married name, a second surname that the list lacks, one slip: she is found all the same."""
    put(session, key, LUPITA)
    put(session, key, "Petra Zúñiga Robles")
    assert names(session, key, asked) == [LUPITA]


@pytest.mark.parametrize("asked", ["Guadalupe Ruelas", "Rosa Hernández", "Hernández Ruelas Robles", "Ruelas"])
def test_who_is_not_meant(session: Session, key: PersonalKey, asked: str) -> None:
    """One part of two, or one of three, is another woman."""
    put(session, key, LUPITA)
    assert names(session, key, asked) == []


def test_the_exact_name_first(session: Session, key: PersonalKey) -> None:
    """Of those who sound alike, she whose name is spelt so comes before the others."""
    for name in ("Judith Pérez Luna", "Yudith Pérez Luna", "Judit Pérez Luna Ríos"):
        put(session, key, name)
    assert names(session, key, "Yudith Pérez Luna")[0] == "Yudith Pérez Luna"
    assert names(session, key, "judith perez luna")[0] == "Judith Pérez Luna"


def test_town_and_year_narrow_it_down(session: Session, key: PersonalKey) -> None:
    """Namesakes are told apart by where they live and the year behind the name."""
    put(session, key, "Rosa Mora", municipality="14039", birth_date="1985-03-02")
    put(session, key, "Rosa Mora", municipality="14120", birth_year="1990")
    assert len(names(session, key, "Rosa Mora")) == 2
    found = finding.find(session, key, Asked.of("rosa mora 1990")).hits
    assert [hit.woman.municipality for hit in found] == ["14120"]
    assert len(names(session, key, "rosa mora", "14039")) == 1
    assert names(session, key, "rosa mora 1991") == []


def test_by_a_number_of_hers(session: Session, key: PersonalKey) -> None:
    """CURP with blanks or the letter O, phone in any form, also one that a list gave, any agency's folio."""
    martha = put(session, key, "Martha López", curp=CURP)
    registry.affiliate(session, key, martha, "DIF", "F-77", source="import")
    registry.link_phone(session, key, martha, "3312345678")
    other = put(session, key, "Olga Prueba")
    session.add(ListedPhone(woman_id=other.id, lookup_hash=key.lookup("address", "+523398765432")))
    session.flush()
    for asked in (
        CURP,
        "lopm 850714 mjcprr04",
        "LOPM85O714MJCPRRO4",
        "33 1234 5678",
        "+521 3312345678",
        "F-77",
    ):
        assert names(session, key, asked) == ["Martha López"], asked
    assert names(session, key, "3398765432") == ["Olga Prueba"]
    for asked in ("LOPM850714MJCPRR05", "F-78", "3312345679", "1985"):
        assert names(session, key, asked) == [], asked


def test_she_who_gave_one_name_only(session: Session, key: PersonalKey) -> None:
    """Who has no full name yet is found by how she is called."""
    registry.add_woman(session, key, Details(preferred_name="Chayo"), municipality=None, axis=None)
    assert names(session, key, "rosario") == ["Chayo"]


def test_lines_of_the_command(session: Session, key: PersonalKey) -> None:
    """Who may be meant with her folios, the likeliest first; what is left out is said."""
    martha = put(session, key, "Martha López", birth_date="1985-07-14", municipality="14039")
    registry.affiliate(session, key, martha, "DIF", "F-77", source="import")
    put(session, key, "Martha López Ríos")
    (line,), more = search.lines(session, key, Asked.of("marta lopes"), 1)
    assert (line, more) == (
        {"name": "Martha López", "born": "1985-07-14", "municipality": "14039",
         "folios": [{"agency": "DIF", "external_id": "F-77"}]},
        True,
    )  # fmt: skip
    assert search.lines(session, key, Asked.of("nadie así"), 5) == ([], False)


def test_statements_do_not_grow(session: Session, key: PersonalKey, engine: Engine) -> None:
    """One statement for a name that many have; more than can be ranked is said."""
    for number in range(finding.MOST + 5):
        add_woman(session, key, number)
    session.flush()
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    found = finding.find(session, key, Asked.of("prueba"))
    assert (len(found.hits), found.more, len(statements)) == (finding.MOST, True, 1)
    statements.clear()
    assert finding.find(session, key, Asked.of("xóchitl numen prueba")).hits == []
    assert len(statements) == 2


def test_slips_are_other_sounds() -> None:
    """One sound left out, added, changed or before its neighbour; two are too many."""
    heard = name_keys.sound("hernandez")
    for word in ("hernadez", "hernandrez", "hermandez", "hernadnez"):
        assert name_keys.sound(word) in name_keys.slips(heard), word
    for word in ("hermosillo", "perez", "h"):
        assert name_keys.sound(word) not in name_keys.slips(heard), word
