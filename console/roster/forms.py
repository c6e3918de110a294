"""Forms of the roster and of one's own alerts."""

from __future__ import annotations

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length

from console.forms import REQUIRED, Form
from outreach.casework.handover import LONGEST
from outreach.texts import desk_alerts as texts

LONGEST_CONTACT = 120


class PlanForm(Form):
    """A shift: whose, which day, from when until when; until an earlier hour is until the next day."""

    person = SelectField("Quién", [InputRequired(REQUIRED)])
    day = DateField("Día", [InputRequired(REQUIRED)])
    start = TimeField("Desde", [InputRequired(REQUIRED)])
    end = TimeField("Hasta", [InputRequired(REQUIRED)])


class PassForm(Form):
    """To whom a shift goes."""

    person = SelectField("A quién", [InputRequired(REQUIRED)])


class NoteForm(Form):
    """What one shift leaves to the next, in which of her teams where she has several."""

    team = SelectField("Para qué equipo", validate_choice=False)
    text = TextAreaField(
        "Nota para el siguiente turno", [InputRequired(texts.EMPTY_NOTE), Length(1, LONGEST)]
    )


class ContactForm(Form):
    """Where she is alerted."""

    phone = StringField("Teléfono con WhatsApp", [Length(max=LONGEST_CONTACT)])
    email = StringField("Correo", [Length(max=LONGEST_CONTACT)])
    muted = BooleanField("Fuera de mis turnos, solo avísame de un peligro que nadie ha tomado")
