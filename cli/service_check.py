"""`doctor`: what the clock found out of order, in the words of the page `Servicio`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from console.words import SERVICE_OTHER, SERVICE_TROUBLES, lasted
from models import utcnow
from outreach.figures import service_page
from outreach.ground.database import make_readers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


def look(engine: Engine, *, runs: bool) -> str:
    """Say that all is in order, or that nobody looked because nothing runs here.

    `runs`: an app of ours answers on this machine, so that a clock should look too.

    Raises:
        Failure: something is not in order; it names all of it, and since when.
    """
    now = utcnow()
    with make_readers(engine)() as session:
        page = service_page.gather(session, now)
    if page.well:
        return words.DOCTOR_IN_ORDER
    if page.ever_looked and page.stopped_since is None:
        raise Failure("; ".join(_told(kind, since, now) for kind, since in page.troubles.items()))
    if not runs:
        return words.DOCTOR_NOT_RUNNING
    if page.stopped_since is None:
        raise Failure(words.DOCTOR_NO_LOOK)
    raise Failure(_told("clock", page.stopped_since, now))


def _told(kind: str, since: datetime, now: datetime) -> str:
    said, _, do = SERVICE_TROUBLES.get(kind, SERVICE_OTHER)
    return words.DOCTOR_TROUBLE.format(
        what=said, since=lasted(int((now - since).total_seconds() // 60)), do=do.removesuffix(".")
    )
