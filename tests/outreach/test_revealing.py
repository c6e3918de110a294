"""The reveal check names what it found, as it is written (P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.messages import reveal, templates
from outreach.messages.templates import TemplateError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WRITTEN = (
    "casa taller Denúncialo ¿policía? 9 1 1 *golpes* mañana, 33-1415-1002 caso armando trabajadora social."
)
PIECES = (*reveal.STEMS, *reveal.PHRASES, *reveal.HARMLESS, *WRITTEN.split())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("¿Ya pusiste la DENUNCIA?", ["DENUNCIA"]),
        ("Ve a la policía, y denúncialo", ["policía", "denúncialo"]),
        ("la *violencia* no es culpa tuya", ["violencia"]),
        ("pregunta por la Trabajadora Social, Ana", ["Trabajadora Social"]),
        ("tu caso y tu Caso", ["caso", "Caso"]),
        ("policía y policía", ["policía"]),
        ("marca 9 1 1 o 911", ["911"]),
        ("llama al 9-1-1", ["911"]),
        ("el Centro de Justicia abre a las 9", ["Centro de Justicia"]),
        ("marca al 33 1415 1002", ["3314151002"]),
        ("golpes,amenazas", ["golpes", "amenazas"]),
    ],
)
def test_it_names_the_words_as_they_are_written(text: str, named: list[str]) -> None:
    assert [one.word for one in reveal.found(text)] == named


@pytest.mark.parametrize(
    "text",
    ["casos y armas", "armado de cajas en la casona", "Armando te espera", "a las 9:11", "en 1911"],
)
def test_look_alikes_are_not_named(text: str) -> None:
    assert reveal.found(text) == []


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | st.text(max_size=60))
def test_both_ways_of_looking_agree(text: str) -> None:
    """What is named is what stops a message at the gate, no more and no less."""
    assert {one.entry for one in reveal.found(text)} == set(reveal.revealing_words(text))
    assert all(one.word for one in reveal.found(text))


def test_a_template_says_which_word(session: Session) -> None:
    """P5: whoever writes one is told what to change; in the name, too."""
    for name, body, named in (
        ("aviso_caso", "Hola, te esperamos mañana", "«caso»"),
        ("aviso", "Hola, ya tienes abogada y refugio", "«abogada», «refugio»"),
    ):
        with pytest.raises(TemplateError, match=named):
            templates.save(session, name=name, body=body, samples={})
