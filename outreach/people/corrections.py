"""Correcting one detail: every one that the dialogue offers, each read, kept and said back with its value.

`FIELDS` is held equal to the dialogue's list (`bot/dialogue/lexicon.py`) by a test. What can't be read is
refused with the field's own example, so that the next try helps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.ground import addresses, dates
from outreach.people import axes, contact_hours, places, registry, second_number
from outreach.people.details import HERSELF, Source
from outreach.texts import herself as texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation, Woman
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

MOST_CHILDREN, LONGEST = 20, 80
_SHARED = {"yes": True, "true": True, "si": True, "sí": True, "no": False, "false": False}
_NAME = re.compile(r"[^\W\d_][^\d<>{}\[\]|\\]*")


class UnreadableError(ValueError):
    """The value can't be read; the message asks for it again with an example."""


@dataclass(frozen=True)
class Correction:
    """One detail to correct. `state` is the caller's to write back."""

    session: Session
    key: PersonalKey
    settings: Settings
    conversation: Conversation
    state: PrivateState
    woman: Woman
    value: str
    now: datetime

    @property
    def source(self) -> Source:
        """Where the new value comes from."""
        return Source.of(HERSELF, self.now)


def correct(field: str, asked: Correction) -> str:
    """Correct one detail and return what it is now, in her words.

    Raises:
        UnreadableError: there is no such detail, or the value can't be read.
    """
    verb = _VERBS.get(field)
    said = verb(asked) if verb and asked.value.strip() else None
    if said is None:
        raise UnreadableError(texts.UPDATE_AGAIN.get(field, texts.UPDATE_UNREADABLE))
    asked.session.flush()
    return said


def _store(asked: Correction, name: str, value: str) -> None:
    details = registry.read_details(asked.key, asked.woman)
    setattr(details, name, value)
    details.sources[name] = asked.source
    registry.write_details(asked.session, asked.key, asked.woman, details)


def _text(asked: Correction, name: str) -> str | None:
    value = " ".join(asked.value.split())
    if len(value) > LONGEST:
        return None
    _store(asked, name, value)
    return _said(name, value)


def _said(name: str, value: str) -> str:
    return texts.UPDATED_VALUE.format(label=texts.MY_DATA_LABELS[name], value=value)


def _preferred_name(asked: Correction) -> str | None:
    if not _NAME.fullmatch(asked.value.strip()):
        return None
    said = _text(asked, "preferred_name")
    if said:
        asked.state.preferred_name = " ".join(asked.value.split())
    return said


def _full_name(asked: Correction) -> str | None:
    return _text(asked, "full_name") if _NAME.fullmatch(asked.value.strip()) else None


def _locality(asked: Correction) -> str | None:
    return _text(asked, "locality")


def _birth_date(asked: Correction) -> str | None:
    today = dates.today(asked.settings.timezone, asked.now)
    try:
        value = registry.check_birth_date(asked.value.strip(), today)
    except registry.DetailError:
        return None
    _store(asked, "birth_date", value)
    return _said("birth_date", dates.birthday(date.fromisoformat(value)))


def _curp(asked: Correction) -> str | None:
    try:
        value = registry.check_curp(asked.value)
    except registry.DetailError:
        return None
    if registry.other_with_curp(asked.session, asked.key, value, asked.woman.id):
        # Never says that another record has it: whose a CURP is may not be found out here.
        return None
    _store(asked, "curp", value)
    return _said("curp", value)


def _children(asked: Correction) -> str | None:
    value = asked.value.strip()
    if not re.fullmatch(r"[0-9]{1,2}", value) or int(value) > MOST_CHILDREN:
        return None
    return _text(asked, "children")


def _municipality(asked: Correction) -> str | None:
    code = places.reader(asked.session).code(asked.value)
    if code is None:
        return None
    asked.woman.municipality = code
    _column(asked, "municipality")
    return _said("municipality", places.reader(asked.session).name(code))


def _axis(asked: Correction) -> str | None:
    value = asked.value.strip()
    name = axes.offered(asked.session, asked.conversation.programme_id).get(value)
    if name is None:
        return None
    asked.woman.axis = value
    _column(asked, "axis")
    return _said("axis", name[:1].lower() + name[1:])


def _column(asked: Correction, name: str) -> None:
    details = registry.read_details(asked.key, asked.woman)
    details.sources[name] = asked.source
    registry.write_details(asked.session, asked.key, asked.woman, details)


def _contact_hours(asked: Correction) -> str | None:
    hours = contact_hours.read_hours(asked.value)
    if hours is None:
        return None
    contact_hours.keep_hours(asked.state, hours, asked.value)
    return contact_hours.in_words(hours)


def _phone_shared(asked: Correction) -> str | None:
    shared = _SHARED.get(asked.value.strip().casefold())
    if shared is None:
        return None
    asked.state.phone_shared = shared
    return _said("phone_shared", texts.PHONE_SHARED if shared else texts.PHONE_HERS)


THIS_ONE = "este"
"""What the dialogue says for the number that she writes from."""


def _phone(asked: Correction) -> str | None:
    if asked.value.strip() == THIS_ONE:
        return texts.PHONE_THIS_ONE
    address = addresses.from_national(asked.value)
    hers = {row.lookup_hash for row in asked.conversation.addresses}
    if address and hers & set(asked.key.lookups("address", addresses.canonical(address))):
        return texts.PHONE_THIS_ONE
    try:
        code = second_number.propose(
            asked.session, asked.key, asked.conversation, asked.woman, asked.value, asked.now
        )
    except second_number.NumberError:
        return None
    return texts.PHONE_NAMED.format(code=code)


_VERBS: dict[str, Callable[[Correction], str | None]] = {
    "preferred_name": _preferred_name,
    "full_name": _full_name,
    "birth_date": _birth_date,
    "municipality": _municipality,
    "locality": _locality,
    "children": _children,
    "axis": _axis,
    "contact_hours": _contact_hours,
    "phone_shared": _phone_shared,
    "curp": _curp,
    "phone": _phone,
}
FIELDS = frozenset(_VERBS)
