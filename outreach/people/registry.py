"""The single list of women: who she is, found again without her name being readable.

Never merges two records by itself: what may be the same woman is for a person to decide.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from stdnum.exceptions import ValidationError
from stdnum.mx import curp as curp_number

from models import Affiliation, Agency, ChannelAddress, Conversation, NameKey, Woman, utcnow
from outreach.ground import addresses, dates
from outreach.ground.words import fold, visible
from outreach.messages import conversation_state, inbox
from outreach.people import axes, changes, name_keys
from outreach.people import details as records
from outreach.people.details import HERSELF, STAFF, Details, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

_TILDE = "\u0303"
_CURP = re.compile(r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]")
__all__ = [
    "DetailError",
    "Details",
    "FormDetails",
    "add_woman",
    "affiliate",
    "agency_code",
    "by_folio",
    "check_birth_date",
    "check_curp",
    "conversations_of",
    "link_phone",
    "plain_name",
    "read_details",
    "read_folio",
    "save",
    "woman_by_phone",
    "woman_of",
    "write_details",
]
OLDEST = 110
"""Years: a birth date further back was mistyped."""


@dataclass
class FormDetails:
    """What she gave in the enrolment form; an empty string means not given."""

    preferred_name: str = ""
    full_name: str = ""
    birth_date: str = ""
    birth_year: str = ""
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
    return records.decrypt(key, woman.id, woman.details_cipher)


def called(details: Details, in_talk: str | None) -> str | None:
    """Return what she is called: as staff corrected it on her record, else as she said it in the talk.

    Whichever of the two was written last: her own correction makes her the source again.
    """
    source = details.sources.get("preferred_name")
    if source is not None and source.who == STAFF and details.preferred_name:
        return details.preferred_name
    return in_talk


def write_details(
    session: Session,
    key: PersonalKey,
    woman: Woman,
    details: Details,
    *,
    by: uuid.UUID | None = None,
    noted: bool = True,
) -> None:
    """Encrypt and set a woman's details, with the hashes by which she is found again.

    What differs from before is noted as changed, by the member of staff `by`; `noted` is false where the
    caller keeps what was before by itself.
    """
    if noted and woman.details_cipher:
        before = changes.values_of(woman, read_details(key, woman), former=True)
        for change in changes.between(before, changes.values_of(woman, details)):
            changes.note(session, key, woman.id, change, by)
    woman.details_cipher = records.encrypt(key, woman.id, details)
    for name, value in lookups(key, details).items():
        setattr(woman, name, value)
    _write_name_keys(session, key, woman, details.full_name or details.preferred_name)
    woman.updated_at = utcnow()


def lookups(key: PersonalKey, details: Details) -> dict[str, bytes | None]:
    """Return the keyed hashes of a record by the columns of `Woman` that hold them."""
    born = details.birth_date or details.birth_year
    return {
        "curp_hash": key.lookup("curp", details.curp) if details.curp else None,
        "name_birth_hash": name_birth_hash(key, details.full_name, details.birth_date),
        "birth_year_hash": name_keys.birth_year_hash(key, born) if born else None,
    }


def name_birth_hash(key: PersonalKey, full_name: str, birth_date: str) -> bytes | None:
    """Return the keyed hash of a whole name and an ISO birth date (may be empty); None without a name."""
    if not full_name:
        return None
    return key.lookup("name and birth", f"{plain_name(full_name)}|{birth_date}")


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
    # RENAPO has an X where the name has an Ñ: read as an N it would be another woman's.
    if _TILDE in unicodedata.normalize("NFKD", raw) or not _CURP.fullmatch(compact):
        raise DetailError(DetailError.__doc__)
    try:
        # The library knows neither X nor these words: what it checks of the rest is asked of a neutral twin.
        curp_number.validate(f"XEXX{compact[4:10]}M{compact[11:]}", validate_check_digits=False)
        right = curp_number.calc_check_digit(compact) == compact[-1]
        born = curp_number.get_birth_date(compact)
    except ValidationError:
        raise DetailError(DetailError.__doc__) from None
    if not right or born > utcnow().date():
        raise DetailError(DetailError.__doc__)
    return compact


def check_birth_date(raw: str, today: date) -> str:
    """Return a birth date as ISO text.

    Raises:
        DetailError: no date, in the future of the local day `today`, or more than 110 years ago.
    """
    try:
        born = date.fromisoformat(raw)
    except ValueError:
        raise DetailError(DetailError.__doc__) from None
    if not today.year - OLDEST <= born.year or born > today:
        raise DetailError(DetailError.__doc__)
    return born.isoformat()


def age_on(birth_date: str, today: date) -> int | None:
    """Return the age in whole years on a local day; None where the birth date is not known."""
    return dates.age(date.fromisoformat(birth_date), today) if birth_date else None


def least_age(details: Details, today: date) -> int | None:
    """Return her age in whole years, the lower of two where only the year is known; None where nothing is."""
    if details.birth_date or not details.birth_year:
        return age_on(details.birth_date, today)
    return today.year - int(details.birth_year) - 1


def add_woman(
    session: Session,
    key: PersonalKey,
    details: Details,
    *,
    municipality: str | None,
    axis: str | None,
    agency: str | None = None,
    external_id: str | None = None,
    source: str = STAFF,
) -> Woman:
    """Add a woman to the list; values that have no source yet get `source`."""
    woman = Woman(municipality=municipality, axis=axis, details_cipher=b"")
    session.add(woman)
    session.flush()
    if details.curp and other_with_curp(session, key, details.curp, woman.id):
        # The unique CURP stays with the older record; a person decides whether they are one.
        details = replace(details, curp="")
    columns = [name for name, value in (("municipality", municipality), ("axis", axis)) if value]
    records.attribute(details, [*details.given(), *columns], Source.of(source, utcnow()))
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
    row.folio_hash = folio_hash(key, agency, folio)
    session.add(row)
    session.flush()
    return row


def folio_hash(key: PersonalKey, agency: str, folio: str) -> bytes:
    """Return the keyed hash by which a folio of an agency is found."""
    return key.lookup("folio", f"{agency_code(agency)}|{folio}")


def read_folio(key: PersonalKey, row: Affiliation) -> str:
    """Decrypt a folio."""
    return str(key.decrypt(row.folio_cipher, place=f"affiliation:{row.id}")["folio"])


def by_folio(session: Session, key: PersonalKey, agency: str, folio: str) -> Woman | None:
    """Return the woman who has this folio at this agency."""
    wanted = folio_hash(key, agency, folio)
    return session.scalar(
        select(Woman)
        .join(Affiliation, Affiliation.woman_id == Woman.id)
        .where(Affiliation.folio_hash == wanted)
    )


def other_with_curp(session: Session, key: PersonalKey, curp: str, woman_id: uuid.UUID) -> Woman | None:
    """Return another woman's record that has this CURP."""
    wanted = key.lookup("curp", curp)
    return session.scalar(select(Woman).where(Woman.curp_hash == wanted, Woman.id != woman_id))


def woman_of(session: Session, conversation: Conversation) -> Woman | None:
    """Return the woman of a conversation, if she is on the list."""
    return session.get(Woman, conversation.woman_id) if conversation.woman_id else None


def numbers_of(key: PersonalKey, conversation: Conversation) -> tuple[str, ...]:
    """Return the addresses of a conversation as they are dialled; those erased are left out."""
    found = (
        str(key.decrypt(a.address_cipher, place=f"address:{a.id}")["address"]) for a in conversation.addresses
    )
    return tuple(address.removeprefix("whatsapp:") for address in found if address)


def conversations_of(session: Session, conversation: Conversation) -> Sequence[Conversation]:
    """Return all conversations of whoever has this one: hers by her record, or this one alone."""
    if conversation.woman_id is None:
        return [conversation]
    return session.scalars(
        select(Conversation)
        .where(Conversation.woman_id == conversation.woman_id)
        .order_by(Conversation.created_at)
    ).all()


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
        conversation = inbox.conversation_of(session, key, address, utcnow())
        conversation.addresses[0].last_seen_at = None
    else:
        conversation = session.get_one(Conversation, known.conversation_id)
    if conversation.woman_id not in {None, woman.id}:
        return False
    conversation.woman_id = woman.id
    return True


def save(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    given: FormDetails,
    now: datetime,
) -> Woman:
    """Store what she gave in the form, on her own record; she is the source of each value.

    A value that can't be read is left out: one wrong answer must not cost her the rest of the form.
    """
    woman = woman_of(session, conversation)
    details = read_details(key, woman) if woman else Details()
    source = Source.of(HERSELF, now)
    _merge(details, given, source, dates.today(settings.timezone, now))
    if woman is None:
        woman = add_woman(session, key, details, municipality=None, axis=None, source=HERSELF)
        conversation.woman_id = woman.id
        details = read_details(key, woman)
    elif details.curp and other_with_curp(session, key, details.curp, woman.id):
        details.curp = ""
    if given.municipality:
        woman.municipality, details.sources["municipality"] = given.municipality, source
    if given.axis and given.axis in axes.offered(session, conversation.programme_id):
        woman.axis, details.sources["axis"] = given.axis, source
    write_details(session, key, woman, details)
    state = conversation_state.read(key, conversation)
    state.preferred_name = given.preferred_name or state.preferred_name
    if given.phone_shared:
        state.phone_shared = given.phone_shared.lower() in {"yes", "true", "si", "sí"}
    conversation_state.write(key, conversation, state)
    session.flush()
    return woman


def _merge(details: Details, given: FormDetails, source: Source, today: date) -> None:
    for name in ("preferred_name", "full_name", "locality", "children", "birth_date", "curp"):
        value = getattr(given, name).strip()
        try:
            if name == "birth_date" and value:
                value = check_birth_date(value, today)
            elif name == "curp" and value:
                value = check_curp(value)
        except DetailError:
            continue
        if value:
            setattr(details, name, value)
            details.sources[name] = source
    _merge_birth_year(details, given.birth_year.strip(), source, today)


def _merge_birth_year(details: Details, year: str, source: Source, today: date) -> None:
    """Keep a year that she gave without the day, until the whole date is known."""
    if details.birth_date:
        details.birth_year = ""
        details.sources.pop("birth_year", None)
    elif year.isdecimal() and today.year - OLDEST <= int(year) <= today.year:
        details.birth_year, details.sources["birth_year"] = year, source


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
