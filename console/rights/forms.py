"""The forms of requests over data."""

from __future__ import annotations

from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, InputRequired, Length, Optional

from console import words
from console.forms import REQUIRED, Form
from outreach.single_list.requests import LONGEST

TOO_LONG = "Es demasiado largo."
LENGTH = Length(max=LONGEST, message=TOO_LONG)


class FindForm(Form):
    """With what a woman is looked for; sent as a form, so that no name stands in an address."""

    asked = StringField(
        "Nombre, CURP, teléfono o folio", [InputRequired(REQUIRED), Length(max=120, message=TOO_LONG)]
    )


class EntryForm(Form):
    """A request as it was received; `once` is the form's own id, so that a second click enters nothing."""

    once = HiddenField(validators=[Optional(), UUID()])
    kind = RadioField(
        "Qué pide",
        [InputRequired(REQUIRED)],
        choices=[SelectChoice(*each) for each in words.REQUEST_KINDS.items()],
    )
    asked = TextAreaField("Con sus palabras", [InputRequired(REQUIRED), LENGTH])
    contact = StringField("Por dónde lo pidió y dónde contestarle", [LENGTH])
    received = DateField("Día en que lo pidió", [InputRequired(REQUIRED)])


class NoteForm(Form):
    """One line about a request: how it was seen who she is, what is missing, why it takes longer."""

    said = StringField("Anotación", [InputRequired(REQUIRED), LENGTH])


class AnswerForm(Form):
    """What is answered, and why."""

    outcome = RadioField(
        "Respuesta",
        [InputRequired(REQUIRED)],
        choices=[SelectChoice(*each) for each in words.OUTCOMES.items()],
    )
    said = TextAreaField("Por qué, como se le explica", [LENGTH])
