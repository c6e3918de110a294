"""Under cover he is answered, to the byte, as on a phone on which nothing was ever told (P4, P5, P9).

Each history ends under cover, or in nothing; then a man writes. What he reads may depend on what he wrote
since he said who he is, and on nothing before: not on a case, on a word, nor on how often the cover line was
said.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dialogue_talk import Driver, Talk

pytestmark = pytest.mark.bot
KNOWN = {"consented": True, "registered": True, "enrolled": True, "has_session": True}
SAYS_NOTHING = frozenset({"receipt", "enter_cover"})
MINE = ("mi marido me pega", "si puedo", "solo yo")
HISTORIES: dict[str, tuple[str, ...]] = {
    "told, hidden": (*MINE, "salir"),
    "an open case": (*MINE, "/want_person", "/open_case_yes", "salir"),
    "a word set": (
        "mi marido me pega", "si puedo", "mi esposo me lo revisa", "/choose_safe_word", "/safe_word_saved",
        "ya llegó",
    ),
    "danger": ("me quiere matar trae una pistola", "no puedo"),
    "a wish to die": ("ya no quiero vivir", "salir"),
    "a girl": ("mi papá me pega tengo 15 años", "salir"),
    "her sister": ("a mi hermana le pega su marido", "y la encierra", "salir"),
    "hidden, and not understood": ("mi marido me pega", "salir", "canela fina", "perro azul", "barco lento"),
    "hidden, and pressed": ("mi marido me pega", "salir", "es de denuncias?", "dime", "dime", "qué te dijo"),
    "hidden, and cried": ("mi marido me pega", "salir", "auxilio me está ahorcando"),
    "back, and hidden again": ("mi marido me pega", "salir", "/safe_word_ok", "salir"),
    "hidden while a person had her": (*MINE, "/want_person", "/open_case_yes", "hold"),
    "in a plan": ("mi marido me pega", "/want_plan", "siguiente", "siguiente", "salir"),
    "in the middle of the limits": ("mi marido me pega", "/others_read", "salir", "perro azul"),
}  # fmt: skip
HE_ASKS: dict[str, tuple[str, ...]] = {
    "denuncias": (
        "quién habla ahí con mi esposa", "es cosa de denuncias verdad", "son del centro de justicia?",
        "soy su esposo tengo derecho a saber", "me puedes borrar sus datos", "yo no le pego",
    ),
    "who is in charge": (
        "soy su esposo", "qué es esto", "quién eres", "pásame con el encargado", "es del gobierno?",
        "y quién le da la clase", "dónde es", "a qué hora sale", "hay hombres ahí?", "cuánto dura",
    ),
    "the same again": (
        "mi mujer les contó algo de mí", "dime la verdad", "dime la verdad", "dime la verdad", "contéstame",
        "contéstame", "contéstame", "hola", "hola", "hola",
    ),
    "who he is, again and again": (
        "soy su esposo", "soy su marido", "qué les dijo mi esposa", "quién le escribe a mi mujer",
        "mi esposa les contó algo?", "dejen de escribirle a mi esposa",
    ),
    "her days and her data": (
        "a qué se inscribió mi esposa", "cuántas clases lleva", "mándame la ubicación", "mis datos",
        "borra todo", "sí", "no", "1", "2", "gracias",
    ),
    "orders and words": (
        "quién le habla a mi mujer", "salir", "ya llegó", "canela fina", "perro azul", "barco lento",
        "repite", "opciones", "menú", "baja", "adiós",
    ),
    "what she may have told": (
        "mi mujer les contó algo de mí", "ella te dijo que le pego?", "esto es para denunciar?",
        "les pidió ayuda?", "tiene un expediente?", "hay un caso mío?", "quiere divorciarse?",
        "que le van a hacer a uno", "no tenemos que comer desde ayer", "no tenemos que comer desde ayer",
    ),
}  # fmt: skip


class Phone(Talk):
    """A conversation whose context follows its effects, as the product keeps them."""

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver, **KNOWN)
        self.labelled = False

    def write(self, text: str) -> list[dict[str, Any]]:
        """Write or tap; what is read then, without the receipt and what shows nothing."""
        if text == "hold":  # the product hides while a person has her, and the dialogue is not asked
            self.context["cover"] = True
            return []
        if text == "/safe_word_saved":
            self.context["safe_word_set"] = True
        if text == "/safe_word_ok":
            self.context["cover"] = False
        items = self.tap(text) if text.startswith("/") else self.say(text)
        effects = {item["custom"]["effect"] for item in items if "custom" in item}
        self.context["cover"] = "enter_cover" in effects or bool(self.context.get("cover"))
        if effects & {"open_case", "note_danger"}:
            self.context["case_open"] = True
        told = [item for item in items if item.get("custom", {}).get("effect") not in SAYS_NOTHING]
        return [{k: v for k, v in item.items() if k != "recipient_id"} for item in told]


def _played(driver: Driver, history: tuple[str, ...], questions: tuple[str, ...]) -> list[Any]:
    phone = Phone(driver)
    for text in history:
        phone.write(text)
    assert not history or phone.context["cover"] is True
    return [phone.write(text) for text in questions]


@pytest.fixture(scope="module")
def nothing_told(driver: Driver) -> dict[str, list[Any]]:
    """What he reads where nothing was ever told."""
    return {name: _played(driver, (), questions) for name, questions in HE_ASKS.items()}


@pytest.mark.parametrize("asks", HE_ASKS)
@pytest.mark.parametrize("history", HISTORIES)
def test_he_reads_what_any_other_phone_answers(
    driver: Driver, nothing_told: dict[str, list[Any]], history: str, asks: str
) -> None:
    """Texts, buttons and effects are the same from the message on in which he says who he is."""
    questions = HE_ASKS[asks]
    read = _played(driver, HISTORIES[history], questions)
    for question, answer, elsewhere in zip(questions, read, nothing_told[asks], strict=True):
        assert answer == elsewhere, question


@pytest.mark.parametrize("history", [(), (*MINE, "salir")])
def test_her_data_are_neither_shown_nor_erased(driver: Driver, history: tuple[str, ...]) -> None:
    """Once somebody else has said who he is; before, the phone is hers."""
    phone = Phone(driver)
    for text in history:
        phone.write(text)
    phone.write("quién habla ahí con mi esposa")
    done = []
    for text in ("mis datos", "quiero una copia de mis datos", "borra todo", "sí", "/erase_yes", "/copy_yes"):
        phone.write(text)
        done += [effect["effect"] for effect in phone.effects()]
    assert not {"tell_my_data", "erase_my_data", "withdraw_consent", "drop_out"} & set(done)


def test_a_silence_is_the_same_where_cover_lasts_and_where_it_ends(driver: Driver) -> None:
    """With an open case cover outlasts the night; elsewhere it ends, and his next question begins it."""
    read = []
    for history in ((), (*MINE, "/want_person", "/open_case_yes", "salir")):
        phone = Phone(driver)
        for text in history:
            phone.write(text)
        told = [phone.write(text) for text in HE_ASKS["the same again"]]
        phone.now += timedelta(hours=13)
        phone.context["cover"] = bool(history)
        read.append(told + [phone.write(text) for text in HE_ASKS["denuncias"]])
    assert read[0] == read[1]


ORDINARY = (
    "qué es esto", "quién eres", "cuánto cuesta", "y quién le da la clase", "opciones", "mis datos",
    "quiero hablar con una persona", "quiero hablar con una persona", "gracias", "hola",
    "cuándo es mi sesión",
)  # fmt: skip


@pytest.mark.parametrize(
    "history", [name for name, said in HISTORIES.items() if said[-1] in ("salir", "ya llegó")]
)
def test_ordinary_questions_are_answered_as_anywhere(driver: Driver, history: str) -> None:
    """Also before he says who he is: after the same order to change the subject, the same answers."""
    anywhere = Phone(driver)
    anywhere.write("salir")
    assert anywhere.context["cover"] is False
    assert _played(driver, HISTORIES[history], ORDINARY) == [anywhere.write(text) for text in ORDINARY]


def test_what_he_reads_is_a_workshops_bot(nothing_told: dict[str, list[Any]]) -> None:
    """The same everywhere is not enough: it must also tell nothing."""
    read = str(list(nothing_told.values())).lower()
    assert not [word for word in ("violencia", "denunci", "expediente", "código", "te creo") if word in read]
