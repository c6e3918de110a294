"""What a stopped template stops and what goes on (P3), which version is in use, what waits at the gate."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import select

from models import (
    FIRST_PROGRAMME,
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    ReminderFor,
    ReminderRule,
    Role,
    Template,
    TemplateState,
)
from outreach.campaigns import campaigns, steps, template_stops
from outreach.messages import bulk, outbox, reconcile, templates, templates_own, templates_sync
from outreach.messages.outbox import Content, Outgoing
from outreach.messages.templates import TemplateError
from outreach.messages.templates_rules import Wording
from outreach.messages.templates_sync import Approval
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

BODY = "Tu taller cambia a {{1}} desde hoy."


def made(db: Session, body: str = BODY, **changes: object) -> Template:
    """A version of a template, approved."""
    found = templates.save(db, name="aviso", body=body, samples={"1": "hoy"}, **changes)  # type: ignore[arg-type] # a test's own
    found.state, found.content_sid, found.checked_at = TemplateState.APPROVED, f"HX{found.version}", NOW
    db.flush()
    return found


def running(db: Session, key: PersonalKey, template: Template, women: int = 3) -> Campaign:
    """A campaign that has handed over all its women."""
    for number in range(women):
        _, conversation = add_woman(db, key, number)
        conversation.last_inbound_at = NOW - timedelta(days=3)
    accounts.add(db, "autora", "Autora", Role.COORDINATOR, NOW)
    author = accounts.find(db, "autora")
    assert author is not None
    campaign = campaigns.create(
        db, name="Aviso", template=template, variables={"1": "el parque"}, starts_at=NOW,
        ends_at=NOW + timedelta(hours=6), staff_id=author.id,
    )  # fmt: skip
    campaigns.schedule(db, campaign, NOW)
    assert campaigns.run_due(db, key, NOW) == women
    return campaign


def states(db: Session) -> list[tuple[OutboxState, str | None]]:
    rows = db.execute(select(OutboxMessage.state, OutboxMessage.reason).order_by(OutboxMessage.seq))
    return [(state, reason) for state, reason in rows]


def due(db: Session, at: datetime) -> int:
    """How many of the campaign's messages would be taken now."""
    db.flush()
    return len(bulk.due_rows(db, OutboxKind.CAMPAIGN, 10, at))


@pytest.mark.parametrize("state", ["rejected", "paused", "disabled"])
def test_its_campaigns_pause_with_what_they_queued(session: Session, key: PersonalKey, state: str) -> None:
    """P3: what is queued is held, what is on its way is left, and each woman is handed over once."""
    template = made(session)
    campaign = running(session, key, template)
    assert {campaign.state} == {CampaignState.DONE}  # all are in the queue
    first = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).first()
    assert first is not None
    outbox.advance(first, OutboxState.SENDING)
    templates_sync.decided(session, template.id, Approval(state, "INVALID_FORMAT"), NOW)
    assert template_stops.settle(session, NOW) == 1
    assert [campaign.state, campaign.pause_reason] == [CampaignState.PAUSED, f"template_{state}"]
    assert due(session, NOW) == 0
    # Twilio refuses the one on its way, which is tried again later: it is held as the others are.
    outbox.requeue(session, key, first, outbox.read_content(key, first), NOW, reason="temporary", code=63041)
    assert template_stops.settle(session, NOW) == 0
    assert due(session, NOW + timedelta(hours=5)) == 0
    [stop] = template_stops.stopped(session)
    assert (stop.stops, stop.uses.campaigns, stop.template.reason) == (True, [campaign], "INVALID_FORMAT")
    # It is approved again: nothing leaves until a person says so, then each who waits once.
    templates_sync.decided(session, template.id, Approval("approved"), NOW)
    template_stops.settle(session, NOW)
    assert (campaigns.run_due(session, key, NOW), due(session, NOW)) == (0, 0)
    steps.resume(session, campaign, NOW)
    assert (campaigns.run_due(session, key, NOW), due(session, NOW + timedelta(minutes=1))) == (0, 3)
    again = session.scalars(select(CampaignRecipient.outbox_id)).all()
    assert len(set(again)) == len(again) == 3
    assert {found for found, _ in states(session)} == {OutboxState.QUEUED}
    assert template.reason is None


def test_others_go_on(session: Session, key: PersonalKey) -> None:
    """A campaign of another template, one that is over and one that was cancelled are left alone."""
    template = made(session)
    campaign = running(session, key, template)
    other = templates.by_name(session, templates.GROUP_NOTICE)
    assert other is not None
    other.state = TemplateState.REJECTED
    session.flush()
    assert template_stops.settle(session, NOW) == 0
    campaign.ends_at = NOW - timedelta(minutes=1)
    template.state = TemplateState.PAUSED
    session.flush()
    assert template_stops.settle(session, NOW) == 0
    assert {state for state, _ in states(session)} == {OutboxState.QUEUED}


def test_versions(session: Session) -> None:
    """In use is the newest that is approved; one replaced before it was approved never is."""
    first = made(session)
    second = templates.save(session, name="aviso", body="Tu taller ya es en {{1}} desde hoy.",
                            samples={"1": "hoy"})  # fmt: skip
    second.checked_at, second.content_sid, second.state = NOW, "HXb", TemplateState.PENDING
    session.flush()
    assert templates.by_name(session, "aviso") == first
    third = templates.save(session, name="aviso", body="Tu taller ya será en {{1}} desde hoy.",
                           samples={"1": "hoy"})  # fmt: skip
    templates_sync.decided(session, second.id, Approval("approved"), NOW)
    session.flush()
    assert templates.by_name(session, "aviso") == first
    third.content_sid = "HXc"
    templates_sync.decided(session, third.id, Approval("approved"), NOW)
    assert templates.by_name(session, "aviso") == third
    assert [one.version for one in templates.versions(session, "aviso")] == [3, 2, 1]
    # The newest is paused: the older one that is still approved goes on, and nothing stops.
    templates_sync.decided(session, third.id, Approval("paused"), NOW)
    assert templates.by_name(session, "aviso") == first
    assert [one.stops for one in template_stops.stopped(session)] == [False]
    assert templates.usable(session, FIRST_PROGRAMME) == [first]
    lines, _ = templates.listed(session)
    assert [(line.used, line.newer) for line in lines if line.used.name == "aviso"] == [(first, third)]


def test_a_paused_one_that_was_changed_may_come_back(session: Session) -> None:
    """Meta's pause ends while the new version waits: the old one is used again."""
    first = made(session)
    first.state = TemplateState.PAUSED
    templates.save(session, name="aviso", body="Otro texto con {{1}} para hoy.", samples={"1": "hoy"})
    templates_sync.decided(session, first.id, Approval("approved"), NOW)
    session.flush()
    assert templates.by_name(session, "aviso") == first


def test_what_people_wrote_stays_at_a_start(session: Session) -> None:
    """A release changes the product's own text in a new version; a text of people's own it leaves."""
    before = templates.newest(session, templates.SEAT_FREED)
    templates_own.ensure(session)
    assert before is not None
    assert templates.newest(session, templates.SEAT_FREED) == before
    before.body, before.checked_at = "Hola. De antes: {{1}} es tuyo, el día {{2}}, ven.", NOW
    session.flush()
    templates_own.ensure(session)
    fresh = templates.newest(session, templates.SEAT_FREED)
    assert fresh is not None
    assert (fresh.version, fresh.built_in) == (2, True)
    theirs = Wording(templates.SEAT_FREED, "Hola. Ya hay lugar en {{1}} y es tuyo.", {"1": "x"},
                               {"1": "taller"})  # fmt: skip
    templates.change(session, fresh, theirs)
    templates_own.ensure(session)
    kept = templates.newest(session, templates.SEAT_FREED)
    assert kept is not None
    assert kept.body == theirs.body


def test_two_at_once(sessions: sessionmaker[Session]) -> None:
    """Two people make a template of one name, or change one version: one of them is told."""
    told: list[str] = []
    wording = Wording("aviso_dos", "Ven a tu taller de {{1}} hoy.", {"1": "x"}, {"1": "taller"})

    def add(body: str) -> None:
        try:
            with sessions.begin() as db:
                templates.add(db, replace(wording, body=body), FIRST_PROGRAMME)
                ready.wait(2)
        except TemplateError as error:
            told.append(str(error))

    ready = threading.Barrier(1)
    threads = [
        threading.Thread(target=add, args=(f"Ven a tu taller de {{{{1}}}} el {n}.",)) for n in range(2)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert told == ["Ya hay una plantilla con ese nombre: usa otro."]


def waiting(
    db: Session,
    key: PersonalKey,
    settings: Settings,
    template: Template,
    *,
    hours: float = 2,
    talked: bool = False,
    **more: object,
) -> OutboxMessage:
    """A reminder of a template to a woman, outside the session window unless she talked, put to the gate."""
    _, conversation = add_woman(db, key, 7)
    conversation.last_inbound_at = NOW - (timedelta(hours=3) if talked else timedelta(days=3))
    content = Content(body="Tu taller cambia a el parque desde hoy.", variables={"1": "el parque"})
    row = Outgoing(conversation.id, OutboxKind.REMINDER, replace(content, **more), template.id,  # type: ignore[arg-type] # a test's own
                   NOW + timedelta(hours=hours))  # fmt: skip
    [row_id] = outbox.enqueue_many(db, key, [row])
    found = db.get_one(OutboxMessage, row_id)
    found.next_try_at = NOW
    put(db, key, settings, NOW)
    return found


def put(db: Session, key: PersonalKey, settings: Settings, now: datetime) -> None:
    db.flush()
    bulk.begin(db, key, settings, OutboxKind.REMINDER, 10, now)


@pytest.mark.parametrize("state", ["pending", "rejected", "paused", "disabled"])
def test_a_reminder_waits_while_it_is_of_use(
    session: Session, key: PersonalKey, settings: Settings, state: str
) -> None:
    """It leaves by itself once WhatsApp lets the template through, and never after its use."""
    template = made(session)
    template.state = TemplateState(state)
    row = waiting(session, key, settings, template)
    assert {row.state} == {OutboxState.QUEUED}
    assert row.next_try_at is not None
    assert NOW + timedelta(minutes=1) <= row.next_try_at <= NOW + timedelta(minutes=10)
    template.state = TemplateState.APPROVED
    put(session, key, settings, row.next_try_at)
    assert row.state is OutboxState.SENDING


def test_a_reminder_that_waited_too_long_is_told(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    template = made(session)
    template.state = TemplateState.REJECTED
    row = waiting(session, key, settings, template, hours=0.01)
    for _ in range(5):
        if row.next_try_at is not None and row.state is OutboxState.QUEUED:
            put(session, key, settings, row.next_try_at)
    assert (row.state, row.reason) == (OutboxState.EXPIRED, "template_not_approved")


def test_nothing_of_a_withdrawn_one_leaves(session: Session, key: PersonalKey, settings: Settings) -> None:
    template = made(session)
    templates.withdraw(session, template, NOW)
    row = waiting(session, key, settings, template)
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "template_withdrawn")


@pytest.mark.parametrize("value", ["", "  ", "\n", "\u200b", "\u3164"])
def test_an_empty_value_is_refused_before(
    session: Session, key: PersonalKey, settings: Settings, value: str
) -> None:
    """Twilio would put the sample in its place, or refuse the message."""
    row = waiting(session, key, settings, made(session), variables={"1": value})
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "variable_missing")


def test_an_empty_value_is_refused_within_the_window_too(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """As free text it would read "Tu taller cambia a desde hoy"."""
    template = made(session)
    template.state = TemplateState.PAUSED
    row = waiting(session, key, settings, template, variables={"1": " "}, talked=True)
    assert (row.state, row.reason) == (OutboxState.SUPPRESSED, "variable_missing")


def test_twilios_refusal_has_the_template_asked_for(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """63041 says that it was paused: it is looked at now, and not in a quarter of an hour."""
    template = made(session)
    template.checked_at = NOW - timedelta(minutes=5)
    row = waiting(session, key, settings, template)
    assert row.state is OutboxState.SENDING
    assert template.id not in templates_sync.unfinished(session, NOW)
    params = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "63041"}
    reconcile.status_reported(session, key, params, str(row.id), NOW)
    session.expire_all()
    assert template.id in templates_sync.unfinished(session, NOW)


def test_a_rule_of_reminders_is_a_use(session: Session) -> None:
    """A template that a rule names stops its reminders; a rule that was stopped itself is no use."""
    template = made(session)
    rule = ReminderRule(programme_id=FIRST_PROGRAMME, minutes_before=60, whom=ReminderFor.ENROLLED,
                        template_name="aviso", since=NOW)  # fmt: skip
    session.add(rule)
    templates_sync.decided(session, template.id, Approval("rejected"), NOW)
    session.flush()
    [stop] = template_stops.stopped(session)
    assert (stop.stops, stop.uses.rules) == (True, 1)
    assert template_stops.uses(session, [template]).rules == 1
    rule.stopped_at = NOW
    session.flush()
    assert [one.stops for one in template_stops.stopped(session)] == [False]
