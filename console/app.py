"""The staff pages as a Flask application.

Never a name, a phone or a word of hers in an address, a title, a file name or a log line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, g, render_template, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from console import access, display, inputs, stream, words
from console.areas import blueprints
from console.requests import LARGEST_FORM, StaffRequest
from models import utcnow
from outreach.ground import deadlines
from outreach.ground.database import make_engine, make_sessions
from outreach.sealing.crypto import PersonalKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ANSWER_SECONDS = 120.0
"""Longer than any page takes; what hangs in a database that says nothing gives its connection back."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(
    settings: Settings,
    sessions: sessionmaker[Session] | None = None,
    clock: Callable[[], datetime] = utcnow,
) -> Flask:
    """Make the application; `sessions` is given by whoever has an engine already."""
    app = Flask(__name__)
    app.request_class = StaffRequest
    key = PersonalKey(settings.secret_key)
    app.config.update(
        SECRET_KEY=key.derive("console forms"),
        SECRET_KEY_FALLBACKS=[one for one in (key.derive_other("console forms"),) if one],
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SESSION_COOKIE_NAME="avanza_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.console_secure,
        SESSION_COOKIE_SAMESITE="Strict",
        # The token lives as long as the login; no-referrer leaves nothing for the stricter check.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["avanza_settings"] = settings
    app.extensions["avanza_key"] = key
    app.extensions["avanza_clock"] = clock
    app.extensions["avanza_sessions"] = sessions or make_sessions(make_engine(settings))
    stream.install(app, app.extensions["avanza_sessions"], key)
    # Behind a proxy that ends TLS, cookies are to be Secure; a forged header only hurts its sender.
    # An address is believed only from as many proxies as the settings name: login limits count it.
    proxied = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)
    app.wsgi_app = deadlines.Limited(proxied, ANSWER_SECONDS)  # type: ignore[method-assign] # Flask's own way to wrap
    # Nobody's form is read before it is known who she is: the address, the gate, then the form.
    inputs.check_addresses(app)
    access.install(app)
    inputs.check_forms(app)
    CSRFProtect(app)
    display.install(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    _handle_errors(app)
    app.after_request(_harden)
    return app


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _handle_errors(app: Flask) -> None:
    def page(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        title, text = words.ERRORS.get(code, words.ERRORS[500])
        g.at = ""  # what the navigation marks must not tell a refused page from one that is not there
        return render_template("error.html", title=title, text=text), code

    def expired(_error: CSRFError) -> tuple[str, int]:
        title, text = words.FORM_EXPIRED
        return render_template("error.html", title=title, text=text), 400

    def no_database(_error: Exception) -> tuple[str, int]:
        title, text = words.ERRORS[503]
        return render_template("error.html", title=title, text=text), 503

    app.register_error_handler(HTTPException, page)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(OperationalError, no_database)
    app.register_error_handler(PoolTimeoutError, no_database)
