"""Forms of one's own account."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, Length

from console.forms import REQUIRED, Form

LONGEST_CODE = 40


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField("Código de 6 cifras", [InputRequired(REQUIRED), Length(max=LONGEST_CODE)])


class ChangeFactorForm(CodeForm):
    """A code, and what she wants with it."""

    what = StringField(validators=[AnyOf(("phone", "recovery", "off"))])
