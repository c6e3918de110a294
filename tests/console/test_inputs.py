"""What no form may carry is refused before a view reads it (A10); `test_fuzzed.py` sends everything else."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from staffroom import Browser

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


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])
def test_json_is_no_form(app: Flask, ana: Browser, kind: str) -> None:
    """What is not looked through for control characters is not read: JSON is an empty form."""
    app.config["WTF_CSRF_ENABLED"] = False
    sent = '{"username": "marimba", "display_name": "a\\u0000b", "role": "caseworker"}'
    answer = ana.client.post("/administracion/personal", data=sent, content_type=kind)
    assert answer.status_code == 422
    assert "marimba" not in answer.get_data(as_text=True)


def test_a_file_is_no_text(app: Flask, ana: Browser) -> None:
    """A file in the place of a text, or beside it, is not read as one."""
    app.config["WTF_CSRF_ENABLED"] = False
    sent = {"username": (BytesIO(b"nueva"), "a.txt"), "display_name": "Nueva", "role": "caseworker"}
    answer = ana.client.post("/administracion/personal", data=sent)
    assert answer.status_code == 422
