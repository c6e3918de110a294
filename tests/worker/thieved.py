"""An installation with real processes that a thief takes away: what is in it, and what was done in it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from media_support import said_to
from sqlalchemy import create_engine, select
from standins import Raw, accepted, serving
from support import ACCOUNT, SECRET, TOKEN, environment
from twilio.request_validator import RequestValidator

from models import Case, Conversation, RasaTracker, Role, Workshop, utcnow
from outreach.ground import embedded, migrate
from outreach.ground.database import sqlalchemy_url
from outreach.ground.settings import ROOT, load_settings
from outreach.messages import conversation_state, redaction, unlinking
from outreach.people import registry
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey, tracker_key
from outreach.staff import accounts, sessions
from outreach.start import seed
from worker import ticks, upkeep
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

SAID = "colibrí-púrpura"
"""What is said in confidence, by either side, holds it."""
NAME, PHONE = "Xóchitl Canariasola", "3319283746"
VOICE = b"OggS" + SAID.encode() + bytes(range(256)) * 100
WORKSHOP = "Huerto del testigo"
"""Stands in plain, so that a search that finds nothing else is known to look at the right bytes."""
_REFERRAL = {"to": "service", "service": "Refugio", "asked": f"Un lugar, {SAID}", "consent": f"Sí, {SAID}"}
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Outside:
    """What stands where Rasa and Twilio would; keeps where each message's status is to be reported."""

    files: dict[str, bytes] = field(default_factory=dict)
    callbacks: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Answer one request."""
        if path.endswith("/v1/audio/transcriptions"):
            said = f"{SAID}, me encerró, no sé qué hacer"
            part = {"start": 0.0, "end": 2.0, "avg_logprob": -0.3}
            return 200, {"text": said, "language": "es", "duration": 2.0, "segments": [part]}
        if path.endswith("/understand"):
            return 200, {"intent": "greet", "risk": "none", "tier": "none"}
        if path.endswith("/webhook"):
            return 200, said_to(body)
        if "/Media/" in path:
            sid = path.rpartition("/")[2].removesuffix(".json")
            if method == "DELETE":
                return (204, Raw()) if self.files.pop(sid, None) else (404, {})
            return (200, Raw(self.files[sid])) if sid in self.files else (404, {})
        if path.endswith("/Messages.json") and method == "POST":
            sid = f"SM{uuid.uuid4().hex}"
            self.callbacks.append((sid, body["StatusCallback"]))
            return 201, accepted(path, body, sid)
        return 200, {}


@dataclass
class House:
    """The installation: everything of it lies under `folder`."""

    folder: Path
    env: dict[str, str]
    engine: Engine
    outside: Outside
    runtime: Runtime
    token: str

    def posts(self, body: str, **more: str) -> None:
        """Let her write to the webhook."""
        fields = {"MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": ACCOUNT, "Body": body,
                  "From": f"whatsapp:+521{PHONE}", "To": self.env["TWILIO_WHATSAPP_FROM"],
                  "ProfileName": NAME, "NumMedia": "0"} | more  # fmt: skip
        self._signed(f"{self.env['AVANZA_PUBLIC_URL']}/twilio/inbound", fields)

    def sends_a_voice_note(self) -> None:
        """Let her send one."""
        sid, message = f"ME{uuid.uuid4().hex}", f"MM{uuid.uuid4().hex}"
        self.outside.files[sid] = VOICE
        where = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{message}/Media/{sid}"
        self.posts("", MessageSid=message, NumMedia="1", MediaUrl0=where, MediaContentType0="audio/ogg")

    def all_arrives(self) -> None:
        """Report everything that Twilio took as delivered."""
        while self.outside.callbacks:
            sid, url = self.outside.callbacks.pop()
            self._signed(url, {"MessageSid": sid, "MessageStatus": "delivered", "AccountSid": ACCOUNT})

    def _signed(self, url: str, fields: dict[str, str]) -> None:
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        answer = requests.post(url, data=fields, headers={"X-Twilio-Signature": signature}, timeout=20)
        assert answer.status_code == 204, answer.status_code

    def days_pass(self) -> None:
        """Run the upkeep as it runs in the days after, on what is still there."""
        later = utcnow() + timedelta(days=2)
        with self.runtime.sessions.begin() as session:
            while looked := redaction.look(session, self.runtime.key, later):
                redaction.settle(session, looked, set(), later)
        with self.runtime.sessions.begin() as session:
            while unlinking.unlink(session, self.runtime.key, later):
                pass
        ticks.sweep(self.runtime)
        upkeep.tidy_files(self.runtime)
        upkeep.tidy(self.runtime)

    def backs_up(self) -> None:
        """Make a backup, as the command does."""
        run = [sys.executable, "-sP", "-m", "cli", "backup"]
        env = {**os.environ, **self.env, "PYTHONPATH": str(ROOT)}
        subprocess.run(run, env=env, cwd=ROOT, check=True, capture_output=True, timeout=60)


class Desk:
    """The caseworker's browser, in the middle of a login."""

    def __init__(self, house: House, case_id: uuid.UUID) -> None:
        self.house, self.here = house, f"{house.env['CONSOLE']}/casos/{case_id}"
        self.case_id = case_id
        self.browser = requests.Session()
        self.browser.cookies.set("avanza_session", house.token)

    def gets(self, part: str = "") -> str:
        """Open the case, or a part of it."""
        answer = self.browser.get(self.here + part, timeout=30)
        assert answer.status_code == 200, (part, answer.status_code)
        return answer.text

    def sends(self, step: str, files: Any = None, **fields: str) -> str:
        """Send a form of the case; return the form's own id."""
        found = _CSRF.search(self.gets())
        assert found
        once = str(uuid.uuid4())
        url = self.here + step if step.startswith("/") else f"{self.house.env['CONSOLE']}/casos/{step}"
        data = {"csrf_token": found[1], "once": once} | fields
        answer = self.browser.post(url, data=data, files=files, timeout=30, allow_redirects=False)
        assert answer.status_code in {200, 204, 302}, (step, answer.status_code, answer.text[-600:])
        return once

    def prints(self) -> bytes:
        """Print a referral; return the document, which is kept nowhere."""
        found = _CSRF.search(self.gets())
        assert found
        data = {"csrf_token": found[1], **_REFERRAL, "part": "called"}
        answer = self.browser.post(f"{self.here}/documento", data=data, timeout=60, allow_redirects=False)
        assert answer.headers["Content-Type"] == "application/pdf", (answer.status_code, answer.text[-600:])
        return answer.content

    def helps(self) -> None:
        """Take the case, see who she is, and leave something of everything that a desk can leave."""
        self.sends("/tomar")
        self.gets("/panel/person")
        self.sends("/responder", text=f"Te leo: {SAID}")
        note = "/nota" if f'{self.case_id}/nota"' in self.gets() else "/notas"
        self.sends(note, text=f"Llamar el jueves, {SAID}")
        tomorrow = (datetime.now() + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")  # noqa: DTZ005 (a form's)
        stored = self.sends("/guardar-texto", text=f"Te marco, {SAID}", at=tomorrow, agreed="y")
        self.sends(f"/guardado/{stored}/quitar")
        file = {"file": ("nota.ogg", VOICE, "audio/ogg")}
        self.sends("/mandar-archivo", files=file, text=f"Escucha {SAID}")
        self.sends("/acordar", day=tomorrow[:10], hour=tomorrow[11:], agreed=f"Quedamos, {SAID}")
        self.sends("/canalizar/enviar", **_REFERRAL, part="called")
        self.sends("borrador", case=str(self.case_id), box="reply", text=f"A medias {SAID}")
        plan = {"section": "plan", "known": "0", "trust": f"con {SAID}"}
        self.sends("borrador/expediente", case=str(self.case_id), **plan)


@contextmanager
def installation(folder: Path) -> Iterator[House]:
    """Make one on a PostgreSQL of its own, with a woman of the list and a caseworker; nothing runs yet."""
    var, temporary = folder / "var", folder / "tmp"
    var.mkdir()
    temporary.mkdir()
    address = embedded.start(var)
    engine = create_engine(sqlalchemy_url(address), hide_parameters=True)
    outside = Outside()
    try:
        with serving(outside.answer) as url:
            webhook, console = free_port(), free_port()
            env = environment(
                var,
                AVANZA_DATABASE_URL=address, AVANZA_RASA_URLS=url, TWILIO_API_URL=url, TMPDIR=str(temporary),
                AVANZA_WEBHOOK_PORT=str(webhook), AVANZA_CONSOLE_PORT=str(console),
                AVANZA_PUBLIC_URL=f"http://127.0.0.1:{webhook}", CONSOLE=f"http://127.0.0.1:{console}",
                AVANZA_SPEECH="http", AVANZA_SPEECH_URL=url,
            )  # fmt: skip
            migrate.upgrade(engine, PersonalKey(base64.b64decode(SECRET)))
            runtime = make_runtime(load_settings(env), pool_size=2)
            yield House(folder, env, engine, outside, runtime, _people(runtime))
            runtime.engine.dispose()
    finally:
        engine.dispose()
        embedded.stop(var)


def _people(runtime: Runtime) -> str:
    """Add a woman, a workshop and a caseworker; return the token of her session."""
    now = utcnow()
    with runtime.sessions.begin() as session:
        seed.plant(session)
        recovery = seed.ensure_team(session)
        assert recovery is not None
        details = registry.Details(full_name=NAME, birth_date="1990-05-17")
        woman = registry.add_woman(session, runtime.key, details, municipality="14039", axis="food")
        registry.link_phone(session, runtime.key, woman, PHONE)
        session.add(Workshop(code="testigo", name=WORKSHOP, axis="food"))
        password = accounts.add(session, "lucia", "Lucía", Role.CASEWORKER, now)
        lucia = accounts.find(session, "lucia")
        assert lucia is not None
        lucia.must_change_password = False
        vault.grant_with_recovery_key(session, recovery, lucia.id)
        ring = vault.unlock(session, lucia, password)
        assert ring is not None
        return sessions.begin(session, lucia, ring, now)


@contextmanager
def process(house: House, command: str) -> Iterator[None]:
    """Run one of the product's processes with a log of its own, and end it."""
    with (house.folder / f"{command}.log").open("ab") as log:
        made = subprocess.Popen(
            [sys.executable, "-sP", "-m", "cli", command],
            env={**os.environ, **house.env, "PYTHONPATH": str(ROOT)}, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield
    finally:
        made.send_signal(signal.SIGTERM)
        made.wait(25)


def the_case(house: House) -> uuid.UUID | None:
    """Her case, once it is there with the voice note that she sent."""
    with house.runtime.sessions() as session:
        private = [
            conversation_state.read(house.runtime.key, one) for one in session.scalars(select(Conversation))
        ]
        case_id = next((one.case_id for one in private if one.case_id), None)
        return uuid.UUID(case_id) if case_id and session.scalar(select(Case.is_open)) else None


def remembers(house: House, state: dict[str, Any]) -> None:
    """Keep what the dialogue stands at in every conversation, framed and sealed as Rasa's store does."""
    data = json.dumps(state, ensure_ascii=False).encode()
    framed = struct.pack(">I", len(data)) + data
    aead = AESGCM(base64.b64decode(tracker_key(base64.b64decode(SECRET))))
    with house.runtime.sessions.begin() as session:
        for conversation_id in session.scalars(select(Conversation.id)):
            nonce, padded = os.urandom(12), framed + bytes(-len(framed) % 4096)
            sealed = nonce + aead.encrypt(nonce, padded, str(conversation_id).encode())
            session.add(
                RasaTracker(
                    conversation_id=conversation_id, state=sealed, expires_at=utcnow() + timedelta(days=9)
                )
            )


def free_port() -> int:
    """Return a port that nothing uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def until(check: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
