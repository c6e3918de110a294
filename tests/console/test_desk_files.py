"""Her files at the desk: only for who may open the case, never as what they call themselves (P4, P10)."""

from __future__ import annotations

import tempfile
import uuid
from typing import TYPE_CHECKING

import pytest
from files_support import SVG, VOICE, picture, she_sends
from sqlalchemy import func, select
from staffroom import Browser, Programme, open_case

from models import AuditEvent
from outreach.casework import files
from outreach.staff.audit import Action
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session as Database

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def case(session: Database, key: PersonalKey, team: str, programme: Programme) -> Case:
    return open_case(session, key, programme.conversation)


def _looks(session: Database) -> int:
    session.rollback()
    query = select(func.count()).where(AuditEvent.action == Action.DESK_MEDIA)
    return session.scalar(query) or 0


def test_a_voice_note_is_heard_piece_by_piece(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """Whole or by range, kept in no cache, under a type of ours, recorded as one look."""
    file_id = she_sends(session, key, case, "voice", VOICE, "text/html")
    where = f"/casos/{case.id}/archivo/{file_id}"
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert f'<audio controls controlslist="nodownload" preload="none" src="{where}"' in page
    whole = lucia.get(where)
    assert (whole.status_code, whole.data, whole.mimetype) == (200, VOICE, "audio/ogg")
    assert whole.headers["Cache-Control"] == "no-store"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole.headers["Content-Disposition"] == "inline; filename=archivo.ogg"
    part = lucia.get(where, Range="bytes=10-19")
    assert (part.status_code, part.data) == (206, VOICE[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(VOICE)}"
    assert _looks(session) == 1


def test_a_picture_is_shown_without_what_rides_with_it(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """Drawn anew; it opens by a press, so that nobody who passes the desk sees an injury."""
    content = picture()
    assert b"MarcaDeTelefono" in content
    file_id = she_sends(session, key, case, "image", content, "image/jpeg")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert "<summary>Ver la imagen</summary>" in page
    shown = lucia.get(f"/casos/{case.id}/archivo/{file_id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert b"MarcaDeTelefono" not in shown.data


@pytest.mark.parametrize(
    ("content", "declared", "ending"),
    [
        (SVG, "image/svg+xml", "bin"),
        (SVG, "image/jpeg", "bin"),
        (b"<html><script>alert(1)</script>", "audio/ogg", "bin"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "image/jpeg", "jpg"),
        (b"%PDF-1.7", "application/pdf", "pdf"),
    ],
)
def test_anything_else_is_bytes(
    session: Database,
    key: PersonalKey,
    lucia: Browser,
    case: Case,
    content: bytes,
    declared: str,
    ending: str,
) -> None:
    """P10: what could run in a page is a download that no program opens; its name says nothing."""
    file_id = she_sends(session, key, case, "document", content, declared)
    given = lucia.get(f"/casos/{case.id}/archivo/{file_id}")
    assert (given.status_code, given.mimetype, given.data) == (200, "application/octet-stream", content)
    assert given.headers["Content-Disposition"] == f"attachment; filename=archivo.{ending}"


def test_a_download_says_that_its_copy_stays(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    file_id = she_sends(session, key, case, "document", b"%PDF-1.7" + bytes(5000), "application/pdf")
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert f'href="/casos/{case.id}/archivo/{file_id}" download>Descargar (pdf, 5 kB)</a>' in page
    assert texts.STAYS_HERE in page


def test_on_its_way_here_and_not_to_be_had(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """P8: what is not here is said, with what to do; its place is asked for again until it is."""
    file_id = she_sends(session, key, case, "voice", None, "audio/ogg")
    where = f"/casos/{case.id}/archivo/{file_id}"
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert f'data-live="{where}/estado" data-on="case"' in page
    first = lucia.get(f"{where}/estado", **FRAGMENT)
    assert texts.WAITING in first.get_data(as_text=True)
    assert lucia.get(where).status_code == 404
    seen = {**FRAGMENT, "X-Seen": first.headers["X-Version"]}
    assert lucia.get(f"{where}/estado", **seen).status_code == 204
    files.failed(session, file_id, "audio/ogg", "too_large")
    session.commit()
    assert texts.FAILED["too_large"] in lucia.get(f"{where}/estado", **seen).get_data(as_text=True)
    files.keep(session, file_id, VOICE, "audio/ogg")
    session.commit()
    assert "<audio" in lucia.get(f"{where}/estado", **seen).get_data(as_text=True)
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert f"{where}/estado" not in page


def test_who_gets_in(
    app: Flask, session: Database, key: PersonalKey, lucia: Browser, rosa: Browser, ana: Browser, case: Case
) -> None:
    """P10: other roles and another case get what a page that never was gives.

    Another team's caseworkers: `tests/outreach/test_desk_verbs.py`, as for every look.
    """
    file_id = she_sends(session, key, case, "voice", VOICE)
    nothing = f"/casos/{case.id}/archivo/{uuid.uuid4()}"
    for path in (f"/casos/{case.id}/archivo/{file_id}", nothing):
        for ending in ("", "/estado"):
            for browser in (rosa, ana):
                assert browser.get(path + ending, **FRAGMENT).status_code == 404
    for ending in ("", "/estado"):
        assert lucia.get(f"/casos/{uuid.uuid4()}/archivo/{file_id}{ending}").status_code == 404
        assert lucia.get(nothing + ending).status_code == 404
    assert app.test_client().get(f"/casos/{case.id}/archivo/{file_id}").status_code == 302
    assert _looks(session) == 0


def test_nothing_is_written_beside_the_database(
    session: Database, key: PersonalKey, lucia: Browser, case: Case,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """P4: neither a voice note nor a picture passes through a temporary file: here none can be made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    for kind, content in (("voice", VOICE + bytes(2_000_000)), ("image", picture())):
        file_id = she_sends(session, key, case, kind, content)
        assert lucia.get(f"/casos/{case.id}/archivo/{file_id}").status_code == 200
