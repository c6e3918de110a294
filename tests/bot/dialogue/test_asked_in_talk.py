"""What is asked inside a talk, in few words, and what only shares them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import asked_in_talk, grievance
from bot.dialogue.acts import SAFETY, TOPICS
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

OTHER = Understanding("out_of_scope", 0.2, "none", "none")
PERHAPS = Understanding("disclose_violence", 0.8, "support", "perhaps")


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), SAFETY | TOPICS, **of)  # type: ignore[arg-type] # a few fields of it


TALK = _here(in_safety=True)
PHOTOS = _here(in_safety=True, filled={"photos": "yes"})
FRIEND = _here(in_safety=True, place="safety.other_woman")
COMPLAINT = _here(place=grievance.PLACE, expects="complaint_told")
ASKED = {
    "where_to_go": (
        "en la calle",
        "estoy en la calle con mis hijos",
        "ando sin techo",
        "me corrio de la casa",
        "m saco d la casa",
        "me corrieron del cuarto",
        "nos echaron a la calle anoche",
        "no tengo dond dormir",
        "donde me kedo hoy",
        "a que hora abren",
        "estan abiertos?",
        "puedo ir ahorita",
    ),
    "want_person": ("nadie me ha hablado", "no me an contestado", "sigo esperando", "cuando me van a marcar"),
    "info_family": (
        "me quiero divorciar",
        "como pido el divorsio",
        "quiero pension para mis hijos",
        "me toca la mitad de la casa?",
        "quien se queda con la casa",
        "ocupo asesoria legal",
        "necesito un abogado",
    ),
}
NOT_ASKED = (
    "voy llegando de la calle",
    "mi hijo juega en la calle",
    "me corrieron del trabajo",
    "me grita en la calle",
    "el se quedo en la calle",
    "a que hora abre la tienda",
    "estan enojados",
    "nadie me ayuda en mi casa",
    "no me ha hablado mi marido",
    "estoy esperando a mi hijo",
    "estoy esperando un bebe",
    "ya estoy divorciada",
    "soy separada",
    "me quita la pension",
    "mi mama cobra su pension del bienestar",
    "mi suegra trabaja con un abogado",
    "no me quiero divorciar",
    "le pedi el divorcio y me golpeo",
    "su abogado le dijo que no",
    "tengo hambre de cariño",
    "tiene 19",
)


def _act(text: str, here: Standing, said: Understanding = OTHER) -> str:
    found = asked_in_talk.answered(text, said, here)
    return found.intent if found else ""


@pytest.mark.parametrize(("act", "text"), [(act, text) for act, texts in ASKED.items() for text in texts])
def test_what_is_asked_is_heard(act: str, text: str) -> None:
    """A roof, an answer that did not come, the law of families."""
    assert _act(text, TALK) == act


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_shares_a_word_with_it_is_not(text: str) -> None:
    """A street, a wait, a pension that is told of and not asked for."""
    assert not _act(text, TALK)


@pytest.mark.parametrize("text", ["hay una ley?", "es delito?", "se puede denunciar", "como se llama la ley"])
def test_the_law_of_photos_is_told_where_photos_were_told(text: str) -> None:
    """Elsewhere the same words ask for another law."""
    assert _act(text, PHOTOS) == "photos_law"
    assert _act(text, TALK) != "photos_law"


@pytest.mark.parametrize(
    ("text", "unwilling"),
    [
        ("no quiere denunciar", True),
        ("mi hermana no se anima a dejarlo", True),
        ("y si no me hace caso", True),
        ("si quiere denunciar", False),
        ("ella no quiere salir conmigo a pasear", False),
    ],
)
def test_whether_her_friend_is_unwilling(text: str, unwilling: bool) -> None:
    """Only where she speaks of another woman."""
    assert (_act(text, FRIEND) == "other_unwilling") is unwilling
    assert _act(text, TALK) != "other_unwilling"


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("y me pidio dinero", True),
        ("me grito enfrente de todas", True),
        ("me puso falta", True),
        ("me pidio dinero a cambio de sexo", False),
        ("me pego la maestra", False),
        ("me pidio fotos", False),
    ],
)
def test_a_complaint_goes_on_with_faults_of_the_staff(text: str, goes_on: bool) -> None:
    """Blows and sex are no fault of manners."""
    assert (_act(text, COMPLAINT, PERHAPS) == "complaint_told") is goes_on


def test_danger_and_dying_come_first() -> None:
    """Neither a roof nor a law answers them, nor is anything of safety said under cover."""
    danger = Understanding("immediate_danger", 0.9, "danger", "sure")
    assert not _act("me corrio de la casa", TALK, danger)
    assert not _act("en la calle", _here(in_safety=True, filled={"in_danger": "self"}))
    assert not _act("en la calle", _here(in_safety=True, cover=True))
    assert not _act("en la calle", _here(in_safety=True, form_field="locality"))
