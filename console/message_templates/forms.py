"""The forms of a message template, of its trial, and of what messages cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, Optional

from console import words
from console.forms import REQUIRED, Form
from models import TemplateCategory
from outreach.messages import templates_rules as rules
from outreach.messages.conversation_state import Choice
from outreach.messages.templates_rules import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models import Template
    from outreach.messages.templates_rules import Problem

FIRST_ROWS = 3
WORDS_ONLY = ""
_LONGEST = 2000


class VariablePart(Part):
    """One variable: what it is for, and a sample."""

    name = StringField("Qué va", [Length(max=_LONGEST)])
    sample = StringField("Ejemplo", [Length(max=_LONGEST)])


class ButtonPart(Part):
    """One reply button: what it says, and what it does."""

    title = StringField("Texto", [Length(max=_LONGEST)])
    does = SelectField("Al tocarlo", choices=dict(words.BUTTON_ACTIONS), default=WORDS_ONLY)


class TemplateForm(Form):
    """A message template. The rules of its text are those of `outreach.messages.templates_rules`."""

    programme = SelectField("Programa", validate_choice=True)
    name = StringField("Nombre", [Length(max=_LONGEST)])
    category = SelectField("Categoría", choices=dict(words.CATEGORIES), default="UTILITY")
    language = SelectField("Idioma", choices=dict(words.LANGUAGES), default=rules.LANGUAGES[0])
    body = TextAreaField("Texto", [InputRequired(REQUIRED), Length(max=_LONGEST, message=words.LONG_TEXT)])
    variables = FieldList(
        FormField(VariablePart), "Variables", min_entries=FIRST_ROWS, max_entries=rules.MOST_VARIABLES
    )
    buttons = FieldList(
        FormField(ButtonPart), "Botones", min_entries=rules.MOST_BUTTONS, max_entries=rules.MOST_BUTTONS
    )
    valid_minutes = IntegerField("Minutos para entregarla", [Optional()])

    def wording(self, name: str) -> Wording:
        """Return what was written."""
        body = (self.body.data or "").strip().replace("\r\n", "\n")
        rows = dict(enumerate(self.variables.data, start=1))
        given = {number: rows.get(int(number), {}) for number in rules.numbers_in(body)}
        return Wording(
            name=name,
            body=body,
            samples={number: rules.cleaned(row.get("sample") or "") for number, row in given.items()},
            names={number: rules.cleaned(row.get("name") or "") for number, row in given.items()},
            buttons=[
                Choice(title, row["does"] or title)
                for row in self.buttons.data
                if (title := rules.cleaned(row["title"] or ""))
            ],
            category=self.category.data,
            language=self.language.data,
            valid_minutes=self.valid_minutes.data,
        )

    def make_room(self) -> None:
        """Add a row for each variable of the text that has none."""
        wanted = min(len(set(rules.numbers_in(self.body.data or ""))), rules.MOST_VARIABLES)
        while len(self.variables.entries) < wanted:
            self.variables.append_entry()

    def refuse(self, problems: Iterable[Problem]) -> list[str]:
        """Put each problem beside its field; return those that are of no one field."""
        fields = {"names": "variables", "samples": "variables"}
        left = []
        for problem in problems:
            name = fields.get(problem.field, problem.field)
            if name in {"variables", "buttons"} or name not in self:
                left.append(problem.line)
            elif problem.line not in self[name].errors:
                self[name].errors = [*self[name].errors, problem.line]
        return left


def written(template: Template) -> dict[str, Any]:
    """Return a template as the form shows it."""
    names, samples = json.loads(template.variable_names), json.loads(template.samples)
    numbers = rules.numbers_in(template.body)
    return {
        "programme": str(template.programme_id),
        "name": template.name,
        "category": template.category,
        "language": template.language,
        "body": template.body,
        "variables": [{"name": names.get(n, ""), "sample": samples.get(n, "")} for n in numbers],
        "buttons": [
            {
                "title": one["title"],
                "does": one["payload"] if one["payload"] in words.BUTTON_ACTIONS else WORDS_ONLY,
            }
            for one in json.loads(template.buttons)
        ],
        "valid_minutes": template.valid_minutes,
    }


class TrialForm(Form):
    """One's own phone, where a template is tried."""

    phone = StringField("Tu WhatsApp", [InputRequired(REQUIRED), Length(max=40)])


class PriceForm(Form):
    """What one message costs from a day on."""

    category = SelectField("Categoría", choices=dict(words.CATEGORIES))
    since = DateField("Desde el día", [InputRequired(REQUIRED)])
    amount = StringField("Precio de un mensaje", [InputRequired(REQUIRED), Length(max=20)])
    currency = StringField("Moneda", [InputRequired(REQUIRED), Length(max=3)], default="USD")
    source = StringField("De dónde sale", [InputRequired(REQUIRED), Length(max=200)])

    @property
    def chosen(self) -> TemplateCategory:
        """The category."""
        return TemplateCategory(self.category.data)
