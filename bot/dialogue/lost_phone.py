"""What follows where her number changed: a new number is asked, or a person looks for her record.

Why: a woman who lost her phone is unknown on the next one, and "todavía no tengo tus datos" would send her
away from her seat. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.dialogue import phones, words
from bot.dialogue.lexicon import FIELD_NAMES
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing


def changed(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act of a number that changed; None where nothing says so, or something else is heard."""
    if said.tier != "none" or here.form_field or here.in_safety or here.cover or here.case_open:
        return None
    of_phone = said.intent == "update_details" and words.field_of(text) == "phone"
    if here.registered:
        named = {"update_field": "phone", "update_field_name": FIELD_NAMES["phone"]}
        bare_loss = (
            phones.says_lost(text) and words.field_of(text) in (None, "phone") and said.intent != "opt_out"
        )
        if bare_loss and not of_phone and "?" not in text and not re.search(r"\d{3}", text):
            this = {"update_value": phones.THIS_ONE if phones.says_this_one(text) else None}
            return Act("update_details", named, this)
        return None
    return Act("lost_phone") if (phones.says_lost(text) or of_phone) and "?" not in text else None
