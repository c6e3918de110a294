"""How long the harness of faults runs: two minutes, or hours with `--long` or AVANZA_FAULTS_MINUTES."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this folder."""
    group = parser.getgroup("faults")
    group.addoption("--faults-seed", type=int, default=None, help="faults: the seed of a run to repeat")
    group.addoption(
        "--faults-messages", type=int, default=100_000, help="faults: how many messages come to the two hosts"
    )
    group.addoption("--faults-only", default=None, help="faults: which of `cuts.py` befall the two hosts")
    group.addoption("--faults-rate", type=float, default=80.0, help="faults: how many of them a second")
    group.addoption(
        "--faults-burst",
        type=int,
        default=1,
        help="faults: how many a woman writes at once, at most",
    )
    group.addoption(
        "--faults-pause", type=float, default=3.0, help="faults: seconds from one of them to the next"
    )
    group.addoption(
        "--faults-most-minutes",
        type=float,
        default=None,
        help="faults: no message is posted after so long; what was taken until then is judged",
    )
    group.addoption("--faults-kill", default=None, help="faults: what is killed, separated by commas")


@pytest.fixture(scope="session")
def minutes(pytestconfig: pytest.Config) -> float | None:
    """Return how many minutes a long run lasts, None for the short one."""
    given = os.environ.get("AVANZA_FAULTS_MINUTES")
    if given:
        return float(given)
    return 120.0 if pytestconfig.getoption("--long", default=False) else None
