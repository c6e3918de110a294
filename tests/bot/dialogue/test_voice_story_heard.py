"""The woman who only speaks, with the real engine (`--long`): synthetic voices, in turn until one is heard.

What it proves is the way, not the ear: her notes are Opus, fetched, written down by the process, answered and
asked back; the caseworker hears the very bytes. How well it hears is `benchmarks/speech.md`.
"""

from __future__ import annotations

import shutil
import uuid
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from test_voice_story import Story, Woman, a_group, answered_by_ana, told

from benchmarks import speaking
from models import Enrolment, Rsvp, RsvpAnswer
from outreach.messages.speech import local
from outreach.messages.speech.local import LocalSpeech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogue_talk import Driver

    from outreach.ground.settings import Settings

pytestmark = [pytest.mark.bot, pytest.mark.xdist_group("speech"), pytest.mark.timeout(1800)]
VOICES = (("es-419", 140), ("es-419+f2", 145), ("es-419+m3", 150), ("es-419+f5", 130), ("es-419", 120))
# A note, and what shows that it was heard: the next question, or what is asked back.
SAYS = (
    ("hola, buenas tardes, quiero inscribirme a un taller", ("Aviso de privacidad",)),
    ("sí, acepto el aviso", ("Entendí que aceptas",)),
    ("sí, así es", ("Cómo te gusta que te digan",)),
    ("me llamo Lupita", ("nombre completo", "apellidos")),
    ("María Guadalupe López Ramos", ("naciste",)),
    ("nací el quince de agosto de mil novecientos ochenta y nueve", ("municipio",)),
    ("vivo en Guadalajara", ("colonia",)),
    ("en la colonia Centro", ("niñas, niños",)),
    ("tengo dos hijos", ("tema",)),
    ("de alimentación", ("recordatorios", "escrib")),
    ("a cualquier hora", ("lees solo tú", "Quién lee")),
    ("solo yo leo los mensajes", ("CURP",)),
    ("no quiero dar la curp", ("¿Está bien?",)),
    ("sí está bien", ("Entendí que tus datos están bien",)),
    ("sí, así es", ("Grupo 1",)),
    ("el grupo uno", ("Entendí que quieres ese grupo",)),
    ("sí, así es", ("Ya tienes tu lugar",)),
    ("sí voy a ir a la sesión", ("Entendí que sí vas",)),
    ("sí, así es", ("Te esperamos",)),
)
TELLS = (
    ("mi marido me pegó anoche, tengo mucho miedo", ("Te creo", "911")),
    ("quiero hablar con una persona", ("expediente", "equipo")),
)


@pytest.fixture
def heard(
    settings: Settings, recovery_key: str, driver: Driver, pytestconfig: pytest.Config
) -> Iterator[Story]:
    if not pytestconfig.getoption("--long", default=False):
        pytest.skip("minutes long: --long")
    if not (local.is_set_up() and shutil.which("espeak-ng") and shutil.which("opusenc")):
        pytest.skip("needs the engine, espeak-ng and opusenc")
    maker = LocalSpeech()
    with told(settings, driver, maker) as (runtime, she):
        yield runtime, she, recovery_key
    maker.close()


def _spoken(voice: str, speed: int, words: str) -> bytes:
    return speaking.note(words, voice, speed, None, ())


def says(she: Woman, note: str, shows: tuple[str, ...]) -> str:
    """Say it in one voice after another until it was heard; what was not is asked for again, never done."""
    answers = []
    for voice, speed in VOICES:
        she.speak = partial(_spoken, voice, speed)
        answers.append(she.says(note))
        if any(one in answers[-1] for one in shows):
            return answers[-1]
    raise AssertionError((note, answers))


def test_she_is_heard(heard: Story) -> None:
    """She enrols, confirms her session, tells of violence, and a caseworker who heard her answers."""
    runtime, she, recovery = heard
    a_group(runtime, municipality="14039")
    for note, shows in SAYS:
        says(she, note, shows)
    with runtime.sessions() as db:
        assert len(db.scalars(select(Enrolment)).all()) == 1
        assert db.scalars(select(Rsvp.answer)).one() is RsvpAnswer.CONFIRMED
    for note, shows in TELLS:
        says(she, note, shows)
    if she.state().case_id is None:
        she.taps("Sí, ábrelo")
    assert uuid.UUID(she.state().case_id or "")
    answered_by_ana(runtime, she, recovery, "tengo miedo de que vuelva hoy", exact=False)
