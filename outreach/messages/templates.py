"""Message templates: made here, approved at Meta through Twilio, checked so that none reveals."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Programme, Template, TemplateState
from outreach.messages import reveal
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.texts import alarms, rights
from outreach.texts import workshops as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

SESSION_REMINDER, GROUP_NOTICE, SEAT_FREED = "session_reminder", "group_notice", "seat_freed"
SESSION_MOVED, SESSION_CANCELLED = "session_moved", "session_cancelled"
# Invites her to write, so that words that can't leave now may follow; it says nothing else.
INVITATION = "write_to_us"
# The one that opens the conversation with a woman whom an agency listed with her written consent.
FIRST_INVITATION = "first_invitation"
# Says that a request over her data was answered, where words can't leave now.
REQUEST_ANSWERED = "request_answered"
UNSUBMITTED = "unsubmitted"
"""What Twilio says of a content for which no approval was asked: the asking did not arrive."""
_LONGEST_WAIT = timedelta(hours=1)


class TemplateError(ValueError):
    """This template can't be saved; the message says why, in words for the coordinator."""


def by_name(session: Session, name: str) -> Template | None:
    """Return a template by its name."""
    return session.scalar(select(Template).where(Template.name == name))


def of_programme(session: Session, name: str, programme_id: uuid.UUID) -> Template | None:
    """Return the template of this purpose that a programme made for itself, else the product's own.

    A programme's own is called `<code of the programme>_<name>`, and counts once it is approved.
    """
    own = (
        select(Template)
        .join(Programme, Programme.id == Template.programme_id)
        .where(
            Template.programme_id == programme_id,
            Template.name == func.lower(Programme.code) + "_" + name,
            Template.state == TemplateState.APPROVED,
        )
    )
    return session.scalar(own) or by_name(session, name)


def all_of(session: Session) -> Sequence[Template]:
    """Return every template, by name."""
    return session.scalars(select(Template).order_by(Template.name)).all()


def buttons_of(template: Template) -> list[Choice]:
    """Return a template's reply buttons."""
    return [Choice(**button) for button in json.loads(template.buttons)]


def render(template: Template, variables: Mapping[str, str]) -> str:
    """Return the text she reads. Every variable must be given: Twilio falls back to samples."""
    given = cleaned(variables)
    return re.sub(r"\{\{(\d+)\}\}", lambda found: given[found.group(1)], template.body)


def cleaned(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables in one line each.

    WhatsApp refuses line breaks, tabs and more than four spaces in a row within a variable (Twilio 63013).
    """
    return {name: " ".join(value.split()) for name, value in variables.items()}


def filled(template: Template, variables: Mapping[str, str]) -> Content:
    """Return what she reads of a template with its variables: the text, its buttons, and what Twilio gets."""
    given = cleaned(variables)
    return Content(body=render(template, given), buttons=buttons_of(template), variables=given)


def save(
    session: Session,
    *,
    name: str,
    body: str,
    samples: dict[str, str],
    buttons: Sequence[Choice] = (),
    category: str = "UTILITY",
) -> Template:
    """Save a template after checking that it neither reveals nor breaks Meta's rules.

    Raises:
        TemplateError: it does.
    """
    revealing = reveal.quoted(" ".join([name.replace("_", " "), body, *(b.title for b in buttons)]))
    if revealing:
        raise TemplateError(f"La plantilla tiene palabras que pueden delatar a una mujer: {revealing}.")
    numbers = re.findall(r"\{\{(\d+)\}\}", body)
    if [int(n) for n in numbers] != list(range(1, len(numbers) + 1)) or set(samples) != set(numbers):
        raise TemplateError("Las variables van en orden, {{1}}, {{2}}…, cada una con su ejemplo.")
    if re.match(r"\s*\{\{", body) or re.search(r"\}\}\s*$", body) or "}}{{" in body.replace(" ", ""):
        raise TemplateError("Una variable no puede estar al principio, al final ni junto a otra.")
    template = by_name(session, name) or Template(name=name)
    changed = template.body != body or template.buttons != _buttons_json(buttons)
    template.body, template.samples, template.category = (
        body,
        json.dumps(samples, ensure_ascii=False),
        category,
    )
    template.buttons = _buttons_json(buttons)
    if changed:
        template.content_sid, template.state, template.checked_at = None, TemplateState.DRAFT, None
    session.add(template)
    session.flush()
    return template


def _buttons_json(buttons: Sequence[Choice]) -> str:
    return json.dumps([{"title": b.title, "payload": b.payload} for b in buttons], ensure_ascii=False)


def ensure_own(session: Session) -> None:
    """Make the templates that the product itself sends, where they are missing or have changed."""
    save(
        session,
        name=SESSION_REMINDER,
        body=texts.REMINDER_TEMPLATE,
        samples={"1": "mañana a las 10:00", "2": "Casa de la Cultura"},
        buttons=[
            Choice(texts.REMINDER_CONFIRM, "/confirm_attendance"),
            Choice(texts.REMINDER_DECLINE, "/decline_attendance"),
        ],
    )
    save(session, name=GROUP_NOTICE, body=texts.CAMPAIGN_TEMPLATE, samples={"1": "mañana a las 10:00"})
    when, then = "el martes 24 de noviembre a las 10:00", "el jueves 26 de noviembre a las 4:00 de la tarde"
    save(
        session,
        name=SESSION_MOVED,
        body=texts.MOVED_TEMPLATE,
        samples={"1": "Huerto en casa", "2": when, "3": then, "4": "Casa de la Cultura"},
    )
    save(
        session,
        name=SESSION_CANCELLED,
        body=texts.CANCELLED_TEMPLATE,
        samples={"1": "Huerto en casa", "2": when},
    )
    save(session, name=INVITATION, body=texts.INVITATION_TEMPLATE, samples={})
    save(session, name=FIRST_INVITATION, body=texts.FIRST_INVITATION_TEMPLATE, samples={})
    save(
        session,
        name=SEAT_FREED,
        body=texts.SEAT_TEMPLATE,
        samples={"1": "Huerto en casa", "2": "mañana a las 10:00"},
    )
    save(session, name=REQUEST_ANSWERED, body=rights.TEMPLATE, samples={"1": rights.SAMPLE})
    # For staff: approved before the first alert needs them.
    save(session, name=alarms.TEMPLATE, body=alarms.TEMPLATE_BODY, samples={})
    save(session, name=alarms.NOW_TEMPLATE, body=alarms.NOW_TEMPLATE_BODY, samples={})


def is_approved(template: Template) -> bool:
    """Say whether WhatsApp lets it through."""
    return template.content_sid is not None and template.state is TemplateState.APPROVED


def unfinished(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return templates to be seen to now: Twilio has not got them, or has not decided.

    Meta decides within minutes or days, so the older a template is, the longer until it is asked for again.
    """
    waiting = session.scalars(
        select(Template).where(Template.state.in_((TemplateState.DRAFT, TemplateState.PENDING)))
    )
    return [t.id for t in waiting if t.checked_at is None or now - t.checked_at >= _patience(t, now)]


def _patience(template: Template, now: datetime) -> timedelta:
    return min((now - template.created_at) / 10, _LONGEST_WAIT)


def tried(session: Session, template_id: uuid.UUID, now: datetime) -> Template:
    """Note that Twilio is asked for a template now, whatever comes of it."""
    template = session.get_one(Template, template_id)
    template.checked_at = now
    return template


def submitted(session: Session, template_id: uuid.UUID, content_sid: str) -> None:
    """Note that Twilio has the template."""
    template = session.get_one(Template, template_id)
    template.content_sid, template.state = content_sid, TemplateState.PENDING


def decided(session: Session, template_id: uuid.UUID, state: str) -> None:
    """Note what Meta says of it; a word we don't know leaves it pending."""
    template = session.get_one(Template, template_id)
    if state in set(TemplateState):
        template.state = TemplateState(state)


def samples_of(template: Template) -> dict[str, str]:
    """Return the sample values of a template's variables."""
    samples: dict[str, str] = json.loads(template.samples)
    return samples
