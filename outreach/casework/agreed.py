"""What she agreed to about a case, kept inside it, sealed: outside it would tell that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.casework import cases, draft_case
from outreach.texts import desk as words

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.messages.conversation_state import PrivateState
    from outreach.sealing.crypto import PersonalKey

KIND = "case"


def note_consent(
    session: Session,
    key: PersonalKey,
    state: PrivateState,
    *,
    given: bool,
    said: str,
    at: datetime,
    programme_id: uuid.UUID | None = None,
) -> None:
    """Seal her yes or no to a case, with her own words, to the case or to the draft that becomes it.

    A no without a case is not kept: there is nothing then that it could stand in.
    """
    text = words.CONSENT_GIVEN if given else words.CONSENT_REFUSED
    extra = {"consent": KIND, "given": "yes" if given else "no", "said": said}
    case = cases.open_case_of(session, state.case_id)
    if case is not None:
        cases.add_entry(session, key, case, author="event", text=text, at=at, extra=dict(extra))
    elif given:
        draft_case.add(
            session, key, state, author="event", text=text, at=at, extra=extra, programme_id=programme_id
        )
