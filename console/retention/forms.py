"""The forms of how long data is kept."""

from __future__ import annotations

from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from console.forms import REQUIRED, Form
from outreach.single_list.retention import LONGEST_GROUND, LONGEST_MONTHS, LONGEST_REASON

TOO_LONG = "Es demasiado largo."


class RuleForm(Form):
    """How long a kind of data is kept, by which document."""

    months = IntegerField(
        "Meses que se guarda",
        [InputRequired(REQUIRED), NumberRange(1, LONGEST_MONTHS, f"De 1 a {LONGEST_MONTHS}.")],
    )
    blocked_months = IntegerField(
        "Meses que queda bloqueado antes de borrarse",
        [InputRequired(REQUIRED), NumberRange(0, LONGEST_MONTHS, f"De 0 a {LONGEST_MONTHS}.")],
        default=12,
    )
    ground = StringField(
        "Documento que fija el plazo",
        [InputRequired(REQUIRED), Length(max=LONGEST_GROUND, message=TOO_LONG)],
    )
    on_erasure = BooleanField("Ese documento pide guardarlo aunque ella pida borrar sus datos")
    reason = StringField(
        "Por qué se pone o cambia", [InputRequired(REQUIRED), Length(max=LONGEST_REASON, message=TOO_LONG)]
    )


class ReasonForm(Form):
    """Why something is done."""

    reason = StringField("Motivo", [InputRequired(REQUIRED), Length(max=LONGEST_REASON, message=TOO_LONG)])


class PauseForm(ReasonForm):
    """A pause: until which day, and why."""

    until = DateField("Hasta", [InputRequired(REQUIRED)])
