"""Audiences built of conditions: what each asks, how they are joined, what is refused, what it costs."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import NOW, add_woman
from sqlalchemy import delete, select
from support import counting

from models import (
    FIRST_PROGRAMME,
    Attendance,
    AttendanceState,
    AudienceList,
    AudienceMember,
    Campaign,
    CampaignRecipient,
    CampaignState,
    CompletionRule,
    Enrolment,
    EnrolmentState,
    Graduation,
    Group,
    OutboxKind,
    OutboxMessage,
    OutboxState,
    Role,
    Session,
    Woman,
    Workshop,
)
from outreach.campaigns import audience, compiling, conditions
from outreach.campaigns.audience import Audience
from outreach.campaigns.compiling import Asked
from outreach.campaigns.conditions import BadConditionError, Block, Condition, Kind, Match
from outreach.messages import outbox, templates
from outreach.messages.outbox import Content
from outreach.people import conversations, registry
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

WEEK = timedelta(days=7)
TOWNS, AXES = ("14039", "14120", "14070"), ("food", "health", "employment")


class Town:
    """Nine women of three towns and axes, who take part in what two workshops have."""

    def __init__(self, db: Database, key: PersonalKey) -> None:
        self.db, self.key = db, key
        self.women = [add_woman(db, key, number)[0] for number in range(9)]
        for number, woman in enumerate(self.women):
            woman.municipality, woman.axis = TOWNS[number % 3], AXES[number // 3]
            details = registry.read_details(key, woman)
            details = replace(details, birth_date=f"{1960 + 5 * number}-12-31")
            registry.write_details(db, key, woman, details)
        self.women[8].municipality = self.women[8].axis = None
        self.workshops = [Workshop(code=f"w{n}", name=f"Taller {n}", axis="food") for n in range(2)]
        db.add_all(self.workshops)
        db.flush()
        self.groups = [
            Group(
                code=f"g{n}", workshop_id=self.workshops[n].id, municipality=TOWNS[0], place="x", capacity=9
            )
            for n in range(2)
        ]
        db.add_all(self.groups)
        db.flush()
        self.meetings = [
            Session(code=f"s{n}", group_id=self.groups[0].id, starts_at=NOW - (3 - n) * WEEK)
            for n in range(3)
        ]
        db.add_all(self.meetings)
        db.flush()
        self._seats()
        self._achieved()
        self._written()
        db.flush()

    def _seats(self) -> None:
        for numbers, group, state in (
            ((0, 1, 2), 0, EnrolmentState.ENROLLED),
            ((3,), 0, EnrolmentState.WAITING),
            ((4, 0), 1, EnrolmentState.LEFT),
            ((1, 5), 1, EnrolmentState.ENROLLED),
        ):
            self.db.add_all(
                Enrolment(woman_id=self.women[n].id, group_id=self.groups[group].id, state=state)
                for n in numbers
            )
        marks = {0: (1, 1, 1), 1: (1, 0, 0), 2: (0, 0, 1)}
        for number, came in marks.items():
            for meeting, mark in zip(self.meetings, came, strict=True):
                came_to = AttendanceState.PRESENT if mark else AttendanceState.ABSENT
                self.db.add(Attendance(woman_id=self.women[number].id, session_id=meeting.id, state=came_to))

    def _achieved(self) -> None:
        rules = [
            CompletionRule(programme_id=FIRST_PROGRAMME, workshop_id=self.workshops[0].id, least_sessions=1),
            CompletionRule(programme_id=FIRST_PROGRAMME, least_axes=1),
        ]
        self.db.add_all(rules)
        self.db.flush()
        day = NOW.date()
        self.db.add_all(
            [
                self._graduation(0, rules[0], self.workshops[0].id),
                self._graduation(6, rules[1], None),
                Graduation(
                    woman_id=self.women[7].id, programme_id=FIRST_PROGRAMME, rule_id=rules[0].id, day=day,
                    workshop_id=self.workshops[0].id, undone_at=NOW,
                ),
            ]
        )  # fmt: skip
        for number in (2, 3):
            registry.affiliate(self.db, self.key, self.women[number], "DIF", f"F{number}", source="import")

    def _graduation(self, number: int, rule: CompletionRule, workshop: uuid.UUID | None) -> Graduation:
        return Graduation(
            woman_id=self.women[number].id,
            programme_id=FIRST_PROGRAMME,
            workshop_id=workshop,
            rule_id=rule.id,
            day=NOW.date(),
        )

    def _written(self) -> None:
        """A campaign a month ago arrived at 4, left for 5 and failed for 6; 7 waits for it still."""
        template = templates.by_name(self.db, templates.GROUP_NOTICE)
        assert template is not None
        accounts.add(self.db, "rosa", "Rosa", Role.COORDINATOR, NOW)
        rosa = accounts.find(self.db, "rosa")
        assert rosa is not None
        self.campaign = Campaign(
            name="Otra", template_id=template.id, programme_id=FIRST_PROGRAMME, created_by=rosa.id,
            state=CampaignState.RUNNING, starts_at=NOW - 4 * WEEK, ends_at=NOW - 3 * WEEK,
            audience=Audience().to_json(),
        )  # fmt: skip
        self.db.add(self.campaign)
        self.db.flush()
        ends = {4: OutboxState.READ, 5: OutboxState.SENT, 6: OutboxState.FAILED, 7: None}
        for number, end in ends.items():
            row = CampaignRecipient(campaign_id=self.campaign.id, woman_id=self.women[number].id)
            if end is not None:
                reached = conversations.of_woman(self.db, self.women[number].id)
                assert reached is not None
                message = outbox.enqueue(
                    self.db, self.key, reached.id, OutboxKind.CAMPAIGN, Content(body="Hola"), job=False
                )
                message.state, message.created_at = end, NOW - 4 * WEEK
                row.outbox_id, row.outcome = message.id, end.value
            self.db.add(row)
        names = AudienceList(name="Feria", changed_at=NOW)
        self.db.add(names)
        self.db.flush()
        self.names = names.id
        self.db.add(AudienceMember(list_id=names.id, woman_id=self.women[8].id))

    def found(self, *blocks: Block) -> set[int]:
        """The numbers of the women who fit."""
        fits = compiling.where(blocks, Asked(self.key, NOW))
        ids = set(self.db.scalars(select(Woman.id).where(fits)))
        return {number for number, woman in enumerate(self.women) if woman.id in ids}

    def known(self) -> list[tuple[Condition, set[int]]]:
        """Conditions, each with the women who fit it."""
        first, second = (str(one.id) for one in self.workshops)
        group, other = str(self.groups[0].id), str(self.campaign.id)
        since = (NOW - 2 * WEEK).astimezone(UTC)
        return [
            (Condition(Kind.MUNICIPALITY, place="14039"), {0, 3, 6}),
            (Condition(Kind.AXIS, place="health"), {3, 4, 5}),
            (Condition(Kind.WORKSHOP, place=first, state="enrolled"), {0, 1, 2}),
            (Condition(Kind.WORKSHOP, place=first, state="waiting"), {3}),
            (Condition(Kind.WORKSHOP, place=second, state="left"), {0, 4}),
            (Condition(Kind.GROUP, place=group, state="enrolled"), {0, 1, 2}),
            (Condition(Kind.SEAT, state="enrolled"), {0, 1, 2, 5}),
            (Condition(Kind.SEAT, state="waiting"), {3}),
            (Condition(Kind.SEAT, state="nowhere"), {4, 6, 7, 8}),
            (Condition(Kind.ATTENDED, number=3), {0}),
            (Condition(Kind.ATTENDED, number=1), {0, 1, 2}),
            (Condition(Kind.ATTENDED, number=1, since=since), {0, 2}),
            (Condition(Kind.ABSENT, number=2), {1, 2}),
            (Condition(Kind.ABSENT, number=2, since=since), {1}),
            (Condition(Kind.COMPLETED, place="any"), {0}),
            (Condition(Kind.COMPLETED, place=first), {0}),
            (Condition(Kind.COMPLETED, place=second), set()),
            (Condition(Kind.COMPLETED, place="programme"), {6}),
            (Condition(Kind.AGENCY, place="DIF"), {2, 3}),
            (Condition(Kind.AGE, number=51, until=61, year=2026), {1, 2, 3}),
            (Condition(Kind.WRITTEN, number=30), {4, 5}),
            (Condition(Kind.WRITTEN, number=20), set()),
            (Condition(Kind.CAMPAIGN, place=other, state="reached"), {4}),
            (Condition(Kind.CAMPAIGN, place=other, state="not_reached"), {0, 1, 2, 3, 5, 6, 7, 8}),
            (Condition(Kind.LIST, place=str(self.names)), {8}),
        ]


@pytest.fixture
def town(session: Database, key: PersonalKey) -> Town:
    return Town(session, key)


def test_what_each_condition_asks(town: Town) -> None:
    """Alone, and turned round: who fits it, and all others."""
    everyone = set(range(9))
    for condition, fit in town.known():
        assert town.found(Block(Match.ALL, (condition,))) == fit, condition
        assert town.found(Block(Match.ANY, (condition,))) == fit, condition
        assert town.found(Block(Match.NONE, (condition,))) == everyone - fit, condition
    assert town.found() == everyone
    assert town.found(Block(Match.ANY, ())) == everyone


def test_conditions_are_joined_as_said(town: Town) -> None:
    """All, any and none of whatever conditions, in whatever blocks: as sets say."""
    known, everyone = town.known(), set(range(9))
    blocks = st.lists(
        st.tuples(st.sampled_from(Match), st.lists(st.integers(0, len(known) - 1), min_size=1, max_size=4)),
        min_size=1,
        max_size=3,
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(blocks)
    def check(asked: list[tuple[Match, list[int]]]) -> None:
        wanted = set(everyone)
        for match, chosen in asked:
            sets = [known[one][1] for one in chosen]
            fits = set.intersection(*sets) if match is Match.ALL else set.union(*sets)
            wanted &= everyone - fits if match is Match.NONE else fits
        built = tuple(Block(match, tuple(known[one][0] for one in chosen)) for match, chosen in asked)
        assert town.found(*built) == wanted
        assert conditions.from_data(conditions.to_data(built)) == built

    check()


def test_a_count_is_one_statement(town: Town) -> None:
    """Who gets it and why the others don't, of the women who fit; nothing is stored."""
    opted_out = conversations.of_woman(town.db, town.women[3].id)
    assert opted_out is not None
    opted_out.opted_out_at = NOW
    town.db.flush()
    asked_for = Campaign(
        audience=Audience(
            blocks=(Block(Match.ALL, (Condition(Kind.MUNICIPALITY, place="14039"),)),)
        ).to_json(),
        programme_id=FIRST_PROGRAMME,
        starts_at=NOW,
    )
    with counting(town.db) as statements:
        counted = audience.count(town.db, asked_for, Asked(town.key, NOW))
    assert len(statements) == 1
    assert (counted.total, counted.reached, counted.reasons) == (3, 2, {"opted_out": 1})
    assert asked_for not in town.db


def test_what_is_no_condition_is_refused() -> None:
    """Made by hand, from a later version, or with a part that its kind has not."""
    some_id = str(uuid.uuid4())
    wrongs: tuple[dict[str, Any], ...] = (
        {"kind": Kind.MUNICIPALITY},
        {"kind": Kind.WORKSHOP, "place": "14039", "state": "enrolled"},
        {"kind": Kind.WORKSHOP, "place": some_id, "state": "nowhere"},
        {"kind": Kind.ABSENT, "number": 0},
        {"kind": Kind.ABSENT, "number": 1, "since": NOW.replace(tzinfo=None)},
        {"kind": Kind.AGE, "number": 40, "until": 30, "year": 2026},
        {"kind": Kind.AGE, "number": 30, "until": 40},
        {"kind": Kind.AXIS, "place": "food", "number": 2},
        {"kind": Kind.COMPLETED, "place": "otro"},
    )
    for wrong in wrongs:
        with pytest.raises(BadConditionError):
            Condition(**wrong)
    for stored in ('{"version": 3, "blocks": []}', '{"version": 2, "blocks": [{"match": "all"}]}', "[]", "{"):
        with pytest.raises(audience.AudienceError):
            audience.read(Campaign(audience=stored))


def test_a_case_makes_no_condition_true(town: Town) -> None:
    """P4: that a woman wrote, or when, is asked by no condition."""
    before = [town.found(Block(Match.ALL, (one,))) for one, _ in town.known()]
    reached = conversations.of_woman(town.db, town.women[0].id)
    assert reached is not None
    reached.last_inbound_at = NOW + timedelta(hours=3)
    town.db.flush()
    assert [town.found(Block(Match.ALL, (one,))) for one, _ in town.known()] == before


def test_who_was_reached_is_known_when_the_message_is_gone(town: Town) -> None:
    """Erased with its time, it leaves what became of it: nobody is written to again as not reached."""
    town.db.execute(delete(OutboxMessage))
    other = str(town.campaign.id)
    assert town.found(Block(Match.ALL, (Condition(Kind.CAMPAIGN, place=other, state="reached"),))) == {4}
    missed = Condition(Kind.CAMPAIGN, place=other, state="not_reached")
    assert town.found(Block(Match.ALL, (missed,))) == set(range(9)) - {4}
