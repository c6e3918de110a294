"""Whether two accounts look like one person's: what takes two people must not be done by one with two logins.

By what the system knows of an account: the name that is shown, and the phone and mail that she gave herself.
The secrets of second factors are made here and never equal, and a browser may be an office's only one, so
neither tells. Whoever lies about name and phone is not found (`docs/decisions/0087-watching-attacked.md`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Staff
from outreach.ground import words
from outreach.staff import contacts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey


def seems_one_of(
    session: Session, key: PersonalKey, staff_id: uuid.UUID, others: Collection[uuid.UUID | None]
) -> bool:
    """Say whether an account is one of `others`, or looks like the same person's."""
    known = {other for other in others if other is not None}
    if staff_id in known:
        return True
    if not known:
        return False
    ids = [staff_id, *known]
    names = {
        row.id: _name(row.display_name)
        for row in session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids)))
    }
    if names.get(staff_id) in [names[other] for other in known if other in names]:
        return True
    reached = {other: _reached(contacts.read(session, key, other)) for other in ids}
    return any(reached[staff_id] & reached[other] for other in known)


def _name(shown: str) -> tuple[str, ...]:
    return tuple(sorted(words.words(shown).split()))


def _reached(contact: contacts.Contact) -> set[str]:
    return {part.casefold() for part in (contact.phone, contact.email) if part}
