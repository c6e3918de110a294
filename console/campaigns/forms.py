"""The form of a campaign."""

from __future__ import annotations

from wtforms import DateField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length

from console.forms import REQUIRED, Form


class CampaignForm(Form):
    """When a campaign leaves, in local time; what it says depends on its template."""

    name = StringField("Nombre para el equipo", [InputRequired(REQUIRED), Length(max=120)])
    start_day = DateField("Empieza el día", [InputRequired(REQUIRED)])
    start_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    end_day = DateField("Termina el día", [InputRequired(REQUIRED)])
    end_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    municipality = SelectField("Mujeres de", validate_choice=True, default="")
    names = SelectField("O solo las de una lista", validate_choice=True, default="")
