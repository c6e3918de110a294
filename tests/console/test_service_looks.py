"""The page of the service can be used by everybody: narrow and wide, light and dark, by axe."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from looks import looking

from models import BackupRun, ServiceTrouble, TickState, utcnow
from outreach.figures import standing
from outreach.ground import dead_letters, jobs

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session as Database
    from staffroom import Browser

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]
MINUTE = timedelta(minutes=1)


def test_the_page_of_the_service(session: Database, ana: Browser, database_url: str, tmp_path: Path) -> None:
    """WCAG 2.2 AA by axe: with something wrong, with a month behind it, and what was given up."""
    now = utcnow()
    session.merge(TickState(name=standing.LOOK, failures=0, well_at=now + 60 * MINUTE))
    for kind in standing.KINDS[1:4]:
        session.add(ServiceTrouble(kind=kind, began_at=now - 3 * MINUTE))
    for place, kind in enumerate(standing.KINDS):
        began = now - (place + 1) * 26 * 60 * MINUTE
        session.add(ServiceTrouble(kind=kind, began_at=began, ended_at=began + place * 17 * MINUTE))
    for day in range(4):
        made = now - day * 24 * 60 * MINUTE
        session.add(
            BackupRun(
                created_at=made,
                name=f"avanza-{made:%Y%m%d-%H%M%S}-noche.dump.age",
                size=52_000_000,
                verified_at=made if day else None,
                error="no cabe más en el disco; libera espacio." if day == 1 else None,
            )
        )
    for kind, error in ((dead_letters.JOB, jobs.DELIVER_BATCH), (dead_letters.TURN, "KeyError")):
        dead_letters.bury(session, kind, None, error)
    session.commit()
    with looking(database_url, tmp_path, "service") as looks:
        for screen in looks.screens_of(ana):
            for name, path in (("service", "/servicio"), ("letters", "/pendientes")):
                screen.opens(path)
                screen.holds(name)
