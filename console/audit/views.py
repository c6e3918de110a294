"""Auditors: what staff did, by person, action and day; whether the record is whole. No case, no content."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from babel.dates import format_date, format_datetime
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from console.access import AUDIT, allow, db, me, now, settings
from console.display import LOCALE, hour
from console.forms import Form
from outreach.ground.csv_cells import text_cell
from outreach.staff import audit, audit_log, chain
from outreach.staff.audit import DESK, Action
from outreach.staff.audit_log import Asked
from outreach.texts import desk_audit as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.wrappers import Response as Answer

pages = Blueprint("audit", __name__, template_folder="templates", url_prefix="/auditoria")
# When the days of what was done in cases begin.
_MIDNIGHT: Final = datetime(2026, 1, 1, tzinfo=UTC)


@pages.get("")
@allow(AUDIT)
def index() -> str:
    """Show what was done outside cases: logins, accounts, keys, the programme."""
    asked = _asked()
    acts, following = audit_log.office(db(), asked, settings().timezone, after=_after())
    return _page("audit_office.html", asked, "audit.index", following, acts=acts, at=_moment)


@pages.get("/mesa")
@allow(AUDIT)
def desk() -> str:
    """Show how often what was done in cases, by person and day."""
    asked = _asked()
    days, following = audit_log.desk(db(), asked, after=_after())
    return _page("audit_desk.html", asked, "audit.desk", following, days=days, on=_day, turn=hour(_MIDNIGHT))


@pages.get("/oficina.csv")
@allow(AUDIT)
def office_file() -> Answer:
    """Give what was done outside cases as a file."""
    acts, more = audit_log.office(db(), _asked(), settings().timezone, size=audit_log.MOST_EXPORTED)
    rows = ((_stamp(act.at), act.name or texts.NOBODY, texts.did(act.action)) for act in acts)
    return _file(
        "auditoria-oficina.csv", texts.OFFICE_COLUMNS, rows, "audit.index", too_many=more is not None
    )


@pages.get("/mesa.csv")
@allow(AUDIT)
def desk_file() -> Answer:
    """Give how often what was done in cases as a file."""
    days, more = audit_log.desk(db(), _asked(), size=audit_log.MOST_EXPORTED)
    rows = (
        (one.day.isoformat(), one.name or texts.NOBODY, texts.did(one.action), texts.how_often(one.count))
        for one in days
    )
    return _file("auditoria-mesa.csv", texts.DESK_COLUMNS, rows, "audit.desk", too_many=more is not None)


@pages.get("/estado")
@allow(AUDIT)
def state() -> str:
    """Say whether the record is whole, from its first event to its last."""
    return render_template(
        "audit_state.html", chains=chain.verify(db()), names=texts.STREAMS, code=chain.code
    )


@pages.post("/estado")
@allow(AUDIT)
def compare() -> Answer | tuple[str, int]:
    """Look for a head of the record that stands on paper."""
    if not Form().validate():
        return state(), 422
    found = chain.finds(db(), request.form.get("code", ""))
    if found is None:
        flash(texts.CODE_NOT_FOUND, "error")
    else:
        flash(texts.CODE_FOUND.format(name=texts.STREAMS[found.value]), "ok")
    return redirect(url_for("audit.state"))


def _page(template: str, asked: Asked, here: str, following: str | None, **values: object) -> str:
    at_desk = here == "audit.desk"
    return render_template(
        template,
        **values,
        asked=asked,
        here=here,
        file="audit.desk_file" if at_desk else "audit.office_file",
        following=following,
        kept=_kept(asked),
        people=audit_log.people(db()),
        actions=[one.value for one in Action if one.value.startswith(DESK) == at_desk],
        did=texts.did,
        texts=texts,
        begun=bool(_after()),
    )


def _file(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], back: str, *, too_many: bool
) -> Answer:
    if too_many:
        flash(texts.TOO_MANY, "error")
        return redirect(url_for(back, **_kept(_asked())))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([text_cell(cell) for cell in row] for row in rows)
    audit.record(db(), me().staff.id, Action.AUDIT_EXPORTED, now())
    db().commit()
    # With the mark by which a spreadsheet knows that it is UTF-8.
    answer = Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked() -> Asked:
    """Read what is asked for; what is none of it asks for all."""
    return Asked(
        staff_id=request.args.get("persona", type=uuid.UUID),
        action=next((one.value for one in Action if one.value == request.args.get("acto")), None),
        first=request.args.get("desde", type=date.fromisoformat),
        last=request.args.get("hasta", type=date.fromisoformat),
    )


def _kept(asked: Asked) -> dict[str, Any]:
    given = {"persona": asked.staff_id, "acto": asked.action, "desde": asked.first, "hasta": asked.last}
    return {name: str(value) for name, value in given.items() if value is not None}


def _after() -> str:
    return request.args.get("sigue", "")


def _moment(at: datetime) -> str:
    local = at.astimezone(settings().timezone).replace(tzinfo=None)
    return format_datetime(local, "d MMM y, H:mm", locale=LOCALE).replace(".", "")


def _stamp(at: datetime) -> str:
    return at.astimezone(settings().timezone).strftime("%Y-%m-%d %H:%M:%S")


def _day(day: date) -> str:
    return format_date(day, "d MMM y", locale=LOCALE).replace(".", "")
