"""The clock's task that notes what is not in order, for the administrator's page and the alarms."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import requests

from models import utcnow
from outreach.figures import standing, vitals
from outreach.ground import meters, tick_state
from worker.leadership import outage

if TYPE_CHECKING:
    from worker.runtime import Runtime

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
MISSES: Final = 2
"""Looks in a row that a Rasa must miss: one that is busy answering may be late once."""
LOW_BYTES: Final = 2_000_000_000
OUTAGE_SECONDS: Final = 60.0
"""A gap of minutes in which this clock could not reach the database for so long is the database's."""
_missed: dict[str, int] = {}
LATELY_SECONDS: Final = 900.0
_tidied: list[float] = [float("-inf")]
TIDY_SECONDS: Final = 3600.0


class Lately:
    """Whether a number that only grows did so in the last quarter of an hour, as this clock saw it."""

    def __init__(self) -> None:
        self._known: int | None = None
        self._at = float("-inf")

    def has_grown(self, value: int) -> bool:
        """Look at it anew; what was counted before the first look is not of now."""
        if self._known is not None and value > self._known:
            self._at = time.monotonic()
        self._known = value
        return time.monotonic() - self._at < LATELY_SECONDS


_twilio, _speech = Lately(), Lately()


def note_standing(runtime: Runtime) -> None:
    """Look at everything, and write down what has changed."""
    rasas, disk_low = _rasas(runtime.settings.rasa_urls), _disk_low(runtime)
    now = utcnow()
    with runtime.readers() as session:
        found = vitals.look(session, now)
        refuses = _twilio.has_grown(standing.of_the_account(found.counters))
        unheard = _speech.has_grown(found.counters.get(meters.NOTES_LATE, 0))
        outside = standing.Outside(*rasas, disk_low, refuses, unheard)
        silent = standing.is_silent(session, found.last_inbound_at, runtime.settings.watching, now)
    backs_up = runtime.settings.watching.backs_up
    with runtime.sessions.begin() as session:
        standing.note_gap(session, now, database_away=outage.lately() > OUTAGE_SECONDS)
        so = standing.judge(found, outside, silent=silent, backs_up=backs_up, now=now)
        standing.note(session, so, now)
        standing.note_hour(session, now)
        # Each time, and not each half minute: how fresh the page is hangs on it.
        tick_state.beat(session, standing.LOOK, now)
        if time.monotonic() - _tidied[0] > TIDY_SECONDS:
            standing.forget_old(session, now)
            _tidied[0] = time.monotonic()


def _rasas(urls: tuple[str, ...]) -> tuple[int, int]:
    """Return how many answer, and how many there are."""
    with ThreadPoolExecutor(max(1, len(urls)), thread_name_prefix="standing") as pool:
        for url, answered in zip(urls, pool.map(_answers, urls), strict=True):
            _missed[url] = 0 if answered else _missed.get(url, 0) + 1
    return sum(_missed[url] < MISSES for url in urls), len(urls)


def _answers(url: str) -> bool:
    try:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.get(
                f"{url}/webhooks/rest/health",
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
            return bool(answer.status_code == requests.codes.ok)
    except requests.RequestException:
        return False


def _disk_low(runtime: Runtime) -> bool:
    try:
        return shutil.disk_usage(runtime.settings.var).free < LOW_BYTES
    except OSError:
        return False
