"""When a support is one too many: the rules as arithmetic on days and agencies, without a database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Period

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from models import SupportRule


@dataclass(frozen=True)
class Given:
    """A support that a woman got: local day, agency, and when it came into the ledger."""

    id: uuid.UUID
    day: date
    agency: str
    entered_at: datetime


def in_force(rule: SupportRule, day: date) -> bool:
    """Say whether a rule holds on a local day."""
    return rule.since <= day and (rule.until is None or day <= rule.until)


def reached_by(rule: SupportRule, given: Iterable[Given], day: date, agency: str) -> list[Given]:
    """Return the supports with which one more, on `day` by `agency`, would be over the rule; else nothing.

    A rule that is not in force on `day` is never broken. Earlier and later supports count alike, so that an
    entry made late is judged as if it had been made in time.
    """
    if not in_force(rule, day):
        return []
    counted = _by_day(one for one in given if rule.all_agencies or one.agency == agency)
    for start in range(len(counted) - rule.most + 1):
        run = counted[start : start + rule.most]
        if _together(rule, [day, *(one.day for one in run)]):
            return run
    return []


def excess(rule: SupportRule, given: Sequence[Given], known: Collection[uuid.UUID] = ()) -> list[Given]:
    """Return which of the supports given are over the rule: the later ones, by day and then by entry.

    Those in `known` were found over the rule before; they are returned again where the rest, without them,
    still leaves no room for them, and don't push another one over.
    """
    over: list[Given] = []
    for same in _counted_together(rule, given):
        kept: list[Given] = []
        for one in sorted(_by_day(same), key=lambda one: one.id in known):
            if reached_by(rule, kept, one.day, one.agency):
                over.append(one)
            else:
                kept.append(one)
    return _by_day(over)


def _counted_together(rule: SupportRule, given: Sequence[Given]) -> list[list[Given]]:
    if rule.all_agencies:
        return [list(given)]
    by_agency: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        by_agency[one.agency].append(one)
    return list(by_agency.values())


def _by_day(given: Iterable[Given]) -> list[Given]:
    return sorted(given, key=lambda one: (one.day, one.entered_at, one.id))


def _together(rule: SupportRule, days: Sequence[date]) -> bool:
    """Say whether days lie within one period of the rule."""
    first, last = min(days), max(days)
    match rule.period:
        case Period.MONTH:
            return (first.year, first.month) == (last.year, last.month)
        case Period.YEAR:
            return first.year == last.year
        case Period.DAYS:
            return (last - first).days < (rule.days or 0)
        case Period.EVER:
            return True
