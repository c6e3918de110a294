"""What she meets when the caseworker who had her is gone (P7, P8)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from standins import receipt
from test_turns import running, said, wrote

from models import FIRST_PROGRAMME, Case, Conversation, HelpResource, Programme, Role, utcnow
from outreach.casework import cases, taking
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.texts import safety
from worker import steps, ticks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from worker.runtime import Runtime


HIDES = {"effect": "enter_cover"}
OPENS = {"effect": "open_case", "urgency": "danger", "about": "violence"}


def rasa(body: dict[str, Any]) -> list[dict[str, Any]]:
    effects = {"abre": [{"custom": OPENS}], "salir": [{"custom": HIDES}]}.get(body["message"], [])
    return [*effects, {"text": "Hola"}, receipt(body)]


def write(sessions: sessionmaker[Session], runtime: Runtime, words: str) -> uuid.UUID:
    conversation = wrote(sessions, runtime, words, sid=f"SM{words}")
    steps.take_turn(runtime, conversation)
    return conversation


def taken(sessions: sessionmaker[Session], runtime: Runtime, recovery: str, ago: timedelta) -> None:
    """Let somebody who never opens the desk again have taken the case some time ago."""
    with sessions.begin() as db:
        password = accounts.add(db, "ana", "Ana", Role.CASEWORKER, utcnow())
        ana = accounts.find(db, "ana")
        assert ana is not None
        vault.grant_with_recovery_key(db, recovery, ana.id)
        ana.must_change_password = False
        db.flush()
        ring = vault.unlock(db, ana, password)
        assert ring is not None
        case = db.scalars(select(Case).where(Case.is_open)).one()
        taking.take(db, Caseworker(runtime.key, ring, ana), case.id, utcnow() - ago)


def test_silence_ends_with_an_honest_line(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """Held and alone: silence until the minutes are over; then the bot answers: nobody reads just now."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "abre")
        taken(sessions, runtime, recovery_key, timedelta(minutes=2))
        ticks.release_abandoned(runtime)
        with sessions() as db:
            before = len(said(db, runtime))
        conversation = write(sessions, runtime, "sigues ahi")
        with sessions() as db:
            assert len(said(db, runtime)) == before, "its caseworker may still be back"
            case = db.scalars(select(Case)).one()
            state = cases.read_state(runtime.key, case)
        with sessions.begin() as db:
            case = db.scalars(select(Case)).one()
            state.holder_gone_since = (utcnow() - timedelta(minutes=3)).isoformat()
            cases.write_state(runtime.key, case, state)
        ticks.release_abandoned(runtime)
        write(sessions, runtime, "estoy mal")
        write(sessions, runtime, "y ahora")
        with sessions() as db:
            heard = said(db, runtime)[before:]
            assert heard[0].startswith(safety.NOBODY_READS)
            assert heard[0].endswith("Hola"), "what is short goes in one message"
            assert heard[1:] == ["Hola"], "it is said once"
            state = cases.read_state(runtime.key, db.scalars(select(Case)).one())
            private = conversation_state.read(runtime.key, db.get_one(Conversation, conversation))
        assert (state.claimed_by, private.case_id is not None) == (None, True)
        assert state.waiting_since is not None


def test_the_line_is_one_of_her_programme(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """Another programme has lines of its own, and those of the first are not for its women."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "abre")
        taken(sessions, runtime, recovery_key, timedelta(minutes=5))
        with sessions.begin() as db:
            other = Programme(id=uuid.uuid4(), code="otro", name="Otro programa")
            db.add(other)
            db.flush()
            for owner, name in ((other.id, "Línea del otro"), (FIRST_PROGRAMME, "Línea del primero")):
                db.add(
                    HelpResource(
                        programme_id=owner, code=name, name=name, channel="tel. 000", hours="todo el día",
                        says="", needs="violence", rank=-1, source="test", verified_at=utcnow(),
                    )
                )  # fmt: skip
            db.scalars(select(Conversation)).one().programme_id = other.id
        ticks.release_abandoned(runtime)
        write(sessions, runtime, "estoy mal")
        with sessions() as db:
            (told,) = [text for text in said(db, runtime) if text.startswith(safety.NOBODY_READS)]
        assert "Línea del otro" in told
        assert "Línea del primero" not in told


def test_under_cover_the_line_waits(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """P9: whoever holds the phone under cover is told nothing of a case; she reads it when she is back."""
    with running(settings, rasa) as runtime:
        write(sessions, runtime, "abre")
        taken(sessions, runtime, recovery_key, timedelta(minutes=5))
        conversation = write(sessions, runtime, "salir")
        ticks.release_abandoned(runtime)
        write(sessions, runtime, "hola")
        with sessions() as db:
            assert not [text for text in said(db, runtime) if text.startswith(safety.NOBODY_READS)]
            assert conversation_state.read(runtime.key, db.get_one(Conversation, conversation)).released
