"""What `growth` plants is what the product reads, and what `idle` makes of a printed log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from benchmarks import growing, resting, standin_rasa
from models import Conversation, InboundMessage, OutboxMessage, Team, Turn, Woman, utcnow
from outreach.messages import conversation_state, inbox
from outreach.programme import how_many, overview
from outreach.programme.how_many import HowMany
from outreach.sealing import vault
from outreach.turns import effects
from outreach.turns.rasa import RasaClient, RasaError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey


def test_planted_women_are_listed_and_can_write(
    engine: Engine, sessions: sessionmaker[Session], key: PersonalKey
) -> None:
    """The list shows any of them; who writes is known by her number, and her state can be read."""
    with sessions.begin() as session:
        vault.make_team(session, "Prueba")
        team = session.scalars(select(Team.id)).one()
    grown = growing.plant(engine, key, sessions, team, women=300, messages=400, whole=6, area=21)
    with sessions() as session:
        assert how_many.women(session) == HowMany(300)
        page = overview.women(session, key, after=growing.spread(150, 300, "w"))
        assert len(page.lines) == 50
        assert all(line.name for line in page.lines)
        for phone, woman in grown.phones.items():
            conversation = inbox.conversation_of(session, key, phone, utcnow())
            assert conversation.woman_id == woman
            assert conversation_state.read(key, conversation).case_id is None
        counts = [
            session.scalar(select(func.count()).select_from(noun))
            for noun in (Woman, Conversation, Turn, InboundMessage, OutboxMessage)
        ]
        assert counts == [300, 300, 300, 200, 200]
        dangling = text("SELECT count(*) FROM inbound_message m LEFT JOIN conversation c"
                        " ON c.id = m.conversation_id LEFT JOIN turn t ON t.id = m.turn_id"
                        " WHERE c.id IS NULL OR t.conversation_id <> c.id")  # fmt: skip
        assert session.scalar(dangling) == 0
    assert grown.by_table["outbox_message"] > 200 * 3000
    assert 0 < sum(grown.by_table.values()) < grown.disk_bytes


def test_the_stand_in_for_rasa_gives_an_answer_with_a_receipt() -> None:
    """As the worker wants it; anything else of it would fail every turn."""
    items = standin_rasa.answer("/webhooks/rest/webhook", {"sender": "x", "metadata": {"message_id": "m"}})
    assert isinstance(items, list)
    receipt = effects.parse(items[-1]["custom"])
    assert isinstance(receipt, effects.Receipt)
    assert receipt.message_id == "m"
    with standin_rasa.answering() as url:
        client = RasaClient([url])
        asked = client.ask(uuid.uuid4(), "gracias", {"message_id": "m2"})
        assert asked[-1]["custom"]["message_id"] == "m2"
        assert client.understand("gracias").risk == "none"
    with pytest.raises(RasaError):
        client.understand("gracias")


def test_steps_are_read_off_what_a_demo_prints() -> None:
    """A step that runs, or whose name has a colon, is no trap."""
    printed = """
· base de datos …
✓ base de datos: 0.6 s
  entrenamiento del modelo: leo las reglas, 0 s
✓ bibliotecas de Rasa (unos 2.5 GB; tarda la primera vez): 27.9 s
✗ start rasa: 0.1 s
Avanza está listo (31.1 s).
"""
    assert resting.steps_of(printed) == [
        ("base de datos", 0.6),
        ("bibliotecas de Rasa (unos 2.5 GB; tarda la primera vez)", 27.9),
        ("from the demo's start to ready", 31.1),
    ]
