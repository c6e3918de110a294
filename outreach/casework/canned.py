"""Texts that a team sends often. They are plain: nothing of any woman may stand in them.

A caseworker puts one into her box, changes it and sends it as her own. Supervisors write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models import CannedAnswer, HelpResource, Team
from outreach.ground.words import fold
from outreach.sealing import vault
from outreach.texts import desk_writing as words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from models import Staff

LONGEST_TITLE: Final = 80
LONGEST_BODY: Final = 1000
"""As long as a text may be that waits to leave (`outreach.casework.case_state.fits`)."""
MOST: Final = 200
_NUMBER = re.compile(r"\d(?:[\s().-]{0,3}\d){5,}")
"""Six figures and more: a phone, a CURP, a folio; a year, an hour or 911 is none."""


class CannedError(ValueError):
    """This text can't be kept; the message says why."""


def teams(session: Session, staff: Staff) -> list[Team]:
    """Return the teams whose texts she uses, by name: those of which she has the key."""
    own = vault.teams_of(session, staff.id)
    return list(session.scalars(select(Team).where(Team.id.in_(own)).order_by(Team.name)))


def of_team(session: Session, team_id: uuid.UUID) -> list[CannedAnswer]:
    """Return a team's texts by title, as it is read."""
    found = session.scalars(select(CannedAnswer).where(CannedAnswer.team_id == team_id))
    return sorted(found, key=lambda one: (fold(one.title), one.title))


def save(
    session: Session, team_id: uuid.UUID, title: str, body: str, answer: CannedAnswer | None = None
) -> CannedAnswer:
    """Keep a text under a title, or change one.

    Raises:
        CannedError: the title is another's, or it holds a number of somebody.
    """
    title, body = " ".join(title.split()), body.strip()
    for number in _numbers(f"{title}\n{body}"):
        if _figures(number) not in _of_resources(session):
            raise CannedError(words.canned_number(number))
    named = select(CannedAnswer).where(CannedAnswer.team_id == team_id, CannedAnswer.title == title)
    same = session.scalar(named)
    if same is not None and same is not answer:
        raise CannedError(words.CANNED_TAKEN)
    if answer is None:
        counted = select(func.count()).where(CannedAnswer.team_id == team_id)
        if (session.scalar(counted) or 0) >= MOST:
            raise CannedError(words.CANNED_MANY)
        answer = CannedAnswer(team_id=team_id)
        session.add(answer)
    answer.title, answer.body = title, body
    session.flush()
    return answer


def find(session: Session, answer_id: uuid.UUID, teams: Collection[uuid.UUID]) -> CannedAnswer | None:
    """Return a text of one of these teams."""
    found = session.get(CannedAnswer, answer_id)
    return found if found is not None and found.team_id in teams else None


def remove(session: Session, answer: CannedAnswer) -> None:
    """Forget a text."""
    session.delete(answer)
    session.flush()


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _figures(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _of_resources(session: Session) -> set[str]:
    """Return the numbers that stand in the help resources, in figures alone."""
    return {
        _figures(number)
        for channel in session.scalars(select(HelpResource.channel))
        for number in _numbers(channel)
    }
