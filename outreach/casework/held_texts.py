"""A caseworker's words to her that have not left: held back by cover, waiting, or stopped on their way.

Each is a sealed line of the thread with `held` as its author. It is settled by a later line that names it:
the one by which it left, or the event by which it was thrown away or replaced.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from outreach.casework import thread
from outreach.casework.answering import send_text
from outreach.casework.opened import DeskError, WindowClosedError
from outreach.casework.thread import Entry
from outreach.casework.verbs import verb
from outreach.staff.audit import Action
from outreach.texts import desk as labels
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Held

Kind = Literal["answer", "hour", "cover", "stopped"]


@dataclass(frozen=True)
class HeldText:
    """One of them. `answer` and `hour`: it leaves by itself then; `cover`, `stopped`: a person sends it."""

    entry: Entry
    kind: Kind


def held_texts(entries: Iterable[Entry], state: CaseState) -> list[HeldText]:
    """Return those of some lines of a thread that are not settled by one of them."""
    lines = list(entries)
    done = settled(lines)
    return [HeldText(e, _kind(e, state)) for e in lines if is_held(e) and str(e.id) not in done]


def on_the_page(entries: Iterable[Entry], state: CaseState) -> list[HeldText]:
    """Return those of a page's lines, and what waits even where its line stands before them."""
    found, waits = held_texts(entries, state), state.pending
    if waits is None or waits.entry_id is None or any(str(e.entry.id) == waits.entry_id for e in found):
        return found
    stored_at = datetime.fromisoformat(waits.until)
    line = Entry(0, "held", waits.text, stored_at, {"staff": waits.by_name}, uuid.UUID(waits.entry_id))
    return [HeldText(line, "answer" if waits.at is None else "hour"), *found]


def settled(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the ids of the lines that left, or were thrown away or replaced."""
    lines = list(entries)
    # Lines of before have no such mark: all that cover held back was sent at once, up to a position.
    until = max((int(e.extra.get("held_back_until", 0)) for e in lines), default=0)
    old = {str(e.id) for e in lines if is_held_by_cover(e) and e.position <= until}
    return frozenset(old | {str(one) for e in lines for one in e.extra.get("settles", ())})


def is_held(entry: Entry) -> bool:
    """Say whether a line is an answer that did not leave."""
    return entry.author == "held" or is_held_by_cover(entry)


def is_held_by_cover(entry: Entry) -> bool:
    """Say whether it was cover mode that kept it."""
    if entry.author == "held":
        return entry.extra.get("held_for") == "cover"
    # In threads from before `held`, such an answer stands as a note with a mark that no note of today bears.
    return entry.author == "note" and bool(entry.extra.get("held_back"))


def _kind(entry: Entry, state: CaseState) -> Kind:
    if state.pending is not None and state.pending.entry_id == str(entry.id):
        return "answer" if state.pending.at is None else "hour"
    return "cover" if is_held_by_cover(entry) else "stopped"


@verb(Action.DESK_ANSWERED, holds=True)
def send_one(held: Held, entry_id: uuid.UUID) -> None:
    """Send one of them now.

    Raises:
        DeskError: it was settled meanwhile, cover is on, or free text can't leave now.
    """
    found = _find(held, entry_id)
    _, private = held.reachable()
    if private.cover:
        raise DeskError(labels.HELD_BACK)
    if not held.can_write():
        raise WindowClosedError(WindowClosedError.__doc__)
    send_held(held, found.entry)


@verb(Action.DESK_CANCELLED, holds=True)
def discard(held: Held, entry_id: uuid.UUID) -> None:
    """Throw one of them away: she does not get it.

    Raises:
        DeskError: it was settled meanwhile.
    """
    found = _find(held, entry_id)
    held.say("event", words.discarded(held.worker.name), settles=[str(found.entry.id)])
    _forget_pending(held, found.entry)


def send_held(held: Held, entry: Entry) -> None:
    """Send one under the locks of a step, in the name of whoever wrote it."""
    author = str(entry.extra.get("staff", ""))
    if author != held.worker.name:
        held.say("event", words.sent_singly(held.worker.name))
    send_text(held, entry.text, staff=author, settles=[str(entry.id)])
    _forget_pending(held, entry)


def _find(held: Held, entry_id: uuid.UUID) -> HeldText:
    entries = thread.read(held.session, held.worker.private_key, held.case, held.state)
    found = [one for one in held_texts(entries, held.state) if one.entry.id == entry_id]
    if not found:
        raise DeskError(words.GONE_ALREADY)
    return found[0]


def _forget_pending(held: Held, entry: Entry) -> None:
    waits = held.state.pending
    if waits is not None and waits.entry_id == str(entry.id):
        held.state.pending = None
