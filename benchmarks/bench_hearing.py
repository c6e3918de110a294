"""Danger in a voice note: when 911 is sent for it; and what text conversations feel of 50 notes that wait.

All processes are the product's own, with the real engine, and a stand-in for Twilio. Needs the engine
(`setup --speech`), espeak-ng and opusenc. A note that is not heard as danger is counted and not timed:
`bench speech` is about what is heard.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import speaking
from benchmarks.books import Books, until
from benchmarks.measure import Round, percentile
from benchmarks.posts import Client, inbound, spoken
from benchmarks.report import Report, run_once
from benchmarks.stack import installed
from benchmarks.standin import standing_in
from cli import words
from cli.install.failure import Failure
from cli.install.progress import step
from outreach.ground.database import make_engine
from outreach.messages.speech import local

if TYPE_CHECKING:
    import argparse

    from benchmarks.stack import Stack
    from benchmarks.standin import StandIn

CRIES = (
    "ayúdenme por favor, mi marido me quiere matar, trae un cuchillo en la mano",
    "auxilio, me está golpeando mi esposo ahorita y no me deja salir de la casa",
    "mi pareja trae una pistola y dice que me va a matar, estoy encerrada en el baño",
    "por favor ayuda, está rompiendo la puerta y me quiere matar a mí y a mis hijos",
    "me está ahorcando mi marido, ya no aguanto, manden a alguien por favor",
)
ROUTINE = (
    "hola buenas tardes, quiero saber a qué hora es la clase del taller de costura",
    "oiga señorita, cuándo empiezan los talleres y qué papeles tengo que llevar",
    "buenos días, le quiero preguntar dónde queda el lugar del taller, muchas gracias",
    "disculpe, cuánto cuesta el taller y si puedo llevar a mi hijo chiquito",
)
VOICE, SPEED = "es-419", 150
EMERGENCY = "911"
TEXT = "gracias"
PROMISED_SECONDS = 6.0
MOST_SLOWER = 1.25
"""So many times its p95 may a text take while notes wait, and this counts as kept: runs differ by that."""
_CRIES, _NOTES, _TEXTS = 20, 50, 150
_HEARD_SECONDS, _DRAIN_SECONDS, _TEXT_SECONDS = 45.0, 400.0, 30.0
_LEAST_WAITING = 5


@dataclass
class Women:
    """Each of them speaks or writes once, so that nothing of an earlier turn is in the way."""

    stack: Stack
    twilio: StandIn
    phones: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.stack.webhook)

    def new(self) -> str:
        """The number of one more."""
        return f"whatsapp:+521331{next(self.phones):07d}"

    def speaks(self, audio: bytes) -> tuple[str, float]:
        """Let one send a note; return her number and when she did."""
        phone, sid = self.new(), f"ME{len(self.twilio.files) + self.twilio.total() + next(self.phones):032x}"
        self.twilio.files[sid] = audio
        began = time.perf_counter()
        self.client.send(spoken(self.stack.webhook, phone, sid))
        return phone, began

    def writes(self) -> float:
        """Let one write; return the milliseconds until her answer was taken."""
        phone, client = self.new(), Client(self.stack.webhook)
        post = inbound(self.stack.webhook, phone, TEXT, tapped=True)
        began = time.perf_counter()
        client.send(post)
        at = self.twilio.wait(phone, 0, _TEXT_SECONDS)
        client.close()
        return (at - began) * 1000


def measure(given: argparse.Namespace) -> Report:
    """Cry in notes one after another; write without and with notes waiting; hold the books."""
    if not local.is_set_up():
        raise Failure(words.SPEECH_NOT_SET_UP)
    with step("speak"):
        cries = [speaking.note(one, VOICE, SPEED, None, ()) for one in CRIES]
        routine = [speaking.note(one, VOICE, SPEED, None, ()) for one in ROUTINE]
        lengths = [speaking.seconds_of(one, VOICE, SPEED) for one in CRIES]
    report = Report("hearing", 1, keep=given.notes >= _NOTES)
    with (
        standing_in() as twilio,
        installed(twilio.url, team=True, AVANZA_SPEECH="local") as stack,
    ):
        twilio.delay = given.latency / 1000
        stack.start_ours("webhook", "rasa", "clock", "worker")
        women, books = Women(stack, twilio), Books(make_engine(stack.ready.settings))
        for _ in range(8):
            women.writes()
        with step("the first note: the engine starts"):
            first = _cried(women, cries[0])
        with step(f"{given.cries} cries, one after another"):
            times = [_cried(women, cries[number % len(cries)]) for number in range(given.cries)]
        with step(f"{given.texts} texts, no note waiting"):
            alone = _texts(women, given.texts)
        with step(f"the same while {given.notes} notes wait"):
            beside, waiting, drained, late = _beside(women, books, routine, cries[0], given)
        report.wrong = books.wrong(twilio.taken())
        books.engine.dispose()
    heard = [one for one in times if one is not None]
    if heard:
        report.goal("911 after a note, p50", percentile(heard, 0.5), "s")
        report.goal("911 after a note, the slowest", max(heard), "s", PROMISED_SECONDS)
    report.goal("cries that were not heard as danger", len(times) - len(heard), "notes")
    report.goal("911 after the first note, the engine starting", first or -1, "s")
    report.add("texts, no note waiting", 1, [alone])
    report.add("texts, notes waiting", 1, [beside])
    before, after = percentile(alone.times, 0.95), percentile(beside.times, 0.95)
    report.goal("a text's answer, p95, no note waiting", before, "ms")
    report.goal("a text's answer, p95, notes waiting", after, "ms")
    report.goal("times the p95", after / before, "x", MOST_SLOWER)
    report.goal("notes still waiting at the last text", waiting, "notes", _LEAST_WAITING, ">=")
    report.goal("all notes answered, after", drained, "s")
    report.goal("911 for a cry behind all of them, after", late or -1, "s")
    report.notes["a cry lasts, s"] = f"{min(lengths):.1f} to {max(lengths):.1f}"
    report.notes["API latency of the stand-in, ms"] = given.latency
    return report


def _cried(women: Women, audio: bytes) -> float | None:
    """Seconds from her post to the taken message with 911; None where none came."""
    phone, began = women.speaks(audio)
    try:
        return women.twilio.wait(phone, 0, _HEARD_SECONDS, EMERGENCY) - began
    except TimeoutError:
        return None


def _texts(women: Women, count: int) -> Round:
    began = time.perf_counter()
    times = []
    for number in range(count):
        # A steady rate: what is measured is an answer's time and not how many go at once.
        time.sleep(max(0.0, began + number * 0.15 - time.perf_counter()))
        times.append(women.writes())
    return Round(tuple(times), time.perf_counter() - began)


def _beside(
    women: Women, books: Books, notes: list[bytes], cry: bytes, given: argparse.Namespace
) -> tuple[Round, int, float, float | None]:
    """Texts while notes wait; the notes that were left then, seconds until none was, and of the last cry."""
    began = time.perf_counter()
    for number in range(given.notes):
        women.speaks(notes[number % len(notes)])
    found: list[float | None] = []
    crying = threading.Thread(target=lambda: found.append(_last_cry(women, cry)))
    crying.start()
    texts = _texts(women, given.texts)
    left = books.number(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'worker.hear' AND status = 'todo'"
    )
    crying.join()
    if until(lambda: not books.unanswered() and not books.unsent(), _DRAIN_SECONDS) is None:
        print(f"not drained within {_DRAIN_SECONDS:.0f} s")
    return texts, left, time.perf_counter() - began, found[0]


def _last_cry(women: Women, cry: bytes) -> float | None:
    phone, began = women.speaks(cry)
    try:
        return women.twilio.wait(phone, 0, _DRAIN_SECONDS, EMERGENCY) - began
    except TimeoutError:
        return None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of each."""
    parser.add_argument("--cries", type=int, default=_CRIES, help="notes of danger, one after another")
    parser.add_argument("--notes", type=int, default=_NOTES, help="notes that wait while others write")
    parser.add_argument("--texts", type=int, default=_TEXTS, help="texts, one after another")
    parser.add_argument("--latency", type=float, default=50.0, help="of Twilio's stand-in, ms")


if __name__ == "__main__":
    sys.exit(run_once("hearing", __doc__, add_arguments, measure))
