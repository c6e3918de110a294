"""What a caseworker filled into the record and did not save: sealed, hers alone, gone when it is saved."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, Desk
from sqlalchemy import func, select

from models import CaseRecord, SealedDraft
from outreach.casework import drafts, record, section_drafts, taking
from outreach.casework.record_fields import PLAN, SECTIONS, Kind
from outreach.casework.section_drafts import SectionDraft

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.casework.opened import Caseworker
    from outreach.casework.record_fields import Values
    from outreach.sealing.crypto import PersonalKey

TYPED: Values = {"trust": "su hermana", "papers": "con la vecina"}


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def _keep(desk: Desk, case: Case, values: Values, section: str = PLAN, **more: uuid.UUID) -> None:
    section_drafts.keep(
        desk.session, case.id, desk.lucia.staff.id, section, values, known=0, form_id=more.get("form_id")
    )


def _own(desk: Desk, case: Case, worker: Caseworker | None = None) -> dict[str, SectionDraft]:
    return section_drafts.own_sections(desk.session, worker or desk.lucia, case.id)


def test_it_comes_back_to_her_alone(desk: Desk) -> None:
    """P4: the last of what she filled in, by section; a colleague is shown none, and it is no event."""
    case, before = desk.taken(), len(desk.events())
    for values in ({"trust": "su"}, TYPED):
        _keep(desk, case, dict(values))
    _keep(desk, case, {"language": "wixárika"}, "contact")
    assert _own(desk, case) == {
        "contact": SectionDraft({"language": "wixárika"}, 0),
        PLAN: SectionDraft(TYPED, 0),
    }
    assert _own(desk, case, desk.marta) == {}
    assert desk.session.scalar(select(func.count()).select_from(SealedDraft)) == 2
    assert len(desk.events()) == before


def test_it_is_no_box_beside_the_conversation(desk: Desk) -> None:
    """The drafts of the answer and the note are as they were."""
    case = desk.taken()
    _keep(desk, case, TYPED)
    drafts.keep(desk.session, case.id, desk.lucia.staff.id, drafts.NOTE, "a medias")
    assert drafts.own(desk.session, desk.lucia, case.id) == {"note": "a medias"}


def test_saving_takes_its_own_draft_away(desk: Desk) -> None:
    """With the save, also one that changed nothing; the other section's stays, and a colleague's."""
    case = desk.taken()
    _keep(desk, case, TYPED)
    _keep(desk, case, {"language": "wixárika"}, "contact")
    record.save_section(desk.session, desk.lucia, case.id, NOW, PLAN, TYPED, known=0)
    assert _own(desk, case).keys() == {"contact"}
    _keep(desk, case, TYPED)
    record.save_section(desk.session, desk.lucia, case.id, NOW, PLAN, TYPED, known=1)
    assert _own(desk, case).keys() == {"contact"}


def test_what_arrives_after_its_form_was_saved_is_dropped(desk: Desk) -> None:
    """The page's last word may be slower than the form; another form's draft is kept."""
    case, form = desk.taken(), uuid.uuid4()
    record.save_section(desk.session, desk.lucia, case.id, NOW, PLAN, TYPED, known=0, form_id=form)
    _keep(desk, case, {"trust": "su hermana", "papers": "con la"}, form_id=form)
    assert _own(desk, case) == {}
    _keep(desk, case, {"trust": "su tía"}, form_id=uuid.uuid4())
    assert _own(desk, case).keys() == {PLAN}


def test_a_form_that_saved_before_saves_again(desk: Desk) -> None:
    """The browser's way back shows an old form: what she changes there is saved, under an id of its own."""
    case, form = desk.taken(), uuid.uuid4()
    for known, text in enumerate(("su hermana", "su tía")):
        record.save_section(
            desk.session, desk.lucia, case.id, NOW, PLAN, {"trust": text}, known=known, form_id=form
        )
    assert desk.session.scalar(select(func.count()).select_from(CaseRecord)) == 2


def test_after_a_take_over_it_is_still_hers(desk: Desk) -> None:
    """A colleague has the conversation by now: what she typed is not lost, and it stays hers alone."""
    case = desk.taken()
    _keep(desk, case, TYPED)
    taking.take_over(desk.session, desk.sofia, case.id, NOW, "terminó su turno", holder=desk.lucia.staff.id)
    assert _own(desk, case) == {PLAN: SectionDraft(TYPED, 0)}
    assert _own(desk, case, desk.sofia) == {}


def test_the_longest_fits_in_one_length(desk: Desk) -> None:
    """P4: the fullest section, of letters of four bytes, is as long a row as an empty one."""
    case = desk.taken()
    for section, fields in SECTIONS.items():
        long: Values = {
            one.name: list(one.choices) if one.kind is Kind.SOME else "🌻" * one.longest for one in fields
        }
        short = {one.name: value for one, value in zip(fields, long.values(), strict=True)}
        texts = {one.name for one in fields if one.kind in {Kind.TEXT, Kind.LINE, Kind.SOME}}
        _keep(desk, case, {name: value for name, value in short.items() if name in texts}, section)
        _keep(desk, case, {}, "contact" if section == "consent" else "consent")
    lengths = set(desk.session.scalars(select(func.length(SealedDraft.content_sealed))))
    assert lengths == {section_drafts.LENGTH + 48}
    with pytest.raises(ValueError, match="more than"):
        _keep(desk, case, {"more": "a" * (section_drafts.LONGEST + 1)})
    with pytest.raises(ValueError, match="no such section"):
        _keep(desk, case, {}, "reply")
