"""kill -9 of everything, and Twilio at its worst: nothing lost, nothing doubled, nothing stuck (P1, P2, P3).

The short form takes two minutes and runs in CI. `--long` runs for hours; a failed run prints its seed, and
`--faults-seed` repeats it. What can't be repeated is the machine's own timing.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from installation import installed
from killing import WEIGHTS, killing
from traffic import Plan, Traffic
from verdict import HURRY, UNSETTLED, judge

if TYPE_CHECKING:
    from installation import Installation

SHORT = Plan(messages=240, phones=80, reminders=150, seconds=35.0)
LONG_MESSAGES, LONG_REMINDERS, LONG_PHONES = 10_000, 35_000, 1_500
SETTLE_SECONDS, TEMPLATE_SECONDS = 60.0, 60.0


@pytest.mark.processes
@pytest.mark.xdist_group("faults")
@pytest.mark.timeout(0)
def test_nothing_is_lost_doubled_or_stuck(minutes: float | None, pytestconfig: pytest.Config) -> None:
    """P1 to P3: whatever dies and however Twilio answers, each message has one answer, each end is known."""
    seed = pytestconfig.getoption("--faults-seed", default=None) or random.SystemRandom().randrange(10**6)
    names = tuple((pytestconfig.getoption("--faults-kill", default=None) or ",".join(WEIGHTS)).split(","))
    plan = SHORT if minutes is None else Plan(LONG_MESSAGES, LONG_PHONES, LONG_REMINDERS, minutes * 60)
    print(f"seed {seed}: {plan}")
    with installed() as installation:
        traffic = Traffic(installation, plan, seed)
        _await_templates(installation)
        traffic.plan_reminders()
        pause = (1.5, 4.0) if minutes is None else (5.0, 60.0)
        with killing(installation, random.Random(seed + 2), names, pause, plan.seconds) as killer:
            traffic.write()
        assert not installation.gave_up, f"seed {seed}: the supervisor gave up\n{_last_lines(installation)}"
        settled = _settle(installation, hurry=minutes is None)
        verdict = judge(installation, traffic)
        told = f"seed {seed}, settled after {settled:.0f} s, killed {dict(killer.killed)}\n{verdict}"
        print(told)
        assert not installation.gave_up, f"{told}\nthe supervisor gave up\n{_last_lines(installation)}"
        assert verdict.kept, f"{told}\n{_last_lines(installation)}"


def _await_templates(installation: Installation) -> None:
    """What falls due before the templates are approved is rightly never sent."""
    deadline = time.monotonic() + TEMPLATE_SECONDS
    while installation.number("SELECT count(*) FROM template WHERE state <> 'approved'"):
        assert time.monotonic() < deadline, "the templates were not approved"
        time.sleep(0.5)


def _settle(installation: Installation, *, hurry: bool) -> float:
    """Wait until nothing waits any more; return the seconds that it took."""
    began = time.monotonic()
    patience = SETTLE_SECONDS if hurry else 20 * SETTLE_SECONDS
    while not installation.gave_up and time.monotonic() - began < patience:
        waiting = {what: count for what, count in installation.rows(UNSETTLED) if count}
        if not waiting:
            break
        if round(time.monotonic() - began) % 15 == 0:
            print(f"{time.monotonic() - began:.0f} s: {waiting}")
        if hurry:
            for statement in HURRY:
                installation.rows(statement)
        time.sleep(1.0)
    installation.hub.scheduler.settle(10.0)
    return time.monotonic() - began


def _last_lines(installation: Installation) -> str:
    return "\n".join(installation.log.read_text(errors="replace").splitlines()[-15:])
