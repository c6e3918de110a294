"""What a person decides of a pair, and what a rule may: one woman, or two; and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from models import LinkPair, PairDecision, Woman, WomanMerge
from outreach.people import registry
from outreach.single_list.linking import merging, repointing
from outreach.single_list.linking.merging import MergeError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

__all__ = ["MergeError", "join_by_rule", "keep_apart", "same", "undo"]


def _open_pair(session: Session, pair_id: uuid.UUID) -> LinkPair | None:
    return session.scalar(
        select(LinkPair)
        .where(LinkPair.id == pair_id, LinkPair.decision.is_(None), LinkPair.a_now != LinkPair.b_now)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def same(
    session: Session, key: PersonalKey, pair_id: uuid.UUID, staff_id: uuid.UUID, now: datetime
) -> WomanMerge:
    """Merge the two records of a pair.

    Raises:
        MergeError: somebody decided it meanwhile, or a record is gone.
    """
    pair = _open_pair(session, pair_id)
    if pair is None:
        raise MergeError(MergeError.__doc__)
    made = merging.merge(session, key, pair.a_now, pair.b_now, now, staff_id)
    audit.record(session, staff_id, Action.DUPLICATE_MERGED, now)
    return made


def keep_apart(session: Session, pair_id: uuid.UUID, staff_id: uuid.UUID, now: datetime) -> None:
    """Note that the records of a pair are two women; no later run proposes them again.

    Raises:
        MergeError: somebody decided it meanwhile.
    """
    pair = _open_pair(session, pair_id)
    if pair is None:
        raise MergeError(MergeError.__doc__)
    session.execute(
        update(LinkPair)
        .where(repointing.between(pair.a_now, pair.b_now), LinkPair.decision.is_(None))
        .values(decision=PairDecision.APART, decided_at=now, decided_by=staff_id)
    )
    audit.record(session, staff_id, Action.DUPLICATE_APART, now)
    session.flush()


def join_by_rule(session: Session, key: PersonalKey, pair_id: uuid.UUID, now: datetime) -> bool:
    """Merge a pair that a run found sure enough; False where somebody was quicker.

    What the run read may have been corrected since: the rule's own ground is looked at again.
    """
    pair = _open_pair(session, pair_id)
    if pair is None:
        return False
    try:
        if not _still_one(key, merging.locked(session, pair.a_now, pair.b_now)):
            return False
        merging.merge(session, key, pair.a_now, pair.b_now, now)
    except MergeError:
        return False
    audit.record(session, None, Action.DUPLICATE_MERGED, now)
    return True


def _still_one(key: PersonalKey, both: list[Woman]) -> bool:
    """Say whether two records have one CURP and no two birth dates."""
    known = [registry.read_details(key, woman) for woman in both]
    curps = {details.curp for details in known}
    return len(curps) == 1 and "" not in curps and len({d.birth_date for d in known if d.birth_date}) <= 1


def undo(session: Session, key: PersonalKey, merge_id: uuid.UUID, staff_id: uuid.UUID, now: datetime) -> None:
    """Part the two records of a merge again; from now on they are kept apart.

    Raises:
        MergeError: it was undone already.
    """
    merging.undo(session, key, merge_id, now, staff_id)
    audit.record(session, staff_id, Action.DUPLICATE_UNDONE, now)
