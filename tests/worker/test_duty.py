"""Who is reached and when she is on duty: contacts, planned shifts and entered ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alert_house import NIGHT, House, open_house
from at_desk import sit_down
from sqlalchemy import select

from models import Shift, StaffContact
from outreach.casework import cases, roster
from outreach.staff import contacts, presence
from outreach.staff.accounts import StaffError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def house(
    sessions: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    with open_house(sessions, settings, monkeypatch) as made:
        yield made


def test_contacts_are_read_as_people_write_them(session: Session, key: PersonalKey, house: House) -> None:
    """A number in any of the usual forms; nothing is a choice, too; nonsense is refused with a sentence."""
    house.hire("ana")
    ana = house.people["ana"]
    for typed in ("33 1234 5678", "+52 33 1234 5678", "044 33 1234-5678", "+5213312345678"):
        contact = contacts.save(session, key, ana, phone=typed, email=" ana@example.org ", muted=False)
        assert (contact.phone, contact.email) == ("whatsapp:+523312345678", "ana@example.org")
        assert contacts.shown_phone(contact) == "3312345678"
    abroad = contacts.save(session, key, ana, phone="+1 415 555 2671", email="", muted=True)
    assert (contacts.shown_phone(abroad), abroad.muted) == ("+14155552671", True)
    for phone, email in (("12", ""), ("hola", ""), ("", "ana"), ("", "a@b.mx\nBcc: x@y.mx"), ("", "ñ@b.mx")):
        with pytest.raises(StaffError):
            contacts.save(session, key, ana, phone=phone, email=email, muted=False)
    contacts.save(session, key, ana, phone="", email="", muted=False)
    with pytest.raises(StaffError):
        contacts.want_trial(session, key, ana)


def test_contacts_look_alike(session: Session, key: PersonalKey, house: House) -> None:
    """A dump shows neither number nor how often somebody was alerted: one length, no time."""
    for name in ("ana", "berta"):
        house.hire(name, email=f"{name}@example.org" if name == "ana" else "")
    with house.runtime.sessions.begin() as change:
        for row, contact in contacts.locked(change, key, house.people.values()).values():
            contact.tried_at = contact.told_at = NIGHT.isoformat()
            contacts.write(key, row, contact)
    rows = session.scalars(select(StaffContact)).all()
    assert len({len(row.contact_cipher) for row in rows}) == 1
    assert all(b"example" not in row.contact_cipher for row in rows)


def test_a_planned_shift_survives_its_first_minute(house: House) -> None:
    """Planned for eight: at eight nobody is logged in yet, and the clock ends it no more than her log-out."""
    house.hire("ana", shift=True)
    ana = house.people["ana"]
    with house.runtime.sessions.begin() as session:
        person = presence.members(session, NIGHT)[0]
        assert person.on_duty
        assert presence.end_abandoned_shifts(session, NIGHT) == 0
        presence.end_shift_if_gone(session, ana, NIGHT)
        assert presence.members(session, NIGHT)[0].on_duty
        # P8: a plan tells no woman that somebody is there.
        assert cases.on_shift(session, NIGHT) == []


def test_an_entered_shift_still_ends_with_her_session(house: House) -> None:
    house.hire("ana")
    with house.runtime.sessions.begin() as session:
        worker = house.worker(session, "ana").staff
        login = sit_down(session, worker, NIGHT)
        roster.start_shift(session, worker, 8, NIGHT)
        assert presence.end_abandoned_shifts(session, NIGHT) == 0
        session.delete(login)
        session.flush()
        assert presence.end_abandoned_shifts(session, NIGHT) == 1


def test_who_leaves_early_leaves_the_plan_too(house: House) -> None:
    """The button ends what she entered and what was planned for now, not what comes later."""
    house.hire("ana", shift=True)
    with house.runtime.sessions.begin() as session:
        worker = house.worker(session, "ana").staff
        later = NIGHT + timedelta(days=1)
        session.add(
            Shift(staff_id=worker.id, starts_at=later, ends_at=later + timedelta(hours=8), planned=True)
        )
        roster.start_shift(session, worker, 8, NIGHT)
        roster.end_shift(session, worker, NIGHT)
        assert not presence.members(session, NIGHT)[0].on_duty
        assert presence.members(session, later)[0].on_duty
