"""Certificates and cards that go to her chat: at once while free text may leave, else when she answers.

They leave as the desk's files do, under the same names. Only who may be written to first gets one, and what
whoever asked for it is told is the same whether it left or waits: when she last wrote is nobody's to know.
What waits stands in the conversation's private state, and goes with it in an erasure.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import literal, select

from models import Certificate, Conversation, Enrolment, EnrolmentState, Graduation, Group, OutboxKind, Woman
from outreach.ground import programme_rules
from outreach.messages import conversation_state, may_send, outbox, outgoing_files, reveal, templates
from outreach.messages.conversation_state import Paper
from outreach.messages.outbox import Content
from outreach.people import conversations, registry
from outreach.programme import certificates, printing
from outreach.programme.completion import CompletionError
from outreach.programme.printing import PrintError
from outreach.sealing import handed_out
from outreach.sealing.handed_out import HandedOut
from outreach.texts import completion as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import OutboxMessage
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

CERTIFICATE, CARD = "certificate", "card"
KEPT_FOR: Final = timedelta(days=7)
"""How long a paper waits for her answer, as a caseworker's text does."""
ONCE_IN: Final = timedelta(minutes=10)
"""A second click within this time sends nothing."""
NOTICE_FOR: Final = timedelta(days=1)
MOST_WAITING: Final = 3
PDF, PICTURE = "documento.pdf", "imagen.png"
"""What her phone calls them: the names under which every file of ours leaves (promise P5)."""


class PaperError(ValueError):
    """It can't go to her chat; the message says why, for the coordinator."""


@dataclass(frozen=True)
class Made:
    """A paper ready to leave, and the line that stands beside it."""

    file: HandedOut
    text: str


def send(
    session: Session, key: PersonalKey, settings: Settings, woman_id: uuid.UUID, paper: Paper, now: datetime
) -> None:
    """Send her a paper, or let it wait for her answer to the neutral notice.

    Raises:
        PaperError: she is not written to first, no notice is approved, or it could not be made.
    """
    conversation = _reached(session, woman_id, paper)
    state = conversation_state.read(key, conversation)
    state.papers = [one for one in state.papers if datetime.fromisoformat(one.until) > now]
    if any((one.kind, one.ref) == (paper.kind, paper.ref) for one in state.papers):
        return  # a second click: it left just now, or waits already
    made = _made_for(session, key, settings, paper, now)
    rules = programme_rules.rules_for(session, settings, conversation.programme_id)
    free = may_send.window_open(conversation, now) and may_send.next_allowed(now, rules, state) <= now
    if free and conversation.last_inbound_at is not None:
        ends = conversation.last_inbound_at + may_send.WINDOW
        _enqueue(session, key, conversation.id, made, OutboxKind.NOTICE, expires_at=ends)
        paper.sent, paper.until = True, (now + ONCE_IN).isoformat()
    else:
        if not any(not one.sent for one in state.papers):
            _invite(session, key, conversation, now)
        paper.until = (now + KEPT_FOR).isoformat()
    state.papers = [*state.papers, paper][-MOST_WAITING:]
    conversation_state.write(key, conversation, state)
    session.flush()


def _reached(session: Session, woman_id: uuid.UUID, paper: Paper) -> Conversation:
    """Return the conversation in which she is written to first, locked as a turn locks it."""
    programme_id = _programme_of(session, paper)
    reach = conversations.reaches(session, [woman_id], programme_id)[woman_id]
    if reach.reason is not None or reach.conversation_id is None:
        raise PaperError(texts.NOT_REACHED[reach.reason or conversations.NO_NUMBER])
    woman = select(Woman.id).where(Woman.id == woman_id)
    if not session.scalar(woman.where(conversations.agreed(literal(woman_id)))):
        raise PaperError(texts.NOT_REACHED[conversations.NO_CONSENT])
    return session.get_one(Conversation, reach.conversation_id, with_for_update=True, populate_existing=True)


def _programme_of(session: Session, paper: Paper) -> uuid.UUID | None:
    ref = uuid.UUID(paper.ref)
    if paper.kind == CERTIFICATE:
        return session.scalar(select(Graduation.programme_id).where(Graduation.id == ref))
    group = session.scalar(
        select(Group).join(Enrolment, Enrolment.group_id == Group.id).where(Enrolment.id == ref)
    )
    return group.workshop.programme_id if group is not None else None


def _made_for(session: Session, key: PersonalKey, settings: Settings, paper: Paper, now: datetime) -> Made:
    try:
        return make(session, key, settings, paper, now)
    except (CompletionError, PrintError) as error:
        raise PaperError(str(error)) from None


def make(session: Session, key: PersonalKey, settings: Settings, paper: Paper, now: datetime) -> Made:
    """Return a paper as a file; a certificate is issued where there is none.

    Raises:
        CompletionError: what it says of her holds no longer.
        PrintError: it could not be typeset.
    """
    ref = uuid.UUID(paper.ref)
    if paper.kind == CERTIFICATE:
        graduation = session.get(Graduation, ref)
        if graduation is None:
            raise CompletionError(texts.TAKEN_BACK)
        row = certificates.issue(session, key, graduation, by=None, now=now)
        content = certificates.read(key, row)
        if reveal.revealing_words(f"{content.workshop} {content.programme}"):
            # A name from before names were checked: it would stay on her phone (promise P5).
            raise CompletionError(texts.TELLS)
        pdf = certificates.pdf(content, settings.public_url)
        file = HandedOut(pdf, "application/pdf", PDF)
        return Made(file, texts.HERE_CERTIFICATE.format(workshop=content.workshop))
    seat = session.get(Enrolment, ref)
    if seat is None or seat.state is not EnrolmentState.ENROLLED:
        raise CompletionError(texts.NO_SEAT)
    details = registry.read_details(key, session.get_one(Woman, seat.woman_id))
    name = (details.full_name or details.preferred_name).split() or [""]
    data = {"title": texts.CARDS_TITLE, "name": name[0], "qr": printing.qr_svg(paper.address),
            "about": texts.CARD_ABOUT, "alt": texts.CARD_ALT}  # fmt: skip
    return Made(HandedOut(printing.picture("card", data), "image/png", PICTURE), texts.HERE_CARD)


def _enqueue(
    session: Session, key: PersonalKey, conversation_id: uuid.UUID, made: Made, kind: OutboxKind, *,
    expires_at: datetime | None = None, turn_id: uuid.UUID | None = None,
) -> OutboxMessage:  # fmt: skip
    locked = handed_out.lock(made.file)
    content = Content(made.text, file_token=locked.token, file_name=made.file.name)
    row = outbox.enqueue(
        session, key, conversation_id, kind, content, expires_at=expires_at, turn_id=turn_id,
        job=turn_id is None,
    )  # fmt: skip
    outgoing_files.add(session, key, locked, row.id)
    return row


def _invite(session: Session, key: PersonalKey, conversation: Conversation, now: datetime) -> None:
    form = templates.of_programme(session, templates.INVITATION, conversation.programme_id)
    if form is None or not templates.is_approved(form):
        raise PaperError(texts.NO_NOTICE)
    outbox.enqueue(
        session, key, conversation.id, OutboxKind.NOTICE, Content(form.body),
        template_id=form.id, expires_at=now + NOTICE_FOR,
    )  # fmt: skip


def leave_with_turn(
    session: Session, key: PersonalKey, settings: Settings, conversation: Conversation, state: PrivateState,
    asked: list[Made], turn_id: uuid.UUID, now: datetime,
) -> None:  # fmt: skip
    """Let what she asked for leave with her turn, and what waits for her answer; the rest waits on.

    The caller has locked the conversation and writes `state` back; its job delivers what is queued here.
    Where she hides, or left the messages, what staff asked for waits until its time is over.
    """
    for made in asked:
        _enqueue(session, key, conversation.id, made, OutboxKind.REPLY, turn_id=turn_id)
    if not state.papers or conversation.opted_out_at is not None or state.cover:
        return
    left = []
    for paper in state.papers:
        over = datetime.fromisoformat(paper.until) <= now
        if not over and not paper.sent:
            over = _leave(session, key, settings, conversation, paper, turn_id, now)
        if not over:
            left.append(paper)
    state.papers = left


def _leave(
    session: Session, key: PersonalKey, settings: Settings, conversation: Conversation, paper: Paper,
    turn_id: uuid.UUID, now: datetime,
) -> bool:  # fmt: skip
    """Send one paper; say whether it waits no longer."""
    try:
        made = make(session, key, settings, paper, now)
    except PrintError:
        return False
    except CompletionError:
        return True
    _enqueue(session, key, conversation.id, made, OutboxKind.REPLY, turn_id=turn_id)
    return True


def asked_for(
    session: Session, key: PersonalKey, settings: Settings, woman_id: uuid.UUID, state: PrivateState,
    now: datetime,
) -> list[Made]:  # fmt: skip
    """Return the certificates that she asks for, one a graduation, the newest first; none that can't be made.

    One that waits for her answer waits no longer.
    """
    rows = session.scalars(
        select(Graduation.id)
        .outerjoin(Certificate, Certificate.graduation_id == Graduation.id)
        .where(Graduation.woman_id == woman_id, Graduation.undone_at.is_(None))
        # What was printed and then revoked is a person's to print again.
        .where(Certificate.revoked_at.is_(None))
        .order_by(Graduation.day.desc(), Graduation.id)
        .limit(MOST_WAITING)
    ).all()
    found = []
    for one in rows:
        try:
            found.append(make(session, key, settings, Paper(CERTIFICATE, str(one)), now))
        except (CompletionError, PrintError):
            continue
        state.papers = [each for each in state.papers if each.ref != str(one)]
    return found
