"""Lines made of case states, kept in memory: only rows that changed are fetched and decrypted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import String, literal_column, select

from models import Case
from outreach.casework.case_state import CaseState, decode_state

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy import ColumnExpressionArgument
    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

AT_A_TIME = 500
_VERSION = literal_column("case_file.xmin::text || case_file.ctid::text", String)
"""Which version of a row it is: who wrote it and where it lies; no two versions have both alike."""
T = TypeVar("T")


class StateMemo(Generic[T]):
    """What `make(case id, team id, state)` returned of each case, with the version of the row it is of.

    At most `most` are kept. Nothing of it is sealed: the running server may read all states.
    """

    def __init__(self, make: Callable[[uuid.UUID, uuid.UUID, CaseState], T], most: int) -> None:
        self._make, self._most = make, most
        self._known: dict[uuid.UUID, tuple[str, T]] = {}

    def __len__(self) -> int:
        """Say how many are kept."""
        return len(self._known)

    def read(self, session: Session, key: PersonalKey, *which: ColumnExpressionArgument[bool]) -> list[T]:
        """Return the lines of the cases that meet all conditions, in no order."""
        wanted = {row[0]: row[1] for row in session.execute(select(Case.id, _VERSION).where(*which))}
        found = {case_id: known for case_id in wanted if (known := self._known.get(case_id))}
        changed = [case_id for case_id, version in wanted.items() if found.get(case_id, ("",))[0] != version]
        if changed:
            fresh = self._fresh(session, key, changed)
            if len(self._known) + len(fresh) > self._most:
                self._known.clear()
            self._known.update(fresh)
            found |= fresh
        return [found[case_id][1] for case_id in wanted if case_id in found]

    def _fresh(
        self, session: Session, key: PersonalKey, changed: list[uuid.UUID]
    ) -> dict[uuid.UUID, tuple[str, T]]:
        # Columns, and no objects: one that the session holds may be older than the version beside it.
        query = select(Case.id, _VERSION, Case.team_id, Case.state_cipher).where(Case.id.in_(changed))
        return {
            case_id: (version, self._make(case_id, team_id, decode_state(key, case_id, cipher)))
            for case_id, version, team_id, cipher in session.execute(
                query.execution_options(yield_per=AT_A_TIME)
            )
        }
