"""The sample programme at work: what a newcomer meets of a group, of papers and of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select
from test_completion import DAY, attends, rule

from models import Certificate, DataRequest, Session, SessionNotice
from outreach.programme import absences, completion, enrolment
from outreach.start import demo_office

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.mark.parametrize("now", [NOW, NOW.replace(month=1, day=1, hour=3)])
def test_what_an_office_has_on_its_desk(
    session: Database, key: PersonalKey, settings: Settings, now: datetime
) -> None:
    """On any day of a year: who was absent twice, a session moved, papers, and requests within their term."""
    women = [add_woman(session, key, number)[0] for number in range(1, 8)]
    group, _ = add_group(session, code=demo_office.HALFWAY)
    for woman in women:
        enrolment.enrol(session, woman, group.id)
    other, first = add_group(session, code=demo_office.MOVED)
    first.starts_at = now.replace(hour=16) + demo_office.LATER
    enrolment.enrol(session, women[0], other.id)
    attends(session, group, women[5])
    completion.graduate(session, women[5].id, rule(session, group, 1), DAY, by=None)
    before = first.starts_at
    session.flush()
    demo_office.load(session, key, settings, women, now)
    assert first.starts_at == before + demo_office.LATER
    assert session.scalars(select(SessionNotice)).all()
    assert len(session.scalars(select(Certificate)).all()) == 1
    waits = session.scalars(select(DataRequest)).all()
    assert len(waits) == len(demo_office.REQUESTS)
    assert all(one.created_at <= now < one.answer_by for one in waits)
    met = session.scalars(select(Session).where(Session.code.like(f"{demo_office.HALFWAY}-p%"))).all()
    assert all(one.starts_at < now for one in met)
    lines = absences.listed(session, key, settings, now).lines
    assert len(lines) == demo_office.ABSENT
