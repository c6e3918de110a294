"""What a later message means because of what was told before, and the look-alikes that mean nothing of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.sound_patterns import is_whole
from bot.components.spelling import bare, spoken
from bot.dialogue import in_place, in_thread, speaker, words
from bot.dialogue.acts import SAFETY, TOPICS
from bot.dialogue.fears import part
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing
from bot.dialogue.told_before import LIST, harm_in, is_man, remembered, says

NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")
DISCLOSED = Understanding("disclose_violence", 0.9, "support", "sure")
INTENTS = SAFETY | TOPICS


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), INTENTS, **of)  # type: ignore[arg-type] # a few fields of it


def _settled(text: str, intent: str, said: Understanding = NOTHING_HEARD, **of: object) -> Act:
    return in_thread.settled(text, Act(intent), said, _here(in_safety=True, **of))


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("puedo contarte algo", True),
        ("te puedo contar un secreto?", True),
        ("oiga le puedo decir una cosa", True),
        ("si te cuento algo no le dices a nadie", True),
        ("quiero contarle", True),
        ("puedo contar con el apoyo?", False),
        ("quiero hablar con alguien", False),
        ("me puede decir el horario", False),
        ("te cuento que ya me inscribi", False),
        ("puedo llevar a mi niño", False),
    ],
)
def test_who_asks_whether_she_may_tell_meets_an_open_door(text: str, opening: bool) -> None:  # a table
    """Whole messages, before anything was told."""
    assert is_whole(LIST, "opens", spoken(bare(text))) is opening


@pytest.mark.parametrize(
    ("text", "dying"),
    [
        ("ya no kiero vivir", True),
        ("mejor me muero", True),
        ("quisiera dormirme y ya no despertar", True),
        ("tengo ganas de morirme", True),
        ("ya no quiero vivir con el", False),
        ("ya no quiero vivir aqui", False),
        ("ya no quiero vivir asi", False),
        ("me quiero morir de la risa", False),
        ("no quiero despertar a mi niña", False),
    ],
)
def test_a_wish_to_die_is_no_wish_to_leave_him(text: str, dying: bool) -> None:  # a table
    """A word after it decides."""
    assert says("dying", text) is dying


def test_both_are_answered_where_she_is_hurt_and_wants_to_die() -> None:
    """Whichever of the two the model heard."""
    text = "me trata bien mal mi marido y ya no quiero vivir"
    dying = Understanding("self_harm", 0.9, "danger", "sure")
    assert _settled(text, "disclose_violence", DISCLOSED).intent == "self_harm_and_violence"
    assert _settled(text, "self_harm", dying).intent == "self_harm_and_violence"
    assert _settled("ya no quiero vivir", "self_harm", dying).intent == "self_harm"


@pytest.mark.parametrize(
    "text", ["nadie", "me esta dando sueño", "ya vomite", "no se", "gracias", "tengo miedo"]
)
def test_after_pills_the_emergency_is_said_again(text: str) -> None:
    """Whatever she answers, until she is cared for or it was not so."""
    pills: dict[str, object] = {"filled": {"about": "overdose", "in_danger": "self"}}
    assert _settled(text, "keep_talking", **pills).intent == "taken_again"
    assert _settled(text, "alone_now", **pills).intent == "taken_alone"
    assert _settled("", "with_someone", **pills).intent == "taken_with_someone"
    assert _settled("ya estoy en el hospital", "keep_talking", **pills).intent == "taken_cared"
    assert _settled("no me tome nada", "keep_talking", **pills).intent == "self_harm"
    assert _settled("ya viene mi hermana", "change_subject", **pills).intent == "taken_again"
    assert _settled("salir", "quick_exit", **pills).intent == "quick_exit"
    assert _settled("mi marido me quiere matar", "immediate_danger", **pills).intent == "immediate_danger"


@pytest.mark.parametrize(
    ("text", "before", "harm"),
    [
        ("mi marido me apreto el cuello", "", "strangled"),
        ("hace 10 años me ahorco", "", ""),
        ("me pego en la cara", "strangled", "strangled"),
        ("me pego mi marido", "", "blow"),
        ("me pego la gripa", "", ""),
        ("estoy embarazada", "blow", "hit_while_pregnant"),
        ("estoy embarazada", "", ""),
        ("anoche me violo", "blow", "forced"),
    ],
)
def test_the_harm_to_her_body_is_remembered_as_a_class(text: str, before: str, harm: str) -> None:
    """The gravest of what was told, and a pregnancy told after a blow."""
    assert harm_in(text, before) == harm


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("tengo que ir al doctor?", True),
        ("es necesario que me revisen?", True),
        ("voy al hospital o no", True),
        ("me debo revisar?", True),
        ("no tengo marca de todos modos tengo que ir al doctor?", True),
        ("el es doctor en el hospital", False),
        ("ya fui al doctor", False),
        ("no me deja ir al doctor", False),
        ("trabajo en el hospital", False),
    ],
)
def test_whether_to_see_a_doctor_is_answered_by_what_was_told(text: str, asks: bool) -> None:  # a table
    """After strangling the text on strangling; a statement about a hospital asks for nothing."""
    act = _settled(text, "keep_talking", filled={"harm": "strangled"})
    assert (act.intent == "info_health") is asks


def test_hidden_or_kept_in_danger_she_is_told_how_she_is_found() -> None:
    """Only while the danger goes on: elsewhere a bathroom is a bathroom."""
    danger: dict[str, object] = {"filled": {"in_danger": "others"}, "case_open": True}
    assert _settled("me encerre en el baño con mi niño", "safe_now", **danger).intent == "hidden_inside"
    assert _settled("no se en q calle estoy", "where_to_go", **danger).intent == "lost_where"
    assert _settled("no conozco aqui", "keep_talking", **danger).intent == "lost_where"
    assert _settled("ya se fue, sali del baño", "safe_now", **danger).intent == "safe_now"
    assert _settled("no se que hacer", "keep_talking", **danger).intent == "keep_talking"
    assert _settled("me meti a bañar", "keep_talking", filled={"in_danger": "no"}).intent == "keep_talking"


def test_a_girl_is_answered_as_one() -> None:
    """In danger, threatened to be silent, afraid of being taken away."""
    girl: dict[str, object] = {"minor": True}
    danger = Understanding("immediate_danger", 0.9, "danger", "sure")
    assert (
        _settled("dice q si digo algo le va a pasar algo", "immediate_danger", danger, **girl).intent
        == "child_hurt"
    )
    assert _settled("me van a llevar de mi casa?", "cannot_answer", **girl).intent == "what_happens"
    assert _settled("me van a llevar de mi casa?", "cannot_answer").intent == "cannot_answer"


def test_after_a_threat_with_photos_paying_is_about_them() -> None:
    """Without it "le pago" is of something else."""
    photos: dict[str, object] = {"filled": {"photos": "yes"}}
    for text in ("si le pago ya me deja en paz?", "me pide dinero", "ya las subio", "como las borro"):
        assert _settled(text, "cannot_answer", **photos).intent == "photos_pay", text
        assert _settled(text, "cannot_answer").intent == "cannot_answer", text
    assert _settled("no se que hacer", "keep_talking", **photos).intent == "keep_talking"


@pytest.mark.parametrize(
    ("text", "man"),
    [
        ("soy hombre y mi esposa me pega", True),
        ("yo soy varon", True),
        ("mi esposo es hombre de campo", False),
    ],
)
def test_a_man_says_so(text: str, man: bool) -> None:  # a table
    """Of himself."""
    assert is_man(text) is man


def test_a_man_who_said_so_is_not_answered_as_a_woman() -> None:
    """No refuge, no case, no protection order; and 911 in danger."""
    man: dict[str, object] = {"filled": {"writer": "man"}}
    for intent in ("fear_children_taken", "shelter_with_children", "want_person", "tell_more"):
        assert _settled("me puede quitar a mis hijos?", intent, **man).intent == "man_heard"
    assert _settled("trae un cuchillo", "immediate_danger", **man).intent == "man_danger"
    assert _settled("ya no quiero vivir", "self_harm", **man).intent == "self_harm"


def test_who_writes_and_who_hurts_is_remembered() -> None:
    """A woman whose partner is a woman, a friend until she tells of herself; nothing outside a talk."""
    wife = remembered("mi esposa me pega", Act("disclose_violence"), DISCLOSED, _here())
    assert wife.slots["hurts"] == "she"
    friend = remembered("a mi amiga le pega", Act("support_for_other"), NOTHING_HEARD, _here())
    assert friend.slots["writer"] == "friend"
    here = _here(in_safety=True, filled={"writer": "friend"})
    assert remembered("y tiene hijos", Act("keep_talking"), NOTHING_HEARD, here).slots["writer"] == "friend"
    herself = remembered("a mi tambien me pega mi marido", Act("tell_more"), DISCLOSED, here)
    assert herself.slots["writer"] is None
    assert remembered("hola", Act("greet"), NOTHING_HEARD, _here()).slots == {}


def test_ella_hides_nothing_where_it_is_she_who_hurts() -> None:
    """Her partner is a woman; a husband who says so is one all the same."""
    text = "ella les conto algo de mi?"
    guess = Understanding("ask_privacy", 0.9, "none", "none", speaker="partner", speaker_confidence=0.99)
    told = _here(in_safety=True, filled={"hurts": "she"})
    assert speaker.other(text, guess, told) is None
    act = speaker.other(text, guess, _here(in_safety=True))
    assert act is not None
    assert act.intent == "other_holds_phone"
    assert speaker.other("soy su esposo", guess, told) is not None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("mi viejo me golpea pero no quiero q se entere q hable con ustedes", "fear_he_knows"),
        ("me pega y me da miedo q me quite a mis hijos", "fear_children_taken"),
        ("me pega y no tengo dinero para irme", "fear_alone_money"),
        ("me pega y me grita", ""),
        ("me pega pero no quiero que se entere mi patron del taller de costura", ""),
    ],
)
def test_a_fear_beside_what_is_told_is_found(text: str, topic: str) -> None:
    """One clause of it, as a whole."""
    assert part(text) == topic


def test_a_yes_with_what_it_is_to_is_a_yes_where_a_person_was_offered() -> None:
    """A yes that goes on, hedges or asks is none; nor is it one where a story may begin."""
    case = _here(in_safety=True, place="safety.case", yes="/open_case_yes", no="/open_case_no")
    wants = Understanding("ask_person", 0.9, "none", "none")

    def taken(text: str, said: Understanding = wants, here: Standing = case) -> str:
        act = in_place.yes_led(text, said, here)
        return act.intent if act else ""

    assert taken("si una persona") == "open_case_yes"
    assert taken("sí, que me hable alguien") == "open_case_yes"
    assert taken("claro que si que me llame la licenciada", NOTHING_HEARD) == "open_case_yes"
    assert taken("si pero no se") == ""
    assert taken("si me da miedo", NOTHING_HEARD) == ""
    assert taken("que me hable alguien") == ""
    assert taken("si quien me va a hablar?") == ""
    writes = _here(in_safety=True, place="safety.write_safely", yes="/safe_now", no="/not_safe_now")
    assert taken("si que me hable alguien", here=writes) == ""


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("mandame una patrulla estoy en calle hidalgo 23 tonala", True),
        ("manden a la policía por favor", True),
        ("ocupo una patrulla", True),
        ("necesito una ambulancia", True),
        ("quiero ser policía", False),
        ("quiero hablar con la policía", False),
        ("quiero un taller con policías", False),
        ("quiero una patrulla de juguete", False),
        ("no manden a la policía", False),
        ("ayer mandaron una patrulla", False),
        ("¿pueden mandar una patrulla?", False),
    ],
)
def test_a_patrol_asked_for_is_a_cry(text: str, *, asked: bool) -> None:
    """Its look-alikes speak of the police, of a toy, of yesterday, or ask whether it can be."""
    act = in_thread.wants_police(text, _here())
    assert (act is not None and act.intent == "immediate_danger") is asked


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("что это такое", True),
        ("これは何ですか", True),
        ("привет hola", False),
        ("ñandú", False),
        ("😭🔪", False),
        ("911", False),
    ],
)
def test_letters_of_another_script_are_known(text: str, *, other: bool) -> None:
    """Signs and figures are none: 🔪😭 is a cry."""
    assert words.is_other_script(text) is other
