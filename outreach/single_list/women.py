"""The import of women: in batches, a dozen statements each, however many rows.

A batch is decided in memory and written under one savepoint. Where the database refuses it, its rows are
written one by one, so that only the refused one is lost and its refusal becomes the row's error.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from models import (
    Agency,
)
from outreach.ground import dates
from outreach.messages import conversation_state
from outreach.people import axes, changes, places, registry
from outreach.people import details as records
from outreach.people.changes import Change
from outreach.people.details import Details, Source
from outreach.single_list import candidates, her_no, matching
from outreach.single_list.candidates import Candidate, Rules
from outreach.single_list.date_cells import Order
from outreach.single_list.known import Known, Record, fetch
from outreach.single_list.report import Change as Replacement
from outreach.single_list.report import Kept, Report, RowError, row_error, told
from outreach.single_list.writing import Work, write
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.reading import Table

BATCH = 500
LINKED_PHONE = "linked_phone"
"""The source of the number that an import linked; a later file of the same agency may replace it."""


def steps(
    db: Session,
    key: PersonalKey,
    settings: Settings,
    table: Table,
    now: datetime,
    report: Report,
    seen: dict[uuid.UUID, int],
) -> Iterator[None]:
    """Keep the rows batch by batch; between two the caller may commit.

    `seen` has the women whom earlier rows of the same file were about, by the line, and is filled.
    """
    rules = _rules(db, key, settings, table, now)
    for start in range(0, len(table.rows), BATCH):
        ready = []
        for row in table.rows[start : start + BATCH]:
            try:
                ready.append(candidates.read(row, rules))
            except RowError as error:
                report.refuse(row.line, error)
        _keep(db, key, ready, now, report, seen)
        db.expire_all()
        yield


def _rules(db: Session, key: PersonalKey, settings: Settings, table: Table, now: datetime) -> Rules:
    today = dates.today(settings.timezone, now)
    return Rules(
        key=key,
        today=today,
        least_age=settings.least_age,
        places=places.reader(db),
        births=Order(today, table.day_first.get("birth_date")),
        consents=Order(today, table.day_first.get("consent_on"), of_births=False),
        agencies={registry.plain_name(row.name): row.code for row in db.scalars(select(Agency))},
        axes=axes.offered(db),
    )


def _keep(
    db: Session,
    key: PersonalKey,
    ready: Sequence[Candidate],
    now: datetime,
    report: Report,
    seen: dict[uuid.UUID, int],
) -> None:
    if not ready:
        return
    try:
        with db.begin_nested():
            part, met = _write(db, key, ready, now, seen)
    except DBAPIError:
        if len(ready) == 1:
            report.refuse(ready[0].line, row_error(texts.REFUSED))
            return
        for one in ready:
            _keep(db, key, [one], now, report, seen)
        return
    seen.update(met)
    report.add(part)


def _write(
    db: Session, key: PersonalKey, ready: Sequence[Candidate], now: datetime, seen: dict[uuid.UUID, int]
) -> tuple[Report, dict[uuid.UUID, int]]:
    part, work = Report(), Work()
    met: dict[uuid.UUID, int] = {}
    part.remarks = _add_agencies(db, {row.agency for row in ready if row.agency})
    known = fetch(db, key, ready)
    for row in ready:
        try:
            record = matching.find(row, known)
            _refuse_second(row, record, {**seen, **met} if record and record.id in met else seen)
        except RowError as error:
            part.refuse(row.line, error)
            continue
        before, added = _written(part), record is None
        record = record or _new(known, work)
        notes = _apply(key, row, record, known, work, now, part)
        met[record.id] = row.line
        outcome = "added" if added else "same" if _written(part) == before else "changed"
        part.keep(row.line, Kept(outcome, [*row.notes, *notes]))
    write(db, key, work, now)
    return part, met


def _refuse_second(row: Candidate, record: Record | None, seen: dict[uuid.UUID, int]) -> None:
    """Two rows of one file about one woman must agree: which of them is right nobody can tell."""
    line = seen.get(record.id) if record else None
    if record is None or line is None:
        return
    held = {name: getattr(record.details, name) for name in records.VALUES}
    held |= {"municipality": record.municipality or "", "axis": record.axis or ""}
    given = row.values | {"municipality": row.municipality or "", "axis": row.axis or ""}
    differ = [name for name, value in given.items() if value and held[name] and held[name] != value]
    if row.phone_hash and record.numbers and row.phone_hash not in record.numbers:
        differ.append("phone")
    if differ:
        raise RowError(*((name, texts.TWICE.format(line=line)) for name in differ))


def _written(part: Report) -> int:
    """How many values the rows so far have written."""
    return sum(tally.new + tally.changed for tally in part.tallies.values())


def _add_agencies(db: Session, wanted: set[str]) -> list[str]:
    if not wanted:
        return []
    added = db.scalars(
        upsert(Agency)
        .values([{"code": code, "name": code} for code in sorted(wanted)])
        .on_conflict_do_nothing()
        .returning(Agency.code)
    ).all()
    return [texts.NEW_AGENCIES.format(names=", ".join(sorted(added)))] if added else []


def _new(known: Known, work: Work) -> Record:
    record = Record(uuid.uuid4(), Details(), None, None)
    known.records[record.id] = record
    work.new.add(record.id)
    return record


def _apply(
    key: PersonalKey,
    row: Candidate,
    record: Record,
    known: Known,
    work: Work,
    now: datetime,
    part: Report,
) -> list[str]:
    """Put a row's values on a record where they may stand; return what was left out."""
    source = Source.of(records.import_source(row.agency or ""), now)
    notes: list[str] = []
    for name, value in row.values.items():
        held, was = getattr(record.details, name), record.details.sources.get(name)
        _put_aside(record, name, held, value, source, work)
        if _set(part, row.line, record.details, name, held, value, source, notes):
            setattr(record.details, name, value)
            work.changed[record.id] = record
            _note(key, record, Change(name, held, value, was, source), work)
            if name == "full_name":
                work.renamed.add(record.id)
    for name in records.COLUMNS:
        value, held = getattr(row, name), getattr(record, name)
        was = record.details.sources.get(name)
        if value:
            _put_aside(record, name, held, value, source, work)
        if value and _set(part, row.line, record.details, name, held, value, source, notes):
            setattr(record, name, value)
            work.changed[record.id] = record
            _note(key, record, Change(name, held or "", value, was, source), work)
    _affiliate(key, row, record, known, work, part)
    ends = her_no.contact_ends(row, record, source, now)
    if row.phone and row.phone_hash:
        had = bool(record.numbers)
        left_out = _link(key, row, record, known, work, source, now)
        _count_phone(part, had, left_out, linked=record.details.sources.get(LINKED_PHONE) is source)
        notes += left_out
    if ends:
        work.changed[record.id] = record
        work.ended += record.numbers.values()
        _note(key, record, her_no.change(record, source, now), work)
        notes.append(told("consent_on", texts.CONTACT_ENDED))
    if record.id in work.new:
        known.by_name_birth[_exact(key, record)].append(record.id)
    _found_again_by(row, record, known, work)
    return notes


def _count_phone(part: Report, had: bool, left_out: list[str], *, linked: bool) -> None:
    tally = part.tally("phone")
    if left_out:
        tally.kept += 1
    elif not linked:
        tally.same += 1
    elif had:
        tally.changed += 1
    else:
        tally.new += 1


def _found_again_by(row: Candidate, record: Record, known: Known, work: Work) -> None:
    """Note by what else of this row she is found or compared."""
    if row.curp_hash and record.details.curp == row.values["curp"]:
        holders = known.by_curp[row.curp_hash]
        if record.id not in holders:
            holders.append(record.id)
    if row.phone_hash:
        known.listed[row.phone_hash].append(record.id)
        work.listed.append({"id": uuid.uuid4(), "woman_id": record.id, "lookup_hash": row.phone_hash})


def _exact(key: PersonalKey, record: Record) -> bytes:
    found = registry.name_birth_hash(key, record.details.full_name, record.details.birth_date)
    return found or b""


def _set(
    part: Report,
    line: int,
    details: Details,
    name: str,
    held: str | None,
    value: str,
    source: Source,
    notes: list[str],
) -> bool:
    """Say whether a value is to be written, noting its source; what may not be overwritten is told."""
    tally = part.tally(name)
    if held == value:
        tally.same += 1
        return False
    if held and not records.may_replace(details.sources.get(name), source.who):
        tally.kept += 1
        notes.append(told(name, texts.KEPT))
        return False
    if held:
        tally.changed += 1
        part.changes.append(Replacement(line, name, held, value))
    else:
        tally.new += 1
    details.sources[name] = source
    return True


def _put_aside(record: Record, name: str, held: str | None, value: str, source: Source, work: Work) -> None:
    """Keep what a list says of a value that it may not overwrite, for whoever looks at her page."""
    if not held or held == value or records.may_replace(record.details.sources.get(name), source.who):
        return
    said = record.details.aside.setdefault(name, {})
    if said.get(source.who) != value:
        said[source.who] = value
        work.changed[record.id] = record


def _note(key: PersonalKey, record: Record, change: Change, work: Work) -> None:
    """Note in her history what a list wrote on a record that was there."""
    if record.id not in work.new:
        work.history.append(changes.as_row(key, record.id, change))


def _affiliate(
    key: PersonalKey, row: Candidate, record: Record, known: Known, work: Work, part: Report
) -> None:
    if row.folio_hash is None or row.agency is None or row.folio is None:
        return
    held = record.folios.get(row.folio_hash)
    agreed = held[2] if held else None
    if row.consent_on is not None:
        tally = part.tally("consent_on")
        if agreed == row.consent_on:
            tally.same += 1
        elif agreed is not None:
            tally.changed += 1
            part.changes.append(
                Replacement(row.line, "consent_on", agreed.isoformat(), row.consent_on.isoformat())
            )
        else:
            tally.new += 1
    if held is None:
        part.tally("external_id").new += 1
        made = uuid.uuid4()
        folio = key.encrypt({"folio": row.folio}, place=f"affiliation:{made}")
        work.affiliations.append(
            {"id": made, "woman_id": record.id, "agency": row.agency, "folio_cipher": folio,
             "folio_hash": row.folio_hash, "consent_on": row.consent_on, "source": "import"}
        )  # fmt: skip
        record.folios[row.folio_hash] = (row.agency, made, row.consent_on)
        known.by_folio[row.folio_hash] = record.id
        return
    part.tally("external_id").same += 1
    if row.says_no and agreed is not None:
        work.consents.append({"id": held[1], "consent_on": None})
        record.folios[row.folio_hash] = (held[0], held[1], None)
    if row.consent_on is not None and agreed != row.consent_on:
        work.consents.append({"id": held[1], "consent_on": row.consent_on})
        record.folios[row.folio_hash] = (held[0], held[1], row.consent_on)


def _link(
    key: PersonalKey,
    row: Candidate,
    record: Record,
    known: Known,
    work: Work,
    source: Source,
    now: datetime,
) -> list[str]:
    """Link a row's number, unless it is another woman's or she has one of her own already.

    Where her contact was ended on the number that this one replaces, it stays ended. Whoever writes from a
    linked number may read her data: an import adds none beside one that she uses.
    """
    if row.phone_hash is None or row.phone_hash in record.numbers:
        return []
    conversation_id, holder = known.numbers.get(row.phone_hash, (None, None))
    if holder is not None:
        return [told("phone", texts.PHONE_SHARED)]
    if record.numbers:
        linked = record.details.sources.get(LINKED_PHONE)
        if record.heard or linked is None or linked.who != source.who:
            return [told("phone", texts.KEPT)]
        work.unused += record.numbers.values()
        record.numbers.clear()
    if conversation_id is None:
        conversation_id = _open_conversation(key, row, record, work, now)
    else:
        link: dict[str, Any] = {"id": conversation_id, "woman_id": record.id}
        if record.opted_out_at is not None:
            link["opted_out_at"] = record.opted_out_at
        work.links.append(link)
    record.numbers[row.phone_hash] = conversation_id
    record.details.sources[LINKED_PHONE] = source
    work.changed[record.id] = record
    known.numbers[row.phone_hash] = (conversation_id, record.id)
    return []


def _open_conversation(
    key: PersonalKey, row: Candidate, record: Record, work: Work, now: datetime
) -> uuid.UUID:
    made, address = uuid.uuid4(), uuid.uuid4()
    work.conversations.append(
        {"id": made, "woman_id": record.id, "private_cipher": conversation_state.empty(key, made),
         "created_at": now, "opted_out_at": record.opted_out_at}
    )  # fmt: skip
    work.addresses.append(
        {"id": address, "conversation_id": made, "lookup_hash": row.phone_hash, "kind": "phone",
         "address_cipher": key.encrypt({"address": f"whatsapp:{row.phone}"}, place=f"address:{address}")}
    )  # fmt: skip
    return made
