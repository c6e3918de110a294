"""The digest to staff who are away from the desk: one message for all that waits, and a trial of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from alert_house import CALM, NIGHT, NOW, House, open_house

from models import Role
from outreach.ground.settings import QuietHours
from outreach.staff import contacts

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


def test_what_waits_is_told_once_in_half_an_hour(house: House) -> None:
    """On duty and away from the desk: one message for all that waits, again only for what is new."""
    house.hire("ana", shift=True)
    house.comes("support")
    assert house.after(seconds=30) == []
    assert house.after(minutes=2) == ["ana"]
    assert house.written[-1]["ContentSid"] == CALM
    house.comes("urgent")
    assert house.after(minutes=5) == []
    assert house.after(minutes=26) == ["ana"]
    assert house.after(hours=2) == []
    assert house.after(hours=2, minutes=1) == ["ana"]


def test_who_has_the_desk_open_needs_no_digest(house: House) -> None:
    house.hire("ana", shift=True)
    house.comes("support")
    house.now += timedelta(minutes=3)
    house.sits_down("ana")
    assert house.after(seconds=5) == []


@pytest.mark.parametrize(
    ("muted", "quiet", "told"), [(False, None, ["sofia"]), (True, None, []), (False, "night", [])]
)
def test_off_duty_only_the_supervision_and_only_if_she_wants(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch,
    muted: bool, quiet: str | None, told: list[str],
) -> None:  # fmt: skip
    """Nobody on duty: a supervisor hears that somebody waits, not at night, and not where she said no."""
    hours = QuietHours(time(20), time(9)) if quiet else None
    with open_house(sessions, replace(settings, quiet_hours=hours), monkeypatch) as house:
        house.hire("ana")
        house.hire("sofia", Role.SUPERVISOR, muted=muted)
        house.comes("support")
        assert house.after(minutes=3) == told


def test_on_duty_she_cannot_mute(house: House) -> None:
    """Muted is for the hours that are hers."""
    house.hire("ana", shift=True, muted=True)
    house.comes("support")
    assert house.after(minutes=3) == ["ana"]


def test_an_agreed_hour_is_told_before_it_comes(house: House) -> None:
    """Who holds it is reminded in time, or who is on duty where nobody does; a colleague's is not hers."""
    house.hire("ana", shift=True)
    house.hire("berta", shift=True)
    case = house.comes("support")
    house.takes("ana", case)
    house.change(case, waiting_since=None, appointment_at=(NIGHT + timedelta(hours=2)).isoformat())
    assert house.after(hours=1) == []
    assert house.after(minutes=31) == ["ana"]


def test_who_comes_on_duty_hears_of_danger_that_went_through_all_steps(house: House) -> None:
    """Danger of the night, told to everybody and taken by nobody: whoever begins in the morning is told."""
    house.hire("sofia", Role.SUPERVISOR)
    house.comes()
    for _ in range(3):
        house.after(minutes=6)
    house.hire("ana", shift=True)
    assert house.after(minutes=2) == ["ana"]
    assert house.written[-1]["ContentSid"] == NOW
    assert house.after(minutes=2) == []


def test_a_number_that_takes_nothing_is_tried_ever_more_seldom(house: House) -> None:
    house.hire("ana", shift=True)
    house.refused.add(house.phone("ana"))
    house.comes("support")
    tried = 0
    for _ in range(40):
        house.after(minutes=1)
        with house.runtime.sessions() as session:
            tried = contacts.read(session, house.runtime.key, house.people["ana"]).failures
    assert 4 <= tried <= 6


def test_a_trial_is_sent_to_her_alone(house: House) -> None:
    """The button: both ways are tried once, and the page knows how each ended."""
    house.hire("ana", email="ana@example.org")
    house.hire("berta")
    with house.runtime.sessions.begin() as session:
        contacts.want_trial(session, house.runtime.key, house.people["ana"])
    assert house.after(seconds=5) == ["ana"]
    assert house.after(seconds=5) == []
    with house.runtime.sessions() as session:
        contact = contacts.read(session, house.runtime.key, house.people["ana"])
    assert (contact.trial_phone, contact.trial_email) == (contacts.SENT, contacts.SENT)
