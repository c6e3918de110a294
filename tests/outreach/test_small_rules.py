"""Small pure rules: addresses, hours, choices, the reveal check, food security, effects, cover."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.ground import addresses, dates
from outreach.messages import cover_state, reveal
from outreach.messages.conversation_state import Choice, PrivateState
from outreach.messages.inbox import Incoming, Kind
from outreach.people import food_security, registry
from outreach.people.contact_hours import days_in_words, read_hours
from outreach.turns import cover, effects, handlers, offered_replies, turn_context
from outreach.turns.commands import Command, command_in

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
OFFERED = [Choice("Sí, quiero", "/affirm"), Choice("No", "/deny"), Choice("Otra cosa", "/ask_menu")]


def incoming(text: str, payload: str | None = None) -> Incoming:
    return Incoming(uuid.uuid4(), "SM1", Kind.TEXT, text, payload, None, (), None, None, NOW)


@given(st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
def test_every_form_of_a_number_is_one(digits: str) -> None:
    """+52, +521 and the bare ten digits are one woman."""
    expected = f"+52{digits}"
    assert addresses.canonical(f"whatsapp:+52{digits}") == expected
    assert addresses.canonical(f"whatsapp:+521{digits}") == expected
    assert addresses.from_national(digits) == f"whatsapp:{expected}"


@pytest.mark.parametrize("bad", ["", "whatsapp:", "+523312345678", "whatsapp:+52", "whatsapp:+52abc"])
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(addresses.AddressError):
        addresses.canonical(bad)


def test_a_user_id_is_an_address_too() -> None:
    """Since 2026 a channel may hide the number behind its own user id."""
    assert addresses.canonical("whatsapp:MX.abc123") == "MX.abc123"


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("de 10 a 2", ("10:00", "14:00")),
        ("entre las 4 y las 7", ("16:00", "19:00")),
        ("en la tarde", ("13:00", "19:00")),
        ("en la noche", ("18:00", "22:00")),
        ("no en la noche, mejor en la mañana", ("08:00", "12:00")),
        ("no me escriban en la noche", None),
        ("en las mañanas", ("08:00", "12:00")),
        ("después de las 5", ("17:00", "21:00")),
        ("antes de las 12", ("07:00", "12:00")),
        ("a cualquier hora", ("07:00", "21:00")),
        ("9am a 1pm", ("09:00", "13:00")),
        ("9:30 a 11", ("09:30", "11:00")),
        ("cuando se pueda quien sabe", None),
        ("de 25 a 30", None),
        ("como a las 5", ("17:00", "18:00")),
        ("mañana a las 10", ("10:00", "11:00")),
        ("a las 8 de la noche", ("20:00", "21:00")),
        ("a las cinco y media", ("17:30", "18:30")),
        ("de nueve a dos", ("09:00", "14:00")),
        ("a medio dia", ("12:00", "15:00")),
        ("a las 30", None),
    ],
)
def test_hours_in_her_words(words: str, span: tuple[str, str] | None) -> None:
    """What is certain is read, what is not is asked; "no" turns nothing around."""
    read = read_hours(words)
    assert (read and (read.start, read.end)) == span


@pytest.mark.parametrize(
    ("words", "days", "start"),
    [
        ("entre semana despues de las 5", {0, 1, 2, 3, 4}, "17:00"),
        ("nomas los savados", {5}, "07:00"),
        ("los fines de semana en la mañana", {5, 6}, "08:00"),
        ("lunes miercoles y biernes de 10 a 2", {0, 2, 4}, "10:00"),
        ("de lunes a juebes", {0, 1, 2, 3}, "07:00"),
        ("de viernes a lunes", {4, 5, 6, 0}, "07:00"),
        ("a cualquier hora menos los domingos", {0, 1, 2, 3, 4, 5}, "07:00"),
        ("los domingos no", {0, 1, 2, 3, 4, 5}, "07:00"),
        ("en la tarde pero no los martes", {0, 2, 3, 4, 5, 6}, "13:00"),
        ("a cualquier hora", set(range(7)), "07:00"),
    ],
)
def test_days_in_her_words(words: str, days: set[int], start: str | None) -> None:
    """Which days she may be written to; a refusal of days is no wish for them."""
    read = read_hours(words)
    assert (read.start if read else None) == start
    assert (set(read.days) if read else set()) == days


def test_days_are_told_back_in_words() -> None:
    """She reads what was understood."""
    assert days_in_words(frozenset(range(7))) == "todos los días"
    assert days_in_words(frozenset(range(5))) == "de lunes a viernes"
    assert days_in_words(frozenset({5})) == "sábado"
    assert days_in_words(frozenset({0, 2, 4})) == "lunes, miércoles y viernes"


@pytest.mark.parametrize("text", ["2", "la dos", "si quiero", "NO", "grupo 2", "/deny", ""])
def test_what_she_types_is_no_tap(text: str) -> None:
    """Free text is the dialogue's to read, a typed command too; it is told what is on offer."""
    assert offered_replies.tapped(incoming(text), OFFERED) is None
    state = PrivateState(choices=OFFERED[:1], older=[Choice("Grupo 1", "/choose_group")])
    assert offered_replies.told(state) == {
        "offered": [{"title": "Sí, quiero", "payload": "/affirm"}],
        "older": [{"title": "Grupo 1", "payload": "/choose_group"}],
    }


def test_old_buttons_are_no_commands() -> None:
    """P9: pressing an old button, or forging one, does nothing that is not on offer."""
    assert offered_replies.tapped(incoming("Sí", payload="/open_case"), OFFERED) is None
    assert offered_replies.tapped(incoming("Sí", payload="/affirm"), OFFERED) == "/affirm"
    assert (
        offered_replies.tapped(incoming("Sí voy", payload="/confirm_attendance"), []) == "/confirm_attendance"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tu cita con la psicóloga es mañana", "Llama al 911", "Violencia", "el CJM te espera",
        "Centro de Justicia", "Marca al 33 1415 1002", "la trabajadora social te busca", "SISEMH",
    ],
)  # fmt: skip
def test_revealing_texts_are_found(text: str) -> None:
    """P5: a text that names or hints is stopped."""
    assert reveal.revealing_words(text)


def test_neutral_texts_pass() -> None:
    """P5: what is sent without her asking passes its own check."""
    for text in (
        "Hola. Tu taller es mañana a las 10:00 en Casa de la Cultura. ¿Vas a venir?",
        "Corte y costura, armado de cajas, casona de la colonia. Confidencialidad de datos.",
    ):
        assert reveal.revealing_words(text) == []


@pytest.mark.parametrize(
    ("yes", "minors", "expected"),
    [
        (0, False, "seguridad"), (1, False, "leve"), (2, False, "leve"), (3, False, "moderada"),
        (4, False, "moderada"), (5, False, "severa"), (6, False, "severa"),
        (0, True, "seguridad"), (3, True, "leve"), (4, True, "moderada"), (7, True, "moderada"),
        (8, True, "severa"), (12, True, "severa"),
    ],
)  # fmt: skip
def test_emsa_grades_as_coneval_does(yes: int, minors: bool, expected: str) -> None:
    asked = food_security.ADULTS + (food_security.MINORS if minors else ())
    answers = {question: "yes" if n < yes else "no" for n, question in enumerate(asked)}
    assert food_security.grade(answers) == expected


def test_no_answer_is_not_a_no() -> None:
    """A missing answer leaves her without a grade instead of a better one."""
    answers = dict.fromkeys(food_security.ADULTS, "no") | {"q3": "none"}
    assert food_security.grade(answers) is None


def test_every_effect_is_handled() -> None:
    """The closed list is closed on both ends: every kind but the receipt has its handler."""
    assert handlers
    kinds = set(effects.KINDS.values()) - {effects.Receipt}
    assert turn_context.handled_kinds() == kinds


@pytest.mark.parametrize(
    "bad",
    [
        {"effect": "drop_tables"},
        {"effect": "open_case"},
        {"effect": "opt_out", "extra": 1},
        {"effect": "record_consent", "kind": "privacy", "given": "perhaps"},
        {"effect": ["opt_out"]},
        {},
    ],
)
def test_what_is_not_in_the_list_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(effects.UnknownEffectError):
        effects.parse(bad)


@pytest.mark.parametrize(
    ("curp", "valid"),
    [
        ("SABC560626MDFLRN01", True), ("HEGG560427MVZRRL04", True), ("BOXW310820HNERXN09", True),
        ("LOPM850714MJCPRR04", True), ("RAGA020315MJCMRNA4", True), ("lopm 850714 mjcprr 04", True),
        ("SABC560626MDFLRN09", False), ("HEGG560427MVZRRL03", False), ("MARR890512HCSRYR09", False),
    ],
)  # fmt: skip
def test_curp_check_digits(curp: str, valid: bool) -> None:
    """Vectors of `docs/domain`: some famous examples have a decorative last digit."""
    if valid:
        assert registry.check_curp(curp) == curp.replace(" ", "").upper()
    else:
        with pytest.raises(registry.DetailError):
            registry.check_curp(curp)


def test_only_her_word_counts() -> None:
    """P9: her word brings the thread back however she types it; after many misses nothing does."""
    state = PrivateState()
    for no_word in ("sí", "no quiero", "12345", "ayúdame por favor me está pegando"):
        assert not cover.set_word(state, no_word)
    assert cover.set_word(state, "Flor de Mayo")
    assert state.word_hash is not None
    assert "flor" not in state.word_hash
    assert cover.is_word(state, "flor de mayo", NOW)
    assert not cover.is_word(state, "flor de abril", NOW)
    for _ in range(cover.MOST_MISSES):
        cover.is_word(state, "otra cosa", NOW)
    assert not cover.is_word(state, "flor de mayo", NOW)
    assert cover.is_word(state, "flor de mayo", NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    "text",
    [
        "ya llegó",
        "Ya yego mi marido",
        "ahi viene",
        "salir",
        "🙈",
        "🙈🙈🙈🙈",
        "no puedo",
        "aquí está",
        "BAJA",
    ],
)
def test_what_hides_is_never_a_word(text: str) -> None:
    """P9: he may come in just while she is asked for it."""
    state = PrivateState()
    assert not cover.set_word(state, text)
    assert state.word_hash is None


def test_hiding_ends_the_question_for_a_word() -> None:
    """P9: what is written after she hid may be another's, and is no word of hers."""
    state = PrivateState(word_expected=True)
    cover.enter(state, NOW)
    assert not state.word_expected


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("salir", Command.HIDE),
        ("ya llegó mi marido", Command.HIDE),
        ("Ahí viene!!", Command.HIDE),
        ("🤫", Command.HIDE),
        ("ya llegó la patrulla", None),
        ("😊", None),
        ("aquí está mi dirección", None),
        ("baja", Command.STOP),
    ],
)
def test_what_orders_while_a_person_reads(text: str, ordered: Command | None) -> None:
    """P9: she hides from him in few words; what she tells her caseworker hides nothing."""
    assert command_in(text) is ordered


def _covered_after(word: str | None, waited: timedelta, case_id: str | None = None) -> bool:
    state = PrivateState(case_id=case_id)
    if word is not None:
        cover.set_word(state, word)
    cover.enter(state, NOW)
    cover_state.end_if_worn_out(state, 12, NOW + waited)
    return state.cover


def test_cover_ends_by_itself_after_a_silence() -> None:
    """P9: nobody is shut out for ever; with her own word a week, with a case until a person looks."""
    assert _covered_after(None, timedelta(hours=11))
    assert not _covered_after(None, timedelta(hours=13))
    assert _covered_after("flor de mayo", timedelta(days=6))
    assert not _covered_after("flor de mayo", timedelta(days=8))
    assert _covered_after(None, timedelta(days=9), "a-case")


def test_whoever_writes_under_cover_prolongs_it() -> None:
    """P9: the silence counts, not the time since she hid."""
    state = PrivateState()
    cover.enter(state, NOW)
    cover_state.heard(state, NOW + timedelta(hours=10))
    cover_state.end_if_worn_out(state, 12, NOW + timedelta(hours=13))
    assert state.cover
    cover_state.end_if_worn_out(state, 12, NOW + timedelta(hours=23))
    assert not state.cover


@pytest.mark.parametrize("written", ["girasol", "Girasol", "GIRASOL.", "jirasol", " girasol ", "gira sol"])
def test_without_a_word_of_her_own_the_way_back_is_one(written: str) -> None:
    """P9: the word beside every "salir", in any spelling, however often something else was tried."""
    state = PrivateState()
    cover.enter(state, NOW)
    for _ in range(cover.MOST_MISSES + 2):
        assert not cover.comes_back(state, "tijera", NOW)
    assert cover.comes_back(state, written, NOW)


def test_with_a_word_of_her_own_only_that_one_is() -> None:
    """P9: what everybody is shown opens nothing then, nor can it be chosen."""
    state = PrivateState()
    assert not cover.set_word(state, "girasol")
    assert cover.set_word(state, "canela fina")
    cover.enter(state, NOW)
    assert not cover.comes_back(state, "girasol", NOW)
    assert cover.comes_back(state, "Canela fina!", NOW)


def test_the_way_back_still_holds_after_the_silence_and_never_before_she_hid() -> None:
    """P9: she may come later than cover lasts; a word that nobody was asked for means nothing."""
    state = PrivateState()
    assert not cover.comes_back(state, "girasol", NOW)
    cover.enter(state, NOW)
    cover_state.end_if_worn_out(state, 12, NOW + timedelta(days=1))
    assert not state.cover
    assert cover.comes_back(state, "girasol", NOW)
    cover_state.leave(state)
    assert not cover.comes_back(state, "girasol", NOW)


@pytest.mark.parametrize(
    "written", ["el girasol de la clase", "girasoles y rosas", "hola girasol", "volver", "salir"]
)
def test_what_only_holds_the_way_back_is_none(written: str) -> None:
    state = PrivateState()
    cover.enter(state, NOW)
    assert not cover.comes_back(state, written, NOW)


def test_without_a_word_nothing_else_is_one() -> None:
    assert not cover.is_word(PrivateState(), "nobody has set a word", NOW)


def test_business_days() -> None:
    """LGPDPPSO counts business days: twenty of them are four weeks, more with days of rest."""
    assert dates.business_days_after(date(2026, 11, 23), 20) == date(2026, 12, 21)
    assert dates.business_days_after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert dates.business_days_after(date(2026, 11, 27), 20) == date(
        2026, 12, 28
    )  # 25 December is no business day
    assert dates.business_days_after(date(2030, 9, 30), 1) == date(2030, 10, 2)  # the President's day
    assert dates.business_days_after(date(2026, 11, 23), 1, {date(2026, 11, 24)}) == date(2026, 11, 25)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_business_days_never_end_on_a_day_of_rest(start: date, days: int) -> None:
    """Each further day is later, and none is a Saturday, a Sunday or a federal day of rest."""
    end = dates.business_days_after(start, days)
    assert end >= start
    assert days == 0 or dates.is_business_day(end)
    assert dates.business_days_after(start, days + 1) > end


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("00:30", "0:30"),
        ("07:05", "7:05"),
        ("12:00", "12:00"),
        ("13:00", "1:00 de la tarde"),
        ("18:59", "6:59 de la tarde"),
        ("19:00", "7:00 de la noche"),
        ("23:15", "11:15 de la noche"),
    ],
)
def test_hours_are_said_as_people_say_them(hour: str, said: str) -> None:
    """She reads no clock of 24 hours."""
    assert dates.clock(time.fromisoformat(hour)) == said


def test_a_moment_in_the_afternoon() -> None:
    """One o'clock has its own article, also in the afternoon."""
    zone = ZoneInfo("America/Mexico_City")
    now = datetime(2026, 11, 23, 9, tzinfo=zone)
    assert dates.day_and_hour(now.replace(hour=13), zone, now) == "hoy a la 1:00 de la tarde"
    assert dates.day_and_hour(now.replace(day=24, hour=16), zone, now) == "mañana a las 4:00 de la tarde"
    assert dates.birthday(date(1989, 8, 15)) == "15 de agosto de 1989"
