"""The forms of the programme's pages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wtforms import DateField, IntegerField, TimeField
from wtforms.validators import InputRequired, NumberRange

from console.forms import REQUIRED, Form

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class SessionForm(Form):
    """A dated session of a group, in local time."""

    day = DateField("Día", [InputRequired(REQUIRED)])
    hour = TimeField("Hora", [InputRequired(REQUIRED)])
    minutes = IntegerField(
        "Duración en minutos", [InputRequired(REQUIRED), NumberRange(15, 720, "De 15 a 720.")], default=120
    )

    def starts_at(self, zone: ZoneInfo) -> datetime | None:
        """Return the moment that was filled in."""
        if self.day.data is None or self.hour.data is None:
            return None
        return datetime.combine(self.day.data, self.hour.data, tzinfo=zone)
