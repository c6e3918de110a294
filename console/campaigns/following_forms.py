"""The forms of a campaign that has left, and of the number that it leaves from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from wtforms import DateField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired

from console import words
from console.campaigns.forms import SHARES
from console.forms import REQUIRED, Form
from outreach.messages import sender

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LIMITS = (*sender.LIMITS, None)


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
    """The share of women of a programme without reminders."""

    percent = SelectField(
        "Mujeres sin recordatorios, por sorteo",
        choices=SHARES,
    )
