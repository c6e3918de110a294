"""Two hosts, a primary and its standby, while hosts are cut off and the primary is lost (P1, P2, P3).

Runs with `--long` alone, as root: `./avanza test tests/faults/test_hosts.py --long -n 0 -s` prints a table.
`--faults-messages` says how many messages, `--faults-rate` how many a second, `--faults-burst` how many of
them a woman writes at once, `--faults-only` which faults, `--faults-pause` how many seconds after one the
next comes; `--faults-seed` repeats a run.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import network
import pytest
from cluster import spread
from cuts import Faulted, chosen, go_through
from killing import killing
from settling import await_templates, last_lines, settle
from traffic import Plan, Traffic
from verdict import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster import Cluster
    from verdict import Verdict

PHONES, REMINDERS = 1_500, 2_000
POSTERS = 64
"""So many messages may wait for an answer of a host that hangs, while others come."""
NAMES = ("webhook", "worker", "clock", "console")
"""What is killed at random besides; the servers have faults of their own."""


@pytest.mark.processes
@pytest.mark.xdist_group("faults")
@pytest.mark.timeout(0)
def test_a_cut_host_and_a_lost_primary_cost_no_message(pytestconfig: pytest.Config) -> None:
    """P1 to P3: whichever host or server is gone, nothing is lost, doubled or stuck."""
    if not pytestconfig.getoption("--long", default=False):
        pytest.skip("takes long and needs root: --long")
    why = network.missing()
    if why is not None:
        pytest.skip(why)
    seed = pytestconfig.getoption("--faults-seed") or random.SystemRandom().randrange(10**6)
    befall = chosen(pytestconfig.getoption("--faults-only"))
    messages, rate = pytestconfig.getoption("--faults-messages"), pytestconfig.getoption("--faults-rate")
    burst, pause = pytestconfig.getoption("--faults-burst"), pytestconfig.getoption("--faults-pause")
    most = 60 * (pytestconfig.getoption("--faults-most-minutes") or float("inf"))
    plan = Plan(
        messages,
        PHONES,
        min(REMINDERS, messages),
        messages / rate,
        posters=POSTERS,
        burst=burst,
        most_seconds=most,
    )
    print(f"seed {seed}: {plan}")
    with spread() as cluster:
        traffic = Traffic(cluster, plan, seed)
        await_templates(cluster)
        traffic.plan_reminders()
        done: list[Faulted] = []
        over = threading.Event()
        faults = threading.Thread(
            target=go_through, args=(cluster, befall, random.Random(seed + 3), over, done, pause), daemon=True
        )
        with killing(
            cluster, random.Random(seed + 2), NAMES, (12.0 + pause, 37.0 + pause), plan.seconds
        ) as killer:
            faults.start()
            traffic.write()
            over.set()
            faults.join()
        settled = settle(cluster, hurry=False)
        verdict = judge(cluster, traffic)
        told = f"seed {seed}, settled after {settled:.0f} s, killed {dict(killer.killed)}\n{verdict}\n"
        told += _table(done, verdict, len(traffic.accepted))
        print(told)
        logs = "\n".join(last_lines(host.log) for host in cluster.hosts)
        assert not cluster.gave_up, f"{told}\na supervisor gave up\n{logs}"
        tried = {one.name for one in done}
        assert tried == {fault.__name__ for fault in befall}, f"{told}\nnot all were tried"
        assert all(one.survived for one in done), f"{told}\nit did not come back by itself\n{logs}"
        assert verdict.kept, f"{told}\n{logs}"
        assert _leads(cluster), "no clock leads at the end"


def _leads(cluster: Cluster) -> bool:
    until = time.monotonic() + 30
    while cluster.leader() is None and time.monotonic() < until:
        time.sleep(1.0)
    return cluster.leader() is not None


def _table(done: Sequence[Faulted], verdict: Verdict, accepted: int) -> str:
    lines = [
        "| fault | tried | survived | longest silence | whole again after |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(one.name for one in done):
        same = [one for one in done if one.name == name]
        lines.append(
            f"| {name.replace('_', ' ')} | {len(same)} | {sum(one.survived for one in same)}"
            f" | {max(one.silence for one in same):.1f} s | {max(one.whole_after for one in same):.1f} s |"
        )
    lost = sum(count for what, count in verdict.wrong.items() if "lost" in what or "without" in what)
    doubled = sum(count for what, count in verdict.wrong.items() if "twice" in what or "doubled" in what)
    doubled += verdict.wrong.get("turns answered more than once", 0)
    stuck = sum(verdict.wrong.values()) - lost - doubled
    lines.append(f"\n{accepted} messages taken; lost {lost}, doubled {doubled}, otherwise wrong {stuck}")
    return "\n".join(lines)
