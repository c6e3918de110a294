"""What a text means while a form asks: the answer, a correction, a question of hers, or the question again.

Why: she may digress, correct and answer in bursts, and a name is not a cry. Pure; must never store or log.
"""

from __future__ import annotations

from bot.dialogue import answers, words
from bot.dialogue.acts import DIGRESSIONS, RE_ASK
from bot.dialogue.parse import UNKNOWN, Understanding
from bot.dialogue.standing import CLEAR, LEAST_CONFIDENCE, SURELY, Act, Standing


def _correction(text: str, here: Standing) -> Act | None:
    """A correction of what the form already holds: by name, or by value after "no, es ..."."""
    named = words.wants_change(text)
    if named and named in here.filled:
        value = text.rpartition(" por ")[2] if " por " in text else ""
        found = answers.read(named, value, here.today) if value else None
        if isinstance(found, answers.Answer):
            return Act("inform", found.slots)
        return Act("correct_detail", slots={named: None, "details_ok": None})
    rest = words.corrected(text)
    for name in ("municipality", "birth_date"):
        if rest and name in here.filled and name != here.form_field:
            found = answers.read(name, rest, here.today)
            if isinstance(found, answers.Answer):
                return Act("inform", found.slots)
    return None


def _only_polite(said: Understanding) -> bool:
    return said.intent in ("greet", "thank") and said.confidence >= CLEAR


def _plainly(said: Understanding, here: Standing) -> list[str]:
    """Her yes or no in other words than the known ones, as the plain word."""
    if said.confidence < SURELY or here.form_field in answers.FREE:
        return []
    return {"affirm": ["sí"], "deny": ["no"]}.get(said.intent, [])


def in_form(text: str, said: Understanding, here: Standing) -> Act | None:
    """The answer to what the form asks, a correction, a digression, or the same question again."""
    lines = [line for line in text.split("\n") if line.strip()]
    digresses = said.intent in DIGRESSIONS and said.confidence >= (
        CLEAR if here.form_field in answers.FREE else LEAST_CONFIDENCE
    )
    if here.form_field in answers.FREE and (digresses or _only_polite(said)):
        return Act(said.intent)
    correction = _correction(text, here)
    if correction:
        return correction
    read = None
    for line in [" ".join(lines), *lines, *_plainly(said, here)] if lines else []:
        read = answers.read(here.form_field, line, here.today, here.filled.get("update_field", ""))
        if isinstance(read, answers.Answer):
            return Act("inform", _rest_of_burst(lines, line, read, here))
    if digresses:
        return Act(said.intent)
    if isinstance(read, answers.Again):
        return Act("ask_again", slots={"again": read.reason, **(read.slots or {})})
    if said.intent in RE_ASK or said.confidence < LEAST_CONFIDENCE or said.intent in (UNKNOWN, "inform"):
        if said.intent in ("greet", "thank"):
            return Act(said.intent)
        return Act("ask_again", slots={"again": None if said.intent == "repeat" else "unclear"})
    return None


def _rest_of_burst(lines: list[str], used: str, read: answers.Answer, here: Standing) -> dict[str, str]:
    """What else the burst answers: only fields whose value can't be mistaken."""
    slots = dict(read.slots)
    for line in lines:
        for name in ("birth_date", "municipality", "curp"):
            if line != used and len(lines) > 1 and name not in slots and name not in here.filled:
                more = answers.read(name, line, here.today)
                if isinstance(more, answers.Answer) and all(more.slots.values()):
                    slots |= more.slots
    return slots
