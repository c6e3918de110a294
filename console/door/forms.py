"""The form of a rule of completion."""

from __future__ import annotations

import uuid

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from console.forms import REQUIRED, Form
from outreach.programme.completion import MOST_SESSIONS


class RuleForm(Form):
    """What completes a workshop or a programme."""

    what = SelectField("Qué se termina", validators=[InputRequired(REQUIRED)], choices={})
    least = IntegerField(
        "Cuántas sesiones (de un taller) o cuántos ejes (de todo el programa), por lo menos",
        [InputRequired(REQUIRED), NumberRange(1, MOST_SESSIONS, f"De 1 a {MOST_SESSIONS}.")],
    )
    both_interviews = BooleanField("También las dos entrevistas de alimentación: al inicio y al terminar")

    def chosen(self) -> tuple[uuid.UUID, uuid.UUID | None]:
        """Return the programme, and the workshop where it is one."""
        _, programme, *workshop = str(self.what.data).split(":")
        return uuid.UUID(programme), uuid.UUID(workshop[0]) if workshop else None
