"""The administrator's page of the service: plain words, the same with and without a case, few statements."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select
from staffroom import enter, open_case

from cli.processes import metrics
from console import words
from models import (
    AuditEvent,
    BackupRun,
    DeadLetter,
    KeyChange,
    Rehearsal,
    Role,
    ServiceTrouble,
    TickState,
    utcnow,
)
from outreach.figures import standing, vitals
from outreach.ground import dead_letters, jobs

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
MINUTE = timedelta(minutes=1)


def looked(session: Database, ago: timedelta = MINUTE / 3) -> None:
    """A clock looked so long ago."""
    session.merge(TickState(name=standing.LOOK, failures=0, well_at=utcnow() - ago))
    session.commit()


def page(browser: Browser) -> str:
    answer = browser.get("/servicio")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_everything_in_order(session: Database, ana: Browser) -> None:
    """One line says so; before any clock looked, and where none looks any more, it is not said."""
    assert "Todo en orden" not in page(ana)
    looked(session)
    assert "Todo en orden" in page(ana)
    looked(session, 10 * MINUTE)
    stopped = page(ana)
    assert "El reloj no corre desde hace 10 min" in stopped
    assert "Todo en orden" not in stopped


def test_what_is_not_in_order_is_said(session: Database, ana: Browser) -> None:
    """What, since when and what to do; what is over stands in the month with how long it lasted."""
    looked(session)
    now = utcnow()
    session.add(ServiceTrouble(kind="rasa", began_at=now - 3 * MINUTE - timedelta(seconds=5)))
    session.add(ServiceTrouble(kind="disk", began_at=now - 90 * MINUTE, ended_at=now - 20 * MINUTE))
    session.add(ServiceTrouble(kind="of_another_version", began_at=now - 5 * MINUTE, ended_at=now))
    session.commit()
    shown = page(ana)
    assert "Rasa no contesta</strong>" in shown
    assert "desde hace 3 min" in shown
    assert "Quedaba poco espacio en el disco" in shown
    assert "1 h 10 min" in shown
    assert "Algo no estaba en orden" in shown


def test_every_kind_has_words() -> None:
    """What the clock can note, and what somebody is told of."""
    from outreach.texts import alarms as texts  # noqa: PLC0415

    assert set(words.SERVICE_TROUBLES) == set(standing.KINDS)
    assert set(standing.TOLD_AFTER) <= set(texts.WHAT)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "menos de 1 min"), (1, "1 min"), (60, "1 h"), (61, "1 h 1 min"), (1440, "1 día"),
        (2 * 1440 + 65, "2 días 1 h"),
    ],
)  # fmt: skip
def test_how_long_it_lasted(minutes: int, said: str) -> None:
    assert words.lasted(minutes) == said


def test_backups_and_their_trial(session: Database, ana: Browser) -> None:
    """The last one, what failed and why, and when one was last restored on trial."""
    looked(session)
    assert "Todavía no se ha probado" in page(ana)
    now = utcnow()
    session.add(BackupRun(created_at=now, name="uno.dump.age", size=52_000_000, verified_at=now))
    session.add(BackupRun(created_at=now - 60 * MINUTE, name="dos.dump.age", error="no cabe más"))
    session.commit()
    shown = page(ana)
    assert "52 MB · probado" in shown
    assert "falló" in shown
    assert "no cabe más" in shown
    assert "hace más de tres meses" not in shown


def test_only_an_administrator(app: Flask, session: Database, lucia: Browser, rosa: Browser) -> None:
    """To everybody else it is not there, and no menu names it."""
    aurora = enter(app, session, Role.AUDITOR, "aurora")
    for browser in (lucia, rosa, aurora):
        assert browser.get("/servicio").status_code == 404


def test_nothing_tells_of_a_case(
    session: Database, key: PersonalKey, team: str, programme: Programme, ana: Browser
) -> None:
    """P4: with a case of danger that nobody took, the page and every figure are what they were without."""
    assert team
    looked(session)

    def figures() -> list[str]:
        now = utcnow()
        found = metrics.of_vitals(vitals.look(session, now), now)
        samples = [one for metric in found for one in metric.samples if one.name != "avanza_tick_age_seconds"]
        return [f"{one.name}{one.labels}{one.value:.0f}" for one in samples]

    def without_token() -> str:
        """A form's token holds the second in which it was made."""
        return re.sub(r'(csrf[^>]*(?:value|content)=")[^"]*', r"\1", page(ana))

    before, shown = figures(), without_token()
    open_case(session, key, programme.conversation)
    assert figures() == before
    assert without_token() == shown


def test_few_statements(session: Database, ana: Browser, engine: Engine) -> None:
    """The same few questions, however much there is to show."""
    now = utcnow()
    for i in range(150):
        began = now - i * MINUTE
        session.add(ServiceTrouble(kind="rasa", began_at=began, ended_at=began + MINUTE))
        session.add(BackupRun(created_at=began, name=f"{i}.dump.age"))
    looked(session)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    shown = page(ana)
    assert len([one for one in seen if one.startswith(("SELECT", "UPDATE"))]) <= 13
    assert "Se muestran los últimos 100" in shown


def test_a_job_that_was_given_up_goes_again(session: Database, ana: Browser) -> None:
    """It is put back on the queue and closed, in the audit too; what can't go again offers no button."""
    letter = dead_letters.bury(session, dead_letters.JOB, None, jobs.DELIVER_BATCH)
    turn = dead_letters.bury(session, dead_letters.TURN, None, "KeyError")
    session.commit()
    shown = ana.get("/pendientes").get_data(as_text=True)
    assert shown.count("Intentar otra vez") == 1
    # The second click is not told that it can't be done: it goes again already.
    said = (words.LETTER_AGAIN, words.LETTER_WAS_CLOSED, words.LETTER_NOT_AGAIN)
    for one, line in zip((letter, letter, turn), said, strict=True):
        ana.post(f"/pendientes/{one.id}/otra-vez", page="/pendientes")
        assert line in ana.get("/pendientes").get_data(as_text=True)
    session.rollback()
    assert session.get_one(DeadLetter, letter.id, populate_existing=True).closed_at is not None
    assert session.get_one(DeadLetter, turn.id, populate_existing=True).closed_at is None
    assert session.scalars(select(AuditEvent.action)).all().count("dead_letter.again") == 1
    assert jobs.batches_wait(session)


def test_a_task_that_works_again_is_said(session: Database, ana: Browser) -> None:
    """A tick that was given up and goes well now; one that still fails has no such line."""
    for name, failures in (("sweep", 0), ("redact", 6)):
        dead_letters.bury(session, dead_letters.TICK, None, f"{name}: KeyError")
        session.merge(TickState(name=name, failures=failures))
    session.commit()
    assert ana.get("/pendientes").get_data(as_text=True).count("Ya volvió a funcionar") == 1


def test_the_replacement_of_the_key(session: Database, ana: Browser) -> None:
    """Whether it was rehearsed and when, how one that is under way goes, and what stands in its way."""
    looked(session)
    assert "Todavía no se ha ensayado" in page(ana)
    now = utcnow()
    session.add(Rehearsal(kind="secret_key", created_at=now - timedelta(days=400)))
    session.commit()
    assert "hace más de un año" in page(ana)
    session.add(Rehearsal(kind="secret_key", created_at=now, error="no cabe"))
    session.commit()
    assert "no salió bien" in page(ana)
    session.add(KeyChange(id=1, next_check=b"x", began_at=now, round=1, done=1234, unreadable=2))
    session.commit()
    shown = page(ana)
    assert "vuelta 2, 1,234 renglones vistos" in shown
    assert "2 renglones no se pueden pasar" in shown
