"""A database as a thief with a dump has it: every table with its rows, and what can be made of them.

The thief joins by every column that holds an id, counts, looks at which values are missing, how long the
bytes are and how far apart the times; `telling` tries each such figure on two groups of women.
"""

from __future__ import annotations

import json
import statistics
import uuid
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Engine

    from outreach.sealing.crypto import PersonalKey

Row = dict[str, Any]
Dump = dict[str, list[Row]]
# Rows that many women share: a join through them would make everybody's rows hers.
HUBS = frozenset(
    {
        "programme", "agency", "axis", "municipality", "workshop", "workshop_group", "workshop_session",
        "template", "staff", "team", "campaign", "quick_reply", "holiday", "answer", "help_resource",
        "support_kind", "support_rule", "completion_rule", "reminder_rule",
    }
)  # fmt: skip
# Where the place of a cipher is not the name of its table.
PLACES = {
    "conversation.private_cipher": "conversation:{id}",
    "channel_address.address_cipher": "address:{id}",
    "inbound_message.body_cipher": "inbound:{id}",
    "outbox_message.body_cipher": "outbox:{id}",
    "woman.details_cipher": "woman:{id}",
    "woman_change.change_cipher": "woman_change:{id}",
    "affiliation.folio_cipher": "affiliation:{id}",
    "import_run.about_cipher": "import_run:{id}",
    "import_part.content_cipher": "import_part:{id}",
    "import_mapping.columns_cipher": "import_mapping:{id}",
    "support.note_cipher": "support:{id}",
    "double_support.reason_cipher": "double_support:{id}",
    "woman_merge.snapshot_cipher": "woman_merge:{id}",
    "case_file.state_cipher": "case:{id}",
    "second_factor.secret_cipher": "second_factor:{id}",
    "second_factor.pending_cipher": "second_factor:{id}",
    "staff_session.agent_cipher": "staff_session:{id}",
}


def take(engine: Engine) -> Dump:
    """Read every table, the queue's too."""
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]  # noqa: S608 (names of the catalogue)
            for name in sorted(names)
        }


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, uuid.UUID):
        yield str(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _ids(inner)
    elif isinstance(value, str) and len(value) >= len(str(uuid.UUID(int=0))):
        for part in value.replace("turn:", "").replace("send:", "").replace("wake:", "").split():
            try:
                yield str(uuid.UUID(part))
            except ValueError:
                continue


def by_id(dump: Dump) -> dict[str, list[tuple[str, int]]]:
    """Return where each id stands, hubs left out."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for table, rows in dump.items():
        if table not in HUBS:
            for place, row in enumerate(rows):
                for one in _ids(list(row.values())):
                    found[one].append((table, place))
    return found


def rows_of(
    dump: Dump, start: Iterable[uuid.UUID], known: dict[str, list[tuple[str, int]]] | None = None
) -> dict[str, list[Row]]:
    """Return all rows that joins reach from some ids, hubs left out; `known` is what `by_id` returned."""
    known = by_id(dump) if known is None else known
    hubs = {str(row["id"]) for table in HUBS for row in dump.get(table, []) if "id" in row}
    reached: set[tuple[str, int]] = set()
    waiting = [str(one) for one in start]
    seen = set(waiting) | hubs
    while waiting:
        fresh = set(known.get(waiting.pop(), ())) - reached
        reached |= fresh
        for table, place in fresh:
            more = set(_ids(list(dump[table][place].values()))) - seen
            seen |= more
            waiting += more
    hers: dict[str, list[Row]] = defaultdict(list)
    for table, place in sorted(reached):
        hers[table].append(dump[table][place])
    return hers


def figures(hers: Mapping[str, list[Row]]) -> Counter[str]:
    """Return every figure that a thief can make of a woman's rows."""
    made: Counter[str] = Counter()
    moments = [v for rows in hers.values() for row in rows for v in row.values() if isinstance(v, datetime)]
    latest = max(moments, default=None)
    for table, rows in hers.items():
        made[f"{table}: rows"] = len(rows)
        for column in rows[0]:
            values = [row[column] for row in rows]
            made[f"{table}.{column}: empty"] = sum(value is None for value in values)
            for value in values:
                if isinstance(value, bytes):
                    made[f"{table}.{column}: bytes"] += len(value)
                elif isinstance(value, bool | int | float | str) and not list(_ids(value)):
                    made[f"{table}.{column} = {str(value)[:40]}"] += 1
            times = sorted(value for value in values if isinstance(value, datetime))
            if times and latest is not None:
                made[f"{table}.{column}: newest"] = round((latest - times[-1]).total_seconds())
                made[f"{table}.{column}: span"] = round((times[-1] - times[0]).total_seconds())
                made[f"{table}.{column}: finer than a minute"] = sum(
                    t.second + t.microsecond > 0 for t in times
                )
        for one, other in ((a, b) for a in rows[0] for b in rows[0] if a < b):
            gaps = [
                (row[other] - row[one]).total_seconds()
                for row in rows
                if isinstance(row[one], datetime) and isinstance(row[other], datetime)
            ]
            if gaps:
                made[f"{table}.{one} to {other}"] = round(statistics.mean(gaps), 3)
    return made


def telling(ones: list[Counter[str]], others: list[Counter[str]], at_least: float) -> dict[str, float]:
    """Return the figures by which one threshold sorts the women rightly, with the share it gets right."""
    told = {}
    names = {name for one in (*ones, *others) for name in one}
    total = len(ones) + len(others)
    for name in names:
        marked = sorted([(one[name], 1) for one in ones] + [(other[name], 0) for other in others])
        best, left = 0, 0
        for place, (value, kind) in enumerate(marked, start=1):
            left += 1 if kind else -1
            if place == total or marked[place][0] != value:
                # `left` ones more than others lie below: those below are called ones, or others.
                right = len(others) + left
                best = max(best, right, total - right)
        if best / total >= at_least:
            told[name] = round(best / total, 2)
    return told


def readable(key: PersonalKey, dump: Dump) -> str:
    """Return all that the secret key reads of a dump, beside what is plain, as one text."""
    told = []
    for table, rows in dump.items():
        for row in rows:
            for column, value in row.items():
                if isinstance(value, bytes) and column.endswith("_cipher"):
                    place = PLACES.get(f"{table}.{column}", f"{table}:{{id}}").format(id=row["id"])
                    told.append(json.dumps(key.decrypt(value, place=place), ensure_ascii=False))
                elif isinstance(value, bytes):
                    told.append(value.decode("utf-8", "replace"))
                else:
                    told.append(str(value))
    return "\n".join(told)
