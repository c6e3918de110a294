"""The clock's tick that raises alarms of the service and tells them, by e-mail and WhatsApp, without content.

Danger that no caseworker took has alerts of its own (`worker.alerting`).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from models import utcnow
from outreach.campaigns import template_stops
from outreach.figures import standing
from outreach.ground import mail
from outreach.messages import alarms, sender, templates
from outreach.messages.twilio import Outcome
from outreach.texts import alarms as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.alarms import Told
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
RETRY_AFTER = timedelta(minutes=1)
_owed: dict[str, tuple[Told, datetime]] = {}
"""Alarms that nobody took, and when each is tried again; a clock started anew waits for the interval."""


def watch(runtime: Runtime) -> None:
    """Look at what must not stay as it is, and tell what is new of it or has lasted."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        found = _troubles(session, now)
        told = [alarms.set_alarm(session, kind, now, raised=raised) for kind, raised in found.items()]
    for kind, raised in found.items():
        if not raised:
            _owed.pop(kind, None)
    due = [alarm for alarm, at in _owed.values() if at <= now]
    for alarm in {alarm.kind: alarm for alarm in [*due, *told] if alarm is not None}.values():
        _owed.pop(alarm.kind, None)
        if not tell(runtime, alarm):
            _owed[alarm.kind] = (alarm, now + RETRY_AFTER)


def _troubles(session: Session, now: datetime) -> dict[str, bool]:
    oldest = alarms.oldest_unanswered(session)
    return standing.alarming(session, now) | {
        alarms.UNANSWERED: oldest is not None and now - oldest > alarms.UNANSWERED_AFTER,
        alarms.TEMPLATES: any(one.stops for one in template_stops.stopped(session)),
        alarms.DEAD_LETTERS: alarms.newest_dead_letter(session) is not None,
        alarms.SENDER_PAUSED: sender.stopped_by_account(session),
    }


def tell(runtime: Runtime, alarm: Told) -> bool:
    """Tell an alarm; return whether somebody took it, or nobody is named to be told."""
    log.error("alarm", extra={"action": "alarm", "kind": alarm.kind})
    settings = runtime.settings.alarms
    taken, asked = False, False
    if settings.smtp_url and settings.sender and settings.emails:
        since = alarm.since.astimezone(runtime.settings.timezone).strftime("%d/%m/%Y %H:%M")
        subject = texts.SUBJECT_AGAIN if alarm.again else texts.SUBJECT
        body = texts.BODY.format(what=texts.WHAT[alarm.kind], since=since)
        asked = True
        try:
            mail.send(settings.smtp_url, settings.sender, settings.emails, subject, body)
            taken = True
        except mail.MailError as error:
            log.warning("alarm not mailed", extra={"action": "alarm_not_mailed", "kind": str(error)})
    if settings.phones:
        asked = True
        taken = _write(runtime, settings.phones) or taken
    return taken or not asked


def _write(runtime: Runtime, phones: tuple[str, ...]) -> bool:
    with runtime.sessions.begin() as session:
        template = templates.by_name(session, texts.TEMPLATE)
        content_sid = template.content_sid if template else None
    if content_sid is None:
        log.warning("alarm has no template", extra={"action": "alarm_without_template"})
        return False
    taken = False
    for phone in phones:
        result = runtime.twilio.send(phone, outbox_id="alarm", content_sid=content_sid)
        taken = taken or result.outcome is Outcome.ACCEPTED
        if result.outcome is not Outcome.ACCEPTED:
            log.warning("alarm not written", extra={"action": "alarm_not_written", "code": result.code})
    return taken
