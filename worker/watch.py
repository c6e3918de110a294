"""The clock's tick that raises alarms and tells them, by e-mail and by a WhatsApp message without content."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from models import utcnow
from outreach.casework import watch as casework_watch
from outreach.ground import mail
from outreach.messages import alarms, templates
from outreach.messages.twilio import Outcome
from outreach.texts import alarms as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.alarms import Told
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")


def watch(runtime: Runtime) -> None:
    """Look at what must not stay as it is, and tell what is new of it or has lasted."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        found = _troubles(session, runtime, now)
        told = [alarms.set_alarm(session, kind, now, raised=raised) for kind, raised in found.items()]
    for alarm in told:
        if alarm is not None:
            _tell(runtime, alarm)


def _troubles(session: Session, runtime: Runtime, now: datetime) -> dict[str, bool]:
    oldest = alarms.oldest_unanswered(session)
    minutes = runtime.settings.alarms.danger_minutes
    return {
        alarms.UNANSWERED: oldest is not None and now - oldest > alarms.UNANSWERED_AFTER,
        alarms.DANGER: casework_watch.danger_unclaimed(session, runtime.key, minutes, now) > 0,
        alarms.DEAD_LETTERS: alarms.newest_dead_letter(session) is not None,
    }


def _tell(runtime: Runtime, alarm: Told) -> None:
    log.error("alarm", extra={"action": "alarm", "kind": alarm.kind})
    settings = runtime.settings.alarms
    if settings.smtp_url and settings.emails:
        since = alarm.since.astimezone(runtime.settings.timezone).strftime("%d/%m/%Y %H:%M")
        subject = texts.SUBJECT_AGAIN if alarm.again else texts.SUBJECT
        body = texts.BODY.format(what=texts.WHAT[alarm.kind], since=since)
        try:
            mail.send(settings.smtp_url, settings.sender, settings.emails, subject, body)
        except mail.MailError as error:
            log.warning("alarm not mailed", extra={"action": "alarm_not_mailed", "kind": str(error)})
    if settings.phones:
        _write(runtime, settings.phones)


def _write(runtime: Runtime, phones: tuple[str, ...]) -> None:
    with runtime.sessions.begin() as session:
        template = templates.by_name(session, texts.TEMPLATE)
        if template is None:
            # The clock gives it to Twilio (`ticks.sync_templates`); Meta has to approve it once.
            template = templates.save(session, name=texts.TEMPLATE, body=texts.TEMPLATE_BODY, samples={})
        content_sid = template.content_sid
    if content_sid is None:
        log.warning("alarm has no template", extra={"action": "alarm_without_template"})
        return
    for phone in phones:
        result = runtime.twilio.send(phone, outbox_id="alarm", content_sid=content_sid)
        if result.outcome is not Outcome.ACCEPTED:
            log.warning("alarm not written", extra={"action": "alarm_not_written", "code": result.code})
