"""What the dialogue said and had not left when a person took her does not follow (P7); the rest does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk_support import case_of, talk, worker_of
from sqlalchemy import text

from models import OutboxKind, OutboxMessage, OutboxState, Role, Turn, TurnState, utcnow
from outreach.casework import answering, taking
from outreach.casework.case_state import read_state
from outreach.messages import outbox
from outreach.messages.outbox import Content

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from models import Case
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

NOW = utcnow()
ASKS = "¿Quieres que te busquen?"


class Waiting:
    """A case that nobody has, with a turn of hers to which answers wait."""

    def __init__(self, session: Session, key: PersonalKey, recovery: str) -> None:
        self.session, self.key = session, key
        self.ana = worker_of(session, key, recovery, "ana", NOW)
        self.marta = worker_of(session, key, recovery, "marta", NOW, Role.SUPERVISOR)
        self.conversation = talk(session, key, NOW)
        self.case: Case = case_of(session, key, self.conversation, NOW)
        self.turn = Turn(conversation_id=self.conversation.id, state=TurnState.ANSWERED, attempts=0)
        session.add(self.turn)
        session.flush()

    def says(
        self, body: str, *, state: OutboxState = OutboxState.QUEUED, confidential: bool = True, **more: str
    ) -> OutboxMessage:
        """Queue an answer of the dialogue."""
        row = outbox.enqueue(
            self.session, self.key, self.conversation.id, OutboxKind.REPLY, Content(body, **more),
            confidential=confidential, turn_id=self.turn.id,
        )  # fmt: skip
        row.state = state
        self.session.flush()
        return row

    def take(self, who: Caseworker | None = None) -> None:
        """Let a person take her."""
        taking.take(self.session, who or self.ana, self.case.id, NOW)


@pytest.fixture
def waiting(session: Session, key: PersonalKey, recovery_key: str) -> Waiting:
    return Waiting(session, key, recovery_key)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(OutboxState.QUEUED, "missed_its_moment"), (OutboxState.IN_DOUBT, "in_doubt")],
)
def test_an_answer_does_not_follow_a_take(waiting: Waiting, state: OutboxState, reason: str) -> None:
    """It ends as any late or doubtful answer does (P4), and its text is gone."""
    row = waiting.says(ASKS, state=state)
    waiting.take()
    assert (row.state, row.reason) == (OutboxState.FAILED, reason)
    assert outbox.is_blank(waiting.key, row)


@pytest.mark.parametrize(
    ("body", "confidential", "file"),
    [
        ("*911*, ahora mismo", True, None),
        ("Hubo un problema. Si estás en peligro llama al 911.", True, None),
        ("Listo, ya no te escribimos.", False, None),
        ("Tu constancia", True, "token"),
    ],
)
def test_what_must_leave_leaves(waiting: Waiting, body: str, confidential: bool, file: str | None) -> None:
    """P2 and P9: the emergency line, that BAJA was done, what she asked for."""
    more = {"file_token": file} if file else {}
    row = waiting.says(body, confidential=confidential, **more)
    waiting.take()
    assert row.state is OutboxState.QUEUED


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.SENT, OutboxState.DELIVERED])
def test_what_is_under_way_or_over_stays_as_it_is(waiting: Waiting, state: OutboxState) -> None:
    row = waiting.says(ASKS, state=state)
    waiting.take()
    assert row.state is state


def test_a_persons_words_leave_when_another_takes_her_later(waiting: Waiting) -> None:
    """Handed back and taken anew: what a colleague wrote before still leaves, what the dialogue said not."""
    waiting.take()
    answering.reply(waiting.session, waiting.ana, waiting.case.id, NOW, "Soy Ana, te leo")
    taking.let_go(waiting.session, waiting.ana, waiting.case.id, NOW, "se acabó mi turno")
    row = waiting.says(ASKS)
    waiting.take(waiting.marta)
    left = [
        outbox.read_content(waiting.key, one).body
        for one in waiting.session.query(OutboxMessage).filter_by(state=OutboxState.QUEUED)
    ]
    assert left == ["Soy Ana, te leo"]
    assert row.state is OutboxState.FAILED


def test_taken_over_from_a_colleague_nothing_of_hers_is_lost(waiting: Waiting) -> None:
    """The bot was silent already."""
    waiting.take()
    answering.reply(waiting.session, waiting.ana, waiting.case.id, NOW, "Soy Ana, te leo")
    holder = read_state(waiting.key, waiting.case).claimed_by
    assert holder is not None
    taking.take_over(
        waiting.session, waiting.marta, waiting.case.id, NOW, "Ana se fue", holder=waiting.ana.staff.id
    )
    assert [row.state for row in waiting.session.query(OutboxMessage)] == [OutboxState.QUEUED]


def test_others_keep_their_answers(waiting: Waiting) -> None:
    other = talk(waiting.session, waiting.key, NOW)
    turn = Turn(conversation_id=other.id, state=TurnState.ANSWERED, attempts=0)
    waiting.session.add(turn)
    waiting.session.flush()
    row = outbox.enqueue(
        waiting.session, waiting.key, other.id, OutboxKind.REPLY, Content(ASKS), confidential=True,
        turn_id=turn.id,
    )  # fmt: skip
    waiting.take()
    assert row.state is OutboxState.QUEUED


def test_one_that_another_has_locked_holds_up_no_take(
    waiting: Waiting, sessions: sessionmaker[Session]
) -> None:
    """It is being sent, or reported on; whoever takes her does not wait."""
    row = waiting.says(ASKS)
    waiting.session.commit()
    with sessions.begin() as sending:
        sending.get_one(OutboxMessage, row.id, with_for_update=True)
        waiting.session.execute(text("SET LOCAL lock_timeout = '2s'"))
        waiting.take()
        waiting.session.commit()
    assert row.state is OutboxState.QUEUED


def test_rows_of_a_newer_release_are_read(waiting: Waiting) -> None:
    """Hosts are upgraded one by one: a mark that this release does not know is passed over."""
    row = waiting.says(ASKS)
    data = waiting.key.decrypt(row.body_cipher, place=outbox._place(row.id))
    row.body_cipher = waiting.key.rewrite(
        row.body_cipher, data | {"of_tomorrow": True}, place=outbox._place(row.id)
    )
    assert outbox.read_content(waiting.key, row).body == ASKS
