"""The migrations and the models are one: what the head builds is what the code expects."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.ground import migrate
from outreach.people import name_keys
from outreach.staff import audit, chain
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from outreach.sealing.crypto import PersonalKey


def test_head_equals_models(engine: Engine) -> None:
    """A model changed without its migration fails here, with the difference in words."""
    assert migrate.is_current(engine)
    with engine.begin() as connection:
        command.check(migrate.config(connection))


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """Every start may migrate."""
    migrate.upgrade(engine)
    assert migrate.is_current(engine)


def _insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 (fixed names)


def _old_data(connection: Connection, key: PersonalKey) -> dict[str, uuid.UUID]:
    """A little of everything that step 0003 changes, as the version before wrote it."""
    ids = {name: uuid.uuid4() for name in ("woman", "other", "group", "workshop", "session", "talk", "row")}
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    details = key.encrypt(
        {"full_name": "Ma. Guadalupe Prueba Hdez.", "birth_date": "1990-05-17"},
        place=f"woman:{ids['woman']}",
        bucket=512,
    )
    _insert(connection, "woman", id=ids["woman"], created_at=now, agency="DIF", external_id="F-1",
            municipality="14039", details_cipher=details)  # fmt: skip
    nameless = key.encrypt({}, place=f"woman:{ids['other']}", bucket=512)
    _insert(connection, "woman", id=ids["other"], created_at=now, details_cipher=nameless)
    _insert(connection, "municipality", code="14039", name="Guadalajara")
    _insert(connection, "workshop", id=ids["workshop"], code="w", name="Taller", axis="food", description="")
    _insert(connection, "workshop_group", id=ids["group"], code="g", workshop_id=ids["workshop"],
            municipality="14039", place="Aula", capacity=9, created_at=now)  # fmt: skip
    _insert(connection, "workshop_session", id=ids["session"], code="s", group_id=ids["group"],
            starts_at=now, minutes=60)  # fmt: skip
    for woman, state in (("woman", "confirmed"), ("other", "present")):
        _insert(connection, "attendance", id=uuid.uuid4(), woman_id=ids[woman], session_id=ids["session"],
                state=state, updated_at=now)  # fmt: skip
    _insert(connection, "conversation", id=ids["talk"], created_at=now, private_cipher=b"x")
    _insert(connection, "consent", id=uuid.uuid4(), conversation_id=ids["talk"], kind="privacy", given=True,
            version="2026-11", text="lo que se le dijo", message_sid="SM1", created_at=now)  # fmt: skip
    _insert(connection, "turn", id=uuid.uuid4(), conversation_id=ids["talk"], state="open", tries=2,
            created_at=now)  # fmt: skip
    _insert(connection, "outbox_message", id=ids["row"], conversation_id=ids["talk"], kind="reply",
            state="sent", body_cipher=b"x", created_at=now, tries=1)  # fmt: skip
    return ids


def test_the_rooms_for_what_comes_keep_the_data(empty_engine: Engine, key: PersonalKey) -> None:
    """Step 0003 up and down with data: folios, answers, consents and counters survive both ways."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0002")
        ids = _old_data(connection, key)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), "0003")
        found = connection.execute(
            text("SELECT agency, folio_cipher, id FROM affiliation WHERE woman_id = :id"),
            {"id": ids["woman"]},
        )
        agency, cipher, place = found.one()
        assert (agency, key.decrypt(cipher, place=f"affiliation:{place}")) == ("DIF", {"folio": "F-1"})
        assert connection.scalar(text("SELECT count(*) FROM affiliation")) == 1
        assert set(connection.scalars(text("SELECT sound_hash FROM name_key"))) == name_keys.hashes(
            key, "María Guadalupe Prueba Hernández"
        )
        assert connection.scalars(text("SELECT answer FROM rsvp")).all() == ["confirmed"]
        assert connection.scalars(text("SELECT state FROM attendance")).all() == ["present"]
        assert connection.execute(text("SELECT notice, version FROM consent")).all() == [("base", "2026-11")]
        assert connection.scalar(text("SELECT attempts FROM turn")) == 2
        assert connection.scalar(text("SELECT count(*) FROM programme")) == 1
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection, key), "0002")
        assert connection.execute(
            text("SELECT agency, external_id FROM woman WHERE id = :id"), {"id": ids["woman"]}
        ).one() == ("DIF", "F-1")
        states = connection.scalars(text("SELECT state FROM attendance ORDER BY state")).all()
        assert states == ["confirmed", "present"]
        assert connection.scalar(text("SELECT tries FROM turn")) == 2


def test_every_turn_ends_alike_after_step_0004(empty_engine: Engine, key: PersonalKey) -> None:
    """Step 0004 up and down with data: no end, failure or attempts of ended turns; jobs have a queue."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0002")
        ids = _old_data(connection, key)
        command.upgrade(migrate.config(connection, key), "0003")
        came, began = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 10, tzinfo=UTC)
        for state, attempts in (("failed", 3), ("answered", 1)):
            turn = uuid.uuid4()
            _insert(connection, "turn", id=turn, conversation_id=ids["talk"], state=state, attempts=attempts,
                    created_at=began, ended_at=began)  # fmt: skip
            _insert(connection, "inbound_message", id=uuid.uuid4(), conversation_id=ids["talk"], turn_id=turn,
                    message_sid=f"SM{state}", received_at=came, body_cipher=b"x")  # fmt: skip
        for number, (status, priority) in enumerate((("todo", 30), ("todo", 10), ("failed", 30))):
            _insert(connection, "procrastinate_jobs", task_name=f"t{number}", status=status,
                    priority=priority, queue_name="default")  # fmt: skip
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection, key), "0004")
        turns = connection.execute(text("SELECT state, attempts, created_at FROM turn WHERE state <> 'open'"))
        assert turns.all() == [("answered", 0, came)] * 2
        assert connection.scalar(text("SELECT attempts FROM turn WHERE state = 'open'")) == 2
        queues = connection.execute(text("SELECT task_name, queue_name FROM procrastinate_jobs ORDER BY id"))
        assert queues.all() == [("t0", "conversation"), ("t1", "bulk")]
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection, key), "0003")
        assert connection.scalar(text("SELECT count(*) FROM turn WHERE ended_at = created_at")) == 2


def test_women_are_not_migrated_without_the_key(empty_engine: Engine, key: PersonalKey) -> None:
    """Folios can't be encrypted without the secret key: the step stops and changes nothing."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0002")
        _old_data(connection, key)
    with pytest.raises(RuntimeError, match="secret key"), empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0003")
    with empty_engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0002"


def test_notices_know_the_start_of_their_session(empty_engine: Engine) -> None:
    """Step 0005 up and down with data: a notice gets its session's start, a place becomes one line."""
    ids = {name: uuid.uuid4() for name in ("woman", "group", "workshop", "session", "notice")}
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0004")
        _insert(connection, "woman", id=ids["woman"], created_at=now, details_cipher=b"x")
        _insert(connection, "municipality", code="14039", name="Guadalajara")
        _insert(connection, "workshop", id=ids["workshop"], code="w", name="T", axis="food", description="")
        _insert(connection, "workshop_group", id=ids["group"], code="g", workshop_id=ids["workshop"],
                municipality="14039", place=" Aula\n 3 ", capacity=9, created_at=now)  # fmt: skip
        _insert(connection, "workshop_session", id=ids["session"], code="s", group_id=ids["group"],
                starts_at=now, minutes=60)  # fmt: skip
        _insert(connection, "session_notice", id=ids["notice"], woman_id=ids["woman"],
                session_id=ids["session"], revision=2, change="moved", useful_until=now, state="planned",
                created_at=now)  # fmt: skip
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0005")
        assert connection.scalar(text("SELECT known_starts_at FROM session_notice")) == now
        assert connection.scalar(text("SELECT place FROM workshop_group")) == "Aula 3"
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0004")
        assert connection.scalar(text("SELECT id FROM session_notice")) == ids["notice"]


def _case(connection: Connection, key: PersonalKey, bucket: int) -> uuid.UUID:
    """A case as a version wrote it: its state in a multiple of `bucket` bytes."""
    team, case = uuid.uuid4(), uuid.uuid4()
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    _insert(connection, "team", id=team, name=str(team)[:8], public_key=b"k" * 32, created_at=now)
    state = key.encrypt(
        {"opened_at": now.isoformat(), "urgency": "danger"}, place=f"case:{case}", bucket=bucket
    )
    _insert(connection, "case_file", id=case, team_id=team, is_open=True, state_cipher=state,
            subject_sealed=b"x")  # fmt: skip
    return case


def _rings(connection: Connection) -> list[str]:
    """The rings that reached a connection that listens."""
    driver = connection.connection.driver_connection
    assert driver is not None
    return [ring.payload for ring in driver.notifies(timeout=0.5)]


def _lengths(connection: Connection) -> set[int]:
    return set(connection.scalars(text("SELECT length(state_cipher) FROM case_file")))


def test_a_case_that_changes_rings_after_step_0008(empty_engine: Engine, key: PersonalKey) -> None:
    """Step 0008 up and down with data: the bell, and one length for the states of old cases and new."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0007")
        old = _case(connection, key, 2048)
    with empty_engine.connect() as listening:
        listening.execution_options(isolation_level="AUTOCOMMIT")
        listening.execute(text("LISTEN avanza_desk"))
        with empty_engine.begin() as connection:
            command.upgrade(migrate.config(connection, key), "0008")
            new = _case(connection, key, 4096)
            assert len(_lengths(connection)) == 1
            cipher = connection.scalar(text("SELECT state_cipher FROM case_file WHERE id = :id"), {"id": old})
            assert key.decrypt(cipher, place=f"case:{old}")["urgency"] == "danger"
        assert _rings(listening) == [str(new)]
        with empty_engine.begin() as connection:
            for _ in range(3):
                connection.execute(text("UPDATE case_file SET is_open = is_open WHERE id = :id"), {"id": old})
        assert _rings(listening) == [str(old)]
        with empty_engine.connect() as connection:
            connection.execute(text("UPDATE case_file SET is_open = false"))
            connection.rollback()
        assert _rings(listening) == []
        with empty_engine.begin() as connection:
            command.downgrade(migrate.config(connection, key), "0007")
            connection.execute(text("UPDATE case_file SET is_open = false"))
        assert _rings(listening) == []
    with empty_engine.begin() as connection:
        cipher = connection.scalar(text("SELECT state_cipher FROM case_file WHERE id = :id"), {"id": old})
        assert key.decrypt(cipher, place=f"case:{old}")["urgency"] == "danger"
        assert (
            connection.scalars(text("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'avanza_ring%'")).all()
            == []
        )


def test_the_plan_goes_and_what_was_entered_stays(empty_engine: Engine) -> None:
    """Step 0010 up and down with data: old shifts were entered; taken back, a plan is no presence."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0009")
        staff = uuid.uuid4()
        now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        _insert(connection, "staff", id=staff, username="ana", display_name="Ana", role="caseworker",
                password_hash="x", must_change_password=False, created_at=now)  # fmt: skip
        _insert(connection, "shift", id=uuid.uuid4(), staff_id=staff, starts_at=now, ends_at=now)
        _insert(connection, "alarm", kind="danger_unclaimed", raised_at=now)
        _insert(connection, "alarm", kind="unanswered", raised_at=now)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0010")
        assert connection.scalars(text("SELECT planned FROM shift")).all() == [False]
        assert connection.scalars(text("SELECT kind FROM alarm")).all() == ["unanswered"]
        _insert(
            connection, "shift", id=uuid.uuid4(), staff_id=staff, starts_at=now, ends_at=now, planned=True
        )
        # A process of before enters a shift meanwhile.
        _insert(connection, "shift", id=uuid.uuid4(), staff_id=staff, starts_at=now, ends_at=now)
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0009")
        assert connection.scalar(text("SELECT count(*) FROM shift")) == 2


def test_cases_are_not_migrated_without_the_key(empty_engine: Engine, key: PersonalKey) -> None:
    """Step 0008 can't write a state anew without the secret key: it stops, and changes nothing."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0007")
        _case(connection, key, 2048)
    with pytest.raises(RuntimeError, match="secret key"), empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0008")
    with empty_engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0007"
        assert len(_lengths(connection)) == 1


def test_a_change_of_key_that_is_not_finished_is_not_taken_back(empty_engine: Engine) -> None:
    """Step 0016 would lose the key under which something is still sealed: it refuses, and says what to do."""
    now, team = datetime(2026, 11, 1, 12, tzinfo=UTC), uuid.uuid4()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0016")
        _insert(connection, "team", id=team, name="Uno", public_key=b"k" * 32, created_at=now)
        _insert(connection, "former_key", id=uuid.uuid4(), team_id=team, public_key=b"k" * 32, wrapped=b"w",
                round=0, place="", found=0, done=0, total=1)  # fmt: skip
    with pytest.raises(RuntimeError, match="Llave del equipo"), empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "-1")
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM former_key"))
        command.downgrade(migrate.config(connection), "-1")
        assert connection.scalar(text("SELECT count(*) FROM team")) == 1


def test_supports_leave_with_step_0021(empty_engine: Engine) -> None:
    """Step 0021 up and down with data: the ledger stands on women and agencies, and takes neither along."""
    ids = {name: uuid.uuid4() for name in ("woman", "kind", "rule", "support")}
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0020")
        _insert(connection, "woman", id=ids["woman"], created_at=now, details_cipher=b"x")
        _insert(connection, "agency", code="DIF", name="DIF")
        command.upgrade(migrate.config(connection), "0021")
        _insert(connection, "support_kind", id=ids["kind"], code="despensa", name="Despensa", in_money=False)
        _insert(connection, "support_rule", id=ids["rule"], kind_id=ids["kind"], most=1, period="month",
                all_agencies=True, since=now, ground="", created_at=now)  # fmt: skip
        _insert(connection, "support", id=ids["support"], woman_id=ids["woman"], kind_id=ids["kind"],
                agency="DIF", day=now, note_cipher=b"x", source="import", created_at=now)  # fmt: skip
        _insert(connection, "double_support", id=uuid.uuid4(), woman_id=ids["woman"], rule_id=ids["rule"],
                support_id=ids["support"], agency="DIF", day=now, state="open", at_entry=False,
                found_at=now)  # fmt: skip
    with empty_engine.begin() as connection, pytest.raises(IntegrityError):
        _insert(connection, "support_rule", id=uuid.uuid4(), kind_id=ids["kind"], most=1, period="month",
                days=30, all_agencies=True, since=now, ground="", created_at=now)  # fmt: skip
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM woman"))
        assert connection.scalar(text("SELECT count(*) FROM support")) == 0
        assert connection.scalar(text("SELECT count(*) FROM double_support")) == 0
        command.downgrade(migrate.config(connection), "0020")
        assert connection.scalar(text("SELECT count(*) FROM agency")) == 1


def test_every_step_can_be_taken_back(empty_engine: Engine) -> None:
    """Each downgrade runs, back to the first schema and up again."""
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "head")
        command.downgrade(migrate.config(connection), "0001")
        command.upgrade(migrate.config(connection), "head")
        command.check(migrate.config(connection))


@pytest.mark.parametrize(("table", "order"), [("case_note", "position"), ("case_record", "version")])
def test_step_0015_is_not_taken_back_over_what_was_written(
    empty_engine: Engine, table: str, order: str
) -> None:
    """Notes and records go with their case, and nothing else takes them away."""
    team, case = uuid.uuid4(), uuid.uuid4()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0014")
        _insert(connection, "team", id=team, name="Atención", public_key=b"k" * 32,
                created_at=datetime(2026, 11, 1, tzinfo=UTC))  # fmt: skip
        _insert(connection, "case_file", id=case, team_id=team, is_open=True, state_cipher=b"x",
                subject_sealed=b"x")  # fmt: skip
        command.upgrade(migrate.config(connection), "0015")
        _insert(connection, table, id=uuid.uuid4(), case_id=case, content_sealed=b"x", **{order: 1})
    with empty_engine.begin() as connection, pytest.raises(RuntimeError, match="0015"):
        command.downgrade(migrate.config(connection), "0014")
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM case_file"))
        command.downgrade(migrate.config(connection), "0014")


def test_old_events_are_chained_by_step_0014(empty_engine: Engine) -> None:
    """Step 0014 up and down with data: every event of before stands in its chain, in order of its time."""
    ana, now = uuid.uuid4(), datetime(2026, 11, 1, 12, 5, 7, 123456, tzinfo=UTC)
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0009")
        _insert(connection, "staff", id=ana, username="ana", display_name="Ana", role="caseworker",
                password_hash="x", must_change_password=False, created_at=now)  # fmt: skip
        for minute, (action, who) in enumerate(
            (("login", ana), ("desk.taken", ana), ("staff.added", None), ("desk.noted", ana))
        ):
            _insert(connection, "audit_event", id=uuid.uuid4(), staff_id=who, action=action,
                    at=now - timedelta(minutes=minute))  # fmt: skip
        before = connection.execute(text("SELECT id, staff_id, action, at FROM audit_event ORDER BY id"))
        rows = before.all()
    with empty_engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0014")
    with Session(empty_engine) as session:
        assert [one.broken_at for one in chain.verify(session)] == [None, None]
        audit.record(session, ana, Action.DESK_CLOSED, now)
        session.commit()
        assert [one.broken_at for one in chain.verify(session)] == [None, None]
        desk = session.execute(text("SELECT action FROM audit_event WHERE stream = 'desk' ORDER BY position"))
        assert desk.scalars().all() == ["desk.noted", "desk.taken", "desk.closed"]
    with empty_engine.begin() as connection:
        command.downgrade(migrate.config(connection), "0009")
        after = connection.execute(
            text("SELECT id, staff_id, action, at FROM audit_event WHERE action <> 'desk.closed' ORDER BY id")
        )
        assert after.all() == rows
        connection.execute(text("DELETE FROM audit_event"))
