"""The comparison itself: DuckDB in memory, which may not spill to a disk, and Splink's sums over it.

Takes plain records and gives ids; must never write, log or print what it was given.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
from splink import DuckDBAPI, Linker

from outreach.single_list.linking import columns, model, undated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.single_list.linking.columns import Person
    from outreach.single_list.linking.rates import Rates

SEED = 2026
SAMPLED_PAIRS = 2e6
_LIST = pa.list_(pa.string())


@dataclass(frozen=True)
class Pair:
    """Two women who may be one. `joins`: the CURP agrees and nothing contradicts."""

    a: str
    b: str
    probability: float
    certain: bool
    joins: bool
    conflict: bool


@dataclass(frozen=True)
class Part:
    """What is known of the whole list where a part is compared: who is new, how many women, its rates."""

    newcomers: frozenset[str]
    women: int
    rates: Rates


def compare(
    people: Sequence[Person], part: Part | None = None, *, memory: str = "1200MB", threads: int = 2
) -> Iterator[Pair]:
    """Yield the pairs that are certain or for a person to look at; of a part those with a newcomer."""
    if len(people) < 2:  # noqa: PLR2004 (a pair)
        return
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    with duckdb.connect(":memory:", config=_config(memory, threads)) as connection:
        connection.execute("SET enable_external_access = false")
        for pair in _predict(connection, people, part):
            if part is None or {pair.a, pair.b} & part.newcomers:
                yield pair


def _config(memory: str, threads: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": memory,
        "threads": threads,
        "temp_directory": "",
        "max_temp_directory_size": "0B",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def _predict(
    connection: duckdb.DuckDBPyConnection, people: Sequence[Person], part: Part | None
) -> Iterator[Pair]:
    made = columns.table(people)
    lists = {"given_sound", "given_all"}
    arrays = {
        name: pa.array(values, type=_LIST if name in lists else pa.string()) for name, values in made.items()
    }
    connection.register("given_rows", pa.table(arrays))
    connection.execute("CREATE TABLE women AS SELECT * FROM given_rows")
    connection.unregister("given_rows")
    del made, arrays
    api = DuckDBAPI(connection)
    linker = Linker(api.register("women"), model.settings(part.women if part else len(people)))
    if part is not None:
        _register(connection, api, linker, part.rates)
    elif len(people) >= model.ESTIMATED_FROM:
        linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    scored = linker.inference.predict(threshold_match_probability=model.WEIGHED)
    gammas = ", ".join(f"gamma_{name}" for name in model.LEVELS)
    counted = connection.execute(
        f"SELECT match_probability >= {model.CERTAIN} AS sure, count(*), {gammas}"  # noqa: S608 (our names)
        f" FROM {scored.physical_name} GROUP BY ALL"
    ).fetchall()
    (missing,) = connection.execute("SELECT avg((birth IS NULL)::INT) FROM women").fetchone() or (1.0,)
    trusted = undated.trusted(
        [(sure, count, _levels(levels)) for sure, count, *levels in counted], float(missing)
    )
    found = connection.execute(
        f"SELECT unique_id_l AS a, unique_id_r AS b, match_probability AS p, {gammas}"  # noqa: S608 (our names)
        f" FROM {scored.physical_name} WHERE match_probability >= {model.REVIEW} ORDER BY a, b"
    )
    while rows := found.fetchmany(5000):
        for a, b, probability, *levels in rows:
            judged = judge(a, b, float(probability), _levels(levels), trusted)
            if judged is not None:
                yield judged


def _register(connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, linker: Linker, rates: Rates) -> None:
    """Give the comparison the rates of the whole list in place of those of the part."""
    for column, shares in rates.items():
        given = pa.table({column: pa.array(list(shares), type=pa.string()),
                          f"tf_{column}": pa.array(list(shares.values()), type=pa.float64())})  # fmt: skip
        connection.register("given_rates", given)
        connection.execute(f"CREATE TABLE rate_{column} AS SELECT * FROM given_rates")  # noqa: S608 (our names)
        connection.unregister("given_rates")
        linker.table_management.register_term_frequency_lookup(api.register(f"rate_{column}"), column)


def _levels(gammas: Iterable[int]) -> dict[str, int | None]:
    return {name: model.level_of(name, gamma) for name, gamma in zip(model.LEVELS, gammas, strict=True)}


def judge(
    a: str,
    b: str,
    probability: float,
    at: Mapping[str, int | None],
    trusted: frozenset[str] = frozenset(),
) -> Pair | None:
    """Return what a score means once what speaks against it is heard; None: nobody need look at it.

    `at` holds the level of each comparison, `trusted` the kinds of pairs that need no birth date.
    """
    same_curp = at[model.CURP] == 0
    if not same_curp and _another(at):
        return None
    unopposed = _unopposed(at, trusted)
    return Pair(
        min(a, b),
        max(a, b),
        probability,
        certain=(unopposed and probability >= _least(at)) or (same_curp and _is_hers(at)),
        joins=same_curp and unopposed and at[model.BIRTH] in {None, 0},
        conflict=same_curp and at[model.BIRTH] not in {None, 0},
    )


def _least(at: Mapping[str, int | None]) -> float:
    """Return the score from which a pair is certain that nothing contradicts.

    Where two share a phone and are called the same, and no birth date tells a mother from a daughter (or this
    list has next to no such), no family explains the phone: it says far more than the score has it.
    """
    same_called = at[model.GIVEN] in {0, 1} or at[model.BIRTH] is None
    return model.CERTAIN_ON_HER_PHONE if at[model.PHONE] == 0 and same_called else model.CERTAIN


def _is_hers(at: Mapping[str, int | None]) -> bool:
    """Say whether one CURP is hers on both records: one birth date, a surname, and given names not unlike.

    It was given to one woman. Who has another's by mistake has another birth date or is called otherwise.
    """
    given, surnames, crossed = at[model.GIVEN], at[model.SURNAMES], len(model.LEVELS[model.GIVEN][1]) - 2
    return (
        at[model.BIRTH] == 0
        and (given is None or given < crossed)
        and (surnames is None or surnames <= model.UNOPPOSED[model.SURNAMES])
    )


def _unopposed(at: Mapping[str, int | None], trusted: frozenset[str]) -> bool:
    """Say whether nothing speaks against one woman, however much speaks for her.

    Without her CURP her birth must be known to both, since a mother may have her name and phone, unless this
    list has next to no such mothers. A birth date with a slip needs all else to be equal. Only one thing may
    be less than equal, for a twin called Ana Inés stands in a list as Ana; two where the phone is one, and
    with it either what she is called or her birth date.
    """
    if any((level := at[name]) is not None and level > most for name, most in model.UNOPPOSED.items()):
        return False
    if at[model.CURP] == 0:
        return True
    if at[model.BIRTH] is None and undated.kind(at) not in trusted:
        return False
    her_phone = at[model.PHONE] == 0
    loose = sum(at[name] in levels for name, levels in model.LOOSE.items())
    return loose <= (2 if her_phone and (at[model.GIVEN] in {0, 1} or at[model.BIRTH] == 0) else 1)


def _another(at: Mapping[str, int | None]) -> bool:
    """Say whether two are plainly two, whatever else they share.

    Sisters and twins agree in all but what each is called, women born on one day in all but surnames; a
    daughter on her mother's phone has one surname of hers, and another birth date.
    """
    last = {name: len(levels) - 1 for name, (_, levels) in model.LEVELS.items()}
    if at[model.GIVEN] == last[model.GIVEN] or at[model.SURNAMES] == last[model.SURNAMES]:
        return True
    crossed = sum(at[name] == last[name] - 1 for name in (model.GIVEN, model.SURNAMES))
    return crossed + (at[model.BIRTH] == last[model.BIRTH]) > 1
