"""One record's values out of two, and two out of one again, by who wrote each and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.people.details import COLUMNS, HERSELF, VALUES, Details, import_source
from outreach.single_list import her_no

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outreach.people.details import Source

Values = dict[str, str]
Aside = dict[str, dict[str, str]]
"""What lists say of a value that they may not write over: by its name and the list's source."""
NAMES = (*VALUES, *COLUMNS)


def values_of(details: Details, municipality: str | None, axis: str | None) -> Values:
    """Return all values of a record by name, those of plain columns too; empty where not given."""
    found = {name: str(getattr(details, name)) for name in VALUES}
    return found | {"municipality": municipality or "", "axis": axis or ""}


def _rank(source: Source | None) -> tuple[int, str]:
    """What she wrote before what staff wrote before an agency's list; then the newer.

    A value without a source may be hers (`details.may_replace`): it ranks as a person's.
    """
    if source is None:
        return 1, ""
    return (2 if source.who == HERSELF else 0 if source.who.startswith(import_source("")) else 1), source.at


def joined(
    kept: tuple[Values, Mapping[str, Source]], absorbed: tuple[Values, Mapping[str, Source]]
) -> tuple[Values, dict[str, Source]]:
    """Return the values of the merged record with their sources."""
    values: Values = {}
    sources: dict[str, Source] = {}
    for name in NAMES:
        mine, hers = kept[0].get(name, ""), absorbed[0].get(name, "")
        my_source, her_source = kept[1].get(name), absorbed[1].get(name)
        takes = bool(hers) and (not mine or (mine != hers and _rank(her_source) > _rank(my_source)))
        values[name], source = (hers, her_source) if takes else (mine, my_source)
        if source is not None and values[name]:
            sources[name] = source
    if values["birth_date"]:
        values["birth_year"] = ""
        sources.pop("birth_year", None)
    said = [one for of in (kept, absorbed) if (one := of[1].get(her_no.SAID_IN)) is not None]
    if said:
        # What the same list said before is not said again; the newer of two.
        sources[her_no.SAID_IN] = max(said, key=lambda one: one.at)
    return values, sources


def parted(
    before: tuple[Values, Mapping[str, Source]],
    absorbed: tuple[Values, Mapping[str, Source]],
    merged: Values,
    now: tuple[Values, Mapping[str, Source]],
    her_agencies: Collection[str],
    *,
    her_own: bool,
) -> tuple[tuple[Values, dict[str, Source]], tuple[Values, dict[str, Source]]]:
    """Return both records again, each with what came since the merge.

    A value that changed since goes to the absorbed one where an agency that only she belongs to wrote it, or
    she herself did and only she had a conversation (`her_own`); else to the kept one.
    """
    whos = {import_source(agency) for agency in her_agencies} | ({HERSELF} if her_own else set())
    mine, my_sources = dict(before[0]), dict(before[1])
    hers, her_sources = dict(absorbed[0]), dict(absorbed[1])
    for name in NAMES:
        value, source = now[0].get(name, ""), now[1].get(name)
        if value == merged.get(name, ""):
            continue
        goes_to = (hers, her_sources) if source is not None and source.who in whos else (mine, my_sources)
        goes_to[0][name] = value
        if source is not None:
            goes_to[1][name] = source
    return (mine, my_sources), (hers, her_sources)


def joined_aside(kept: Aside, absorbed: Aside) -> Aside:
    """Return what lists say of either record and may not write; where a list says both, of the kept one."""
    names = sorted({*kept, *absorbed})
    return {name: {**absorbed.get(name, {}), **kept.get(name, {})} for name in names}


def parted_aside(
    before: Aside, absorbed: Aside, merged: Aside, now: Aside, her_agencies: Collection[str]
) -> tuple[Aside, Aside]:
    """Return what lists say of each record again; what an agency said since goes where its women are."""
    whos = {import_source(agency) for agency in her_agencies}
    mine, hers = ({name: dict(said) for name, said in each.items()} for each in (before, absorbed))
    for name, said in now.items():
        for who, value in said.items():
            if value != merged.get(name, {}).get(who):
                (hers if who in whos else mine).setdefault(name, {})[who] = value
    return mine, hers


def details_of(values: Values, sources: Mapping[str, Source], aside: Aside) -> Details:
    """Return a record of these values."""
    made = Details(sources=dict(sources), aside={name: dict(said) for name, said in aside.items() if said})
    for name in VALUES:
        setattr(made, name, values.get(name, ""))
    return made
