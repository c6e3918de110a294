"""What a team's cases were in a quarter, for reports: seen and taken away by its supervisor alone."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response, abort, render_template, request

from console.access import SUPERVISION, allow, caseworker, db, key, me, now, settings
from console.supervision.views import pages
from outreach.casework import counts
from outreach.ground.csv_cells import text_cell
from outreach.programme import overview
from outreach.staff import key_holders
from outreach.texts import desk_counts as texts

if TYPE_CHECKING:
    import uuid

    from models import Team
    from outreach.casework.counts import Quarter, Report


@pages.get("/estadistica")
@allow(SUPERVISION, needs_key=True)
def statistics() -> str:
    """Show a quarter of one of her teams; what is counted is recorded."""
    teams = _teams()
    offered = counts.quarters(now().astimezone(settings().timezone).date())
    team_id, quarter = _asked([team.id for team in teams], offered)
    towns = dict(overview.municipalities(db()))
    return render_template(
        "statistics.html",
        teams=teams,
        team_id=team_id,
        quarters=offered,
        quarter=quarter,
        code=_code(quarter),
        code_of=_code,
        report=_report(team_id, quarter),
        towns=towns,
        texts=texts,
    )


@pages.get("/estadistica.csv")
@allow(SUPERVISION, needs_key=True)
def statistics_file() -> Response:
    """Give the same as a file; its name says neither the team nor what it counts."""
    teams = [team.id for team in _teams()]
    team_id, quarter = _asked(teams, counts.quarters(now().astimezone(settings().timezone).date()))
    report = _report(team_id, quarter)
    towns = dict(overview.municipalities(db()))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(texts.COLUMNS)
    writer.writerow((texts.TOTAL, "", _cell(report.total)))
    for table in report.tables:
        for code, count in table.rows:
            writer.writerow(
                (texts.TABLES[table.name], text_cell(texts.row(table.name, code, towns)), _cell(count))
            )
    answer = Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="trimestre-{_code(quarter)}.csv"'
    return answer


def _teams() -> list[Team]:
    return counts.teams_of(db(), key_holders.opened_by(db(), me().staff.id, caseworker().private_key))


def _report(team_id: uuid.UUID, quarter: Quarter) -> Report:
    ring = caseworker().private_key
    report = counts.count(db(), key(), ring, me().staff, team_id, quarter, settings().timezone, now())
    db().commit()
    return report


def _asked(teams: list[uuid.UUID], offered: list[Quarter]) -> tuple[uuid.UUID, Quarter]:
    """Return what is asked for, where it is hers and over; else her first team and the last quarter."""
    team_id = next((one for one in teams if str(one) == request.args.get("equipo")), None)
    if not teams or (team_id is None and request.args.get("equipo")):
        abort(404)
    quarter = next((one for one in offered if _code(one) == request.args.get("trimestre")), offered[0])
    return team_id or teams[0], quarter


def _code(quarter: Quarter) -> str:
    return f"{quarter.year}-{quarter.number}"


def _cell(count: int | None) -> str:
    return texts.HIDDEN if count is None else str(count)
