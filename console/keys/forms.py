"""Forms of teams and their keys."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from console.forms import REQUIRED, Form


class RecoveryForm(Form):
    """The recovery key from paper."""

    recovery_key = StringField("Clave de recuperación", [InputRequired(REQUIRED), Length(max=100)])


class ChangeForm(Form):
    """Another key; `known` says which one she saw, so that a form sent twice changes it once."""

    known = HiddenField(validators=[InputRequired(), Length(max=40)])


class TeamForm(Form):
    """A new team. The agencies are filled in by the view."""

    name = StringField("Nombre del equipo", [InputRequired(REQUIRED), Length(max=80)])
    agency = SelectField("Dependencia", validate_choice=False)


class MemberForm(Form):
    """Somebody for a team."""

    staff_id = SelectField("Persona", validate_choice=False)


class ServedForm(Form):
    """The team of a programme; empty: the first."""

    team_id = SelectField("Equipo", validate_choice=False)
