"""Certificates and cards in her chat: to who may be written to, at once or when she answers, and once."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import select
from test_completion import attends, rule
from test_consent import apply

from models import (
    Certificate,
    Conversation,
    Enrolment,
    OutboxKind,
    OutboxMessage,
    OutgoingFile,
    TemplateState,
    Turn,
    TurnState,
    Woman,
    Workshop,
)
from outreach.messages import (
    conversation_state,
    gate_facts,
    may_send,
    outbox,
    outgoing_files,
    templates,
    templates_own,
)
from outreach.messages.conversation_state import Paper
from outreach.messages.may_send import Verdict
from outreach.messages.reveal import revealing_words
from outreach.people import consent, preferences
from outreach.programme import certificates, completion, enrolment, papers
from outreach.programme.papers import PaperError
from outreach.sealing import handed_out
from outreach.single_list import erasure
from outreach.texts import completion as texts
from outreach.turns.effects import AnswerQuestion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Graduation
    from outreach.ground.settings import Settings
    from outreach.messages.outbox import Content
    from outreach.sealing.crypto import PersonalKey

LATER = NOW + timedelta(days=2)


class Chat:
    """A woman who graduated and has a seat, her conversation, and what goes to it."""

    def __init__(self, db: Session, key: PersonalKey, settings: Settings) -> None:
        self.db, self.key, self.settings = db, key, settings
        templates_own.ensure(db)
        form = templates.by_name(db, templates.INVITATION)
        assert form is not None
        form.content_sid, form.state = "HX1", TemplateState.APPROVED
        group, _ = add_group(db)
        self.woman, self.talk = add_woman(db, key)
        seat = enrolment.enrol(db, self.woman, group.id)
        assert seat is not None
        self.seat: Enrolment = seat
        attends(db, group, self.woman)
        made = completion.graduate(db, self.woman.id, rule(db, group, 1), date(2026, 11, 23), by=None)
        self.graduation: Graduation = made
        db.flush()

    def paper(self, kind: str = papers.CERTIFICATE) -> Paper:
        """Return the paper of her graduation, or of her seat."""
        ref = self.graduation.id if kind == papers.CERTIFICATE else self.seat.id
        return Paper(kind, str(ref), "https://consola.example/q/x" if kind == papers.CARD else "")

    def send(self, kind: str = papers.CERTIFICATE, now: datetime = NOW) -> None:
        """Send it as a coordinator does."""
        papers.send(self.db, self.key, self.settings, self.woman.id, self.paper(kind), now)

    def out(self) -> list[tuple[OutboxMessage, Content]]:
        """Return what goes to her, in order."""
        rows = self.db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [(row, outbox.read_content(self.key, row)) for row in rows]

    def writes(self, now: datetime = LATER, *, asked: bool = False) -> list[tuple[OutboxMessage, Content]]:
        """Let her write, and her turn end; return what leaves with it."""
        before = {row.id for row, _ in self.out()}
        self.talk.last_inbound_at = now
        turn = Turn(conversation_id=self.talk.id)
        self.db.add(turn)
        self.db.flush()
        state = conversation_state.read(self.key, self.talk)
        made = papers.asked_for(self.db, self.key, self.settings, self.woman.id, state, NOW) if asked else []
        papers.leave_with_turn(
            self.db,
            self.key,
            self.settings,
            self.talk,
            state,
            made,
            turn.id,
            now,
        )
        conversation_state.write(self.key, self.talk, state)
        turn.state = TurnState.ANSWERED
        self.db.flush()
        return [(row, content) for row, content in self.out() if row.id not in before]


@pytest.fixture
def chat(session: Session, key: PersonalKey, settings: Settings) -> Chat:
    return Chat(session, key, settings)


@pytest.mark.parametrize(
    ("kind", "name", "begins"),
    [(papers.CERTIFICATE, "documento.pdf", b"%PDF"), (papers.CARD, "imagen.png", b"\x89PNG")],
)
def test_it_leaves_at_once_while_she_may_be_answered(chat: Chat, kind: str, name: str, begins: bytes) -> None:
    """As a file under the name of every file, with a line that tells nothing; a second click is none."""
    chat.send(kind)
    chat.send(kind, NOW + timedelta(minutes=5))
    ((row, content),) = chat.out()
    assert (row.kind, content.file_name) == (OutboxKind.NOTICE, name)
    assert not revealing_words(content.body)
    file = chat.db.scalars(select(OutgoingFile)).one()
    opened = handed_out.unlock(content.file_token or "", file.content_locked)
    assert opened is not None
    assert opened.content.startswith(begins)
    facts = gate_facts.load(chat.db, chat.key, chat.settings, [(row, content)])[row.id]
    assert may_send.decide(chat.settings, row, content, facts, NOW).verdict is Verdict.SEND_TEXT
    assert chat.writes(NOW + timedelta(minutes=6)) == []


def test_after_the_window_it_waits_for_her_answer(chat: Chat) -> None:
    """The neutral notice goes once for all that waits; each leaves once with what she answers."""
    chat.send(now=LATER)
    chat.send(papers.CARD, now=LATER)
    ((_, content),) = chat.out()
    assert content.file_token is None
    assert not revealing_words(content.body)
    assert "constancia" not in content.body
    left = chat.writes(LATER + timedelta(hours=3))
    assert [(row.kind, content.file_name) for row, content in left] == [
        (OutboxKind.REPLY, "documento.pdf"),
        (OutboxKind.REPLY, "imagen.png"),
    ]
    assert chat.writes(LATER + timedelta(hours=4)) == []


def test_outside_her_hours_it_waits_too(chat: Chat) -> None:
    """At an hour that is not hers it does not leave, though she wrote today, and is not lost."""
    state = conversation_state.read(chat.key, chat.talk)
    state.contact_from, state.contact_until = "09:00", "18:00"
    conversation_state.write(chat.key, chat.talk, state)
    night = NOW + timedelta(hours=10)
    chat.send(now=night)
    assert [content.file_token for _, content in chat.out()] == [None]
    assert len(chat.writes(night + timedelta(hours=12))) == 1


@pytest.mark.parametrize("why", ["opted_out", "no_consent", "no_number", "opposed"])
def test_who_may_not_be_written_to_gets_none(chat: Chat, why: str) -> None:
    """The coordinator is told, and gives it to her in person."""
    if why == "opted_out":
        preferences.opt_out(chat.db, chat.talk, NOW)
    elif why == "opposed":
        preferences.oppose(chat.db, chat.woman, NOW)
    elif why == "no_number":
        chat.talk.woman_id = None
    else:
        consent.record(chat.db, chat.talk.id, consent.PRIVACY, given=False, message_sid="SM9")
    chat.db.flush()
    with pytest.raises(PaperError, match=texts.NOT_REACHED["opted_out" if why == "opposed" else why][:20]):
        chat.send()
    assert chat.out() == []


@pytest.mark.parametrize("then", ["left", "undone", "late", "hides"])
def test_what_no_longer_holds_does_not_leave(chat: Chat, then: str) -> None:
    """She said no, the graduation was taken back, or a week has gone; where she hides it waits."""
    chat.send(now=LATER)
    when = LATER + timedelta(hours=1)
    if then == "left":
        preferences.opt_out(chat.db, chat.talk, when)
    elif then == "undone":
        completion.undo(chat.db, chat.graduation, by=None, now=when)
    elif then == "late":
        when = LATER + papers.KEPT_FOR + timedelta(hours=1)
    else:
        state = conversation_state.read(chat.key, chat.talk)
        state.cover = True
        conversation_state.write(chat.key, chat.talk, state)
    assert chat.writes(when) == []
    waits = conversation_state.read(chat.key, chat.talk).papers
    assert bool(waits) is (then in {"left", "hides"})


def test_without_an_approved_notice_nothing_waits(chat: Chat) -> None:
    """What could never be announced is refused while somebody is there to be told."""
    form = templates.by_name(chat.db, templates.INVITATION)
    assert form is not None
    form.state = TemplateState.PENDING
    with pytest.raises(PaperError, match=texts.NO_NOTICE[:20]):
        chat.send(now=LATER)


@pytest.mark.parametrize("how", ["sent", "waits", "asked"])
def test_a_paper_that_reveals_never_reaches_her_phone(chat: Chat, *, how: str) -> None:
    """P5: a workshop whose name is from before names were checked; it is given to her in person."""
    if how == "waits":
        chat.send(now=LATER)
    chat.db.get_one(Workshop, chat.graduation.workshop_id).name = "Taller para víctimas de violencia"
    issued = select(Certificate).where(Certificate.graduation_id == chat.graduation.id)
    for one in chat.db.scalars(issued):
        certificates.revoke(chat.db, one, NOW)
    chat.db.flush()
    if how == "sent":
        with pytest.raises(PaperError, match=texts.TELLS[:20]):
            chat.send()
        assert chat.out() == []
    else:
        assert chat.writes(LATER + timedelta(hours=1), asked=how == "asked") == []


def test_it_goes_with_her_erasure(chat: Chat) -> None:
    """What waits for her answer is nowhere any more, and the file of what was leaving is deleted."""
    chat.send()
    chat.send(papers.CARD, now=LATER)
    erasure.erase_woman(chat.db, chat.key, chat.settings, chat.woman, LATER)
    assert conversation_state.read(chat.key, chat.talk).papers == []
    outgoing_files.tidy(chat.db, chat.key, LATER)
    assert chat.db.scalars(select(OutgoingFile)).all() == []


def test_she_asks_for_her_certificate(chat: Chat) -> None:
    """It comes with the answer, after BAJA too; whose was taken back, and who has none, reads the answer."""
    preferences.opt_out(chat.db, chat.talk, NOW)
    (_, content), *more = chat.writes(asked=True)
    assert content.file_name == "documento.pdf"
    assert more == []
    certificate = certificates.issue(chat.db, chat.key, chat.graduation, by=None, now=NOW)
    certificates.revoke(chat.db, certificate, NOW)
    assert chat.writes(asked=True) == []
    asked = apply(chat.db, chat.key, chat.settings, chat.talk, AnswerQuestion(topic="certificate"))
    assert asked


def test_the_answer_is_the_file_itself(chat: Chat) -> None:
    """Nothing is said beside it that would promise more."""
    said = apply(chat.db, chat.key, chat.settings, chat.talk, AnswerQuestion(topic="certificate"))
    assert said == ""
    other, talk = add_woman(chat.db, chat.key, 2)
    assert other.id != chat.woman.id
    assert apply(chat.db, chat.key, chat.settings, talk, AnswerQuestion(topic="certificate"))


def test_a_case_changes_nothing(chat: Chat) -> None:
    """P4: what a coordinator is told of a woman with a case is what she is told of any."""
    state = conversation_state.read(chat.key, chat.talk)
    state.case_id, state.held = str(uuid.uuid4()), True
    conversation_state.write(chat.key, chat.talk, state)
    chat.send()
    chat.send(papers.CARD, now=LATER)
    assert [content.file_name for _, content in chat.out()] == ["documento.pdf", None]
    assert chat.db.get(Conversation, chat.talk.id) is not None
    assert chat.db.get(Woman, chat.woman.id) is not None
