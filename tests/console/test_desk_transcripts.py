"""What a voice note is heard to say, under its player at the desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from files_support import VOICE, she_sends
from staffroom import Browser, Programme, open_case

from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


@pytest.fixture
def case(session: Database, key: PersonalKey, team: str, programme: Programme) -> Case:
    assert team
    return open_case(session, key, programme.conversation)


def she_says(session: Database, key: PersonalKey, case: Case, text: str, heard: str | None) -> None:
    more = {"heard": heard} if heard else {}
    she_sends(session, key, case, "voice", VOICE, "audio/ogg", text, **more)


def test_a_transcript_is_marked_as_one(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """P8: it may be wrong, and that stands under it; so does where it is doubtful."""
    she_says(session, key, case, "no puedo <b>ir</b>", "clear")
    she_says(session, key, case, "a noche me pedlo", "unsure")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert "no puedo &lt;b&gt;ir&lt;/b&gt;" in page
    assert texts.HEARD["clear"] in page
    assert texts.HEARD["unsure"] in page
    assert page.index("<audio") < page.index("no puedo")


def test_she_who_heard_it_sets_it_right(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """Her words stand there, with her name; the program's can still be read."""
    she_says(session, key, case, "a noche me pedlo", "clear")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert texts.CORRECT not in page  # nobody has it yet
    lucia.post(f"/casos/{case.id}/tomar", f"/casos/{case.id}")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    where = re.search(r'action="(/casos/[^"]+/transcripcion/\d+)"', page)
    assert where is not None
    assert lucia.post(where[1], f"/casos/{case.id}", text="anoche me pegó").status_code == 302
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert "anoche me pegó" in page
    assert texts.CORRECTED_BY in page
    assert "a noche me pedlo" in page
    assert texts.HEARD["clear"] not in page


def test_an_empty_one_is_refused(session: Database, key: PersonalKey, lucia: Browser, case: Case) -> None:
    """What stood there stays."""
    she_says(session, key, case, "", None)
    lucia.post(f"/casos/{case.id}/tomar", f"/casos/{case.id}")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert texts.WRITE_DOWN in page
    where = re.search(r'action="(/casos/[^"]+/transcripcion/\d+)"', page)
    assert where is not None
    lucia.post(where[1], f"/casos/{case.id}", text=" ")
    assert texts.TRANSCRIPT_EMPTY in lucia.get(f"/casos/{case.id}").get_data(as_text=True)
