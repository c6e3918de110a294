"""Forms of the desk."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, AnyOf, InputRequired, Length, NumberRange, Optional

from console import words
from console.forms import REQUIRED, Form
from outreach.casework import appointment_steps, canned, closing, drafts, reasons, tasks, transcripts
from outreach.casework.answering import LONGEST_REPLY
from outreach.casework.record_fields import SECTIONS
from outreach.texts import desk_queue, desk_record
from outreach.texts.desk_closing import OUTCOMES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST_REASON = 300
_OUTCOMES = [SelectChoice(value) for value in ("", *OUTCOMES)]
LONGEST_CAPTION = 700


class TextForm(Form):
    """An answer or a note; `once` is the form's own id, so that a second click says nothing twice."""

    text = TextAreaField(
        "Texto", [InputRequired(words.EMPTY_TEXT), Length(1, LONGEST_REPLY, words.EMPTY_TEXT)]
    )
    once = HiddenField(validators=[UUID()])


class TranscriptForm(Form):
    """What a voice note of hers says."""

    text = TextAreaField("Texto", [InputRequired(words.EMPTY_TEXT), Length(1, transcripts.LONGEST)])


class NoteForm(TextForm):
    """A note for the team, with a file or without."""

    file = FileField("Archivo")


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


class SectionDraftForm(Form):
    """How a section of a record stands in its form at this moment; its fields stand beside these."""

    case = HiddenField(validators=[UUID()])
    section = HiddenField(validators=[AnyOf(tuple(SECTIONS))])
    known = IntegerField(validators=[Optional(), NumberRange(0)])
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


class FileForm(Form):
    """A file for her with a few words, of one line in the thread."""

    file = FileField("Archivo")
    text = StringField("Unas palabras", [Length(0, LONGEST_CAPTION)])
    once = HiddenField(validators=[UUID()])


class ReasonForm(Form):
    """Why cover mode can end."""

    reason = StringField("Motivo", [Length(0, LONGEST_REASON, words.LONG_REASON)])


class TakeOverForm(Form):
    """Why a colleague's conversation is taken, and whose it was on the page."""

    reason = StringField("Motivo", [Length(0, reasons.LONGEST, words.LONG_REASON)])
    holder = HiddenField(validators=[UUID()])


class LetGoForm(Form):
    """Why its holder leaves a conversation."""

    reason = StringField("Motivo", [Length(0, reasons.LONGEST, words.LONG_REASON)])


class OfferForm(Form):
    """To whom a conversation is offered: the id of a colleague or of the team."""

    to = StringField("Para", [UUID()])


class ReassignForm(Form):
    """Who is to have a conversation (the team's id: whoever takes it), why, and whose it was on the page."""

    to = StringField("Para", [UUID()])
    reason = StringField("Motivo", [Length(0, reasons.LONGEST, words.LONG_REASON)])
    holder = HiddenField(validators=[Optional(), UUID()])


class HourForm(Form):
    """A day and an hour by the installation's clock."""

    day = DateField("Día", [InputRequired(REQUIRED)])
    hour = TimeField("Hora", [InputRequired(REQUIRED)])

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """Return the moment that was chosen; None where there is none."""
        if self.day.data is None or self.hour.data is None:
            return None
        return datetime.combine(self.day.data, self.hour.data, tzinfo=zone)


class AppointmentForm(HourForm):
    """When she agreed to be written to."""

    agreed = StringField("Lo acordado", [Length(0, appointment_steps.LONGEST_WORDS, desk_queue.LONG_WORDS)])


class KnownForm(Form):
    """A section of a record; `known` is the version of the record that the page showed."""

    known = IntegerField(validators=[InputRequired(), NumberRange(0)])
    once = HiddenField(validators=[Optional(), UUID()])


class PutBackForm(KnownForm):
    """Which version of a section is to be again."""

    version = IntegerField(validators=[InputRequired(), NumberRange(1)])


class TaskForm(HourForm):
    """What is to be done and when; `once` is the task's own id."""

    what = StringField("Qué hay que hacer", [Length(1, tasks.LONGEST, desk_record.WHAT_TASK)])
    once = HiddenField(validators=[UUID()])

    @classmethod
    def fresh(cls) -> TaskForm:
        """Return the form of a task that nobody has typed yet."""
        return cls(formdata=None, once=str(uuid.uuid4()))


class EndTaskForm(Form):
    """How a task ended; `listed`: on the page of all one's tasks."""

    how = HiddenField(validators=[AnyOf(("done", "dropped"))])
    note = StringField("Nota", [Length(0, tasks.LONGEST, desk_record.WHY_DROPPED)])
    listed = HiddenField()


class CloseForm(Form):
    """How a case ends and why; `heard` is her last word on the page."""

    outcome = StringField("Cómo termina")
    reason = StringField("Motivo", [Length(0, reasons.LONGEST, words.LONG_REASON)])
    heard = HiddenField()

    def chosen(self) -> closing.Outcome | None:
        """Return the outcome that was chosen; None where there is none."""
        try:
            return closing.Outcome(self.outcome.data or "")
        except ValueError:
            return None


class ApproveForm(Form):
    """That a case may end; `heard` is her last word on the page."""

    heard = HiddenField()


class ClosedSearchForm(Form):
    """Which closed cases are looked for: by the letters that staff call a case by, day or outcome."""

    code = StringField("Código")
    day = DateField("Día", [Optional()])
    outcome = SelectField(
        "Cómo terminó", [Optional()], choices=[SelectChoice(value) for value in ("", *OUTCOMES)]
    )

    class Meta:
        """It changes nothing and stands in the address: without a token, which must not be there."""

        csrf = False


class PhoneSearchForm(Form):
    """By which number a woman's cases are looked for; in the body, since browsers keep an address."""

    phone = StringField("Su número", [InputRequired(REQUIRED), Length(max=40)])


class ShiftForm(Form):
    """How long somebody stays on duty."""

    hours = IntegerField("Horas", [InputRequired(REQUIRED), NumberRange(1, 16, "De 1 a 16 horas.")])
