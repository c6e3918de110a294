"""Pairs and earlier merges follow the record that holds them, and go back with an undo."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from models import LinkPair, PairDecision, WomanMerge

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def between(one: uuid.UUID, other: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition of the pairs that two records of today stand for."""
    return or_(
        and_(LinkPair.a_now == one, LinkPair.b_now == other),
        and_(LinkPair.a_now == other, LinkPair.b_now == one),
    )


def follow(
    session: Session, absorbed: uuid.UUID, kept: uuid.UUID, now: datetime, staff_id: uuid.UUID | None
) -> dict[str, Any]:
    """Point pairs at the record that stays; return what `back` needs.

    What was between the two is decided with them; a pair with somebody from whom either was kept apart is
    kept apart too.
    """
    done: dict[str, Any] = {"a": [], "b": [], "same": [], "apart": []}
    for pair in session.scalars(select(LinkPair).where(between(absorbed, kept)).with_for_update()):
        if pair.decision is None:
            _decide(pair, PairDecision.SAME, now, staff_id)
            done["same"].append(str(pair.id))
    for side, column in (("a", LinkPair.a_now), ("b", LinkPair.b_now)):
        ids = list(session.scalars(select(LinkPair.id).where(column == absorbed)))
        session.execute(update(LinkPair).where(LinkPair.id.in_(ids)).values({column.key: kept}))
        done[side] = [str(one) for one in ids]
    session.flush()
    session.expire_all()
    hers = session.scalars(select(LinkPair).where(or_(LinkPair.a_now == kept, LinkPair.b_now == kept))).all()
    apart = {frozenset((p.a_now, p.b_now)) for p in hers if p.decision is PairDecision.APART}
    for pair in hers:
        if pair.decision is None and frozenset((pair.a_now, pair.b_now)) in apart:
            _decide(pair, PairDecision.APART, now, staff_id)
            done["apart"].append(str(pair.id))
    session.flush()
    return done


def back(
    session: Session,
    done: dict[str, Any],
    absorbed: uuid.UUID,
    kept: uuid.UUID,
    now: datetime,
    staff_id: uuid.UUID,
) -> None:
    """Point pairs at both records again; what was between them is apart now, by whoever undid the merge."""
    for side, column in (("a", LinkPair.a_now), ("b", LinkPair.b_now)):
        session.execute(
            update(LinkPair)
            .where(LinkPair.id.in_(_ids(done[side])), column == kept)
            .values({column.key: absorbed})
        )
    session.execute(
        update(LinkPair)
        .where(LinkPair.id.in_(_ids(done["apart"])))
        .values(decision=None, decided_at=None, decided_by=None)
    )
    session.execute(
        update(LinkPair)
        .where(between(absorbed, kept), LinkPair.decision == PairDecision.SAME)
        .values(decision=PairDecision.APART, decided_at=now, decided_by=staff_id)
    )
    session.flush()


def follow_merges(session: Session, absorbed: uuid.UUID, kept: uuid.UUID) -> list[str]:
    """Let earlier merges into the absorbed record be merges into the one that stays."""
    ids = list(session.scalars(select(WomanMerge.id).where(WomanMerge.kept_id == absorbed)))
    session.execute(update(WomanMerge).where(WomanMerge.id.in_(ids)).values(kept_id=kept))
    return [str(one) for one in ids]


def merges_back(session: Session, ids: list[str], absorbed: uuid.UUID, kept: uuid.UUID) -> None:
    """Undo `follow_merges`."""
    session.execute(
        update(WomanMerge)
        .where(WomanMerge.id.in_(_ids(ids)), WomanMerge.kept_id == kept)
        .values(kept_id=absorbed)
    )


def _decide(pair: LinkPair, decision: PairDecision, now: datetime, staff_id: uuid.UUID | None) -> None:
    pair.decision, pair.decided_at, pair.decided_by = decision, now, staff_id


def _ids(texts: list[str]) -> list[uuid.UUID]:
    return [uuid.UUID(one) for one in texts]
