"""What every installation starts with: municipalities, help resources, answers, templates, the team.

Safe to run at every start: it adds what is missing and leaves what people have edited.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from models import FIRST_PROGRAMME, Agency, Answer, HelpResource, Municipality, Team
from outreach.messages import templates_own
from outreach.programme import programmes
from outreach.sealing import vault
from outreach.start import support_kinds
from outreach.start.help_lines import HELP_LINES
from outreach.texts import answers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TEAM_NAME = "Equipo de atención"
# The successors, in 2026, of the three agencies that began the programme (domain.md).
AGENCIES = {
    "SISEMH": "Secretaría de Igualdad Sustantiva entre Mujeres y Hombres",
    "SSAS": "Secretaría del Sistema de Asistencia Social",
    "DIF": "Sistema DIF Jalisco",
}


def plant(session: Session) -> None:
    """Add the data that is missing."""
    with Path(__file__).with_name("municipalities.csv").open(encoding="utf-8") as file:
        places = [{"code": row["code"], "name": row["name"]} for row in csv.DictReader(file)]
    session.execute(insert(Municipality).values(places).on_conflict_do_nothing())
    session.execute(
        insert(Agency)
        .values([{"code": code, "name": name} for code, name in AGENCIES.items()])
        .on_conflict_do_nothing()
    )
    _lay_seats(session)
    programmes.lay_axes(session, FIRST_PROGRAMME)
    _lay_help(session)
    support_kinds.ensure(session)
    known = set(session.scalars(select(Answer.topic).where(Answer.municipality.is_(None))))
    session.add_all(
        Answer(topic=topic, text=text) for topic, text in answers.DEFAULTS.items() if topic not in known
    )
    templates_own.ensure(session)
    session.flush()


def ensure_team(session: Session) -> str | None:
    """Make the casework team where there is none, and return its recovery key if it was made now.

    The key is shown once and stored nowhere: whoever installs prints it and locks it away.
    """
    if session.scalar(select(Team.id).limit(1)) is None:
        return vault.make_team(session, TEAM_NAME)
    return None


def _lay_seats(session: Session) -> None:
    """Measure the municipalities that nobody measured.

    Seats by INEGI's catalogue of municipalities; where they lie by GeoNames (geonames.org, CC BY 4.0), in
    WGS 84, as of the extract of July 2026, each looked over for its place in the state.
    """
    known = set(session.scalars(select(Municipality.code).where(Municipality.latitude.is_(None))))
    with Path(__file__).with_name("municipal_seats.csv").open(encoding="utf-8") as file:
        places = [
            {"code": row["code"], "seat": row["seat"],
             "latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
            for row in csv.DictReader(file) if row["code"] in known
        ]  # fmt: skip
    if places:
        session.execute(update(Municipality), places)


def _lay_help(session: Session) -> None:
    known = set(session.scalars(select(HelpResource.code)))
    for line in HELP_LINES:
        if line.code not in known:
            session.add(
                HelpResource(
                    code=line.code,
                    name=line.name,
                    channel=line.channel,
                    hours=line.hours,
                    says=line.says,
                    needs=line.needs,
                    municipality=line.municipality,
                    rank=line.rank,
                    source=line.source,
                    source_date=date.fromisoformat(line.source_date) if line.source_date else None,
                )
            )
