"""What became of a campaign: its counts, its women, its answers, a new try, and the lot."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from support import counting

from models import (
    Attendance,
    AttendanceState,
    Campaign,
    CampaignRecipient,
    CampaignRetry,
    CampaignSnapshot,
    CampaignState,
    Enrolment,
    Group,
    OutboxMessage,
    OutboxState,
    Reminder,
    ReminderState,
    Role,
    Session,
    Template,
    TemplateState,
    Woman,
    Workshop,
)
from outreach.campaigns import (
    campaigns,
    following,
    hold_out,
    new_tries,
    outcomes,
    reminders,
    row_files,
    tracking,
)
from outreach.campaigns.campaigns import CampaignError
from outreach.campaigns.outcomes import MISSED, NOT_GONE, Part
from outreach.casework import cases
from outreach.figures import sending, sending_sheets
from outreach.messages import outbox, templates
from outreach.people import consent, conversations, registry
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
AN_HOUR = timedelta(hours=1)


class Stage(NamedTuple):
    """A group whose women can be written to, and a campaign to it."""

    group: Group
    women: list[Woman]
    campaign: Campaign


@pytest.fixture
def stage(session: Database, key: PersonalKey) -> Stage:
    return _stage(session, key, 6)


def _stage(session: Database, key: PersonalKey, number: int, percent: int = 0) -> Stage:
    workshop = Workshop(code="huerto", name="Huerto en casa", axis="food")
    session.add(workshop)
    session.flush()
    group = Group(code="g1", workshop_id=workshop.id, municipality="14039", place="Casa", capacity=99)
    session.add(group)
    session.flush()
    women = [_woman(session, key, group, str(3300000000 + i)) for i in range(number)]
    approved = templates.by_name(session, templates.GROUP_NOTICE)
    assert approved is not None
    approved.state, approved.content_sid = TemplateState.APPROVED, "HX1"
    rosa = accounts.add(session, "rosa", "Rosa", Role.COORDINATOR, NOW)
    assert rosa
    author = accounts.find(session, "rosa")
    assert author is not None
    campaign = campaigns.create(
        session,
        name="Aviso",
        template=approved,
        group_id=group.id,
        variables={"1": "mañana a las 10:00 en la Casa"},
        starts_at=NOW,
        ends_at=LATER,
        staff_id=author.id,
    )
    campaign.hold_out_percent = percent
    campaigns.schedule(session, campaign, NOW)
    return Stage(group, women, campaign)


def _woman(session: Database, key: PersonalKey, group: Group, phone: str) -> Woman:
    details = registry.Details(full_name=f"Mujer {phone}", birth_date="1990-01-01")
    woman = registry.add_woman(session, key, details, municipality="14039", axis="food")
    session.add(Enrolment(woman_id=woman.id, group_id=group.id, state="enrolled"))
    assert registry.link_phone(session, key, woman, phone)
    session.flush()
    conversation = conversations.of_woman(session, woman.id)
    assert conversation is not None
    consent.record(session, conversation.id, consent.PRIVACY, given=True, message_sid="SM0")
    return woman


def _message(session: Database, stage: Stage, number: int) -> OutboxMessage:
    row = session.scalars(
        select(OutboxMessage)
        .join(CampaignRecipient, CampaignRecipient.outbox_id == OutboxMessage.id)
        .where(CampaignRecipient.woman_id == stage.women[number].id)
    ).one()
    session.refresh(row)
    return row


def _ends(
    session: Database,
    stage: Stage,
    number: int,
    state: OutboxState,
    reason: str | None = None,
    code: int | None = None,
    at: datetime = NOW,
) -> OutboxMessage:
    """Let a woman's message end so, as the worker does."""
    row = _message(session, stage, number)
    if state is not OutboxState.EXPIRED and row.state is OutboxState.QUEUED:
        assert outbox.advance(row, OutboxState.SENDING)
        row.sending_since = at
        session.flush()
    assert outbox.advance(row, state, reason=reason, code=code)
    if row.ended_at is not None:
        row.ended_at = at
    session.flush()
    return row


def _of_each(session: Database, key: PersonalKey, stage: Stage) -> dict[str, Part]:
    found = following.standing(session, stage.campaign.id)
    listed = following.rows(session, key, stage.campaign.id, found)
    names = {woman.id: number for number, woman in enumerate(stage.women)}
    return {str(names[row.woman_id]): row.outcome.part for row in listed}


def test_each_end_has_its_part(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Every writer of the outbox is followed: the worker's steps, and one statement for many rows."""
    campaigns.run_due(session, key, NOW)
    assert set(_of_each(session, key, stage).values()) == {Part.WAITING}
    _ends(session, stage, 0, OutboxState.READ)
    _ends(session, stage, 1, OutboxState.UNDELIVERED, "temporary", outcomes.META_CAP)
    _ends(session, stage, 2, OutboxState.FAILED, "blocked_by_her", 63014)
    _ends(session, stage, 3, OutboxState.IN_DOUBT, "unknown")
    _ends(session, stage, 4, OutboxState.SENT)
    assert _of_each(session, key, stage) == {
        "0": Part.READ, "1": Part.META_CAP, "2": Part.BLOCKED, "3": Part.DOUBT, "4": Part.ON_ITS_WAY,
        "5": Part.WAITING,
    }  # fmt: skip
    campaigns.cancel(session, stage.campaign, NOW)  # takes the last one back, in one statement
    assert _of_each(session, key, stage)["5"] is Part.LEFT_OUT
    found = following.standing(session, stage.campaign.id)
    assert (found.total, found.addressed, found.sum_of(MISSED), found.sum_of(NOT_GONE)) == (6, 5, 2, 0)


def test_what_waits_says_for_what(
    session: Database, key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """Her hours are told from a wait of ours; the words are those that any woman has."""
    campaigns.run_due(session, key, NOW)
    for number, reason in ((0, "outside_her_hours"), (1, "temporary"), (2, "paused")):
        _message(session, stage, number).reason = reason
    session.flush()
    found = _of_each(session, key, stage)
    assert [found[str(n)] for n in range(4)] == [Part.HER_HOURS, Part.AGAIN, Part.WAITING, Part.WAITING]


@pytest.mark.parametrize(
    ("outcome", "reason", "part"),
    [
        (None, None, Part.WAITING),
        (None, "opted_out", Part.LEFT_OUT),
        (None, "held_out", Part.HELD_OUT),
        (None, "too_late", Part.TOO_LATE),
        ("expired:missed_its_moment", None, Part.TOO_LATE),
        ("expired:in_doubt", None, Part.DOUBT),
        ("failed:in_doubt", None, Part.DOUBT),
        ("failed:temporary:63018", None, Part.FAILED),
        ("undelivered:temporary:63049", None, Part.META_CAP),
        ("failed:unreachable:63003", None, Part.NO_NUMBER),
        ("suppressed:opted_out", None, Part.LEFT_OUT),
        ("suppressed:reveals", None, Part.FAILED),
        ("failed", None, Part.FAILED),
        ("failed:a_word_of_tomorrow:99999", None, Part.FAILED),
        ("a_state_of_tomorrow", None, Part.FAILED),
    ],
)
def test_parts(outcome: str | None, reason: str | None, part: Part) -> None:
    """Each pair of columns has one part; what nobody knows has failed and is no try again."""
    read = outcomes.read(outcome, reason)
    assert read.part is part
    if "tomorrow" in (outcome or ""):
        assert not new_tries.passes(read)


def test_a_case_is_not_told_apart(session: Database, key: PersonalKey, stage: Stage) -> None:
    """P4: rows, files and counts are the same whether one of the women has an open case or none has."""
    vault.make_team(session, "Atención")
    campaigns.run_due(session, key, NOW)
    for number in range(6):
        _ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
    found = following.standing(session, stage.campaign.id)
    before = row_files.as_csv(following.all_rows(session, key, stage.campaign.id, found))
    conversation = conversations.of_woman(session, stage.women[0].id)
    assert conversation is not None
    cases.open_case(session, key, conversation, urgency="danger", about="danger", now=NOW)
    again = following.standing(session, stage.campaign.id)
    assert again == found
    assert row_files.as_csv(following.all_rows(session, key, stage.campaign.id, again)) == before


def test_pages_and_files_hold_each_woman_once(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Keyset pages of two meet every woman once; a filter shows its own; the file says what to do."""
    campaigns.run_due(session, key, NOW)
    _ends(session, stage, 0, OutboxState.FAILED, "unreachable", 63003)
    _ends(session, stage, 1, OutboxState.UNDELIVERED, "temporary", outcomes.META_CAP)
    found = following.standing(session, stage.campaign.id)
    seen, after = [], None
    while True:
        page = following.rows(session, key, stage.campaign.id, found, after=after, limit=2)
        seen += [row.woman_id for row in page[:2]]
        if len(page) <= 2:
            break
        after = page[1].woman_id
    assert sorted(seen) == sorted(woman.id for woman in stage.women)
    failed = list(following.all_rows(session, key, stage.campaign.id, found, MISSED))
    assert {row.woman_id for row in failed} == {stage.women[0].id, stage.women[1].id}
    assert following.rows(session, key, stage.campaign.id, found, (Part.READ,)) == []
    lines = list(csv.reader(io.StringIO(row_files.as_csv(failed).decode("utf-8-sig"))))
    by_name = {line[0]: line[1:] for line in lines[1:]}
    assert by_name["Mujer 3300000000"][1] == "ese número no tiene WhatsApp"
    assert by_name["Mujer 3300000001"][0] == "Meta no la entregó por su tope de promociones"
    assert "Hoy no se intenta otra vez" in by_name["Mujer 3300000001"][2]
    book = CalamineWorkbook.from_filelike(io.BytesIO(row_files.as_xlsx(failed))).get_sheet_by_index(0)
    assert [[str(cell) for cell in line] for line in book.to_python()] == lines
    named = following.Row(stage.women[0].id, "=1+1", outcomes.read("sent", None))
    assert "'=1+1" in row_files.as_csv([named]).decode("utf-8-sig")


def test_counting_costs_one_statement(session: Database, key: PersonalKey, stage: Stage) -> None:
    """A refresh asks one index, a page of rows two statements, whatever there is."""
    campaigns.run_due(session, key, NOW)
    with counting(session) as statements:
        found = following.standing(session, stage.campaign.id)
    assert len(statements) == 1
    with counting(session) as statements:
        following.rows(session, key, stage.campaign.id, found, (Part.WAITING,))
    assert len(statements) == 2


def _over(session: Database, key: PersonalKey, stage: Stage) -> None:
    campaigns.run_due(session, key, NOW)
    assert stage.campaign.state is CampaignState.DONE


TRIED = pytest.mark.parametrize(
    ("state", "reason", "code", "tried"),
    [
        (OutboxState.FAILED, "temporary", 63018, True),
        (OutboxState.FAILED, "fix_configuration", 63112, True),
        (OutboxState.EXPIRED, "missed_its_moment", None, True),
        (OutboxState.EXPIRED, "in_doubt", None, False),
        (OutboxState.FAILED, "in_doubt", None, False),
        (OutboxState.FAILED, "unknown", 30008, False),
        (OutboxState.FAILED, "blocked_by_her", 63014, False),
        (OutboxState.FAILED, "unreachable", 63003, False),
        (OutboxState.FAILED, "fix_request", 63013, False),
        (OutboxState.IN_DOUBT, "unknown", None, False),
        (OutboxState.UNDELIVERED, "temporary", 63049, False),
        (OutboxState.READ, None, None, False),
    ],
)


@TRIED
def test_what_is_tried_again(
    session: Database,
    key: PersonalKey,
    settings: Settings,
    stage: Stage,
    state: OutboxState,
    reason: str | None,
    code: int | None,
    tried: bool,
) -> None:
    """Only what failed for a reason that passes; in doubt, hers, ours to mend or Meta's of today never."""
    _over(session, key, stage)
    _ends(session, stage, 0, state, reason, code)
    found = following.standing(session, stage.campaign.id)
    now = NOW + timedelta(hours=1)
    assert new_tries.may_be_tried(session, stage.campaign, found, settings, now) == int(tried)
    if tried:
        assert new_tries.try_again(session, stage.campaign, settings, LATER, now) == 1
    else:
        with pytest.raises(CampaignError, match="Ya no hay"):
            new_tries.try_again(session, stage.campaign, settings, LATER, now)


def test_two_clicks_are_one(
    session: Database, sessions: sessionmaker[Database], key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """P3: a second click finds nothing; each woman has one more message, and the first one is kept apart."""
    _over(session, key, stage)
    for number in range(3):
        _ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
    session.commit()
    assert new_tries.try_again(session, stage.campaign, settings, LATER, NOW) == 3
    session.commit()
    with sessions.begin() as other, pytest.raises(CampaignError):
        new_tries.try_again(other, other.get_one(Campaign, stage.campaign.id), settings, LATER, NOW)
    assert [campaigns.run_due(session, key, NOW) for _ in range(2)] == [3, 0]
    assert stage.campaign.state is CampaignState.DONE
    kept = session.scalars(select(CampaignRetry.outcome)).all()
    assert kept == ["failed:temporary:63018"] * 3
    # The new message fails too: it may be tried again, the old one not a second time.
    _ends(session, stage, 0, OutboxState.FAILED, "temporary", 63018)
    assert new_tries.try_again(session, stage.campaign, settings, LATER, NOW) == 1


def test_a_new_try_adds_nobody(session: Database, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """Who joined the group meanwhile is no part of it; who left the reminders since is not written to."""
    _over(session, key, stage)
    for number in range(2):
        _ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
    _woman(session, key, stage.group, "3311111111")
    left = conversations.of_woman(session, stage.women[0].id)
    assert left is not None
    left.opted_out_at = NOW
    new_tries.try_again(session, stage.campaign, settings, LATER, NOW)
    assert campaigns.run_due(session, key, NOW) == 1
    found = following.standing(session, stage.campaign.id)
    assert (found.total, found.pairs[None, "opted_out"]) == (6, 1)


@pytest.mark.parametrize(("hours", "tried"), [(1, False), (11, False), (13, True), (40, True)])
def test_metas_cap_is_not_tried_on_its_day(
    session: Database, key: PersonalKey, settings: Settings, stage: Stage, hours: int, tried: bool
) -> None:
    """The day is local: failed at noon, it is tried again after midnight, not before."""
    _over(session, key, stage)
    _ends(session, stage, 0, OutboxState.UNDELIVERED, "temporary", 63049, at=NOW)
    _message(session, stage, 0).ended_at = NOW.replace(hour=0)  # at rest only its day is known
    session.flush()
    found = following.standing(session, stage.campaign.id)
    now = NOW + timedelta(hours=hours)
    assert new_tries.may_be_tried(session, stage.campaign, found, settings, now) == int(tried)


def test_a_new_try_needs_its_template_and_hours(
    session: Database, key: PersonalKey, settings: Settings, stage: Stage
) -> None:
    """Refused while it runs, with a template that is paused, or until an hour that is past."""
    with pytest.raises(CampaignError, match="en marcha"):
        new_tries.try_again(session, stage.campaign, settings, LATER, NOW)
    _over(session, key, stage)
    _ends(session, stage, 0, OutboxState.FAILED, "temporary", 63018)
    with pytest.raises(CampaignError, match="pasó"):
        new_tries.try_again(session, stage.campaign, settings, NOW + AN_HOUR, NOW + AN_HOUR)
    session.get_one(Template, stage.campaign.template_id).state = TemplateState.PAUSED
    with pytest.raises(CampaignError, match="aprobada"):
        new_tries.try_again(session, stage.campaign, settings, LATER, NOW)


def test_a_pause_holds_what_is_queued(session: Database, key: PersonalKey, stage: Stage) -> None:
    """What is handed over already waits too, and goes on; of a campaign that never goes on it expires."""
    _over(session, key, stage)
    _ends(session, stage, 0, OutboxState.DELIVERED)
    campaigns.pause(session, stage.campaign)
    held = [_message(session, stage, number) for number in range(1, 6)]
    assert {row.next_try_at for row in held} == {LATER}
    campaigns.resume(session, stage.campaign, NOW + timedelta(hours=1))
    for row in held:
        session.refresh(row)
    assert {(row.next_try_at, row.reason) for row in held} == {(NOW + timedelta(hours=1), None)}
    campaigns.run_due(session, key, NOW + timedelta(hours=1))
    for number in range(1, 6):
        _ends(session, stage, number, OutboxState.DELIVERED)
    with pytest.raises(CampaignError):
        campaigns.pause(session, stage.campaign)


def test_answers_are_counted_not_named(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Who wrote within three days of it, and who left; not who wrote before, later, or never got it."""
    campaigns.run_due(session, key, NOW)
    after = {0: NOW + timedelta(hours=2), 1: NOW - timedelta(minutes=1), 2: NOW + timedelta(days=4)}
    for number in range(4):
        _ends(session, stage, number, OutboxState.DELIVERED)
    for number, moment in {**after, 4: NOW + timedelta(hours=2)}.items():
        conversation = conversations.of_woman(session, stage.women[number].id)
        assert conversation is not None
        conversation.last_inbound_at = moment
        if number == 0:
            conversation.opted_out_at = moment
    session.flush()
    assert tracking.follow(session, NOW + timedelta(days=2)) == 1
    found = following.standing(session, stage.campaign.id)
    assert (found.answered, found.opted_out) == (1, 1)
    assert set(session.scalars(select(CampaignRecipient.left_at))) == {NOW, None}
    tracking.follow(session, NOW + timedelta(days=5))
    assert set(session.scalars(select(CampaignRecipient.left_at))) == {None}
    assert following.standing(session, stage.campaign.id).answered == 1


def test_snapshots_come_as_often_as_its_age_asks(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Each minute at first, then more seldom, never twice for one moment; in the end no more."""
    campaigns.run_due(session, key, NOW)
    looks = {0: 1, 30: 0, 61: 1, 3590: 1, 3700: 0, 4300: 1, 90_000: 1, 91_000: 0, 18 * 86_400: 0}
    for seconds, expected in looks.items():
        assert tracking.follow(session, NOW + timedelta(seconds=seconds)) == expected, seconds
    assert len(session.scalars(select(CampaignSnapshot)).all()) == 5


def test_pace_and_time_left(session: Database, key: PersonalKey, stage: Stage) -> None:
    """From what left in the last minutes; nothing is said where nothing left, or nothing is known."""
    campaigns.run_due(session, key, NOW)
    found = following.standing(session, stage.campaign.id)
    assert following.pace(found, [], NOW) is None
    tracking.follow(session, NOW)
    seen = following.snapshots(session, stage.campaign.id)
    now = NOW + timedelta(minutes=1)
    assert following.pace(found, seen, now) is None
    for number in range(2):
        _ends(session, stage, number, OutboxState.SENT)
    pace = following.pace(following.standing(session, stage.campaign.id), seen, now)
    assert pace == following.Pace(2, 2)


def test_the_lot_is_the_same_each_time(session: Database, key: PersonalKey) -> None:
    """A share is left out by lot: kept by woman, with its reason, and none of them is written to."""
    stage = _stage(session, key, 40, percent=20)
    handed = campaigns.run_due(session, key, NOW)
    held = set(
        session.scalars(select(CampaignRecipient.woman_id).where(CampaignRecipient.reason == "held_out"))
    )
    assert held == {
        woman.id
        for woman in stage.women
        if hold_out.drawn(key, f"campaign {stage.campaign.id}", woman.id, 20)
    }
    assert handed + len(held) == 40
    assert 1 <= len(held) <= 20
    found = following.standing(session, stage.campaign.id)
    assert (found.addressed, found.parts[Part.HELD_OUT]) == (handed, len(held))


@given(percent=st.sampled_from(hold_out.SHARES), scope=st.text(max_size=8), woman=st.uuids())
def test_a_draw_grows_with_its_share(percent: int, scope: str, woman: uuid.UUID) -> None:
    """Nobody is drawn at nothing; who is drawn at a share is drawn at each larger one."""
    one = PersonalKey(bytes(32))
    assert not hold_out.drawn(one, scope, woman, 0)
    if hold_out.drawn(one, scope, woman, percent):
        assert all(hold_out.drawn(one, scope, woman, more) for more in range(percent, 101, 7))


def test_reminders_by_lot(
    session: Database, key: PersonalKey, settings: Settings, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawn woman's reminder is dropped with its reason; without a share chosen nobody's is."""
    template = templates.by_name(session, templates.SESSION_REMINDER)
    assert template is not None
    template.state, template.content_sid = TemplateState.APPROVED, "HX2"
    meeting = Session(code="s1", group_id=stage.group.id, starts_at=NOW + timedelta(hours=2), minutes=60)
    session.add(meeting)
    session.flush()
    session.add_all(
        Reminder(woman_id=woman.id, session_id=meeting.id, minutes_before=120, due_at=NOW,
                 useful_until=NOW + timedelta(minutes=30))
        for woman in stage.women
    )  # fmt: skip
    programme = stage.campaign.programme_id
    hold_out.choose(session, programme, 20, NOW)
    drawn = {stage.women[0].id, stage.women[3].id}
    monkeypatch.setattr(
        hold_out, "drawn", lambda _key, _scope, woman, percent: percent == 20 and woman in drawn
    )
    assert reminders.send_due(session, key, settings, NOW) == 6
    states = {row.woman_id: (row.state, row.reason) for row in session.scalars(select(Reminder))}
    assert {woman for woman, (_, reason) in states.items() if reason == "held_out"} == drawn
    assert sum(state is ReminderState.HANDED_OVER for state, _ in states.values()) == 4
    with pytest.raises(ValueError, match="33"):
        hold_out.choose(session, programme, 33, NOW)


def _marks(session: Database, stage: Stage, present: Callable[[int], bool]) -> None:
    meeting = Session(code="s9", group_id=stage.group.id, starts_at=NOW + timedelta(days=1), minutes=60)
    session.add(meeting)
    session.flush()
    session.add_all(
        Attendance(
            woman_id=woman.id,
            session_id=meeting.id,
            state=AttendanceState.PRESENT if present(number) else AttendanceState.ABSENT,
        )
        for number, woman in enumerate(stage.women)
    )
    session.flush()


def test_with_and_without_is_withheld_while_small(
    session: Database, key: PersonalKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both groups are shown once each cell is ten at least, two weeks later; by lot, not by who got it."""
    stage = _stage(session, key, 60, percent=20)
    lot = {woman.id for woman in stage.women[::2]}
    monkeypatch.setattr(hold_out, "drawn", lambda _key, _scope, woman, _percent: woman in lot)
    campaigns.run_due(session, key, NOW)
    _marks(session, stage, lambda number: (number % 2 == 1 and number < 41) or number % 6 == 0)
    then = NOW + timedelta(days=15)
    assert sending.compared(session, stage.campaign, NOW + timedelta(days=3)) is None
    found = sending.compared(session, stage.campaign, then)
    assert found == sending.Compared(30, 20, 30, 10)
    assert sending_sheets.lot(found).rows[0][1][:2] == (30, 20)
    few = {"with_came": 20, "with_not": 12, "without_came": 9, "without_not": 30}
    assert sending.compare(few) is None


def test_results_of_a_month(session: Database, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """Campaigns, reminders and templates of a month, from what the clock kept; few are withheld."""
    campaigns.run_due(session, key, NOW)
    for number in range(6):
        _ends(session, stage, number, OutboxState.READ if number else OutboxState.DELIVERED)
    tracking.follow(session, NOW + timedelta(days=2))
    zone = settings.timezone
    assert sending.keep_months(session, key, zone, NOW + timedelta(days=2)) == 2
    assert sending.keep_months(session, key, zone, NOW + timedelta(days=2)) == 0
    first = sending.months(NOW, zone)[0]
    with counting(session) as statements:
        found = sending.month(session, key, first, zone)
    assert len(statements) <= 4
    sheet = sending_sheets.of(found, {})[0]
    assert sheet.rows == (("Aviso", (6, 6, 5, None, None, None)),)
    assert sending.month(session, key, sending.months(NOW, zone)[2], zone).campaigns == []
