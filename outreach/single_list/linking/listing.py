"""The pairs of the list by the agencies' folios: joined records, certain pairs, pairs for a person."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from models import Affiliation, LinkPair
from outreach.people import registry

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

BATCH = 500
CERTAIN, REVIEW = "certain", "review"
Folio = tuple[str, str]


def pairs(session: Session, key: PersonalKey) -> Iterator[dict[str, Any]]:
    """Yield each pair of folios that are, or may be, one woman; a record without folio has no line.

    Two folios of one record are certain: she was found by her CURP or folio, or two records were merged.
    """
    yield from _of_one_record(session, key)
    yield from _waiting(session, key)


def _of_one_record(session: Session, key: PersonalKey) -> Iterator[dict[str, Any]]:
    several = select(Affiliation.woman_id).group_by(Affiliation.woman_id).having(func.count() > 1)
    women = iter(session.scalars(several).all())
    while part := list(islice(women, BATCH)):
        merged = {
            row.a_now: row.probability
            for row in session.execute(
                select(LinkPair.a_now, func.max(LinkPair.probability).label("probability"))
                .where(LinkPair.a_now.in_(part), LinkPair.a_now == LinkPair.b_now)
                .group_by(LinkPair.a_now)
            )
        }
        for woman_id, folios in _folios(session, key, part).items():
            for a, b in combinations(folios, 2):
                yield _line(a, b, merged.get(woman_id, 1.0), CERTAIN)


def _waiting(session: Session, key: PersonalKey) -> Iterator[dict[str, Any]]:
    rows = iter(
        session.execute(
            select(LinkPair.a_now, LinkPair.b_now, LinkPair.probability, LinkPair.certain)
            .where(LinkPair.decision.is_(None), LinkPair.a_now != LinkPair.b_now)
            .order_by(LinkPair.certain.desc(), LinkPair.probability.desc(), LinkPair.seq)
        ).all()
    )
    while part := list(islice(rows, BATCH)):
        folios = _folios(session, key, {one for row in part for one in (row.a_now, row.b_now)})
        for row in part:
            for a, b in product(folios.get(row.a_now, []), folios.get(row.b_now, [])):
                yield _line(a, b, row.probability, CERTAIN if row.certain else REVIEW)


def _folios(session: Session, key: PersonalKey, women: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Folio]]:
    found: dict[uuid.UUID, list[Folio]] = defaultdict(list)
    for row in session.scalars(select(Affiliation).where(Affiliation.woman_id.in_(list(women)))):
        found[row.woman_id].append((row.agency, registry.read_folio(key, row)))
    return {woman_id: sorted(folios) for woman_id, folios in found.items()}


def _line(a: Folio, b: Folio, probability: float, decision: str) -> dict[str, Any]:
    first, second = sorted((a, b))
    return {
        "a": {"agency": first[0], "external_id": first[1]},
        "b": {"agency": second[0], "external_id": second[1]},
        "probability": round(probability, 6),
        "decision": decision,
    }
