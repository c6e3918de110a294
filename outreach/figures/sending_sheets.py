"""The results of sending as tables with words: the same ones on the page and in its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.figures import sending
from outreach.figures.sheets import Sheet
from outreach.texts import sending_results as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outreach.figures.sending import Month, Sent
    from outreach.figures.sheets import Cell


def of(month: Month, template_names: Mapping[str, str]) -> list[Sheet]:
    """Return the tables of a month; `template_names` are the words for templates that have some."""
    named = {one: template_names.get(name, name) for one, name in month.names.items()}
    campaigns = [(line.name, line.sent) for line in month.campaigns]
    reminders = [(named.get(one, ""), sent) for one, sent in month.reminders.items()]
    templates = [(named.get(one, ""), sent) for one, sent in month.templates.items()]
    return [
        _sheet("campaigns", texts.CAMPAIGNS, texts.CAMPAIGNS_HINT, texts.CAMPAIGN, campaigns),
        _sheet(
            "reminders", texts.REMINDERS, texts.REMINDERS_HINT, texts.TEMPLATE, sorted(reminders, key=_name)
        ),
        _sheet(
            "templates", texts.TEMPLATES, texts.TEMPLATES_HINT, texts.TEMPLATE, sorted(templates, key=_name)
        ),
    ]


def _name(line: tuple[str, Sent]) -> str:
    return line[0]


def _sheet(code: str, title: str, hint: str, first: str, lines: Iterable[tuple[str, Sent]]) -> Sheet:
    rows = tuple((name, _cells(sent)) for name, sent in lines)
    return Sheet(code, title, hint, (first, *texts.COLUMNS), rows)


def _cells(sent: Sent) -> tuple[Cell, ...]:
    one = sending.shown(sent)
    return (one.addressed, one.delivered, one.read, one.answered, one.opted_out, one.attended)
