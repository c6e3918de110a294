"""The forms of the programme's pages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from console import words
from console.forms import REQUIRED, Form
from outreach.programme.groups import GroupDetails, WorkshopDetails
from outreach.programme.programmes import Rules
from outreach.programme.recurrence import MOST_SESSIONS, Every, Pattern, WhenClosed

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from outreach.programme.programmes import ProgrammeError

MOST_SEATS = 2000
LONGEST_CODE, LONGEST_NAME = 32, 120
TOO_LONG = "Es demasiado largo."
SEATS = f"De 0 a {MOST_SEATS}."
AGES = "De 0 a 120."
MOST_WOMEN = 1_000_000
WOMEN = "De 0 a 1,000,000."


def _line(longest: int) -> list[DataRequired | Length]:
    return [DataRequired(REQUIRED), Length(max=longest, message=TOO_LONG)]


def _said(field: StringField) -> str:
    return (field.data or "").strip()


class Saving(Form):
    """A form whose verb may refuse a field."""

    def refuse(self, error: ProgrammeError) -> None:
        """Show what is wrong beside its field."""
        field = self[error.field]
        field.errors = [*field.errors, str(error)]


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


class SeriesForm(SessionForm):
    """A series of sessions; its first is on the day."""

    every = SelectField("Cada cuánto", choices=[SelectChoice(*one) for one in words.EVERY.items()])
    count = IntegerField(
        "Cuántas sesiones",
        [InputRequired(REQUIRED), NumberRange(1, MOST_SESSIONS, f"De 1 a {MOST_SESSIONS}.")],
        default=10,
    )
    when_closed = SelectField(
        "Si cae en un día sin sesiones", choices=[SelectChoice(*one) for one in words.WHEN_CLOSED.items()]
    )
    weekends = BooleanField("También en sábado y domingo")

    def pattern(self) -> Pattern | None:
        """Return the series that was filled in."""
        if self.day.data is None or self.hour.data is None:
            return None
        return Pattern(
            first=self.day.data,
            hour=self.hour.data,
            every=Every(self.every.data),
            count=self.count.data or 0,
            when_closed=WhenClosed(self.when_closed.data),
            weekends=bool(self.weekends.data),
        )


class WorkshopForm(Saving):
    """A workshop."""

    code = StringField("Clave", _line(LONGEST_CODE))
    name = StringField("Nombre", _line(LONGEST_NAME))
    axis = SelectField("Eje", choices=[])
    description = TextAreaField("Qué hay que llevar o saber", [Length(max=600, message="Hasta 600 letras.")])

    def details(self) -> WorkshopDetails:
        """Return what was filled in."""
        return WorkshopDetails(
            _said(self.code), _said(self.name), self.axis.data or "", _said(self.description)
        )


class GroupForm(Saving):
    """A group of a workshop."""

    code = StringField("Clave", _line(LONGEST_CODE))
    municipality = SelectField("Municipio", choices=[])
    place = StringField("Lugar", _line(160))
    directions = StringField("Cómo llegar", [Length(max=300, message="Hasta 300 letras.")])
    capacity = IntegerField("Lugares", [InputRequired(REQUIRED), NumberRange(0, MOST_SEATS, SEATS)])
    facilitator = StringField("Quién da el taller", [Length(max=120, message=TOO_LONG)])
    latitude = FloatField("Latitud", [Optional(), NumberRange(14, 33, "De 14 a 33.")])
    longitude = FloatField("Longitud", [Optional(), NumberRange(-119, -86, "De -119 a -86.")])

    def details(self) -> GroupDetails:
        """Return what was filled in."""
        return GroupDetails(
            code=_said(self.code),
            municipality=self.municipality.data or "",
            place=_said(self.place),
            capacity=self.capacity.data or 0,
            directions=_said(self.directions),
            facilitator=_said(self.facilitator),
            latitude=self.latitude.data,
            longitude=self.longitude.data,
        )


class ClosedDaysForm(Form):
    """Days without sessions."""

    first = DateField("Primer día", [InputRequired(REQUIRED)])
    last = DateField("Último día", [InputRequired(REQUIRED)])
    name = StringField("Nombre", _line(80))
    kind = SelectField("Qué se detiene", choices=[SelectChoice(*one) for one in words.HOLIDAY_KINDS.items()])
    source = StringField("De dónde sale", _line(200))
    programme = SelectField("Programa", choices=[])


class ProgrammeForm(Saving):
    """A programme and what it decides for itself."""

    code = StringField("Clave", [Length(max=16, message="Hasta 16 letras.")])
    name = StringField("Nombre", _line(160))
    timezone = StringField("Zona horaria", [Length(max=64, message=TOO_LONG)])
    quiet_hours = StringField("Horas de silencio", [Length(max=16, message=TOO_LONG)])
    reminder_offsets = StringField(
        "Recordatorios, en minutos antes de la sesión", [Length(max=120, message=TOO_LONG)]
    )
    least_age = IntegerField("Edad mínima", [Optional(), NumberRange(0, 120, AGES)])
    guardian_under = IntegerField(
        "Con permiso de madre, padre o tutor si tiene menos de", [Optional(), NumberRange(0, 120, AGES)]
    )

    approval_above = IntegerField(
        "Otra persona aprueba campañas a más de (mujeres)",
        [Optional(), NumberRange(0, MOST_WOMEN, WOMEN)],
        default=500,
    )

    def rules(self) -> Rules:
        """Return what was filled in."""
        return Rules(
            name=_said(self.name),
            timezone=_said(self.timezone),
            quiet_hours=_said(self.quiet_hours).replace(" ", ""),
            reminder_offsets=_said(self.reminder_offsets).replace(" ", ""),
            least_age=self.least_age.data,
            guardian_under=self.guardian_under.data,
            approval_above=self.approval_above.data,
        )


class AxisForm(Saving):
    """A new axis."""

    code = StringField("Clave", _line(16))
    name = StringField("Nombre", _line(60))


class AgencyForm(Saving):
    """A new agency."""

    code = StringField("Clave", _line(LONGEST_CODE))
    name = StringField("Nombre", _line(160))


class NameForm(Form):
    """Another name for what has one."""

    name = StringField("Nombre", _line(160))
