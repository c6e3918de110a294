"""Lists through the staff pages: checked first, then kept; whatever ends a pass, nothing happens twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import event, func, select, text

from models import Affiliation, Agency, ImportMapping, ImportPart, ImportRun, ImportState, Role, Staff, Woman
from outreach.people import registry
from outreach.people.details import HERSELF, Source
from outreach.single_list import import_listing, import_parts, import_results, import_runs, imports
from outreach.single_list.import_runs import ImportStateError
from outreach.single_list.reading import ImportFileError
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HEADER = "Folio,Nombre completo,Fecha de nacimiento,Teléfono,Municipio,Edo civil\n"
LIST = (
    HEADER
    + "1,Canaria Prueba Uno,1990-05-17,33 4001 0001,Tonalá,casada\n"
    + "2,Canaria Prueba Dos,ayer,33 4001 0002,Tonalá,\n"
    + "3,Canaria Prueba Tres,1991-05-17,123,Atlántida,\n"
)


class Desk:
    """Somebody who brings lists in, and the worker beside her."""

    def __init__(self, db: Database, key: PersonalKey, settings: Settings, agency: str | None = None) -> None:
        self.db, self.key, self.settings = db, key, settings
        name = f"rosa{agency or ''}".lower()
        accounts.add(db, name, "Rosa Prueba", Role.COORDINATOR, NOW)
        found = accounts.find(db, name)
        assert found is not None
        found.agency = agency
        self.staff: Staff = found

    def bring(self, data: str | bytes, kind: str = "women", agency: str | None = "DIF") -> ImportRun:
        """Bring a file in."""
        given = data.encode() if isinstance(data, str) else data
        return import_runs.take_in(self.db, self.key, self.staff, kind, given, NOW, agency=agency)

    def columns(self, run: ImportRun, *columns: str | None) -> None:
        """Say what the columns are, those that were found where nothing is given."""
        found = list(columns) or import_parts.read_about(self.key, run).columns
        import_runs.set_columns(self.db, self.key, run, found, NOW)

    def work(self, run: ImportRun, steps: int = 100) -> int:
        """Do so many steps as a worker that has just started; return how many there were."""
        seen = import_runs.seen_so_far(self.db, self.key, run.id)
        for done in range(steps):
            if not import_runs.step(self.db, self.key, self.settings, run.id, seen, NOW):
                return done + 1
        return steps

    def whole(self, data: str | bytes, kind: str = "women", agency: str | None = "DIF") -> ImportRun:
        """Bring a file in and keep it."""
        run = self.bring(data, kind, agency)
        self.columns(run)
        self.work(run)
        import_runs.confirm(self.db, run, NOW)
        self.work(run)
        return run


@pytest.fixture
def desk(session: Database, key: PersonalKey, settings: Settings) -> Desk:
    for code in ("DIF", "IJM"):
        session.merge(Agency(code=code, name=f"Dependencia {code}"))
    session.flush()
    return Desk(session, key, settings)


def women(db: Database) -> int:
    return db.scalar(select(func.count()).select_from(Woman)) or 0


def jobs_of(db: Database, run_id: uuid.UUID) -> int:
    found = text("SELECT count(*) FROM procrastinate_jobs WHERE args->>'run_id' = :id AND status = 'todo'")
    return int(db.scalar(found, {"id": str(run_id)}) or 0)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.added, run.changed, run.same, run.failed


def test_a_check_keeps_nothing_and_says_what_would_happen(session: Database, desk: Desk) -> None:
    run = desk.bring(LIST)
    desk.columns(run)
    assert jobs_of(session, run.id) == 1
    desk.work(run)
    assert (run.state, counts(run), women(session)) == (ImportState.CHECKED, (1, 0, 0, 2), 0)
    tallies = import_runs.tallies_of(run)
    assert tallies["full_name"].new == 1
    assert tallies["phone"].new == 1
    assert tallies["external_id"].new == 1


def test_what_was_checked_is_kept(session: Database, key: PersonalKey, desk: Desk) -> None:
    """The rows of an agency's file are of that agency, though none says so."""
    run = desk.whole(LIST)
    assert (run.state, counts(run), women(session)) == (ImportState.DONE, (1, 0, 0, 2), 1)
    assert registry.by_folio(session, key, "DIF", "1") is not None


def test_the_same_file_twice_changes_nothing(session: Database, desk: Desk) -> None:
    desk.whole(LIST)
    assert counts(desk.whole(LIST)) == (0, 0, 1, 2)
    assert women(session) == 1


def test_the_same_file_twice_without_folios_changes_nothing(session: Database, desk: Desk) -> None:
    plain = "Nombre completo,Fecha de nacimiento\nCanaria Prueba,1990-05-17\nOtra Prueba,1991-05-17\n"
    assert counts(desk.whole(plain, agency=None)) == (2, 0, 0, 0)
    assert counts(desk.whole(plain, agency=None)) == (0, 0, 2, 0)
    assert women(session) == 2


def test_an_agency_that_was_not_there_is_told_before(session: Database, key: PersonalKey, desk: Desk) -> None:
    """A typing error in its name must be seen while nothing is kept."""
    run = desk.bring("Dependencia,Folio,Nombre completo\nDIFF,1,Canaria Prueba\n", agency=None)
    desk.columns(run)
    desk.work(run)
    assert any("DIFF" in remark for remark in import_parts.read_about(key, run).remarks)
    assert session.get(Agency, "DIFF") is None


def test_values_that_change_are_shown_before(session: Database, key: PersonalKey, desk: Desk) -> None:
    """Which and how many women; an empty cell and an absent column are none of them."""
    desk.whole(LIST)
    run = desk.bring("Folio,Nombre completo,Municipio,Teléfono\n1,Canaria Prueba Uno,Zapopan,\n")
    desk.columns(run)
    desk.work(run)
    assert counts(run) == (0, 1, 0, 0)
    (change,) = import_results.replaced(session, key, run)
    assert (change.label, change.before, change.after) == ("municipio", "Tonalá", "Zapopan")
    assert "phone" not in run.tallies
    assert "birth_date" not in run.tallies


def test_what_she_corrected_herself_is_left_and_told(session: Database, key: PersonalKey, desk: Desk) -> None:
    desk.whole(LIST)
    woman = registry.by_folio(session, key, "DIF", "1")
    assert woman is not None
    details = registry.read_details(key, woman)
    details.full_name, details.sources["full_name"] = "Canaria Corregida Uno", Source.of(HERSELF, NOW)
    registry.write_details(session, key, woman, details)
    run = desk.whole(LIST)
    assert (run.tallies["full_name"]["kept"], run.tallies["full_name"]["changed"]) == (1, 0)
    assert registry.read_details(key, woman).full_name == "Canaria Corregida Uno"
    assert [one.line for one in import_results.left_out(session, key, run).lines] == [2]


def test_errors_name_the_line_and_the_cell_and_never_what_it_says(
    session: Database, key: PersonalKey, desk: Desk
) -> None:
    run = desk.whole(LIST)
    found = import_results.refused(session, key, run)
    assert [(one.line, one.cell) for one in found.lines] == [(3, "C3"), (4, "D4"), (4, "E4")]
    assert not any(word in one.text for one in found.lines for word in ("ayer", "123", "Atlántida"))


def test_long_lists_of_errors_come_in_pages(session: Database, key: PersonalKey, desk: Desk) -> None:
    run = desk.whole(HEADER + "".join(f"{n},Canaria Prueba,ayer,,,\n" for n in range(700)))
    met: list[int] = []
    after: int | None = 0
    while after is not None:
        some = import_results.refused(session, key, run, after=after)
        met += [one.line for one in some.lines]
        after = some.more
    assert met == list(range(2, 702))


def test_the_rows_to_correct_come_back_corrected(session: Database, key: PersonalKey, desk: Desk) -> None:
    """As a workbook under the same headers: what is told beside them is no column of ours."""
    run = desk.whole(LIST)
    data = import_results.corrections(session, key, run)
    again = imports.read("women", data, agency="DIF")
    assert [row.cells["external_id"] for row in again.rows] == ["2", "3"]
    assert [row.cells["birth_date"] for row in again.rows] == ["ayer", "1991-05-17"]
    assert len(again.ignored) == 3


def test_a_pass_that_ends_anywhere_goes_on(session: Database, desk: Desk) -> None:
    """Each part is kept with what became of it: a worker that starts anew does the rest, and only that."""
    rows = [f"{n},Canaria Prueba {'abcdefghij'[n % 10]}{n % 7},,,,\n" for n in range(1200)]
    run = desk.bring(HEADER + "".join(rows))
    desk.columns(run)
    desk.work(run)
    import_runs.confirm(session, run, NOW)
    assert desk.work(run, steps=1) == 1
    assert (run.done, run.state) == (500, ImportState.RUNNING)
    assert desk.work(run) == 2
    assert (run.done, run.state) == (1200, ImportState.DONE)
    assert run.added + run.failed == 1200
    assert women(session) == run.added


def test_two_rows_about_one_woman_meet_after_a_restart(session: Database, desk: Desk) -> None:
    """Which of two lines is right nobody can tell, also where one was kept before the worker died."""
    rows = ["1,Canaria Prueba Uno,1990-05-17,,,\n", *(f"x{n},,,,,\n" for n in range(600))]
    run = desk.bring(HEADER + "".join(rows) + "1,Canaria Prueba Uno,1990-05-18,,,\n")
    desk.columns(run)
    desk.work(run)
    import_runs.confirm(session, run, NOW)
    desk.work(run, steps=1)
    desk.work(run)
    assert (run.added, run.changed, run.failed) == (1, 0, 601)


def test_cancelled_it_goes_no_further(session: Database, desk: Desk) -> None:
    """What was kept stays, the rest of the file is forgotten."""
    run = desk.bring(HEADER + "".join(f"{n},Canaria Prueba,,,,\n" for n in range(1200)))
    desk.columns(run)
    desk.work(run)
    import_runs.confirm(session, run, NOW)
    desk.work(run, steps=1)
    import_runs.cancel(session, run, NOW)
    assert desk.work(run) == 1
    assert (run.done, run.state, women(session)) == (500, ImportState.CANCELLED, 500)
    parts = session.scalars(select(ImportPart.purpose).where(ImportPart.run_id == run.id)).all()
    assert set(parts) == {"kept"}
    with pytest.raises(ImportStateError):
        import_runs.cancel(session, run, NOW)


def test_columns_are_named_once_for_an_agency(session: Database, key: PersonalKey, desk: Desk) -> None:
    """The next file of the same agency has them; another agency's has not."""
    odd = "Clave interna,La persona,Nombre completo\n1,Canaria Prueba Uno,casada\n"
    run = desk.bring(odd)
    desk.columns(run, "external_id", "full_name", None)
    desk.work(run)
    assert counts(run) == (1, 0, 0, 0)
    again = desk.bring(odd)
    about = import_parts.read_about(key, again)
    assert about.columns == ["external_id", "full_name", None]
    other = import_parts.read_about(key, desk.bring(odd, agency="IJM"))
    assert other.columns == [None, None, "full_name"]
    assert session.scalar(select(func.count()).select_from(ImportMapping)) == 1


def test_columns_that_lack_what_is_needed_are_refused(desk: Desk) -> None:
    run = desk.bring(LIST)
    with pytest.raises(ImportFileError, match="nombre completo"):
        desk.columns(run, "external_id", None, None, None, None, None)
    with pytest.raises(ImportFileError, match="dos columnas"):
        desk.columns(run, "full_name", "full_name", None, None, None, None)
    with pytest.raises(ImportStateError):
        desk.columns(run, "password_hash", "full_name", None, None, None, None)


def test_who_works_for_one_agency_brings_in_hers_alone(
    session: Database, key: PersonalKey, settings: Settings, desk: Desk
) -> None:
    """Her files are her agency's whatever she says; rows of another are refused; others' are not there."""
    ines = Desk(session, key, settings, "IJM")
    file = "Dependencia,Folio,Nombre completo\nIJM,1,Canaria Uno\nDIF,2,Canaria Dos\n,3,Canaria Tres\n"
    run = ines.whole(file, agency="DIF")
    assert (run.agency, counts(run)) == ("IJM", (2, 0, 0, 1))
    assert set(session.scalars(select(Affiliation.agency))) == {"IJM"}
    theirs = desk.bring(LIST)
    assert import_listing.find(session, ines.staff, theirs.id) is None
    assert import_listing.find(session, desk.staff, run.id) is run
    assert [one.id for one, _ in import_listing.listed(session, ines.staff)] == [run.id]


def test_what_waits_for_somebody_is_told(session: Database, desk: Desk) -> None:
    """For the start page: not gone on with, or with rows to correct; what is well or cancelled is not."""
    wrong, waits = desk.whole(LIST), desk.bring(LIST)
    desk.whole("Nombre completo\nCanaria Bien\n")
    import_runs.cancel(session, desk.bring(LIST), NOW)
    session.flush()
    found = import_listing.to_see_to(session, desk.staff, NOW - timedelta(days=7))
    assert {run.id for run in found} == {wrong.id, waits.id}
    assert import_listing.to_see_to(session, desk.staff, NOW + timedelta(days=1)) == []


def test_an_error_of_ours_ends_it_after_three(session: Database, desk: Desk) -> None:
    run = desk.bring(LIST)
    desk.columns(run)
    assert [import_runs.stumbled(session, run.id, NOW) for _ in range(3)] == [True, True, False]
    assert run.state is ImportState.FAILED


def test_an_import_that_lost_its_job_gets_another(session: Database, desk: Desk) -> None:
    run = desk.bring(LIST)
    desk.columns(run)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    assert import_runs.wake_forgotten(session, NOW) == 0
    later = NOW + timedelta(minutes=2)
    assert [import_runs.wake_forgotten(session, later) for _ in range(2)] == [1, 0]
    assert jobs_of(session, run.id) == 1


def test_files_are_forgotten(session: Database, desk: Desk) -> None:
    """At once where they are kept, after two days where nobody goes on, their errors after a week."""
    done, waits = desk.whole(LIST), desk.bring(LIST)

    def purposes(run: ImportRun) -> set[str]:
        return set(session.scalars(select(ImportPart.purpose).where(ImportPart.run_id == run.id)))

    assert (purposes(done), purposes(waits)) == ({"kept"}, {"rows"})
    import_runs.tidy(session, NOW + timedelta(days=1))
    assert (purposes(done), purposes(waits)) == ({"kept"}, {"rows"})
    import_runs.tidy(session, NOW + timedelta(days=3))
    assert (purposes(done), purposes(waits)) == ({"kept"}, set())
    import_runs.tidy(session, NOW + timedelta(days=8))
    assert purposes(done) == set()


def test_nothing_of_a_file_stands_readable(session: Database, desk: Desk) -> None:
    """Its rows, its errors, its name and its headers are encrypted."""
    desk.whole(LIST)
    again = desk.bring(LIST.replace("Edo civil", "Canaria civil"))
    desk.columns(again, "external_id", "full_name", None, None, None, "locality")
    session.flush()
    seen = b""
    for noun in (ImportRun, ImportPart, ImportMapping):
        for row in session.execute(select(noun.__table__)):
            seen += b"".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
    assert len(seen) > 4096
    # Words too long to stand in a random number by chance.
    words = (b"Canaria", b"3340010001", b"33 4001 0001", b"Tonal", b"Edo civil")
    assert not any(word in seen for word in words)


def test_a_part_takes_few_statements(session: Database, engine: Engine, desk: Desk) -> None:
    """However many rows a part has: none has a statement of its own."""
    run = desk.bring(HEADER + "".join(f"{n},Canaria Prueba,1990-05-17,,Tonalá,\n" for n in range(500)))
    desk.columns(run)
    session.flush()
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    desk.work(run)
    assert run.added == 500
    assert len(statements) <= 40


def test_what_changes_of_workshops_and_sessions(session: Database, key: PersonalKey, desk: Desk) -> None:
    """As of women: new, changes with what stands now, the same; an absent column is none of them."""
    workshops = (
        "clave del taller,taller,eje,grupo,municipio,lugar,cupo\n"
        "huerto,Huerto en casa,food,h1,Guadalajara,Casa de la Cultura,20\n"
    )
    assert counts(desk.whole(workshops, "workshops", None)) == (1, 0, 0, 0)
    again = desk.whole(workshops, "workshops", None)
    assert (counts(again), again.tallies["capacity"]["same"]) == ((0, 0, 1, 0), 1)
    run = desk.bring(workshops.replace(",20", ",25"), "workshops", None)
    desk.columns(run)
    desk.work(run)
    (change,) = import_results.replaced(session, key, run)
    assert (change.label, change.before, change.after) == ("cupo", "20", "25")
    assert "latitude" not in run.tallies
    sessions = "sesión,grupo,fecha y hora\nh1-1,h1,2026-12-05 10:00\n"
    assert counts(desk.whole(sessions, "sessions", None)) == (1, 0, 0, 0)
    moved = desk.bring(sessions.replace("10:00", "13:00"), "sessions", None)
    desk.columns(moved)
    desk.work(moved)
    (change,) = import_results.replaced(session, key, moved)
    assert (change.before, change.after) == ("2026-12-05 10:00", "2026-12-05 13:00")
