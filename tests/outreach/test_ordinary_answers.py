"""Her sessions and questions, answered from her group's data and from what coordinators wrote."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import select

from models import (
    FIRST_PROGRAMME,
    Case,
    Group,
    Municipality,
    ReminderFor,
    ReminderRule,
    Rsvp,
    RsvpAnswer,
    Turn,
    TurnState,
)
from outreach.campaigns import hold_out
from outreach.casework import cases
from outreach.messages import conversation_state, inbox
from outreach.messages.inbox import Incoming, Kind
from outreach.people import consent
from outreach.programme import answers as facts
from outreach.texts import answers, workshops
from outreach.turns import dialogue_facts, handlers, turn_context
from outreach.turns.effects import (
    AnswerQuestion,
    ChooseGroup,
    DeclineAttendance,
    OfferGroups,
    RequestPerson,
    TellDates,
    TellEnrolmentStatus,
    TellLocation,
    TellNextSession,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Conversation
    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey
    from outreach.turns.effects import Effect

_ = handlers  # importing it registers what each effect does


class Apply:
    """Applies one effect as a turn does."""

    def __init__(self, session: Session, key: PersonalKey, settings: Settings) -> None:
        self.session, self.key, self.settings = session, key, settings

    def __call__(self, conversation: Conversation, effect: Effect) -> list[Content]:
        """Return what is said."""
        turn = Turn(conversation_id=conversation.id)
        self.session.add(turn)
        self.session.flush()
        came = Incoming(uuid.uuid4(), "SM1", Kind.TEXT, "x", None, None, (), None, None, NOW)
        state = conversation_state.read(self.key, conversation)
        scene = turn_context.TurnContext(
            self.session, self.key, self.settings, conversation, state, turn, [came], NOW
        )
        said = turn_context.apply(scene, effect)
        scene.save()
        turn.state = TurnState.ANSWERED
        self.session.flush()
        return said


@pytest.fixture(name="apply")
def _apply(session: Session, key: PersonalKey, settings: Settings) -> Apply:
    return Apply(session, key, settings)


def test_the_one_after_the_next(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Asked "me toca cuándo la otra", it is not the next one again; where there is none, it is said."""
    _, conversation, first = add_enrolled(session, key)
    next_one = apply(conversation, TellNextSession())[0].body
    after = apply(conversation, TellNextSession(following=True))[0].body
    assert after.startswith("Después de esa")
    assert after != next_one
    later = next(s for s in first.group.sessions if s.id != first.id)
    later.cancelled_at = NOW
    session.flush()
    none = workshops.NO_SESSION_AFTER.format(reminded=workshops.REMINDED_EACH)
    assert apply(conversation, TellNextSession(following=True))[0].body == none


@pytest.mark.parametrize(
    ("what", "promised"),
    [("usual", True), ("by lot", False), ("no rules", False), ("left", False), ("in an hour", False)],
)
def test_a_reminder_is_promised_only_where_one_comes(
    apply: Apply, session: Session, key: PersonalKey, what: str, *, promised: bool
) -> None:
    """P8: not to whom the lot leaves without, where no rule is in force or ahead, nor who left them."""
    woman, conversation = add_woman(session, key)
    group, first = add_group(session)
    if what == "by lot":
        hold_out.choose(session, FIRST_PROGRAMME, 20, NOW)
        while not hold_out.without_reminder(key, FIRST_PROGRAMME, woman.id, {FIRST_PROGRAMME: 20}):
            woman, conversation = add_woman(session, key, int(woman.id.int % 9000) + 10)
    elif what == "no rules":
        rule = ReminderRule(
            programme_id=FIRST_PROGRAMME, workshop_id=group.workshop_id, minutes_before=120,
            whom=ReminderFor.ENROLLED, since=NOW, stopped_at=NOW,
        )  # fmt: skip
        session.add(rule)
    elif what == "left":
        conversation.opted_out_at = NOW
    elif what == "in an hour":
        first.starts_at = NOW + timedelta(hours=1)
    session.flush()
    [said] = apply(conversation, ChooseGroup(group=str(group.id)))
    assert ("Te voy a recordar antes." in said.body) is promised
    assert ("Pregúntame cuando quieras" in said.body) is not promised
    for one in group.sessions:
        one.cancelled_at = NOW
    session.flush()
    [said] = apply(conversation, TellEnrolmentStatus())
    assert ("te mando un recordatorio" in said.body) is (promised or what == "in an hour")


def test_the_place_comes_with_a_map_pin(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Where the group has coordinates, also when no session is planned."""
    _, conversation, first = add_enrolled(session, key)
    first.group.latitude, first.group.longitude = 20.62, -103.24
    for one in first.group.sessions:
        one.cancelled_at = NOW
    session.flush()
    assert apply(conversation, TellLocation())[0].map_pin == (20.62, -103.24)


def test_an_absence_noted_quietly(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Beside what else she tells nothing is said of it, and it is noted all the same."""
    woman, conversation, first = add_enrolled(session, key)
    assert apply(conversation, DeclineAttendance(quiet=True)) == []
    row = session.scalars(select(Rsvp).where(Rsvp.woman_id == woman.id)).one()
    assert (row.session_id, row.answer) == (first.id, RsvpAnswer.DECLINED)


def test_a_quiet_absence_without_a_seat_says_nothing(
    apply: Apply, session: Session, key: PersonalKey
) -> None:
    """In a talk on safety "todavía no estás en ningún taller" has no place."""
    _, conversation = add_woman(session, key)
    assert apply(conversation, DeclineAttendance(quiet=True)) == []


def test_groups_in_a_municipality_that_she_names(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Hers is 14039; what she names decides, and where it has none she sees others, told as such."""
    _, conversation = add_woman(session, key)
    add_group(session, code="here")
    there, _ = add_group(session, code="there")
    there.municipality, there.place = "14101", "DIF de Tonalá"
    session.flush()
    name = session.get_one(Municipality, "14101").name
    said = apply(conversation, OfferGroups(municipality="14101"))[0]
    assert said.body.startswith(f"Estos son los grupos en {name}")
    assert "DIF de Tonalá" in said.body
    assert len(said.buttons) == 1
    none = apply(conversation, OfferGroups(municipality="14001"))[0]
    assert "no hay grupo por ahora" in none.body
    assert len(none.buttons) == 2
    assert "tu municipio" in apply(conversation, OfferGroups())[0].body
    assert "tu municipio" in apply(conversation, OfferGroups(municipality="nowhere"))[0].body


def test_dates_offer_no_seat(apply: Apply, session: Session, key: PersonalKey) -> None:
    """Asked "qué días empiezan", it tells the next dates near her, else anywhere; without any, it is said."""
    conversation = inbox.conversation_of(session, key, "whatsapp:+523340010009", NOW)
    assert apply(conversation, TellDates())[0].body == workshops.DATES_NONE
    group, _ = add_group(session, code="one")
    said = apply(conversation, TellDates())[0]
    assert group.place in said.body
    assert said.buttons == []


def test_how_long_is_told_of_her_own_session(apply: Apply, session: Session, key: PersonalKey) -> None:
    """What the data say comes first, then what coordinators wrote."""
    _, conversation, first = add_enrolled(session, key)
    first.minutes = 90
    session.flush()
    assert "dura hora y media" in apply(conversation, AnswerQuestion(topic="duration"))[0].body
    first.minutes = 100
    session.flush()
    assert "dura 100 minutos" in apply(conversation, AnswerQuestion(topic="duration"))[0].body
    _, other = add_woman(session, key, 2)
    assert "Tu próxima" not in apply(other, AnswerQuestion(topic="duration"))[0].body


def test_what_to_bring_is_her_workshops_and_the_coordinators(
    apply: Apply, session: Session, key: PersonalKey
) -> None:
    """An answer that a coordinator writes for her municipality is hers; the default is honest."""
    woman, conversation, first = add_enrolled(session, key)
    group = session.get_one(Group, first.group_id)
    group.workshop.description = "Trae una botella con tierra."
    facts.save_answer(session, "bring", None, "Trae cuaderno.", NOW)
    facts.save_answer(session, "bring", woman.municipality, "Trae cuaderno y sombrero.", NOW)
    said = apply(conversation, AnswerQuestion(topic="bring"))[0].body
    assert "Trae una botella con tierra." in said
    assert said.endswith("Trae cuaderno y sombrero.")


@pytest.mark.parametrize("topic", ["bring", "duration", "teachers", "politics", "online", "absence"])
def test_each_new_question_has_an_honest_default(topic: str) -> None:
    """Short, in "tú", and with a way to a person where the programme has not said it."""
    text = answers.DEFAULTS[topic]
    assert len(text) < 300
    assert "persona" in text or topic == "politics"


@pytest.mark.parametrize("reason", ["hunger", "seat", "reading", "access"])
def test_a_person_is_called_with_the_reason(
    apply: Apply, session: Session, key: PersonalKey, recovery_key: object, reason: str
) -> None:
    """One sentence on who is there; what is asked besides is the dialogue's."""
    assert recovery_key
    _, conversation = add_woman(session, key)
    said = apply(conversation, RequestPerson(reason=reason))
    assert [content.body.count("?") for content in said] == [0]
    assert session.scalars(select(Case).where(Case.is_open)).one()


def test_hunger_comes_before_other_wishes_and_after_danger(
    apply: Apply, session: Session, key: PersonalKey, recovery_key: object
) -> None:
    """Urgent at the desk, by urgency alone: what it is about stays sealed."""
    assert recovery_key
    urgencies = {}
    for number, reason in enumerate(("asked", "hunger"), 1):
        _, conversation = add_woman(session, key, number)
        apply(conversation, RequestPerson(reason=reason))
        urgencies[reason] = conversation_state.read(key, conversation).case_id
    listed = [str(line.id) for line in cases.open_cases(session, key)]
    assert listed == [urgencies["hunger"], urgencies["asked"]]


def test_the_short_notice_is_told_where_the_full_one_is(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """LGPDPPSO art. 22: with who is responsible, until she has agreed."""
    _, conversation = add_woman(session, key)
    consent.record(session, conversation.id, consent.PRIVACY, given=False, message_sid="SM9")
    facts.save_answer(session, facts.RESPONSIBLE, None, "DIF Jalisco, Alcalde 1220, Guadalajara", NOW)
    state = conversation_state.read(key, conversation)
    told = dialogue_facts.build(session, key, settings, conversation, state, NOW)
    assert told["notice"].startswith("Completo: http")
    assert told["notice"].endswith("Responsable: DIF Jalisco, Alcalde 1220, Guadalajara")
    _, agreed = add_woman(session, key, 2)
    state = conversation_state.read(key, agreed)
    assert dialogue_facts.build(session, key, settings, agreed, state, NOW)["notice"] == ""
