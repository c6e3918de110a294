"""The two ways into a case: a verb changes it under its locks, a look only reads it. Both are recorded.

A verb is called as `verb(session, worker, case_id, now, ...)` and gets a `Held`; a look is called alike and
gets a `Seen`. Permission, the reason that a colleague's conversation asks for, locks, saving and the record
(an event without a case for the auditor, a sealed line for the case's own list) stand here and nowhere else,
so that no step can leave one out. `ALL` lists them; tests hold every public function that takes a
caseworker to it.

Locks are taken in one order, conversation before case, as the turns of the dialogue do.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from sqlalchemy import select

from models import Case, Conversation
from outreach.casework import lately
from outreach.casework import seen as traces
from outreach.casework.case_state import WRITES, read_state, write_state
from outreach.casework.opened import (
    CameBackError,
    CaseClosedError,
    Held,
    NoSuchCaseError,
    NotYourRoleError,
    NotYoursError,
    Seen,
    may_see,
    opened,
)
from outreach.casework.permitted import SHOWS_NOTHING, NeedsReasonError, needs_reason
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import audit

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from models import Role
    from outreach.casework.opened import Caseworker
    from outreach.staff.audit import Action

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Seen)


@dataclass(frozen=True)
class Registered:
    """What is known of a verb or a look. `writes`: it is a verb."""

    name: str
    action: Action
    writes: bool
    holds: bool
    open_only: bool
    roles: frozenset[Role]


ALL: dict[str, Registered] = {}
"""Every verb and look by `module.function`, from the modules that are imported."""


def verb(
    action: Action,
    *,
    holds: bool = False,
    open_only: bool = True,
    roles: frozenset[Role] = vault.KEY_ROLES,
) -> Callable[
    [Callable[Concatenate[Held, P], R]],
    Callable[Concatenate[Session, Caseworker, uuid.UUID, datetime, P], R],
]:
    """Declare a step in a case: locked, allowed, saved and recorded as one event.

    `holds`: only to who has the conversation; `open_only`: not in a closed case. The step raises a
    `DeskError` where it can't be taken, and nothing of it is to be committed then.
    """

    def enter(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> Held:
        held = _locked(session, worker, case_id, now)
        _allow(held, roles)
        if open_only and not held.case.is_open:
            raise CaseClosedError(CaseClosedError.__doc__)
        if holds and not held.holds:
            raise NotYoursError(NotYoursError.__doc__)
        _ask_for_reason(held, action)
        return held

    def leave(held: Held) -> None:
        write_state(held.worker.key, held.case, held.state)
        _record(held, action)

    def register(act: Callable[..., object]) -> None:
        _register(act, action, writes=True, holds=holds, open_only=open_only, roles=roles)

    return _way_in(enter, leave, register)


def look(
    action: Action, *, roles: frozenset[Role] = vault.KEY_ROLES, again_after: timedelta | None = None
) -> Callable[
    [Callable[Concatenate[Seen, P], R]],
    Callable[Concatenate[Session, Caseworker, uuid.UUID, datetime, P], R],
]:
    """Declare a look at a case: allowed and recorded, without a lock. Its caller commits the record.

    `again_after` is for what a page asks for by itself: recorded unless the same caseworker looked at the
    same case, by any look of this action, so short a time ago. A look is not followed by a verb in the same
    transaction: the record's lock comes after those of the case.
    """

    def enter(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> Seen:
        seen = opened(session, worker, case_id, now)
        if seen is None:
            raise NoSuchCaseError(NoSuchCaseError.__doc__)
        _allow(seen, roles)
        _ask_for_reason(seen, action)
        return seen

    def leave(seen: Seen) -> None:
        mark = (seen.worker.staff.id, seen.case.id, action)
        if again_after is None or not lately.within(seen.session, mark, again_after, seen.now):
            _record(seen, action)
            lately.note(seen.session, mark, seen.now)

    def register(act: Callable[..., object]) -> None:
        _register(act, action, writes=False, holds=False, open_only=False, roles=roles)

    return _way_in(enter, leave, register)


def _way_in(
    enter: Callable[[Session, Caseworker, uuid.UUID, datetime], S],
    leave: Callable[[S], None],
    register: Callable[[Callable[..., object]], None],
) -> Callable[
    [Callable[Concatenate[S, P], R]],
    Callable[Concatenate[Session, Caseworker, uuid.UUID, datetime, P], R],
]:
    """Return the decorator of which both are made: `enter` refuses or opens, `leave` saves and records."""

    def declare(
        act: Callable[Concatenate[S, P], R],
    ) -> Callable[Concatenate[Session, Caseworker, uuid.UUID, datetime, P], R]:
        @functools.wraps(act)
        def step(
            session: Session,
            worker: Caseworker,
            case_id: uuid.UUID,
            now: datetime,
            /,
            *args: P.args,
            **kwargs: P.kwargs,
        ) -> R:
            entered = enter(session, worker, case_id, now)
            done = act(entered, *args, **kwargs)
            leave(entered)
            session.flush()
            return done

        register(act)
        return step

    return declare


def _register(
    act: Callable[..., object],
    action: Action,
    *,
    writes: bool,
    holds: bool,
    open_only: bool,
    roles: frozenset[Role],
) -> None:
    name = f"{act.__module__.rpartition('.')[2]}.{act.__name__}"
    if name in ALL:
        raise ValueError(f"{name} is registered already")
    ALL[name] = Registered(name, action, writes, holds, open_only, roles)


def _allow(seen: Seen, roles: frozenset[Role]) -> None:
    if seen.worker.staff.role not in roles:
        raise NotYourRoleError(NotYourRoleError.__doc__)


def _ask_for_reason(seen: Seen, action: Action) -> None:
    if action not in SHOWS_NOTHING and needs_reason(seen):
        raise NeedsReasonError(seen.case.id, seen.state.claimed_name or "", seen.state.claimed_by or "")


def _record(seen: Seen, action: Action) -> None:
    traces.note(seen, action)
    audit.record(seen.session, seen.worker.staff.id, action, seen.now)


def _locked(session: Session, worker: Caseworker, case_id: uuid.UUID, now: datetime) -> Held:
    seen = opened(session, worker, case_id, now)
    if seen is None:
        raise NoSuchCaseError(NoSuchCaseError.__doc__)
    session.flush()  # what is re-read below would forget what is not yet written
    conversation = None
    if seen.conversation is not None:
        conversation = session.scalar(
            select(Conversation)
            .where(Conversation.id == seen.conversation.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    case = session.get(Case, case_id, with_for_update=WRITES, populate_existing=True)
    # Between the look and the locks it may have become a supervisor's, or she may have erased her data.
    if case is None or not may_see(worker, case):
        raise NoSuchCaseError(NoSuchCaseError.__doc__)
    private = conversation_state.read(worker.key, conversation) if conversation else None
    state = read_state(worker.key, case)
    state.conversation_id = str(conversation.id) if conversation else state.conversation_id
    if state.apart and conversation is not None:
        raise NoSuchCaseError(NoSuchCaseError.__doc__)  # it went along with a referral just now
    if seen.state.apart and not state.apart:
        # It came back just now and is not locked: a step would hold it and leave the bot talking.
        raise CameBackError(CameBackError.__doc__)
    return Held(session, worker, now, case, state, seen.about, conversation, private, called=seen.called)
