"""Corrections (P9): every detail that the dialogue offers can be corrected, and is said back (P8)."""

from __future__ import annotations

import ast
import csv
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from people import NOW, add_woman

from outreach.ground import dates
from outreach.ground.settings import ROOT
from outreach.messages import conversation_state, inbox
from outreach.people import conversations, corrections, places, preferences, registry, second_number
from outreach.texts import herself as texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Conversation, Woman
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

VALUES = {
    "preferred_name": ("Lupita", "Lupita"),
    "full_name": ("Guadalupe Ruiz Soto", "Guadalupe Ruiz Soto"),
    "birth_date": ("1989-08-15", "15 de agosto de 1989"),
    "municipality": ("14101", "Tonalá"),
    "locality": ("Oblatos", "Oblatos"),
    "children": ("3", "3"),
    "axis": ("health", "salud"),
    "contact_hours": ("de 10 a 2", "de 10:00 a 2:00 de la tarde"),
    "phone_shared": ("yes", "otros también"),
    "curp": ("LOPM850714MJCPRR04", "LOPM850714MJCPRR04"),
    "phone": ("33 1234 5678", "CLAVE"),
}
UNREADABLE = {
    "preferred_name": "{33}",
    "full_name": "1234",
    "birth_date": "ayer",
    "municipality": "Atlántida",
    "locality": "x" * 81,
    "children": "muchos",
    "axis": "magia",
    "contact_hours": "quién sabe",
    "phone_shared": "quizá",
    "curp": "LOPM850714MJCPRR05",
    "phone": "12345",
}


def offered() -> set[str]:
    """The fields that the dialogue offers to correct, read from its file: its environment is apart."""
    source = ast.parse((ROOT / "bot/dialogue/lexicon.py").read_text(encoding="utf-8"))
    return {
        key.value
        for node in source.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id == "FIELDS" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def ask(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    woman: Woman,
    conversation: Conversation,
    value: str,
) -> corrections.Correction:
    state = conversation_state.read(key, conversation)
    return corrections.Correction(session, key, settings, conversation, state, woman, value, NOW)


def test_what_is_offered_can_be_corrected() -> None:
    """F11: two lists of fields, one truth."""
    assert offered() == corrections.FIELDS == set(VALUES) == set(texts.UPDATE_AGAIN)


@pytest.mark.parametrize("field", sorted(VALUES))
def test_a_correction_is_kept_and_said(
    session: Session, key: PersonalKey, settings: Settings, field: str
) -> None:
    """P8: what it changed it says, with the value; she is then its source."""
    woman, conversation = add_woman(session, key)
    value, said = VALUES[field]
    asked = ask(session, key, settings, woman, conversation, value)
    assert said in corrections.correct(field, asked)
    details = registry.read_details(key, woman)
    kept = {**vars(details), **vars(asked.state), "municipality": woman.municipality, "axis": woman.axis}
    if field in details.sources:
        assert details.sources[field].who == "herself"
        assert kept[field] in {value, "+523312345678"}
    else:
        assert kept["contact_from"] == "10:00" if field == "contact_hours" else kept["phone_shared"] is True


@pytest.mark.parametrize("field", sorted(UNREADABLE))
def test_what_can_not_be_read_is_asked_again_with_an_example(
    session: Session, key: PersonalKey, settings: Settings, field: str
) -> None:
    """Nothing is changed, and the question says how to write it."""
    woman, conversation = add_woman(session, key)
    before = registry.read_details(key, woman)
    with pytest.raises(corrections.UnreadableError) as again:
        corrections.correct(field, ask(session, key, settings, woman, conversation, UNREADABLE[field]))
    assert str(again.value) == texts.UPDATE_AGAIN[field]
    assert registry.read_details(key, woman) == before


def test_another_s_curp_is_not_told_apart(session: Session, key: PersonalKey, settings: Settings) -> None:
    """Whose a CURP is can't be found out by trying it: the answer is that to a wrong one."""
    other, _ = add_woman(session, key, 1)
    details = registry.read_details(key, other)
    details.curp = "LOPM850714MJCPRR04"
    registry.write_details(session, key, other, details)
    woman, conversation = add_woman(session, key, 2)
    with pytest.raises(corrections.UnreadableError, match="CURP"):
        corrections.correct("curp", ask(session, key, settings, woman, conversation, "LOPM850714MJCPRR04"))


class Numbers:
    """A woman who names a second number, and whoever has it."""

    def __init__(self, session: Session, key: PersonalKey) -> None:
        self.session, self.key = session, key
        self.woman, self.first = add_woman(session, key, 1)

    def name(self, number: str = "3340010002", at: datetime = NOW) -> str:
        """Have her name a number; return the code."""
        return second_number.propose(self.session, self.key, self.first, self.woman, number, at)

    def send(self, code: str, at: datetime = NOW, number: str = "3340010002") -> bool:
        """Have a number send a code; say whether it was joined."""
        other = inbox.conversation_of(self.session, self.key, f"whatsapp:+52{number}", at)
        state = conversation_state.read(self.key, other)
        joined = second_number.confirm(self.session, self.key, other, state, code, at)
        conversation_state.write(self.key, other, state)
        self.session.flush()
        return joined

    def holder(self, number: str = "3340010002") -> Woman | None:
        """Return whose record a number opens."""
        return registry.woman_by_phone(self.session, self.key, number)


def test_naming_a_number_opens_nothing(session: Session, key: PersonalKey) -> None:
    """Whoever holds her phone may name his own: until it sends the code it sees and gets nothing."""
    numbers = Numbers(session, key)
    numbers.name()
    assert numbers.holder() is None
    found = conversations.of_woman(session, numbers.woman.id)
    assert found is numbers.first


def test_the_code_from_that_number_joins_it(session: Session, key: PersonalKey) -> None:
    """Her will not to be written to goes with her; a code serves once."""
    numbers = Numbers(session, key)
    code = numbers.name()
    preferences.opt_out(session, numbers.first, NOW)
    assert numbers.send(code)
    assert numbers.holder() is numbers.woman
    other = inbox.conversation_of(session, key, "whatsapp:+523340010002", NOW)
    assert other.opted_out_at is not None
    assert not numbers.send(code)


def test_a_code_is_guessed_five_times_and_lasts_a_day(session: Session, key: PersonalKey) -> None:
    numbers = Numbers(session, key)
    code = numbers.name()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert not numbers.send(code, NOW + timedelta(days=1, minutes=1))
    code = numbers.name()
    assert not any(numbers.send(wrong) for _ in range(5))
    assert not numbers.send(code)
    assert numbers.holder() is None


def test_a_number_of_another_woman_is_never_taken(session: Session, key: PersonalKey) -> None:
    """Nobody's conversation moves to another record, and the answer does not tell that it is somebody's."""
    numbers = Numbers(session, key)
    other, conversation = add_woman(session, key, 2)
    code = numbers.name("3300000002")
    assert not numbers.send(code, number="3300000002")
    assert conversation.woman_id == other.id


def test_a_number_named_anew_leaves_the_first(session: Session, key: PersonalKey) -> None:
    """A typing error is corrected: the first number's code is worth nothing, and its row is gone."""
    numbers = Numbers(session, key)
    code = numbers.name("3340010003")
    numbers.name("3340010002")
    assert not numbers.send(code, number="3340010003")


@pytest.mark.parametrize(
    ("text", "code"),
    [("CLAVE 123456", "123456"), ("clave: 123456.", "123456"), ("Mi código 123456", "123456"),
     ("123456", None),
     ("la clave es 123456 y ayúdame", None), ("CLAVE 12345", None)],
)  # fmt: skip
def test_what_is_a_code(text: str, code: str | None) -> None:
    assert second_number.code_in(text) == code


def test_she_is_of_age_on_her_birthday_in_jalisco(
    session: Session, key: PersonalKey, settings: Settings
) -> None:
    """F12: at nine in the evening before it the day in London is her birthday already."""
    evening = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    today = dates.today(settings.timezone, evening)
    assert today == date(2026, 11, 23)
    assert registry.age_on("2008-11-24", today) == 17
    with pytest.raises(registry.DetailError):
        registry.check_birth_date("2026-11-24", today)


def test_one_age_of_majority() -> None:
    """The dialogue's environment is apart: its figure is held equal to ours."""
    bot = (ROOT / "bot/dialogue/ages.py").read_text(encoding="utf-8")
    assert f"ADULT = {dates.ADULT_AGE}\n" in bot


def test_other_names_of_places_are_those_of_the_dialogue() -> None:
    with (ROOT / "bot/components/extract/municipalities.csv").open(encoding="utf-8", newline="") as file:
        theirs = {row["code"]: row["also"] for row in csv.DictReader(file) if row["also"]}
    with places.FILE.open(encoding="utf-8", newline="") as file:
        ours = {row["code"]: row["also"] for row in csv.DictReader(file)}
    assert ours == theirs
