"""The page that asks why a colleague's conversation is opened, and what its supervisor sees of that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from staffroom import CANARY, Browser, Programme, enter, once, open_case

from models import Role

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FRAGMENT = {"X-Fragment": "1"}
WHY = "Lucía me pidió ayuda con ella"


@pytest.fixture
def here(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> str:
    """Return the address of a case that Lucia has."""
    path = f"/casos/{open_case(session, key, programme.conversation).id}"
    lucia.post(f"{path}/tomar", page=path)
    return path


@pytest.fixture
def marta(app: Flask, session: Database, team: str) -> Browser:
    return enter(app, session, Role.CASEWORKER, "marta", team)


@pytest.fixture
def sofia(app: Flask, session: Database, team: str) -> Browser:
    return enter(app, session, Role.SUPERVISOR, "sofia", team)


def test_it_is_asked_for_and_then_open(here: str, lucia: Browser, marta: Browser) -> None:
    """P10: without a reason nothing of her stands on the page; with one the thread does, and who saw it."""
    asked = marta.get(here)
    html = asked.get_data(as_text=True)
    assert asked.status_code == 403
    assert CANARY not in html
    assert "Esta conversación la tiene Lucia Prueba" in html
    refused = marta.post(f"{here}/abrir", page=here, reason="nada")
    assert refused.status_code == 302
    assert "Escribe el motivo" in marta.get(here).get_data(as_text=True)
    marta.post(f"{here}/abrir", page=here, reason=WHY)
    opened = marta.get(here)
    html = opened.get_data(as_text=True)
    assert opened.status_code == 200
    assert CANARY in html
    assert f"Motivo: {WHY}" in html
    assert "Quién la ha visto" not in html
    mine = lucia.get(here).get_data(as_text=True)
    assert "Quién la ha visto" in mine
    assert "Marta Prueba</strong> · abrió con motivo una conversación" in mine


def test_its_parts_give_nothing(here: str, marta: Browser) -> None:
    """P10: neither the thread nor a panel by itself; the page that asks is told to load again."""
    for part in ("hilo", "hilo?desde=0", "hilo?antes=9", "panel/contact", "panel/seen"):
        answer = marta.get(f"{here}/{part}", **FRAGMENT)
        assert (answer.status_code, answer.headers.get("X-Mode"), answer.data) == (204, "glass", b"")
        assert marta.get(f"{here}/{part}").status_code == 403


def test_what_was_typed_meanwhile_comes_back(here: str, marta: Browser) -> None:
    """An answer, sent when a colleague had just taken the conversation, stands on the page that asks."""
    answer = marta.post(f"{here}/responder", page=here, text="¿puedes hablar?", once=once())
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "¿puedes hablar?" in html
    assert CANARY not in html


def test_a_note_is_kept(here: str, lucia: Browser, marta: Browser) -> None:
    """A note shows nothing of the case to her who writes it, and its holder reads it."""
    answer = marta.post(f"{here}/notas", page=here, text="llamar a su hermana", once=once())
    assert answer.status_code == 302
    assert CANARY not in marta.get(answer.location).get_data(as_text=True)
    assert "llamar a su hermana" in lucia.get(here).get_data(as_text=True)


def test_the_supervisor_reviews(here: str, marta: Browser, sofia: Browser) -> None:
    """She is told what a colleague opened, gives a reason herself, and notes that she has seen it."""
    marta.post(f"{here}/abrir", page=here, reason=WHY)
    assert "Aperturas (1)" in sofia.get("/casos").get_data(as_text=True)
    asked = sofia.get(here).get_data(as_text=True)
    assert 'value="Revisión"' in asked
    assert CANARY not in asked
    sofia.post(f"{here}/abrir", page=here, reason="Revisión")
    assert "Quién la ha visto" in sofia.get(here).get_data(as_text=True)
    page = sofia.get("/aperturas").get_data(as_text=True)
    assert WHY in page
    assert "la abriste tú" in page
    assert CANARY not in page
    form = re.search(r'action="(/aperturas/[^"]+)"', page)
    assert form is not None
    sofia.post(form[1], page="/aperturas")
    after = sofia.get("/aperturas").get_data(as_text=True)
    assert "la vio Sofia Prueba" in after
    assert "Aperturas (" not in after
    assert "Esa apertura ya la había visto alguien" in (
        sofia.get(sofia.post(form[1], page=here).location).get_data(as_text=True)
    )


def test_openings_are_for_supervisors(here: str, marta: Browser) -> None:
    """P10: a caseworker has no such page, and her pages do not count them."""
    marta.post(f"{here}/abrir", page=here, reason=WHY)
    assert marta.get("/aperturas").status_code == 404
    assert "Aperturas" not in marta.get("/casos").get_data(as_text=True)
