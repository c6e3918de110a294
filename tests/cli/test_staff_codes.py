"""Codes without a phone: for the demo's invented people, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from at_desk import log_in
from sqlalchemy import select

from cli import sample, sample_desk, words
from cli.commands import staff
from cli.install.failure import Failure
from cli.parser import parse
from models import Role, SecondFactor, SessionStep, Shift, StaffSession, utcnow
from outreach.casework import canned
from outreach.sealing import renewal, vault
from outreach.staff import accounts, factors, logins, teams
from outreach.staff.sessions import Identity
from outreach.start import seed

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def test_the_demos_people_enter_with_a_code(
    sessions: sessionmaker[Session],
    session: Session,
    key: PersonalKey,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`staff code` says what the login asks for, also after the demo was started again."""
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    notebook = sample.Notebook(tmp_path / "demo")
    for _ in range(2):
        sample.staff(sessions, key, notebook, utcnow())
    assert set(notebook.kept["codes"]) == {"caso", "supervision", "caso_ssas", "caso_dif"}
    assert (tmp_path / "demo" / "demo.json").stat().st_mode & 0o077 == 0
    for username, step in (("caso", SessionStep.CODE), ("coordinacion", SessionStep.OPEN)):
        login = log_in(session, key, username, notebook.kept["logins"][username], utcnow())
        assert login is not None
        assert login.step is step
    said = staff.sample_code("Caso")
    half = session.scalars(select(StaffSession).where(StaffSession.step == SessionStep.CODE)).one()
    caso = accounts.find(session, "caso")
    assert caso is not None
    identity = Identity(caso, half, None)
    code = said.split(" ", 1)[0]
    assert said.startswith(words.STAFF_CODE.format(code=code, seconds=0)[:12])
    login = logins.complete(session, key, identity, code, logins.Origin("192.0.2.1"), utcnow())
    assert login is not None
    assert login.step is SessionStep.OPEN


def test_the_demo_has_three_teams(
    sessions: sessionmaker[Session], session: Session, key: PersonalKey, tmp_path: Path
) -> None:
    """Each agency has its own team and caseworker; a key that was changed since does not stop the demo."""
    seed.plant(session)
    session.commit()
    notebook = sample.Notebook(tmp_path / "demo")
    sample.staff(sessions, key, notebook, utcnow())
    for _ in range(2):
        inside = {
            line.team.agency: [one.staff.username for one in line.holders] for line in teams.lines(session)
        }
        assert inside == {"SISEMH": ["caso", "supervision"], "SSAS": ["caso_ssas"], "DIF": ["caso_dif"]}
        for line in teams.lines(session):
            login = notebook.kept["logins"][line.holders[0].staff.username]
            ring = vault.unlock(session, line.holders[0].staff, login)
            assert ring is not None
            renewal.change_key(session, ring, line.team.id, renewal.Recovery.make())
        session.commit()
        sample.staff(sessions, key, notebook, utcnow())


@pytest.mark.parametrize("username", ["coordinacion", "nadie"])
def test_nobody_else_has_a_code_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, username: str) -> None:
    """P10: without the demo, or for whoever is not in it, the command line has no code."""
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    with pytest.raises(Failure):
        staff.sample_code("caso")
    sample.Notebook(tmp_path / "demo").keep("codes", {"caso": "JBSWY3DPEHPK3PXP"})
    with pytest.raises(Failure):
        staff.sample_code(username)


@pytest.mark.parametrize(("options", "kept"), [([], True), (["--factor"], False)])
def test_a_reset_from_the_command_line(
    session: Session, key: PersonalKey, options: list[str], kept: bool
) -> None:
    """A lost phone is said so; otherwise the second factor stays."""
    accounts.add(session, "alma", "Alma", Role.ADMINISTRATOR, utcnow())
    alma = accounts.find(session, "alma")
    assert alma is not None
    factors.begin(session, key, alma, utcnow())
    staff._reset(session, parse(["staff", "reset", "alma", *options]))
    assert (session.scalar(select(SecondFactor.id)) is not None) is kept


def test_an_account_of_an_agencys_team(session: Session) -> None:
    """With `--team` she waits for that team's key; a team that is not there is named, with those that are."""
    for name in ("Atención", "Otra"):
        vault.make_team(session, name)
    words_of = ["staff", "add", "ines", "--name", "Inés", "--role", "caseworker", "--team"]
    staff._add(session, parse([*words_of, "Otra"]))
    ines = accounts.find(session, "ines")
    assert ines is not None
    found = {line.team.name: [one.staff.username for one in line.members] for line in teams.lines(session)}
    assert found == {"Atención": [], "Otra": ["ines"]}
    with pytest.raises(Failure, match="Atención, Otra"):
        staff._add(session, parse([*words_of, "Tercera"]))


def test_who_had_the_key_leaves_a_thing_to_do(session: Session) -> None:
    """The command line says that the key is to be changed, and stops before a team's last holder goes."""
    paper = vault.make_team(session, "Atención")
    for name in ("ines", "nora"):
        accounts.add(session, name, name.title(), Role.CASEWORKER, utcnow())
        one = accounts.find(session, name)
        assert one is not None
        vault.grant_with_recovery_key(session, paper, one.id)
    assert words.STAFF_CHANGE_THE_KEY in staff._disable(session, parse(["staff", "disable", "ines"]))
    with pytest.raises(Failure, match="nadie más"):
        staff._disable(session, parse(["staff", "disable", "nora"]))


def test_the_demos_desk_is_filled_once(
    sessions: sessionmaker[Session],
    session: Session,
    key: PersonalKey,
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Shifts of a week and answers to send; what a visitor took away does not come back."""
    notebook = sample.Notebook(tmp_path / "demo")
    sample.staff(sessions, key, notebook, utcnow())
    team = vault.find_team(session)
    assert team is not None
    sample_desk.ensure(session, settings, notebook, utcnow())
    session.flush()
    assert len(session.scalars(select(Shift)).all()) >= 12
    ready = canned.of_team(session, team.id)
    assert {one.title for one in ready} == set(words.DEMO_ANSWERS)
    canned.remove(session, ready[0])
    sample_desk.ensure(session, settings, notebook, utcnow())
    assert len(canned.of_team(session, team.id)) == len(ready) - 1
