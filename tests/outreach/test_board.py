"""The desk's list: who comes first, what each row says, what calls whom."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from desk_steps import NOW, ZONE, Desk
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from models import Conversation, Shift
from outreach.casework import (
    appointment_steps,
    board,
    case_state,
    cases,
    closing,
    offers,
    state_memo,
    taking,
)
from outreach.casework.board import Section
from outreach.casework.cases import OpenCase
from outreach.messages.may_send import WINDOW

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from models import Case
    from outreach.casework.board import Board, Row
    from outreach.casework.opened import Caseworker
    from outreach.sealing.crypto import PersonalKey

ME, OTHER, TEAM = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
PLAIN = OpenCase(
    id=uuid.uuid4(), team_id=TEAM, danger=False, urgent=False, opened_at=NOW - timedelta(days=2),
    waiting_since=None, claimed_by=None, claimed_name=None, handed_back=False,
)  # fmt: skip


@pytest.fixture
def desk(session: Session, key: PersonalKey) -> Desk:
    return Desk(session, key)


def see(desk: Desk, worker: Caseworker | None = None, at: datetime = NOW) -> Board:
    """The list as somebody sees it."""
    one = worker or desk.lucia
    teams = {desk.team_id}
    return board.board(desk.session, desk.key, one.staff.id, teams, at, supervisor=worker is desk.sofia)


def row_of(desk: Desk, case: Case, worker: Caseworker | None = None, at: datetime = NOW) -> Row:
    return next(row for row in see(desk, worker, at).rows if row.case.id == case.id)


minutes = st.integers(0, 3000).map(lambda n: timedelta(minutes=n))
lines = st.builds(
    OpenCase,
    id=st.uuids(),
    team_id=st.just(TEAM),
    danger=st.booleans(),
    urgent=st.booleans(),
    opened_at=minutes.map(lambda span: NOW - timedelta(days=3) - span),
    waiting_since=st.none() | minutes.map(lambda span: NOW - span),
    claimed_by=st.sampled_from([None, ME, OTHER]),
    claimed_name=st.none(),
    handed_back=st.booleans(),
    closed_by_her=st.booleans(),
    offered_to=st.sampled_from([None, str(ME), str(OTHER), str(TEAM)]),
    appointment_at=st.none() | minutes.map(lambda span: NOW - timedelta(days=1) + span),
).map(lambda line: replace(line, waiting_since=None) if line.handed_back or line.closed_by_her else line)
heard = st.none() | minutes.map(lambda span: NOW - span)
rows = st.lists(st.tuples(lines, heard, st.booleans()), max_size=12)


@given(rows)
def test_the_order(given_rows: list[tuple[OpenCase, datetime | None, bool]]) -> None:
    """Whatever comes: danger that waits before all, who waits before who does not, then the longest wait."""
    made = [board.row_of(line, ME, at, NOW, unseen=unseen) for line, at, unseen in given_rows]
    there = sorted(made, key=lambda row: row.order)
    for first, second in itertools.pairwise(there):
        assert first.section <= second.section
        if first.section is not second.section:
            continue
        one, two = first.case, second.case
        assert (one.waiting_since is None) <= (two.waiting_since is None)
        same = (bool(one.waiting_since), first.offered, first.due) == (
            bool(two.waiting_since), second.offered, second.due,
        )  # fmt: skip
        if same and one.waiting_since and two.waiting_since:
            assert second.reach_ends_soon <= first.reach_ends_soon
            if not first.reach_ends_soon:
                assert one.waiting_since <= two.waiting_since
    waiting_danger = [row.case.danger and row.case.waiting_since is not None for row in there]
    assert waiting_danger == sorted(waiting_danger, reverse=True)


@given(lines, heard, st.booleans())
def test_what_she_is_called_for(line: OpenCase, at: datetime | None, unseen: bool) -> None:
    """The title counts what waits for nobody or for her, what is offered to her, and hours that are near."""
    row = board.row_of(line, ME, at, NOW, unseen=unseen)
    if line.closed_by_her or (line.claimed_by == OTHER and not row.offered):
        assert not row.calls
    elif line.waiting_since is not None and line.claimed_by in {None, ME}:
        assert row.calls
    if row.offered:
        assert line.claimed_by != ME


@pytest.mark.parametrize(
    ("changes", "unseen", "section"),
    [
        ({"danger": True, "waiting_since": NOW}, True, Section.DANGER),
        ({"danger": True}, False, Section.DANGER),
        ({"danger": True, "handed_back": True}, False, Section.ASSISTANT),
        ({"danger": True, "handed_back": True, "appointment_at": NOW}, False, Section.DANGER),
        ({"urgent": True, "waiting_since": NOW}, True, Section.URGENT),
        ({"urgent": True}, False, Section.NOW),
        ({"claimed_by": OTHER, "offered_to": str(ME)}, False, Section.OFFERED),
        ({"claimed_by": OTHER, "offered_to": str(TEAM)}, False, Section.OFFERED),
        ({"claimed_by": ME, "offered_to": str(TEAM)}, False, Section.NOW),
        ({"claimed_by": OTHER, "offered_to": str(OTHER)}, False, Section.NOW),
        ({"waiting_since": NOW}, True, Section.UNSEEN),
        ({"waiting_since": NOW}, False, Section.NOW),
        ({"handed_back": True}, False, Section.ASSISTANT),
        ({"handed_back": True, "appointment_at": NOW + timedelta(minutes=31)}, False, Section.ASSISTANT),
        ({"handed_back": True, "appointment_at": NOW + timedelta(minutes=30)}, False, Section.NOW),
        ({"closed_by_her": True, "danger": True, "appointment_at": NOW}, False, Section.CLOSED_BY_HER),
    ],
)
def test_where_a_row_stands(changes: dict[str, object], unseen: bool, section: Section) -> None:
    line = replace(PLAIN, **changes)  # type: ignore[arg-type] # a table of fields
    assert board.row_of(line, ME, NOW, NOW, unseen=unseen).section is section


def test_her_last_word_and_the_window(desk: Desk) -> None:
    """The wait counts from her first unanswered word; beside it her last, and what is left of a day."""
    case, conversation = desk.case()
    cases.woman_wrote(desk.session, desk.key, case.id, "hola", NOW + timedelta(minutes=10))
    conversation.last_inbound_at = NOW + timedelta(minutes=10)
    cases.woman_wrote(desk.session, desk.key, case.id, "ok gracias", NOW + timedelta(minutes=50))
    conversation.last_inbound_at = NOW + timedelta(minutes=50)
    desk.session.flush()
    row = row_of(desk, case)
    assert (row.case.waiting_since, row.heard_at) == (NOW, NOW + timedelta(minutes=50))
    assert row.reach_until == NOW + timedelta(minutes=50) + WINDOW
    assert not row.reach_ends_soon
    assert row_of(desk, case, at=NOW + timedelta(hours=22)).reach_ends_soon
    assert not row_of(desk, case, at=NOW + timedelta(hours=25)).reach_ends_soon


def test_a_case_of_before_says_what_is_known(desk: Desk) -> None:
    """Without a last word kept, her conversation's own time stands in; erased, nothing is said of it."""
    case, conversation = desk.case()
    assert row_of(desk, case).heard_at == conversation.last_inbound_at
    desk.session.delete(conversation)
    desk.session.flush()
    row = row_of(desk, case)
    assert (row.heard_at, row.reach_until) == (None, None)


def test_the_number_that_wrote_last_counts(desk: Desk) -> None:
    """P8: written to from a second number, it is that one's day that is counted."""
    case, _ = desk.case()
    second = Conversation(id=uuid.uuid4(), last_inbound_at=NOW + timedelta(hours=2), private_cipher=b"x")
    desk.session.add(second)
    state = cases.read_state(desk.key, case)
    state.link(str(second.id))
    cases.write_state(desk.key, case, state)
    desk.session.flush()
    assert row_of(desk, case).reach_until == NOW + timedelta(hours=2) + WINDOW


def _shift(desk: Desk, start: float, end: float) -> None:
    begins, ends = NOW + timedelta(hours=start), NOW + timedelta(hours=end)
    desk.session.add(Shift(staff_id=desk.marta.staff.id, starts_at=begins, ends_at=ends))
    desk.session.flush()


@pytest.mark.parametrize(
    ("shifts", "unseen"),
    [
        ((), True),
        (((-4, -1),), True),
        (((1, 9),), True),
        (((-4, -1), (1, 9)), True),
        (((-4, 1),), False),
        (((0, 8),), False),
        (((-8, 0),), True),
    ],
)
def test_what_came_in_the_night(desk: Desk, shifts: tuple[tuple[float, float], ...], unseen: bool) -> None:
    """Came while nobody was on shift: a list of its own in the morning, until somebody takes it."""
    case, _ = desk.case()
    for start, end in shifts:
        _shift(desk, start, end)
    morning = NOW + timedelta(hours=2)
    expected = Section.UNSEEN if unseen else Section.NOW
    assert row_of(desk, case, at=morning).section is expected
    taking.take(desk.session, desk.lucia, case.id, morning)
    assert row_of(desk, case, at=morning).section is Section.NOW


def test_a_shift_of_another_team_is_none_of_theirs(desk: Desk, session: Session) -> None:
    """P8: somebody on shift who can't read it was nobody to her."""
    case, _ = desk.case()
    stranger = desk.stranger()
    session.add(
        Shift(
            staff_id=stranger.staff.id, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=8)
        )
    )
    session.flush()
    assert row_of(desk, case).section is Section.UNSEEN


def test_agreed_hours_have_their_own_list(desk: Desk) -> None:
    """By the hour, all of them: held, with the bot, answered or waiting; not what she closed."""
    made = []
    for hours in (5, 1, 3):
        case = desk.taken()
        at = NOW + timedelta(hours=hours)
        appointment_steps.appoint(desk.session, desk.lucia, case.id, NOW, at, "a las", ZONE)
        made.append(case)
    taking.hand_back(desk.session, desk.lucia, made[0].id, NOW)
    cases.woman_wrote(desk.session, desk.key, made[2].id, "ok gracias", NOW)
    gone, conversation = desk.case()
    taking.take(desk.session, desk.lucia, gone.id, NOW)
    appointment_steps.appoint(desk.session, desk.lucia, gone.id, NOW, NOW + timedelta(hours=2), "", ZONE)
    closing.close_by_her(desk.session, desk.key, conversation, NOW)
    assert [row.case.id for row in see(desk).agenda] == [made[1].id, made[2].id, made[0].id]


def test_an_offer_is_seen_by_whom_it_is_for(desk: Desk) -> None:
    case = desk.taken()
    offers.offer(desk.session, desk.lucia, case.id, NOW, desk.marta.staff.id)
    assert row_of(desk, case, desk.marta).section is Section.OFFERED
    assert row_of(desk, case, desk.marta).calls
    assert row_of(desk, case, desk.sofia).section is Section.NOW
    assert not row_of(desk, case, desk.sofia).calls
    offers.offer(desk.session, desk.lucia, case.id, NOW, desk.team_id)
    for worker, offered in ((desk.marta, True), (desk.sofia, True), (desk.lucia, False)):
        assert row_of(desk, case, worker).offered is offered


def test_few_statements_however_many_there_are(desk: Desk, engine: Engine) -> None:
    """Each ring has every desk fetch its list: the same number of statements at 8 and at 40 cases."""
    asked = []
    for many in (8, 40):
        while len(see(desk).rows) < many:
            desk.case()
        seen: list[str] = []

        def note(*given: object, seen: list[str] = seen) -> None:
            seen.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", note)
        see(desk)
        event.remove(engine, "before_cursor_execute", note)
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 4


def test_only_what_changed_is_read_again(
    desk: Desk, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list decrypts the rows that changed since the last one, whoever did it; nothing old is shown."""
    made = [desk.case()[0] for _ in range(5)]
    desk.session.commit()
    read: list[uuid.UUID] = []
    decode = case_state.decode_state

    def counted(key: PersonalKey, case_id: uuid.UUID, cipher: bytes) -> cases.CaseState:
        read.append(case_id)
        return decode(key, case_id, cipher)

    monkeypatch.setattr(state_memo, "decode_state", counted)
    for expected in (5, 0):
        read.clear()
        assert len(see(desk).rows) == 5
        assert len(read) == expected
    with sessions.begin() as other:
        cases.woman_wrote(other, desk.key, made[0].id, "sigo aquí", NOW + timedelta(minutes=3))
    read.clear()
    assert row_of(desk, made[0]).heard_at == NOW + timedelta(minutes=3)
    assert read == [made[0].id]


def test_a_list_within_a_step_is_no_other_ones(desk: Desk, sessions: sessionmaker[Session]) -> None:
    """What one transaction has not committed it sees itself, in every version; the others never do."""
    case, _ = desk.case()
    desk.session.commit()
    for minute in (1, 2, 3):
        cases.woman_wrote(desk.session, desk.key, case.id, "hola", NOW + timedelta(minutes=minute))
        assert row_of(desk, case).heard_at == NOW + timedelta(minutes=minute)
        with sessions() as other:
            line = next(one for one in cases.open_cases(other, desk.key) if one.id == case.id)
        assert line.last_word_at is None
    desk.session.rollback()
    assert row_of(desk, case).case.last_word_at is None
    cases.woman_wrote(desk.session, desk.key, case.id, "hola", NOW + timedelta(minutes=9))
    desk.session.commit()
    assert row_of(desk, case).heard_at == NOW + timedelta(minutes=9)


def test_little_is_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a process is bounded, and a list is whole all the same."""
    monkeypatch.setattr(cases._known, "_most", 3)
    for many in range(1, 6):
        desk.case()
        assert len(see(desk).rows) == many
        assert len(cases._known) <= max(3, many)
