"""Rules of the parts: signatures, overrides, time, the ledger, numbers, and what the simulator may import."""

from __future__ import annotations

import ast
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

import simulator
from simulator.addresses import canonical, masked
from simulator.clock import Scheduler, SimClock
from simulator.config import ConfigError, read_demo_phones
from simulator.ledger import Ledger, Question
from simulator.samples import sample
from simulator.webhooks import overrides_of, sign

PACKAGE = Path(simulator.__file__).parent


def test_twilios_own_signature_vector() -> None:
    """The vector of twilio-python, tests/unit/test_request_validator.py."""
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    signature = sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", params)
    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@given(
    token=NAMES,
    query=st.sampled_from(["", "?a=1", "?id=a%2Fb&n=%C3%B1"]),
    params=st.dictionaries(NAMES, VALUES),
)
def test_what_we_sign_twilios_validator_accepts(token: str, query: str, params: dict[str, str]) -> None:
    """For any parameters, empty values and any alphabet included; one changed byte is refused."""
    url = f"https://ejemplo.mx/twilio/inbound{query}"
    signature = sign(token, url, params)
    assert RequestValidator(token).validate(url, params, signature)
    assert not RequestValidator(token).validate(url, {**params, "Extra\x00": "x"}, signature)


@given(params=st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=3)))
def test_repeated_parameters_are_signed_once_each_and_sorted(params: dict[str, list[str]]) -> None:
    """As the validator reads a form with a name given more than once."""
    url = "https://ejemplo.mx/twilio/inbound"
    form: MultiDict[str, str] = MultiDict(params)
    assert RequestValidator("t").validate(url, form, sign("t", url, dict(params)))


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", (5.0, 15.0, 15.0, 1, {"ct"})),
        ("ct=1000&rt=2000&tt=9000&rc=3&rp=5xx,ct", (1.0, 2.0, 9.0, 3, {"5xx", "ct"})),
        ("ct=1&rt=99999&rc=9", (0.1, 15.0, 15.0, 5, {"ct"})),
        ("ct=x&rc=", (5.0, 15.0, 15.0, 1, {"ct"})),
    ],
)
def test_overrides_are_held_within_twilios_ranges(
    fragment: str, expected: tuple[float, float, float, int, set[str]]
) -> None:
    """Milliseconds, counts and triggers of the connection overrides, with Twilio's defaults."""
    found = overrides_of(fragment)
    assert (found.connect, found.read, found.total, found.retries, set(found.retry_on)) == expected


@pytest.mark.parametrize(
    "form", ["+5213312345678", "+523312345678", "whatsapp:+5213312345678", " whatsapp:+523312345678 "]
)
def test_all_forms_of_a_mexican_mobile_are_one_key(form: str) -> None:
    """+521 and +52, with or without the channel."""
    assert canonical(form) == "+523312345678"


def test_callbacks_show_a_masked_number() -> None:
    """The last four digits are hidden."""
    assert masked("whatsapp:+5213312345678") == "+521331234XXXX"


@given(st.lists(st.sampled_from(["create", "callback", "clear"]), max_size=40))
def test_ledger_numbers_only_grow(steps: list[str]) -> None:
    """One by one, never given twice, not even after a reset; `since` reads exactly what came later."""
    ledger = Ledger(SimClock())
    seen: list[int] = []
    for step in steps:
        before = seen[-1] if seen else 0
        if step == "clear":
            ledger.clear()
            continue
        seen.append(ledger.add(step, "whatsapp:+5213312345678"))
        entries, last = ledger.read(Question(since=before))
        assert [entry["seq"] for entry in entries] == [seen[-1]] == [last]
    assert seen == list(range(1, len(seen) + 1))


def test_the_ledger_can_be_waited_on() -> None:
    """A reader gets the first match when it comes, and an empty answer when it does not."""
    ledger = Ledger(SimClock())
    threading.Timer(0.05, ledger.add, ("create", "+523312345678")).start()
    entries, _ = ledger.read(Question(phone="+5213312345678", kinds=frozenset({"create"})), wait=5)
    assert [entry["phone"] for entry in entries] == ["+523312345678"]
    assert ledger.read(Question(kinds=frozenset({"callback"})), wait=0.01)[0] == []


def test_time_only_moves_forward_and_wakes_what_waits() -> None:
    """A job an hour away runs when the clock is moved, and not before."""
    clock = SimClock()
    scheduler = Scheduler(clock, workers=2)
    ran = threading.Event()
    before = clock.now()
    scheduler.after(3600, ran.set)
    assert not ran.wait(0.05)
    clock.advance(3601)
    scheduler.wake()
    assert ran.wait(2)
    assert clock.now() - before >= timedelta(seconds=3601)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
    scheduler.stop()


def test_a_failing_job_does_not_end_its_thread(caplog: pytest.LogCaptureFixture) -> None:
    """The next job still runs, and the log names the kind of failure without content."""
    scheduler = Scheduler(SimClock(), workers=1)
    ran = threading.Event()
    nothing: dict[str, str] = {}
    scheduler.after(0, lambda: nothing["whatsapp:+5213312345678"])
    scheduler.after(0, ran.set)
    assert ran.wait(2)
    scheduler.stop()
    assert "KeyError" in caplog.text
    assert "331234" not in caplog.text


def test_sample_files_are_what_they_say() -> None:
    """A voice note is an Ogg Opus file of its length, a picture a PNG."""
    note = sample("audio/ogg")
    assert note.count(b"OggS") == 5
    assert b"OpusHead" in note[:80]
    assert sample("image/png").startswith(b"\x89PNG\r\n")
    assert sample("text/vcard").startswith(b"BEGIN:VCARD")


@pytest.mark.parametrize(
    "text",
    ["{", '{"number": 1}', '[{"number": "+5213312345678"}]', '[{"number": "33", "profile_name": "x"}]'],
)
def test_a_wrong_file_of_phones_is_named(tmp_path: Path, text: str) -> None:
    """One sentence that names the argument."""
    file = tmp_path / "phones.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match="--demo-phones"):
        read_demo_phones(file)


def test_the_simulator_stands_alone() -> None:
    """It imports the standard library, Flask with werkzeug, and itself; nothing of the product."""
    allowed = {"flask", "werkzeug", "simulator"}
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in allowed or top in sys.stdlib_module_names, f"{file.name}: {name}"


def test_the_page_names_no_other_host() -> None:
    """Scripts, styles and markup load nothing from elsewhere."""
    for file in [*PACKAGE.glob("static/*"), *PACKAGE.glob("templates/*")]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text.replace("https?:", ""), file.name
        assert "https://" not in text, file.name


def test_waiting_is_bounded() -> None:
    """A scheduler that is never idle says so in time."""
    scheduler = Scheduler(SimClock(), workers=1)
    scheduler.after(0, lambda: time.sleep(0.4))
    assert not scheduler.settle(0.1)
    assert scheduler.settle(2)
    scheduler.stop()
