"""Tells a yes that she said from one that was only read into her words, where the yes does something.

Why: "somos como 4 muchachas" was read as the yes that sends all her data here, "ya me escribieron?" as the
one that stops her messages, and "y si grito" as the one that asks for a person. A yes there stands on a word
of one, or of the thing itself; a question is never one. Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare

_YES = (
    r"s+i+p?|sipi|simon|claro|ok|oki|okey|okay|va|sale|dale|dele|hagale|agale|echale|arre|ey|ei|aja|porfa\w*|"
    r"por favor|bueno|esta bien|de acuerdo|acepto|adelante|andale|orale|perfecto|hazlo|hagalo|correcto|"
    r"exacto|"
    r"eso|asi mero|yes|quiero|quisiera|gustaria|kiero|necesito|ocupo"
)
_SIGNS = re.compile("[\U0001f44d\u2705\U0001f44c]")
_AN_IF = re.compile(
    r"^\W*(?:(?:y|pero|oiga|oye|es que)\W+)*si (?!(?:quier|kier|por|me (?:gust|interes|sirv)|claro|"
    r"es(?:ta)?\b|lo|"
    r"la|mand|borr|cierr|puede|pueden|necesit|ocup|deja|ya|no\b|hag|dame|deme|pas))\w+\b(?! por)|"
    r"^\W*(?:y|pero) si\b|^\W*asi es (?:el|la|mi|en|aqui|todo|esto|siempre)\b"
)
"""An "if", and a saying: "y si grito", "asi es el matrimonio"."""
_OF_IT = {
    "copy_yes": r"mand\w*|envi\w*|enseñ\w*|ensen\w*|pas[ae]\w*|ver(?:los)?|copia|muestr\w*|dime\w*",
    "opt_out": r"ya no|no(?: me)? (?:mand|escrib|envi|avis)\w*|quit\w*|cancel\w*|parale|baja|dej\w*|nada",
    "erase_yes": r"borr\w*|elimin\w*|quit\w*|todo",
    "close_case_yes": r"cierr\w*|cerr\w*|cancel\w*|quit\w*|ya no",
    "drop_out_now": r"dej\w*|salg\w*|salir\w*|sal[io]\b|quit\w*|ya no|no sigo|baja",
    "opt_in": r"mand\w*|escrib\w*|avis\w*|envi\w*|activ\w*|alta",
    "withdraw_consent": r"quit\w*|borr\w*|no|retir\w*",
    "want_person": (
        r"persona|alguien|licenciad\w*|lic|psicolog\w*|trabajadora|hablar|ayud\w*|escrib\w*|llam\w*|marc\w*"
    ),
    "open_case_yes": r"abr\w*|persona|alguien|ayud\w*|expediente",
}
"""What the yes is to, in words: enough by themselves."""
_OTHERWISE = {"copy_yes": r"borr\w*|elimin\w*|quit\w*"}


def is_one(act: str, text: str) -> bool:
    """Tell whether `text` may be the yes that does `act`; of other acts any reading stands."""
    if act not in _OF_IT:
        return True
    line = " ".join(bare(text).split())
    if "?" in text or _AN_IF.search(line) or re.search(rf"\b(?:{_OTHERWISE.get(act, '(?!)')})\b", line):
        return False
    return bool(_SIGNS.search(text) or re.search(rf"\b(?:{_YES}|{_OF_IT[act]})\b", line))
