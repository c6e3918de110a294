"""Supports as coordinators read them: of another agency only what and on which day, never who or how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from models import Agency, DoubleSupport, Municipality, Support, SupportKind, SupportRule, Woman
from outreach.people import finding
from outreach.people.finding import Asked
from outreach.programme import overview
from outreach.single_list import supports, supports_rules
from outreach.single_list.supports_judging import in_force, reached_by

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.supports import Over

MOST_FOUND = 20


@dataclass(frozen=True)
class SupportLine:
    """A support as one coordinator may read it.

    Of another agency's (`mine` is false) only kind and day are there: no agency, amount, person or note.
    """

    id: uuid.UUID
    kind: str
    day: date
    mine: bool
    agency: str = ""
    cents: int | None = None
    given_by: str = ""
    note: str = ""
    voided_at: datetime | None = None
    voided: str = ""


@dataclass(frozen=True)
class Standing:
    """Of one kind: whether one more may be given on a day, and if not, which rule says so and since when."""

    kind: SupportKind
    rules: list[str]
    broken: str | None
    last_day: date | None


@dataclass(frozen=True)
class HerSupports:
    """What a coordinator sees of one woman's supports."""

    woman_id: uuid.UUID
    name: str
    municipality: str
    lines: list[SupportLine]
    standing: list[Standing]


@dataclass(frozen=True)
class Stop:
    """A rule that an entry would break, and the supports that use it up."""

    rule: str
    lines: list[SupportLine]


@dataclass(frozen=True)
class LedgerLine:
    """A support of the ledger with whom it was for."""

    support: SupportLine
    woman_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class LedgerPage:
    """A page of the ledger; `older` is the support after which the next page begins."""

    lines: list[LedgerLine]
    older: uuid.UUID | None


@dataclass(frozen=True)
class DoublePage:
    """One double support with what stood beside it."""

    row: DoubleSupport
    name: str
    kind: str
    rule: str
    reason: str
    lines: list[SupportLine]


@dataclass(frozen=True)
class Found:
    """A woman who may be the one that is meant, with what tells namesakes apart."""

    woman_id: uuid.UUID
    name: str
    born: str
    municipality: str


def of_woman(
    session: Session, key: PersonalKey, woman_id: uuid.UUID, reader: str | None, day: date
) -> HerSupports | None:
    """Return what she got from any agency, and what the rules say of one more on a local day.

    `reader` is the agency of the coordinator, None for all. The statements don't grow with what she got.
    """
    found = session.execute(
        select(Woman, Municipality.name)
        .outerjoin(Municipality, Municipality.code == Woman.municipality)
        .where(Woman.id == woman_id)
    ).one_or_none()
    if found is None:
        return None
    woman, town = found
    rows = session.execute(
        select(Support, SupportKind.name, Agency.name)
        .join(SupportKind, SupportKind.id == Support.kind_id)
        .join(Agency, Agency.code == Support.agency)
        .where(Support.woman_id == woman_id)
        .order_by(Support.day.desc(), Support.created_at.desc(), Support.id)
    )
    lines = [_line(key, *row, reader) for row in rows]
    return HerSupports(
        woman_id,
        overview.name_of(key, woman),
        town or "",
        [line for line in lines if line.mine or not line.voided_at],
        standing(session, woman_id, reader, day),
    )


def standing(session: Session, woman_id: uuid.UUID, reader: str | None, day: date) -> list[Standing]:
    """Return of each kind what the rules say of one more on a local day.

    Where the coordinator is of all agencies, rules within each agency are shown and not judged: which agency
    gives is said in the form.
    """
    kinds = supports_rules.kinds(session)
    rules = supports_rules.rules_of(session, [kind.id for kind in kinds])
    given = supports.given_to(session, [woman_id], [kind.id for kind in kinds])
    found = []
    for kind in kinds:
        hers = given.get((woman_id, kind.id), [])
        now_in_force = [rule for rule in rules.get(kind.id, []) if in_force(rule, day)]
        broken = next(
            (
                rule
                for rule in now_in_force
                if (rule.all_agencies or reader is not None) and reached_by(rule, hers, day, reader or "")
            ),
            None,
        )
        found.append(
            Standing(
                kind,
                [supports_rules.in_words(rule) for rule in now_in_force],
                supports_rules.in_words(broken) if broken else None,
                max((one.day for one in hers), default=None),
            )
        )
    return found


def lines_of(
    session: Session, key: PersonalKey, ids: Sequence[uuid.UUID], reader: str | None
) -> list[SupportLine]:
    """Return these supports as one coordinator may read them, by day."""
    rows = session.execute(
        select(Support, SupportKind.name, Agency.name)
        .join(SupportKind, SupportKind.id == Support.kind_id)
        .join(Agency, Agency.code == Support.agency)
        .where(Support.id.in_(ids))
        .order_by(Support.day, Support.created_at)
    )
    return [_line(key, *row, reader) for row in rows]


def stops(session: Session, key: PersonalKey, over: Sequence[Over], reader: str | None) -> list[Stop]:
    """Return what an entry would break, in words, with what the reader may know of what stands in its way."""
    return [
        Stop(
            supports_rules.in_words(each.rule),
            lines_of(session, key, [one.id for one in each.given], reader),
        )
        for each in over
    ]


def ledger(
    session: Session,
    key: PersonalKey,
    reader: str | None,
    *,
    after: uuid.UUID | None = None,
    limit: int = 50,
) -> LedgerPage:
    """Return a page of what the reader's agency (None: every one) gave, the latest day first."""
    place = tuple_(Support.day, Support.created_at, Support.id)
    query = (
        select(Support, SupportKind.name, Agency.name, Woman)
        .join(SupportKind, SupportKind.id == Support.kind_id)
        .join(Agency, Agency.code == Support.agency)
        .join(Woman, Woman.id == Support.woman_id)
        .order_by(Support.day.desc(), Support.created_at.desc(), Support.id.desc())
        .limit(limit + 1)
    )
    if reader is not None:
        query = query.where(Support.agency == reader)
    last = session.get(Support, after) if after else None
    if last is not None:
        query = query.where(place < tuple_(last.day, last.created_at, last.id))
    rows = session.execute(query).all()
    lines = [
        LedgerLine(_line(key, row, kind, agency, reader), woman.id, overview.name_of(key, woman))
        for row, kind, agency, woman in rows[:limit]
    ]
    return LedgerPage(lines, lines[-1].support.id if len(rows) > limit else None)


def double(session: Session, key: PersonalKey, double_id: uuid.UUID, reader: str | None) -> DoublePage | None:
    """Return one double of the reader's agency, with the other supports of its period."""
    found = session.execute(
        select(DoubleSupport, Woman, SupportRule, SupportKind.name)
        .join(Woman, Woman.id == DoubleSupport.woman_id)
        .join(SupportRule, SupportRule.id == DoubleSupport.rule_id)
        .join(SupportKind, SupportKind.id == SupportRule.kind_id)
        .where(DoubleSupport.id == double_id)
    ).one_or_none()
    if found is None or not supports.may_change(reader, found[0].agency):
        return None
    row, woman, rule, kind = found
    given = supports.given_to(session, [woman.id], [rule.kind_id]).get((woman.id, rule.kind_id), [])
    others = [one for one in given if one.id != row.support_id]
    beside = reached_by(rule, others, row.day, row.agency)
    ids = [one.id for one in beside] + ([row.support_id] if row.support_id else [])
    return DoublePage(
        row,
        overview.name_of(key, woman),
        kind,
        supports_rules.in_words(rule),
        supports.read_reason(key, row),
        lines_of(session, key, ids, reader),
    )


def find(session: Session, key: PersonalKey, asked: str) -> list[Found]:
    """Return the women whom a CURP, a phone, a folio or a name may mean, at most twenty."""
    hits = finding.find(session, key, Asked.of(asked)).hits[:MOST_FOUND]
    wanted = {hit.woman.municipality for hit in hits if hit.woman.municipality}
    towns = {
        town.code: town.name
        for town in session.scalars(select(Municipality).where(Municipality.code.in_(wanted)))
    }
    return [
        Found(
            hit.woman.id,
            hit.name,
            hit.details.birth_date or hit.details.birth_year,
            towns.get(hit.woman.municipality or "", ""),
        )
        for hit in hits
    ]


def _line(key: PersonalKey, row: Support, kind: str, agency: str, reader: str | None) -> SupportLine:
    if not supports.may_change(reader, row.agency):
        return SupportLine(row.id, kind, row.day, mine=False, voided_at=row.voided_at)
    note = supports.read_note(key, row)
    return SupportLine(
        row.id,
        kind,
        row.day,
        mine=True,
        agency=agency,
        cents=row.cents,
        given_by=note.get("given_by", ""),
        note=note.get("note", ""),
        voided_at=row.voided_at,
        voided=note.get("voided", ""),
    )
