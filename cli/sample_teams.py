"""The demo's three agencies: a team each with its own key, and somebody who attends in each.

The first team is the installation's own; the two others get no conversation until one is referred to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from cli import words
from models import Agency, Team
from outreach.sealing import recovery_key, vault
from outreach.staff import teams

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from cli.sample import Notebook
    from models import Staff


def ensure(session: Session, notebook: Notebook, now: datetime) -> None:
    """Make the teams that are missing, and keep their recovery keys as the demo keeps the first's."""
    first = vault.find_team(session)
    if first is not None and session.get(Agency, words.DEMO_FIRST_AGENCY) is not None:
        first.agency = first.agency or words.DEMO_FIRST_AGENCY
    papers = dict(notebook.kept.get("recovery_keys", {}))
    for agency, name in words.DEMO_TEAMS.items():
        missing = session.scalar(select(Team.id).where(Team.name == name)) is None
        if missing and session.get(Agency, agency) is not None:
            papers[name] = teams.make(session, name, agency, now)
    notebook.keep("recovery_keys", papers)


def of(session: Session, username: str) -> Team | None:
    """Return the team of somebody of the demo; empty: the installation's first."""
    name = words.DEMO_TEAMS.get(words.DEMO_TEAM_OF.get(username, ""))
    return session.scalar(select(Team).where(Team.name == name)) if name else None


def give_key(session: Session, notebook: Notebook, one: Staff) -> None:
    """Give somebody the keys that she waits for, by the papers that the demo keeps.

    A paper of before somebody changed the key opens nothing: she waits for a colleague then, as in life.
    """
    papers = [notebook.kept.get("recovery_key"), *notebook.kept.get("recovery_keys", {}).values()]
    for paper in filter(None, papers):
        if all(wrap.wrapped is not None for wrap in vault.wraps_of(session, one.id)):
            return
        try:
            vault.grant_with_recovery_key(session, paper, one.id)
        except (vault.WrongRecoveryKeyError, recovery_key.RecoveryKeyError):
            continue
