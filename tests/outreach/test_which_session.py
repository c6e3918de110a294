"""Which of two sessions she speaks of: by workshop, place, day, hour, "el otro", "los dos"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from test_reminder_answers import NO, YES, Two
from test_reminder_answers import two as two  # noqa: PLC0414 (a fixture of that file)

from models import Group, RsvpAnswer, Session, Workshop
from outreach.messages.reveal import revealing_words
from outreach.turns import which_session
from outreach.turns.effects import TellNextSession

if TYPE_CHECKING:
    from collections.abc import Callable

ZONE = ZoneInfo("America/Mexico_City")
NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
"""A Monday, noon in Jalisco."""


def _meeting(workshop: str, place: str, ahead: timedelta) -> Session:
    group = Group(workshop=Workshop(name=workshop), place=place)
    return Session(group=group, starts_at=NOW + ahead)


SEWING = _meeting("Corte y costura", "Colmena Jalisco", timedelta(days=1))
GARDEN = _meeting("Huerto en casa", "Casa de la Cultura Oblatos", timedelta(days=3, hours=-2))


def _named(text: str) -> list[Session]:
    return which_session.named(text, [SEWING, GARDEN], ZONE, NOW)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("al de costura no puedo", SEWING),
        ("ps al huerto no creo ir", GARDEN),
        ("la de la colmena si", SEWING),
        ("mañana no puedo", SEWING),
        ("el jueves no voy", GARDEN),
        ("a la de las 10 no llego", GARDEN),
        ("al otro no puedo", GARDEN),
        ("la otra si", GARDEN),
    ],
)
def test_named(text: str, meant: Session) -> None:
    """By what one has and the other has not; "el otro" is not the last between us."""
    assert _named(text) == [meant]


@pytest.mark.parametrize("text", ["si voy a los dos", "a ambos", "no voy a ninguno de los dos"])
def test_both(text: str) -> None:
    """One answer for two."""
    assert _named(text) == [SEWING, GARDEN]


@pytest.mark.parametrize(
    "text",
    [
        "no puedo ir", "si", "en mi casa me necesitan", "me duele la espalda", "otro dia si voy",
        "hay otro grupo?", "dele mi lugar a otra",
        "por la mañana no puedo", "no voy a la casa de la cultura", "llego a las dos",
        "mi otra hija se enfermo",
    ],
)  # fmt: skip
def test_names_none(text: str) -> None:
    """What only sounds so leaves it to the last that asked."""
    assert _named(text) == []


def test_one_yes_and_one_no() -> None:
    """Each part of what she says has its own answer."""
    found = which_session.answers(
        "al de costura si voy y al huerto no", [GARDEN, SEWING], ZONE, NOW, RsvpAnswer.DECLINED
    )
    assert found == [(SEWING, RsvpAnswer.CONFIRMED), (GARDEN, RsvpAnswer.DECLINED)]


@pytest.fixture
def saying(two: Two, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what lets her next answer hold these words."""

    def say(text: str) -> None:
        monkeypatch.setattr("outreach.turns.handlers.sessions._words", lambda _scene: text)

    return say


def test_the_other_one(two: Two, saying: Callable[[str], None]) -> None:
    """Her yes is about the last that asked; she is asked for the other, and answers for it apart."""
    saying("si")
    told = two.says(YES)
    assert "al otro no" in told
    assert revealing_words(told) == []
    saying("al otro no")
    told = two.says(NO)
    assert "Anoté que no vienes" in told
    assert "al otro" not in told
    assert two.answers() == {"b-1": "confirmed", "a-1": "declined"}


def test_both_at_once(two: Two, saying: Callable[[str], None]) -> None:
    """It is noted for each, and she reads both."""
    saying("si voy a los dos")
    assert two.says(YES).count("sí vienes") == 2
    assert two.answers() == {"a-1": "confirmed", "b-1": "confirmed"}


def test_both_are_told(two: Two, saying: Callable[[str], None]) -> None:
    """Asked when her session is, she reads of each seat, the soonest first."""
    saying("cuando es")
    assert two.says(TellNextSession()).count("Tu próxima sesión") == 2
