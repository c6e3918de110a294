"""The forms. Every one carries the anti-forgery token; every message is in Spanish."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from console import words
from outreach.casework.desk import LONGEST_REPLY
from outreach.programme.answers import ResourceDetails
from outreach.staff import accounts

REQUIRED = "Falta este dato."


class Form(FlaskForm):  # type: ignore[misc] # flask_wtf ships no types
    """The base of all forms; by itself it carries the token only."""

    def problem(self) -> str | None:
        """Return the first thing that is wrong, as a sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)


class LoginForm(Form):
    """Who enters."""

    username = StringField("Usuario", [InputRequired(REQUIRED), Length(max=64, message=words.LOGIN_FAILED)])
    password = PasswordField(
        "Contraseña",
        [InputRequired(REQUIRED), Length(max=accounts.LONGEST_PASSWORD, message=words.LOGIN_FAILED)],
    )


class PasswordForm(Form):
    """A password of her own."""

    current = PasswordField("Contraseña actual", [InputRequired(REQUIRED)])
    new = PasswordField("Contraseña nueva", [InputRequired(REQUIRED)])
    again = PasswordField("Otra vez la nueva", [InputRequired(REQUIRED)])


class TextForm(Form):
    """An answer or a note; `once` is the form's own id, so that a second click says nothing twice."""

    text = TextAreaField(
        "Texto", [InputRequired(words.EMPTY_TEXT), Length(1, LONGEST_REPLY, words.EMPTY_TEXT)]
    )
    once = HiddenField(validators=[UUID()])


class ShiftForm(Form):
    """How long somebody stays on duty."""

    hours = IntegerField("Horas", [InputRequired(REQUIRED), NumberRange(1, 16, "De 1 a 16 horas.")])


class RecoveryForm(Form):
    """The recovery key from paper."""

    recovery_key = StringField("Clave de recuperación", [InputRequired(REQUIRED), Length(max=100)])


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


class StaffForm(Form):
    """Somebody new."""

    username = StringField("Usuario", [InputRequired(REQUIRED), Length(max=40)])
    display_name = StringField("Nombre que se muestra", [InputRequired(REQUIRED), Length(max=80)])
    role = SelectField("Qué hace", choices=[SelectChoice(*role) for role in words.ROLES.items()])


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
