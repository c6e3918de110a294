"""kill -9 of everything, and Twilio at its worst: nothing lost, nothing doubled, nothing stuck (P1, P2, P3).

The short form takes two minutes and runs in CI. `--long` runs for hours; a failed run prints its seed, and
`--faults-seed` repeats it. What can't be repeated is the machine's own timing.
"""

from __future__ import annotations

import random

import pytest
from installation import installed
from killing import WEIGHTS, killing
from settling import await_templates, last_lines, settle
from traffic import Plan, Traffic
from verdict import judge

SHORT = Plan(messages=240, phones=80, reminders=150, seconds=35.0)
LONG_MESSAGES, LONG_REMINDERS, LONG_PHONES = 10_000, 35_000, 1_500


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
        await_templates(installation)
        traffic.plan_reminders()
        pause = (1.5, 4.0) if minutes is None else (5.0, 60.0)
        with killing(installation, random.Random(seed + 2), names, pause, plan.seconds) as killer:
            traffic.write()
        assert not installation.gave_up, (
            f"seed {seed}: the supervisor gave up\n{last_lines(installation.log)}"
        )
        settled = settle(installation, hurry=minutes is None)
        verdict = judge(installation, traffic)
        told = f"seed {seed}, settled after {settled:.0f} s, killed {dict(killer.killed)}\n{verdict}"
        print(told)
        assert not installation.gave_up, f"{told}\nthe supervisor gave up\n{last_lines(installation.log)}"
        assert verdict.kept, f"{told}\n{last_lines(installation.log)}"
