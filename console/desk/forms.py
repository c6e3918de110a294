"""Forms of the desk."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, AnyOf, InputRequired, Length, NumberRange, Optional

from console import words
from console.forms import REQUIRED, Form
from outreach.casework import canned, drafts
from outreach.casework.answering import LONGEST_REPLY

LONGEST_REASON = 300


class TextForm(Form):
    """An answer or a note; `once` is the form's own id, so that a second click says nothing twice."""

    text = TextAreaField(
        "Texto", [InputRequired(words.EMPTY_TEXT), Length(1, LONGEST_REPLY, words.EMPTY_TEXT)]
    )
    once = HiddenField(validators=[UUID()])


class AnswerForm(TextForm):
    """A text to her: sent now, or left for an hour that they agreed or for her next message.

    `warned`: the entries of the reveal check of which its page has warned her.
    """

    at = DateTimeLocalField("Día y hora", [Optional()], format="%Y-%m-%dT%H:%M")
    agreed = BooleanField("Así lo acordamos")
    warned = HiddenField(validators=[Length(max=1000)])

    def known(self) -> frozenset[str]:
        """Return the entries of which its page has warned her."""
        return frozenset((self.warned.data or "").split(","))


class DraftForm(Form):
    """What stands in a box at this moment; `once` is the id of the form that it would be sent by."""

    case = HiddenField(validators=[UUID()])
    box = HiddenField(validators=[AnyOf(drafts.BOXES)])
    text = TextAreaField(validators=[Length(max=drafts.LONGEST)])
    once = HiddenField(validators=[Optional(), UUID()])


class CannedForm(Form):
    """A text that the team sends often."""

    title = StringField(
        "Título", [InputRequired(REQUIRED), Length(max=canned.LONGEST_TITLE, message="Hasta 80 letras.")]
    )
    body = TextAreaField(
        "Texto", [InputRequired(REQUIRED), Length(max=canned.LONGEST_BODY, message="Hasta 1,000 letras.")]
    )
    team = SelectField("Equipo")


class ReasonForm(Form):
    """Why cover mode can end."""

    reason = StringField("Motivo", [Length(0, LONGEST_REASON, words.LONG_REASON)])


class ShiftForm(Form):
    """How long somebody stays on duty."""

    hours = IntegerField("Horas", [InputRequired(REQUIRED), NumberRange(1, 16, "De 1 a 16 horas.")])
