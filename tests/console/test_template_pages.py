"""The pages of templates: made, changed, tried, withdrawn, and what stops when WhatsApp says so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from staffroom import enter

from models import (
    FIRST_PROGRAMME,
    AuditEvent,
    Campaign,
    CampaignState,
    MessagePrice,
    Programme,
    Role,
    Template,
    TemplateState,
    TemplateTrial,
    TrialState,
)
from outreach.campaigns import template_stops
from outreach.messages import inbox, templates
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser
    from staffroom import Programme as Stage

pytest_plugins = ("console_fixtures",)
LIST, NEW, PRICES = "/programa/plantillas", "/programa/plantillas/nueva", "/precios"


def fields(**changes: str) -> dict[str, str]:
    """A template as the form sends it."""
    return {
        "programme": str(FIRST_PROGRAMME),
        "name": "aviso_uno",
        "body": "Tu taller cambia a {{1}} desde hoy.",
        "variables-0-name": "lugar",
        "variables-0-sample": "la biblioteca",
        "category": "UTILITY",
        "language": "es_MX",
    } | changes


def saved(db: Database, name: str = "aviso_uno") -> Template:
    db.expire_all()
    found = templates.newest(db, name)
    assert found is not None
    return found


def approve(db: Database, template: Template) -> None:
    template.state, template.content_sid = TemplateState.APPROVED, f"HX{template.id.hex}"
    template.checked_at = datetime.now(UTC)
    db.commit()


def test_a_template_is_made(session: Database, rosa: Browser) -> None:
    """With its variables' names and samples, buttons, category, language and time to live; it waits."""
    answer = rosa.post(
        NEW,
        **fields(**{"buttons-0-title": "Sí voy", "buttons-0-does": "/confirm_attendance",
                    "buttons-1-title": "¿Dónde es?", "category": "MARKETING", "language": "es",
                    "valid_minutes": "90"}),
    )  # fmt: skip
    assert answer.status_code == 302
    made = saved(session)
    assert (made.state, made.version, made.category, made.language, made.valid_minutes) == (
        TemplateState.DRAFT, 1, "MARKETING", "es", 90,
    )  # fmt: skip
    assert templates.names_of(made) == {"1": "lugar"}
    assert templates.samples_of(made) == {"1": "la biblioteca"}
    assert [(one.title, one.payload) for one in templates.buttons_of(made)] == [
        ("Sí voy", "/confirm_attendance"),
        ("¿Dónde es?", "¿Dónde es?"),
    ]
    page = rosa.get(answer.location).get_data(as_text=True)
    assert "por enviar a WhatsApp" in page
    assert "Se puede probar cuando WhatsApp la apruebe" in page


BROKEN: list[tuple[dict[str, str], str]] = [
    ({"body": "Ven por la violencia a {{1}} hoy mismo."}, "«violencia»"),
    ({"variables-0-sample": "la fiscalía"}, "«fiscalía»"),
    ({"buttons-0-title": "Denunciar"}, "«Denunciar»"),
    ({"body": "{{1}} es tu taller de hoy."}, "principio ni al final"),
    ({"body": "Tu taller de hoy es {{2}} aquí."}, "en orden"),
    ({"body": "Tu taller de hoy es {{nombre}} aquí."}, "con dos llaves y un número"),
    ({"body": "Ven {{1}} ya."}, "al menos 3 palabras"),
    ({"variables-0-sample": ""}, "Falta el ejemplo de {{1}}"),
    ({"variables-0-name": ""}, "Falta decir qué va en {{1}}"),
    ({"buttons-0-title": "Un botón que no cabe aquí"}, "pasa de 20 letras"),
    ({"valid_minutes": "601"}, "de 1 a 600 minutos"),
    ({"name": "Aviso Uno"}, "letras minúsculas"),
    ({"name": "otra_seat_freed"}, "Ese final es de las que el programa manda solo"),
    ({"name": "session_reminder"}, "Ya hay una plantilla con ese nombre"),
    ({"name": "otra_seat_freed", "body": "Un {{1}} y dos {{2}} y tres {{3}} y ya está todo dicho."},
     "no puede llevar más variables"),

]  # fmt: skip


def test_what_breaks_a_rule_is_told_in_place(session: Database, rosa: Browser) -> None:
    """P5 and WhatsApp's rules: nothing is saved, what was typed stays, the word is named."""
    more = {f"variables-{n}-{part}": f"{part} {n}" for n in (1, 2) for part in ("name", "sample")}
    for changes, told in BROKEN:
        answer = rosa.post(NEW, **(fields() | more | changes))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, changes
        assert told in page, changes
        assert changes.get("body", "Tu taller cambia a {{1}}") in page
    made = select(Template.id).where(Template.name.in_(("aviso_uno", "otra_seat_freed")))
    assert session.scalar(made) is None


def test_a_change_is_a_new_version(session: Database, rosa: Browser) -> None:
    """The approved one is used until the new one is; a stale page changes nothing."""
    rosa.post(NEW, **fields())
    first = saved(session)
    approve(session, first)
    edit = f"{LIST}/{first.id}/cambiar"
    assert "la biblioteca" in rosa.get(edit).get_data(as_text=True)
    answer = rosa.post(edit, **fields(body="Tu taller ahora es en {{1}} desde hoy."))
    second = saved(session)
    assert answer.location == f"{LIST}/{second.id}"
    assert (second.version, second.supersedes_id, second.state) == (2, first.id, TemplateState.DRAFT)
    assert templates.by_name(session, "aviso_uno") == session.get(Template, first.id)
    assert "Se usa la versión 1" in rosa.get(answer.location).get_data(as_text=True)
    stale = rosa.post(edit, **fields(body="Otro texto para {{1}} desde hoy."))
    assert (stale.status_code, "Alguien la cambió" in stale.get_data(as_text=True)) == (422, True)
    approve(session, saved(session))
    used = templates.by_name(session, "aviso_uno")
    assert used is not None
    assert used.version == 2


def test_names_and_time_to_live_need_no_new_version(session: Database, rosa: Browser) -> None:
    """What WhatsApp is not told is changed in place."""
    rosa.post(NEW, **fields())
    first = saved(session)
    approve(session, first)
    rosa.post(f"{LIST}/{first.id}/cambiar", **fields(**{"variables-0-name": "dónde", "valid_minutes": "30"}))
    kept = saved(session)
    assert (kept.version, kept.state, kept.valid_minutes) == (1, TemplateState.APPROVED, 30)
    assert json.loads(kept.variable_names) == {"1": "dónde"}


def test_it_reads_as_a_woman_reads_it(session: Database, rosa: Browser, programme: Stage) -> None:
    """The preview is filled from a real row by what each variable is for; the rest are samples."""
    rosa.post(
        NEW,
        **fields(body="Hola, {{1}}: tu taller {{2}} es en {{3}}, trae {{4}} y agua, por favor.",
                 **{"variables-0-name": "Nombre", "variables-0-sample": "Ana",
                    "variables-1-name": "taller", "variables-1-sample": "Costura",
                    "variables-2-name": "LUGAR", "variables-2-sample": "el parque",
                    "variables-3-name": "qué traer", "variables-3-sample": "tijeras"}),
    )  # fmt: skip
    seen = []
    for place in range(3):
        page = rosa.get(f"{LIST}/{saved(session).id}?fila={place}").get_data(as_text=True)
        found = re.search(r'class="handset-bubble">([^<]+)<', page)
        assert found is not None
        seen.append(found[1])
    assert sorted(seen) == [
        f"Hola, {name}: tu taller Huerto en casa es en Casa de la Cultura, trae tijeras y agua, por favor."
        for name in ("Elena", "Inés", "Teresa")
    ]
    far = rosa.get(f"{LIST}/{saved(session).id}?fila=99999999999").get_data(as_text=True)
    assert "trae tijeras" in far


def test_she_tries_it_on_her_own_phone(session: Database, rosa: Browser) -> None:
    """Approved only, to a phone of her own, five times an hour, on the record."""
    rosa.post(NEW, **fields())
    template = saved(session)
    page, path = f"{LIST}/{template.id}", f"{LIST}/{template.id}/probar"
    refused = rosa.post(path, page=page, phone="3312345678")
    assert "todavía no la aprueba" in refused.get_data(as_text=True)
    approve(session, template)
    for typed in ("", "12", "no es"):
        assert rosa.post(path, page=page, phone=typed).status_code == 422
    for _ in range(5):
        assert rosa.post(path, page=page, phone="33 1234 5678").status_code == 302
    over = rosa.post(path, page=page, phone="3312345678")
    assert (over.status_code, "5 pruebas en una hora" in over.get_data(as_text=True)) == (422, True)
    assert {one.state for one in session.scalars(select(TemplateTrial))} == {TrialState.WAITING}
    tried = select(AuditEvent.id).where(AuditEvent.action == "template.tried")
    assert len(session.scalars(tried).all()) == 5
    assert 'value="3312345678"' in rosa.get(page).get_data(as_text=True)


def test_no_trial_goes_to_a_woman(session: Database, rosa: Browser, programme: Stage) -> None:
    """A number of the list is refused; one that only wrote to us is not told apart."""
    rosa.post(NEW, **fields())
    template = saved(session)
    approve(session, template)
    page, path = f"{LIST}/{template.id}", f"{LIST}/{template.id}/probar"
    refused = rosa.post(path, page=page, phone="3300000001")
    assert (refused.status_code, "es de una mujer del programa" in refused.get_data(as_text=True)) == (
        422,
        True,
    )
    inbox.conversation_of(session, PersonalKey(bytes(range(32))), "whatsapp:+523312345678", datetime.now(UTC))
    session.commit()
    assert rosa.post(path, page=page, phone="3312345678").status_code == 302


def test_withdrawn_with_what_uses_it(session: Database, rosa: Browser, programme: Stage) -> None:
    """Its campaigns pause; the product's own stay; a withdrawn one comes back as a new version."""
    rosa.post(NEW, **fields())
    template = saved(session)
    approve(session, template)
    campaign = session.get_one(Campaign, programme.campaign.id)
    campaign.template_id, campaign.variables = template.id, json.dumps({"1": "el parque"})
    campaign.state = CampaignState.RUNNING
    session.commit()
    page = f"{LIST}/{template.id}"
    assert "Se ponen en pausa sus campañas" in rosa.get(page).get_data(as_text=True)
    assert rosa.post(f"{page}/retirar", page=page).status_code == 302
    session.expire_all()
    assert session.get_one(Campaign, campaign.id).state is CampaignState.PAUSED
    assert templates.by_name(session, "aviso_uno") is None
    assert "Retiradas (1)" in rosa.get(LIST).get_data(as_text=True)
    assert template not in templates.all_of(session)
    rosa.post(f"{page}/cambiar", **fields())
    assert (saved(session).version, saved(session).withdrawn_at) == (2, None)
    own = templates.by_name(session, templates.SESSION_REMINDER)
    assert own is not None
    rosa.post(f"{LIST}/{own.id}/retirar", page=page)
    assert templates.by_name(session, templates.SESSION_REMINDER) == own


def test_what_stops_is_shown(session: Database, rosa: Browser, programme: Stage) -> None:
    """On the list, on its page and on Monday's: Meta's reason, what stops, what goes on."""
    template = templates.by_name(session, templates.SESSION_REMINDER)
    assert template is not None
    for state, told in (
        ("rejected", "WhatsApp la rechazó"), ("paused", "Dura 3 horas"), ("disabled", "Ya no vuelve"),
    ):  # fmt: skip
        template.state, template.reason = TemplateState(state), "TAG_CONTENT_MISMATCH <b>"
        template.decided_at = datetime.now(UTC)
        session.commit()
        for path in (LIST, f"{LIST}/{template.id}"):
            page = rosa.get(path).get_data(as_text=True)
            assert told in page
            assert "TAG_CONTENT_MISMATCH &lt;b&gt;" in page
            assert "los recordatorios de sesión" in page
            assert "le llega igual, como mensaje normal" in page
        monday = rosa.get("/programa/semana").get_data(as_text=True)
        assert "Se detiene: los recordatorios de sesión." in monday


def test_an_older_version_goes_on(session: Database, rosa: Browser) -> None:
    """A rejected new version stops nothing: the one before it is used, and the page says so."""
    rosa.post(NEW, **fields())
    first = saved(session)
    approve(session, first)
    rosa.post(f"{LIST}/{first.id}/cambiar", **fields(body="Tu taller ya es en {{1}} desde hoy."))
    second = saved(session)
    second.state, second.content_sid = TemplateState.REJECTED, "HX2"
    session.commit()
    page = rosa.get(LIST).get_data(as_text=True)
    assert "se sigue usando la versión 1" in page
    assert "Plantillas detenidas" not in rosa.get("/programa/semana").get_data(as_text=True)


def test_a_change_of_category_is_shown(session: Database, rosa: Browser) -> None:
    """What WhatsApp made of it, and what that limits."""
    template = templates.by_name(session, templates.GROUP_NOTICE)
    assert template is not None
    template.meta_category, template.category_changed_at = "MARKETING", datetime.now(UTC)
    session.commit()
    page = rosa.get(f"{LIST}/{template.id}").get_data(as_text=True)
    assert "WhatsApp la cambió a promoción" in rosa.get(LIST).get_data(as_text=True)
    assert "WhatsApp la cambió de aviso (UTILITY) a promoción (MARKETING)" in page
    assert "Meta pone un tope por persona" in page


def test_a_programme_makes_its_set_in_one_click(session: Database, rosa: Browser) -> None:
    """Copies under its own code, ready for WhatsApp; a second click makes nothing more."""
    coast = Programme(code="costa-sur", name="Costa")
    session.add(coast)
    session.commit()
    path = f"{LIST}/conjunto/{coast.id}"
    assert "Hacer las suyas" in rosa.get(LIST).get_data(as_text=True)
    for _ in range(2):
        assert rosa.post(path, page=LIST).status_code == 302
    made = session.scalars(select(Template).where(Template.programme_id == coast.id)).all()
    assert {one.name for one in made} >= {"costa_sur_session_reminder", "costa_sur_seat_confirmed"}
    assert {(one.version, one.state) for one in made} == {(1, TemplateState.DRAFT)}
    reminder = next(one for one in made if one.name.endswith("session_reminder"))
    assert templates.names_of(reminder) == {"1": "cuándo es", "2": "lugar"}
    approve(session, reminder)
    assert templates.of_programme(session, templates.SESSION_REMINDER, coast.id) == reminder
    # Its own is paused: the general one goes in its stead, and nothing stops.
    general = templates.by_name(session, templates.SESSION_REMINDER)
    assert general is not None
    approve(session, general)
    reminder.state = TemplateState.PAUSED
    session.commit()
    assert templates.of_programme(session, templates.SESSION_REMINDER, coast.id) == general
    assert [one.stops for one in template_stops.stopped(session)] == [False]
    assert "mientras tanto se usa la general" in rosa.get(f"{LIST}/{reminder.id}").get_data(as_text=True)


def test_what_was_rejected_is_handed_in_again(session: Database, rosa: Browser) -> None:
    template = templates.by_name(session, templates.SEAT_FREED)
    assert template is not None
    template.state, template.content_sid = TemplateState.REJECTED, "HX1"
    session.commit()
    rosa.post(f"{LIST}/conjunto/{FIRST_PROGRAMME}", page=LIST)
    again = saved(session, templates.SEAT_FREED)
    assert (again.version, again.state, again.content_sid) == (2, TemplateState.DRAFT, None)
    assert again.built_in


def test_prices_are_data(session: Database, ana: Browser, rosa: Browser) -> None:
    """The administrator enters them with day and source; the page says what it costs, or that nobody did."""
    assert "Nadie ha anotado su precio" in rosa.get(LIST).get_data(as_text=True)
    good = {"category": "UTILITY", "since": "2026-01-01", "amount": "0.0135", "currency": "usd",
            "source": "Factura de enero"}  # fmt: skip
    for wrong in ({"amount": "mucho"}, {"amount": "-1"}, {"amount": "NaN"}, {"amount": "1e-9"},
                  {"currency": "us$"}, {"source": " "}, {"since": "ayer"}):  # fmt: skip
        assert ana.post(PRICES, **(good | wrong)).status_code == 422
    assert ana.post(PRICES, **good).status_code == 302
    assert ana.post(PRICES, **good).status_code == 422
    assert session.scalars(select(MessagePrice.micros)).all() == [13500]
    assert "0.0135 USD por mensaje" in rosa.get(LIST).get_data(as_text=True)
    assert rosa.get(PRICES).status_code == 404


def test_only_coordinators(app: Flask, session: Database, team: str) -> None:
    lucia = enter(app, session, Role.CASEWORKER, "lucia", team)
    assert lucia.get(LIST).status_code == 404
    assert lucia.get(NEW).status_code == 404
