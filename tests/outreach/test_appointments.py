"""What she meets when nobody is there: the honest line, a number that answers now, and the hour she picks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from at_desk import lines_of, sit_down
from desk_support import case_of, worker_of
from people import NOW, add_enrolled
from sqlalchemy import select, update
from test_consent import apply

from models import HelpResource
from outreach.casework import appointments, cases, roster, taking
from outreach.casework.case_state import write_state
from outreach.messages import conversation_state
from outreach.people.contact_hours import read_hours
from outreach.programme import answers
from outreach.sealing import vault
from outreach.texts import safety
from outreach.turns.effects import OpenCase, RequestPerson, SetContactHours

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Case, Conversation
    from outreach.casework.case_state import CaseState
    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

ZONE = ZoneInfo("America/Mexico_City")


class Home:
    """A woman with an open case that nobody has, and the team that may read it."""

    def __init__(self, session: Session, key: PersonalKey, settings: Settings) -> None:
        self.session, self.key, self.settings = session, key, settings
        self.recovery = vault.make_team(session, "Atención")
        self.lucia: Caseworker = worker_of(session, key, self.recovery, "lucia", NOW)
        _, self.conversation, _ = add_enrolled(session, key)
        self.case: Case = case_of(session, key, self.conversation, NOW)

    def says_hours(self, words: str) -> str:
        """Let her say when she may be written to; return what she reads."""
        return apply(self.session, self.key, self.settings, self.conversation, SetContactHours(words=words))

    def state(self) -> CaseState:
        """Return what the server knows of her case."""
        self.session.refresh(self.case)
        return cases.read_state(self.key, self.case)


@pytest.fixture
def home(session: Session, key: PersonalKey, settings: Settings) -> Home:
    return Home(session, key, settings)


@pytest.mark.parametrize(
    ("words", "at", "kept"),
    [
        # NOW is a Monday in Jalisco, at noon.
        ("los jueves de 10 a 2", (26, 10), "jueves, de 10:00 a 2:00 de la tarde"),
        ("de 10 a 2", (23, 12), "todos los días, de 10:00 a 2:00 de la tarde"),
        ("en la mañana", (24, 8), "todos los días, de 8:00 a 12:00"),
        ("los lunes de 8 a 10", (30, 8), "lunes, de 8:00 a 10:00"),
        ("en la noche", (23, 18), "todos los días, de 6:00 de la tarde a 10:00 de la noche"),
        ("fines de semana", (28, 7), "sábado y domingo, de 7:00 de la mañana a 9:00 de la noche"),
    ],
)
def test_the_hour_that_she_picks_stands_in_her_case(
    home: Home, words: str, at: tuple[int, int], kept: str
) -> None:
    """Her days and hours, also late ones; said back, and in the sealed thread."""
    said = home.says_hours(words)
    assert said.startswith("Anotado: te escribimos")
    state = home.state()
    assert state.appointment_at is not None
    moment = datetime.fromisoformat(state.appointment_at)
    local = moment.astimezone(ZONE)
    assert (local.day, local.hour) == at
    assert state.appointment_words == kept
    assert (
        lines_of(home.session, home.lucia, home.case)[-1].text
        == f"Ella dijo cuándo le pueden escribir: {kept}."
    )


def test_another_hour_takes_the_place_of_the_first(home: Home) -> None:
    """P9: she corrects it in one message."""
    home.says_hours("los jueves de 10 a 2")
    home.says_hours("mejor los viernes de 4 a 6")
    assert home.state().appointment_words == "viernes, de 4:00 de la tarde a 6:00 de la tarde"


def test_her_words_are_not_in_the_state(home: Home) -> None:
    """P4: what the server can read holds hours and days, never why."""
    home.says_hours("los martes en la mañana, cuando él se va al rancho")
    state = home.state()
    assert state.appointment_words == "martes, de 8:00 a 12:00"
    assert "rancho" not in str(state)


@pytest.mark.parametrize("words", ["cuando no esté", "no sé", "hola", ""])
def test_what_cannot_be_read_is_asked_once_more(home: Home, words: str) -> None:
    """Nothing is guessed: at a wrong hour another may read."""
    assert "¿De qué hora a qué hora" in home.says_hours(words)
    assert home.state().appointment_at is None


def test_without_a_waiting_case_only_her_hours_are_kept(home: Home) -> None:
    """Taken by a person, closed by her, or no case at all: she reads the same, and no case changes."""
    told = home.says_hours("de 10 a 2")
    for change in ("taken", "closed by her", "closed"):
        state = home.state()
        state.appointment_at = state.appointment_words = None
        write_state(home.key, home.case, state)
        if change == "taken":
            taking.take(home.session, home.lucia, home.case.id, NOW)
        elif change == "closed by her":
            state.closed_by_her = NOW.isoformat()
            write_state(home.key, home.case, state)
        else:
            home.case.is_open = False
        home.session.flush()
        assert home.says_hours("de 10 a 2") == told
        assert home.state().appointment_at is None, change
    private = conversation_state.read(home.key, home.conversation)
    private.case_id = None
    conversation_state.write(home.key, home.conversation, private)
    assert home.says_hours("de 10 a 2") == told


def test_under_cover_nobody_picks_an_hour_in_her_case(home: Home) -> None:
    """Whoever holds the phone may say hours: a preference like any other, no appointment."""
    private = conversation_state.read(home.key, home.conversation)
    private.cover, private.cover_since = True, NOW.isoformat()
    conversation_state.write(home.key, home.conversation, private)
    assert home.says_hours("de 10 a 2").startswith("Anotado")
    assert home.state().appointment_at is None


def test_the_clock_may_change_in_between() -> None:
    """In a zone with summer time an hour of hers stays the hour on her wall."""
    zone = ZoneInfo("America/Tijuana")
    hours = read_hours("los lunes de 10 a 2")
    assert hours is not None
    moment = appointments.next_moment(hours, zone, datetime(2026, 10, 27, 12, tzinfo=UTC))
    assert moment.astimezone(zone).hour == 10
    assert moment == datetime(2026, 11, 2, 18, tzinfo=UTC)


def _opens(home: Home, conversation: Conversation) -> str:
    effect = OpenCase(urgency="support", about="violence")
    return apply(home.session, home.key, home.settings, conversation, effect)


def test_nobody_there_and_a_number_that_answers_now(home: Home) -> None:
    """P8: nobody is there, 911, and one line that answers day and night."""
    said = _opens(home, home.conversation)
    assert said.startswith(safety.CASE_OPEN_OFF_SHIFT)
    assert "911" in said
    assert "(a toda hora)" in said
    assert said.count("También") == 1


def test_a_line_with_hours_is_not_given_at_night(home: Home) -> None:
    """What does not answer now is no help now: it is left out, and where all have hours 911 stands alone."""
    home.session.execute(update(HelpResource).values(hours="de 9 a 5"))
    assert _opens(home, home.conversation) == safety.CASE_OPEN_OFF_SHIFT
    row = home.session.scalars(select(HelpResource).where(HelpResource.code == "cjm")).one()
    row.hours = "las 24 horas"
    assert "33 3668 1880" in _opens(home, home.conversation)
    found = answers.best_help(home.session, "violence", None, NOW)
    assert found is not None
    assert found.code != "cjm"


def test_with_somebody_there_no_number_is_added(home: Home) -> None:
    """P8: where somebody is at the desk she is told that, as before."""
    sit_down(home.session, home.lucia.staff, NOW)
    roster.start_shift(home.session, home.lucia.staff, 8, NOW)
    assert _opens(home, home.conversation) == safety.CASE_OPEN_ON_SHIFT


def test_who_asks_for_a_person_reads_no_line_for_violence(home: Home) -> None:
    """P5: she has said nothing of violence; 911 as any bot may say it, and no question."""
    for reason in ("asked", "complaint", "seat"):
        said = apply(home.session, home.key, home.settings, home.conversation, RequestPerson(reason=reason))
        assert "no hay nadie del equipo en turno" in said
        assert "VIOLETA" not in said
        assert "?" not in said


def test_an_hour_in_the_past_comes_again(home: Home) -> None:
    """Whatever the hour now is, the moment is never in the past and never more than eight days away."""
    hours = read_hours("los miércoles de 10 a 11")
    assert hours is not None
    for step in range(24 * 8):
        now = NOW + timedelta(hours=step)
        moment = appointments.next_moment(hours, ZONE, now)
        assert now <= moment < now + timedelta(days=8)
        assert moment.astimezone(ZONE).weekday() == 2
