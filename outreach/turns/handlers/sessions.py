"""Effects about her sessions: when, who comes, who does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import EnrolmentState, RsvpAnswer, Session
from outreach.campaigns import reminders
from outreach.ground import dates
from outreach.messages.outbox import Content
from outreach.programme import enrolment, waiting_list
from outreach.texts import workshops as texts
from outreach.turns.effects import (
    ConfirmAttendance,
    DeclineAttendance,
    NotifyLate,
    TellNextSession,
    TellSessions,
)
from outreach.turns.reminded import reminded
from outreach.turns.turn_context import TurnContext, handles

if TYPE_CHECKING:
    from models import Group


def _pin(group: Group) -> tuple[float, float] | None:
    return (group.latitude, group.longitude) if group.latitude and group.longitude else None


def _meant(scene: TurnContext) -> Session | None:
    """Return the session that her answer is about.

    The reminder she replied to decides; else the last one that asked her; else her next session.
    """
    woman = scene.woman()
    if woman is None:
        return None
    replied = next((m.replied_to for m in reversed(scene.incoming) if m.replied_to), None)
    asked = reminders.asked_session(scene.session, woman.id, replied, scene.now)
    if asked is not None:
        return asked
    seat = enrolment.current(scene.session, woman.id)
    return enrolment.next_session(scene.session, seat.group_id, scene.now) if seat else None


def _answer(scene: TurnContext, state: RsvpAnswer) -> tuple[Session, str] | None:
    woman, meant = scene.woman(), _meant(scene)
    if woman is None or meant is None or meant.cancelled_at is not None or meant.ends_at <= scene.now:
        return None
    enrolment.answer(scene.session, woman.id, meant.id, state)
    reminders.answered(scene.session, woman.id, meant.id)
    return meant, dates.day_and_hour(meant.starts_at, scene.settings.timezone, scene.now)


def _nothing_to_answer(scene: TurnContext) -> list[Content]:
    woman, meant = scene.woman(), _meant(scene)
    if meant is not None and meant.cancelled_at is not None:
        when = dates.day_and_hour(meant.starts_at, scene.settings.timezone, scene.now)
        return [Content(texts.SESSION_CANCELLED.format(workshop=meant.group.workshop.name, when=when))]
    seat = enrolment.current(scene.session, woman.id) if woman else None
    rest = _none(scene, waiting_list.group_of(scene.session, seat)) if seat else texts.NOT_ENROLLED
    if meant is not None and meant.ends_at <= scene.now:
        rest = _after(scene, meant) or rest
        when = dates.date_and_hour(meant.starts_at, scene.settings.timezone)
        return [Content(texts.SESSION_OVER.format(when=when, next=rest))]
    return [Content(rest)]


def _none(scene: TurnContext, group: Group) -> str:
    return texts.NO_SESSION.format(reminded=reminded(scene, group, texts.REMINDED_THEN))


def _after(scene: TurnContext, session: Session) -> str | None:
    """Say when the group of a session meets next; None: no date is known."""
    following = enrolment.next_session(scene.session, session.group_id, max(session.starts_at, scene.now))
    if following is None:
        return None
    when = dates.day_and_hour(following.starts_at, scene.settings.timezone, scene.now)
    group = session.group
    return texts.NEXT_SESSION.format(workshop=group.workshop.name, when=when, place=group.place)


@handles(TellNextSession)
def tell_next_session(scene: TurnContext, effect: TellNextSession) -> list[Content]:
    """Say day, hour and place of her next session, or of the one after it, with a map pin."""
    woman = scene.woman()
    for seat in enrolment.active(scene.session, woman.id) if woman else ():
        if seat.state is not EnrolmentState.ENROLLED:
            continue
        following = enrolment.next_session(scene.session, seat.group_id, scene.now)
        if following is None:
            continue
        group = waiting_list.group_of(scene.session, seat)
        form = texts.NEXT_SESSION
        if effect.following:
            form = texts.SESSION_AFTER
            following = enrolment.next_session(scene.session, seat.group_id, following.starts_at)
            if following is None:
                later = reminded(scene, group, texts.REMINDED_EACH)
                return [Content(texts.NO_SESSION_AFTER.format(reminded=later))]
        when = dates.day_and_hour(following.starts_at, scene.settings.timezone, scene.now)
        text = form.format(workshop=group.workshop.name, when=when, place=group.place)
        return [Content(text, map_pin=_pin(group))]
    return _nothing_to_answer(scene)


@handles(TellSessions)
def tell_sessions(scene: TurnContext, _: TellSessions) -> list[Content]:
    """Say how many sessions she has attended, and which comes next."""
    woman = scene.woman()
    seat = enrolment.current(scene.session, woman.id) if woman else None
    if woman is None or seat is None:
        return [Content(texts.NOT_ENROLLED)]
    group = waiting_list.group_of(scene.session, seat)
    attended = enrolment.attended_count(scene.session, woman.id, group.id)
    following = enrolment.next_session(scene.session, group.id, scene.now)
    next_text = _none(scene, group)
    if following is not None:
        when = dates.day_and_hour(following.starts_at, scene.settings.timezone, scene.now)
        next_text = texts.NEXT_SESSION.format(workshop=group.workshop.name, when=when, place=group.place)
    said = texts.ATTENDED.get(attended, texts.ATTENDED_MANY)
    return [Content(said.format(attended=attended, workshop=group.workshop.name, next=next_text))]


@handles(ConfirmAttendance)
def confirm_attendance(scene: TurnContext, _: ConfirmAttendance) -> list[Content]:
    """Note that she will be there."""
    done = _answer(scene, RsvpAnswer.CONFIRMED)
    if done is None:
        return _nothing_to_answer(scene)
    meant, when = done
    return [Content(texts.CONFIRMED.format(when=when, place=meant.group.place))]


@handles(DeclineAttendance)
def decline_attendance(scene: TurnContext, effect: DeclineAttendance) -> list[Content]:
    """Note that she can't come, and say what comes after."""
    done = _answer(scene, RsvpAnswer.DECLINED)
    if effect.quiet:
        return []
    if done is None:
        return _nothing_to_answer(scene)
    meant, when = done
    woman = scene.woman()
    asked = reminders.asked_sessions(scene.session, woman.id, scene.now) if woman else ()
    # Where she was asked about another session, too, she reads which one was noted.
    which = texts.DECLINED_WHICH.format(when=when) if any(other.id != meant.id for other in asked) else ""
    after = _after(scene, meant)
    if after is None:
        return [Content(texts.DECLINED_LAST.format(which=which))]
    return [Content(texts.DECLINED.format(which=which, next=after))]


@handles(NotifyLate)
def notify_late(scene: TurnContext, _: NotifyLate) -> list[Content]:
    """Note that she will be late."""
    done = _answer(scene, RsvpAnswer.LATE)
    return [Content(texts.LATE.format(when=done[1]))] if done else _nothing_to_answer(scene)
