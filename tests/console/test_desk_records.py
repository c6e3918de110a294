"""No page of the desk shows or changes a case without exactly one record of it."""

from __future__ import annotations

import ast
import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from staffroom import CANARY, Browser, Programme, enter, open_case

from models import AuditEvent, Conversation, Role
from outreach.casework import verbs
from outreach.ground.settings import ROOT
from outreach.messages import conversation_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FRAGMENT = {"X-Fragment": "1"}
HOLDERS = frozenset({"desk.whole", "desk.referral_form"})
"""Pages that are their holder's."""
SHOWING = frozenset({"referral.py: referral_preview", "referral.py: print_referral"})
"""Forms that only show: what would go, and what is printed. They are looks."""
EITHER = frozenset({"referral.py: send_referral"})
"""One of two steps, as the form says."""


def _events(session: Database) -> int:
    session.rollback()
    query = select(func.count()).where(AuditEvent.action.like("desk.%"))
    return session.scalar(query) or 0


def test_the_thread_alone_is_recorded(
    app: Flask, session: Database, key: PersonalKey, team: str, lucia: Browser, programme: Programme
) -> None:
    """P4: who fetches the thread without its page has opened it: one event for the next minutes."""
    path = f"/casos/{open_case(session, key, programme.conversation).id}/hilo"
    for _ in range(3):
        assert CANARY in lucia.get(path, **FRAGMENT).get_data(as_text=True)
    assert _events(session) == 1
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    marta.get(path, **FRAGMENT)
    assert _events(session) == 2


def test_a_page_and_what_it_fetches_are_one_look(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """The page is recorded each time that it is opened; what it asks for by itself is not, meanwhile."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    for opened in (1, 2):
        lucia.get(here)
        lucia.get(f"{here}/hilo", **FRAGMENT)
        assert _events(session) == opened


def test_every_page_of_a_case_is_recorded(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P4: whatever shows something of one case to somebody who has not opened it leaves one event."""
    shown = 0
    for rule in app.url_map.iter_rules():
        if rule.arguments != {"case_id"} or "GET" not in (rule.methods or ()):
            continue
        conversation = Conversation(id=uuid.uuid4(), last_inbound_at=datetime.now(UTC), private_cipher=b"")
        conversation.private_cipher = conversation_state.empty(key, conversation.id)
        session.add(conversation)
        session.flush()
        case = open_case(session, key, conversation)
        if rule.endpoint in HOLDERS:
            lucia.post(f"/casos/{case.id}/tomar", page="/casos")
        before = _events(session)
        answer = lucia.get(rule.rule.replace("<uuid:case_id>", str(case.id)), **FRAGMENT)
        assert answer.status_code == 200
        assert _events(session) == before + 1, rule.rule
        shown += 1
    assert shown >= 2


def _posting() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every view of the desk, and of the supervisor's page, that takes a form about a case."""
    folders = (ROOT / "console" / name for name in ("desk", "supervision"))
    for path in (path for folder in folders for path in sorted(folder.glob("*.py"))):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if any(re.match(r"\w+\.post\(.*case_id", mark) for mark in marks):
                    yield f"{path.name}: {node.name}", node


def _verbs_in(node: ast.AST) -> list[str]:
    named = [ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    return [name for name in named if name in verbs.ALL and verbs.ALL[name].writes]


def test_every_form_about_a_case_is_one_verb() -> None:
    """P10: a view takes one step, so that what it asks, locks and records can't be half of something."""
    views = dict(_posting())
    assert len(views) >= 9
    for name, node in views.items():
        steps = 0 if name in SHOWING else 2 if name in EITHER else 1
        assert len(_verbs_in(node)) == steps, (name, _verbs_in(node))


def test_every_verb_has_a_page() -> None:
    """Each verb is behind a form of the desk, none is left over."""
    pressed = {name for _, node in _posting() for name in _verbs_in(node)}
    assert pressed == {name for name, one in verbs.ALL.items() if one.writes}
