"""The worker's part of an import: parts in their own transactions, whatever raises or dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from models import ImportRun, ImportState, Role, Woman, utcnow
from outreach.single_list import import_parts, import_runs
from outreach.staff import accounts
from worker import importing
from worker.runtime import make_runtime

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from worker.runtime import Runtime


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = make_runtime(settings, pool_size=2)
    yield made
    made.engine.dispose()


@pytest.fixture
def run_id(session: Session, key: PersonalKey) -> uuid.UUID:
    """A list of 1,100 women that is to be checked."""
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, utcnow())
    staff = accounts.find(session, "rosa")
    assert staff is not None
    rows = "".join(f"{n},Canaria Prueba,1990-05-17\n" for n in range(1100))
    data = f"Folio,Nombre completo,Fecha de nacimiento\n{rows}".encode()
    run = import_runs.take_in(session, key, staff, "women", data, utcnow(), agency=None)
    run.agency = "DIF"
    session.execute(text("INSERT INTO agency (code, name) VALUES ('DIF', 'DIF') ON CONFLICT DO NOTHING"))
    import_runs.set_columns(session, key, run, import_parts.read_about(key, run).columns, utcnow())
    session.commit()
    return run.id


def _run(session: Session, run_id: uuid.UUID) -> ImportRun:
    session.expire_all()
    return session.get_one(ImportRun, run_id)


def _jobs(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")) or 0


def test_from_the_check_to_the_end(
    session: Session, runtime: Runtime, run_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, which gets its settings by a pipe and leaves nothing to do."""
    monkeypatch.setattr(importing, "JOB_SECONDS", 60.0)
    importing.go_on(runtime, run_id)
    assert _run(session, run_id).state is ImportState.CHECKED
    assert session.scalar(select(func.count()).select_from(Woman)) == 0
    import_runs.confirm(session, _run(session, run_id), utcnow())
    session.commit()
    importing.go_on(runtime, run_id)
    assert _run(session, run_id).state is ImportState.DONE
    assert session.scalar(select(func.count()).select_from(Woman)) == 1100


def test_it_ends_after_its_time_and_another_job_goes_on(
    session: Session, runtime: Runtime, run_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a worker which is told to stop can, and what is done is done."""
    monkeypatch.setattr(importing, "JOB_SECONDS", 1e-9)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    importing.go_on(runtime, run_id)
    assert (_run(session, run_id).done, _jobs(session)) == (0, 1)
    assert importing.work(runtime.sessions, runtime.settings, run_id, 60.0) == importing.OVER
    assert (_run(session, run_id).done, _run(session, run_id).state) == (1100, ImportState.CHECKED)


def test_what_breaks_is_tried_again_and_then_ends(
    session: Session, runtime: Runtime, run_id: uuid.UUID, capfd: pytest.CaptureFixture[str]
) -> None:
    """Three errors of ours in a row: the import stops, and its page says so; none is told with its text."""
    session.execute(text("UPDATE import_part SET content_cipher = 'x' WHERE purpose = 'rows'"))
    session.commit()
    for tries in (1, 2):
        importing.go_on(runtime, run_id)
        assert (_run(session, run_id).state, _run(session, run_id).tries) == (ImportState.CHECKING, tries)
        assert _jobs(session) == 1
    importing.go_on(runtime, run_id)
    assert _run(session, run_id).state is ImportState.FAILED
    assert capfd.readouterr().err == 3 * "import failed: DecryptionError\n"


def test_an_error_in_between_costs_nothing(session: Session, runtime: Runtime, run_id: uuid.UUID) -> None:
    """The look-alike: one error, then it goes well."""
    import_runs.stumbled(session, run_id, utcnow())
    session.commit()
    assert importing.work(runtime.sessions, runtime.settings, run_id, 60.0) == importing.OVER
    run = _run(session, run_id)
    assert (run.state, run.tries, run.added) == (ImportState.CHECKED, 0, 1100)


def test_a_process_that_hangs_is_ended(
    session: Session, runtime: Runtime, run_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LONGEST_SECONDS", 0.01)
    importing.go_on(runtime, run_id)
    assert (_run(session, run_id).done, _run(session, run_id).tries) == (0, 1)


def test_an_import_that_is_gone_ends_quietly(runtime: Runtime, session: Session, run_id: uuid.UUID) -> None:
    session.execute(text("DELETE FROM import_run"))
    session.commit()
    importing.go_on(runtime, run_id)
    importing.wake_imports(runtime)
    importing.tidy_imports(runtime)
