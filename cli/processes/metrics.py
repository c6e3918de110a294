"""What Prometheus reads: what the database says, and how soon each Rasa answers.

One process serves it, on a port that faces nobody but the monitoring; what the others count is in the
database (`outreach.ground.meters`). Nothing in it is of a woman, and nothing changes because there is a case
(`docs/threat-model.md`): replies that left are not counted, danger is not shown, and of what waits a single
message is not seen. Scrapes that come at once share one look.
"""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cli import checks
from models import utcnow
from outreach.figures import standing, vitals
from outreach.ground import counters, meters
from outreach.ground.database import make_engine, make_readers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prometheus_client.core import Metric
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.figures.vitals import Vitals
    from outreach.ground.settings import Settings

KEPT_SECONDS = 2.0
"""Scrapes within this time get the same answer."""
PROBE_SECONDS = 3.0
SHORT_SECONDS, STEP = 60.0, 10
"""What waits for less than a minute is no wait, and of fewer than ten there are none: a reply that happens to
be on its way at the moment of a scrape would tell that somebody wrote just then."""
# `redactions_refused` and `turns_failed` are left out: what they count leaves a case.
SHOWN = (
    counters.DUPLICATE_INBOUND,
    counters.UNKNOWN_STATUS,
    counters.REMINDERS_DROPPED,
    counters.FILES_LOST,
)


class ServiceCollector(Collector):
    """Looks at the database and at each Rasa when it is asked."""

    def __init__(self, readers: sessionmaker[Session], rasa_urls: tuple[str, ...]) -> None:
        self._readers, self._rasa_urls = readers, rasa_urls
        self._looking = threading.Lock()
        self._kept: list[Metric] = []
        self._kept_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """Yield everything; a database that does not answer is a figure too."""
        with self._looking:
            if time.monotonic() - self._kept_at >= KEPT_SECONDS:
                self._kept = [*self._database(), *self._rasa()]
                self._kept_at = time.monotonic()
            yield from self._kept

    def _database(self) -> Iterator[Metric]:
        began = time.monotonic()
        now = utcnow()
        found: list[Metric] = []
        try:
            with self._readers() as session:
                found = list(of_vitals(vitals.look(session, now), now))
        except SQLAlchemyError:
            pass
        yield _gauge("avanza_database_up", "Whether the database answered this look.", float(bool(found)))
        yield _gauge("avanza_look_seconds", "How long the look took.", time.monotonic() - began)
        yield from found

    def _rasa(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("avanza_rasa_up", "Whether a Rasa answers, by its place.", labels=["server"])
        took = GaugeMetricFamily(
            "avanza_rasa_answer_seconds", "How long its answer to a look took.", labels=["server"]
        )
        for place, url in enumerate(self._rasa_urls, 1):
            began = time.monotonic()
            answered = checks.answers(f"{url}/webhooks/rest/health", PROBE_SECONDS) is not None
            up.add_metric([str(place)], float(answered))
            took.add_metric([str(place)], time.monotonic() - began)
        yield up
        yield took


def of_vitals(found: Vitals, now: datetime) -> Iterator[Metric]:
    """Translate the look into figures; an age is 0 where nothing waits."""
    yield CounterMetricFamily("avanza_inbound", "Messages that came in.", value=found.came_in)
    ages = {
        "avanza_last_inbound_age_seconds": ("since the last message came in", found.last_inbound_at),
        "avanza_oldest_unanswered_age_seconds": ("of the oldest unanswered message", found.unanswered_since),
        "avanza_oldest_unsent_reply_age_seconds": (
            "of the oldest reply to be sent",
            found.reply_unsent_since,
        ),
        "avanza_oldest_in_doubt_age_seconds": ("of the oldest send in doubt", found.in_doubt_since),
    }
    for name, (what, since) in ages.items():
        age = _age(since, now)
        yield _gauge(name, f"Age {what}; 0 below a minute.", age if age >= SHORT_SECONDS else 0.0)
    backups = {
        "avanza_backup_age_seconds": ("the last backup", found.backup_at),
        "avanza_backup_verified_age_seconds": (
            "the last backup that was restored on trial",
            found.verified_at,
        ),
    }
    for name, (what, since) in backups.items():
        if since is not None:
            yield _gauge(name, f"Age of {what}.", _age(since, now))
    queued = GaugeMetricFamily("avanza_outbox_queued", "Messages that wait, in tens.", labels=["kind"])
    for kind in ("reply", "notice", "reminder", "campaign"):
        queued.add_metric([kind], _stepped(found.queued.get(kind, 0)))
    yield queued
    yield _gauge("avanza_outbox_sending", "Messages that are being sent, in tens.", _stepped(found.sending))
    yield _gauge("avanza_outbox_in_doubt", "Sends that nobody knows of, in tens.", _stepped(found.in_doubt))
    yield _gauge("avanza_dead_letters", "Work given up that nobody has seen to.", found.dead_letters)
    waiting = GaugeMetricFamily("avanza_jobs", "Jobs by queue and state, in tens.", labels=["queue", "state"])
    for (queue, state), count in sorted(found.jobs.items()):
        waiting.add_metric([queue, state], _stepped(count))
    yield waiting
    yield _gauge("avanza_workers", "Queues that a worker looks after now.", found.workers)
    yield _gauge("avanza_clock_leaders", "Clocks that lead: one, or something is wrong.", found.leaders)
    yield from _ticks(found, now)
    yield CounterMetricFamily(
        "avanza_bulk_sent",
        "Reminders, notices and messages of campaigns that Twilio accepted.",
        value=found.counters.get(meters.BULK_SENT, 0),
    )
    refusals = CounterMetricFamily(
        "avanza_twilio_refusals",
        "Sends that Twilio refused or reported as failed, by its code (0: it gave none).",
        labels=["way", "code"],
    )
    # From the start, at 0: Prometheus sees no increase in the first sample of a series.
    kept = dict.fromkeys(itertools.product((meters.SEND, meters.REPORT), standing.OF_THE_ACCOUNT), 0)
    for (way, code), count in sorted((kept | meters.refusals(dict(found.counters))).items()):
        refusals.add_metric([way, str(code)], count)
    yield refusals
    yield CounterMetricFamily(
        "avanza_speech_notes", "Voice notes that were listened to.", value=found.counters.get(meters.NOTES, 0)
    )
    yield CounterMetricFamily(
        "avanza_speech_seconds",
        "How long that took in all, fetching included.",
        value=found.counters.get(meters.NOTES_MS, 0) / 1000,
    )
    yield CounterMetricFamily(
        "avanza_speech_late",
        "Voice notes that nobody listened to in time.",
        value=found.counters.get(meters.NOTES_LATE, 0),
    )
    events = CounterMetricFamily("avanza_events", "What is counted in the database.", labels=["name"])
    for name in SHOWN:
        events.add_metric([name], found.counters.get(name, 0))
    yield events
    raised = GaugeMetricFamily("avanza_alarm", "Whether an alarm is raised.", labels=["kind"])
    for kind, on in sorted(found.alarms.items()):
        raised.add_metric([kind], float(on))
    yield raised


def _ticks(found: Vitals, now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "avanza_tick_age_seconds", "Since a task of the clock last went well.", labels=["tick"]
    )
    failures = GaugeMetricFamily("avanza_tick_failures", "Failures in a row of a task.", labels=["tick"])
    for name, tick in sorted(found.ticks.items()):
        if tick.well_at is not None:
            age.add_metric([name], _age(tick.well_at, now))
        failures.add_metric([name], tick.failures)
    yield age
    yield failures


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def _stepped(count: int) -> int:
    return count - count % STEP


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


@contextmanager
def registry(settings: Settings) -> Iterator[CollectorRegistry]:
    """Yield what is served."""
    made = CollectorRegistry()
    engine = make_engine(settings, pool_size=1)
    made.register(ServiceCollector(make_readers(engine), settings.rasa_urls))
    try:
        yield made
    finally:
        engine.dispose()
