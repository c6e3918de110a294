"""A caseworker's file through the page: sent once, refused with its reason, by nobody else (P7, P10)."""

from __future__ import annotations

import tempfile
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from files_support import VOICE, picture
from sqlalchemy import func, select
from staffroom import TOKEN, Browser, Programme, enter, open_case
from urllib3.filepost import encode_multipart_formdata

from models import AuditEvent, OutboxMessage, OutgoingFile, Role
from outreach.casework import sending_files
from outreach.casework.opened import NotYoursError
from outreach.messages import conversation_state, outbox
from outreach.staff.audit import Action
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)


@pytest.fixture
def case(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> Case:
    """A case that Lucia holds."""
    made = open_case(session, key, programme.conversation)
    lucia.post(f"/casos/{made.id}/tomar", page=f"/casos/{made.id}")
    return made


def sends(
    browser: Browser, case: Case, content: bytes | None, name: str = "denuncia penal.ogg", *,
    once: str = "", text: str = "",
) -> TestResponse:  # fmt: skip
    """Choose a file and press the button."""
    here = f"/casos/{case.id}"
    found = TOKEN.search(browser.get(here).get_data(as_text=True))
    assert found
    fields: dict[str, Any] = {"csrf_token": found[1], "once": once or str(uuid.uuid4()), "text": text}
    if content is not None:
        fields["file"] = (name, content, "audio/ogg")
    # Put together here: werkzeug's own client writes what is large into a temporary file.
    body, content_type = encode_multipart_formdata(fields)
    return browser.client.post(f"{here}/mandar-archivo", data=body, content_type=content_type)


def waiting(session: Database) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(OutgoingFile)) or 0


def test_sent_once_under_a_plain_name(
    session: Database, key: PersonalKey, lucia: Browser, case: Case
) -> None:
    """P5: what it was called stays with her; the same form twice sends one; one event in the audit each."""
    once = str(uuid.uuid4())
    for _ in range(2):
        assert sends(lucia, case, VOICE, once=once, text="Escúchalo a solas").status_code == 302
    assert waiting(session) == 1
    content = outbox.read_content(key, session.scalars(select(OutboxMessage)).one())
    assert (content.body, content.file_name, content.confidential) == ("Escúchalo a solas", "audio.ogg", True)
    page = lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    assert "Escúchalo a solas" in page
    assert "denuncia" not in page
    query = select(func.count()).where(AuditEvent.action == Action.DESK_FILE_SENT)
    assert session.scalar(query) == 2


@pytest.mark.parametrize(
    ("content", "why"), [(None, texts.EMPTY), (b"", texts.EMPTY), (b"MZ" + bytes(50), texts.NOT_SENDABLE)]
)
def test_refused_with_its_reason(
    session: Database, lucia: Browser, case: Case, content: bytes | None, why: str
) -> None:
    """What she typed beside it comes back."""
    answer = sends(lucia, case, content, text="mira esto")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, why in page, 'value="mira esto"' in page) == (422, True, True)
    assert waiting(session) == 0


def test_far_too_large(session: Database, lucia: Browser, case: Case) -> None:
    """It is not even read; the page says so."""
    assert sends(lucia, case, bytes(sending_files.LARGEST + 200_000)).status_code == 413
    assert waiting(session) == 0


def test_by_nobody_else(
    app: Flask, session: Database, team: str, rosa: Browser, lucia: Browser, case: Case
) -> None:
    """P7: a colleague who does not hold it is refused; a coordinator finds no such page."""
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    assert sends(marta, case, VOICE).status_code == 403
    marta.post(f"/casos/{case.id}/abrir", page=f"/casos/{case.id}", reason="me pide ayuda")
    answer = sends(marta, case, VOICE)
    assert answer.status_code == 422
    assert str(NotYoursError.__doc__) in answer.get_data(as_text=True)
    assert rosa.client.post(f"/casos/{case.id}/mandar-archivo").status_code in {400, 404}
    assert waiting(session) == 0


def test_under_cover_it_is_not_offered_and_not_sent(
    session: Database, key: PersonalKey, lucia: Browser, case: Case, programme: Programme
) -> None:
    """P5: a file on the screen of whoever holds her phone would tell."""
    private = conversation_state.read(key, programme.conversation)
    private.cover = True
    conversation_state.write(key, programme.conversation, private)
    session.commit()
    assert "mandar-archivo" not in lucia.get(f"/casos/{case.id}").get_data(as_text=True)
    answer = sends(lucia, case, VOICE)
    assert (answer.status_code, texts.NOT_UNDER_COVER in answer.get_data(as_text=True)) == (422, True)
    assert waiting(session) == 0


def test_nothing_of_it_is_on_a_disk(
    session: Database, lucia: Browser, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P4: what is sent passes through no temporary file, however large: here none can be made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    for content in (VOICE + bytes(3_000_000), picture()):
        assert sends(lucia, case, content).status_code == 302
    assert waiting(session) == 2
