"""Our database held against what the stand-in took: what was lost, doubled, out of order or never ended.

Reads tables only, by SQL, so that it sees what is there and not what a verb would make of it.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Engine

    from benchmarks.standin import Taken

UNSENT = ("queued", "sending", "in_doubt")
_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Books:
    """One database, looked at from outside."""

    engine: Engine

    def number(self, statement: str, **values: object) -> int:
        """The one number that a statement returns."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(statement), values).scalar() or 0)

    def rows(self, statement: str, **values: object) -> Sequence[Any]:
        """All rows of a statement."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    def unanswered(self) -> int:
        """Her messages that wait for a turn, and turns that have not ended."""
        return self.number(
            "SELECT (SELECT count(*) FROM inbound_message WHERE turn_id IS NULL)"
            " + (SELECT count(*) FROM turn WHERE state = 'open')"
        )

    def unsent(self, kind: str = "%") -> int:
        """Messages of a kind that have not left yet."""
        return self.number(
            "SELECT count(*) FROM outbox_message"
            " WHERE kind LIKE :kind AND state IN ('queued', 'sending', 'in_doubt')",
            kind=kind,
        )

    def states(self, kind: str) -> dict[str, int]:
        """How many messages of a kind stand in each state."""
        counted = "SELECT state, count(*) FROM outbox_message WHERE kind = :kind GROUP BY state ORDER BY 1"
        return {str(state): int(count) for state, count in self.rows(counted, kind=kind)}

    def wrong(self, taken: Iterable[Taken]) -> dict[str, int]:
        """What must not be: counts that are zero where every promise was kept."""
        times = Counter(one.outbox_id for one in taken)
        told = {
            str(row_id): int(seq) for row_id, seq in self.rows(
                "SELECT id, seq FROM outbox_message WHERE state IN ('sent', 'delivered', 'read')"
            )
        }  # fmt: skip
        known = {str(row[0]) for row in self.rows("SELECT id FROM outbox_message")}
        return {
            "her messages without a turn": self.number(
                "SELECT count(*) FROM inbound_message WHERE turn_id IS NULL"
            ),
            "turns that did not end": self.number("SELECT count(*) FROM turn WHERE state = 'open'"),
            "answered turns without an answer": self.number(
                "SELECT count(*) FROM turn t WHERE state = 'answered' AND NOT EXISTS"
                " (SELECT 1 FROM outbox_message o WHERE o.turn_id = t.id)"
            ),
            "messages never sent": self.unsent(),
            "lost: sent by our books, never taken": sum(row_id not in times for row_id in told),
            "doubled: taken more than once": sum(count - 1 for count in times.values()),
            "taken and unknown to us": sum(row_id not in known for row_id in times),
            "answers out of order": _out_of_order(taken, told),
        }


def _out_of_order(taken: Iterable[Taken], seqs: dict[str, int]) -> int:
    """How many messages an address got after one that had been written later."""
    by_phone: dict[str, list[int]] = defaultdict(list)
    for one in taken:
        if one.outbox_id in seqs:
            by_phone[one.to].append(seqs[one.outbox_id])
    return sum(later < earlier for got in by_phone.values() for earlier, later in itertools.pairwise(got))


def until(done: Callable[[], bool], seconds: float) -> float | None:
    """Wait until something holds; seconds that it took, None where it did not hold in time."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        if done():
            return time.perf_counter() - began
        time.sleep(_LOOK_SECONDS)
    return None
