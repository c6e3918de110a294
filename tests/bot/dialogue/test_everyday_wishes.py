"""Wishes about groups and messages: whole messages in any words, and look-alikes that change nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import answers, grievance, questions, words
from bot.dialogue.parse import Understanding
from bot.dialogue.readers import finds_fault
from bot.dialogue.standing import Act, Standing

TODAY = date(2026, 11, 23)
COMPLAINS = Understanding("complain", 0.9, "none", "none")


@pytest.mark.parametrize(
    "text",
    [
        "avísenme si abren otro en la tarde",
        "bueno avisenme si sale uno",
        "me avisan si hay otro los sabados",
        "cuando abran uno mas cerca me dicen porfa",
        "apunteme para cuando haya otro en la noche",
        "si se desocupa un lugar me avisan",
        "ojala abran otro, me avisan",
        "me avisa cuando abran uno en domingo",
    ],
)
def test_a_wish_to_be_told_of_a_group(text: str) -> None:
    """It is no contact hours and no group chosen."""
    assert questions.topic(text)[0] == "other_group"


@pytest.mark.parametrize(
    "text",
    [
        "avisenme en la tarde",
        "me avisan de mi sesion",
        "avisenme si se cancela",
        "ya no me avisen",
        "nadie me aviso",
        "avisenle a la policia",
        "me avisan si encuentran a mi hija",
        "si viene otra vez me avisan",
        "escribanme en la tarde",
    ],
)
def test_no_wish_to_be_told_of_a_group(text: str) -> None:
    assert questions.topic(text)[0] != "other_group"


@pytest.mark.parametrize(
    "text",
    [
        "enséñeme los grupos",
        "a ver cuáles grupos hay",
        "muestreme los grupos porfa",
        "quiero ver los grupos",
        "ver grupos",
    ],
)
def test_the_groups_are_asked_for(text: str) -> None:
    assert questions.topic(text)[0] == "show_groups"


@pytest.mark.parametrize(
    "text", ["cual es mi grupo", "quiero dejar el grupo", "quiero cambiar de grupo", "grupo de apoyo"]
)
def test_the_groups_are_not_asked_for(text: str) -> None:
    assert questions.topic(text)[0] != "show_groups"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("bueno pues el primero, a ver cómo le hago", 0),
        ("pues el segundo me queda de paso", 1),
        ("el de en medio porque me queda cerca", 1),
        ("ya el último que dijo pues", 2),
        ("me quedo con el 2 que es temprano", 1),
        ("la tercera a ver si alcanzo camion", 2),
        ("el de hasta arriba me conviene", 0),
        ("apunteme al de abajo", 2),
        ("el primerito ahi veo como le hago", 0),
        ("me voy con el grupo 2 entonces", 1),
        ("la de en medio", 1),
        ("la del medio", 1),
        ("el último", 2),
    ],
)
def test_a_place_in_a_longer_text(text: str, place: int) -> None:
    assert words.position(text, 3) == place


@pytest.mark.parametrize(
    "text",
    [
        "el primero no me queda",
        "el primero de mayo",
        "llego el 2 de mayo",
        "el primer dia llego tarde",
        "la primera vez que me pego",
        "mi primer marido me pegaba",
        "el primero donde es",
        "¿el segundo a qué hora?",
        "ni el primero ni el segundo",
        "el primero o el segundo",
        "el 2 tengo cita con el doctor",
        "el segundo marido",
    ],
)
def test_no_place_in_a_longer_text(text: str) -> None:
    assert words.position(text, 3) is None


@pytest.mark.parametrize(
    "text",
    [
        "ya me tienen harta con sus mensajes ya no quiero recibirlos",
        "mandan mensajes a cada rato ya no los quiero",
        "dejen de estar mandando mensajes",
        "quitenme de sus mensajes",
        "es mucho, ya no quiero que me manden nada",
        "la maestra es grosera y ademas ya no quiero recibir mensajes",
    ],
)
def test_no_more_messages_inside_a_complaint(text: str) -> None:
    assert grievance.answered(text, COMPLAINS, Standing(TODAY, frozenset())) == Act("complaint_stops")


@pytest.mark.parametrize(
    "text",
    [
        "no me mandan mensajes",
        "no recibi mensajes",
        "ya no quiero recibir ese trato",
        "no me avisaron",
        "no quiero que la maestra me grite",
        "¿ya no quieren mandar mensajes?",
        "no llegaron los avisos",
    ],
)
def test_a_complaint_that_stops_nothing(text: str) -> None:
    assert grievance.answered(text, COMPLAINS, Standing(TODAY, frozenset())) is None


def test_a_complaint_about_the_hour_asks_for_hours() -> None:
    act = grievance.answered(
        "no quiero que me manden mensajes tan noche", COMPLAINS, Standing(TODAY, frozenset())
    )
    assert act == Act("ask_hours_sorry")
    assert finds_fault("mandan mensajes muy noche")
    assert not finds_fault("en la noche despues de las 8")


@pytest.mark.parametrize(
    "text", ["que van a hacer", "y quien la va a leer", "me van a contestar?", "y cuando me responden"]
)
def test_what_becomes_of_a_complaint(text: str) -> None:
    telling = Standing(TODAY, frozenset(), place="complaint.tell")
    assert grievance.answered(text, COMPLAINS, telling) == Act("ask_complaint")
    assert grievance.answered(text, COMPLAINS, Standing(TODAY, frozenset())) is None


@pytest.mark.parametrize(
    "text",
    [
        "3312345678",
        "es el 33 1234 5678 gracias",
        "+52 1 33 1234 5678",
        "044 3312345678",
        "33-12-34-56-78",
        "(33) 1234-5678",
        "523312345678",
        "33.1234.5678",
        "el nuevo es 3312345678 porfa",
    ],
)
def test_a_phone_number(text: str) -> None:
    assert answers.read("update_value", text, TODAY, "phone") == answers.Answer(
        {"update_value": "3312345678"}
    )


@pytest.mark.parametrize(
    "text",
    [
        "es que tambien ya no vivo en guadalajara",
        "es el de mi hija por mientras",
        "33 1 23 45 67",
        "no me lo se",
        "1234",
        "el otro era 3311112222 y este es 3312345678",
        "tengo 2 celulares",
        "me lo robaron el 15 de mayo de 2026",
    ],
)
def test_no_phone_number(text: str) -> None:
    """Another sentence is no number, and nothing of it is kept."""
    assert answers.read("update_value", text, TODAY, "phone") == answers.Again("number")
