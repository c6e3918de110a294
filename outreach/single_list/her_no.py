"""A list's word that a woman does not want to be written to: it ends her contact, begins nothing again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outreach.people import changes
from outreach.people.changes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.people.details import Source
    from outreach.single_list.candidates import Candidate
    from outreach.single_list.known import Record

SAID_IN = "contact_ended"
"""Under this name her record's sources say which list had the word, and when."""


def contact_ends(row: Candidate, record: Record, source: Source, now: datetime) -> bool:
    """Say whether this list ends her contact, noting it; nothing is begun again by any list.

    What the same list said before is not said again: she may have asked for the messages herself since. Where
    she had no number then, the first that a list brings is ended with it.
    """
    said = record.details.sources.get(SAID_IN)
    ends = row.says_no and (said is None or said.who != source.who)
    if ends:
        record.details.sources[SAID_IN] = source
    if ends or (said is not None and not record.numbers):
        record.opted_out_at = record.opted_out_at or now
    return ends


def said_at(sources: Mapping[str, Source]) -> datetime | None:
    """Return when a list said that this woman does not want to be written to; None: none did."""
    said = sources.get(SAID_IN)
    return datetime.strptime(said.at, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) if said is not None else None


def change(record: Record, source: Source, now: datetime) -> Change:
    """Return what her history says of it, as where staff end her contact."""
    ref = {"conversations": [str(one) for one in record.numbers.values()], "at": now.isoformat()}
    return Change(changes.CONTACT_ENDED, now=source, ref=ref)
