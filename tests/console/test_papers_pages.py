"""Pages of what goes to her chat, of requests clicked twice, of the week by programme, of ended rules."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from test_completion_pages import attended

from models import (
    FIRST_PROGRAMME,
    AuditEvent,
    Conversation,
    DataRequest,
    Enrolment,
    Graduation,
    OutboxMessage,
    Programme,
)
from models import Session as Meeting
from outreach.messages import outbox
from outreach.people import consent
from outreach.programme import completion
from outreach.texts import completion as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser
    from staffroom import Programme as World

    from models import Woman
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def agreed(db: Database, woman: Woman) -> None:
    """Let her have said yes and written just now."""
    talk = db.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).one()
    talk.last_inbound_at = datetime.now(UTC)
    consent.record(db, talk.id, consent.PRIVACY, given=True, message_sid="SMpapers")
    db.commit()


def test_certificate_and_card_to_her_chat(
    session: Database, key: PersonalKey, rosa: Browser, programme: World
) -> None:
    """Either by one button; twice is once; who may not be written to is told of on the page."""
    elena, other = programme.women[:2]
    rule = completion.set_rule(
        session, FIRST_PROGRAMME, programme.group.workshop_id, 1, both_interviews=False,
        now=datetime.now(UTC),
    )  # fmt: skip
    for woman in (elena, other):
        attended(session, programme, woman, "present")
        completion.graduate(session, woman.id, rule, datetime.now(UTC).date(), by=None)
    agreed(session, elena)
    page = f"/programa/grupos/{programme.group.id}/termino"
    made = {one.woman_id: one.id for one in session.scalars(select(Graduation))}
    assert "Mandar a su chat" in rosa.get(page).get_data(as_text=True)
    for _ in range(2):
        sent = rosa.post(f"/programa/terminos/{made[elena.id]}/chat", page, group=str(programme.group.id))
        assert sent.status_code == 302
        assert sent.headers["Location"].endswith(page)
    assert "Se le manda por su chat" in rosa.get(page).get_data(as_text=True)
    seat = session.scalars(select(Enrolment).where(Enrolment.woman_id == elena.id)).first()
    assert seat is not None
    hers = f"/programa/mujeres/{elena.id}"
    assert "Mandar tarjeta a su chat" in rosa.get(hers).get_data(as_text=True)
    assert rosa.post(f"{hers}/grupo/{seat.id}/tarjeta", hers).status_code == 302
    assert rosa.post(f"/programa/mujeres/{other.id}/grupo/{seat.id}/tarjeta", hers).status_code == 404
    session.expire_all()
    names = [outbox.read_content(key, row).file_name for row in session.scalars(select(OutboxMessage))]
    assert sorted(name or "" for name in names) == ["documento.pdf", "imagen.png"]
    rosa.post(f"/programa/terminos/{made[other.id]}/chat", page)
    shown = rosa.get(page).get_data(as_text=True)
    assert any(why in shown for why in (*texts.NOT_REACHED.values(), texts.NO_NOTICE))
    assert "paper.sent" in set(session.scalars(select(AuditEvent.action)))


def test_a_request_clicked_twice_is_one(session: Database, rosa: Browser, programme: World) -> None:
    """The form's own id is the request's."""
    path = f"/programa/derechos/nueva/{programme.women[0].id}"
    once = re.search(r'name="once"[^>]* value="([^"]+)"', rosa.get(path).get_data(as_text=True))
    assert once
    fields = {"kind": "access", "asked": "su copia", "received": datetime.now(UTC).date().isoformat()}
    fields["received"] = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    both = [rosa.post(path, once=once[1], **fields).headers["Location"] for _ in range(2)]
    assert both[0] == both[1]
    assert session.scalar(select(func.count()).select_from(DataRequest)) == 1
    assert rosa.post(path, once="no", **fields).status_code == 422


def test_the_week_of_one_programme(session: Database, rosa: Browser, programme: World) -> None:
    """Only where there are several; what is no programme shows all."""
    now = datetime.now(UTC)
    session.add(Meeting(code="hoy", group_id=programme.group.id, starts_at=now))
    session.commit()
    week, name = "/programa/semana", programme.group.code
    assert name in rosa.get(week).get_data(as_text=True)
    assert 'id="programa"' not in rosa.get(week).get_data(as_text=True)
    other = Programme(code="otro", name="Otro programa")
    session.add(other)
    session.commit()
    shown = rosa.get(f"{week}?programa={FIRST_PROGRAMME}").get_data(as_text=True)
    assert name in shown
    assert "Otro programa" in shown
    assert "No hay sesiones esta semana en ese programa" in rosa.get(f"{week}?programa={other.id}").get_data(
        as_text=True
    )
    for odd in ("x", str(uuid.uuid4())):
        assert name in rosa.get(f"{week}?programa={odd}").get_data(as_text=True)


@pytest.mark.parametrize("taken_back", [False, True])
def test_who_graduated_by_an_ended_rule(
    session: Database, rosa: Browser, programme: World, *, taken_back: bool
) -> None:
    """Found from the page of the rules; nobody is to be recorded there, and one can be taken back."""
    elena, now = programme.women[0], datetime.now(UTC)
    of_workshop = completion.set_rule(
        session, FIRST_PROGRAMME, programme.group.workshop_id, 1, both_interviews=False, now=now
    )
    whole = completion.set_rule(session, FIRST_PROGRAMME, None, 1, both_interviews=False, now=now)
    attended(session, programme, elena, "present")
    completion.graduate(session, elena.id, of_workshop, now.date(), by=None)
    made = completion.graduate(session, elena.id, whole, now.date(), by=None)
    completion.end_rule(session, whole, now)
    session.commit()
    page = f"/programa/terminos/{whole.id}"
    rules = rosa.get("/programa/terminos").get_data(as_text=True)
    assert "Ya no se aplican" in rules
    assert page in rules
    shown = rosa.get(page).get_data(as_text=True)
    assert "la regla terminó el" in shown
    assert "Anotar que terminaron" not in shown
    if taken_back:
        sent = rosa.post(f"/programa/terminos/{made.id}/quitar", page, rule=str(whole.id))
        assert sent.headers["Location"].endswith(page)
        assert "Ya no se aplican" not in rosa.get("/programa/terminos").get_data(as_text=True)
