"""What the list remembers and what it does not tell: a no without a number, whose a list is, what reveals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_group, add_woman
from sqlalchemy import func, select, update
from test_audience_lists import HEAD, listed
from test_completion import DAY, attends, rule
from test_data_requests import TODAY
from test_retention import blocks_all, grow_old
from test_retention import rule as retention_rule

from models import (
    FIRST_PROGRAMME,
    Agency,
    Attendance,
    AttendanceState,
    AudienceMember,
    Axis,
    Conversation,
    DataKind,
    DataRequest,
    LinkPair,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    RequestOutcome,
    Role,
    Staff,
    Woman,
    WomanMerge,
    Workshop,
)
from outreach.campaigns import audience
from outreach.messages import conversation_state, outbox
from outreach.messages.outbox import Content
from outreach.people import conversations, preferences, registry
from outreach.people.details import Details
from outreach.programme import completion, enrolment
from outreach.single_list import her_page, her_record, imports, requests, retention
from outreach.single_list.linking import differences, merging, parking, reviewing
from outreach.single_list.requests import Asked
from outreach.staff import accounts
from outreach.texts import duplicates as pair_texts
from outreach.texts import imports as import_texts
from outreach.turns import dialogue_facts

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

LIST = "dependencia,folio,nombre completo,teléfono\n"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def rosa(session: Session) -> Staff:
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    return session.scalars(select(Staff)).one()


def nobody_calls(db: Session, key: PersonalKey, folio: str = "F-1") -> Woman:
    """Add a woman without a number."""
    return registry.add_woman(
        db, key, Details(full_name="Elena García Plascencia"), municipality=None, axis=None, agency="DIF",
        external_id=folio,
    )  # fmt: skip


def opposes(db: Session, key: PersonalKey, settings: Settings, woman: Woman, by: uuid.UUID) -> None:
    """Let her opposition be entered, granted and carried out."""
    given = Asked(requests.OPPOSITION, woman.id, "que no le escriban", "en la oficina", TODAY, None)
    made = requests.enter(db, key, settings, given, NOW)
    requests.prove_identity(db, key, made, "mostró su INE", NOW)
    requests.answer(db, key, settings, made, RequestOutcome.GRANTED, "se concede", by, NOW)
    requests.carry_out(db, key, settings, made, NOW)


@pytest.mark.parametrize("comes_by", ["page", "list", "merge"])
def test_a_no_without_a_number_holds_for_the_number_that_comes(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff, *, comes_by: str
) -> None:
    """Whatever brings it; her own yes in the chat ends it, and another woman's number stays as it was."""
    woman, (other, others_talk) = nobody_calls(session, key), add_woman(session, key, 2)
    opposes(session, key, settings, woman, rosa.id)
    page = her_page.of_woman(session, key, woman.id, None, NOW)
    assert page is not None
    assert page.contact is not None
    assert (page.contact.reason, page.contact.ended_at) == (conversations.OPTED_OUT, NOW)
    assert others_talk.opted_out_at is None
    if comes_by == "page":
        her_record.add_number(session, key, woman, "3312345678", by=rosa.id)
    elif comes_by == "list":
        text = f"{LIST}DIF,F-1,Elena García Plascencia,3312345678\n"
        table = imports.read("women", text.encode())
        assert imports.load(session, key, settings, "women", table, NOW).changed
    else:
        made = merging.merge(session, key, other.id, woman.id, NOW, rosa.id)
        woman = session.get_one(Woman, made.kept_id)
    session.expire_all()
    talk = session.scalars(select(Conversation).where(Conversation.woman_id == woman.id)).one()
    assert talk.opted_out_at is not None
    assert conversations.reaches(session, [woman.id])[woman.id].reason == conversations.OPTED_OUT
    preferences.opt_in(session, talk)
    session.flush()
    session.expire_all()
    stopped = [
        session.get_one(Conversation, talk.id).opted_out_at,
        session.get_one(Woman, woman.id).opposed_at,
    ]
    assert stopped == [None, None]


def test_an_undo_gives_the_no_back_to_whose_it_was(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """The other is written to again; she who opposed is not."""
    (other, talk), woman = add_woman(session, key, 2), nobody_calls(session, key)
    opposes(session, key, settings, woman, rosa.id)
    made = merging.merge(session, key, other.id, woman.id, LATER, rosa.id)
    assert made.kept_id == other.id
    merging.undo(session, key, made.id, LATER, rosa.id)
    session.expire_all()
    said = dict(session.execute(select(Woman.id, Woman.opposed_at)).all())
    assert said == {other.id: None, made.absorbed_id: NOW}
    assert session.get_one(Conversation, talk.id).opted_out_at is None


def test_a_second_click_enters_no_second_request(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """One form, one receipt; another form another."""
    woman = nobody_calls(session, key)
    given = Asked(requests.ACCESS, woman.id, "su copia", "", TODAY, None)
    first, again = (requests.enter(session, key, settings, given, NOW) for _ in range(2))
    assert first.number == again.number
    requests.enter(session, key, settings, Asked(requests.ACCESS, woman.id, "su copia", "", TODAY, None), NOW)
    assert session.scalar(select(func.count()).select_from(DataRequest)) == 2


def test_what_lists_say_of_both_is_kept_and_parted(session: Session, key: PersonalKey, rosa: Staff) -> None:
    """Of one value and list the kept record's counts; what a list says since goes where its women are."""
    women = [add_woman(session, key, number)[0] for number in (1, 2)]
    registry.affiliate(session, key, women[1], "SSAS", "S-1", source="import")
    kept = {"curp": {"import:DIF": "A"}}
    other = {"curp": {"import:DIF": "B", "import:SSAS": "C"}, "locality": {"import:SSAS": "Centro"}}
    for woman, aside in zip(women, (kept, other), strict=True):
        set_aside(session, key, woman, aside)
    women[0].created_at = NOW - timedelta(days=1)
    made = merging.merge(session, key, women[0].id, women[1].id, NOW, rosa.id)
    together = {"curp": {"import:DIF": "A", "import:SSAS": "C"}, "locality": {"import:SSAS": "Centro"}}
    assert aside_of(session, key, made.kept_id) == together
    since = together | {"children": {"import:SSAS": "3", "import:DIF": "2"}}
    set_aside(session, key, session.get_one(Woman, made.kept_id), since)
    merging.undo(session, key, made.id, NOW, rosa.id)
    assert aside_of(session, key, made.kept_id) == kept | {"children": {"import:DIF": "2"}}
    assert aside_of(session, key, made.absorbed_id) == other | {"children": {"import:SSAS": "3"}}


def set_aside(db: Session, key: PersonalKey, woman: Woman, aside: dict[str, dict[str, str]]) -> None:
    details = registry.read_details(key, woman)
    details.aside = aside
    registry.write_details(db, key, woman, details)
    db.flush()


def aside_of(db: Session, key: PersonalKey, woman_id: uuid.UUID) -> dict[str, dict[str, str]]:
    db.expire_all()
    return registry.read_details(key, db.get_one(Woman, woman_id)).aside


@pytest.mark.parametrize("marked", [True, False])
def test_a_merge_of_the_version_before_is_undone(
    session: Session, key: PersonalKey, rosa: Staff, *, marked: bool
) -> None:
    """Its snapshot has neither the times of the marks nor what lists said, nor an opposition."""
    women = [add_woman(session, key, number)[0] for number in (1, 2)]
    women[0].created_at = NOW - timedelta(days=1)
    group, meeting = add_group(session)
    for woman, state in zip(women, ("absent", "present"), strict=True):
        enrolment.enrol(session, woman, group.id)
        session.add(Attendance(woman_id=woman.id, session_id=meeting.id, state=state, updated_at=NOW))
    session.flush()
    made = merging.merge(session, key, women[0].id, women[1].id, NOW, rosa.id)
    place = f"woman_merge:{made.id}"
    old = key.decrypt(made.snapshot_cipher, place=place)
    old["seats"]["present"] = list(old["seats"]["present"])
    del old["aside"], old["opposed"]
    made.snapshot_cipher = key.encrypt(old, place=place, bucket=merging.BUCKET)
    if marked:
        session.execute(update(Attendance).values(state=AttendanceState.PRESENT, updated_at=LATER))
    merging.undo(session, key, made.id, LATER, rosa.id)
    session.expire_all()
    states = dict(session.execute(select(Attendance.woman_id, Attendance.state)).all())
    assert states == {made.kept_id: "present" if marked else "absent", made.absorbed_id: "present"}
    assert session.scalars(select(WomanMerge.undone_at)).one() == LATER


def test_a_list_is_its_agencys(session: Session, key: PersonalKey, settings: Settings, rosa: Staff) -> None:
    """Another agency's file under one name adds nobody to it, and both are told apart by name."""
    for number in (1, 2):
        listed(session, key, number)
    names = {code: session.get_one(Agency, code).name for code in ("DIF", "SSAS")}
    for agency, line in (("DIF", "Feria;DIF;F-1"), ("SSAS", "FERIA;DIF;F-2"), ("SSAS", "Feria;DIF;F-2")):
        rosa.agency = agency
        session.flush()
        table = imports.read("audiences", f"{HEAD}\n{line}".encode())
        imports.load(session, key, settings, "audiences", table, NOW, by=rosa.id)
    lists = {name: list_id for list_id, name in audience.lists(session)}
    assert lists.keys() == {f"Feria ({names['DIF']})", f"FERIA ({names['SSAS']})"}
    sizes = session.execute(select(AudienceMember.list_id, func.count()).group_by(AudienceMember.list_id))
    assert dict(sizes.all()) == dict.fromkeys(lists.values(), 1)
    assert all(audience.list_name(session, list_id) == name for name, list_id in lists.items())


@pytest.mark.parametrize("sees", ["DIF", None])
def test_of_another_agencys_record_a_pair_shows_what_is_shown_of_every_woman(
    session: Session, key: PersonalKey, *, sees: str | None
) -> None:
    """Name, birth and town; of the rest whether it agrees. What both have the reader has already."""
    told = Details(full_name="Elena García", birth_date="1990-05-17", locality="Centro", children="2")
    other = replace(told, curp="LOPM850714MJCPRR04", locality="Atemajac")
    women = [
        registry.add_woman(session, key, replace(details, sources={}), municipality="14039", axis="food",
                           agency=agency, external_id="F-1")
        for agency, details in (("DIF", told), ("SSAS", other))
    ]  # fmt: skip
    a, b = sorted((woman.id for woman in women), key=str)
    session.add(LinkPair(a_id=a, b_id=b, a_now=a, b_now=b, probability=0.9, certain=False, conflict=False))
    session.flush()
    shown = reviewing.next_pair(session, key, sees)
    assert shown is not None
    said = {line.name: {line.a, line.b} for line in shown.lines}
    hidden = {pair_texts.ELSEWHERE} if sees else {"LOPM850714MJCPRR04"}
    assert said["curp"] == {"", *hidden}
    assert said["locality"] == {"Centro", pair_texts.ELSEWHERE if sees else "Atemajac"}
    assert said["children"] == {"2"}
    assert said["full_name"] == {"Elena García"}
    words = {line.name: line.word for line in shown.lines}
    assert (words["locality"], words["children"]) == (pair_texts.OTHER, pair_texts.EQUAL)


def test_of_a_likeness_the_other_spelling_is_not_shown() -> None:
    """Two that are equal but for accents are not one: hers stays hidden."""
    one, other = ({"locality": name} for name in ("Tonalá", "TONALA"))
    (line,) = differences.lines(one, other, hidden=(False, True))
    assert (line.kind, line.b) == (differences.EQUAL, pair_texts.ELSEWHERE)


WORKSHOPS = "workshop,workshop_name,axis,group,municipality,place,capacity,description\n"


@pytest.mark.parametrize(
    ("name", "axis", "place", "about", "errors"),
    [
        ("Huerto en casa", "Alimentación", "Casa de la Cultura", "Trae agua", []),
        ("Taller para víctimas de violencia", "Salud", "Aula", "", [import_texts.REVEALS]),
        ("Huerto", "Salud", "Refugio para mujeres maltratadas", "", [import_texts.REVEALS]),
        ("Huerto", "Salud", "Aula", "Hablamos de violencia", [import_texts.REVEALS]),
        ("Cine", "Cultura", "Aula", "", []),
        ("Huerto", "Producción", "Aula", "", ["eje"]),
    ],
)
def test_a_workshop_of_a_list_is_held_to_what_the_pages_hold_it_to(
    session: Session, key: PersonalKey, settings: Settings, name: str, axis: str, place: str, about: str,
    errors: list[str],
) -> None:  # fmt: skip
    """P5: nothing that reaches her phone reveals; the axes are those of the programme's data."""
    retired = session.scalar(select(Axis).where(Axis.code == "production"))
    assert retired is not None
    retired.retired_at = NOW
    session.add(Axis(programme_id=FIRST_PROGRAMME, code="culture", name="Cultura", position=9))
    session.flush()
    text = f"{WORKSHOPS}t-1,{name},{axis},g-1,Guadalajara,{place},20,{about}\n"
    report = imports.load(session, key, settings, "workshops", imports.read("workshops", text.encode()), NOW)
    assert len(report.errors) == len(errors)
    for (_, said), wanted in zip(report.errors, errors, strict=True):
        assert wanted in said
        assert "violencia" not in said


def test_a_workshop_keeps_an_axis_that_was_retired(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """The same file twice changes nothing, whatever became of the axis between."""
    text = f"{WORKSHOPS}t-1,Huerto,Producción,g-1,Guadalajara,Aula,20,\n"
    table = imports.read("workshops", text.encode())
    assert imports.load(session, key, settings, "workshops", table, NOW).added == 1
    session.execute(update(Axis).where(Axis.code == "production").values(retired_at=NOW))
    again = imports.load(session, key, settings, "workshops", imports.read("workshops", text.encode()), NOW)
    assert (again.same, again.errors) == (1, [])
    assert session.scalars(select(Workshop.axis)).one() == "production"


@pytest.mark.usefixtures("recovery_key")
def test_nothing_leaves_to_a_woman_whose_record_is_blocked(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """What waited goes nowhere, and says nothing any more; another's stays."""
    woman, talk = add_woman(session, key, 1)
    _, other = add_woman(session, key, 2)
    for each in (talk, other):
        outbox.enqueue(session, key, each.id, OutboxKind.NOTICE, Content("Prueba, tu sesión es mañana."))
    grow_old(session, woman)
    retention_rule(session, key, rosa, DataKind.WOMAN)
    retention.announce(session, settings, NOW)
    assert blocks_all(session, key, settings, NOW + timedelta(days=31)) == 1
    session.expire_all()
    rows = {row.conversation_id: row for row in session.scalars(select(OutboxMessage))}
    assert rows[talk.id].state is OutboxState.SUPPRESSED
    assert outbox.is_blank(key, rows[talk.id])
    assert rows[other.id].state is OutboxState.QUEUED
    assert not outbox.is_blank(key, rows[other.id])


def test_who_graduated_by_an_ended_rule_is_still_found(session: Session, key: PersonalKey) -> None:
    """Of a programme that asks nothing any more: who graduated, and nobody to record."""
    group, _ = add_group(session)
    of_workshop = rule(session, group, 1)
    whole = completion.set_rule(session, FIRST_PROGRAMME, None, 1, both_interviews=False, now=NOW)
    elena, other = (add_woman(session, key, number)[0] for number in (1, 2))
    for woman in (elena, other):
        attends(session, group, woman)
        completion.graduate(session, woman.id, of_workshop, DAY, by=None)
    done = completion.graduate(session, elena.id, whole, DAY, by=None)
    assert completion.ended(session) == []
    completion.end_rule(session, whole, LATER)
    assert [line.rule.id for line in completion.ended(session)] == [whole.id]
    lines, _ = completion.of_programme(session, key, whole)
    assert [line.graduation for line in lines] == [done]
    completion.set_rule(session, FIRST_PROGRAMME, None, 2, both_interviews=False, now=LATER)
    assert completion.ended(session) == [], "a rule that holds shows them"


def test_the_bot_calls_her_as_staff_corrected_it(
    session: Session, key: PersonalKey, settings: Settings, rosa: Staff
) -> None:
    """Until she corrects it herself; a list changes nothing of it."""
    woman, talk = add_woman(session, key)
    registry.save(session, key, settings, talk, registry.FormDetails(preferred_name="Pureba"), NOW)

    def called() -> object:
        now = conversation_state.read(key, talk)
        return dialogue_facts.build(session, key, settings, talk, now, NOW)["name"]

    assert called() == "Pureba"
    her_record.correct(session, key, woman, {"preferred_name": "Prueba Bien"}, by=rosa.id, now=NOW,
                       confirmed=True)  # fmt: skip
    assert called() == "Prueba Bien"
    registry.save(session, key, settings, talk, registry.FormDetails(preferred_name="Prue"), LATER)
    assert called() == "Prue"


def test_opposition_is_of_a_table_that_a_merge_reads(session: Session, key: PersonalKey) -> None:
    """The row of the absorbed record is kept whole: what a later column says comes back with the undo."""
    woman = nobody_calls(session, key)
    woman.opposed_at = NOW
    session.flush()
    row = session.execute(select(Woman.__table__).where(Woman.id == woman.id)).one()
    assert parking.packed(row)["opposed_at"] == NOW.isoformat()
