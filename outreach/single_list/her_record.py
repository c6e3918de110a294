"""What a coordinator does with one woman's record: add, correct, enrol, unenrol, end contact, number, folio.

Each act is noted in her history. What she herself said is written over only with a confirmation, and so is a
CURP that another record has. A coordinator of one agency changes the women who have a folio there, and those
who have none anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from models import Affiliation, Agency, Conversation, Enrolment, EnrolmentState, Woman
from outreach.ground import addresses
from outreach.people import changes, preferences, registry
from outreach.people.changes import Change
from outreach.people.details import COLUMNS, HERSELF, STAFF, Details, Source
from outreach.programme import enrolment, waiting_list
from outreach.single_list import her_no
from outreach.texts import women as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.people.details import Details as Kept
    from outreach.sealing.crypto import PersonalKey

FIELDS = ("full_name", "preferred_name", "birth_date", "curp", "municipality", "locality", "children", "axis")
"""The values that staff may write."""
_FORMS = 0x57464F52
"""The space of the locks by a form's id: of two clicks at once the second waits for the first."""


class RecordError(ValueError):
    """This can't be done; the message says why, for whoever fills in the form."""


class ConfirmError(RecordError):
    """It is done only by who confirms it: she herself said otherwise, or another record has the CURP."""

    def __init__(self, hers: Sequence[str], others: Sequence[uuid.UUID]) -> None:
        """Name the values that she gave, and the records that may be hers."""
        super().__init__(texts.CURP_OF_ANOTHER if others else "")
        self.hers, self.others = hers, others


def may_change(session: Session, woman_id: uuid.UUID, agency: str | None) -> bool:
    """Say whether a coordinator of this agency (None: of all) changes this woman's record."""
    if agency is None:
        return True
    hers = set(session.scalars(select(Affiliation.agency).where(Affiliation.woman_id == woman_id)))
    return not hers or agency in hers


def locked(session: Session, woman_id: uuid.UUID) -> Woman:
    """Return her record, locked and as it stands now.

    Raises:
        RecordError: it is gone.
    """
    session.flush()
    woman = session.scalar(
        select(Woman).where(Woman.id == woman_id).with_for_update().execution_options(populate_existing=True)
    )
    if woman is None:
        raise RecordError(texts.GONE)
    return woman


def version_of(woman: Woman) -> str:
    """Return what a form carries, so that nobody writes over what changed meanwhile."""
    return (woman.updated_at or woman.created_at).isoformat()


def add(
    session: Session,
    key: PersonalKey,
    given: Mapping[str, str],
    *,
    once: uuid.UUID,
    by: uuid.UUID,
    now: datetime,
    confirmed: bool = False,
) -> Woman:
    """Add a woman; `once` is the form's own id and becomes hers, so that a second click adds nobody.

    Raises:
        ConfirmError: a record has her CURP, or her name and birth date.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(once), _FORMS))))
    known = session.get(Woman, once)
    if known is not None:
        return known
    others = [] if confirmed else like_her(session, key, given)
    if others:
        raise ConfirmError((), others)
    details = Details()
    source = Source.of(STAFF, now)
    woman = Woman(id=once, details_cipher=b"", created_at=now)
    _set(woman, details, {name: value for name, value in given.items() if value}, source)
    session.add(woman)
    session.flush()
    registry.write_details(session, key, woman, details)
    changes.note(session, key, woman.id, Change(changes.ADDED, now=source), by)
    session.flush()
    return woman


def like_her(session: Session, key: PersonalKey, given: Mapping[str, str]) -> list[uuid.UUID]:
    """Return the records that have this CURP, or this name and birth date."""
    asked = []
    if given.get("curp"):
        asked.append(Woman.curp_hash == key.lookup("curp", given["curp"]))
    if given.get("full_name") and given.get("birth_date"):
        same = registry.name_birth_hash(key, given["full_name"], given["birth_date"])
        asked.append(Woman.name_birth_hash == same)
    if not asked:
        return []
    return list(session.scalars(select(Woman.id).where(or_(*asked)).order_by(Woman.id).limit(5)))


def correct(
    session: Session,
    key: PersonalKey,
    woman: Woman,
    given: Mapping[str, str],
    *,
    by: uuid.UUID,
    now: datetime,
    confirmed: bool = False,
) -> int:
    """Write what differs and return how many values; `woman` is locked, an empty value takes one away.

    Raises:
        ConfirmError: she herself gave one of them, or another record has the CURP.
    """
    details = registry.read_details(key, woman)
    held = changes.values_of(woman, details)
    differ = {name: value for name, value in given.items() if value != held[name][0]}
    hers = [name for name in differ if held[name][0] and _said_by_her(held[name][1])]
    curp = differ.get("curp")
    other = registry.other_with_curp(session, key, curp, woman.id) if curp else None
    if not confirmed and (hers or other):
        raise ConfirmError(hers, [other.id] if other else [])
    if differ:
        _set(woman, details, differ, Source.of(STAFF, now))
        registry.write_details(session, key, woman, details, by=by)
        session.flush()
    return len(differ)


def _said_by_her(source: Source | None) -> bool:
    return source is not None and source.who == HERSELF


def _set(woman: Woman, details: Kept, values: Mapping[str, str], source: Source) -> None:
    for name, value in values.items():
        if name in COLUMNS:
            setattr(woman, name, value or None)
        else:
            setattr(details, name, value)
        if value:
            details.sources[name] = source
        else:
            details.sources.pop(name, None)
    if values.get("birth_date"):
        details.birth_year = ""
        details.sources.pop("birth_year", None)


def enrol(
    session: Session, key: PersonalKey, woman: Woman, group_id: uuid.UUID, *, by: uuid.UUID
) -> Enrolment:
    """Give her a seat or a place on the waiting list.

    Raises:
        RecordError: she has one, or the group takes nobody.
    """
    known = session.scalar(
        select(Enrolment.id).where(
            Enrolment.woman_id == woman.id,
            Enrolment.group_id == group_id,
            Enrolment.state != EnrolmentState.LEFT,
        )
    )
    if known is not None:
        raise RecordError(texts.IN_GROUP)
    seat = enrolment.enrol(session, woman, group_id)
    if seat is None:
        raise RecordError(texts.GROUP_CLOSED)
    ref = {"seat": str(seat.id), "group": str(group_id)}
    changes.note(session, key, woman.id, Change(changes.ENROLLED, after=seat.state.value, ref=ref), by)
    session.flush()
    return seat


def leave(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    woman: Woman,
    seat_id: uuid.UUID,
    *,
    by: uuid.UUID,
    now: datetime,
) -> None:
    """Take her out of a group; who waits gets the seat and is told.

    Raises:
        RecordError: she has no seat there any more.
    """
    seat = session.get(Enrolment, seat_id)
    if seat is None or seat.woman_id != woman.id or seat.state is EnrolmentState.LEFT:
        raise RecordError(texts.NOT_IN_GROUP)
    ref = {"seat": str(seat.id), "group": str(seat.group_id)}
    changes.note(session, key, woman.id, Change(changes.LEFT, before=seat.state.value, ref=ref), by)
    waiting_list.leave_and_pass_on(session, key, settings, seat, now)
    session.flush()


def end_contact(session: Session, key: PersonalKey, woman: Woman, *, by: uuid.UUID, now: datetime) -> None:
    """Initiate nothing more to her, on any number; what she asks is answered as ever (promise P6).

    Raises:
        RecordError: no number of hers is written to.
    """
    hers = session.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).all()
    if not hers or any(one.opted_out_at for one in hers):
        raise RecordError(texts.CONTACT_NONE)
    preferences.opt_out(session, hers[0], now)
    ref = {"conversations": [str(one.id) for one in hers], "at": now.isoformat()}
    changes.note(session, key, woman.id, Change(changes.CONTACT_ENDED, ref=ref), by)
    session.flush()


def add_number(session: Session, key: PersonalKey, woman: Woman, phone: str, *, by: uuid.UUID) -> None:
    """Give her a number, from which she may read her data.

    Raises:
        RecordError: no Mexican number, or another woman's.
    """
    address = addresses.from_national(phone)
    before = set(session.scalars(select(Conversation.id).where(Conversation.woman_id == woman.id)))
    if address is None or not registry.link_phone(session, key, woman, phone):
        raise RecordError(texts.NUMBER_WRONG)
    session.flush()
    after = set(session.scalars(select(Conversation.id).where(Conversation.woman_id == woman.id)))
    said_at = her_no.said_at(registry.read_details(key, woman).sources) if not before else None
    for made in after - before:
        stopped = preferences.carry_over(session, session.get_one(Conversation, made))
        if said_at is not None and not stopped:
            # A list had her no while she had no number that it could end.
            preferences.stop(session, [made], said_at)
            stopped = [session.get_one(Conversation, made)]
        since = next((one.opted_out_at.isoformat() for one in stopped if one.opted_out_at), "")
        ref = {"conversation": str(made), "stopped": [str(one.id) for one in stopped], "since": since}
        change = Change(changes.NUMBER, after=addresses.canonical(address), ref=ref)
        changes.note(session, key, woman.id, change, by)
    session.flush()


def add_folio(
    session: Session,
    key: PersonalKey,
    woman: Woman,
    agency: str,
    folio: str,
    *,
    consent_on: date | None,
    by: uuid.UUID,
) -> None:
    """Note her folio at an agency, and the day of the consent on paper that the agency holds.

    Raises:
        RecordError: no such agency, or the folio is taken.
    """
    if session.get(Agency, agency) is None:
        raise RecordError(texts.AGENCY_UNKNOWN)
    if registry.by_folio(session, key, agency, folio) is not None:
        raise RecordError(texts.FOLIO_TAKEN)
    row = registry.affiliate(session, key, woman, agency, folio, source=STAFF)
    row.consent_on = consent_on
    change = Change(
        changes.FOLIO, after=f"{agency} {folio}", ref={"affiliation": str(row.id), "agency": row.agency}
    )
    changes.note(session, key, woman.id, change, by)
    session.flush()
