"""Requests over her data as tasks of staff: entered, completed, answered and carried out in legal terms.

What is given, changed or deleted for somebody whom staff entered needs a note of how it was seen who she is;
a request of her own chat is her own number's. What is answered says only what was done.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from models import Affiliation, Conversation, DataRequest, OutboxKind, RequestOutcome, RequestState, Woman
from outreach.ground import dates
from outreach.messages import outbox, templates
from outreach.messages.may_send import window_open
from outreach.messages.outbox import Content
from outreach.people import preferences
from outreach.single_list import erasure, her_record, legal_terms
from outreach.texts import rights as texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.blocking import Stays

ACCESS, CORRECTION, ERASURE, OPPOSITION = "access", "correction", "erasure", "opposition"
KINDS: Final = (ACCESS, CORRECTION, ERASURE, OPPOSITION)
BUCKET: Final = 2048
LONGEST: Final = 500
USEFUL_FOR: Final = timedelta(days=7)
FIRST_RECEIVED: Final = timedelta(days=366)
_FORMS: Final = 0x52464F52
"""The space of the locks by a form's id: of two clicks at once the second waits for the first."""
_GRANTED = (RequestOutcome.GRANTED, RequestOutcome.PARTLY)


class RequestError(ValueError):
    """This step is not possible now; says why."""


@dataclass(frozen=True)
class Asked:
    """A request as somebody of the staff took it; `agency` is hers, None for all.

    `once` is the form's own id and becomes the request's, so that a second click makes no second receipt.
    """

    kind: str
    woman_id: uuid.UUID
    asked: str
    contact: str
    received: date
    agency: str | None
    once: uuid.UUID = field(default_factory=uuid.uuid4)


def new_number(today: date) -> str:
    """Return a receipt number."""
    return f"AV-{today:%Y}-{secrets.token_hex(4).upper()}"


def enter(session: Session, key: PersonalKey, settings: Settings, given: Asked, now: datetime) -> DataRequest:
    """Enter a request; its terms count from the day on which it was received.

    Raises:
        RequestError: she is not on the list, nothing is asked, or the day can't be.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(given.once), _FORMS))))
    known = session.get(DataRequest, given.once)
    if known is not None:
        return known
    today, said = dates.today(settings.timezone, now), _line(given.asked)
    if not said:
        raise RequestError(texts.ASKED_MISSING)
    if not today - FIRST_RECEIVED <= given.received <= today:
        raise RequestError(texts.RECEIVED_WRONG)
    if session.get(Woman, given.woman_id) is None:
        raise RequestError(texts.UNKNOWN_WOMAN)
    closed = legal_terms.closed_days(session, given.received)
    request = DataRequest(
        id=given.once,
        number=new_number(today),
        woman_id=given.woman_id,
        agency=given.agency,
        kind=given.kind,
        by_staff=True,
        created_at=_received_at(given.received, settings, now),
        answer_by=legal_terms.end(settings, closed, given.received, legal_terms.ANSWER),
    )
    _write(key, request, {"asked": said, "contact": _line(given.contact)})
    session.add(request)
    session.flush()
    return request


def _received_at(day: date, settings: Settings, now: datetime) -> datetime:
    return min(now, datetime.combine(day, time(12), settings.timezone).astimezone(now.tzinfo))


def about(key: PersonalKey, request: DataRequest) -> dict[str, Any]:
    """Return what was asked, noted and answered; empty for a request of the chat, or after her erasure."""
    if request.about_cipher is None:
        return {}
    return key.decrypt(request.about_cipher, place=f"data_request:{request.id}")


def _write(key: PersonalKey, request: DataRequest, said: dict[str, Any]) -> None:
    request.about_cipher = key.encrypt(said, place=f"data_request:{request.id}", bucket=BUCKET)


def _note(key: PersonalKey, request: DataRequest, **more: str) -> None:
    _write(key, request, about(key, request) | more)


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def prove_identity(session: Session, key: PersonalKey, request: DataRequest, how: str, now: datetime) -> None:
    """Note how it was seen who she is: what she showed, never its number.

    Raises:
        RequestError: nothing was written, or the request is over.
    """
    _is_in(request, RequestState.OPEN, RequestState.WAITING, RequestState.ANSWERED)
    if not _line(how):
        raise RequestError(texts.IDENTITY_HOW)
    _note(key, request, identity=_line(how))
    request.identity_at = now
    session.flush()


def ask_for_missing(
    session: Session, key: PersonalKey, settings: Settings, request: DataRequest, what: str, now: datetime
) -> None:
    """Ask once for what is missing, within five business days; she has ten to bring it.

    Raises:
        RequestError: too late, asked already, or nothing was written.
    """
    _is_in(request, RequestState.OPEN)
    if request.complete_by is not None:
        raise RequestError(texts.ASKED_ALREADY)
    received = dates.today(settings.timezone, request.created_at)
    closed = legal_terms.closed_days(session, received)
    if now > legal_terms.end(settings, closed, received, legal_terms.ASK_FOR_MISSING):
        raise RequestError(texts.TOO_LATE_TO_ASK)
    if not _line(what):
        raise RequestError(texts.ASKED_MISSING)
    today = dates.today(settings.timezone, now)
    request.complete_by = legal_terms.end(settings, closed, today, legal_terms.BRING_MISSING)
    _note(key, request, missing=_line(what))
    _tell(session, key, request, texts.MISSING, request.complete_by, settings, now)


def complete(session: Session, request: DataRequest, now: datetime) -> None:
    """Note that she brought what was missing; the term of the answer stays as it was, to be safe.

    Raises:
        RequestError: nothing was missing.
    """
    _is_in(request, RequestState.WAITING)
    request.completed_at = now
    session.flush()


def extend(
    session: Session, key: PersonalKey, settings: Settings, request: DataRequest, reason: str, now: datetime
) -> None:
    """Take ten business days more to answer, once, with a reason, while the first term runs.

    Raises:
        RequestError: taken already, the term is over, or no reason.
    """
    _is_in(request, RequestState.OPEN, RequestState.WAITING)
    if request.extended_at is not None:
        raise RequestError(texts.EXTENDED_ALREADY)
    if now > request.answer_by:
        raise RequestError(texts.TERM_OVER)
    if not _line(reason):
        raise RequestError(texts.REASON_MISSING)
    last = dates.today(settings.timezone, request.answer_by)
    closed = legal_terms.closed_days(session, last)
    request.answer_by = legal_terms.end(settings, closed, last, legal_terms.LONGER)
    request.extended_at = now
    _note(key, request, extended=_line(reason))
    _tell(session, key, request, texts.LONGER, request.answer_by, settings, now)


def answer(
    session: Session, key: PersonalKey, settings: Settings, request: DataRequest, outcome: RequestOutcome,
    said: str, by: uuid.UUID, now: datetime,
) -> bool:  # fmt: skip
    """Answer a request; return whether she is told in the chat. What is granted has a term of its own.

    Raises:
        RequestError: it is answered, nobody saw who she is, no words, or she may still bring what is missing.
    """
    _is_in(request, RequestState.OPEN, RequestState.WAITING)
    if outcome in _GRANTED and request.by_staff and request.identity_at is None:
        raise RequestError(texts.IDENTITY_FIRST)
    if outcome is RequestOutcome.LAPSED:
        waits = request.state is RequestState.WAITING and request.complete_by is not None
        if not waits or request.complete_by is None or now <= request.complete_by:
            raise RequestError(texts.NO_ANSWER_YET)
    elif not _line(said):
        raise RequestError(texts.REASON_MISSING)
    request.outcome, request.answered_at, request.answered_by = outcome, now, by
    _note(key, request, answer=_line(said))
    if outcome in _GRANTED:
        today = dates.today(settings.timezone, now)
        closed = legal_terms.closed_days(session, today)
        request.execute_by = legal_terms.end(settings, closed, today, legal_terms.EXECUTE)
    else:
        request.done_at = now
    return _tell(session, key, request, texts.TOLD[outcome], request.execute_by, settings, now)


@dataclass(frozen=True)
class Receipt:
    """What was done, as she reads it; `told`: it goes to her chat."""

    text: str
    told: bool


def carry_out(
    session: Session, key: PersonalKey, settings: Settings, request: DataRequest, now: datetime,
    agency: str | None = None,
) -> Receipt:  # fmt: skip
    """Do what was granted, or (a copy, a correction) note that it was done; return her receipt.

    `agency` is of who does it, None for all: one alone deletes nobody who is another's too, and gives no copy
    of a woman who is another's only.

    Raises:
        RequestError: it was not granted, is done already, she is gone from the list, or another agency's too.
    """
    if request.state is not RequestState.ANSWERED:
        raise RequestError(texts.NOT_YET if request.answered_at is None else texts.OVER)
    woman = session.get(Woman, request.woman_id) if request.woman_id else None
    if request.kind == ACCESS and woman is not None:
        may_hand_over(session, woman.id, agency)
    receipt = texts.DONE[request.kind].format(number=request.number)
    talk = last_heard(session, woman.id) if woman is not None else None
    if request.kind == ERASURE:
        if woman is None:
            raise RequestError(texts.NOTHING_TO_ERASE)
        if agency is not None and _of_another(session, woman.id, agency):
            raise RequestError(texts.OTHER_AGENCY_TOO)
        talk, stay = erasure.erase_woman(session, key, settings, woman, now)
        session.refresh(request)
        request.conversation_id = talk.id if talk is not None else None
        receipt = " ".join([receipt, *stays_in_words(stay)])
    elif request.kind == OPPOSITION and woman is not None:
        preferences.oppose(session, woman, now)
    request.done_at = now
    told = talk is not None and _send(session, key, talk, receipt, request.number, now)
    session.flush()
    return Receipt(receipt, told)


def may_hand_over(session: Session, woman_id: uuid.UUID, agency: str | None) -> None:
    """Refuse a copy of another agency's woman: whoever could enter a request would read what is not hers.

    Raises:
        RequestError: she has folios, and none at this agency (None: who coordinates all).
    """
    if not her_record.may_change(session, woman_id, agency):
        raise RequestError(texts.OTHER_AGENCY_COPY)


def _of_another(session: Session, woman_id: uuid.UUID, agency: str) -> bool:
    elsewhere = select(Affiliation.id).where(Affiliation.woman_id == woman_id, Affiliation.agency != agency)
    return session.scalar(elsewhere.limit(1)) is not None


def stays_in_words(stay: Iterable[Stays]) -> list[str]:
    """Return what an erasure leaves blocked, a sentence each."""
    return [
        texts.STAYS.format(what=texts.STAYS_OF[one.kind], day=dates.birthday(one.until), ground=one.ground)
        for one in stay
    ]


def last_heard(session: Session, woman_id: uuid.UUID) -> Conversation | None:
    """Return the conversation in which she wrote last, the newest where she never wrote."""
    newest = Conversation.last_inbound_at.desc().nulls_last(), Conversation.created_at.desc()
    return session.scalars(
        select(Conversation).where(Conversation.woman_id == woman_id).order_by(*newest).limit(1)
    ).first()


def _is_in(request: DataRequest, *states: RequestState) -> None:
    if request.state not in states:
        raise RequestError(texts.OVER)


def _tell(
    session: Session, key: PersonalKey, request: DataRequest, text: str, until: datetime | None,
    settings: Settings, now: datetime,
) -> bool:  # fmt: skip
    session.flush()
    talk = last_heard(session, request.woman_id) if request.woman_id else None
    if talk is None:
        return False
    day = dates.birthday(dates.today(settings.timezone, until)) if until is not None else ""
    return _send(session, key, talk, text.format(number=request.number, day=day), request.number, now)


def _send(
    session: Session, key: PersonalKey, talk: Conversation, text: str, number: str, now: datetime
) -> bool:
    """Answer in the chat while its window is open, else by a template that says there is an answer.

    Within the window it is a reply to what she asked, which reaches her after BAJA too.
    """
    if window_open(talk, now):
        outbox.enqueue(session, key, talk.id, OutboxKind.REPLY, Content(text))
        return True
    form = templates.of_programme(session, templates.REQUEST_ANSWERED, talk.programme_id)
    if form is None or talk.opted_out_at is not None:
        return False
    content = templates.filled(form, {"1": number})
    until = now + USEFUL_FOR
    outbox.enqueue(session, key, talk.id, OutboxKind.NOTICE, content, template_id=form.id, expires_at=until)
    return True
