"""The panel about her: who she is, for the holder alone; what leaves the desk leaves by a press."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from staffroom import Browser, Programme, enter, open_case

from models import AuditEvent, Case, Enrolment, Role
from outreach.casework import cases
from outreach.messages import conversation_state
from outreach.texts import desk_person as texts

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
PLACE = {"kind": "location", "latitude": "20.62", "longitude": "-103.24", "address": "Hidalgo 12, Tonalá"}


def _held(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> str:
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    return here


def _panel(browser: Browser, here: str) -> str:
    answer = browser.get(f"{here}/panel/person")
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_who_she_is_beside_her_conversation(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """Name, age, place, group and next session; what she did not say is said so."""
    here = _held(session, key, lucia, programme)
    html = _panel(lucia, here)
    for said in (
        "Elena Uno",
        " años</dd>",
        "Guadalajara",
        "33 0000 0000",
        'data-copy="+523300000000"',
        "Huerto en casa, Casa de la Cultura · próxima sesión: ",
        f'<dt>Localidad o colonia</dt><dd class="muted">{texts.NOT_SAID}</dd>',
        texts.NO_PLACE,
        "Pido Código Violeta.",
    ):
        assert said in html, said
    assert "openstreetmap" not in html
    assert "Se le puede escribir" in lucia.get(here).get_data(as_text=True)
    assert "panel-contact" not in lucia.get(here).get_data(as_text=True)


def test_for_the_holder_alone(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme, team: str
) -> None:
    """P10: not before it is taken, not for a colleague who opened it for a reason, not once it is closed."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    assert lucia.get(f"{here}/panel/person").status_code == 404
    assert "panel-person" not in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/tomar", page=here)
    marta.post(f"{here}/abrir", page=here, reason="Me pidió ayuda con el caso")
    assert marta.get(f"{here}/panel/person").status_code == 404
    for secret in ("33 0000 0000", "523300000000", "panel-person"):
        assert secret not in marta.get(here).get_data(as_text=True)
        assert secret in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/dejar", page=here, reason="terminó mi turno")
    assert lucia.get(f"{here}/panel/person").status_code == 404


def test_the_look_is_recorded_once(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P10: one record, and the holder and the supervisor read it in the list of who has seen the case."""
    here = _held(session, key, lucia, programme)
    for _ in range(2):
        lucia.get(here)
        _panel(lucia, here)
    actions = list(session.scalars(select(AuditEvent.action)))
    assert actions.count("desk.person_seen") == 1
    assert "vio los datos de una persona" in lucia.get(here).get_data(as_text=True)


def test_a_woman_who_never_enrolled(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """Her number, and that no more is known: no list of things that she did not say."""
    programme.conversation.woman_id = None
    session.commit()
    html = _panel(lucia, _held(session, key, lucia, programme))
    assert texts.NOT_ON_THE_LIST in html
    assert "33 0000 0000" in html
    assert texts.NOT_SAID not in html
    assert "Elena" not in html


def test_groups_that_are_none(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    session.execute(delete(Enrolment))
    session.commit()
    assert texts.NO_GROUPS in _panel(lucia, _held(session, key, lucia, programme))


def test_language_and_a_phone_that_others_read(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P9: who reads the 911 block aloud asks that nobody calls this phone."""
    state = conversation_state.read(key, programme.conversation)
    state.language, state.phone_shared, state.contact_words = "wixárika", True, "después de las 5"
    conversation_state.write(key, programme.conversation, state)
    session.commit()
    html = _panel(lucia, _held(session, key, lucia, programme))
    for said in ("wixárika", texts.SHARED_PHONE, "después de las 5", texts.DO_NOT_CALL_HER):
        assert said in html


def test_her_place_leaves_by_a_press(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: a link that does not tell where it comes from; nothing is fetched by itself."""
    here = _held(session, key, lucia, programme)
    before = lucia.get(f"{here}/panel/person")
    case_id = here.rpartition("/")[2]
    case = session.scalars(select(Case)).one()
    assert str(case.id) == case_id
    cases.woman_wrote(session, key, case.id, "", datetime.now(UTC), dict(PLACE))
    session.commit()
    html = _panel(lucia, here)
    seen = {"X-Seen": before.headers["X-Version"]}
    assert lucia.get(f"{here}/panel/person", **seen).status_code == 200
    page = lucia.get(here).get_data(as_text=True)
    for shown in (html, page):
        assert "Hidalgo 12, Tonalá" in shown
        assert "20.62, -103.24" in shown
        assert texts.MAP_HINT in shown
        for link in re.findall(r"<a [^>]*https?:[^>]*>", shown):
            assert 'target="_blank" rel="noreferrer noopener"' in link
            assert "https://www.openstreetmap.org/?mlat=20.62&amp;mlon=-103.24#" in link
        assert not re.search(r'src="(https?:)?//', shown)
    assert "Mandó su ubicación (hoy, " in html


def test_a_place_that_another_may_have_sent(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P9: sent in cover mode, it is not told to 911 as hers without a word."""
    here = _held(session, key, lucia, programme)
    case = session.scalars(select(Case)).one()
    cases.woman_wrote(session, key, case.id, "", datetime.now(UTC), {**PLACE, "cover": "yes"})
    session.commit()
    html = _panel(lucia, here)
    assert texts.PLACE_COVERED in html
    assert f"; {texts.PERHAPS_ANOTHER}): Hidalgo 12" in html


def test_what_she_wrote_is_text(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P10: words of a place are anybody's: they are never markup."""
    here = _held(session, key, lucia, programme)
    case = session.scalars(select(Case)).one()
    evil = {**PLACE, "label": '"><script>x</script>', "address": "' onclick=x"}
    cases.woman_wrote(session, key, case.id, "", datetime.now(UTC), evil)
    session.commit()
    page = lucia.get(here).get_data(as_text=True)
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert 'data-copy="&#34;&gt;&lt;script' in page
