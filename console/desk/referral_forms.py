"""Forms of referrals: what is asked, how she agreed, and what was ticked to be shared."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import request
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import UUID, AnyOf, Length, Optional

from console.forms import Form
from outreach.casework import reasons, referrals
from outreach.casework.record_fields import SECTIONS
from outreach.casework.referral_rows import Step
from outreach.casework.sharing import Part, Sharing
from outreach.ground import dates
from outreach.texts import desk_referrals as texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from outreach.casework.thread import Entry

SERVICE = "service"
"""What is chosen in place of a team, for a service outside."""
LONGEST_MESSAGE = 1000


class ReferralForm(Form):
    """A referral as it is filled in; `to` is a team's id or SERVICE."""

    to = StringField("A quién")
    service = StringField("Servicio", [Length(0, referrals.LONGEST_SERVICE, texts.NO_SERVICE)])
    asked = TextAreaField("Qué se pide", [Length(0, referrals.LONGEST_ASKED, texts.NO_ASKED)])
    consent = StringField("Qué dijo ella", [Length(0, reasons.LONGEST - 80, texts.NO_CONSENT)])
    said = StringField("El mensaje en que lo dijo", [Optional(), UUID()])
    along = BooleanField("La conversación va con ella")

    def team(self) -> uuid.UUID | None:
        """Return the team that was chosen; None for a service, or for nothing."""
        return _id(self.to.data or "")

    def sharing(self) -> Sharing:
        """Return what was ticked."""
        return Sharing(
            parts=frozenset(Part(one) for one in request.form.getlist("part") if one in set(Part)),
            sections=frozenset(one for one in request.form.getlist("section") if one in SECTIONS),
            lines=frozenset(filter(None, map(_id, request.form.getlist("line")))),
            notes=frozenset(filter(None, map(_number, request.form.getlist("note")))),
        )

    def agreed(self, entries: Iterable[Entry], zone: ZoneInfo) -> str:
        """Return how she agreed: by a message of hers, by what her caseworker notes, or by both."""
        words = " ".join((self.consent.data or "").split())
        chosen = _id(self.said.data or "")
        line = next((one for one in entries if one.id == chosen and one.author == "woman"), None)
        if line is None:
            return words
        return " ".join(
            filter(None, (texts.BY_MESSAGE.format(when=dates.date_and_hour(line.at, zone)), words))
        )


class StepForm(Form):
    """What becomes of a referral, and why."""

    step = HiddenField(validators=[AnyOf([step.value for step in Step])])
    why = StringField("Motivo", [Length(0, reasons.LONGEST)])


class MessageForm(Form):
    """A message to the other side; `once` is the form's own id."""

    text = TextAreaField("Mensaje", [Length(1, LONGEST_MESSAGE)])
    once = HiddenField(validators=[UUID()])


def _id(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except ValueError:
        return None


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else None  # noqa: PLR2004
