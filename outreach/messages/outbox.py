"""The outbox: rows to send, and the steps between their states.

States only move forward, whatever the order in which callbacks arrive. The ways back to `queued` need proof
that she has not got the message: Twilio refused it (`sending`), Twilio's list does not have it (`in_doubt`),
or Twilio reports that it failed for a while (`sent`, and the two others where the report overtakes us). The
one way back to `in_doubt` is a report that the message by which a row was believed sent is another row's.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from models import OutboxKind, OutboxMessage, OutboxState, utcnow
from outreach.ground import jobs
from outreach.messages import templates_rules
from outreach.messages.conversation_state import Choice
from outreach.messages.redaction_queue import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from models import Template
    from outreach.sealing.crypto import PersonalKey

S = OutboxState
STEPS: dict[OutboxState, frozenset[OutboxState]] = {
    S.QUEUED: frozenset(
        # A late report may prove a send that was taken for lost.
        {S.SENDING, S.SENT, S.DELIVERED, S.READ, S.EXPIRED, S.SUPPRESSED, S.FAILED}
    ),
    S.SENDING: frozenset(
        {S.QUEUED, S.IN_DOUBT, S.SENT, S.DELIVERED, S.READ, S.FAILED, S.UNDELIVERED, S.EXPIRED}
    ),
    S.IN_DOUBT: frozenset({S.QUEUED, S.SENT, S.DELIVERED, S.READ, S.FAILED, S.UNDELIVERED, S.EXPIRED}),
    S.SENT: frozenset({S.QUEUED, S.DELIVERED, S.READ, S.FAILED, S.UNDELIVERED}),
    S.DELIVERED: frozenset({S.READ}),
    S.READ: frozenset(),
    S.FAILED: frozenset(),
    S.UNDELIVERED: frozenset(),
    S.EXPIRED: frozenset(),
    S.SUPPRESSED: frozenset(),
}
TAKEN = frozenset({S.SENT, S.DELIVERED, S.READ, S.UNDELIVERED})
ENDED = frozenset({S.READ, S.FAILED, S.UNDELIVERED, S.EXPIRED, S.SUPPRESSED})
# The text is needed no more: she has it, or will not get it.
OVER = ENDED | {S.DELIVERED}
# She did not get it, or nobody knows.
MISSED = frozenset({S.FAILED, S.UNDELIVERED, S.EXPIRED, S.SUPPRESSED, S.IN_DOUBT})

PRIORITY = {
    OutboxKind.REPLY: jobs.REPLY_PRIORITY,
    OutboxKind.NOTICE: jobs.NOTICE_PRIORITY,
    OutboxKind.REMINDER: jobs.REMINDER_PRIORITY,
    OutboxKind.CAMPAIGN: jobs.CAMPAIGN_PRIORITY,
}
LONGEST_BODY = 1600
LONGEST_JOINED = 1000
MOST_IN_A_STATEMENT = 1000
BATCH = 50
"""Rows that one batch of delivery takes at most."""
# A body is padded to one length a kind, so that no length tells what it says (1,600 characters fit).
BUCKETS = {
    OutboxKind.REPLY: 3072,
    OutboxKind.NOTICE: 1024,
    OutboxKind.REMINDER: 1024,
    OutboxKind.CAMPAIGN: 1024,
}


@dataclass
class Content:
    """What a message says.

    `body` is the full text as she reads it (also where a template carries it), `buttons` its
    choices, `variables` those of the template. `fixed` says that the text holds nothing of hers,
    so that it may become a quick reply stored at Twilio. `confidential` has the text redacted at
    Twilio after delivery and kept from leaving while cover mode is on. `urgent` has a send in doubt repeated
    rather than given up (replies of safety); `invitation` marks the one notice that may reach a woman who has
    not answered the privacy notice yet. `template` is the id of a notice's template, whose own column would
    tell notices apart.

    `named` are the numbers of the variables that hold her own first name (`outreach.messages.reveal`).

    `file_token` opens the file that goes along (`outreach.messages.outgoing_files`), `file_name` is what her
    phone calls it.

    `earlier` are the SIDs of other sends of this row, failed or taken twice; `doubts` counts those that ended
    in doubt. `conversation` is kept here once the row no longer names it, while something may still be asked
    of it. `gone` says that the text was taken away.
    """

    body: str
    buttons: list[Choice] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    fixed: bool = False
    confidential: bool = False
    map_pin: tuple[float, float] | None = None
    urgent: bool = False
    invitation: bool = False
    template: str | None = None
    named: list[str] = field(default_factory=list)
    file_token: str | None = None
    file_name: str | None = None
    earlier: list[str] = field(default_factory=list)
    doubts: int = 0
    conversation: str | None = None
    gone: bool = False


# What a newer release adds is passed over: it may run beside this one, and be gone back from.
_KNOWN = frozenset(f.name for f in fields(Content))


@dataclass(frozen=True)
class Outgoing:
    """A message to add; after `expires_at` it would be worse than silence."""

    conversation_id: uuid.UUID
    kind: OutboxKind
    content: Content
    template_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    turn_id: uuid.UUID | None = None


def _place(outbox_id: uuid.UUID) -> str:
    return f"outbox:{outbox_id}"


def enqueue(
    session: Session,
    key: PersonalKey,
    conversation_id: uuid.UUID,
    kind: OutboxKind,
    content: Content,
    *,
    confidential: bool = False,
    template_id: uuid.UUID | None = None,
    expires_at: datetime | None = None,
    turn_id: uuid.UUID | None = None,
    job: bool = True,
) -> OutboxMessage:
    """Add a message and defer its delivery, in the caller's transaction.

    `job=False`: the caller's own job delivers it after the commit, as that of a turn does.
    """
    content.confidential = content.confidential or confidential
    outgoing = Outgoing(conversation_id, kind, content, template_id, expires_at, turn_id)
    row = OutboxMessage(**_values(key, outgoing, utcnow()))
    session.add(row)
    session.flush()
    if job:
        _defer(session, [(row.id, conversation_id)], kind)
    return row


def enqueue_many(session: Session, key: PersonalKey, rows: Iterable[Outgoing]) -> list[uuid.UUID]:
    """Add messages and defer their delivery in as few statements as there are thousands; ids in order."""
    now = utcnow()
    made: list[uuid.UUID] = []
    for batch in batched(rows, MOST_IN_A_STATEMENT):
        values = [_values(key, outgoing, now) for outgoing in batch]
        session.execute(insert(OutboxMessage), values)
        for kind in {outgoing.kind for outgoing in batch}:
            of_kind = [(v["id"], v["conversation_id"]) for v in values if v["kind"] is kind]
            _defer(session, of_kind, kind)
        made += [value["id"] for value in values]
    return made


def _defer(session: Session, rows: list[tuple[uuid.UUID, uuid.UUID]], kind: OutboxKind) -> None:
    """Defer a job for each reply; what we initiate leaves in batches (`outreach.messages.bulk`)."""
    if kind is OutboxKind.REPLY:
        jobs.defer_deliveries(session, [(row_id, jobs.send_lock(of)) for row_id, of in rows])
    else:
        jobs.defer_batches(session, -(-len(rows) // BATCH))


def enqueue_answer(
    session: Session,
    key: PersonalKey,
    conversation_id: uuid.UUID,
    contents: Iterable[Content],
    *,
    turn_id: uuid.UUID,
    confidential: bool = False,
    urgent: bool = False,
    job: bool = True,
) -> list[OutboxMessage]:
    """Add the messages of one answer, short ones joined. `urgent`: the first is a line of safety."""
    kind = OutboxKind.REPLY
    rows = []
    for content in joined([c for c in contents if c.body.strip()], first_alone=urgent):
        content.urgent = urgent
        row = enqueue(
            session, key, conversation_id, kind, content, confidential=confidential, turn_id=turn_id, job=job
        )
        rows.append(row)
    return rows


def joined(contents: Iterable[Content], *, first_alone: bool = False) -> list[Content]:
    """Join the texts of one answer where they are short, so that no network can change their order.

    Buttons and map pins stay on the message that they came with, at its end.
    """
    made: list[Content] = []
    for content in contents:
        last = made[-1] if made and not (first_alone and len(made) == 1) else None
        if last is None or not _may_join(last, content):
            made.append(replace(content))
            continue
        last.body = f"{last.body}\n\n{content.body}"
        last.buttons, last.fixed = content.buttons, last.fixed and content.fixed
        last.confidential = last.confidential or content.confidential
    return made


def _may_join(first: Content, second: Content) -> bool:
    if first.buttons or first.map_pin or second.map_pin or second.variables:
        return False
    # Joined to words about her, a fixed text could no longer be stored at Twilio, nor have buttons to tap.
    loses_buttons = bool(second.buttons) and second.fixed and not first.fixed
    return not loses_buttons and len(first.body) + len(second.body) <= LONGEST_JOINED


def batched(rows: Iterable[Outgoing], size: int) -> Iterator[list[Outgoing]]:
    """Yield rows in lists of at most `size`."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _values(key: PersonalKey, outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    """Return the columns of a new row; nothing in them differs where the content is confidential."""
    row_id, content = uuid.uuid4(), outgoing.content
    template_id = outgoing.template_id
    if outgoing.kind is OutboxKind.NOTICE and template_id is not None:
        content, template_id = replace(content, template=str(template_id)), None
    content = replace(content, body=clip(content.body))
    return {
        "id": row_id,
        "conversation_id": outgoing.conversation_id,
        "kind": outgoing.kind,
        "state": S.QUEUED,
        "template_id": template_id,
        "created_at": now,
        # The batches of delivery go by it; a reply has a job of its own.
        "next_try_at": None if outgoing.kind is OutboxKind.REPLY else now,
        "expires_at": outgoing.expires_at,
        "turn_id": outgoing.turn_id,
        "body_cipher": key.encrypt(asdict(content), place=_place(row_id), bucket=BUCKETS[outgoing.kind]),
        "attempts": 0,
    }


def template_of(row: OutboxMessage, content: Content) -> uuid.UUID | None:
    """Return the template of a message, wherever its kind keeps it."""
    return uuid.UUID(content.template) if content.template else row.template_id


def clip(body: str) -> str:
    """Keep a body within Twilio's 1,600 characters; ours are far shorter, a caseworker's may not be."""
    return body if len(body) <= LONGEST_BODY else body[: LONGEST_BODY - 1] + "…"


def read_content(key: PersonalKey, row: OutboxMessage) -> Content:
    """Return what a message says; after its text was taken away, an empty body."""
    data = key.decrypt(row.body_cipher, place=_place(row.id))
    if not data:
        return Content(body="", gone=True)
    data["buttons"] = [Choice(**choice) for choice in data.get("buttons", [])]
    data = {name: value for name, value in data.items() if name in _KNOWN}
    pin = data.get("map_pin")
    data["map_pin"] = (float(pin[0]), float(pin[1])) if pin else None
    return Content(**data)


def write_content(key: PersonalKey, row: OutboxMessage, content: Content) -> None:
    """Set what a message says, in bytes of the same length."""
    row.body_cipher = key.rewrite(row.body_cipher, asdict(content), place=_place(row.id))


def owner_hash(key: PersonalKey, conversation_id: uuid.UUID, kind: OutboxKind, day: date) -> bytes:
    """Return the keyed hash by which a row at rest is found again for her rights; `day` is that of UTC."""
    return key.lookup("outbox owner", f"{conversation_id}|{kind.value}|{day.isoformat()}")


def blank(key: PersonalKey, row: OutboxMessage) -> None:
    """Take a message's text away for good; Twilio's copies are to follow."""
    take_text(key, row, read_content(key, row))
    mark(row, utcnow())


def take_text(key: PersonalKey, row: OutboxMessage, content: Content) -> None:
    """Take a text away, leaving what must be known of its sends; in bytes of the same length."""
    kept = Content(
        body="",
        confidential=content.confidential,
        file_name=content.file_name,
        earlier=content.earlier,
        conversation=content.conversation,
        gone=True,
    )
    write_content(key, row, kept)


def is_blank(key: PersonalKey, row: OutboxMessage) -> bool:
    """Say whether a message's text was taken away."""
    return read_content(key, row).gone


def settle(
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    state: OutboxState,
    *,
    reason: str | None = None,
    code: int | None = None,
) -> bool:
    """Move a row forward as `advance` does; a confidential text goes once it is needed no more (P4)."""
    moved = advance(row, state, reason=reason, code=code)
    if row.state in OVER and content.confidential and not content.gone:
        take_text(key, row, content)
    return moved


def requeue(
    session: Session,
    key: PersonalKey,
    row: OutboxMessage,
    content: Content,
    at: datetime,
    *,
    reason: str,
    code: int | None = None,
) -> bool:
    """Send a row again from `at` on; the caller has proof that she has not got it. Say whether it moved.

    The SID of the failed send is kept: reports of it are of no account from now on, and its text at Twilio
    is redacted with the rest.
    """
    if not advance(row, S.QUEUED, reason=reason, code=code):
        return False
    if row.sid is not None:
        content.earlier.append(row.sid)
        row.sid = None
    write_content(key, row, content)
    row.next_try_at = at
    if row.kind is OutboxKind.REPLY:
        jobs.defer_delivery_retry(session, row.id, at, priority=PRIORITY[row.kind])
    return True


def advance(
    row: OutboxMessage, state: OutboxState, *, reason: str | None = None, code: int | None = None
) -> bool:
    """Move a row to `state` if that is a step forward from where it is; say whether it moved."""
    if state not in STEPS[row.state]:
        return False
    row.state = state
    if reason is not None:
        row.reason = reason
    if code is not None:
        row.code = code
    if state is S.SENDING:
        row.sending_since = utcnow()
    if row.kind is OutboxKind.REPLY and (state is S.SENDING or state in OVER):
        mark(row, utcnow())
    if state in ENDED:
        row.ended_at = utcnow()
    return True


def variables_json(content: Content, template: Template) -> str:
    """Return the template's variables as Twilio wants them: a JSON string, every one given, in one line each.

    The one place where they are made; the gate has refused what lacks one (`outreach.messages.may_send`).
    """
    return json.dumps(templates_rules.values_for(template.body, content.variables), ensure_ascii=False)
