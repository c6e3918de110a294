"""Coordinators' and administrators' pages, through their forms."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from models import (
    Answer,
    Attendance,
    AudienceList,
    AudienceMember,
    Campaign,
    CampaignState,
    HelpResource,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Session,
    Staff,
    Template,
    Woman,
)
from outreach.campaigns import campaigns
from outreach.people import registry
from outreach.programme import notices_due

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def test_group_page(session: Database, rosa: Browser, programme: Programme) -> None:
    """A coordinator sees seats, names and what each answered about the next session."""
    woman = programme.women[0]
    session.add(Attendance(woman_id=woman.id, session_id=programme.session.id, state="confirmed"))
    session.commit()
    html = rosa.get(f"/programa/grupos/{programme.group.id}").get_data(as_text=True)
    for text in ("3 / 3", "Elena Uno", "viene", "sin respuesta"):
        assert text in html
    assert "lleno" in rosa.get("/programa/grupos").get_data(as_text=True)


def test_session_added_and_cancelled(session: Database, rosa: Browser, programme: Programme) -> None:
    """P3: a session is added in local time; cancelling drops the reminders that were planned."""
    page = f"/programa/grupos/{programme.group.id}"
    day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    rosa.post(f"{page}/sesiones", page=page, day=day, hour="10:00", minutes="90")
    made = session.scalars(select(Session).where(Session.minutes == 90)).one()
    assert made.starts_at.astimezone(UTC).hour == 16
    twice = rosa.post(f"{page}/sesiones", page=page, day=day, hour="11:00", minutes="90")
    assert twice.status_code == 422
    reminder = Reminder(
        woman_id=programme.women[0].id, session_id=made.id, minutes_before=120, due_at=made.starts_at
    )
    session.add(reminder)
    session.commit()
    rosa.post(f"/programa/sesiones/{made.id}/cancelar", page=page)
    session.refresh(reminder)
    assert (reminder.state, reminder.reason) == (ReminderState.DROPPED, "session_cancelled")
    past = rosa.post(f"{page}/sesiones", page=page, day="2020-01-01", hour="10:00", minutes="90")
    assert past.status_code == 422


def test_a_session_is_moved_and_the_page_says_who_was_told(
    session: Database, key: PersonalKey, settings: Settings, rosa: Browser, programme: Programme
) -> None:
    """F4: the page says who will be told before it moves, and who was told after."""
    page = f"/programa/grupos/{programme.group.id}"
    move = f"/programa/sesiones/{programme.session.id}/mover"
    html = rosa.get(move).get_data(as_text=True)
    assert "Si cambia el día o la hora se avisa por WhatsApp a las 3 inscritas" in html
    assert move in rosa.get(page).get_data(as_text=True)
    assert "Se avisa por WhatsApp a las 3 inscritas" in rosa.get(page).get_data(as_text=True)
    old = programme.session.starts_at
    past = rosa.post(move, day="2020-01-01", hour="10:00", minutes="90")
    assert past.status_code == 422
    assert "tiene que ser en el futuro" in past.get_data(as_text=True)
    day = (old + timedelta(days=2)).date().isoformat()
    assert rosa.post(move, day=day, hour="10:00", minutes="90").status_code == 302
    html = rosa.get(page).get_data(as_text=True)
    assert "Se avisa a 3 mujeres, dentro de sus horas." in html
    assert "Aviso del cambio: 0 avisadas · 3 por avisar" in html
    session.refresh(programme.session)
    assert (programme.session.revision, programme.session.minutes) == (2, 90)
    notices_due.send_due(session, key, settings, datetime.now(UTC))
    told, refused, _ = session.scalars(select(OutboxMessage)).all()
    told.state, refused.state, refused.reason = OutboxState.READ, OutboxState.SUPPRESSED, "no_consent"
    session.commit()
    html = rosa.get(page).get_data(as_text=True)
    assert "1 avisada · 1 por avisar · 1 sin avisar (1: no ha aceptado el aviso de privacidad)" in html


def test_a_campaign_to_all_and_the_hours(session: Database, rosa: Browser, programme: Programme) -> None:
    """A campaign needs no group; a window that is over is refused in the form, which keeps what was typed."""
    form = "/programa/campanas/nueva"
    template = session.scalars(select(Template).where(Template.name == "group_notice")).one()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    fields = {
        "template": str(template.id), "name": "A todas", "variable_1": "el lunes a las 10:00",
        "start_day": "2020-01-01", "start_hour": "09:00", "end_day": "2020-01-02", "end_hour": "19:00",
    }  # fmt: skip
    late = rosa.post(form, **fields)
    assert late.status_code == 422
    assert "ya pasó" in late.get_data(as_text=True)
    assert "el lunes a las 10:00" in late.get_data(as_text=True)
    fields |= {"start_day": tomorrow, "end_day": tomorrow}
    fields |= {"b0_match": "all", "b0_0_is": "municipality", "b0_0_place": "14039"}
    where = rosa.post(form, **fields).location
    assert where is not None
    html = rosa.get(where).get_data(as_text=True)
    assert "Todas estas: vive en Guadalajara." in html
    assert "3 la reciben desde" in html
    assert "A todas" in rosa.get("/programa/campanas").get_data(as_text=True)
    assert programme.women


def test_a_campaign_to_a_list(session: Database, rosa: Browser, programme: Programme) -> None:
    """A list that a file made is a condition like another; what is no list is refused in its row."""
    form = "/programa/campanas/nueva"
    feria = AudienceList(id=uuid.uuid4(), name="Feria", changed_at=datetime.now(UTC))
    session.add(feria)
    session.flush()
    session.add(AudienceMember(list_id=feria.id, woman_id=programme.women[0].id))
    session.commit()
    template = session.scalars(select(Template).where(Template.name == "group_notice")).one()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    fields = {
        "template": str(template.id), "name": "Aviso", "variable_1": "el lunes a las 10:00",
        "start_day": tomorrow, "start_hour": "09:00", "end_day": tomorrow, "end_hour": "19:00",
        "b0_match": "all", "b0_new": "list",
    }  # fmt: skip
    asked = rosa.post(form, **fields, do="add:0")
    assert asked.status_code == 200
    assert "Feria" in asked.get_data(as_text=True)
    fields |= {"b0_0_is": "list"}
    wrong = rosa.post(form, **fields, b0_0_place=str(uuid.uuid4()))
    assert wrong.status_code == 422
    assert 'id="b0_0_place-error"' in wrong.get_data(as_text=True)
    where = rosa.post(form, **fields, b0_0_place=str(feria.id)).location
    assert where is not None
    html = unescape(rosa.get(where).get_data(as_text=True))
    assert "está en la lista «Feria»" in html
    assert "1 la recibe" in html
    session.execute(delete(AudienceList))
    session.commit()
    assert "una que ya se borró" in unescape(rosa.get(where).get_data(as_text=True))


def test_campaign_from_form_to_progress(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """A campaign is previewed before anything leaves, confirmed, and its progress shown."""
    form = f"/programa/campanas/nueva/{programme.group.id}"
    template = session.scalars(select(Template).where(Template.name == "group_notice")).one()
    today = datetime.now(UTC).date()
    fields = {
        "template": str(template.id),
        "name": "Cambio de lugar",
        "variable_1": "mañana a las 10:00 en la biblioteca",
        "start_day": today.isoformat(),
        "start_hour": "00:00",
        "end_day": (today + timedelta(days=2)).isoformat(),
        "end_hour": "20:00",
    }
    empty = rosa.post(form, **fields | {"variable_1": ""})
    assert empty.status_code == 422
    assert 'id="v1-error"' in empty.get_data(as_text=True)
    assert rosa.post(form, **fields | {"variable_1": "habla de tu denuncia"}).status_code == 422
    where = rosa.post(form, **fields).location
    assert where is not None
    preview = rosa.get(where).get_data(as_text=True)
    assert "mañana a las 10:00 en la biblioteca" in preview
    assert "Confirmar: enviar a 3" in preview
    rosa.post(f"{where}/programar", page=where)
    campaigns.run_due(session, key, datetime.now(UTC) + timedelta(days=1))
    session.commit()
    progress = rosa.get(f"{where}/avance")
    assert progress.headers["X-Mode"] == "done stoppable"
    assert re.search(r'figure">3</span>por salir', progress.get_data(as_text=True))
    campaign = session.get_one(Campaign, where.rsplit("/", 1)[1])
    assert campaign.state is CampaignState.DONE


def test_long_lists_have_pages(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """A list of 35,000 is shown a page at a time, none twice and none left out, there and back."""
    blob = registry.add_woman(session, key, registry.Details(full_name="A"), municipality=None, axis=None)
    for _ in range(60):
        woman = Woman(municipality="14039", details_cipher=b"")
        session.add(woman)
        session.flush()
        registry.write_details(session, key, woman, registry.Details(full_name="B"))
    session.commit()
    assert blob.id
    page = "/programa/mujeres"
    name = r'data-label="Nombre"><a[^>]*>([^<]+)<'
    names: list[str] = []
    following: str | None = page
    seen = []
    while following:
        html = rosa.get(following).get_data(as_text=True)
        seen.append(following)
        names += re.findall(name, html)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        following = unescape(found[1]) if found else None
    assert len(names) == 64
    assert len(seen) == 2
    back = re.search(r'rel="prev" href="([^"]+)"', html)
    assert back is not None
    first = rosa.get(unescape(back[1])).get_data(as_text=True)
    assert re.findall(name, first) == names[:50]
    assert 'rel="prev"' not in first
    # One who is no longer on the list stands for the beginning; what is no id is the beginning too.
    for asked in (f"{page}?despues={uuid.uuid4()}", f"{page}?antes=x"):
        assert re.findall(name, rosa.get(asked).get_data(as_text=True)) == names[:50]


def test_dropped_reminders(session: Database, rosa: Browser, programme: Programme) -> None:
    """P3: a reminder that missed its moment is shown with its reason."""
    session.add(
        Reminder(
            woman_id=programme.women[1].id,
            session_id=programme.session.id,
            minutes_before=120,
            due_at=datetime.now(UTC),
            state=ReminderState.DROPPED,
            reason="missed_its_moment",
        )
    )
    session.commit()
    html = rosa.get("/programa/recordatorios").get_data(as_text=True)
    assert "Teresa Dos" in html
    assert "se pasó su momento" in html


def test_people(session: Database, ana: Browser) -> None:
    """An administrator adds, resets and disables; the password is shown once, and not to herself shut out."""
    page = "/administracion/personal"
    html = ana.post(page, username="Nueva", display_name="Nueva Persona", role="coordinator").get_data(
        as_text=True
    )
    person = session.scalars(select(Staff).where(Staff.username == "nueva")).one()
    assert re.search(r'class="code">[a-z2-7-]{19}<', html)
    assert "Contraseña inicial" not in ana.get(page).get_data(as_text=True)
    ana.post(f"{page}/{person.id}/quitar", page=page)
    session.refresh(person)
    assert person.disabled_at is not None
    assert "Contraseña inicial" in ana.post(f"{page}/{person.id}/contrasena", page=page).get_data(
        as_text=True
    )
    own = session.scalars(select(Staff).where(Staff.username == "ana")).one()
    ana.post(f"{page}/{own.id}/quitar", page=page)
    session.refresh(own)
    assert own.disabled_at is None


def test_losing_the_last_key_is_said(lucia: Browser, ana: Browser) -> None:
    """P4: before the last one who can open the cases loses her access, the page says what that means."""
    html = ana.get("/administracion/personal").get_data(as_text=True)
    assert "Solo una persona tiene la llave" in html


def test_facts_are_confirmed_and_edited(session: Database, ana: Browser) -> None:
    """P8: help resources are confirmed by a named person, and answers change at once."""
    row = session.scalars(select(HelpResource)).first()
    answer = session.scalars(select(Answer).where(Answer.topic == "cost")).one()
    assert row is not None
    ana.post(f"/recursos/{row.id}", page="/recursos", do="confirm")
    ana.post(f"/respuestas/{answer.id}", page="/respuestas", text="Nada.")
    session.refresh(row)
    session.refresh(answer)
    assert row.verified_by == "Ana Prueba"
    assert answer.text == "Nada."
    assert ana.post(f"/recursos/{row.id}", page="/recursos", do="x").status_code == 400
