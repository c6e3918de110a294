"""Forms of the desk."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import UUID, InputRequired, Length, NumberRange

from console import words
from console.forms import REQUIRED, Form
from outreach.casework.answering import LONGEST_REPLY

LONGEST_REASON = 300
LONGEST_CAPTION = 700


class TextForm(Form):
    """An answer or a note; `once` is the form's own id, so that a second click says nothing twice."""

    text = TextAreaField(
        "Texto", [InputRequired(words.EMPTY_TEXT), Length(1, LONGEST_REPLY, words.EMPTY_TEXT)]
    )
    once = HiddenField(validators=[UUID()])


class FileForm(Form):
    """A file for her with a few words, of one line in the thread."""

    file = FileField("Archivo")
    text = StringField("Unas palabras", [Length(0, LONGEST_CAPTION)])
    once = HiddenField(validators=[UUID()])


class ReasonForm(Form):
    """Why cover mode can end."""

    reason = StringField("Motivo", [Length(0, LONGEST_REASON, words.LONG_REASON)])


class ShiftForm(Form):
    """How long somebody stays on duty."""

    hours = IntegerField("Horas", [InputRequired(REQUIRED), NumberRange(1, 16, "De 1 a 16 horas.")])
