"""Requests over her data: legal terms, who she is before anything is given, receipts of what was done."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ledger import give
from people import NOW, add_enrolled, add_woman
from sqlalchemy import func, select
from test_consent import apply

from models import (
    BlockedRecord,
    Conversation,
    DataKind,
    DataRequest,
    Holiday,
    HolidayKind,
    OutboxKind,
    OutboxMessage,
    RequestOutcome,
    RequestState,
    Role,
    Support,
    Woman,
)
from outreach.messages import inbox, outbox
from outreach.messages.reveal import revealing_words
from outreach.people import food_security, registry
from outreach.people.details import Details
from outreach.single_list import erasure, her_copy, legal_terms, requests, retention, rights
from outreach.single_list.linking import merging, parking
from outreach.single_list.requests import Asked, RequestError
from outreach.staff import accounts
from outreach.texts import herself
from outreach.texts import rights as texts
from outreach.turns.effects import EraseMyData, TellMyData

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

TODAY = NOW.date()
GRANTED, REFUSED = RequestOutcome.GRANTED, RequestOutcome.REFUSED
KEPT = DataKind.SUPPORT


@pytest.fixture
def rosa(session: Session) -> uuid.UUID:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    found = accounts.find(session, "rosa")
    assert found is not None
    return found.id


def entered(
    db: Session, key: PersonalKey, settings: Settings, woman: Woman, kind: str = requests.ACCESS,
    received: date = TODAY, asked: str = "quiere su copia",
) -> DataRequest:  # fmt: skip
    given = Asked(kind, woman.id, asked, "en la oficina", received, "DIF")
    return requests.enter(db, key, settings, given, NOW)


def local(settings: Settings, moment: datetime | None) -> date:
    assert moment is not None
    return moment.astimezone(settings.timezone).date()


def sent(db: Session, key: PersonalKey) -> list[tuple[OutboxKind, str]]:
    rows = db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
    return [(row.kind, outbox.read_content(key, row).body) for row in rows]


def test_terms_are_business_days(session: Session, key: PersonalKey, settings: Settings) -> None:
    """From the day it was received; a closed day of the state stops the term, one of the school does not."""
    woman, _ = add_woman(session, key)
    # Monday 23 November 2026 and twenty business days: 21 December, Christmas not reached.
    request = entered(session, key, settings, woman)
    assert local(settings, request.answer_by) == date(2026, 12, 21)
    session.add(Holiday(day=date(2026, 12, 1), name="Cierre", kind=HolidayKind.STATE))
    session.add(Holiday(day=date(2026, 12, 2), name="Escuela", kind=HolidayKind.SCHOOL))
    later = entered(session, key, settings, woman, received=date(2026, 11, 20))
    assert local(settings, later.answer_by) == date(2026, 12, 21)
    closed = legal_terms.closed_days(session, date(2026, 11, 1))
    assert legal_terms.days_left(settings, closed, NOW, request.answer_by) == 19
    assert legal_terms.days_left(settings, closed, NOW, NOW) == 0
    assert legal_terms.days_left(settings, closed, NOW, NOW - timedelta(days=3)) == -1
    for wrong in (TODAY + timedelta(days=1), TODAY - timedelta(days=400)):
        with pytest.raises(RequestError):
            entered(session, key, settings, woman, received=wrong)
    with pytest.raises(RequestError):
        entered(session, key, settings, woman, asked="  ")


@pytest.mark.parametrize("kind", requests.KINDS)
def test_nothing_is_granted_before_it_is_seen_who_she_is(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID, kind: str
) -> None:
    """Whoever asks from another number, or at the office, may be anybody; refusing needs no proof."""
    woman, _ = add_woman(session, key)
    request = entered(session, key, settings, woman, kind)
    with pytest.raises(RequestError, match="comprobó"):
        requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    with pytest.raises(RequestError):
        requests.carry_out(session, key, settings, request, NOW)
    with pytest.raises(RequestError):
        requests.prove_identity(session, key, request, " ", NOW)
    requests.prove_identity(session, key, request, "credencial para votar", NOW)
    assert requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    assert request.state is RequestState.ANSWERED
    assert local(settings, request.execute_by) == date(2026, 12, 14)
    other = entered(session, key, settings, woman, kind)
    requests.answer(session, key, settings, other, REFUSED, "no es suyo", rosa, NOW)
    assert other.state is RequestState.DONE


def test_what_is_missing_is_asked_once_in_time(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """Five business days to ask, ten to bring it; then, and only then, it may be closed."""
    woman, _ = add_woman(session, key)
    old = entered(session, key, settings, woman, received=date(2026, 11, 10))
    with pytest.raises(RequestError):
        requests.ask_for_missing(session, key, settings, old, "su CURP", NOW)
    request = entered(session, key, settings, woman)
    requests.ask_for_missing(session, key, settings, request, "su CURP", NOW)
    assert request.state.value == "waiting"
    assert local(settings, request.complete_by) == date(2026, 12, 7)
    lapsed = RequestOutcome.LAPSED
    with pytest.raises(RequestError):
        requests.answer(session, key, settings, request, lapsed, "", rosa, NOW)
    requests.complete(session, request, NOW)
    assert request.state.value == "open"
    with pytest.raises(RequestError):
        requests.ask_for_missing(session, key, settings, request, "otra cosa", NOW)
    never = entered(session, key, settings, woman)
    requests.ask_for_missing(session, key, settings, never, "su CURP", NOW)
    requests.answer(session, key, settings, never, lapsed, "", rosa, NOW + timedelta(days=16))
    assert (never.state, never.outcome) == (RequestState.DONE, lapsed)


def test_the_term_is_longer_once(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Ten business days more, with a reason, while the first term runs."""
    woman, _ = add_woman(session, key)
    request = entered(session, key, settings, woman)
    for reason, at in ((" ", NOW), ("mucho que buscar", NOW + timedelta(days=40))):
        with pytest.raises(RequestError):
            requests.extend(session, key, settings, request, reason, at)
    requests.extend(session, key, settings, request, "mucho que buscar", NOW)
    # 25 December and 1 January are federal days of rest.
    assert local(settings, request.answer_by) == date(2027, 1, 6)
    with pytest.raises(RequestError):
        requests.extend(session, key, settings, request, "más", NOW)


def test_she_is_told_what_was_done(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """In her chat as a reply while its window is open; else a template with the number alone."""
    woman, talk = add_woman(session, key)
    request = entered(session, key, settings, woman, requests.OPPOSITION)
    requests.prove_identity(session, key, request, "credencial", NOW)
    requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    receipt = requests.carry_out(session, key, settings, request, NOW)
    assert receipt.told
    assert talk.opted_out_at is not None
    said = sent(session, key)
    assert [kind for kind, _ in said] == [OutboxKind.REPLY] * 2
    assert said[-1][1] == texts.DONE["opposition"].format(number=request.number)
    with pytest.raises(RequestError):
        requests.carry_out(session, key, settings, request, NOW)
    talk.last_inbound_at, talk.opted_out_at = NOW - timedelta(days=3), None
    other = entered(session, key, settings, woman)
    assert requests.answer(session, key, settings, other, REFUSED, "por esto", rosa, NOW)
    kind, body = sent(session, key)[-1]
    assert kind is OutboxKind.NOTICE
    assert other.number in body
    assert "por esto" not in json.dumps([line for _, line in sent(session, key)])
    talk.opted_out_at = NOW
    again = entered(session, key, settings, woman)
    assert not requests.answer(session, key, settings, again, REFUSED, "por esto", rosa, NOW)


def test_no_text_of_a_request_reveals() -> None:
    """P5: whoever holds her phone may read every one of them."""
    words = [*texts.TOLD.values(), *texts.DONE.values(), *texts.STAYS_OF.values(), texts.STAYS,
             texts.MISSING, texts.LONGER, texts.TEMPLATE]  # fmt: skip
    assert not revealing_words(" ".join(words))


@pytest.mark.usefixtures("recovery_key")
def test_an_erasure_by_staff_leaves_nothing(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """Her record, what she asked and how it was seen who she is go; number, kind and dates stay."""
    woman, talk, _ = add_enrolled(session, key)
    give(session, key, woman, "2026-10-10")
    earlier = entered(session, key, settings, woman)
    request = entered(session, key, settings, woman, requests.ERASURE)
    requests.prove_identity(session, key, request, "credencial", NOW)
    requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    receipt = requests.carry_out(session, key, settings, request, NOW)
    assert receipt.text == texts.DONE["erasure"].format(number=request.number)
    for noun in (Woman, Support, BlockedRecord):
        assert session.scalar(select(func.count()).select_from(noun)) == 0
    assert (request.about_cipher, request.woman_id, earlier.about_cipher) == (None, None, None)
    assert request.done_at is not None
    # Her address goes once the receipt has left, as it does for an erasure of the chat.
    assert erasure.finish(session, key, NOW + timedelta(days=2)) == 1
    session.refresh(talk)
    address = talk.addresses[0]
    assert key.decrypt(address.address_cipher, place=f"address:{address.id}") == {"address": ""}


def test_an_erasure_says_what_stays_and_why(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """A rule with its ground keeps what is younger: apart, under no name outside, until its day."""
    woman, _ = add_woman(session, key)
    give(session, key, woman, "2026-10-10")
    give(session, key, woman, "2020-01-10")
    retention.set_rule(
        session, key, KEPT, months=60, on_erasure=True, ground="Reglas de operación, 12", reason="x", by=rosa,
        now=NOW,
    )  # fmt: skip
    request = entered(session, key, settings, woman, requests.ERASURE)
    requests.prove_identity(session, key, request, "credencial", NOW)
    requests.answer(session, key, settings, request, RequestOutcome.PARTLY, "se guarda", rosa, NOW)
    receipt = requests.carry_out(session, key, settings, request, NOW)
    assert texts.STAYS_OF["support"] in receipt.text
    assert "10 de octubre de 2031" in receipt.text
    assert "Reglas de operación, 12" in receipt.text
    record = session.scalars(select(BlockedRecord)).one()
    assert (record.woman_id, record.asked) == (None, True)
    assert session.scalar(select(func.count()).select_from(Support)) == 0


def test_one_agency_deletes_nobody_who_is_anothers_too(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """The task stays, with its term; who coordinates all agencies does it."""
    woman, _ = add_woman(session, key)
    registry.affiliate(session, key, woman, "DIF", "D-1", source="import")
    registry.affiliate(session, key, woman, "SSAS", "S-1", source="import")
    request = entered(session, key, settings, woman, requests.ERASURE)
    requests.prove_identity(session, key, request, "credencial", NOW)
    requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    with pytest.raises(RequestError, match="otra dependencia"):
        requests.carry_out(session, key, settings, request, NOW, "DIF")
    assert session.get(Woman, woman.id) is not None
    requests.carry_out(session, key, settings, request, NOW)
    assert session.scalar(select(func.count()).select_from(Woman)) == 0


def test_somebody_on_the_list_alone_is_erased_too(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """Without a conversation there is nobody to tell, and nothing is left."""
    woman = registry.add_woman(session, key, Details(full_name="Sola Prueba"), municipality=None, axis=None)
    request = entered(session, key, settings, woman, requests.ERASURE)
    requests.prove_identity(session, key, request, "credencial", NOW)
    assert not requests.answer(session, key, settings, request, GRANTED, "procede", rosa, NOW)
    assert not requests.carry_out(session, key, settings, request, NOW).told
    assert session.scalar(select(func.count()).select_from(Woman)) == 0


def test_her_copy_holds_all_that_hangs_on_her(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Supports, requests, merges and every table that names her; of another agency only kind and day."""
    woman, _, _ = add_enrolled(session, key)
    give(session, key, woman, "2026-10-10", "SSAS")
    give(session, key, woman, "2026-11-10", "DIF")
    food_security.save(session, key, woman, {"q1": "yes"}, "start", asked_on=NOW.date())
    entered(session, key, settings, woman, asked="quiere todo")
    other = registry.add_woman(
        session, key, Details(full_name="Prueba Número Uno", locality="otralocalidad"), municipality=None,
        axis=None,
    )  # fmt: skip
    merging.merge(session, key, woman.id, other.id, NOW)
    kept = session.scalars(select(Woman)).one()
    whole = rights.whole_record(session, key, kept, NOW)
    assert [line["given_by"] for line in whole["supports"]] == ["Quien Entrega"] * 2
    assert whole["requests"][0]["asked"] == "quiere todo"
    assert whole["merged"][0]["other"]["locality"] == "otralocalidad"
    told = json.dumps(rights.whole_record(session, key, kept, NOW, "DIF"))
    assert told.count("Quien Entrega") == 1
    json.dumps(whole)
    # Each table that names a woman is told under its own name or among the others.
    assert {table.name for table, _ in parking.hanging()} >= her_copy.TOLD


def test_a_merge_takes_her_requests_along(session: Session, key: PersonalKey, settings: Settings) -> None:
    """And its undo gives them back."""
    woman, _ = add_woman(session, key)
    other = registry.add_woman(session, key, Details(full_name="Otra Prueba"), municipality=None, axis=None)
    request, blocked = entered(session, key, settings, other), other.id
    made = merging.merge(session, key, woman.id, other.id, NOW)
    session.refresh(request)
    assert request.woman_id == woman.id
    by = accounts.add(session, "otra", "Otra Persona", Role.COORDINATOR, NOW)
    assert by
    staff = accounts.find(session, "otra")
    assert staff is not None
    merging.undo(session, key, made.id, NOW, staff.id)
    session.refresh(request)
    assert request.woman_id == blocked
    assert session.scalar(select(func.count()).select_from(Conversation)) == 1


def test_the_chat_says_what_stays_too(
    session: Session, key: PersonalKey, settings: Settings, rosa: uuid.UUID
) -> None:
    """P8: the same receipt in the chat as on the page; without such a rule it says that all went."""
    woman, talk = add_woman(session, key)
    give(session, key, woman, "2026-10-10")
    retention.set_rule(
        session, key, KEPT, months=60, on_erasure=True, ground="Reglas de operación, 12", reason="x", by=rosa,
        now=NOW,
    )  # fmt: skip
    said = apply(session, key, settings, talk, EraseMyData())
    assert "menos esto" in said
    assert "Reglas de operación, 12" in said
    assert not revealing_words(said)
    _, other = add_woman(session, key, 2)
    assert apply(session, key, settings, other, EraseMyData()).startswith(herself.ERASED)
    closed = session.scalars(select(DataRequest)).all()
    assert {(row.state, row.outcome) for row in closed} == {(RequestState.DONE, GRANTED)}


def test_another_number_gets_nothing(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Who writes from a number that is on no record is told where she can ask, whoever she says she is."""
    add_woman(session, key)
    stranger = inbox.conversation_of(session, key, "whatsapp:+523399990000", NOW)
    assert apply(session, key, settings, stranger, TellMyData()) == herself.MY_DATA_NONE
    assert not revealing_words(herself.MY_DATA_NONE)
