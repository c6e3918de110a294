"""The padding of sealed threads: their number of rows tells nobody how much was said."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, event, func, select

from models import Case, Conversation, Programme, SealedEntry, Team
from outreach.casework import cases, draft_case, thread
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.texts import desk as words

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def conversation_of(session: Session, key: PersonalKey) -> Conversation:
    conversation = Conversation(id=uuid.uuid4(), last_inbound_at=NOW, private_cipher=b"")
    conversation.private_cipher = conversation_state.empty(key, conversation.id)
    session.add(conversation)
    session.flush()
    return conversation


def rows(session: Session, case: Case) -> int:
    return session.scalar(select(func.count()).where(SealedEntry.case_id == case.id)) or 0


def texts(session: Session, key: PersonalKey, recovery: str, case: Case) -> list[str]:
    ring = vault._recover(session, recovery)
    return [entry.text for entry in thread.read(session, ring, case, cases.read_state(key, case))]


@pytest.mark.parametrize("lines", [0, 1, 14, 15, 16, 31, 32, 40])
def test_always_a_multiple(session: Session, key: PersonalKey, recovery_key: str, lines: int) -> None:
    """A8: however many lines a case has, its rows are a multiple of sixteen, and all of one length."""
    case = cases.open_case(
        session, key, conversation_of(session, key), urgency="danger", about="violence", now=NOW
    )
    for i in range(lines):
        cases.woman_wrote(session, key, case.id, f"linea {i}", NOW)
        assert rows(session, case) % thread.BLOCK == 0
    assert rows(session, case) == -(-(lines + 1) // thread.BLOCK) * thread.BLOCK
    lengths = select(func.count(func.distinct(func.length(SealedEntry.content_sealed))))
    assert session.scalar(lengths) == 1
    assert session.scalar(select(func.count(func.distinct(func.length(Case.state_cipher))))) == 1
    assert texts(session, key, recovery_key, case)[1:] == [f"linea {i}" for i in range(lines)]


def test_positions_on_the_disk_tell_nothing(session: Session, key: PersonalKey, recovery_key: str) -> None:
    """A8: a line is written with all rows of its block: the order on the disk does not count lines."""
    case = cases.open_case(
        session, key, conversation_of(session, key), urgency="danger", about="violence", now=NOW
    )
    session.commit()
    cases.woman_wrote(session, key, case.id, "uno", NOW)
    session.commit()
    written = session.connection().exec_driver_sql("SELECT count(DISTINCT xmin::text) FROM sealed_entry")
    assert written.scalar_one() == 1


def test_a_draft_becomes_the_beginning_of_a_case(
    session: Session, key: PersonalKey, recovery_key: str
) -> None:
    """What she told before her yes stands in order behind the opening, and the padding closes the thread."""
    conversation = conversation_of(session, key)
    state = conversation_state.read(key, conversation)
    for i in range(18):
        draft_case.add(session, key, state, author="woman", text=f"antes {i}", at=NOW)
    draft = session.get_one(Case, uuid.UUID(state.living_id))
    assert rows(session, draft) == 32
    case = cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    draft_case.pour_into(session, key, state, case)
    assert rows(session, case) == 32
    assert session.scalar(select(func.count()).select_from(SealedEntry)) == 32
    cases.woman_wrote(session, key, case.id, "despues", NOW)
    said = texts(session, key, recovery_key, case)
    assert said[1:] == [*(f"antes {i}" for i in range(18)), "despues"]


def test_a_case_stays_with_those_who_can_open_its_draft(
    session: Session, key: PersonalKey, recovery_key: str
) -> None:
    """Where the programme was given to another team since she told, her case is still of the one before."""
    conversation = conversation_of(session, key)
    state = conversation_state.read(key, conversation)
    draft_case.add(session, key, state, author="woman", text="antes", at=NOW)
    conversation_state.write(key, conversation, state)
    vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    programme = session.get_one(Programme, conversation.programme_id)
    programme.team_id = other.id
    session.flush()
    case = cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    draft_case.pour_into(session, key, state, case)
    assert texts(session, key, recovery_key, case)[1:] == ["antes"]
    fresh = conversation_of(session, key)
    theirs = cases.open_case(session, key, fresh, urgency="support", about="violence", now=NOW)
    assert theirs.team_id == other.id


def test_a_thread_from_before_the_padding(session: Session, key: PersonalKey, recovery_key: str) -> None:
    """A thread without padding is read whole, and padded with its next line."""
    case = cases.open_case(
        session, key, conversation_of(session, key), urgency="danger", about="violence", now=NOW
    )
    state = cases.read_state(key, case)
    state.entries = None
    cases.write_state(key, case, state)
    session.execute(delete(SealedEntry).where(SealedEntry.position > 1))
    assert len(texts(session, key, recovery_key, case)) == 1
    cases.woman_wrote(session, key, case.id, "mas", NOW)
    assert rows(session, case) == 16
    assert texts(session, key, recovery_key, case)[1] == "mas"


def test_few_statements(session: Session, key: PersonalKey, recovery_key: str, engine: Engine) -> None:
    """A line costs the same few statements in a long thread as in a short one."""
    case = cases.open_case(
        session, key, conversation_of(session, key), urgency="danger", about="violence", now=NOW
    )
    for i in range(40):
        cases.woman_wrote(session, key, case.id, str(i), NOW)
    session.commit()
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    cases.woman_wrote(session, key, case.id, "una mas", NOW)
    assert len(seen) <= 4


def test_a_draft_of_another_team_does_not_close_the_thread(
    session: Session, key: PersonalKey, recovery_key: str
) -> None:
    """A team opened its closed case of hers again meanwhile: it stays readable and says what is missing."""
    conversation = conversation_of(session, key)
    case = cases.open_case(session, key, conversation, urgency="support", about="violence", now=NOW)
    vault.make_team(session, "Otra")
    other = session.scalars(select(Team).where(Team.name == "Otra")).one()
    session.get_one(Programme, conversation.programme_id).team_id = other.id
    session.flush()
    state = conversation_state.read(key, conversation)
    draft_case.add(
        session, key, state, author="woman", text="antes", at=NOW, programme_id=conversation.programme_id
    )
    draft = session.get_one(Case, uuid.UUID(state.living_id or ""))
    draft_case.pour_into(session, key, state, case)
    assert state.living_id is None
    cases.woman_wrote(session, key, case.id, "despues", NOW)
    said = texts(session, key, recovery_key, case)
    assert said[1:] == [words.TOLD_TO_ANOTHER_TEAM, "despues"]
    assert rows(session, draft) == 16, "it goes at its hour, as any that she said no to"
    assert draft_case.forget_expired(session, NOW + draft_case.KEPT_FOR * 2) == 1
