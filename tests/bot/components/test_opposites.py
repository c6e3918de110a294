"""Negation decides between opposites: what keeps things speaks against an act that changes them."""

from __future__ import annotations

import pytest

from bot.components.opposites import keeps, of_another_detail
from bot.components.reading import Reading, guarded
from bot.components.spelling import bare


@pytest.mark.parametrize(
    ("act", "text", "speaks_against"),
    [
        ("opt_out", "si mándenme por favor", True),
        ("opt_out", "no, avíseme", True),
        ("opt_out", "déjelos, me sirven", True),
        ("opt_out", "ya no me avise", False),
        ("opt_out", "que ya no me vuelvan a mandar", False),
        ("opt_out", "deje de mandarme", False),
        ("opt_out", "quítelos por favor", False),
        ("opt_in", "así estoy bien gracias", True),
        ("opt_in", "mándelos otra vez", False),
        ("drop_seat", "si me gustó", True),
        ("drop_seat", "siempre si voy", True),
        ("drop_seat", "nomás mañana", True),
        ("drop_seat", "ya no voy a ir", False),
        ("drop_seat", "no me gustó, ya lo dejo", False),
        ("erase", "déjelos", True),
        ("erase", "bórrelos", False),
        ("close_case", "que siga abierto", True),
        ("close_case", "ciérrelo ya", False),
        ("withdraw_consent", "sí les doy permiso", True),
        ("withdraw_consent", "quítelo", False),
        ("consent_yes", "paso, me da pena", True),
        ("consent_yes", "sí acepto", False),
        ("hide", "déjelos", False),
    ],
)
def test_what_keeps_things_speaks_against_changing_them(act: str, text: str, *, speaks_against: bool) -> None:
    assert keeps(act, bare(text)) is speaks_against


@pytest.mark.parametrize(
    ("place", "text", "other"),
    [
        ("enrolment.children", "puse mal mi nombre", True),
        ("enrolment.children", "me equivoqué, no son tres", False),
        ("enrolment.full_name", "mi nombre va con zeta", False),
        ("enrolment.full_name", "la fecha que puse está mal", True),
        ("enrolment.curp", "lo de antes estaba mal", True),
        ("enrolment.summary", "la colonia está mal", True),
        ("enrolment.summary", "no, no hay nada malo", False),
        ("enrolment.summary", "no, está mal", True),
    ],
)
def test_a_correction_names_another_detail_than_the_one_asked(place: str, text: str, *, other: bool) -> None:
    """At the summary all details are asked about at once, and only "nothing is wrong" corrects none."""
    assert of_another_detail(place, bare(text)) is other


@pytest.mark.parametrize(
    ("place", "act", "text", "becomes"),
    [
        ("contact.opt_out_sure", "opt_out", "si mándenme", "unclear"),
        ("contact.opt_out_sure", "opt_out", "ya no me manden", "opt_out"),
        ("sessions.drop_sure", "drop_seat", "si me gustó, no", "unclear"),
        ("sessions.drop_sure", "drop_seat", "ya no voy a ir", "drop_seat"),
        ("enrolment.children", "change_detail", "puse mal, no son tres", "unclear"),
        ("enrolment.children", "change_detail", "puse mal mi nombre", "change_detail"),
    ],
)
def test_the_opposite_is_asked_back_however_sure_a_model_is(
    place: str, act: str, text: str, becomes: str
) -> None:
    assert guarded(Reading(act, 0.999), place, text, "none", "none").act == becomes
