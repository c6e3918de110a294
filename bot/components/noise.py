"""Mangles a message as a phone and haste would, so that each example is also seen badly written.

Seeded by the message itself: the same data give the same noise. Used in training alone.
"""

from __future__ import annotations

import random
import zlib

from bot.components.spelling import bare

_SWAPS = (
    ("que", "ke"),
    ("qui", "ki"),
    ("que", "q"),
    ("h", ""),
    ("v", "b"),
    ("b", "v"),
    ("ll", "y"),
    ("y", "ll"),
    ("c", "k"),
    ("z", "s"),
    ("s", "z"),
    ("ce", "se"),
    ("ci", "si"),
    ("ge", "je"),
    ("gi", "ji"),
    ("gue", "ge"),
    ("qu", "k"),
    ("x", "cs"),
    ("ch", "x"),
    ("mp", "np"),
    ("mb", "nb"),
    ("hue", "we"),
    ("gua", "wa"),
    ("ñ", "n"),
    ("rr", "r"),
    ("ado", "ao"),
    ("est", "st"),
    ("esc", "sc"),
    ("ia", "ya"),
    ("ya", "ia"),
    ("y", "i"),
    ("x", "s"),
    ("cc", "c"),
    ("j", "g"),
    ("s", ""),
    ("ei", "ey"),
    ("ua", "wa"),
    ("ct", "t"),
)
_WORDS = {
    "que": ("q", "k", "ke", "qe"),
    "porque": ("xq", "pq", "xk", "porke"),
    "por": ("x", "por"),
    "de": ("d",),
    "me": ("m",),
    "te": ("t",),
    "se": ("c", "s"),
    "es": ("s",),
    "pues": ("ps", "pos", "pz"),
    "para": ("pa",),
    "tambien": ("tmb", "tb"),
    "bien": ("bn",),
    "donde": ("dnd", "onde"),
    "cuando": ("cdo", "kuando"),
    "aqui": ("aki",),
    "ahi": ("ai", "ay"),
    "ahorita": ("orita", "aorita"),
    "ya": ("ia", "lla"),
    "yo": ("io",),
    "y": ("i",),
    "con": ("kon", "cn"),
    "nada": ("nda",),
    "mañana": ("mñn",),
    "esta": ("sta", "ta"),
    "estoy": ("stoy", "toy"),
    "hoy": ("oi", "oy"),
    "mucho": ("muxo",),
    "quiero": ("kiero",),
    "gracias": ("grasias", "grax"),
    "verdad": ("vdd",),
    "mensaje": ("msj",),
    "favor": ("fa", "fabor"),
    "desde": ("dsd",),
    "hasta": ("asta",),
    "hace": ("ase",),
    "voy": ("boi", "boy"),
    "tengo": ("tngo",),
    "el": ("l",),
    "a": ("a",),
    "en": ("n",),
    "no": ("no",),
    "mi": ("mi",),
    "la": ("la",),
}
_NEAR_KEYS = {
    "q": "wa",
    "w": "qe",
    "e": "wr",
    "r": "et",
    "t": "ry",
    "y": "tu",
    "u": "yi",
    "i": "uo",
    "o": "ip",
    "p": "ol",
    "a": "qs",
    "s": "ad",
    "d": "sf",
    "f": "dg",
    "g": "fh",
    "h": "gj",
    "j": "hk",
    "k": "jl",
    "l": "kñ",
    "z": "xs",
    "x": "zc",
    "c": "xv",
    "v": "cb",
    "b": "vn",
    "n": "bm",
    "m": "nj",
    "ñ": "l",
}
_SHORT = 3


def _misspelt(word: str, chance: random.Random, strength: float) -> str:
    short = _WORDS.get(word)
    if short and chance.random() < strength:
        return chance.choice(short)
    if len(word) < _SHORT:
        return word
    for old, new in chance.sample(_SWAPS, 8):
        if old in word and chance.random() < strength:
            word = word.replace(old, new, 1)
    if chance.random() < strength / 3 and len(word) > _SHORT:
        at = chance.randrange(1, len(word))
        kind = chance.randrange(4)
        if kind == 0:
            word = word[:at] + word[at + 1 :]
        elif kind == 1:
            word = word[:at] + word[at] + word[at:]
        elif kind == 2 and at + 1 < len(word):  # noqa: PLR2004 - one of four kinds of slip
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        else:
            word = word[:at] + chance.choice(_NEAR_KEYS.get(word[at], word[at])) + word[at + 1 :]
    return word


def mangled(text: str, seed: int = 0, strength: float = 0.35) -> str:
    """Return `text` badly written; `strength` is the share of chances taken (0 to 1)."""
    chance = random.Random(zlib.crc32(text.encode()) ^ seed)  # noqa: S311 - noise, not a secret
    words = [_misspelt(word, chance, strength) for word in bare(text).split()]
    written = ""
    for at, word in enumerate(words):
        joined = at and len(words[at - 1]) <= _SHORT and chance.random() < strength / 4
        written += word if joined or not at else f" {word}"
    return written
