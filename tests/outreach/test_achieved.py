"""What the programme achieved: counted right, withheld where few, and no difference gives it back."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ledger
import pytest
from achieving import NOW, QUARTER, Sample, forget
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from models import KeptFigures, OutboxState, SupportKind
from outreach.casework import withheld
from outreach.casework.counts import Quarter
from outreach.figures import charts, counting, files, kept, report, sheets
from outreach.figures.counting import (
    AGENCY,
    ATTENDING,
    AXIS,
    ENROLLED,
    FOLLOWED,
    GRADUATING,
    MONTH,
    QUANTITIES,
    QUESTIONS,
    TOWN,
    WHOLE,
    Counts,
    Food,
    Tally,
)
from outreach.figures.sheets import Bars, Share
from outreach.texts import results as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

ZONE = ZoneInfo("America/Mexico_City")
NAMES = {
    AXIS: {"food": "Alimentación", "health": "Salud", "production": "Producción"},
    TOWN: {"14039": "Guadalajara", "14120": "Zapopan", "14101": "Tonalá"},
    AGENCY: {"DIF": "Sistema DIF", "SSAS": "Asistencia Social"},
}
MONTHS = counting.months_of(QUARTER)


@pytest.fixture
def sample(session: Session, key: PersonalKey) -> Sample:
    return Sample(session, key)


def counted(sample: Sample) -> Counts:
    sample.db.flush()
    return counting.count(sample.db, sample.key, QUARTER, ZONE)


def test_women_are_counted_once_in_each_row(sample: Sample) -> None:
    """Followed, enrolled, attending and graduating by month, axis, municipality and agency."""
    both = sample.women(3, agencies=("DIF", "SSAS"))
    rest = sample.women(2, town=None, month=8, agencies=())
    sample.women(4, month=10)  # after the quarter
    sample.women(1, came=datetime(2020, 1, 1, tzinfo=ZONE), axis="health")
    for month in (7, 8):
        sample.enrol(both, month=month)
        sample.mark(both, month=month)
    sample.enrol(rest, "health", 8)
    sample.mark(rest, "health", 8, present=False)
    sample.graduate(both[:2])
    sample.graduate(both[:1], "health")
    sample.graduate(rest, day=date(2026, 10, 1))
    found = counted(sample).women
    assert [found[name].total for name in QUANTITIES] == [6, 5, 3, 2]
    assert found[FOLLOWED].by[MONTH] == {"2026-07": 4, "2026-08": 6, "2026-09": 6}
    assert found[FOLLOWED].by[AGENCY] == {"DIF": 4, "SSAS": 3, "not_said": 2}
    assert found[ENROLLED].by[MONTH] == {"2026-07": 3, "2026-08": 5}
    assert found[ENROLLED].by[AXIS] == {"food": 3, "health": 2}
    assert found[ENROLLED].by[TOWN] == {"14039": 3, "not_said": 2}
    assert found[ATTENDING].by[AXIS] == {"food": 3}
    assert found[GRADUATING].by[AXIS] == {"food": 2, "health": 1}
    assert found[GRADUATING].by[MONTH] == {"2026-09": 2}


def test_the_quarter_ends_at_local_midnight(sample: Sample) -> None:
    """The last evening of September in Jalisco is October in UTC, and still of the quarter."""
    sample.women(1, came=datetime(2026, 9, 30, 23, 30, tzinfo=ZONE))
    sample.women(1, came=datetime(2026, 10, 1, 0, 0, tzinfo=ZONE))
    assert counted(sample).women[FOLLOWED].by[MONTH]["2026-09"] == 1
    span = counting.Span.of(Quarter(2026, 4), ZONE)
    assert (span.last, span.ends.date()) == (date(2026, 12, 31), date(2027, 1, 1))


def test_food_security_of_graduates(sample: Sample) -> None:
    """Over those with both interviews graded; one alone, no grade or no graduation counts in nothing more."""
    women = sample.women(7)
    sample.graduate(women[:6])
    sample.interview(women[:2], 5, 2)
    sample.interview(women[2:3], 1, 1)
    sample.interview(women[3:4], 0, 4)
    sample.interview(women[4:5], 3, None)
    sample.interview(women[6:], 6, 0)  # she has not graduated
    food = counted(sample).food
    assert (food.graduates, food.both, food.graded, food.improved) == (6, 4, 4, 2)
    assert food.before == {"seguridad": 1, "leve": 1, "moderada": 0, "severa": 2}
    assert food.after == {"seguridad": 0, "leve": 3, "moderada": 1, "severa": 0}


def test_marks_by_whether_a_reminder_arrived(sample: Sample) -> None:
    """Only what arrived at the phone reached her; sent or failed did not, and an older time was another's."""
    women = sample.women(6)
    sample.mark(women[:4])
    sample.mark(women[4:], present=False)
    sample.remind(women[:2], state=OutboxState.READ)
    sample.remind(women[2:3], state=OutboxState.FAILED)
    sample.remind(women[4:5], state=OutboxState.DELIVERED)
    assert counted(sample).reminded == {
        "reached_present": 2, "reached_absent": 1, "others_present": 2, "others_absent": 1,
    }  # fmt: skip
    sample.group("food", 7)[1].revision = 2
    assert counted(sample).reminded["reached_present"] == 0


def counts_of(**changed: object) -> Counts:
    """Return counts in which everything is large, with some changed."""
    tally = Tally(
        500,
        {
            MONTH: dict(zip(MONTHS, (480, 490, 500), strict=True)),
            AXIS: {"food": 300, "health": 150, "production": 50},
            TOWN: {"14039": 300, "14120": 150, "14101": 50},
            AGENCY: {"DIF": 300, "SSAS": 250},
        },
    )
    food = Food(400, 253, 250, 20, {"seguridad": 20, "leve": 90, "moderada": 100, "severa": 40},
                {"seguridad": 30, "leve": 95, "moderada": 95, "severa": 30})  # fmt: skip
    reminded = {"reached_present": 300, "reached_absent": 80, "others_present": 90, "others_absent": 40}
    values = {
        "women": dict.fromkeys(QUANTITIES, tally), "food": food,
        "supports_by_kind": {"Despensa": 40, "Estufa": 22},
        "supports_by_agency": {"DIF": 40, "SSAS": 22}, "avoided": 12, "joined": 31, "reminded": reminded,
    }  # fmt: skip
    return Counts(**values | changed)  # type: ignore[arg-type] # what a test changes


def made(counts: Counts) -> report.Report:
    return report.make(counts, QUARTER, NAMES)


def test_the_programmes_own_eight_percent() -> None:
    """Twenty of two hundred and fifty graduates with both interviews improved: 8 %, with its denominator."""
    food = made(counts_of()).food
    assert (food.both, food.covered, food.graded, food.improved, food.share) == (250, 62, 250, 20, 8)


@pytest.mark.parametrize(("improved", "graded"), [(9, 250), (0, 250), (245, 250), (250, 250), (5, 9)])
def test_no_share_of_few(improved: int, graded: int) -> None:
    """Under ten who improved, or under ten who did not: neither the count nor the share is shown."""
    food = Food(400, 260, graded, improved)
    shown = made(counts_of(food=food)).food
    assert (shown.improved, shown.share) == (None, None)


TALLIES = st.builds(
    lambda months, axes, towns, agencies, more: Tally(
        max(sum(towns), *axes, *months, *agencies) if more else sum(towns),
        {
            MONTH: dict(zip(MONTHS, months, strict=True)),
            AXIS: dict(zip(NAMES[AXIS], axes, strict=True)),
            TOWN: dict(zip(NAMES[TOWN], towns, strict=True)),
            AGENCY: dict(zip(NAMES[AGENCY], agencies, strict=True)),
        },
    ),
    *(st.lists(st.integers(0, 60), min_size=size, max_size=size) for size in (3, 3, 3, 2)),
    st.booleans(),
)


@given(TALLIES)
@settings(max_examples=150, deadline=None)
def test_nothing_small_in_any_table(tally: Tally) -> None:
    """Every count that is shown is ten at least, rounded, and never more than there are."""
    shown = made(counts_of(women=dict.fromkeys(QUANTITIES, tally)))
    for name, achieved in shown.women.items():
        step = report.COARSE if name == FOLLOWED else withheld.STEP
        for question in QUESTIONS:
            for code, count in achieved.by[question].rows:
                if count is not None:
                    assert withheld.SMALL <= count <= tally.by[question].get(code, 0)
                    assert count % step == 0
    for sheet in sheets.of(shown):
        for _, cells in sheet.rows:
            assert all(not isinstance(cell, int) or cell >= withheld.SMALL for cell in cells)


@pytest.mark.parametrize("rows", [2, 3, 4, 5, 6])
def test_no_subtraction_gives_a_withheld_row(rows: int) -> None:
    """Rows that may hold one woman twice still are the total together: none of the withheld is forced."""
    for few in range(1, rows):
        for small in (0, 5, 9):
            for large in (10, 14, 34, 99):
                exact = {f"r{n}": small if n < few else large for n in range(rows)}
                total = sum(exact.values())
                table = report.overlapping("t", exact, total)
                hidden = [code for code, count in table.rows if count is None]
                shown = sum(count + withheld.STEP - 1 for _, count in table.rows if count is not None)
                least = (withheld.rounded(total) or 0) - shown
                assert not hidden or least < len(hidden) * (withheld.SMALL - 1)
    pinned = {"a": 14, "b": 14, "c": 14, "d": 14, "e": 9}
    assert report.overlapping("t", pinned, 65).rows == ()


@pytest.mark.parametrize("without", [0, 3, 9, 12])
def test_few_without_a_value_take_no_row_along(without: int) -> None:
    """They are not listed, no other row goes, and total less rows leaves open how many they are."""
    rows = {"food": 304, "health": 154, "production": 54}
    tally = Tally(
        sum(rows.values()) + without, {**counts_of().women[FOLLOWED].by, AXIS: rows | {"": without}}
    )
    shown = made(counts_of(women=dict.fromkeys(QUANTITIES, tally))).women[FOLLOWED]
    listed = dict(shown.by[AXIS].rows)
    assert [listed[code] for code in rows] == [300, 150, 50]
    assert listed.get("not_said") == (10 if without == 12 else None)
    assert shown.total is not None
    least = shown.total - sum(count + report.COARSE - 1 for count in listed.values() if count is not None)
    most = shown.total + report.COARSE - 1 - sum(count or 0 for count in listed.values())
    assert without == 12 or (least <= 0 and most >= withheld.SMALL - 1)


@given(st.lists(st.integers(0, 400), min_size=2, max_size=5).map(sorted))
@settings(max_examples=150, deadline=None)
def test_no_difference_of_quarters_tells_of_few(ends: list[int]) -> None:
    """What grows, at ends of quarters and months: what lies between two ends is never known better than few.

    From any two ends that are shown, between them there may be every number from one to nine, or surely more.
    """
    shown = [report.coarse(count) for count in ends]
    for (low, first), (high, last) in combinations(zip(ends, shown, strict=True), 2):
        if first is None or last is None:
            continue
        least, most = max(0, last - first - 9), last + 9 - first
        assert least <= high - low <= most
        assert (least <= 1 and most >= 9) or least > 9


def test_what_happens_is_of_one_quarter_alone() -> None:
    """No two quarters that are offered share a day, so that no difference of them is of anything."""
    offered = kept.quarters(NOW, ZONE)
    spans = sorted(
        (counting.Span.of(quarter, ZONE).first, counting.Span.of(quarter, ZONE).last) for quarter in offered
    )
    assert all(after == before + timedelta(days=1) for (_, before), (after, _) in pairwise(spans))
    assert offered[0] == QUARTER


def test_reminders_are_shown_whole_or_not() -> None:
    """One cell under ten takes all four along."""
    rows = made(counts_of()).reminded
    assert [(row.code, row.marks, row.present, row.share) for row in rows] == [
        ("reached", 380, 300, 79), ("others", 130, 90, 69),
    ]  # fmt: skip
    few = {"reached_present": 300, "reached_absent": 4, "others_present": 90, "others_absent": 40}
    assert made(counts_of(reminded=few)).reminded == ()


def test_kept_for_a_day(sample: Sample) -> None:
    """Counted once, read until it is a day old, then counted anew; what is kept opens with the key alone."""
    women = sample.women(30)
    sample.enrol(women)
    sample.db.flush()
    session, key = sample.db, sample.key
    first = kept.read(session, key, QUARTER, ZONE, NOW)
    assert first.report.women[ENROLLED].total == 30
    forget(session, women[:15])
    again = kept.read(session, key, QUARTER, ZONE, NOW + timedelta(hours=23))
    assert (again.report, again.counted_at) == (first.report, NOW)
    assert not kept.keep_last(session, key, ZONE, NOW + timedelta(hours=1))
    assert kept.keep_last(session, key, ZONE, NOW + timedelta(hours=22))
    later = kept.read(session, key, QUARTER, ZONE, NOW + timedelta(hours=23))
    assert later.report.women[ENROLLED].total == 15
    row = session.scalars(select(KeptFigures)).one()
    assert b"food" not in row.content_cipher
    with pytest.raises(ValueError, match="not one of the quarters"):
        kept.read(session, key, Quarter(2026, 4), ZONE, NOW)


def test_supports_by_kind_name_those_that_nobody_got(sample: Sample) -> None:
    """Else a row without a number would say that somebody got one."""
    kinds = set(sample.db.scalars(select(SupportKind.name)))
    assert set(counted(sample).supports_by_kind) == kinds


def test_files_hold_what_the_page_holds() -> None:
    """CSV, XLSX and PDF: the same tables, the same cells, the same withheld."""
    few = Tally(500, {MONTH: {}, AXIS: {"food": 480, WHOLE: 7}, TOWN: {"14039": 493, "14120": 7}, AGENCY: {}})
    shown = sheets.of(made(counts_of(women={**counts_of().women, GRADUATING: few})))
    about = ["Julio a septiembre de 2026"]
    lines = list(csv.reader(io.StringIO(files.as_csv(shown, about).decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.as_xlsx(shown, about)))
    assert len(book.sheet_names) == len(shown)
    for number, sheet in enumerate(shown):
        at = next(place for place, line in enumerate(lines) if line[:1] == [sheet.title])
        grid = book.get_sheet_by_index(number).to_python()
        for step, (label, cells) in enumerate(sheet.rows):
            assert lines[at + 2 + step] == [label, *(sheets.said(cell) for cell in cells)]
            assert grid[4 + step][1 : len(cells) + 1] == [
                texts.HIDDEN if cell is None else cell.percent / 100 if isinstance(cell, Share) else cell
                for cell in cells
            ]
    assert not any("493" in cell or cell == "7" for line in lines for cell in line)
    assert files.as_pdf(shown, about).startswith(b"%PDF")
    assert files.as_xlsx(shown, about) == files.as_xlsx(shown, about)


def test_no_cell_is_a_formula() -> None:
    """A name that somebody entered is a text in every program."""
    names = {**NAMES, AXIS: {"food": "=1+1", "health": "Salud", "production": "Producción"}}
    shown = sheets.of(report.make(counts_of(), QUARTER, names))
    assert "'=1+1" in files.as_csv(shown, []).decode("utf-8-sig")
    assert "'-" in files.as_csv(shown, ["-x"]).decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.as_xlsx(shown, [])))
    assert "=1+1" in [row[0] for row in book.get_sheet_by_index(3).to_python()]


def test_a_chart_says_what_it_is() -> None:
    """No script, no style, a title, escaped names, bars in the order of the table."""
    drawn = charts.svg(Bars("Graduadas", (("A <b>", 40), ("Salud", 10))), "c1")
    assert 'role="img"' in drawn
    assert '<title id="c1">' in drawn
    assert "<b>" not in drawn
    assert not [one for one in ("style=", "<script", "Monaco", "#f9f9f9") if one in drawn]
    assert drawn.count("bar-of-chart") == 2
    first, last = (re.search(rf'y="([\d.]+)"[^>]*>{label}', drawn) for label in ("A", "Salud"))
    assert first
    assert last
    assert float(first[1]) < float(last[1])


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        ({}, None),
        ({"count": 9, "cents": 900_000, "largest": 100_000}, None),
        ({"count": 10, "cents": 1_000_000, "largest": 100_000}, 10_000),
        ({"count": 14, "cents": 1_400_000, "largest": 100_000}, 10_000),
        ({"count": 15, "cents": 1_500_000, "largest": 100_000}, 15_000),
        ({"count": 12, "cents": 30_000, "largest": 10_000}, 0),
    ],
)
def test_an_amount_tells_no_more_than_the_count(money: dict[str, int], shown: int | None) -> None:
    """Rounded down to five of the largest supports, as counts are to fives; of few nothing is shown."""
    assert report.amount(money) == shown


def test_pesos_of_a_quarter(session: Session, key: PersonalKey) -> None:
    """Those with an amount that were given in it and not voided."""
    woman = ledger.a_woman(session, key)
    days = (("2026-07-01", 50_000), ("2026-09-30", 20_000), ("2026-10-01", 1), ("2026-08-01", 7))
    for number, (day, cents) in enumerate(days):
        made = ledger.give(session, key, woman, day)
        made.cents, made.voided_at = cents, NOW if number == len(days) - 1 else None
    ledger.give(session, key, woman, "2026-08-02")
    session.flush()
    counted = counting.count(session, key, QUARTER, ZoneInfo("America/Mexico_City"))
    assert counted.money == {"count": 2, "cents": 70_000, "largest": 50_000}
    assert counting.Counts.from_json(counted.as_json()) == counted
    kept_before = counted.as_json()
    del kept_before["money"]
    assert counting.Counts.from_json(kept_before).money == {}, "what the version before kept is still read"
