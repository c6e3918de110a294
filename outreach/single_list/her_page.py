"""What a coordinator sees of one woman: never a case, nothing that a conversation says (promises P4, P10).

Of a woman who has folios at other agencies only, a coordinator of one agency sees who she is, where she lives
and which agencies have her; values, numbers, groups, messages and history are for who may change them. Of a
conversation's private state only her contact hours and whether others read her phone are read: any woman may
set them. Messages are those that the programme sent by itself, by kind and day; an invitation to write is
left out, because a caseworker may have sent it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from models import (
    Affiliation,
    Agency,
    Attendance,
    AttendanceState,
    Consent,
    Conversation,
    Enrolment,
    EnrolmentState,
    Group,
    Municipality,
    OutboxKind,
    OutboxState,
    Staff,
    Template,
    Woman,
    WomanMerge,
    Workshop,
)
from models import Session as Meeting
from outreach.ground import dates
from outreach.messages import conversation_state, templates, unlinking
from outreach.people import axes, changes, conversations, registry
from outreach.people.contact_hours import EVERY_DAY, days_in_words
from outreach.people.details import HERSELF, STAFF, Source, import_source
from outreach.single_list import history
from outreach.texts import women as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from outreach.messages.conversation_state import PrivateState
    from outreach.people.changes import Values
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.history import History

SENT_DAYS, MOST_SENT = 90, 20
SENT_KINDS = (OutboxKind.NOTICE, OutboxKind.REMINDER, OutboxKind.CAMPAIGN)
# Notices of these templates only: what else is initiated for one woman may come from the desk.
SENT_NOTICES = frozenset(
    {templates.SEAT_FREED, templates.SESSION_MOVED, templates.SESSION_CANCELLED, templates.FIRST_INVITATION}
)
_ARRIVED = {
    OutboxState.SENT: "sent", OutboxState.DELIVERED: "arrived", OutboxState.READ: "arrived",
    OutboxState.FAILED: "failed", OutboxState.UNDELIVERED: "failed",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """One value in words, and where it comes from; `hers`: she said it herself.

    `aside` is what agencies' lists say otherwise and may not write over it.
    """

    name: str
    label: str
    value: str
    source: str
    at: datetime | None
    hers: bool
    aside: list[tuple[str, str]]


@dataclass(frozen=True)
class Folio:
    """An agency that has her; the folio is empty where the reader is of another agency."""

    agency: str
    folio: str
    consent_on: date | None


@dataclass(frozen=True)
class Seat:
    """A group of hers with its next session, and at how many of the sessions that were noted she was."""

    id: uuid.UUID
    group_id: uuid.UUID
    name: str
    state: EnrolmentState
    since: datetime
    left_at: datetime | None
    next_session: datetime | None
    present: int = 0
    noted: int = 0


@dataclass(frozen=True)
class Contact:
    """Whether and when she may be written to first; `reason`: why not."""

    numbers: list[str]
    reason: str | None
    ended_at: datetime | None
    hours: list[str]
    shared: bool


@dataclass(frozen=True)
class Sent:
    """A message of the programme: what, on which day, and whether it arrived."""

    day: datetime
    what: str
    arrived: str


@dataclass(frozen=True)
class Joined:
    """An earlier merge of her record."""

    id: uuid.UUID
    at: datetime
    by: str
    undone_at: datetime | None


@dataclass(frozen=True)
class HerPage:
    """One woman. Where `own` is false, the lists from `values` on are empty."""

    woman_id: uuid.UUID
    name: str
    born: str
    town: str
    own: bool
    folios: list[Folio]
    values: list[Value] = field(default_factory=list)
    contact: Contact | None = None
    consents: list[Consent] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    merges: list[Joined] = field(default_factory=list)
    history: History | None = None


def of_woman(
    session: Session,
    key: PersonalKey,
    woman_id: uuid.UUID,
    reader: str | None,
    now: datetime,
    *,
    after: int | None = None,
) -> HerPage | None:
    """Return her page, in as many statements whatever there is of her; `after`: a place in her history."""
    found = session.execute(
        select(Woman, Municipality.name)
        .outerjoin(Municipality, Municipality.code == Woman.municipality)
        .where(Woman.id == woman_id)
    ).one_or_none()
    if found is None:
        return None
    woman, town = found
    details = registry.read_details(key, woman)
    names = dict(session.execute(select(Agency.code, Agency.name)).all())
    hers = session.scalars(
        select(Affiliation).where(Affiliation.woman_id == woman_id).order_by(Affiliation.created_at)
    ).all()
    own = reader is None or not hers or any(row.agency == reader for row in hers)
    page = HerPage(
        woman_id,
        details.full_name or details.preferred_name,
        birth_of(details.birth_date, details.birth_year),
        town or "",
        own,
        [
            Folio(
                names.get(row.agency, row.agency),
                registry.read_folio(key, row) if reader in {None, row.agency} else "",
                row.consent_on,
            )
            for row in hers
        ],
    )
    if not own:
        return page
    talks = session.scalars(
        select(Conversation)
        .where(Conversation.woman_id == woman_id)
        .options(selectinload(Conversation.addresses))
        .order_by(Conversation.created_at)
    ).all()
    page.values.extend(_values(session, changes.values_of(woman, details), details.aside, names))
    page.consents.extend(_consents(session, talks))
    page.seats.extend(_seats(session, woman_id, now))
    page.sent.extend(_sent(session, key, talks, now))
    page.merges.extend(_merges(session, woman_id))
    stands = history.standing(session, key, woman, reader)
    return HerPage(
        **vars(page)
        | {
            "contact": _contact(session, key, woman, talks),
            "history": history.listed(session, key, woman_id, stands, after=after),
        }
    )


def birth_of(birth_date: str, birth_year: str) -> str:
    """Return a birth date in words, or the year alone; empty where neither is known."""
    return dates.birthday(date.fromisoformat(birth_date)) if birth_date else birth_year


def source_in_words(source: Source | None, agencies: Mapping[str, str]) -> str:
    """Return who wrote a value, as coordinators read it; empty where that was not kept."""
    if source is None:
        return ""
    if source.who in {HERSELF, STAFF}:
        return texts.HERSELF if source.who == HERSELF else texts.STAFF
    code = source.who.removeprefix(import_source(""))
    return texts.OF_LIST.format(agency=agencies.get(code, code)) if code else texts.LIST


def _values(
    session: Session, held: Values, aside: Mapping[str, Mapping[str, str]], agencies: Mapping[str, str]
) -> list[Value]:
    said = in_words(session)
    shown = []
    for name, label in texts.LABELS.items():
        value, source = held[name]
        if not value:
            continue
        at = datetime.fromisoformat(source.at) if source is not None and source.at else None
        others = [
            (said(name, other), source_in_words(Source(who, ""), agencies))
            for who, other in aside.get(name, {}).items()
            if other != value
        ]
        who = source_in_words(source, agencies)
        hers = source is not None and source.who == HERSELF
        shown.append(Value(name, label, said(name, value), who, at, hers, others))
    return shown


def in_words(session: Session) -> Callable[[str, str], str]:
    """Return how a value is shown, by its name."""
    towns = dict(session.execute(select(Municipality.code, Municipality.name)).all())
    named = {"municipality": towns, "axis": axes.all_names(session)}

    def said(name: str, value: str) -> str:
        return birth_of(value, "") if name == "birth_date" else named.get(name, {}).get(value, value)

    return said


def _contact(session: Session, key: PersonalKey, woman: Woman, talks: Sequence[Conversation]) -> Contact:
    states = [conversation_state.read(key, one) for one in talks]
    reach = conversations.reaches(session, [woman.id])[woman.id]
    ends = [*(one.opted_out_at for one in talks), woman.opposed_at]
    return Contact(
        [number for one in talks for number in registry.numbers_of(key, one)],
        conversations.OPTED_OUT if woman.opposed_at else reach.reason,
        min(filter(None, ends), default=None),
        [words for state in states if (words := hours_of(state))],
        any(state.phone_shared for state in states),
    )


def hours_of(state: PrivateState) -> str:
    """Return when she may be written to, in words; empty where she said nothing of it."""
    if not (state.contact_from and state.contact_until):
        return ""
    days = EVERY_DAY if state.contact_days is None else frozenset(state.contact_days)
    start, end = dates.span(state.contact_from, state.contact_until)
    return f"{days_in_words(days)}, de {start} a {end}"


def _consents(session: Session, talks: Sequence[Conversation]) -> list[Consent]:
    """Return her last answer to each notice that any woman is shown."""
    rows = session.scalars(
        select(Consent)
        .where(Consent.conversation_id.in_([one.id for one in talks]))
        .order_by(Consent.created_at)
    )
    return list({row.kind: row for row in rows}.values())


def _seats(session: Session, woman_id: uuid.UUID, now: datetime) -> list[Seat]:
    upcoming = (
        select(func.min(Meeting.starts_at))
        .where(Meeting.group_id == Group.id, Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
        .correlate(Group)
        .scalar_subquery()
    )
    was = Attendance.state == AttendanceState.PRESENT
    noted = (
        select(Meeting.group_id, func.count().label("noted"), func.count().filter(was).label("present"))
        .join(Attendance, Attendance.session_id == Meeting.id)
        .where(Attendance.woman_id == woman_id)
        .group_by(Meeting.group_id)
        .subquery()
    )
    rows = session.execute(
        select(Enrolment, Workshop.name, Group.code, upcoming, noted.c.present, noted.c.noted)
        .join(Group, Group.id == Enrolment.group_id)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .outerjoin(noted, noted.c.group_id == Group.id)
        .where(Enrolment.woman_id == woman_id)
        .order_by(Enrolment.left_at.desc().nulls_first(), Enrolment.seq.desc())
    )
    return [
        Seat(row.id, row.group_id, f"{workshop} ({code})", row.state, row.created_at, row.left_at,
             None if row.left_at else following, present or 0, count or 0)
        for row, workshop, code, following, present, count in rows
    ]  # fmt: skip


def _sent(session: Session, key: PersonalKey, talks: Sequence[Conversation], now: datetime) -> list[Sent]:
    if not talks:
        return []
    names = dict(session.execute(select(Template.id, Template.name)).all())
    rows = unlinking.initiated(session, key, talks, SENT_KINDS, now, days=SENT_DAYS)
    shown = []
    for row in rows:
        name = names.get(row.template_id, "") if row.template_id else ""
        if row.state in _ARRIVED and (row.kind is not OutboxKind.NOTICE or _purpose(name)):
            shown.append(Sent(row.created_at, _purpose(name) or row.kind.value, _ARRIVED[row.state]))
    return shown[:MOST_SENT]


def _purpose(template: str) -> str:
    """Return what a notice is for; a programme's own template has its code before the name."""
    return next((name for name in SENT_NOTICES if template == name or template.endswith(f"_{name}")), "")


def _merges(session: Session, woman_id: uuid.UUID) -> list[Joined]:
    rows = session.execute(
        select(WomanMerge, Staff.display_name)
        .outerjoin(Staff, Staff.id == WomanMerge.merged_by)
        .where(WomanMerge.kept_id == woman_id)
        .order_by(WomanMerge.merged_at.desc())
    )
    return [Joined(row.id, row.merged_at, by or "", row.undone_at) for row, by in rows]


def open_groups(session: Session, now: datetime) -> list[tuple[uuid.UUID, str]]:
    """Return the groups that take women, by workshop, those with sessions to come or without any."""
    any_session = select(Meeting.id).where(Meeting.group_id == Group.id)
    to_come = any_session.where(Meeting.starts_at > now, Meeting.cancelled_at.is_(None)).exists()
    rows = session.execute(
        select(Group.id, Workshop.name, Group.code, Municipality.name)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .join(Municipality, Municipality.code == Group.municipality)
        .where(Group.closed_at.is_(None), Workshop.retired_at.is_(None), to_come | ~any_session.exists())
        .order_by(Workshop.name, Municipality.name, Group.code)
    )
    return [(group_id, f"{workshop}, {town} ({code})") for group_id, workshop, code, town in rows]


def group_names(session: Session, entries: History) -> dict[str, str]:
    """Return the names of the groups that a page of history is about, by their ids as text."""
    wanted = {uuid.UUID(one.change.ref["group"]) for one in entries.entries if "group" in one.change.ref}
    rows = session.execute(
        select(Group.id, Workshop.name, Group.code)
        .join(Workshop, Workshop.id == Group.workshop_id)
        .where(Group.id.in_(wanted))
    )
    return {str(group_id): f"{workshop} ({code})" for group_id, workshop, code in rows}
