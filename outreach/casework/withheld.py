"""Tables of counts from which nobody can be found: small counts are withheld, and so is what would give them.

Three rules, so that no difference gives a withheld count back. A count under SMALL is withheld, whether it is
nought or nine. Where the rows of a table share out one total, further rows are withheld until at least two
are, and until they hold SMALL together. And what is shown is rounded down to a multiple of STEP, the total
too: no row is what the total lacks. Rows that do not exclude each other (a woman may live through several
types) are withheld also where all others would be few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SMALL: Final = 10
STEP: Final = 5
FEWEST: Final = 2


@dataclass(frozen=True)
class Table:
    """One table as it may be shown. A count of None is withheld; `rows` is empty where all of it is."""

    name: str
    rows: tuple[tuple[str, int | None], ...]


def rounded(count: int) -> int | None:
    """Return a count as it may be shown, None where it is withheld."""
    return None if count < SMALL else count - count % STEP


def shared_out(name: str, counts: Mapping[str, int]) -> Table:
    """Return a table whose rows exclude each other and together are the total."""
    if sum(counts.values()) < SMALL:
        return Table(name, ())
    hidden = _hidden(counts)
    if any(not _has_another(counts, hidden, code) for code in hidden):
        return Table(name, ())
    return _table(name, counts, hidden)


def side_by_side(name: str, counts: Mapping[str, int], total: int) -> Table:
    """Return a table whose rows may hold the same woman, out of `total`."""
    if total < SMALL:
        return Table(name, ())
    hidden = {code for code, count in counts.items() if count < SMALL or total - count < SMALL}
    return _table(name, counts, hidden)


def _table(name: str, counts: Mapping[str, int], hidden: set[str]) -> Table:
    return Table(
        name, tuple((code, None if code in hidden else rounded(count)) for code, count in counts.items())
    )


def _hidden(counts: Mapping[str, int]) -> set[str]:
    hidden = {code for code, count in counts.items() if count < SMALL}
    if not hidden:
        return hidden
    # The smallest of the others go next; of two alike the one that comes first.
    for code in sorted((code for code in counts if code not in hidden), key=lambda code: counts[code]):
        if len(hidden) >= FEWEST and sum(counts[one] for one in hidden) >= SMALL:
            break
        hidden.add(code)
    return hidden


def _has_another(counts: Mapping[str, int], hidden: set[str], code: str) -> bool:
    """Say whether a withheld row could be another count, with the same table and the same total shown."""
    total = rounded(sum(counts.values()))
    shown = _table("", counts, hidden)
    return any(
        rounded(sum(other.values())) == total and _table("", other, _hidden(other)) == shown
        for other in _beside(counts, code)
    )


def _beside(counts: Mapping[str, int], code: str) -> Iterator[dict[str, int]]:
    """Give the counts with this row one more or one less: by itself, or from or to another row."""
    for change in (1, -1):
        if counts[code] + change < 0:
            continue
        changed = {**counts, code: counts[code] + change}
        yield changed
        for other in counts:
            if other != code and counts[other] - change >= 0:
                yield {**changed, other: counts[other] - change}
