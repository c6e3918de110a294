"""An absence beside its reason, and English beside Spanish: whole clauses and messages, with look-alikes."""

from __future__ import annotations

import pytest

from bot.dialogue import absence, tongues

ABSENT = [
    "no puedo ir porque mi marido no me deja salir",
    "no voy a poder ir xq me pego",
    "mi marido no me deja, no voy a ir",
    "hoy no podre ir al taller, el se enojo",
    "no voy a ir a la clase es que ando golpeada",
    "oiga maestra no voy a poder asistir, tengo problemas en la casa",
    "me corrio de la casa. no podre ir mañana",
    "voy a faltar porque me escondio las llaves",
    "ay no, no voy a poder llegar al curso porque no me da permiso",
    "no boy a poder hir pork mi viejo anda tomado",
    "creo que no voy a poder ir el martes, me tiene vigilada",
    "ya no voy a poder ir a la sesion por que me amenazo",
    "no voy porque me tiene amenazada",
]
NOT_ABSENT = [
    "no puedo ir a denunciar porque me mata",
    "no puedo salir porque me tiene encerrada",
    "no puedo hablar",
    "no puedo mas",
    "no puedo dejarlo porque me quita a los niños",
    "no voy a poder dejarlo",
    "no puedo ir con mi mama porque me sigue",
    "no me deja ir",
    "no quiere que vaya al taller",
    "no puedo dormir",
    "no puedo, esta aqui",
    "voy a ir aunque no quiera",
    "no puedo irme de la casa",
    "no puedo ir al doctor porque me cela",
]
ENGLISH = [
    "hello do you speak english",
    "i want to join the workshop",
    "what time is the class tomorrow",
    "please help me, i don't speak spanish",
    "where is the next workshop?",
    "can you help me please",
]
SPANISH = [
    "hola buenas tardes",
    "me llamo Mary Smith",
    "no he come nada",
    "a mi me da pena",
    "ok thank you",
    "quiero el workshop",
    "soy de Chapala",
    "si",
    "no se ingles",
    "me an dicho que si",
    "will",
]


@pytest.mark.parametrize("text", ABSENT)
def test_an_absence_is_heard_beside_its_reason(text: str) -> None:
    """Before or after it, in any spelling."""
    assert absence.told(text)


@pytest.mark.parametrize("text", NOT_ABSENT)
def test_what_she_can_not_do_is_no_absence(text: str) -> None:
    """Only her session, and only a whole clause."""
    assert not absence.told(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_told_from_spanish(text: str) -> None:
    """Most of the words decide."""
    assert tongues.is_english(text)


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_with_a_word_of_english_is_spanish(text: str) -> None:
    """A name, thanks, or words that are written alike."""
    assert not tongues.is_english(text)
