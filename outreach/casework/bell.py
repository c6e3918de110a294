"""What rings at the desks: a case changed, or a colleague looks at one. Ids only, never content (P4).

Whatever changes a case rings CASES with its id when it commits. LOOKING is rung by a page that is in sight
and is stored nowhere. Who hears a ring is asked for each one: only a desk that may open the case.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from models import Case, Staff
from outreach.casework.case_state import read_state

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection, Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

CASES: Final = "avanza_desk"
LOOKING: Final = "avanza_desk_presence"
_LOOK_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class Changed:
    """Something happened in a case."""

    case_id: uuid.UUID


@dataclass(frozen=True)
class Looking:
    """A colleague has a case open in front of her, or types into it."""

    case_id: uuid.UUID
    staff_id: uuid.UUID
    typing: bool


@dataclass(frozen=True)
class Missed:
    """The connection was lost or has just begun: what rang before is not known."""


Ring = Changed | Looking | Missed


@dataclass(frozen=True)
class Audience:
    """Who may hear what rings in a case."""

    team_id: uuid.UUID
    is_open: bool
    for_supervisor: bool

    def includes(self, teams: Collection[uuid.UUID], *, supervisor: bool) -> bool:
        """Say whether somebody of these teams may."""
        return self.team_id in teams and (supervisor or not self.for_supervisor)


def audience(session: Session, key: PersonalKey, case_id: uuid.UUID) -> Audience | None:
    """Return who may hear what rings in a case; None where there is no such case."""
    case = session.get(Case, case_id)
    if case is None:
        return None
    return Audience(case.team_id, case.is_open, read_state(key, case).for_supervisor)


def say_changed(session: Session, case_id: uuid.UUID) -> None:
    """Tell the desks that there is more to see in a case whose own row did not change."""
    session.execute(select(func.pg_notify(CASES, str(case_id))))


def say_looking(session: Session, case_id: uuid.UUID, staff_id: uuid.UUID, *, typing: bool) -> None:
    """Tell the other desks that she has a case in front of her; they hear it when the caller commits."""
    said = json.dumps({"case": str(case_id), "staff": str(staff_id), "typing": typing})
    session.execute(select(func.pg_notify(LOOKING, said)))


def name_of(session: Session, staff_id: uuid.UUID) -> str:
    """Return how a colleague is called; empty where she is not known."""
    staff = session.get(Staff, staff_id)
    return staff.display_name if staff else ""


def rings(engine: Engine, stop: threading.Event) -> Iterator[Ring]:
    """Yield what rings until `stop` is set, over a connection of its own that is made again where it breaks.

    It has to reach the server itself: a pooler between them that shares connections passes no ring on.
    """
    pause = 0.0
    while not stop.wait(pause):
        try:
            for ring in _connected(engine, stop):
                pause = 0.0
                yield ring
        except (psycopg.Error, SQLAlchemyError):
            pause = min(2 * pause + 0.5, _LONGEST_PAUSE_SECONDS)


def _connected(engine: Engine, stop: threading.Event) -> Iterator[Ring]:
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()  # it stays for as long as the process: none of the pool's
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the bell needs psycopg")
    with connection:
        connection.rollback()
        connection.autocommit = True
        for channel in (CASES, LOOKING):
            connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        yield Missed()
        while not stop.is_set():
            for notice in connection.notifies(timeout=_LOOK_SECONDS):
                ring = _read(notice.channel, notice.payload)
                if ring is not None:
                    yield ring
                if stop.is_set():
                    return


def _read(channel: str, payload: str) -> Ring | None:
    """Return what a notice says; None where it is none of ours, for whoever is in the database may ring."""
    try:
        if channel == CASES:
            return Changed(uuid.UUID(payload))
        said = json.loads(payload)
        return Looking(uuid.UUID(str(said["case"])), uuid.UUID(str(said["staff"])), bool(said["typing"]))
    except (ValueError, KeyError, TypeError):
        return None
