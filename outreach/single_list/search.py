"""Who may be meant, with her folios, as lines for the command line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import Affiliation
from outreach.people import finding, registry

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.people.finding import Asked
    from outreach.sealing.crypto import PersonalKey


def lines(session: Session, key: PersonalKey, asked: Asked, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """Return up to `limit` women, the likeliest first, and whether there are more."""
    found = finding.find(session, key, asked)
    shown = found.hits[:limit]
    folios: dict[uuid.UUID, list[dict[str, str]]] = defaultdict(list)
    rows = session.scalars(
        select(Affiliation)
        .where(Affiliation.woman_id.in_([hit.woman.id for hit in shown]))
        .order_by(Affiliation.agency, Affiliation.id)
    )
    for row in rows:
        folios[row.woman_id].append({"agency": row.agency, "external_id": registry.read_folio(key, row)})
    return [
        {
            "name": hit.name,
            "born": hit.details.birth_date or hit.details.birth_year or None,
            "municipality": hit.woman.municipality,
            "folios": folios[hit.woman.id],
        }
        for hit in shown
    ], found.more or len(found.hits) > limit
