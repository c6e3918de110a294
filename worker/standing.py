"""The clock's task that notes what is not in order, for the administrator's page and the alarms."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import requests

from models import utcnow
from outreach.figures import standing, vitals

if TYPE_CHECKING:
    from outreach.figures.vitals import Vitals
    from worker.runtime import Runtime

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
MISSES: Final = 2
"""Looks in a row that a Rasa must miss: one that is busy answering may be late once."""
LOW_BYTES: Final = 2_000_000_000
_missed: dict[str, int] = {}
REFUSED_SECONDS: Final = 900.0
_refused: list[int] = []
_refused_at: list[float] = [float("-inf")]
_tidied: list[float] = [float("-inf")]
TIDY_SECONDS: Final = 3600.0


def note_standing(runtime: Runtime) -> None:
    """Look at everything, and write down what has changed."""
    rasas, disk_low = _rasas(runtime.settings.rasa_urls), _disk_low(runtime)
    now = utcnow()
    with runtime.readers() as session:
        found = vitals.look(session, now)
        outside = standing.Outside(*rasas, disk_low, _twilio_refuses(found))
        silent = standing.is_silent(session, found.last_inbound_at, runtime.settings.watching, now)
    backs_up = runtime.settings.watching.backs_up
    with runtime.sessions.begin() as session:
        standing.note_gap(session, now)
        so = standing.judge(found, outside, silent=silent, backs_up=backs_up, now=now)
        standing.note(session, so, now)
        standing.note_hour(session, now)
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


def _twilio_refuses(found: Vitals) -> bool:
    """Say whether a refusal for the account's sake was counted in the last quarter of an hour."""
    counted, now = standing.of_the_account(found.counters), time.monotonic()
    if _refused and counted > _refused[0]:
        _refused_at[0] = now
    _refused[:] = [counted]
    return now - _refused_at[0] < REFUSED_SECONDS


def _disk_low(runtime: Runtime) -> bool:
    try:
        return shutil.disk_usage(runtime.settings.var).free < LOW_BYTES
    except OSError:
        return False
