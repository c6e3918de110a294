"""A turn that came by voice: what is asked back, what a yes to that means, and what was not heard.

The words of a note are a guess. The dialogue does nothing lasting on them (`bot/dialogue/guesses.py`): it
asks for `ask_back`, and what she said is done only once she has said yes to that. Where nothing readable may
be kept of a talk, she is asked to tap or to write instead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from outreach.ground import dates
from outreach.ground.words import words
from outreach.messages.conversation_state import Choice
from outreach.messages.inbox import Kind
from outreach.messages.outbox import Content
from outreach.messages.speech.transcript import Verdict
from outreach.people.contact_hours import days_in_words, read_hours
from outreach.texts import voice as texts
from outreach.turns import gather

if TYPE_CHECKING:
    from outreach.people.contact_hours import Hours
    from outreach.turns.effects import AskBack, Receipt
    from outreach.turns.turn_context import TurnContext

YES, NO = "/heard_yes", "/heard_no"
STANDS_FOR: Final = timedelta(hours=24)
"""A later yes is to something else."""
LONGEST_KEPT: Final = 400
"""Letters of a text that waits for her yes: the private state has one length for all women."""
WITHOUT_WORDS: Final = {
    "confirm_attendance": "/confirm_attendance",
    "decline_attendance": "/decline_attendance",
    "notify_late": "/notify_late",
    "drop_out": "/drop_out_now",
    "opt_out": "/opt_out",
    "opt_in": "/opt_in",
}
"""What a yes can stand for with nothing of her words kept: with a case they may not wait in readable form."""
_SAYS: Final = {
    "yes": frozenset(
        {
            "si", "1", "uno", "la 1", "la uno", "el 1", "claro", "claro que si", "asi es", "aja", "eso",
            "eso es", "correcto", "si asi es", "si eso", "si por favor", "si claro", "si gracias", "exacto",
            "esta bien", "si eso dije", "si es correcto", "ok",
        }
    ),
    "no": frozenset(
        {
            "no", "2", "dos", "la 2", "la dos", "el 2", "no es eso", "no gracias", "eso no", "no no",
            "no es asi",
        }
    ),
}  # fmt: skip


def marked(here: TurnContext) -> str:
    """Return how sure the words of this turn are, as the dialogue is told: empty where she typed all."""
    if any(one.by_voice for one in here.incoming):
        unsure = any(one.heard and one.heard.text and not one.heard.clear for one in here.incoming)
        return "unsure" if unsure else "clear"
    heard = [one.heard for one in here.incoming if one.heard and one.heard.verdict is not Verdict.LATE]
    return "nothing" if heard and not gather.joined(here.incoming) else ""


def spoken(here: TurnContext) -> bool:
    """Say whether this turn came by voice, also where it is her yes to what was asked back."""
    return bool(here.agreed) or any(one.kind is Kind.VOICE for one in here.incoming)


def answer(here: TurnContext) -> Literal["yes", "no"] | None:
    """Return what she answers to what was asked back; None where nothing was, or this is something else."""
    if not here.state.heard or len(here.incoming) != 1 or _is_old(here):
        return None
    one = here.incoming[0]
    if one.payload is not None:
        return "yes" if one.payload == YES else "no" if one.payload == NO else None
    said = words(one.text)
    return "yes" if said in _SAYS["yes"] else "no" if said in _SAYS["no"] else None


def _is_old(here: TurnContext) -> bool:
    asked = here.state.heard_at
    return asked is None or here.now - datetime.fromisoformat(asked) > STANDS_FOR


def confirmed(here: TurnContext) -> str | None:
    """Return the words of her note to which she said yes."""
    return here.state.heard if answer(here) == "yes" else None


def without_the_model(here: TurnContext) -> list[Content]:
    """Return what is said where no dialogue is needed: her no, and a safe word that must be typed."""
    if here.state.word_expected and any(one.kind is Kind.VOICE for one in here.incoming):
        return [Content(texts.WORD_BY_VOICE, confidential=True)]
    if answer(here) == "no":
        here.state.heard = None
        return [Content(texts.SAY_AGAIN)]
    return []


def ask_back(here: TurnContext, effect: AskBack, when: str = "") -> list[Content]:
    """Ask whether she said what the dialogue took her note for; `when` is the session that it is about."""
    text = gather.joined(here.incoming)
    hours = read_hours(text) if effect.about == "set_contact_hours" else None
    what, in_case = _what(here, effect, when, hours), with_case(here)
    kept = text if not in_case and len(text) <= LONGEST_KEPT else WITHOUT_WORDS.get(effect.about)
    if effect.confidential or what is None or kept is None:
        buttons = list(here.state.choices)
        if in_case:
            line = texts.TAP_OR_PERSON if buttons else texts.PERSON
        else:
            line = texts.TAP_OR_WRITE if buttons else texts.WRITE
        return [Content(line, buttons=buttons, confidential=effect.confidential)]
    here.state.heard, here.state.heard_at = kept, here.now.isoformat()
    buttons = [Choice(texts.YES, YES), Choice(texts.NO, NO)]
    return [Content(texts.READ_BACK.format(what=what), buttons=buttons)]


def with_case(here: TurnContext) -> bool:
    """Say whether a case is open, so that no word of hers may wait in readable form."""
    return bool(here.state.case_id) and not here.state.cover


def _what(here: TurnContext, effect: AskBack, when: str, hours: Hours | None) -> str | None:
    """Return what would be done, as exactly as it is known; None where it has no name."""
    if hours is not None:
        start, end = dates.span(hours.start, hours.end)
        return texts.WHAT_HOURS.format(days=days_in_words(hours.days), start=start, end=end)
    if effect.about == "record_consent":
        return texts.WHAT_GIVEN.get(effect.value, texts.WHAT[effect.about])
    if effect.about == "update_details" and effect.value:
        return texts.WHAT_VALUE.format(value=effect.value)
    if when and effect.about in texts.WHAT_WHEN:
        return texts.WHAT_WHEN[effect.about].format(when=when)
    offered = (*here.state.choices, *here.state.older)
    group = next((one.title for one in offered if effect.value and effect.value in one.payload), None)
    if effect.about == "choose_group" and group:
        return texts.WHAT_GROUP.format(group=group)
    return texts.WHAT.get(effect.about)


def not_heard(here: TurnContext, receipt: Receipt) -> list[Content]:
    """Say honestly that a note was not made out; never before what is said of safety."""
    if receipt.tier != "none" or receipt.risk != "none" or here.agreed:
        return []
    notes = [one.heard for one in here.incoming if one.kind is Kind.VOICE and one.heard is not None]
    why = next((one.verdict for one in notes if not one.clear), None)
    besides = any(one.text and not one.by_voice for one in here.incoming)
    # A note that nobody listened to in time is answered as where nobody listens; so many may come at once.
    if why is None or (why is Verdict.LATE and not besides):
        return []
    line = texts.NOT_HEARD[why.value]
    return [Content(texts.NOT_HEARD_BESIDES.format(why=line) if besides else line)]
