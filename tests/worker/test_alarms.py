"""Alarms: raised once, told again at growing intervals, cleared; what is told says nothing of any woman."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from mail_server import mailbox
from sqlalchemy import select
from standins import accepted, serving

from models import Alarm, InboundMessage, TemplateState, utcnow
from outreach.figures import standing
from outreach.ground import alarm_settings, dead_letters, tick_state
from outreach.ground.alarm_settings import AlarmSettings
from outreach.ground.settings import SettingsError
from outreach.messages import alarms, inbox, templates
from outreach.texts import alarms as texts
from worker import clock_watch
from worker import watch as worker_watch
from worker.runtime import make_runtime
from worker.watch import watch

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

CANARY = "canario amarillo"


def test_an_alarm_is_told_at_growing_intervals(session: Session) -> None:
    """Raised once; again after 15 minutes, 1, 4 and 24 hours; cleared, and raised anew."""
    start = utcnow()

    def told(minutes: int, *, raised: bool = True) -> bool:
        now = start + timedelta(minutes=minutes)
        return alarms.set_alarm(session, "unanswered", now, raised=raised) is not None

    moments = [minute for minute in range(3 * 24 * 60) if told(minute)]
    assert moments[:4] == [0, 15, 75, 315]
    assert all(later - sooner == 24 * 60 for sooner, later in itertools.pairwise(moments[4:]))
    assert not told(5000, raised=False)
    assert session.scalars(select(Alarm.cleared_at)).one() is not None
    assert told(5001)


def test_what_must_not_stay_raises_an_alarm(
    sessions: sessionmaker[Session], settings: Settings, recovery_key: str
) -> None:
    """An old message, a dead letter: each is told, without content."""
    assert recovery_key
    mails: list[str] = []
    written: list[dict[str, Any]] = []

    def twilio(_method: str, path: str, body: Any) -> tuple[int, Any]:
        written.append(body)
        return 201, accepted(path, body, f"SM{len(written):032d}")

    with mailbox(mails) as smtp, serving(twilio) as url:
        told = AlarmSettings(("turno@example.org",), smtp, ("whatsapp:+523300000001",), 5)
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account, alarms=told), pool_size=2)
        watch(runtime)
        assert (mails, written) == ([], [])
        long_ago = utcnow() - timedelta(minutes=6)
        with sessions.begin() as session:
            params = {"MessageSid": ["SM1"], "From": ["whatsapp:+523312345678"], "Body": [CANARY]}
            row = session.get_one(InboundMessage, inbox.receive(session, runtime.key, params, long_ago))
            dead_letters.bury(session, dead_letters.TURN, row.id, ValueError(CANARY))
            template = templates.by_name(session, texts.TEMPLATE)
            assert template is not None
            template.content_sid, template.state = "HX1", TemplateState.APPROVED
        watch(runtime)
        watch(runtime)
        runtime.engine.dispose()
    assert len([line for line in mails if line.startswith("Subject:")]) == 2
    assert [body["ContentSid"] for body in written] == ["HX1"] * 2
    everything = " ".join([*mails, *(str(body) for body in written)])
    assert CANARY not in everything
    assert "3312345678" not in everything


def test_an_alarm_that_nobody_took_is_told_again_in_a_minute(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server is away for a moment: the next interval (15 minutes) would be too late."""
    monkeypatch.setattr(worker_watch, "_owed", {})
    with sessions.begin() as session:
        dead_letters.bury(session, dead_letters.TURN, None, ValueError(CANARY))
    mails: list[str] = []
    start = utcnow()
    with mailbox(mails) as smtp:
        account = AlarmSettings(("turno@example.org",), "smtp://127.0.0.1:9", (), 5)
        away = make_runtime(replace(settings, alarms=account), pool_size=2)
        back = make_runtime(replace(settings, alarms=replace(account, smtp_url=smtp)), pool_size=2)
        for runtime, seconds, sent in ((away, 0, 0), (back, 30, 0), (back, 61, 1), (back, 130, 1)):
            monkeypatch.setattr(worker_watch, "utcnow", lambda at=seconds: start + timedelta(seconds=at))
            watch(runtime)
            assert len([line for line in mails if line.startswith("Subject:")]) == sent, seconds
        away.engine.dispose()
        back.engine.dispose()


def test_a_clock_that_stands_still_is_told_by_the_worker(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """It can't tell it itself; told once however many workers look, and cleared when a clock looks again."""
    mails: list[str] = []
    with mailbox(mails) as smtp:
        told = AlarmSettings(("turno@example.org",), smtp, (), 5)
        runtime = make_runtime(replace(settings, alarms=told), pool_size=2)
        for ago, sent, raised in ((None, 0, 0), (1, 0, 0), (4, 1, 1), (5, 1, 1), (0, 1, 0)):
            if ago is not None:
                with sessions.begin() as session:
                    tick_state.beat(session, standing.LOOK, utcnow() - timedelta(minutes=ago))
            clock_watch.look(runtime)
            with sessions() as session:
                open_ones = session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))).all()
            assert len([line for line in mails if line.startswith("Subject:")]) == sent, ago
            assert open_ones == ["clock"] * raised, ago
        runtime.engine.dispose()
    assert any("El reloj no corre" in line for line in mails)


@pytest.mark.parametrize(
    "wrong",
    [
        {"AVANZA_ALARM_EMAILS": "nobody"}, {"AVANZA_ALARM_EMAILS": "a@example.org"},
        {"AVANZA_SMTP_URL": "http://x"}, {"AVANZA_SMTP_URL": "smtp://x:port"},
        {"AVANZA_ALARM_PHONES": "3312345678"}, {"AVANZA_DANGER_MINUTES": "0"}, {"AVANZA_DANGER_MINUTES": "²"},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    """A malformed setting stops the start with a line that names it."""
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        alarm_settings.load(wrong)
