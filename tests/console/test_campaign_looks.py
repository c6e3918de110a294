"""A campaign from its audience to its confirmation by a second person, in a browser; the pages by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from looks import looking
from playwright.sync_api import expect
from sqlalchemy import select
from staffroom import enter

from models import Campaign as CampaignRow
from models import CampaignState, Role
from models import Programme as ProgrammeRow

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from looks import Screen
    from sqlalchemy.orm import Session as Database
    from staffroom import Browser, Programme

pytest_plugins = ("console_fixtures",)
pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(600)]


def test_from_audience_to_confirmation(
    app: Flask, session: Database, rosa: Browser, programme: Programme, database_url: str, tmp_path: Path
) -> None:
    """Conditions are added without loading the page and counted by themselves; another person approves."""
    session.scalars(select(ProgrammeRow)).one().approval_above = 2
    session.commit()
    eva = enter(app, session, Role.COORDINATOR, "eva")
    with looking(database_url, tmp_path, "campaigns") as looks:
        asked = [_asks(screen) for screen in looks.screens_of(rosa)]
        for screen, address in zip(looks.screens_of(eva), asked, strict=True):
            _approves(screen, address)
    session.expire_all()
    states = session.scalars(select(CampaignRow.state).where(CampaignRow.name.like("Feria %"))).all()
    assert states == [CampaignState.SCHEDULED] * 2
    assert programme.women


def _asks(screen: Screen) -> str:
    """Fill in a campaign with conditions, look at it, ask for a second person; return its address."""
    page = screen.page
    screen.opens("/programa/campanas/nueva")
    page.get_by_label("De quién es el dato 1").select_option("first_name")
    page.get_by_label("Texto", exact=True).fill("compañera")
    page.get_by_label("Agregar una condición de").select_option("municipality")
    page.get_by_role("button", name="Agregar", exact=True).click()
    expect(page.get_by_label("Vive en")).to_be_focused()
    expect(page.get_by_text("Falta llenar una condición")).to_be_visible()
    page.get_by_label("Vive en").select_option("14039")
    expect(page.get_by_text("3 mujeres cumplen las condiciones")).to_be_visible()
    page.get_by_role("button", name="Agregar otro grupo de condiciones").click()
    page.get_by_label("Ella cumple").nth(1).select_option("none")
    page.get_by_label("Agregar una condición de").nth(1).select_option("absent")
    page.get_by_role("button", name="Agregar", exact=True).nth(1).click()
    page.get_by_label("Veces que faltó, al menos").fill("2")
    expect(page.get_by_text("3 la reciben")).to_be_visible()
    # Whose count had shown before the last key is shown again after it.
    page.get_by_label("Nombre para el equipo").fill(f"Feria {screen.width}")
    assert page.get_by_label("Texto", exact=True).input_value() == "compañera"
    screen.holds("form")
    page.get_by_role("button", name="Ver cómo queda").last.click()
    expect(page.get_by_text("Ninguna de estas: faltó 2 veces o más.")).to_be_visible()
    screen.unfolds("details:not(.account)")
    screen.holds("preview")
    again = page.get_by_label("Sí quiero otra igual")
    if again.count():
        again.check()
    page.get_by_role("button", name="Pedir la aprobación").click()
    expect(page.get_by_text("espera aprobación")).to_be_visible()
    screen.holds("asked")
    return page.url


def _approves(screen: Screen, address: str) -> None:
    screen.page.goto(address)
    screen.holds("approval")
    screen.page.get_by_role("button", name="Aprobar: enviar a 3").click()
    expect(screen.page.get_by_text("Aprobaste la campaña")).to_be_visible()
    screen.holds("approved")
