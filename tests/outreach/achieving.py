"""What the tests of the programme's figures share: a quarter that is over, and who did what in it."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import (
    Affiliation,
    Attendance,
    AttendanceState,
    CompletionRule,
    Enrolment,
    FoodSecurityInterview,
    Graduation,
    Group,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Session,
    Woman,
    Workshop,
)
from outreach.casework.counts import Quarter
from outreach.people import food_security
from outreach.people.food_security import ADULTS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
QUARTER = Quarter(2026, 3)
AGENCIES = ("DIF", "SSAS", "SISEMH")
_numbers = itertools.count()


@dataclass
class Sample:
    """Adds women with what happened to them; flushes once, when it is told to."""

    db: Database
    key: PersonalKey
    groups: dict[tuple[str, str], tuple[Group, Session]] = field(default_factory=dict)
    rules: dict[uuid.UUID, CompletionRule] = field(default_factory=dict)

    def group(self, axis: str, month: int) -> tuple[Group, Session]:
        """Return a group of an axis and its session in a month of 2026."""
        if (axis, str(month)) not in self.groups:
            number = next(_numbers)
            workshop = Workshop(code=f"w{number}", name=f"Taller {number}", axis=axis)
            self.db.add(workshop)
            self.db.flush()
            group = Group(
                code=f"g{number}", workshop_id=workshop.id, municipality="14039", place="C", capacity=9
            )
            self.db.add(group)
            self.db.flush()
            at = datetime(2026, month, 10, 18, tzinfo=UTC)
            meeting = Session(code=f"s{number}", group_id=group.id, starts_at=at)
            rule = CompletionRule(workshop_id=workshop.id, least_sessions=1)
            self.db.add_all([meeting, rule])
            self.db.flush()
            self.groups[axis, str(month)] = (group, meeting)
            self.rules[group.id] = rule
        return self.groups[axis, str(month)]

    def women(self, count: int, *, axis: str = "food", town: str | None = "14039", month: int = 7,
              agencies: tuple[str, ...] = ("DIF",), came: datetime | None = None) -> list[Woman]:  # fmt: skip
        """Add women with folios."""
        came = came or datetime(2026, month, 2, 18, tzinfo=UTC)
        made = [
            Woman(id=uuid.uuid4(), created_at=came, municipality=town, axis=axis, details_cipher=b"")
            for _ in range(count)
        ]
        for woman in made:
            woman.details_cipher = self.key.encrypt({}, place=f"woman:{woman.id}", bucket=512)
        self.db.add_all(made)
        self.db.flush()
        self.db.add_all(
            Affiliation(
                woman_id=woman.id, agency=agency, folio_cipher=b"", folio_hash=uuid.uuid4().bytes,
                source="import",
            )
            for woman in made
            for agency in agencies
        )  # fmt: skip
        return made

    def enrol(self, women: list[Woman], axis: str = "food", month: int = 7) -> None:
        """Give them seats in a month."""
        group, _ = self.group(axis, month)
        at = datetime(2026, month, 5, 18, tzinfo=UTC)
        self.db.add_all(
            Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled", created_at=at)
            for woman in women
        )

    def mark(self, women: list[Woman], axis: str = "food", month: int = 7, *, present: bool = True) -> None:
        """Mark them at the door of the month's session."""
        _, meeting = self.group(axis, month)
        state = AttendanceState.PRESENT if present else AttendanceState.ABSENT
        self.db.add_all(Attendance(woman_id=woman.id, session_id=meeting.id, state=state) for woman in women)

    def remind(self, women: list[Woman], axis: str = "food", month: int = 7, *, state: OutboxState) -> None:
        """Send them a reminder of the month's session that came so far."""
        _, meeting = self.group(axis, month)
        for woman in women:
            row = OutboxMessage(
                kind=OutboxKind.REMINDER, state=state, body_cipher=b"", created_at=NOW, attempts=1
            )
            self.db.add(row)
            self.db.flush()
            self.db.add(
                Reminder(woman_id=woman.id, session_id=meeting.id, minutes_before=120, outbox_id=row.id,
                         due_at=meeting.starts_at - timedelta(hours=2), state=ReminderState.HANDED_OVER)
            )  # fmt: skip

    def graduate(self, women: list[Woman], axis: str = "food", day: date = date(2026, 9, 20)) -> None:
        """Declare that they completed the workshop of an axis."""
        group, _ = self.group(axis, 7)
        rule = self.rules[group.id]
        self.db.add_all(
            Graduation(woman_id=woman.id, workshop_id=group.workshop_id, rule_id=rule.id, day=day)
            for woman in women
        )

    def interview(self, women: list[Woman], start: int | None, end: int | None) -> None:
        """Store how many questions they answered with yes at the start and at the end; None: no interview."""
        for moment, yes, day in (
            (food_security.START, start, date(2026, 7, 3)),
            (food_security.GRADUATION, end, date(2026, 9, 20)),
        ):
            if yes is None:
                continue
            given = dict(zip(ADULTS, ["yes"] * yes + ["no"] * (6 - yes), strict=True))
            for woman in women:
                row_id = uuid.uuid4()
                self.db.add(
                    FoodSecurityInterview(
                        id=row_id, woman_id=woman.id, moment=moment, asked_on=day,
                        answers_cipher=self.key.encrypt({"answers": given}, place=f"food:{row_id}"),
                    )
                )  # fmt: skip


def forget(db: Database, women: list[Woman]) -> None:
    """Take women off the list, as an erasure does."""
    ids = [woman.id for woman in women]
    for woman in db.scalars(select(Woman).where(Woman.id.in_(ids))):
        db.delete(woman)
    db.flush()
