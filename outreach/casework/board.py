"""The desk's list as one caseworker sees it: who comes first, and why each conversation stands where it does.

Nothing in it is unsealed. Who looks on decides only what is offered to her; all else is the same for all.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Conversation, KeyWrap, Shift
from outreach.casework import cases
from outreach.casework.offers import offered_to
from outreach.messages.may_send import WINDOW

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import Session

    from outreach.casework.cases import OpenCase
    from outreach.sealing.crypto import PersonalKey

DUE_BEFORE = timedelta(minutes=30)
"""How long before an agreed hour its conversation moves up."""
REACH_ENDS_SOON = timedelta(hours=3)


class Section(enum.IntEnum):
    """Where a conversation stands in the list, from above."""

    DANGER = 1
    URGENT = 2
    OFFERED = 3
    UNSEEN = 4  # came while nobody was on shift, and nobody has taken it since
    NOW = 5
    ASSISTANT = 6
    CLOSED_BY_HER = 7


@dataclass(frozen=True)
class Row:
    """One conversation in the list of one caseworker.

    `reach_until`: until when free text may reach her, None where that is not known. `offered`: to the one
    who looks. `due`: the agreed hour is near or past. `calls`: it asks the one who looks to do something.
    """

    case: OpenCase
    section: Section
    heard_at: datetime | None
    reach_until: datetime | None
    reach_ends_soon: bool
    offered: bool
    due: bool
    calls: bool

    @property
    def order(self) -> tuple[object, ...]:
        """The order of the list: who waits; of them whose window closes soon, then who has waited longest."""
        case = self.case
        waits = case.waiting_since is not None
        soon = self.reach_until if waits and self.reach_ends_soon else None
        return (
            self.section,
            not waits,
            not self.offered,
            not self.due,
            soon is None,
            soon.timestamp() if soon else 0.0,
            (case.waiting_since or case.opened_at).timestamp(),
            case.id,
        )


@dataclass(frozen=True)
class Board:
    """The list of one caseworker: its rows in order, and all agreed hours by the hour."""

    rows: list[Row]
    agenda: list[Row]

    @property
    def sections(self) -> dict[Section, list[Row]]:
        """The rows by section, in order, without empty sections."""
        found: dict[Section, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.section].append(row)
        return dict(found)

    @property
    def calling(self) -> int:
        """How many conversations ask the one who looks to do something."""
        return sum(row.calls for row in self.rows)


def board(
    session: Session,
    key: PersonalKey,
    viewer: uuid.UUID,
    teams: Collection[uuid.UUID],
    now: datetime,
    *,
    supervisor: bool,
) -> Board:
    """Return the open cases of some teams as one of their caseworkers is to see them."""
    lines = cases.open_cases(session, key, teams, supervisor=supervisor)
    heard = last_heard(session, lines)
    unseen = came_to_nobody(session, lines, now)
    rows = sorted(
        (row_of(line, viewer, heard.get(line.id), now, unseen=line.id in unseen) for line in lines),
        key=lambda row: row.order,
    )
    agreed = [row for row in rows if row.case.appointment_at and row.section is not Section.CLOSED_BY_HER]
    return Board(rows, sorted(agreed, key=lambda row: (row.case.appointment_at or now, row.case.id)))


def row_of(
    line: OpenCase, viewer: uuid.UUID, heard_at: datetime | None, now: datetime, *, unseen: bool
) -> Row:
    """Return a case as a row; `unseen`: she wrote while nobody was on shift, and nobody has taken it."""
    until = heard_at + WINDOW if heard_at else None
    due = line.appointment_at is not None and line.appointment_at <= now + DUE_BEFORE
    offered = line.claimed_by != viewer and offered_to(line.offered_to, viewer, line.team_id)
    mine = line.claimed_by in {None, viewer}
    waits = line.waiting_since is not None
    return Row(
        case=line,
        section=_section(line, offered=offered, due=due, unseen=unseen),
        heard_at=line.last_word_at or heard_at,
        reach_until=until,
        reach_ends_soon=until is not None and now < until <= now + REACH_ENDS_SOON,
        offered=offered,
        due=due,
        calls=not line.closed_by_her
        and (offered or (mine and (waits or due)) or (line.sent_back and line.claimed_by == viewer)),
    )


def _section(line: OpenCase, *, offered: bool, due: bool, unseen: bool) -> Section:
    with_assistant = line.handed_back and not due
    if line.closed_by_her:
        return Section.CLOSED_BY_HER
    if with_assistant:
        return Section.ASSISTANT
    if line.danger:
        return Section.DANGER
    if line.urgent and line.waiting_since is not None:
        return Section.URGENT
    if offered:
        return Section.OFFERED
    return Section.UNSEEN if unseen else Section.NOW


def last_heard(session: Session, lines: Iterable[OpenCase]) -> dict[uuid.UUID, datetime]:
    """Return, by case, when she last wrote: from then on free text may reach her for a day."""
    ids = {one for line in lines for one in line.conversations}
    query = select(Conversation.id, Conversation.last_inbound_at).where(
        Conversation.id.in_(ids), Conversation.last_inbound_at.is_not(None)
    )
    at = {conversation_id: moment for conversation_id, moment in session.execute(query) if moment}
    found = {line.id: [at[one] for one in line.conversations if one in at] for line in lines}
    return {case_id: max(moments) for case_id, moments in found.items() if moments}


def came_to_nobody(session: Session, lines: Iterable[OpenCase], now: datetime) -> set[uuid.UUID]:
    """Return the cases whose oldest unanswered word came while nobody of their team was on shift."""
    waiting = {
        line.id: (line.team_id, line.waiting_since)
        for line in lines
        if line.waiting_since is not None and line.claimed_by is None
    }
    if not waiting:
        return set()
    since = min(moment for _, moment in waiting.values())
    rows = session.execute(
        select(KeyWrap.team_id, Shift.starts_at, Shift.ends_at)
        .join(KeyWrap, KeyWrap.staff_id == Shift.staff_id)
        .where(Shift.ends_at > since, Shift.starts_at <= now, KeyWrap.wrapped.is_not(None))
    )
    shifts = defaultdict(list)
    for team_id, starts_at, ends_at in rows:
        shifts[team_id].append((starts_at, ends_at))
    return {
        case_id
        for case_id, (team_id, moment) in waiting.items()
        if not any(start <= moment < end for start, end in shifts[team_id])
    }
