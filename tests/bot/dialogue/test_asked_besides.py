"""A wrong number, where they live, what becomes of her who gives no data: and their look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import calling, consenting, households, speaker, who_enrols
from bot.dialogue.fears import plainly
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

HERE = Standing(date(2026, 11, 23), frozenset())
NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")


@pytest.mark.parametrize(
    "text",
    ["numero equivocado", "es numero equivocado", "creo que se equivoco de numero", "se equivocaron",
     "perdon, numero equivocado señorita", "tiene el numero equivocado"],
)  # fmt: skip
def test_a_wrong_number(text: str) -> None:
    """The whole message."""
    assert calling.says_wrong_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "no conozco a ninguna rosa",
        "yo no conosco a ninguna rosa",
        "aqui no vive nadie con ese nombre",
        "yo no soy esa",
    ],
)
def test_nobody_so_called(text: str) -> None:
    """Outside a talk it is as a wrong number."""
    assert calling.knows_nobody(text)


@pytest.mark.parametrize(
    "text",
    ["no conozco a ninguna abogada", "no hay ninguna persona", "no hay nadie", "no conozco a nadie aqui"],
)  # fmt: skip
def test_nobody_near_her(text: str) -> None:
    """Said where she was asked who can be with her."""
    assert not calling.knows_nobody(text)
    assert not calling.says_wrong_number(text)


@pytest.mark.parametrize(
    "text",
    ["me equivoque de numero de curp", "puse mal mi numero", "el numero del taller esta equivocado?",
     "no conozco a nadie aqui", "se equivoco conmigo y me pego", "no hay nadie", "me equivoque"],
)  # fmt: skip
def test_a_number_that_is_hers_is_no_wrong_number(text: str) -> None:
    """Nor is a mistake of hers."""
    assert not calling.says_wrong_number(text)


@pytest.mark.parametrize(
    "text",
    ["y si no doy mis datos", "que pasa si no acepto", "y si no quiero dar mi nombre",
     "si no los doy que pasa",
     "y si no les doy mis datos no puedo ir?"],
)  # fmt: skip
def test_what_if_not_is_a_question(text: str) -> None:
    """It refuses nothing."""
    assert consenting.asks_if_not(text)


@pytest.mark.parametrize(
    "text",
    [
        "no doy mis datos",
        "y si no tengo curp",
        "no acepto",
        "si",
        "si acepto",
        "mejor no doy mis datos",
        "no quiero",
    ],
)
def test_a_refusal_is_one(text: str) -> None:
    """And so is a yes."""
    assert not consenting.asks_if_not(text)


@pytest.mark.parametrize(
    "text", ["de tonala", "en la colonia jalisco", "vivimos en el salto", "col. oblatos"]
)
def test_where_they_live(text: str) -> None:
    """Said after how many they are."""
    assert households.says_where(text, HERE)


def test_to_have_no_children_is_no_hunger() -> None:
    """Though it is like "no tengo para mis hijos"."""
    assert households.speaks_of_none("no tengo hijos")
    assert not households.speaks_of_none("no tengo que darles a mis hijos")


@pytest.mark.parametrize(
    "text", ["de nada", "gracias", "y de que son los talleres?", "no entiendo", "en que me ayudan pues dime"]
)
def test_no_place(text: str) -> None:
    """Nothing that only begins so."""
    assert not households.says_where(text, HERE)


@pytest.mark.parametrize(
    "text",
    ["soy el dueño de este telefono", "que quiere con mi señora", "que se traen con mi mujer",
     "soy dueño del cel"],
)  # fmt: skip
def test_whose_phone(text: str) -> None:
    """He who takes it in the middle of a talk."""
    assert speaker.holds_her_phone(text, NOTHING_HEARD)


@pytest.mark.parametrize("text", ["el es el dueño de la casa", "que quiere mi esposo de mi", "soy la dueña"])
def test_she_still_writes(text: str) -> None:
    """Words like his."""
    assert not speaker.holds_her_phone(text, NOTHING_HEARD)


def test_a_daughter_asks_for_her_mother() -> None:
    """To ask when the workshop is hides nothing; what she was told does."""
    asks = Understanding("ask_next_session", 0.9, "none", "none", speaker="partner", speaker_confidence=0.97)
    assert not speaker.holds_her_phone("mi mama quiere saber cuando es su taller", asks)
    assert speaker.holds_her_phone("a que hora sale mi esposa de su taller", asks)


@pytest.mark.parametrize(
    "text", ["quiero inscribirme yo tambien", "yo tambien me quiero apuntar", "yo tambien quiero entrar"]
)
def test_another_on_her_phone(text: str) -> None:
    """Where who is enrolled is known already."""
    enrolled = Standing(date(2026, 11, 23), frozenset(), registered=True)
    said = Understanding("enroll", 0.9, "none", "none")
    act = who_enrols.aside(text, said, enrolled)
    assert act is not None
    assert act.intent == "another_woman"
    assert who_enrols.aside(text, said, HERE) is None


@pytest.mark.parametrize(
    "text",
    ["el maestro del taller me manda mensajes feos", "el licenciado del modulo me pidio que saliera con el",
     "me dijo el encargado del taller que si no salgo con el me quita el apoyo",
     "el instructor del curso me abraza por atras", "el señor que me apunto me pidio fotos desnuda"],
)  # fmt: skip
def test_harm_by_the_programme(text: str) -> None:
    """Foul words, photos, a seat for going out with him."""
    assert plainly(text, in_safety=False) == "programme_harm"


@pytest.mark.parametrize(
    "text",
    ["la maestra del taller me dijo que llevara tela", "el licenciado del modulo me mando la fecha",
     "la encargada del grupo me pidio mi numero", "el maestro del taller me mando fotos del salon",
     "la coordinadora del programa me dice que falta mi curp",
     "la maestra del taller me dijo que fuera mañana", "la maestra del taller nos dice mi amor",
     "el maestro del taller me dijo que si no voy me quita mi lugar",
     "la encargada del programa me pidio fotos de mi credencial",
     "el licenciado del taller me pidio que le mande mi acta"],
)  # fmt: skip
def test_what_the_staff_tells_her_is_no_harm(text: str) -> None:
    """A date, a number, what to bring."""
    assert plainly(text, in_safety=False) == ""


@pytest.mark.parametrize(
    "text",
    [
        "tengo que cumplirle",
        "tengo que aguantar?",
        "tengo que cumplir verdad",
        "es mi obligacion como esposa",
    ],
)
def test_whether_she_has_to_bear_it(text: str) -> None:
    """In a talk it asks what violence is."""
    assert plainly(text, in_safety=True) == "is_it_violence"
    assert plainly(text, in_safety=False) == ""


@pytest.mark.parametrize("text", ["tengo que cumplir con las sesiones", "tengo que aguantarme el sueño"])
def test_other_duties(text: str) -> None:
    """Of the workshop or of her day."""
    assert plainly(text, in_safety=True) == ""
