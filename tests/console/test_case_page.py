"""One conversation's page: its thread in parts, its panels, its two boxes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from staffroom import Browser, Programme, open_case

from console.desk import case_page, panels
from outreach.casework import cases
from outreach.messages import conversation_state
from outreach.sealing import vault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
LINE = re.compile(r"línea (\d+)\.")


@pytest.fixture
def long(
    session: Database, key: PersonalKey, programme: Programme, lucia: Browser, monkeypatch: pytest.MonkeyPatch
) -> Case:
    """A case with more lines than a page begins with."""
    monkeypatch.setattr(case_page, "NEWEST", 10)
    case = open_case(session, key, programme.conversation)
    for number in range(28):
        cases.woman_wrote(session, key, case.id, f"línea {number}.", datetime.now(UTC))
    session.commit()
    return case


def _lines(browser: Browser, path: str) -> list[int]:
    return [int(number) for number in LINE.findall(browser.get(path).get_data(as_text=True))]


def test_a_page_begins_with_the_newest_lines(
    lucia: Browser, long: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a thread is, a page unseals what it shows; what is before it comes on asking."""
    opened: list[bytes] = []
    unseal = vault.unseal

    def counted(keyring: bytes, sealed: bytes) -> dict[str, Any]:
        opened.append(sealed)
        return unseal(keyring, sealed)

    monkeypatch.setattr(vault, "unseal", counted)
    here = f"/casos/{long.id}"
    assert _lines(lucia, here) == list(range(18, 28))
    assert len(opened) <= 10 + 2  # a line before the first, and whose case it is
    page = lucia.get(here).get_data(as_text=True)
    link = re.search(r'href="([^"]+)" data-earlier="(\d+)"', page)
    assert link
    assert _lines(lucia, link[1]) == list(range(8, 28))
    before, seen = int(link[2]), list(range(18, 28))
    while before > 1:
        answer = lucia.get(f"{here}/hilo?antes={before}")
        seen = [int(number) for number in LINE.findall(answer.get_data(as_text=True))] + seen
        before = int(answer.headers["X-First"])
    assert seen == list(range(28))
    assert "data-earlier" not in lucia.get(f"{here}?antes=2").get_data(as_text=True)


def test_a_day_is_named_once(session: Database, key: PersonalKey, lucia: Browser, long: Case) -> None:
    """Lines that are added say the day only where it is another than that of the line before."""
    here = f"/casos/{long.id}"
    assert lucia.get(here).get_data(as_text=True).count('class="day"') == 1
    last = lucia.get(f"{here}/hilo?desde=0").headers["X-Last"]
    cases.woman_wrote(session, key, long.id, "y otra", datetime.now(UTC))
    session.commit()
    added = lucia.get(f"{here}/hilo?desde={last}").get_data(as_text=True)
    assert "y otra" in added
    assert 'class="day"' not in added


def test_a_panel_answers_where_its_page_shows_it(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """P10: a panel that is not on the page is not there by its address either."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    state = conversation_state.read(key, programme.conversation)
    state.language = "wixárika"
    conversation_state.write(key, programme.conversation, state)
    session.commit()
    assert "wixárika" in lucia.get(here).get_data(as_text=True)
    answer = lucia.get(f"{here}/panel/contact")
    assert "wixárika" in answer.get_data(as_text=True)
    assert lucia.get(f"{here}/panel/contact", **{"X-Seen": answer.headers["X-Version"]}).status_code == 204
    assert lucia.get(f"{here}/panel/nada").status_code == 404
    assert lucia.get(f"{here}/panel/person").status_code == 404
    lucia.post(f"{here}/tomar", page=here)
    assert lucia.get(f"{here}/panel/person").status_code == 200


def test_every_panel_has_its_template_and_a_name_of_its_own() -> None:
    assert panels.PANELS.keys() >= {"contact", "person"}
    with pytest.raises(ValueError, match="contact"):
        panels.panel("contact", title="Otra", order=1, shown=lambda _page: True)(lambda _page: {})


def test_the_two_boxes_are_not_alike(
    session: Database, key: PersonalKey, lucia: Browser, programme: Programme
) -> None:
    """Her box and the team's stand in other places, under other names, and the browser completes neither."""
    here = f"/casos/{open_case(session, key, programme.conversation).id}"
    assert "Le escribes a ella" not in lucia.get(here).get_data(as_text=True)
    lucia.post(f"{here}/tomar", page=here)
    page = lucia.get(here).get_data(as_text=True)
    thread, beside = page.split('<aside class="side"')
    assert 'id="reply"' in thread
    assert 'id="note"' in beside
    assert "Le escribes a ella" in thread
    assert "Solo el equipo" in beside
    for box in re.findall(r"<textarea[^>]*>", page):
        assert 'autocomplete="off"' in box
