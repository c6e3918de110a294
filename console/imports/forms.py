"""The form by which a list is brought in."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import SelectField

from console import words
from console.forms import Form


class ListForm(Form):
    """A file, what it lists and whose list it is."""

    kind = SelectField("Qué trae", choices=list(words.LIST_KINDS.items()))
    agency = SelectField("De qué dependencia es", validate_choice=True, default="")
    file = FileField("Archivo")
    encoding = SelectField("Cómo está escrito", choices=list(words.LIST_ENCODINGS.items()), default="")
