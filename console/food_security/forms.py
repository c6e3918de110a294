"""The form of a food security interview on paper."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import UUID, InputRequired, Optional

from console.forms import REQUIRED, Form
from outreach.people.food_forms import PaperForm
from outreach.people.food_security import ADULTS, MINORS
from outreach.texts import food_interviews as texts

if TYPE_CHECKING:
    from datetime import date

ANSWERS = [SelectChoice(*each) for each in texts.ANSWERS.items()]


class PaperBase(Form):
    """What stands above the questions; `once` is the form's own id, `replaces` what is to be corrected."""

    once = HiddenField(validators=[UUID()])
    replaces = HiddenField(validators=[Optional(), UUID()])
    moment = SelectField("De qué momento es", choices=[SelectChoice(*each) for each in texts.MOMENTS.items()])
    asked_on = DateField("Día en que se le preguntó", [InputRequired(REQUIRED)])
    consent = BooleanField("Ese día firmó que acepta esta encuesta, y el papel se guarda")
    minors = RadioField(
        "¿Viven con ella menores de 18 años?",
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("yes", "Sí"), SelectChoice("no", "No")],
    )


def _with_questions() -> type[PaperBase]:
    """Add a field for each question: those on minors are needed only where minors live in her house."""
    fields: dict[str, Any] = {}
    for name, question in texts.QUESTIONS.items():
        fields[name] = RadioField(question, choices=ANSWERS, validate_choice=False)
    return type("QuestionsForm", (PaperBase,), fields)


QuestionsForm = _with_questions()


class InterviewForm(QuestionsForm):  # type: ignore[valid-type, misc] # its fields are made from the texts
    """One interview."""

    @classmethod
    def empty(cls) -> InterviewForm:
        """Return the form before anything is filled in."""
        return cls(formdata=None, once=str(uuid.uuid4()))

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that must have an answer."""
        return ADULTS + MINORS if self.minors.data == "yes" else ADULTS

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 (as its base has it)
        """Check the fields, and that each question that was asked has an answer."""
        whole = bool(super().validate(extra_validators))
        for name in self.asked:
            if self[name].data not in texts.ANSWERS:
                self[name].errors = [texts.ANSWER_MISSING]
                whole = False
        return whole

    def paper(self) -> PaperForm:
        """Return what was filled in; ask a form that was validated."""
        asked_on: date = self.asked_on.data
        return PaperForm(
            uuid.UUID(self.once.data),
            self.moment.data,
            asked_on,
            bool(self.consent.data),
            {name: self[name].data for name in self.asked},
            uuid.UUID(self.replaces.data) if self.replaces.data else None,
        )
