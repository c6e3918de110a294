"""What stands between us and PostgreSQL, and what PostgreSQL waits for: poolers and standbys."""

from __future__ import annotations

import select
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from outreach.ground import postgres_address
from outreach.ground.database import AWAY, POOLED, DatabaseUnavailableError, connect_seconds

OTHERS: Final = 4
"""Connections that are held beside the first, so that a pooler has to give out what it shares."""
ANSWER_SECONDS: Final = 3.0
_ASK: Final = b"SELECT pg_backend_pid()"
_REFUSED: Final = b"08P01"
"""What PgBouncer says to a transaction where it shares after each statement."""


def refuse_pooler(address: str) -> None:
    """Raise where sessions are shared: advisory locks, `LISTEN` and so the promises would silently fail.

    Raises:
        DatabaseUnavailableError: a pooler shares its connections by transaction or statement, or nobody
            answers.
    """
    if not postgres_address.is_remote(address):
        return
    try:
        shared = shares_sessions(address)
    except psycopg.Error:
        raise DatabaseUnavailableError(AWAY) from None
    if shared:
        raise DatabaseUnavailableError(POOLED)


def shares_sessions(address: str) -> bool:
    """Say whether two of our connections get to the same session of PostgreSQL, or one to several.

    Each of PostgreSQL's sessions is a process with a number of its own, as long as it lives. A pooler in
    front of them may give ours to another as soon as our transaction has ended. Where nothing comes in
    time (a pooler that gives each of us a session has none left) nothing is known, and False is said.
    """
    bare = postgres_address.without_options(address)
    with ExitStack() as stack:
        first = stack.enter_context(closing(_connected(bare)))
        # Numbers are compared within one server, and another that is gone is not waited for again.
        there = postgres_address.at(bare, first.info.host, first.info.port)
        known = _session(first, _ASK)
        for _ in range(OTHERS):
            other = stack.enter_context(closing(_connected(there)))
            try:
                held = _session(other, b"BEGIN; " + _ASK)
            except psycopg.NotSupportedError:
                return True  # a transaction was refused: it shares after each statement
            if held is None:
                return False
            if held == known or _session(first, _ASK) not in {known, None}:
                return True
    return False


def _connected(address: str) -> psycopg.Connection:
    return psycopg.connect(
        address,
        autocommit=True,
        prepare_threshold=None,
        application_name="avanza-look",
        connect_timeout=connect_seconds(address),
    )


def _session(connection: psycopg.Connection, statement: bytes) -> int | None:
    """Return which session answers, None where none does in time."""
    raw = connection.pgconn
    raw.send_query(statement)
    until = time.monotonic() + ANSWER_SECONDS
    looked = select.poll()
    looked.register(raw.socket, select.POLLIN)
    answer = None
    while True:
        while raw.is_busy():
            if not looked.poll(max(0.0, 1000 * (until - time.monotonic()))):
                return None
            raw.consume_input()
        result = raw.get_result()
        if result is None:
            return answer
        if result.status == ExecStatus.FATAL_ERROR:
            code = result.error_field(DiagnosticField.SQLSTATE)
            raise psycopg.NotSupportedError if code == _REFUSED else psycopg.OperationalError
        if result.ntuples:
            answer = int(result.get_value(0, 0) or 0)


@dataclass(frozen=True)
class Standbys:
    """What the primary says of those that copy it."""

    wanted: str
    """`synchronous_standby_names`: empty where no commit waits for a standby."""
    attached: int
    synchronous: int | None
    """How many of them a commit may wait for; None where this account may not see it."""

    @property
    def commits_wait(self) -> bool:
        """Whether every commit waits for a standby that is not there."""
        return bool(self.wanted) and (self.attached == 0 or self.synchronous == 0)


def standbys(address: str) -> Standbys:
    """Ask the primary; reading waits for nobody.

    Raises:
        DatabaseUnavailableError: nobody answers.
    """
    try:
        return _standbys(address)
    except psycopg.Error:
        raise DatabaseUnavailableError(AWAY) from None


def _standbys(address: str) -> Standbys:
    with _connected(address) as connection:
        row = connection.execute(
            "SELECT current_setting('synchronous_standby_names'), count(r.pid),"
            " count(*) FILTER (WHERE r.sync_state IN ('sync', 'quorum')), count(r.sync_state)"
            " FROM (SELECT 1) AS one LEFT JOIN pg_stat_replication r ON true"
        ).fetchone()
    wanted, attached, synchronous, seen = row or ("", 0, 0, 0)
    return Standbys(wanted, attached, synchronous if seen == attached else None)
