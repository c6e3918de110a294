"""The forms. Every one carries the anti-forgery token; every message is in Spanish."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from console import words
from outreach.programme.answers import ResourceDetails

REQUIRED = "Falta este dato."


class Form(FlaskForm):  # type: ignore[misc] # flask_wtf ships no types
    """The base of all forms; by itself it carries the token only."""

    def problem(self) -> str | None:
        """Return the first thing that is wrong, as a sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)


class SessionForm(Form):
    """A dated session of a group, in local time."""

    day = DateField("Día", [InputRequired(REQUIRED)])
    hour = TimeField("Hora", [InputRequired(REQUIRED)])
    minutes = IntegerField(
        "Duración en minutos", [InputRequired(REQUIRED), NumberRange(15, 720, "De 15 a 720.")], default=120
    )


class CampaignForm(Form):
    """When a campaign leaves, in local time; what it says depends on its template."""

    name = StringField("Nombre para el equipo", [InputRequired(REQUIRED), Length(max=120)])
    start_day = DateField("Empieza el día", [InputRequired(REQUIRED)])
    start_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    end_day = DateField("Termina el día", [InputRequired(REQUIRED)])
    end_hour = TimeField("a la hora", [InputRequired(REQUIRED)])


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


class AnswerForm(Form):
    """The answer to a common question."""

    text = TextAreaField("Respuesta", [InputRequired(REQUIRED), Length(max=900, message="Hasta 900 letras.")])


class NewAnswerForm(AnswerForm):
    """An answer for one municipality, or to a question that had none."""

    topic = SelectField("Pregunta", choices=[SelectChoice(*topic) for topic in words.TOPICS.items()])
    municipality = SelectField("Para")


class ResourceForm(Form):
    """A help resource: what she is told, and where it was found."""

    name = StringField("Nombre", [InputRequired(REQUIRED), Length(max=120)])
    channel = StringField("Teléfono o medio", [InputRequired(REQUIRED), Length(max=160)])
    hours = StringField("Horario", [InputRequired(REQUIRED), Length(max=120)])
    says = TextAreaField(
        "Qué se le dice a ella", [InputRequired(REQUIRED), Length(max=300, message="Hasta 300 letras.")]
    )
    needs = SelectMultipleField(
        "Para qué sirve",
        [InputRequired("Marca al menos una.")],
        choices=[SelectChoice(*need) for need in words.NEEDS.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    municipality = SelectField("Atiende a")
    source = TextAreaField("De dónde salió el dato", [InputRequired(REQUIRED), Length(max=500)])

    def details(self) -> ResourceDetails:
        """Return what was filled in."""
        return ResourceDetails(
            name=(self.name.data or "").strip(),
            channel=(self.channel.data or "").strip(),
            hours=(self.hours.data or "").strip(),
            says=(self.says.data or "").strip(),
            needs=" ".join(self.needs.data or ()),
            municipality=self.municipality.data or None,
            source=(self.source.data or "").strip(),
        )
