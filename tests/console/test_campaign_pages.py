"""A campaign as it leaves: its live part, its women, its files, a new try; and the number it leaves from."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from models import (
    AuditEvent,
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxMessage,
    OutboxState,
    ReminderHoldOut,
    SenderState,
    utcnow,
)
from models import Programme as ProgrammeRow
from outreach.campaigns import campaigns, tracking
from outreach.messages import outbox

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


def leaves(session: Database, key: PersonalKey, programme: Programme) -> list[OutboxMessage]:
    """Confirm the campaign and hand it over; the messages of its three women, as they come in the table."""
    now = utcnow()
    campaigns.schedule(session, programme.campaign, now)
    campaigns.run_due(session, key, now)
    session.commit()
    by_woman = dict(
        session.execute(
            select(CampaignRecipient.woman_id, OutboxMessage).join(
                OutboxMessage, OutboxMessage.id == CampaignRecipient.outbox_id
            )
        ).all()
    )
    return [by_woman[woman.id] for woman in programme.women]


def ends(
    session: Database,
    row: OutboxMessage,
    state: OutboxState,
    reason: str | None = None,
    code: int | None = None,
) -> None:
    outbox.advance(row, OutboxState.SENDING)
    session.flush()
    assert outbox.advance(row, state, reason=reason, code=code)
    session.commit()


def plain(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_the_live_part_says_it_in_plain_words(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Each state in words, with who; answers withheld while few; 204 where nothing changed."""
    messages = leaves(session, key, programme)
    page = f"/programa/campanas/{programme.campaign.id}"
    assert "3 por salir" in plain(rosa, page)
    ends(session, messages[0], OutboxState.UNDELIVERED, "temporary", 63049)
    ends(session, messages[1], OutboxState.READ)
    tracking.follow(session, utcnow())
    tracking.follow(session, utcnow() + timedelta(minutes=2))
    session.commit()
    shown = plain(rosa, f"{page}/avance")
    assert "Meta no la entregó por su tope de promociones: 1" in shown
    assert "Leído: 1" in shown
    assert "menos de 10" in shown
    assert "Conforme pasa el tiempo" in shown
    first = rosa.get(f"{page}/avance")
    again = rosa.client.get(f"{page}/avance", headers={"X-Seen": first.headers["X-Version"]})
    assert (again.status_code, again.data) == (204, b"")
    women = plain(rosa, f"{page}/mujeres?estado=tope")
    assert "Elena Uno" in women
    assert "Teresa Dos" not in women
    assert "Hoy no se intenta otra vez" in women
    assert "Ninguna." in plain(rosa, f"{page}/mujeres?estado=bloqueadas")
    for asked in ("?estado=nada", "?despues=nada", f"?despues={programme.women[0].id}&estado=fallas"):
        assert rosa.get(f"{page}/mujeres{asked}").status_code == 200


def test_files_name_the_failed_and_what_to_do(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """All or those that failed, as CSV and workbook; taking one is noted; a name of a file tells nothing."""
    messages = leaves(session, key, programme)
    ends(session, messages[0], OutboxState.FAILED, "unreachable", 63003)
    page = f"/programa/campanas/{programme.campaign.id}/mujeres"
    for ending, query, count in (
        ("csv", "", 3),
        ("csv", "?estado=fallas", 1),
        ("xlsx", "", 3),
        ("xlsx", "?estado=fallas", 1),
    ):
        answer = rosa.get(f"{page}.{ending}{query}")
        assert answer.status_code == 200
        assert re.search(
            rf'filename="campana-(todas|no-llegaron)\.{ending}"', answer.headers["Content-Disposition"]
        )
        if ending == "csv":
            lines = [*csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))]
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0)
            lines = [[str(cell) for cell in line] for line in book.to_python()]
        assert len(lines) == count + 1
        assert any("Elena Uno" in line for line in lines)
    taken = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "campaign.taken")).all()
    assert len(taken) == 4


def test_failed_ones_are_tried_again_once(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """The button says how many; two clicks are one; a wrong hour changes nothing."""
    messages = leaves(session, key, programme)
    ends(session, messages[0], OutboxState.FAILED, "temporary", 63018)
    ends(session, messages[1], OutboxState.IN_DOUBT, "unknown")
    page = f"/programa/campanas/{programme.campaign.id}"
    html = rosa.get(page).get_data(as_text=True)
    assert "Intentar 1 otra vez" in html
    day = re.search(r'name="end_day"[^>]*value="([^"]+)"', html)
    hour = re.search(r'name="end_hour"[^>]*value="([^"]+)"', html)
    assert day is not None
    assert hour is not None
    for given in (
        {"end_day": "2001-01-01", "end_hour": "10:00"},
        {"end_day": "x", "end_hour": ""},
        {"end_day": "9999-12-31", "end_hour": "23:59"},
    ):
        rosa.post(f"{page}/otra-vez", **given)
        session.expire_all()
        assert session.get_one(Campaign, programme.campaign.id).state is CampaignState.DONE
    for _ in range(2):
        assert rosa.post(f"{page}/otra-vez", end_day=day[1], end_hour=hour[1]).status_code == 302
    session.expire_all()
    assert session.get_one(Campaign, programme.campaign.id).state is CampaignState.RUNNING
    assert campaigns.run_due(session, key, utcnow()) == 1
    session.commit()
    assert "Intentar" not in plain(rosa, page)


def test_a_draft_has_no_women_yet(rosa: Browser, programme: Programme) -> None:
    """What was not confirmed has nothing to follow."""
    for path in ("avance", "mujeres", "mujeres.csv", "mujeres.xlsx"):
        assert rosa.get(f"/programa/campanas/{programme.campaign.id}/{path}").status_code == 404


def test_the_number_is_paused_and_goes_on(
    session: Database, key: PersonalKey, rosa: Browser, ana: Browser, programme: Programme
) -> None:
    """By a person, noted; the campaign's page says why nothing leaves; limits are Meta's alone."""
    leaves(session, key, programme)
    page = f"/programa/campanas/{programme.campaign.id}"
    rosa.post("/programa/campanas/envio/pausar")
    assert "en pausa" in plain(rosa, page)
    assert "En pausa desde" in plain(ana, "/programa/campanas/envio")
    ana.post("/programa/campanas/envio/seguir")
    state = session.scalars(select(SenderState)).one()
    session.refresh(state)
    assert state.paused_at is None
    state.paused_at, state.paused_code = utcnow(), 63051
    session.commit()
    assert "Meta bloqueó el número" in plain(rosa, page)
    rosa.post("/programa/campanas/envio/seguir")
    rosa.post("/programa/campanas/envio", limit="250", quality="low")
    assert "La calidad del número es baja" in plain(rosa, page)
    assert rosa.post("/programa/campanas/envio", limit="777", quality="high").status_code == 400
    rosa.post("/programa/campanas/envio/sorteo", percent="10")
    assert rosa.post("/programa/campanas/envio/sorteo", percent="33").status_code == 400
    assert 'selected value="10"' in rosa.get("/programa/campanas/envio").get_data(as_text=True)
    coast = ProgrammeRow(code="costa", name="Costa")
    session.add(coast)
    session.commit()
    rosa.post("/programa/campanas/envio/sorteo", percent="20", programme=str(coast.id))
    assert (
        rosa.post("/programa/campanas/envio/sorteo", percent="20", programme=str(uuid4())).status_code == 404
    )
    shares = sorted(session.scalars(select(ReminderHoldOut.percent)))
    assert shares == [10, 20]
    page = rosa.get("/programa/campanas/envio").get_data(as_text=True)
    assert "por sorteo: Costa" in page
    assert 'selected value="20"' in page
    noted = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("sender.%"))).all()
    assert sorted(noted) == ["sender.changed"] * 3 + ["sender.paused"] + ["sender.resumed"] * 2


def test_results_of_a_month_hold_nobody(
    session: Database, key: PersonalKey, rosa: Browser, programme: Programme
) -> None:
    """Campaigns by name, no woman's; a month that is none shows this one; files say the same."""
    messages = leaves(session, key, programme)
    ends(session, messages[0], OutboxState.DELIVERED)
    tracking.follow(session, utcnow() + timedelta(minutes=1))
    session.commit()
    shown = plain(rosa, "/programa/campanas/resultados?mes=nada")
    assert "Aviso" in shown
    assert not [name for name in ("Elena", "Teresa", "Inés") if name in shown]
    for ending in ("csv", "xlsx"):
        answer = rosa.get(f"/programa/campanas/resultados.{ending}")
        assert answer.status_code == 200
        assert "mensajes-" in answer.headers["Content-Disposition"]
