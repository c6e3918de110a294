"""Administrators: whether the service is in order, what was not in the last month, backups and trials."""

from __future__ import annotations

from flask import Blueprint, render_template

from console import words
from console.access import ADMINISTRATION, allow, db, now, settings
from outreach.figures import service_page
from outreach.staff import letters

pages = Blueprint("service", __name__, template_folder="templates", url_prefix="/servicio")


LETTERS_SHOWN = 5


@pages.get("")
@allow(ADMINISTRATION)
def index() -> str:
    """Show how the service runs; nothing of any woman."""
    waiting = letters.waiting(db(), LETTERS_SHOWN + 1)
    return render_template(
        "service.html",
        page=service_page.gather(db(), now()),
        most=service_page.MOST_SHOWN,
        backs_up=settings().watching.backs_up,
        lasted=words.lasted,
        letters=waiting[:LETTERS_SHOWN],
        more_letters=len(waiting) > LETTERS_SHOWN,
        works_again=letters.works_again(db(), waiting),
        may_go_again=letters.may_go_again,
        may_be_handed_over=letters.may_be_handed_over,
    )
