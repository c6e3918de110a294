"""Administrators: whether the service is in order, what was not in the last month, backups and trials."""

from __future__ import annotations

from flask import Blueprint, render_template

from console import words
from console.access import ADMINISTRATION, allow, db, now, settings
from outreach.figures import service_page

pages = Blueprint("service", __name__, template_folder="templates", url_prefix="/servicio")


@pages.get("")
@allow(ADMINISTRATION)
def index() -> str:
    """Show how the service runs; nothing of any woman."""
    return render_template(
        "service.html",
        page=service_page.gather(db(), now()),
        most=service_page.MOST_SHOWN,
        backs_up=settings().watching.backs_up,
        lasted=words.lasted,
    )
