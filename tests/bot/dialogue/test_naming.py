"""A name is asked for: a name is taken, in any usual form; a sentence is asked again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.extract import names
from bot.dialogue.answers import Again, Answer, read

TODAY = date(2026, 11, 23)
NAMES = {
    "Rosa María López Hernández": "Rosa María López Hernández",
    "rosa lopez": "Rosa Lopez",
    "ROSA LOPEZ DE LA TORRE": "Rosa Lopez de la Torre",
    "me llamo Rosa Maria Lopez": "Rosa Maria Lopez",
    "hola buenas tardes, mi nombre completo es Ana Ruiz, gracias": "Ana Ruiz",
    "soy Rosa Maria Lopez y vivo en Tonala": "Rosa Maria Lopez",
    "me dicen la guera pero me llamo Ana Lopez": "Ana Lopez",
    "Ana Lopez, de Tonala": "Ana Lopez",
    "Sra. Ana Lopez": "Ana Lopez",
    "doña Ana Lopez por favor": "Ana Lopez",
    "Ma. del Socorro Ibarra Vda. de Nunez": "Ma. del Socorro Ibarra Vda. de Nunez",
    "Ramona Gutiérrez viuda de Orozco": "Ramona Gutiérrez viuda de Orozco",
    "Ana E. López": "Ana E. López",
    "Zoila Vaca Toro": "Zoila Vaca Toro",
    "Dolores Parra Peña": "Dolores Parra Peña",
    "Xochitl Citlali": "Xochitl Citlali",
    "Ana Verde": "Ana Verde",
    "Ana Ruiz Lopez 😊": "Ana Ruiz Lopez",
    "ANA RUIZ LOPEZ 15/08/1989": "ANA RUIZ LOPEZ".title(),
    "Ana Ruiz Lopez tengo 34 años": "Ana Ruiz Lopez",
}
SENTENCES = [
    "vivo con mi hermana Rosa Maria Lopez en Tonala", "mi hermana Rosa Maria Lopez",
    "mi mamá se llama Ana Ruiz",
    "mi hija es Ana Ruiz", "es para mi vecina Juana Perez", "no soy yo, es mi prima Lupita Gomez",
    "mi esposo Juan Perez no me deja", "no me llamo Ana Ruiz", "dile a Rosa Lopez que me llame",
    "hablo de parte de Maria Sanchez", "trabajo con la licenciada Ana Torres", "me invitó Rosa Lopez",
    "quiero inscribir a mi hija Ana Sofia Ruiz", "conocí el programa por Rosa Lopez", "Rosa y Ana",
    "no quiero dar mi nombre", "no te lo voy a decir", "prefiero no decirlo", "para que lo quieres",
    "luego te digo", "ahorita estoy ocupada", "me da pena decirlo", "ya te lo dije", "es privado",
    "estoy en el trabajo", "no tengo tiempo", "con quien hablo", "aqui no vive nadie", "tengo prisa",
    "no entiendo nada", "quien eres tu", "es muy largo", "el mismo de siempre", "igual que mi mama",
    "ya lo puse",
    "esta en mi ine", "dejame pensarlo", "mañana te digo", "que te importa", "la de la casa verde",
    "soy mama soltera", "soy ama de casa", "soy de tonala", "ana sofia vive conmigo",
    "somos Rosa y Ana Lopez",
    "para que quieren saber", "no confio en ustedes", "al rato se lo mando", "estoy manejando",
]  # fmt: skip


@pytest.mark.parametrize(("written", "name"), NAMES.items())
def test_a_whole_name_is_taken(written: str, name: str) -> None:
    """Openings, titles and courtesy go; what she says after it is not part of it."""
    assert read("full_name", written, TODAY) == Answer({"full_name": name})


@pytest.mark.parametrize("written", SENTENCES)
def test_a_sentence_is_no_name(written: str) -> None:
    """Verbs, relations, refusals, excuses: asked again; another woman's name is never stored as hers."""
    assert isinstance(read("full_name", written, TODAY), Again)
    assert isinstance(read("preferred_name", written, TODAY), Again)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ana", "Ana"), ("la güera", "güera"), ("dime Chela", "Chela"), ("Chela nomás", "Chela"),
        ("doña Mari", "doña Mari"), ("flaca", "Flaca"), ("pues me llamo Rosalba y soy de Jocotepec",
        "Rosalba"),
        ("a mí me dicen Lupe", "Lupe"), ("con Lupita está bien", "Lupita"), ("Paz", "Paz"),
        ("me gusta que me digan Chayo", "Chayo"), ("Abril", "Abril"),
    ],
)  # fmt: skip
def test_what_she_is_called_is_taken(written: str, name: str) -> None:
    """A nickname may be an ordinary word."""
    found = read("preferred_name", written, TODAY)
    assert isinstance(found, Answer)
    assert found.slots["preferred_name"].lower() == name.lower()


def test_one_name_alone_asks_for_the_rest() -> None:
    """The second question says why."""
    assert read("full_name", "Ana", TODAY) == Again("short")


@given(
    st.sampled_from(sorted(names.GIVEN.read_text(encoding="utf-8").split())),
    st.lists(
        st.sampled_from(sorted(names.SURNAMES.read_text(encoding="utf-8").split())), min_size=2, max_size=2
    ),
    st.sampled_from([str.title, str.upper, str.lower]),
)
def test_every_known_name_is_taken(given_name: str, surnames: list[str], case: type[str]) -> None:
    """Whatever it sounds like: Parra, Peña, Vaca."""
    assert isinstance(read("full_name", case(" ".join([given_name, *surnames])), TODAY), Answer)
