"""The seat that she gave up and wants again."""

from __future__ import annotations

from models import EnrolmentState
from outreach.ground import dates
from outreach.messages.outbox import Content
from outreach.programme import enrolment, waiting_list
from outreach.texts import lasting as texts
from outreach.turns.effects import TakeSeatBack
from outreach.turns.turn_context import TurnContext, handles


@handles(TakeSeatBack)
def take_seat_back(scene: TurnContext, _: TakeSeatBack) -> list[Content]:
    """Give her the seat that she left last, or a place on its waiting list."""
    woman = scene.woman()
    last = enrolment.left_last(scene.session, woman.id) if woman else None
    if woman is None or last is None:
        return [Content(texts.SEAT_BACK_NONE)]
    group = waiting_list.group_of(scene.session, last)
    names = {"workshop": group.workshop.name, "place": group.place}
    if any(seat.group_id == group.id for seat in enrolment.active(scene.session, woman.id)):
        return [Content(texts.SEAT_BACK_HERS.format(**names))]
    seat = enrolment.enrol(scene.session, woman, group.id)
    if seat is None:
        return [Content(texts.SEAT_BACK_NONE)]
    if seat.state is EnrolmentState.WAITING:
        position = enrolment.waiting_position(scene.session, seat)
        return [Content(texts.SEAT_BACK_WAITING.format(position=position, **names))]
    following = enrolment.next_session(scene.session, group.id, scene.now)
    said = texts.SEAT_BACK.format(**names)
    if following is not None:
        when = dates.day_and_hour(following.starts_at, scene.settings.timezone, scene.now)
        said += " " + texts.SEAT_BACK_NEXT.format(when=when)
    return [Content(said)]
