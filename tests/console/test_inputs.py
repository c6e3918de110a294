"""Whatever a form carries, the answer is a page: never a server error (A10)."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staffroom import Browser, Programme, enter, open_case

from models import Role
from outreach.ground import dead_letters

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)

MINE = ("auth.", "desk.", "keys.", "administration.", "dead_letters.")
FIELDS = (
    "username", "password", "current", "new", "again", "text", "once", "hours", "instead", "role",
    "display_name", "recovery_key",
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="\0\x01\x1b\x7f\ud800\u202e%_'\"<>&", max_size=10),
    st.sampled_from(
        ["", "0", "-1", "9" * 30, "1e9", "NaN", "ñ" * 2000, "caseworker", str(uuid.uuid4()), "\0", "a\0b"]
    ),
)


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


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_no_form_breaks_a_page(
    app: Flask, session: Database, key: PersonalKey, team: str, programme: Programme, role: Role
) -> None:
    """Every form of the desk, the keys, the accounts and the login, fed with anything: no 5xx."""
    browser = enter(app, session, role, "quien", team)
    case = open_case(session, key, programme.conversation)
    letter = dead_letters.bury(session, "turn", None, "KeyError")
    session.commit()
    known = {"case_id": case.id, "letter_id": letter.id}
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["TESTING"] = False
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint.startswith(MINE)
        and rule.endpoint != "auth.log_out"
    ]
    assert len(rules) > 12

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rule=st.sampled_from(rules),
        fields=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6),
        real=st.booleans(),
    )
    def post(rule: object, fields: dict[str, str], *, real: bool) -> None:
        path = re.sub(
            r"<uuid:(\w+)>",
            lambda found: str(known.get(found[1], uuid.uuid4()) if real else uuid.uuid4()),
            str(rule),
        )
        sent = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
        answer = browser.client.post(path, data=sent)
        assert answer.status_code < 500, (path, fields)

    post()
