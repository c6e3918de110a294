"""A caseworker's file to a woman: fetched by Twilio while it is sent, then gone everywhere but her case."""

from __future__ import annotations

import io
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dumps
import pytest
from desk_support import case_of, talk, worker_of
from PIL import Image
from sqlalchemy import select
from standins import Raw, accepted, serving

from models import ChannelAddress, OutboxMessage, OutboxState, OutgoingFile, utcnow
from outreach.casework import files, reading, sending_files, taking, thread
from outreach.casework.case_state import read_state
from outreach.casework.opened import DeskError, WindowClosedError
from outreach.messages import conversation_state, outbox, redaction
from outreach.messages.may_send import WINDOW
from outreach.texts import desk_files as texts
from webhook.app import create_app
from worker import steps, ticks, upkeep
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from models import Case, Conversation
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings

CANARY = b"colibri-purpura"
VOICE = b"OggS" + CANARY + bytes(3000)
PDF = b"%PDF-1.7 " + CANARY


class Office:
    """A case that Lucia holds, the webhook that Twilio fetches from, and what Twilio was asked."""

    def __init__(self, runtime: Runtime, session: Session, recovery: str) -> None:
        self.runtime, self.session = runtime, session
        self.webhook: FlaskClient = create_app(runtime.settings, runtime.sessions).test_client()
        self.sent: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.during: list[tuple[int, bytes, str | None]] = []
        key, now = runtime.key, utcnow()
        self.conversation: Conversation = talk(session, key, now)
        address = ChannelAddress(
            id=uuid.uuid4(), conversation_id=self.conversation.id, lookup_hash=b"h" * 32,
            address_cipher=b"", last_seen_at=now,
        )  # fmt: skip
        address.address_cipher = key.encrypt(
            {"address": "whatsapp:+523312345678"}, place=f"address:{address.id}"
        )
        session.add(address)
        self.lucia: Caseworker = worker_of(session, key, recovery, "lucia", now)
        self.case: Case = case_of(session, key, self.conversation, now)
        taking.take(session, self.lucia, self.case.id, now)
        session.commit()

    def twilio(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Take a message, and fetch its file at once as Twilio does."""
        if path.endswith("/Messages.json"):
            self.sent.append(body)
            if "MediaUrl" in body:
                given = self.webhook.get(urlsplit(body["MediaUrl"]).path)
                self.during.append((given.status_code, given.data, given.mimetype or ""))
            return 201, accepted(path, body, f"MM{len(self.sent):032d}")
        self.asked.append((method, path.partition("/Messages/")[2]))
        if path.partition("?")[0].endswith("/Media.json"):
            one = {"sid": "ME" + "1" * 32, "parent_sid": "MM", "account_sid": "AC", "content_type": "x",
                   "date_created": None, "date_updated": None, "uri": "x"}  # fmt: skip
            return 200, {"media_list": [one], "uri": path, "next_page_uri": None, "page": 0, "page_size": 10}
        return (204, Raw()) if method == "DELETE" else (200, {})

    def sends(
        self, content: bytes, declared: str = "", text: str = "", once: uuid.UUID | None = None
    ) -> bool:
        """Send her a file."""
        ready = sending_files.made_ready(content, declared)
        try:
            done = sending_files.send_file(
                self.session, self.lucia, self.case.id, utcnow(), ready, text, entry_id=once
            )
        except DeskError:
            self.session.rollback()
            raise
        self.session.commit()
        return done

    def row(self) -> OutboxMessage:
        """Return the only message."""
        self.session.rollback()
        return self.session.scalars(select(OutboxMessage)).one()

    def leaves(self) -> None:
        """Let it leave."""
        steps.deliver(self.runtime, self.row().id)

    def arrives(self) -> None:
        """Let her phone have it."""
        row = self.row()
        content = outbox.read_content(self.runtime.key, row)
        outbox.settle(self.runtime.key, row, content, OutboxState.DELIVERED)
        self.session.commit()

    def path(self) -> str:
        """Return where Twilio was told that the file is."""
        return str(urlsplit(self.sent[-1]["MediaUrl"]).path)


@contextmanager
def opened(settings: Settings, session: Session, recovery: str) -> Iterator[Office]:
    made: list[Office] = []

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        return made[0].twilio(method, path, body)  # it is made below, from this server's address

    with serving(answer) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account), pool_size=3)
        made.append(Office(runtime, session, recovery))
        yield made[0]
        runtime.engine.dispose()


@pytest.fixture
def office(settings: Settings, session: Session, recovery_key: str) -> Iterator[Office]:
    with opened(settings, session, recovery_key) as made:
        yield made


def test_a_file_reaches_her_and_is_gone(office: Office, engine: Engine) -> None:
    """Twilio fetches it while it is sent; then its address and row go, and the case has it sealed."""
    office.sends(VOICE, "audio/ogg", "Escúchalo a solas")
    office.leaves()
    assert office.sent[0]["Body"] == "Escúchalo a solas"
    assert office.during == [(200, VOICE, "audio/ogg")]
    assert office.path().endswith("/audio.ogg")
    assert office.webhook.get(office.path()).status_code == 200  # sent: Twilio may ask again
    office.arrives()
    assert office.webhook.get(office.path()).status_code == 404
    upkeep.tidy_files(office.runtime)
    office.session.rollback()
    assert office.session.scalars(select(OutgoingFile)).all() == []
    dump = dumps.take(engine)
    assert CANARY.decode() not in dumps.readable(office.runtime.key, dump)
    found = reading.open_thread(office.session, office.lucia, office.case.id, utcnow())
    [line] = [line for line in found.entries if line.author == "staff"]
    assert (line.text, line.extra["outbox_id"]) == ("Escúchalo a solas", str(office.row().id))
    shown = files.open_file(
        office.session, office.lucia, office.case.id, utcnow(), uuid.UUID(line.extra["files"][0]["id"])
    )
    assert (shown.content, shown.kind.content_type) == (VOICE, "audio/ogg")


def test_twilios_copy_goes_too(office: Office) -> None:
    """P4: after delivery the text is redacted and the file deleted, before anything else is asked."""
    office.sends(PDF, "application/pdf")
    office.leaves()
    office.arrives()
    office.row().redact_after = utcnow() - redaction.UNREPORTED_FOR
    office.session.commit()
    ticks.redact(office.runtime)
    sid = "MM" + "1".zfill(32)
    listed, deleted, redacted = office.asked
    assert (listed[0], listed[1].partition("?")[0]) == ("GET", f"{sid}/Media.json")
    assert deleted == ("DELETE", f"{sid}/Media/ME{'1' * 32}.json")
    assert redacted == ("POST", f"{sid}.json")


def test_before_it_leaves_and_without_its_token_it_is_not_there(office: Office) -> None:
    """P10: queued, of another token, or none: the same answer as for any address that never was."""
    office.sends(VOICE, "audio/ogg")
    content = outbox.read_content(office.runtime.key, office.row())
    queued = office.webhook.get(f"/twilio/archivo/{content.file_token}/audio.ogg")
    nothing = office.webhook.get(f"/twilio/archivo/{'x' * 43}/audio.ogg")
    odd = office.webhook.get("/twilio/archivo/ñ%00/audio.ogg")
    assert {one.status_code for one in (queued, nothing, odd)} == {404}
    assert queued.data == nothing.data
    office.leaves()
    given = office.webhook.get(office.path())
    assert given.headers["Cache-Control"] == "no-store"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Disposition"] == "inline; filename=audio.ogg"
    tampered = office.path().replace(str(content.file_token), str(content.file_token)[:-2] + "AA")
    assert office.webhook.get(tampered).status_code == 404


def test_the_database_alone_opens_nothing(office: Office, engine: Engine) -> None:
    """P4: while it waits, a dump without the secret key has the file's bytes and no token to open them."""
    office.sends(VOICE, "audio/ogg")
    token = outbox.read_content(office.runtime.key, office.row()).file_token
    assert token is not None
    raw = [v for rows in dumps.take(engine).values() for row in rows for v in row.values()]
    assert not any(CANARY in v for v in raw if isinstance(v, bytes))
    assert not any(token in v for v in raw if isinstance(v, str))
    assert not any(token.encode() in v for v in raw if isinstance(v, bytes))


def test_under_cover_nothing_leaves(office: Office) -> None:
    """P5: while she hides no file is kept to leave; one that was queued before is held at the gate."""
    office.sends(VOICE, "audio/ogg")
    private = conversation_state.read(office.runtime.key, office.conversation)
    private.cover = True
    conversation_state.write(office.runtime.key, office.conversation, private)
    office.session.commit()
    with pytest.raises(DeskError, match="modo oculto"):
        office.sends(PDF)
    office.leaves()
    assert (office.sent, office.row().state) == ([], OutboxState.SUPPRESSED)
    upkeep.tidy_files(office.runtime)
    office.session.rollback()
    assert office.session.scalars(select(OutgoingFile)).all() == []


def test_outside_the_window(office: Office) -> None:
    office.conversation.last_inbound_at = utcnow() - WINDOW
    office.session.commit()
    with pytest.raises(WindowClosedError):
        office.sends(VOICE)


def test_the_same_form_twice(office: Office) -> None:
    once = uuid.uuid4()
    assert office.sends(VOICE, once=once)
    assert not office.sends(VOICE, once=once)
    assert office.row()
    state = read_state(office.runtime.key, office.case)
    lines = thread.read(office.session, office.lucia.private_key, office.case, state)
    assert [line.author for line in lines].count("staff") == 1


def test_twilio_could_not_fetch_it(office: Office) -> None:
    """A failure of that kind passes: the file is still here when it is tried again."""
    office.sends(VOICE)
    office.leaves()
    row = office.row()
    content = outbox.read_content(office.runtime.key, row)
    outbox.requeue(office.session, office.runtime.key, row, content, utcnow(), reason="temporary")
    office.session.commit()
    upkeep.tidy_files(office.runtime)
    office.leaves()
    assert [status for status, _, _ in office.during] == [200, 200]


def test_a_phone_that_is_off_keeps_no_file_here(office: Office) -> None:
    """Once Twilio had the time to fetch it the file goes, delivered or not."""
    office.sends(VOICE)
    office.leaves()
    for ago, status in ((timedelta(minutes=14), 200), (timedelta(minutes=16), 404)):
        office.row().sending_since = utcnow() - ago
        office.session.commit()
        upkeep.tidy_files(office.runtime)
        assert office.webhook.get(office.path()).status_code == status


def picture(kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 60)).save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "declared", "content_type", "name"),
    [
        (VOICE, "audio/ogg", "audio/ogg", "audio.ogg"),
        (b"ID3" + bytes(99), "audio/mpeg", "audio/mpeg", "audio.mp3"),
        (PDF, "application/pdf", "application/pdf", "documento.pdf"),
        (PDF, "text/html", "application/pdf", "documento.pdf"),
        (picture("JPEG"), "image/jpeg", "image/jpeg", "imagen.jpg"),
        (picture("PNG"), "image/png", "image/jpeg", "imagen.jpg"),
        (picture("WEBP"), "image/webp", "image/jpeg", "imagen.jpg"),
    ],
)
def test_what_may_leave(content: bytes, declared: str, content_type: str, name: str) -> None:
    """P5: whatever it was called, her phone shows a word that says nothing."""
    ready = sending_files.made_ready(content, declared)
    assert (ready.content_type, ready.name) == (content_type, name)


def test_a_picture_leaves_without_what_rides_with_it() -> None:
    exif = Image.Exif()
    exif[0x010F] = "MarcaDeTelefono"
    ready = sending_files.made_ready(picture("JPEG", exif=exif), "image/jpeg")
    assert b"MarcaDeTelefono" not in ready.content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", texts.EMPTY),
        (b"OggS" + bytes(sending_files.LARGEST), texts.TOO_LARGE),
        (b"MZ" + bytes(99), texts.NOT_SENDABLE),
        (b"<svg onload=x/>", texts.NOT_SENDABLE),
        (b"PK\x03\x04" + bytes(99), texts.NOT_SENDABLE),
        (b"GIF89a" + bytes(99), texts.NOT_SENDABLE),
        (b"\xff\xd8\xff" + bytes(99), texts.NOT_A_PICTURE),
    ],
)
def test_what_may_not(content: bytes, why: str) -> None:
    """What WhatsApp would refuse is refused before it leaves, with what would do."""
    with pytest.raises(sending_files.NotSendableError, match=why[:20]):
        sending_files.made_ready(content, "image/jpeg")
