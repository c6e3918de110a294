"""Whatever a form carries, the answer is a page: never a server error (A10)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routes import filled
from staffroom import Browser, Programme, enter, open_case

from console import access
from models import Role
from outreach.ground import dead_letters

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.routing import Rule

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)

FIELDS = (
    "username", "password", "current", "new", "again", "text", "once", "hours", "role", "to",
    "reason", "holder", "kept", "on", "agreed",
    "display_name", "recovery_key", "day", "hour", "minutes", "name", "start_day", "start_hour", "end_day",
    "end_hour", "body", "samples", "topic", "municipality", "channel", "says", "needs", "source", "template",
    "template_id", "kind", "agency", "given_by", "note", "do", "asked", "decision", "most",
    "period", "days", "scope", "since", "ground", "in_money", "group", "names",
    "variables-0-name", "variables-0-sample", "buttons-0-title", "buttons-0-does", "valid_minutes",
    "category", "language", "programme", "phone", "amount", "currency",
    "group_id", "1", "2", "var_1", "seen", "reveals", "variables",
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="\0\x01\x1b\x7f\ud800\u202e%_'\"<>&", max_size=10),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "9" * 30,
            "1e9",
            "NaN",
            "ñ" * 2000,
            "caseworker",
            "0001-01-01",
            "9999-12-31",
            "2026-12-01",
            "00:00",
            "23:59",
            "10:00",
            "14039",
            "90",
            "plantilla_uno",
            "cost",
            "legal",
            str(uuid.uuid4()),
            "\0",
            "a\0b",
        ]
    ),
)


DAYS = st.sampled_from(["0001-01-01", "9999-12-31", "2026-12-01", "2027-02-28"])
HOURS = st.sampled_from(["00:00", "23:59", "10:00"])


def likely(name: str) -> st.SearchStrategy[str]:
    """Return values of which some pass the field's own check and reach the verb behind it."""
    known = {
        "hours": st.sampled_from(["1", "16"]),
        "minutes": st.sampled_from(["90", "720"]),
        "once": st.uuids().map(str),
        "to": st.uuids().map(str),
        "holder": st.one_of(st.just(""), st.uuids().map(str)),
        "reason": st.just("terminó mi turno"),
        "name": st.sampled_from(["plantilla_uno", "Nombre"]),
        "new": st.just("una frase bien distinta"),
        "again": st.just("una frase bien distinta"),
        "current": st.just("una frase bien larga"),
        "role": st.sampled_from(["caseworker", "coordinator"]),
    }
    if name.endswith("day"):
        return st.one_of(DAYS, VALUES)
    if name.endswith("hour"):
        return st.one_of(HOURS, VALUES)
    return st.one_of(known.get(name, st.text(alphabet="abc ñ{}%", min_size=1, max_size=30)), VALUES)


@pytest.mark.parametrize("path", ["/entrar", "/contrasena", "/administracion/personal"])
@pytest.mark.parametrize("text", ["ana\0", "a\x1bb", "\x7f", "\x85"])
def test_control_characters_are_refused(ana: Browser, path: str, text: str) -> None:
    """A NUL or another control character in any field is 400, before anything reads it."""
    fields = dict.fromkeys(FIELDS, text)
    assert ana.post(path, **fields).status_code == 400
    assert ana.client.post(path, data={text: "x"}).status_code == 400


def test_control_characters_in_an_address(ana: Browser) -> None:
    """The same holds for what stands in the address."""
    assert ana.get("/programa/mujeres?pagina=%00").status_code == 400
    assert ana.get("/administracion/%00").status_code == 400


def test_line_ends_and_tabs_are_text(ana: Browser) -> None:
    """What a text box sends is not refused."""
    assert ana.post("/administracion/personal", username="a\tb\r\nc").status_code == 422


@pytest.mark.parametrize("role", list(Role))
def test_no_form_breaks_a_page(
    app: Flask, session: Database, key: PersonalKey, team: str, programme: Programme, role: Role
) -> None:
    """Every form of a role, fed with anything: no 5xx."""
    browser = enter(app, session, role, "quien", team)
    case = open_case(session, key, programme.conversation)
    letter = dead_letters.bury(session, "turn", None, "KeyError")
    session.commit()
    known = {
        "case_id": str(case.id),
        "letter_id": str(letter.id),
        "group_id": str(programme.group.id),
        "session_id": str(programme.session.id),
        "campaign_id": str(programme.campaign.id),
    }
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["TESTING"] = False
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint != "auth.log_out"
        and role in (access.declared(app, rule.endpoint) or Role)
    ]
    assert len(rules) > 1

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rule=st.sampled_from(rules),
        fields=st.fixed_dictionaries({}, optional={name: likely(name) for name in FIELDS}),
        real=st.booleans(),
    )
    def post(rule: Rule, fields: dict[str, str], *, real: bool) -> None:
        path = filled(rule, known if real else {})
        sent = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
        answer = browser.client.post(path, data=sent)
        assert answer.status_code < 500, (path, fields)

    post()
