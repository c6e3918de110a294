"""What is no answer to "¿puedes escribir sin peligro?" and "¿alguien más revisa este teléfono?".

Why: "ya estoy acá" and "¿entonces con quién voy?" were taken for "sí puedo", and "ya me siento mejor" for
"solo yo", though the model was not far off being sure. A yes there stands on a word that may mean one; a
question is never one. What was asked is then put again, once. Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components.spelling import bare, spoken
from bot.dialogue import describing, words
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

WRITE, READERS = "safety.write_safely", "safety.who_reads"
_CAN = re.compile(
    r"\b(?:s+i+p?|sipi|simon|claro|ok|oki|okey|ei|ey|aja|arre|va|dale|adelante|pued\w*|"
    r"podemos|escrib\w*|platica\w*|"
    r"dime|digame|sol[oa]|solit[oa]|solas|libre|peligro|segur\w*|bien|lejos|fuera|nadie\w*|"
    r"tranquil\w*|d[ou]rm\w*|"
    r"duerm\w*|bañ\w*|(?:no|ni|ya no) (?:esta|sta|ta|anda|hay|ai|vive|se encuentra|ha llegado|"
    r"a llegado|me oye|"
    r"me ve|llega|regresa|viene|entra|se asoma)|[is]e? ?fue|se (?:fueron|va|ba|salio)|salio|"
    r"anda (?:en|fuera|por|"
    r"trabajando)|(?:esta|sta) (?:trabajando|en (?:el|su) (?:trabajo|jale))|trabaja de noche|"
    r"jale|labor|cerro|"
    r"parcela|(?:estoy|toy|stoi|estoi|ando|estamos|me vine|llegue|me sali|toi) (?:\w+ )?(?:con|en|d|de|al?) )"
)
"""Words of one who can write: nobody is there, she is elsewhere, or yes."""
_ONE_READER = re.compile(
    r"\b(?:yo|sol[oa]|solit[oa]|nomas|no mas|nadie\w*|mi[oa]s?|no|nop|nel|ni|nuev[oa]|"
    r"contrase\w*|clave|huella|"
    r"personal|conmigo|migo|escond\w*|borr\w*|ami|mi|nunca|servidora|unica|nada)\b"
)
_OTHER_READERS = re.compile(
    r"\b(?:s+i+p?|el|ella|ellos|mis?|su|todos?|todas|lo|la|los|las|alguien|prest\w*|"
    r"re[vb]is\w*|le[ea]\w*|usa\w*|usamos|"
    r"compart\w*|no|familia\w*|espi\w*|clave|contrase\w*|patron\w*|de|se|checa\w*|agarra\w*|"
    r"aveces|veces|ve|mira\w*)\b"
)
_QUESTION = re.compile(
    r"^\W*(?:(?:y|o|pero|entonces|pues|oiga|oye|bueno|ay|es que|a ver|ah)[\s,]+)*(?:(?:a|con|de|para|por) )?"
    r"(?:quien(?:es)?|kien|que|q|k|ke|cual|kual|donde|dnd|adonde|como|komo|cuando|cuanto|"
    r"cuanta|por ?que|pq|xq)\b"
)
_EVIDENCE = {"can_write": _CAN, "only_me": _ONE_READER, "others_read": _OTHER_READERS}
_NOT_READ = frozenset(
    ("keep_talking", "cannot_answer", "nlu_fallback", "out_of_scope", "inform", "affirm", "deny", "greet",
     "confirm_attendance", "decline_attendance", "notify_late", "goodbye", "ask_menu", "see_options")
)  # fmt: skip


def asks(text: str) -> bool:
    """Tell whether a message is put as a question, which no yes opens: "entonces con quién voy"."""
    if describing.only_describes(text):
        return False  # "tiene 23 años" begins as a question does
    line = bare(text)
    yes = re.match(r"\W*s+i+p?\b(?! (?:\w+ )?(?:puedo|podria|me|se|lo|hay))", line)
    return not yes and ("?" in text or bool(_QUESTION.match(line)) or words.asks(text))


def is_no_yes(act: str, text: str, here: Standing) -> bool:
    """Tell whether the words can't be the answer that was read into them at one of the two questions."""
    evidence = _EVIDENCE.get(act)
    if here.place not in (WRITE, READERS) or evidence is None:
        return False
    return asks(text) or not evidence.search(bare(text))


def settled(text: str, act: Act, said: Understanding, here: Standing) -> Act:
    """The act, or what puts the question again: a statement that answers nothing, or an unknown question."""
    at_them = here.place in (WRITE, READERS) and here.in_safety and not here.cover and bool(text)
    if (
        not at_them
        or act.intent not in _NOT_READ
        or here.filled.get("reasked") == "yes"
        or not here.open_offer
    ):
        return act
    # In danger what answers holds 911, which no question is worth.
    danger = here.filled.get("in_danger") in ("self", "others") or here.filled.get("about") == "danger"
    if said.sure or danger or not spoken(text):
        return act
    return Act("cannot_answer_yet" if asks(text) else "reads_you")
