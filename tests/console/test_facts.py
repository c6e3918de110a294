"""The facts that she is told are data that people correct: numbers, answers, who is responsible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from staffroom import enter

from console.display import local_date
from models import Answer, HelpResource, Role
from outreach.programme import answers
from outreach.texts.notice import full_notice

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session
    from staffroom import Browser

pytest_plugins = ("console_fixtures",)
RESOURCE = {
    "name": "Centro de prueba",
    "channel": "33 0000 0000",
    "hours": "de 9 a 5",
    "says": "Dan apoyo legal.",
    "needs": "shelter",
    "municipality": "14101",
    "source": "página de prueba",
}


def test_a_corrected_number_is_given_and_waits_for_its_confirmation(ana: Browser, session: Session) -> None:
    """Whoever corrects a number takes its confirmation away; whoever has called gives it back."""
    row = session.scalars(select(HelpResource).where(HelpResource.code == "violeta")).one()
    row.verified_at, row.verified_by = datetime.now(UTC), "Otra"
    session.commit()
    path = f"/recursos/{row.id}/corregir"
    assert 'value="WhatsApp 33 1415 1002"' in ana.get(path).get_data(as_text=True)
    assert ana.post(path, do="save", **RESOURCE | {"municipality": ""}).status_code == 302
    session.refresh(row)
    assert (row.channel, row.needs) == ("33 0000 0000", "shelter")
    assert not answers.is_fresh(row, datetime.now(UTC))
    ana.post(path, do="confirm", **RESOURCE | {"municipality": ""})
    session.refresh(row)
    assert row.verified_by == "Ana Prueba"


def test_a_new_resource_is_the_one_to_give_where_it_serves(ana: Browser, session: Session) -> None:
    """A confirmed one of her own municipality goes before all others."""
    assert ana.post("/recursos/nuevo", do="confirm", **RESOURCE).status_code == 302
    now = datetime.now(UTC)
    best = answers.best_help(session, "shelter", "14101", now)
    assert best is not None
    assert best.name == "Centro de prueba"
    elsewhere = answers.best_help(session, "shelter", "14039", now)
    assert elsewhere is not None
    assert elsewhere.name != "Centro de prueba"


def test_a_source_is_dated_by_the_local_day(app: Flask, session: Session) -> None:
    """In the evening of Jalisco the UTC day is tomorrow."""
    evening = datetime.now(UTC).replace(hour=3, minute=30)
    app.extensions["avanza_clock"] = lambda: evening
    ana = enter(app, session, Role.ADMINISTRATOR, "ana")
    assert ana.post("/recursos/nuevo", do="save", **RESOURCE).status_code == 302
    row = session.scalars(select(HelpResource).where(HelpResource.name == RESOURCE["name"])).one()
    assert row.source_date == evening.date() - timedelta(days=1)
    shown = ana.get("/recursos").get_data(as_text=True)
    assert f"{row.source}, {local_date(row.source_date)}" in shown


def test_a_resource_without_what_she_needs_is_told_in_place(ana: Browser, session: Session) -> None:
    """Errors stand beside their field, and nothing is kept."""
    answer = ana.post("/recursos/nuevo", do="save", **RESOURCE | {"channel": "", "needs": "otra cosa"})
    assert answer.status_code == 422
    assert "Falta este dato." in answer.get_data(as_text=True)
    assert session.scalars(select(HelpResource).where(HelpResource.name == RESOURCE["name"])).all() == []


def test_coordinators_answer_for_one_municipality(rosa: Browser, session: Session) -> None:
    """Questions are answered from data that coordinators edit, for her municipality."""
    sent = rosa.post("/respuestas", topic="cost", municipality="14101", text="En Tonalá es gratis.")
    assert sent.status_code == 302
    assert answers.answer(session, "cost", "14101") == "En Tonalá es gratis."
    general = answers.answer(session, "cost", "14039")
    assert general != "En Tonalá es gratis."
    row = session.scalars(select(Answer).where(Answer.municipality == "14101")).one()
    rosa.post(f"/respuestas/{row.id}", page="/respuestas", do="drop", text="x")
    session.expire_all()
    assert answers.answer(session, "cost", "14101") == general


def test_the_general_answer_is_never_dropped(ana: Browser, session: Session) -> None:
    """Every question keeps an answer."""
    row = session.scalars(select(Answer).where(Answer.topic == "cost")).one()
    ana.post(f"/respuestas/{row.id}", page="/respuestas", do="drop", text="Nada.")
    session.refresh(row)
    assert row.text == "Nada."


def test_who_is_responsible_stands_in_the_notice_once_it_is_filled_in(ana: Browser, session: Session) -> None:
    """LGPDPPSO art. 22-I: until then the page says that it is missing; what was filled in is no markup."""
    assert "Falta: Aviso de privacidad" in ana.get("/respuestas").get_data(as_text=True)
    assert answers.responsible(session) is None
    ana.post("/respuestas", topic="responsible", municipality="", text="Programa <b>Prueba</b>, Calle 1")
    session.expire_all()
    who = answers.responsible(session)
    assert who == "Programa <b>Prueba</b>, Calle 1"
    assert "Programa &lt;b&gt;Prueba&lt;/b&gt;, Calle 1" in full_notice(who)
    assert "Falta: Aviso" not in ana.get("/respuestas").get_data(as_text=True)
