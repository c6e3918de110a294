"""The form of the team's key."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from console.forms import REQUIRED, Form


class RecoveryForm(Form):
    """The recovery key from paper."""

    recovery_key = StringField("Clave de recuperación", [InputRequired(REQUIRED), Length(max=100)])
