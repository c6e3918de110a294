"""The ticks about templates: what WhatsApp makes of them, what stops because of it, trials of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import utcnow
from outreach.campaigns import template_stops
from outreach.messages import templates, templates_sync
from outreach.messages.twilio import Outcome
from outreach.staff import template_trials
from worker.rows import each

if TYPE_CHECKING:
    import uuid

    from worker.runtime import Runtime

CALLS = 4
"""Where Twilio is slow an answer takes ten seconds, and each version of each template is asked for."""


def sync_templates(runtime: Runtime) -> None:
    """Give Twilio the templates that it has not got, ask what became of the others, pause what they stop."""
    with runtime.sessions.begin() as session:
        waiting = templates_sync.unfinished(session, utcnow())
    try:
        each("sync_templates", waiting, lambda template_id: _sync(runtime, template_id), threads=CALLS)
    finally:
        with runtime.sessions.begin() as session:
            template_stops.settle(session, utcnow())


def _sync(runtime: Runtime, template_id: uuid.UUID) -> None:
    with runtime.sessions.begin() as session:
        template = templates_sync.tried(session, template_id, utcnow())
        session.flush()
        session.expunge(template)
    at_meta = templates.name_at_meta(template)
    if template.content_sid is None:
        sid = runtime.twilio.create_template(
            at_meta,
            template.body,
            templates.buttons_of(template),
            templates.samples_of(template),
            template.language,
        )
        if sid is None:
            return
        with runtime.sessions.begin() as session:
            templates_sync.submitted(session, template_id, sid)
        runtime.twilio.request_approval(sid, at_meta, template.category)
        return
    answer = runtime.twilio.approval(template.content_sid)
    if answer is None:
        return
    if answer.state == templates_sync.UNSUBMITTED:
        runtime.twilio.request_approval(template.content_sid, at_meta, template.category)
        return
    with runtime.sessions.begin() as session:
        templates_sync.decided(session, template_id, answer, utcnow())


def send_trials(runtime: Runtime) -> None:
    """Send the trials that staff asked for, each at most once."""
    with runtime.sessions.begin() as session:
        template_trials.give_up_lost(session, utcnow())
        waiting = template_trials.waiting(session)
    each("send_trials", waiting, lambda trial_id: _try(runtime, trial_id))


def _try(runtime: Runtime, trial_id: uuid.UUID) -> None:
    with runtime.sessions.begin() as session:
        call = template_trials.begin(session, runtime.key, trial_id, utcnow())
    if call is None:
        return
    result = runtime.twilio.send(
        call.to,
        outbox_id=template_trials.NO_ROW,
        content_sid=call.content_sid,
        variables=call.variables,
        valid_seconds=call.valid_seconds,
    )
    with runtime.sessions.begin() as session:
        template_trials.finish(
            session,
            trial_id,
            taken={Outcome.ACCEPTED: True, Outcome.UNKNOWN: None}.get(result.outcome, False),
            reason=result.reason,
        )
