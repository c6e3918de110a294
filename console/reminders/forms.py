"""The form of a rule of reminders."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, NumberRange

from console import words
from console.forms import REQUIRED, Form
from models import ReminderFor
from outreach.campaigns.reminder_rule_changes import RuleError, Wanted

MOST = 60 * words.DAY_MINUTES
AMOUNT = "Un número de 1 en adelante."


class ReminderForm(Form):
    """How long before a session, to whom, with which template.

    `seen` is what was filled in when its effect was shown: what is saved is what was looked at.
    """

    amount = IntegerField(
        "Cuánto antes de la sesión", [InputRequired(REQUIRED), NumberRange(1, MOST, AMOUNT)]
    )
    unit = SelectField(
        "Contado en", choices=[SelectChoice(*one) for one in words.TIME_UNITS.items()], default="hours"
    )
    whom = SelectField("Para quién", choices=[SelectChoice(*one) for one in words.REMINDED.items()])
    template = SelectField("Plantilla", choices=[], default="")
    seen = HiddenField()

    def wanted(self) -> Wanted:
        """Return the rule that was filled in."""
        minutes = (self.amount.data or 0) * words.UNIT_MINUTES[self.unit.data]
        return Wanted(minutes, ReminderFor(self.whom.data), self.template.data or None)

    def mark(self) -> str:
        """Return what the effect shown is of."""
        return "|".join(str(one) for one in self.wanted())

    def refuse(self, error: RuleError) -> None:
        """Show what is wrong beside its field."""
        field = self[error.field]
        field.errors = [*field.errors, str(error)]


def filled(minutes: int) -> dict[str, object]:
    """Return how a form shows so many minutes."""
    unit = next(name for name in ("days", "hours", "minutes") if minutes % words.UNIT_MINUTES[name] == 0)
    return {"amount": minutes // words.UNIT_MINUTES[unit], "unit": unit}
