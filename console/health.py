"""Is the process there, and can it work? Open to whoever watches over it; says nothing else."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from console.access import db
from outreach.ground import migrate

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """Answer 200 whenever the process runs."""
    return jsonify(status="ok")


@pages.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Name what is missing: the database, or its tables.

    Newer ones are none of it: while an upgrade goes from process to process those of before still serve.
    """
    try:
        db().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="not ready", missing=["database"]), 503
    if migrate.standing(db().get_bind().engine) is migrate.Standing.OLDER:
        return jsonify(status="not ready", missing=["migrations"]), 503
    return jsonify(status="ready", missing=[]), 200
