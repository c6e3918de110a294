"""A woman who only sends voice notes: she enrols, says that she will come, tells of violence, is answered.

The dialogue, the product and the database are the real ones; the maker of transcripts hears each note as it
is written here (its bytes are its words), because a real engine would cost minutes.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from standins import Raw, accepted, serving

from models import (
    Conversation,
    Group,
    InboundMessage,
    OutboxMessage,
    Role,
    Rsvp,
    RsvpAnswer,
    Session,
    Staff,
    Workshop,
    utcnow,
)
from outreach.casework import answering, files, reading, sending_files, taking
from outreach.casework.opened import Caseworker
from outreach.messages import conversation_state, inbox, outbox
from outreach.messages.speech.choice import Ears
from outreach.messages.speech.transcript import Transcript
from outreach.sealing import vault
from outreach.staff import accounts
from outreach.turns.rasa import Understanding
from worker import hearing, media, steps
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogue_talk import Driver
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.messages.speech.transcript import Speech
    from worker.runtime import Runtime

pytestmark = pytest.mark.bot
Speak = Callable[[str], bytes]
"""Makes a note of words."""
ACCOUNT = "AC" + "0" * 32
PHONE = "whatsapp:+5213312345678"


class Hears:
    """A note's bytes are its words."""

    def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """Return them."""
        assert seconds
        return Transcript(audio.decode(), 0.9, -0.4)

    def close(self) -> None:
        """Nothing is held."""


class Dialogue:
    """The trained model in its process, where the product asks Rasa."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def ask(self, conversation_id: uuid.UUID, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """Take a turn."""
        asked = {"sender": str(conversation_id), "message": text, "metadata": metadata}
        items: list[dict[str, Any]] = self._driver.ask(ask=asked, understood=None)["items"]
        return items

    def understand(self, _text: str) -> Understanding:
        """Judge nothing alone: every turn of this story is taken at once."""
        return Understanding("greet", "none", "none")


class Woman:
    """She holds the button, speaks, and reads or has read to her what comes back."""

    def __init__(self, runtime: Runtime, files: dict[str, bytes], speak: Speak = str.encode) -> None:
        self.runtime, self.files, self.seen, self.speak = runtime, files, 0, speak
        self.conversation_id = uuid.UUID(int=0)

    def says(self, words: str) -> str:
        """Send a note; return what she is told."""
        message, sid = f"MM{uuid.uuid4().hex}", f"ME{uuid.uuid4().hex}"
        self.files[sid] = self.speak(words)
        url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{message}/Media/{sid}"
        params = {
            "MessageSid": [message], "From": [PHONE], "Body": [""], "MessageType": ["audio"],
            "MediaUrl0": [url], "MediaContentType0": ["audio/ogg"],
        }  # fmt: skip
        with self.runtime.sessions.begin() as db:
            row_id = inbox.receive(db, self.runtime.key, params, utcnow() - timedelta(seconds=5))
            assert row_id is not None
            self.conversation_id = db.get_one(InboundMessage, row_id).conversation_id
        assert steps.one_turn(self.runtime, self.conversation_id) is steps.Outcome.WAITS
        hearing.hear(self.runtime, row_id)
        steps.take_turn(self.runtime, self.conversation_id)
        return self.reads()

    def taps(self, title: str) -> str:
        """Tap a button that is on offer; return what she is told."""
        payload = next(one.payload for one in self.state().choices if one.title == title)
        return self._sends({"Body": [title], "ButtonPayload": [payload]})

    def types(self, text: str) -> str:
        """Type something; return what she is told."""
        return self._sends({"Body": [text]})

    def _sends(self, what: dict[str, list[str]]) -> str:
        params = {"MessageSid": [f"SM{uuid.uuid4().hex}"], "From": [PHONE], **what}
        with self.runtime.sessions.begin() as db:
            inbox.receive(db, self.runtime.key, params, utcnow() - timedelta(seconds=5))
        steps.take_turn(self.runtime, self.conversation_id)
        return self.reads()

    def reads(self) -> str:
        """Return what came since she last looked."""
        with self.runtime.sessions() as db:
            rows = db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq).offset(self.seen)).all()
            self.seen += len(rows)
            told = [outbox.read_content(self.runtime.key, row) for row in rows]
        return "\n".join(f"{one.body} [{' | '.join(b.title for b in one.buttons)}]" for one in told)

    def state(self) -> conversation_state.PrivateState:
        """Return what the server knows of her."""
        with self.runtime.sessions() as db:
            return conversation_state.read(self.runtime.key, db.get_one(Conversation, self.conversation_id))


Story = tuple["Runtime", Woman, str]


@pytest.fixture
def story(settings: Settings, recovery_key: str, driver: Driver) -> Iterator[Story]:
    with told(settings, driver, Hears()) as (runtime, she):
        yield runtime, she, recovery_key


@contextmanager
def told(
    settings: Settings, driver: Driver, maker: Speech, speak: Speak = str.encode
) -> Iterator[tuple[Runtime, Woman]]:
    """Run the product with this dialogue, and with whoever writes her notes down."""
    sids, files = itertools.count(), dict[str, bytes]()

    def answer(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if "/Media/" in path:
            sid = path.rpartition("/")[2].removesuffix(".json")
            if method == "DELETE":
                return (204, Raw()) if files.pop(sid, None) is not None else (404, {})
            return 200, Raw(files[sid])
        if path.endswith("/Messages.json"):
            return 201, accepted(path, body, f"SM{next(sids):032d}")
        return 200, {}

    with serving(answer) as url:
        made = make_runtime(replace(settings, account=replace(settings.twilio, api_url=url)), pool_size=4)
        runtime = replace(made, rasa=Dialogue(driver), ears=Ears(settings, lambda: maker))  # type: ignore[arg-type] # stands in
        yield runtime, Woman(runtime, files, speak)
        runtime.engine.dispose()


def a_group(runtime: Runtime, municipality: str = "14101") -> None:
    with runtime.sessions.begin() as db:
        workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
        db.add(workshop)
        db.flush()
        group = Group(
            code="g1",
            workshop_id=workshop.id,
            municipality=municipality,
            place="Casa de la Cultura",
            capacity=20,
        )
        db.add(group)
        db.flush()
        db.add(Session(code="s1", group_id=group.id, starts_at=utcnow() + timedelta(days=3)))


ENROLS = (
    ("hola buenas tardes quiero inscribirme a un taller", "Aviso de privacidad"),
    ("sí acepto", "Entendí que aceptas el aviso de privacidad, ¿sí?"),
    ("sí", "¿Cómo te gusta que te digan?"),
    ("me dicen Lupita", "nombre completo"),
    ("María Guadalupe López Ramos", "¿Qué día naciste?"),
    ("nací el quince de agosto de mil novecientos ochenta y nueve", "municipio"),
    ("en Tonalá", "colonia"),
    ("en la colonia Centro", "¿Cuántas"),
    ("dos", "tema"),
    ("de alimentación", "recordatorios"),
    ("a cualquier hora", "¿Quién lee"),
    ("solo yo", "CURP"),
    ("no quiero dar la curp", "15 de agosto de 1989"),
    ("sí está bien", "Entendí que tus datos están bien, ¿sí?"),
    ("sí", "Grupo 1"),
    ("el uno", "Entendí que quieres el Grupo 1, ¿sí?"),
    ("sí", "Ya tienes tu lugar"),
    ("sí voy a ir", "Entendí que sí vas el "),
    ("sí", "Te esperamos"),
)
TELLS = (
    ("mi marido me pegó anoche", "Te creo, y no es tu culpa"),
    ("sí puedo escribir", "¿Alguien más revisa este teléfono?"),
    ("quiero hablar con una persona", "abro un expediente reservado"),
    ("sí ábrelo", "Contéstame con el botón"),
)


def test_she_only_speaks(story: Story) -> None:
    """Each step that lasts is asked back in words of ours, and done on her yes; in confidence she taps."""
    runtime, she, recovery = story
    a_group(runtime)
    for note, told in ENROLS:
        assert told in she.says(note), note
    with runtime.sessions() as db:
        assert db.scalars(select(Rsvp.answer)).one() is RsvpAnswer.CONFIRMED
    for note, told in TELLS:
        assert told in she.says(note), note
    assert she.state().case_id is None
    she.taps("Sí, ábrelo")
    answered_by_ana(runtime, she, recovery, "tengo miedo de que vuelva hoy")


def test_she_can_not_read(story: Story) -> None:
    """She says so in a note: a person is asked for at once, her notes go on, and she is answered by voice."""
    runtime, she, recovery = story
    told = she.says("no sé leer")
    assert "mándame audios" in told
    assert she.state().case_id
    assert "Tu audio lo escucha una persona del equipo." in she.says("...")
    case_id = uuid.UUID(she.state().case_id or "")
    ring = _ana(runtime, recovery)
    with runtime.sessions.begin() as db:
        taking.take(db, worker(runtime, db, ring), case_id, utcnow())
        lines = reading.open_thread(db, worker(runtime, db, ring), case_id, utcnow()).entries
    assert "le cuesta leer" in lines[0].text
    assert "no sé leer" in [line.text for line in lines]
    media.fetch_due(runtime)
    with runtime.sessions.begin() as db:
        ready = sending_files.made_ready(b"OggS" + bytes(200), "audio/ogg")
        sending_files.send_file(
            db, worker(runtime, db, ring), case_id, utcnow(), ready, "", entry_id=uuid.uuid4()
        )
    with runtime.sessions() as db:
        last = db.scalars(select(OutboxMessage).order_by(OutboxMessage.seq.desc()).limit(1)).one()
        assert outbox.read_content(runtime.key, last).file_name == "audio.ogg"


def answered_by_ana(runtime: Runtime, she: Woman, recovery: str, words: str, *, exact: bool = True) -> None:
    """A caseworker takes her, hears her note, reads what was written down, and answers."""
    case_id = uuid.UUID(she.state().case_id or "")
    ring = _ana(runtime, recovery)
    with runtime.sessions.begin() as db:
        taking.take(db, worker(runtime, db, ring), case_id, utcnow())
    she.says(words)
    media.fetch_due(runtime)
    with runtime.sessions.begin() as db:
        lines = reading.open_thread(db, worker(runtime, db, ring), case_id, utcnow()).entries
        note = lines[-1]
        assert note.text
        assert note.extra["kind"] == "voice"
        ana = worker(runtime, db, ring)
        heard = files.open_file(db, ana, case_id, utcnow(), uuid.UUID(note.extra["files"][0]["id"]))
        assert heard.content == she.speak(words)
        if exact:
            assert (note.text, note.extra["heard"]) == (words, "clear")
            assert "mi marido me pegó anoche" in [line.text for line in lines]
    with runtime.sessions.begin() as db:
        ana = worker(runtime, db, ring)
        answering.reply(db, ana, case_id, utcnow(), "Lupita, oí tu audio. Aquí estoy.", entry_id=uuid.uuid4())
    assert "oí tu audio" in she.reads()


def _ana(runtime: Runtime, recovery: str) -> bytes:
    """Add a caseworker; return her keys."""
    with runtime.sessions.begin() as db:
        password = accounts.add(db, "ana", "Ana", Role.CASEWORKER, utcnow())
        staff = db.scalars(select(Staff)).one()
        vault.grant_with_recovery_key(db, recovery, staff.id)
        return vault.unlock(db, staff, password) or b""


def worker(runtime: Runtime, db: Database, ring: bytes) -> Caseworker:
    """Return the caseworker with the team's key in this transaction."""
    return Caseworker(runtime.key, ring, db.scalars(select(Staff)).one())
