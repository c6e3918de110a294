"""Logs: one JSON line an outcome, and nothing that a person wrote, by accident either."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import uuid
import warnings
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from outreach.ground import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "Canaria Prueba 3312345678"


class Colour(Enum):
    """An enumeration of the code."""

    DARK_BLUE = "whatever it says"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the process would write; everything is put back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in (logs.OURS, *logs._QUIET)}
    made = io.StringIO()
    logs.configure("test", made)
    yield made
    root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Each line is JSON and has an action."""
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(line["action"] and line["service"] == "test" and line["at"] for line in found)
    return found


def test_fields_of_the_list_leave(stream: io.StringIO) -> None:
    """Ids, numbers and words of the code; both ways of calling."""
    turn = uuid.uuid4()
    fields = {
        "turn_id": turn,
        "attempts": 3,
        "kind": "RasaError",
        "state": Colour.DARK_BLUE,
        "reason": "no_receipt",
    }
    logs.get("avanza.worker").warning("turn failed", action="turn_failed", **fields)
    logging.getLogger("avanza.worker").warning("turn failed", extra={"action": "turn_failed", **fields})
    for line in lines(stream):
        assert line["action"] == "turn_failed"
        assert line["turn_id"] == str(turn)
        assert line["attempts"] == 3
        assert line["kind"] == "RasaError"
        assert line["state"] == "dark_blue"
        assert "dropped" not in line


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": CANARY}, {"reason": "auxilio"}, {"kind": "Rosario"}, {"state": "me pega"},
        {"count": 3312345678}, {"conversation_id": "+523312345678"}, {"sid": "SM1"},
        {"phone": "3312345678"}, {"count": "tres"},
        {"where": CANARY}, {"action": CANARY}, {"task": "me pega"}, {"Canaria": 1}, {"code": CANARY},
        {"level": CANARY}, {"dropped": CANARY}, {"exc": ValueError(CANARY)}, {"turn_id": {"a": CANARY}},
        {"seconds": float(5213312345678)},
    ],
)  # fmt: skip
def test_other_fields_do_not(stream: io.StringIO, fields: dict[str, Any]) -> None:
    """A name or a shape that is not on the list is counted and left out."""
    logs.get("avanza.worker").warning(CANARY, **{"action": "tried", **fields})
    logging.getLogger("avanza.worker").warning("%s", CANARY, extra={"action": "tried", **fields})
    assert len(lines(stream)) == 2
    text = stream.getvalue()
    for word in ("Canaria", "Prueba", "331234567", "auxilio", "Rosario", "pega"):
        assert word not in text


def test_exceptions_say_kind_and_place_only(stream: io.StringIO) -> None:
    """Never their text, never a library's frames."""
    ours, theirs = logging.getLogger("avanza.worker"), logging.getLogger("waitress")
    try:
        json.loads(CANARY)
    except ValueError:
        ours.exception("failed %s", CANARY, extra={"action": "failed"})
        theirs.exception("Exception while serving %s", CANARY)
        logs.get("avanza.worker").exception(CANARY, action="failed")
    for line in lines(stream):
        assert line["kind"] == "JSONDecodeError"
        assert all(place.startswith("tests/outreach/test_logs.py:") for place in line["where"])
    assert "Canaria" not in stream.getvalue()


def test_what_nobody_caught(stream: io.StringIO) -> None:
    """A thread's end, the process's end and a warning are lines like the others."""

    def fail() -> None:
        raise LookupError(CANARY)

    one = threading.Thread(target=fail)
    one.start()
    one.join()
    try:
        fail()
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, UserWarning, stacklevel=1)
    logging.getLogger("procrastinate.worker").error("Job %s ended", CANARY)
    assert [line["action"] for line in lines(stream)] == [
        "uncaught_in_thread", "uncaught", "library_line", "library_line",
    ]  # fmt: skip
    assert "Canaria" not in stream.getvalue()


def test_a_line_that_cannot_be_made_is_not_printed(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """The standard library would print the message that it failed on."""
    logging.getLogger("avanza.worker").warning("%d", CANARY, extra={"action": "tried"})
    assert "Canaria" not in stream.getvalue()
    assert "Canaria" not in capsys.readouterr().err


VALUES = st.one_of(
    st.text(min_size=1), st.integers(), st.floats(), st.none(), st.booleans(), st.uuids(), st.binary(),
    st.lists(st.text()), st.dictionaries(st.text(), st.text()),
)  # fmt: skip


@limits(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.dictionaries(st.text(min_size=1), VALUES, max_size=4))
def test_any_call_is_a_line(stream: io.StringIO, message: str, fields: dict[str, Any]) -> None:
    """No value can break a line or the caller; no text of more than a word leaves."""
    stream.truncate(0)
    stream.seek(0)
    fields = {name: value for name, value in fields.items() if name not in {"event", "exc_info", "self"}}
    logs.get("avanza.worker").warning(message, **fields)
    (line,) = lines(stream)
    for value in line.values():
        assert not isinstance(value, str) or " " not in value
