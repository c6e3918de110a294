"""Effects about details, groups and seats."""

from __future__ import annotations

import json
import uuid
from dataclasses import fields
from typing import TYPE_CHECKING

from models import EnrolmentState, Municipality
from outreach.ground import dates
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.people import consent, corrections, registry
from outreach.people.contact_hours import keep_hours, read_hours
from outreach.programme import answers, distances, enrolment, papers, programmes, waiting_list
from outreach.texts import herself as her_texts
from outreach.texts import lasting
from outreach.texts import workshops as texts
from outreach.turns.effects import (
    AnswerQuestion,
    ChooseGroup,
    DropOut,
    OfferGroups,
    OfferReschedule,
    SaveDetails,
    TellDates,
    TellEnrolmentStatus,
    TellLocation,
    TellWorkshops,
    UpdateDetails,
)
from outreach.turns.handlers import sessions
from outreach.turns.reminded import reminded
from outreach.turns.turn_context import TurnContext, handles

if TYPE_CHECKING:
    from models import Enrolment, Group


def _when(scene: TurnContext, group: Group) -> str | None:
    session = enrolment.next_session(scene.session, group.id, scene.now)
    return dates.day_and_hour(session.starts_at, scene.settings.timezone, scene.now) if session else None


def _no_session(scene: TurnContext, group: Group) -> str:
    return texts.NO_SESSION.format(reminded=reminded(scene, group, texts.REMINDED_THEN))


@handles(SaveDetails)
def save_details(scene: TurnContext, effect: SaveDetails) -> list[Content]:
    """Put what she gave on her record; without her yes to the notice nothing is saved."""
    if not consent.given(scene.session, scene.conversation.id, consent.PRIVACY):
        return [Content(her_texts.NOT_SAVED_WITHOUT_CONSENT)]
    names = {field.name for field in fields(registry.FormDetails)}
    given = registry.FormDetails(**{name: getattr(effect, name) for name in names})
    with scene.lent_state():
        registry.save(scene.session, scene.key, scene.settings, scene.conversation, given, scene.now)
    hours = read_hours(effect.contact_hours)
    if hours:
        keep_hours(scene.state, hours, effect.contact_hours)
    elif effect.contact_hours:
        # "When my husband is away": no span for the gate, but the caseworker reads her words.
        scene.state.contact_words = effect.contact_hours[:80]
    return []


@handles(UpdateDetails)
def update_details(scene: TurnContext, effect: UpdateDetails) -> list[Content]:
    """Correct one detail on her record."""
    woman = scene.woman()
    if woman is None:
        return [Content(her_texts.UPDATE_NOT_REGISTERED)]
    asked = corrections.Correction(
        scene.session,
        scene.key,
        scene.settings,
        scene.conversation,
        scene.state,
        woman,
        effect.value,
        scene.now,
    )
    try:
        said = corrections.correct(effect.field, asked)
    except corrections.UnreadableError as unreadable:
        return [Content(str(unreadable))]
    return [Content(said)]


def _offer(
    scene: TurnContext, found: list[enrolment.Offer], text: str, place: str = "", *, home: str | None = None
) -> list[Content]:
    """Put groups before her; each that is not in `home`, where she looks, names its municipality."""
    lines, buttons = [], []
    for number, offer in enumerate(found, start=1):
        free = {0: texts.SEATS_NONE, 1: texts.SEAT_FREE}.get(
            offer.free, texts.SEATS_FREE.format(free=offer.free)
        )
        line = texts.OFFER_LINE if offer.group.municipality == home else texts.OFFER_LINE_IN
        if text in {texts.OFFER_NEAREST, texts.OFFER_NEAREST_TO}:
            line = texts.OFFER_LINE_AWAY
        lines.append(
            line.format(
                number=number,
                workshop=offer.group.workshop.name,
                place=offer.group.place,
                municipality=offer.municipality,
                kilometres=distances.rounded(offer.kilometres or 0),
                when=dates.day_and_hour(offer.next_session.starts_at, scene.settings.timezone, scene.now),
                seats=free,
            )
        )
        payload = f"/choose_group{json.dumps({'group': str(offer.group.id)})}"
        buttons.append(Choice(title=texts.OFFER_BUTTON.format(number=number), payload=payload))
    return [Content(text.format(groups="\n".join(lines), place=place), buttons=buttons)]


@handles(OfferGroups)
def offer_groups(scene: TurnContext, effect: OfferGroups) -> list[Content]:
    """Show the groups of her municipality or of the one she names, or the nearest where it has none."""
    woman = scene.woman()
    axis = woman.axis if woman else None
    named = scene.session.get(Municipality, effect.municipality) if effect.municipality else None
    where = named.code if named is not None else woman.municipality if woman else None
    own = scene.conversation.programme_id
    there = enrolment.offers(scene.session, scene.now, programme_id=own, municipality=where, axis=axis)
    if there:
        in_it = texts.OFFER_IN if named is not None else texts.OFFER if where else texts.OFFER_ANYWHERE
        return _offer(scene, there, in_it, named.name if named is not None else "", home=where)
    nearest = enrolment.offers(scene.session, scene.now, programme_id=own, axis=axis, near=where)
    place = named.name if named is not None else ""
    if nearest and all(offer.kilometres is not None for offer in nearest):
        return _offer(scene, nearest, texts.OFFER_NEAREST_TO if place else texts.OFFER_NEAREST, place)
    elsewhere = enrolment.offers(scene.session, scene.now, programme_id=own, axis=axis)
    if not elsewhere:
        return [Content(texts.OFFER_NONE)]
    return _offer(scene, elsewhere, texts.OFFER_NOT_IN if place else texts.OFFER_ELSEWHERE, place)


@handles(TellDates)
def tell_dates(scene: TurnContext, _: TellDates) -> list[Content]:
    """Say when the groups of her municipality meet next, else those of all."""
    woman = scene.woman()
    own = scene.conversation.programme_id
    near = woman.municipality if woman else None
    found = near and enrolment.offers(scene.session, scene.now, programme_id=own, municipality=near)
    found = found or enrolment.offers(scene.session, scene.now, programme_id=own)
    lines = [
        (texts.DATES_LINE if offer.group.municipality == near else texts.DATES_LINE_IN).format(
            workshop=offer.group.workshop.name,
            place=offer.group.place,
            municipality=offer.municipality,
            when=dates.day_and_hour(offer.next_session.starts_at, scene.settings.timezone, scene.now),
        )
        for offer in found
    ]
    return [Content(texts.DATES.format(groups="\n".join(lines)) if lines else texts.DATES_NONE)]


@handles(ChooseGroup)
def choose_group(scene: TurnContext, effect: ChooseGroup) -> list[Content]:
    """Give her the seat; where she is moving, free the old one."""
    woman = scene.woman()
    try:
        group_id = uuid.UUID(effect.group)
    except ValueError:
        return [Content(texts.GROUP_GONE)]
    if woman is None:
        return [Content(texts.NOT_ENROLLED)]
    before = [e for e in enrolment.active(scene.session, woman.id) if e.group_id != group_id]
    seat = enrolment.enrol(scene.session, woman, group_id)
    if seat is None:
        return [Content(texts.GROUP_GONE)]
    group = waiting_list.group_of(scene.session, seat)
    if seat.state is EnrolmentState.WAITING:
        position = enrolment.waiting_position(scene.session, seat)
        return [Content(texts.WAITING.format(position=position))]
    moved = [e for e in before if waiting_list.group_of(scene.session, e).workshop_id == group.workshop_id]
    for old in moved:
        waiting_list.leave_and_pass_on(scene.session, scene.key, scene.settings, old, scene.now)
    return [Content(_seat_text(scene, group, moved=bool(moved)))]


def _seat_text(scene: TurnContext, group: Group, *, moved: bool) -> str:
    names = {"workshop": group.workshop.name, "place": group.place}
    first = enrolment.next_session(scene.session, group.id, scene.now)
    if first is None:
        each = reminded(scene, group, texts.REMINDED_EACH)
        return texts.ENROLLED_NO_DATE.format(reminded=each, **names)
    when = dates.day_and_hour(first.starts_at, scene.settings.timezone, scene.now)
    if moved:
        return texts.MOVED.format(when=when, **names)
    before = reminded(scene, group, texts.REMINDED_BEFORE, first.starts_at)
    return texts.ENROLLED.format(when=when, reminded=before, **names)


@handles(TellEnrolmentStatus)
def tell_enrolment_status(scene: TurnContext, _: TellEnrolmentStatus) -> list[Content]:
    """Say whether she is in, for each of her seats."""
    woman = scene.woman()
    seats = enrolment.active(scene.session, woman.id)[: sessions.MOST_TOLD] if woman else ()
    told = [_status_text(scene, seat) for seat in seats]
    return [Content("\n".join(told) if told else texts.NOT_ENROLLED)]


def _status_text(scene: TurnContext, seat: Enrolment) -> str:
    group = waiting_list.group_of(scene.session, seat)
    if seat.state is EnrolmentState.WAITING:
        position = enrolment.waiting_position(scene.session, seat)
        return texts.STATUS_WAITING.format(workshop=group.workshop.name, position=position)
    when = _when(scene, group)
    following = (
        texts.NEXT_SESSION.format(workshop=group.workshop.name, when=when, place=group.place)
        if when
        else _no_session(scene, group)
    )
    return texts.STATUS_ENROLLED.format(workshop=group.workshop.name, place=group.place, next=following)


@handles(TellLocation)
def tell_location(scene: TurnContext, _: TellLocation) -> list[Content]:
    """Say where her group meets, with a pin where it is known."""
    woman = scene.woman()
    seat = enrolment.current(scene.session, woman.id) if woman else None
    if seat is None:
        municipality = woman.municipality if woman else None
        return [
            Content(answers.answer(scene.session, "location", municipality, scene.conversation.programme_id))
        ]
    group = waiting_list.group_of(scene.session, seat)
    place = scene.session.get_one(Municipality, group.municipality)
    pin = (group.latitude, group.longitude) if group.latitude and group.longitude else None
    text = (texts.LOCATION_DIRECTIONS if group.directions else texts.LOCATION).format(
        place=group.place, municipality=place.name, directions=group.directions
    )
    return [Content(text, map_pin=pin)]


@handles(TellWorkshops)
def tell_workshops(scene: TurnContext, _: TellWorkshops) -> list[Content]:
    """List the workshops by axis."""
    found = enrolment.workshops_of(scene.session, scene.conversation.programme_id)
    if not found:
        return [Content(texts.WORKSHOPS_NONE)]
    axes = programmes.axis_names(scene.session, scene.conversation.programme_id)
    lines = [
        f"• {name}: " + ", ".join(w.name for w in found if w.axis == axis)
        for axis, name in axes.items()
        if any(w.axis == axis for w in found)
    ]
    return [Content(texts.WORKSHOPS.format(workshops="\n".join(lines)))]


@handles(AnswerQuestion)
def answer_question(scene: TurnContext, effect: AnswerQuestion) -> list[Content]:
    """Answer from what coordinators wrote, for her municipality where they did, and from her group's data."""
    woman = scene.woman()
    municipality = woman.municipality if woman else None
    if effect.topic == "certificate" and woman is not None:
        scene.files = papers.asked_for(
            scene.session, scene.key, scene.settings, woman.id, scene.state, scene.now
        )
        if scene.files:
            return []
    text = answers.answer(scene.session, effect.topic, municipality, scene.conversation.programme_id)
    own = _of_her_group(scene, effect.topic)
    return [Content(f"{own} {text}" if own else text)]


def _of_her_group(scene: TurnContext, topic: str) -> str:
    """What her own group's data say to a question; empty where they say nothing."""
    woman = scene.woman()
    seat = enrolment.current(scene.session, woman.id) if woman and topic in {"bring", "duration"} else None
    if seat is None:
        return ""
    group = waiting_list.group_of(scene.session, seat)
    if topic == "bring":
        about = group.workshop.description.strip()
        return texts.ABOUT_WORKSHOP.format(workshop=group.workshop.name, description=about) if about else ""
    session = enrolment.next_session(scene.session, group.id, scene.now)
    if session is None:
        return ""
    return texts.SESSION_LASTS.format(
        workshop=group.workshop.name,
        minutes=texts.MINUTES.get(session.minutes, texts.MINUTES_MANY.format(minutes=session.minutes)),
        when=dates.day_and_hour(session.starts_at, scene.settings.timezone, scene.now),
    )


@handles(OfferReschedule)
def offer_reschedule(scene: TurnContext, _: OfferReschedule) -> list[Content]:
    """Show other groups of the same workshop, the nearest to her first."""
    woman = scene.woman()
    seat = sessions.seat_meant(scene) if woman else None
    if seat is None or woman is None:
        return [Content(texts.NOT_ENROLLED)]
    group = waiting_list.group_of(scene.session, seat)
    found = [
        offer
        for offer in enrolment.offers(
            scene.session,
            scene.now,
            workshop_id=group.workshop_id,
            but_not=group.id,
            near=woman.municipality,
        )
        if offer.free
    ]
    if found:
        return _offer(scene, found, texts.RESCHEDULE, home=woman.municipality)
    when = _when(scene, group)
    if when is None:
        return [Content(_no_session(scene, group))]
    return [Content(texts.RESCHEDULE_NONE.format(when=when, place=group.place))]


@handles(DropOut)
def drop_out(scene: TurnContext, _: DropOut) -> list[Content]:
    """Free her seat and pass it on; of several that which was last between her and us."""
    seat = sessions.seat_meant(scene)
    if seat is None:
        return [Content(texts.NOT_ENROLLED)]
    group = waiting_list.group_of(scene.session, seat)
    waiting_list.leave_and_pass_on(scene.session, scene.key, scene.settings, seat, scene.now)
    return [Content(lasting.SEAT_DROPPED.format(workshop=group.workshop.name, place=group.place))]
