"""What tests of her files share: a Twilio that holds them, a woman who sends them, a desk that looks."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from standins import Raw, accepted, receipt, serving

from models import (
    Case,
    Conversation,
    InboundMessage,
    MediaFetch,
    Role,
    Staff,
    utcnow,
)
from outreach.casework import files, reading, thread
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, inbox, media
from outreach.sealing import vault
from outreach.staff import accounts
from worker import steps
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from outreach.casework.files import About, Shown
    from outreach.casework.thread import Entry
    from outreach.ground.settings import Settings

ACCOUNT = "AC" + "0" * 32
PHONE = "whatsapp:+5213312345678"
CANARY = b"colibri-purpura-de-voz"
VOICE = b"OggS" + CANARY + bytes(70_000)
HOURS = timedelta(hours=1)


@dataclass
class Twilio:
    """What a stand-in of Twilio holds, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    answers: Callable[[str, str], tuple[int, Any] | None] | None = None

    def media(self, method: str, path: str) -> tuple[int, Any] | None:
        """Answer a request for a file."""
        sid = path.rpartition("/")[2].removesuffix(".json")
        if self.answers is not None and (said := self.answers(method, sid)) != (0, None):
            return said
        if method == "DELETE":
            self.deleted.append(sid)
            return (204, Raw()) if self.files.pop(sid, None) is not None else (404, {})
        self.fetched.append(sid)
        return (200, Raw(self.files[sid])) if sid in self.files else (404, {})


def said_to(body: Any) -> list[dict[str, Any]]:
    """Answer as the dialogue: "secreto" is confidential, "persona" opens a case, "olvida" forgets."""
    words, given = body["message"], {}
    effects: list[dict[str, Any]] = []
    if "secreto" in words or "persona" in words:
        given = {"confidential": True, "risk": "violence", "tier": "sure"}
    if "persona" in words:
        effects = [{"effect": "open_case", "urgency": "support", "about": "violence"}]
    if "olvida" in words:
        effects = [{"effect": "forget_draft"}]
    done = [{"recipient_id": body["sender"], "custom": effect} for effect in effects]
    return [{"recipient_id": body["sender"], "text": "Te leo."}, *done, receipt(body, **given)]


@contextmanager
def running(settings: Settings) -> Iterator[tuple[Runtime, Twilio]]:
    twilio = Twilio()

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            return 200, said_to(body)
        if "/Media/" in path:
            return twilio.media(method, path)
        if path.endswith("/Messages.json"):
            return 201, accepted(path, body, f"SM{uuid.uuid4().hex}")
        return 200, {}

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, rasa_urls=(url,), account=account), pool_size=4)
        yield runtime, twilio
        runtime.engine.dispose()


class Her:
    """One woman who writes and sends files."""

    def __init__(self, runtime: Runtime, twilio: Twilio, phone: str = PHONE) -> None:
        self.runtime, self.twilio, self.phone = runtime, twilio, phone
        self.conversation_id = uuid.UUID(int=0)

    def sends(
        self, words: str = "", *contents: bytes, ago: timedelta = timedelta(seconds=10), **more: str
    ) -> list[str]:
        """Let a message of hers come in and be answered; return the SIDs of its files."""
        sids, params = self.comes_in(words, *contents, ago=ago, **more)
        steps.take_turn(self.runtime, self.conversation_id)
        assert params
        return sids

    def comes_in(
        self, words: str = "", *contents: bytes, ago: timedelta = timedelta(seconds=10), **more: str
    ) -> tuple[list[str], dict[str, list[str]]]:
        """Let a message come in only."""
        message = f"MM{uuid.uuid4().hex}"
        sids = [f"ME{uuid.uuid4().hex}" for _ in contents]
        params = {"MessageSid": [message], "From": [self.phone], "Body": [words]}
        for number, (sid, content) in enumerate(zip(sids, contents, strict=True)):
            path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message}/Media/{sid}"
            params[f"MediaUrl{number}"] = [f"https://api.twilio.com{path}"]
            params[f"MediaContentType{number}"] = ["audio/ogg"]
            self.twilio.files[sid] = content
        params |= {name: [value] for name, value in more.items()}
        with self.runtime.sessions.begin() as session:
            inbox.receive(session, self.runtime.key, params, utcnow() - ago)
            query = select(InboundMessage).where(InboundMessage.message_sid == message)
            self.conversation_id = session.scalars(query).one().conversation_id
        return sids, params

    def state(self) -> conversation_state.PrivateState:
        """Return what the server knows of her conversation."""
        with self.runtime.sessions() as session:
            return conversation_state.read(
                self.runtime.key, session.get_one(Conversation, self.conversation_id)
            )


class Desk:
    """A caseworker who looks at whatever case there is."""

    def __init__(self, runtime: Runtime, recovery: str) -> None:
        self.runtime = runtime
        with runtime.sessions.begin() as session:
            password = accounts.add(session, "lucia", "Lucía", Role.CASEWORKER, utcnow())
            found = accounts.find(session, "lucia")
            assert found is not None
            vault.grant_with_recovery_key(session, recovery, found.id)
            ring = vault.unlock(session, found, password)
            assert ring is not None
            self.staff_id, self.ring = found.id, ring

    def worker(self, session: Session) -> Caseworker:
        """Return her with her keys."""
        return Caseworker(self.runtime.key, self.ring, session.get_one(Staff, self.staff_id))

    def files(self, her: Her) -> list[tuple[Entry, str, About]]:
        """Return the files of her case with the lines that name them."""
        case_id = her.state().case_id
        assert case_id is not None
        with self.runtime.sessions.begin() as session:
            found = reading.open_thread(session, self.worker(session), uuid.UUID(case_id), utcnow())
            lines = [(line, one["id"]) for line in found.entries for one in line.extra.get("files", [])]
            abouts = files.abouts(found.case, [file_id for _, file_id in lines])
        return [(line, file_id, abouts[file_id]) for line, file_id in lines]

    def opens(self, her: Her, file_id: str) -> Shown:
        """Open a file."""
        with self.runtime.sessions.begin() as session:
            case_id = uuid.UUID(her.state().case_id or "")
            return files.open_file(session, self.worker(session), case_id, utcnow(), uuid.UUID(file_id))

    def draft(self, her: Her) -> list[Entry]:
        """Return the lines of her draft case."""
        with self.runtime.sessions() as session:
            case = session.get_one(Case, uuid.UUID(her.state().living_id or ""))
            return thread.read(session, self.ring, case, read_state(self.runtime.key, case))


def later(runtime: Runtime, by: timedelta) -> None:
    """Let time pass for what waits about files."""
    with runtime.sessions.begin() as session:
        session.execute(update(MediaFetch).values(due_at=MediaFetch.due_at - by))


def steps_of(runtime: Runtime) -> list[str]:
    """Return what the rows about files say, settled ones left out."""
    with runtime.sessions() as session:
        rows = session.scalars(select(MediaFetch)).all()
        read = [runtime.key.decrypt(r.work_cipher, place=f"media_fetch:{r.id}")["step"] for r in rows]
    return sorted(step for step in read if step != "settled")


def count(runtime: Runtime, model: type) -> int:
    with runtime.sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def as_if_begun(runtime: Runtime, *, ago: timedelta) -> None:
    """Make what is to be done at once as old as that."""
    with runtime.sessions.begin() as session:
        for row in session.scalars(select(MediaFetch)):
            place = f"media_fetch:{row.id}"
            work = runtime.key.decrypt(row.work_cipher, place=place)
            if work["step"] in {"seal", "keep", "delete"}:
                work["since"] = (utcnow() - ago).isoformat()
                row.work_cipher = runtime.key.encrypt(work, place=place, bucket=media.LENGTH)


Here = tuple[Runtime, Twilio, Her, Desk]
