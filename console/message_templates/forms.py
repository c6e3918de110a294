"""The form of a message template."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from console.forms import REQUIRED, Form


class TemplateForm(Form):
    """A message template; samples in the order of its variables, one a line."""

    name = StringField(
        "Nombre",
        [
            InputRequired(REQUIRED),
            Regexp(r"^[a-z0-9_]{3,60}$", message="Letras minúsculas sin acento, números y guion bajo."),
        ],
    )
    body = TextAreaField("Texto", [InputRequired(REQUIRED), Length(max=1000, message="Hasta 1,000 letras.")])
    samples = TextAreaField("Ejemplos", [Length(max=1000)])
