"""What a case's record holds: its sections, their fields, and the closed lists from which some are chosen.

The lists are codes, so that they can be counted; what staff read is in `outreach.texts.desk_record`. Nothing
here adds danger signs up: they are for a person to weigh, and no number may stand for a woman.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from outreach.casework.opened import DeskError
from outreach.texts import desk_record as texts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Value = str | int | list[str]
Values = dict[str, Value]
"""One section's fields that are filled in; what is empty is not there."""

LINE, TEXT, LONG_TEXT = 120, 600, 1200
"""Letters of a field."""
SHORTEST_REASON = 8

# LGAMVLV, art. 6.
TYPES: Final = ("psychological", "physical", "patrimonial", "economic", "sexual", "vicarious", "other")
# LGAMVLV, arts. 7 (family), 10 to 15 (work, school), 16 and 16 Bis (community), 18 (institutions), 20 Bis
# (political), 20 Quater (digital), 20 Quinquies (media), 21 (feminicidal).
MODALITIES: Final = (
    "family", "work", "school", "community", "institutional", "political", "digital", "media", "feminicidal",
)  # fmt: skip
RELATIONS: Final = (
    "husband", "partner", "boyfriend", "former_partner", "parent", "child", "relative", "in_law",
    "acquaintance", "work", "school", "authority", "programme", "stranger", "several", "other",
)  # fmt: skip
TELL: Final = ("yes", "no", "unknown")
# Domain notes, section 4, "Red flags". Our own words: the items of DA, DA-5 and EPV-R are not ours to copy.
SIGNS: Final = (
    "strangled", "weapon", "threats_to_kill", "worse", "pregnant", "leaving", "locked_in", "stalked",
    "forced_sex", "her_own_life",
)  # fmt: skip
PLAN_STEPS: Final = ("trust", "papers", "way_out", "children", "proofs")
"""The five steps that the assistant goes through with her, in its order."""
AGREED: Final = ("case", "contact", "calls", "data", "referral")
HOW: Final = ("message", "voice", "call", "in_person", "signed")
DECISIONS: Final = ("pending", "not_needed", "will_tell", "told")
# LGDNNA, art. 12 (anybody, of violence against minors); LGAMVLV, art. 29, and CNPP, art. 222 (public
# servants).
GROUNDS: Final = ("lgdnna_12", "cnpp_222", "other")


class Kind(enum.StrEnum):
    """How a field is filled in. DAY is kept as ISO; TOWN is a municipality's code."""

    LINE = "line"
    TEXT = "text"
    ONE = "one"
    SOME = "some"
    NUMBER = "number"
    DAY = "day"
    TOWN = "town"


@dataclass(frozen=True)
class Field:
    """One field: `choices` for ONE and SOME, `longest` in letters, `most` for NUMBER."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    longest: int = TEXT
    most: int = 0


def _tell(name: str) -> Field:
    return Field(name, Kind.ONE, TELL)


def _text(name: str, longest: int = TEXT) -> Field:
    return Field(name, Kind.TEXT, longest=longest)


def _line(name: str) -> Field:
    return Field(name, Kind.LINE, longest=LINE)


CONSENT, VIOLENCE, FAMILY, CONTACT = "consent", "violence", "family", "contact"
DANGER, PLAN, REPORTING, CLOSING = "danger", "plan", "reporting", "closing"
SECTIONS: Final[dict[str, tuple[Field, ...]]] = {
    CONSENT: (
        Field("agreed", Kind.SOME, AGREED),
        Field("how", Kind.ONE, HOW),
        Field("on", Kind.DAY),
        _text("words"),
        _text("limits"),
    ),
    VIOLENCE: (
        _text("what", LONG_TEXT),
        Field("types", Kind.SOME, TYPES),
        Field("modalities", Kind.SOME, MODALITIES),
        Field("relation", Kind.ONE, RELATIONS),
        _tell("lives_with"),
        Field("age", Kind.NUMBER, most=110),
        Field("town", Kind.TOWN),
        Field("last_on", Kind.DAY),
    ),
    FAMILY: (
        Field("children", Kind.NUMBER, most=30),
        _line("ages"),
        _tell("with_her"),
        _tell("harmed"),
        _text("dependants"),
    ),
    CONTACT: (
        _line("language"),
        _tell("interpreter"),
        _tell("reading"),
        _text("rules"),
        _text("trusted"),
    ),
    DANGER: (*(_tell(sign) for sign in SIGNS), _text("told", LONG_TEXT)),
    PLAN: (*(_text(step) for step in PLAN_STEPS), _text("more", LONG_TEXT)),
    REPORTING: (
        Field("decision", Kind.ONE, DECISIONS),
        Field("grounds", Kind.SOME, GROUNDS),
        _text("reason", LONG_TEXT),
        _tell("she_knew"),
        _line("told_to"),
        Field("told_on", Kind.DAY),
    ),
    CLOSING: (_text("reached", LONG_TEXT), _text("open"), _text("her_view"), _tell("may_write")),
}
_TOWN = re.compile(r"\d{5}")


class BadFieldError(DeskError):
    """Un dato no se pudo guardar."""

    def __init__(self, field: str, problem: str) -> None:
        """Say which field it is and what is wrong with it."""
        super().__init__(problem)
        self.field = field


def clean(
    section: str, given: Mapping[str, Sequence[str]], *, towns: Collection[str] | None = None
) -> Values:
    """Return what a form says of a section, without what is empty; `towns` are the codes that there are.

    Raises:
        BadFieldError: a field is too long, not of its list or no number; or a decision lacks its reason.
        KeyError: there is no such section.
    """
    values: Values = {}
    for field in SECTIONS[section]:
        told = [text.strip() for text in given.get(field.name, ()) if text.strip()]
        if told:
            values[field.name] = _value(field, told)
            if field.kind is Kind.TOWN and towns is not None and told[0] not in towns:
                raise BadFieldError(field.name, texts.NOT_OF_THE_LIST)
    if section == REPORTING:
        _insist_on_reasons(values)
    return values


def _value(field: Field, told: list[str]) -> Value:
    if field.kind is Kind.SOME:
        if not set(told) <= set(field.choices):
            raise BadFieldError(field.name, texts.NOT_OF_THE_LIST)
        return [code for code in field.choices if code in told]
    text = told[0].replace("\r\n", "\n")
    if field.kind is Kind.NUMBER:
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= field.most):  # noqa: PLR2004
            raise BadFieldError(field.name, texts.NO_NUMBER.format(most=field.most))
        return int(text)
    if field.kind is Kind.DAY:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise BadFieldError(field.name, texts.NO_DAY) from None
    wrong = {
        Kind.ONE: text not in field.choices,
        Kind.TOWN: not _TOWN.fullmatch(text),
    }
    if wrong.get(field.kind):
        raise BadFieldError(field.name, texts.NOT_OF_THE_LIST)
    if field.kind is Kind.LINE:
        text = " ".join(text.split())
    if len(text) > field.longest:
        raise BadFieldError(field.name, texts.TOO_LONG.format(most=field.longest))
    return text


def _insist_on_reasons(values: Values) -> None:
    """A decision about telling the authorities is nobody's without its reason, nor without its ground."""
    decision = values.get("decision")
    if decision in {None, "pending"}:
        return
    if len(str(values.get("reason", ""))) < SHORTEST_REASON:
        raise BadFieldError("reason", texts.NO_REASON)
    if decision in {"will_tell", "told"} and not values.get("grounds"):
        raise BadFieldError("grounds", texts.NO_GROUND)
