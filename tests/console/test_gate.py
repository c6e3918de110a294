"""The gate comes before the form, uploads stay in memory, and the browser keeps nothing (P4, P10)."""

from __future__ import annotations

import base64
import re
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from flask import request
from routes import calls
from staffroom import Browser, Programme, enter, open_case

from console import access
from console.requests import LARGEST_FORM, MIB
from models import Role

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *_given: object) -> bytes:
        """Fail."""
        raise AssertionError("a body was read")

    readline = readinto = read  # type: ignore[assignment]


def _posts(app: Flask, role: Role | None) -> list[str]:
    """The addresses that take a form and are not for this role (None: for nobody without a login)."""
    return [
        path
        for method, path, rule in calls(app)
        if method == "POST"
        and rule.endpoint not in access.OPEN
        and role not in (access.declared(app, rule.endpoint) or ())
    ]


def _post_unread(browser: Browser, path: str) -> int:
    return browser.client.post(
        path,
        input_stream=Unread(),
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(50 * MIB)},
    ).status_code


def test_no_form_is_read_before_the_gate(app: Flask, rosa: Browser) -> None:
    """Whoever has no login, or another role, has nothing of her request looked at, however long it is."""
    nobody = Browser(app.test_client(), "")
    assert len(_posts(app, None)) > 20
    assert {_post_unread(nobody, path) for path in _posts(app, None)} == {302}
    assert {_post_unread(rosa, path) for path in _posts(app, Role.COORDINATOR)} == {404}


def _take_files(app: Flask, seen: list[object]) -> None:
    @access.allow(access.PROGRAMME, largest=MIB)
    def take() -> str:
        seen.append(request.files["file"].stream)
        return str(len(request.files["file"].read()))

    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/archivo", "take", take, methods=["POST"])


def _send_file(browser: Browser, content: bytes, name: str = "a.ogg") -> TestResponse:
    """Send a file; werkzeug's own client would put it into a temporary file."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    return browser.client.post("/archivo", data=body, content_type="multipart/form-data; boundary=x")


def test_a_view_may_take_more_and_keeps_it_in_memory(app: Flask, session: Database) -> None:
    """What is over werkzeug's half megabyte is not put into a temporary file."""
    seen: list[object] = []
    _take_files(app, seen)
    rosa = enter(app, session, Role.COORDINATOR, "rosa")
    answer = _send_file(rosa, b"x" * 900_000)
    assert (answer.status_code, answer.data) == (200, b"900000")
    assert isinstance(seen[0], BytesIO)


def test_what_is_too_long_is_refused(app: Flask, session: Database) -> None:
    """One view's larger limit is its own, has an end, and holds for those whom the gate lets in."""
    seen: list[object] = []
    _take_files(app, seen)
    rosa = enter(app, session, Role.COORDINATOR, "rosa")
    ana = enter(app, session, Role.ADMINISTRATOR, "ana")
    assert _send_file(rosa, b"x" * (MIB + 1)).status_code == 413
    assert _send_file(ana, b"x").status_code == 404
    text = "x" * (LARGEST_FORM + 1)
    assert rosa.client.post("/programa/plantillas/nueva", data={"body": text}).status_code == 413
    assert rosa.client.post("/entrar", data={"username": text}).status_code == 413
    assert not seen


def test_a_control_character_in_a_files_name_is_refused(app: Flask, session: Database) -> None:
    seen: list[object] = []
    _take_files(app, seen)
    rosa = enter(app, session, Role.COORDINATOR, "rosa")
    assert _send_file(rosa, b"x", "a\x1b.ogg").status_code == 400
    assert not seen


def test_her_name_and_number_stay_out_of_the_cookie(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme, app: Flask
) -> None:
    """P4: who she is stands in the page alone: no cookie carries it."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{here}/tomar", page=here)
    answer = lucia.get(here)
    html = answer.get_data(as_text=True)
    assert "Elena Uno" in html
    assert "+52" in html
    assert answer.headers["Cache-Control"] == "no-store"
    later = lucia.get(f"{here}/panel/person")
    assert "+52" in later.get_data(as_text=True)
    assert later.headers["Cache-Control"] == "no-store"
    carried = [*answer.headers.getlist("Set-Cookie"), *later.headers.getlist("Set-Cookie")]
    for name in ("avanza_form", "avanza_session"):
        cookie = lucia.client.get_cookie(name)
        carried += [cookie.value] if cookie else []
    assert carried
    for value in carried:
        assert not re.search(rb"Elena|3300000|\+52", _opened(value)), value


def _opened(cookie: str) -> bytes:
    """A cookie as it is and as its base64 and zlib say it."""
    found = [cookie.encode()]
    for part in re.split(r"[.=;\s]", cookie):
        try:
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            continue
        found.append(raw)
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_whoever_does_not_hold_her_sees_no_number(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    assert lucia.get(f"{here}/panel/person").status_code == 404
    assert "+52" not in lucia.get(here).get_data(as_text=True)


def test_leaving_clears_what_the_browser_keeps(lucia: Browser) -> None:
    answer = lucia.post("/salir", page="/casos")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_sound_and_pictures_come_from_here_alone(lucia: Browser) -> None:
    policy = lucia.get("/casos").headers["Content-Security-Policy"]
    assert "media-src 'self'" in policy
    assert "img-src 'self'" in policy


def test_the_pause_page_says_nothing(app: Flask, lucia: Browser) -> None:
    """Quick-hide leads to a page that is the same for everybody and names neither her nor the service."""
    page = lucia.get("/pausa").get_data(as_text=True)
    assert page == Browser(app.test_client(), "").get("/pausa").get_data(as_text=True)
    assert "Avanza" not in page
    assert "Lucia" not in page


def test_every_page_has_a_title_and_none_names_anybody(
    session: Database, key: PersonalKey, lucia: Browser, rosa: Browser, ana: Browser, programme: Programme
) -> None:
    """WCAG 2.4.2, P5: a title says which page it is, never whose."""
    case = open_case(session, key, programme.conversation)
    pages = [
        (lucia, ("/casos", f"/casos/{case.id}", "/casos/no-llegaron", "/llave", "/contrasena", "/nada")),
        (rosa, ("/programa", "/programa/talleres", "/programa/grupos", "/programa/mujeres",
               f"/programa/grupos/{programme.group.id}", f"/programa/campanas/{programme.campaign.id}",
               "/programa/campanas", "/programa/plantillas", "/programa/recordatorios")),
        (ana, ("/administracion/personal", "/recursos", "/respuestas")),
    ]  # fmt: skip
    titles = []
    for browser, paths in pages:
        for path in paths:
            html = browser.get(path).get_data(as_text=True)
            found = re.findall(r"<title>(.*?) · Avanza</title>", html)
            assert found, path
            assert found[0].strip(), path
            assert not re.search(r"Elena|Uno|Prueba|Huerto|g1", found[0]), path
            assert len(re.findall(r"<h1\b", html)) == 1, path
            titles.append(found[0])
    assert len(set(titles)) > 12
