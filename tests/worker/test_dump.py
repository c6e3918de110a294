"""A stolen dump does not tell who has a case (P4): no row, count, time, size or job, whatever is joined."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, time, timedelta
from typing import TYPE_CHECKING, Any

import dumps
import pytest
from case_weeks import CANARY, Desk, Story, a_week, caseworker, running
from referral_weeks import EVERY
from sqlalchemy import select, text

from models import Template, TemplateState, utcnow
from outreach.messages import redaction, unlinking
from outreach.sealing import renewal, reseal, vault
from outreach.start import seed
from worker import ticks

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from worker.runtime import Runtime

pytestmark = pytest.mark.xdist_group("dump")  # all tests look at one dump
EACH = 20
"""Women with a case, and as many without."""
TOLD = 0.85
"""A figure that sorts so many of them rightly tells; by chance none of them all comes near with this many."""


@dataclass(frozen=True)
class Stolen:
    """A dump with the secret key, and which conversations are of women with a case."""

    dump: dumps.Dump
    key: PersonalKey
    helped: list[uuid.UUID]
    others: list[uuid.UUID]


_stolen: list[Stolen] = []


@pytest.fixture
def stolen(request: pytest.FixtureRequest) -> Stolen:
    """A dump of an installation where half of the women have a case, some days after; made once."""
    if not _stolen:
        _stolen.append(
            _steal(*map(request.getfixturevalue, ("sessions", "settings", "engine", "recovery_key")))
        )
    return _stolen[0]


def _steal(sessions: sessionmaker[Session], settings: Settings, engine: Engine, recovery_key: str) -> Stolen:
    with running(settings) as runtime:
        with sessions.begin() as session:
            desks = [caseworker(session, recovery_key, name) for name in ("lucia", "marta")]
            seed.plant(session)
            for template in session.scalars(select(Template)):
                template.state, template.content_sid = TemplateState.APPROVED, f"HX{template.id.hex}"
        helped = [Story(runtime, number) for number in range(EACH)]
        others = [Story(runtime, number) for number in range(EACH, 2 * EACH)]
        a_week(helped, others, *(Desk(runtime, staff_id, ring) for staff_id, ring in desks))
        _the_key_is_changed(sessions, recovery_key)
        _days_pass(runtime)
        ids = [[one.conversation_id for one in group if one.conversation_id] for group in (helped, others)]
        return Stolen(dumps.take(engine), runtime.key, ids[0], ids[1])


def _the_key_is_changed(sessions: sessionmaker[Session], paper: str) -> None:
    """Somebody leaves, the key is changed, and half of what was sealed is sealed anew."""
    with sessions.begin() as session:
        ring, team = vault._recover(session, paper), vault.the_team(session)
        ring = renewal.change_key(session, ring, team.id, renewal.Recovery.make())
        rows = reseal.count(session, team.id) // 2
    with sessions.begin() as session:
        assert reseal.step(session, ring, team.id, rows=rows).done == rows


def _days_pass(runtime: Runtime) -> None:
    """Run the upkeep as it runs in the days after."""
    later = utcnow() + timedelta(days=2)
    with runtime.sessions.begin() as session:
        # What the jobs do was done by hand above; a worker deletes each job that it has run.
        session.execute(text("DELETE FROM procrastinate_jobs"))
        while looked := redaction.look(session, runtime.key, later):
            redaction.settle(session, looked, set(), later)
    with runtime.sessions.begin() as session:
        while unlinking.unlink(session, runtime.key, later):
            pass
    ticks.sweep(runtime)


def test_no_figure_of_a_dump_tells_who_has_a_case(stolen: Stolen) -> None:
    """P4: whatever a thief joins, counts and measures, no threshold tells the women with a case."""
    groups = (stolen.helped, stolen.others)
    known = dumps.by_id(stolen.dump)
    of = [[dumps.figures(dumps.rows_of(stolen.dump, [one], known)) for one in group] for group in groups]
    found = dumps.telling(of[0], of[1], TOLD)
    assert not found, "\n".join(f"{share} {name}" for name, share in sorted(found.items()))


def test_the_secret_key_reads_nothing_confidential(stolen: Stolen) -> None:
    """P4: with the dump and the secret key no confidential word is readable, in any table."""
    dump = stolen.dump
    read = dumps.readable(stolen.key, dump)
    assert "hola buenas tardes" in read
    assert CANARY not in read
    # What is sealed is there, and what was on its way is gone.
    assert len(dump["sealed_file"]) == 2 * EACH
    assert dump["outgoing_file"] == []


def test_all_cases_look_alike(stolen: Stolen) -> None:
    """P4: no row of a case is longer than another, and what the desk did names no case and no hour."""
    dump = stolen.dump
    assert len({len(row["state_cipher"]) for row in dump["case_file"]}) == 1
    assert len({len(row["subject_sealed"]) for row in dump["case_file"]}) == 1
    assert len({len(row["key_sealed"]) for row in dump["sealed_file"]}) == 1
    done = [row for row in dump["audit_event"] if row["action"].startswith("desk.")]
    looks = len(stolen.helped) + len(stolen.helped[::3])
    assert sum(row["action"] == "desk.opened" for row in done) == looks
    assert {row["at"].astimezone(UTC).time() for row in done} == {time()}
    assert len(dump["sealed_draft"]) == 3 * len(stolen.helped)
    # Sections of a record are longer than the two boxes, and all alike; which is which stands in the row.
    lengths = {(row["box"][:4] == "rec:", len(row["content_sealed"])) for row in dump["sealed_draft"]}
    assert len(lengths) == 2
    assert {key for row in done for key in row} == {
        "id", "stream", "position", "staff_id", "action", "at", "chain"
    }  # fmt: skip
    referred = len(stolen.helped[::EVERY])
    # At the other agency all but one of those that were referred are looked at.
    _looks_tell_nothing(dump, len(stolen.helped) + referred - 1)
    _records_tell_nothing(dump, len(stolen.helped))
    _referrals_tell_nothing(dump, referred)


def _looks_tell_nothing(dump: Any, cases: int) -> None:
    """Who looked at a case, and why: rows of one length, in blocks; no step lies among dated events."""
    looks, told = dump["case_audit"], dump["oversight"]
    assert len({len(row["content_sealed"]) for row in (*looks, *told)}) == 1
    assert {frozenset(row) for row in looks} == {frozenset({"id", "case_id", "position", "content_sealed"})}
    count = Counter(row["case_id"] for row in looks)
    assert (len(count), {rows % 16 for rows in count.values()}, len(told)) == (cases, {0}, 16)
    streams = [row["stream"] for row in dump["audit_event"]]
    assert streams == sorted(streams)


def _records_tell_nothing(dump: Any, cases: int) -> None:
    """Notes and records hang on a case alone: no time, no name, lengths in steps."""
    notes, records = dump["case_note"], dump["case_record"]
    assert len({len(row["content_sealed"]) for row in notes}) == 1
    assert Counter(Counter(row["case_id"] for row in notes).values()) == {16: cases}
    assert len({row["case_id"] for row in records}) == cases
    assert {(len(row["content_sealed"]) - 48) % 4096 for row in records} == {0}
    assert {key for row in (*notes, *records) for key in row} == {
        "id", "case_id", "position", "version", "content_sealed"
    }  # fmt: skip


def _referrals_tell_nothing(dump: Any, cases: int) -> None:
    """Each side of a referral hangs on its own case: no time, no agency, one length, whatever was shared."""
    rows = dump["referral"]
    assert {frozenset(row) for row in rows} == {
        frozenset({"id", "case_id", "content_sealed", "status_sealed"})
    }
    assert len({(len(row["content_sealed"]), len(row["status_sealed"])) for row in rows}) == 1
    assert Counter(Counter(row["case_id"] for row in rows).values()) == {2: cases, 1: cases}
