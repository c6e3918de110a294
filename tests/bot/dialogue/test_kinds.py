"""Which kind of harm a message tells, that it is no violence, and what answers the first two questions."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue import denied, first_questions, kinds, told_before
from bot.dialogue.parse import Understanding
from bot.dialogue.standing import Act, Standing

TOLD = {
    "police": (
        "un policia me subio a la patrulla y me toco",
        "me paro una patrulla y el oficial me manoseo",
        "los municipales me golpearon cuando me detuvieron",
        "me golpearon los policias",
        "unos soldados se metieron a mi casa y nos manosearon",
        "en los separos me desnudaron",
        "los policias me quitaron mi dinero y me amenazaron",
        "el oficial de transito me pidio favores para no multarme",
    ),
    "trafficking": (
        "me trajeron a trabajar aqui y no me dejan salir me quitaron mi credencial",
        "me ofrecieron trabajo en tijuana y el señor se quedo con mi ine",
        "me hace atender hombres",
        "nos hacen estar con clientes",
        "mi novio me hace acostarme con otros por dinero",
        "la patrona no me paga ni me deja ir",
        "el señor donde trabajo me quito mi pasaporte",
        "me trajeron engañada y ahora me obligan",
        "debo dinero al q me trajo y no me deja ir hasta q pague",
        "vine a trabajar de mesera y no nos dejan salir del bar",
        "me dijeron q era para cuidar a una señora y me tienen encerrada",
        "nos trajeron a la pisca y no nos pagan ni nos dejan ir",
        "me bende con señores",
    ),
    "obstetric": (
        "me inyectaron algo en el hospital pa ya no tener hijos sin mi permiso",
        "me ligaron",
        "me pusieron el aparato sin decirme",
        "me operaron pa no tener familia y nunca me preguntaron",
        "en el seguro me quitaron la matriz sin avisarme",
        "firme un papel en el parto y resulto q me esterilizaron",
        "la doctora me puso el diu a fuerzas",
        "me pusieron un implante sin mi consentimiento",
    ),
    "missing": (
        "mi hija no llega",
        "mi hija no ha llegado y ya es noche",
        "mi niña no aparece",
        "mi hermana no regreso desde ayer",
        "mi sobrina no a yegado",
    ),
    "work": (
        "mi jefe me manosea en el trabajo",
        "en el trabajo mi patron me pide que salga con el o me corre",
        "mi supervisor me acosa",
        "me acosa un compañero de la fabrica",
        "el gerente me anda tocando",
        "el dueño de la tienda me agarro las nalgas",
        "mi patrona me grita y me humilla",
        "sufro acoso sexual en el trabajo",
        "donde trabajo me acosan... en la maquiladora me repegan",
        "el encargado de la bodega me manda fotos",
        "mi jefe me quiere correr si no salgo con el",
        "me nalgueo el capataz",
        "acoso laboral",
    ),
    "": (
        "mi jefe me felicito en el trabajo",
        "mi jefe no me da permiso de ir al taller",
        "mi patron me pago tarde",
        "mi esposo me pega porque llego tarde del trabajo",
        "mi marido es mi jefe y me grita",
        "me toca trabajar el sabado en la tienda",
        "me toco el turno de noche en la fabrica",
        "el encargado del taller me acosa",
        "la maestra del curso me grito",
        "mi jefe le grito a otro muchacho",
        "quiero trabajo en una fabrica",
        "un policia me ayudo ayer",
        "me toco un policia muy amable",
        "un policia me toco la puerta",
        "mi marido es policia y me pega",
        "hable a la policia y no vinieron",
        "me ofrecieron trabajo en una fabrica",
        "mi marido no me deja salir a trabajar",
        "mi marido me quito mi credencial y no me deja trabajar",
        "me quitaron la credencial en la entrada del taller",
        "mi patrona no me deja salir temprano",
        "me asaltaron y me quitaron mi celular en el trabajo",
        "atiendo clientes en la tienda y me gritan",
        "me trajeron a trabajar aqui y estoy contenta",
        "me ligaron porque yo quise",
        "me inyectaron en el hospital para el dolor",
        "me operaron del hospital y quede bien",
        "me pusieron una multa sin avisarme",
        "mi hija no llega a tiempo al taller",
        "mi hija no llego temprano",
        "mi hija ya llego",
    ),
}
ALL = [(kind, text) for kind, texts in TOLD.items() for text in texts]
OTHER = Understanding("out_of_scope", 0.2, "none", "none")


def _here(**of: object) -> Standing:
    return Standing(date(2026, 11, 23), frozenset(), **of)  # type: ignore[arg-type] # a few fields of it


@pytest.mark.parametrize(("kind", "text"), ALL)
def test_a_kind_is_told_in_many_ways_and_its_look_alikes_are_none(kind: str, text: str) -> None:
    """Each stands on two things at least: for what she was brought, and what keeps her."""
    assert kinds.told(text) == kind


@pytest.mark.parametrize(
    ("kind", "text", "act"),
    [
        ("police", "entonces con quien voy", "police_outside"),
        ("police", "no quiero ir con la policia", "police_outside"),
        ("police", "no les tengo confianza a ellos", "police_outside"),
        ("police", "a donde me quejo", "police_outside"),
        ("obstetric", "se puede demandar", "obstetric_complain"),
        ("obstetric", "que hago", "obstetric_complain"),
        ("obstetric", "quiero poner una queja", "obstetric_complain"),
        ("missing", "desde ayer en la noche", "missing_again"),
        ("missing", "a que numero marco", "missing_again"),
        ("missing", "ya la encontre", "missing_back"),
        ("work", "donde lo denuncio", "work_complain"),
        ("work", "como lo denuncio", "work_complain"),
        ("work", "a quien le digo", "work_complain"),
        ("work", "donde me quejo", "work_complain"),
        ("work", "y si me corren", "work_complain"),
        ("work", "es que necesito el trabajo", "work_complain"),
        ("work", "ya tiene dos meses asi", "keep_talking"),
        ("trafficking", "ya estoy aca", "trafficking_more"),
        ("trafficking", "no puedo salir", "trafficking_held"),
        ("trafficking", "no puedo mandar ubicacion", "lost_no_location"),
        ("obstetric", "fue hace dos años", "keep_talking"),
        ("police", "eran tres", "keep_talking"),
    ],
)
def test_what_she_says_next_is_answered_by_its_kind(kind: str, text: str, act: str) -> None:
    """A statement after the police or a hospital is heard on; a question has its own answer."""
    here = _here(in_safety=True, filled={"kind": kind})
    assert kinds.settled(text, Act("keep_talking"), here).intent == act


@pytest.mark.parametrize(
    ("kind", "text", "act"),
    [
        ("work", "con quien me puedo quejar", "work_complain"),
        ("obstetric", "con quien me quejo", "obstetric_complain"),
        ("work", "a que licenciada le digo", "want_person"),
    ],
)
def test_with_whom_to_complain_is_no_wish_for_a_caseworker(kind: str, text: str, act: str) -> None:
    """The model of the place hears "una persona" in it."""
    here = _here(in_safety=True, filled={"kind": kind})
    assert kinds.settled(text, Act("want_person"), here).intent == act


def test_a_danger_of_another_kind_comes_first() -> None:
    """A knife is no question of where to complain."""
    here = _here(in_safety=True, filled={"kind": "obstetric"})
    act = kinds.settled("mi marido me puso un cuchillo en el cuello", Act("immediate_danger"), here)
    assert act.intent == "immediate_danger"


@pytest.mark.parametrize(
    "text",
    [
        "no es por violencia",
        "no es violencia",
        "no me pega",
        "no es maltrato",
        "nadie me pega",
        "mi marido no me pega",
        "en mi casa no hay violencia",
        "perdon pero no es de violencia",
        "no sufro violencia",
        "mi esposo es bueno conmigo",
    ],
)
def test_a_denial_is_a_whole_message(text: str) -> None:
    """It opens no talk and is not believed for more than it says."""
    act = denied.answered(text, OTHER, _here())
    assert act is not None
    assert act.intent == "not_violence"


@pytest.mark.parametrize(
    "text",
    [
        "no me pega pero me grita",
        "ya no me pega",
        "no me pega mucho",
        "hoy no me pego",
        "no es violencia?",
        "no es violencia verdad",
        "no me pega cuando estan los niños",
    ],
)
def test_what_tells_more_is_no_denial(text: str) -> None:
    """A "but", a time or a question makes it another thing."""
    assert denied.answered(text, OTHER, _here()) is None


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("can_write", "ya estoy aca"),
        ("can_write", "entonces con quien voy"),
        ("can_write", "y que hago"),
        ("can_write", "fue ayer"),
        ("can_write", "ya le habia dicho a mi mama"),
        ("only_me", "ya me siento mejor"),
        ("only_me", "fue anoche"),
        ("only_me", "y que le digo"),
    ],
)
def test_a_statement_or_a_question_is_no_yes_to_the_first_questions(act: str, text: str) -> None:
    """Whatever the model of the place makes of it."""
    place = first_questions.WRITE if act == "can_write" else first_questions.READERS
    assert first_questions.is_no_yes(act, text, _here(in_safety=True, place=place))


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("can_write", "estoy en la casa de mi mama"),
        ("can_write", "el se fue a trabajar"),
        ("can_write", "ya se durmio"),
        ("can_write", "si, que hago"),
        ("can_write", "ando en el mercado"),
        ("only_me", "yo mera"),
        ("only_me", "nadie le sabe la clave"),
        ("others_read", "mi suegra lo agarra"),
    ],
)
def test_an_answer_in_her_words_stays_one(act: str, text: str) -> None:
    """He is gone, she is elsewhere, it is hers."""
    place = first_questions.WRITE if act == "can_write" else first_questions.READERS
    assert not first_questions.is_no_yes(act, text, _here(in_safety=True, place=place))


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("me duele mucho la panza y estoy sangrando tengo 5 meses me pateo", "hit_while_pregnant"),
        ("tengo 7 meses y me dio una patada en la panza", "hit_while_pregnant"),
        ("tengo 5 meses de casada y me pateo la panza", "blow"),
    ],
)
def test_months_beside_her_belly_are_a_pregnancy(text: str, harm: str) -> None:
    """Months of marriage are none."""
    assert told_before.harm_in(text) == harm
