"""The first invitation (F13): one, to whom an agency listed with her written consent, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW
from sqlalchemy import event, select
from support import environment

from models import Affiliation, Conversation, OutboxKind, OutboxMessage, Template, TemplateState
from outreach.ground.settings import load_settings
from outreach.messages import outbox, templates
from outreach.people import consent, invitations, preferences
from outreach.single_list import imports

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def listed(session: Session, key: PersonalKey, settings: Settings) -> Session:
    """Import five women, two of them without a written consent, with the template approved."""
    rows = [f"DIF,{n},Ana Gil,33400100{n:02d},{'2026-03-01' if n < 3 else ''}" for n in range(5)]
    text = "\n".join(["agency,external_id,full_name,phone,consent_on", *rows])
    table = imports.read("women", text.encode())
    assert imports.load(session, key, settings, "women", table, NOW).kept == 5
    template = session.scalars(select(Template).where(Template.name == templates.FIRST_INVITATION)).one()
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    session.flush()
    return session


def invited(db: Session) -> list[OutboxMessage]:
    return list(db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)))


def test_one_invitation_where_an_agency_has_her_consent(
    listed: Session, key: PersonalKey, settings: Settings
) -> None:
    """Once, neutral, as a notice; those without a written consent are never written to."""
    assert invitations.plan(listed, key, settings, NOW) == 3
    assert invitations.plan(listed, key, settings, NOW + timedelta(days=30)) == 0
    rows = invited(listed)
    assert {row.kind for row in rows} == {OutboxKind.NOTICE}
    content = outbox.read_content(key, rows[0])
    assert content.invitation
    assert outbox.template_of(rows[0], content) is not None
    assert rows[0].template_id is None
    assert "BAJA" in content.body
    held = select(Affiliation.woman_id).where(Affiliation.consent_on == date(2026, 3, 1))
    assert set(listed.scalars(select(Conversation.woman_id).where(Conversation.invited_at == NOW))) == set(
        listed.scalars(held)
    )


@pytest.mark.parametrize("why", ["wrote", "opted_out", "answered", "unapproved"])
def test_who_is_not_invited(listed: Session, key: PersonalKey, settings: Settings, why: str) -> None:
    """Whoever wrote, opted out or answered the notice, and all while the template is not approved."""
    for conversation in listed.scalars(select(Conversation)):
        if why == "wrote":
            conversation.last_inbound_at = NOW
        elif why == "opted_out":
            preferences.opt_out(listed, conversation, NOW)
        elif why == "answered":
            consent.record(listed, conversation.id, consent.PRIVACY, given=False, message_sid="SM1")
    if why == "unapproved":
        for template in listed.scalars(select(Template)):
            template.state = TemplateState.PENDING
    listed.flush()
    assert invitations.plan(listed, key, settings, NOW) == 0


def test_none_at_night(listed: Session, key: PersonalKey, tmp_path: Path) -> None:
    """Outside the programme's hours nothing is planned, so that nothing waits."""
    quiet = load_settings(environment(tmp_path, AVANZA_QUIET_HOURS="20:00-09:00"))
    night = NOW + timedelta(hours=10)
    assert invitations.plan(listed, key, quiet, night) == 0
    assert invitations.plan(listed, key, quiet, NOW) == 3


def test_paced_and_in_few_statements(
    listed: Session, key: PersonalKey, settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute's worth at most, however often the clock ticks; statements don't grow with the women."""
    monkeypatch.setattr(invitations, "PER_MINUTE", 2)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert invitations.plan(listed, key, settings, NOW) == 2
    assert len(statements) < 12
    assert invitations.plan(listed, key, settings, NOW + timedelta(seconds=20)) == 0
    assert invitations.plan(listed, key, settings, NOW + timedelta(seconds=61)) == 1
