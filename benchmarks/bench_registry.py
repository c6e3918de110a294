"""The single list: linking 100,000 records with 8% planted duplicates, beside exact matches and SOUNDEX.

Two plantings: ordinary lists, and lists with mothers, daughters, twins, sisters and namesakes, who must stay
apart. The list is seeded into a database of its own; what is timed is `registry link` without the joins by
rule: reading, decrypting, comparing in the child, keeping the pairs. Then a million women: looking for one by
any spelling or number, and the pages of the list.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from benchmarks import planting, searching
from benchmarks.report import Report, run_once
from cli.install.progress import step
from models import LinkPair, ListedPhone, Woman, utcnow
from outreach.ground import embedded, migrate
from outreach.ground.database import make_engine, make_sessions
from outreach.ground.settings import load_settings
from outreach.people import details as records
from outreach.people import registry
from outreach.sealing.crypto import PersonalKey
from outreach.single_list.linking import run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Hashable, Sequence

    from sqlalchemy.orm import Session, sessionmaker

    from benchmarks.planting import Planted

_RECORDS, _SECONDS, _MIB, _WOMEN = 100_000, 60.0, 2048.0, 1_000_000
_CHUNK = 5000
Pairs = set[tuple[int, int]]


def measure(given: argparse.Namespace) -> Report:
    """Both plantings, each in a database of its own."""
    report = Report("registry", 1, keep=given.records >= _RECORDS and given.women >= _WOMEN)
    if given.women:
        _searched(report, given.women, given.seed)
    for name, kin, seed in (
        (("plain", 0.0, given.seed), ("kin", 0.05, given.seed + 1)) if given.records else ()
    ):
        planted = planting.plant(given.records, seed=seed, kin=kin)
        truth = _pairs_by(planted, lambda one: one.person)
        _linked(report, name, planted, truth)
        if not kin:
            _baselines(report, planted, truth)
    return report


def _searched(report: Report, women: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"AVANZA_VAR": folder}, twilio=False)
        key = PersonalKey(settings.secret_key)
        with embedded.held(Path(folder)):
            engine = make_engine(settings)
            migrate.upgrade(engine, key)
            with step(f"seed {women} women"):
                known = searching.plant(engine, key, searching.people(women, seed))
            searching.measure(report, make_sessions(engine), key, known)
            engine.dispose()


def _linked(report: Report, name: str, planted: Sequence[Planted], truth: Pairs) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"AVANZA_VAR": folder}, twilio=False)
        key = PersonalKey(settings.secret_key)
        with embedded.held(Path(folder)) as url:
            engine = make_engine(settings)
            migrate.upgrade(engine, key)
            sessions = make_sessions(engine)
            with step(f"seed {len(planted)} records ({name})"):
                ids = _seed(sessions, key, planted)
            began = time.perf_counter()
            run.link(engine, sessions, key, url, settings.secret_key, join=False)
            seconds = time.perf_counter() - began
            with sessions() as session:
                certain, review = _found(session, ids)
            engine.dispose()
    whole = len(planted) >= _RECORDS
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report.goal(f"{name}: whole run", seconds, "s", _SECONDS if whole else None)
    report.goal(f"{name}: memory of the child", memory, "MiB", _MIB if whole else None)
    true = len(certain & truth)
    report.goal(f"{name}: certain, precision", true / max(1, len(certain)), "", 0.999, ">=")
    report.goal(f"{name}: certain, recall", true / len(truth), "", 0.90, ">=")
    report.goal(
        f"{name}: certain and review, recall", len((certain | review) & truth) / len(truth), "", 0.98, ">="
    )
    report.goal(f"{name}: to review for each true one", len(review) / max(1, len(review & truth)), "", 2.0)


def _found(session: Session, ids: dict[uuid.UUID, int]) -> tuple[Pairs, Pairs]:
    found: dict[bool, Pairs] = {True: set(), False: set()}
    for a, b, certain in session.execute(select(LinkPair.a_id, LinkPair.b_id, LinkPair.certain)):
        found[certain].add(_ordered(ids[a], ids[b]))
    return found[True], found[False]


def _seed(
    sessions: sessionmaker[Session], key: PersonalKey, planted: Sequence[Planted]
) -> dict[uuid.UUID, int]:
    """Write the records as an import does, their phones as keyed hashes."""
    ids = [uuid.uuid4() for _ in planted]
    now = utcnow()
    for at in range(0, len(planted), _CHUNK):
        rows = []
        for woman_id, one in zip(ids[at : at + _CHUNK], planted[at : at + _CHUNK], strict=True):
            details = records.Details(full_name=one.full_name, birth_date=one.birth_date, curp=one.curp)
            rows.append(
                {"id": woman_id, "created_at": now, "municipality": one.town,
                 "details_cipher": records.encrypt(key, woman_id, details), **registry.lookups(key, details)}
            )  # fmt: skip
        phones = [
            {"id": uuid.uuid4(), "woman_id": woman_id, "lookup_hash": key.lookup("address", one.phone)}
            for woman_id, one in zip(ids[at : at + _CHUNK], planted[at : at + _CHUNK], strict=True)
            if one.phone
        ]
        with sessions.begin() as session:
            session.execute(insert(Woman), rows)
            session.execute(insert(ListedPhone), phones)
    return {woman_id: number for number, woman_id in enumerate(ids)}


def _baselines(report: Report, planted: Sequence[Planted], truth: Pairs) -> None:
    """What the ways of matching that lists are matched by today find of the same planting."""
    ways: dict[str, Callable[[Planted], Hashable]] = {
        "exact name and birth date": lambda one: (planting.plain(one.full_name), one.birth_date),
        "CURP alone": lambda one: one.curp or None,
        "SOUNDEX of name and first surname": lambda one: (_soundex(one.given), _soundex(one.first)),
        "the same and birth date": lambda one: (_soundex(one.given), _soundex(one.first), one.birth_date),
    }
    for name, of in ways.items():
        found = _pairs_by(planted, of)
        true = len(found & truth)
        report.goal(f"beside it, {name}: precision", true / max(1, len(found)), "")
        report.goal(f"beside it, {name}: recall", true / len(truth), "")


def _pairs_by(planted: Sequence[Planted], of: Callable[[Planted], Hashable]) -> Pairs:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number, one in enumerate(planted):
        found = of(one)
        if found is not None:
            groups[found].append(number)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _soundex(text: str) -> str:
    """The English sound code that the programme's first system matched by."""
    letters = [c for c in planting.plain(text) if c.isalpha()]
    codes = {
        c: str(n) for n, group in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1) for c in group
    }
    out, before = letters[:1], codes.get(letters[0], "") if letters else ""
    for c in letters[1:]:
        code = codes.get(c, "")
        if code and code != before:
            out.append(code)
        if c not in "HW":
            before = code
    return "".join(out)[:4].ljust(4, "0")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many records, and which planting."""
    parser.add_argument("--records", type=int, default=_RECORDS, help="of which 8%% are second records")
    parser.add_argument("--women", type=int, default=_WOMEN, help="among whom one is looked for; 0: none")
    parser.add_argument("--seed", type=int, default=11, help="of the planting")


if __name__ == "__main__":
    sys.exit(run_once("registry", __doc__, add_arguments, measure))
