"""The clock's task that notes what is not in order, and the alarms that come of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from standins import serving

from models import Alarm, InboundHour, ServiceTrouble, utcnow
from outreach.ground import counters
from worker import clock, standing
from worker.runtime import make_runtime
from worker.watch import watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime


@pytest.fixture
def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """A clock just started, whose Rasa is away."""
    monkeypatch.setattr(standing, "_missed", {})
    monkeypatch.setattr(standing, "_twilio", standing.Lately())
    monkeypatch.setattr(standing, "_speech", standing.Lately())
    made = make_runtime(replace(settings, rasa_urls=("http://127.0.0.1:1",)), pool_size=2)
    yield made
    made.engine.dispose()


def open_kinds(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(ServiceTrouble.kind).where(ServiceTrouble.ended_at.is_(None))))


def test_a_rasa_that_is_away_twice_is_noted(runtime: Runtime, session: Session) -> None:
    """One look that it misses is none: it may be busy. It ends with the first answer."""
    standing.note_standing(runtime)
    assert "rasa" not in open_kinds(session)
    standing.note_standing(runtime)
    assert open_kinds(session) == {"rasa", "worker"}
    with serving(lambda *_: (200, {"status": "ok"})) as url:
        back = replace(runtime, settings=replace(runtime.settings, rasa_urls=(url,)))
        standing.note_standing(back)
    assert open_kinds(session) == {"worker"}
    assert session.scalars(select(InboundHour)).all()


def test_what_has_lasted_raises_an_alarm(runtime: Runtime, session: Session) -> None:
    """By the same way as the alarms that there are; over, it clears."""
    since = utcnow() - timedelta(minutes=4)
    session.add_all([ServiceTrouble(kind=kind, began_at=since) for kind in ("rasa", "some_rasa")])
    session.commit()
    watch(runtime)
    session.rollback()
    assert {row.kind for row in session.scalars(select(Alarm)) if row.cleared_at is None} == {"rasa"}
    for row in session.scalars(select(ServiceTrouble)):
        row.ended_at = utcnow()
    session.commit()
    watch(runtime)
    session.rollback()
    assert [row.kind for row in session.scalars(select(Alarm)) if row.cleared_at is None] == []


def test_refusals_for_the_accounts_sake_are_noted(runtime: Runtime, session: Session) -> None:
    """What was counted before this clock began is not of now; a woman's phone is no fault of ours."""
    counters.count(session, "twilio_send_20003", 7)
    session.commit()
    standing.note_standing(runtime)
    assert "twilio" not in open_kinds(session)
    counters.count(session, "twilio_report_63003", 1)
    session.commit()
    standing.note_standing(runtime)
    assert "twilio" not in open_kinds(session)
    counters.count(session, "twilio_send_20003", 1)
    session.commit()
    standing.note_standing(runtime)
    assert "twilio" in open_kinds(session)


def test_notes_that_nobody_listens_to_are_noted(
    runtime: Runtime, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is gone: said while it is so, and no longer than a quarter of an hour after."""
    standing.note_standing(runtime)
    counters.count(session, "notes_late", 1)
    session.commit()
    standing.note_standing(runtime)
    assert "speech" in open_kinds(session)
    monkeypatch.setattr(standing, "LATELY_SECONDS", 0.0)
    standing.note_standing(runtime)
    assert "speech" not in open_kinds(session)


def test_the_clock_turns_both() -> None:
    """The look and the night's backup are on the wheel."""
    from worker import backing_up  # noqa: PLC0415

    assert {standing.note_standing, backing_up.back_up} <= set(clock.WHEEL)
    assert standing.note_standing.__name__ == "note_standing"
