"""The service goes on while its code, its tables and its secret key are replaced on a full database.

Takes some minutes and disk, so it runs with `--long` or AVANZA_ROLLING=yes alone. AVANZA_ROLLING_MESSAGES
(500,000) and AVANZA_ROLLING_WOMEN (35,000) say how full, AVANZA_ROLLING_RATE (20) how many messages come in a
second; AVANZA_ROLLING=upgrade leaves the keys out, AVANZA_ROLLING=keys the upgrade.
"""

from __future__ import annotations

import base64
import itertools
import math
import os
import random
import secrets
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filling import fill, phone
from rolling import PROCESSES, Rolling, World, Writers, code_of, judged, within
from standins import serving

from models import Role, Staff, utcnow
from outreach.ground import embedded, migrate
from outreach.ground.database import make_sessions
from outreach.ground.settings import ROOT
from outreach.sealing import key_check, rekeying, renewal, reseal, vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rolling import Verdict

BEFORE = "0c53621a"
"""The last code before step 0028."""
FIRST_NEWCOMER = 3_320_000_000


@pytest.fixture
def long(pytestconfig: pytest.Config) -> None:
    """Skip the test but in a long run."""
    if not (pytestconfig.getoption("--long", default=False) or os.environ.get("AVANZA_ROLLING")):
        pytest.skip("only with --long")


def _phones(women: int) -> Iterator[str]:
    """Women who are known, in no order, and every fifth time one who is new."""
    known = iter(random.sample(range(women), women))
    for number in itertools.count():
        one = next(known, None) if number % 5 != 4 else None
        yield f"whatsapp:+521{FIRST_NEWCOMER + number}" if one is None else phone(one)


@pytest.mark.processes
@pytest.mark.xdist_group("faults")
@pytest.mark.timeout(0)
@pytest.mark.usefixtures("long")
def test_code_tables_and_key_are_replaced_while_women_write() -> None:
    """Nothing lost, nothing twice, no answer more than 30 s late; the key in the end is the new one alone."""
    women = int(os.environ.get("AVANZA_ROLLING_WOMEN", "35000"))
    messages = int(os.environ.get("AVANZA_ROLLING_MESSAGES", "500000"))
    rate = float(os.environ.get("AVANZA_ROLLING_RATE", "20"))
    secret, world = secrets.token_bytes(32), World()
    with ExitStack() as stack:
        (ROOT / "var").mkdir(exist_ok=True)
        var = Path(
            tempfile.mkdtemp(prefix="rolling-", dir=os.environ.get("AVANZA_ROLLING_DIR", ROOT / "var"))
        )
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        try:
            old = code_of(BEFORE, var / "before") if os.environ.get("AVANZA_ROLLING") != "keys" else ROOT
        except LookupError:
            pytest.skip("a copy of the repository without its history")
        (var / "secret-key").write_text(base64.b64encode(secret).decode())
        url = embedded.start(var)
        stack.callback(embedded.stop, var)
        world_url = stack.enter_context(serving(world.answer))
        rolling = Rolling(var, url, world_url)
        stack.callback(rolling.end)
        done = rolling.command(old, "migrate")
        assert done.returncode == 0, done.stderr
        began = time.monotonic()
        fill(url, PersonalKey(secret), women, messages)
        print(f"filled with {women:,} women, {messages:,} messages in {time.monotonic() - began:.0f} s")
        rolling.roll(old)
        if old != ROOT:
            with Writers(rolling, _phones(women), rate) as writers:
                time.sleep(10)
                _upgraded(rolling)
            _told("upgrade", judged(rolling, world, writers), rolling)
        if os.environ.get("AVANZA_ROLLING") == "upgrade":
            return
        with Writers(rolling, _phones(women), rate) as again:
            world.sent.clear()
            _key_replaced(rolling, secret)
        _told("key", judged(rolling, world, again), rolling)
        with Writers(rolling, _phones(women), rate / 2, "ayuda") as third:
            world.sent.clear()
            _team_key_replaced(rolling)
        _told("team", judged(rolling, world, third), rolling)
        _only_the_new_key(rolling, secret)


def _upgraded(rolling: Rolling) -> None:
    """Bring the tables up to date under the old code, and then the processes to the new code."""
    began = time.monotonic()
    done = rolling.command(ROOT, "migrate")
    assert done.returncode == 0, done.stderr
    print(f"tables up to date in {time.monotonic() - began:.1f} s")
    time.sleep(15)  # the code of before on the tables of now
    began = time.monotonic()
    rolling.roll(ROOT)
    print(f"processes replaced in {time.monotonic() - began:.1f} s")
    time.sleep(10)


def _key_replaced(rolling: Rolling, secret: bytes) -> None:
    """Replace the secret key as an administrator does, with a clock that is killed now and then."""
    for arguments in (("keys", "new"), ("keys", "replace")):
        done = rolling.command(ROOT, *arguments)
        assert done.returncode == 0, done.stderr
        rolling.roll(ROOT)
    sessions, killed = make_sessions(rolling.engine), 0
    began, old = time.monotonic(), PersonalKey(secret)
    kill_at, stood = began + 3, None

    def over() -> bool:
        nonlocal killed, kill_at, stood
        with sessions() as session:
            at = rekeying.progress(session)
            if key_check.fit(session, old) is key_check.Fit.OTHER:
                return True
        if kill_at == math.inf and at != stood:
            kill_at = time.monotonic() + random.uniform(8, 20)  # it works again
        if time.monotonic() > kill_at:
            rolling.stop("clock", signal.SIGKILL)
            with sessions() as session:
                killed, kill_at, stood = killed + 1, math.inf, rekeying.progress(session)
            rolling.start("clock", ROOT)
        return False

    within(900, over)
    print(f"key replaced in {time.monotonic() - began:.0f} s, the clock killed {killed} times")
    done = rolling.command(ROOT, "keys", "finish")
    assert done.returncode == 0, done.stderr
    rolling.roll(ROOT)
    time.sleep(5)


def _team_key_replaced(rolling: Rolling) -> None:
    """Change the team's key while cases are opened, and seal anew what was sealed: one key opens all."""
    sessions = make_sessions(rolling.engine)
    recovery = (rolling.var / "recovery-key.txt").read_text().strip()
    with sessions.begin() as session:
        password = accounts.add(session, "lucia", "Lucía Prueba", Role.CASEWORKER, utcnow())
        staff = accounts.find(session, "lucia")
        assert staff is not None
        vault.grant_with_recovery_key(session, recovery, staff.id)
    time.sleep(15)
    began = time.monotonic()
    with sessions.begin() as session:
        lucia = session.get_one(Staff, staff.id)
        ring = vault.unlock(session, lucia, password)
        team = vault.find_team(session)
        assert ring is not None
        assert team is not None
        team_id = team.id
        ring = renewal.change_key(session, ring, team_id, renewal.Recovery.make())

    def over() -> bool:
        with sessions.begin() as session:
            return reseal.step(session, ring, team_id).finished

    within(300, over)
    own = vault.keys_of(ring)[0]
    with sessions() as session:
        values = [
            sealed for one in reseal.columns() for sealed in session.scalars(one.of(team_id, one.column))
        ]
    assert all(vault.unseal(own, sealed) is not None for sealed in values)
    print(f"team's key replaced in {time.monotonic() - began:.0f} s, {len(values):,} sealed values")
    time.sleep(5)


def _told(what: str, verdict: Verdict, rolling: Rolling) -> None:
    print(f"{what}: {verdict}")
    wrong = rolling.errors()
    print("\n".join(wrong[-20:]))
    assert verdict.kept, verdict
    assert rolling.number("SELECT count(*) FROM dead_letter") == 0
    assert migrate.is_current(rolling.engine)
    assert set(rolling.running) == set(PROCESSES)


def _only_the_new_key(rolling: Rolling, secret: bytes) -> None:
    """No row is under the old key, and no process starts with it."""
    kept = base64.b64decode((rolling.var / "secret-key").read_text())
    assert kept != secret
    assert rolling.number("SELECT count(*) FROM channel_address WHERE octet_length(lookup_hash) <> 33") == 0
    assert rolling.number("SELECT count(*) FROM name_key WHERE octet_length(sound_hash) <> 33") == 0
    (rolling.var / "secret-key").write_text(base64.b64encode(secret).decode())
    refused = rolling.command(ROOT, "worker")
    assert refused.returncode == 1
    assert "AVANZA_SECRET_KEY" in refused.stderr
