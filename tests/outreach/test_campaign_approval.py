"""A second person for large campaigns: who may be it, what she agrees to, and what takes it away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from people import NOW, add_woman
from sqlalchemy import func, select
from test_audience import make

from models import (
    Campaign,
    CampaignRecipient,
    CampaignState,
    Programme,
    Role,
    Staff,
    Template,
)
from outreach.campaigns import approval, campaigns
from outreach.campaigns.approval import Page, TwinError
from outreach.campaigns.audience import Audience
from outreach.campaigns.campaigns import CampaignError, Draft
from outreach.campaigns.conditions import Block, Condition, Kind, Match
from outreach.staff import accounts, contacts
from outreach.texts.staff_accounts import TWO_ACCOUNTS

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

HOUR = timedelta(hours=1)
TOWN = Audience(blocks=(Block(Match.ALL, (Condition(Kind.MUNICIPALITY, place="14039"),)),))


class Office(NamedTuple):
    """A campaign to three women where more than two need a second person, and two more coordinators."""

    db: Database
    key: PersonalKey
    rules: Settings
    made: Campaign
    second: uuid.UUID
    third: uuid.UUID

    @property
    def first(self) -> uuid.UUID:
        """Who made it."""
        return self.made.created_by

    def asks(self, by: uuid.UUID | None = None) -> None:
        """Ask for a second person, as who made it or as another."""
        approval.ask(self.db, self.key, self.rules, self.made, by or self.first, NOW)

    def confirms(self, *, again: bool = False) -> None:
        """Confirm it as one person."""
        approval.confirm(self.db, self.key, self.rules, self.made, NOW, again=again)

    def approves(self, by: uuid.UUID, seen: bytes | None = None) -> None:
        """Agree to it as it is now, or as it was seen."""
        shown = approval.digest(self.db, self.made) if seen is None else seen
        approval.approve(self.db, self.key, self.rules, self.made, by, shown, NOW)

    def changes(self, by: uuid.UUID, **changed: object) -> None:
        """Change the draft."""
        kept: dict[str, object] = {
            "name": self.made.name, "template": self.db.get_one(Template, self.made.template_id),
            "variables": {"1": "a las 10:00"}, "audience": TOWN,
            "starts_at": self.made.starts_at, "ends_at": self.made.ends_at,
        }  # fmt: skip
        draft = Draft(**(kept | changed))  # type: ignore[arg-type] # what a test changes has its type
        campaigns.change(self.db, self.made, draft, by)


@pytest.fixture
def office(session: Database, key: PersonalKey, settings: Settings) -> Office:
    for number in range(3):
        add_woman(session, key, number)
    made = make(session, TOWN)
    for name in ("eva", "mar"):
        accounts.add(session, name, name, Role.COORDINATOR, NOW)
    eva, mar = accounts.find(session, "eva"), accounts.find(session, "mar")
    assert eva is not None
    assert mar is not None
    _limit(session, 2)
    return Office(session, key, settings, made, eva.id, mar.id)


def _limit(db: Database, most: int | None) -> None:
    db.scalars(select(Programme)).one().approval_above = most
    db.flush()


def test_one_person_with_two_accounts_is_one(office: Office) -> None:
    """What takes two people is not done by one with two logins: the same name, phone or mail is the same."""
    db, key = office.db, office.key
    office.asks()
    mine = db.get_one(Staff, office.first)
    second = db.get_one(Staff, office.second)
    mine.display_name, kept = "Laura Pérez Ruiz", second.display_name
    contacts.save(db, key, mine.id, phone="33 1234 5678", email="laura@example.org", muted=False)
    for name, phone, email in (
        ("PEREZ RUIZ, Laura", "", ""),
        (kept, "+52 33 1234 5678", ""),
        (kept, "", "Laura@Example.org"),
    ):
        second.display_name = name
        contacts.save(db, key, second.id, phone=phone, email=email, muted=False)
        db.flush()
        assert approval.why_not(db, key, office.made, second.id) == TWO_ACCOUNTS
        with pytest.raises(CampaignError, match="misma persona"):
            office.approves(second.id)
    contacts.save(db, key, second.id, phone="33 1234 9999", email="mar@example.org", muted=False)
    assert approval.why_not(db, key, office.made, second.id) is None
    office.approves(second.id)


def test_a_large_one_needs_another_person(office: Office) -> None:
    """Neither who made it nor who asked; what she approved is scheduled and leaves."""
    with pytest.raises(CampaignError, match="otra persona"):
        office.confirms()
    with pytest.raises(CampaignError, match="Nadie ha pedido"):
        office.approves(office.second)
    office.asks(office.third)
    assert approval.waiting(office.db) == 1
    with pytest.raises(CampaignError, match="ya está pedida"):
        office.asks()
    for same in (office.first, office.third):
        with pytest.raises(CampaignError, match="otra persona"):
            office.approves(same)
    assert office.made.state is CampaignState.DRAFT
    office.approves(office.second)
    made = office.made
    assert (made.state, made.approved_by, made.confirmed_count) == (
        CampaignState.SCHEDULED, office.second, 3,
    )  # fmt: skip
    assert campaigns.run_due(office.db, office.key, NOW) == 3
    with pytest.raises(CampaignError):
        office.approves(office.second)


@pytest.mark.parametrize("most", [3, None])
def test_a_small_one_needs_nobody(office: Office, most: int | None) -> None:
    """Up to the size itself, or where the administrator set none."""
    _limit(office.db, most)
    with pytest.raises(CampaignError, match="no necesita"):
        office.asks()
    office.confirms()
    assert office.made.state is CampaignState.SCHEDULED


def test_any_change_takes_the_question_away(office: Office) -> None:
    """To whom, what, when, how fast; who changed it is no second person either."""
    for changed in (
        {"audience": Audience()}, {"variables": {"1": "a las 11:00"}}, {"ends_at": NOW + 30 * HOUR},
        {"per_minute": 5}, {"name": "Otro nombre"},
    ):  # fmt: skip
        office.changes(office.second, audience=TOWN)
        office.asks()
        before = approval.digest(office.db, office.made)
        office.changes(office.second, **changed)
        assert office.made.asked_at is None
        with pytest.raises(CampaignError, match="Nadie ha pedido"):
            office.approves(office.third, before)
    office.asks()
    with pytest.raises(CampaignError, match="otra persona"):
        office.approves(office.second)


def test_she_agrees_to_what_she_saw(office: Office) -> None:
    """Changed and asked for again while her page stood open: she looks again."""
    seen = approval.digest(office.db, office.made)
    office.changes(office.first, ends_at=NOW + 30 * HOUR)
    office.asks()
    for wrong in (seen, b""):
        with pytest.raises(CampaignError, match="cambió"):
            office.approves(office.second, wrong)
    office.approves(office.second)


def test_a_template_that_changes_is_not_what_was_approved(office: Office) -> None:
    """Not even where somebody wrote past the pages: at its start it goes back to a draft."""
    office.asks()
    office.approves(office.second)
    office.db.get_one(Template, office.made.template_id).body = "Otro texto: {{1}}."
    office.db.flush()
    assert campaigns.run_due(office.db, office.key, NOW) == 0
    made = office.made
    assert (made.state, made.pause_reason, made.approved_by) == (CampaignState.DRAFT, "changed", None)


@pytest.mark.parametrize(("more", "handed"), [(0, 3), (7, 0)])
def test_one_that_grew_is_looked_at_again(office: Office, more: int, handed: int) -> None:
    """Confirmed for three and ten as it begins: nobody is written to, nothing is left of the try."""
    office.asks()
    office.approves(office.second)
    for number in range(more):
        add_woman(office.db, office.key, 10 + number)
    assert campaigns.run_due(office.db, office.key, NOW) == handed
    rows = office.db.scalar(select(func.count()).select_from(CampaignRecipient))
    if not more:
        assert (office.made.state, rows) == (CampaignState.DONE, 3)
        return
    assert (office.made.state, office.made.pause_reason, rows) == (CampaignState.DRAFT, "grew", 0)
    office.asks()
    office.approves(office.second)
    assert campaigns.run_due(office.db, office.key, NOW) == 10


def test_a_small_one_may_grow_to_the_size(office: Office) -> None:
    """What nobody had to approve is stopped only where somebody has to by now."""
    _limit(office.db, 5)
    office.confirms()
    for number in range(2):
        add_woman(office.db, office.key, 10 + number)
    assert campaigns.run_due(office.db, office.key, NOW) == 5


def test_sent_back_with_a_word(office: Office) -> None:
    """The word is for who asked; who takes her own question back leaves none."""
    office.asks()
    approval.send_back(office.db, office.made, office.second, " Falta  la hora ")
    assert (office.made.asked_at, office.made.sent_back) == (None, "Falta la hora")
    office.asks()
    assert office.made.sent_back == ""
    approval.send_back(office.db, office.made, office.first, "x")
    assert office.made.sent_back == ""
    with pytest.raises(CampaignError):
        approval.send_back(office.db, office.made, office.first, "x")


def test_the_same_on_one_day_is_a_question(office: Office) -> None:
    """The same template to the same women that day; of another day, audience or fate it is none."""
    _limit(office.db, None)
    office.confirms()
    twin = office._replace(made=make(office.db, TOWN))
    # Whoever got the first would get no second within a day: as if that were not asked.
    office.made.starts_at = NOW - 11 * HOUR
    office.db.flush()
    with pytest.raises(TwinError, match="igual"):
        twin.confirms()
    _limit(office.db, 2)
    with pytest.raises(TwinError, match="igual"):
        twin.asks()
    _limit(office.db, None)
    for starts_at in (NOW - 13 * HOUR, NOW + 12 * HOUR):  # of another local day
        office.made.starts_at = starts_at
        office.db.flush()
        assert approval.twin(office.db, twin.made, office.rules) is None
    office.made.starts_at = NOW
    office.db.flush()
    assert approval.twin(office.db, make(office.db, Audience()), office.rules) is None
    twin.confirms(again=True)
    campaigns.cancel(office.db, office.made, NOW)
    campaigns.cancel(office.db, twin.made, NOW)
    assert approval.twin(office.db, make(office.db, TOWN), office.rules) is None


def test_nobody_to_write_to_is_said(office: Office) -> None:
    """Before a second person is asked, not after."""
    office.changes(
        office.first,
        audience=Audience(blocks=(Block(Match.ALL, (Condition(Kind.MUNICIPALITY, place="14120"),)),)),
    )
    for step in (office.confirms, office.asks):
        with pytest.raises(CampaignError, match="a nadie"):
            step()


@pytest.mark.parametrize("asks", [True, False])
def test_what_changed_since_the_page_was_opened_is_not_confirmed(office: Office, *, asks: bool) -> None:
    """Two tabs: one shows the draft of before; it can be neither confirmed nor asked for from there."""
    _limit(office.db, 2 if asks else None)
    page = Page(approval.digest(office.db, office.made), 3)
    office.changes(office.second, variables={"1": "a las 12:00"})

    def press(page: Page) -> None:
        if asks:
            approval.ask(office.db, office.key, office.rules, office.made, office.first, NOW, page=page)
        else:
            approval.confirm(office.db, office.key, office.rules, office.made, NOW, page=page)

    with pytest.raises(CampaignError, match="cambió desde que la abriste"):
        press(page)
    press(Page(approval.digest(office.db, office.made), 3))


@pytest.mark.parametrize(("shown", "fits"), [(3, True), (1, True), (0, False)])
def test_an_audience_that_is_another_by_now_is_looked_at(
    office: Office, monkeypatch: pytest.MonkeyPatch, shown: int, *, fits: bool
) -> None:
    """A list was loaded meanwhile: ten more of few, or a tenth more of many, is another campaign."""
    _limit(office.db, None)
    monkeypatch.setattr(approval, "FEW", 2)
    page = Page(approval.digest(office.db, office.made), shown)
    if fits:
        approval.confirm(office.db, office.key, office.rules, office.made, NOW, page=page)
        return
    with pytest.raises(CampaignError, match="Ya no son 0 mujeres, son 3"):
        approval.confirm(office.db, office.key, office.rules, office.made, NOW, page=page)
    _limit(office.db, 2)
    office.asks()
    with pytest.raises(CampaignError, match="Ya no son 0 mujeres, son 3"):
        approval.approve(
            office.db, office.key, office.rules, office.made, office.second, page.seen, NOW, reached=shown
        )


def test_of_two_who_edit_the_second_learns_of_the_first(office: Office) -> None:
    """What she saves over is named before it is lost; saved again it is meant."""
    seen = approval.digest(office.db, office.made)
    office.changes(office.second, variables={"1": "a las 12:00"})
    draft = Draft(
        "Aviso", office.db.get_one(Template, office.made.template_id), {"1": "a las 9:00"}, TOWN,
        office.made.starts_at, office.made.ends_at,
    )  # fmt: skip
    with pytest.raises(CampaignError, match="mientras la editabas"):
        campaigns.change(office.db, office.made, draft, office.first, seen=seen)
    now_seen = approval.digest(office.db, office.made)
    campaigns.change(office.db, office.made, draft, office.first, seen=now_seen)
    assert "9:00" in office.made.variables
