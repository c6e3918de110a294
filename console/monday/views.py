"""Coordinators: the week on one page, with what waits for somebody."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from flask import Blueprint, render_template, request

from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.display import local_date
from outreach.campaigns import template_stops
from outreach.ground import dates
from outreach.programme import programmes
from outreach.single_list import (
    import_listing,
    monday,
    requests_view,
    retention,
    supports_doubles,
)
from outreach.single_list.linking import reviewing

pages = Blueprint("monday", __name__, template_folder="templates", url_prefix="/programa/semana")
pages.add_app_template_filter(local_date, "local_date")
LISTS_SINCE: Final = timedelta(days=30)
MOST_REQUESTS: Final = 8


@pages.get("")
@allow(PROGRAMME)
def index() -> str:
    """Show the week; of one agency only what is its own."""
    staff = me().staff
    since, until = monday.week_of(settings(), now())
    names = dict(programmes.names(db()))
    asked = request.args.get("programa", type=uuid.UUID)
    chosen = asked if asked in names else None
    return render_template(
        "monday.html",
        since=since,
        last=until - timedelta(hours=12),
        sessions=monday.sessions(db(), since, until, chosen),
        programmes=names,
        chosen=chosen,
        most=monday.MOST_SESSIONS,
        dead=monday.dead_numbers(db(), key(), staff.agency, now()),
        lists=import_listing.to_see_to(db(), staff, now() - LISTS_SINCE),
        pairs=reviewing.waiting(db(), staff.agency),
        doubles=supports_doubles.count_open(db(), staff.agency),
        requests=requests_view.listed(db(), key(), settings(), staff.agency, now(), most=MOST_REQUESTS),
        notices=retention.notices(db()),
        stopped=[one for one in template_stops.stopped(db()) if one.stops],
        pauses=retention.pauses(db(), dates.today(settings().timezone, now())),
    )
