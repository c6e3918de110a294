"""The account's rate: conversation first, nothing lost to tokens that lie unused."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from models import OutboxKind, utcnow
from outreach.messages import rate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


def test_bulk_leaves_the_last_tokens_to_conversation(sessions: sessionmaker[Session]) -> None:
    """A reply finds a token where a campaign finds none; nobody waits in `lease`."""
    now = utcnow()
    with sessions.begin() as session:
        assert rate.lease(session, 10, OutboxKind.CAMPAIGN, 100, now).granted == 16
        refused = rate.lease(session, 10, OutboxKind.CAMPAIGN, 1, now)
        assert (refused.granted, 0 < refused.wait < 1) == (0, True)
        assert rate.lease(session, 10, OutboxKind.REPLY, 2, now).granted == 2
        assert rate.lease(session, 0, OutboxKind.CAMPAIGN, 50, now).granted == 50


def test_a_lone_reply_takes_one_token_and_a_rush_takes_more(sessions: sessionmaker[Session]) -> None:
    """What a reply leases and does not use is lost to the bulk."""
    now, clock = utcnow(), [100.0]
    with sessions.begin() as session:
        rate.lease(session, 50, OutboxKind.REPLY, 1, now)  # a full bucket: 100, less one
    left = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "monotonic", lambda: clock[0])
        pacer = rate.Pacer(50)
        for pause in (0.0, 2.0, 2.0, 0.1, 0.1, 0.1, 0.1, 2.0):
            clock[0] += pause
            assert pacer.take(sessions, now) == 0.0
            with sessions() as session:
                left.append(int(session.scalars(text("SELECT tokens FROM token_bucket")).one()))
    assert left == [98, 97, 96, 94, 94, 90, 90, 89]


def test_over_time_the_rate_is_that_of_the_account(sessions: sessionmaker[Session]) -> None:
    """Within two in a hundred, however late each job comes back."""
    now, took = utcnow(), 0
    with sessions.begin() as session:
        rate.lease(session, 70, OutboxKind.CAMPAIGN, 1000, now)
        for step in range(1, 401):
            moment = now + timedelta(seconds=0.5 * step)
            took += rate.lease(session, 70, OutboxKind.CAMPAIGN, 50, moment).granted
    assert took == pytest.approx(70 * 200, rel=0.02)
