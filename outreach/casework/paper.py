"""What is printed of a case, for a referral on paper: a PDF that is made in memory and kept nowhere.

Only what was ticked is on it (`outreach.casework.sharing`), with who printed it and when. The typesetter gets
the case's words as data and never as markup, and reads and writes no file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from models import Team
from outreach.casework import sharing, thread
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.verbs import look
from outreach.ground import dates
from outreach.staff.audit import Action
from outreach.texts import desk_paper as texts
from outreach.texts import desk_referrals

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from outreach.casework.opened import Seen
    from outreach.casework.sharing import Shared
    from outreach.casework.thread import Entry

SHEET: Final = Path(__file__).with_suffix(".typ").read_bytes()


class NoDocumentError(DeskError):
    """El documento no se pudo hacer. Quita los mensajes con signos raros e intenta otra vez."""


def picked(seen: Seen, what: sharing.Sharing, zone: ZoneInfo) -> Shared:
    """Return what was ticked of a case that is opened already."""
    entries = thread.read(seen.session, seen.worker.private_key, seen.case, seen.state)
    return sharing.gathered(seen, what, entries, zone)


@look(Action.DESK_PRINTED)
def print_referral(
    seen: Seen, to: str, asked: str, consent: str, what: sharing.Sharing, zone: ZoneInfo
) -> bytes:
    """Return a PDF of what was ticked, for whom it is (`to`) and what is asked.

    Raises:
        NotYoursError: the conversation is not this caseworker's.
        NoDocumentError: it could not be typeset.
    """
    if not seen.holds or not seen.case.is_open:
        raise NotYoursError(NotYoursError.__doc__)
    shared = picked(seen, what, zone)
    team = seen.session.get_one(Team, seen.case.team_id).name
    facts = [
        (texts.FROM, team),
        (texts.TO, to),
        (texts.ASKED, asked),
        (texts.CONSENT, consent),
    ]
    return typeset(
        {
            "title": texts.TITLE,
            "care": texts.CARE,
            "facts": [fact for fact in facts if fact[1].strip()],
            "pieces": [{"title": piece.title, "text": list(piece.text)} for piece in shared.pieces],
            "lines_title": texts.LINES,
            "lines": [_line(entry, zone) for entry in shared.lines],
            "no_mediation": texts.NO_MEDIATION,
            "printed": texts.printed(seen.worker.name, team, dates.date_and_hour(seen.now, zone)),
            "page": texts.PAGE,
            "of": texts.OF,
        }
    )


def typeset(data: dict[str, Any], kind: Literal["pdf", "png"] = "pdf") -> bytes:
    """Return the sheet with this data, as a PDF or as a picture ("png").

    Raises:
        NoDocumentError: it could not be typeset.
    """
    import typst  # noqa: PLC0415 (30 MB that only who prints needs)

    try:
        made = typst.compile(
            SHEET,
            format=kind,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
        )
    except (typst.TypstError, RuntimeError):
        # Not chained: what the typesetter says may quote the case.
        raise NoDocumentError(NoDocumentError.__doc__) from None
    # Of several pages the typesetter gives several pictures.
    return made if isinstance(made, bytes) else b"".join(made)


def _line(entry: Entry, zone: ZoneInfo) -> dict[str, str]:
    by = desk_referrals.line_by(
        entry.author, str(entry.extra.get("staff", "")), str(entry.extra.get("heard", ""))
    )
    return {"by": by, "at": dates.date_and_hour(entry.at, zone), "text": entry.text}
