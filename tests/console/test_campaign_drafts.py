"""The pages on which a campaign is filled in, looked at and approved, in a browser without scripts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import enter

from models import (
    Campaign,
    CampaignState,
    Enrolment,
    EnrolmentState,
    Role,
    Staff,
    Template,
    TemplateCategory,
    TemplateTrial,
    Workshop,
)
from models import Programme as ProgrammeRow
from outreach.campaigns import audience, campaigns, variables
from outreach.campaigns.conditions import Kind
from outreach.messages import prices, templates
from outreach.staff import template_trials

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
NEW = "/programa/campanas/nueva"


def filled(db: Database, **changed: str) -> dict[str, str]:
    """A form that makes a campaign of tomorrow to all women."""
    template = db.scalars(select(Template).where(Template.name == "group_notice")).one()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    fields = {
        "template": str(template.id), "name": "Aviso", "variable_1": "el lunes a las 10:00",
        "start_day": tomorrow, "start_hour": "09:00", "end_day": tomorrow, "end_hour": "19:00",
        "b0_match": "all",
    }  # fmt: skip
    return fields | changed


def made(db: Database, rosa: Browser, **changed: str) -> str:
    """Make a campaign; return its address."""
    where = rosa.post(NEW, **filled(db, **changed)).location
    assert where is not None
    return where


def campaign_at(db: Database, where: str) -> Campaign:
    db.expire_all()
    return db.get_one(Campaign, where.rsplit("/", 1)[1])


def text(browser: Browser, path: str) -> str:
    return unescape(browser.get(path).get_data(as_text=True))


def seat(db: Database, programme: Programme, number: int) -> Enrolment:
    woman = programme.women[number]
    return db.scalars(select(Enrolment).where(Enrolment.woman_id == woman.id)).one()


def limit(db: Database, most: int | None) -> None:
    db.scalars(select(ProgrammeRow)).one().approval_above = most
    db.commit()


def test_rows_come_and_go_by_buttons(session: Database, rosa: Browser, programme: Programme) -> None:
    """Each press shows the form again with all that was typed; a row of every kind can be filled in."""
    fields = filled(session, b0_new="age")
    shown = rosa.post(NEW, **fields, do="add:0")
    assert shown.status_code == 200
    html = shown.get_data(as_text=True)
    assert 'name="b0_0_is" value="age"' in html
    assert 'value="el lunes a las 10:00"' in html
    fields |= {"b0_0_is": "age", "b0_0_number": "30", "b0_0_until": "40"}
    html = rosa.post(NEW, **fields, do="part").get_data(as_text=True)
    assert 'name="b1_match"' in html
    assert 'value="30"' in html
    kinds = {f"b{1 + n // 8}_{n % 8}_is": kind.value for n, kind in enumerate(Kind)}
    html = rosa.post(NEW, **fields | {"b1_match": "any", "b2_match": "none"} | kinds, do="part").text
    assert all(f'name="{name}" value="{kind}"' in html for name, kind in kinds.items())
    html = rosa.post(NEW, **fields | {"b1_match": "any"}, do="drop:0:0").get_data(as_text=True)
    assert "b0_0_is" not in html
    html = rosa.post(NEW, **fields | {"b1_match": "any"}, do="apart:0").get_data(as_text=True)
    assert 'name="b1_match"' not in html
    assert re.search(r'value="any" selected', html)
    for odd in ("drop:9:9", "apart:7", "add:0", "zzz", "add:99"):
        assert rosa.post(NEW, **fields, b0_9_is="nada", do=odd).status_code == 200
    assert session.scalars(select(Campaign).where(Campaign.name == "Aviso")).one().id == programme.campaign.id


def test_conditions_are_kept_and_changed(session: Database, rosa: Browser, programme: Programme) -> None:
    """What was chosen is said in words, reaches whom it says, and comes back into the form."""
    seat(session, programme, 2).state = EnrolmentState.WAITING
    session.commit()
    where = made(
        session, rosa, b0_0_is="group", b0_0_state="enrolled", b0_0_place="G1", b1_match="none",
        b1_0_is="absent", b1_0_number="2", b1_0_since="2026-01-31",
    )  # fmt: skip
    html = text(rosa, where)
    assert "Todas estas: grupo g1: inscrita." in html
    assert "Ninguna de estas: faltó 2 veces o más desde el 31/01/2026." in html
    assert "Confirmar: enviar a 2" in html
    form = text(rosa, f"{where}/editar")
    for kept in ('value="g1"', 'value="2026-01-31"', 'value="el lunes a las 10:00"', 'value="Aviso"'):
        assert kept in form
    fields = filled(session, b0_0_is="seat", b0_0_state="waiting", name="Otro nombre", per_minute="30")
    assert rosa.post(f"{where}/editar", **fields).location == where
    assert "Confirmar: enviar a 1" in text(rosa, where)
    changed = campaign_at(session, where)
    assert (changed.name, changed.per_minute) == ("Otro nombre", 30)
    assert audience.read(changed).blocks[0].conditions[0].kind is Kind.SEAT


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"b0_0_is": "municipality", "b0_0_place": "99999"}, "b0_0_place"),
        ({"b0_0_is": "group", "b0_0_state": "enrolled", "b0_0_place": "nada"}, "b0_0_place"),
        ({"b0_0_is": "workshop", "b0_0_state": "nowhere", "b0_0_place": ""}, "b0_0_state"),
        ({"b0_0_is": "age", "b0_0_number": "40", "b0_0_until": "30"}, "b0_0_until"),
        ({"b0_0_is": "age", "b0_0_number": "-4", "b0_0_until": "1e3"}, "b0_0_number"),
        ({"b0_0_is": "absent", "b0_0_number": "0"}, "b0_0_number"),
        ({"b0_0_is": "absent", "b0_0_number": "1", "b0_0_since": "31/01/2026"}, "b0_0_since"),
        ({"b0_0_is": "written", "b0_0_number": "٣"}, "b0_0_number"),
    ],
)
def test_what_is_wrong_stands_in_its_row(
    session: Database, rosa: Browser, row: dict[str, str], wrong: str
) -> None:
    """And nothing is made of it; a count says that something is missing."""
    refused = rosa.post(NEW, **filled(session, **row))
    assert refused.status_code == 422
    assert f'id="{wrong}-error"' in refused.get_data(as_text=True)
    assert session.scalar(select(Campaign.id).where(Campaign.name == "Aviso")) is None
    counted = rosa.post("/programa/campanas/cuenta", page=NEW, **filled(session, **row))
    assert "Falta llenar" in counted.get_data(as_text=True)


def test_the_count_says_why_not(session: Database, rosa: Browser, programme: Programme) -> None:
    """The same words for every woman; by the button, and by what the page asks for by itself."""
    programme.conversation.opted_out_at = datetime.now(UTC)
    session.commit()
    fields = filled(session, b0_0_is="municipality", b0_0_place="14039")
    for answer in (
        rosa.post("/programa/campanas/cuenta", page=NEW, **fields),
        rosa.post(NEW, **fields, do="count"),
    ):
        html = " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())
        assert "3 mujeres cumplen las condiciones: 2 la reciben, 1 no" in html
        assert "1: pidió no recibir mensajes" in html


def test_a_window_is_refused_beside_its_field(session: Database, rosa: Browser) -> None:
    """Over, reversed, at night, in a year that no clock knows."""
    session.scalars(select(ProgrammeRow)).one().quiet_hours = "20:00-09:00"
    session.commit()
    tomorrow = date.fromisoformat(filled(session)["start_day"])
    after = (tomorrow + timedelta(days=1)).isoformat()
    for changed, field in (
        ({"start_day": "2020-01-01", "end_day": "2020-01-02"}, "end_day"),
        ({"start_hour": "12:00", "end_hour": "11:00"}, "end_day"),
        ({"start_hour": "21:00", "end_day": after, "end_hour": "08:00"}, "end_hour"),
        ({"end_day": "9999-12-31", "end_hour": "23:00"}, "end_day"),
        ({"per_minute": "0"}, "per_minute"),
    ):
        refused = rosa.post(NEW, **filled(session, **changed))
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.get_data(as_text=True), changed


def test_what_is_hers_in_the_text(session: Database, rosa: Browser, programme: Programme) -> None:
    """Chosen in the form, shown on rows with names, kept when the draft is changed."""
    where = made(session, rosa, variable_1_hers="first_name", variable_1="compañera")
    html = text(rosa, where)
    assert "[su nombre]" in html
    assert re.search(r"(Elena|Teresa|Inés) \w+:</p><p class=\"sample\">[^<]*\b(Elena|Teresa|Inés)\b", html)
    form = text(rosa, f"{where}/editar")
    assert '<option value="first_name" selected>' in form
    assert 'value="compañera"' in form
    assert variables.wanted(variables.of(campaign_at(session, where))) == {"first_name"}
    assert programme.women


def test_two_people(app: Flask, session: Database, rosa: Browser, programme: Programme) -> None:
    """Asked for by one, approved by another on the page that she saw; a change of it takes that away."""
    limit(session, 2)
    eva = enter(app, session, Role.COORDINATOR, "eva")
    where = made(session, rosa)
    assert "la aprueba otra persona" in text(rosa, where)
    rosa.post(f"{where}/programar", page=where)
    assert "pide la aprobación" in text(rosa, where)
    assert campaign_at(session, where).state is CampaignState.DRAFT
    rosa.post(f"{where}/pedir", page=where)
    assert "Aprobar: enviar" not in text(rosa, where)
    assert "espera aprobación" in text(eva, "/programa/campanas")
    html = text(eva, where)
    assert "Rosa Prueba pidió la aprobación: son más de 2 mujeres." in html
    seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', html)[0]
    rosa.post(f"{where}/aprobar", page=where, seen=seen)
    rosa.post(f"{where}/editar", **filled(session, variable_1="el martes a las 10:00"))
    rosa.post(f"{where}/pedir", page=where)
    eva.post(f"{where}/aprobar", page=where, seen=seen)
    eva.post(f"{where}/aprobar", page=where, seen="zz")
    assert campaign_at(session, where).state is CampaignState.DRAFT
    eva.post(f"{where}/regresar", page=where, note="Falta el lugar")
    assert "La regresaron a borrador: Falta el lugar" in text(rosa, where)
    rosa.post(f"{where}/pedir", page=where)
    seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', text(eva, where))[0]
    assert "Aprobaste la campaña" in text(
        eva, eva.post(f"{where}/aprobar", page=where, seen=seen).location or ""
    )
    kept = campaign_at(session, where)
    approver = session.scalars(select(Staff.id).where(Staff.username == "eva")).one()
    assert (kept.state, kept.approved_by) == (CampaignState.SCHEDULED, approver)
    assert rosa.get(f"{where}/editar").location == where
    assert "ya se programó" in rosa.post(f"{where}/editar", page=NEW, **filled(session)).get_data(
        as_text=True
    )
    assert programme.women


def test_the_same_twice_is_a_question(session: Database, rosa: Browser, programme: Programme) -> None:
    """The second is stopped until somebody says that two are meant."""
    first, second = made(session, rosa), made(session, rosa)
    rosa.post(f"{first}/programar", page=first)
    assert "Ese día ya hay una campaña igual" in text(rosa, second)
    answer = rosa.post(f"{second}/programar", page=second)
    assert "Si de verdad quieres otra" in text(rosa, answer.location or "")
    assert campaign_at(session, second).state is CampaignState.DRAFT
    rosa.post(f"{second}/programar", page=second, again="1")
    assert campaign_at(session, second).state is CampaignState.SCHEDULED
    assert programme.women


def test_cost_and_a_trial(session: Database, key: PersonalKey, rosa: Browser, programme: Programme) -> None:
    """The price that the administrator entered, or that there is none; the text on one's own phone."""
    where = made(session, rosa)
    assert "Nadie ha anotado el precio" in text(rosa, where)
    author = session.scalars(select(Staff)).first()
    assert author is not None
    prices.enter(session, TemplateCategory.UTILITY, date(2026, 1, 1), amount="0.0125", currency="USD",
                 source="factura", staff_id=author.id)  # fmt: skip
    session.commit()
    assert "Cuesta alrededor de 0.04 USD: 0.0125 por mensaje" in text(rosa, where)
    assert rosa.post(f"{where}/probar", page=where, phone="12").status_code == 422
    assert rosa.post(f"{where}/probar", page=where, phone="33 1234 5678").location == where
    trial = session.scalars(select(TemplateTrial)).one()
    call = template_trials.begin(session, key, trial.id, datetime.now(UTC))
    assert call is not None
    assert call.variables == '{"1": "el lunes a las 10:00"}'
    assert call.to == "whatsapp:+523312345678"
    assert programme.women


def test_a_paused_campaign_says_why(session: Database, rosa: Browser, programme: Programme) -> None:
    """In the words of its reason; cancelled, it says how much did not leave."""
    where = made(session, rosa)
    rosa.post(f"{where}/programar", page=where)
    campaigns.pause(session, campaign_at(session, where), "template_rejected")
    session.commit()
    assert "WhatsApp rechazó su plantilla." in text(rosa, where)
    rosa.post(f"{where}/seguir", page=where)
    assert campaign_at(session, where).state is CampaignState.SCHEDULED
    answer = rosa.post(f"{where}/cancelar", page=where)
    assert "La campaña se canceló antes de empezar." in text(rosa, answer.location or "")
    assert templates.by_name(session, "group_notice") is not None
    assert programme.women


def test_each_programme_has_its_own(session: Database, rosa: Browser, programme: Programme) -> None:
    """Chosen where there are several: its workshops are offered, its women are written to."""
    assert 'name="programme"' not in text(rosa, NEW)
    coast = ProgrammeRow(code="costa", name="Costa")
    session.add(coast)
    session.flush()
    session.add(Workshop(code="w", name="Redes de pesca", axis="food", programme_id=coast.id))
    session.commit()
    fields = filled(session, programme=str(coast.id), b0_0_is="workshop")
    html = rosa.post(NEW, **fields, do="programme").text
    assert "Redes de pesca" in html
    assert "Huerto en casa" not in html
    where = made(session, rosa, programme=str(coast.id))
    assert campaign_at(session, where).programme_id == coast.id
    assert "Así no le llega a nadie" in text(rosa, where)
    assert programme.women


def test_two_tabs(session: Database, rosa: Browser, programme: Programme) -> None:
    """A tab from before a change can neither confirm nor save over it without a word."""
    where = made(session, rosa)
    old = hidden(rosa, where)
    form = hidden(rosa, f"{where}/editar")
    assert form["seen"] == old["seen"]
    rosa.post(f"{where}/editar", **filled(session, variable_1="el martes a las 10:00"), **form)
    assert "cambió desde que la abriste" in text(rosa, rosa.post(f"{where}/programar", **old).location or "")
    assert campaign_at(session, where).state is CampaignState.DRAFT
    late = filled(session, variable_1="el jueves a las 10:00")
    shown = rosa.post(f"{where}/editar", **late, **form, do="template").text
    assert f'name="seen" value="{form["seen"]}"' in shown
    answer = rosa.post(f"{where}/editar", **late, **form)
    assert answer.status_code == 422
    assert "mientras la editabas" in answer.text
    assert "el jueves a las 10:00" in answer.text
    [again] = re.findall(r'name="seen" value="([0-9a-f]{64})"', answer.text)
    assert rosa.post(f"{where}/editar", **late, seen=again).status_code == 302
    assert rosa.post(f"{where}/programar", **hidden(rosa, where)).status_code == 302
    assert campaign_at(session, where).state is CampaignState.SCHEDULED
    assert programme.women


def hidden(browser: Browser, path: str) -> dict[str, str]:
    """Return what a page's forms say of what it shows."""
    html = browser.get(path).get_data(as_text=True)
    return dict(re.findall(r'name="(seen|reached)" value="([0-9a-f]+)"', html))
