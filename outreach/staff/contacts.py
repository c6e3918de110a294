"""Where a caseworker is alerted while the desk is not in front of her: her own phone and mail.

Encrypted like personal data, in one length. When she was last alerted stands inside: a plain time beside a
message that had just come in would say whose it was.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from models import StaffContact
from outreach.ground import addresses
from outreach.staff.accounts import StaffError
from outreach.texts import desk_alerts as texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

LENGTH = 768
LONGEST_EMAIL = 120
_EMAIL = re.compile(r"[^@\s,<>\"]+@[^@\s,<>\"]+\.[^@\s,<>\"]+")
SENT, FAILED = "sent", "failed"


@dataclass
class Contact:
    """Her phone (`whatsapp:+52...`) and mail; `muted`: no digest while she is not on duty.

    `tried_at`: when something was last sent to her; `told_at`: when something last left. `failures`: how
    often in a row nothing did. `trial_wanted`: she asked for a trial; `trial_phone`, `trial_email`: how the
    last one ended. Times are ISO, UTC.
    """

    phone: str | None = None
    email: str | None = None
    muted: bool = False
    tried_at: str | None = None
    told_at: str | None = None
    failures: int = 0
    trial_wanted: bool = False
    trial_phone: str | None = None
    trial_email: str | None = None

    def tried(self) -> datetime | None:
        """When something was last sent to her, whether it left or not."""
        return datetime.fromisoformat(self.tried_at) if self.tried_at else None

    def told(self) -> datetime | None:
        """When something last left to her."""
        return datetime.fromisoformat(self.told_at) if self.told_at else None


_KNOWN = frozenset(f.name for f in fields(Contact))


def read(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> Contact:
    """Return her contact, empty where she gave none."""
    row = session.scalar(select(StaffContact).where(StaffContact.staff_id == staff_id))
    return _decrypt(key, row) if row else Contact()


def everybodys(session: Session, key: PersonalKey) -> dict[uuid.UUID, Contact]:
    """Return the contacts of all who gave one, in one statement."""
    rows = session.scalars(select(StaffContact).execution_options(populate_existing=True))
    return {row.staff_id: _decrypt(key, row) for row in rows}


def save(
    session: Session, key: PersonalKey, staff_id: uuid.UUID, *, phone: str, email: str, muted: bool
) -> Contact:
    """Keep what she typed.

    Raises:
        StaffError: it is no phone, or no mail.
    """
    read_phone, read_email = _phone(phone), _email(email)
    row = _locked_or_made(session, key, staff_id)
    contact = _decrypt(key, row)
    if read_phone != contact.phone:
        contact.trial_phone, contact.failures = None, 0
    if read_email != contact.email:
        contact.trial_email, contact.failures = None, 0
    contact.phone, contact.email, contact.muted = read_phone, read_email, muted
    _encrypt(key, row, contact)
    session.flush()
    return contact


def save_phone(session: Session, key: PersonalKey, staff_id: uuid.UUID, phone: str) -> None:
    """Keep a phone that somebody typed, and leave the rest of her contact as it is.

    Raises:
        StaffError: it is no phone.
    """
    kept = read(session, key, staff_id)
    save(session, key, staff_id, phone=phone, email=kept.email or "", muted=kept.muted)


def want_trial(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> None:
    """Ask for a trial alert; the clock sends it.

    Raises:
        StaffError: she gave neither phone nor mail.
    """
    row = _locked_or_made(session, key, staff_id)
    contact = _decrypt(key, row)
    if contact.phone is None and contact.email is None:
        raise StaffError(texts.NO_CONTACT)
    contact.trial_wanted, contact.trial_phone, contact.trial_email = True, None, None
    _encrypt(key, row, contact)
    session.flush()


def locked(
    session: Session, key: PersonalKey, staff_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[StaffContact, Contact]]:
    """Lock the contacts of some people, in one order, and return them as they are now."""
    if not staff_ids:
        return {}
    rows = session.scalars(
        select(StaffContact)
        .where(StaffContact.staff_id.in_(staff_ids))
        .order_by(StaffContact.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.staff_id: (row, _decrypt(key, row)) for row in rows}


def write(key: PersonalKey, row: StaffContact, contact: Contact) -> None:
    """Write a locked contact back."""
    _encrypt(key, row, contact)


def shown_phone(contact: Contact) -> str:
    """Return her phone as she may type it again."""
    bare = (contact.phone or "").removeprefix(addresses.PREFIX)
    national = bare.removeprefix("+52")
    return national if bare != national else bare


def _phone(typed: str) -> str | None:
    if not typed.strip():
        return None
    national = addresses.from_national(typed)
    if national is not None:
        return national
    try:
        number = addresses.canonical(addresses.PREFIX + typed.strip())
    except addresses.AddressError:
        raise StaffError(texts.BAD_PHONE) from None
    if not number.startswith("+"):
        raise StaffError(texts.BAD_PHONE)
    return addresses.PREFIX + number


def _email(typed: str) -> str | None:
    bare = typed.strip()
    if not bare:
        return None
    if len(bare) > LONGEST_EMAIL or not bare.isascii() or not _EMAIL.fullmatch(bare):
        raise StaffError(texts.BAD_EMAIL)
    return bare


def _locked_or_made(session: Session, key: PersonalKey, staff_id: uuid.UUID) -> StaffContact:
    new = uuid.uuid4()
    empty = _cipher(key, new, Contact())
    session.execute(
        insert(StaffContact)
        .values(id=new, staff_id=staff_id, contact_cipher=empty)
        .on_conflict_do_nothing(index_elements=[StaffContact.staff_id])
    )
    return session.scalars(
        select(StaffContact)
        .where(StaffContact.staff_id == staff_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _decrypt(key: PersonalKey, row: StaffContact) -> Contact:
    data = key.decrypt(row.contact_cipher, place=f"staff_contact:{row.id}")
    return Contact(**{name: value for name, value in data.items() if name in _KNOWN})


def _encrypt(key: PersonalKey, row: StaffContact, contact: Contact) -> None:
    row.contact_cipher = _cipher(key, row.id, contact)


def _cipher(key: PersonalKey, row_id: uuid.UUID, contact: Contact) -> bytes:
    return key.encrypt(asdict(contact), place=f"staff_contact:{row_id}", bucket=LENGTH)
