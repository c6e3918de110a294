"""Who somebody is, and what looks like it and is danger."""

from __future__ import annotations

import pytest

from bot.dialogue import describing
from bot.dialogue.parse import Understanding

DANGER = Understanding("immediate_danger", 0.9, "danger", "sure")


@pytest.mark.parametrize(
    "text",
    [
        "tiene 19 y se droga",
        "tiene 23 años y anda en las drogas",
        "mi hijo tiene veinte años y consume cristal",
        "es albañil y toma mucho",
        "se droga desde chico",
        "tiene 40 años, no trabaja",
        "es alcoholico",
        "toma diario y no trabaja",
        "tiene 16 y ya dejo la escuela",
        "vive conmigo y tiene 30",
        "es bien celoso y toma cada fin de semana",
        "se mete cristal",
        "tiene como 25 y le hace a la piedra",
    ],
)
def test_who_he_is_is_no_danger(text: str) -> None:
    """It stays something that may be told."""
    calm = describing.calmed(text, DANGER)
    assert (calm.risk, calm.tier) == ("support", "perhaps")


@pytest.mark.parametrize(
    "text",
    [
        "tiene 19 y se droga y me pega",
        "anda drogado",
        "anda tomado y viene para aca",
        "esta borracho ahorita",
        "tiene una pistola",
        "tiene un cuchillo y se droga",
        "es celoso y me quiere matar",
        "se droga y se pone violento",
        "toma y me avienta cosas",
        "tiene 19 y trae un machete",
        "es sicario",
        "vive conmigo y me tiene encerrada",
        "tiene rato golpeando la puerta",
        "me droga",
        "se tomo las pastillas",
    ],
)
def test_what_he_does_or_how_he_is_now_stays_danger(text: str) -> None:
    """One more word tells of her, of a weapon or of this moment."""
    assert describing.calmed(text, DANGER) is DANGER


@pytest.mark.parametrize(
    "text",
    [
        "me quemo al sol",
        "me queme con el comal",
        "me corto el pelo",
        "me corte el dedo picando cebolla",
        "ayer me cortaron el cabello bien cortito",
        "me quemo mucho con el sol vendiendo",
        "me pique con la aguja cosiendo",
        "me queme la lengua con el cafe",
    ],
)
def test_what_happens_every_day_tells_nothing(text: str) -> None:
    """The sun, the kitchen, the hairdresser."""
    calm = describing.calmed(text, Understanding("disclose_violence", 0.9, "support", "sure"))
    assert (calm.risk, calm.tier, calm.intent) == ("none", "none", "out_of_scope")


@pytest.mark.parametrize(
    "text",
    [
        "me quemo con la plancha",
        "me quemo con un cigarro",
        "me corte los brazos",
        "me corte las venas",
        "me corto el pelo a la fuerza",
        "el me corto el pelo",
        "me quemo con aceite mi marido",
        "me corto con un cuchillo",
    ],
)
def test_what_is_done_to_her_stays(text: str) -> None:
    """By another, by force, or by her own hand."""
    heard = Understanding("disclose_violence", 0.9, "support", "sure")
    assert describing.calmed(text, heard) is heard
