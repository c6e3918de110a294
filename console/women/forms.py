"""The forms of a woman's record, each value checked as the lists check it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import UUID, DataRequired, InputRequired, Length, Optional, ValidationError

from console.forms import REQUIRED, Form
from outreach.ground import dates
from outreach.single_list import candidates, checks
from outreach.single_list.date_cells import CellError
from outreach.single_list.her_record import FIELDS
from outreach.texts import imports as said
from outreach.texts import women as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from wtforms import Field

T = TypeVar("T")
TOO_LONG = "Es demasiado largo."
ONE_LINE, MOST_PAGES = 120, 99


class FindForm(Form):
    """With what a woman is looked for; sent as a form, so that no name stands in an address."""

    asked = StringField(
        "Nombre, CURP, teléfono o folio", [DataRequired(REQUIRED), Length(max=ONE_LINE, message=TOO_LONG)]
    )
    town = SelectField("Municipio", choices=[], validate_choice=False)
    pagina = IntegerField(validators=[Optional()])

    @property
    def number(self) -> int:
        """Which page of what is found."""
        return min(max(1, self.pagina.data or 1), MOST_PAGES)


class RecordForm(Form):
    """Her values. `once` is the form's own id, `version` what the record was when it was opened."""

    once = HiddenField(validators=[Optional(), UUID()])
    version = HiddenField()
    full_name = StringField(texts.LABELS["full_name"])
    preferred_name = StringField(texts.LABELS["preferred_name"])
    birth_date = DateField(texts.LABELS["birth_date"], [Optional()])
    curp = StringField(texts.LABELS["curp"])
    municipality = SelectField(texts.LABELS["municipality"], choices=[])
    locality = StringField(texts.LABELS["locality"])
    children = StringField(texts.LABELS["children"])
    axis = SelectField(texts.LABELS["axis"], choices=[])
    confirmed = BooleanField("Lo confirmo")
    today: date
    least_age: int

    def validate_full_name(self, given: Field) -> None:
        """Refuse what is no name; without any name nobody would find her again."""
        if not _line(given) and not _line(self.preferred_name):
            raise ValidationError(REQUIRED)
        _check(given, checks.name)

    def validate_preferred_name(self, given: Field) -> None:
        """Refuse what is no name."""
        _check(given, checks.name)

    def validate_locality(self, given: Field) -> None:
        """Refuse what is too long or a formula."""
        _check(given, lambda text: checks.text(text, checks.LONGEST_NAME))

    def validate_curp(self, given: Field) -> None:
        """Refuse what is no CURP, or that of a girl."""
        curp = _check(given, checks.curp)
        self._refuse_girl(candidates.born_by_curp(curp, self.today) if curp else None)

    def validate_children(self, given: Field) -> None:
        """Refuse what is no number of children."""
        _check(given, lambda text: str(checks.whole(text, 0, checks.MOST_CHILDREN)))

    def validate_birth_date(self, given: Field) -> None:
        """Refuse a day to come, one of long ago, and below the programme's least age any."""
        if given.data is not None:
            _checked(lambda: checks.past_day(given.data, self.today, years=110))
        self._refuse_girl(given.data)

    def _refuse_girl(self, born: date | None) -> None:
        if born is not None and born <= self.today and dates.age(born, self.today) < self.least_age:
            raise ValidationError(_sentence(said.TOO_YOUNG.format(least=self.least_age)))

    def choose(self, towns: Sequence[tuple[str, str]], axes: Sequence[tuple[str, str]]) -> None:
        """Set what may be chosen."""
        self.municipality.choices = [("", "—"), *towns]
        self.axis.choices = [("", "—"), *axes]

    def values(self) -> dict[str, str]:
        """Return what was filled in; ask a form that was validated."""
        given = {name: _line(self[name]) for name in FIELDS if name != "birth_date"}
        given["birth_date"] = self.birth_date.data.isoformat() if self.birth_date.data else ""
        given["curp"] = checks.curp(given["curp"]) if given["curp"] else ""
        given["children"] = str(int(given["children"])) if given["children"] else ""
        return given

    @classmethod
    def empty(cls) -> RecordForm:
        """Return the form of a woman who is not on the list yet."""
        return cls(formdata=None, once=str(uuid.uuid4()))


class GroupForm(Form):
    """The group in which she is enrolled."""

    group = HiddenField(validators=[InputRequired(REQUIRED), UUID(message=REQUIRED)])


class NumberForm(Form):
    """A number of hers."""

    number = StringField("Teléfono", [InputRequired(REQUIRED), Length(max=30, message=TOO_LONG)])


class FolioForm(Form):
    """Her folio at an agency, with the day of the consent on paper."""

    agency = StringField(validators=[Length(max=checks.LONGEST_CODE)])
    folio = StringField("Folio", [InputRequired(REQUIRED), Length(max=checks.LONGEST_CODE, message=TOO_LONG)])
    consent_on = DateField("Día del permiso por escrito", [Optional()])


def _line(field: Field) -> str:
    return " ".join((field.data or "").split())


def _check(field: Field, check: Callable[[str], str]) -> str:
    text = _line(field)
    return _checked(lambda: check(text)) or "" if text else ""


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except CellError as error:
        raise ValidationError(_sentence(str(error))) from None


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
