"""The simulator's ledger held against the database: what was lost, doubled, stuck, or ended unseen.

The ledger is what reached WhatsApp; the tables are what the product believes. Only SQL is used, so that
nothing is judged by the code that it judges.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import trouble

from simulator.ledger import Question

if TYPE_CHECKING:
    from looking import Product
    from traffic import Traffic

    from simulator.hub import Hub

SENT, FAILED = frozenset({"sent", "delivered", "read"}), frozenset({"failed", "undelivered"})
RETRIED_WITHIN = timedelta(seconds=60)
"""How long a failure that passes holds up what follows it, as the product says of itself."""
MOST_ATTEMPTS = 12
"""Of one message, as the product says of itself: what fails for now as often ends, and a person sees it."""
UNSETTLED = """
    SELECT 'inbound', count(*) FROM inbound_message WHERE turn_id IS NULL
    UNION ALL SELECT 'turn ' || state, count(*) FROM turn WHERE state = 'open' GROUP BY 1
    UNION ALL SELECT kind || ' ' || state || ' ' || coalesce(reason, ''), count(*) FROM outbox_message
        WHERE state IN ('queued', 'sending', 'in_doubt') GROUP BY 1
    UNION ALL SELECT 'reminder planned', count(*) FROM reminder
        WHERE state = 'planned' AND due_at < now() + interval '10 minutes'"""
_OPEN_TURNS = """
    SELECT round(extract(epoch FROM now() - t.created_at))::int, t.attempts,
        coalesce(string_agg(j.task_name || ' ' || j.status || ' ' || j.attempts, ', '), 'none')
    FROM turn t LEFT JOIN procrastinate_jobs j ON j.args->>'conversation_id' = t.conversation_id::text
    WHERE t.state = 'open' GROUP BY t.id, 1, 2 ORDER BY 1 DESC LIMIT 10"""
# A call takes ten seconds at most: what is older has lost its worker, and the minutes in which a callback may
# still prove it are not waited for.
AGE = """UPDATE outbox_message SET sending_since = sending_since - interval '5 minutes'
    WHERE state IN ('sending', 'in_doubt') AND sending_since < now() - interval '15 seconds'
    AND sending_since > now() - interval '3 minutes'"""
# What is put off for longer than this (bulk waits up to ten minutes between two tries) is tried at once.
HURRY = (
    AGE,
    """UPDATE outbox_message SET next_try_at = now()
    WHERE state = 'queued' AND next_try_at > now() + interval '8 seconds'""",
    """UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND scheduled_at > now() + interval '8 seconds'
    AND task_name IN ('worker.retry_delivery', 'worker.deliver_batch')""",
)


@dataclass(frozen=True)
class Message:
    """A message that Twilio took, and whether it failed there afterwards."""

    sid: str
    phone: str
    outbox_id: str
    text: str
    failed: bool
    code: int | None
    failed_at: datetime | None = None
    at: datetime | None = None


def taken(hub: Hub) -> list[Message]:
    """All that Twilio took, in order."""
    ends = {
        entry["sid"]: entry
        for entry in hub.ledger.read(Question(kinds=frozenset({"status"})))[0]
        if entry["status"] in FAILED
    }
    made = hub.ledger.read(Question(kinds=frozenset({"create"})))[0]
    return [
        Message(
            sid=entry["sid"],
            phone=entry["phone"],
            outbox_id=_outbox_id(entry["params"]),
            text=entry["text"],
            failed=entry["sid"] in ends,
            code=ends[entry["sid"]]["error_code"] if entry["sid"] in ends else None,
            failed_at=datetime.fromisoformat(ends[entry["sid"]]["at"]) if entry["sid"] in ends else None,
            at=datetime.fromisoformat(entry["at"]),
        )
        for entry in made
    ]


def _outbox_id(params: dict[str, list[str]]) -> str:
    return parse_qs(urlsplit(params.get("StatusCallback", [""])[0]).query).get("o", [""])[0]


@dataclass(frozen=True)
class Verdict:
    """`wrong`: counts that must be zero. `seen`: what happened, for the reader."""

    wrong: dict[str, int]
    seen: dict[str, Any]

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return not any(self.wrong.values())

    def __str__(self) -> str:
        """Everything, one line each."""
        bad = {what: count for what, count in self.wrong.items() if count}
        return f"wrong: {json.dumps(bad, indent=1)}\nseen: {json.dumps(self.seen, indent=1)}"


def judge(installation: Product, traffic: Traffic) -> Verdict:
    """Hold both sides against each other."""
    messages = taken(installation.hub)
    rows = {str(row.id): row for row in installation.rows("SELECT * FROM outbox_message")}
    return Verdict(
        _inbound(installation, traffic, messages, rows)
        | outbound(rows, messages, _unheard(installation.hub), traffic.cries)
        | _reminders(installation, traffic, messages),
        {
            "accepted": len(traffic.accepted),
            "not taken by the webhook": len(traffic.refused),
            "taken by Twilio": len(messages),
            "failed there afterwards": Counter(str(message.code) for message in messages if message.failed),
            "turns": {
                row[0]: row[1] for row in installation.rows("SELECT state, count(*) FROM turn GROUP BY 1")
            },
            "outbox": Counter(f"{row.kind} {row.state} {row.reason or ''}".strip() for row in rows.values()),
            "reminders": {
                f"{row[0]} {row[1] or ''}": row[2]
                for row in installation.rows("SELECT state, reason, count(*) FROM reminder GROUP BY 1, 2")
            },
            "cries without 911": _unspoken(installation, traffic, messages),
            "answers to cries that came twice": _twice(messages, traffic.cries),
            "open turns: seconds, attempts, their jobs": [
                list(row) for row in installation.rows(_OPEN_TURNS)
            ],
            "tried as often as may be": [
                f"{row.kind} {row.state} {row.reason} {row.code}"
                for row in rows.values()
                if row.attempts >= MOST_ATTEMPTS
            ],
            "dead letters": installation.number("SELECT count(*) FROM dead_letter"),
        },
    )


def _unspoken(installation: Product, traffic: Traffic, messages: list[Message]) -> list[list[str]]:
    """What became of the answers to cries after which nobody read 911."""
    left = traffic.cries - _phones_told(messages)
    sids = [sid for sid, phone in traffic.accepted.items() if phone in left]
    return [
        [f"{row.state} {row.reason or ''} {row.code or ''} attempts {row.attempts}", row.turn_state]
        for row in installation.rows(
            "SELECT o.state, o.reason, o.code, o.attempts, t.state AS turn_state FROM inbound_message i"
            " LEFT JOIN turn t ON t.id = i.turn_id LEFT JOIN outbox_message o ON o.turn_id = t.id"
            " WHERE i.message_sid = ANY(:sids) ORDER BY i.seq, o.seq",
            sids=sids,
        )
    ]


def _phones_told(messages: list[Message]) -> set[str]:
    return {message.phone for message in messages if "911" in message.text and not message.failed}


def _inbound(
    installation: Product, traffic: Traffic, messages: list[Message], rows: dict[str, Any]
) -> dict[str, int]:
    found = {
        row.message_sid: row
        for row in installation.rows(
            "SELECT i.message_sid, i.turn_id, t.state FROM inbound_message i"
            " LEFT JOIN turn t ON t.id = i.turn_id"
        )
    }
    turns: dict[str, set[str]] = defaultdict(set)
    for sid, phone in traffic.accepted.items():
        if sid in found and found[sid].turn_id:
            turns[phone].add(str(found[sid].turn_id))
    owed = {phone: len(ids) for phone, ids in turns.items()}
    return {
        "her messages that were taken and lost": sum(sid not in found for sid in traffic.accepted),
        "her messages that wait for a turn": sum(row.turn_id is None for row in found.values()),
        "turns that did not end": sum(row.state == "open" for row in found.values()),
        "cries without 911": len(traffic.cries - _phones_told(messages)),
        "cries answered with something else first": sum(
            bool(got) and not got[0].failed and "911" not in got[0].text
            for got in (_of(messages, phone) for phone in traffic.cries)
        ),
    } | replied(rows, messages, owed, traffic.cries)


def _of(messages: list[Message], phone: str) -> list[Message]:
    return [message for message in messages if message.phone == phone]


def replied(
    rows: dict[str, Any], messages: list[Message], owed: dict[str, int], cries: set[str]
) -> dict[str, int]:
    """Count answers that are missing or too many; `owed` are the turns of each phone, each one message.

    A reply says no longer whose it is once it has ended (P4), so that the ledger tells it. Cries are answered
    with several messages. What never left is no answer, but an end that a person sees.
    """
    got: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.outbox_id in rows and rows[message.outbox_id].kind == "reply":
            got[message.phone].add(message.outbox_id)
    left = {outbox_id for ids in got.values() for outbox_id in ids}
    ended = sum(
        row.kind == "reply" and row.state in FAILED | {"expired", "suppressed"} and row_id not in left
        for row_id, row in rows.items()
    )
    missing = sum(max(0, count - len(got[phone])) for phone, count in owed.items())
    return {
        "turns without an answer": max(0, missing - ended),
        "turns answered more than once": sum(
            max(0, len(got[phone]) - count) for phone, count in owed.items() if phone not in cries
        ),
    }


def _twice(messages: list[Message], phones: frozenset[str] | set[str]) -> int:
    """Count messages that arrived again at one of `phones`."""
    good = Counter(
        message.outbox_id for message in messages if not message.failed and message.phone in phones
    )
    return sum(count - 1 for count in good.values())


def outbound(
    rows: dict[str, Any],
    messages: list[Message],
    unheard: set[str],
    cries: frozenset[str] | set[str] = frozenset(),
) -> dict[str, int]:
    """Count what went wrong on the way out; `unheard` are failures that were never reported to us.

    An answer to one of `cries` whose send is in doubt may come twice rather than not at all
    (`outreach.messages.doubt.URGENT_AFTER`).
    """
    good: dict[str, int] = Counter(message.outbox_id for message in messages if not message.failed)
    known: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        known[message.outbox_id].append(message)
    temporary = [
        row
        for row_id, row in rows.items()
        if row.state in FAILED
        and row.attempts < MOST_ATTEMPTS
        and row_id in known
        and known[row_id][-1].code in trouble.TEMPORARY
    ]
    unseen = [
        row for row in rows.values() if row.state in FAILED | {"expired", "suppressed"} and not row.reason
    ]
    return {
        "unknown to us": sum(row_id not in rows for row_id in good),
        "doubled": sum(count - 1 for count in good.values()) - _twice(messages, cries),
        "lost: sent by our books, never taken": sum(
            row.state in SENT and row_id not in known for row_id, row in rows.items()
        ),
        "lost: taken and failed, sent by our books": sum(
            row.state in SENT
            and row_id in known
            and not good[row_id]
            and known[row_id][-1].sid not in unheard
            for row_id, row in rows.items()
        ),
        "stuck: queued past their time": sum(row.state == "queued" for row in rows.values()),
        "stuck: sending": sum(row.state == "sending" for row in rows.values()),
        "in doubt": sum(row.state == "in_doubt" for row in rows.values()),
        "temporary failures that were final": len(temporary),
        "ended without a reason": len(unseen),
        "failed by our books, arrived": sum(
            row.state in FAILED and bool(good[row_id]) for row_id, row in rows.items()
        ),
        "out of order": _out_of_order(rows, messages),
    }


def _unheard(hub: Hub) -> set[str]:
    """Return what failed and whose callback never reached the product: a fault or a dead webhook lost it."""
    told = hub.ledger.read(Question(kinds=frozenset({"callback"})))[0]
    failed = [entry for entry in told if entry["message_status"] in FAILED]
    heard = {entry["sid"] for entry in failed if 200 <= (entry.get("status") or 0) < 300}
    return {entry["sid"] for entry in failed} - heard


def _out_of_order(rows: dict[str, Any], messages: list[Message]) -> int:
    """Answers of one turn that left before an earlier one of the same turn.

    One whose first try was taken in its place and failed there afterwards holds up the next for a minute at
    most (`outreach.messages.order.RETRIED_WITHIN`): a failure that is told later, or lasts longer, disorders
    rightly.
    """
    tries: dict[str, list[tuple[int, Message]]] = defaultdict(list)
    for position, message in enumerate(messages):
        tries[message.outbox_id].append((position, message))
    turns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row_id, row in rows.items():
        if row.kind == "reply" and row.turn_id and any(not one.failed for _, one in tries[row_id]):
            turns[str(row.turn_id)].append((row.seq, row_id))
    wrong = 0
    for said in turns.values():
        for (_, before), (_, after) in itertools.pairwise(sorted(said)):
            wrong += _overtook(tries[before], tries[after][0])
    return wrong


def _overtook(before: list[tuple[int, Message]], after: tuple[int, Message]) -> bool:
    position, message = after
    if before[0][0] > position:
        return True
    arrived = next(place for place, one in before if not one.failed)
    if arrived < position:
        return False
    told = [one.failed_at for place, one in before if place < position and one.failed_at is not None]
    return any(
        message.at is None or timedelta(0) < message.at - failed_at < RETRIED_WITHIN for failed_at in told
    )


def _reminders(installation: Product, traffic: Traffic, messages: list[Message]) -> dict[str, int]:
    counted = installation.rows(
        "SELECT r.woman_id, r.state, r.reason, o.state AS sent FROM reminder r"
        " LEFT JOIN outbox_message o ON o.id = r.outbox_id"
    )
    women = Counter(str(row.woman_id) for row in counted)
    got = Counter(message.phone for message in messages if not message.failed)
    phones = {phone.rpartition(":")[2]: str(woman) for phone, woman in traffic.reminded.items()}
    return {
        "women without a reminder": sum(woman not in women for woman in phones.values()),
        "reminders planned twice": sum(count - 1 for count in women.values()),
        "reminders that arrived twice": sum(got[phone] > 1 for phone in phones),
        "reminders without an end": sum(
            row.state == "planned" or (row.state == "handed_over" and row.sent is None) for row in counted
        ),
        "reminders dropped without a reason": sum(
            row.state == "dropped" and not row.reason for row in counted
        ),
        "reminders that missed their moment": sum(row.reason == "missed_its_moment" for row in counted),
    }
