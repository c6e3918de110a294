"""Two agencies with a desk each, and a case that one of them refers to the other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from at_desk import lines_of
from desk_steps import NOW, ZONE, Desk
from sqlalchemy import select

from models import Case, Conversation, Role, Team
from outreach.casework import cases, referral_rows, referrals, taking
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker, opened
from outreach.casework.referrals import Request
from outreach.casework.sharing import Part, Sharing
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.case_state import CaseState
    from outreach.casework.referral_rows import Known
    from outreach.sealing.crypto import PersonalKey

ASKED = "Que le den asesoría legal esta semana."
CONSENT = "Me dijo por mensaje que sí, que les cuente."
SECRET = "me quitó los papeles"


class Agencies(Desk):
    """The desk of one team, and Ines, who has the key of another."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        super().__init__(session, key)
        recovery = vault.make_team(session, "Otra dependencia")
        self.theirs = session.scalars(select(Team).where(Team.id != self.team_id)).one()
        self.ines = self.there("ines", recovery)

    def there(self, name: str, recovery: str, role: Role = Role.CASEWORKER) -> Caseworker:
        """Add somebody who has the key of the other team, and no other."""
        password = accounts.add(self.session, name, name.title(), role, NOW)
        person = accounts.find(self.session, name)
        assert person is not None
        vault.join_team(self.session, person, self.theirs)
        vault.leave_team(self.session, person, self.session.get_one(Team, self.team_id))
        vault.grant_with_recovery_key(self.session, recovery, person.id)
        ring = vault.unlock(self.session, person, password)
        assert ring is not None
        return Caseworker(self.key, ring, person)

    def told(self, by: Caseworker | None = None) -> Case:
        """Open a case that Lucia has and in which she told something."""
        case = self.taken(by)
        cases.woman_wrote(self.session, self.key, case.id, SECRET, NOW)
        return case

    def refer(self, case: Case, *parts: Part, along: bool = False, lines: frozenset[uuid.UUID] = frozenset(),
              by: Caseworker | None = None) -> Case:  # fmt: skip
        """Refer a case to the other team; return the case that it opens there."""
        known = set(self.session.scalars(select(Case.id)))
        request = Request(ASKED, CONSENT, Sharing(frozenset(parts), lines), along)
        referrals.refer(self.session, by or self.lucia, case.id, NOW, self.theirs.id, request, ZONE)
        return self.session.scalars(select(Case).where(Case.id.not_in(known))).one()

    def sides(self, case: Case, who: Caseworker) -> list[Known]:
        """Return the referrals of a case as somebody sees them."""
        seen = opened(self.session, who, case.id, NOW)
        assert seen is not None
        return referral_rows.of_case(seen)

    def side(self, case: Case, who: Caseworker) -> Known:
        """Return the one referral of a case."""
        (one,) = self.sides(case, who)
        return one

    def accepted(self, case: Case, *parts: Part, along: bool = False) -> Case:
        """Refer a case, and let Ines take and accept it."""
        there = self.refer(case, *parts, along=along)
        taking.take(self.session, self.ines, there.id, NOW)
        self.answers(self.ines, there, referral_rows.Step.ACCEPTED)
        return there

    def answers(self, who: Caseworker, case: Case, step: referral_rows.Step, why: str = "") -> None:
        """Answer the newest referral of a case."""
        referral = self.sides(case, who)[0]
        referrals.answer(self.session, who, case.id, NOW, referral.id, step, why)

    def state(self, case: Case) -> CaseState:
        """Return what the server knows of a case."""
        self.session.refresh(case)
        return read_state(self.key, case)

    def lines(self, case: Case, who: Caseworker) -> list[str]:
        """Return the texts of a thread."""
        return [line.text for line in lines_of(self.session, who, case)]

    def conversation_of(self, case: Case) -> Conversation:
        """Return the conversation that a case has."""
        known = self.state(case).conversation_id
        assert known is not None
        return self.session.get_one(Conversation, uuid.UUID(known))
