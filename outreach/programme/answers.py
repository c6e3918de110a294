"""Facts that people edit: answers to common questions and help resources, one at a time.

A resource is dated: whoever corrects its number takes its confirmation away with it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from models import FIRST_PROGRAMME, Answer, HelpResource
from outreach.ground.words import fold
from outreach.texts import answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

RESPONSIBLE = "responsible"
"""Who is responsible for her data, and where (LGPDPPSO art. 22-I); no answer until somebody fills it in."""
# A confirmation by a person counts for half a year.
VERIFIED_FOR = timedelta(days=183)
_ALWAYS = re.compile(r"a toda hora|24 ?(?:h|/ ?7)")
DANGER, VIOLETA = "danger", "violeta"
INSTEAD = {"anonymous": "other", "outside": "legal"}
"""What is given where no resource of an installation is marked for a need that came later."""


@dataclass(frozen=True)
class ResourceDetails:
    """What a person may correct in a help resource; `needs` as in `models.reference.HelpResource`."""

    name: str
    channel: str
    hours: str
    says: str
    needs: str
    municipality: str | None
    source: str


def answer(
    session: Session, topic: str, municipality: str | None, programme_id: uuid.UUID = FIRST_PROGRAMME
) -> str:
    """Return her programme's answer for her municipality, else its general one, else an honest way on."""
    row = session.scalar(
        select(Answer)
        .where(
            Answer.programme_id == programme_id,
            Answer.topic == topic,
            or_(Answer.municipality == municipality, Answer.municipality.is_(None)),
        )
        .order_by(Answer.municipality.nulls_last())
        .limit(1)
    )
    return row.text if row else answers.NONE


def save_answer(
    session: Session,
    topic: str,
    municipality: str | None,
    text: str,
    now: datetime,
    programme_id: uuid.UUID = FIRST_PROGRAMME,
) -> Answer:
    """Answer a topic for exactly this municipality, in place of what was answered before."""
    row = session.scalar(
        select(Answer).where(
            Answer.programme_id == programme_id,
            Answer.topic == topic,
            Answer.municipality.is_not_distinct_from(municipality),
        )
    )
    if row is None:
        row = Answer(programme_id=programme_id, topic=topic, municipality=municipality, text="")
        session.add(row)
    return change_answer(row, text, now)


def change_answer(row: Answer, text: str, now: datetime) -> Answer:
    """Answer otherwise from now on."""
    row.text, row.updated_at = text.strip(), now
    return row


def drop_answer(session: Session, row: Answer) -> bool:
    """Take away the answer of one municipality, so that the general one holds there; False: it is general."""
    if row.municipality is None:
        return False
    session.delete(row)
    return True


def all_answers(session: Session) -> Sequence[Answer]:
    """Return every answer, those of all municipalities first."""
    return session.scalars(
        select(Answer).order_by(Answer.programme_id, Answer.topic, Answer.municipality.nulls_first())
    ).all()


def responsible(session: Session, programme_id: uuid.UUID = FIRST_PROGRAMME) -> str | None:
    """Return who is responsible for her data, with the address, where that was filled in."""
    return session.scalar(
        select(Answer.text).where(
            Answer.programme_id == programme_id, Answer.topic == RESPONSIBLE, Answer.municipality.is_(None)
        )
    )


def resources(session: Session, now: datetime) -> list[HelpResource]:
    """Return the help resources, those to be confirmed first, those not offered last."""
    found = session.scalars(select(HelpResource).order_by(HelpResource.rank, HelpResource.name)).all()
    return sorted(found, key=lambda row: (row.retired_at is not None, is_fresh(row, now), row.rank))


def retire(row: HelpResource, now: datetime) -> None:
    """Stop giving a resource."""
    row.retired_at = now


def offer_again(row: HelpResource) -> None:
    """Give a resource again that was retired."""
    row.retired_at = None


def is_fresh(row: HelpResource, now: datetime) -> bool:
    """Say whether a person has confirmed a resource lately."""
    return row.verified_at is not None and now - row.verified_at < VERIFIED_FOR


def confirm(row: HelpResource, by: str, now: datetime) -> None:
    """A person called and it answered."""
    row.verified_at, row.verified_by, row.retired_at = now, by, None


def save_resource(
    session: Session, row: HelpResource | None, details: ResourceDetails, today: date
) -> HelpResource:
    """Correct a resource, or add one; another channel or other hours must be confirmed anew.

    `today` is the local day, from which another source counts.
    """
    if row is None:
        row = HelpResource(code=f"propio-{uuid.uuid4().hex[:12]}")
        session.add(row)
    elif (row.channel, row.hours) != (details.channel, details.hours):
        row.verified_at = row.verified_by = None
    changed = asdict(details)
    if row.source != details.source:
        row.source_date = today
    for name, value in changed.items():
        setattr(row, name, value)
    return row


def best_help(
    session: Session,
    need: str,
    municipality: str | None,
    now: datetime,
    programme_id: uuid.UUID = FIRST_PROGRAMME,
    *,
    always: bool = False,
) -> HelpResource | None:
    """Return the one resource to give, of her programme or of all: verified first, then near, then rank.

    `always`: only one that answers day and night.

    Where none is verified the best documented is still given: an old number is better than none.
    In danger 911 has been said, and VIOLETA comes next.
    """
    hers = or_(HelpResource.programme_id.is_(None), HelpResource.programme_id == programme_id)
    if need == DANGER:
        # The state's own service goes second only to 911, whatever else is verified or nearer.
        first = session.scalar(
            select(HelpResource).where(HelpResource.code == VIOLETA, HelpResource.retired_at.is_(None), hers)
        )
        if first is not None:
            return first
        need = "violence"
    rows = session.scalars(
        select(HelpResource).where(
            HelpResource.retired_at.is_(None),
            hers,
            or_(HelpResource.municipality == municipality, HelpResource.municipality.is_(None)),
        )
    ).all()
    rows = [row for row in rows if not always or _ALWAYS.search(fold(row.hours))]
    fitting = [row for row in rows if need in row.needs.split()]
    if not fitting and need in INSTEAD:
        fitting = [row for row in rows if INSTEAD[need] in row.needs.split()]

    def order(row: HelpResource) -> tuple[bool, bool, int, str]:
        return (not is_fresh(row, now), row.municipality is None, row.rank, row.code)

    return min(fitting, key=order, default=None)
