"""What a person sees of the pairs to decide and of what was decided; nothing here tells of a case (P10).

A coordinator of one agency sees the pairs in which one of the two has a folio there. The pairs come in the
order in which they were found, so that the page says nothing of how sure the comparison was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from models import (
    Affiliation,
    ChannelAddress,
    Conversation,
    Enrolment,
    EnrolmentState,
    Group,
    LinkPair,
    LinkRun,
    Municipality,
    Staff,
    Woman,
    WomanMerge,
    Workshop,
)
from outreach.people import registry
from outreach.programme import programmes
from outreach.single_list.linking import differences, joined_details

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.linking.differences import Line

PAGE = 50
_LAST_DIGITS = 4


@dataclass(frozen=True)
class Shown:
    """A pair to decide: its lines, and how many other records hang together with these two."""

    pair: LinkPair
    lines: list[Line]
    others: int


@dataclass(frozen=True)
class Merged:
    """One merge as a list shows it; `by` is empty where a rule merged."""

    id: uuid.UUID
    name: str
    merged_at: datetime
    by: str | None
    undone_at: datetime | None


def _waiting(agency: str | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [LinkPair.decision.is_(None), LinkPair.a_now != LinkPair.b_now]
    if agency is not None:
        hers = select(Affiliation.woman_id).where(Affiliation.agency == agency)
        asked.append(or_(LinkPair.a_now.in_(hers), LinkPair.b_now.in_(hers)))
    return asked


def _open(agency: str | None, *, conflict: bool) -> list[ColumnElement[bool]]:
    return [LinkPair.conflict.is_(conflict), *_waiting(agency)]


def waiting(session: Session, agency: str | None) -> dict[bool, int]:
    """Count the pairs to decide: ordinary ones (False) and conflicts (True)."""
    found = session.execute(
        select(LinkPair.conflict, func.count()).where(*_waiting(agency)).group_by(LinkPair.conflict)
    )
    return {False: 0, True: 0} | {row[0]: row[1] for row in found}


def next_pair(
    session: Session,
    key: PersonalKey,
    agency: str | None,
    *,
    conflict: bool = False,
    after: int = 0,
) -> Shown | None:
    """Return the pair after this place in the order, the first after the last; None where none waits."""
    asked = select(LinkPair).where(*_open(agency, conflict=conflict)).order_by(LinkPair.seq).limit(1)
    pair = session.scalar(asked.where(LinkPair.seq > after))
    if pair is None and after:
        pair = session.scalar(asked)
    if pair is None:
        return None
    both = _records(session, key, (pair.a_now, pair.b_now), agency)
    away = _of_others(session, (pair.a_now, pair.b_now), agency)
    lines = differences.lines(
        both[pair.a_now], both[pair.b_now], hidden=(pair.a_now in away, pair.b_now in away)
    )
    return Shown(pair, lines, _others(session, pair))


def _of_others(session: Session, ids: Sequence[uuid.UUID], reader: str | None) -> set[uuid.UUID]:
    """Return those of these women who have a folio, and none at the reader's agency."""
    if reader is None:
        return set()
    rows = session.execute(
        select(Affiliation.woman_id)
        .where(Affiliation.woman_id.in_(ids))
        .group_by(Affiliation.woman_id)
        .having(~func.bool_or(Affiliation.agency == reader))
    )
    return {row.woman_id for row in rows}


def may_decide(session: Session, pair_id: uuid.UUID, agency: str | None) -> LinkPair | None:
    """Return a pair that is still to be decided, and by somebody of this agency."""
    pair = session.get(LinkPair, pair_id)
    if pair is None or pair.decision is not None:
        return None
    return session.scalar(
        select(LinkPair).where(LinkPair.id == pair_id, *_open(agency, conflict=pair.conflict))
    )


def _others(session: Session, pair: LinkPair) -> int:
    """How many more records are like one of the two: together they are a group that wants care."""
    two = (pair.a_now, pair.b_now)
    rows = session.execute(
        select(LinkPair.a_now, LinkPair.b_now).where(
            LinkPair.decision.is_(None), or_(LinkPair.a_now.in_(two), LinkPair.b_now.in_(two))
        )
    )
    return len({one for row in rows for one in row} - set(two))


def _records(
    session: Session, key: PersonalKey, ids: tuple[uuid.UUID, uuid.UUID], reader: str | None
) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = {}
    rows = session.execute(
        select(Woman, Municipality.name)
        .outerjoin(Municipality, Municipality.code == Woman.municipality)
        .where(Woman.id.in_(ids))
    )
    axes = {code: name for (_, code), name in programmes.all_axis_names(session).items()}
    folios, phones, groups = (
        _folios(session, key, ids, reader),
        _phones(session, key, ids),
        _groups(session, ids),
    )
    for woman, town in rows:
        values = joined_details.values_of(registry.read_details(key, woman), woman.municipality, woman.axis)
        values |= {
            "municipality": town or "",
            "axis": axes.get(woman.axis or "", ""),
            "phone": phones.get(woman.id, ""),
            "folios": folios.get(woman.id, ""),
            "groups": groups.get(woman.id, ""),
        }
        found[woman.id] = values
    return found


def _folios(
    session: Session, key: PersonalKey, ids: Sequence[uuid.UUID], reader: str | None
) -> dict[uuid.UUID, str]:
    """The agencies of each with her folio there; of another agency than the reader's the name alone."""
    rows = session.scalars(
        select(Affiliation).where(Affiliation.woman_id.in_(ids)).order_by(Affiliation.agency, Affiliation.id)
    )
    return _listed(
        (
            row.woman_id,
            f"{row.agency} {registry.read_folio(key, row)}" if reader in {None, row.agency} else row.agency,
        )
        for row in rows
    )


def _phones(session: Session, key: PersonalKey, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The last figures of each number: enough to compare, too few to call."""
    rows = session.scalars(
        select(Conversation)
        .options(selectinload(Conversation.addresses.and_(ChannelAddress.kind == "phone")))
        .where(Conversation.woman_id.in_(ids))
        .order_by(Conversation.created_at)
    )
    return _listed(
        (row.woman_id, f"…{number[-_LAST_DIGITS:]}")
        for row in rows
        if row.woman_id is not None
        for number in registry.numbers_of(key, row)
    )


def _groups(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        select(Enrolment.woman_id, Workshop.name, Group.code)
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(Enrolment.woman_id.in_(ids), Enrolment.state != EnrolmentState.LEFT)
        .order_by(Enrolment.seq)
    )
    return _listed((woman_id, f"{workshop} ({code})") for woman_id, workshop, code in rows)


def _listed(rows: object) -> dict[uuid.UUID, str]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for woman_id, text in rows:  # type: ignore[attr-defined] # any iterable of pairs
        found[woman_id].append(text)
    return {woman_id: ", ".join(texts) for woman_id, texts in found.items()}


def merges(
    session: Session, key: PersonalKey, agency: str | None, after: uuid.UUID | None = None
) -> tuple[list[Merged], uuid.UUID | None]:
    """Return a page of merges, the newest first, and where the next page begins."""
    query = (
        select(WomanMerge, Woman, Staff.display_name)
        .join(Woman, Woman.id == WomanMerge.kept_id)
        .outerjoin(Staff, Staff.id == WomanMerge.merged_by)
        .order_by(WomanMerge.merged_at.desc(), WomanMerge.id.desc())
    )
    if agency is not None:
        hers = select(Affiliation.woman_id).where(Affiliation.agency == agency)
        query = query.where(WomanMerge.kept_id.in_(hers))
    place = session.get(WomanMerge, after) if after else None
    if place is not None:
        query = query.where(tuple_(WomanMerge.merged_at, WomanMerge.id) < tuple_(place.merged_at, place.id))
    rows = session.execute(query.limit(PAGE + 1)).all()
    shown = [
        Merged(row.id, _name(key, woman), row.merged_at, by, row.undone_at) for row, woman, by in rows[:PAGE]
    ]
    return shown, shown[-1].id if len(rows) > PAGE else None


def may_undo(session: Session, merge_id: uuid.UUID, agency: str | None) -> bool:
    """Say whether a merge is there, and is one of this agency's women."""
    found = session.get(WomanMerge, merge_id)
    if found is None or agency is None:
        return found is not None
    return bool(
        session.scalar(
            select(Affiliation.id)
            .where(Affiliation.woman_id == found.kept_id, Affiliation.agency == agency)
            .limit(1)
        )
    )


def _name(key: PersonalKey, woman: Woman) -> str:
    details = registry.read_details(key, woman)
    return details.full_name or details.preferred_name


def last_run(session: Session) -> LinkRun | None:
    """Return the newest comparison of the list."""
    return session.scalar(select(LinkRun).order_by(LinkRun.finished_at.desc()).limit(1))
