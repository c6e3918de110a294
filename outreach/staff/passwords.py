"""How strong a new password is, by zxcvbn with Spanish words: it counts how many guesses an attacker needs.

What is judged is folded (no case, no accents), once as typed and once without what stands between words, and
cut at 72 characters, of which zxcvbn takes no more: each judges too hard rather than too soft.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from zxcvbn import zxcvbn
from zxcvbn.matching import add_frequency_lists

from outreach.ground import words
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST: Final = 12
LONGEST: Final = 200
# Of zxcvbn's five classes (0 to 4): more than 10**8 guesses, with Argon2id behind it.
LEAST_SCORE: Final = 3
_JUDGED: Final = 72
_MOST_OF_HERS: Final = 8
_LISTS: Final = Path(__file__).with_name("common_words.txt")
# What comes to mind here before anything else.
_WORDS: Final = (
    "avanza", "mujeres", "mujer", "bienestar", "avanzando", "hacia", "programa", "taller", "talleres",
    "jalisco", "mexico", "guadalajara", "zapopan", "tlaquepaque", "tonala", "tapatia", "tapatio",
    "chivas", "atlas", "contrasena", "password", "clave", "llave", "secreto", "entrar", "admin",
    "administracion", "coordinacion", "supervision", "atencion", "caso", "casos", "guadalupe", "lupita",
    "virgen", "virgencita", "diosito", "teamo", "teamomucho", "tequiero", "tequieromucho", "amor",
    "amorcito", "bonita", "corazon", "princesa", "familia",
)  # fmt: skip
_YEARS: Final = tuple(str(year) for year in range(1950, 2035))
_BETWEEN: Final = re.compile(r"[\W_]+")
# zxcvbn keeps what it is given about one person in a dictionary of the whole process.
_one_at_a_time = Lock()


def problem(new: str, about_her: Iterable[str]) -> str | None:
    """Say what is wrong with a new password, or None; `about_her` is what a colleague would try first."""
    if len(new) < SHORTEST:
        return texts.PASSWORD_SHORT.format(least=SHORTEST)
    if len(new) > LONGEST:
        return texts.PASSWORD_LONG.format(most=LONGEST)
    folded = words.fold(new)
    hers = list(_parts(about_her))
    with _one_at_a_time:
        _load()
        judged = [
            zxcvbn(text[:_JUDGED], user_inputs=hers) for text in (folded, _BETWEEN.sub("", folded)) if text
        ]
    worst = min(judged, key=lambda one: one["guesses"], default=None)
    if worst is None:
        return texts.PASSWORD_WEAK["short"]
    return None if worst["score"] >= LEAST_SCORE else _reason(worst["sequence"])


def _parts(about_her: Iterable[str]) -> Iterator[str]:
    """Her words, and any two of them written together, which are one guess."""
    single = {word for text in about_her for word in words.words(text).split()}
    yield from single
    yield from (one + other for one, other in itertools.permutations(sorted(single)[:_MOST_OF_HERS], 2))


def _reason(sequence: list[dict[str, Any]]) -> str:
    """Name what makes it easy: what is hers before what is long."""
    weak = [match for match in sequence if match["pattern"] != "bruteforce"]
    if not weak:
        return texts.PASSWORD_WEAK["short"]
    worst = max(weak, key=lambda m: (m.get("dictionary_name") == "user_inputs", len(m["token"])))
    return texts.PASSWORD_WEAK.get(_kind(worst), texts.PASSWORD_WEAK["short"])


def _kind(match: dict[str, Any]) -> str:
    if match["pattern"] != "dictionary":
        return str(match["pattern"])
    name = str(match["dictionary_name"])
    return name if name in texts.PASSWORD_WEAK else "words"


@cache
def _load() -> None:
    """Give zxcvbn our words beside its English ones, once in a process."""
    lists: dict[str, list[str]] = {"local": [*_WORDS, *_YEARS]}
    name = ""
    for line in _LISTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            name = line.removeprefix("# ")
        else:
            lists.setdefault(f"spanish {name}", []).extend(line.split())
    add_frequency_lists(lists)
    # Two words of one idea, written together, are one guess.
    add_frequency_lists({"local pairs": [a + b for a, b in itertools.permutations(_WORDS, 2)]})
