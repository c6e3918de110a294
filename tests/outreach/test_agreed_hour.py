"""An hour that a caseworker agreed with a woman stays until somebody says what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_steps import NOW, ZONE, Desk, appointed

from outreach.casework import answering, appointment_steps, cases, taking
from outreach.casework.opened import DeskError, NotYoursError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.sealing.crypto import PersonalKey

HOUR = NOW + timedelta(days=1)


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _kept(desk: Desk, case: Case) -> tuple[str | None, str | None]:
    state = cases.read_state(desk.key, case)
    return state.appointment_at, state.appointment_words


def test_it_survives_what_comes(desk: Desk) -> None:
    """Her "ok gracias", an answer, a hand-back and another holder leave it as it is."""
    case = appointed(desk)
    there = (HOUR.isoformat(), None)
    assert _kept(desk, case) == there
    said = lines_of(desk.session, desk.lucia, case)[-1].text
    assert said == (
        "Lucia acordó con ella escribirle el martes 24 de noviembre a las 12:00. "
        "Lo acordado: «después de comer»."
    )
    cases.woman_wrote(desk.session, desk.key, case.id, "ok gracias", NOW)
    assert _kept(desk, case) == there
    assert cases.read_state(desk.key, case).waiting_since is not None
    answering.reply(desk.session, desk.lucia, case.id, NOW, "Aquí estaré")
    taking.hand_back(desk.session, desk.lucia, case.id, NOW)
    cases.woman_wrote(desk.session, desk.key, case.id, "gracias", NOW)
    taking.take(desk.session, desk.marta, case.id, NOW)
    assert _kept(desk, case) == there


def test_what_was_agreed_is_sealed(desk: Desk) -> None:
    """P4: the server knows the hour; the words about it only who holds the key."""
    case = appointed(desk)
    assert "comer" not in str(cases.read_state(desk.key, case))
    assert "comer" in lines_of(desk.session, desk.lucia, case)[-1].text


@pytest.mark.parametrize("kept", [True, False])
def test_what_came_of_it(desk: Desk, kept: bool) -> None:
    """Noted once: then the list has it no more."""
    case = appointed(desk)
    appointment_steps.settle(desk.session, desk.lucia, case.id, HOUR, kept=kept)
    assert _kept(desk, case) == (None, None)
    said = lines_of(desk.session, desk.lucia, case)[-1].text
    assert said.endswith("se cumplió la hora acordada." if kept else "no se pudo a la hora acordada.")
    with pytest.raises(DeskError):
        appointment_steps.settle(desk.session, desk.lucia, case.id, HOUR, kept=kept)


def test_a_new_hour_replaces_the_old(desk: Desk) -> None:
    case = appointed(desk)
    later = HOUR + timedelta(hours=3)
    appointment_steps.appoint(desk.session, desk.lucia, case.id, NOW, later, "", ZONE)
    assert _kept(desk, case) == (later.isoformat(), None)


@pytest.mark.parametrize(
    ("ahead", "agreed"),
    [
        (timedelta(0), "x"),
        (-timedelta(minutes=1), "x"),
        (appointment_steps.FURTHEST + timedelta(seconds=1), "x"),
        (timedelta(hours=1), "x" * 201),
    ],
)
def test_what_is_no_hour(desk: Desk, ahead: timedelta, agreed: str) -> None:
    """Past, too far ahead, or described at length."""
    case = desk.taken()
    with pytest.raises(DeskError):
        appointment_steps.appoint(desk.session, desk.lucia, case.id, NOW, NOW + ahead, agreed, ZONE)
    assert _kept(desk, case) == (None, None)


def test_only_the_holder_agrees(desk: Desk) -> None:
    case = desk.taken()
    with pytest.raises(NotYoursError):
        appointment_steps.appoint(desk.session, desk.marta, case.id, NOW, HOUR, "", ZONE)
    with pytest.raises(NotYoursError):
        appointment_steps.settle(desk.session, desk.marta, case.id, NOW, kept=True)
