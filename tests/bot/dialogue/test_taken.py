"""What says that she took or did something to herself, and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import taken
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

OTHER = Understanding("out_of_scope", 0.2, "none", "none")
DYING = Standing(date(2026, 11, 23), frozenset(), in_safety=True, filled={"in_danger": "self"})
DONE = (
    "ya me las tome",
    "ya las tragué",
    "ya me las trage",
    "me tomé el frasco entero",
    "me tome todas",
    "ya lo hice",
    "me las acabo de tomar",
    "me acabo de tomar todas las pastillas",
    "ya me las acabe",
    "ya estan adentro",
    "ya me trague como 20",
    "me eche todo el bote",
    "ya me corte las venas",
    "me estoy desangrando",
    "ya es tarde",
    "me tome el cloro",
    "ya me meti un puño de pastillas",
    "si ya me las tome hace ratito",
    "no, ya me las tome",
    "acabo de tragarmelas",
    "m tome tdas",
    "lla me las tome",
    "me e tomado un chorro",
    "ya me inyecte la insulina",
    "ya me abri las venas con el rastrillo",
    "ya prendi el gas",
    "ia me corte",
)
NOT_DONE = (
    "no me las tome",
    "ya no me las tome",
    "todavia no me las e tomado",
    "casi me las tomo",
    "me las quiero tomar",
    "me tome un te",
    "ya me tome mi pastilla de la presion",
    "ya me corte el pelo",
    "corte con el",
    "ya las tire",
    "ya se las di a mi hermana",
    "iba a tomarmelas",
    "no me e cortado",
    "ya marque",
    "me comi un taco",
    "me tome un cafe y me calme",
    "ya se las tomo mi hija",
    "ya me acabe el agua",
    "y si me las tomo que pasa",
)


@pytest.mark.parametrize("text", DONE)
def test_what_is_done_is_the_emergency_first_in_a_talk_of_dying(text: str) -> None:
    """Whatever was asked, and whatever the model makes of it."""
    act = taken.answered(text, OTHER, DYING)
    assert act is not None
    assert act.intent == "self_harm_now"


@pytest.mark.parametrize("text", NOT_DONE)
def test_what_was_not_done_is_none(text: str) -> None:
    """Nor what is put away, nor a tea, nor what another took."""
    act = taken.answered(text, OTHER, DYING)
    assert act is None or act.intent == "self_harm"


@pytest.mark.parametrize("text", ["ya lo hice", "ya me corte", "me tome todas", "ya es tarde"])
def test_out_of_a_talk_of_dying_nothing_is_read_into_it(text: str) -> None:
    """Nor under cover."""
    assert taken.answered(text, OTHER, Standing(date(2026, 11, 23), frozenset())) is None
    assert taken.answered(text, OTHER, Standing(date(2026, 11, 23), frozenset(), cover=True)) is None
