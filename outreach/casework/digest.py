"""The digest: conversations wait, an agreed hour is near, and she who is on duty has no desk before her.

One message a person in half an hour at most, however many conversations there are, and about the same ones
only hours later: a flood is read by nobody. Danger that nobody took has alerts of its own; once they have
gone through all steps, who comes on duty after that hears of it here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from outreach.casework.alerts import Step

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator, Sequence

    from models import Case
    from outreach.casework.alerts import Room
    from outreach.casework.case_state import CaseState
    from outreach.ground.settings import Settings
    from outreach.staff.presence import Member

EVERY = timedelta(minutes=30)
SAME_AGAIN = timedelta(hours=4)
PATIENCE = timedelta(minutes=2)
"""She may have looked away from the desk for a moment."""
AHEAD = timedelta(minutes=30)
"""So long before an agreed hour it counts as waiting, so that one message in half an hour is in time."""
ALL_STEPS = 2 * Step.LAST_RESORT
LONGEST_PAUSE = timedelta(hours=4)


def due(
    room: Room,
    states: Sequence[tuple[Case, CaseState]],
    settings: Settings,
    *,
    besides: Collection[uuid.UUID] = (),
) -> list[tuple[Member, bool]]:
    """Return who is to be told now that something waits, `besides` those who are alerted anyway.

    With each whether danger is among it.
    """
    quiet = settings.quiet_hours is not None and settings.quiet_hours.covers(
        room.now.astimezone(settings.timezone).time()
    )
    staffed = {team for member in room.members if member.on_duty for team in member.teams}
    found = []
    for member in room.members:
        if member.at_desk or member.staff_id in besides or not room.may_reach(member):
            continue
        muted = quiet or room.contacts[member.staff_id].muted
        teams = member.teams if member.on_duty else member.teams - staffed
        if not member.on_duty and (muted or not member.supervisor):
            continue
        moments = list(_waiting(room, states, member, teams))
        if moments and _is_time(room, member, max(moment for moment, _ in moments)):
            found.append((member, any(danger for _, danger in moments)))
    return found


def _waiting(
    room: Room, states: Sequence[tuple[Case, CaseState]], member: Member, teams: Collection[uuid.UUID]
) -> Iterator[tuple[datetime, bool]]:
    for case, state in states:
        if case.team_id in teams and _is_hers(state, member):
            danger = state.urgency == "danger" and state.waiting_since is not None
            yield from ((moment, danger) for moment in _moments(state) if moment <= room.now)


def _is_hers(state: CaseState, member: Member) -> bool:
    if state.closed_by_her is not None or (state.for_supervisor and not member.supervisor):
        return False
    return state.claimed_by is None or state.claimed_by == str(member.staff_id)


def _moments(state: CaseState) -> Iterator[datetime]:
    going_up = state.urgency == "danger" and state.claimed_by is None and state.alert_step < ALL_STEPS
    if state.waiting_since and not going_up:
        yield datetime.fromisoformat(state.waiting_since) + PATIENCE
    if state.appointment_at:
        yield datetime.fromisoformat(state.appointment_at) - AHEAD
    if state.follow_up_at:
        yield datetime.fromisoformat(state.follow_up_at)


def _is_time(room: Room, member: Member, newest: datetime) -> bool:
    contact = room.contacts[member.staff_id]
    tried, told = contact.tried(), contact.told()
    if contact.failures and tried is not None:
        # Her number may be wrong: tried ever more seldom.
        pause = min(timedelta(minutes=1) * 2 ** min(contact.failures - 1, 10), LONGEST_PAUSE)
        if room.now - tried < pause:
            return False
    elif tried is not None and (told is None or tried > told):
        return room.now - tried >= timedelta(minutes=1)  # a clock died while it sent
    if told is None:
        return True
    since = room.now - told
    return since >= SAME_AGAIN or (newest > told and since >= EVERY)
