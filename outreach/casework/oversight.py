"""What a supervisor sees of her teams: who has how much, what waits too long, what is overdue. No text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from outreach.casework import board, colleagues
from outreach.casework.board import Section

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.casework.board import Row
    from outreach.casework.colleagues import Colleague
    from outreach.sealing.crypto import PersonalKey


@dataclass(frozen=True)
class Load:
    """What one person has. `waiting_since`: the longest wait among her conversations."""

    name: str
    here: bool
    on_shift: bool
    held: int
    waiting: int
    waiting_since: datetime | None


@dataclass(frozen=True)
class Overview:
    """A supervisor's page: `rows` are all open conversations in the list's order.

    `danger` are those of danger whose word has waited too long, held or not; `missed` agreed hours that are
    past, `overdue` tasks whose day is past, `called` those for which staff were called and nobody came yet.
    `to_close` are those that a colleague wants to close, for the one who looks to approve.
    """

    people: list[Load]
    rows: list[Row]
    unclaimed: Load
    danger: list[Row]
    missed: list[Row]
    overdue: list[Row]
    called: list[Row]
    to_close: list[Row]
    able: list[Colleague]

    def row(self, case_id: uuid.UUID | None) -> Row | None:
        """Return one conversation, where it can change hands."""
        found = (row for row in self.rows if row.case.id == case_id and not row.case.closed_by_her)
        return next(found, None)

    def able_for(self, row: Row) -> list[Colleague]:
        """Return who could have a conversation now: harm by the programme's own people is a supervisor's."""
        return [
            one
            for one in self.able
            if one.here and one.id != row.case.claimed_by and (one.supervisor or not row.case.for_supervisor)
        ]


def overview(
    session: Session,
    key: PersonalKey,
    viewer: uuid.UUID,
    teams: Collection[uuid.UUID],
    now: datetime,
    *,
    danger_minutes: int,
) -> Overview:
    """Return how the open cases of some teams stand, for one of their supervisors."""
    rows = board.board(session, key, viewer, teams, now, supervisor=True).rows
    open_rows = [row for row in rows if row.section is not Section.CLOSED_BY_HER]
    able = colleagues.of_teams(session, teams, now)
    before = now - timedelta(minutes=danger_minutes)
    return Overview(
        people=_loads(able, open_rows),
        rows=rows,
        unclaimed=_load(None, "", [row for row in open_rows if _is_nobodys(row)]),
        danger=[row for row in open_rows if row.case.danger and _waits_since(row, before)],
        missed=[row for row in open_rows if row.case.appointment_at and row.case.appointment_at < now],
        overdue=[row for row in open_rows if row.case.follow_up_at and row.case.follow_up_at < now],
        called=[row for row in open_rows if row.case.alerted and row.case.claimed_by is None],
        to_close=[row for row in open_rows if row.case.closing_asked_by not in {None, viewer}],
        able=able,
    )


def _is_nobodys(row: Row) -> bool:
    return row.case.claimed_by is None and row.case.waiting_since is not None


def _waits_since(row: Row, before: datetime) -> bool:
    return row.case.waiting_since is not None and row.case.waiting_since <= before


def _loads(able: list[Colleague], rows: list[Row]) -> list[Load]:
    """Everybody who may have conversations, and whoever else has one still; the most loaded first."""
    held: dict[uuid.UUID, list[Row]] = {one.id: [] for one in able}
    names = {one.id: one.name for one in able}
    for row in rows:
        if row.case.claimed_by is not None:
            held.setdefault(row.case.claimed_by, []).append(row)
            names.setdefault(row.case.claimed_by, row.case.claimed_name or "")
    known = {one.id: one for one in able}
    loads = [_load(known.get(staff_id), names[staff_id], hers) for staff_id, hers in held.items()]
    return sorted(loads, key=lambda one: (not one.held, not one.here, -one.waiting, -one.held, one.name))


def _load(one: Colleague | None, name: str, rows: list[Row]) -> Load:
    waits = [row.case.waiting_since for row in rows if row.case.waiting_since is not None]
    return Load(
        name=name,
        here=one is not None and one.here,
        on_shift=one is not None and one.on_shift,
        held=len(rows),
        waiting=len(waits),
        waiting_since=min(waits, default=None),
    )
