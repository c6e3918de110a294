"""An installation from before the desk's steps (0009 to 0014), with data of each kind, goes on after them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from alembic import command
from nacl.public import PrivateKey
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import Case, Conversation, SessionStep, Staff, StaffSession
from outreach.casework import cases, reading, taking
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker
from outreach.ground import migrate
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import chain

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 1, 12, 5, 7, 123456, tzinfo=UTC)
BEFORE, AFTER = "0008", "0014"
SAID = "me quitó las llaves"
IDS = {name: uuid.uuid4() for name in ("ana", "team", "case", "talk", "woman", "login")}


def _insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 (fixed names)


def _as_it_was(connection: Connection, key: PersonalKey, public_key: bytes) -> None:
    """Write what a caseworker's day left behind, as the version before wrote it."""
    _insert(connection, "staff", id=IDS["ana"], username="ana", display_name="Ana", role="caseworker",
            password_hash="x", must_change_password=False, created_at=NOW, failed_logins=3,
            locked_until=NOW)  # fmt: skip
    _insert(connection, "team", id=IDS["team"], name="Atención", public_key=public_key, created_at=NOW)
    _insert(connection, "key_wrap", id=uuid.uuid4(), team_id=IDS["team"], staff_id=IDS["ana"], salt=b"s" * 16,
            operations=1, memory=8192, public_key=b"p" * 32, wrapped=b"w", created_at=NOW)  # fmt: skip
    _insert(connection, "staff_session", id=IDS["login"], staff_id=IDS["ana"], created_at=NOW,
            token_hash=sha256(b"t").digest(), key_wrapped=b"w", last_seen_at=NOW,
            expires_at=NOW + timedelta(days=3650))  # fmt: skip
    _insert(connection, "shift", id=uuid.uuid4(), staff_id=IDS["ana"], starts_at=NOW,
            ends_at=NOW + timedelta(hours=8))  # fmt: skip
    _insert(connection, "audit_event", id=uuid.uuid4(), staff_id=IDS["ana"], action="desk.taken", at=NOW)
    for kind in ("danger_unclaimed", "unanswered"):
        _insert(connection, "alarm", kind=kind, raised_at=NOW)
    _her_case(connection, key, public_key)


def _her_case(connection: Connection, key: PersonalKey, public_key: bytes) -> None:
    case, talk = IDS["case"], IDS["talk"]
    state = {"opened_at": NOW.isoformat(), "urgency": "danger", "waiting_since": NOW.isoformat(),
             "conversation_id": str(talk), "entries": 1, "claimed_by": None}  # fmt: skip
    _insert(connection, "woman", id=IDS["woman"], created_at=NOW, details_cipher=b"x")
    private = key.encrypt({"case_id": str(case)}, place=f"conversation:{talk}", bucket=8192)
    _insert(connection, "conversation", id=talk, created_at=NOW, private_cipher=private,
            woman_id=IDS["woman"], last_inbound_at=NOW)  # fmt: skip
    subject = vault.seal(public_key, {"conversation_id": str(talk), "about": "danger"})
    _insert(connection, "case_file", id=case, team_id=IDS["team"], is_open=True, subject_sealed=subject,
            state_cipher=key.encrypt(state, place=f"case:{case}", bucket=4096))  # fmt: skip
    line = {"author": "woman", "text": SAID, "at": NOW.isoformat(), "extra": {}}
    empty = {"author": "padding", "text": "", "at": "", "extra": {}}
    for position in range(1, 17):
        _insert(connection, "sealed_entry", id=uuid.uuid4(), case_id=case, position=position,
                content_sealed=vault.seal(public_key, line if position == 1 else empty))  # fmt: skip


def test_a_desk_of_before_goes_on(empty_engine: Engine, key: PersonalKey) -> None:
    """P1, P4: her case is read, taken and written to as ever; who was logged in has to prove more now."""
    private_key = PrivateKey.generate()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), BEFORE)
        _as_it_was(connection, key, bytes(private_key.public_key))
    migrate.upgrade(empty_engine, key)
    with Session(empty_engine) as session:
        login = session.get_one(StaffSession, IDS["login"])
        assert (login.key_wrapped, login.step, login.locked_at) == (None, SessionStep.OPEN, None)
        assert login.expires_at < datetime.now(UTC) + timedelta(minutes=1)
        ana = session.get_one(Staff, IDS["ana"])
        assert (ana.display_name, ana.desk_sound) == ("Ana", False)
        plans = session.execute(text("SELECT planned FROM shift")).scalars().all()
        assert (plans, session.execute(text("SELECT kind FROM alarm")).scalars().all()) == (
            [False],
            ["unanswered"],
        )
        assert [one.broken_at for one in chain.verify(session)] == [None, None]
        _is_helped(session, Caseworker(key, bytes(private_key), ana))


def _is_helped(session: Session, worker: Caseworker) -> None:
    [waiting] = cases.open_cases(session, worker.key, [IDS["team"]])
    assert (waiting.id, waiting.danger, waiting.claimed_by) == (IDS["case"], True, None)
    now = datetime.now(UTC)
    cases.woman_wrote(session, worker.key, IDS["case"], "otra vez", now)
    taking.take(session, worker, IDS["case"], now)
    lines = reading.open_thread(session, worker, IDS["case"], now).entries
    assert [entry.text for entry in lines if entry.author == "woman"] == [SAID, "otra vez"]
    talk = session.get_one(Conversation, IDS["talk"])
    assert conversation_state.read(worker.key, talk).held
    assert read_state(worker.key, session.get_one(Case, IDS["case"])).claimed_by == str(IDS["ana"])
    session.commit()
    assert [one.broken_at for one in chain.verify(session)] == [None, None]


# What a table holds that nobody could write again, with the step that made it.
KEPT = {
    "shift_note": ("0010", {"team_id": IDS["team"], "day": NOW.date(), "content_sealed": b"x"}),
    "sealed_draft": ("0012", {"staff_id": IDS["ana"], "case_id": IDS["case"], "box": "reply",
                              "content_sealed": b"x"}),
    "canned_answer": ("0012", {"team_id": IDS["team"], "title": "Hola", "body": "Hola."}),
    "sealed_file": ("0013", {"case_id": IDS["case"], "key_sealed": b"x"}),
    "case_audit": ("0014", {"case_id": IDS["case"], "position": 1, "content_sealed": b"x"}),
    "oversight": ("0014", {"team_id": IDS["team"], "position": 1, "content_sealed": b"x"}),
}  # fmt: skip


def test_a_step_back_keeps_what_people_left(empty_engine: Engine, key: PersonalKey) -> None:
    """P1: a step back refuses, and says what, where it would delete it; without that it goes down and up."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), BEFORE)
        _as_it_was(connection, key, bytes(PrivateKey.generate().public_key))
        command.upgrade(migrate.config(connection, key), AFTER)
    for table, (step, row) in KEPT.items():
        with empty_engine.begin() as connection:
            _insert(connection, table, id=uuid.uuid4(), **row)
        with (
            pytest.raises(RuntimeError, match=f"a step back from {step} would delete"),
            empty_engine.begin() as connection,
        ):
            command.downgrade(migrate.config(connection, key), BEFORE)
        with empty_engine.begin() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == AFTER
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1  # noqa: S608 (fixed names)
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 (fixed names)
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection, key), BEFORE)
        assert connection.scalars(text("SELECT username FROM staff")).all() == ["ana"]
        assert connection.scalar(text("SELECT count(*) FROM sealed_entry")) == 16
        assert connection.scalar(text("SELECT count(*) FROM audit_event")) == 1
        command.upgrade(migrate.config(connection, key), AFTER)
        assert connection.scalar(text("SELECT chain IS NOT NULL FROM audit_event"))
