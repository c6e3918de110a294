"""Alerts to staff: danger goes up step by step until somebody takes it; the rest waits for a digest."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alert_house import LAST, NIGHT, NOW, House, open_house
from sqlalchemy import select
from support import counting

from models import Case, Role, Team
from outreach.casework import alerts, cases
from outreach.casework.case_state import CaseState, read_state
from outreach.ground import mail
from outreach.messages.reveal import revealing_words
from outreach.sealing import vault
from outreach.texts import alarms as texts
from worker import alerting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings


@pytest.fixture
def house(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    with open_house(sessions, settings, monkeypatch) as made:
        yield made


def test_danger_goes_up_step_by_step(house: House) -> None:
    """Those on duty at once, the supervision after five minutes, the last resort after five more."""
    house.hire("ana", shift=True)
    house.hire("berta")
    house.hire("sofia", Role.SUPERVISOR)
    case = house.comes()
    assert house.after(seconds=5) == ["ana"]
    assert house.after(seconds=5) == house.after(minutes=4) == []
    assert house.after(minutes=1) == ["sofia"]
    assert house.after(minutes=4, seconds=55) == []
    assert house.after(seconds=10) == ["last"]
    assert {form["ContentSid"] for form in house.written} == {NOW}
    assert [line for line in house.mails if line.startswith("To:")] == ["To: jefa@example.org\r\n"]
    assert house.thread(case) == [
        "Nadie la ha tomado: se avisó a quienes están de turno (Ana).",
        "Nadie la ha tomado: se avisó a la supervisión (Sofia).",
        "Nadie la ha tomado: se avisó a los contactos de último recurso.",
    ]


def test_the_last_resort_is_told_again_ever_more_seldom(house: House) -> None:
    """Danger that stays is not forgotten, and nobody is written to every minute."""
    case = house.comes()
    told = [minute for minute in (1, 2, 15, 16, 17, 75, 76, 77, 310, 316, 317) if _tick_at(house, minute)]
    assert told == [1, 16, 76, 316]
    house.change(case, waiting_since=None)
    assert house.after(hours=30) == []


def _tick_at(house: House, minute: int) -> list[str]:
    return house.after(seconds=(NIGHT + timedelta(minutes=minute) - house.now).total_seconds())


def test_at_night_with_nobody_on_duty_one_tick_reaches_the_supervisor(house: House) -> None:
    """Nobody on duty: nobody is waited for, and the thread says so."""
    house.hire("ana")
    house.hire("sofia", Role.SUPERVISOR, muted=True)
    case = house.comes()
    assert house.after(seconds=5) == ["sofia"]
    assert house.thread(case) == [
        "No hubo a quién avisar entre quienes están de turno.",
        "Nadie la ha tomado: se avisó a la supervisión (Sofia).",
    ]


@pytest.mark.parametrize("minutes", [0, 3, 7])
def test_who_takes_it_ends_the_alerts(house: House, minutes: int) -> None:
    """Taken between any two steps: silence."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    case = house.comes()
    for _ in range(minutes):
        house.after(minutes=1)
    house.takes("ana", case)
    house.sits_down("ana")
    told, lines = [form["To"] for form in house.written], len(house.thread(case))
    for _ in range(4):
        house.after(minutes=5)
    # She herself may hear that what she has taken waits for her.
    assert {form["To"] for form in house.written[len(told) :]} <= {house.phone("ana")}
    assert len(house.thread(case)) == lines


def test_let_go_again_it_begins_anew(house: House) -> None:
    """Who had it left: those on duty are told first, as of any other."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    case = house.comes()
    house.after(seconds=5)
    assert house.after(minutes=6) == ["sofia"]
    house.takes("sofia", case)
    house.after(minutes=2)
    with house.runtime.sessions.begin() as session:
        row = session.get_one(Case, case)
        state = read_state(house.runtime.key, row)
        state.unclaim()
        state.waiting_since = house.now.isoformat()
        cases.write_state(house.runtime.key, row, state)
    assert house.after(seconds=5) == ["ana"]


def test_support_that_becomes_danger(house: House) -> None:
    """Hours of waiting as support count for nothing: the first step comes first."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    case = house.comes("support")
    house.sits_down("ana")
    assert house.after(seconds=5) == []
    house.change(case, urgency="danger")
    assert house.after(hours=1) == ["ana"]


@pytest.mark.parametrize(
    "values",
    [
        {"urgency": "support"}, {"urgency": "urgent"}, {"waiting_since": None},
        {"claimed_by": "00000000-0000-0000-0000-000000000009"}, {"closed_by_her": NIGHT.isoformat()},
    ],
)  # fmt: skip
def test_what_is_no_unclaimed_danger_alerts_nobody(values: dict[str, Any]) -> None:
    """Look-alikes: support, an urgent need, answered, taken, closed by her."""
    state = CaseState(opened_at=NIGHT.isoformat(), urgency="danger", waiting_since=NIGHT.isoformat())
    later = NIGHT + timedelta(hours=1)
    assert alerts.next_step(state, 5, later) is alerts.Step.SHIFT
    for name, value in values.items():
        setattr(state, name, value)
    assert alerts.next_step(state, 5, later) is None


def test_harm_by_the_programmes_people_is_for_supervisors(house: House) -> None:
    """P4: a caseworker on duty learns nothing of it, not even that something is there."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    case = house.comes(about="programme")
    assert house.after(seconds=5) == ["sofia"]
    house.after(minutes=6)
    house.after(minutes=60)
    assert house.phone("ana") not in [form["To"] for form in house.written]
    assert "quienes están de turno" not in " ".join(house.thread(case))


def test_another_team_is_not_told(house: House) -> None:
    """Who can't open the case is not called."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    with house.runtime.sessions.begin() as session:
        recovery = vault.make_team(session, "Otra")
        other = session.scalars(select(Team).where(Team.name == "Otra")).one()
        sofia = house.worker(session, "sofia").staff
        vault.join_team(session, sofia, other)
        vault.grant_with_recovery_key(session, recovery, sofia.id)
        vault.leave_team(session, sofia, vault.the_team(session))
    house.comes()
    house.after(seconds=5)
    house.after(minutes=6)
    house.written = [form for form in house.written if form["To"] != LAST]
    assert [form["To"] for form in house.written] == [house.phone("ana")]


def test_a_desk_that_is_open_shows_it(house: House) -> None:
    """On duty with the desk open and no phone: that counts, and the supervision waits its five minutes."""
    house.hire("ana", shift=True, phone=False)
    house.hire("sofia", Role.SUPERVISOR)
    house.sits_down("ana")
    case = house.comes()
    assert house.after(seconds=5) == []
    assert house.thread(case) == ["Le aparece a quien tiene la mesa abierta (Ana)."]
    assert house.after(minutes=5) == ["sofia"]


def test_one_message_for_many_cases(house: House) -> None:
    """A flood of danger is one message a person, and no more than one a minute."""
    house.hire("ana", shift=True)
    for _ in range(20):
        house.comes()
    assert house.after(seconds=5) == ["ana"]
    late = house.comes()
    assert house.after(seconds=5) == house.after(seconds=40) == []
    assert house.state(late).alert_step == 0
    assert house.after(seconds=20) == ["ana"]


def test_what_does_not_leave_goes_up_at_once(house: House) -> None:
    """Her number takes nothing: the supervision is told with the next tick, and the thread says it."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    house.refused.add(house.phone("ana"))
    case = house.comes()
    assert house.after(seconds=5) == []
    assert house.after(seconds=5) == ["sofia"]
    assert house.thread(case)[0] == "No se pudo avisar a quienes están de turno."


def test_where_nothing_leaves_it_is_tried_until_it_does(house: House) -> None:
    """Twilio and the mail are away for a while: everybody is told when they are back, once."""
    house.hire("ana", shift=True)
    house.hire("sofia", Role.SUPERVISOR)
    away = {house.phone("ana"), house.phone("sofia"), LAST}
    house.refused |= away
    house.patch.setattr(mail, "send", _no_mail)
    case = house.comes()
    for _ in range(4):
        assert house.after(seconds=61) == []
    house.refused -= away
    assert house.after(seconds=61) == ["ana", "last", "sofia"]
    assert house.after(seconds=61) == []
    assert sum("No se pudo" in line for line in house.thread(case)) == 3


def _no_mail(*_: object) -> None:
    raise mail.MailError("ConnectionRefusedError")


def test_a_clock_that_died_while_it_sent(house: House) -> None:
    """Claimed and never settled: told again after a minute, for told twice is better than never."""
    house.hire("ana", shift=True)
    case = house.comes()
    with house.runtime.sessions.begin() as session:
        room = alerts.look_around(session, house.runtime.key, house.runtime.settings, house.now)
        row = session.get_one(Case, case)
        assert alerts.due(session, house.runtime.key, room, [(row, read_state(house.runtime.key, row))], 5)
    assert house.after(seconds=30) == []
    assert house.after(seconds=31) == ["ana"]


def test_two_clocks_send_one_alert(house: House) -> None:
    """A second clock that ticks at the same moment finds it claimed."""
    house.hire("ana", shift=True)
    house.comes()
    house.patch.setattr(alerting, "utcnow", lambda: NIGHT + timedelta(seconds=5))
    both = threading.Barrier(2)

    def tick() -> None:
        both.wait()
        alerting.alert(house.runtime)

    ticking = [threading.Thread(target=tick) for _ in range(2)]
    for one in ticking:
        one.start()
    for one in ticking:
        one.join()
    assert [form["To"] for form in house.written] == [house.phone("ana")]


def test_without_a_last_resort_the_supervision_is_told_again(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that name nobody: the supervision stays the last, and nobody is written to every minute."""
    with open_house(sessions, settings, monkeypatch, phones=(), emails=(), smtp_url=None) as house:
        house.hire("sofia", Role.SUPERVISOR)
        house.comes()
        told = [minute for minute in range(40) if house.after(minutes=1)]
        assert told[:2] == [0, 5]
        assert len(told) <= 4


def test_with_nobody_at_all(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gave an address: the thread says it once, and the case is not written anew each minute."""
    with open_house(sessions, settings, monkeypatch, phones=(), emails=(), smtp_url=None) as house:
        house.hire("ana", phone=False)
        case = house.comes()
        for _ in range(10):
            house.after(minutes=1)
        assert house.written == []
        lines = house.thread(case)
        assert lines[-1] == "No se pudo avisar a los contactos de último recurso."
        assert len(lines) == len(set(lines))


def test_no_alert_says_anything(house: House) -> None:
    """P5: neither message nor mail carries a revealing word, an id, a name or a case."""
    house.hire("ana", shift=True, email="ana@example.org")
    case = house.comes()
    house.after(seconds=5)
    for text in (
        texts.SUBJECT, texts.MAIL, texts.NOW_SUBJECT, texts.NOW_MAIL, texts.TEMPLATE_BODY,
        texts.NOW_TEMPLATE_BODY, texts.TEMPLATE, texts.NOW_TEMPLATE,
    ):  # fmt: skip
        assert revealing_words(text.replace("_", " ")) == []
    mailed = "".join(house.mails)
    assert "To: ana@example.org" in mailed
    form = house.written[0]
    assert form.keys() <= {"To", "From", "StatusCallback", "ContentSid", "ContentVariables"}
    assert form.get("ContentVariables", "{}") == "{}"
    everything = mailed + str(form)
    assert str(case)[:8] not in everything
    assert not re.search(r"(?i)peligro|caso\b|mujer|violencia", everything)


def test_a_tick_asks_little(house: House) -> None:
    """Many open cases cost the clock no more statements than one."""
    for name in ("ana", "berta", "carla"):
        house.hire(name, shift=True)
    house.sits_down("ana")
    counts = []
    for many in (1, 29):
        for _ in range(many):
            house.comes("support")
        with house.runtime.sessions() as session, counting(session) as statements:
            room = alerts.look_around(session, house.runtime.key, house.runtime.settings, house.now)
            alerting._due(session, house.runtime, room)
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
