"""Forms of the accounts."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length

from console import words
from console.forms import REQUIRED, Form

ROLES = [SelectChoice(*role) for role in words.ROLES.items()]


class StaffForm(Form):
    """Somebody new."""

    username = StringField("Usuario", [InputRequired(REQUIRED), Length(max=40)])
    display_name = StringField("Nombre que se muestra", [InputRequired(REQUIRED), Length(max=80)])
    role = SelectField("Qué hace", choices=ROLES)
    # Filled in by the view where there are several; for those whose role has a key.
    team = SelectField("Equipo, si atiende casos", choices=[], validate_choice=False)
    agency = SelectField("Dependencia, si coordina una sola", choices=[], validate_choice=False)


class RoleForm(Form):
    """Another role for somebody."""

    role = SelectField("Qué hace", choices=ROLES)
