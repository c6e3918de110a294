"""What she says next in a talk: only where the talk is about it, and never by a look-alike."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import hiding, lasting, said_next
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

DANGER = {"in_danger": "others"}
STRANGLED = {"harm": "strangled"}


def _here(**of: object) -> Standing:
    fields = {"in_safety": True} | of
    return Standing(date(2026, 11, 23), frozenset(), **fields)  # type: ignore[arg-type] # a few of its fields


@pytest.mark.parametrize(
    "text",
    [
        "calle morelos 14 tonala",
        "es en la colonia jalisco",
        "av patria 1200",
        "casa 23 porton verde",
        "entre juarez y hidalgo",
        "estoy en la privada las rosas",
        "fracc las palmas manzana 4",
        "a dos cuadras del oxxo",
    ],
)
def test_an_address_in_danger(text: str) -> None:
    """Nobody here can send a patrol: she is told to give it to 911."""
    assert said_next.settled(text, Act("keep_talking"), _here(filled=DANGER)).intent == "gave_address"
    assert said_next.settled(text, Act("keep_talking"), _here()).intent == "keep_talking"


@pytest.mark.parametrize(
    "text",
    [
        "me saco a la calle",
        "estoy en la calle con mis niños",
        "tengo 2 niños",
        "hace 3 dias",
        "me avento en la calle y me pateo",
        "ya se fue",
        "a que numero marco",
    ],
)
def test_no_address(text: str) -> None:
    """The street, numbers of other things, questions."""
    assert said_next.settled(text, Act("keep_talking"), _here(filled=DANGER)).intent != "gave_address"


@pytest.mark.parametrize(
    "text",
    [
        "no tengo con quien dejar a la niña",
        "no tengo en que irme",
        "y mis hijos con quien los dejo",
        "esta bien lejos el hospital",
        "no hay quien me lleve",
        "no tengo para el camion",
        "como le hago para llegar",
    ],
)
def test_how_she_gets_to_a_doctor(text: str) -> None:
    """After strangling, a blow or a rape; elsewhere it is a detail."""
    assert said_next.settled(text, Act("keep_talking"), _here(filled=STRANGLED)).intent in (
        "doctor_how",
        "keep_talking",
    )
    assert said_next.settled(text, Act("keep_talking"), _here()).intent == "keep_talking"


@pytest.mark.parametrize(
    "text",
    [
        "y si no la respeta",
        "que pasa si se acerca",
        "tengo una orden de proteccion pero sigue viniendo",
        "nunca la respeta",
        "y si le vale",
        "esa orden no sirve",
    ],
)
def test_an_order_that_he_breaks(text: str) -> None:
    """911 first, and what the law says."""
    assert said_next.settled(text, Act("keep_talking"), _here()).intent == "order_broken"


def test_how_long_an_order_lasts_is_asked_after_it() -> None:
    """Of a divorce nobody here knows."""
    after = _here(place="safety.information_next")
    assert said_next.settled("cuanto dura eso", Act("more_options"), after).intent == "info_report"
    assert said_next.settled("cuanto dura eso", Act("more_options"), _here()).intent == "more_options"
    assert said_next.settled("cuanto tardan", Act("cannot_answer"), after).intent == "cannot_answer"


@pytest.mark.parametrize(
    "text",
    [
        "donde lo puedo anexar",
        "hay un lugar donde lo internen",
        "conocen un centro de rehabilitacion",
        "como le hago para que deje de tomar",
        "hay ayuda para alcoholicos",
        "quiero que mi hijo deje las drogas",
    ],
)
def test_where_he_is_treated(text: str) -> None:
    """Drink or drugs, his and not hers."""
    assert said_next.is_of_his_addiction(text)


@pytest.mark.parametrize(
    "text",
    [
        "lo internaron a mi niño ayer",
        "mi mama esta internada",
        "me quieren anexar a mi",
        "el anexo del salon",
        "deje de tomar las pastillas",
        "quiero que me deje en paz",
    ],
)
def test_what_is_of_no_addiction(text: str) -> None:
    """A hospital, a threat to herself, pills."""
    assert not said_next.is_of_his_addiction(text)


def test_in_a_talk_of_dying_only_what_they_do_to_her_is_danger() -> None:
    """A patrol she does not want is none."""
    here = _here(filled={"in_danger": "self"})
    act = Act("immediate_danger")
    assert said_next.settled("no quiero que venga la policia", act, here).intent == "keep_talking"
    assert said_next.settled("mi marido me va a pegar", act, here).intent == "immediate_danger"


def test_he_is_gone_hides_nothing() -> None:
    """A guess at hiding is none where he left."""
    guess = Understanding("quick_exit", 0.7, "support", "perhaps")
    act = Act("change_subject")
    for text in ("ya se fue", "ya se durmio", "ya salio a trabajar"):
        assert hiding.not_by_guess(act, text, guess, _here()).intent == "safe_now"
    for text in ("ya viene", "ya llego", "ya se va a dar cuenta"):
        assert hiding.not_by_guess(act, text, guess, _here()).intent == "change_subject"


def test_a_question_in_a_talk_stops_no_messages() -> None:
    """Only a wish about messages asks back."""
    guess = Understanding("opt_out", 0.8, "none", "none")
    act = lasting.asked_back(Act("opt_out"), "y si ya no me atienden", guess, _here())
    assert act.intent == "keep_talking"
    act = lasting.asked_back(Act("opt_out"), "ya no quiero que me manden mensajes", guess, _here())
    assert act.intent in ("opt_out", "ask_opt_out")
