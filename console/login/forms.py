"""Forms of entering and of one's own password."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from console import words
from console.account.forms import LONGEST_CODE
from console.forms import REQUIRED, Form
from outreach.staff import passwords


class LoginForm(Form):
    """Who enters."""

    username = StringField("Usuario", [InputRequired(REQUIRED), Length(max=64, message=words.LOGIN_FAILED)])
    password = PasswordField(
        "Contraseña",
        [InputRequired(REQUIRED), Length(max=passwords.LONGEST, message=words.LOGIN_FAILED)],
    )


class UnlockForm(Form):
    """Password and code, for a session that was locked; a second factor is not everybody's."""

    password = PasswordField("Contraseña", [InputRequired(REQUIRED), Length(max=passwords.LONGEST)])
    code = StringField("Código", [Length(max=LONGEST_CODE)])


class PasswordForm(Form):
    """A password of her own."""

    current = PasswordField("Contraseña actual", [InputRequired(REQUIRED)])
    new = PasswordField("Contraseña nueva", [InputRequired(REQUIRED)])
    again = PasswordField("Otra vez la nueva", [InputRequired(REQUIRED)])
