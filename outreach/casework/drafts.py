"""What a caseworker has typed and not sent: sealed to the team as she types, given back to her alone.

Sealing needs no private key, and a draft is no step in a case: it is neither recorded nor rung for. One row
a caseworker, case and box, all of one length, without a time.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from models import Case, SealedDraft
from outreach.casework import blocks, thread
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.opened import Caseworker, Seen

REPLY: Final = "reply"
NOTE: Final = "note"
BOXES: Final = (REPLY, NOTE)
LONGEST: Final = 1600
LENGTH: Final = 8192
"""Bytes of every draft: as many letters as a box takes fit, whatever letters they are."""


def keep(
    session: Session,
    case_id: uuid.UUID,
    staff_id: uuid.UUID,
    box: str,
    text: str,
    *,
    form_id: uuid.UUID | None = None,
) -> None:
    """Keep what stands in a box in place of what was kept before; an empty box keeps nothing.

    `form_id` is that of the form around it: a draft that arrives after its form was sent is dropped. The
    caller has asked whether she may see the case.
    """
    if box not in BOXES or len(text) > LONGEST:
        raise ValueError("no such box, or more than it takes")
    case = waited_for(session, case_id)
    if case is None or thread.exists(session, form_id) or blocks.exists(session, blocks.NOTES, form_id):
        return
    if not text.strip():
        drop(session, case_id, staff_id, box)
        return
    put(session, case, staff_id, box, {"text": text}, LENGTH)


def waited_for(session: Session, case_id: uuid.UUID) -> Case | None:
    """Return a case, after a step that is being taken: what has just been sent is not to come back."""
    return session.scalar(select(Case).where(Case.id == case_id).with_for_update(read=True))


def put(
    session: Session, case: Case, staff_id: uuid.UUID, box: str, content: dict[str, Any], length: int
) -> None:
    """Seal what stands in a box, in place of what was kept before; `length` is that of all such rows."""
    sealed = vault.seal(vault.public_key_of(session, case.team_id), content, bucket=length)
    row = insert(SealedDraft).values(
        id=uuid.uuid4(), staff_id=staff_id, case_id=case.id, box=box, content_sealed=sealed
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["staff_id", "case_id", "box"], set_={"content_sealed": sealed}
        )
    )


def drop(session: Session, case_id: uuid.UUID, staff_id: uuid.UUID, box: str) -> None:
    """Forget a draft: it was sent, or thrown away."""
    session.execute(
        delete(SealedDraft).where(
            SealedDraft.staff_id == staff_id, SealedDraft.case_id == case_id, SealedDraft.box == box
        )
    )


def drafts_in(seen: Seen) -> dict[str, str]:
    """Return her own drafts in a case, by box; nobody is shown a colleague's."""
    return own(seen.session, seen.worker, seen.case.id)


def own(session: Session, worker: Caseworker, case_id: uuid.UUID) -> dict[str, str]:
    """Return what she typed herself in a case and did not send, by box, also where a colleague has it now."""
    rows = session.execute(
        select(SealedDraft.box, SealedDraft.content_sealed).where(
            SealedDraft.staff_id == worker.staff.id,
            SealedDraft.case_id == case_id,
            SealedDraft.box.in_(BOXES),
        )
    )
    return {box: str(vault.unseal(worker.private_key, sealed)["text"]) for box, sealed in rows}
