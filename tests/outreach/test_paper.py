"""What is printed of a case: words are text, no file is left, only its holder prints and it is recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, ZONE
from referral_support import ASKED, CONSENT, SECRET, Agencies

from outreach.casework import paper
from outreach.casework.opened import DeskError, NotYoursError
from outreach.casework.sharing import Part, Sharing
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

DATA = {
    "title": "Documento",
    "care": "",
    "facts": [["Para", "Hospital"]],
    "pieces": [],
    "lines_title": "Mensajes",
    "lines": [],
    "no_mediation": "",
    "printed": "",
    "page": "Hoja",
    "of": "de",
}
EVIL = (
    '#evil[$x #panic() #read("/etc/passwd") #pagebreak() */ // \\ `raw` <label> @ref = *a* _b_ {{ }} \u202e'
)


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


@pytest.mark.parametrize("place", ["facts", "pieces", "lines", "title", "printed", "care"])
def test_words_are_never_markup(place: str) -> None:
    """Whatever she or a caseworker wrote stands on the page as it is, and does nothing."""
    evil: dict[str, object] = {
        "facts": [["Para", EVIL]],
        "pieces": [{"title": EVIL, "text": [EVIL]}],
        "lines": [{"by": EVIL, "at": EVIL, "text": EVIL + "\n" + EVIL}],
    }
    made = paper.typeset({**DATA, place: evil.get(place, EVIL)}, "png")
    # One picture is one page: no page was broken by a word.
    assert made.count(b"\x89PNG") == 1


def test_a_page_that_can_not_be_made_quotes_nothing() -> None:
    with pytest.raises(paper.NoDocumentError) as caught:
        paper.typeset({"title": SECRET})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_it_is_a_pdf_and_no_file(agencies: Agencies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From bytes to bytes: nothing among the temporary files nor where it runs; no title tells."""
    for name in ("TMPDIR", "TMP", "TEMP", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    case = agencies.told()
    what = Sharing(frozenset(Part), sections=frozenset({"violence"}))
    made = paper.print_referral(
        agencies.session, agencies.lucia, case.id, NOW, "Hospital Civil", ASKED, CONSENT, what, ZONE
    )
    assert made.startswith(b"%PDF-")
    assert list(tmp_path.iterdir()) == []
    assert not re.search(rb"(?i)avanza|violencia|caso|canaliza", made)
    assert Action.DESK_PRINTED in {event.action for event in agencies.events()}


def test_only_its_holder_prints(agencies: Agencies) -> None:
    case = agencies.told()
    for who in (agencies.marta, agencies.sofia):
        with pytest.raises(DeskError):
            paper.print_referral(agencies.session, who, case.id, NOW, "x", ASKED, CONSENT, Sharing(), ZONE)
    free, _ = agencies.case()
    with pytest.raises(NotYoursError):
        paper.print_referral(
            agencies.session, agencies.lucia, free.id, NOW, "x", ASKED, CONSENT, Sharing(), ZONE
        )
    assert Action.DESK_PRINTED not in {event.action for event in agencies.events()}
