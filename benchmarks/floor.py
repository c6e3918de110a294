"""The least that a Flask app behind the same gunicorn can do: answer 204. It checks and stores nothing."""

from __future__ import annotations

from flask import Flask, Response

app = Flask(__name__, static_folder=None)


@app.post("/twilio/inbound")
def inbound() -> Response:
    """Read nothing, keep nothing."""
    return Response(status=204)


@app.get("/healthz")
def healthz() -> Response:
    """Say that it is up."""
    return Response("ok")
