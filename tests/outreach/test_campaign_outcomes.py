"""What became of a campaign: its counts, its women, its answers, and a new try."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from campaign_support import AN_HOUR, LATER, NOW, Stage, ends, message_of, stage_of, woman_of
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from support import counting

from models import (
    Campaign,
    CampaignRecipient,
    CampaignRetry,
    CampaignSnapshot,
    CampaignState,
    OutboxState,
    Template,
    TemplateState,
)
from outreach.campaigns import (
    campaigns,
    following,
    new_tries,
    outcomes,
    row_files,
    tracking,
)
from outreach.campaigns.campaigns import CampaignError
from outreach.campaigns.outcomes import MISSED, NOT_GONE, Part
from outreach.casework import cases
from outreach.people import conversations
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from sqlalchemy.orm import sessionmaker

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


@pytest.fixture
def stage(session: Database, key: PersonalKey) -> Stage:
    return stage_of(session, key, 6)


def _of_each(session: Database, key: PersonalKey, stage: Stage) -> dict[str, Part]:
    found = following.standing(session, stage.campaign.id)
    listed = following.rows(session, key, stage.campaign.id, found)
    names = {woman.id: number for number, woman in enumerate(stage.women)}
    return {str(names[row.woman_id]): row.outcome.part for row in listed}


def test_each_end_has_its_part(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Every writer of the outbox is followed: the worker's steps, and one statement for many rows."""
    campaigns.run_due(session, key, NOW)
    assert set(_of_each(session, key, stage).values()) == {Part.WAITING}
    ends(session, stage, 0, OutboxState.READ)
    ends(session, stage, 1, OutboxState.UNDELIVERED, "temporary", outcomes.META_CAP)
    ends(session, stage, 2, OutboxState.FAILED, "blocked_by_her", 63014)
    ends(session, stage, 3, OutboxState.IN_DOUBT, "unknown")
    ends(session, stage, 4, OutboxState.SENT)
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
        message_of(session, stage, number).reason = reason
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
        ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
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
    ends(session, stage, 0, OutboxState.FAILED, "unreachable", 63003)
    ends(session, stage, 1, OutboxState.UNDELIVERED, "temporary", outcomes.META_CAP)
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
    ends(session, stage, 0, state, reason, code)
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
        ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
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
    ends(session, stage, 0, OutboxState.FAILED, "temporary", 63018)
    assert new_tries.try_again(session, stage.campaign, settings, LATER, NOW) == 1


def test_a_new_try_adds_nobody(session: Database, key: PersonalKey, settings: Settings, stage: Stage) -> None:
    """Who joined the group meanwhile is no part of it; who left the reminders since is not written to."""
    _over(session, key, stage)
    for number in range(2):
        ends(session, stage, number, OutboxState.FAILED, "temporary", 63018)
    woman_of(session, key, stage.group, "3311111111")
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
    ends(session, stage, 0, OutboxState.UNDELIVERED, "temporary", 63049, at=NOW)
    message_of(session, stage, 0).ended_at = NOW.replace(hour=0)  # at rest only its day is known
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
    ends(session, stage, 0, OutboxState.FAILED, "temporary", 63018)
    with pytest.raises(CampaignError, match="pasó"):
        new_tries.try_again(session, stage.campaign, settings, NOW + AN_HOUR, NOW + AN_HOUR)
    session.get_one(Template, stage.campaign.template_id).state = TemplateState.PAUSED
    with pytest.raises(CampaignError, match="aprobada"):
        new_tries.try_again(session, stage.campaign, settings, LATER, NOW)


def test_a_pause_holds_what_is_queued(session: Database, key: PersonalKey, stage: Stage) -> None:
    """What is handed over already waits too, and goes on; of a campaign that never goes on it expires."""
    _over(session, key, stage)
    ends(session, stage, 0, OutboxState.DELIVERED)
    campaigns.pause(session, stage.campaign)
    held = [message_of(session, stage, number) for number in range(1, 6)]
    assert {row.next_try_at for row in held} == {LATER}
    campaigns.resume(session, stage.campaign, NOW + timedelta(hours=1))
    for row in held:
        session.refresh(row)
    assert {(row.next_try_at, row.reason) for row in held} == {(NOW + timedelta(hours=1), None)}
    campaigns.run_due(session, key, NOW + timedelta(hours=1))
    for number in range(1, 6):
        ends(session, stage, number, OutboxState.DELIVERED)
    with pytest.raises(CampaignError):
        campaigns.pause(session, stage.campaign)


def test_answers_are_counted_not_named(session: Database, key: PersonalKey, stage: Stage) -> None:
    """Who wrote within three days of it, and who left; not who wrote before, later, or never got it."""
    campaigns.run_due(session, key, NOW)
    after = {0: NOW + timedelta(hours=2), 1: NOW - timedelta(minutes=1), 2: NOW + timedelta(days=4)}
    for number in range(4):
        ends(session, stage, number, OutboxState.DELIVERED)
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
        ends(session, stage, number, OutboxState.SENT)
    pace = following.pace(following.standing(session, stage.campaign.id), seen, now)
    assert pace == following.Pace(2, 2)
