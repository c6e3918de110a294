"""What is asked of WhatsApp about each template, when, and what its answers change.

Meta decides within minutes or days, and may reject, pause or turn off a template at any time afterwards, or
take it for another category: all are asked for, the quieter ones more seldom. A message that Twilio refuses
because of its template has that template asked for at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select, update

from models import Template, TemplateCategory, TemplateState, utcnow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

UNSUBMITTED: Final = "unsubmitted"
"""What Twilio says of a content for which no approval was asked: the asking did not arrive."""
# Rejected, paused, disabled: Twilio sends nothing of it (twilio.com/docs/api/errors/63040 to 63042).
CODES: Final = frozenset({63040, 63041, 63042})
STOPPED: Final = frozenset({TemplateState.REJECTED, TemplateState.PAUSED, TemplateState.DISABLED})
_LONGEST_WAIT: Final = timedelta(hours=1)
_RESTS: Final = {
    TemplateState.APPROVED: timedelta(minutes=15),
    TemplateState.PAUSED: timedelta(minutes=5),
    TemplateState.REJECTED: timedelta(hours=1),
    TemplateState.DISABLED: timedelta(hours=1),
}
_SETTLED: Final = timedelta(minutes=1)
_LONGEST_REASON: Final = 300


class Approval(NamedTuple):
    """What Twilio says of a template: its state in Twilio's word, with Meta's reason and category."""

    state: str
    reason: str = ""
    category: str = ""


def unfinished(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return templates to be seen to now: Twilio lacks them, or may say something else of them."""
    rows = session.scalars(
        select(Template).where(Template.withdrawn_at.is_(None)).order_by(Template.created_at)
    )
    return [one.id for one in rows if one.checked_at is None or now - one.checked_at >= _rest(one, now)]


def _rest(template: Template, now: datetime) -> timedelta:
    """Return how long nothing is asked about it: while Meta decides, the longer the older it is."""
    return _RESTS.get(template.state) or min((now - template.created_at) / 10, _LONGEST_WAIT)


def tried(session: Session, template_id: uuid.UUID, now: datetime) -> Template:
    """Note that Twilio is asked for a template now, whatever comes of it."""
    template = session.get_one(Template, template_id, with_for_update=True)
    template.checked_at = now
    return template


def submitted(session: Session, template_id: uuid.UUID, content_sid: str) -> None:
    """Note that Twilio has the template."""
    template = session.get_one(Template, template_id)
    template.content_sid, template.state = content_sid, TemplateState.PENDING


def decided(session: Session, template_id: uuid.UUID, answer: Approval, now: datetime) -> bool:
    """Note what Meta says of it; return whether its state changed. A word we don't know changes nothing."""
    template = session.get_one(Template, template_id, with_for_update=True)
    category = answer.category.upper()
    if category in set(TemplateCategory) and category != (template.meta_category or template.category):
        template.category_changed_at = now
    if category in set(TemplateCategory):
        template.meta_category = category
    if answer.state not in set(TemplateState):
        return False
    state = TemplateState(answer.state)
    template.reason = answer.reason.strip()[:_LONGEST_REASON] or None
    if state is template.state:
        return False
    template.state, template.decided_at = state, now
    return True


def doubt(session: Session, template_id: uuid.UUID | None, code: int | None) -> None:
    """Have a template asked for at once, whose message Twilio refused with one of `CODES`."""
    if template_id is None or code not in CODES:
        return
    session.execute(
        update(Template)
        .where(
            Template.id == template_id,
            Template.state == TemplateState.APPROVED,
            Template.checked_at < utcnow() - _SETTLED,
        )
        .values(checked_at=None)
        .execution_options(synchronize_session=False)
    )
