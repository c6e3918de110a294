"""The form by which a list is brought in."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from console import words
from console.forms import Form

KINDS = [SelectChoice(*one) for one in words.LIST_KINDS.items()]
ENCODINGS = [SelectChoice(*one) for one in words.LIST_ENCODINGS.items()]


class ListForm(Form):
    """A file, what it lists and whose list it is."""

    kind = SelectField("Qué trae", choices=KINDS)
    agency = SelectField("De qué dependencia es", validate_choice=True, default="")
    file = FileField("Archivo")
    encoding = SelectField("Cómo está escrito", choices=ENCODINGS, default="")
