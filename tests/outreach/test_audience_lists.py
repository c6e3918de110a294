"""A campaign's audience from a file: who is on it, what is refused, how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from people import NOW, add_woman
from sqlalchemy import func, select
from test_audience import make

from models import AudienceList, AudienceMember, Campaign, CampaignState, Role
from outreach.campaigns import audience, preview
from outreach.campaigns.audience import Audience
from outreach.people import registry
from outreach.single_list import import_runs, imports
from outreach.single_list.linking import merging
from outreach.staff import accounts
from outreach.texts import imports as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.single_list.report import Report

HEAD = "Lista;Dependencia;Folio"


def load(db: Database, key: PersonalKey, settings: Settings, *lines: str) -> Report:
    table = imports.read("audiences", "\n".join((HEAD, *lines)).encode())
    return imports.load(db, key, settings, "audiences", table, NOW)


def listed(db: Database, key: PersonalKey, number: int) -> Woman:
    woman, _ = add_woman(db, key, number)
    registry.affiliate(db, key, woman, "DIF", f"F-{number}", source="import")
    return woman


def test_only_those_of_the_list_are_written_to(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """By folio, under one name however it is written; the same file twice changes nothing."""
    women = [listed(session, key, number) for number in (1, 2, 3)]
    lines = ("Feria de octubre;DIF;F-1", "FERIA DE  OCTUBRE;DIF;F-2", "Huerto;DIF;F-3")
    assert load(session, key, settings, *lines).added == 3
    again = load(session, key, settings, *lines)
    assert (again.added, again.same) == (0, 3)
    names = {name: list_id for list_id, name in audience.lists(session)}
    assert names.keys() == {"Feria de octubre", "Huerto"}
    made = make(session, Audience(list_id=names["Feria de octubre"]))
    assert audience.read(made) == Audience(list_id=names["Feria de octubre"])
    shown = preview.preview(session, key, settings, made, NOW)
    assert set(shown.reached) == {women[0].id, women[1].id}


def test_what_a_file_may_not_do(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Nobody is added to the single list; a row without a name or too long a one is refused, no other is."""
    listed(session, key, 1)
    report = load(session, key, settings, "Feria;DIF;F-9", ";DIF;F-1", f"{'F' * 81};DIF;F-1", "Feria;DIF;F-1")
    assert [line for line, _ in report.errors] == [2, 3, 4]
    assert report.added == 1
    assert session.scalar(select(func.count()).select_from(AudienceMember)) == 1


def test_no_name_of_a_list_tells_of_those_on_it(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """P4: the name is read by every agency and stands beside who is on the list."""
    listed(session, key, 1)
    report = load(session, key, settings, "Víctimas de violencia;DIF;F-1", "Feria;DIF;F-1")
    assert [error for _, error in report.errors] == [f"lista: {texts.LIST_REVEALS}."]
    assert session.scalars(select(AudienceList.name)).all() == ["Feria"]


def test_a_list_is_forgotten(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Ninety days after somebody was added to it; a campaign that was for it reaches nobody more."""
    listed(session, key, 1)
    load(session, key, settings, "Feria;DIF;F-1")
    made = make(session, Audience(list_id=session.scalars(select(AudienceList.id)).one()))
    import_runs.tidy(session, NOW + audience.LISTS_KEPT_FOR - timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(AudienceList)) == 1
    import_runs.tidy(session, NOW + audience.LISTS_KEPT_FOR + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(AudienceMember)) == 0
    assert preview.preview(session, key, settings, session.get_one(Campaign, made.id), NOW).reached == []


def test_a_list_that_a_campaign_waits_for_stays(
    session: Database, key: PersonalKey, settings: Settings
) -> None:
    """Scheduled, it reaches those that its page showed; over or cancelled it holds the list no longer."""
    listed(session, key, 1)
    load(session, key, settings, "Feria;DIF;F-1")
    later = audience.LISTS_KEPT_FOR + timedelta(days=10)
    made = make(session, Audience(list_id=session.scalars(select(AudienceList.id)).one()))
    made.starts_at, made.ends_at = NOW + later, NOW + later + timedelta(hours=2)
    made.state = CampaignState.SCHEDULED
    session.flush()
    import_runs.tidy(session, NOW + later)
    assert len(preview.preview(session, key, settings, made, NOW + later).reached) == 1
    made.state = CampaignState.CANCELLED
    session.flush()
    import_runs.tidy(session, NOW + later)
    assert session.scalar(select(func.count()).select_from(AudienceList)) == 0


def test_one_woman_twice_on_a_list(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Her two records are merged: once on the list; parted again: both are."""
    one, other = listed(session, key, 1), listed(session, key, 2)
    load(session, key, settings, "Feria;DIF;F-1", "Feria;DIF;F-2")
    merge = merging.merge(session, key, one.id, other.id, NOW)
    assert session.scalar(select(func.count()).select_from(AudienceMember)) == 1
    accounts.add(session, "rosa", "Rosa Prueba", Role.COORDINATOR, NOW)
    rosa = accounts.find(session, "rosa")
    assert rosa is not None
    merging.undo(session, key, merge.id, NOW, rosa.id)
    assert session.scalar(select(func.count()).select_from(AudienceMember)) == 2
