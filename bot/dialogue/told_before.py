"""What of a talk is remembered, as a class: the harm to her body, photos, who writes, who hurts.

Why: "¿tengo que ir al doctor?" after strangling is another question than after forced sex, "si le pago" is
about the photos of the message before, a man who said so is not answered as a woman of the programme, and
"se va a dar cuenta ella" is no husband on the phone where it is she who hurts. Each is a slot with a closed
set of values, forgotten with the talk; who writes is forgotten after an hour of silence. Pure; it must never
keep a text.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.red_flags import flag, is_blow, is_with_child
from bot.components.sound_patterns import is_in
from bot.components.spelling import bare, spoken
from bot.dialogue import kinds
from bot.dialogue.acts import SAFETY

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Act, Standing

LIST = Path(__file__).with_name("in_thread.txt")
STRANGLED, WITH_CHILD, FORCED, BLOW = "strangled", "hit_while_pregnant", "forced", "blow"
MAN, FRIEND = "man", "friend"
FORGOTTEN = ("harm", "photos", "hurts", "killed", "kind", "means", "denied")
"""What is forgotten with the talk."""
_SURE = 0.9
_OF_HER_FRIEND = frozenset(("support_for_other", "other_how", "other_where"))
_OF_HERSELF = frozenset(("disclose_violence", "tell_more", "sexual_violence", "immediate_danger"))


def says(section: str, text: str) -> bool:
    """Tell whether something of a section of the list stands in a message."""
    return is_in(LIST, section, spoken(bare(text)))


def harm_in(text: str, before: str = "") -> str:
    """Return the gravest harm to her body of a message, with what was told before; empty for none.

    A blow and a pregnancy told in two messages are one; a plain blow takes the place of nothing.
    """
    heard = flag(text)
    name = heard.name if heard and heard.whom == "her" and not heard.past else ""
    if name in (STRANGLED, WITH_CHILD):
        return name
    struck = name == "struck" or is_blow(text)
    if (
        (is_with_child(text) or (says("months", text) and says("belly", text)))
        and (before == BLOW or struck)
        and not sexual.told(text)
    ):
        return WITH_CHILD
    if sexual.told(text) and sexual.perhaps_lately(text):
        return FORCED
    return before or (BLOW if struck else "")


def is_man(text: str) -> bool:
    """Tell whether who writes says that he is a man."""
    return says("man", text)


def remembered(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The act with what is to be remembered of this message, where it belongs to a talk on safety."""
    if act.intent == "a_man" and not here.cover:
        return replace(act, slots={"writer": MAN, **act.slots})  # what he tells next is a man's
    if here.cover or not text or not (here.in_safety or act.intent in SAFETY):
        return act
    was = here.filled
    harm = harm_in(text, was.get("harm", "") if here.in_safety else "")
    photos = (
        act.intent == "digital_violence"
        or says("photos", text)
        or (here.in_safety and was.get("photos") == "yes")
    )
    she = says("she_hurts", text) or says("partner_is_a_woman", text)
    she = she or (here.in_safety and was.get("hurts") == "she")
    killed = act.intent == "bereaved" or (here.in_safety and was.get("killed") == "yes")
    kept = {
        "killed": "yes" if killed else None,
        "harm": harm or None,
        "means": "yes" if act.intent == "self_harm_means" or was.get("means") == "yes" else None,
        "denied": "yes" if act.intent in ("not_violence", "worn_out") or was.get("denied") == "yes" else None,
        "photos": "yes" if photos else None,
        "hurts": "she" if she else None,
        "writer": _writer(text, act, said, here) or None,
    }
    return replace(act, slots={**kept, **kinds.remembered(text, act, here), **act.slots})


def _writer(text: str, act: Act, said: Understanding, here: Standing) -> str:
    """Who writes: a man once he said so, a friend while she speaks of another."""
    was = here.filled.get("writer", "")
    if is_man(text) or was == MAN or act.intent in ("man_asks_help", "man_heard", "man_danger"):
        return MAN
    if act.intent == "bereaved" or here.filled.get("killed") == "yes":
        return ""  # the other is dead: what is asked now is asked for herself and hers
    if act.intent in _OF_HER_FRIEND or (said.speaker == "other_woman" and said.speaker_confidence >= _SURE):
        return FRIEND
    hers = act.intent in _OF_HERSELF and (is_blow(text) or _of_her(text))
    return "" if hers else was


def _of_her(text: str) -> bool:
    heard = flag(text)
    return heard is not None and heard.whom == "her"
