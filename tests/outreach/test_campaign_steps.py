"""Steps of a campaign: held and gone on with at any moment, ended with what had left, at its own rate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman
from sqlalchemy import func, select
from test_audience import make

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Template,
)
from models import TemplateState as State
from outreach.campaigns import campaigns
from outreach.campaigns.audience import Audience
from outreach.campaigns.campaigns import CampaignError
from outreach.messages import bulk, outbox

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def ready(db: Database, key: PersonalKey, women: int = 4, *, per_minute: int | None = None) -> Campaign:
    for number in range(women):
        add_woman(db, key, number)
    made = make(db, Audience(), hours=6)
    made.per_minute = per_minute
    campaigns.schedule(db, made, NOW)
    return made


def due(db: Database, at: timedelta) -> int:
    return len(bulk.due_rows(db, OutboxKind.CAMPAIGN, 100, NOW + at))


def test_a_pause_holds_what_is_queued(session: Database, key: PersonalKey) -> None:
    """Also after all was handed over; gone on with, each leaves once; who left meanwhile is not held."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW)
    assert made.state is CampaignState.DONE
    first = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).first()
    assert first is not None
    outbox.advance(first, OutboxState.SENDING)
    first.next_try_at = NOW
    session.flush()
    campaigns.pause(session, made)
    assert (made.state, due(session, 5 * HOUR)) == (CampaignState.PAUSED, 0)
    session.refresh(first)
    assert first.next_try_at == NOW
    campaigns.resume(session, made, NOW + HOUR)
    assert due(session, HOUR) == 3
    assert campaigns.run_due(session, key, NOW + HOUR) == 0
    assert made.state is CampaignState.DONE
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 4


def test_what_stays_paused_expires(session: Database, key: PersonalKey) -> None:
    """P3: nothing leaves late: held rows are due at the end of the window, where the gate ends them."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW)
    campaigns.pause(session, made)
    assert due(session, 6 * HOUR) == 4
    assert {row.expires_at for row in session.scalars(select(OutboxMessage))} == {made.ends_at}
    with pytest.raises(CampaignError, match="ya pasó"):
        campaigns.resume(session, made, made.ends_at)


def test_going_on_reaches_whom_it_was_prepared_for(session: Database, key: PersonalKey) -> None:
    """Who joins the list during a pause is not written to."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW, batch=1)
    campaigns.pause(session, made)
    add_woman(session, key, 50)
    campaigns.resume(session, made, NOW + MINUTE)
    assert campaigns.run_due(session, key, NOW + MINUTE) == 3
    assert session.scalar(select(func.count()).select_from(CampaignRecipient)) == 4


def test_nothing_to_hold_is_said(session: Database, key: PersonalKey) -> None:
    """A draft, one that ended, one that is paused already."""
    made = ready(session, key, women=1)
    campaigns.pause(session, made, "template_paused")
    with pytest.raises(CampaignError):
        campaigns.pause(session, made)
    assert (made.state, made.pause_reason) == (CampaignState.PAUSED, "template_paused")
    campaigns.resume(session, made, NOW)
    assert (made.state, made.pause_reason) == (CampaignState.SCHEDULED, None)
    campaigns.run_due(session, key, NOW)
    outbox.advance(session.scalars(select(OutboxMessage)).one(), OutboxState.SENDING)
    session.flush()
    with pytest.raises(CampaignError):
        campaigns.pause(session, made)


def test_ending_counts_what_had_left(session: Database, key: PersonalKey) -> None:
    """Stopped: those that wait and those that are queued; on its way: what a worker or Twilio has."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW, batch=3)
    rows = session.scalars(select(OutboxMessage)).all()
    outbox.advance(rows[0], OutboxState.SENDING)
    session.flush()
    assert campaigns.cancel(session, made, NOW) == (3, 1)
    assert due(session, 6 * HOUR) == 0


def test_a_rate_of_its_own(session: Database, key: PersonalKey) -> None:
    """So many a minute, evenly; a stop of an hour is not made up for at once."""
    made = ready(session, key, women=9, per_minute=8)
    handed = [
        campaigns.run_due(session, key, NOW + after * MINUTE) for after in (0, 0.1, 0.25, 0.5, 60, 60.1)
    ]
    assert handed == [2, 0, 2, 2, 2, 0]
    assert campaigns.run_due(session, key, NOW + 61 * MINUTE) == 1
    assert made.state is CampaignState.DONE


def test_a_slow_campaign_ends_in_time(session: Database, key: PersonalKey) -> None:
    """P3: whom its rate did not reach by the end gets nothing, and that is reported."""
    made = ready(session, key, women=3, per_minute=1)
    campaigns.run_due(session, key, NOW)
    made.next_batch_at = made.ends_at + HOUR
    campaigns.run_due(session, key, made.ends_at)
    assert campaigns.progress(session, made).reasons == {"too_late": 2}


@pytest.mark.parametrize("state", [State.PAUSED, State.REJECTED, State.DISABLED])
def test_a_template_that_stops_stops_its_campaigns(session: Database, key: PersonalKey, state: State) -> None:
    """Told or not: neither what is queued nor what waits leaves; approved again, a person goes on with it."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW, batch=1)
    template = session.get_one(Template, made.template_id)
    template.state = state
    session.flush()
    assert campaigns.run_due(session, key, NOW + MINUTE) == 0
    assert (made.state, made.pause_reason) == (CampaignState.PAUSED, f"template_{state.value}")
    assert due(session, HOUR) == 0
    with pytest.raises(CampaignError, match="plantilla"):
        campaigns.resume(session, made, NOW + MINUTE)
    template.state = State.APPROVED
    campaigns.resume(session, made, NOW + 2 * MINUTE)
    assert campaigns.run_due(session, key, NOW + 2 * MINUTE) == 3


def test_all_campaigns_of_a_template_pause(session: Database, key: PersonalKey) -> None:
    """Those under way and those whose rows still leave; drafts and ended ones stay as they are."""
    made = ready(session, key)
    campaigns.run_due(session, key, NOW)
    draft, later = make(session, Audience()), make(session, Audience())
    campaigns.schedule(session, later, NOW)
    assert campaigns.pause_of_template(session, made.template_id, "template_rejected") == 2
    states = [one.state for one in (made, draft, later)]
    assert states == [CampaignState.PAUSED, CampaignState.DRAFT, CampaignState.PAUSED]
    assert campaigns.pause_of_template(session, made.template_id, "template_rejected") == 0


def test_one_that_can_not_be_read_stops_no_other(session: Database, key: PersonalKey) -> None:
    """What a later version stored goes back to its draft, and the rest of the tick goes on."""
    broken = ready(session, key)
    broken.audience, broken.starts_at = '{"version": 9, "blocks": []}', NOW - MINUTE
    other = make(session, Audience())
    campaigns.schedule(session, other, NOW)
    assert campaigns.run_due(session, key, NOW) == 4
    assert (broken.state, broken.pause_reason) == (CampaignState.DRAFT, "changed")
