"""Her rights over her data: requests with their legal dates, and copies (LGPDPPSO arts. 45 to 51).

Two copies: the lines of the chat, and the whole record for whoever proves who she is. The chat's leaves out
her other numbers, for another may hold this phone. Never is anything confidential part of either.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import (
    AbsenceCall,
    Affiliation,
    Agency,
    Attendance,
    AttendanceMark,
    Certificate,
    Consent,
    Conversation,
    DataRequest,
    Enrolment,
    FoodSecurityInterview,
    Graduation,
    Group,
    InboundMessage,
    Municipality,
    RequestOutcome,
    Rsvp,
    Workshop,
)
from models import Session as Meeting
from outreach.ground import dates
from outreach.messages import conversation_state, inbox, outbox, unlinking
from outreach.people import axes, registry
from outreach.people.contact_hours import EVERY_DAY, days_in_words
from outreach.people.details import import_source
from outreach.programme import enrolment, waiting_list
from outreach.single_list import her_copy, history, legal_terms, requests
from outreach.single_list.erasure import erase, finish
from outreach.single_list.requests import ACCESS, ERASURE
from outreach.texts import herself as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

__all__ = [
    "ACCESS",
    "ERASURE",
    "close",
    "erase",
    "finish",
    "handed_over",
    "open_request",
    "readable_copy",
    "whole_record",
]


def open_request(
    session: Session, settings: Settings, conversation: Conversation, kind: str, now: datetime
) -> DataRequest:
    """Start a request; its number is her receipt, its term twenty business days (LGPDPPSO art. 49)."""
    today = dates.today(settings.timezone, now)
    closed = legal_terms.closed_days(session, today, conversation.programme_id)
    request = DataRequest(
        number=requests.new_number(today),
        conversation_id=conversation.id,
        woman_id=conversation.woman_id,
        kind=kind,
        created_at=now,
        answer_by=legal_terms.end(settings, closed, today, legal_terms.ANSWER),
    )
    session.add(request)
    session.flush()
    return request


def close(session: Session, request: DataRequest, now: datetime) -> None:
    """Note that a request of the chat was granted and done at once."""
    request.outcome, request.answered_at, request.done_at = RequestOutcome.GRANTED, now, now
    session.flush()


def readable_copy(
    session: Session,
    key: PersonalKey,
    conversation: Conversation,
    state: PrivateState,
) -> list[str]:
    """Return what is held about her, a line each; never anything confidential (the phone is unverified)."""
    woman = registry.woman_of(session, conversation)
    if woman is None:
        return []
    details = registry.read_details(key, woman)
    place = session.get(Municipality, woman.municipality) if woman.municipality else None
    seat = enrolment.current(session, woman.id)
    born = details.birth_date and dates.birthday(date.fromisoformat(details.birth_date))
    born = born or (details.birth_year and texts.BORN_IN.format(year=details.birth_year))
    axis = axes.all_names(session).get(woman.axis or "", "")
    shared = {None: "", True: texts.PHONE_SHARED, False: texts.PHONE_HERS}[state.phone_shared]
    values = {
        "preferred_name": details.preferred_name,
        "full_name": details.full_name,
        "birth_date": born,
        "municipality": place.name if place else "",
        "locality": details.locality,
        "children": details.children,
        "axis": axis[:1].lower() + axis[1:],
        "curp": details.curp,
        "folio": "; ".join(_folios(session, key, woman)),
        "group": waiting_list.group_of(session, seat).workshop.name if seat else "",
        "attended": _attended(session, woman.id),
        "food": _interviews(session, woman.id),
        "language": state.language or "",
        "phone_shared": shared,
        "reminders": texts.REMINDERS_OFF if conversation.opted_out_at else texts.REMINDERS_ON,
        "hours": _hours_in_words(state),
    }
    agencies = {import_source(row.code): row.name for row in session.scalars(select(Agency))}
    lines = []
    for name, value in values.items():
        if value:
            given = details.sources.get(name)
            by = agencies.get(given.who) if given else None
            lines.append(
                f"• {texts.MY_DATA_LABELS[name]}: {value}" + (texts.GIVEN_BY.format(agency=by) if by else "")
            )
    return lines


def _folios(session: Session, key: PersonalKey, woman: Woman) -> Iterator[str]:
    query = (
        select(Affiliation, Agency.name)
        .join(Agency, Agency.code == Affiliation.agency)
        .where(Affiliation.woman_id == woman.id)
        .order_by(Affiliation.created_at)
    )
    for row, agency in session.execute(query):
        folio = registry.read_folio(key, row)
        agreed = texts.AGREED_ON.format(day=dates.birthday(row.consent_on)) if row.consent_on else ""
        yield f"{agency}, {folio}{agreed}"


def _attended(session: Session, woman_id: uuid.UUID) -> str:
    rows = session.scalars(select(Attendance.state).where(Attendance.woman_id == woman_id)).all()
    present = sum(state.value == "present" for state in rows)
    return texts.ATTENDED_OF.format(present=present, noted=len(rows)) if rows else ""


def _interviews(session: Session, woman_id: uuid.UUID) -> str:
    rows = session.scalars(
        select(FoodSecurityInterview.asked_on)
        .where(FoodSecurityInterview.woman_id == woman_id, FoodSecurityInterview.replaced_by.is_(None))
        .order_by(FoodSecurityInterview.asked_on)
    )
    return ", ".join(dates.birthday(day) for day in rows)


def _hours_in_words(state: PrivateState) -> str:
    if not (state.contact_from and state.contact_until):
        return ""
    days = EVERY_DAY if state.contact_days is None else frozenset(state.contact_days)
    start, end = dates.span(state.contact_from, state.contact_until)
    return f"{days_in_words(days)}, de {start} a {end}"


def whole_record(
    session: Session, key: PersonalKey, woman: Woman, now: datetime, reader: str | None = None
) -> dict[str, Any]:
    """Return everything held about a woman as JSON types, for a copy handed over by a person (art. 51).

    Whoever calls it has proof of who she is. What is sealed is not here: the casework team gives it. `reader`
    is the agency of who hands it over: of another agency's supports only kind and day are then in it.
    """
    details = registry.read_details(key, woman)
    hers = session.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).all()
    return {
        "record": {
            **{name: getattr(details, name) for name in details.given()},
            "municipality": woman.municipality,
            "axis": woman.axis,
            "created_at": woman.created_at.isoformat(),
            "opposed_at": woman.opposed_at.isoformat() if woman.opposed_at else None,
        },
        "sources": {name: [source.who, source.at] for name, source in details.sources.items()},
        "aside": details.aside,
        "folios": [
            {"agency": row.agency, "folio": registry.read_folio(key, row),
             "consent_on": row.consent_on.isoformat() if row.consent_on else None}
            for row in session.scalars(select(Affiliation).where(Affiliation.woman_id == woman.id))
        ],
        "groups": [
            {"group": code, "workshop": name, "state": seat.state.value, "since": seat.created_at.isoformat()}
            for seat, code, name in session.execute(
                select(Enrolment, Group.code, Workshop.name)
                .join(Group, Group.id == Enrolment.group_id)
                .join(Workshop, Workshop.id == Group.workshop_id)
                .where(Enrolment.woman_id == woman.id)
            )
        ],
        "answers": _of_sessions(session, Rsvp, "answer", woman.id),
        "attendance": _of_sessions(session, Attendance, "state", woman.id),
        "attendance_marks": [
            {"session": code, "state": row.state.value, "by": row.source.value,
             "at": row.marked_at.isoformat()}
            for row, code in session.execute(
                select(AttendanceMark, Meeting.code)
                .join(Meeting, Meeting.id == AttendanceMark.session_id)
                .where(AttendanceMark.woman_id == woman.id)
                .order_by(AttendanceMark.marked_at)
            )
        ],
        "calls_after_absences": [
            {"result": row.result.value, "at": row.called_at.isoformat()}
            for row in session.scalars(select(AbsenceCall).where(AbsenceCall.woman_id == woman.id))
        ],
        "graduations": [
            {"workshop": name, "day": row.day.isoformat(), "taken_back": row.undone_at is not None}
            for row, name in session.execute(
                select(Graduation, Workshop.name)
                .outerjoin(Workshop, Workshop.id == Graduation.workshop_id)
                .where(Graduation.woman_id == woman.id)
            )
        ],
        "certificates": [
            {"issued_at": row.issued_at.isoformat(), "revoked": row.revoked_at is not None,
             **key.decrypt(row.content_cipher, place=f"certificate:{row.id}")}
            for row in session.scalars(select(Certificate).where(Certificate.woman_id == woman.id))
        ],
        "food_security": [
            {"moment": row.moment, "asked_on": row.asked_on.isoformat(), "source": row.source,
             "stands": row.replaced_by is None, "at": row.created_at.isoformat(),
             **key.decrypt(row.answers_cipher, place=f"food:{row.id}")}
            for row in session.scalars(
                select(FoodSecurityInterview).where(FoodSecurityInterview.woman_id == woman.id)
            )
        ],
        "changes": history.of_her_copy(session, key, woman.id),
        "conversations": [_conversation(session, key, each, now) for each in hers],
        **her_copy.more(session, key, woman, reader),
    }  # fmt: skip


def handed_over(
    session: Session, key: PersonalKey, woman: Woman, now: datetime, reader: str | None
) -> dict[str, Any]:
    """Return her record as somebody of the programme hands it over: without the messages of her chat.

    She has them on her phone. Whose words are sealed has none here, so that their lack would tell of a case.
    """
    whole = whole_record(session, key, woman, now, reader)
    for talk in whole["conversations"]:
        del talk["received"], talk["sent"]
    return whole


def _of_sessions(
    session: Session, noun: type[Rsvp | Attendance], column: str, woman_id: uuid.UUID
) -> list[dict[str, str]]:
    rows = session.execute(
        select(Meeting.code, getattr(noun, column), noun.updated_at)
        .join(Meeting, Meeting.id == noun.session_id)
        .where(noun.woman_id == woman_id)
    )
    return [{"session": code, column: said.value, "at": at.isoformat()} for code, said, at in rows]


def _conversation(
    session: Session, key: PersonalKey, conversation: Conversation, now: datetime
) -> dict[str, Any]:
    state = conversation_state.read(key, conversation)
    received = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.conversation_id == conversation.id)
        .order_by(InboundMessage.seq)
    )
    read = (inbox.read(key, row) for row in received if not inbox.is_blank(key, row))
    return {
        "addresses": [
            str(key.decrypt(row.address_cipher, place=f"address:{row.id}")["address"])
            for row in conversation.addresses
        ],
        "opted_out_at": conversation.opted_out_at.isoformat() if conversation.opted_out_at else None,
        "preferred_name": state.preferred_name,
        "language": state.language,
        "phone_shared": state.phone_shared,
        "hours": _hours_in_words(state),
        "consents": [
            {"kind": row.kind, "given": row.given, "notice": row.notice, "version": row.version,
             "at": row.created_at.isoformat()}
            for row in session.scalars(select(Consent).where(Consent.conversation_id == conversation.id))
        ],
        "received": [
            {"at": one.received_at.isoformat(), "text": one.text}
            | ({"transcript": True} if one.by_voice else {})
            for one in read
        ],
        "sent": list(_sent(session, key, conversation, now)),
    }  # fmt: skip


def _sent(
    session: Session, key: PersonalKey, conversation: Conversation, now: datetime
) -> Iterator[dict[str, str]]:
    for row in unlinking.of_conversation(session, key, conversation, now):
        content = outbox.read_content(key, row)
        if content.body and not content.confidential:
            yield {"at": row.created_at.isoformat(), "text": content.body}
