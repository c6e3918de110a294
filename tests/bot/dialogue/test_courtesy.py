"""An order holds with any courtesy, spelling or invisible character around it; a look-alike is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import orders as dialogue
from outreach.turns.commands import Command, command_in

STOPS = [
    "Baja gracias", "Baja, gracias", "Baja muchas gracias", "alto gracias", "Stop thank you",
    "quiero la baja gracias", "Gracias, baja", "BAJA POR FAVOR", "bája", "¡¡BAJA!!", "bajaaaa", "B A J A",
    "B.A.J.A.", "hola buenas tardes, baja porfa", "baja 🙏", "Avanza, baja", "baja Avanza gracias", "vaja",
    "*baja*", "_baja_", "~baja~", "```baja```", "ba\u200bja", "ba\u00adja", "\u202ebaja\u202c",
    "\uff42\uff41\uff4a\uff41",
    "b\u0301aja", "Baja.\nGracias", "baja baja baja", "stop please",
    "\U0001d401\U0001d400\U0001d409\U0001d400", "ba\u034fja", "baja\ufe0f",
    "Buenos días, baja", "baja ya", "no gracias, baja", "\u3164baja\u2800",
    "quiero darme de baja, por favor", "Unsubscribe, thanks", "pido mi baja, que tenga buen día",
]  # fmt: skip
HIDES = [
    "_salir_", "*salir*", "s\u00adalir", "Salir gracias", "SALIR!!!", "salir por favor", "s a l i r",
    "🙈\u200b", "🙈\ufe0f", "🙈🙈🙈", "🌵.", "\u200f🤫\u200e", "\uff53\uff41\uff4c\uff49\uff52", "salír",
    "salir salir", "oye disimula porfa",
    "ya llegó", "ya llego, gracias", "sali\u0301r",
]  # fmt: skip
LOOK_ALIKES = [
    "la llave está baja", "baja la voz", "me da de baja en el taller?", "el volumen está muy alto",
    "mi presión está baja gracias", "gracias por todo", "hola", "por favor", "🙏",
    "quiero la baja de mi hija del imss",
    "ya baja", "ahorita baja mi esposo", "la planta baja", "baja california", "está en alto riesgo",
    "quiero darme de baja del taller", "darme de baja de la clase por favor", "si baja el precio me avisas",
]  # fmt: skip


@pytest.mark.parametrize("said", STOPS)
def test_courtesy_around_an_order_to_stop(said: str) -> None:
    """P6: she is polite, and no less opted out; the same with the bot and with a person."""
    assert dialogue.command(said) == "opt_out"
    assert command_in(said) is Command.STOP


@pytest.mark.parametrize("said", HIDES)
def test_courtesy_around_an_order_to_hide(said: str) -> None:
    """P9: the same for hiding."""
    assert dialogue.command(said) == "quick_exit"
    assert command_in(said) is Command.HIDE


@pytest.mark.parametrize("said", LOOK_ALIKES)
def test_a_look_alike_is_no_order(said: str) -> None:
    """What else she may mean is left to the model, or to the person who reads."""
    assert dialogue.command(said) is None
    assert dialogue.command_among(said) is None
    assert command_in(said) is None


COURTESY = st.sampled_from(
    ["gracias", "por favor", "hola", "muchas gracias", "buenas tardes", "🙏", "oiga", "Avanza", "!!", "…"]
)
HIDDEN = st.sampled_from(["\u200b", "\u00ad", "\u2060", "\u200d", "\ufeff", "\u034f", "\u202e", "\ufe0f"])


@given(
    st.sampled_from(["baja", "stop", "alto", "salir", "disimula"]),
    st.lists(COURTESY, max_size=3),
    st.lists(COURTESY, max_size=3),
    st.sampled_from([str.upper, str.lower, str.title]),
    HIDDEN,
    st.integers(0, 8),
    st.sampled_from(["", "*", "_", "~", "```"]),
)
def test_any_courtesy_case_mark_and_invisible_character(
    order: str, before: list[str], after: list[str], case: type[str], hidden: str, at: int, mark: str
) -> None:
    """P6, P9: both sides read the same order out of it."""
    word = f"{mark}{case(order[:at] + hidden + order[at:])}{mark}"
    said = " ".join([*before, word, *after])
    hides = order in ("salir", "disimula")
    assert command_in(said) is (Command.HIDE if hides else Command.STOP), said
    assert dialogue.command(said) == ("quick_exit" if hides else "opt_out"), said
