"""A conversation's locks, and what waits for the disk under them (decision 80)."""

from __future__ import annotations

import ast
import asyncio
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import event, text
from standins import accepted, receipt, serving

from models import utcnow
from outreach.ground import database
from outreach.ground.settings import ROOT
from outreach.messages import inbox
from worker import locks, steps
from worker.runtime import make_runtime
from worker.tasks import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.locks import Pinned
    from worker.runtime import Runtime

WOMAN = "whatsapp:+523312345678"
HERS = uuid.UUID(int=7)
pytestmark = pytest.mark.usefixtures("recovery_key")


def rule(url: str, value: str) -> None:
    """Have new connections to this test's database wait so, as an installation's are made to."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET synchronous_commit = {value}')


@pytest.fixture(autouse=True)
def _waiting(database_url: str) -> None:
    """The tests' server waits for no disk; these tests' database does."""
    rule(database_url, "on")


def waits(pinned: Pinned) -> str:
    """How the next commit of this connection waits for the disk."""
    with pinned.sessions.begin() as session:
        return str(session.scalar(text("SHOW synchronous_commit")))


def test_only_what_is_done_under_a_turn_need_not_wait_for_the_disk(engine: Engine) -> None:
    """Before it, under the lock of sending and after both everything waits, whoever has it next."""
    with locks.pinned(engine) as pinned:
        assert waits(pinned) == "on"
        assert pinned.take(locks.TURN, HERS)
        assert waits(pinned) == "off"
        pinned.let_go(locks.TURN, HERS)
        assert waits(pinned) == "on"
        assert pinned.take(locks.SEND, HERS)
        assert waits(pinned) == "on"
    with locks.pinned(engine) as pinned:
        assert waits(pinned) == "on"


def test_a_lock_that_was_not_got_changes_nothing(engine: Engine) -> None:
    """What is then put off waits for the disk like anything else."""
    with locks.pinned(engine) as one, locks.pinned(engine) as other:
        assert one.take(locks.TURN, HERS)
        assert not other.take(locks.TURN, HERS)
        assert waits(other) == "on"
        one.let_go(locks.TURN, HERS)
        assert other.take(locks.TURN, HERS)
        assert waits(other) == "off"


def test_an_error_under_a_turn_leaves_the_connection_as_it_was(engine: Engine) -> None:
    """The pool gives it to somebody else."""
    with pytest.raises(ZeroDivisionError), locks.pinned(engine) as pinned:  # noqa: PT012 (it is raised inside)
        assert pinned.take(locks.TURN, HERS)
        with pinned.sessions.begin() as session:
            session.execute(text("SELECT 1"))
            raise ZeroDivisionError
    with locks.pinned(engine) as pinned:
        assert waits(pinned) == "on"
        assert pinned.take(locks.TURN, HERS)


def test_an_installation_with_a_rule_of_its_own_gets_it_back(database_url: str, settings: Settings) -> None:
    """Where a standby must have it too, it must have it again after the turn."""
    rule(database_url, "remote_apply")
    fresh = database.make_engine(settings)
    with locks.pinned(fresh) as pinned:
        assert waits(pinned) == "remote_apply"
        assert pinned.take(locks.TURN, HERS)
        pinned.let_go(locks.TURN, HERS)
        assert waits(pinned) == "remote_apply"
    fresh.dispose()


@contextmanager
def noting(settings: Settings, noted: dict[str, list[str]]) -> Iterator[Runtime]:
    """Run with a Rasa and a Twilio that note how the commits before each of their calls waited."""
    commits: list[str] = []

    def answer(_method: str, path: str, body: Any) -> tuple[int, Any]:
        to_rasa = path.endswith("/webhook")
        noted["rasa" if to_rasa else "twilio"] = list(commits)
        return (200, [{"text": "Hola"}, receipt(body)]) if to_rasa else (201, accepted(path, body, "SM9"))

    def committed(connection: Connection) -> None:
        driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment] # typed as Any
        row = driver.execute("SHOW synchronous_commit").fetchone()
        commits.append(str(row[0]) if row else "")

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(url,), account=account), pool_size=2)
        event.listen(runtime.engine, "commit", committed)
        yield runtime
        runtime.engine.dispose()


def test_what_leaves_is_on_the_disk_first(sessions: sessionmaker[Session], settings: Settings) -> None:
    """P2, P3: Rasa is asked without a wait; before Twilio is called the disk has all that came before."""
    noted: dict[str, list[str]] = {}
    with noting(settings, noted) as runtime:
        given = {"MessageSid": ["SM1"], "From": [WOMAN], "Body": ["hola"], "ButtonPayload": ["/x"]}
        with sessions.begin() as session:
            inbox.receive(session, runtime.key, given, utcnow())
            conversation = inbox.conversation_of(session, runtime.key, WOMAN, utcnow()).id
        steps.take_turn(runtime, conversation)
    assert noted["rasa"] == ["off"]
    assert noted["twilio"][:2] == ["off", "off"]
    assert set(noted["twilio"][2:]) == {"on"}


def test_a_job_is_taken_in_one_round_trip_and_without_a_wait(settings: Settings, database_url: str) -> None:
    """Each connection that the library opens is set so."""
    runtime = make_runtime(settings)
    app = make_app(runtime, database_url)

    async def look() -> tuple[object, bool]:
        async with app.open_async():
            one = await app.connector.execute_query_one_async("SHOW synchronous_commit")
            async with app.connector.pool.connection() as connection:  # type: ignore[attr-defined] # of this connector
                return one, connection.autocommit

    assert asyncio.run(look()) == ({"synchronous_commit": "off"}, True)
    runtime.engine.dispose()


def test_rasas_states_wait_for_no_disk_and_nothing_else_is_changed(
    database_url: str,
) -> None:
    """One statement, so that it holds for its own commit alone, also on a connection that is shared."""
    tree = ast.parse((ROOT / "bot/serving/tracker_store.py").read_text(encoding="utf-8"))
    (save,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_SAVE"
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        for state in (b"first", b"second"):
            connection.execute(save, (str(HERS), state, utcnow()))
            kept = connection.execute("SELECT conversation_id, state FROM rasa_tracker").fetchall()
            assert kept == [(HERS, state)]
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.autocommit = False
        connection.execute(save, (str(HERS), b"third", utcnow()))
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
