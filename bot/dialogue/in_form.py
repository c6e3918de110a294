"""What a text means while a form asks: the answer, a correction, a question of hers, or the question again.

Why: she may digress, correct and answer in bursts, and a name is not a cry. Pure; must never store or log.
"""

from __future__ import annotations

from bot.dialogue import answers, corrections, given, words
from bot.dialogue.acts import DIGRESSIONS, RE_ASK
from bot.dialogue.parse import UNKNOWN, Understanding
from bot.dialogue.standing import CLEAR, LEAST_CONFIDENCE, SHORT, SURELY, Act, Standing


def _only_polite(said: Understanding) -> bool:
    return said.intent in ("greet", "thank") and said.confidence >= CLEAR


def _enough(text: str, *, free: bool) -> float:
    return CLEAR if free and not words.asks(text) else LEAST_CONFIDENCE


def _is_answer(text: str, said: Understanding, here: Standing) -> bool:
    """Where any words are an answer, a place or an hour that is only stated is no question."""
    stated = not words.asks(text) and said.intent.startswith("ask_")
    if here.form_field == "contact_hours":
        return (stated or words.leaves_hours_open(text)) and words.speaks_of_time(text)
    return stated and here.form_field == "locality" and said.intent == "ask_location"


def _plainly(said: Understanding, here: Standing) -> list[str]:
    """Her yes or no in other words than the known ones, as the plain word."""
    if said.confidence < SURELY or here.form_field in answers.FREE:
        return []
    return {"affirm": ["sí"], "deny": ["no"]}.get(said.intent, [])


def in_form(text: str, said: Understanding, here: Standing) -> Act | None:
    """The answer to what the form asks, a correction, a digression, or the same question again."""
    lines = [line for line in text.split("\n") if line.strip()]
    free = here.form_field in answers.FREE
    digresses = said.intent in DIGRESSIONS and said.confidence >= _enough(text, free=free)
    if free and ((digresses and not _is_answer(text, said, here)) or _only_polite(said)):
        return Act(said.intent)
    corrected = _corrected(text, lines, here)
    if corrected:
        return corrected
    answer, read = _answered(lines, said, here)
    if answer:
        return answer
    if digresses:
        return Act(said.intent)
    stated = corrections.stated(text, here)
    if stated:
        return stated
    return _again(text, said, read)


def _again(text: str, said: Understanding, read: answers.Read) -> Act | None:
    """The same question again, with the reason where there is one; None: she speaks of something else."""
    if isinstance(read, answers.Again):
        return Act("ask_again", slots={"again": read.reason, **(read.slots or {})})
    if said.intent in RE_ASK or said.confidence < LEAST_CONFIDENCE or said.intent in (UNKNOWN, "inform"):
        if said.intent in ("greet", "thank"):
            return Act(said.intent)
        return Act("ask_again", slots={"again": None if said.intent == "repeat" else "unclear"})
    if said.perhaps and len(text.split()) <= SHORT:
        return Act("ask_again")  # a word or two that may be anything: the question stays, softly
    return None


def _corrected(text: str, lines: list[str], here: Standing) -> Act | None:
    """A correction, over all lines or in some of them; the other lines may answer what is asked."""
    slots, rest = corrections.by_lines(lines, here) if len(lines) > 1 else ({}, lines)
    if not slots:
        return corrections.correction(text, here)
    for line in rest:
        read = answers.read(here.form_field, line, here.today, here.filled.get("update_field", ""))
        if isinstance(read, answers.Answer):
            return Act("inform", slots={**read.slots, **slots}, corrects=True)
    return Act("inform", slots=slots, corrects=True)


def _answered(lines: list[str], said: Understanding, here: Standing) -> tuple[Act | None, answers.Read]:
    read: answers.Read = None
    for line in [" ".join(lines), *lines, *_plainly(said, here)] if lines else []:
        read = answers.read(here.form_field, line, here.today, here.filled.get("update_field", ""))
        if isinstance(read, answers.Answer):
            return Act("inform", slots=_with_more(lines, line, read, here)), read
    return None, read


def _with_more(lines: list[str], used: str, read: answers.Answer, here: Standing) -> dict[str, str]:
    """What else the message answers: only details whose value can't be mistaken."""
    slots = dict(read.slots)
    if "details_ok" not in here.asked:
        return slots
    known = {**here.filled, here.form_field: ""}
    for line in lines:
        for name in ("birth_date", "municipality", "curp"):
            if line != used and len(lines) > 1 and name not in slots and name not in here.filled:
                more = answers.read(name, line, here.today)
                if isinstance(more, answers.Answer) and all(more.slots.values()):
                    slots |= more.slots
    return {**given.details("\n".join(lines), known, here.today), **slots}
