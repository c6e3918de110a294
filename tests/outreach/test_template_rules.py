"""Properties of the rules of templates: what passes here passes at Twilio, and no value breaks a message."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from models import Template
from outreach.ground.words import visible
from outreach.messages import outbox
from outreach.messages import templates_own as own
from outreach.messages import templates_rules as rules
from outreach.messages.conversation_state import Choice
from outreach.messages.outbox import Content
from outreach.messages.templates_rules import Wording
from simulator import contents
from simulator.nouns import Approval
from simulator.nouns import Content as AtTwilio

PIECES = st.sampled_from(
    ["hola", "tu", "taller", "ñandú", "{{1}}", "{{2}}", "{{3}}", "{{10}}", " ", "\n", ".", ",", "¿", "{", "}"]
)
BODIES = st.lists(PIECES, max_size=14).map("".join)
VALUES = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from(" \t\n\r\u2028\u00a0\u200b\u3164\u0000")), max_size=60
)


def wording(body: str, **changes: object) -> Wording:
    numbers = rules.numbers_in(body)
    given: dict[str, object] = {
        "name": "aviso_uno",
        "body": body,
        "samples": {number: f"ejemplo {number}" for number in numbers},
        "names": {number: f"parte {number}" for number in numbers},
    }
    return Wording(**(given | changes))  # type: ignore[arg-type] # a test's own mapping


def at_twilio(given: Wording) -> AtTwilio:
    """The template as the stand-in keeps it, which judges as WhatsApp does."""
    kind = "twilio/quick-reply" if given.buttons else "twilio/text"
    spec: dict[str, object] = {"body": given.body}
    if given.buttons:
        spec["actions"] = [{"title": one.title, "id": one.payload} for one in given.buttons]
    made = {"friendly_name": given.name, "language": given.language, "types": {kind: spec},
            "variables": dict(given.samples)}  # fmt: skip
    contents.check_new(made)
    now = object()
    return AtTwilio("HX1", given.name, given.language, dict(given.samples), {kind: spec}, now, now)  # type: ignore[arg-type] # no time is asked


@tries(max_examples=300, deadline=None)
@given(body=BODIES)
@example(body="Hola, {{1}} hay taller de costura.")
@example(body="Tu taller {{1}} {{2}} es hoy aquí mismo ya.")
def test_what_passes_here_passes_at_whatsapp(body: str) -> None:
    """No text that is saved is rejected for its form."""
    written = wording(body.strip())
    if not rules.problems(written, named=True):
        assert contents.judge(at_twilio(written)) == ""


@tries(max_examples=300, deadline=None)
@given(value=VALUES)
def test_a_value_is_one_clean_line(value: str) -> None:
    """No line break, tab or run of spaces is left, twice is once, and what is visible stays."""
    found = rules.cleaned(value)
    assert not re.search(r"[\n\r\t\v\f\x00-\x1f\x7f\u2028\u2029]| {2}", found)
    assert found == found.strip() == rules.cleaned(found)
    assert len(found) <= rules.LONGEST_VALUE
    assert [one for one in value if one.isalnum()] == [one for one in found if one.isalnum()]


@tries(max_examples=200, deadline=None)
@given(values=st.lists(VALUES, min_size=2, max_size=2))
def test_twilio_takes_what_the_gate_lets_through(values: list[str]) -> None:
    """Where the gate finds all values, the JSON holds each of the text's own, and nothing else."""
    template = Template(name="aviso", body="Tu taller es {{1}} en {{2}}, ¿vienes o no vienes?")
    given = {"1": values[0], "2": values[1], "3": "de más"}
    sent = json.loads(outbox.variables_json(Content(body="", variables=given), template))
    assert sent.keys() == {"1", "2"}
    seen = all(visible(value).strip() for value in sent.values())
    assert rules.are_complete(template.body, given) == seen
    if seen:
        content = at_twilio(wording(template.body))
        content.approval = Approval("aviso", "UTILITY", "twilio/text", "approved")
        assert contents.fate(content, sent, window_open=False) is None


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ("", "body", "Falta el texto"),
        ("{{1}} es tu taller de hoy.", "body", "principio"),
        ("Tu taller de hoy es {{1}}", "body", "final"),
        ("Tu taller de hoy es {{1}} {{2}} aquí mismo, sí.", "body", "juntas"),
        ("Tu taller de hoy es {{1}}{{2}} aquí mismo, sí.", "body", "juntas"),
        ("Tu taller de hoy es {{2}} aquí.", "body", "en orden"),
        ("Tu {{1}} y tu {{1}} de hoy son aquí.", "body", "en orden"),
        ("Tu taller de hoy es {{ 1 }} aquí.", "body", "con dos llaves"),
        ("Tu taller de hoy es {1} aquí.", "body", "con dos llaves"),
        ("Ven {{1}} ya.", "body", "al menos 3 palabras"),
        ("Ven " + "a {{1}} " + "x" * 1100, "body", "1,024"),
        ("Tu caso de hoy es {{1}} aquí.", "body", "«caso»"),
    ],
)
def test_each_rule_is_told(body: str, field: str, told: str) -> None:
    found = rules.problems(wording(body), named=True)
    assert any(one.field == field and told in one.line for one in found), found


@pytest.mark.parametrize(
    "body",
    [
        "Hola.",
        "Tu taller es {{1}}.",
        "¿Vienes a {{1}}, en {{2}}, o mejor no?",
        "Los casos {{1}} y la casona.",
    ],
)
def test_look_alikes_pass(body: str) -> None:
    """Words that resemble a rule's break it not."""
    assert rules.problems(wording(body), named=True) == []


def test_buttons_have_rules() -> None:
    """Three, of twenty characters, each once, without variables."""

    def told(*titles: str) -> str:
        buttons = [Choice(one, one) for one in titles]
        return " ".join(one.line for one in rules.problems(wording("Hola a todas.", buttons=buttons)))

    assert told("Sí voy", "No puedo", "¿Dónde es?") == ""
    assert "más de 3 botones" in told("1", "2", "3", "4")
    assert "pasa de 20" in told("x" * 21)
    assert told("x" * 20) == ""
    assert "«Sí»" in told("Sí", "Sí")
    assert "no tiene texto" in told(" ")
    assert "variables" in told("Voy {{1}}")


def test_more_than_a_hundred_variables() -> None:
    body = (
        "Hola a todas, "
        + " y también la parte que sigue ".join(f"{{{{{n}}}}}" for n in range(1, 102))
        + " ya"
    )
    assert any("más de 100" in one.line for one in rules.problems(wording(body)))


def test_the_products_own_keep_every_rule() -> None:
    """Each has a name for each variable, and nothing of it would be rejected."""
    for one in (*own.TO_WOMEN, *own.TO_STAFF):
        written = Wording(one.name, one.body, one.numbered, one.names, one.buttons)
        assert rules.problems(written, named=True) == [], one.name
        assert contents.judge(at_twilio(written)) == "", one.name
