"""The form of a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wtforms import DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from console import words
from console.forms import REQUIRED, Form
from outreach.campaigns import hold_out
from outreach.campaigns.campaigns import FASTEST, SLOWEST
from outreach.campaigns.windows import CampaignError
from outreach.texts import campaigns as texts

if TYPE_CHECKING:
    from outreach.ground.settings import Settings

SHARES = [SelectChoice(str(one), words.share_by_lot(one)) for one in hold_out.SHARES]
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
    hold_out = SelectField("Sin el mensaje, por sorteo, para comparar", choices=SHARES, default="0")

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
