"""What each agreement is worth: comparison levels for names with two surnames, as Splink takes them.

`m` is how often two records of one woman agree so; it was counted on planted lists (`benchmarks/planting.py`)
and is fixed: a list with few duplicates teaches nothing about them. `u`, how often two women agree so, is
estimated from the list itself where it is long enough; how common a name is counts always.
The first ten letters of a CURP are her name and birth date: a likeness of CURPs is never counted beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import splink.internals.comparison_level_library as cll
from splink import SettingsCreator, block_on
from splink.internals.comparison_library import CustomComparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splink.internals.comparison_level_creator import ComparisonLevelCreator

SURNAMES, GIVEN, BIRTH, CURP, PHONE, TOWN = "surnames", "given", "birth", "curp", "phone", "municipality"
CERTAIN: Final = 0.95
"""From here on a pair is certain, where nothing contradicts it."""
CERTAIN_ON_HER_PHONE: Final = 0.5
"""The same where she shares a phone and nothing is left that a family would explain: the score takes every
shared phone for a family's."""
REVIEW: Final = 0.07
"""From here on a person looks at a pair; below it nobody does."""
WEIGHED: Final = 0.0001
"""From here on a pair is counted, to see how many of a kind turn out to be two women."""
DUPLICATES_EACH: Final = 0.1
"""Expected pairs for each woman of the list, before anything is compared."""
ESTIMATED_FROM: Final = 5000
"""Women from which on `u` is estimated; a shorter list has too few pairs of the rare levels."""


@dataclass(frozen=True)
class Level:
    """One way to agree: its condition, and its m and u."""

    sql: str
    m: float
    u: float
    frequency_of: str = ""


def _both(column: str) -> str:
    return f"{column}_l = {column}_r"


def _near(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


# Further apart than this are a mother and a daughter of one name.
_CLOSE = "abs(TRY_CAST(left(birth_l, 4) AS INT) - TRY_CAST(left(birth_r, 4) AS INT)) <= 10"
# From the most alike to the least; the last of each is all the rest.
LEVELS: Final[dict[str, tuple[str, tuple[Level, ...]]]] = {
    SURNAMES: ("s1", (
        Level(_both("surnames"), 0.62, 0.0005, "surnames"),
        Level("s1_l = s2_r AND s2_l = s1_r", 0.06, 0.0005),
        Level(_both("surnames_sound"), 0.10, 0.0007),
        Level(f"{_near('s1', 0.9)} AND {_near('s2', 0.9)}", 0.09, 0.0015),
        Level("s1_sound_l = s1_sound_r AND (s2_l IS NULL OR s2_r IS NULL)", 0.10, 0.004),
        Level("s1_sound_l = s1_sound_r OR s2_sound_l = s2_sound_r OR s1_l = s2_r OR s2_l = s1_r", 0.02, 0.08),
        Level("ELSE", 0.005, 0.91),
    )),
    GIVEN: ("given_text", (
        Level(_both("given_text"), 0.66, 0.012, "given_text"),
        Level(_both("given_sound"), 0.12, 0.003),
        Level("list_has_all(given_all_l, given_all_r) OR list_has_all(given_all_r, given_all_l)",
              0.14, 0.02),
        Level("damerau_levenshtein(given_text_l, given_text_r) = 1", 0.06, 0.001),
        Level(_near("given_text", 0.88), 0.02, 0.006),
        Level("list_has_any(given_sound_l, given_sound_r)", 0.004, 0.01),
        Level("ELSE", 0.0003, 0.94),
    )),
    BIRTH: ("birth", (
        Level(_both("birth"), 0.85, 0.00006),
        Level("left(birth_l, 5) || right(birth_l, 2) || '-' || birth_l[6:7] = birth_r", 0.05, 0.00002),
        Level(f"damerau_levenshtein(birth_l, birth_r) = 1 AND {_CLOSE}", 0.06, 0.0006),
        Level(f"right(birth_l, 5) = right(birth_r, 5) AND {_CLOSE}", 0.025, 0.0008),
        Level("left(birth_l, 4) = left(birth_r, 4)", 0.004, 0.02),
        Level("ELSE", 0.002, 0.976),
    )),
    CURP: ("curp", (
        Level(_both("curp"), 0.9, 0.000001),
        Level("damerau_levenshtein(curp_key_l, curp_key_r) <= 2", 0.09, 0.045),
        Level("ELSE", 0.003, 0.955),
    )),
    # Families share a phone: it is worth little by itself.
    PHONE: ("phone", (Level(_both("phone"), 0.55, 0.002), Level("ELSE", 0.45, 0.998))),
    TOWN: ("municipality", (
        Level(_both("municipality"), 0.88, 0.10, "municipality"),
        Level("ELSE", 0.12, 0.90),
    )),
}  # fmt: skip
# Up to which level, counted from the most alike, nothing speaks against one woman; the unknown never does.
UNOPPOSED: Final = {SURNAMES: 5, GIVEN: 3, BIRTH: 3, CURP: 0}
# Levels that agree in part only: one name of two, one surname of two, a birth date with a slip.
LOOSE: Final = {SURNAMES: (4, 5), GIVEN: (2,), BIRTH: (2, 3)}
ESTIMATED: Final = (SURNAMES, GIVEN, BIRTH)
# Pairs that are compared at all: whoever shares one of these.
BLOCKS: Final[tuple[tuple[str, ...], ...]] = (
    ("curp_key",),
    ("birth",),
    ("surnames_sound", "given_first"),
    ("phone",),
    ("s1_sound", "given_text", "left(birth, 4)"),
    ("s1_sound", "given_first", "right(birth, 5)"),
    ("s2_sound", "given_text", "left(birth, 4)"),
    ("surnames_sound", "left(birth, 4)"),
)


def _comparison(name: str, least_known: str, levels: Sequence[Level]) -> CustomComparison:
    made: list[ComparisonLevelCreator | dict[str, Any]] = [cll.NullLevel(least_known)]
    for level in levels:
        if level.frequency_of:
            one: ComparisonLevelCreator = cll.ExactMatchLevel(
                level.frequency_of, term_frequency_adjustments=True
            )
        elif level.sql == "ELSE":
            one = cll.ElseLevel()
        else:
            one = cll.CustomLevel(level.sql)
        fixed = name not in ESTIMATED
        made.append(
            one.configure(
                m_probability=level.m, u_probability=level.u, fix_m_probability=True, fix_u_probability=fixed
            )
        )
    return CustomComparison(output_column_name=name, comparison_levels=made)


def settings(women: int) -> SettingsCreator:
    """Return Splink's settings for a list of so many women."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(name, known, levels) for name, (known, levels) in LEVELS.items()],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        probability_two_random_records_match=min(0.5, DUPLICATES_EACH / max(women, 1)),
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def level_of(name: str, gamma: int) -> int | None:
    """Return which level, counted from the most alike (0), a figure of Splink stands for; None: not known."""
    return None if gamma < 0 else len(LEVELS[name][1]) - 1 - gamma
