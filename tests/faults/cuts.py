"""What happens to hosts and servers: cut off seen and unseen, killed, promoted, back too early.

Each fault puts everything back as a person would by `docs/operations/several-hosts.md`. What the product has
to do by itself is not helped.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.ledger import Question

if TYPE_CHECKING:
    import random
    import threading
    from collections.abc import Callable, Sequence

    from cluster import Cluster
    from network import Way

    Fault = Callable[[Cluster, random.Random], None]

CUT_SECONDS: Final = 20.0
WHOLE_SECONDS: Final = 90.0
PERSON_SECONDS: Final = 3.0
"""How soon a person, or a program like Patroni, promotes the standby."""


class Faulted(NamedTuple):
    """How it went."""

    name: str
    survived: bool
    silence: float
    """The longest time in which nothing left for any woman, in seconds."""
    whole_after: float
    """Seconds from when all was put back until all ran again."""


def host_cut_unseen(cluster: Cluster, chance: random.Random) -> None:
    """Every packet of a host vanishes."""
    _cut(cluster, chance, "silent")


def host_cut_seen(cluster: Cluster, chance: random.Random) -> None:
    """A host's links go down."""
    _cut(cluster, chance, "down")


def _cut(cluster: Cluster, chance: random.Random, way: Way) -> None:
    host = chance.choice(cluster.hosts)
    host.node.cut(way)
    time.sleep(CUT_SECONDS)
    host.node.heal()


def host_frozen(cluster: Cluster, chance: random.Random) -> None:
    """All processes of a host stand still while its connections live, as when a virtual machine is moved."""
    pids = chance.choice(cluster.hosts).pids()
    try:
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        time.sleep(CUT_SECONDS)
    finally:
        for pid in pids:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: int) -> None:
    with suppress(OSError):
        os.kill(pid, number)


def leader_cut_from_the_database(cluster: Cluster, chance: random.Random) -> None:
    """The host whose clock leads is reached from outside and does not reach the database."""
    until = time.monotonic() + CUT_SECONDS  # the one that led may have been killed just now
    while (leading := cluster.leader()) is None:
        assert time.monotonic() < until, "no clock leads"
        time.sleep(0.5)
    leading.node.cut("silent", ("data",))
    until = time.monotonic() + CUT_SECONDS
    try:
        while (now := cluster.leader()) is None or now is leading:
            assert time.monotonic() < until, "no other clock took over"
            time.sleep(0.5)
        time.sleep(max(0.0, until - time.monotonic()))
    finally:
        leading.node.heal()


def primary_lost(cluster: Cluster, chance: random.Random) -> None:
    """The primary's machine loses its power; its standby is promoted, and the old one joins again."""
    old = cluster.primary
    old.node.cut("silent")
    old.kill()
    _promote(cluster)
    time.sleep(CUT_SECONDS)
    _join_again(cluster)


def primary_cut_off(cluster: Cluster, chance: random.Random) -> None:
    """The primary lives and nobody reaches it; its standby is promoted."""
    cluster.primary.node.cut("silent")
    _promote(cluster)
    time.sleep(CUT_SECONDS)
    _join_again(cluster)


def old_primary_back_too_early(cluster: Cluster, chance: random.Random) -> None:
    """The old primary is reached again as it was, beside the new one: what nobody should let happen."""
    old = cluster.primary
    old.node.cut("silent")
    _promote(cluster)
    time.sleep(CUT_SECONDS / 2)
    old.node.heal()
    time.sleep(CUT_SECONDS / 2)
    _join_again(cluster)


def primary_restarted(cluster: Cluster, chance: random.Random) -> None:
    """All processes of the primary are killed, and it is started again."""
    cluster.primary.kill()
    time.sleep(PERSON_SECONDS)
    cluster.primary.start()


def standby_lost(cluster: Cluster, chance: random.Random) -> None:
    """The standby is gone, each commit waits, until a person has them wait no longer."""
    primary, standby = cluster.primary, cluster.standby
    standby.node.cut("silent")
    time.sleep(CUT_SECONDS / 2)
    primary.wait_for("")
    time.sleep(CUT_SECONDS / 2)
    standby.node.heal()
    _follow(cluster)


def _promote(cluster: Cluster) -> None:
    time.sleep(PERSON_SECONDS)
    cluster.standby.promote()
    cluster.swap()


def _join_again(cluster: Cluster) -> None:
    """What was the primary takes back what it wrote alone, and follows; then commits wait for it again."""
    old = cluster.standby
    old.kill()
    old.node.heal()
    old.follow_again(cluster.primary)
    _follow(cluster)


def _follow(cluster: Cluster) -> None:
    until = time.monotonic() + WHOLE_SECONDS
    while not cluster.primary.is_followed():
        assert time.monotonic() < until, "the standby does not follow"
        time.sleep(0.5)
    cluster.primary.wait_for(cluster.standby.node.name)


FAULTS: Final = (
    host_cut_unseen,
    leader_cut_from_the_database,
    primary_lost,
    host_cut_seen,
    host_frozen,
    standby_lost,
    primary_cut_off,
    primary_restarted,
    old_primary_back_too_early,
)


def chosen(names: str | None) -> tuple[Fault, ...]:
    """Return the faults of these names, separated by commas; all of them where none is named."""
    return FAULTS if names is None else tuple(one for one in FAULTS if one.__name__ in names.split(","))


def go_through(
    cluster: Cluster,
    faults: Sequence[Fault],
    chance: random.Random,
    over: threading.Event,
    done: list[Faulted],
    pause: float,
) -> None:
    """Do one after the other, all of them once and then for as long as there is traffic.

    `pause`: seconds from one that is over to the next; none once the traffic is over.
    """
    number = 0
    while number < len(faults) or not over.is_set():
        done.append(_one(cluster, faults[number % len(faults)], chance))
        print(f"{datetime.now(UTC):%H:%M:%S} {done[-1]}", flush=True)
        over.wait(pause)
        number += 1


def _one(cluster: Cluster, fault: Fault, chance: random.Random) -> Faulted:
    began = cluster.hub.clock.now()
    told = True
    try:
        fault(cluster, chance)
    except Exception as error:  # noqa: BLE001 (the run goes on, and fails at its end)
        print(f"{fault.__name__}: {type(error).__name__}: {error}", flush=True)
        told = False
    back = time.monotonic()
    while (missing := _missing(cluster)) and time.monotonic() - back < WHOLE_SECONDS:
        print(f"{datetime.now(UTC):%H:%M:%S} {fault.__name__}: without {', '.join(missing)}", flush=True)
        time.sleep(1.0)
    after = time.monotonic() - back
    return Faulted(fault.__name__, told and after < WHOLE_SECONDS, _silence(cluster, began), after)


def _missing(cluster: Cluster) -> list[str]:
    try:
        return cluster.missing()
    except Exception as error:  # noqa: BLE001 (whatever can't be asked is not there)
        return [type(error).__name__]


def _silence(cluster: Cluster, began: datetime) -> float:
    """The longest time since `began` in which no message was given to Twilio."""
    made = cluster.hub.ledger.read(Question(kinds=frozenset({"create"})))[0]
    moments = [at for one in made if (at := datetime.fromisoformat(one["at"])) >= began]
    whole = [began, *moments, cluster.hub.clock.now()]
    return max((later - earlier for earlier, later in pairwise(whole)), default=timedelta()).total_seconds()
