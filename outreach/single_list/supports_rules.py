"""Kinds of support and their rules, as data that whoever coordinates all agencies edits."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Period, SupportKind, SupportRule
from outreach.ground.words import fold
from outreach.messages import reveal
from outreach.texts import supports as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

MOST, LONGEST_DAYS = 100, 3650
LONGEST_NAME, LONGEST_GROUND, LONGEST_CODE = 80, 160, 32


class SupportError(ValueError):
    """This can't be done with a support; the message says why, to whoever coordinates."""


def kinds(session: Session, *, retired: bool = False) -> Sequence[SupportKind]:
    """Return the kinds by name, those that are no longer given only if asked for."""
    query = select(SupportKind).order_by(SupportKind.name)
    return session.scalars(query if retired else query.where(SupportKind.retired_at.is_(None))).all()


def kind(session: Session, kind_id: uuid.UUID) -> SupportKind | None:
    """Return one kind."""
    return session.get(SupportKind, kind_id)


def rules_of(session: Session, kind_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[SupportRule]]:
    """Return the rules of kinds, also those that ended, by kind and in the order of their first day."""
    found: dict[uuid.UUID, list[SupportRule]] = defaultdict(list)
    query = select(SupportRule).where(SupportRule.kind_id.in_(list(kind_ids)))
    for rule in session.scalars(query.order_by(SupportRule.since, SupportRule.created_at, SupportRule.id)):
        found[rule.kind_id].append(rule)
    return found


def in_words(rule: SupportRule) -> str:
    """Return a rule such as `1 al mes, contando todas las dependencias`."""
    pattern = {
        Period.MONTH: texts.MONTH,
        Period.YEAR: texts.YEAR,
        Period.DAYS: texts.DAYS,
        Period.EVER: texts.EVER,
    }[rule.period]
    counted = texts.ALL if rule.all_agencies else texts.EACH
    return f"{pattern.format(most=rule.most, days=rule.days)}, {counted}"


def add_kind(session: Session, name: str, *, in_money: bool) -> SupportKind:
    """Add a kind under a code made from its name.

    Raises:
        SupportError: no name, one that is there, or one with a word that reveals (P5).
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    code = "-".join(re.findall(r"[a-z0-9]+", fold(name)))[:LONGEST_CODE]
    if not code:
        raise SupportError(texts.KIND_NAME)
    revealing = reveal.found(name)
    if revealing:
        raise SupportError(texts.KIND_REVEALS.format(word=revealing[0].word))
    if session.scalar(select(SupportKind.id).where(SupportKind.code == code)):
        raise SupportError(texts.KIND_TAKEN)
    made = SupportKind(code=code, name=name, in_money=in_money)
    session.add(made)
    session.flush()
    return made


def retire(session: Session, kind_id: uuid.UUID, now: datetime) -> SupportKind | None:
    """Take a kind out of the forms, or put it back; what was given of it stays."""
    kind = session.get(SupportKind, kind_id, with_for_update=True)
    if kind is not None:
        kind.retired_at = None if kind.retired_at else now
    return kind


def add_rule(
    session: Session,
    kind_id: uuid.UUID,
    *,
    most: int,
    period: Period,
    days: int | None,
    all_agencies: bool,
    since: date,
    ground: str = "",
) -> SupportRule:
    """Add a rule that holds from a local day on; the caller looks for what is over it (`supports_doubles`).

    Raises:
        SupportError: a number out of bounds, or no such kind.
    """
    if session.get(SupportKind, kind_id) is None:
        raise SupportError(texts.UNKNOWN_KIND)
    if not 1 <= most <= MOST:
        raise SupportError(texts.RULE_MOST)
    if period is Period.DAYS and not 1 <= (days or 0) <= LONGEST_DAYS:
        raise SupportError(texts.RULE_DAYS)
    if period is not Period.DAYS and days:
        raise SupportError(texts.RULE_NO_DAYS)
    made = SupportRule(
        kind_id=kind_id,
        most=most,
        period=period,
        days=days or None,
        all_agencies=all_agencies,
        since=since,
        ground=" ".join(ground.split())[:LONGEST_GROUND],
    )
    session.add(made)
    session.flush()
    return made


def end_rule(session: Session, rule_id: uuid.UUID, today: date) -> SupportRule | None:
    """Let a rule hold until yesterday; one that began today or later is as if it had never been.

    Raises:
        SupportError: it ended before.
    """
    rule = session.get(SupportRule, rule_id, with_for_update=True)
    if rule is None:
        return None
    if rule.until is not None:
        raise SupportError(texts.RULE_OVER)
    rule.until = today - timedelta(days=1)
    session.flush()
    return rule
