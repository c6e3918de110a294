"""The Flask app that Twilio calls: check, store with the job that answers, 204. Nothing more.

Small enough to audit in one sitting. It never logs a body, a number or a name.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from models import utcnow
from outreach.ground import counters, deadlines, meters
from outreach.ground.database import make_engine, make_sessions
from outreach.messages import inbox, outgoing_files, reconcile, storing
from outreach.programme import answers, certificates
from outreach.sealing.crypto import PersonalKey
from outreach.texts.completion import certificate_page
from outreach.texts.notice import full_notice
from webhook.signature import is_genuine

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

log = logging.getLogger("avanza.webhook")
LARGEST_REQUEST = 4 * 1024 * 1024
"""Bytes that are read: a signature is over all of them. Whatever is signed is stored, cut (`inbox`)."""
MOST_PARAMETERS = 5000
"""Twilio sends some thirty. A stranger's four megabytes of them would take seconds to be told apart."""
ANSWER_SECONDS = 12.0
"""Within 15 Twilio wants an answer, or goes to its second try or the fallback address, as after a 503."""
READY_SECONDS = 6.0
"""For whoever asks whether this process is ready, who waits for less."""


def create_app(settings: Settings, sessions: sessionmaker[Session] | None = None) -> Flask:
    """Build the app."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_PARAMETERS,
    )
    app.extensions["avanza_sessions"] = sessions or make_sessions(make_engine(settings))
    door = _Door(settings, app.extensions["avanza_sessions"])
    app.add_url_rule("/twilio/inbound", view_func=door.inbound, methods=["POST"])
    app.add_url_rule("/twilio/status", view_func=door.status, methods=["POST"])
    app.add_url_rule(f"{outgoing_files.PATH}/<token>/<name>", view_func=door.file)
    app.add_url_rule(f"{certificates.PATH}/<code>", view_func=door.certificate)
    app.add_url_rule("/readyz", view_func=door.readyz)
    app.add_url_rule("/healthz", view_func=_healthz)
    app.add_url_rule("/aviso", view_func=door.notice)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _not_stored)
    app.before_request(_refuse_late)
    app.after_request(_headers)
    app.wsgi_app = deadlines.Limited(app.wsgi_app, ANSWER_SECONDS)  # type: ignore[method-assign] # Flask's own way to wrap
    return app


class _Door:
    """The views that touch the database; each parses, calls one verb, commits, answers."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self._settings = settings
        self._sessions = sessions
        self._key = PersonalKey(settings.secret_key)
        self._known = storing.Known()
        # Each statement is a transaction.
        self._one_by_one = sessions.kw["bind"].execution_options(isolation_level="AUTOCOMMIT")

    def _refuse_strangers(self) -> None:
        if request.headers.get("X-Twilio-Signature") and request.get_data().count(b"&") >= MOST_PARAMETERS:
            # Before they are parsed: werkzeug counts the parts of a multipart form only.
            abort(413)
        if not is_genuine(request, self._settings.twilio.auth_token, self._settings.public_url):
            abort(403)
        if request.form.get("AccountSid") != self._settings.twilio.account_sid:
            abort(403)

    def inbound(self) -> Response:
        """Store one message with the job that will answer it.

        What is signed is never refused: an odd sender, id, field or size is the inbox's to make sense of.
        """
        self._refuse_strangers()
        params = request.form.to_dict(flat=False)
        arrival = inbox.read_in(self._key, params, utcnow())
        if not inbox.store_known(self._one_by_one, self._key, arrival, self._known):
            with self._sessions.begin() as session:
                inbox.store(session, self._key, arrival, self._known)
        return Response(status=204)

    def status(self) -> Response:
        """Apply one status callback."""
        self._refuse_strangers()
        # PostgreSQL has no NUL in a text.
        params = {name: value.replace("\0", "") for name, value in request.form.to_dict().items()}
        with self._sessions.begin() as session:
            known = reconcile.status_reported(session, self._key, params, request.args.get("o"))
            if not known:
                counters.count(session, counters.UNKNOWN_STATUS)
            meters.keep(session)
        return Response(status=204)

    def file(self, token: str, name: str) -> Response:  # noqa: ARG002 (the name is for her phone)
        """Give Twilio the file of a message that is being sent; to anybody else it is not there."""
        with self._sessions() as session:
            found = outgoing_files.give(session, self._key, token)
        if found is None:
            abort(404)
        response = Response(found.content, mimetype=found.content_type)
        response.headers["Content-Disposition"] = f"inline; filename={found.name}"
        return response

    def certificate(self, code: str) -> Response:
        """Show whether a certificate is genuine; an unknown code and a revoked one look the same."""
        with self._sessions() as session:
            found = certificates.checked(session, self._key, code)
        status = 200 if found else 404
        return Response(certificate_page(found), status=status, mimetype="text/html; charset=utf-8")

    def readyz(self) -> tuple[Response, int]:
        """Name what is not ready."""
        try:
            with deadlines.until(time.monotonic() + READY_SECONDS), self._sessions() as session:
                session.execute(text("SELECT 1 FROM inbound_message LIMIT 1"))
        except SQLAlchemyError:
            return jsonify(status="not ready", missing=["database"]), 503
        return jsonify(status="ready", missing=[]), 200

    def notice(self) -> Response:
        """Show the full privacy notice; without the database it only does not name who is responsible."""
        try:
            with self._sessions() as session:
                responsible = answers.responsible(session)
        except SQLAlchemyError:
            responsible = None
        return Response(full_notice(responsible), mimetype="text/html; charset=utf-8")


def _refuse_late() -> None:
    """Leave alone what waited too long behind others: Twilio has turned away, or is about to."""
    if deadlines.left() == 0.0:
        raise deadlines.DeadlineError


def _healthz() -> Response:
    return jsonify(status="ok")


def _refused(error: HTTPException) -> Response:
    return Response(status=error.code or 500)


def _not_stored(error: Exception) -> Response:
    # 503 lets Twilio's retry or fallback act (P1). A commit whose answer did not come may have been made: the
    # second try is then a known MessageSid.
    log.error("not stored", extra={"action": "not_stored", "kind": type(error).__name__})
    return Response(status=503)


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
