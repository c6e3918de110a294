"""`doctor` says what the page `Servicio` says, and no more where nothing runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cli import service_check, words
from cli.install.failure import Failure
from models import ServiceTrouble, TickState, utcnow
from outreach.figures import standing

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

MINUTE = timedelta(minutes=1)


def looked(session: Session, ago: timedelta) -> None:
    session.merge(TickState(name=standing.LOOK, failures=0, well_at=utcnow() - ago))
    session.commit()


def test_before_it_runs(session: Session, engine: Engine) -> None:
    """Nothing looked, and nothing should: no fault. Where an app answers a clock is missed."""
    assert service_check.look(engine, runs=False) == words.DOCTOR_NOT_RUNNING
    with pytest.raises(Failure, match="clock"):
        service_check.look(engine, runs=True)
    looked(session, 10 * MINUTE)
    assert service_check.look(engine, runs=False) == words.DOCTOR_NOT_RUNNING
    with pytest.raises(Failure, match=r"El reloj no corre \(desde hace 10 min\)"):
        service_check.look(engine, runs=True)


def test_what_is_not_in_order_is_named(session: Session, engine: Engine) -> None:
    """All of it, since when, and what to do."""
    looked(session, MINUTE / 3)
    assert service_check.look(engine, runs=True) == words.DOCTOR_IN_ORDER
    for kind in ("rasa", "webhook"):
        session.add(ServiceTrouble(kind=kind, began_at=utcnow() - 5 * MINUTE))
    session.commit()
    with pytest.raises(Failure) as raised:
        service_check.look(engine, runs=True)
    told = str(raised.value)
    assert told.index("No contesta lo que recibe") < told.index("Rasa no contesta (desde hace 5 min)")
