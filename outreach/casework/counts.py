"""What a team's cases were in a quarter: counts for reports that name nobody and from which nobody follows.

The records are sealed, so that they are counted in the request of a supervisor who holds the key, and nothing
is kept of it. Only quarters that are over, each by itself: sums that grow from day to day, or periods that
overlap, would give by their difference what a table withholds (`outreach.casework.withheld`). One team at a
time for the same reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from models import Case, CaseRecord, Municipality, Referral, Team
from outreach.casework import record_fields, referrals, withheld
from outreach.casework.case_state import decode_state
from outreach.casework.closing import Outcome
from outreach.sealing import vault
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from models import Staff
    from outreach.casework.case_state import CaseState
    from outreach.casework.withheld import Table
    from outreach.sealing.crypto import PersonalKey

MONTHS: Final = 3
EARLIEST: Final = 8
"""How many quarters back are offered."""
AT_A_TIME: Final = 500
NOT_SAID, STILL_OPEN, BY_HER = "not_said", "open", "by_her"
AGES: Final = ((17, "minor"), (29, "18-29"), (44, "30-44"), (59, "45-59"), (200, "60"))
"""The last year of each group of ages."""
URGENCIES: Final = ("danger", "urgent", "support")
REFERRED: Final = ("sent", "service", "received")
BY_REFERRAL: Final = (referrals.RETURNED, referrals.WITHDRAWN)
DUPLICATE: Final = Outcome.DUPLICATE.value


class Quarter(NamedTuple):
    """Three months: a year, and which of its four quarters."""

    year: int
    number: int

    @property
    def begins(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    def before(self) -> Quarter:
        """Return the one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


@dataclass(frozen=True)
class Report:
    """A quarter of one team; `total` is rounded down, None where it is withheld, and then all is."""

    total: int | None
    tables: tuple[Table, ...]


class _Counted(NamedTuple):
    """What one case counts for."""

    month: str
    urgency: str
    outcome: str
    relation: str
    age: str
    town: str
    types: tuple[str, ...]
    modalities: tuple[str, ...]
    referred: tuple[str, ...]


def quarter_of(day: date) -> Quarter:
    """Return the quarter of a day."""
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def quarters(today: date) -> list[Quarter]:
    """Return the quarters that are over, the last one first."""
    found = [quarter_of(today).before()]
    while len(found) < EARLIEST:
        found.append(found[-1].before())
    return found


def teams_of(session: Session, team_ids: Collection[uuid.UUID]) -> list[Team]:
    """Return some teams by name."""
    return list(session.scalars(select(Team).where(Team.id.in_(team_ids)).order_by(Team.name)))


def count(
    session: Session,
    key: PersonalKey,
    keyring: bytes,
    by: Staff,
    team_id: uuid.UUID,
    quarter: Quarter,
    zone: ZoneInfo,
    now: datetime,
) -> Report:
    """Count the cases that a team opened in a quarter; recorded, and the caller commits that.

    Raises:
        ValueError: the quarter is not over.
        UnsealError: the ring does not open the team's records.
    """
    if quarter not in quarters(now.astimezone(zone).date()):
        raise ValueError(f"{quarter} is not one of the quarters that are over")
    audit.record(session, by.id, Action.DESK_COUNTED, now)
    states = _states(session, key, team_id, quarter, zone)
    records = _records(session, keyring, team_id, states)
    referred = _referred(session, keyring, states)
    cases = [
        _counted(state, records.get(case_id, {}), referred.get(case_id, ()), zone)
        for case_id, state in states.items()
    ]
    return _report(cases, quarter, _towns(session))


def _report(cases: list[_Counted], quarter: Quarter, towns: Collection[str]) -> Report:
    total = len(cases)
    months = [f"{quarter.year}-{quarter.begins.month + n:02}" for n in range(MONTHS)]
    ages = [name for _, name in AGES]
    outcomes = [outcome.value for outcome in Outcome if outcome.value != DUPLICATE]

    def shared(name: str, codes: Iterable[str], given: Iterable[str]) -> Table:
        return withheld.shared_out(name, _tally(codes, given))

    def beside(name: str, codes: Iterable[str], given: Iterable[tuple[str, ...]]) -> Table:
        return withheld.side_by_side(name, _tally(codes, (one for each in given for one in each)), total)

    tables = (
        shared("month", months, (one.month for one in cases)),
        shared("urgency", URGENCIES, (one.urgency for one in cases)),
        beside("types", record_fields.TYPES, (one.types for one in cases)),
        beside("modalities", record_fields.MODALITIES, (one.modalities for one in cases)),
        shared("relation", (*record_fields.RELATIONS, NOT_SAID), (one.relation for one in cases)),
        shared("age", (*ages, NOT_SAID), (one.age for one in cases)),
        shared("town", (*towns, NOT_SAID), (one.town for one in cases)),
        shared("outcome", (*outcomes, *BY_REFERRAL, BY_HER, STILL_OPEN), (one.outcome for one in cases)),
        beside("referred", REFERRED, (one.referred for one in cases)),
    )  # fmt: skip
    return Report(withheld.rounded(total), tables)


def _tally(codes: Iterable[str], given: Iterable[str]) -> dict[str, int]:
    """Count by code, in the list's order; what is of no list counts as not said."""
    counted = Counter(given)
    tally = {code: counted.pop(code, 0) for code in codes}
    if NOT_SAID in tally:
        tally[NOT_SAID] += counted.total()
    return tally


def _states(
    session: Session, key: PersonalKey, team_id: uuid.UUID, quarter: Quarter, zone: ZoneInfo
) -> dict[uuid.UUID, CaseState]:
    """Return the cases that were opened in the quarter; no drafts, and none that is there twice."""
    query = select(Case.id, Case.state_cipher).where(Case.team_id == team_id, Case.forget_after.is_(None))
    found = {}
    for case_id, cipher in session.execute(query.execution_options(yield_per=AT_A_TIME)):
        state = decode_state(key, case_id, cipher)
        opened = datetime.fromisoformat(state.opened_at).astimezone(zone).date()
        if quarter_of(opened) == quarter and state.outcome != DUPLICATE:
            found[case_id] = state
    return found


def _records(
    session: Session, keyring: bytes, team_id: uuid.UUID, wanted: Collection[uuid.UUID]
) -> dict[uuid.UUID, Mapping[str, Any]]:
    """Return what each record says of the violence, as it stands."""
    query = (
        select(CaseRecord.case_id, CaseRecord.content_sealed)
        .join(Case, Case.id == CaseRecord.case_id)
        .where(Case.team_id == team_id)
        .order_by(CaseRecord.case_id, CaseRecord.version.desc())
        .ext(distinct_on(CaseRecord.case_id))
    )
    return {
        case_id: vault.unseal(keyring, sealed)["sections"].get(record_fields.VIOLENCE, {})
        for case_id, sealed in session.execute(query)
        if case_id in wanted
    }


def _referred(
    session: Session, keyring: bytes, wanted: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return which ways each case was referred."""
    query = select(Referral.case_id, Referral.content_sealed).where(Referral.case_id.in_(wanted))
    ways: dict[uuid.UUID, set[str]] = {}
    for case_id, sealed in session.execute(query):
        ways.setdefault(case_id, set()).add(vault.unseal(keyring, sealed)["way"])
    return {case_id: tuple(sorted(found)) for case_id, found in ways.items()}


def _towns(session: Session) -> list[str]:
    return list(session.scalars(select(Municipality.code).order_by(Municipality.name)))


def _counted(
    state: CaseState, violence: Mapping[str, Any], referred: tuple[str, ...], zone: ZoneInfo
) -> _Counted:
    opened = datetime.fromisoformat(state.opened_at).astimezone(zone)
    by_her = BY_HER if state.closed_by_her else None
    ended = state.closed_at is not None or by_her is not None
    return _Counted(
        month=f"{opened.year}-{opened.month:02}",
        urgency=state.urgency,
        outcome=(by_her or state.outcome or Outcome.OTHER.value) if ended else STILL_OPEN,
        relation=str(violence.get("relation", NOT_SAID)),
        age=_age_group(violence.get("age")),
        town=str(violence.get("town", NOT_SAID)),
        types=tuple(violence.get("types", ())),
        modalities=tuple(violence.get("modalities", ())),
        referred=referred,
    )


def _age_group(age: int | None) -> str:
    if age is None:
        return NOT_SAID
    return next(name for last, name in AGES if age <= last)
