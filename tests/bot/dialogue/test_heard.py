"""The plain forms of fears, kinds of harm, cries and speakers, and what only looks like them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.dialogue import cries, requests, speaker
from bot.dialogue.acts import TOPICS
from bot.dialogue.fears import answered, plainly
from bot.dialogue.interpret import interpret
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Standing

FORMS = Path(__file__).with_name("heard.txt")
NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")
INTENTS = TOPICS | {"ask_childcare", "ask_privacy", "keep_talking"}


def _read() -> list[tuple[str, str, str]]:
    """Return the topic ("" for none), where it holds, and the sentence."""
    found, topic, where = [], "", ""
    for line in FORMS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            topic, _, where = line.strip("[]").partition(" ")
            topic = "" if topic == "none:" else topic
        elif line.strip() and not line.startswith("#"):
            found.append((topic, where, line))
    return found


ALL = _read()


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), INTENTS, **of)  # type: ignore[arg-type] # a few fields of it


@pytest.mark.parametrize(("topic", "where", "text"), ALL, ids=[f"{t or w}: {s}" for t, w, s in ALL])
def test_a_plain_form_is_heard_and_its_look_alike_is_not(topic: str, where: str, text: str) -> None:
    """Inside a talk each topic is heard; outside only those that can't be mistaken there."""
    assert plainly(text, in_safety=True) == topic or (not topic and plainly(text, in_safety=True) != where)
    if where == "anywhere":
        assert plainly(text, in_safety=False) == topic
    if where == "talk" or not topic:
        assert plainly(text, in_safety=False) in ("", *TOPICS - {topic or where})


def test_every_topic_has_an_answer_and_a_plain_form() -> None:
    """The list of topics is closed."""
    heard = {topic for topic, _, _ in ALL if topic}
    assert heard == TOPICS - {"he_watches_now"}


def test_the_models_topic_counts_where_it_is_sure() -> None:
    """From 0.6 inside a talk, from 0.8 outside where harm is heard too; danger comes before it."""
    text = "una frase que nadie conoce"

    def topic(confidence: float, *, in_safety: bool, risk: str = "none", tier: str = "sure") -> object:
        tier = "none" if risk == "none" else tier
        said = Understanding(
            "inform", 0.5, risk, tier, topic="fear_children_taken", topic_confidence=confidence
        )
        act = answered(text, said, _here(in_safety=in_safety))
        return act and act.intent

    assert topic(0.7, in_safety=True) == "fear_children_taken"
    assert topic(0.7, in_safety=False) is None
    assert topic(0.85, in_safety=False) is None
    assert topic(0.85, in_safety=False, risk="support", tier="perhaps") == "fear_children_taken"
    assert topic(0.9, in_safety=True, risk="danger") is None


def test_in_a_talk_of_dying_nothing_answers_but_that_she_is_not_to_blame() -> None:
    """No shelter and no law while she speaks of dying."""
    here = _here(in_safety=True, filled={"in_danger": "self"})
    assert answered("a donde puedo ir", NOTHING_HEARD, here) is None
    act = answered("es mi culpa", NOTHING_HEARD, here)
    assert act is not None
    assert act.intent == "fear_guilty"


@pytest.mark.parametrize(
    "text",
    [
        "oye mi mujer les conto algo de mi",
        "mi esposa te escribio?",
        "quien habla ahi con mi esposa",
        "kien es que habla con mi mujer",
        "soy su esposo",
        "soy el marido de Maria",
        "soy su esposo tengo derecho a saber",
        "ella les conto algo?",
        "que les dijo mi vieja",
        "me puedes borrar sus datos",
        "borra los datos de mi esposa",
        "ella te dijo que le pego?",
        "ya no le escriban a mi esposa",
        "este es el celular de mi mujer",
        "dime que te dijo mi esposa. contesta",
        "que quiere mi mujer con ustedes",
        "quien es usted y porque le escribe a mi esposa",
    ],
)
def test_somebody_else_holds_her_phone(text: str) -> None:
    """From there it is a workshops bot."""
    assert speaker.holds_her_phone(text, NOTHING_HEARD)


@pytest.mark.parametrize(
    "text",
    [
        "mi esposa me pega",
        "mi mujer me grita y me cela",
        "mi esposa y yo queremos inscribirnos",
        "mi novia me amenaza con dejarme en la calle, me quita mi dinero",
        "ella me conto que le pega su marido",
        "la maestra me dijo que viniera",
        "mi esposo les conto algo?",
        "borra mis datos",
        "soy su vecina y la oigo gritar",
        "quiero inscribir a mi esposa",
        "quien habla?",
        "mi hija les mando su acta",
        "soy mujer y mi esposa me pega",
        "mi señora madre quiere entrar al taller",
    ],
)
def test_she_or_somebody_harmless_writes(text: str) -> None:
    """A woman whose partner is a woman tells of violence with the same words."""
    assert not speaker.holds_her_phone(text, NOTHING_HEARD)


def test_the_models_speaker_counts_where_it_is_sure() -> None:
    """Somebody else's phone is a lasting reading: from 0.8, and never where she says what is done to her."""
    sure = Understanding("inform", 0.5, "none", "none", speaker="partner", speaker_confidence=0.85)
    likely = Understanding("inform", 0.5, "none", "none", speaker="partner", speaker_confidence=0.7)
    assert speaker.holds_her_phone("y de que tanto hablan", sure)
    assert not speaker.holds_her_phone("y de que tanto hablan", likely)
    assert not speaker.holds_her_phone("mi esposa me pega", sure)


@pytest.mark.parametrize(
    "text", ["porfavor ayudaaa", "AYUDENME", "necesito ayuda urgente", "ayuda ayuda", "help"]
)
def test_a_call_for_help_is_heard_in_any_spelling(text: str) -> None:
    """With courtesy and without."""
    assert cries.asks_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "gracias por su ayuda",
        "ayuda con mi curp",
        "quiero ayudar en el taller",
        "me ayudas a inscribirme",
        "por favor",
    ],
)
def test_what_only_speaks_of_help_is_no_call(text: str) -> None:
    """Something else stands beside it."""
    assert not cries.asks_help(text)


@pytest.mark.parametrize(
    "text",
    ["tengo mucho miedo", "tengo miedo de mi marido", "ando bien asustada", "me da miedo que llegue",
     "le tengo pavor", "estoy en peligro", "tngo muxo miedo"],
)  # fmt: skip
def test_fear_alone_is_a_cry(text: str) -> None:
    """Of him, or of nothing that is named."""
    assert cries.is_afraid(text)


@pytest.mark.parametrize(
    "text",
    ["tengo miedo de no pasar el curso", "me da miedo hablar en publico", "me da miedo la aguja",
     "tengo miedo a las alturas", "no tengo miedo", "le tengo miedo a los perros"],
)  # fmt: skip
def test_fear_of_something_else_is_none(text: str) -> None:
    """An exam, a needle, dogs."""
    assert not cries.is_afraid(text)


@pytest.mark.parametrize(
    "text",
    ["donde denuncio", "quiero una orden de protección", "necesito un abogado", "¿hay refugios?", "refugio",
     "un abogado", "como le hago para pedir la pensión", "me pueden orientar en lo legal"],
)  # fmt: skip
def test_a_need_is_asked_for(text: str) -> None:
    """A question, a wish, or a thing that is only named."""
    assert requests.need(text, _here(in_safety=True))


@pytest.mark.parametrize(
    "text",
    ["me ordena que le de todo mi dinero", "el es doctor en el hospital", "dice que no tengo derecho a nada",
     "estoy embarazada de el", "mi suegro es abogado", "le puse una demanda y se rio",
     "me llevaron al hospital", "el trabaja en el ministerio", "no quiero denunciar",
     "ya me dieron la orden de proteccion", "me quito la pension"],
)  # fmt: skip
def test_a_statement_about_him_asks_for_nothing(text: str) -> None:
    """The same words, told."""
    assert requests.need(text, _here(in_safety=True)) is None


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("ya me las tome", "self_harm_now"),
        ("me tome todas las pastillas de mi mama", "self_harm_now"),
        ("me corte las venas", "self_harm_now"),
        ("ya lo hice", "self_harm_now"),
        ("tengo unas pastillas aqui", "self_harm_means"),
        ("aqui tengo la navaja", "self_harm_means"),
        ("estoy en el puente", "self_harm_means"),
        ("no tengo pastillas ni nada", None),
        ("ya no quiero sentir esto", None),
    ],
)
def test_means_to_die_come_first_in_a_talk_of_dying(text: str, act: str | None) -> None:
    """At hand or taken."""
    found = cries.answered(text, NOTHING_HEARD, _here(in_safety=True, filled={"in_danger": "self"}))
    assert (found and found.intent) == act


def test_the_same_words_elsewhere_are_of_every_day() -> None:
    """She takes her pills, and stands on a bridge."""
    for text in ("ya me las tome", "tengo unas pastillas aqui", "estoy en el puente"):
        assert cries.answered(text, NOTHING_HEARD, _here()) is None


@pytest.mark.parametrize(
    ("text", "spares"),
    [
        ("a los niños no les pega, a mi nada mas", True),
        ("no les pega a mis hijos", True),
        ("nomas a mi", True),
        ("a los niños les pega", False),
        ("le pega a mi hija y a mi", False),
    ],
)
def test_whom_he_hurts(text: str, spares: bool) -> None:
    """Negation decides whether the duty to report a child's harm is said."""
    assert speaker.spares_children(text) is spares


def test_the_programme_answers_in_a_talk_only_where_she_surely_speaks_of_it() -> None:
    """A guess at childcare is a shelter with children there."""
    here = _here(in_safety=True)
    guess = Understanding("ask_childcare", 0.6, "none", "none")
    assert interpret("y quien me los cuida", "text", "", guess, here).intent == "shelter_with_children"
    sure = Understanding("ask_childcare", 0.9, "none", "none")
    assert interpret("en el taller cuidan a los niños", "text", "", sure, here).intent == "ask_childcare"
