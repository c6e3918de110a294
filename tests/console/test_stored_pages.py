"""The desk's pages about a text that has not left, words that may give her away, and steps under cover."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from staffroom import Browser, Programme, once, open_case

from console import words
from models import OutboxMessage, OutboxState, Template, TemplateState
from outreach.casework import cases
from outreach.messages import conversation_state, outbox, templates

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database
    from werkzeug.test import TestResponse

    from models import Case
    from outreach.sealing.crypto import PersonalKey

pytest_plugins = ("console_fixtures",)
TEXT = "Te cuento mañana en el taller"
BUTTON = re.compile(r'formaction="(/casos/[^"]+/guardado/[^"]+/(?:enviar|quitar))"')


class Page:
    """A conversation that Lucia holds."""

    def __init__(self, session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> None:
        self.session, self.key, self.lucia, self.programme = session, key, lucia, programme
        self.case: Case = open_case(session, key, programme.conversation)
        self.here = f"/casos/{self.case.id}"
        self.does("tomar")

    def does(self, step: str, **fields: str) -> TestResponse:
        """Send a form of the page."""
        return self.lucia.post(f"{self.here}/{step}", page=self.here, **fields)

    def html(self) -> str:
        """The page."""
        return self.lucia.get(self.here).get_data(as_text=True)

    def sent(self) -> list[str]:
        """What went to the outbox."""
        self.session.rollback()
        rows = self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq))
        return [outbox.read_content(self.key, row).body for row in rows]

    def shut(self) -> None:
        """Let a day pass since her last word."""
        self.programme.conversation.last_inbound_at = datetime.now(UTC) - timedelta(hours=25)
        self.session.add(self.programme.conversation)
        self.session.commit()

    def private(self, **changes: object) -> None:
        """Change what is known of her conversation."""
        self.session.rollback()
        self.session.refresh(self.programme.conversation)
        state = conversation_state.read(self.key, self.programme.conversation)
        for name, value in changes.items():
            setattr(state, name, value)
        conversation_state.write(self.key, self.programme.conversation, state)
        self.session.commit()

    def pending(self) -> str | None:
        """The text that waits."""
        self.session.rollback()
        self.session.refresh(self.case)
        waits = cases.read_state(self.key, self.case).pending
        return waits.text if waits else None


@pytest.fixture
def page(session: Database, key: PersonalKey, lucia: Browser, programme: Programme) -> Page:
    return Page(session, key, lucia, programme)


def _in_an_hour() -> str:
    return (datetime.now(UTC) - timedelta(hours=6) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")


def test_stored_until_she_answers(page: Page) -> None:
    """With the window shut the box stores; the text is shown as not sent, and thrown away by its button."""
    page.shut()
    assert words.STORE_WITH_CARE in page.html()
    assert words.STORE_REPLACES not in page.html()
    assert words.REVEALS_SHARED not in page.html()
    page.private(phone_shared=True)
    assert words.REVEALS_SHARED in page.html()
    assert "Enviar</button>" not in page.html()
    page.does("guardar-texto", text=TEXT, once=once())
    assert page.pending() == TEXT
    html = page.html()
    assert words.HELD["answer"] in html
    assert words.STORE_REPLACES in html
    buttons = BUTTON.findall(html)
    assert [path.rsplit("/", 1)[1] for path in buttons] == ["quitar"]
    page.lucia.post(buttons[0], page=page.here)
    assert page.pending() is None
    assert words.HELD["answer"] not in page.html()
    assert page.sent() == []


def test_stored_for_an_hour(page: Page) -> None:
    """The hour is one of the installation's clock; it can be sent at once instead."""
    page.does("guardar-texto", text=TEXT, at=_in_an_hour(), once=once())
    assert page.pending() == TEXT
    send, _ = BUTTON.findall(page.html())
    page.lucia.post(send, page=page.here)
    assert (page.sent(), page.pending()) == ([TEXT], None)
    assert "ya se envió o se quitó" in page.lucia.client.post(
        send, data={"csrf_token": _token(page)}, follow_redirects=True
    ).get_data(as_text=True)


def _token(page: Page) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.html())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("guardar-texto", {"text": TEXT}, "Ella escribió hace poco"),
        ("guardar-texto", {"text": TEXT, "at": "mañana"}, words.BAD_HOUR),
        ("guardar-texto", {"text": TEXT, "at": "2026-01-01T10:00"}, "Elige una hora de los próximos 7 días"),
        ("guardar-texto", {"text": "a" * 1001, "at": "2099-01-01T10:00"}, "lleva hasta 1,000 letras"),
        ("guardar-texto", {"text": " ", "at": "2099-01-01T10:00"}, words.EMPTY_TEXT),
        ("responder", {"text": TEXT, "at": "2099-01-01T10:00"}, words.HOUR_GIVEN),
    ],
)
def test_what_can_not_be_stored_comes_back(page: Page, step: str, fields: dict[str, str], said: str) -> None:
    """Nothing is sent or waits, by Enter in the hour neither; why is said, her words are in the box."""
    answer = page.does(step, once=once(), **fields)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert said in html
    assert fields["text"] in html
    assert (page.sent(), page.pending()) == ([], None)


def test_an_hour_outside_hers_needs_a_yes(page: Page) -> None:
    """She set other days: said, and stored only where the two of them agreed; the hour is still there."""
    at = _in_an_hour()
    weekday = datetime.fromisoformat(at).weekday()
    page.private(contact_days=[(weekday + 3) % 7])
    refused = page.does("guardar-texto", text=TEXT, at=at, once=once())
    assert "fuera de las que ella pidió" in refused.get_data(as_text=True)
    assert at in refused.get_data(as_text=True)
    page.does("guardar-texto", text=TEXT, at=at, agreed="y", once=once())
    assert page.pending() == TEXT


def test_each_text_that_cover_held_back(page: Page) -> None:
    """Under cover the box says that it only keeps; then each is sent or thrown away by itself."""
    page.private(cover=True, cover_since=datetime.now(UTC).isoformat())
    page.does("responder", text="uno, denuncia", once=once())
    page.does("responder", text="dos", once=once())
    html = page.html()
    assert html.count(words.HELD["cover"]) >= 2
    assert [path.rsplit("/", 1)[1] for path in BUTTON.findall(html)] == ["quitar", "quitar"]
    page.lucia.post(BUTTON.findall(html)[0], page=page.here)
    page.private(cover=False)
    send, _ = BUTTON.findall(page.html())
    page.lucia.post(send, page=page.here)
    assert page.sent() == ["dos"]


def test_under_cover_with_the_window_shut_she_can_still_write(page: Page) -> None:
    page.shut()
    page.private(cover=True, cover_since=datetime.now(UTC).isoformat())
    assert "Lo que escribas se queda guardado aquí" in page.html()
    assert page.does("responder", text="uno", once=once()).status_code == 302
    assert words.HELD["cover"] in page.html()


def test_a_page_that_is_open_learns_that_she_hides(page: Page) -> None:
    """P8: its box says where a text goes, so the page is loaded again when that changes."""
    part = f"{page.here}/hilo?desde=0"
    assert page.lucia.get(part).headers["X-Mode"] == "mine"
    page.private(cover=True, cover_since=datetime.now(UTC).isoformat())
    assert page.lucia.get(part).headers["X-Mode"] == "mine covered"
    assert 'data-mode="mine covered"' in page.html()


def test_what_a_step_does_is_asked_before_it(page: Page) -> None:
    """P8: under cover handing back and closing say what becomes of her; without it closing alone asks."""
    asks = re.compile(r'(?:form="f-back"|/cerrar")[^>]*data-confirm="([^"]+)"')
    plain = asks.findall(page.html())
    assert plain == ["¿Cerrar el caso? El asistente volverá a responder."]
    page.private(cover=True, cover_since=datetime.now(UTC).isoformat())
    page.does("responder", text="uno", once=once())
    back, close = asks.findall(page.html())
    assert "solo de talleres" in back
    assert "tras 12 horas sin mensajes" in close
    assert "ya no se envían" in close
    part = page.lucia.get(f"{page.here}/hilo?desde=0").get_data(as_text=True)
    assert back in part


def test_words_that_may_give_her_away(page: Page) -> None:
    """P5: named while she types, and once before they leave; then it is hers to say."""
    typed = {
        "case": str(page.case.id),
        "box": "reply",
        "text": "La Denuncia y el refugio",
        "once": once(),
    }
    shown = page.lucia.post("/casos/borrador", page=page.here, **typed).get_data(as_text=True)
    assert "«Denuncia»" in shown
    warned = re.search(r'name="warned" value="([^"]+)"', shown)
    assert warned
    note = page.lucia.post("/casos/borrador", page=page.here, **(typed | {"box": "note"}))
    assert (note.status_code, note.data) == (204, b"")
    refused = page.does("responder", text=typed["text"], once=once())
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Revisa las palabras marcadas" in html
    assert "«refugio»" in html
    assert 'name="warned"' in html
    assert page.sent() == []
    half = page.does("responder", text=typed["text"], warned="denunci", once=once())
    assert half.status_code == 422
    page.does("responder", text=typed["text"], warned=warned[1], once=once())
    assert page.sent() == [typed["text"]]


def test_a_harmless_text_is_sent_at_once(page: Page) -> None:
    for text in (TEXT, "Armando cajas, casos aparte"):
        assert page.does("responder", text=text, once=once()).status_code == 302
    assert len(page.sent()) == 2


def test_what_is_stored_is_looked_at_too(page: Page) -> None:
    """It leaves without anybody's having read her answer: its words are warned of before."""
    page.shut()
    assert page.does("guardar-texto", text="Ve a la policía", once=once()).status_code == 422
    page.does("guardar-texto", text="Ve a la policía", warned="policia", once=once())
    assert page.pending() == "Ve a la policía"


@pytest.fixture
def neutral(session: Database) -> Template:
    """The neutral template, approved."""
    found = templates.by_name(session, templates.INVITATION)
    assert found is not None
    found.state, found.content_sid = TemplateState.APPROVED, "HX1"
    session.commit()
    return found


def test_the_neutral_template_goes_once_a_day(page: Page, neutral: Template) -> None:
    """A second one would only trouble her; where the first one failed, or after her answer, it goes again."""
    page.shut()
    for _ in range(2):
        page.does("aviso")
    assert len(page.sent()) == 1
    assert "espera a que conteste" in page.html()
    assert 'action="' + page.here + '/aviso"' not in page.html()
    row = page.session.scalars(select(OutboxMessage)).one()
    row.state, row.reason = OutboxState.UNDELIVERED, "unreachable"
    page.session.commit()
    page.does("aviso")
    assert len(page.sent()) == 2
    cases.woman_wrote(page.session, page.key, page.case.id, "aquí estoy", datetime.now(UTC))
    page.session.commit()
    page.shut()
    page.does("aviso")
    assert len(page.sent()) == 3


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (OutboxState.QUEUED, None, "en camino"),
        (OutboxState.SENT, None, "enviado"),
        (OutboxState.READ, None, "leído"),
        (OutboxState.FAILED, "unreachable", "no salió"),
        (OutboxState.IN_DOUBT, "in_doubt", "por confirmar"),
        (OutboxState.UNDELIVERED, "blocked", "no llegó"),
        (OutboxState.SUPPRESSED, "reveals", "no se envió: modo oculto"),
        (OutboxState.SUPPRESSED, "window_closed", "no se envió: pasaron 24 horas"),
        (OutboxState.SUPPRESSED, "something_new", "no se envió"),
    ],
)
def test_what_became_of_an_answer(page: Page, state: OutboxState, reason: str | None, said: str) -> None:
    """Every end is said in words, and why it was not sent where a caseworker can do something about it."""
    page.does("responder", text=TEXT, once=once())
    row = page.session.scalars(select(OutboxMessage)).one()
    row.state, row.reason = state, reason
    page.session.commit()
    shown = re.search(rf'<span data-outbox="{row.id}">(.*?)</span>', page.html(), re.DOTALL)
    assert shown
    assert re.sub(r"<[^>]+>", "", shown[1]).strip() == said
