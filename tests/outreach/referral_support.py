"""Two agencies with a desk each, and a case that one of them refers to the other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from at_desk import lines_of
from desk_steps import NOW, ZONE, Desk
from sqlalchemy import select

from models import Case, Conversation, Referral, Role, Team
from outreach.casework import cases, referral_rows, referrals, taking
from outreach.casework.case_state import read_state
from outreach.casework.opened import Caseworker, opened
from outreach.casework.referrals import Request
from outreach.casework.sharing import Part, Sharing
from outreach.sealing import vault
from outreach.staff import accounts

if TYPE_CHECKING:
    from collections.abc import Callable

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
        return self.refer_what(case, Sharing(frozenset(parts), lines=lines), along=along, by=by)

    def refer_what(
        self, case: Case, what: Sharing, *, along: bool = False, by: Caseworker | None = None
    ) -> Case:
        """Refer a case with just what was ticked."""
        known = set(self.session.scalars(select(Case.id)))
        request = Request(ASKED, CONSENT, what, along)
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
        """Answer the referral of a case that is open, or the last one."""
        known = self.sides(case, who)
        referral = next((one for one in known if one.is_open), known[0])
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


def referred_outside(desk: Desk) -> Case:
    """Open a case that Lucia has and refers to a service."""
    case = desk.taken()
    request = Request(ASKED, CONSENT, Sharing())
    referrals.refer_to_service(desk.session, desk.lucia, case.id, NOW, "Hospital Civil", request, ZONE)
    _last[desk] = case.id
    return case


def with_another_team(desk: Desk) -> Case:
    """Open a case that Lucia has, beside a team whose key somebody has."""
    if desk.session.scalar(select(Team.id).where(Team.id != desk.team_id)) is None:
        desk.stranger()
    return desk.taken()


def referred(desk: Desk) -> Case:
    """Open a case that Lucia has and refers to the other team."""
    case = with_another_team(desk)
    request = Request(ASKED, CONSENT, Sharing())
    referrals.refer(desk.session, desk.lucia, case.id, NOW, another_team(desk), request, ZONE)
    _last[desk] = case.id
    return case


def another_team(desk: Desk) -> uuid.UUID:
    """Return the other team."""
    return desk.session.scalar(select(Team.id).where(Team.id != desk.team_id)) or uuid.UUID(int=0)


def newest(desk: Desk) -> uuid.UUID:
    """Return the referral that was made last for the table below; another id where there is none."""
    found = desk.session.scalar(select(Referral.id).where(Referral.case_id == _last.get(desk)))
    return found or uuid.uuid4()


_last: WeakKeyDictionary[Desk, uuid.UUID] = WeakKeyDictionary()
REQUEST = Request(ASKED, CONSENT, Sharing())
# For the table of `test_desk_verbs`: the case that each step needs, and what else it is given.
STEPS: dict[str, tuple[Callable[[Desk], Case], tuple[Any, ...]]] = {
    "referrals.refer": (with_another_team, (another_team, REQUEST, ZONE)),
    "referrals.refer_to_service": (Desk.taken, ("Hospital Civil", REQUEST, ZONE)),
    "referrals.answer": (referred_outside, (newest, referral_rows.Step.DONE)),
    "paper.print_referral": (Desk.taken, ("Hospital Civil", ASKED, CONSENT, Sharing(), ZONE)),
    "referrals.tell": (referred, (newest, "¿Tiene papeles?")),
}
