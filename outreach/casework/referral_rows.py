"""The rows of referrals: one at each case, sealed to its own team, and how a referral stands.

What a side knows of the other (which case, which row) is inside its seal. Nothing here decides what may
happen next: `outreach.casework.referrals` does.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import select

from models import Case, Referral, Team
from outreach.casework.case_state import decode_state
from outreach.sealing import vault

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outreach.casework.opened import Seen
    from outreach.sealing.crypto import PersonalKey

CONTENT_BUCKET: Final = 8192
STATUS_BUCKET: Final = 1024
Way = Literal["sent", "received", "service"]


class Step(enum.StrEnum):
    """How a referral stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    DONE = "done"


OPEN: Final = frozenset({Step.SENT, Step.ACCEPTED})
"""A case whose referral stands so is not closed yet: somebody still has to answer or to finish."""
NEXT: Final[dict[Way, dict[Step, frozenset[Step]]]] = {
    "sent": {Step.SENT: frozenset({Step.WITHDRAWN})},
    "received": {
        Step.SENT: frozenset({Step.ACCEPTED, Step.DECLINED}),
        Step.ACCEPTED: frozenset({Step.DONE, Step.RETURNED}),
    },
    "service": {
        Step.SENT: frozenset({Step.ACCEPTED, Step.DECLINED, Step.DONE, Step.WITHDRAWN}),
        Step.ACCEPTED: frozenset({Step.DONE, Step.RETURNED}),
    },
}
"""What the side of each way may make of it. A service outside tells nothing: her caseworker notes it."""


@dataclass(frozen=True)
class Known:
    """One side of a referral, opened.

    `other` is the other team's name, or the service's; `other_case` and `other_row` its case and row there,
    empty for a service. `shared` names what went, `along` says that the conversation goes with it.
    """

    id: uuid.UUID
    way: Way
    other: str
    asked: str
    consent: str
    shared: tuple[str, ...]
    by: str
    at: datetime
    step: Step
    step_at: datetime
    step_by: str
    why: str
    along: bool = False
    other_team: uuid.UUID | None = None
    other_case: uuid.UUID | None = None
    other_row: uuid.UUID | None = None
    conversation: uuid.UUID | None = None

    @property
    def next(self) -> frozenset[Step]:
        """What this side may make of it now."""
        return NEXT[self.way].get(self.step, frozenset())

    @property
    def is_open(self) -> bool:
        """Say whether something of it is still to come."""
        return self.step in OPEN


def of_case(seen: Seen) -> list[Known]:
    """Return the referrals of a case, the newest first."""
    return read(seen.session, seen.worker.private_key, {seen.case.id})


@dataclass(frozen=True)
class Listed:
    """A referral in the list of a team: of which case it is, and how it stands."""

    case_id: uuid.UUID
    case_open: bool
    known: Known

    @property
    def short(self) -> str:
        """The letters by which two caseworkers speak of the case."""
        return str(self.case_id)[:4].upper()


def of_teams(
    session: Session, key: PersonalKey, keyring: bytes, teams: Collection[uuid.UUID], *, supervisor: bool
) -> list[Listed]:
    """Return the referrals of some teams: those of which something is to come first, then the newest.

    Those of harm by the programme's own people only where a `supervisor` asks. No word of hers is in it.

    Raises:
        UnsealError: the ring does not open those of all the teams.
    """
    rows = session.execute(
        select(
            Case.id,
            Case.is_open,
            Case.state_cipher,
            Referral.id,
            Referral.content_sealed,
            Referral.status_sealed,
        )
        .join(Referral, Referral.case_id == Case.id)
        .where(Case.team_id.in_(teams))
    )
    found = [
        Listed(
            case_id, is_open, _known(row_id, vault.unseal(keyring, content), vault.unseal(keyring, stands))
        )
        for case_id, is_open, cipher, row_id, content, stands in rows
        if supervisor or not decode_state(key, case_id, cipher).for_supervisor
    ]
    found.sort(key=lambda one: (one.known.step_at, one.known.id), reverse=True)
    return sorted(found, key=lambda one: not one.known.is_open)


def read(session: Session, keyring: bytes, case_ids: Collection[uuid.UUID]) -> list[Known]:
    """Return the referrals of some cases, the newest first.

    Raises:
        UnsealError: one is another team's.
    """
    rows = session.execute(
        select(Referral.id, Referral.content_sealed, Referral.status_sealed).where(
            Referral.case_id.in_(case_ids)
        )
    )
    found = [
        _known(row_id, vault.unseal(keyring, content), vault.unseal(keyring, status))
        for row_id, content, status in rows
    ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def team_of(session: Session, case: Case) -> str:
    """Return the name of a case's team."""
    return session.get_one(Team, case.team_id).name


def add(
    session: Session, case: Case, row_id: uuid.UUID, content: dict[str, Any], stands: dict[str, Any]
) -> None:
    """Seal one side to its case's team."""
    public_key = vault.public_key_of(session, case.team_id)
    session.add(
        Referral(
            id=row_id,
            case_id=case.id,
            content_sealed=vault.seal(public_key, content, bucket=CONTENT_BUCKET),
            status_sealed=vault.seal(public_key, stands, bucket=STATUS_BUCKET),
        )
    )
    session.flush()


def write(session: Session, case: Case, row_id: uuid.UUID, status: dict[str, Any]) -> None:
    """Say at one side how it stands; its team's public key is enough."""
    row = session.get(Referral, row_id)
    if row is not None and row.case_id == case.id:
        public_key = vault.public_key_of(session, case.team_id)
        row.status_sealed = vault.seal(public_key, status, bucket=STATUS_BUCKET)
        session.flush()


def status(step: Step, by: str, at: datetime, why: str = "") -> dict[str, Any]:
    """Return how a referral stands, to be sealed."""
    return {"step": step.value, "by": by, "at": at.isoformat(), "why": why}


def _known(row_id: uuid.UUID, content: dict[str, Any], stands: dict[str, Any]) -> Known:
    def an_id(name: str) -> uuid.UUID | None:
        return uuid.UUID(content[name]) if content.get(name) else None

    return Known(
        id=row_id,
        way=content["way"],
        other=content["other"],
        asked=content["asked"],
        consent=content["consent"],
        shared=tuple(content["shared"]),
        by=content["by"],
        at=datetime.fromisoformat(content["at"]),
        step=Step(stands["step"]),
        step_at=datetime.fromisoformat(stands["at"]),
        step_by=stands["by"],
        why=stands["why"],
        along=bool(content.get("along")),
        other_team=an_id("other_team"),
        other_case=an_id("other_case"),
        other_row=an_id("other_row"),
        conversation=an_id("conversation"),
    )
