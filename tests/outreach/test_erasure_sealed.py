"""P9: what an erasure leaves of a woman with a case, in all that the server and the team can open."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_steps import NOW, ZONE, Desk
from desk_support import close_case
from people import add_woman
from sqlalchemy import select
from test_erasure import dump, erase

from models import Conversation, SealedChunk, SealedFile
from outreach.casework import (
    appointment_steps,
    appointments,
    cases,
    draft_case,
    drafts,
    files,
    notes,
    pending,
    record,
    taking,
)
from outreach.messages import conversation_state
from outreach.people.contact_hours import Hours
from outreach.sealing import files as sealed_files
from outreach.sealing import reseal, vault
from outreach.texts import desk_writing as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.case_state import CaseState
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HOURS = Hours("09:00", "11:00", frozenset({1, 3}))
KEPT = {
    "sealed_entry.content_sealed": {"linea", "cerrada", "pendiente", "cita"},
    "case_note.content_sealed": {"nota"},
    "case_record.content_sealed": {"plan"},
    "sealed_draft.content_sealed": {"borrador"},
    "sealed_chunk.content_sealed": {"archivo"},
}
"""What stays with the team, by the column that holds it (`docs/decisions/0026-what-an-erasure-leaves.md`)."""


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _state(desk: Desk, case: Case) -> CaseState:
    desk.session.refresh(case)
    return cases.read_state(desk.key, case)


def _opens(desk: Desk, conversation: Conversation) -> Case:
    return cases.open_case(desk.session, desk.key, conversation, urgency="support", about="violence", now=NOW)


def _furnish(desk: Desk, settings: Settings) -> tuple[Conversation, Conversation, Case, Case]:
    """A woman of two numbers: a closed case of before and an open one by one, a draft case by the other."""
    session, key = desk.session, desk.key
    _, first = add_woman(session, key, 1)
    _, second = add_woman(session, key, 2)
    second.woman_id = first.woman_id
    session.flush()
    closed = _opens(desk, second)
    cases.woman_wrote(session, key, closed.id, "canario:cerrada", NOW)
    taking.take(session, desk.lucia, closed.id, NOW)
    close_case(session, desk.lucia, closed, NOW, desk.sofia)
    case = _opens(desk, second)
    cases.woman_wrote(session, key, case.id, "canario:linea", NOW)
    appointments.appoint(session, key, str(case.id), HOURS, ZONE, NOW)
    taking.take(session, desk.lucia, case.id, NOW)
    at = NOW + timedelta(hours=2)
    pending.store(session, desk.lucia, case.id, NOW, "canario:pendiente", settings, at)
    notes.note(session, desk.lucia, case.id, NOW, "canario:nota")
    record.save_section(session, desk.lucia, case.id, NOW, "plan", {"trust": "canario:plan"}, known=0)
    drafts.keep(session, case.id, desk.lucia.staff.id, drafts.REPLY, "canario:borrador")
    files.keep(session, files.begin(session, case, "audio/ogg"), b"canario:archivo", "audio/ogg")
    state = conversation_state.read(key, first)
    draft_case.add(session, key, state, author="woman", text="canario:antes", at=NOW)
    conversation_state.write(key, first, state)
    session.flush()
    return first, second, case, closed


def _sealed(desk: Desk) -> dict[str, set[str]]:
    """Return the canaries that the team's key opens, by column."""
    session, ring = desk.session, desk.lucia.private_key
    found: dict[str, set[str]] = {}
    for one in reseal.columns():
        for (box,) in session.execute(select(one.column)):
            said = json.dumps(vault.unseal(ring, box), ensure_ascii=False)
            found.setdefault(one.name, set()).update(_canaries(said))
    for row in session.scalars(select(SealedFile)):
        query = select(SealedChunk.content_sealed).where(SealedChunk.file_id == row.id)
        chunks = session.scalars(query.order_by(SealedChunk.position)).all()
        content = sealed_files.unseal(ring, row.key_sealed, chunks).decode()
        found.setdefault("sealed_chunk.content_sealed", set()).update(_canaries(content))
    return {name: words for name, words in found.items() if words}


def _canaries(said: str) -> set[str]:
    return set(re.findall(r"canario:(\w+)", said))


def test_what_stays_with_the_team_and_nowhere_else(desk: Desk, settings: Settings) -> None:
    """Nothing that the server can open; of what the team can open, her cases' papers and no draft case."""
    first, _, case, _ = _furnish(desk, settings)
    appointment_steps.appoint(
        desk.session, desk.lucia, case.id, NOW, NOW + timedelta(days=1), "canario:cita", ZONE
    )
    assert "canario:pendiente" in dump(desk.session, desk.key)
    assert _sealed(desk)["sealed_entry.content_sealed"] == KEPT["sealed_entry.content_sealed"] | {"antes"}
    erase(desk.session, desk.key, settings, first)
    assert "canario" not in dump(desk.session, desk.key)
    assert _sealed(desk) == KEPT


def test_the_words_for_an_hour_go_and_the_hour_stays(desk: Desk, settings: Settings) -> None:
    """Days and hours that she gave are hers; the hour that a caseworker is to keep stays in her list."""
    first, _, case, _ = _furnish(desk, settings)
    said = appointments.in_words(HOURS)
    assert said in dump(desk.session, desk.key)
    at = _state(desk, case).appointment_at
    erase(desk.session, desk.key, settings, first)
    state = _state(desk, case)
    assert (state.appointment_at, state.appointment_words) == (at, None)
    assert said not in dump(desk.session, desk.key)


@pytest.mark.parametrize("by", ["this number", "another number"])
def test_a_text_that_waited_is_a_persons_to_send(desk: Desk, settings: Settings, by: str) -> None:
    """It does not leave by itself after "borré tus datos"; its sealed copy stands in the thread."""
    first, second, case, _ = _furnish(desk, settings)
    taking.let_go(desk.session, desk.lucia, case.id, NOW, "terminó mi turno")
    erase(desk.session, desk.key, settings, second if by == "this number" else first)
    state = _state(desk, case)
    assert state.pending is None
    assert state.waiting_since is not None
    said = [one.text for one in lines_of(desk.session, desk.lucia, case)]
    assert said[-1] == texts.STOPPED["erased"]
    assert "canario:pendiente" in said
    assert not pending.send_due(desk.session, desk.key, case.id, NOW + timedelta(hours=2))


def test_another_womans_case_keeps_both(desk: Desk, settings: Settings) -> None:
    """Nothing of a case is touched by the erasure of somebody else."""
    _, _, case, _ = _furnish(desk, settings)
    before = _state(desk, case)
    _, other = add_woman(desk.session, desk.key, 9)
    theirs = _opens(desk, other)
    erase(desk.session, desk.key, settings, other)
    assert _state(desk, case) == before
    lines = [one.text for one in lines_of(desk.session, desk.lucia, theirs)]
    assert texts.STOPPED["erased"] not in lines, "where nothing waited nothing is said"
