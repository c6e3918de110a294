"""A case referred to another agency's team, or to a service outside, with what she agreed to share.

A referral between agencies makes a case of its own for the other team, to which only what was ticked is
sealed; neither side is given a key of the other. Each step writes the line of both threads, for a team's
public key is enough to write. The conversation stays with the first team, unless it goes along: then the
step that accepts it moves it.

Locks: a step has its own case (and conversation) locked when it comes here, and waits a moment for those of
the other side without queueing behind them, so that two sides who act at once can't stop each other.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from models import Case, Team
from outreach.casework import both_sides, reasons, referral_rows, sharing, thread
from outreach.casework.case_state import CaseState, write_state
from outreach.casework.opened import DeskError
from outreach.casework.referral_rows import Step, team_of
from outreach.casework.thread import Line
from outreach.casework.verbs import verb
from outreach.sealing import vault
from outreach.staff import key_holders
from outreach.staff.audit import Action
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from outreach.casework.opened import Held
    from outreach.casework.referral_rows import Known
    from outreach.casework.sharing import Shared, Sharing

LONGEST_ASKED: Final = 1000
LONGEST_SERVICE: Final = 120
LONGEST_NAME: Final = 100
RETURNED, WITHDRAWN = "returned", "withdrawn"
"""How a case ends that goes back to who referred it, where no supervisor has to agree."""
COLLEAGUE: Final = "colleague"
"""Who is waited for, where it is not the woman but the other team (`CaseState.last_from`)."""

KEPT: Final = ("staff", "kind", "cover", "heard", "corrected_by", "latitude", "longitude", "label", "address")
"""What goes with a line that is shared. Files don't, nor what became of an answer."""


@dataclass(frozen=True)
class Request:
    """What is asked of the other side, how she agreed, and what she agreed to share.

    `along`: the conversation is to go with it.
    """

    asked: str
    consent: str
    sharing: Sharing
    along: bool = False

    def checked(self) -> Request:
        """Return it with its texts on one line.

        Raises:
            DeskError: what is asked or how she agreed is missing, or too long.
        """
        asked, consent = " ".join(self.asked.split()), " ".join(self.consent.split())
        if not reasons.SHORTEST <= len(asked) <= LONGEST_ASKED:
            raise DeskError(texts.NO_ASKED)
        if not reasons.SHORTEST <= len(consent) <= reasons.LONGEST:
            raise DeskError(texts.NO_CONSENT)
        return Request(asked, consent, self.sharing, self.along)


def teams(session: Session, besides: uuid.UUID) -> list[Team]:
    """Return the teams to which a case can be referred: all others whose key somebody holds."""
    query = select(Team).where(Team.id != besides).order_by(Team.name)
    return [team for team in session.scalars(query) if key_holders.count(session, team=team.id)]


@verb(Action.DESK_REFERRED, holds=True)
def refer(held: Held, team_id: uuid.UUID, request: Request, zone: ZoneInfo) -> None:
    """Refer the case to another team, which gets a case of its own with what was ticked.

    Raises:
        DeskError: there is no such team, a referral to it is open, or the request is not complete.
    """
    asked = request.checked()
    team = next((one for one in teams(held.session, held.case.team_id) if one.id == team_id), None)
    if team is None:
        raise DeskError(texts.NO_TEAM)
    if any(one.is_open and one.other_team == team.id for one in referral_rows.of_case(held)):
        raise DeskError(texts.ONE_IS_ENOUGH)
    if held.state.for_supervisor and not vault.has_supervisor(held.session, team.id):
        raise DeskError(texts.NO_SUPERVISOR)
    along = asked.along and held.conversation is not None
    shared = _gathered(held, asked.sharing, zone)
    came = texts.came(held.worker.name, team_of(held.session, held.case), asked.asked, asked.consent)
    lines = [Line("event", came, held.now), *_lines(held, shared)]
    about = held.about if sharing.Part.ABOUT in asked.sharing.parts else "referral"
    case = _begin(held, team, {"about": about, "called": shared.called[:LONGEST_NAME]}, lines)
    here, there = uuid.uuid4(), uuid.uuid4()
    both = {
        "asked": asked.asked,
        "consent": asked.consent,
        "shared": shared.titles(),
        "by": held.worker.name,
        "at": held.now.isoformat(),
        "along": along,
        "conversation": str(held.conversation.id) if along and held.conversation else None,
    }
    own = held.session.get_one(Team, held.case.team_id)
    stands = referral_rows.status(Step.SENT, held.worker.name, held.now)
    sent = {"way": "sent", "other": team.name, "other_team": str(team.id)}
    received = {"way": "received", "other": own.name, "other_team": str(own.id)}
    ours = {"other_case": str(case.id), "other_row": str(there)}
    theirs = {"other_case": str(held.case.id), "other_row": str(here)}
    referral_rows.add(held.session, held.case, here, both | sent | ours, stands)
    referral_rows.add(held.session, case, there, both | received | theirs, stands)
    went = texts.went(held.worker.name, team.name, asked.asked, asked.consent, shared.titles())
    held.say("event", went)


@verb(Action.DESK_REFERRED, holds=True)
def refer_to_service(held: Held, service: str, request: Request, zone: ZoneInfo) -> uuid.UUID:
    """Note a referral to a service outside; what goes there goes on paper. Return the referral.

    Raises:
        DeskError: no service is named, or the request is not complete.
    """
    asked, name = request.checked(), " ".join(service.split())
    if not name or len(name) > LONGEST_SERVICE:
        raise DeskError(texts.NO_SERVICE)
    titles = _gathered(held, asked.sharing, zone).titles()
    row_id = uuid.uuid4()
    content: dict[str, Any] = {
        "way": "service",
        "other": name,
        "asked": asked.asked,
        "consent": asked.consent,
        "shared": titles,
        "by": held.worker.name,
        "at": held.now.isoformat(),
    }
    stands = referral_rows.status(Step.SENT, held.worker.name, held.now)
    referral_rows.add(held.session, held.case, row_id, content, stands)
    held.say("event", texts.to_service(held.worker.name, name, asked.asked, asked.consent, titles))
    return row_id


@verb(Action.DESK_REFERRAL_ANSWERED, holds=True)
def answer(held: Held, referral_id: uuid.UUID, step: Step, why: str = "") -> None:
    """Say what becomes of a referral: accepted, declined, sent back, done, withdrawn.

    What ends it other than well needs its reason. A declined or returned one closes the case that came by it
    and lets the first wait for a person again.

    Raises:
        NoReasonError: it needs a reason and has none.
        DeskError: it is not in this case, that is not its next step, or the other side is busy.
    """
    said = " ".join(why.split())[: reasons.LONGEST]
    if step in {Step.DECLINED, Step.RETURNED, Step.WITHDRAWN}:
        said = reasons.given(why)
    known = _of(held, referral_id)
    if known.way == "service":
        _refuse_unless_next(known, step)
        _stand(held, known, step, said)
        held.say("event", texts.of_service(held.worker.name, known.other, step.value, said))
        return
    there = both_sides.locked(held, known)
    known = _of(held, referral_id)  # as it stands under both locks
    _refuse_unless_next(known, step)
    if step is Step.RETURNED and (there is None or not there.case.is_open):
        raise DeskError(texts.ENDED_THERE)
    _stand(held, known, step, said)
    line = texts.stands(held.worker.name, team_of(held.session, held.case), step.value, said)
    held.say("event", line)
    _heard(held)
    if there is not None:
        _answer_there(held, known, there, step, said, line)
    if step in {Step.DECLINED, Step.RETURNED}:
        _close(held.case, held.state, RETURNED, held.now)


@verb(Action.DESK_REFERRAL_ANSWERED, holds=True)
def tell(held: Held, referral_id: uuid.UUID, text: str, *, entry_id: uuid.UUID | None = None) -> None:
    """Write to the other side of a referral; it stands in both threads, once for a form sent twice.

    Raises:
        DeskError: it is not between two agencies, not in this case, or the other case is closed.
    """
    said = text.strip()
    known = _of(held, referral_id)
    if known.way == "service":
        raise DeskError(texts.NOT_THERE)
    if not said or thread.exists(held.session, entry_id):
        return
    there = both_sides.locked(held, known)
    if there is None or not there.case.is_open:
        raise DeskError(texts.ENDED_THERE)
    line = texts.wrote(held.worker.name, team_of(held.session, held.case), said)
    held.say("event", line, entry_id)
    _heard(held)
    there.say(line, held.now)
    there.wait(held.now)
    there.keep(held.worker.key)


def _gathered(held: Held, what: Sharing, zone: ZoneInfo) -> Shared:
    entries = thread.read(held.session, held.worker.private_key, held.case, held.state)
    return sharing.gathered(held, what, entries, zone)


def _begin(held: Held, team: Team, subject: dict[str, Any], lines: list[Line]) -> Case:
    """Open the other team's case, with its first lines."""
    case = Case(
        id=uuid.uuid4(),
        team_id=team.id,
        is_open=True,
        state_cipher=b"",
        subject_sealed=vault.seal(team.public_key, {"conversation_id": None, **subject}),
    )
    now = held.now.isoformat()
    state = CaseState(
        opened_at=now,
        urgency=held.state.urgency,
        waiting_since=now,
        last_from=COLLEAGUE,
        for_supervisor=held.state.for_supervisor,
        entries=0,
        apart=True,
    )
    write_state(held.worker.key, case, state)
    held.session.add(case)
    held.session.flush()
    for line in lines:
        thread.append(held.session, case, state, line)
    write_state(held.worker.key, case, state)
    held.session.flush()
    return case


def _lines(held: Held, shared: Shared) -> list[Line]:
    by = f"{held.worker.name}, {team_of(held.session, held.case)}"
    lines = []
    if shared.pieces:
        told = "\n".join(f"{piece.title}: {' · '.join(piece.text)}" for piece in shared.pieces)
        lines.append(Line("note", told, held.now, {"staff": by, "shared": True}))
    for entry in shared.lines:
        extra = {name: entry.extra[name] for name in KEPT if name in entry.extra} | {"shared": True}
        lines.append(Line(entry.author, entry.text, entry.at, extra))  # type: ignore[arg-type] # one of LINES
    return lines


def _of(held: Held, referral_id: uuid.UUID) -> Known:
    found = next((one for one in referral_rows.of_case(held) if one.id == referral_id), None)
    if found is None:
        raise DeskError(texts.NOT_THERE)
    return found


def _refuse_unless_next(known: Known, step: Step) -> None:
    if step not in known.next:
        raise DeskError(texts.NOT_NOW.format(state=texts.STATES[known.step.value]))


def _stand(held: Held, known: Known, step: Step, why: str) -> None:
    by = f"{held.worker.name}, {team_of(held.session, held.case)}"
    referral_rows.write(held.session, held.case, known.id, referral_rows.status(step, by, held.now, why))


def _answer_there(held: Held, known: Known, there: both_sides.Other, step: Step, why: str, line: str) -> None:
    by = f"{held.worker.name}, {team_of(held.session, held.case)}"
    if known.other_row is not None:
        status = referral_rows.status(step, by, held.now, why)
        referral_rows.write(held.session, there.case, known.other_row, status)
    if there.case.is_open:
        there.say(line, held.now)
    if step is Step.ACCEPTED and known.along and both_sides.move_here(held, there):
        held.say("event", texts.moved_along(team_of(held.session, held.case)))
        there.say(texts.moved_along(team_of(held.session, held.case)), held.now)
    apart = held.state.apart
    if step is Step.RETURNED and known.along and not apart and both_sides.move_back(held, there):
        there.say(texts.moved_along(known.other), held.now)
    if step in {Step.DECLINED, Step.RETURNED}:
        there.wait(held.now)
    if step is Step.WITHDRAWN and there.case.is_open:
        _close(there.case, there.state, WITHDRAWN, held.now)
    there.keep(held.worker.key)


def _heard(held: Held) -> None:
    """Nobody of the other team is waited for any more; the woman still is, where she waits."""
    if held.state.last_from == COLLEAGUE or held.state.apart:
        held.state.waiting_since = None


def _close(case: Case, state: CaseState, outcome: str, now: datetime) -> None:
    state.unclaim()
    state.end_closing()
    state.outcome, state.closed_at = outcome, now.isoformat()
    state.waiting_since = state.pending = state.appointment_at = state.appointment_words = None
    case.is_open = False
