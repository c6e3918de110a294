"""Files on their way to her: Twilio fetches them from us, by an address that nobody else has.

A file can be fetched only while its message is being sent, and its row goes as soon as that is over. What it
was stays sealed in her case; nothing here names a woman, a case or a message that a thief could read.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from models import OutboxMessage, OutboxState, OutgoingFile
from outreach.messages import outbox
from outreach.sealing import handed_out

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.sealing.handed_out import HandedOut, Locked

PATH = "/twilio/archivo"
GIVEN_WHILE = frozenset({OutboxState.SENDING, OutboxState.IN_DOUBT, OutboxState.SENT})
"""States of a message in which Twilio may ask for its file."""
FETCHED_WITHIN = timedelta(minutes=15)
"""After it has taken a message Twilio has its file, or reports that it has not."""


def address(public_url: str, token: str, name: str) -> str:
    """Return where Twilio finds a file; its last part is what she may see as its name."""
    return f"{public_url}{PATH}/{token}/{name}"


def add(session: Session, key: PersonalKey, locked: Locked, outbox_id: uuid.UUID) -> None:
    """Keep a file until its message has gone."""
    row = OutgoingFile(
        id=uuid.uuid4(), token_hash=locked.token_hash, about_cipher=b"", content_locked=locked.blob
    )
    row.about_cipher = key.encrypt({"outbox_id": str(outbox_id)}, place=_place(row))
    session.add(row)
    session.flush()


def give(session: Session, key: PersonalKey, token: str) -> HandedOut | None:
    """Return the file of a token, while its message is being sent."""
    row = session.scalar(select(OutgoingFile).where(OutgoingFile.token_hash == handed_out.hash_of(token)))
    if row is None:
        return None
    message = _message(session, key, row)
    if message is None or message.state not in GIVEN_WHILE:
        return None
    return handed_out.unlock(token, row.content_locked)


def tidy(session: Session, key: PersonalKey, now: datetime) -> int:
    """Delete the files whose messages are over, or were taken a while ago; return how many.

    Twilio fetches a file before it passes the message on: a phone that is off does not keep the file here.
    """
    gone = 0
    for row in session.scalars(select(OutgoingFile).with_for_update(skip_locked=True)):
        message = _message(session, key, row)
        if message is None or message.state in outbox.OVER or _taken_long_ago(message, now):
            session.delete(row)
            gone += 1
    session.flush()
    return gone


def _taken_long_ago(message: OutboxMessage, now: datetime) -> bool:
    since = message.sending_since
    return message.state is OutboxState.SENT and (since is None or since < now - FETCHED_WITHIN)


def _message(session: Session, key: PersonalKey, row: OutgoingFile) -> OutboxMessage | None:
    told = key.decrypt(row.about_cipher, place=_place(row))
    return session.get(OutboxMessage, uuid.UUID(told["outbox_id"]))


def _place(row: OutgoingFile) -> str:
    return f"outgoing_file:{row.id}"
