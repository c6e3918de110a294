"""The clock's tick that alerts staff: danger that nobody took, what waits, a trial that somebody asked for.

No message has content. Nothing is sent inside a transaction; what is to be sent was claimed before, so that a
second clock sends nothing twice. No log says that danger was alerted: beside the hour at which a message came
in, that would tell whose it was.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Case, utcnow
from outreach.casework import alerts, digest
from outreach.casework.alerts import RETRY, Recipient
from outreach.casework.case_state import read_state
from outreach.ground import mail
from outreach.messages import templates
from outreach.messages.twilio import Outcome
from outreach.staff import contacts
from outreach.texts import alarms as texts
from worker.rows import each

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.casework.alerts import Alert, Room
    from worker.runtime import Runtime

log = logging.getLogger("avanza.clock")
CALLS = 8
"""Where Twilio or the mail server is slow a message takes ten seconds."""
_last_resort: dict[str, datetime] = {}
"""When an address of the settings was last told; they have no row."""


@dataclass
class Sent:
    """What became of one message: by each way that was tried, whether it was taken."""

    recipient: Recipient
    phone: bool | None = None
    email: bool | None = None

    @property
    def taken(self) -> bool:
        """Say whether it left by any way."""
        return bool(self.phone or self.email)


def alert(runtime: Runtime) -> None:
    """Claim what is due, send it, and record who was told."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        room = alerts.look_around(session, runtime.key, runtime.settings, now)
        found, told = _due(session, runtime, room)
        contents = _contents(session) if told else {}
    if not (found or told):
        return
    outcomes = [Sent(recipient) for recipient in told]
    try:
        each("alert", outcomes, lambda one: _tell(runtime, one, contents), threads=CALLS)
    finally:
        with runtime.sessions.begin() as session:
            _note(session, runtime, outcomes, now)
            reached = {one.recipient.who for one in outcomes if one.taken}
            alerts.settle(session, runtime.key, found, reached)


def _due(session: Session, runtime: Runtime, room: Room) -> tuple[list[Alert], list[Recipient]]:
    states = [
        (case, read_state(runtime.key, case)) for case in session.scalars(select(Case).where(Case.is_open))
    ]
    found = alerts.due(session, runtime.key, room, states, runtime.settings.alarms.danger_minutes)
    told = alerts.recipients_of(found, room)
    urgent = {one.who for one in told if one.who is not None}
    waiting = digest.due(room, states, runtime.settings, besides=urgent)
    trials = [
        member
        for member in room.members
        if room.may_reach(member) and room.contacts[member.staff_id].trial_wanted
    ]
    others = {member.staff_id: (member, False) for member in trials if member.staff_id not in urgent}
    others |= {member.staff_id: (member, danger) for member, danger in waiting}
    told += [room.recipient(member, now=danger) for member, danger in others.values()]
    _claim(session, runtime, [one.who for one in told if one.who is not None], room.now)
    return found, told


def _claim(session: Session, runtime: Runtime, people: list[uuid.UUID], now: datetime) -> None:
    for row, contact in contacts.locked(session, runtime.key, people).values():
        contact.tried_at = now.isoformat()
        contacts.write(runtime.key, row, contact)


def _note(session: Session, runtime: Runtime, outcomes: list[Sent], now: datetime) -> None:
    by_person = {one.recipient.who: one for one in outcomes if one.recipient.who is not None}
    for staff_id, (row, contact) in contacts.locked(session, runtime.key, by_person.keys()).items():
        one = by_person[staff_id]
        contact.failures = 0 if one.taken else contact.failures + 1
        if one.taken:
            contact.told_at = now.isoformat()
        if contact.trial_wanted:
            contact.trial_wanted = False
            contact.trial_phone, contact.trial_email = _ended(one.phone), _ended(one.email)
        contacts.write(runtime.key, row, contact)


def _ended(taken: bool | None) -> str | None:
    return None if taken is None else contacts.SENT if taken else contacts.FAILED


def _contents(session: Session) -> dict[bool, str | None]:
    """Return what Twilio calls the two templates; the calm one stands in until the other is approved."""
    calm = templates.by_name(session, texts.TEMPLATE)
    pressing = templates.by_name(session, texts.NOW_TEMPLATE)
    usable = pressing if pressing is not None and templates.is_approved(pressing) else calm
    return {True: usable.content_sid if usable else None, False: calm.content_sid if calm else None}


def _tell(runtime: Runtime, one: Sent, contents: dict[bool, str | None]) -> None:
    to = one.recipient
    if to.who is None:
        address = to.phone or to.email or ""
        if (at := _last_resort.get(address)) is not None and utcnow() - at < RETRY:
            one.phone = True  # told a moment ago, of another case
            return
    if to.phone:
        one.phone = _write(runtime, to.phone, contents[to.now])
    if to.email:
        one.email = _mail(runtime, to.email, now=to.now)
    if to.who is None and one.taken:
        _last_resort[to.phone or to.email or ""] = utcnow()


def _write(runtime: Runtime, phone: str, content_sid: str | None) -> bool:
    if content_sid is None:
        log.warning("alert has no template", extra={"action": "alert_without_template"})
        return False
    result = runtime.twilio.send(phone, outbox_id="alarm", content_sid=content_sid)
    if result.outcome is not Outcome.ACCEPTED:
        log.warning("alert not written", extra={"action": "alert_not_written", "code": result.code})
    return result.outcome is Outcome.ACCEPTED


def _mail(runtime: Runtime, email: str, *, now: bool) -> bool:
    told = runtime.settings.alarms
    if told.smtp_url is None or told.sender is None:
        return False
    subject, body = (texts.NOW_SUBJECT, texts.NOW_MAIL) if now else (texts.SUBJECT, texts.MAIL)
    try:
        mail.send(told.smtp_url, told.sender, [email], subject, body)
    except mail.MailError as error:
        log.warning("alert not mailed", extra={"action": "alert_not_mailed", "kind": str(error)})
        return False
    return True
