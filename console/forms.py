"""The forms. Every one carries the anti-forgery token; every message is in Spanish."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, InputRequired, Length, NumberRange

from console import words
from outreach.casework.desk import LONGEST_REPLY
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


class StaffForm(Form):
    """Somebody new."""

    username = StringField("Usuario", [InputRequired(REQUIRED), Length(max=40)])
    display_name = StringField("Nombre que se muestra", [InputRequired(REQUIRED), Length(max=80)])
    role = SelectField("Qué hace", choices=[SelectChoice(*role) for role in words.ROLES.items()])
