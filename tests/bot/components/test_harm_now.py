"""Who tells of harm as it happens has chosen nothing: what the list hears, and what only looks alike."""

from __future__ import annotations

import pytest

from bot.components.harm_now import is_told
from bot.components.reading import Reading, guarded

TOLD = [
    "me está pegando y no puedo salir",
    "ya no le sigo, está tumbando la puerta",
    "anda jalando a mi hija de los pelos",
    "me quiere quemar, trae gasolina",
    "m trai a rastras",
    "nos tiene encerradas con candado",
    "me rompió la nariz",
    "hoy me va a matar",
    "ya dio conmigo",
    "ahi viene con el machete",
    "rompio el vidrio y se metio",
    "ya esta brincando la barda",
    "saco la pistola",
    "tiene el cuchillo en la mano",
    "estoy escondida en el ropero",
    "me encerré con mis hijas en el baño",
    "no se a donde me llevan",
    "se llevó a mi niña a la fuerza",
    "me sale mucha sangre",
    "siento que me desmayo",
    "el niño no despierta",
    "ya me tomé las pastillas",
    "tengo la soga lista",
    "no quiero vivir, ya no quiero vivir",
    "mande una patrulla",
    "vengan rápido",
    "auksilio",
]
NOT_TOLD = [
    "no me está pegando, ya se calmó",
    "no me quiero morir, es un decir",
    "ya no le sigo, tengo que hacer la comida",
    "ya llegó mi hija de la escuela",
    "está abierta la puerta del salón?",
    "estoy escondiendo los regalos",
    "me tomé un café y sigo",
    "mande la ubicación",
    "vengan a visitarme",
    "trae mi hija las hojas",
    "me rompí la uña jajaja",
    "se llevó a mi niña a la escuela",
    "no despierto temprano",
    "me van a matar de risa jajaja",
    "me llamo Socorro",
    "nadie me está obligando",
    "no me hallo con el otro grupo",
]


@pytest.mark.parametrize("text", TOLD)
def test_harm_as_it_happens_is_heard(text: str) -> None:
    assert is_told(text)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_looks_alike_is_not(text: str) -> None:
    assert not is_told(text)


@pytest.mark.parametrize(
    ("place", "act", "text"),
    [
        ("enrolment.locality", "stop", "ya no le sigo, ya está rompiendo la puerta"),
        ("enrolment.full_name", "answer", "ya dio conmigo"),
        ("safety.choices", "person", "una patrulla, me está pegando"),
        ("safety.case_hours", "answer", "ahorita que está tumbando la puerta"),
        ("safety.telling", "answer", "tengo el veneno en la mano"),
        ("safety.write_safely", "hide", "ahí viene con el machete"),
    ],
)
def test_no_choice_is_read_into_it_however_sure_and_unheard(place: str, act: str, text: str) -> None:
    """Also where no model hears the danger: the list alone is enough."""
    assert guarded(Reading(act, 0.99), place, text, "none", "none").act == "elsewhere"


@pytest.mark.parametrize(
    ("place", "act", "text"),
    [
        ("enrolment.locality", "stop", "ya no le sigo, tengo que hacer la comida"),
        ("safety.write_safely", "cannot_speak", "estoy escondida en el baño, si hablo me va a oír"),
        ("safety.self_harm", "alone", "estoy sola y ya me tomé las pastillas"),
    ],
)
def test_an_answer_stays_one(place: str, act: str, text: str) -> None:
    """A look-alike keeps its choice; that a call would be heard, or that she is alone, is no choice."""
    assert guarded(Reading(act, 0.99), place, text, "danger", "perhaps").act == act
