"""Referrals between agencies: only what was ticked goes, both sides know, nobody is forgotten."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_steps import NOW, ZONE
from referral_support import ASKED, CONSENT, SECRET, Agencies
from sqlalchemy import func, select

from models import Referral, Team
from outreach.casework import (
    answering,
    cases,
    closing,
    hidden,
    notes,
    record,
    record_fields,
    referral_rows,
    referrals,
    taking,
)  # fmt: skip
from outreach.casework.closing import Outcome
from outreach.casework.opened import DeskError, NoSuchCaseError, NotYoursError, opened
from outreach.casework.reasons import NoReasonError
from outreach.casework.referral_rows import Step
from outreach.casework.referrals import Request
from outreach.casework.sharing import MOST_LINES, MOST_NOTES, Part, Sharing
from outreach.messages import conversation_state
from outreach.people import registry
from outreach.sealing import vault
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case
    from outreach.sealing.crypto import PersonalKey

WHY = "no damos asesoría legal"


@pytest.fixture
def agencies(session: Session, key: PersonalKey) -> Agencies:
    return Agencies(session, key)


def _known_woman(agencies: Agencies, case: Case) -> None:
    """Make the case one of a woman of the list."""
    details = registry.Details(full_name="Elena Prueba", birth_date="1990-01-01")
    woman = registry.add_woman(agencies.session, agencies.key, details, municipality="14039", axis="food")
    agencies.conversation_of(case).woman_id = woman.id
    agencies.session.flush()


def test_nothing_goes_but_what_was_ticked(agencies: Agencies) -> None:
    """P4: the other team's case says what is asked and how she agreed, and not one word more."""
    case = agencies.told()
    _known_woman(agencies, case)
    there = agencies.refer(case)
    assert agencies.lines(there, agencies.ines) == [texts.came("Lucia", "Atención", ASKED, CONSENT)]
    seen = opened(agencies.session, agencies.ines, there.id, NOW)
    assert seen is not None
    assert (seen.conversation, seen.private, seen.about, hidden.name_of(seen)) == (None, None, "referral", "")
    side = agencies.side(there, agencies.ines)
    assert (side.asked, side.consent, side.shared, side.other) == (ASKED, CONSENT, (), "Atención")
    assert agencies.state(there).conversation_id is None


def test_what_was_ticked_goes(agencies: Agencies) -> None:
    case = agencies.told()
    _known_woman(agencies, case)
    said = next(one for one in lines_of(agencies.session, agencies.lucia, case) if one.text == SECRET)
    assert said.id is not None
    there = agencies.refer(case, Part.CALLED, Part.ABOUT, Part.LIVES, lines=frozenset({said.id}))
    _, note, line = lines_of(agencies.session, agencies.ines, there)
    assert (note.author, line.author, line.text, line.at) == ("note", "woman", SECRET, NOW)
    assert "Elena Prueba" in note.text
    assert "Guadalajara" in note.text
    seen = opened(agencies.session, agencies.ines, there.id, NOW)
    assert seen is not None
    assert (seen.about, hidden.name_of(seen)) == ("violence", "Elena Prueba")
    assert agencies.side(case, agencies.lucia).shared == (
        "cómo se llama", "dónde vive", "de qué se trata", "1 mensaje o nota",
    )  # fmt: skip


def test_what_was_ticked_goes_though_she_wrote_since(agencies: Agencies) -> None:
    """Between the page that shows what goes and the sending, newer lines do not push a ticked one out."""
    case = agencies.told()
    note = "le quitaron su acta"
    notes.note(agencies.session, agencies.lucia, case.id, NOW, note)
    seen = opened(agencies.session, agencies.lucia, case.id, NOW)
    assert seen is not None
    (kept,) = notes.notes_in(seen)
    hers = next(one for one in lines_of(agencies.session, agencies.lucia, case) if one.text == SECRET)
    assert hers.id is not None
    for number in range(MOST_LINES):
        cases.woman_wrote(agencies.session, agencies.key, case.id, f"y {number}", NOW)
    for number in range(MOST_NOTES):
        notes.note(agencies.session, agencies.lucia, case.id, NOW, f"nota {number}")
    what = Sharing(lines=frozenset({hers.id}), notes=frozenset({kept.position}))
    there = agencies.refer_what(case, what)
    said = agencies.lines(there, agencies.ines)
    assert SECRET in said
    assert note in said
    assert not any(text.startswith(("y ", "nota ")) for text in said)


def test_sections_of_the_record_and_notes(agencies: Agencies) -> None:
    """A section goes with its fields in words, a note with who wrote it; what was not ticked stays."""
    case = agencies.told()
    values = record_fields.clean(
        "violence", {"types": ["physical"], "town": ["14039"], "last_on": ["2026-11-02"]}
    )
    record.save_section(agencies.session, agencies.lucia, case.id, NOW, "violence", values, known=0)
    plan = record_fields.clean("plan", {"papers": ["con su vecina"]})
    record.save_section(agencies.session, agencies.lucia, case.id, NOW, "plan", plan, known=1)
    for note in ("va con su mamá", "él trabaja de noche"):
        notes.note(agencies.session, agencies.lucia, case.id, NOW, note)
    what = Sharing(sections=frozenset({"violence"}), notes=frozenset({2}))
    there = agencies.refer_what(case, what)
    _, told, note_line = agencies.lines(there, agencies.ines)
    assert "Tipos de violencia: Física · Municipio donde ocurre: Guadalajara" in told
    assert "2 de noviembre de 2026" in told
    assert note_line == "él trabaja de noche"
    assert "vecina" not in told


def test_who_gets_her_number_learns_how_to_use_it(agencies: Agencies) -> None:
    """P5: others read her phone, she is in cover mode: that goes with the number and is no choice."""
    case = agencies.told()
    conversation = agencies.conversation_of(case)
    private = conversation_state.read(agencies.key, conversation)
    private.phone_shared, private.cover = True, True
    conversation_state.write(agencies.key, conversation, private)
    there = agencies.refer(case, Part.NUMBERS)
    _, told = agencies.lines(there, agencies.ines)
    for care in (texts.OTHERS_READ, texts.COVERED, texts.ASK_FIRST):
        assert care in told


def test_neither_team_opens_the_others_case(agencies: Agencies) -> None:
    """P4, P10: a referral gives no key; to the other side's people the first case is not there."""
    case = agencies.told()
    there = agencies.accepted(case, Part.CALLED)
    for who, which in ((agencies.ines, case), (agencies.lucia, there), (agencies.sofia, there)):
        assert opened(agencies.session, who, which.id, NOW) is None
        with pytest.raises(NoSuchCaseError):
            referrals.tell(agencies.session, who, which.id, NOW, uuid.uuid4(), "hola")
    with pytest.raises(vault.UnsealError):
        referral_rows.read(agencies.session, agencies.lucia.private_key, {there.id})


def test_accepted_and_done(agencies: Agencies) -> None:
    """Both sides see each step; the first keeps the conversation, and both may write to each other."""
    case = agencies.told()
    there = agencies.accepted(case)
    assert agencies.side(case, agencies.lucia).step is Step.ACCEPTED
    assert agencies.side(case, agencies.lucia).step_by == "Ines, Otra dependencia"
    assert "Ines (Otra dependencia) aceptó la canalización." in agencies.lines(case, agencies.lucia)
    referral = agencies.side(there, agencies.ines)
    once = uuid.uuid4()
    for _ in range(2):
        referrals.tell(
            agencies.session, agencies.ines, there.id, NOW, referral.id, "¿Tiene papeles?", entry_id=once
        )
    for which, who in ((case, agencies.lucia), (there, agencies.ines)):
        assert sum("¿Tiene papeles?" in text for text in agencies.lines(which, who)) == 1
    agencies.answers(agencies.ines, there, Step.DONE, "cita el jueves")
    assert (agencies.side(case, agencies.lucia).step, there.is_open) == (Step.DONE, True)
    answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Ya te esperan")


@pytest.mark.parametrize("step", [Step.DECLINED, Step.RETURNED])
def test_what_comes_back_waits_for_a_person(agencies: Agencies, step: Step) -> None:
    """Declined or sent back, with a reason: the first case is on the list again, the other is closed."""
    case = agencies.told()
    answering.reply(agencies.session, agencies.lucia, case.id, NOW, "Te leo")
    assert agencies.state(case).waiting_since is None
    there = agencies.refer(case)
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    if step is Step.RETURNED:
        agencies.answers(agencies.ines, there, Step.ACCEPTED)
    with pytest.raises(NoReasonError):
        agencies.answers(agencies.ines, there, step)
    agencies.answers(agencies.ines, there, step, WHY)
    assert agencies.state(case).waiting_since == NOW.isoformat()
    assert any(WHY in text for text in agencies.lines(case, agencies.lucia))
    state = agencies.state(there)
    assert (there.is_open, state.outcome, state.waiting_since) == (False, "returned", None)
    # She who answers her colleague clears that wait, and hers stays where she waits herself.
    cases.woman_wrote(agencies.session, agencies.key, case.id, "hola", NOW + timedelta(minutes=1))
    assert agencies.state(case).last_from == "woman"


def test_withdrawn_before_it_is_accepted(agencies: Agencies) -> None:
    case = agencies.told()
    there = agencies.refer(case)
    agencies.answers(agencies.lucia, case, Step.WITHDRAWN, "ella ya no quiere")
    assert (agencies.state(there).outcome, there.is_open) == ("withdrawn", False)
    again = agencies.accepted(case)
    with pytest.raises(DeskError, match="aceptada"):
        agencies.answers(agencies.lucia, case, Step.WITHDRAWN, "ella ya no quiere")
    assert agencies.state(again).claimed_by == str(agencies.ines.staff.id)


def test_only_its_next_step_can_be_taken(agencies: Agencies) -> None:
    """Each side has its steps; those of the other, and those that are over, are refused."""
    case = agencies.told()
    there = agencies.refer(case)
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    for who, which, steps in (
        (agencies.lucia, case, set(Step) - {Step.WITHDRAWN}),
        (agencies.ines, there, set(Step) - {Step.ACCEPTED, Step.DECLINED}),
    ):
        for step in sorted(steps):
            with pytest.raises(DeskError, match="ya no se puede"):
                agencies.answers(who, which, step, "un motivo cualquiera")


def test_no_case_is_closed_over_an_open_referral(agencies: Agencies) -> None:
    """Nobody is forgotten between two agencies: first the answer or the end, then the closing."""
    case = agencies.told()
    there = agencies.refer(case)
    with pytest.raises(DeskError, match="canalización"):
        closing.ask(agencies.session, agencies.lucia, case.id, NOW, Outcome.REFERRED, "la atienden allá")
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.ACCEPTED)
    heard = agencies.state(case).last_word_at or ""
    closing.ask(agencies.session, agencies.lucia, case.id, NOW, Outcome.REFERRED, "la atienden allá")
    closing.approve(agencies.session, agencies.sofia, case.id, NOW, heard=heard)
    with pytest.raises(DeskError, match="canalización"):
        closing.close(
            agencies.session, agencies.ines, there.id, NOW, Outcome.OTHER, "ya terminó aquí", heard=""
        )
    with pytest.raises(DeskError, match="ya cerró"):
        agencies.answers(agencies.ines, there, Step.RETURNED, WHY)
    agencies.answers(agencies.ines, there, Step.DONE)
    closing.close(
        agencies.session, agencies.ines, there.id, NOW, Outcome.ATTENDED, "ya terminó aquí", heard=""
    )
    assert not there.is_open


def test_she_closed_her_case(agencies: Agencies) -> None:
    """P9: the other agency learns of it when her caseworker has seen it."""
    case = agencies.told()
    there = agencies.refer(case)
    closing.close_by_her(agencies.session, agencies.key, agencies.conversation_of(case), NOW)
    closing.archive(agencies.session, agencies.lucia, case.id, NOW)
    assert texts.she_closed("Atención") in agencies.lines(there, agencies.ines)
    taking.take(agencies.session, agencies.ines, there.id, NOW)
    agencies.answers(agencies.ines, there, Step.DECLINED, "ella ya no quiere")
    assert not case.is_open


def test_what_is_not_complete_is_refused(agencies: Agencies) -> None:
    case = agencies.told()
    before = agencies.session.scalar(select(func.count()).select_from(Referral))
    nothing = Sharing()
    for request, team, said in (
        (Request("", CONSENT, nothing), agencies.theirs.id, texts.NO_ASKED),
        (Request("a" * 1001, CONSENT, nothing), agencies.theirs.id, texts.NO_ASKED),
        (Request(ASKED, "sí", nothing), agencies.theirs.id, texts.NO_CONSENT),
        (Request(ASKED, CONSENT, nothing), agencies.team_id, texts.NO_TEAM),
        (Request(ASKED, CONSENT, nothing), uuid.uuid4(), texts.NO_TEAM),
    ):
        with pytest.raises(DeskError, match=said[:20]):
            referrals.refer(agencies.session, agencies.lucia, case.id, NOW, team, request, ZONE)
    with pytest.raises(NotYoursError):
        agencies.refer(case, by=agencies.marta)
    assert agencies.session.scalar(select(func.count()).select_from(Referral)) == before
    agencies.refer(case)
    with pytest.raises(DeskError, match="sin terminar"):
        agencies.refer(case)


def test_what_was_typed_ends_as_a_sentence() -> None:
    assert texts.came("Lucia", "Atención", "una cita", "dijo que sí") == (
        "Canalización de Atención, por Lucia. Se pide: una cita. Ella estuvo de acuerdo: dijo que sí."
    )


def test_harm_by_the_programmes_people_goes_to_a_supervisor(agencies: Agencies) -> None:
    """A team without one can't have it; where there is one, the case is hers there too."""
    case = agencies.told()
    state = cases.locked_state(agencies.session, agencies.key, case)
    state.for_supervisor = True
    state.claimed_by = str(agencies.sofia.staff.id)
    cases.write_state(agencies.key, case, state)
    with pytest.raises(DeskError, match="supervisi"):
        agencies.refer(case, by=agencies.sofia)


def test_a_team_whose_key_nobody_has(agencies: Agencies) -> None:
    """What would be sealed to nobody is not offered."""
    vault.make_team(agencies.session, "Todavía sin nadie")
    assert [team.name for team in referrals.teams(agencies.session, agencies.team_id)] == ["Otra dependencia"]
    empty = agencies.session.scalars(select(Team).where(Team.name == "Todavía sin nadie")).one()
    case, request = agencies.told(), Request(ASKED, CONSENT, Sharing())
    with pytest.raises(DeskError):
        referrals.refer(agencies.session, agencies.lucia, case.id, NOW, empty.id, request, ZONE)


def test_a_service_outside(agencies: Agencies) -> None:
    """Nobody answers from there: her caseworker notes what she is told."""
    case = agencies.told()
    request = Request(ASKED, CONSENT, Sharing())
    with pytest.raises(DeskError):
        referrals.refer_to_service(agencies.session, agencies.lucia, case.id, NOW, " ", request, ZONE)
    made = referrals.refer_to_service(
        agencies.session, agencies.lucia, case.id, NOW, "Hospital Civil", request, ZONE
    )
    side = agencies.side(case, agencies.lucia)
    assert (side.id, side.other, side.other_case, side.way) == (made, "Hospital Civil", None, "service")
    agencies.answers(agencies.lucia, case, Step.ACCEPTED)
    agencies.answers(agencies.lucia, case, Step.DONE, "la atendieron hoy")
    assert "la atendieron hoy" in agencies.lines(case, agencies.lucia)[-1]
    with pytest.raises(DeskError):
        referrals.tell(agencies.session, agencies.lucia, case.id, NOW, made, "hola")


def test_rows_are_of_one_length(agencies: Agencies) -> None:
    """P4: what was shared and how it stands does not show in a row's length."""
    first, second = agencies.told(), agencies.told()
    agencies.refer(first)
    agencies.accepted(second, *Part)
    lengths = agencies.session.execute(
        select(func.length(Referral.content_sealed), func.length(Referral.status_sealed)).distinct()
    ).all()
    assert len(lengths) == 1
