"""What we initiate leaves in batches: few statements, never twice, at the rate that is allowed (F8, P3)."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text
from standins import accepted, serving
from support import SECRET

from models import (
    Affiliation,
    Agency,
    Consent,
    Conversation,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    TemplateState,
    Woman,
    utcnow,
)
from outreach.ground import jobs
from outreach.messages import inbox, outbox, reconcile, templates
from outreach.messages.outbox import Content, Outgoing
from outreach.texts import notice
from worker import batches, upkeep
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def agreed(session: Session, key: PersonalKey, count: int) -> list[uuid.UUID]:
    """Add conversations of women who wrote just now and said yes to the notice."""
    made = []
    for number in range(count):
        conversation = inbox.conversation_of(session, key, f"whatsapp:+52331{number:07d}", utcnow())
        conversation.last_inbound_at = utcnow()
        session.add(
            Consent(
                conversation_id=conversation.id, kind="privacy", given=True, notice=notice.SHOWN,
                version=notice.VERSION, message_sid=f"SMyes{number}",
            )
        )  # fmt: skip
        made.append(conversation.id)
    session.flush()
    return made


def campaign(session: Session, key: PersonalKey, to: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Queue one message of a campaign to each."""
    rows = [Outgoing(one, OutboxKind.CAMPAIGN, Content("Hay taller el lunes")) for one in to]
    return outbox.enqueue_many(session, key, rows)


def against(settings: Settings, url: str, per_second: int = 0) -> Runtime:
    """Make a runtime whose Twilio is at `url`."""
    account = replace(settings.twilio, api_url=url)
    return make_runtime(replace(settings, account=account, sends_per_second=per_second), pool_size=4)


def taking(seen: list[str]) -> Callable[[str, str, Any], tuple[int, Any]]:
    """Return a Twilio that takes everything and notes to whom."""
    numbers = itertools.count()
    lock = threading.Lock()

    def answer(_method: str, path: str, body: Any) -> tuple[int, Any]:
        with lock:
            seen.append(body["To"])
            return 201, accepted(path, body, f"SM{next(numbers):032d}")

    return answer


def states(sessions: sessionmaker[Session]) -> dict[OutboxState, int]:
    """Count rows by state."""
    with sessions() as session:
        found = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
        return {row[0]: row[1] for row in found}


def test_a_batch_costs_as_many_statements_as_one_row(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """Far less than one statement a woman, and every woman once."""
    count = 200
    with sessions.begin() as session:
        campaign(session, key, agreed(session, key, count))
    seen: list[str] = []
    statements: list[str] = []
    with serving(taking(seen)) as url:
        runtime = against(settings, url)
        event.listen(runtime.engine, "before_cursor_execute", lambda *a: statements.append(str(a[2])))
        while states(sessions).get(OutboxState.QUEUED):
            batches.deliver_batches(runtime)
        runtime.engine.dispose()
    assert len(set(seen)) == count
    assert states(sessions) == {OutboxState.SENT: count}
    assert len(statements) <= count // 4


def test_one_row_that_can_not_be_read_stops_no_other(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """It is given up and a person sees it; the rest of its batch leaves."""
    with sessions.begin() as session:
        ids = campaign(session, key, agreed(session, key, 5))
        session.get_one(OutboxMessage, ids[2]).body_cipher = b"broken"
    seen: list[str] = []
    with serving(taking(seen)) as url:
        runtime = against(settings, url)
        batches.deliver_batches(runtime)
        runtime.engine.dispose()
    assert len(seen) == 4
    assert states(sessions) == {OutboxState.SENT: 4, OutboxState.FAILED: 1}


def test_an_empty_bucket_puts_the_job_off_and_sleeps_in_no_thread(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """The rest is for a later job, of which there is one; nothing is marked without a token."""
    with sessions.begin() as session:
        campaign(session, key, agreed(session, key, 5) * 40)
        session.execute(text("DELETE FROM procrastinate_jobs"))
    seen: list[str] = []
    with serving(taking(seen)) as url:
        runtime = against(settings, url, per_second=5)
        began = time.monotonic()
        for _ in range(3):
            batches.deliver_batches(runtime)
        took = time.monotonic() - began
        runtime.engine.dispose()
    # Two seconds of tokens at first, less what is kept for conversation.
    assert 6 <= len(seen) <= 9 + 5 * took
    assert states(sessions).get(OutboxState.SENDING) is None
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_a_slow_call_does_not_hold_up_the_others(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """One call in ten takes three seconds: the rest are sent and recorded meanwhile, it in the end."""
    with sessions.begin() as session:
        campaign(session, key, agreed(session, key, 300))
    seen: list[str] = []
    take = taking(seen)
    early: list[int] = []

    def sometimes_slow(method: str, path: str, body: Any) -> tuple[int, Any]:
        answer = take(method, path, body)
        if len(seen) % 10 == 0:
            time.sleep(3)
        return answer

    def look() -> None:
        time.sleep(2.9)
        early.append(states(sessions).get(OutboxState.SENT, 0))

    with serving(sometimes_slow) as url:
        runtime = against(settings, url)
        watching = threading.Thread(target=look)
        watching.start()
        batches.deliver_batches(runtime)
        watching.join()
        while states(sessions).get(OutboxState.QUEUED):
            batches.deliver_batches(runtime)
        runtime.engine.dispose()
    assert early[0] >= 100
    assert states(sessions) == {OutboxState.SENT: 300}
    assert len(seen) == len(set(seen)) == 300


def test_slow_calls_bring_more_jobs_up_to_a_bound(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that waits for Twilio's time-outs must not leave the queue to one job."""
    monkeypatch.setattr(batches, "JOB_SECONDS", 0.01)
    with sessions.begin() as session:
        campaign(session, key, agreed(session, key, 5) * 100)
        session.execute(text("DELETE FROM procrastinate_jobs"))
        jobs.defer_batches(session)
    left: list[int] = []
    with serving(taking([])) as url:
        runtime = against(settings, url)
        for _ in range(6):
            with sessions.begin() as session:
                session.execute(
                    text(
                        "UPDATE procrastinate_jobs SET status = 'doing'"
                        " WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
                    )
                )
            batches.deliver_batches(runtime)
            with sessions.begin() as session:
                session.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'doing'"))
                left.append(session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)
        runtime.engine.dispose()
    assert left == [2, 3, 4, 4, 4, 4]


def test_a_worker_that_is_killed_leaves_nothing_to_be_sent_twice(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey, database_url: str
) -> None:
    """P3: rows are `sending` before the calls leave; what was under way is in doubt and looked up."""
    with sessions.begin() as session:
        campaign(session, key, agreed(session, key, 20))
    seen: list[str] = []
    take = taking(seen)

    def slow(method: str, path: str, body: Any) -> tuple[int, Any] | None:
        answer = take(method, path, body)
        time.sleep(5)
        return answer

    with serving(slow) as url:
        environment = {
            **os.environ, "AVANZA_DATABASE_URL": database_url, "TWILIO_API_URL": url,
            "AVANZA_VAR": str(settings.var), "AVANZA_SECRET_KEY": SECRET,
            "TWILIO_ACCOUNT_SID": settings.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": settings.twilio.auth_token,
            "TWILIO_WHATSAPP_FROM": settings.twilio.whatsapp_from, "AVANZA_QUIET_HOURS": "",
        }  # fmt: skip
        program = (
            "from outreach.ground.settings import load_settings; import os; from worker import batches;"
            "from worker.runtime import make_runtime;"
            "batches.deliver_batches(make_runtime(load_settings(os.environ)))"
        )
        process = subprocess.Popen([sys.executable, "-c", program], env=environment)
        until = time.monotonic() + 30
        while len(seen) < 20 and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(seen) == 20
    assert states(sessions) == {OutboxState.SENDING: 20}
    later = utcnow() + reconcile.CALL_LOST_AFTER + timedelta(seconds=1)
    with sessions.begin() as session:
        assert reconcile.mark_lost_calls(session, key, later) == 20
    with serving(taking(seen)) as url:
        runtime = against(settings, url)
        batches.deliver_batches(runtime)
        runtime.engine.dispose()
    assert len(seen) == 20
    assert states(sessions) == {OutboxState.IN_DOUBT: 20}


def test_a_healthy_campaign_gives_the_sweep_nothing_to_do(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """F7: ten thousand queued rows of minutes ago get no second job; without any job they get a few."""
    with sessions.begin() as session:
        to = agreed(session, key, 10)
        campaign(session, key, to * 1000)
        session.execute(text("UPDATE outbox_message SET created_at = now() - interval '10 minutes'"))
        before = session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
        assert upkeep.requeue(session, utcnow()) == 0
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == before
        session.execute(text("DELETE FROM procrastinate_jobs"))
    runtime = against(settings, "http://127.0.0.1:9")
    for _ in range(2):
        batches.wake_batches(runtime)
    runtime.engine.dispose()
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == jobs.MOST_BATCH_JOBS


def _listed(session: Session, key: PersonalKey, number: int, *, consented: bool) -> Conversation:
    """Add a woman of an agency's list who has never written."""
    session.merge(Agency(code="SISEMH", name="Secretaría"))
    woman = Woman(details_cipher=b"", municipality="14039")
    session.add(woman)
    session.flush()
    conversation = inbox.conversation_of(session, key, f"whatsapp:+52332{number:07d}", utcnow())
    conversation.woman_id = woman.id
    session.add(
        Affiliation(
            woman_id=woman.id, agency="SISEMH", folio_cipher=b"", folio_hash=bytes([number]) * 32,
            source="import", consent_on=utcnow().date() if consented else None,
        )
    )  # fmt: skip
    session.flush()
    return conversation


def test_a_woman_of_the_list_gets_one_invitation_and_nothing_else(
    sessions: sessionmaker[Session], settings: Settings, key: PersonalKey
) -> None:
    """F13: with her written consent one first invitation; before her yes nothing more is initiated."""
    with sessions.begin() as session:
        asked = _listed(session, key, 1, consented=True)
        never = _listed(session, key, 2, consented=False)
        template = _approved(session)
        invitation = Content("Escríbenos", invitation=True)
        rows = [
            Outgoing(one.id, OutboxKind.NOTICE, invitation, template) for one in (asked, asked, never)
        ] + [Outgoing(asked.id, OutboxKind.CAMPAIGN, Content("Hay taller"), template)]
        ids = outbox.enqueue_many(session, key, rows)
    seen: list[str] = []
    with serving(taking(seen)) as url:
        runtime = against(settings, url)
        batches.deliver_batches(runtime)
        runtime.engine.dispose()
    assert len(seen) == 1
    with sessions() as session:
        ended = [session.get_one(OutboxMessage, one) for one in ids]
        assert sorted(str(row.state) for row in ended) == ["sent", "suppressed", "suppressed", "suppressed"]
        assert {row.reason for row in ended} == {None, "no_consent"}
        assert session.get_one(Conversation, asked.id).invited_at is not None


def _approved(session: Session) -> uuid.UUID:
    template = templates.save(session, name="prueba", body="Escríbenos", samples={})
    template.state, template.content_sid = TemplateState.APPROVED, "HX1"
    session.flush()
    return template.id


@pytest.mark.parametrize(("answers", "leaves"), [((True,), True), ((True, False), False), ((), False)])
def test_her_last_answer_counts_in_whichever_conversation(
    sessions: sessionmaker[Session],
    settings: Settings,
    key: PersonalKey,
    *,
    answers: tuple[bool, ...],
    leaves: bool,
) -> None:
    """F13: her yes on another number is a yes, her later no is a no, and silence is neither."""
    with sessions.begin() as session:
        one, other = _listed(session, key, 3, consented=False), _listed(session, key, 4, consented=False)
        other.woman_id = one.woman_id
        one.last_inbound_at = utcnow()
        for n, given in enumerate(answers):
            session.add(
                Consent(
                    conversation_id=other.id if n == 0 else one.id, kind="privacy", given=given,
                    notice=notice.SHOWN, version=notice.VERSION, message_sid=f"SM{n}",
                    created_at=utcnow() + timedelta(seconds=n),
                )
            )  # fmt: skip
        (row_id,) = campaign(session, key, [one.id])
    seen: list[str] = []
    with serving(taking(seen)) as url:
        runtime = against(settings, url)
        batches.deliver_batches(runtime)
        runtime.engine.dispose()
    with sessions() as session:
        row = session.get_one(OutboxMessage, row_id)
        assert (row.state is OutboxState.SENT) == leaves
        assert leaves or row.reason == "no_consent"
