"""What Prometheus reads: what is in it, what must never be, and that a look costs little."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client import generate_latest, start_http_server
from sqlalchemy import event, text
from standins import serving
from support import environment

from cli.processes import metrics
from cli.processes.services import product_services
from models import utcnow
from outreach.figures import vitals
from outreach.figures.vitals import Vitals
from outreach.ground import counters, dead_letters, meters
from outreach.ground.database import make_engine, make_readers
from outreach.ground.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

EMPTY = Vitals(
    came_in=0, last_inbound_at=None, unanswered_since=None, reply_unsent_since=None, queued={}, sending=0,
    in_doubt=0, in_doubt_since=None, dead_letters=0, jobs={}, workers=0, leaders=0, ticks={}, counters={},
    alarms={}, backup_at=None, verified_at=None,
)  # fmt: skip
BIG = ("inbound_message", "outbox_message", "turn")


def lines(session: Session) -> dict[str, str]:
    """The figures of the database by their names and labels."""
    now = utcnow()
    found = {}
    for metric in metrics.of_vitals(vitals.look(session, now), now):
        for sample in metric.samples:
            found[f"{sample.name}{sorted(sample.labels.items())}"] = f"{sample.value:.0f}"
    return found


def test_what_waits_is_shown(session: Session) -> None:
    """An empty service has its figures; what is counted and given up moves them."""
    before = lines(session)
    assert before["avanza_inbound_total[]"] == "0"
    assert before["avanza_outbox_queued[('kind', 'reply')]"] == "0"
    assert before["avanza_clock_leaders[]"] == "0"
    counters.count(session, counters.DUPLICATE_INBOUND, 3)
    dead_letters.bury(session, dead_letters.DELIVERY, None, "KeyError")
    after = lines(session)
    assert after["avanza_events_total[('name', 'duplicate_inbound')]"] == "3"
    assert after["avanza_dead_letters[]"] == "1"


def test_the_leading_clock_is_counted(session: Session) -> None:
    """The lock of another database of the same server is none of ours."""
    session.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": 4_182_026})
    assert lines(session)["avanza_clock_leaders[]"] == "1"


def test_no_figure_that_only_a_case_moves_is_shown(session: Session) -> None:
    """P4: refused redactions, failed turns, replies that left: their times would tell."""
    for name in (counters.REDACTIONS_REFUSED, counters.TURNS_FAILED):
        counters.count(session, name)
    told = "\n".join(lines(session))
    for word in ("redact", "turns", "danger", "case", "replies", "delivered", "held"):
        assert word not in told


def test_a_look_reads_no_long_table_through(session: Session, engine: Engine) -> None:
    """With a million rows it costs a few milliseconds: every statement finds an index for what it asks."""
    asked: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    vitals.look(session, utcnow())
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= 16
    with engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type] # as it was asked
            told = "\n".join(plan.scalars())
            assert not any(f"Seq Scan on {table}" in told for table in BIG), told


def test_an_age_is_of_now(session: Session) -> None:
    """Nothing that waits is an age of 0, also where a clock was put back."""
    assert lines(session)["avanza_oldest_unanswered_age_seconds[]"] == "0"
    assert metrics._age(utcnow() + timedelta(hours=1), utcnow()) == 0.0


def scrape(settings: Settings) -> str:
    with metrics.registry(settings) as served:
        return generate_latest(served).decode()


def test_a_database_that_is_away_is_a_figure(settings: Settings) -> None:
    """A scrape never fails: it says what does not answer."""
    away = replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none", rasa_urls=())
    told = scrape(away)
    assert "avanza_database_up 0.0" in told
    assert "avanza_inbound" not in told


def test_each_rasa_is_asked(settings: Settings) -> None:
    """One that answers and one that does not, by their places and not by their addresses."""
    with serving(lambda *_: (200, {"status": "ok"})) as rasa:
        told = scrape(replace(settings, rasa_urls=(rasa, "http://127.0.0.1:1")))
    assert 'avanza_rasa_up{server="1"} 1.0' in told
    assert 'avanza_rasa_up{server="2"} 0.0' in told
    assert "127.0.0.1" not in told


def test_scrapes_at_once_share_a_look(settings: Settings, engine: Engine) -> None:
    """Whoever asks a hundred times in a second costs the database one look."""
    made = make_engine(settings)
    seen: list[int] = []
    event.listen(made, "before_cursor_execute", lambda *_: seen.append(1))
    collector = metrics.ServiceCollector(make_readers(made), ())
    for _ in range(20):
        assert list(collector.collect())
    assert len(seen) <= 20
    made.dispose()
    assert engine


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has counted nothing yet."""
    monkeypatch.setattr(meters, "_waiting", Counter())
    monkeypatch.setattr(meters, "_kept_at", [float("-inf")])


def test_what_a_process_counts_is_kept(
    session: Session, counting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once the first time, then every ten seconds, so that sends don't wait for one row."""
    meters.keep(session)
    assert not [name for name, value in lines(session).items() if "twilio" in name and value != "0"]
    meters.refused(meters.SEND, 63016)
    meters.keep(session)
    for _ in range(3):
        meters.refused(meters.SEND, 63016)
    meters.refused(meters.REPORT, None)
    meters.bulk_sent(25)
    meters.bulk_sent(0)
    meters.keep(session)
    refused = "avanza_twilio_refusals_total[('code', '63016'), ('way', 'send')]"
    assert lines(session)[refused] == "1"
    monkeypatch.setattr(meters, "_kept_at", [time.monotonic() - meters.KEEP_SECONDS])
    meters.keep(session)
    after = lines(session)
    assert after[refused] == "4"
    assert after["avanza_twilio_refusals_total[('code', '0'), ('way', 'report')]"] == "1"
    assert after["avanza_bulk_sent_total[]"] == "25"


def test_a_counter_of_another_kind_is_no_refusal() -> None:
    kept = {"twilio_send_63016": 2, "twilio_send_x": 1, "twilio_other_1": 1, "twilio_": 1, "files_lost": 3}
    assert meters.refusals(kept) == {("send", 63016): 2}


def test_a_single_message_is_not_seen() -> None:
    """P4: a reply that happens to leave at the moment of a scrape tells nobody that somebody wrote."""
    now = utcnow()

    def told(count: int, age: float) -> dict[str, float]:
        since = now - timedelta(seconds=age)
        found = replace(
            EMPTY, queued={"reply": count}, sending=count, in_doubt=count, in_doubt_since=since,
            jobs={("conversation", "doing"): count}, unanswered_since=since, reply_unsent_since=since,
        )  # fmt: skip
        samples = [one for metric in metrics.of_vitals(found, now) for one in metric.samples]
        return {f"{one.name}{sorted(one.labels.items())}": one.value for one in samples}

    nothing = told(0, 0)
    assert told(9, 59) == nothing
    assert told(19, 61)["avanza_outbox_queued[('kind', 'reply')]"] == 10
    assert told(19, 61)["avanza_oldest_unanswered_age_seconds[]"] == pytest.approx(61)


def test_it_is_served_where_the_setting_says(settings: Settings) -> None:
    """Over HTTP, as Prometheus reads it."""
    with metrics.registry(settings) as served:
        server, thread = start_http_server(0, "127.0.0.1", served)
        try:
            answer = requests.get(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
    assert answer.status_code == 200
    assert "avanza_database_up 1.0" in answer.text


@pytest.mark.parametrize(("port", "wanted"), [("", False), ("9464", True)])
def test_it_runs_where_it_is_wanted(tmp_path: Path, port: str, wanted: bool) -> None:
    """Without a port there is no process."""
    settings = load_settings(environment(tmp_path, AVANZA_METRICS_PORT=port))
    names = {service.name for service in product_services(settings, {}, "127.0.0.1", "x")}
    assert ("metrics" in names) is wanted
    assert settings.watching.metrics_host == "127.0.0.1"
