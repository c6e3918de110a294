"""A template tried on one's own phone: a fixed text with its samples, to a number of staff and to no woman.

It is asked for on the page, checked as the gate checks what we initiate (approved, nothing that reveals), and
sent by the clock, once: a process that ends during the call leaves it doubtful, and nothing is sent again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, exists, func, or_, select, update

from models import (
    ChannelAddress,
    Conversation,
    ListedPhone,
    Suppression,
    Template,
    TemplateTrial,
    TrialState,
    utcnow,
)
from outreach.messages import identity, reveal, templates, templates_rules
from outreach.messages.templates import TemplateError
from outreach.staff import contacts, limits
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

MOST_AN_HOUR: Final = 5
NO_ROW: Final = "trial"
"""What the callback of a trial carries in place of the id of an outbox row."""
LOST_AFTER: Final = timedelta(minutes=1)
KEPT_FOR: Final = timedelta(days=30)
MOST_SHOWN: Final = 5
_LIMIT: Final = limits.Limit("template trial", MOST_AN_HOUR, timedelta(hours=1))


@dataclass(frozen=True)
class Call:
    """What the call to Twilio needs."""

    to: str
    content_sid: str
    variables: str
    valid_seconds: int | None


def ask(
    session: Session,
    key: PersonalKey,
    template: Template,
    staff_id: uuid.UUID,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> TemplateTrial:
    """Ask for a trial; the clock sends it. The caller commits, whatever comes of it.

    `values` stand in place of the samples of the same numbers; they are nobody's own.

    Raises:
        TemplateError: WhatsApp does not let it through, the person gave no phone or tried too often.
    """
    if not templates.is_approved(template):
        raise TemplateError(texts.NOT_APPROVED)
    phone = contacts.read(session, key, staff_id).phone
    if phone is None:
        raise TemplateError(templates_rules.Problem("phone", texts.NO_PHONE))
    if _is_hers(session, identity.read_address(key, phone).lookup):
        raise TemplateError(templates_rules.Problem("phone", texts.A_WOMANS))
    if limits.count(session, key, [(_LIMIT, str(staff_id))], now).over:
        raise TemplateError(texts.MANY_TRIALS.format(most=MOST_AN_HOUR))
    trial = TemplateTrial(
        template_id=template.id,
        staff_id=staff_id,
        state=TrialState.WAITING,
        values=json.dumps(dict(values or {}), ensure_ascii=False),
    )
    session.add(trial)
    session.flush()
    return trial


def _is_hers(session: Session, lookup: bytes) -> bool:
    """Say whether a number is that of a woman of the list, who gets nothing by way of a trial.

    A number that only wrote is not told apart here: that it did is nobody's business.
    """
    listed = exists().where(ListedPhone.lookup_hash == lookup)
    linked = exists().where(
        ChannelAddress.lookup_hash == lookup,
        Conversation.id == ChannelAddress.conversation_id,
        Conversation.woman_id.is_not(None),
    )
    return bool(session.scalar(select(or_(listed, linked))))


def _opted_out(session: Session, lookup: bytes) -> bool:
    left = exists().where(
        ChannelAddress.lookup_hash == lookup,
        Conversation.id == ChannelAddress.conversation_id,
        Conversation.opted_out_at.is_not(None),
    )
    suppressed = exists().where(Suppression.lookup_hash == lookup)
    return bool(session.scalar(select(or_(left, suppressed))))


def lately(
    session: Session, template_ids: Sequence[uuid.UUID], staff_id: uuid.UUID
) -> Sequence[TemplateTrial]:
    """Return one's own last trials of a template, newest first."""
    return session.scalars(
        select(TemplateTrial)
        .where(TemplateTrial.staff_id == staff_id, TemplateTrial.template_id.in_(template_ids))
        .order_by(TemplateTrial.created_at.desc())
        .limit(MOST_SHOWN)
    ).all()


def waiting(session: Session) -> Sequence[uuid.UUID]:
    """Return the trials that are to be sent."""
    return session.scalars(
        select(TemplateTrial.id)
        .where(TemplateTrial.state == TrialState.WAITING)
        .order_by(TemplateTrial.created_at)
    ).all()


def begin(session: Session, key: PersonalKey, trial_id: uuid.UUID, now: datetime) -> Call | None:
    """Mark a trial as sending, and return its call; None where there is nothing to send."""
    trial = session.get(TemplateTrial, trial_id, with_for_update=True)
    if trial is None or trial.state is not TrialState.WAITING:
        return None
    template = session.get_one(Template, trial.template_id)
    samples = templates.samples_of(template) | json.loads(trial.values)
    phone = contacts.read(session, key, trial.staff_id).phone
    refused = _refused(template, samples, phone)
    if phone is not None and _opted_out(session, identity.read_address(key, phone).lookup):
        # Said as of any number that takes no message: who asked for none is not told by a trial.
        refused = "unreachable"
    if refused is not None or phone is None or template.content_sid is None:
        trial.state, trial.reason = TrialState.FAILED, refused
        return None
    trial.state, trial.begun_at = TrialState.SENDING, now
    values = templates_rules.values_for(template.body, samples)
    minutes = template.valid_minutes
    return Call(
        phone, template.content_sid, json.dumps(values, ensure_ascii=False), minutes * 60 if minutes else None
    )


def _refused(template: Template, samples: dict[str, str], phone: str | None) -> str | None:
    if phone is None:
        return "no_number"
    if not templates.is_approved(template):
        return "template_not_approved"
    if reveal.revealing_words(templates.render(template, samples)):
        return "reveals"
    return None if templates_rules.are_complete(template.body, samples) else "variable_missing"


def finish(session: Session, trial_id: uuid.UUID, *, taken: bool | None, reason: str | None) -> None:
    """Note how the call ended; `taken` None: nobody knows, and it is not sent again."""
    trial = session.get_one(TemplateTrial, trial_id, with_for_update=True)
    ends = {True: TrialState.SENT, False: TrialState.FAILED, None: TrialState.DOUBTFUL}
    trial.state, trial.reason = ends[taken], None if taken else reason
    session.execute(
        delete(TemplateTrial).where(
            TemplateTrial.staff_id == trial.staff_id, TemplateTrial.created_at < utcnow() - KEPT_FOR
        )
    )


def give_up_lost(session: Session, now: datetime) -> int:
    """Call doubtful what a process left in the middle of the call; return how many."""
    lost = session.scalars(
        update(TemplateTrial)
        .where(
            TemplateTrial.state == TrialState.SENDING,
            func.coalesce(TemplateTrial.begun_at, TemplateTrial.created_at) < now - LOST_AFTER,
        )
        .values(state=TrialState.DOUBTFUL)
        .returning(TemplateTrial.id)
    ).all()
    return len(lost)
