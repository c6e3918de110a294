"""A week in which a desk refers its cases: to another agency, which answers some, and to services outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from models import Case, Role, Staff, Team, utcnow
from outreach.casework import referral_rows, referrals, taking
from outreach.casework.opened import Caseworker
from outreach.casework.referral_rows import Step
from outreach.casework.referrals import Request
from outreach.casework.sharing import Part, Sharing
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid

    from case_weeks import Desk, Story
    from sqlalchemy.orm import Session

EVERY = 4
"""One case of so many is referred."""


def a_week_of_referrals(helped: list[Story], desk_of: Desk, canary: str) -> None:
    """Some cases are referred, with more or less that is shared; all but one of them are accepted."""
    runtime = desk_of.runtime
    zone = runtime.settings.timezone
    with runtime.sessions.begin() as session:
        there, ines_id, ring = _another_agency(session)
    referred = helped[::EVERY]
    for number, one in enumerate(referred):
        what = Sharing(frozenset(list(Part)[: 1 + number % len(Part)]), frozenset({"violence"}))
        asked = Request(f"{canary} {'asesoría ' * number}", f"{canary} dijo que sí", what)
        desk_of.does(one, "take")
        desk_of.does(one, "refer", there, asked, zone)
        desk_of.does(one, "refer_to_service", f"{canary} {number}", asked, zone)
        desk_of.does(one, "hand_back")
    with runtime.sessions.begin() as session:
        ines = Caseworker(runtime.key, ring, session.get_one(Staff, ines_id))
        theirs = session.scalars(select(Case.id).where(Case.team_id == there)).all()
        assert len(theirs) == len(referred)
        for case_id in theirs[1:]:
            taking.take(session, ines, case_id, utcnow())
            (known,) = referral_rows.read(session, ring, {case_id})
            for step in (Step.ACCEPTED, Step.DONE):
                referrals.answer(session, ines, case_id, utcnow(), known.id, step, f"{canary} la vimos")


def _another_agency(session: Session) -> tuple[uuid.UUID, uuid.UUID, bytes]:
    ours = vault.the_team(session)
    recovery = vault.make_team(session, "Otra dependencia")
    team = session.scalars(select(Team).where(Team.id != ours.id)).one()
    password = accounts.add(session, "ines", "Ines", Role.CASEWORKER, utcnow())
    ines = accounts.find(session, "ines")
    assert ines is not None
    vault.join_team(session, ines, team)
    vault.leave_team(session, ines, ours)
    vault.grant_with_recovery_key(session, recovery, ines.id)
    ring = vault.unlock(session, ines, password)
    assert ring is not None
    return team.id, ines.id, ring
