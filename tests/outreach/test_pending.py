"""A text that leaves without its caseworker: once, at its moment, and never where it could do harm."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from at_desk import lines_of
from desk_support import case_of, talk, worker_of
from sqlalchemy import select, text

from models import Case, Conversation, OutboxMessage, Turn, TurnState
from outreach.casework import (
    answering,
    cases,
    closing,
    drafts,
    held_texts,
    hidden,
    pending,
    taking,
)
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.pending import OutsideHerHoursError
from outreach.ground.settings import QuietHours
from outreach.messages import conversation_state, outbox
from outreach.sealing import vault
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.casework.case_state import CaseState
    from outreach.casework.held_texts import HeldText
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Guadalajara
HOUR = NOW + timedelta(hours=2)
TEXT = "Ya hablé con la guardería. Te cuento cuando puedas"


class Room(NamedTuple):
    """A conversation that Lucia holds."""

    session: Session
    settings: Settings
    lucia: Caseworker
    marta: Caseworker
    case: Case
    conversation: Conversation

    def shut(self) -> None:
        """Let a day pass since her last word."""
        self.conversation.last_inbound_at = NOW - timedelta(hours=25)
        self.session.flush()

    def private(self, **changes: object) -> None:
        """Change what is known of her conversation."""
        state = conversation_state.read(self.lucia.key, self.conversation)
        for name, value in changes.items():
            setattr(state, name, value)
        conversation_state.write(self.lucia.key, self.conversation, state)
        self.session.flush()

    def store(self, text: str = TEXT, at: datetime | None = None, *, agreed: bool = False) -> None:
        """Store a text of Lucia's."""
        pending.store(self.session, self.lucia, self.case.id, NOW, text, self.settings, at, agreed=agreed)

    def answers(self, why_not: pending.Why | None = None, now: datetime = NOW) -> None:
        """Let her answer, as a turn of hers tells it."""
        turn = Turn(conversation_id=self.conversation.id, attempts=0, state=TurnState.ANSWERED, created_at=now)
        self.session.add(turn)
        self.conversation.last_inbound_at = now
        self.session.flush()
        private = conversation_state.read(self.lucia.key, self.conversation)
        pending.answered(
            self.session, self.lucia.key, self.conversation, private,
            why_not=why_not, turn_id=turn.id, now=now,
        )  # fmt: skip

    def state(self) -> CaseState:
        """What the server knows of the case."""
        self.session.refresh(self.case)
        return cases.read_state(self.lucia.key, self.case)

    def sent(self) -> list[str]:
        """What went to the outbox."""
        rows = self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [outbox.read_content(self.lucia.key, row).body for row in rows]

    def held(self) -> list[HeldText]:
        """What the desk shows as not left."""
        return held_texts.on_the_page(lines_of(self.session, self.lucia, self.case), self.state())

    def last(self) -> str:
        """The last line of the thread."""
        return lines_of(self.session, self.lucia, self.case)[-1].text


@pytest.fixture
def room(session: Session, key: PersonalKey, settings: Settings) -> Room:
    recovery = vault.make_team(session, "Atención")
    lucia, marta = (worker_of(session, key, recovery, name, NOW) for name in ("lucia", "marta"))
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    taking.take(session, lucia, case.id, NOW)
    session.commit()
    return Room(session, settings, lucia, marta, case, conversation)


def test_it_leaves_once_with_her_answer(room: Room) -> None:
    """P3: tied to the turn that she is answered in, delivered by its job, and gone from the state."""
    drafts.keep(room.session, room.case.id, room.lucia.staff.id, drafts.REPLY, TEXT)
    room.shut()
    room.store()
    assert [one.kind for one in room.held()] == ["answer"]
    assert room.sent() == []
    jobs = text("SELECT count(*) FROM procrastinate_jobs")
    before = room.session.scalar(jobs)
    for _ in range(2):
        room.answers()
    row = room.session.scalars(select(OutboxMessage)).one()
    assert outbox.read_content(room.lucia.key, row).confidential
    assert row.turn_id is not None
    assert room.session.scalar(jobs) == before
    line = lines_of(room.session, room.lucia, room.case)[-1]
    assert (line.author, line.text, line.extra["staff"]) == ("staff", TEXT, "Lucia")
    assert line.extra["outbox_id"] == str(row.id)
    assert (room.held(), room.state().pending) == ([], None)
    assert TEXT not in str(lines_of(room.session, room.lucia, room.case)[-2].text)


def test_her_answer_still_waits_for_a_person(room: Room, key: PersonalKey) -> None:
    """P8: what left by itself is no answer of a person's to what she has just said."""
    room.shut()
    room.store()
    cases.woman_wrote(room.session, key, room.case.id, "aquí estoy", NOW)
    room.answers()
    assert room.state().waiting_since is not None


@pytest.mark.parametrize("why", ["cover", "stop", "other"])
def test_an_answer_that_may_not_be_hers_ends_its_waiting(room: Room, why: pending.Why) -> None:
    """P9: a person reads first; it does not leave with the next message of whoever it is either."""
    room.shut()
    room.store()
    room.answers(why)
    assert (room.sent(), room.last()) == ([], words.STOPPED[why])
    room.answers()
    assert room.sent() == []
    (found,) = room.held()
    assert (found.kind, found.entry.text) == ("stopped", TEXT)
    assert found.entry.id is not None
    held_texts.send_one(room.session, room.lucia, room.case.id, NOW, found.entry.id)
    assert (room.sent(), room.held()) == ([TEXT], [])


def test_after_a_week_it_waits_no_longer(room: Room) -> None:
    room.shut()
    room.store()
    late = NOW + pending.KEPT_FOR
    assert pending.due(room.session, room.lucia.key, late - timedelta(minutes=1)) == []
    assert pending.due(room.session, room.lucia.key, late) == [room.case.id]
    assert not pending.send_due(room.session, room.lucia.key, room.case.id, late)
    assert (room.sent(), room.state().pending, room.last()) == ([], None, words.STOPPED["over"])


def test_a_late_answer_before_the_clock_looked(room: Room) -> None:
    room.shut()
    room.store()
    room.answers(now=NOW + pending.KEPT_FOR)
    assert (room.sent(), room.last()) == ([], words.STOPPED["over"])


@pytest.mark.parametrize(
    ("prepare", "given", "said"),
    [
        (Room.shut, ("a" * 1001, None), words.TOO_LONG),
        (Room.shut, ("🌻" * 400, None), words.TOO_LONG),
        (lambda _room: None, (TEXT, None), words.WRITE_INSTEAD),
        (lambda room: room.private(cover=True), (TEXT, None), words.UNDER_COVER),
        (lambda room: room.private(cover=True), (TEXT, HOUR), words.UNDER_COVER),
        (lambda _room: None, (TEXT, NOW), words.NO_SUCH_HOUR),
        (lambda _room: None, (TEXT, NOW - timedelta(minutes=1)), words.NO_SUCH_HOUR),
        (lambda _room: None, (TEXT, NOW + timedelta(days=7, minutes=1)), words.NO_SUCH_HOUR),
    ],
)  # fmt: skip
def test_what_can_not_wait(
    room: Room, prepare: Callable[[Room], object], given: tuple[str, datetime | None], said: str
) -> None:
    """It says why, and nothing waits."""
    prepare(room)
    with pytest.raises(DeskError) as error:
        room.store(*given)
    assert str(error.value) == said
    assert room.state().pending is None


def test_her_own_hours_are_asked_about_and_the_night_is_not(room: Room) -> None:
    """An hour that she did not set needs a yes; what the two agreed is no reminder, which nights forbid."""
    at_night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 22:00 there
    quiet = QuietHours(time(20), time(9))
    room = room._replace(settings=replace(room.settings, quiet_hours=quiet))
    room.store(at=at_night)
    room.private(contact_from="10:00", contact_until="14:00")
    with pytest.raises(OutsideHerHoursError):
        room.store(at=at_night)
    room.store(at=at_night, agreed=True)
    room.store(at=NOW + timedelta(hours=1))
    room.private(contact_from=None, contact_until=None, contact_days=[3])
    with pytest.raises(OutsideHerHoursError):
        room.store(at=NOW + timedelta(hours=1))


def test_a_new_one_takes_the_place_of_the_old(room: Room) -> None:
    """One waits a case: the one before is shown no more, and never leaves."""
    room.shut()
    room.store("uno")
    room.store("dos")
    assert [one.entry.text for one in room.held()] == ["dos"]
    room.answers()
    assert room.sent() == ["dos"]


def test_the_same_form_stores_once(room: Room) -> None:
    room.shut()
    form = uuid.uuid4()
    for _ in range(2):
        pending.store(room.session, room.lucia, room.case.id, NOW, TEXT, room.settings, entry_id=form)
    assert len(room.held()) == 1
    held_texts.discard(room.session, room.lucia, room.case.id, NOW, form)
    pending.store(room.session, room.lucia, room.case.id, NOW, TEXT, room.settings, entry_id=form)
    assert room.state().pending is None


def test_thrown_away_is_gone(room: Room) -> None:
    room.shut()
    room.store()
    (found,) = room.held()
    assert found.entry.id is not None
    held_texts.discard(room.session, room.lucia, room.case.id, NOW, found.entry.id)
    room.answers()
    assert (room.sent(), room.held()) == ([], [])
    for step in (held_texts.discard, held_texts.send_one):
        with pytest.raises(DeskError, match="ya se envió o se quitó"):
            step(room.session, room.lucia, room.case.id, NOW, found.entry.id)


def test_a_colleague_who_took_it_has_it(room: Room) -> None:
    """Taken over: the text stays, the new holder can throw it away, the one before can't."""
    room.shut()
    room.store()
    taking.take(room.session, room.marta, room.case.id, NOW, instead=True)
    (found,) = room.held()
    assert found.entry.id is not None
    with pytest.raises(NotYoursError):
        held_texts.discard(room.session, room.lucia, room.case.id, NOW, found.entry.id)
    held_texts.discard(room.session, room.marta, room.case.id, NOW, found.entry.id)
    assert room.state().pending is None


def test_it_outlives_a_hand_back_and_no_end(room: Room) -> None:
    """P7: handed back to the bot it still leaves when she answers; in a closed case nothing waits."""
    room.shut()
    room.store()
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    room.answers()
    assert room.sent() == [TEXT]
    room.shut()
    taking.take(room.session, room.lucia, room.case.id, NOW)
    room.store()
    closing.close(room.session, room.lucia, room.case.id, NOW)
    assert room.state().pending is None
    room.answers()
    assert room.sent() == [TEXT]


def test_she_closes_her_case(room: Room, key: PersonalKey) -> None:
    """P9: nobody writes to her by it any more, a stored text neither."""
    room.shut()
    room.store()
    closing.close_by_her(room.session, key, room.conversation, NOW)
    assert room.state().pending is None
    room.answers()
    assert room.sent() == []


def _clock(room: Room, now: datetime = HOUR) -> bool:
    due = pending.due(room.session, room.lucia.key, now)
    left = [pending.send_due(room.session, room.lucia.key, case_id, now) for case_id in due]
    return any(left)


def test_it_leaves_at_its_hour(room: Room) -> None:
    """Not before, and once; a job of the outbox delivers it, as any answer of hers."""
    room.store(at=HOUR)
    room.answers()
    assert not _clock(room, HOUR - timedelta(seconds=1))
    assert _clock(room)
    assert not _clock(room, HOUR + timedelta(seconds=5))
    assert (room.sent(), room.held(), room.state().pending) == ([TEXT], [], None)
    assert room.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE lock LIKE 'send:%'"))


def test_two_clocks_send_it_once(room: Room, sessions: sessionmaker[Session]) -> None:
    """P3: both find it due; one waits for the other, and finds it gone."""
    room.store(at=HOUR)
    room.session.commit()
    found: list[bool] = []

    def clock() -> None:
        with sessions.begin() as other:
            assert pending.due(other, room.lucia.key, HOUR)
            gate.wait()
            found.append(pending.send_due(other, room.lucia.key, room.case.id, HOUR))

    gate = threading.Barrier(2)
    clocks = [threading.Thread(target=clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(20)
    assert sorted(found) == [False, True]
    assert room.sent() == [TEXT]


def test_a_conversation_in_use_waits_for_the_next_tick(room: Room, sessions: sessionmaker[Session]) -> None:
    room.store(at=HOUR)
    room.session.commit()
    with sessions.begin() as turn:
        turn.get_one(Conversation, room.conversation.id, with_for_update=True)
        assert not _clock(room)
        room.session.commit()
    assert _clock(room)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda room: room.private(cover=True), "cover"),
        (lambda room: room.private(case_id=str(uuid.uuid4())), "closed"),
        (lambda room: setattr(room.conversation, "opted_out_at", NOW + timedelta(hours=1)), "stop"),
    ],
)
def test_what_stops_it_at_its_hour(room: Room, change: Callable[[Room], object], why: pending.Why) -> None:
    """P6, P9: hidden, closed, or no more messages wanted since: it does not leave, and a person is told."""
    room.store(at=HOUR)
    change(room)
    room.session.flush()
    assert not _clock(room)
    assert (room.sent(), room.state().pending, room.last()) == ([], None, words.STOPPED[why])
    assert room.held()[0].kind == "stopped"


def test_who_wanted_no_messages_before_gets_what_she_agreed(room: Room) -> None:
    """P6: she left the reminders, then agreed on an hour with a person: that costs her nothing."""
    room.conversation.opted_out_at = NOW - timedelta(days=3)
    room.store(at=HOUR)
    assert _clock(room)


def test_nobody_holds_it_at_its_hour(room: Room) -> None:
    """P8: it waits until somebody has the conversation, a quarter of an hour at most, and then says so."""
    room.store(at=HOUR)
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    assert not _clock(room)
    assert room.state().pending is not None
    taking.take(room.session, room.marta, room.case.id, HOUR)
    assert _clock(room, HOUR + timedelta(minutes=5))


def test_too_late_is_not_sent(room: Room) -> None:
    """P3: missed by more than a quarter of an hour it is shown, never sent; the case waits for a person."""
    room.store(at=HOUR)
    assert not _clock(room, HOUR + pending.LATEST + timedelta(seconds=1))
    assert (room.sent(), room.last()) == ([], words.STOPPED["late"])
    assert room.state().waiting_since is not None


def test_too_late_with_nobody_there(room: Room) -> None:
    room.store(at=HOUR)
    taking.hand_back(room.session, room.lucia, room.case.id, NOW)
    assert not _clock(room, HOUR + pending.LATEST)
    assert room.last() == words.STOPPED["nobody"]


def test_the_window_is_shut_at_its_hour(room: Room) -> None:
    """It can't leave then: it waits for her answer, which is said."""
    hour = NOW + timedelta(hours=25)
    room.store(at=hour)
    assert not _clock(room, hour)
    assert room.last() == words.WAITS_FOR_HER
    assert [one.kind for one in room.held()] == ["answer"]
    room.answers(now=hour)
    assert room.sent() == [TEXT]


def test_her_data_are_gone_at_its_hour(room: Room) -> None:
    room.store(at=HOUR)
    room.session.delete(room.conversation)
    room.session.flush()
    assert not _clock(room)
    assert (room.state().pending, room.last()) == (None, words.STOPPED["gone"])


def test_no_length_tells_that_a_text_waits(room: Room) -> None:
    """P4: the row of the case is as long with a text as without."""
    room.shut()
    before = len(room.case.state_cipher)
    room.store("á" * 600)
    room.session.refresh(room.case)
    assert len(room.case.state_cipher) == before


def test_one_of_several_that_cover_held_back(room: Room) -> None:
    """Each is sent or thrown away by itself, and what is left goes together."""
    room.private(cover=True)
    for text_of in ("uno", "dos", "tres"):
        answering.reply(room.session, room.lucia, room.case.id, NOW, text_of)
    ids = {one.entry.text: one.entry.id for one in room.held()}
    assert {one.kind for one in room.held()} == {"cover"}
    first, second = ids["uno"], ids["dos"]
    assert first is not None
    assert second is not None
    with pytest.raises(DeskError, match="modo oculto"):
        held_texts.send_one(room.session, room.lucia, room.case.id, NOW, first)
    held_texts.discard(room.session, room.lucia, room.case.id, NOW, first)
    room.private(cover=False)
    held_texts.send_one(room.session, room.lucia, room.case.id, NOW, second)
    assert hidden.send_held_back(room.session, room.lucia, room.case.id, NOW) == 1
    assert (room.sent(), room.held()) == (["dos", "tres"], [])


def test_a_colleagues_text_leaves_in_her_name(room: Room) -> None:
    """Whoever sends it, the thread says whose words they are and who sent them."""
    room.private(cover=True)
    answering.reply(room.session, room.lucia, room.case.id, NOW, "uno")
    room.private(cover=False)
    taking.take(room.session, room.marta, room.case.id, NOW, instead=True)
    (found,) = room.held()
    assert found.entry.id is not None
    held_texts.send_one(room.session, room.marta, room.case.id, NOW, found.entry.id)
    event, line = lines_of(room.session, room.marta, room.case)[-2:]
    assert event.text == words.sent_singly("Marta")
    assert line.extra["staff"] == "Lucia"
