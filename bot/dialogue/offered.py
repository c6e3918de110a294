"""What is on offer when she writes, and the groups that an answer in between has pushed back.

Why: the product says what is on offer, because groups and their seats are its data; the dialogue alone reads
what she types. Pure; must never offer what was of safety once cover is on or an hour has passed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.components.extract import places
from bot.components.extract.tokens import tokens
from bot.components.spelling import bare
from bot.dialogue import lexicon, words
from bot.dialogue.acts import OFFERS
from bot.dialogue.standing import Act, read_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dialogue.ask import Ask, Offer
    from bot.dialogue.memory import Memory
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

GROUP, LOOK = "/choose_group", "/look_for_groups"
PLACE = "enrolment.groups"
_GROUP_NAMED = re.compile(r"\bgrupo\b")
LOOKS_AROUND = frozenset(
    (
        "ask_workshops", "ask_location", "ask_programme", "access_my_data", "update_details", "reschedule",
        "inform", "enroll", "ask_menu", "out_of_scope", "nlu_fallback", "deny", "affirm", "ask_next_session",
    )
)  # fmt: skip
"""What a message at the choice of groups may be taken for while it only names another municipality."""
LONGEST_LOOK = 12
"""Words up to which the name of a place is a wish to look there; a longer message tells something else."""


def offers(ask: Ask, before: Memory, *, past: bool) -> Sequence[Offer]:
    """What she may choose from; `past`: the last question was of safety and is over."""
    return before.offers() if past or ask.offered is None else ask.offered


def waits(ask: Ask, before: Memory) -> bool:
    """Whether the last question still waits; an offer of groups only while there are groups on offer."""
    effects = [item.get("custom") for item in before.open_items]
    offering = [e for e in effects if isinstance(e, Mapping) and e.get("effect") in OFFERS]
    if not offering or ask.offered is None:
        return bool(before.open_items)
    return any(payload.startswith(GROUP) for _, payload in (*ask.offered, *ask.older))


def an_older_group(text: str, here: Standing) -> Act | None:
    """A group by its title, "grupo 2", where another answer with buttons has followed the list."""
    groups = [payload for _, payload in here.older if payload.startswith(GROUP)]
    if not groups or not _GROUP_NAMED.search(bare(text)):
        return None
    place = words.choice(text, len(groups))
    return None if place is None else read_payload(groups[place], here.intents)


def of_groups(text: str, said: Understanding, here: Standing) -> Act | None:
    """A group of another municipality, or one of the list by its place."""
    return groups_elsewhere(text, said, here) or by_place(text, said, here) or by_what_it_is(text, said, here)


def by_place(text: str, said: Understanding, here: Standing) -> Act | None:
    """A group on the list by its place in it, with whatever she says beside it."""
    groups = [payload for _, payload in here.offers if payload.startswith(GROUP)]
    if not groups or len(groups) < len(here.offers) or said.tier != "none":
        return None
    place = words.position(text, len(groups))
    return None if place is None else read_payload(groups[place], here.intents)


def group(text: str, said: Understanding, here: Standing) -> Act | None:
    """What the model takes for a group of the list: the model learnt another list, so its number is asked."""
    return by_place(text, said, here) or Act("which_group")


_BY_WHAT_IT_IS = re.compile(
    r"^\W*(?:(?:pues|ps|mejor|quiero|kiero|quisiera|yo|a mi|si|ok|bueno|prefiero|me conviene|"
    r"me queda)[\s,]+)*"
    r"(?:el|la) (?:(?:del?|de los|de las|de la|en la|por la) )?(?:lunes|martes|miercoles|jue[vb]es|"
    r"[vb]iernes|"
    r"sabados?|domingos?|mañana|manana|tarde|noche|mas cerca|mas cercan\w+|cerquita|costura|cocina|huerto|"
    r"temprano)\b[^?]{0,15}$"
)


def by_what_it_is(text: str, said: Understanding, here: Standing) -> Act | None:
    """A group by its day or its theme, "el del sábado": only its number says for certain which one."""
    choosing = any(payload.startswith(GROUP) for _, payload in here.offers)
    fits = choosing and said.tier == "none" and _BY_WHAT_IT_IS.match(bare(text))
    return Act("which_group") if fits else None


def instead_of_workshops(act: Act | None, here: Standing) -> Act | None:
    """The groups where these were offered to her, and not the workshops."""
    payloads = {payload for _, payload in here.offers}
    wants = act is not None and act.intent == "ask_workshops"
    return Act("look_for_groups") if wants and LOOK in payloads and "/ask_workshops" not in payloads else act


def groups_elsewhere(text: str, said: Understanding, here: Standing) -> Act | None:
    """At the choice of groups: another municipality, whose groups she wants to see."""
    choosing = any(payload.startswith(GROUP) for _, payload in here.offers)
    if not choosing or said.tier != "none" or said.intent not in LOOKS_AROUND:
        return None
    if len(text.split()) > LONGEST_LOOK or re.search(lexicon.CANT_GO_THERE, bare(text)):
        return None
    # A name as it is written, never one that is only alike: "no tengo tiempo" is not Atengo.
    named = [one for one in places.places(tokens(text)) if places.is_name(text[one.start : one.end])]
    codes = {one.value for one in named if not one.extra.get("ambiguous")}
    return Act("look_for_groups", {"looked_in": codes.pop()}) if len(codes) == 1 else None
