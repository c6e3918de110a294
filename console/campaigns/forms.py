"""The form of a campaign."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from wtforms import DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from console import words
from console.forms import REQUIRED, Form
from models import Quality
from outreach.campaigns import hold_out
from outreach.campaigns.campaigns import FASTEST, SLOWEST
from outreach.campaigns.windows import CampaignError
from outreach.messages import sender
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from outreach.ground.settings import Settings

RATE = texts.RATE.format(least=SLOWEST, most=FASTEST)


class CampaignForm(Form):
    """When a campaign leaves, in local time; what it says depends on its template, to whom on the builder."""

    name = StringField("Nombre para el equipo", [InputRequired(REQUIRED), Length(max=120)])
    start_day = DateField("Empieza el día", [InputRequired(REQUIRED)])
    start_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    end_day = DateField("Termina el día", [InputRequired(REQUIRED)])
    end_hour = TimeField("a la hora", [InputRequired(REQUIRED)])
    per_minute = IntegerField(
        "Cuántos mensajes por minuto", [Optional(), NumberRange(SLOWEST, FASTEST, message=RATE)]
    )

    def starts_at(self, rules: Settings) -> datetime | None:
        """Return the moment at which it starts, aware; None: it was not filled in.

        Raises:
            CampaignError: no clock can hold it.
        """
        return self._moment("start", rules)

    def ends_at(self, rules: Settings) -> datetime | None:
        """Return the moment at which it ends, as `starts_at` does."""
        return self._moment("end", rules)

    def _moment(self, which: str, rules: Settings) -> datetime | None:
        day, hour = self[f"{which}_day"].data, self[f"{which}_hour"].data
        if day is None or hour is None:
            return None
        try:
            local = datetime.combine(day, hour, tzinfo=rules.timezone)
            local.timestamp()
        except (OverflowError, ValueError):
            raise CampaignError(texts.TOO_FAR, f"{which}_day") from None
        return local

    def refuse(self, error: CampaignError) -> bool:
        """Show what is wrong beside its field; False where the form has no such field."""
        if error.field is None or error.field not in self:
            return False
        self[error.field].errors = [*self[error.field].errors, str(error)]
        return True


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
        choices=[SelectChoice(str(one), f"{one:,}") for one in sender.LIMITS]
        + [SelectChoice("", words.NO_LIMIT)],
    )
    quality = SelectField(
        "Calidad", choices=[SelectChoice(one.value, words.QUALITIES[one.value]) for one in Quality]
    )


class LotForm(Form):
    """The share of women without reminders."""

    percent = SelectField(
        "Mujeres sin recordatorios, por sorteo",
        choices=[
            SelectChoice(str(one), f"{one} de cada 100" if one else "ninguna") for one in hold_out.SHARES
        ],
    )
