"""Who guesses or knows the id of a case that is not hers to see meets the page of one that never was (P4)."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from routes import filled
from sqlalchemy import select
from staffroom import CANARY, Browser, Programme, enter, once, open_case

from models import AuditEvent, Case, Role, SealedEntry, Team
from outreach.casework.case_state import read_state, write_state
from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FIELDS = {"text": "Te leo, aquí estoy", "reason": "me toca hoy por turno", "outcome": "attended", "to": "",
          "box": "reply", "day": "2030-01-01", "hour": "10:00"}  # fmt: skip


def _to_another_team(session: Database, _key: PersonalKey, case: Case) -> None:
    vault.make_team(session, "Otra dependencia")
    case.team_id = session.scalars(select(Team.id).where(Team.id != case.team_id)).one()
    subject = {"conversation_id": str(uuid.uuid4()), "about": "violence"}
    case.subject_sealed = vault.seal(vault.public_key_of(session, case.team_id), subject)


def _for_the_supervision(_session: Database, key: PersonalKey, case: Case) -> None:
    state = read_state(key, case)
    state.for_supervisor = True
    write_state(key, case, state)


def _a_draft(session: Database, _key: PersonalKey, case: Case) -> None:
    """As the bot keeps what she tells before she agreed to anything: nobody's yet."""
    case.subject_sealed = vault.seal(vault.public_key_of(session, case.team_id), {"about": "violence"})
    case.is_open = False


@pytest.mark.parametrize("hidden", [_to_another_team, _for_the_supervision, _a_draft])
def test_a_case_that_is_not_hers_to_see_was_never_there(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme,
    hidden: Callable[[Database, PersonalKey, Case], None],
) -> None:  # fmt: skip
    """Every page, part and form of a case answers alike for it and for a made-up one, and changes nothing."""
    case = open_case(session, key, programme.conversation)
    hidden(session, key, case)
    session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    before = _all_of(session, case)
    asked = 0
    for rule in app.url_map.iter_rules():
        if "case_id" not in rule.arguments:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            told = [_told(lucia, method, filled(rule, {"case_id": one})) for one in (str(case.id), once())]
            assert told[0] == told[1], (method, rule.rule)
            assert CANARY.encode() not in told[0][1]
            asked += 1
    assert asked > 30
    session.expire_all()
    assert _all_of(session, case) == before


def _told(browser: Browser, method: str, path: str) -> tuple[int, bytes, str | None]:
    """What comes back, without the case's own id and what differs each time anywhere."""
    browser.get("/pausa/nada")  # shows what earlier forms still have to say
    sent = FIELDS | {"id": str(uuid.uuid4())} if method == "POST" else None
    answer: TestResponse = browser.client.open(path, method=method, data=sent)
    own = path.split("/")[2]
    location = answer.location.replace(own, "") if answer.location else None
    plain = re.sub(rb'(?:name="csrf_token" value|data-left)="[^"]+"', b"", answer.data)
    return answer.status_code, plain.replace(own.encode(), b""), location


def _all_of(session: Database, case: Case) -> tuple[bytes, int, int]:
    """Its state, its lines, and what was recorded of anybody at the desk."""
    lines = session.scalars(select(SealedEntry.id).where(SealedEntry.case_id == case.id)).all()
    events = session.scalars(select(AuditEvent.id).where(AuditEvent.action.like("desk.%"))).all()
    return case.state_cipher, len(lines), len(events)


def test_a_supervisor_sees_what_is_for_her(
    app: Flask, session: Database, key: PersonalKey, team: str, programme: Programme
) -> None:
    """The look-alike: the same case is there for the supervision of its own team."""
    case = open_case(session, key, programme.conversation)
    _for_the_supervision(session, key, case)
    session.commit()
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    assert sofia.get(f"/casos/{case.id}").status_code == 200
