"""The record's pages: filled in section by section, shown to its holder, refused without losing a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from staffroom import TOKEN, Browser, Programme, enter, once, open_case
from urllib3.filepost import encode_multipart_formdata

from models import OutboxMessage, OutgoingFile, Role, SealedFile
from outreach.casework import agreed, cases
from outreach.casework.case_state import read_state
from outreach.casework.record_fields import SECTIONS, SIGNS
from outreach.messages import conversation_state
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from datetime import tzinfo

    from flask import Flask
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Case
    from outreach.sealing.crypto import PersonalKey


pytest_plugins = ("console_fixtures",)
Fields = Mapping[str, str | list[str]]
WHY = "terminó mi turno"
KNOWN = re.compile(r'name="known" value="(\d+)"')


class Filing:
    """A case that Lucia has, and its record."""

    def __init__(self, session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
        self.session, self.key, self.lucia = session, key, lucia
        self.case: Case = open_case(session, key, programme.conversation)
        self.here = f"/casos/{self.case.id}"
        self.record = f"{self.here}/expediente"
        lucia.post(f"{self.here}/tomar", page=self.here)

    def html(self, path: str = "", who: Browser | None = None) -> str:
        """Return a page of the record as text, in one line."""
        answer = (who or self.lucia).get(f"{self.record}{path}")
        assert answer.status_code == 200, answer.location
        return " ".join(answer.get_data(as_text=True).split())

    def saves(self, section: str, fields: Fields, page: str | None = None) -> TestResponse:
        """Send a section's form, as its page came, or as an older one (`page`) did."""
        html = page or self.lucia.get(f"{self.record}/{section}").get_data(as_text=True)
        known, token = KNOWN.search(html), TOKEN.search(html)
        assert known
        assert token
        data = {"known": known[1], "csrf_token": token[1], **fields}
        return self.lucia.client.post(f"{self.record}/{section}", data=data)

    def adds(self, what: str, due: datetime, **fields: str) -> TestResponse:
        """Add a task for an hour of the installation."""
        local = due.astimezone(self.zone)
        given = {"day": local.date().isoformat(), "hour": local.strftime("%H:%M"), "once": once()} | fields
        return self.lucia.post(f"{self.here}/tareas", page=self.record, what=what, **given)

    @property
    def zone(self) -> tzinfo:
        """The installation's time zone."""
        found: tzinfo = self.lucia.client.application.extensions["avanza_settings"].timezone
        return found


@pytest.fixture
def filing(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> Filing:
    return Filing(session, key, lucia, programme)


def test_filled_in_and_shown(filing: Filing) -> None:
    """What she saves stands in the record and beside the conversation, with who and when."""
    assert texts.NOTHING in filing.html()
    told: Fields = {"what": "la amenaza", "types": ["sexual", "physical"], "relation": "former_partner"}
    answer = filing.saves("situacion", {**told, "town": "14039"})
    assert (answer.status_code, answer.location) == (302, f"{filing.record}#situacion")
    page = filing.html()
    for said in ("la amenaza", "Física", "Sexual", "Expareja", "Guadalajara", "Lucia Prueba, hoy"):
        assert said in page, said
    beside = " ".join(filing.lucia.get(filing.here).get_data(as_text=True).split())
    assert 'Lo que vive <span class="muted">Lucia Prueba, hoy' in beside
    assert "la amenaza" not in beside


REFUSED: tuple[tuple[str, Fields, str], ...] = (
    ("situacion", {"relation": "el vecino"}, texts.NOT_OF_THE_LIST),
    ("situacion", {"types": ["physical", "x"]}, texts.NOT_OF_THE_LIST),
    ("situacion", {"town": "99999"}, texts.NOT_OF_THE_LIST),
    ("situacion", {"age": "-3"}, texts.NO_NUMBER.format(most=110)),
    ("situacion", {"age": "²"}, texts.NO_NUMBER.format(most=110)),
    ("situacion", {"last_on": "ayer"}, texts.NO_DAY),
    ("situacion", {"what": "a" * 1201}, texts.TOO_LONG.format(most=1200)),
    ("aviso", {"decision": "told", "grounds": "lgdnna_12"}, texts.NO_REASON),
    ("aviso", {"decision": "told", "reason": "hay una niña en riesgo"}, texts.NO_GROUND),
)


def test_what_is_refused_comes_back(filing: Filing) -> None:
    """Nothing of a refused form is saved and nothing that she typed is lost."""
    for section, fields, problem in REFUSED:
        kept = {"told_to": "Fiscalía, folio 9"} if section == "aviso" else {"last_on": "2026-11-20"}
        given: Fields = {**kept, **fields}
        answer = filing.saves(section, given)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, fields
        assert problem in page, fields
        for name in given.keys() & {"last_on", "what", "told_to", "reason"}:
            assert str(given[name]) in page, name
        assert 'aria-invalid="true"' in page
    assert filing.html().count(texts.NOTHING) == len(SECTIONS)


def test_two_windows_show_both(filing: Filing) -> None:
    """A second window's saving is refused once, with what stands beside what she typed."""
    older = filing.lucia.get(f"{filing.record}/plan").get_data(as_text=True)
    filing.saves("plan", {"trust": "su hermana"})
    answer = filing.saves("plan", {"trust": "su vecina"}, older)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "su hermana" in page
    assert ">su vecina</textarea>" in page
    assert filing.saves("plan", {"trust": "su vecina"}, page).status_code == 302
    assert "su vecina" in filing.html()
    before = filing.html("/plan/cambios")
    assert before.index("su vecina") < before.index("su hermana")
    filing.lucia.post(
        f"{filing.record}/plan/regresar", page=f"{filing.record}/plan/cambios", known="2", version="1"
    )
    assert "su hermana" in filing.html()


def test_for_the_holder_alone(app: Flask, session: Database, team: str, filing: Filing) -> None:
    """P10: no page and no form of it for a colleague; what the former holder typed is shown to her."""
    filing.saves("plan", {"trust": "su hermana"})
    marta = enter(app, session, Role.CASEWORKER, "marta", team)
    assert marta.get(filing.record).status_code == 403
    marta.post(f"{filing.here}/abrir", page=filing.here, reason="Me pidió ayuda con el caso")
    for path in ("", "/plan", "/plan/cambios"):
        answer = marta.get(f"{filing.record}{path}")
        assert (answer.status_code, answer.location) == (302, filing.here)
    for path in (f"{filing.here}/panel/record", f"{filing.record}/otra", f"{filing.record}/violence"):
        assert marta.get(path).status_code == 404
    open_page = filing.lucia.get(f"{filing.record}/plan").get_data(as_text=True)
    filing.lucia.post(f"{filing.here}/dejar", page=filing.here, reason=WHY)
    answer = filing.saves("plan", {"trust": "su vecina"}, open_page)
    assert (answer.status_code, "su vecina" in answer.get_data(as_text=True)) == (409, True)
    marta.post(f"{filing.here}/tomar", page=filing.here)
    page = filing.html(who=marta)
    assert ("su hermana" in page, "su vecina" in page) == (True, False)


def test_the_supervisor_who_is_to_approve_reads_it(
    app: Flask, session: Database, team: str, filing: Filing
) -> None:
    """She reads what was done, and changes nothing of it."""
    sofia = enter(app, session, Role.SUPERVISOR, "sofia", team)
    filing.saves("cierre", {"reached": "ya vive con su hermana"})
    filing.lucia.post(
        f"{filing.here}/pedir-cierre", page=filing.here, outcome="attended", reason=WHY, heard=""
    )
    page = filing.html(who=sofia)
    assert "ya vive con su hermana" in page
    assert texts.READ_ONLY in page
    assert "<form" not in page.split('class="record"')[1].split("</main>")[0]
    assert sofia.get(f"{filing.record}/plan").status_code == 302


def _shown(page: str) -> str:
    """What a page says, without its tags and without its hours."""
    return re.sub(r"\d+:\d\d|<[^>]*>", " ", page.split('class="record"')[1])


def test_nothing_counts_danger_signs(filing: Filing) -> None:
    """No page adds them up: whatever is answered, the same figures stand on it."""
    none = _shown(filing.html())
    for answered, said in texts.choices("weapon").items():
        filing.saves("senales", dict.fromkeys(SIGNS, answered))
        every = _shown(filing.html())
        assert texts.NOTHING_SUMS in every
        assert every.count(said) >= len(SIGNS)
        assert re.findall(r"\d+", every) == re.findall(r"\d+", none)
    form = _shown(filing.html("/senales")).replace("da puntos", "")
    assert not re.search(r"punt(?:os|aje|uación)|riesgo (?:alto|medio|bajo)|nivel", form)


def test_what_the_thread_says_stands_in_it(
    filing: Filing, session: Database, key: PersonalKey, programme: Programme
) -> None:
    """Her yes, with her words, and the steps of the plan that the assistant told: nobody has to copy them."""
    now = datetime.now(UTC)
    state = conversation_state.read(key, programme.conversation)
    agreed.note_consent(session, key, state, given=True, said="sí, ábrelo por favor", at=now)
    cases.add_entry(session, key, filing.case, author="bot", text="*Paso 2:* deja con alguien", at=now)
    cases.add_entry(session, key, filing.case, author="woman", text="Paso 4: qué es", at=now)
    session.commit()
    page = filing.html()
    assert texts.THREAD_YES in page
    assert "«sí, ábrelo por favor»" in page
    told = page.split(texts.STEPS_TOLD)[1].split("</ul>")[0]
    assert re.findall("<li>(.*?)</li>", told) == [texts.FIELDS["plan"]["papers"]]


def test_tasks(filing: Filing) -> None:
    """A task stands in the record, in the list and among one's own; its hour alone is outside the seal."""
    due = datetime.now(UTC) + timedelta(hours=3)
    assert filing.adds("llamar a la abogada", due).status_code == 302
    filing.adds("pedir los papeles", due + timedelta(days=2))
    page = filing.html()
    assert page.index("llamar a la abogada") < page.index("pedir los papeles")
    mine = filing.lucia.get("/casos/tareas").get_data(as_text=True)
    assert mine.index("llamar a la abogada") < mine.index("pedir los papeles")
    assert "Tarea: " in filing.lucia.get("/casos/lista").get_data(as_text=True)
    assert "llamar" not in filing.lucia.get("/casos/lista").get_data(as_text=True)
    first, second = re.findall(r"/tareas/([0-9a-f-]{36})/mover", page)
    later = (due + timedelta(days=5)).astimezone(UTC)
    filing.lucia.post(
        f"{filing.here}/tareas/{first}/mover", page=filing.record, day=later.date().isoformat(), hour="10:00"
    )
    page = filing.html()
    assert page.index("pedir los papeles") < page.index("llamar a la abogada")
    done = filing.lucia.post(
        f"{filing.here}/tareas/{second}/terminar", page="/casos/tareas", how="done", listed="yes"
    )
    assert done.location == "/casos/tareas"
    dropped = filing.lucia.post(
        f"{filing.here}/tareas/{first}/terminar", page=filing.record, how="dropped", note=""
    )
    assert dropped.status_code == 302
    assert texts.WHY_DROPPED in filing.html()
    filing.lucia.post(
        f"{filing.here}/tareas/{first}/terminar", page=filing.record, how="dropped", note="ya no quiso"
    )
    page = filing.html()
    assert texts.NO_TASKS in page
    assert "quitada" in page
    assert "ya no quiso" in page
    assert texts.NO_TASKS_AT_ALL in filing.lucia.get("/casos/tareas").get_data(as_text=True)
    filing.session.rollback()
    filing.session.refresh(filing.case)
    assert read_state(filing.key, filing.case).follow_up_at is None


def test_a_refused_task_comes_back(filing: Filing) -> None:
    """An hour that is past, or none: her words stay in the form."""
    for due, fields in ((-1, {}), (1, {"hour": ""})):
        answer = filing.adds("llamar a la abogada", datetime.now(UTC) + timedelta(hours=due), **fields)
        assert answer.status_code == 422
        assert 'value="llamar a la abogada"' in answer.get_data(as_text=True)
    assert texts.NO_TASKS in filing.html()


def test_notes_stand_beside_and_not_among_her_words(filing: Filing) -> None:
    """A note is in the team's own box, the newest first, and in no line of the thread."""
    for text in ("su hermana sabe", "hablar el jueves"):
        filing.lucia.post(f"{filing.here}/notas", page=filing.here, text=text, once=once())
    html = filing.lucia.get(filing.here).get_data(as_text=True)
    ours = html.split('<details class="ours"')[1].split('<details class="panel"')[0]
    assert ours.index("hablar el jueves") < ours.index("su hermana sabe")
    assert html.count("hablar el jueves") == 1
    listed = filing.lucia.get(f"{filing.here}/notas", **{"X-Fragment": "1"}).get_data(as_text=True)
    assert "su hermana sabe" in listed
    assert (
        filing.lucia.post(f"{filing.here}/nota", page=filing.here, text="x", once=once()).status_code == 404
    )


def test_every_field_has_its_words() -> None:
    """Each section, field and option is named, and nothing is named that is not there."""
    assert texts.SECTIONS.keys() == texts.FIELDS.keys() == SECTIONS.keys()
    named = set()
    for section, fields in SECTIONS.items():
        assert texts.FIELDS[section].keys() == {field.name for field in fields}
        for field in fields:
            if field.choices:
                assert tuple(texts.choices(field.name)) == field.choices, field.name
                named.add(field.name)
    assert texts.CHOICES.keys() <= named


def test_a_note_carries_a_file_that_stays(filing: Filing, session: Database) -> None:
    """The file is sealed in the case and shown beside the note; nothing of it is on a way to her."""
    html = filing.lucia.get(filing.here).get_data(as_text=True)
    found = TOKEN.search(html)
    assert found
    fields = {"csrf_token": found[1], "once": once(), "text": "la orden de protección"}
    for content, status in ((b"", 422), (b"%PDF-1.7 orden", 302)):
        body, content_type = encode_multipart_formdata(
            {**fields, "file": ("orden.pdf", content, "application/pdf")}
        )
        answer = filing.lucia.client.post(f"{filing.here}/notas", data=body, content_type=content_type)
        assert answer.status_code == status
    ours = filing.lucia.get(f"{filing.here}/notas").get_data(as_text=True)
    assert "la orden de protección" in ours
    address = re.search(r'href="(/casos/[^"]+/archivo/[^"]+)"', ours)
    assert address
    assert filing.lucia.get(address[1]).data == b"%PDF-1.7 orden"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SealedFile)) == 1
    for table in (OutboxMessage, OutgoingFile):
        assert session.scalar(select(func.count()).select_from(table)) == 0
