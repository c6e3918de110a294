"""The forms of supports: an entry, why one is taken back, what is decided, kinds and rules."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional, ValidationError

from console import words
from console.forms import REQUIRED, Form
from outreach.single_list.supports import LONGEST_GIVER, LONGEST_NOTE, Entry, SupportError, cents_of
from outreach.single_list.supports_rules import LONGEST_DAYS, LONGEST_GROUND, LONGEST_NAME, MOST

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field

ONE_LINE = 120
TOO_LONG = "Es demasiado largo."


class FindForm(Form):
    """With what a woman is looked for; sent as a form, so that no name stands in an address."""

    asked = StringField(
        "Nombre, CURP, teléfono o folio", [InputRequired(REQUIRED), Length(max=ONE_LINE, message=TOO_LONG)]
    )


class SupportForm(Form):
    """A support as it was given; `once` is the form's own id, `do` what is to be done with it."""

    once = HiddenField(validators=[UUID()])
    kind = SelectField("Qué recibe", validators=[InputRequired(REQUIRED)])
    agency = SelectField("Dependencia que lo da", choices=[], validate_choice=False)
    day = DateField("Día en que se entregó", [InputRequired(REQUIRED)])
    amount = StringField("Cantidad en pesos, si es en dinero", [Length(max=20, message=TOO_LONG)])
    given_by = StringField("Quién lo entregó", [Length(max=LONGEST_GIVER, message=TOO_LONG)])
    note = StringField("Nota", [Length(max=LONGEST_NOTE, message=TOO_LONG)])
    reason = StringField("Por qué se entregó aun así", [Length(max=LONGEST_NOTE, message=TOO_LONG)])

    @classmethod
    def empty(cls, day: date) -> SupportForm:
        """Return the form before anything is filled in."""
        return cls(formdata=None, once=str(uuid.uuid4()), day=day)

    def validate_amount(self, amount: Field) -> None:
        """Refuse what is no amount of pesos."""
        if amount.data and amount.data.strip():
            try:
                cents_of(amount.data)
            except SupportError as error:
                raise ValidationError(str(error)) from None

    def entry(self, woman_id: uuid.UUID, agency: str | None) -> Entry:
        """Return what was filled in; `agency` is the coordinator's own, None where the form asks for it."""
        amount = (self.amount.data or "").strip()
        day = self.day.data
        if day is None:
            raise ValueError("ask a form that was validated")
        return Entry(
            uuid.UUID(self.once.data),
            woman_id,
            uuid.UUID(self.kind.data),
            agency or self.agency.data or "",
            day,
            cents_of(amount) if amount else None,
            self.given_by.data or "",
            self.note.data or "",
        )


class ReasonForm(Form):
    """Why something is taken back."""

    reason = StringField("Motivo", [InputRequired(REQUIRED), Length(max=LONGEST_NOTE, message=TOO_LONG)])


class DecisionForm(Form):
    """What is decided about a double support."""

    decision = RadioField(
        "Qué se decide",
        [InputRequired(REQUIRED)],
        choices=[SelectChoice(*each) for each in words.DECISIONS.items()],
    )
    reason = TextAreaField("Por qué", [InputRequired(REQUIRED), Length(max=LONGEST_NOTE, message=TOO_LONG)])


class KindForm(Form):
    """A kind of support."""

    name = StringField("Nombre del apoyo", [InputRequired(REQUIRED), Length(max=LONGEST_NAME)])
    in_money = BooleanField("Es en dinero: se anota la cantidad")


class RuleForm(Form):
    """A rule for one kind."""

    most = IntegerField(
        "Cuántos como máximo", [InputRequired(REQUIRED), NumberRange(1, MOST, f"De 1 a {MOST}.")], default=1
    )
    period = SelectField("En cuánto tiempo", choices=[SelectChoice(*each) for each in words.PERIODS.items()])
    days = IntegerField("Cuántos días", [Optional(), NumberRange(1, LONGEST_DAYS, f"De 1 a {LONGEST_DAYS}.")])
    scope = SelectField("Cuentan", choices=[SelectChoice(*each) for each in words.SCOPES.items()])
    since = DateField("Vale desde", [InputRequired(REQUIRED)])
    ground = StringField("De qué documento sale", [Length(max=LONGEST_GROUND, message=TOO_LONG)])
