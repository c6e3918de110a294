"""Supports over a rule that are found afterwards, and what was decided about each.

They come from lists, from records that were joined, from a rule that is new, from two ledgers that met.
Looking again changes nothing twice: a row is one support under one rule, and a decision is never undone here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    DoubleState,
    DoubleSupport,
    Period,
    Support,
    SupportKind,
    SupportRule,
    Woman,
)
from outreach.programme import overview
from outreach.single_list import supports, supports_judging
from outreach.single_list.supports_rules import SupportError, in_words
from outreach.texts import supports as texts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

BATCH = 500
DECISIONS = (DoubleState.JUSTIFIED, DoubleState.RECOVERED, DoubleState.MISTAKE)
_STANDS = (DoubleState.OPEN, DoubleState.JUSTIFIED, DoubleState.RECOVERED)


@dataclass(frozen=True)
class DoubleLine:
    """A support over a rule, as the list shows it."""

    id: uuid.UUID
    woman_id: uuid.UUID
    name: str
    kind: str
    rule: str
    agency: str
    day: date
    state: DoubleState
    at_entry: bool
    found_at: datetime


@dataclass(frozen=True)
class DoublesPage:
    """A page of the list; `older` is the row after which the next page begins."""

    lines: list[DoubleLine]
    older: uuid.UUID | None


def look_again(
    session: Session,
    now: datetime,
    *,
    women: Collection[uuid.UUID] | None = None,
    kind_id: uuid.UUID | None = None,
) -> int:
    """Judge again what was given, to some women or to all; return how many are newly over a rule.

    Call it after a list, a void or a rule; `follow` after two records were joined or parted.
    """
    query = select(SupportRule)
    if kind_id is not None:
        query = query.where(SupportRule.kind_id == kind_id)
    new = 0
    for rule in session.scalars(query.order_by(SupportRule.created_at)):
        suspects = sorted(_suspects(session, rule, women))
        for start in range(0, len(suspects), BATCH):
            new += _judge(session, rule, suspects[start : start + BATCH], now)
    return new


def follow(session: Session, women: Collection[uuid.UUID], now: datetime) -> None:
    """Judge anew after records were joined or parted: a double goes where its support went."""
    session.execute(
        update(DoubleSupport)
        .where(
            DoubleSupport.support_id == Support.id,
            DoubleSupport.woman_id != Support.woman_id,
            Support.woman_id.in_(list(women)),
        )
        .values(woman_id=Support.woman_id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    look_again(session, now, women=women)


def _suspects(session: Session, rule: SupportRule, women: Collection[uuid.UUID] | None) -> set[uuid.UUID]:
    """Return the women who got more than the rule's number at all, or who are noted under it."""
    together: list[Any] = [Support.woman_id]
    if rule.period in {Period.MONTH, Period.YEAR}:
        together.append(func.date_trunc(rule.period.value, Support.day))
    if not rule.all_agencies:
        together.append(Support.agency)
    got = (
        select(Support.woman_id)
        .where(Support.kind_id == rule.kind_id, Support.voided_at.is_(None))
        .group_by(*together)
        .having(func.count() > rule.most)
    )
    noted = select(DoubleSupport.woman_id).where(
        DoubleSupport.rule_id == rule.id,
        DoubleSupport.state.in_((DoubleState.OPEN, DoubleState.CLEARED)),
    )
    if women is not None:
        got = got.where(Support.woman_id.in_(list(women)))
        noted = noted.where(DoubleSupport.woman_id.in_(list(women)))
    return {*session.scalars(got), *session.scalars(noted)}


def _judge(session: Session, rule: SupportRule, women: Sequence[uuid.UUID], now: datetime) -> int:
    given = supports.given_to(session, women, [rule.kind_id])
    states = {
        support_id: state
        for support_id, state in session.execute(
            select(DoubleSupport.support_id, DoubleSupport.state).where(
                DoubleSupport.rule_id == rule.id, DoubleSupport.woman_id.in_(women)
            )
        )
        if support_id is not None
    }
    known = {support_id for support_id, state in states.items() if state in _STANDS}
    over = {
        one.id: (woman_id, one)
        for (woman_id, _), hers in given.items()
        for one in supports_judging.excess(rule, hers, known)
    }
    gone = [one for one, state in states.items() if state is DoubleState.OPEN and one not in over]
    again = [one for one, state in states.items() if state is DoubleState.CLEARED and one in over]
    _set(session, rule, gone, DoubleState.CLEARED, now)
    _set(session, rule, again, DoubleState.OPEN, now)
    rows = [
        {"id": uuid.uuid4(), "woman_id": woman_id, "rule_id": rule.id, "support_id": one.id,
         "agency": one.agency, "day": one.day, "state": DoubleState.OPEN, "at_entry": False, "found_at": now}
        for woman_id, one in over.values() if one.id not in states
    ]  # fmt: skip
    if rows:
        session.execute(insert(DoubleSupport).values(rows).on_conflict_do_nothing())
    return len(rows) + len(again)


def _set(
    session: Session, rule: SupportRule, ids: Sequence[uuid.UUID], state: DoubleState, now: datetime
) -> None:
    if ids:
        values = {"state": state} | ({"found_at": now} if state is DoubleState.OPEN else {})
        session.execute(
            update(DoubleSupport)
            .where(DoubleSupport.rule_id == rule.id, DoubleSupport.support_id.in_(ids))
            .values(values)
            .execution_options(synchronize_session="fetch")
        )


def decide(
    session: Session,
    key: PersonalKey,
    double: DoubleSupport,
    decision: DoubleState,
    *,
    by: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> None:
    """Keep what was decided about a double support and why; a mistake voids the support itself.

    Raises:
        SupportError: no reason, no such decision, or somebody decided before.
    """
    if not reason.strip():
        raise SupportError(texts.REASON_MISSING)
    # The woman first, as whoever enters or voids locks: of two at once one waits, and none is thrown out.
    session.execute(select(Woman.id).where(Woman.id == double.woman_id).with_for_update())
    session.refresh(double, with_for_update=True)
    if double.state is not DoubleState.OPEN or decision not in DECISIONS:
        raise SupportError(texts.ALREADY_DECIDED)
    double.state, double.decided_by, double.decided_at = decision, by, now
    supports.write_reason(key, double, reason.strip())
    session.flush()
    if decision is DoubleState.MISTAKE and double.support_id is not None:
        support = session.get_one(Support, double.support_id)
        supports.void(session, key, support, by=by, reason=reason, now=now)
        look_again(session, now, women=[double.woman_id])


def get(session: Session, double_id: uuid.UUID, reader: str | None) -> DoubleSupport | None:
    """Return a double that a coordinator may decide; None where there is none, or it is another agency's."""
    found = session.get(DoubleSupport, double_id)
    return found if found is not None and supports.may_change(reader, found.agency) else None


def count_open(session: Session, agency: str | None) -> int:
    """Count the doubles that nobody decided, of one agency or (None) of all."""
    query = select(func.count()).where(DoubleSupport.state == DoubleState.OPEN)
    return session.scalar(query.where(_of(agency))) or 0


def count_avoided(session: Session, since: date, until: date) -> int:
    """Count the supports that were stopped at entry on the days from `since` to `until`."""
    query = select(func.count()).where(
        DoubleSupport.state == DoubleState.AVOIDED, DoubleSupport.day.between(since, until)
    )
    return session.scalar(query) or 0


def listed(
    session: Session,
    key: PersonalKey,
    agency: str | None,
    *,
    decided: bool,
    after: uuid.UUID | None = None,
    limit: int = 50,
) -> DoublesPage:
    """Return a page of the doubles that are open, or of those that were decided, newest first."""
    place = tuple_(DoubleSupport.found_at, DoubleSupport.id)
    query = (
        select(DoubleSupport, Woman, SupportRule, SupportKind.name)
        .join(Woman, Woman.id == DoubleSupport.woman_id)
        .join(SupportRule, SupportRule.id == DoubleSupport.rule_id)
        .join(SupportKind, SupportKind.id == SupportRule.kind_id)
        .where(
            DoubleSupport.state.in_((*DECISIONS, DoubleState.AVOIDED))
            if decided
            else DoubleSupport.state == DoubleState.OPEN
        )
        .order_by(DoubleSupport.found_at.desc(), DoubleSupport.id.desc())
        .limit(limit + 1)
    )
    last = session.get(DoubleSupport, after) if after else None
    if last is not None:
        query = query.where(place < tuple_(last.found_at, last.id))
    rows = session.execute(query.where(_of(agency))).all()
    lines = [
        DoubleLine(row.id, woman.id, overview.name_of(key, woman), kind, in_words(rule), row.agency,
                   row.day, row.state, row.at_entry, row.found_at)
        for row, woman, rule, kind in rows[:limit]
    ]  # fmt: skip
    return DoublesPage(lines, lines[-1].id if len(rows) > limit else None)


def _of(agency: str | None) -> ColumnElement[bool]:
    return true() if agency is None else DoubleSupport.agency == agency
