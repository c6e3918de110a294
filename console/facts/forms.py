"""The forms of answers and help resources."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from console import words
from console.forms import REQUIRED, Form
from models import FIRST_PROGRAMME
from outreach.programme.answers import ResourceDetails


class AnswerForm(Form):
    """The answer to a common question."""

    text = TextAreaField("Respuesta", [InputRequired(REQUIRED), Length(max=900, message="Hasta 900 letras.")])


class NewAnswerForm(AnswerForm):
    """An answer for one municipality, or to a question that had none."""

    topic = SelectField("Pregunta", choices=[SelectChoice(*topic) for topic in words.TOPICS.items()])
    municipality = SelectField("Para")
    programme = SelectField("Programa", default=str(FIRST_PROGRAMME))


class ResourceForm(Form):
    """A help resource: what she is told, and where it was found."""

    name = StringField("Nombre", [InputRequired(REQUIRED), Length(max=120)])
    channel = StringField("Teléfono o medio", [InputRequired(REQUIRED), Length(max=160)])
    hours = StringField("Horario", [InputRequired(REQUIRED), Length(max=120)])
    says = TextAreaField(
        "Qué se le dice a ella", [InputRequired(REQUIRED), Length(max=300, message="Hasta 300 letras.")]
    )
    needs = SelectMultipleField(
        "Para qué sirve",
        [InputRequired("Marca al menos una.")],
        choices=[SelectChoice(*need) for need in words.NEEDS.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    municipality = SelectField("Atiende a")
    source = TextAreaField("De dónde salió el dato", [InputRequired(REQUIRED), Length(max=500)])

    def details(self) -> ResourceDetails:
        """Return what was filled in."""
        return ResourceDetails(
            name=(self.name.data or "").strip(),
            channel=(self.channel.data or "").strip(),
            hours=(self.hours.data or "").strip(),
            says=(self.says.data or "").strip(),
            needs=" ".join(self.needs.data or ()),
            municipality=self.municipality.data or None,
            source=(self.source.data or "").strip(),
        )
