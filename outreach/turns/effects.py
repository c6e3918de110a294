"""What a turn may do: a closed list of typed effects. What is not in it is refused.

Each class is one effect of the dialogue, by the name in its `NAME`. Field names are those of the
JSON that rides on Rasa's answers (`bot/domain/`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, ClassVar


class UnknownEffectError(Exception):
    """The dialogue asked for something that is not in the closed list, or in a wrong shape."""


@dataclass(frozen=True)
class Effect:
    """The base of all effects."""

    NAME: ClassVar[str] = ""


@dataclass(frozen=True)
class Receipt(Effect):
    """The end of a turn that went well, with what was understood; never with her words.

    `keeps_offer`: what was on offer before this turn may still be chosen. `busy`: she is in a form or a talk.
    """

    NAME = "receipt"
    message_id: str
    intent: str
    risk: str
    tier: str
    confidential: bool
    confidence: float = 0.0
    keeps_offer: bool = False
    busy: bool = False


@dataclass(frozen=True)
class RecordConsent(Effect):
    """She answered a notice."""

    NAME = "record_consent"
    kind: str
    given: bool


@dataclass(frozen=True)
class SaveDetails(Effect):
    """What she gave in the enrolment form; an empty string means not given."""

    NAME = "save_details"
    preferred_name: str = ""
    full_name: str = ""
    birth_date: str = ""
    birth_year: str = ""
    municipality: str = ""
    locality: str = ""
    children: str = ""
    axis: str = ""
    contact_hours: str = ""
    phone_shared: str = ""
    curp: str = ""


@dataclass(frozen=True)
class UpdateDetails(Effect):
    """One detail corrected."""

    NAME = "update_details"
    field: str
    value: str = ""


@dataclass(frozen=True)
class OfferGroups(Effect):
    """Show the groups near her, or in the municipality that she names."""

    NAME = "offer_groups"
    municipality: str = ""


@dataclass(frozen=True)
class ChooseGroup(Effect):
    """She takes a group."""

    NAME = "choose_group"
    group: str


@dataclass(frozen=True)
class TellNextSession(Effect):
    """When and where her next session is; `following`: the one after it."""

    NAME = "tell_next_session"
    following: bool = False


@dataclass(frozen=True)
class TellDates(Effect):
    """When the groups near her meet next, without offering a seat."""

    NAME = "tell_dates"


@dataclass(frozen=True)
class TellSessions(Effect):
    """What she has attended and what is coming."""

    NAME = "tell_sessions"


@dataclass(frozen=True)
class TellEnrolmentStatus(Effect):
    """Whether she is in."""

    NAME = "tell_enrolment_status"


@dataclass(frozen=True)
class TellLocation(Effect):
    """Where her group meets."""

    NAME = "tell_location"


@dataclass(frozen=True)
class TellWorkshops(Effect):
    """Which workshops there are."""

    NAME = "tell_workshops"


@dataclass(frozen=True)
class AnswerQuestion(Effect):
    """A common question, answered from what coordinators wrote."""

    NAME = "answer_question"
    topic: str


@dataclass(frozen=True)
class ConfirmAttendance(Effect):
    """She will be there."""

    NAME = "confirm_attendance"


@dataclass(frozen=True)
class DeclineAttendance(Effect):
    """She can't come this time; `quiet`: it is noted and something else is answered."""

    NAME = "decline_attendance"
    quiet: bool = False


@dataclass(frozen=True)
class OfferReschedule(Effect):
    """Another group of the same workshop."""

    NAME = "offer_reschedule"


@dataclass(frozen=True)
class NotifyLate(Effect):
    """She will be late."""

    NAME = "notify_late"


@dataclass(frozen=True)
class DropOut(Effect):
    """She leaves her group."""

    NAME = "drop_out"


@dataclass(frozen=True)
class OptOut(Effect):
    """Nothing more is initiated."""

    NAME = "opt_out"


@dataclass(frozen=True)
class OptIn(Effect):
    """Messages again."""

    NAME = "opt_in"


@dataclass(frozen=True)
class SetContactHours(Effect):
    """When she may be written to, in her words; `quiet`: they are kept and something else is answered."""

    NAME = "set_contact_hours"
    words: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class TellPrivacy(Effect):
    """What her data is for."""

    NAME = "tell_privacy"


@dataclass(frozen=True)
class TellMyData(Effect):
    """What is held about her."""

    NAME = "tell_my_data"


@dataclass(frozen=True)
class EraseMyData(Effect):
    """Erase, now."""

    NAME = "erase_my_data"


@dataclass(frozen=True)
class SetLanguage(Effect):
    """She prefers another language: an interpreter is needed."""

    NAME = "set_language"
    language: str = ""


@dataclass(frozen=True)
class RequestPerson(Effect):
    """She wants a person, or needs one."""

    NAME = "request_person"
    reason: str = "asked"


@dataclass(frozen=True)
class OpenCase(Effect):
    """She said yes to a case, or her life is in danger."""

    NAME = "open_case"
    urgency: str
    about: str = "violence"


@dataclass(frozen=True)
class GiveHelp(Effect):
    """One resource for her need and municipality."""

    NAME = "give_help"
    need: str


@dataclass(frozen=True)
class EnterCover(Effect):
    """From here on this is a workshops bot."""

    NAME = "enter_cover"


@dataclass(frozen=True)
class LeaveCover(Effect):
    """The thread is back."""

    NAME = "leave_cover"


@dataclass(frozen=True)
class NoteDanger(Effect):
    """A cry under cover: the team hears of it, and nothing is said."""

    NAME = "note_danger"


@dataclass(frozen=True)
class CloseCase(Effect):
    """She wants her case closed, and said so twice."""

    NAME = "close_case"


@dataclass(frozen=True)
class TakeSeatBack(Effect):
    """She takes back the seat that she gave up last."""

    NAME = "take_seat_back"


@dataclass(frozen=True)
class ExpectSafeWord(Effect):
    """Her next message is her safe word."""

    NAME = "expect_safe_word"


@dataclass(frozen=True)
class KeepLocation(Effect):
    """Keep, sealed, the location she sent."""

    NAME = "keep_location"


@dataclass(frozen=True)
class SaveFoodSecurity(Effect):
    """The EMSA answers: yes, no or none (no answer) by question."""

    NAME = "save_food_security"
    answers: dict[str, str]
    moment: str = "start"


@dataclass(frozen=True)
class AskBack(Effect):
    """She said by voice what would change something: `about` is that effect's name, `value` what it holds.

    Nothing of it was done, and the dialogue stands where it stood.
    """

    NAME = "ask_back"
    about: str
    value: str = ""
    confidential: bool = False


@dataclass(frozen=True)
class ForgetTurn(Effect):
    """She said that it is not so: what she wrote leaves no trace."""

    NAME = "forget_turn"


def _subclasses() -> dict[str, type[Effect]]:
    return {cls.NAME: cls for cls in Effect.__subclasses__()}


KINDS = _subclasses()


def parse(data: dict[str, Any]) -> Effect:
    """Turn the JSON of one effect into its type.

    Unknown fields are refused too: a dialogue that believes it said something must be told that it
    was not heard.

    Raises:
        UnknownEffectError: not in the list, or with missing, unknown or wrongly typed fields.
    """
    given = dict(data)
    name = given.pop("effect", None)
    cls = KINDS.get(name) if isinstance(name, str) else None
    if cls is None:
        raise UnknownEffectError("unknown effect")
    if cls is Receipt:
        given.pop("entities", None)
    known = {f.name: f.type for f in fields(cls)}
    if not given.keys() <= known.keys():
        raise UnknownEffectError(f"{name}: unknown field")
    try:
        return cls(**{field: _typed(value, str(known[field])) for field, value in given.items()})
    except (KeyError, TypeError, ValueError):
        raise UnknownEffectError(f"{name}: missing or wrong field") from None


def _finite(value: Any) -> float:  # noqa: ANN401 (JSON in)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _typed(value: Any, kind: str) -> Any:  # noqa: ANN401 (JSON in, the field's type out)
    if kind == "str":
        return "" if value is None or value == "None" else str(value)
    if kind == "bool":
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False, "True": True, "False": False}[value]
    if kind == "float":
        return _finite(value)
    if kind.startswith("dict"):
        if not isinstance(value, dict):
            raise TypeError
        return {str(k): str(v) for k, v in value.items()}
    raise TypeError(kind)
