"""The door in: stored once, with its job, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from support import counting

from models import ChannelAddress, Conversation, InboundMessage, utcnow
from outreach.ground import counters
from outreach.messages import inbox
from outreach.messages.inbox import Kind

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


def params(
    body: str, *, sid: str = "SM1", sender: str = "whatsapp:+523312345678", **more: str
) -> dict[str, list[str]]:
    return {"MessageSid": [sid], "From": [sender], "Body": [body], **{k: [v] for k, v in more.items()}}


def test_message_and_job_are_one(session: Session, key: PersonalKey) -> None:
    """P1: a rollback takes the message and its job together; a commit keeps both."""
    inbox.receive(session, key, params("hola"), utcnow())
    session.rollback()
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    inbox.receive(session, key, params("hola"), utcnow())
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_a_duplicate_is_counted_and_changes_nothing(session: Session, key: PersonalKey) -> None:
    """P2: the same MessageSid is stored once and answered once."""
    assert inbox.receive(session, key, params("hola"), utcnow()) is not None
    assert inbox.receive(session, key, params("hola"), utcnow()) is None
    assert counters.read(session, counters.DUPLICATE_INBOUND) == 1
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_a_message_costs_two_statements(session: Session, key: PersonalKey) -> None:
    """Of a woman who wrote before: her address read; the message stored, noted and its job deferred."""
    inbox.receive(session, key, params("hola", sid="SM1"), utcnow())
    session.commit()
    with counting(session) as statements:
        inbox.receive(session, key, params("hola", sid="SM2"), utcnow())
        session.commit()
    assert len(statements) == 2, statements


def test_a_message_writes_no_index_of_its_conversation(session: Session, key: PersonalKey) -> None:
    """What each message changes of the conversation's row stands in no index: acknowledging is cheap so."""
    inbox.receive(session, key, params("hola", sid="SM1"), utcnow())
    session.commit()
    inbox.receive(session, key, params("hola", sid="SM2"), utcnow())
    updated = (
        "SELECT pg_stat_get_xact_tuples_updated(c), pg_stat_get_xact_tuples_hot_updated(c)"
        " FROM CAST('conversation' AS regclass) c"
    )
    every, without_indexes = session.execute(text(updated)).one()
    assert every == without_indexes > 0


def test_when_she_wrote_last_never_goes_back(session: Session, key: PersonalKey) -> None:
    """Of two posts at once the later moment stands, whichever is stored last."""
    now = utcnow()
    inbox.receive(session, key, params("b", sid="SM1"), now)
    inbox.receive(session, key, params("a", sid="SM2"), now - timedelta(seconds=1))
    assert session.scalars(select(Conversation.last_inbound_at)).one() == now


def test_both_forms_of_a_mexican_number_are_one_woman(session: Session, key: PersonalKey) -> None:
    """+521 and +52 match; replies go to the exact form that wrote last."""
    inbox.receive(session, key, params("a", sid="SM1", sender="whatsapp:+5213312345678"), utcnow())
    inbox.receive(session, key, params("b", sid="SM2", sender="whatsapp:+523312345678"), utcnow())
    assert session.scalar(select(func.count()).select_from(Conversation)) == 1
    address = session.scalars(select(ChannelAddress)).one()
    kept = key.decrypt(address.address_cipher, place=f"address:{address.id}")["address"]
    assert kept == "whatsapp:+523312345678"


def test_nothing_readable_is_stored(session: Session, key: PersonalKey) -> None:
    """P4: neither her words nor her number stand in the row or the job."""
    inbox.receive(session, key, params("canario amarillo"), utcnow())
    session.flush()
    row = session.scalars(select(InboundMessage)).one()
    assert b"canario" not in row.body_cipher
    job = session.execute(text("SELECT args::text, lock FROM procrastinate_jobs")).one()
    assert "canario" not in str(job)
    assert "3312345678" not in str(job)


def test_unknown_parameters_are_kept_and_kinds_told(session: Session, key: PersonalKey) -> None:
    """Twilio adds parameters without notice; a voice note is not a text."""
    given = params("", MediaUrl0="https://example.invalid/a", MediaContentType0="audio/ogg", Novelty="x")
    inbox.receive(session, key, given, utcnow())
    row = session.scalars(select(InboundMessage)).one()
    kept = key.decrypt(row.body_cipher, place=f"inbound:{row.id}")["params"]
    assert kept["Novelty"] == ["x"]
    assert inbox.read(key, row).kind is Kind.VOICE


def test_blanking_keeps_the_look(session: Session, key: PersonalKey) -> None:
    """P4: a blanked message has as many bytes as before, so its row tells nothing."""
    inbox.receive(session, key, params("x" * 900), utcnow())
    row = session.scalars(select(InboundMessage)).one()
    length = len(row.body_cipher)
    inbox.blank(key, row)
    assert len(row.body_cipher) == length
    assert inbox.read(key, row).text == ""


def test_no_log_line_has_her_words(
    session: Session, key: PersonalKey, caplog: pytest.LogCaptureFixture
) -> None:
    """P4: storing logs neither text nor number, at any level."""
    caplog.set_level("DEBUG")
    inbox.receive(session, key, params("canario amarillo"), utcnow())
    session.commit()
    assert "canario" not in caplog.text
    assert "3312345678" not in caplog.text
