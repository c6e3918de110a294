"""Two records into one, and back: what hangs on the absorbed one moves, and its undo moves it back.

Nothing is lost on the way: a row that the kept record has already (an answer to the same session) is kept in
the merge, encrypted, and put back by the undo. The absorbed row goes, so that no list shows her twice.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from models import Affiliation, Base, Consent, Conversation, Woman, WomanMerge
from outreach.people import consent, registry
from outreach.people.details import Source
from outreach.sealing.under_key import PACKED_BUCKET
from outreach.single_list import her_no, supports_doubles
from outreach.single_list.linking import joined_details, parking, repointing, seats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.linking.joined_details import Aside, Values

BUCKET = PACKED_BUCKET


class MergeError(Exception):
    """These records can't be merged, or not parted any more: look at the list again."""


class LaterMergeError(MergeError):
    """The merged record was merged into another since: undo that merge first."""


def _place(merge_id: uuid.UUID) -> str:
    return f"woman_merge:{merge_id}"


def locked(session: Session, *ids: uuid.UUID) -> list[Woman]:
    """Return these records, locked in the order of their ids, in the order asked for.

    Raises:
        MergeError: one is gone.
    """
    rows = session.scalars(
        select(Woman)
        .where(Woman.id.in_(ids))
        .order_by(Woman.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {woman.id: woman for woman in rows}
    if len(found) < len(set(ids)):
        raise MergeError(MergeError.__doc__)
    return [found[one] for one in ids]


def merge(
    session: Session,
    key: PersonalKey,
    one: uuid.UUID,
    other: uuid.UUID,
    now: datetime,
    staff_id: uuid.UUID | None = None,
) -> WomanMerge:
    """Merge two records; which of them stays is decided here: who was heard last, else the older one.

    Raises:
        MergeError: they are one already, or one is gone.
    """
    if one == other:
        raise MergeError(MergeError.__doc__)
    kept, absorbed = _by_age(session, locked(session, one, other))
    mine, hers = _values(key, kept), _values(key, absorbed)
    values, sources = joined_details.joined(mine, hers)
    said = {"before": _aside(key, kept), "absorbed": _aside(key, absorbed)}
    said["merged"] = joined_details.joined_aside(said["before"], said["absorbed"])
    snapshot: dict[str, Any] = {
        "kept": str(kept.id),
        "before": _packed_values(mine),
        "absorbed": _packed_values(hers),
        "merged": values,
        "aside": said,
        "row": _row_of(session, absorbed.id),
        "agencies": sorted(_agencies(session, absorbed.id) - _agencies(session, kept.id)),
        "her_own": _talks(session, absorbed.id) and not _talks(session, kept.id),
        "moved": {},
        "parked": {},
    }
    said_no = _said_no(session, kept.id, mine[1]) or _said_no(session, absorbed.id, hers[1])
    snapshot["seats"] = seats.settle(session, kept.id, absorbed.id, now)
    for table, column in parking.hanging():
        moved, parked = parking.move(session, table, column, absorbed.id, kept.id)
        place = parking.place_of(table, column)
        if moved:
            snapshot["moved"][place] = moved
        if parked:
            snapshot["parked"][place] = parked
    snapshot["pairs"] = repointing.follow(session, absorbed.id, kept.id, now, staff_id)
    snapshot["merges"] = repointing.follow_merges(session, absorbed.id, kept.id)
    snapshot["opposed"] = _oppose_too(kept, absorbed)
    snapshot["opted_out"] = _opt_out_everywhere(session, kept, now, said_no=said_no)
    session.expire_all()
    session.delete(session.get_one(Woman, absorbed.id))
    session.flush()
    _write(session, key, kept, (values, sources), said["merged"])
    row = WomanMerge(
        id=uuid.uuid4(), kept_id=kept.id, absorbed_id=absorbed.id, merged_at=now, merged_by=staff_id
    )
    row.snapshot_cipher = key.encrypt(snapshot, place=_place(row.id), bucket=BUCKET)
    session.add(row)
    session.flush()
    supports_doubles.follow(session, [kept.id], now)
    return row


def undo(session: Session, key: PersonalKey, merge_id: uuid.UUID, now: datetime, staff_id: uuid.UUID) -> None:
    """Part two records again, each with what came to it since.

    What hangs on a row that moved (a conversation's messages, the sessions of a group) goes back with it;
    other rows that came since stay with the kept record.

    Raises:
        MergeError: it was undone already.
        LaterMergeError: the record that it made was merged into another since.
    """
    row, kept = _locked_merge(session, merge_id)
    snapshot = key.decrypt(row.snapshot_cipher, place=_place(row.id))
    if snapshot["kept"] != str(kept.id):
        raise LaterMergeError(LaterMergeError.__doc__)
    mine, hers = joined_details.parted(
        _unpacked_values(snapshot["before"]),
        _unpacked_values(snapshot["absorbed"]),
        snapshot["merged"],
        _values(key, kept),
        snapshot["agencies"],
        her_own=snapshot["her_own"],
    )
    said = _aside(key, kept)
    table = Base.metadata.tables[Woman.__tablename__]
    session.execute(insert(table).values(parking.unpacked(table, snapshot["row"])))
    for hanging, column in parking.hanging():
        place = parking.place_of(hanging, column)
        ids = [uuid.UUID(one) for one in snapshot["moved"].get(place, [])]
        session.execute(
            update(hanging)
            .where(hanging.c.id.in_(ids), column == kept.id)
            .values({column.name: row.absorbed_id})
        )
        parking.put_back(session, hanging, snapshot["parked"].get(place, []))
    seats.part(session, kept.id, row.absorbed_id, snapshot["seats"], row.merged_at)
    repointing.back(session, snapshot["pairs"], row.absorbed_id, kept.id, now, staff_id)
    repointing.merges_back(session, snapshot["merges"], row.absorbed_id, kept.id)
    if kept.opposed_at is not None and snapshot.get("opposed") == kept.opposed_at.isoformat():
        kept.opposed_at = None  # it was the other one who opposed
    _opt_in_again(session, snapshot["opted_out"], row.merged_at)
    session.expire_all()
    (absorbed,) = locked(session, row.absorbed_id)
    my_said, her_said = _parted_aside(snapshot, said, _aside(key, absorbed))
    _write(session, key, absorbed, hers, her_said)
    _write(session, key, kept, mine, my_said)
    row.undone_at, row.undone_by = now, staff_id
    # Two women again: what is kept of the merge says nothing of the one on the page of the other.
    row.snapshot_cipher = key.encrypt({"kept": snapshot["kept"]}, place=_place(row.id), bucket=BUCKET)
    session.flush()
    supports_doubles.follow(session, [kept.id, absorbed.id], now)


def _locked_merge(session: Session, merge_id: uuid.UUID) -> tuple[WomanMerge, Woman]:
    """Return a merge and the record that stayed, both locked, the record first, as a merge locks them."""
    found = session.get(WomanMerge, merge_id)
    if found is None or found.undone_at is not None:
        raise MergeError(MergeError.__doc__)
    (kept,) = locked(session, found.kept_id)
    row = session.get(WomanMerge, merge_id, with_for_update=True, populate_existing=True)
    if row is None or row.undone_at is not None:
        raise MergeError(MergeError.__doc__)
    if row.kept_id != kept.id:
        raise LaterMergeError(LaterMergeError.__doc__)
    return row, kept


def _by_age(session: Session, both: list[Woman]) -> tuple[Woman, Woman]:
    heard = {woman.id: _heard(session, woman.id) for woman in both}
    first, second = sorted(
        both, key=lambda woman: (-(heard[woman.id] or 0.0), woman.created_at, str(woman.id))
    )
    return first, second


def _heard(session: Session, woman_id: uuid.UUID) -> float | None:
    last = session.scalar(
        select(func.max(Conversation.last_inbound_at)).where(Conversation.woman_id == woman_id)
    )
    return last.timestamp() if last else None


def _talks(session: Session, woman_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(Conversation.id).where(Conversation.woman_id == woman_id).limit(1)))


def _agencies(session: Session, woman_id: uuid.UUID) -> set[str]:
    return set(session.scalars(select(Affiliation.agency).where(Affiliation.woman_id == woman_id)))


def _row_of(session: Session, woman_id: uuid.UUID) -> dict[str, Any]:
    table = Base.metadata.tables[Woman.__tablename__]
    return parking.packed(session.execute(select(table).where(table.c.id == woman_id)).one())


def _values(key: PersonalKey, woman: Woman) -> tuple[Values, Mapping[str, Source]]:
    details = registry.read_details(key, woman)
    return joined_details.values_of(details, woman.municipality, woman.axis), details.sources


def _packed_values(of: tuple[Values, Mapping[str, Source]]) -> dict[str, Any]:
    return {"values": of[0], "sources": {name: asdict(source) for name, source in of[1].items()}}


def _unpacked_values(kept: dict[str, Any]) -> tuple[Values, Mapping[str, Source]]:
    return kept["values"], {name: Source(**source) for name, source in kept["sources"].items()}


def _aside(key: PersonalKey, woman: Woman) -> Aside:
    return registry.read_details(key, woman).aside


def _parted_aside(snapshot: dict[str, Any], now: Aside, of_absorbed: Aside) -> tuple[Aside, Aside]:
    """Part what lists say otherwise; merges before this was joined left it with the record that stayed."""
    kept = snapshot.get("aside") or {"before": now, "absorbed": of_absorbed, "merged": now}
    return joined_details.parted_aside(
        kept["before"], kept["absorbed"], kept["merged"], now, snapshot["agencies"]
    )


def _write(
    session: Session,
    key: PersonalKey,
    woman: Woman,
    of: tuple[Values, Mapping[str, Source]],
    aside: Aside,
) -> None:
    values, sources = of
    woman.municipality, woman.axis = values["municipality"] or None, values["axis"] or None
    details = joined_details.details_of(values, sources, aside)
    registry.write_details(session, key, woman, details, noted=False)
    session.flush()


def _oppose_too(kept: Woman, absorbed: Woman) -> str | None:
    """Let who opposed on one record oppose on the joined one; return since when, where that is new there."""
    if absorbed.opposed_at is None or kept.opposed_at is not None:
        return None
    kept.opposed_at = absorbed.opposed_at
    return absorbed.opposed_at.isoformat()


def _said_no(session: Session, woman_id: uuid.UUID, sources: Mapping[str, Source]) -> datetime | None:
    """Return when a list said no for this record while it had no number that the no could end."""
    return None if _talks(session, woman_id) else her_no.said_at(sources)


def _opt_out_everywhere(
    session: Session, kept: Woman, now: datetime, *, said_no: datetime | None
) -> list[str]:
    """Who left the messages on one number has left them on all; return which conversations were changed.

    `said_no` is a list's word for her; what she answered to the notice herself since then outweighs it.
    """
    hers = session.scalars(select(Conversation).where(Conversation.woman_id == kept.id)).all()
    by_list = said_no is not None and not _agreed_since(session, [each.id for each in hers], said_no)
    if not by_list and kept.opposed_at is None and not any(each.opted_out_at for each in hers):
        return []
    changed = [each for each in hers if each.opted_out_at is None]
    for each in changed:
        each.opted_out_at = now
    session.flush()
    return [str(each.id) for each in changed]


def _agreed_since(session: Session, ids: list[uuid.UUID], since: datetime) -> bool:
    last = (
        select(Consent.given, Consent.created_at)
        .where(Consent.conversation_id.in_(ids), Consent.kind == consent.PRIVACY)
        .order_by(Consent.created_at.desc())
        .limit(1)
    )
    found = session.execute(last).one_or_none()
    return found is not None and found.given and found.created_at > since


def _opt_in_again(session: Session, ids: list[str], merged_at: datetime) -> None:
    """Let the merge's own stop go; whoever has said no since has said it herself."""
    changed = [uuid.UUID(one) for one in ids]
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(changed), Conversation.opted_out_at == merged_at)
        .values(opted_out_at=None)
    )
