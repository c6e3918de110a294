"""Texts that a team sends often: found by title, and no place for anything of a woman."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from models import CannedAnswer, HelpResource, Team
from outreach.casework import canned
from outreach.casework.canned import CannedError
from outreach.casework.case_state import fits
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BODY = "Cuando puedas, escríbeme y lo vemos con calma."


@pytest.fixture
def team(session: Session) -> Team:
    vault.make_team(session, "Atención")
    return session.scalars(select(Team)).one()


def test_by_title_as_it_is_read(session: Session, team: Team) -> None:
    for title in ("Órdenes", "abrazo", "Casa", "  Orden   de hoy "):
        canned.save(session, team.id, title, BODY)
    titles = [one.title for one in canned.of_team(session, team.id)]
    assert titles == ["abrazo", "Casa", "Orden de hoy", "Órdenes"]


def test_changed_and_removed(session: Session, team: Team) -> None:
    made = canned.save(session, team.id, "Saludo", BODY)
    canned.save(session, team.id, "Saludo", "Hola", made)
    assert [one.body for one in canned.of_team(session, team.id)] == ["Hola"]
    other = canned.save(session, team.id, "Despedida", BODY)
    with pytest.raises(CannedError, match="ese título"):
        canned.save(session, team.id, "Saludo", BODY, other)
    canned.remove(session, made)
    assert [one.title for one in canned.of_team(session, team.id)] == ["Despedida"]


def test_each_team_has_its_own(session: Session, team: Team) -> None:
    """The same title in two teams is two texts, and one team's are not found by the other's people."""
    vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    made = canned.save(session, team.id, "Saludo", BODY)
    canned.save(session, other.id, "Saludo", "Otra cosa")
    assert [one.body for one in canned.of_team(session, other.id)] == ["Otra cosa"]
    assert canned.find(session, made.id, {other.id}) is None
    assert canned.find(session, made.id, {team.id}) is made


@pytest.mark.parametrize(
    "text",
    ["Márcale al 33 1234 5678", "al 3312345678", "+52 (33) 1234-5678", "GOLM900517MJCXXX01", "folio 123456"],
)
def test_no_number_of_anybody(session: Session, team: Team, text: str) -> None:
    """P4: it is not sealed, so no phone, CURP or folio may stand in it."""
    for title, body in ((text[:80], BODY), ("Saludo", text)):
        with pytest.raises(CannedError, match="no es de un recurso de ayuda"):
            canned.save(session, team.id, title, body)
    assert session.scalar(select(func.count()).select_from(CannedAnswer)) == 0


@pytest.mark.parametrize(
    "text", ["Marca 911 o 079", "a las 10:30", "el 24/11/2026", "2 o 3 personas, 10 minutos", "de 9 a 5"]
)
def test_numbers_that_are_nobodys(session: Session, team: Team, text: str) -> None:
    assert canned.save(session, team.id, "Saludo", text).body == text


def test_numbers_of_help_resources(session: Session, team: Team) -> None:
    """A line that the service itself gives may stand there, however its figures are grouped."""
    channel = session.scalars(select(HelpResource.channel)).all()
    number = next(n for text in channel for n in canned._numbers(text))
    canned.save(session, team.id, "Línea", f"Marca al {number}")
    canned.save(session, team.id, "La misma", f"Marca al {canned._figures(number)}")


def test_the_longest_can_also_wait(session: Session, team: Team) -> None:
    """What a caseworker puts into her box may be stored as it is."""
    assert fits("a" * canned.LONGEST_BODY)


def test_not_without_end(session: Session, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canned, "MOST", 2)
    for title in ("uno", "dos"):
        canned.save(session, team.id, title, BODY)
    with pytest.raises(CannedError, match="quita alguna"):
        canned.save(session, team.id, "tres", BODY)
