"""What the programme knows of a woman, and where each value comes from.

A value has a source (herself, staff, an agency's import) and a time, kept inside `Woman.details_cipher` for
the plain columns too. The rule of precedence is here: what she or a person of the programme wrote is never
overwritten by an import, and one agency never overwrites another's value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from outreach.sealing.crypto import PersonalKey

AXES = ("food", "production", "occupation", "health", "employment")
HERSELF, STAFF = "herself", "staff"
_IMPORT = "import:"
BUCKET = 1024
"""Bytes: the values of an ordinary record with their sources fit in one."""


@dataclass(frozen=True)
class Source:
    """Who wrote a value (`herself`, `staff`, `import:CODE`) and when (ISO, UTC, to the minute)."""

    who: str
    at: str

    @classmethod
    def of(cls, who: str, at: datetime) -> Source:
        """Return the source of a value written at an aware moment."""
        return cls(who, at.strftime("%Y-%m-%dT%H:%MZ"))


@dataclass
class Details:
    """What is known of a woman beyond municipality and axis; an empty value was not given.

    `birth_year` is the year alone, where she does not know the day: `birth_date` is empty then.
    `phone` is a number that she named and has not confirmed (`outreach.people.second_number`); `sources`
    are by the name of a value, also those of the plain columns. `aside` has what agencies'
    lists say of a value that they may not overwrite, by the value's name and the list's source.
    """

    preferred_name: str = ""
    full_name: str = ""
    birth_date: str = ""
    birth_year: str = ""
    locality: str = ""
    children: str = ""
    curp: str = ""
    phone: str = ""
    sources: dict[str, Source] = field(default_factory=dict)
    aside: dict[str, dict[str, str]] = field(default_factory=dict)

    def given(self) -> list[str]:
        """Return the names of the values that were given."""
        return [name for name in VALUES if getattr(self, name)]


VALUES = tuple(f.name for f in fields(Details) if f.name not in {"sources", "aside"})
COLUMNS = ("municipality", "axis")
"""Values that stand in plain columns of `Woman`: groups are offered and campaigns chosen by them."""


def import_source(agency: str) -> str:
    """Return the source of the values of an agency's file; empty: a file that names no agency."""
    return f"{_IMPORT}{agency}"


def may_replace(known: Source | None, who: str) -> bool:
    """Say whether `who` may overwrite a value that is there.

    A value without a source is from before sources were kept: it may be hers, so an import leaves it.
    """
    return not who.startswith(_IMPORT) or (known is not None and known.who == who)


def attribute(details: Details, names: Iterable[str], source: Source) -> None:
    """Note the source of values that have none."""
    for name in names:
        details.sources.setdefault(name, source)


def encrypt(key: PersonalKey, woman_id: UUID, details: Details) -> bytes:
    """Encrypt a record for its row."""
    data: dict[str, Any] = {name: getattr(details, name) for name in details.given()}
    data["sources"] = {name: [source.who, source.at] for name, source in details.sources.items()}
    if details.aside:
        data["aside"] = details.aside
    return key.encrypt(data, place=f"woman:{woman_id}", bucket=BUCKET)


def decrypt(key: PersonalKey, woman_id: UUID, blob: bytes) -> Details:
    """Decrypt a record of a row."""
    data = key.decrypt(blob, place=f"woman:{woman_id}")
    found = Details(
        sources={name: Source(str(who), str(at)) for name, (who, at) in data.get("sources", {}).items()},
        aside=data.get("aside", {}),
    )
    for name in VALUES:
        setattr(found, name, str(data.get(name, "")))
    return found
