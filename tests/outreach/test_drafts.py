"""What a caseworker has typed and not sent: kept sealed, given back to her alone, gone when it is sent."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from desk_support import case_of, talk, worker_of
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey
from sqlalchemy import func, select

from models import AuditEvent, Case, SealedDraft
from outreach.casework import answering, cases, drafts, notes, taking
from outreach.casework.opened import DeskError
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from models import Conversation
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WORDS = "¿Puedes hablar a las 5? Te marco yo"


class Room(NamedTuple):
    """A conversation that a caseworker holds, and a colleague."""

    session: Session
    lucia: Caseworker
    marta: Caseworker
    case: Case
    conversation: Conversation

    def keep(self, text: str, box: str = drafts.REPLY, form_id: uuid.UUID | None = None) -> None:
        """Keep what stands in a box of Lucia's."""
        drafts.keep(self.session, self.case.id, self.lucia.staff.id, box, text, form_id=form_id)

    def drafts(self, worker: Caseworker | None = None) -> dict[str, str]:
        """Return what her page gives back, in the conversation or before it where a colleague has it."""
        return drafts.own(self.session, worker or self.lucia, self.case.id)


@pytest.fixture
def room(session: Session, key: PersonalKey) -> Room:
    recovery = vault.make_team(session, "Atención")
    lucia, marta = (worker_of(session, key, recovery, name, NOW) for name in ("lucia", "marta"))
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    taking.take(session, lucia, case.id, NOW)
    session.commit()
    return Room(session, lucia, marta, case, conversation)


def test_it_comes_back_to_her_alone(room: Room) -> None:
    """P4: her own boxes hold what she typed last; a colleague who opens the case is shown none of it."""
    for text in ("¿Pue", "¿Puedes hab", WORDS):
        room.keep(text)
    room.keep("vive con su suegra", drafts.NOTE)
    assert room.drafts() == {"reply": WORDS, "note": "vive con su suegra"}
    assert room.drafts(room.marta) == {}
    assert room.session.scalar(select(func.count()).select_from(SealedDraft)) == 2


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_emptied_box_keeps_nothing(room: Room, text: str) -> None:
    room.keep(WORDS)
    room.keep(text)
    assert room.drafts() == {}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=drafts.LONGEST))
def test_every_draft_has_one_length(text: str) -> None:
    """P4: whatever stands in a box, its row is as long as any other."""
    pair = PrivateKey.generate()
    plain = text.replace("\x00", "")
    blob = vault.seal(bytes(pair.public_key), {"text": plain}, bucket=drafts.LENGTH)
    assert len(blob) == drafts.LENGTH + 48 or any(ord(letter) < 32 for letter in plain)


def test_the_longest_fits(room: Room) -> None:
    """As many letters as a box takes, of four bytes each, and lines; more is refused, not cut."""
    for text in ("🌻" * drafts.LONGEST, "\n" * (drafts.LONGEST - 1) + "a", '"' * drafts.LONGEST, "a"):
        room.keep(text)
        assert room.drafts() == {"reply": text}
        sealed = room.session.scalars(select(SealedDraft.content_sealed)).one()
        assert len(sealed) == drafts.LENGTH + 48
    with pytest.raises(ValueError, match="more than"):
        room.keep("a" * (drafts.LONGEST + 1))
    with pytest.raises(ValueError, match="no such box"):
        room.keep("a", "reason")


def test_sending_takes_its_own_draft_away(room: Room) -> None:
    """With the send: the answer's draft goes, the unfinished note stays; and the other way round."""
    room.keep(WORDS)
    room.keep("a medias", drafts.NOTE)
    answering.reply(room.session, room.lucia, room.case.id, NOW, WORDS)
    assert room.drafts() == {"note": "a medias"}
    room.keep("otra cosa")
    notes.note(room.session, room.lucia, room.case.id, NOW, "a medias, acabada")
    assert room.drafts() == {"reply": "otra cosa"}


def test_what_was_refused_is_still_there(room: Room) -> None:
    """A send that can't be: the draft is what it was."""
    room.keep(WORDS)
    room.session.commit()
    late = NOW + timedelta(days=2)
    with pytest.raises(DeskError):
        answering.reply(room.session, room.lucia, room.case.id, late, WORDS)
    room.session.rollback()
    assert room.drafts() == {"reply": WORDS}
    taking.take_over(
        room.session, room.marta, room.case.id, NOW, "termina mi turno", holder=room.lucia.staff.id
    )
    assert room.drafts() == {"reply": WORDS}


@pytest.mark.parametrize("box", drafts.BOXES)
def test_a_draft_that_comes_after_its_form(room: Room, box: str) -> None:
    """The page's last draft overtaken by its form brings nothing back; that of the next form is kept."""
    form = uuid.uuid4()
    step = answering.reply if box == drafts.REPLY else notes.note
    step(room.session, room.lucia, room.case.id, NOW, WORDS, entry_id=form)
    room.keep(WORDS, box, form)
    assert room.drafts() == {}
    room.keep("y otra cosa", box, uuid.uuid4())
    assert room.drafts() == {box: "y otra cosa"}


def test_a_draft_waits_for_the_step_that_sends_it(room: Room, sessions: sessionmaker[Session]) -> None:
    """Both at once: whoever comes first, nothing of what was sent stands in the box again."""
    form = uuid.uuid4()
    answering.reply(room.session, room.lucia, room.case.id, NOW, WORDS, entry_id=form)

    def typed() -> None:
        with sessions.begin() as other:
            drafts.keep(other, room.case.id, room.lucia.staff.id, drafts.REPLY, WORDS, form_id=form)

    typing = threading.Thread(target=typed)
    typing.start()
    typing.join(0.3)
    assert typing.is_alive()
    room.session.commit()
    typing.join(10)
    assert not typing.is_alive()
    assert room.drafts() == {}


def test_typing_is_no_step(room: Room) -> None:
    """Each letter leaves no event, and does not change the case, which would ring at every desk."""
    before = room.session.scalar(select(func.count()).select_from(AuditEvent))
    state = room.case.state_cipher
    room.keep(WORDS)
    room.session.commit()
    room.session.refresh(room.case)
    assert room.session.scalar(select(func.count()).select_from(AuditEvent)) == before
    assert room.case.state_cipher == state


def test_a_case_that_is_gone(room: Room) -> None:
    """A draft of a case that is deleted goes with it, and one for it that comes later is dropped."""
    room.keep(WORDS)
    room.session.commit()
    case_id = room.case.id
    room.session.delete(room.case)
    room.session.flush()
    assert room.session.scalar(select(func.count()).select_from(SealedDraft)) == 0
    drafts.keep(room.session, case_id, room.lucia.staff.id, drafts.REPLY, WORDS)
    assert room.session.scalar(select(func.count()).select_from(SealedDraft)) == 0


def test_it_stays_where_she_hides_and_comes_back(room: Room, key: PersonalKey) -> None:
    """A step of somebody else, or a word of hers, touches no draft."""
    room.keep(WORDS)
    cases.woman_wrote(room.session, key, room.case.id, "ya llegó", NOW)
    assert room.drafts() == {"reply": WORDS}
