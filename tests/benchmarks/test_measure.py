"""What the benchmarks say of their times, and what they measure with."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioSdk

from benchmarks.measure import Round, figures, percentile, ratios, run
from benchmarks.posts import ACCOUNT, OLD_BUTTON, SENDER, TOKEN, Client, Post, inbound
from benchmarks.report import Report, aligned, machine
from benchmarks.standin import standing_in

_TIMES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60)


@given(_TIMES, st.floats(0.01, 1.0))
def test_a_percentile_is_a_measured_time_that_the_share_does_not_exceed(
    times: list[float], share: float
) -> None:
    """Nothing is interpolated: the figure was really seen, and enough of the times are at or under it."""
    found = percentile(times, share)
    assert found in times
    assert sum(one <= found for one in times) >= share * len(times) - 1e-6


def test_the_99th_of_a_few_times_is_their_worst() -> None:
    """With few requests p99 hides nothing."""
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_no_times_are_no_figure() -> None:
    """A side that measured nothing is an error, not a zero."""
    with pytest.raises(ValueError, match="no times"):
        percentile([], 0.5)


def test_ratios_are_the_medians_of_the_rounds_own_ratios() -> None:
    """A slow round slows both sides, so its ratio counts as one among others; over 1 is to our advantage."""
    ours = [Round((1.0,), 0.001), Round((10.0,), 0.01), Round((1.0,), 0.001)]
    peer = [Round((2.0,), 0.002), Round((30.0,), 0.03), Round((9.0,), 0.009)]
    found = ratios(ours, peer)
    assert (found.p50, found.p99) == (3.0, 3.0)
    assert found.throughput == pytest.approx(3.0)


def test_sides_of_other_rounds_are_not_compared() -> None:
    """A ratio needs both sides in the same round."""
    with pytest.raises(ValueError, match="zip"):
        ratios([Round((1.0,), 1.0)], [])


def test_figures_pool_the_times_and_take_the_median_throughput() -> None:
    """The worst of any round is in the 99th percentile."""
    seen = figures([Round((1.0, 1.0), 1.0), Round((1.0, 99.0), 0.5), Round((1.0, 1.0), 0.1)])
    assert (seen.requests, seen.p50_ms, seen.p99_ms, seen.per_second) == (6, 1.0, 99.0, 4.0)


def test_clients_share_the_requests_and_run_at_the_same_time() -> None:
    """Every request is made once; as many as there are clients are under way together."""
    together = threading.Barrier(4, timeout=10)
    made: list[int] = []

    def action(_who: int, number: int) -> float:
        together.wait()
        made.append(number)
        return 1.0

    assert len(run(4, 8, action).times) == 8
    assert sorted(made) == list(range(8))


def test_a_failed_request_fails_the_measurement() -> None:
    """A figure never leaves out what did not work."""

    def action(_who: int, number: int) -> float:
        if number == 3:
            raise RuntimeError("refused")
        return 1.0

    with pytest.raises(RuntimeError, match="refused"):
        run(2, 6, action)


def test_the_table_shows_each_side_and_the_peers_ratios() -> None:
    """Words to the left, numbers to the right; ours has no ratio to itself."""
    report = Report("any", 1)
    ours, peer = [Round((2.0,), 0.002)], [Round((6.0,), 0.006)]
    report.add("ours", 1, ours)
    report.add("the peer", 8, peer, ours)
    head, first, second = report.table().splitlines()
    assert head.startswith("what")
    assert first.split() == ["ours", "1", "1", "2.0", "2.0", "500.0"]
    assert second.split() == ["the", "peer", "8", "1", "6.0", "6.0", "166.7", "3.00", "3.00", "3.00"]
    assert aligned([("a", "10"), ("bbb", "2")]) == "a    10\nbbb   2"


def test_the_machine_is_described_without_its_name() -> None:
    """The file says what kind of machine it was, not which."""
    assert set(machine()) == {"system", "processor", "cores", "python"}


def test_posts_are_signed_for_their_address_and_never_the_same() -> None:
    """The webhook would take them, and never as duplicates."""
    url = "http://127.0.0.1:8000/twilio/inbound"
    first, second = (inbound(url, "whatsapp:+5213300100001", "gracias", tapped=True) for _ in range(2))
    fields = dict(parse_qsl(first.body.decode(), keep_blank_values=True))
    assert RequestValidator(TOKEN).validate(url, fields, first.headers["X-Twilio-Signature"])
    assert fields["ButtonPayload"] == OLD_BUTTON
    assert fields["MessageSid"] != dict(parse_qsl(second.body.decode()))["MessageSid"]


def test_the_unmodified_sdk_is_accepted_after_the_delay_and_the_moment_is_known() -> None:
    """The stand-in speaks Twilio's protocol; what waits for a reply learns when it was taken."""
    with standing_in() as twilio:
        twilio.delay = 0.05
        sdk = TwilioSdk(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=5))
        sdk.api.base_url = twilio.url
        began = time.perf_counter()
        assert sdk.messages.create(to="whatsapp:+5213300100001", from_=SENDER, body="hola").sid
        sdk.http_client.session.close()
        assert twilio.wait("whatsapp:+5213300100001", 0, 1.0) - began >= 0.05
        with pytest.raises(TimeoutError):
            twilio.wait("whatsapp:+5213300100001", 1, 0.01)


def test_another_answer_than_the_expected_one_is_an_error() -> None:
    """A refused post is not a quick acknowledgement."""
    with standing_in() as twilio:
        client = Client(twilio.url)
        with pytest.raises(RuntimeError, match="answered 200 instead of 204"):
            client.send(Post(f"{urlsplit(twilio.url).path}/x", b"", {}))
        client.close()
