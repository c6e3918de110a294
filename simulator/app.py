"""The simulator as a Flask app: Twilio's REST, the levers for tests, and the phones' page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, render_template
from werkzeug.exceptions import HTTPException

from simulator.control import control
from simulator.errors import DroppedConnectionError, TwilioError
from simulator.hub import Hub, hub
from simulator.rest_common import answer_error, drop_connection
from simulator.rest_content import contents
from simulator.rest_media import media
from simulator.rest_messages import messages

if TYPE_CHECKING:
    from simulator.config import Config


def create_app(config: Config) -> Flask:
    """A simulator of its own; `app.extensions["simulator"].stop()` ends its background threads."""
    app = Flask(__name__)
    app.extensions["simulator"] = Hub(config)
    for blueprint in (messages, media, contents, control):
        app.register_blueprint(blueprint)
    app.register_error_handler(TwilioError, answer_error)
    app.register_error_handler(DroppedConnectionError, drop_connection)
    app.register_error_handler(HTTPException, answer_unknown)
    app.after_request(keep_to_ourselves)
    app.add_url_rule("/", view_func=page)
    app.add_url_rule("/healthz", view_func=healthz)
    return app


def page() -> str:
    """The phones, side by side."""
    config = hub().config
    return render_template("phones.html", config=config, sender=config.from_address)


def healthz() -> Response:
    """Whether the simulator runs."""
    return jsonify({"status": "ok"})


def keep_to_ourselves(response: Response) -> Response:
    """The page loads nothing from elsewhere, whatever a message holds; the browser is told to see to it."""
    response.headers["Content-Security-Policy"] = "default-src 'self'; object-src 'none'; base-uri 'none'"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def answer_unknown(error: HTTPException) -> tuple[Response, int]:
    """What is not there, said as Twilio says it."""
    status = error.code or 500
    body = TwilioError(20404 if status == 404 else 20001, status=status).as_json()  # noqa: PLR2004 - HTTP's code
    return jsonify(body), status
