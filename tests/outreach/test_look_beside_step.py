"""A page that opens a case and a step that is being taken in it wait for each other in one order."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from desk_steps import NOW, Desk
from sqlalchemy import select, text

from models import Case, CaseAudit, Staff
from outreach.casework import notes, reading, verbs
from outreach.casework.opened import Caseworker

if TYPE_CHECKING:
    import uuid

    import pytest
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def _opens(sessions: sessionmaker[Session], worker: Caseworker, case_id: uuid.UUID, went: list[str]) -> None:
    with sessions.begin() as session:
        staff = session.get_one(Staff, worker.staff.id)
        reading.open_thread(session, Caseworker(worker.key, worker.private_key, staff), case_id, NOW)
    went.append("opened")


def test_the_first_row_of_a_block(
    session: Session, key: PersonalKey, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look adds a block of rows that name the case, which the step has locked: neither is refused."""
    desk = Desk(session, key)
    case = desk.taken()
    session.commit()
    session.execute(text("DELETE FROM case_audit"))
    session.commit()
    case_id, went = case.id, list[str]()
    looking = threading.Thread(target=_opens, args=(sessions, desk.lucia, case_id, went))

    locked = verbs._locked

    def slow(*args: object) -> object:
        held = locked(*args)  # type: ignore[arg-type] # as the verb calls it
        looking.start()
        with sessions() as watching:
            for _ in range(60):
                watching.rollback()
                if went or watching.scalar(BLOCKED):
                    break
                time.sleep(0.05)
        return held

    monkeypatch.setattr(verbs, "_locked", slow)
    notes.note(session, desk.lucia, case_id, NOW, "llega el jueves")
    session.commit()
    looking.join(30)
    assert went == ["opened"]
    assert len(session.scalars(select(CaseAudit.id).where(CaseAudit.case_id == case_id)).all()) == 16
    assert session.get_one(Case, case_id).is_open
