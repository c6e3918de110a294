"""What the clock does on each tick. Truth about *when* lives in tables; ticks only look.

Each tick is safe to run twice, late, or on two clocks at once.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import procrastinate
import requests
from sqlalchemy import delete, select
from twilio.base.exceptions import TwilioException

from models import OutboxMessage, OutboxState, RasaTracker, StaffSession, Turn, TurnState, utcnow
from outreach.campaigns import campaigns, reminders
from outreach.casework import draft_case, holding
from outreach.ground import database, jobs
from outreach.messages import delivery, outbox, reconcile, redaction, templates
from worker import steps

if TYPE_CHECKING:
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
STALLED_SECONDS = 12.0
# A queued row or an open turn this old lost its job; the queue forgot nothing, but a person might
# have deleted it, or a restore may have come between.
FORGOTTEN_AFTER = timedelta(minutes=2)
JOBS_KEPT_HOURS = 24


def rescue_jobs(runtime: Runtime) -> None:
    """Give back to the queue the jobs of workers that died, so that their locks open again."""
    asyncio.run(_rescue(database.database_url(runtime.settings)))


async def _rescue(conninfo: str) -> None:
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=1)
    )
    async with app.open_async():
        await app.job_manager.prune_stalled_workers(STALLED_SECONDS)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await app.job_manager.retry_job(job)
            log.warning("job of a dead worker given back", extra={"action": "job_rescued"})


def send_reminders(runtime: Runtime) -> None:
    """Hand over the reminders that are due."""
    with runtime.sessions.begin() as session:
        reminders.send_due(session, runtime.key, runtime.settings, utcnow())


def plan_reminders(runtime: Runtime) -> None:
    """Plan the reminders of sessions that are near."""
    with runtime.sessions.begin() as session:
        reminders.plan(session, runtime.key, runtime.settings, utcnow())


def run_campaigns(runtime: Runtime) -> None:
    """Hand over the next batch of the campaigns that are due."""
    with runtime.sessions.begin() as session:
        campaigns.run_due(session, runtime.key, utcnow())


def release_abandoned(runtime: Runtime) -> None:
    """Release the conversations whose caseworker is gone, and end the shifts of those who are."""
    with runtime.sessions.begin() as session:
        holding.release_abandoned(session, runtime.key, runtime.settings, utcnow())


def settle_doubts(runtime: Runtime) -> None:
    """Mark lost calls, then prove or disprove what is in doubt."""
    with runtime.sessions.begin() as session:
        reconcile.mark_lost_calls(session, utcnow())
        doubtful = reconcile.in_doubt(session, utcnow())
    for outbox_id in doubtful:
        with runtime.sessions.begin() as session:
            wanted = reconcile.look_up_key(session, runtime.key, outbox_id)
        remote = None
        if wanted is not None:
            try:
                remote = runtime.twilio.sent_to(*wanted)
            except (TwilioException, requests.RequestException) as error:
                log.warning("lookup failed", extra={"action": "lookup_failed", "kind": type(error).__name__})
        with runtime.sessions.begin() as session:
            reconcile.settle(session, runtime.key, outbox_id, remote, utcnow())


def redact(runtime: Runtime) -> None:
    """Take confidential texts away at Twilio once they have passed, hers and ours."""
    with runtime.sessions.begin() as session:
        owed = redaction.owed(session, runtime.key, utcnow())
    for one in owed:
        steps.redact(runtime, one)


def sweep(runtime: Runtime) -> None:
    """Put back on the queue what has no job, and delete what has expired."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        queued = session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.state == OutboxState.QUEUED,
                OutboxMessage.created_at < now - FORGOTTEN_AFTER,
                (OutboxMessage.next_try_at.is_(None)) | (OutboxMessage.next_try_at < now - FORGOTTEN_AFTER),
            )
        ).all()
        for row in queued:
            row.next_try_at = now
            priority = outbox.PRIORITY[row.kind]
            jobs.defer_delivery(session, row.id, lock=delivery.lock_for(row), priority=priority)
        for conversation_id in session.scalars(
            select(Turn.conversation_id).where(
                Turn.state == TurnState.OPEN, Turn.created_at < now - FORGOTTEN_AFTER
            )
        ):
            jobs.defer_wake(session, conversation_id, now)
        draft_case.forget_expired(session, now)
        session.execute(delete(RasaTracker).where(RasaTracker.expires_at < now))
        session.execute(delete(StaffSession).where(StaffSession.expires_at < now))


def sync_templates(runtime: Runtime) -> None:
    """Give Twilio the templates that it has not got, and ask what was decided of the others."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        waiting = templates.unfinished(session, now)
    for template_id in waiting:
        with runtime.sessions.begin() as session:
            template = templates.tried(session, template_id, now)
            buttons = templates.buttons_of(template)
            samples = templates.samples_of(template)
            session.expunge(template)
        if template.content_sid is None:
            sid = runtime.twilio.create_template(template.name, template.body, buttons, samples)
            if sid is None:
                continue
            with runtime.sessions.begin() as session:
                templates.submitted(session, template_id, sid)
            runtime.twilio.request_approval(sid, template.name, template.category)
        else:
            state = runtime.twilio.approval(template.content_sid)
            if state == templates.UNSUBMITTED:
                runtime.twilio.request_approval(template.content_sid, template.name, template.category)
            elif state is not None:
                with runtime.sessions.begin() as session:
                    templates.decided(session, template_id, state)
