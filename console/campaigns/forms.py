"""The form of a campaign."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from wtforms import DateField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length

from console import words
from console.forms import REQUIRED, Form
from outreach.campaigns import hold_out
from outreach.messages import sender

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LIMITS = (*sender.LIMITS, None)


class CampaignForm(Form):
    """When a campaign leaves, in local time; what it says depends on its template."""

    name = StringField("Nombre para el equipo", [InputRequired(REQUIRED), Length(max=120)])
    start_day = DateField("Empieza el día", [InputRequired(REQUIRED)])
    start_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    end_day = DateField("Termina el día", [InputRequired(REQUIRED)])
    end_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    municipality = SelectField("Mujeres de", validate_choice=True, default="")
    names = SelectField("O solo las de una lista", validate_choice=True, default="")


class AgainForm(Form):
    """Until when those that failed are tried again, in local time."""

    end_day = DateField("Hasta el día", [InputRequired(REQUIRED)])
    end_hour = TimeField("a la hora", [InputRequired(REQUIRED)])

    def until(self, zone: ZoneInfo) -> datetime:
        """Return the moment in UTC.

        Raises:
            OverflowError: the calendar ends before it.
        """
        local = datetime.combine(self.end_day.data or date.min, self.end_hour.data or time.min, tzinfo=zone)
        return local.astimezone(UTC)


class SenderForm(Form):
    """What WhatsApp Manager says of the number."""

    limit = SelectField(
        "Mujeres por día a las que se les puede escribir primero",
        choices=[SelectChoice(str(one or ""), f"{one:,}" if one else words.NO_LIMIT) for one in LIMITS],
    )
    quality = SelectField("Calidad", choices=[SelectChoice(*one) for one in words.QUALITIES.items()])


class LotForm(Form):
    """The share of women without reminders."""

    percent = SelectField(
        "Mujeres sin recordatorios, por sorteo",
        choices=[SelectChoice(str(one), words.share_by_lot(one)) for one in hold_out.SHARES],
    )
