"""`python -m simulator` as a process: it starts, answers, and ends when told; wrong use is one clear line."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
GOOD = [
    "--account-sid", "AC" + "1" * 32,
    "--auth-token", "t",
    "--from", "whatsapp:+14155238886",
    "--webhook-url", "http://127.0.0.1:9/in",
]  # fmt: skip
pytestmark = pytest.mark.processes


def start(*arguments: str) -> subprocess.Popen[str]:
    """The command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether the address answers 200 within ten seconds."""
    for _ in range(100):
        try:
            return requests.get(url, timeout=5).status_code == 200
        except requests.exceptions.ConnectionError:
            time.sleep(0.1)
    return False


def test_it_starts_answers_and_ends_with_zero() -> None:
    """SIGTERM ends it at once, without a word."""
    port = free_port()
    process = start("--port", str(port), *GOOD)
    try:
        assert answers(f"http://127.0.0.1:{port}/healthz")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "", "")


def test_a_used_port_is_one_line_and_exit_1() -> None:
    """The port is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start("--port", port, *GOOD)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert port in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "--account-sid"),
        ([*GOOD[:-4], "--from", "+14155238886", *GOOD[-2:]], "--from"),
        ([*GOOD, "--demo-phones", "nowhere.json"], "--demo-phones"),
    ],
)
def test_wrong_use_is_exit_2_and_names_the_argument(arguments: list[str], word: str) -> None:
    """What is missing or malformed is named, without a traceback."""
    process = start(*arguments)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert word in err
    assert "Traceback" not in err
