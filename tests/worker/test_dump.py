"""A stolen dump does not tell who has a case (P4): no row, count, time, size or job, whatever is joined."""

from __future__ import annotations

import random
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, time, timedelta
from typing import TYPE_CHECKING, Any

import dumps
import pytest
from sqlalchemy import select, text
from standins import Raw, accepted, receipt, serving
from support import ACCOUNT

from models import (
    Case,
    Conversation,
    InboundMessage,
    OutboxMessage,
    OutboxState,
    Role,
    Staff,
    Template,
    TemplateState,
    utcnow,
)
from outreach.casework import answering, notes, reading, sending_files, taking, undelivered
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, inbox, outbox, redaction, unlinking
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.start import seed
from worker import media, steps, ticks, upkeep
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

pytestmark = pytest.mark.xdist_group("dump")  # all tests look at one dump
EACH = 20
"""Women with a case, and as many without."""
TOLD = 0.85
"""A figure that sorts so many of them rightly tells; by chance none of them all comes near with this many."""
CANARY = "colibrí-púrpura"
VOICE = b"OggS" + CANARY.encode() + bytes(40_000)
STEPS: dict[str, Callable[..., object]] = {
    "take": taking.take,
    "reply": answering.reply,
    "note": notes.note,
    "send_neutral": answering.send_neutral,
    "hand_back": taking.hand_back,
    "open_thread": reading.open_thread,
    "follow_thread": reading.follow_thread,
    "send_file": sending_files.send_file,
}


@contextmanager
def running(settings: Settings) -> Iterator[Runtime]:
    """Run between a Rasa that opens a case at "ayuda" and a Twilio that takes everything."""
    sids = iter(range(10**6))

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            said = {"recipient_id": body["sender"], "text": "Aquí estoy. Escríbeme lo que necesites."}
            if "ayuda" not in body["message"]:
                return 200, [said, receipt(body)]
            case = {"effect": "open_case", "urgency": "support", "about": "violence"}
            agreed = {"effect": "record_consent", "kind": "case", "given": True}
            done = [{"recipient_id": body["sender"], "custom": effect} for effect in (agreed, case)]
            return 200, [said, *done, receipt(body, confidential=True, risk="violence", tier="sure")]
        if "/Media/" in path:
            return (204, Raw()) if method == "DELETE" else (200, Raw(VOICE))
        if path.endswith("/Messages.json"):
            return 201, accepted(path, body, f"SM{next(sids):032d}")
        return 200, {}

    with serving(answer) as url:
        twilio = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(url,), account=twilio), pool_size=2)
        yield runtime
        runtime.engine.dispose()


class Story:
    """One woman's days; every woman writes as often and as long, whatever becomes of her."""

    def __init__(self, runtime: Runtime, number: int) -> None:
        self.runtime, self.phone = runtime, f"whatsapp:+5233{number:08d}"
        self.conversation_id: uuid.UUID | None = None
        self.random = random.Random(number)  # noqa: S311 (no secret)

    def sends_a_voice_note(self, *, ago: timedelta) -> None:
        """Let a voice note come in, and what is done about it be done."""
        self.writes("", ago=ago, files=1)

    def writes(self, words: str, *, ago: timedelta, files: int = 0) -> None:
        """Let a message come in, be answered, and its answers arrive."""
        sid = f"{'MM' if files else 'SM'}{uuid.uuid4().hex}"
        # Minutes of her own, wider apart than what this machine takes for a step.
        ago += timedelta(seconds=self.random.uniform(0, 200))
        params = {"MessageSid": [sid], "From": [self.phone], "Body": [words.ljust(60)]}
        for number in range(files):
            where = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/ME{uuid.uuid4().hex}"
            params[f"MediaUrl{number}"] = [f"https://api.twilio.com{where}"]
            params[f"MediaContentType{number}"] = ["audio/ogg"]
        with self.runtime.sessions.begin() as session:
            inbox.receive(session, self.runtime.key, params, utcnow() - ago)
            row = session.scalars(select(InboundMessage).where(InboundMessage.message_sid == sid)).one()
            self.conversation_id = row.conversation_id
        steps.take_turn(self.runtime, self.conversation_id)
        self.receives()

    def receives(self) -> None:
        """Let everything that waits for her leave and arrive."""
        waiting = select(OutboxMessage.id).where(
            OutboxMessage.conversation_id == self.conversation_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        with self.runtime.sessions() as session:
            rows = session.scalars(waiting.order_by(OutboxMessage.seq)).all()
        for row_id in rows:
            steps.deliver(self.runtime, row_id)
        with self.runtime.sessions.begin() as session:
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(rows))):
                outbox.advance(row, OutboxState.DELIVERED)


def _caseworker(session: Session, recovery_key: str) -> tuple[uuid.UUID, bytes]:
    password = accounts.add(session, "lucia", "Lucía", Role.CASEWORKER, utcnow())
    found = accounts.find(session, "lucia")
    assert found is not None
    vault.grant_with_recovery_key(session, recovery_key, found.id)
    ring = vault.unlock(session, found, password)
    assert ring is not None
    return found.id, ring


class Desk:
    """The caseworker who has helped women's conversations for a while."""

    def __init__(self, runtime: Runtime, staff_id: uuid.UUID, ring: bytes) -> None:
        self.runtime, self.staff_id, self.ring = runtime, staff_id, ring

    def does(self, story: Story, step: str, *arguments: object) -> None:
        """Take one step in her case, and let what leaves arrive."""
        with self.runtime.sessions.begin() as session:
            hand = Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))
            conversation = session.get_one(Conversation, story.conversation_id)
            case_id = conversation_state.read(self.runtime.key, conversation).case_id
            assert case_id is not None
            STEPS[step](session, hand, uuid.UUID(case_id), utcnow(), *arguments)
        story.receives()

    def sees_what_failed(self, story: Story) -> None:
        """Let an answer end undelivered, acknowledge it, and let it be as it was for the measure."""
        with self.runtime.sessions.begin() as session:
            hand = Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))
            conversation = session.get_one(Conversation, story.conversation_id)
            case_id = conversation_state.read(self.runtime.key, conversation).case_id
            case = session.get_one(Case, case_id)
            outbox_id = uuid.UUID(read_state(self.runtime.key, case).replies[-1])
            row = session.get_one(OutboxMessage, outbox_id)
            before, row.state = row.state, OutboxState.UNDELIVERED
            session.flush()
            assert undelivered.acknowledge(session, hand, case.id, utcnow(), outbox_id)
            # How an answer ended is no secret; that somebody looked at its end would be.
            row.state = before


def _a_week_of_the_desk(helped: list[Story], desk_of: Desk) -> None:
    """Whoever has a case is read at the desk, by its page and by what the page asks for then.

    One answer of each does not arrive, which a caseworker sees.
    """
    for one in helped:
        desk_of.does(one, "open_thread")
        desk_of.does(one, "follow_thread")
        desk_of.sees_what_failed(one)


def _a_week_of_files(helped: list[Story], others: list[Story], desk_of: Desk) -> None:
    """Every woman sends a voice note; those of the helped are sealed, and each of them is sent a file."""
    for pair in zip(helped, others, strict=True):
        for one in pair:
            one.sends_a_voice_note(ago=timedelta(hours=2))
    media.fetch_due(desk_of.runtime)
    ready = sending_files.made_ready(VOICE, "audio/ogg")
    for one in helped:
        desk_of.does(one, "send_file", ready, CANARY)
    upkeep.tidy_files(desk_of.runtime)


def _a_week(helped: list[Story], others: list[Story], desk_of: Desk) -> None:
    """Every woman writes five times; a caseworker takes the helped between, answers and notes."""
    both = [one for pair in zip(helped, others, strict=True) for one in pair]
    for one in both:
        one.writes("hola buenas tardes", ago=timedelta(hours=20))
    for one in both:
        words = f"ayuda {CANARY} me pega" if one in helped else "qué talleres hay cerca"
        one.writes(words, ago=timedelta(hours=5))
    for one in helped:
        desk_of.does(one, "take")
    for one in both:
        words = f"{CANARY} me quitó las llaves" if one in helped else "y de pan hay alguno"
        one.writes(words, ago=timedelta(hours=3))
    for one in helped:
        desk_of.does(one, "reply", f"{CANARY} te leo, dime más")
        desk_of.does(one, "note", f"{CANARY} hablar el jueves")
    _a_week_of_files(helped, others, desk_of)
    for one in both:
        one.writes(f"{CANARY} mañana puedo" if one in helped else "mañana puedo ir", ago=timedelta(hours=1))
    for one in helped:
        desk_of.does(one, "reply", "Aquí estaré")
        desk_of.does(one, "send_neutral")
        desk_of.does(one, "hand_back")
    _a_week_of_the_desk(helped, desk_of)
    for one in both:
        one.writes("gracias", ago=timedelta(minutes=5))


@dataclass(frozen=True)
class Stolen:
    """A dump with the secret key, and which conversations are of women with a case."""

    dump: dumps.Dump
    key: PersonalKey
    helped: list[uuid.UUID]
    others: list[uuid.UUID]


_stolen: list[Stolen] = []


@pytest.fixture
def stolen(request: pytest.FixtureRequest) -> Stolen:
    """A dump of an installation where half of the women have a case, some days after; made once."""
    if not _stolen:
        _stolen.append(
            _steal(*map(request.getfixturevalue, ("sessions", "settings", "engine", "recovery_key")))
        )
    return _stolen[0]


def _steal(sessions: sessionmaker[Session], settings: Settings, engine: Engine, recovery_key: str) -> Stolen:
    with running(settings) as runtime:
        with sessions.begin() as session:
            staff_id, ring = _caseworker(session, recovery_key)
            seed.plant(session)
            for template in session.scalars(select(Template)):
                template.state, template.content_sid = TemplateState.APPROVED, f"HX{template.id.hex}"
        helped = [Story(runtime, number) for number in range(EACH)]
        others = [Story(runtime, number) for number in range(EACH, 2 * EACH)]
        _a_week(helped, others, Desk(runtime, staff_id, ring))
        _days_pass(runtime)
        ids = [[one.conversation_id for one in group if one.conversation_id] for group in (helped, others)]
        return Stolen(dumps.take(engine), runtime.key, ids[0], ids[1])


def _days_pass(runtime: Runtime) -> None:
    """Run the upkeep as it runs in the days after."""
    later = utcnow() + timedelta(days=2)
    with runtime.sessions.begin() as session:
        # What the jobs do was done by hand above; a worker deletes each job that it has run.
        session.execute(text("DELETE FROM procrastinate_jobs"))
        while looked := redaction.look(session, runtime.key, later):
            redaction.settle(session, looked, set(), later)
    with runtime.sessions.begin() as session:
        while unlinking.unlink(session, runtime.key, later):
            pass
    ticks.sweep(runtime)


def test_no_figure_of_a_dump_tells_who_has_a_case(stolen: Stolen) -> None:
    """P4: whatever a thief joins, counts and measures, no threshold tells the women with a case."""
    groups = (stolen.helped, stolen.others)
    of = [[dumps.figures(dumps.rows_of(stolen.dump, [one])) for one in group] for group in groups]
    found = dumps.telling(of[0], of[1], TOLD)
    assert not found, "\n".join(f"{share} {name}" for name, share in sorted(found.items()))


def test_the_secret_key_reads_nothing_confidential(stolen: Stolen) -> None:
    """P4: with the dump and the secret key no confidential word is readable, in any table."""
    dump = stolen.dump
    read = dumps.readable(stolen.key, dump)
    assert "hola buenas tardes" in read
    assert CANARY not in read
    # What is sealed is there, and what was on its way is gone.
    assert len(dump["sealed_file"]) == 2 * EACH
    assert dump["outgoing_file"] == []


def test_all_cases_look_alike(stolen: Stolen) -> None:
    """P4: no row of a case is longer than another, and what the desk did names no case and no hour."""
    dump = stolen.dump
    assert len({len(row["state_cipher"]) for row in dump["case_file"]}) == 1
    assert len({len(row["subject_sealed"]) for row in dump["case_file"]}) == 1
    assert len({len(row["key_sealed"]) for row in dump["sealed_file"]}) == 1
    done = [row for row in dump["audit_event"] if row["action"].startswith("desk.")]
    assert sum(row["action"] == "desk.opened" for row in done) == len(stolen.helped)
    assert {row["at"].astimezone(UTC).time() for row in done} == {time()}
    assert {key for row in done for key in row} == {"id", "staff_id", "action", "at"}
