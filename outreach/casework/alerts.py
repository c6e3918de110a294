"""Alerts of danger that nobody has taken: first those on duty, then the supervision, then the last resort.

Who takes the case ends them. Each step stands in the case: in its encrypted state how far it went, in its
sealed thread who was told. Nothing else keeps it: a row or a time of its own would tell of a case (P4).
What is sent has no content (`outreach.texts.alarms`). Runs without the team's private key; the caller sends,
between `due` and `settle`, with no transaction open.

`CaseState.alert_step` counts twice a step: odd, the step is being told since `alerted_at`; even, it was told
then. Where `alerted_at` is empty nobody could be told, and the next step is due. A clock that died while it
sent leaves an odd count: after RETRY it is told again. Told twice is better than never.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Case
from outreach.casework import thread
from outreach.casework.case_state import read_state, write_state
from outreach.casework.thread import Line
from outreach.messages import alarms
from outreach.staff import contacts, presence
from outreach.texts import desk_alerts as words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.contacts import Contact
    from outreach.staff.presence import Member

RETRY = timedelta(seconds=60)
"""Nobody is written to twice within this time, whatever becomes due."""
LONGEST_RETRY = timedelta(minutes=15)


class Step(enum.IntEnum):
    """Who is told, one after the other."""

    SHIFT = 1
    SUPERVISION = 2
    LAST_RESORT = 3


@dataclass(frozen=True)
class Recipient:
    """Where one message goes. `who` is empty for an address of the settings; `now`: it can't wait."""

    who: uuid.UUID | None
    phone: str | None = field(repr=False)
    email: str | None = field(repr=False)
    now: bool


@dataclass(frozen=True)
class Alert:
    """One case at one step. `names`: who is told, by id; `here`: who has the desk open and sees it there.

    `nobody`: the steps before it at which there was nobody to tell; `again`: it was tried before;
    `anybody`: there is somebody at this step.
    """

    case_id: uuid.UUID
    step: Step
    names: Mapping[uuid.UUID, str]
    here: tuple[str, ...]
    nobody: tuple[Step, ...]
    again: bool
    anybody: bool
    claimed_at: str


@dataclass
class Room:
    """Who there is to tell, at one moment: one look for all cases of a tick."""

    members: list[Member]
    contacts: dict[uuid.UUID, Contact]
    last_resort: tuple[Recipient, ...]
    mails: bool
    now: datetime

    def may_reach(self, member: Member) -> bool:
        """Say whether she gave an address that this installation can write to."""
        contact = self.contacts.get(member.staff_id)
        return contact is not None and bool(contact.phone or (contact.email and self.mails))

    def rested(self, member: Member) -> bool:
        """Say whether nothing was sent to her just now."""
        tried = self.contacts[member.staff_id].tried()
        return tried is None or self.now - tried >= RETRY

    def recipient(self, member: Member, *, now: bool) -> Recipient:
        """Return where a message to her goes."""
        contact = self.contacts[member.staff_id]
        return Recipient(member.staff_id, contact.phone, contact.email if self.mails else None, now)


def look_around(session: Session, key: PersonalKey, settings: Settings, now: datetime) -> Room:
    """Return who there is to tell."""
    told = settings.alarms
    last = tuple(Recipient(None, phone, None, now=True) for phone in told.phones)
    if told.mails:
        last += tuple(Recipient(None, None, email, now=True) for email in told.emails)
    return Room(presence.members(session, now), contacts.everybodys(session, key), last, told.mails, now)


def due(
    session: Session,
    key: PersonalKey,
    room: Room,
    states: Sequence[tuple[Case, CaseState]],
    minutes: int,
) -> list[Alert]:
    """Claim the alerts that are due now, each under its case's lock; what another clock has is left out.

    Commit before sending; then call `settle`.
    """
    waiting = {case.id for case, state in states if next_step(state, minutes, room.now) is not None}
    if not waiting:
        return []
    rows = session.scalars(
        select(Case)
        .where(Case.id.in_(waiting), Case.is_open)
        .order_by(Case.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = [_claim(key, room, case, minutes) for case in rows]
    session.flush()
    return [alert for alert in found if alert is not None]


def next_step(state: CaseState, minutes: int, now: datetime) -> Step | None:
    """Return the step that is due in a case, or None where nobody is to be told now."""
    if state.urgency != "danger" or state.claimed_by is not None or state.closed_by_her is not None:
        return None
    if state.waiting_since is None:
        return None
    last, told = (state.alert_step + 1) // 2, state.alert_step % 2 == 0
    at = datetime.fromisoformat(state.alerted_at) if state.alerted_at else None
    if last == 0:
        return Step.SUPERVISION if state.for_supervisor else Step.SHIFT
    if not told:
        return Step(last) if at is None or now - at >= _patience(state, at) else None
    if last < Step.LAST_RESORT:
        return Step(last + 1) if at is None or now - at >= timedelta(minutes=minutes) else None
    pause = alarms.interval(at - datetime.fromisoformat(state.waiting_since)) if at else RETRY
    return Step.LAST_RESORT if at is None or now - at >= pause else None


def _patience(state: CaseState, tried: datetime) -> timedelta:
    """Return how long until what reached nobody is tried again: a wrong number is not dialled all night."""
    since = datetime.fromisoformat(state.waiting_since or state.opened_at)
    return max(RETRY, min((tried - since) / 4, LONGEST_RETRY))


def recipients_of(alerts: Sequence[Alert], room: Room) -> list[Recipient]:
    """Return to whom messages go for these alerts: one each, however many cases there are."""
    told = {who for alert in alerts for who in alert.names}
    found = [room.recipient(member, now=True) for member in room.members if member.staff_id in told]
    last = any(alert.step is Step.LAST_RESORT for alert in alerts)
    return [*found, *room.last_resort] if last else found


def settle(
    session: Session,
    key: PersonalKey,
    alerts: Sequence[Alert],
    reached: Collection[uuid.UUID | None],
) -> None:
    """Record in each case who was told, or that nobody could be; `reached` holds None for the last resort."""
    by_case = {alert.case_id: alert for alert in alerts}
    rows = session.scalars(
        select(Case)
        .where(Case.id.in_(by_case))
        .order_by(Case.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for case in rows:
        if case.is_open:
            _settle(session, key, case, by_case[case.id], reached)
    session.flush()


def _claim(key: PersonalKey, room: Room, case: Case, minutes: int) -> Alert | None:
    state = read_state(key, case)
    step = next_step(state, minutes, room.now)
    if step is None:
        return None
    again = state.alert_step == 2 * step - 1 or state.alert_step == 2 * Step.LAST_RESORT
    first = min(step, Step.SUPERVISION if state.for_supervisor else Step.SHIFT)
    nobody: list[Step] = []
    while True:
        # Where a try failed everybody up to this step is told: the first may be within reach again.
        steps = range(first, step + 1) if state.alert_step == 2 * step - 1 else (step,)
        people = {m.staff_id: m for one in steps for m in _audience(room, case, state, Step(one))}
        named = [m for m in people.values() if room.may_reach(m)]
        here = tuple(m.name for m in people.values() if m.at_desk)
        if named or here or step is Step.LAST_RESORT:
            break
        nobody.append(step)
        step = Step(step + 1)
    rested = [m for m in named if room.rested(m)]
    if named and not rested and not here and step is not Step.LAST_RESORT:
        return None  # all of them were written to a moment ago: with the next tick but some
    state.alert_step, state.alerted_at = 2 * step - 1, room.now.isoformat()
    write_state(key, case, state)
    names = {m.staff_id: m.name for m in rested}
    anybody = bool(named or here or (step is Step.LAST_RESORT and room.last_resort))
    return Alert(case.id, step, names, here, tuple(nobody), again, anybody, state.alerted_at)


def _audience(room: Room, case: Case, state: CaseState, step: Step) -> list[Member]:
    of_team = [member for member in room.members if case.team_id in member.teams]
    supervisors = [member for member in of_team if member.supervisor]
    on_duty = [] if state.for_supervisor else [member for member in of_team if member.on_duty]
    if step is Step.SHIFT:
        return on_duty
    if step is Step.SUPERVISION:
        return supervisors
    # Where the settings name nobody the supervision is the last resort, and else who is on duty.
    return [] if room.last_resort else supervisors or on_duty


def _settle(
    session: Session,
    key: PersonalKey,
    case: Case,
    alert: Alert,
    reached: Collection[uuid.UUID | None],
) -> None:
    state = read_state(key, case)
    told = [name for who, name in alert.names.items() if who in reached]
    away = alert.step is Step.LAST_RESORT and None in reached
    done = bool(told or alert.here or away)
    if (state.alert_step, state.alerted_at) == (2 * alert.step - 1, alert.claimed_at):
        if done:
            state.alert_step += 1
        elif alert.step is not Step.LAST_RESORT:
            state.alert_step, state.alerted_at = state.alert_step + 1, None
        elif not alert.anybody:
            state.alert_step += 1  # nobody is named anywhere: looked at again ever more seldom
    for step in alert.nobody:
        _say(session, case, state, words.nobody_to_tell(step), alert)
    if done:
        _say(session, case, state, words.told(alert.step, told, alert.here, last_resort=away), alert)
    elif not alert.again:
        _say(session, case, state, words.not_told(alert.step), alert)
    write_state(key, case, state)


def _say(session: Session, case: Case, state: CaseState, text: str, alert: Alert) -> None:
    thread.append(session, case, state, Line("event", text, datetime.fromisoformat(alert.claimed_at)))
