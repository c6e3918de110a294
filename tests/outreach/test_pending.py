"""A text that leaves without its caseworker: once, at its moment, and never where it could do harm."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_support import close_case
from pending_support import HOUR, NOW, TEXT, Room, make_room
from sqlalchemy import select, text

from models import OutboxMessage
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
from outreach.casework.answering import RevealsError
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.pending import OutsideHerHoursError
from outreach.ground.settings import QuietHours
from outreach.messages import outbox
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def room(session: Session, key: PersonalKey, settings: Settings) -> Room:
    return make_room(session, key, settings)


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
    taking.take_over(
        room.session, room.marta, room.case.id, NOW, "termina mi turno", holder=room.lucia.staff.id
    )
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
    close_case(room.session, room.lucia, room.case, NOW)
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


def test_a_text_waits_in_sight_however_long_the_thread_is(room: Room) -> None:
    """P8: where its line stands before those that a page shows, it is still shown and thrown away."""
    room.shut()
    room.store()
    (found,) = held_texts.on_the_page([], room.state())
    assert (found.kind, found.entry.text) == ("answer", TEXT)
    assert found.entry.id is not None
    held_texts.discard(room.session, room.lucia, room.case.id, NOW, found.entry.id)
    assert held_texts.on_the_page([], room.state()) == []


def test_words_that_may_give_her_away_are_asked_about_once(room: Room) -> None:
    """P5: by the step itself; where nobody was to be warned, and under cover, where nothing leaves, not."""
    risky = "Ve a la policía, por la denuncia"

    def reply(warned: set[str] | None) -> None:
        answering.reply(room.session, room.lucia, room.case.id, NOW, risky, warned=warned)

    for warned in (set[str](), {"policia"}, {""}):
        with pytest.raises(RevealsError):
            reply(warned)
    reply({"policia", "denunci"})
    reply(None)
    assert room.sent() == [risky, risky]
    room.shut()
    with pytest.raises(RevealsError):
        pending.store(room.session, room.lucia, room.case.id, NOW, risky, room.settings, warned=set[str]())
    room.private(cover=True)
    reply(set())
    assert [one.kind for one in room.held()] == ["cover"]


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
    taking.take_over(
        room.session, room.marta, room.case.id, NOW, "termina mi turno", holder=room.lucia.staff.id
    )
    (found,) = room.held()
    assert found.entry.id is not None
    held_texts.send_one(room.session, room.marta, room.case.id, NOW, found.entry.id)
    event, line = lines_of(room.session, room.marta, room.case)[-2:]
    assert event.text == words.sent_singly("Marta")
    assert line.extra["staff"] == "Lucia"
