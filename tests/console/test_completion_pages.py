"""Pages of completion, certificates, absences and cards: what coordinators do, and what strangers see."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from door_support import begins_now, seat_of
from sqlalchemy import event, select
from supporting import coordinator

from models import (
    FIRST_PROGRAMME,
    AbsenceCall,
    Attendance,
    AttendanceMark,
    AuditEvent,
    Certificate,
    CompletionRule,
    Enrolment,
    Graduation,
    MarkSource,
    Session,
)
from outreach.people import registry
from outreach.programme import cards, certificates, completion, printing
from outreach.programme.printing import PrintError
from outreach.texts import completion as texts
from webhook.app import create_app as public_app

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker
    from staffroom import Browser, Programme

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def attended(db: Database, programme: Programme, woman: Woman, *states: str) -> None:
    """Note past sessions of the group, the last one yesterday."""
    for back, state in enumerate(reversed(states), start=1):
        code = f"past-{back}"
        meeting = db.scalars(select(Session).where(Session.code == code)).first()
        if meeting is None:
            at = datetime.now(UTC) - timedelta(days=back)
            meeting = Session(code=code, group_id=programme.group.id, starts_at=at)
            db.add(meeting)
            db.flush()
        db.add(Attendance(woman_id=woman.id, session_id=meeting.id, state=state))
    db.commit()


def rule(db: Database, programme: Programme, least: int = 2) -> CompletionRule:
    made = completion.set_rule(
        db, FIRST_PROGRAMME, programme.group.workshop_id, least, both_interviews=False, now=datetime.now(UTC)
    )
    db.commit()
    return made


def test_a_rule_is_set_and_ended(app: Flask, session: Database, rosa: Browser, programme: Programme) -> None:
    """By a coordinator of all agencies; those of one only read it."""
    what = f"w:{FIRST_PROGRAMME}:{programme.group.workshop_id}"
    assert rosa.post("/programa/terminos", what=what, least="0").status_code == 422
    assert rosa.post("/programa/terminos", what="w:x", least="2").status_code == 422
    assert rosa.post("/programa/terminos", what=what, least="4", both_interviews="y").status_code == 302
    rosa.post("/programa/terminos", what=f"p:{FIRST_PROGRAMME}", least="5")
    html = rosa.get("/programa/terminos").get_data(as_text=True)
    assert "4 sesiones, por lo menos, y las dos entrevistas" in html
    assert "5 ejes terminados, por lo menos" in html
    dif = coordinator(app, session, "DIF", "delia")
    html = dif.get("/programa/terminos").get_data(as_text=True)
    assert "4 sesiones" in html
    assert "Guardar la regla" not in html
    assert dif.post("/programa/terminos", what=what, least="1").status_code == 404
    for line in session.scalars(select(CompletionRule.id)).all():
        path = f"/programa/terminos/{line}/regla"
        assert dif.post(path, page="/programa/terminos").status_code == 404
        assert rosa.post(path, page="/programa/terminos").status_code == 302
    assert "Todavía no hay reglas." in rosa.get("/programa/terminos").get_data(as_text=True)


def test_graduation_with_certificate(
    session: Database, sessions: sessionmaker[Database], settings: Settings, key: PersonalKey,
    rosa: Browser, programme: Programme,
) -> None:  # fmt: skip
    """Recorded for those who meet the rule; the paper's code is confirmed in public until it is revoked."""
    elena, teresa, _ = programme.women
    group = f"/programa/grupos/{programme.group.id}/termino"
    assert "no tiene regla" in rosa.get(group).get_data(as_text=True)
    held = rule(session, programme)
    attended(session, programme, elena, "present", "present")
    attended(session, programme, teresa, "absent", "present")
    html = rosa.get(group).get_data(as_text=True)
    assert html.count('name="woman"') == 1
    assert "1 de 2" in html
    path = f"/programa/terminos/{held.id}"
    ours = {"group": str(programme.group.id)}
    told = rosa.post(path, page=group, woman=str(teresa.id), **ours)
    assert told.location == group
    assert "Todavía no cumple" in rosa.get(group).get_data(as_text=True)
    rosa.post(path, page=group, woman=str(elena.id), **ours)
    assert "Quedó anotado que 1 terminó." in rosa.get(group).get_data(as_text=True)
    made = session.scalars(select(Graduation)).one()
    assert made.woman_id == elena.id
    pdf = rosa.post(f"/programa/terminos/{made.id}/constancia", page=group, **ours)
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"] == "attachment; filename=constancia.pdf"

    public = public_app(settings, sessions).test_client()
    row = session.scalars(select(Certificate)).one()
    code = certificates.read(key, row).code
    shown = public.get(f"/constancia/{code}")
    for word in ("Elena Uno", "Huerto en casa", "Constancia auténtica"):
        assert word in shown.get_data(as_text=True)
    assert "noindex" in shown.get_data(as_text=True)
    unknown = public.get(f"/constancia/{'x' * 22}")
    assert (unknown.status_code, "Elena" in unknown.get_data(as_text=True)) == (404, False)
    rosa.post(f"/programa/terminos/{row.id}/anular", page=group, **ours)
    assert public.get(f"/constancia/{code}").data == unknown.data
    rosa.post(f"/programa/terminos/{made.id}/constancia", page=group, **ours)
    rosa.post(f"/programa/terminos/{made.id}/quitar", page=group, **ours)
    assert "Su constancia" not in rosa.get(group).get_data(as_text=True)
    session.expire_all()
    assert session.get_one(Certificate, row.id).revoked_at is not None
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {
        "graduation.recorded",
        "graduation.undone",
        "certificate.issued",
        "certificate.revoked",
    } <= actions


def test_whom_to_call(session: Database, rosa: Browser, programme: Programme) -> None:
    """The list says whom, and from when; a call is noted once."""
    elena, teresa, _ = programme.women
    attended(session, programme, elena, "absent", "absent")
    attended(session, programme, teresa, "absent", "present")
    html = rosa.get("/programa/faltas").get_data(as_text=True)
    assert "Elena Uno" in html
    assert "+523300000000" in html
    assert "Teresa" not in html
    last = session.scalars(select(Session.id).where(Session.code == "past-1")).one()
    path = f"/programa/faltas/{last}/{elena.id}"
    for wrong in ({"tries": "0", "result": "x"}, {"tries": "9", "result": "done"}, {"result": "done"}):
        assert rosa.post(path, page="/programa/faltas", **wrong).status_code == 400
    for said in ("La llamada quedó anotada.", "Alguien ya anotó esa llamada, o ella"):
        rosa.post(path, page="/programa/faltas", tries="0", result="done")
        html = rosa.get("/programa/faltas").get_data(as_text=True)
        assert said in html
        assert "No hay a quién llamar." in html
    assert len(session.scalars(select(AbsenceCall)).all()) == 1


def test_her_card(
    app: Flask, session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Whoever is not logged in reads the same, whatever the link; staff mark her with one button."""
    elena = programme.women[0]
    seat = uuid.UUID(seat_of(session, elena))
    signed = cards.token(key, seat)
    forged = cards.token(key, uuid.uuid4())[:-4] + "AAAA"
    stranger = app.test_client()
    seen = {stranger.get(f"/q/{token}").data for token in (signed, forged, "x")}
    assert len(seen) == 1
    assert b"Elena" not in seen.pop()
    opened = rosa.get(f"/q/{signed}")
    assert opened.location == f"/programa/llega/{signed}"
    for wrong in (forged, "x", signed[:-1], "ñ" * 40, cards.token(key, uuid.uuid4())):
        assert rosa.get(f"/programa/llega/{wrong}").status_code == 404
    html = rosa.get(opened.location).get_data(as_text=True)
    assert "Hoy su grupo no tiene sesión." in html
    assert rosa.post(opened.location, page="/programa/terminos").status_code == 400
    begins_now(session, programme)
    html = rosa.get(opened.location).get_data(as_text=True)
    assert "Elena" in html
    assert "Uno" not in html
    assert rosa.post(opened.location).status_code == 302
    assert "Ya está marcada" in rosa.get(opened.location).get_data(as_text=True)
    mark = session.scalars(select(AttendanceMark)).one()
    assert (mark.woman_id, mark.source) == (elena.id, MarkSource.CARD)


def test_what_the_pages_cost(
    session: Database, engine: Engine, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """The statements of each page are the same for three women as for thirty."""
    noted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: noted.append(str(given[2])))
    held = rule(session, programme, 1)
    for woman in programme.women:
        attended(session, programme, woman, "present", "absent", "absent")

    def costs() -> list[int]:
        found = []
        for path in (
            f"/programa/grupos/{programme.group.id}/termino",
            "/programa/faltas",
            "/programa/terminos",
        ):
            noted.clear()
            assert rosa.get(path).status_code == 200
            found.append(len([one for one in noted if not one.startswith("UPDATE staff_session")]))
        return found

    few = costs()
    for number in range(27):
        details = registry.Details(full_name=f"Mujer {number}")
        woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
        session.add(Enrolment(woman_id=woman.id, group_id=programme.group.id, state="enrolled"))
        registry.link_phone(session, key, woman, f"33000010{number:02d}")
        attended(session, programme, woman, "present", "absent", "absent")
        completion.graduate(session, woman.id, held, datetime.now(UTC).date(), by=None)
    session.commit()
    assert costs() == few
    assert max(few) <= 14


@pytest.mark.parametrize(
    "path", ["/programa/sesiones/{session}/hoja.pdf", "/programa/grupos/{group}/tarjetas.pdf"]
)
def test_what_is_printed(
    session: Database, rosa: Browser, programme: Programme, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list with boxes, and cards with codes: a PDF under a name that says nothing; what fails is said."""
    answer = rosa.get(path.format(session=programme.session.id, group=programme.group.id))
    assert answer.data.startswith(b"%PDF")
    assert answer.mimetype == "application/pdf"
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "sheet.printed")).all()
    assert len(actions) == 1

    def fails(*_: object) -> bytes:
        raise PrintError(texts.NOT_PRINTED)

    monkeypatch.setattr(printing, "typeset", fails)
    answer = rosa.get(path.format(session=programme.session.id, group=programme.group.id))
    assert (answer.status_code, answer.data.startswith(b"%PDF")) == (302, False)
    assert "No se pudo hacer el documento." in rosa.get(answer.location).get_data(as_text=True)
