"""What staff did, kept in words that name no woman and no case.

What was done in a case stands sealed, with its time, in its own thread (`outreach.casework.thread`). Here it
leaves the day only: a finer time beside a message that left then would say whose case it is. For the same
reason its events are chained apart from all others (`outreach.staff.chain`).
"""

from __future__ import annotations

import enum
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import AuditEvent, Staff, Stream

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

DESK = "desk."
"""How an action in a case begins."""


class Action(enum.StrEnum):
    """All that is recorded."""

    LOGGED_IN = "login"
    LOCKED_OUT = "login.locked"
    LOGGED_OUT = "logout"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (the name of an action)
    STAFF_ADDED = "staff.added"
    STAFF_DISABLED = "staff.disabled"
    STAFF_RESET = "staff.reset"
    STAFF_ROLE = "staff.role"
    FACTOR_SET = "factor.set"
    FACTOR_USED_RECOVERY = "factor.recovery_used"
    FACTOR_RESET = "factor.reset"
    LOGIN_ENDED = "login.ended"
    CONDUCT_AGREED = "conduct.agreed"
    ACCESS_REVIEWED = "access.reviewed"
    KEY_GRANTED = "key.granted"
    KEY_RECOVERED = "key.recovered"
    DESK_READ = "desk.read"  # in rows from before DESK_OPENED
    DESK_OPENED = "desk.opened"
    DESK_SEARCHED = "desk.searched"
    DESK_PRINTED = "desk.printed"
    DESK_TAKEN = "desk.taken"
    DESK_TAKEN_OVER = "desk.taken_over"
    DESK_OFFERED = "desk.offered"
    DESK_ACCEPTED = "desk.accepted"
    DESK_DECLINED = "desk.declined"
    DESK_REASSIGNED = "desk.reassigned"
    DESK_APPOINTED = "desk.appointed"
    DESK_ANSWERED = "desk.answered"
    DESK_STORED = "desk.stored"
    DESK_CANCELLED = "desk.cancelled"
    DESK_NOTED = "desk.noted"
    DESK_ACKNOWLEDGED = "desk.acknowledged"
    DESK_HANDED_BACK = "desk.handed_back"
    DESK_CLOSED = "desk.closed"
    DESK_CLOSE_ASKED = "desk.close_asked"
    DESK_CLOSE_APPROVED = "desk.close_approved"
    DESK_CLOSE_SENT_BACK = "desk.close_sent_back"
    DESK_CLOSE_DROPPED = "desk.close_dropped"
    DESK_REOPENED = "desk.reopened"
    DESK_COVER_ENDED = "desk.cover_ended"
    DESK_PHONE_SEEN = "desk.phone_seen"  # in rows from before DESK_PERSON_SEEN
    DESK_PERSON_SEEN = "desk.person_seen"
    DESK_MEDIA = "desk.media"
    DESK_FILE_SENT = "desk.file_sent"
    DESK_TRANSCRIPT = "desk.transcript"
    DESK_RECORD_SEEN = "desk.record_seen"
    DESK_RECORD_CHANGED = "desk.record_changed"
    DESK_TASK = "desk.task"
    DESK_REFERRED = "desk.referred"
    DESK_REFERRAL_ANSWERED = "desk.referral_answered"
    DESK_COUNTED = "desk.counted"
    DESK_BROKE_GLASS = "desk.broke_glass"
    TEAM_MADE = "team.made"
    TEAM_JOINED = "team.joined"
    TEAM_LEFT = "team.left"
    TEAM_SERVES = "team.serves"
    TEAM_KEY_CHANGED = "team.key_changed"
    TEAM_RECOVERY_MADE = "team.recovery_made"
    SESSION_CREATED = "session.created"
    SESSION_MOVED = "session.moved"
    SESSION_CANCELLED = "session.cancelled"
    ATTENDANCE_MARKED = "attendance.marked"
    ABSENCE_CALLED = "absence.called"
    COMPLETION_RULE = "completion.rule"
    REMINDER_RULES = "reminder.rules"
    GRADUATION_RECORDED = "graduation.recorded"
    GRADUATION_UNDONE = "graduation.undone"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    PAPER_SENT = "paper.sent"
    SHEET_PRINTED = "sheet.printed"
    SUPPORT_ENTERED = "support.entered"
    SUPPORT_OVER_RULE = "support.over_rule"
    SUPPORT_AVOIDED = "support.avoided"
    SUPPORT_VOIDED = "support.voided"
    SUPPORT_DECIDED = "support.decided"
    SUPPORT_RULES = "support.rules"
    FOOD_ENTERED = "food.entered"
    RESULTS_TAKEN = "results.taken"
    WOMAN_ADDED = "woman.added"
    WOMAN_CHANGED = "woman.changed"
    WOMAN_UNDONE = "woman.undone"
    WORKSHOP_SAVED = "workshop.saved"
    GROUP_SAVED = "group.saved"
    CALENDAR_CHANGED = "calendar.changed"
    PROGRAMME_SAVED = "programme.saved"
    AGENCY_SAVED = "agency.saved"
    CAMPAIGN_SCHEDULED = "campaign.scheduled"
    CAMPAIGN_STOPPED = "campaign.stopped"
    CAMPAIGN_ASKED = "campaign.asked"
    CAMPAIGN_APPROVED = "campaign.approved"
    CAMPAIGN_SENT_BACK = "campaign.sent_back"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_TAKEN = "campaign.taken"
    CAMPAIGN_TRIED_AGAIN = "campaign.tried_again"
    SENDER_CHANGED = "sender.changed"
    SENDER_PAUSED = "sender.paused"
    SENDER_RESUMED = "sender.resumed"
    LIST_TAKEN_IN = "list.taken_in"
    LIST_KEPT = "list.kept"
    LIST_CANCELLED = "list.cancelled"
    LIST_DOWNLOADED = "list.downloaded"
    TEMPLATE_SAVED = "template.saved"
    TEMPLATE_TRIED = "template.tried"
    TEMPLATE_WITHDRAWN = "template.withdrawn"
    PRICE_ENTERED = "price.entered"
    RESOURCE_CONFIRMED = "resource.confirmed"
    ANSWER_SAVED = "answer.saved"
    AUDIT_EXPORTED = "audit.exported"
    DEAD_LETTER_CLOSED = "dead_letter.closed"
    DEAD_LETTER_AGAIN = "dead_letter.again"
    DEAD_LETTER_HANDED = "dead_letter.handed"
    REQUEST_ENTERED = "request.entered"
    REQUEST_NOTED = "request.noted"
    REQUEST_ANSWERED = "request.answered"
    REQUEST_DONE = "request.done"
    REQUEST_COPY = "request.copy"
    RETENTION_RULE = "retention.rule"
    RETENTION_PAUSED = "retention.paused"
    RETENTION_RESUMED = "retention.resumed"
    BLOCKED_OPENED = "blocked.opened"
    DUPLICATE_MERGED = "duplicate.merged"
    DUPLICATE_APART = "duplicate.apart"
    DUPLICATE_UNDONE = "duplicate.undone"


def hold(session: Session, *staff_ids: uuid.UUID) -> None:
    """Hold on to people before anything of theirs or of their teams is locked.

    Locks are taken in one order: people by id, then teams, then sessions, codes and wraps. The event of a
    step refers to who acts, which takes this lock at its end. By then a change of the key may have locked
    her and wait for what the step has: both would wait for ever.
    """
    people = select(Staff.id).where(Staff.id.in_(staff_ids)).order_by(Staff.id)
    session.execute(people.with_for_update(read=True, key_share=True))


def record(session: Session, staff_id: uuid.UUID | None, action: Action, now: datetime) -> None:
    """Add one event, which the commit chains; those of the desk keep the day only (UTC)."""
    stream, at = Stream.OFFICE, now
    if action.value.startswith(DESK):
        stream, at = Stream.DESK, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    session.add(AuditEvent(staff_id=staff_id, stream=stream, action=action.value, at=at))
