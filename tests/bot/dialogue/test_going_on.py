"""What was answered wrongly in conversations that were played, each kind with its look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.spelling import spoken
from bot.dialogue import cries, fears, going_on, grievance, hiding, in_thread, lasting, requests, tongues
from bot.dialogue.acts import SAFETY, TOPICS
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing
from bot.dialogue.told_before import says

NOTHING_HEARD = Understanding("out_of_scope", 0.4, "none", "none")
TOLD = Understanding("disclose_violence", 0.95, "support", "sure")
INTENTS = SAFETY | TOPICS


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), INTENTS, **of)  # type: ignore[arg-type] # a few fields of it


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("y si despues ocupo otra vez?", True),
        ("y si luego necesito ayuda", True),
        ("si un día los vuelvo a necesitar les escribo?", True),
        ("puedo volver después?", True),
        ("puedo escribirles otra vez", True),
        ("y si me arrepiento", True),
        ("y si cambio de opinion", True),
        ("y si después quiero inscribirme", True),
        ("cuando los vuelva a ocupar les escribo", True),
        ("y si regreso con el?", False),
        ("y si me vuelve a pegar", False),
        ("y si necesito ayuda", False),
        ("puedo volver a mi taller", False),
        ("cuando quiero comer otra vez", False),
        ("y si me quita a mis hijos despues", False),
        ("si falto puedo volver otro dia a la clase", False),
        ("me arrepiento de haberme casado", False),
    ],
)
def test_whether_she_may_come_back_later(text: str, later: bool) -> None:
    """Asked as such; to him, to her seat or in another matter is another question."""
    assert going_on.asks_for_later(text) is later


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("si seguimos", True),
        ("sí, seguimos", True),
        ("ok si continuamos", True),
        ("sigamos pues", True),
        ("si le seguimos", True),
        ("no seguimos", False),
        ("ya no seguimos", False),
        ("si ya no", False),
        ("si", False),
        ("si sigo con mi marido", False),
    ],
)
def test_she_goes_on_with_a_yes_before_it(text: str, goes_on: bool) -> None:
    """Never with a no."""
    assert going_on.resumes(text) is goes_on


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("siguiente", "plan_three"),
        ("y luego", "plan_three"),
        ("qué sigue", "plan_three"),
        ("seguimos con el plan", "plan_three"),
        ("el paso 4", "plan_four"),
        ("a ver el quinto paso", "plan_five"),
        ("ya no sigue aqui", ""),
        ("el otro me pega", ""),
        ("y despues que me hace", ""),
        ("me sigue", ""),
    ],
)
def test_the_plan_is_not_lost_by_a_question(text: str, step: str) -> None:
    """Its next step comes where she asks for it, whatever was answered in between."""
    here = _here(in_safety=True, place="safety.choices", filled={"plan": "plan_three"})
    act = going_on.plan_step(text, here)
    assert (act.intent if act else "") == step
    assert going_on.plan_step(text, _here(in_safety=True, place="safety.choices")) is None


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("tlazohcamati", True),
        ("nimitztlazohcamati", True),
        ("Tlasojkamati miak, maestra", True),
        ("pamparios", True),
        ("Pampariyutsi!", True),
        ("jamädi", True),
        ("di jamadi", True),
        ("diosï meiamu", True),
        ("thank you so much", True),
        ("tlaquepaque", False),
        ("Tlajomulco", False),
        ("amatitan", False),
        ("jamay", False),
        ("hamaca", False),
        ("pan para los niños", False),
        ("thank you i need help", False),
        ("tlazohcamati pero me pega", False),
    ],
)
def test_thanks_in_the_languages_of_jalisco(text: str, thanks: bool) -> None:
    """Whole messages; a place or a thing that sounds like one thanks for nothing."""
    assert tongues.is_thanks(text) is thanks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("quiero hablar con la licenciada", True),
        ("que me hable la licenciada", True),
        ("me pasa con la trabajadora social", True),
        ("está la lic?", True),
        ("puedo hablar con la psicóloga", True),
        ("quisiera comunicarme con la seño", True),
        ("ya hablé con la licenciada", False),
        ("no quiero hablar con la licenciada", False),
        ("la licenciada del dif me trató mal", False),
        ("necesito una licenciada para el divorcio", False),
        ("mi suegra es licenciada", False),
        ("necesito un abogado", False),
        ("se me vence la licencia", False),
    ],
)
def test_the_licenciada_is_a_person(text: str, asks: bool) -> None:
    """A caseworker by what she is called, where she is asked for."""
    assert requests.wants_person(text) is asks


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bueno una persona que me explike", True),
        ("una persona", True),
        ("mejor alguien que me explique bien", True),
        ("quiero hablar con una persona de verdad", True),
        ("alguien que me oriente porfa", True),
        ("una persona me sigue", False),
        ("alguien me pego", False),
        ("alguien que me cuide a los niños", False),
        ("una persona que me ayude con los niños", False),
        ("ya hable con una persona", False),
        ("no quiero hablar con una persona", False),
    ],
)
def test_a_person_named_and_no_more(text: str, names: bool) -> None:
    """The whole message; what somebody does to her is told, and asks for nobody."""
    assert requests.names_person(text) is names


@pytest.mark.parametrize(
    ("text", "cry"),
    [
        ("ayudaaa", True),
        ("AYUUUDA", True),
        ("ayudenmen porfavor", True),
        ("axilioo", True),
        ("ausilio", True),
        ("alludame", True),
        ("aiuda", True),
        ("ayudar", False),
        ("ayudo a mi mamá", False),
        ("ayuda con mi inscripcion", False),
        ("una duda", False),
        ("viuda", False),
    ],
)
def test_a_cry_however_it_is_spelt(text: str, cry: bool) -> None:
    """Drawn out or misspelt it is a cry, and inside a talk it is answered as one."""
    assert cries.asks_help(text) is cry
    for place in ("safety.write_safely", "safety.who_reads", "safety.choices"):
        act = cries.answered(text, NOTHING_HEARD, _here(in_safety=True, place=place))
        assert (act is not None and act.intent == "help_again") is cry
    dying = _here(in_safety=True, filled={"in_danger": "self"})
    act = cries.answered(text, NOTHING_HEARD, dying)
    assert (act is not None and act.intent == "keep_talking") is cry


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("me pegaron", True),
        ("a veces pega", True),
        ("le pegan al niño", True),
        ("es muy golpeador", True),
        ("me golpea", True),
        ("se me pegó el arroz", False),
        ("se me pego la gripa", False),
        ("se pegaron los frijoles", False),
        ("me pego el sol", False),
        ("la etiqueta no pega", False),
        ("pegué las fotos con resistol", False),
        ("me pegué en el dedo", False),
        ("fue un golpe de suerte", False),
    ],
)
def test_a_word_of_blows_that_is_none(text: str, may_be: bool) -> None:
    """Rice sticks and glue sticks; what is not understood and may be a blow still meets an open door."""
    assert cries.could_be(text) is may_be


@pytest.mark.parametrize(
    ("text", "said", "act"),
    [
        ("mi marido me pega ayudame", TOLD, "near_cry_in_cover"),
        ("me golpea mi esposo necesito ayuda", TOLD, "near_cry_in_cover"),
        ("auxilio me pega", TOLD, "near_cry_in_cover"),
        ("mi marido me pega", TOLD, "change_subject"),
        ("me pega y nadie me ayuda", TOLD, "change_subject"),
        ("ayuda con mi inscripcion", NOTHING_HEARD, "tell_more"),
    ],
)
def test_a_call_for_help_beside_what_she_tells_under_cover(text: str, said: Understanding, act: str) -> None:
    """The line that any bot may say, and for a plain disclosure the cover line alone."""
    heard = hiding.under_cover(Act("tell_more" if said is TOLD else "ask_info"), text, said)
    assert heard.intent == (act if said is TOLD else "ask_info")


HURT = ["strangled", "hit_while_pregnant", "blow"]


@pytest.mark.parametrize("harm", HURT)
@pytest.mark.parametrize(
    ("text", "injured"),
    [
        ("ya me siento bien nomas no puedo pasar saliva", True),
        ("me cuesta tragar", True),
        ("me duele mucho el cuello al pasar", True),
        ("amanecí ronca", True),
        ("veo borroso", True),
        ("me desmayé", True),
        ("sigo sangrando", True),
        ("ya no se mueve mi bebé", True),
        ("no puedo dormir", False),
        ("no puedo dejarlo", False),
        ("me duele lo que me dice", False),
        ("no puedo pasar por su casa", False),
    ],
)
def test_a_sign_of_injury_after_harm_sends_her_to_a_doctor(harm: str, text: str, injured: bool) -> None:
    """Whatever the place takes it for; and not where nothing was done to her body."""
    here = _here(in_safety=True, filled={"harm": harm, "in_danger": "others"})
    act = in_thread.settled(text, Act("safe_now"), NOTHING_HEARD, here)
    assert (act.intent == "info_health" and act.slots["doctor"] == harm) is injured
    assert in_thread.settled(text, Act("safe_now"), NOTHING_HEARD, _here(in_safety=True)).intent == "safe_now"


@pytest.mark.parametrize(
    ("harm", "sent"), [("strangled", True), ("hit_while_pregnant", True), ("blow", False)]
)
def test_who_feels_better_sees_a_doctor_after_what_harms_hours_later(harm: str, sent: bool) -> None:
    """Strangled or struck while pregnant: today all the same. A blow that has passed: no."""
    here = _here(in_safety=True, filled={"harm": harm, "in_danger": "others"})
    act = in_thread.settled("ya me siento mejor", Act("safe_now"), NOTHING_HEARD, here)
    assert (act.intent == "info_health" and act.slots["doctor"] == harm) is sent


@pytest.mark.parametrize(
    ("text", "hunted"),
    [
        ("nos busca", True),
        ("nos anda buscando", True),
        ("anda diciendo q sigo yo", True),
        ("dice que la que sigue soy yo", True),
        ("viene por los niños", True),
        ("anda suelto", True),
        ("me amenaza", True),
        ("nos busca la policia para declarar", False),
        ("ahora sigo yo con sus niños", False),
        ("nos busca la trabajadora social", False),
        ("la extraño mucho", False),
        ("lo busca la fiscalia", False),
    ],
)
def test_he_who_killed_one_of_hers_looks_for_them(text: str, hunted: bool) -> None:
    """Danger where she mourns a woman he killed; elsewhere the words alone decide nothing here."""
    mourns = _here(in_safety=True, filled={"killed": "yes"})
    act = in_thread.settled(text, Act("keep_talking"), NOTHING_HEARD, mourns)
    assert (act.intent == "immediate_danger") is hunted
    assert in_thread.settled(text, Act("keep_talking"), NOTHING_HEARD, _here(in_safety=True)).intent != (
        "immediate_danger"
    )


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("me van a regañar si les digo q no kiero", True),
        ("y si me voy con mi tia me pueden regresar?", True),
        ("me van a correr de la casa", True),
        ("me castigan si se enteran", True),
        ("me van a regañar en la escuela", False),
        ("si me voy a la tienda", False),
        ("me va a gustar el taller", False),
    ],
)
def test_a_girl_is_told_what_happens_then(text: str, asks: bool) -> None:
    """What becomes of her if she says no, or goes; a grown woman's words are read as they were."""
    girl = _here(in_safety=True, minor=True)
    assert (
        in_thread.settled(text, Act("keep_talking"), NOTHING_HEARD, girl).intent == "what_happens"
    ) is asks
    woman = _here(in_safety=True)
    assert in_thread.settled(text, Act("keep_talking"), NOTHING_HEARD, woman).intent == "keep_talking"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("tengo miedo d estar embarazada", True),
        ("me da miedo quedar embarazada", True),
        ("y si me pegó el sida, me da miedo el sida", True),
        ("tengo miedo de el", False),
        ("estoy embarazada de el", False),
        ("quiero estar embarazada", False),
    ],
)
def test_afraid_for_her_body_after_she_was_forced(text: str, asked: bool) -> None:
    """What helps within 120 hours is said again, also where the message sounds like a telling."""
    here = _here(in_safety=True, filled={"harm": "forced"})
    act = in_thread.settled(text, Act("tell_more"), TOLD, here)
    assert (act.intent == "info_health") is asked


@pytest.mark.parametrize(
    ("text", "herself"),
    [
        ("mi papa me pega tengo 15 años", True),
        ("mi padrastro nos pega a mi y a mi hermanita", True),
        ("mi tio me toca", True),
        ("mi papa le pega a mi mama", False),
        ("estan peleando otra vez", False),
    ],
)
def test_a_girl_who_is_hit_is_no_witness(text: str, herself: bool) -> None:
    """What a child is told who sees another hurt is not what she needs who is hurt herself."""
    assert fears.is_hurt_herself(text) is herself


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("quiero que lo cierren siempre no", True),
        ("que lo cierren mejor", True),
        ("mejor quiero que cierren mi caso", True),
        ("siempre no quiero seguir con el caso", True),
        ("siempre no lo cierren", False),
        ("mejor no lo cierren", False),
        ("quiero que cierren la puerta", False),
        ("siempre no", False),
    ],
)
def test_her_case_is_to_be_closed_in_the_words_of_a_change_of_mind(text: str, closes: bool) -> None:
    """Asked back, as every order that lasts."""
    act = lasting.ordered(text, _here(case_open=True))
    assert (act is not None and act.intent == "ask_close_case") is closes
    assert lasting.ordered(text, _here()) is None


@pytest.mark.parametrize("tier", ["none", "perhaps"])
@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("ya me tienen harta con sus mensajes ya no quiero recibirlos", True),
        ("es mucho, no quiero que me manden mas mensajes", True),
        ("no me mandan mensajes y yo los quiero", False),
        ("me tienen harta", False),
        ("no quiero que me griten en la clase", False),
    ],
)
def test_the_wish_to_stop_inside_a_complaint(text: str, stops: bool, tier: str) -> None:
    """Heard though the message sounds like more; a complaint that none come stops none."""
    said = Understanding("inform", 0.6, "none" if tier == "none" else "support", tier)
    act = grievance.answered(text, said, _here(place=grievance.PLACE))
    assert (act is not None and act.intent == "complaint_stops") is stops


def test_dying_is_no_weariness() -> None:
    """A word of dying is looked for before a guess is only an open ear."""
    assert says("dying", "ya no quiero vivir")
    assert not says("dying", "estoy bien cansada de todo")
    assert spoken("ayudaaa") == "ayuda"
