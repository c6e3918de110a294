"""The pages of a team's key: change it, check the paper, seal anew; and who is in which team."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from staffroom import CANARY, Browser, Programme, enter, enter_again, open_case

from console import words
from models import FIRST_PROGRAMME, AuditEvent, FormerKey, KeyWrap, Role, Staff, Stream, Team
from models import Programme as ProgrammeRow
from outreach.casework import referral_rows
from outreach.sealing import recovery_key, reseal, vault
from outreach.staff import accounts
from outreach.texts import desk_keys as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FRAGMENT = {"X-Fragment": "1"}
SHOWN = re.compile(r'<p class="code"[^>]*>([0-9A-Z-]{40,})</p>')
TEAMS = "/llave/equipos"


@pytest.fixture
def team_id(session: Database, team: str) -> uuid.UUID:
    return vault.the_team(session).id


@pytest.fixture
def marta(app: Flask, session: Database, team: str) -> Browser:
    return enter(app, session, Role.SUPERVISOR, "marta", team)


def _changes(browser: Browser, team_id: uuid.UUID) -> str:
    """Change the key as the page does; return the answer."""
    known = browser.get("/llave").get_data(as_text=True).split('name="known" value="')[1].split('"')[0]
    return browser.post(f"/llave/cambiar/{team_id}", page="/llave", known=known).get_data(as_text=True)


def _page(browser: Browser, path: str = "/llave") -> str:
    return browser.get(path).get_data(as_text=True)


def _person(session: Database, name: str) -> Staff:
    found = accounts.find(session, name)
    assert found is not None
    return found


def test_a_colleague_changes_the_key(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, marta: Browser, team_id: uuid.UUID,
    programme: Programme, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The whole way: the new paper is shown once and checked, all is sealed anew, colleagues go on."""
    monkeypatch.setattr(reseal, "SETTLES", timedelta(0))
    case = open_case(session, key, programme.conversation)
    first = _changes(lucia, team_id)
    shown = SHOWN.search(first)
    assert shown is not None
    assert shown[1] not in _page(lucia)
    # She reads on, and new words are sealed to the new key.
    assert CANARY in _page(lucia, f"/casos/{case.id}")
    # A colleague's page is covered; password and code open it, with all that was said.
    assert marta.get("/casos", **FRAGMENT).status_code == 423
    assert CANARY in _page(enter_again(app, marta), f"/casos/{case.id}")

    assert "Nadie ha comprobado" in _page(lucia)
    lucia.post(f"/llave/comprobar/{team_id}", page="/llave", recovery_key=recovery_key.make())
    assert "no es la clave de este equipo" in _page(lucia)
    lucia.post(f"/llave/comprobar/{team_id}", page="/llave", recovery_key=shown[1].lower())
    assert "Se comprobó el" in _page(lucia)

    page = _page(lucia)
    assert "se está sellando" in page
    assert "Llave del equipo (1)" in page
    token = page.split('data-token="')[1].split('"')[0]
    headers = FRAGMENT | {"X-CSRFToken": token}
    for _ in range(20):
        answer = lucia.client.post(f"/llave/resellar/{team_id}", headers=headers)
        assert answer.status_code == 200
        if "data-finished" in answer.get_data(as_text=True):
            break
    assert session.scalar(select(func.count()).select_from(FormerKey)) == 0
    assert "se está sellando" not in _page(lucia)
    assert CANARY in _page(lucia, f"/casos/{case.id}")


def test_a_form_sent_twice_changes_it_once(session: Database, lucia: Browser, team_id: uuid.UUID) -> None:
    """The second press, or the page of a colleague from before, says that it is changed already."""
    known = _page(lucia).split('name="known" value="')[1].split('"')[0]
    lucia.post(f"/llave/cambiar/{team_id}", page="/llave", known=known)
    changed = session.scalars(select(Team.public_key)).one()
    answer = lucia.post(f"/llave/cambiar/{team_id}", page="/llave", known=known)
    assert answer.status_code == 302
    assert "ya había cambiado" in _page(lucia)
    assert session.scalars(select(Team.public_key)).one() == changed


def test_another_paper(session: Database, lucia: Browser, team_id: uuid.UUID, team: str) -> None:
    """A paper that is lost is replaced; that of before opens nothing."""
    html = lucia.post(f"/llave/recuperacion/{team_id}", page="/llave").get_data(as_text=True)
    shown = SHOWN.search(html)
    assert shown is not None
    assert vault._recover(session, shown[1])
    with pytest.raises(vault.WrongRecoveryKeyError):
        vault._recover(session, team)


def test_who_left_and_what_she_may_have_seen(
    session: Database, key: PersonalKey, lucia: Browser, marta: Browser, ana: Browser, team_id: uuid.UUID,
    programme: Programme,
) -> None:  # fmt: skip
    """Her colleagues are told and asked; the administrator reads that there is something to do, no count."""
    case = open_case(session, key, programme.conversation)
    assert CANARY in _page(marta, f"/casos/{case.id}")
    gone = _person(session, "marta").id
    ana.post(f"/administracion/personal/{gone}/quitar", page="/administracion/personal")
    told = _page(ana, "/administracion/personal")
    assert "que la cambie" in told
    assert "conversaci" not in told
    page = _page(lucia)
    assert "Marta Prueba ya no está en el equipo" in page
    assert "Llave del equipo (1)" in page
    seen = _page(lucia, f"/llave/salida/{team_id}/{gone}")
    assert "se podían abrir una conversación" in seen
    assert "abrió una conversación: en cada una" in seen
    assert lucia.get(f"/llave/salida/{team_id}/{uuid.uuid4()}").status_code == 404
    _changes(lucia, team_id)
    assert "ya no está en el equipo" not in _page(lucia)


def test_another_teams_key_is_not_there(
    app: Flask, session: Database, lucia: Browser, team: str, team_id: uuid.UUID
) -> None:
    """P4: whoever has no key of a team can neither change nor look, nor learns who waits for it."""
    theirs = vault.make_team(session, "Otra dependencia")
    other = session.scalars(select(Team).where(Team.id != team_id)).one()
    waits = accounts.add(session, "ines", "Inés Otra", Role.CASEWORKER, _person(session, "lucia").created_at,
                         team=other)  # fmt: skip
    assert (theirs, waits) != ("", "")
    session.commit()
    for path in ("cambiar", "recuperacion", "comprobar", "resellar"):
        assert lucia.post(f"/llave/{path}/{other.id}", page="/llave", known="x").status_code == 404
    assert lucia.get(f"/llave/salida/{other.id}/{_person(session, 'ines').id}").status_code == 404
    page = _page(lucia)
    assert "Inés Otra" not in page
    assert "Llave del equipo (" not in page
    lucia.post(f"/llave/dar/{_person(session, 'ines').id}", page="/llave")
    assert vault.teams_of(session, _person(session, "ines").id) == frozenset()


def test_an_administrator_makes_a_team(
    app: Flask, session: Database, lucia: Browser, ana: Browser, team_id: uuid.UUID
) -> None:
    """A team for an agency, its paper shown once, somebody put in it who gets its key from the paper."""
    html = ana.post(TEAMS, name=" Atención  DIF ", agency="").get_data(as_text=True)
    shown = SHOWN.search(html)
    assert shown is not None
    assert shown[1] not in _page(ana, TEAMS)
    made = session.scalars(select(Team).where(Team.name == "Atención DIF")).one()
    for name, problem in (("atención dif", "Ya hay un equipo"), ("  ", "Falta el nombre")):
        answer = ana.post(TEAMS, name=name, agency="")
        assert (answer.status_code, problem in answer.get_data(as_text=True)) == (422, True)
    assert ana.post(TEAMS, name="Tercero", agency="NADA").status_code == 422

    who = str(_person(session, "lucia").id)
    ana.post(f"{TEAMS}/{made.id}/poner", page=TEAMS, staff_id=who)
    ana.post(f"{TEAMS}/{made.id}/poner", page=TEAMS, staff_id=who)
    assert "Ya está en ese equipo" in _page(ana, TEAMS)
    assert "Te falta la llave de Atención DIF" in _page(lucia)
    lucia.post("/llave/recuperar", page="/llave", recovery_key=shown[1])
    assert vault.teams_of(session, _person(session, "lucia").id) == {team_id, made.id}
    assert _person(session, "lucia").display_name in _page(ana, TEAMS)


def test_the_paper_of_a_team_that_is_not_hers(session: Database, lucia: Browser, team_id: uuid.UUID) -> None:
    """She is told that it gave her nothing, and nothing is recorded of a key that she did not get."""
    paper = vault.make_team(session, "Otra")
    session.commit()
    lucia.post("/llave/recuperar", page="/llave", recovery_key=paper)
    html = _page(lucia)
    assert texts.RECOVERY_NOT_YOURS in html
    assert words.KEY_RECOVERED not in html
    assert vault.teams_of(session, _person(session, "lucia").id) == {team_id}
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "key.recovered")) is None


def test_a_key_that_came_since_she_logged_in(
    session: Database, key: PersonalKey, marta: Browser, team_id: uuid.UUID, programme: Programme
) -> None:
    """She was given a further team's key; until her next login her pages show what her ring opens."""
    paper = vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.id != team_id)).one()
    session.get_one(ProgrammeRow, FIRST_PROGRAMME).team_id = other.id
    case = open_case(session, key, programme.conversation)
    assert case.team_id == other.id
    at = accounts.find(session, "marta").created_at  # type: ignore[union-attr] # the fixture added her
    content: dict[str, Any] = dict.fromkeys(("other", "asked", "consent", "by"), "x")
    content |= {"way": "service", "shared": [], "at": at.isoformat()}
    stands = referral_rows.status(referral_rows.Step.SENT, "x", at)
    referral_rows.add(session, case, uuid.uuid4(), content, stands)
    assert vault.join_team(session, _person(session, "marta"), other)
    vault.grant_with_recovery_key(session, paper, _person(session, "marta").id)
    session.commit()
    page = marta.get("/casos/canalizaciones")
    assert (page.status_code, str(case.id) in page.get_data(as_text=True)) == (200, False)
    assert marta.get("/supervision/estadistica").status_code == 200
    assert marta.get(f"/supervision/estadistica?equipo={other.id}").status_code == 404


def test_taking_somebody_out(
    app: Flask, session: Database, lucia: Browser, marta: Browser, ana: Browser, team_id: uuid.UUID
) -> None:
    """Her session ends and the key is gone; her only team can't be taken, nor one that is not hers."""
    who = _person(session, "lucia").id
    ana.post(f"{TEAMS}/{team_id}/sacar/{who}", page=TEAMS)
    assert "Es su único equipo" in _page(ana, TEAMS)
    paper = vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.id != team_id)).one()
    session.commit()
    ana.post(f"{TEAMS}/{other.id}/sacar/{who}", page=TEAMS)
    assert "No está en ese equipo" in _page(ana, TEAMS)
    ana.post(f"{TEAMS}/{other.id}/poner", page=TEAMS, staff_id=str(who))
    vault.grant_with_recovery_key(session, paper, who)
    session.commit()
    ana.post(f"{TEAMS}/{team_id}/sacar/{who}", page=TEAMS)
    assert vault.teams_of(session, who) == {other.id}
    assert lucia.get("/casos").location == "/entrar"
    assert "Lucia Prueba ya no está en el equipo" in _page(marta)


@pytest.mark.parametrize("who", ["rosa", "nadie", ""])
def test_only_who_may_have_a_key_is_put_in_a_team(
    session: Database, ana: Browser, rosa: Browser, team_id: uuid.UUID, who: str
) -> None:
    """A coordinator gets no place for a key, and a made-up person is not there."""
    staff_id = str(_person(session, "rosa").id) if who == "rosa" else who and str(uuid.uuid4())
    answer = ana.post(f"{TEAMS}/{team_id}/poner", page=TEAMS, staff_id=staff_id)
    assert answer.status_code == (302 if who == "rosa" else 404)
    assert session.scalar(select(func.count(KeyWrap.id)).where(KeyWrap.staff_id.is_not(None))) == 0


def test_a_programmes_cases_go_to_a_team(session: Database, ana: Browser, lucia: Browser) -> None:
    """The administrator says to which team the new cases of a programme go; not where nobody reads them."""
    assert "A qué equipo llegan" not in _page(ana, TEAMS)
    paper = vault.make_team(session, "Otra")
    session.commit()
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    ana.post(f"{TEAMS}/programas/{FIRST_PROGRAMME}", page=TEAMS, team_id=str(other.id))
    assert "Nadie tiene la llave de ese equipo" in _page(ana, TEAMS)
    assert session.get_one(ProgrammeRow, FIRST_PROGRAMME, populate_existing=True).team_id is None
    vault.join_team(session, _person(session, "lucia"), other)
    vault.grant_with_recovery_key(session, paper, _person(session, "lucia").id)
    session.commit()
    ana.post(f"{TEAMS}/programas/{FIRST_PROGRAMME}", page=TEAMS, team_id=str(other.id))
    assert session.get_one(ProgrammeRow, FIRST_PROGRAMME, populate_existing=True).team_id == other.id
    assert vault.the_team(session, FIRST_PROGRAMME).id == other.id
    answer = ana.post(f"{TEAMS}/programas/{FIRST_PROGRAMME}", page=TEAMS, team_id="x")
    assert answer.status_code == 404
    # It decides who reads what women tell: the auditor sees that it was done, once.
    done = session.scalars(select(AuditEvent).where(AuditEvent.action == "team.serves")).one()
    assert (done.stream, done.staff_id) == (Stream.OFFICE, _person(session, "ana").id)


def test_a_new_account_waits_in_its_own_team(session: Database, ana: Browser, team_id: uuid.UUID) -> None:
    """Where there are several teams, whose key she waits for is chosen with the account."""
    vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    session.commit()
    for name, chosen, waits in (("ines", str(other.id), other.id), ("nora", "x", team_id)):
        fields = {"username": name, "display_name": name.title(), "role": "caseworker", "team": chosen}
        ana.post("/administracion/personal", **fields)
        assert [one.team_id for one in vault.wraps_of(session, _person(session, name).id)] == [waits]


def test_teams_tell_nothing_of_cases(
    app: Flask, session: Database, key: PersonalKey, ana: Browser, team_id: uuid.UUID, programme: Programme
) -> None:
    """P4: the administrator's page of teams is byte for byte the same with a case and without."""

    def page() -> bytes:
        return re.sub(rb'(?:name="csrf_token" value|data-left)="[^"]+"', b"", ana.get(TEAMS).data)

    before = page()
    open_case(session, key, programme.conversation)
    assert page() == before
