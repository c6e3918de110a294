"""Message templates: made here in versions, approved at Meta through Twilio, checked so that none reveals.

A changed text is a new version. The version before it stays in use until the new one is approved; a campaign
keeps the version that it was made with. Where several may be used, the newest that is approved is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError

from models import FIRST_PROGRAMME, Programme, Template, TemplateState, utcnow
from outreach.messages import templates_rules as rules
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.messages.templates_rules import Problem, Wording
from outreach.texts import alarms
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

SESSION_REMINDER, GROUP_NOTICE, SEAT_FREED = "session_reminder", "group_notice", "seat_freed"
SESSION_MOVED, SESSION_CANCELLED = "session_moved", "session_cancelled"
# Says that her seat is hers, where somebody of the programme entered her.
SEAT_CONFIRMED = "seat_confirmed"
# Invites her to write, so that words that can't leave now may follow; it says nothing else.
INVITATION = "write_to_us"
# The one that opens the conversation with a woman whom an agency listed with her written consent.
FIRST_INVITATION = "first_invitation"
# Says that a request over her data was answered, where words can't leave now.
REQUEST_ANSWERED = "request_answered"
NEVER_APPROVED = frozenset({TemplateState.DRAFT, TemplateState.PENDING, TemplateState.REJECTED})
FOR_STAFF = frozenset({alarms.TEMPLATE, alarms.NOW_TEMPLATE})


class TemplateError(ValueError):
    """This can't be done with the template; the message says why, in words for the coordinator.

    `problems` has each rule that is broken, with its field.
    """

    def __init__(self, *problems: Problem | str) -> None:
        """Take what is wrong; a sentence alone is about the template as a whole."""
        self.problems = [Problem("", one) if isinstance(one, str) else one for one in problems]
        super().__init__(self.problems[0].line)


def is_approved(template: Template) -> bool:
    """Say whether WhatsApp lets it through."""
    return (
        template.content_sid is not None
        and template.state is TemplateState.APPROVED
        and template.withdrawn_at is None
    )


def by_name(session: Session, name: str) -> Template | None:
    """Return the version in use of a template: the newest approved one, else the newest."""
    return session.scalar(_in_use().where(Template.name == name))


def newest(session: Session, name: str, *, lock: bool = False) -> Template | None:
    """Return the newest version, whatever became of it."""
    query = select(Template).where(Template.name == name).order_by(Template.version.desc()).limit(1)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def versions(session: Session, name: str) -> Sequence[Template]:
    """Return all versions of a template, newest first."""
    return session.scalars(
        select(Template).where(Template.name == name).order_by(Template.version.desc())
    ).all()


def of_programme(session: Session, name: str, programme_id: uuid.UUID) -> Template | None:
    """Return the template of this purpose that a programme made for itself, else the product's own.

    A programme's own is called `<code of the programme>_<name>`, and counts once it is approved.
    """
    own = (
        _in_use()
        .join(Programme, Programme.id == Template.programme_id)
        .where(
            Template.programme_id == programme_id,
            Template.name == own_name(Programme.code, name),
            Template.state == TemplateState.APPROVED,
        )
    )
    return session.scalar(own) or by_name(session, name)


def own_name(code: Any, purpose: str) -> Any:  # noqa: ANN401 (a text, or a column of them)
    """Return how a programme's own template of a purpose is called; WhatsApp takes no hyphens."""
    if isinstance(code, str):
        return f"{code.lower().replace('-', '_')}_{purpose}"
    return func.replace(func.lower(code), "-", "_") + "_" + purpose


def purpose_of(name: str) -> str | None:
    """Return the purpose of a template that the code fills; None: people fill its variables."""
    by_code = [one for one in texts.GIVEN if one not in texts.BY_PEOPLE]
    return next((one for one in by_code if name == one or name.endswith(f"_{one}")), None)


def all_of(session: Session) -> Sequence[Template]:
    """Return the version in use of every template that was not withdrawn, by name."""
    return session.scalars(_in_use()).all()


@dataclass(frozen=True)
class Line:
    """A template as a list shows it: the version in use, and a newer one that is not."""

    used: Template
    newer: Template | None
    versions: int


def listed(session: Session) -> tuple[list[Line], list[Template]]:
    """Return every template by name, in one statement, and the newest version of each that was withdrawn."""
    rows = session.scalars(select(Template).order_by(Template.name, Template.version.desc())).all()
    lines, withdrawn = [], []
    for _, of_name in groupby(rows, key=attrgetter("name")):
        found = list(of_name)
        standing = [one for one in found if one.withdrawn_at is None]
        if not standing:
            withdrawn.append(found[0])
            continue
        open_ones = [one for one in standing if one.replaced_at is None] or standing
        used = next((one for one in open_ones if one.state is TemplateState.APPROVED), open_ones[0])
        newer = standing[0] if standing[0].version > used.version else None
        lines.append(Line(used, newer, len(found)))
    return lines, withdrawn


def usable(session: Session, programme_id: uuid.UUID) -> Sequence[Template]:
    """Return what a programme may send now: approved, newest, not withdrawn; its own and the product's."""
    return [
        one
        for one in session.scalars(
            _in_use().where(or_(Template.programme_id == programme_id, Template.name.in_(texts.GIVEN)))
        )
        if is_approved(one) and one.name not in FOR_STAFF
    ]


def _in_use() -> Select[Template]:
    """Select one version a name. A version that was replaced before it was approved is never in use."""
    return (
        select(Template)
        .where(Template.withdrawn_at.is_(None), Template.replaced_at.is_(None))
        .ext(distinct_on(Template.name))
        .order_by(Template.name, (Template.state == TemplateState.APPROVED).desc(), Template.version.desc())
    )


def name_at_meta(template: Template) -> str:
    """Return how a version is called at WhatsApp, where no two may share a name."""
    return template.name if template.version == 1 else f"{template.name}_v{template.version}"


def buttons_of(template: Template) -> list[Choice]:
    """Return a template's reply buttons."""
    return [Choice(**button) for button in json.loads(template.buttons)]


def samples_of(template: Template) -> dict[str, str]:
    """Return the sample values of a template's variables."""
    samples: dict[str, str] = json.loads(template.samples)
    return samples


def names_of(template: Template) -> dict[str, str]:
    """Return what each variable of a template is for."""
    names: dict[str, str] = json.loads(template.variable_names)
    return names


def render(template: Template, variables: Mapping[str, str]) -> str:
    """Return the text she reads; a variable without a value leaves its place empty, and the gate stops it."""
    return rules.filled_in(template.body, variables)


def cleaned(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables in one line each, as WhatsApp takes them."""
    return {name: rules.cleaned(value) for name, value in variables.items()}


def filled(template: Template, variables: Mapping[str, str]) -> Content:
    """Return what she reads of a template with its variables: the text, its buttons, and what Twilio gets."""
    given = rules.values_for(template.body, variables)
    return Content(body=render(template, given), buttons=buttons_of(template), variables=given)


def save(
    session: Session,
    *,
    name: str,
    body: str,
    samples: Mapping[str, str],
    names: Mapping[str, str] | None = None,
    buttons: Sequence[Choice] = (),
    category: str = "UTILITY",
    language: str = "es_MX",
    valid_minutes: int | None = None,
    programme_id: uuid.UUID = FIRST_PROGRAMME,
    built_in: bool = False,
) -> Template:
    """Save a template after checking that it neither reveals nor breaks WhatsApp's rules.

    What Meta decides about makes a new version where the last one may have reached Twilio; names of variables
    and the time to live are changed in place.

    Raises:
        TemplateError: it does, or somebody made one of that name at the same moment.
    """
    wording = Wording(
        name, body.strip(), dict(samples), dict(names or {}), list(buttons), category, language, valid_minutes
    )
    _check(wording)
    return _save(session, wording, newest(session, name, lock=True), programme_id, built_in=built_in)


def add(session: Session, wording: Wording, programme_id: uuid.UUID) -> Template:
    """Save a new template as somebody wrote it.

    Raises:
        TemplateError: it breaks a rule, or there is one of that name.
    """
    _check(wording, named=True)
    purpose = purpose_of(wording.name)
    if purpose is not None and wording.name not in _own_names(session, programme_id, purpose):
        raise TemplateError(Problem("name", texts.RESERVED))
    if newest(session, wording.name) is not None:
        raise TemplateError(Problem("name", texts.TAKEN))
    return _save(session, wording, None, programme_id)


def _own_names(session: Session, programme_id: uuid.UUID, purpose: str) -> set[str]:
    code = session.scalar(select(Programme.code).where(Programme.id == programme_id))
    return {purpose} if code is None else {purpose, str(own_name(code, purpose))}


def change(session: Session, template: Template, wording: Wording) -> Template:
    """Save what somebody made of a version; return the version that holds it, a new one for a new text.

    Raises:
        TemplateError: it breaks a rule, or a newer version was made meanwhile.
    """
    _check(wording, named=True)
    last = newest(session, template.name, lock=True)
    if last is None or last.id != template.id:
        raise TemplateError(texts.NOT_THE_NEWEST)
    return _save(session, wording, last, template.programme_id)


def _save(
    session: Session,
    wording: Wording,
    last: Template | None,
    programme_id: uuid.UUID,
    *,
    built_in: bool = False,
) -> Template:
    if last is not None and last.withdrawn_at is None and _told(last) == _values(wording):
        _note(last, wording, built_in=built_in)
    elif last is not None and _unseen(last):
        _write(last, wording, built_in=built_in)
    else:
        last = _add(session, wording, last, programme_id, built_in=built_in)
    session.flush()
    return last


def submit_again(session: Session, last: Template) -> Template:
    """Hand what WhatsApp rejected or turned off in again, as a new version of the same text."""
    wording = Wording(
        last.name, last.body, samples_of(last), names_of(last), buttons_of(last),
        last.category, last.language, last.valid_minutes,
    )  # fmt: skip
    return _add(session, wording, last, last.programme_id, built_in=last.built_in)


def check(wording: Wording, *, named: bool = False) -> list[Problem]:
    """Return all that keeps a template from being saved."""
    found = rules.problems(wording, named=named)
    given = texts.GIVEN.get(purpose_of(wording.name) or "")
    if given is not None and len(rules.numbers_in(wording.body)) > len(given):
        parts = ", ".join(f"{{{{{place}}}}} {what}" for place, what in enumerate(given, start=1))
        found.append(Problem("body", texts.OF_THE_PRODUCT.format(given=parts or "nada")))
    return found


def _check(wording: Wording, *, named: bool = False) -> None:
    if found := check(wording, named=named):
        raise TemplateError(*found)


def _unseen(template: Template) -> bool:
    """Say whether Twilio was never asked for it, so that nothing can have been made of its text."""
    return (
        template.state is TemplateState.DRAFT
        and template.content_sid is None
        and template.checked_at is None
        and template.withdrawn_at is None
    )


def _add(
    session: Session, wording: Wording, last: Template | None, programme_id: uuid.UUID, *, built_in: bool
) -> Template:
    made = Template(
        name=wording.name,
        programme_id=last.programme_id if last else programme_id,
        version=last.version + 1 if last else 1,
        supersedes_id=last.id if last else None,
        state=TemplateState.DRAFT,
    )
    _write(made, wording, built_in=built_in)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        raise TemplateError(Problem("name", texts.TAKEN)) from None
    if last is not None and last.state in NEVER_APPROVED:
        last.replaced_at = utcnow()
    return made


def _write(template: Template, wording: Wording, *, built_in: bool) -> None:
    for column, value in _values(wording).items():
        setattr(template, column, value)
    _note(template, wording, built_in=built_in)


def _note(template: Template, wording: Wording, *, built_in: bool) -> None:
    """Set what Meta is not told."""
    template.variable_names = _json(wording.names)
    template.valid_minutes = wording.valid_minutes
    template.built_in = built_in


def _values(wording: Wording) -> dict[str, str]:
    return {
        "body": wording.body,
        "samples": _json(wording.samples),
        "buttons": _json([{"title": b.title, "payload": b.payload} for b in wording.buttons]),
        "category": wording.category,
        "language": wording.language,
    }


def _told(template: Template) -> dict[str, str]:
    return {name: getattr(template, name) for name in ("body", "samples", "buttons", "category", "language")}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def withdraw(session: Session, template: Template, now: datetime) -> None:
    """Let nothing of a template leave any more, in any of its versions.

    Raises:
        TemplateError: the product needs it, or it was withdrawn before.
    """
    if template.name in texts.GIVEN:
        raise TemplateError(texts.IN_USE)
    withdrawn = session.scalars(
        update(Template)
        .where(Template.name == template.name, Template.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(Template.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if not withdrawn:
        raise TemplateError(texts.WITHDRAWN)
