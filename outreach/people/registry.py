"""The single list of women: who she is, found again without her name being readable.

Never merges two records by itself: what may be the same woman is for a person to decide.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from stdnum.exceptions import ValidationError
from stdnum.mx import curp as curp_number

from models import Affiliation, Agency, ChannelAddress, Conversation, NameKey, Woman
from outreach.ground import addresses
from outreach.ground.words import fold, visible
from outreach.messages import conversation_state, inbox
from outreach.people import conversations, name_keys

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

_CURP = re.compile(r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]")
AXES = ("food", "production", "occupation", "health", "employment")


@dataclass
class Details:
    """What the programme knows of a woman beyond municipality and axis. Empty: not given."""

    preferred_name: str = ""
    full_name: str = ""
    birth_date: str = ""
    locality: str = ""
    children: str = ""
    curp: str = ""


@dataclass
class FormDetails:
    """What she gave in the enrolment form; an empty string means not given."""

    preferred_name: str = ""
    full_name: str = ""
    birth_date: str = ""
    municipality: str = ""
    locality: str = ""
    children: str = ""
    axis: str = ""
    phone_shared: str = ""
    curp: str = ""


class DetailError(ValueError):
    """This value can't be read as what it should be."""


def read_details(key: PersonalKey, woman: Woman) -> Details:
    """Decrypt a woman's details."""
    data = key.decrypt(woman.details_cipher, place=f"woman:{woman.id}")
    return Details(**{f.name: str(data.get(f.name, "")) for f in fields(Details)})


def write_details(session: Session, key: PersonalKey, woman: Woman, details: Details) -> None:
    """Encrypt and set a woman's details, with the hashes by which she is found again."""
    woman.details_cipher = key.encrypt(asdict(details), place=f"woman:{woman.id}", bucket=512)
    woman.curp_hash = key.lookup("curp", details.curp) if details.curp else None
    named = details.full_name and details.birth_date
    woman.name_birth_hash = (
        key.lookup("name and birth", f"{plain_name(details.full_name)}|{details.birth_date}")
        if named
        else None
    )
    woman.birth_year_hash = name_keys.birth_year_hash(key, details.birth_date) if details.birth_date else None
    _write_name_keys(session, key, woman, details.full_name)
    woman.updated_at = datetime.now(UTC)


def _write_name_keys(session: Session, key: PersonalKey, woman: Woman, full_name: str) -> None:
    wanted = name_keys.hashes(key, full_name)
    known = set(session.scalars(select(NameKey.sound_hash).where(NameKey.woman_id == woman.id)))
    if known - wanted:
        session.execute(
            delete(NameKey).where(NameKey.woman_id == woman.id, NameKey.sound_hash.in_(known - wanted))
        )
    session.add_all(NameKey(woman_id=woman.id, sound_hash=found) for found in wanted - known)


def plain_name(name: str) -> str:
    """Return a name without accents, case and double spaces, for comparing."""
    return " ".join(fold(name).split())


def check_curp(raw: str) -> str:
    """Return a CURP as RENAPO writes it.

    The sex may be H, M or X, and the first four letters any (Instructivo normativo de la CURP): inconvenient
    words are replaced today, but women hold older CURPs with LOCA or VACA.

    Raises:
        DetailError: check digit, date or state are wrong, or the date is still to come.
    """
    compact = re.sub(r"[\s._-]", "", visible(raw)).upper()
    if not _CURP.fullmatch(compact):
        raise DetailError(DetailError.__doc__)
    try:
        # The library knows neither X nor these words: what it checks of the rest is asked of a neutral twin.
        curp_number.validate(f"XEXX{compact[4:10]}M{compact[11:]}", validate_check_digits=False)
        right = curp_number.calc_check_digit(compact) == compact[-1]
        born = curp_number.get_birth_date(compact)
    except ValidationError:
        raise DetailError(DetailError.__doc__) from None
    if not right or born > datetime.now(UTC).date():
        raise DetailError(DetailError.__doc__)
    return compact


def check_birth_date(raw: str) -> str:
    """Return a birth date as ISO text.

    Raises:
        DetailError: no date, in the future, or more than 110 years ago.
    """
    try:
        born = date.fromisoformat(raw)
    except ValueError:
        raise DetailError(DetailError.__doc__) from None
    today = datetime.now(UTC).date()
    if not today.year - 110 <= born.year or born > today:
        raise DetailError(DetailError.__doc__)
    return raw


def age_on(birth_date: str, today: date) -> int | None:
    """Return the age in whole years; None where the birth date is not known."""
    if not birth_date:
        return None
    born = date.fromisoformat(birth_date)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def add_woman(
    session: Session,
    key: PersonalKey,
    details: Details,
    *,
    municipality: str | None,
    axis: str | None,
    agency: str | None = None,
    external_id: str | None = None,
) -> Woman:
    """Add a woman to the list."""
    woman = Woman(municipality=municipality, axis=axis, details_cipher=b"")
    session.add(woman)
    session.flush()
    if details.curp and _other_with_curp(session, key, details.curp, woman.id):
        # The unique CURP stays with the older record; a person decides whether they are one.
        details = Details(**{**asdict(details), "curp": ""})
    write_details(session, key, woman, details)
    if agency and external_id:
        affiliate(session, key, woman, agency, external_id, source="import")
    session.flush()
    return woman


def agency_code(raw: str) -> str:
    """Return an agency's code as it is kept: without outer blanks, in capitals."""
    return " ".join(raw.split()).upper()


def affiliate(
    session: Session, key: PersonalKey, woman: Woman, agency: str, folio: str, *, source: str
) -> Affiliation:
    """Note a woman's folio at an agency; an agency that is not known yet is added by its code."""
    code = agency_code(agency)
    session.execute(insert(Agency).values(code=code, name=code).on_conflict_do_nothing())
    row = Affiliation(id=uuid.uuid4(), woman_id=woman.id, agency=code, source=source)
    row.folio_cipher = key.encrypt({"folio": folio}, place=f"affiliation:{row.id}")
    row.folio_hash = key.lookup("folio", f"{code}|{folio}")
    session.add(row)
    session.flush()
    return row


def by_folio(session: Session, key: PersonalKey, agency: str, folio: str) -> Woman | None:
    """Return the woman who has this folio at this agency."""
    wanted = key.lookup("folio", f"{agency_code(agency)}|{folio}")
    return session.scalar(
        select(Woman)
        .join(Affiliation, Affiliation.woman_id == Woman.id)
        .where(Affiliation.folio_hash == wanted)
    )


def _other_with_curp(session: Session, key: PersonalKey, curp: str, woman_id: uuid.UUID) -> Woman | None:
    wanted = key.lookup("curp", curp)
    return session.scalar(select(Woman).where(Woman.curp_hash == wanted, Woman.id != woman_id))


def woman_of(session: Session, conversation: Conversation) -> Woman | None:
    """Return the woman of a conversation, if she is on the list."""
    return session.get(Woman, conversation.woman_id) if conversation.woman_id else None


def conversation_for(session: Session, key: PersonalKey, woman: Woman) -> Conversation | None:
    """Return the conversation in which she was last heard; None where no number of hers is known."""
    del key  # the link is by id; nothing needs to be decrypted
    return conversations.of_woman(session, woman.id)


def link_phone(session: Session, key: PersonalKey, woman: Woman, phone: str) -> bool:
    """Give a woman a conversation on her number; False: no Mexican number, or another woman's.

    Raises nothing: a shared phone is ordinary, the woman is kept without a conversation.
    """
    address = addresses.from_national(phone)
    if address is None:
        return False
    lookup = key.lookup("address", addresses.canonical(address))
    known = session.scalar(select(ChannelAddress).where(ChannelAddress.lookup_hash == lookup))
    if known is None:
        conversation = inbox.conversation_of(session, key, address, datetime.now(UTC))
        conversation.addresses[0].last_seen_at = None
    else:
        conversation = session.get_one(Conversation, known.conversation_id)
    if conversation.woman_id not in {None, woman.id}:
        return False
    conversation.woman_id = woman.id
    return True


def save(session: Session, key: PersonalKey, conversation: Conversation, given: FormDetails) -> Woman:
    """Store what she gave in the form, on her own record.

    A value that can't be read is left out: a form's form of words must never cost her the rest.
    """
    woman = woman_of(session, conversation)
    details = read_details(key, woman) if woman else Details()
    _merge(details, given)
    if woman is None:
        woman = add_woman(session, key, details, municipality=None, axis=None)
        conversation.woman_id = woman.id
    else:
        if details.curp and _other_with_curp(session, key, details.curp, woman.id):
            details.curp = ""
        write_details(session, key, woman, details)
    woman.municipality = given.municipality or woman.municipality
    woman.axis = given.axis if given.axis in AXES else woman.axis
    state = conversation_state.read(key, conversation)
    state.preferred_name = given.preferred_name or state.preferred_name
    if given.phone_shared:
        state.phone_shared = given.phone_shared.lower() in {"yes", "true", "si", "sí"}
    conversation_state.write(key, conversation, state)
    session.flush()
    return woman


def _merge(details: Details, given: FormDetails) -> None:
    for name in ("preferred_name", "full_name", "locality", "children"):
        setattr(details, name, getattr(given, name).strip() or getattr(details, name))
    for name, check in (("birth_date", check_birth_date), ("curp", check_curp)):
        raw = getattr(given, name).strip()
        try:
            setattr(details, name, check(raw) if raw else getattr(details, name))
        except DetailError:
            continue


def update(session: Session, key: PersonalKey, woman: Woman, field: str, value: str) -> None:
    """Correct one detail.

    Raises:
        DetailError: no such detail, or the value can't be read.
    """
    value = value.strip()
    if not value:
        raise DetailError(DetailError.__doc__)
    if field == "municipality":
        woman.municipality = value
        return
    if field == "axis" and value in AXES:
        woman.axis = value
        return
    details = read_details(key, woman)
    if field not in {f.name for f in fields(Details)}:
        raise DetailError(DetailError.__doc__)
    checks = {"birth_date": check_birth_date, "curp": check_curp}
    setattr(details, field, checks[field](value) if field in checks else value)
    if field == "curp" and _other_with_curp(session, key, details.curp, woman.id):
        raise DetailError(DetailError.__doc__)
    write_details(session, key, woman, details)


def woman_by_phone(session: Session, key: PersonalKey, phone: str) -> Woman | None:
    """Return the woman whose number this is, in any of its forms."""
    address = addresses.from_national(phone)
    if address is None:
        return None
    lookup = key.lookup("address", addresses.canonical(address))
    return session.scalar(
        select(Woman)
        .join(Conversation, Conversation.woman_id == Woman.id)
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(ChannelAddress.lookup_hash == lookup)
    )
