"""Certificates of a graduation: a PDF whose code leads to a public page with name, workshop and date.

The code is 128 random bits. It stands on the paper and, encrypted, beside what was printed; the table is
searched by its keyed hash. One that is revoked, replaced or unknown looks the same to whoever asks.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from models import Certificate, Graduation, Programme, Woman, Workshop
from outreach.ground import dates
from outreach.programme import completion, printing
from outreach.programme.completion import CompletionError
from outreach.texts import completion as texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

PATH: Final = "/constancia"
CODE_BYTES: Final = 16
LONGEST_CODE: Final = 22
"""Letters of a code: 16 bytes in base64 for addresses."""


@dataclass(frozen=True)
class Content:
    """What is printed on a certificate; `day` is ISO."""

    name: str
    workshop: str
    programme: str
    day: str
    code: str


def issue(
    db: Database, key: PersonalKey, graduation: Graduation, *, by: uuid.UUID | None, now: datetime
) -> Certificate:
    """Return the certificate of a graduation, made now where there is none; a revoked one is replaced.

    Raises:
        CompletionError: the graduation was taken back, or her name is not known.
    """
    woman = db.get(Woman, graduation.woman_id, with_for_update=True)
    db.refresh(graduation)
    if woman is None or graduation.undone_at is not None:
        raise CompletionError(texts.TAKEN_BACK)
    row = db.scalar(select(Certificate).where(Certificate.graduation_id == graduation.id))
    if row is not None and row.revoked_at is None:
        return row
    name = completion.name_of(key, woman)
    if not name:
        raise CompletionError(texts.NO_NAME)
    programme = db.get_one(Programme, graduation.programme_id).name
    workshop = db.get(Workshop, graduation.workshop_id) if graduation.workshop_id else None
    code = secrets.token_urlsafe(CODE_BYTES)
    content = Content(
        name, workshop.name if workshop else programme, programme, graduation.day.isoformat(), code
    )
    if row is None:
        row = Certificate(id=uuid.uuid4(), woman_id=woman.id, graduation_id=graduation.id)
        db.add(row)
    row.code_hash = key.lookup("certificate", code)
    row.content_cipher = key.encrypt(asdict(content), place=_place(row.id), bucket=1024)
    row.issued_at, row.issued_by, row.revoked_at = now, by, None
    db.flush()
    return row


def read(key: PersonalKey, row: Certificate) -> Content:
    """Return what is printed on a certificate."""
    return Content(**key.decrypt(row.content_cipher, place=_place(row.id)))


def revoke(db: Database, row: Certificate, now: datetime) -> None:
    """Let a certificate be valid no longer."""
    row.revoked_at = row.revoked_at or now
    db.flush()


def checked(db: Database, key: PersonalKey, code: str) -> tuple[str, str, str] | None:
    """Return name, workshop and date in words of a code that is valid."""
    if len(code) != LONGEST_CODE:
        return None
    row = db.scalar(
        select(Certificate).where(
            Certificate.code_hash == key.lookup("certificate", code), Certificate.revoked_at.is_(None)
        )
    )
    if row is None:
        return None
    content = read(key, row)
    return content.name, content.workshop, dates.birthday(date.fromisoformat(content.day))


def address(public_url: str, content: Content) -> str:
    """Return where a certificate is checked."""
    return f"{public_url}{PATH}/{content.code}"


def pdf(content: Content, public_url: str) -> bytes:
    """Return the certificate as a PDF.

    Raises:
        PrintError: it could not be typeset.
    """
    where = address(public_url, content)
    return printing.typeset(
        "certificate",
        {
            "title": texts.CERTIFICATE,
            "given_to": texts.GIVEN_TO,
            "name": content.name,
            "completed": texts.HAVING_COMPLETED,
            "workshop": content.workshop,
            "programme": "" if content.programme == content.workshop else content.programme,
            "day": dates.birthday(date.fromisoformat(content.day)),
            "check": texts.CHECK,
            "address": where,
            "qr": printing.qr_svg(where),
        },
    )


def _place(certificate_id: uuid.UUID) -> str:
    return f"certificate:{certificate_id}"
