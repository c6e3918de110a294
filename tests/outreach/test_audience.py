"""Who a campaign is for, when they get it, and what stops it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import select
from support import counting

from models import (
    Campaign,
    CampaignState,
    OutboxMessage,
    OutboxState,
    Role,
    TemplateState,
)
from outreach.campaigns import audience, campaigns, preview
from outreach.campaigns.audience import Audience, AudienceError
from outreach.campaigns.campaigns import CampaignError
from outreach.ground.settings import QuietHours
from outreach.messages import conversation_state, outbox, templates
from outreach.people import consent
from outreach.programme import enrolment, waiting_list
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = QuietHours(time(20), time(9))


def make(db: Database, wanted: Audience, *, hours: int = 24) -> Campaign:
    template = templates.by_name(db, templates.GROUP_NOTICE)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    if accounts.find(db, "rosa") is None:
        accounts.add(db, "rosa", "Rosa", Role.COORDINATOR, NOW)
    rosa = accounts.find(db, "rosa")
    assert rosa is not None
    return campaigns.create(
        db, name="Aviso", template=template, audience=wanted, variables={"1": "a las 10:00"},
        starts_at=NOW, ends_at=NOW + hours * HOUR, staff_id=rosa.id,
    )  # fmt: skip


def test_an_audience_is_kept_with_the_campaign(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """All women, those of a municipality, those of a group; what is no audience is refused."""
    woman, _, first = add_enrolled(session, key, number=1)
    elsewhere, _ = add_woman(session, key, 2)
    elsewhere.municipality = "14120"
    refused = add_woman(session, key, 3)[1]
    consent.record(session, refused.id, consent.PRIVACY, given=False, message_sid="SM0")
    session.flush()
    for wanted, reached in (
        (Audience(group_id=first.group_id), {woman.id}),
        (Audience(municipality="14120"), {elsewhere.id}),
        (Audience(), {woman.id, elsewhere.id}),
    ):
        made = make(session, wanted)
        assert audience.read(made) == wanted
        shown = preview.preview(session, key, settings, made, NOW)
        assert set(shown.reached) == reached
    assert shown.reasons == {"no_consent": 1}
    campaigns.schedule(session, made, NOW)
    assert campaigns.run_due(session, key, NOW) == 2
    with pytest.raises(AudienceError):
        audience.read(Campaign(audience='{"women": 7}'))


def test_the_preview_says_what_the_hours_do(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Who gets it at once, who when her hours begin, and who not within its window."""
    rules = replace(settings, quiet_hours=NIGHT)
    for number, hours in enumerate([None, None, ("16:00", "19:00"), ("08:00", "11:00"), ("09:00", "11:30")]):
        _, conversation = add_woman(session, key, number)
        state = conversation_state.read(key, conversation)
        state.contact_from, state.contact_until = hours or (None, None)
        conversation_state.write(key, conversation, state)
    session.flush()
    made = make(session, Audience(), hours=21)
    shown = preview.preview(session, key, rules, made, NOW)
    # NOW is 12:00; the window ends as the next morning's quiet hours do.
    assert shown.arrivals == {NOW: 2, NOW + 4 * HOUR: 1}
    assert shown.reasons == {"outside_her_hours": 2}
    longer = preview.preview(session, key, rules, make(session, Audience(), hours=22), NOW)
    assert longer.arrivals == {NOW: 2, NOW + 4 * HOUR: 1, NOW + 21 * HOUR: 2}
    assert longer.reached_count == 5


@pytest.mark.parametrize(
    ("start", "hours", "complaint"),
    [
        (-3, 2, "ya pasó"),
        (1, 0, "antes de empezar"),
        (9, 3, "de 20:00 a 09:00"),
        (-1, 2, None),
        (9, 13, None),
    ],
)
def test_a_window_in_which_nothing_leaves_is_refused(
    settings: Settings, start: int, hours: int, complaint: str | None
) -> None:
    """Over already, empty, or wholly in quiet hours: said in the form, not after the confirmation."""
    rules = replace(settings, quiet_hours=NIGHT)
    begins = NOW + start * HOUR
    if complaint is None:
        campaigns.check_window(rules, begins, begins + hours * HOUR, NOW)
        return
    with pytest.raises(CampaignError, match=complaint):
        campaigns.check_window(rules, begins, begins + hours * HOUR, NOW)


@pytest.mark.parametrize(("at", "start", "end"), [(0, 0, 8), (7.5, 21, 32), (9, 21, 32)])
def test_what_the_form_suggests_can_leave(settings: Settings, at: float, start: float, end: float) -> None:
    """In the evening the form suggests the next day, not the night."""
    rules = replace(settings, quiet_hours=NIGHT)
    assert preview.suggested_window(rules, NOW + at * HOUR) == (NOW + start * HOUR, NOW + end * HOUR)


def test_cancelling_does_not_book_what_is_leaving(sessions: sessionmaker[Database], key: PersonalKey) -> None:
    """P3: a row that a worker holds is looked at again once it lets go."""
    with sessions.begin() as db:
        for number in range(3):
            add_woman(db, key, number)
        made = make(db, Audience())
        campaigns.schedule(db, made, NOW)
        campaigns.run_due(db, key, NOW)
        campaign_id = made.id
        leaving = db.scalars(select(OutboxMessage.id).limit(1)).one()

    def cancel() -> None:
        with sessions.begin() as db:
            campaigns.cancel(db, db.get_one(Campaign, campaign_id), NOW)

    with sessions() as worker:
        outbox.advance(worker.get_one(OutboxMessage, leaving, with_for_update=True), OutboxState.SENDING)
        worker.flush()
        thread = threading.Thread(target=cancel)
        thread.start()
        thread.join(timeout=0.5)
        worker.commit()
        thread.join(timeout=10)
    with sessions() as db:
        assert campaigns.progress(db, db.get_one(Campaign, campaign_id)).states == {
            "sending": 1,
            "suppressed": 2,
        }


def test_a_pause_waits_for_the_batch_that_is_being_handed_over(
    sessions: sessionmaker[Database], key: PersonalKey
) -> None:
    """Whichever comes first, nothing is handed over after the pause was confirmed."""
    with sessions.begin() as db:
        for number in range(4):
            add_woman(db, key, number)
        made = make(db, Audience())
        campaigns.schedule(db, made, NOW)
        campaign_id = made.id
    with sessions() as clock:
        assert campaigns.run_due(clock, key, NOW, batch=1) == 1

        def pause() -> None:
            with sessions.begin() as db:
                campaigns.pause(db, db.get_one(Campaign, campaign_id))

        thread = threading.Thread(target=pause)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
        clock.commit()
        thread.join(timeout=10)
    with sessions.begin() as db:
        assert campaigns.run_due(db, key, NOW) == 0
        assert db.get_one(Campaign, campaign_id).state is CampaignState.PAUSED


def test_statements_do_not_grow_with_the_audience(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Preview, preparation and hand-over of five women cost what those of fifty do."""

    def cost(first: int, women: int) -> tuple[int, int]:
        for number in range(women):
            add_woman(session, key, first + number)
        made = make(session, Audience())
        made.starts_at = NOW + first * 2 * DAY
        made.ends_at = made.starts_at + DAY
        session.flush()
        with counting(session) as previewing:
            preview.preview(session, key, settings, made, made.starts_at)
        campaigns.schedule(session, made, NOW)
        with counting(session) as running:
            assert campaigns.run_due(session, key, made.starts_at) >= women
        return len(previewing), len(running)

    assert cost(0, 5) == cost(100, 50)


def test_variables_and_places_are_one_line(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Twilio refuses line breaks, tabs and runs of spaces in a variable (63013): none gets there."""
    group, _ = add_group(session, capacity=1)
    group.place = "  Casa de la\nCultura,\t planta     alta "
    assert group.place == "Casa de la Cultura, planta alta"
    template = templates.by_name(session, templates.SESSION_REMINDER)
    assert template is not None
    content = templates.filled(template, {"1": "hoy\na las  10", "2": "aquí     cerca"})
    assert content.variables == {"1": "hoy a las 10", "2": "aquí cerca"}
    assert "hoy a las 10 en aquí cerca" in content.body
    group.workshop.name = "Huerto\nen casa"
    women = [add_woman(session, key, n)[0] for n in range(2)]
    seats = [enrolment.enrol(session, woman, group.id) for woman in women]
    assert seats[0] is not None
    waiting_list.leave_and_pass_on(session, key, settings, seats[0], NOW)
    told = outbox.read_content(key, session.scalars(select(OutboxMessage)).one())
    assert told.variables == {"1": "Huerto en casa", "2": "el miércoles 25 de noviembre a las 12:00"}


def test_a_seat_without_a_date_is_told_too(session: Database, key: PersonalKey, settings: Settings) -> None:
    """P8: "si se libera uno, te aviso" holds also where the group has no session to come."""
    group, _ = add_group(session, capacity=1)
    for meeting in list(group.sessions):
        session.delete(meeting)
    women = [add_woman(session, key, n)[0] for n in range(2)]
    seats = [enrolment.enrol(session, woman, group.id) for woman in women]
    assert seats[0] is not None
    session.flush()
    waiting_list.leave_and_pass_on(session, key, settings, seats[0], NOW)
    message = session.scalars(select(OutboxMessage)).one()
    assert "fecha por confirmar" in outbox.read_content(key, message).body
    assert message.expires_at == NOW + 14 * DAY
