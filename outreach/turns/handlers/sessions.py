"""Effects about her sessions: when, who comes, who does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import EnrolmentState, RsvpAnswer, Session
from outreach.campaigns import reminders
from outreach.ground import dates
from outreach.messages.outbox import Content
from outreach.programme import enrolment, waiting_list
from outreach.texts import workshops as texts
from outreach.turns import which_session
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
    from models import Enrolment, Group, Woman
    from outreach.turns.which_session import Answers

MOST_TOLD = 3
"""Sessions told at once; more are nobody's."""


def _pin(group: Group) -> tuple[float, float] | None:
    return (group.latitude, group.longitude) if group.latitude and group.longitude else None


def _words(scene: TurnContext) -> str:
    """Return all that she said in this turn, or the note that it agrees to."""
    return scene.agreed or "\n".join(message.text for message in scene.incoming if message.text)


def _seated(scene: TurnContext, woman: Woman) -> list[Session]:
    """Return the next session of each of her seats, the soonest first."""
    seats = [one for one in enrolment.active(scene.session, woman.id) if one.state is EnrolmentState.ENROLLED]
    found = (enrolment.next_session(scene.session, seat.group_id, scene.now) for seat in seats)
    return sorted((one for one in found if one is not None), key=lambda one: (one.starts_at, one.id))


def seat_meant(scene: TurnContext) -> Enrolment | None:
    """Return the seat that she speaks of: that which she names, else that of the session last between us.

    Else her newest, or her place on a waiting list.
    """
    woman = scene.woman()
    if woman is None:
        return None
    seats = enrolment.active(scene.session, woman.id)
    if len(seats) < 2:  # noqa: PLR2004 (one and another)
        return next(iter(seats), None)
    seated = _seated(scene, woman)
    about = which_session.named(_words(scene), seated, scene.settings.timezone, scene.now)
    about = about if len(about) == 1 else list(reminders.asked_sessions(scene.session, woman.id, scene.now))
    groups = [one.group_id for one in about]
    return next((seat for group in groups for seat in seats if seat.group_id == group), seats[0])


def _meant(scene: TurnContext, answer: RsvpAnswer, *, named: bool = True) -> Answers:
    """Return the sessions that she answers about, each with her answer.

    The reminder she replied to decides; else what she names (where `named`); else the last one that asked
    her; else her soonest session.
    """
    woman = scene.woman()
    if woman is None:
        return []
    replied = next((m.replied_to for m in reversed(scene.incoming) if m.replied_to), None)
    first = reminders.asked_session(scene.session, woman.id, replied, scene.now)
    asked = list(reminders.asked_sessions(scene.session, woman.id, scene.now))
    if first is not None and first not in asked:
        return [(first, answer)]  # the message that she quotes is older than these
    seated = _seated(scene, woman)
    known = [*asked, *(one for one in seated if one not in asked)]
    if named and (replied is None or first is None or first == next(iter(asked), None)):
        said, zone = _words(scene), scene.settings.timezone
        about = which_session.answers(said, asked if len(asked) > 1 else known, zone, scene.now, answer)
        about = about or which_session.answers(said, known, zone, scene.now, answer)
        if about:
            return about
    only = first or next(iter(known), None)
    return [(only, answer)] if only is not None else []


def meant_in_words(scene: TurnContext, answer: RsvpAnswer, *, named: bool = True) -> str:
    """Return when the session is that such an answer would be about; empty where it is none or several."""
    meant = _meant(scene, answer, named=named)
    about = [one for one, _ in meant if one.cancelled_at is None and one.ends_at > scene.now]
    return _when(scene, about[0]) if len(about) == 1 else ""


def _answer(scene: TurnContext, state: RsvpAnswer) -> Answers:
    """Note her answers for sessions that are to come; empty where there is none."""
    woman = scene.woman()
    noted: Answers = []
    for meant, answer in _meant(scene, state) if woman is not None else ():
        if woman is None or meant.cancelled_at is not None or meant.ends_at <= scene.now:
            continue
        enrolment.answer(scene.session, woman.id, meant.id, answer)
        reminders.answered(scene.session, woman.id, meant.id)
        noted.append((meant, answer))
    return noted


def _when(scene: TurnContext, session: Session) -> str:
    return dates.day_and_hour(session.starts_at, scene.settings.timezone, scene.now)


def _nothing_to_answer(scene: TurnContext, state: RsvpAnswer) -> list[Content]:
    woman, about = scene.woman(), _meant(scene, state)
    meant = about[0][0] if about else None
    if meant is not None and meant.cancelled_at is not None:
        return [
            Content(
                texts.SESSION_CANCELLED.format(workshop=meant.group.workshop.name, when=_when(scene, meant))
            )
        ]
    seat = enrolment.current(scene.session, woman.id) if woman else None
    rest = _none(scene, waiting_list.group_of(scene.session, seat)) if seat else texts.NOT_ENROLLED
    if meant is not None and meant.ends_at <= scene.now:
        following = _after(scene, meant)
        rest = _next_of(scene, following) if following is not None else rest
        when = dates.date_and_hour(meant.starts_at, scene.settings.timezone)
        return [Content(texts.SESSION_OVER.format(when=when, next=rest))]
    return [Content(rest)]


def _none(scene: TurnContext, group: Group) -> str:
    return texts.NO_SESSION.format(reminded=reminded(scene, group, texts.REMINDED_THEN))


def _after(scene: TurnContext, session: Session) -> Session | None:
    """Return the session at which her group meets after this one; None: no date is known."""
    return enrolment.next_session(scene.session, session.group_id, max(session.starts_at, scene.now))


def _next_of(scene: TurnContext, session: Session, form: str = texts.NEXT_SESSION) -> str:
    group = session.group
    return form.format(workshop=group.workshop.name, when=_when(scene, session), place=group.place)


@handles(TellNextSession)
def tell_next_session(scene: TurnContext, effect: TellNextSession) -> list[Content]:
    """Say day, hour and place of her next session, or of the one after it, with a map pin.

    Of several seats that which she names, else each.
    """
    woman = scene.woman()
    seated = _seated(scene, woman) if woman else []
    if not seated:
        return _nothing_to_answer(scene, RsvpAnswer.CONFIRMED)
    zone = scene.settings.timezone
    told = which_session.named(_words(scene), seated, zone, scene.now) or seated[:MOST_TOLD]
    if not effect.following:
        lines = [_next_of(scene, one) for one in told]
        return [Content("\n".join(lines), map_pin=_pin(told[0].group) if len(told) == 1 else None)]
    later = [
        one
        for one in (enrolment.next_session(scene.session, meant.group_id, meant.starts_at) for meant in told)
        if one is not None
    ]
    if not later:
        promise = reminded(scene, told[0].group, texts.REMINDED_EACH)
        return [Content(texts.NO_SESSION_AFTER.format(reminded=promise))]
    lines = [_next_of(scene, one, texts.SESSION_AFTER) for one in later]
    return [Content("\n".join(lines), map_pin=_pin(later[0].group) if len(later) == 1 else None)]


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
    next_text = _next_of(scene, following) if following is not None else _none(scene, group)
    said = texts.ATTENDED.get(attended, texts.ATTENDED_MANY)
    return [Content(said.format(attended=attended, workshop=group.workshop.name, next=next_text))]


@handles(ConfirmAttendance)
def confirm_attendance(scene: TurnContext, _: ConfirmAttendance) -> list[Content]:
    """Note that she will be there."""
    noted = _answer(scene, RsvpAnswer.CONFIRMED)
    return _told(scene, noted) if noted else _nothing_to_answer(scene, RsvpAnswer.CONFIRMED)


@handles(DeclineAttendance)
def decline_attendance(scene: TurnContext, effect: DeclineAttendance) -> list[Content]:
    """Note that she can't come, and say what comes after."""
    noted = _answer(scene, RsvpAnswer.DECLINED)
    if effect.quiet:
        return []
    return _told(scene, noted) if noted else _nothing_to_answer(scene, RsvpAnswer.DECLINED)


@handles(NotifyLate)
def notify_late(scene: TurnContext, _: NotifyLate) -> list[Content]:
    """Note that she will be late."""
    noted = _answer(scene, RsvpAnswer.LATE)
    if not noted:
        return _nothing_to_answer(scene, RsvpAnswer.LATE)
    return [Content(texts.LATE.format(when=_when(scene, noted[0][0])))]


def _told(scene: TurnContext, noted: Answers) -> list[Content]:
    """Say what was noted for which session, and what else was asked."""
    if len(noted) > 1:
        lines = [
            texts.NOTED_LINE.format(
                when=_when(scene, one), place=one.group.place, answer=texts.NOTED[answer.value]
            )
            for one, answer in noted
        ]
        return [Content(texts.NOTED_SEVERAL.format(lines="\n".join(lines)))]
    meant, answer = noted[0]
    other = _asked_besides(scene, meant)
    if answer is RsvpAnswer.CONFIRMED:
        said = texts.CONFIRMED.format(when=_when(scene, meant), place=meant.group.place)
    else:
        after = _after(scene, meant)
        following = "" if after is None else _next_of(scene, after, texts.DECLINED_NEXT)
        said = texts.DECLINED.format(when=_when(scene, meant), next=following)
        said += "" if other else texts.DECLINED_OTHER_GROUP
    return [Content(f"{said} {other}".strip())]


def _asked_besides(scene: TurnContext, meant: Session) -> str:
    """Return the question after another session that she was asked about and has not answered for."""
    woman = scene.woman()
    asked = reminders.asked_sessions(scene.session, woman.id, scene.now) if woman else ()
    others = [one for one in asked if one.id != meant.id]
    if woman is None or len(others) != 1 or not reminders.waits(scene.session, woman.id, others[0].id):
        return ""
    return texts.ASKED_BESIDES.format(when=_when(scene, others[0]), place=others[0].group.place)
