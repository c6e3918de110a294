"""What WhatsApp and Twilio accept in a template and in the values of its variables. Pure functions.

The rules of a text and of its buttons are those of Twilio's pages on content templates (quick reply,
https://www.twilio.com/docs/content/twilio-quick-reply) and of error 63013 and 63021: variables in sequence,
none at the start or the end, none side by side, 2x+1 other words for x variables, at most 100; a body of at
most 1,024 characters; a value in one line, not empty, of at most 1,600.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from models import TemplateCategory
from outreach.ground.words import visible
from outreach.messages import reveal
from outreach.texts import templates as texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.messages.conversation_state import Choice

LONGEST_BODY: Final = 1024
LONGEST_VALUE: Final = 1600
MOST_VARIABLES: Final = 100
MOST_BUTTONS: Final = 3
LONGEST_TITLE: Final = 20
LONGEST_NAME: Final = 40
# ValidityPeriod of the Messages resource: 1 to 36,000 seconds; kept in minutes.
LEAST_MINUTES, MOST_MINUTES = 1, 600
LANGUAGES: Final = ("es_MX", "es")
_NAME = re.compile(r"[a-z0-9_]{3,60}")
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")
_WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True)
class Wording:
    """A template as somebody writes it: all that Meta decides about, and the names of its variables."""

    name: str
    body: str
    samples: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    buttons: Sequence[Choice] = ()
    category: str = TemplateCategory.UTILITY
    language: str = LANGUAGES[0]
    valid_minutes: int | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong, in one line for whoever fills in the form, and in which field."""

    field: str
    line: str


def numbers_in(body: str) -> list[str]:
    """Return the numbers of the variables of a text, as they stand in it."""
    return _VARIABLE.findall(body)


def cleaned(value: str) -> str:
    """Return a value as WhatsApp takes it: one line, single spaces, nothing invisible, not too long.

    It refuses line breaks, tabs and more than four spaces in a row (Twilio 63013).
    """
    visible = "".join(
        " " if unicodedata.category(letter) in {"Zs", "Zl", "Zp", "Cc"} else letter
        for letter in value
        if unicodedata.category(letter) not in {"Cf", "Cs", "Co"}
    )
    return " ".join(visible.split())[:LONGEST_VALUE].strip()


def values_for(body: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a text's own variables, cleaned; what is not given is empty."""
    return {number: cleaned(given.get(number, "")) for number in numbers_in(body)}


def are_complete(body: str, given: Mapping[str, str]) -> bool:
    """Say whether every variable of a text has a value; Twilio puts the sample for one that is missing."""
    return all(visible(value).strip() for value in values_for(body, given).values())


def filled_in(body: str, given: Mapping[str, str]) -> str:
    """Return a text with its variables filled in; one without a value leaves its place empty."""
    values = values_for(body, given)
    return _VARIABLE.sub(lambda found: values[found.group(1)], body)


def problems(wording: Wording, *, named: bool = False) -> list[Problem]:
    """Return all that keeps a template from being saved; `named`: variables must say what they are for."""
    return [
        *_of_settings(wording),
        *(Problem("body", line) for line in _of_body(wording.body)),
        *_of_variables(wording, named=named),
        *(Problem("buttons", line) for line in _of_buttons(wording.buttons)),
        *_of_words(wording),
    ]


def _of_settings(wording: Wording) -> Iterator[Problem]:
    if not _NAME.fullmatch(wording.name):
        yield Problem("name", texts.BAD_NAME)
    if wording.language not in LANGUAGES:
        yield Problem("language", texts.BAD_LANGUAGE)
    if wording.category not in set(TemplateCategory):
        yield Problem("category", texts.BAD_CATEGORY)
    minutes = wording.valid_minutes
    if minutes is not None and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        line = texts.BAD_MINUTES.format(least=LEAST_MINUTES, most=MOST_MINUTES)
        yield Problem("valid_minutes", line)


def _of_body(body: str) -> Iterator[str]:
    plain = body.strip()
    if not plain:
        yield texts.NO_BODY
        return
    numbers, rest = numbers_in(plain), _VARIABLE.sub(" ", plain)
    if "{" in rest or "}" in rest:
        yield texts.BRACES
    if numbers != [str(place) for place in range(1, len(numbers) + 1)]:
        yield texts.SEQUENCE
    if len(numbers) > MOST_VARIABLES:
        yield texts.MANY_VARIABLES.format(most=MOST_VARIABLES)
    if _VARIABLE.match(plain) or re.search(r"\{\{\d+\}\}$", plain):
        yield texts.AT_THE_END
    if re.search(r"\}\}\s*\{\{", plain):
        yield texts.SIDE_BY_SIDE
    words, least = len(_WORD.findall(rest)), 2 * len(numbers) + 1
    if numbers and words < least:
        variables = "variable" if len(numbers) == 1 else "variables"
        yield texts.FEW_WORDS.format(count=len(numbers), variables=variables, least=least, words=words)


def _of_variables(wording: Wording, *, named: bool) -> Iterator[Problem]:
    numbers = list(dict.fromkeys(numbers_in(wording.body)))
    seen: set[str] = set()
    for number in numbers:
        variable = "{{" + number + "}}"
        sample, name = cleaned(wording.samples.get(number, "")), cleaned(wording.names.get(number, ""))
        if not visible(sample).strip():
            yield Problem("samples", texts.NO_SAMPLE.format(variable=variable))
        elif len(wording.samples[number]) > LONGEST_VALUE:
            yield Problem("samples", texts.LONG_SAMPLE.format(variable=variable, most=LONGEST_VALUE))
        if named and not name:
            yield Problem("names", texts.NO_NAME.format(variable=variable))
        elif len(name) > LONGEST_NAME:
            yield Problem("names", texts.LONG_NAME.format(variable=variable, most=LONGEST_NAME))
        elif name and name.casefold() in seen:
            yield Problem("names", texts.SAME_NAME.format(name=name))
        seen.add(name.casefold())
    if max(len(wording.body), len(filled_in(wording.body, wording.samples))) > LONGEST_BODY:
        yield Problem("body", texts.LONG_BODY.format(most=f"{LONGEST_BODY:,}"))


def _of_buttons(buttons: Sequence[Choice]) -> Iterator[str]:
    titles = [cleaned(button.title) for button in buttons]
    if len(titles) > MOST_BUTTONS:
        yield texts.MANY_BUTTONS.format(most=MOST_BUTTONS)
    if not all(titles):
        yield texts.NO_BUTTON
    for title in titles:
        if len(title) > LONGEST_TITLE:
            yield texts.LONG_BUTTON.format(title=title, most=LONGEST_TITLE)
        if "{" in title or "}" in title:
            yield texts.BAD_BUTTON
    doubled = next((title for title in titles if title and titles.count(title) > 1), None)
    if doubled is not None:
        yield texts.SAME_BUTTON.format(title=doubled)


def _of_words(wording: Wording) -> Iterator[Problem]:
    """Name the words that would give a woman away, in the field in which they stand (promise P5)."""
    parts = {
        "name": wording.name.replace("_", " "),
        "body": f"{wording.body}\n{filled_in(wording.body, wording.samples)}",
        "names": " ".join(wording.names.values()),
        "buttons": " ".join(button.title for button in wording.buttons),
    }
    for place, text in parts.items():
        if words := reveal.quoted(text):
            yield Problem(place, texts.REVEALS.format(words=words))
