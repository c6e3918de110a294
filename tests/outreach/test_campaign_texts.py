"""What a campaign says to each woman, and who is left out because something of hers is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_enrolled, add_group, add_woman
from sqlalchemy import select, update
from support import counting

from models import Campaign, CampaignRecipient, OutboxKind, OutboxMessage, Role, TemplateState
from outreach.campaigns import campaigns, preview, variables
from outreach.campaigns.audience import Audience
from outreach.campaigns.campaigns import CampaignError
from outreach.campaigns.variables import Hers, PerWoman
from outreach.messages import bulk, outbox, templates
from outreach.people import registry
from outreach.people.registry import Details
from outreach.programme import enrolment
from outreach.staff import accounts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.campaigns.variables import Given
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

BODY = "Hola, {{1}}. Te esperamos en {{2}}, que es {{3}}. Gracias."
EACH: Given = {
    "1": PerWoman(Hers.FIRST_NAME, "compañera"),
    "2": PerWoman(Hers.PLACE),
    "3": PerWoman(Hers.NEXT_SESSION),
}


def make(db: Database, given: Given, body: str = BODY, wanted: Audience | None = None) -> Campaign:
    samples = dict.fromkeys(given, "uno")
    template = templates.by_name(db, "aviso") or templates.save(db, name="aviso", body=body, samples=samples)
    template.state, template.content_sid = TemplateState.APPROVED, "HX2"
    if accounts.find(db, "rosa") is None:
        accounts.add(db, "rosa", "Rosa", Role.COORDINATOR, NOW)
    rosa = accounts.find(db, "rosa")
    assert rosa is not None
    return campaigns.create(
        db, name="Aviso", template=template, audience=wanted or Audience(), variables=given,
        starts_at=NOW, ends_at=NOW + timedelta(days=5), staff_id=rosa.id,
    )  # fmt: skip


def said(db: Database, key: PersonalKey) -> set[str]:
    return {outbox.read_content(key, row).body for row in db.scalars(select(OutboxMessage))}


def test_each_reads_what_is_hers(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Her name, the place and day of her next session; who has no group is left out, as the preview said."""
    mine, _, _ = add_enrolled(session, key, number=1)
    named = Details(full_name="LÓPEZ", preferred_name="MARÍA-JOSÉ")
    registry.write_details(session, key, mine, named)
    other, _, _ = add_enrolled(session, key, number=2, starts_in=timedelta(days=3))
    registry.write_details(session, key, other, Details())
    none, _ = add_woman(session, key, 3)
    made = make(session, EACH)
    assert campaigns.text_of(session, made) == (
        "Hola, [su nombre]. Te esperamos en [el lugar de su grupo], que es [su próxima sesión]. Gracias."
    )
    shown = preview.preview(session, key, settings, made, NOW)
    assert (shown.reached_count, shown.reasons) == (2, {"no_value": 1})
    campaigns.schedule(session, made, NOW)
    assert campaigns.run_due(session, key, NOW, settings=settings) == 2
    first = (
        "Hola, María-José. Te esperamos en Casa de la Cultura, que es el miércoles 25 de noviembre"
        " a las 12:00. Gracias."
    )
    second = first.replace("María-José", "compañera").replace("miércoles 25", "jueves 26")
    assert said(session, key) == {first, second}
    assert {text for _, text in shown.examples} == {first, second}
    left = session.execute(
        select(CampaignRecipient.woman_id, CampaignRecipient.reason).where(
            CampaignRecipient.reason.is_not(None)
        )
    ).one()
    assert tuple(left) == (none.id, "no_value")
    # What names her session is of no use after it.
    ends = {row.expires_at for row in session.scalars(select(OutboxMessage))}
    assert ends == {NOW + timedelta(days=2), NOW + timedelta(days=3)}


def test_of_two_groups_the_nearest_speaks(session: Database, key: PersonalKey, settings: Settings) -> None:
    """And to the women of a group it is that group, whatever else they attend."""
    woman, _, late = add_enrolled(session, key, number=1, starts_in=timedelta(days=4))
    group, soon = add_group(session, code="near", starts_in=timedelta(hours=8))
    group.place = "Biblioteca"
    enrolment.enrol(session, woman, group.id)
    session.flush()
    zone = settings.timezone

    def filled(made: Campaign) -> dict[str, str]:
        reader = variables.Reader(session, key, made, zone)
        return reader.fill([woman.id], NOW)[woman.id].values

    assert filled(make(session, EACH))["2"] == "Biblioteca"
    assert filled(make(session, EACH, wanted=Audience(group_id=late.group_id)))["2"] == "Casa de la Cultura"
    soon.cancelled_at = NOW
    for meeting in group.sessions:
        meeting.cancelled_at = NOW
    session.flush()
    assert filled(make(session, EACH))["2"] == "Casa de la Cultura"


def test_statements_follow_the_batches(session: Database, key: PersonalKey, settings: Settings) -> None:
    """Names and seats of fifty women cost what those of five do."""

    def cost(first: int, women: int) -> int:
        ids = [add_enrolled(session, key, number=first + n)[0].id for n in range(women)]
        reader = variables.Reader(session, key, make(session, EACH), settings.timezone)
        with counting(session) as statements:
            assert len(reader.fill(ids, NOW)) == women
        return len(statements)

    assert cost(0, 5) == cost(100, 20) == 2


def test_what_may_not_be_said(session: Database, key: PersonalKey) -> None:
    """P5: words that reveal, also those that stand in for a value; a part that is missing is named."""
    wrong: list[tuple[Given, str | None]] = [
        ({**EACH, "1": PerWoman(Hers.FIRST_NAME, "víctima")}, None),
        ({**EACH, "2": " "}, "variable_2"),
        ({**EACH, "2": "a\nb"}, "variable_2"),
        ({**EACH, "2": "a\u2028b"}, "variable_2"),
        ({**EACH, "2": "a\u00a0\u00a0\u00a0\u00a0b"}, "variable_2"),
        ({**EACH, "2": "\u200b"}, "variable_2"),
        ({**EACH, "1": PerWoman(Hers.FIRST_NAME, "\u200b")}, "variable_1"),
        ({**EACH, "2": "{{lugar}}"}, "variable_2"),
        ({"1": "a", "2": "b"}, "variable_3"),
    ]
    for given, field in wrong:
        with pytest.raises(CampaignError) as refused:
            make(session, given)
        assert refused.value.field == field


def test_a_session_needs_the_zone_of_its_programme(session: Database, key: PersonalKey) -> None:
    """A campaign that names a session is never handed over in the hours of another place."""
    add_enrolled(session, key)
    made = make(session, EACH)
    with pytest.raises(ValueError, match="time zone"):
        variables.Reader(session, key, made, None)
    campaigns.schedule(session, made, NOW)
    assert campaigns.run_due(session, key, NOW) == 0
    assert (made.state, made.pause_reason) == ("paused", "broken")


@pytest.mark.parametrize(
    ("preferred", "full", "name"),
    [("", "MARIA LOPEZ", "Maria"), ("Lupita", "Guadalupe Ruiz", "Lupita"), ("", "ruiz, ana", "Ana"),
     ("", "", ""), ("McKenna", "", "McKenna"), ("<b>", "", "b"), ("*", "", ""),
     ("", "LÓPEZ PÉREZ, ANA", "Ana"), ("", "MA. DEL CARMEN RUIZ", "María"),
     ("", "Ma Guadalupe Ruiz", "María"), ("Ma", "", "Ma"),
     ("", "María, ", "María"), ("", "Violeta Ruiz", "Violeta"), ("Refugio", "", "Refugio"),
     ("violencia", "Ana Ruiz", ""), ("", "Policía Municipal", "")],
)  # fmt: skip
def test_how_she_is_greeted(preferred: str, full: str, name: str) -> None:
    """By the name that she chose, written as names are; marks of a chat or a page are no name."""
    details = Details(preferred_name=preferred, full_name=full)
    assert variables.first_name(details).lower() == name.lower()


def test_fixed_words_are_stored_as_before(session: Database, key: PersonalKey) -> None:
    """So that campaigns from before her own values are read too."""
    assert variables.to_json({"1": "hoy"}) == '{"1": "hoy"}'
    assert variables.from_json(variables.to_json(EACH)) == EACH


@pytest.mark.parametrize(("letters", "fits"), [(100, True), (200, False)])
def test_what_whatsapp_finds_too_long_is_refused_where_it_is_typed(
    session: Database, letters: int, *, fits: bool
) -> None:
    """A text of 800 letters has room for two values of a hundred, and not for two of two hundred."""
    body = f"Hola. {'Ven con tu familia. ' * 40}{{{{1}}}} y también {{{{2}}}}. Gracias."
    given: Given = {"1": "a" * (letters - 10), "2": "b" * letters}
    if fits:
        assert len(campaigns.text_of(session, make(session, given, body))) <= 1024
        return
    with pytest.raises(CampaignError, match="letras") as refused:
        make(session, given, body)
    assert refused.value.field == "variable_2"


@pytest.mark.parametrize(
    ("name", "fixed", "leaves"),
    [
        ("Violeta Ruiz", "la Casa", True),
        ("Ma. Auxiliadora Ruiz", "la Casa", True),
        ("REFUGIO RUIZ", "la Casa", True),
        ("Rosa Ruiz", "la Casa", True),
        ("Rosa Ruiz", "el refugio", False),
        ("Violeta Ruiz", "el punto violeta", False),
    ],
)
def test_a_name_that_is_on_the_lists_keeps_nobody_out(
    session: Database, key: PersonalKey, settings: Settings, name: str, fixed: str, *, leaves: bool
) -> None:
    """P5: her own name is no word of ours; the same word anywhere else stops the message."""
    woman, _, _ = add_enrolled(session, key)
    registry.write_details(session, key, woman, Details(full_name=name))
    made = make(
        session, {"1": PerWoman(Hers.FIRST_NAME), "2": "la Casa"}, "Hola, {{1}}. Ven a {{2}}, por favor."
    )
    made.variables = variables.to_json({"1": PerWoman(Hers.FIRST_NAME), "2": fixed})
    campaigns.schedule(session, made, NOW)
    campaigns.run_due(session, key, NOW, settings=settings)
    session.execute(update(OutboxMessage).values(next_try_at=NOW))
    calls, _ = bulk.begin(session, key, settings, OutboxKind.CAMPAIGN, 5, NOW)
    assert len(calls) == leaves


def test_a_place_that_reveals_is_no_value(session: Database, key: PersonalKey, settings: Settings) -> None:
    """The gate would stop it for each woman: the preview says so, or other words stand there."""
    woman, _, first = add_enrolled(session, key)
    first.group.place = "Centro de Justicia"
    body = "Hola. Ven a {{1}}, por favor."
    made = make(session, {"1": PerWoman(Hers.PLACE)}, body)
    assert preview.preview(session, key, settings, made, NOW).reasons == {"no_value": 1}
    made.variables = variables.to_json({"1": PerWoman(Hers.PLACE, "tu grupo")})
    [(_, text)] = preview.preview(session, key, settings, made, NOW).examples
    assert text == "Hola. Ven a tu grupo, por favor."
    assert woman.id
