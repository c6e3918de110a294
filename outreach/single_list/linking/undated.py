"""Whether pairs without a birth date can be trusted: what the dated pairs of the same list say of them.

A mother and a daughter may share name and phone. How many such there are shows in the pairs whose birth dates
are both known and contradict; how many more a missing date hides follows from how often it is missing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from outreach.single_list.linking import model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SAME, ALIKE, ELSEWHERE = "same name", "name alike", ", another town"
MOST_WRONG: Final = 0.0006
"""Of all certain pairs the share that may be expected to be wrong for want of a birth date."""


def kind(at: Mapping[str, int | None]) -> str | None:
    """Return which kind of pair of one phone this is: by how alike the names are, and by the town.

    Whoever shares a phone with her mother mostly lives with her.
    """
    surnames, given = at[model.SURNAMES], at[model.GIVEN]
    if at[model.PHONE] != 0 or at[model.CURP] == 0 or surnames is None or given is None:
        return None
    if surnames >= model.UNOPPOSED[model.SURNAMES] or given > model.UNOPPOSED[model.GIVEN]:
        return None
    return (SAME if surnames == given == 0 else ALIKE) + (ELSEWHERE if at[model.TOWN] == 1 else "")


def trusted(counted: Iterable[tuple[bool, int, Mapping[str, int | None]]], missing: float) -> frozenset[str]:
    """Return the kinds that are certain without a birth date.

    `counted`: pairs that agree in the same way, whether their score is that of a certain pair, how many, and
    at which levels. `missing`: the share of the list without a birth date, below 1. One pair more is taken to
    contradict than does, so that a short list proves nothing.
    """
    contradict = Counter({name + town: 1 for name in (SAME, ALIKE) for town in ("", ELSEWHERE)})
    sure = 0
    for scores_certain, count, at in counted:
        sure += count if scores_certain else 0
        one, birth = kind(at), at[model.BIRTH]
        if one is not None and birth is not None and birth > model.UNOPPOSED[model.BIRTH]:
            contradict[one] += count
    both_known = (1 - missing) ** 2
    left, found = MOST_WRONG * sure, set()
    for one, seen in sorted(contradict.items(), key=lambda item: item[1]):
        hidden = seen * (1 - both_known) / both_known if both_known else float("inf")
        if hidden <= left:
            left -= hidden
            found.add(one)
    return frozenset(found)
