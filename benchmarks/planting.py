"""Invented women with planted duplicates, for measuring the linking; shares nothing with what links.

Names are drawn from common ones by Zipf weights; nobody here exists. `families` adds who must stay apart:
mothers and daughters of one name, twins, sisters on one phone, namesakes born on one day or in one town.
"""

from __future__ import annotations

import random
import string
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GIVEN = (
    "María Guadalupe", "Juana", "María", "Margarita", "Verónica", "Rosa", "Martha", "Alejandra",
    "Leticia", "Silvia", "Gabriela", "Patricia", "Ana María", "Guadalupe", "Elizabeth", "Adriana",
    "Claudia", "Teresa", "Ana", "Yolanda", "Rosa María", "Norma", "Sandra", "María del Carmen",
    "Maricela", "Laura", "Alicia", "Mónica", "Lucía", "Isabel", "Carmen", "Irma", "Esther", "María Elena",
    "Blanca", "Araceli", "Erika", "Karina", "Luz María", "Beatriz", "Diana", "Josefina", "Antonia",
    "Rocío", "Angélica", "Brenda", "Rosario", "Cecilia", "María de los Ángeles", "Lorena", "Susana",
    "Esmeralda", "Daniela", "Fernanda", "Graciela", "Elvira", "Francisca", "Jessica", "Griselda",
    "Olivia", "Marisol", "Maribel", "Nancy", "Rebeca", "Sara", "Raquel", "Vanessa", "Yesenia", "Miriam",
    "Karla", "Ramona", "Ofelia", "Catalina", "Consuelo", "Estela", "Ana Laura", "Ana Karen", "Rosa Elena",
    "Martha Alicia", "María Luisa", "Luz Elena", "María José", "Valeria", "Ximena", "Andrea", "Paola",
    "Mariana", "Natalia", "Berenice", "Viridiana", "Liliana", "Concepción", "Eva", "Gloria", "Hilda",
    "Imelda", "Julia", "Lidia", "Magdalena", "Noemí", "Rosalba", "Ana Lilia", "María Isabel",
    "Blanca Estela", "Dulce María", "Perla", "Citlali", "Xóchitl", "Edith",
)  # fmt: skip
SURNAMES = (
    "Hernández", "García", "Martínez", "López", "González", "Rodríguez", "Pérez", "Sánchez", "Ramírez",
    "Flores", "Gómez", "Torres", "Díaz", "Vázquez", "Cruz", "Morales", "Gutiérrez", "Reyes", "Ruiz",
    "Jiménez", "Ortiz", "Castillo", "Moreno", "Romero", "Álvarez", "Méndez", "Chávez", "Rivera", "Juárez",
    "Ramos", "Domínguez", "Herrera", "Medina", "Vargas", "Castro", "Guzmán", "Velázquez", "Rojas",
    "Contreras", "Salazar", "Luna", "Ortega", "Guerrero", "Estrada", "Bautista", "Santiago", "Cortés",
    "Soto", "Alvarado", "Espinoza", "Lara", "Ávila", "Ríos", "Cervantes", "Silva", "Delgado", "Vega",
    "Aguilar", "Mejía", "Carrillo", "Sandoval", "Fuentes", "León", "Campos", "Márquez", "Solís", "Núñez",
    "Miranda", "Rosales", "Cabrera", "Navarro", "Ibarra", "Robles", "Valdez", "Acosta", "Orozco", "Peña",
    "Mendoza", "Padilla", "Villanueva", "Barajas", "Casillas", "Plascencia", "Arellano", "Zepeda",
    "Covarrubias", "Becerra", "Ureña", "de la Torre", "de la Cruz", "del Toro", "de Anda", "Ledezma",
    "Macías", "Huerta", "Zúñiga", "Enríquez", "Figueroa", "Gallegos", "Cárdenas", "Ochoa", "Ponce",
    "Quintero", "Rentería", "Saldaña", "Tejeda", "Uribe", "Villaseñor", "Yáñez", "Zamora", "Banuelos",
    "Cisneros", "Dueñas", "Escobedo", "Franco", "Godínez", "Hinojosa", "Íñiguez", "Jáuregui", "Limón",
    "Magaña", "Nava", "Olivares", "Preciado", "Rangel", "Serrano", "Trujillo", "Valencia", "Zaragoza",
    "Alcalá", "Briseño", "Camacho", "Duarte", "Elizondo", "Frías",
)  # fmt: skip
_LETTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
TOWNS = tuple(
    f"14{number:03d}" for number in (39, 120, 98, 101, 97, 70, 67, 93, 53, 23, 8, 73, 6, 15, 30, 63)
)
_SPELLINGS = (
    ("z", "s"), ("s", "z"), ("v", "b"), ("b", "v"), ("ll", "y"), ("y", "ll"), ("h", ""), ("ce", "se"),
    ("ci", "si"), ("je", "ge"), ("gi", "ji"), ("x", "j"), ("qu", "k"), ("i", "y"),
)  # fmt: skip
_SHORT = {"María": "Ma.", "Guadalupe": "Gpe.", "Hernández": "Hdez.", "Rodríguez": "Rdz.", "Martínez": "Mtz."}
_CALLED = {"Guadalupe": "Lupita", "Rosario": "Chayo", "Leticia": "Lety", "Patricia": "Paty", "Teresa": "Tere",
           "Verónica": "Vero", "Gabriela": "Gaby", "Concepción": "Concha", "Isabel": "Chabela"}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One record as an agency would have it; `person` says whose it is."""

    person: int
    given: str
    first: str
    second: str
    birth_date: str
    curp: str
    phone: str
    town: str

    @property
    def full_name(self) -> str:
        """The name as one text."""
        return " ".join(part for part in (self.given, self.first, self.second) if part)


def plain(text: str) -> str:
    """Return capitals without accents."""
    decomposed = unicodedata.normalize("NFD", text.upper().replace("Ñ", "X"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _surname(name: str) -> str:
    return plain(name).split()[-1]


def curp_of(
    chance: random.Random, given: str, first: str, second: str, born: date, taken: set[str] | None = None
) -> str:
    """Return a CURP by its letters, with its check digit; namesakes of one day get the next figure."""
    words = [w for w in plain(given).split() if w not in {"DEL", "DE", "LOS"}]
    called = words[1] if words[0] == "MARIA" and len(words) > 1 else words[0]
    a, b = _surname(first), _surname(second)

    def inner(word: str, among: str) -> str:
        return next((c for c in word[1:] if c in among), "X")

    consonants = "".join(sorted(set(string.ascii_uppercase) - set("AEIOU")))
    body = a[0] + inner(a, "AEIOU") + b[0] + called[0] + f"{born:%y%m%d}" + "M"
    body += chance.choices(("JC", "MN", "ZS", "DF"), (85, 6, 5, 4))[0]
    body += inner(a, consonants) + inner(b, consonants) + inner(called, consonants)
    for homonym in "0123456789" if born.year < 2000 else "ABCDEFGHIJ":  # noqa: PLR2004 (RENAPO's change of century)
        whole = body + homonym
        total = sum(_LETTERS.index(c) * (18 - at) for at, c in enumerate(whole))
        whole += str((10 - total % 10) % 10)
        if taken is None or whole not in taken:
            break
    if taken is not None:
        taken.add(whole)
    return whole


def _weights(count: int, power: float) -> list[float]:
    return [1 / (rank + 3) ** power for rank in range(count)]


def women(chance: random.Random, count: int, taken: set[str]) -> list[Planted]:
    """Return so many different women."""
    given_weights, surname_weights = _weights(len(GIVEN), 0.8), _weights(len(SURNAMES), 0.9)
    towns = _weights(len(TOWNS), 1.0)
    made = []
    for number in range(count):
        given = chance.choices(GIVEN, given_weights)[0]
        first, second = chance.choices(SURNAMES, surname_weights, k=2)
        born = date(1950, 1, 1) + timedelta(days=chance.randrange(57 * 365))
        curp = curp_of(chance, given, first, second, born, taken)
        made.append(
            Planted(number, given, first, second, born.isoformat(), curp, f"33{chance.randrange(10**8):08d}",
                    chance.choices(TOWNS, towns)[0])
        )  # fmt: skip
    return made


def seen(chance: random.Random, one: Planted) -> Planted:
    """Return a record with what lists lack: 30% have no CURP, 10% no phone, 3% no birth date."""
    return replace(
        one,
        curp="" if chance.random() < 0.30 else one.curp,  # noqa: PLR2004
        phone="" if chance.random() < 0.10 else one.phone,  # noqa: PLR2004
        birth_date="" if chance.random() < 0.03 else one.birth_date,  # noqa: PLR2004
    )


def again(chance: random.Random, one: Planted) -> Planted:
    """Return the same woman as another agency wrote her, with one to three differences."""
    twin = replace(one, curp=one.curp if chance.random() < 0.45 else "")  # noqa: PLR2004
    for change in chance.sample(CHANGES, chance.choices((1, 2, 3), (50, 35, 15))[0]):
        twin = change(chance, twin)
    return twin


def _typed(chance: random.Random, word: str) -> str:
    kinds = [(a, b) for a, b in _SPELLINGS if a in word.lower()[1:]]
    if kinds and chance.random() < 0.75:  # noqa: PLR2004 (by sound more often than by finger)
        a, b = chance.choice(kinds)
        at = word.lower().index(a, 1)
        return word[:at] + b + word[at + len(a) :]
    at = chance.randrange(1, max(2, len(word) - 1))
    return word[:at] + word[at + 1 :] if chance.random() < 0.5 else word[:at] + word[at] + word[at:]  # noqa: PLR2004


def _misspelt(chance: random.Random, one: Planted) -> Planted:
    part = chance.choice(("given", "first", "second"))
    words = (getattr(one, part) or one.given).split()
    part = part if getattr(one, part) else "given"
    at = chance.randrange(len(words))
    words[at] = _typed(chance, words[at]) if len(words[at]) > 3 else words[at]  # noqa: PLR2004
    return _with(one, {part: " ".join(words)})


def _plain(_chance: random.Random, one: Planted) -> Planted:
    return replace(
        one, given=plain(one.given), first=plain(one.first).replace("X", "N"), second=plain(one.second)
    )


def _swapped(_chance: random.Random, one: Planted) -> Planted:
    return replace(one, first=one.second, second=one.first)


def _married(chance: random.Random, one: Planted) -> Planted:
    return replace(one, second=f"de {chance.choice(SURNAMES[:60])}")


def _one_surname(_chance: random.Random, one: Planted) -> Planted:
    return replace(one, second="")


def _shortened(_chance: random.Random, one: Planted) -> Planted:
    written = {
        part: " ".join(_SHORT.get(w, w) for w in getattr(one, part).split())
        for part in ("given", "first", "second")
    }
    return _with(one, written)


def _with(one: Planted, parts: dict[str, str]) -> Planted:
    """Return the record with other parts of its name."""
    return replace(
        one,
        given=parts.get("given", one.given),
        first=parts.get("first", one.first),
        second=parts.get("second", one.second),
    )


def _nickname(_chance: random.Random, one: Planted) -> Planted:
    return replace(one, given=" ".join(_CALLED.get(w, w) for w in one.given.split()))


def _one_given(chance: random.Random, one: Planted) -> Planted:
    words = one.given.split()
    return replace(one, given=chance.choice(words) if len(words) == 2 else one.given)  # noqa: PLR2004


def _day_month(_chance: random.Random, one: Planted) -> Planted:
    year, month, day = one.birth_date.split("-") if one.birth_date else ("", "", "")
    return replace(one, birth_date=f"{year}-{day}-{month}") if day and int(day) <= 12 else one  # noqa: PLR2004


def _other_year(chance: random.Random, one: Planted) -> Planted:
    if not one.birth_date:
        return one
    born = date.fromisoformat(one.birth_date)
    try:
        return replace(one, birth_date=born.replace(year=born.year + chance.choice((-10, -1, 1))).isoformat())
    except ValueError:
        return one


def _other_phone(chance: random.Random, one: Planted) -> Planted:
    return replace(one, phone=f"33{chance.randrange(10**8):08d}")


def _other_town(chance: random.Random, one: Planted) -> Planted:
    return replace(one, town=chance.choice(TOWNS))


def _no_birth(_chance: random.Random, one: Planted) -> Planted:
    return replace(one, birth_date="")


CHANGES = (
    _misspelt, _misspelt, _misspelt, _plain, _swapped, _married, _one_surname, _shortened, _nickname,
    _one_given, _day_month, _other_year, _other_phone, _other_phone, _other_town, _no_birth,
)  # fmt: skip


def families(
    chance: random.Random, all_women: Sequence[Planted], share: float, taken: set[str]
) -> list[Planted]:
    """Return women who are like others of the list and are not them."""
    made: list[Planted] = []
    number = max(one.person for one in all_women) + 1
    for one in chance.sample(list(all_women), int(len(all_women) * share)):
        born = date.fromisoformat(one.birth_date)
        kind = chance.choice(("mother", "single", "twin", "alike", "sister", "namesake", "same day"))
        given, first, second, phone, town = one.given, one.first, one.second, one.phone, one.town
        if kind == "mother":
            born, first, second = (
                born - timedelta(days=chance.randrange(6500, 11000)),
                second,
                chance.choice(SURNAMES),
            )
        elif kind == "single":
            born -= timedelta(days=chance.randrange(6500, 11000))
        elif kind == "alike" and len(given.split()) == 2:  # noqa: PLR2004 (Ana Laura and Ana Lilia)
            given = f"{given.split()[0]} {chance.choice(('Inés', 'Paz', 'Lilia', 'Irene'))}"
        elif kind in {"twin", "alike"}:
            given = chance.choice([g for g in GIVEN if not set(g.split()) & set(given.split())])
        elif kind == "sister":
            born += timedelta(days=chance.randrange(400, 3000))
            given = chance.choice([g for g in GIVEN if g != given])
        elif kind == "namesake":
            born, phone = (
                date(1950, 1, 1) + timedelta(days=chance.randrange(57 * 365)),
                f"33{chance.randrange(10**8):08d}",
            )
        else:
            first, second, phone = *chance.choices(SURNAMES, k=2), f"33{chance.randrange(10**8):08d}"
        if (given, first, second, born.isoformat()) == (one.given, one.first, one.second, one.birth_date):
            continue
        made.append(
            Planted(number, given, first, second, born.isoformat(),
                    curp_of(chance, given, first, second, born, taken), phone, town)
        )  # fmt: skip
        number += 1
    return made


def plant(count: int, *, seed: int, share: float = 0.08, kin: float = 0.0) -> list[Planted]:
    """Return `count` records, of which `share` are second records of a woman who is there already."""
    chance = random.Random(seed)
    doubles = int(count * share)
    taken: set[str] = set()
    people = women(chance, int((count - doubles) / (1 + kin)), taken)
    people += families(chance, people, kin, taken) if kin else []
    records = [seen(chance, one) for one in people]
    records += [seen(chance, again(chance, one)) for one in chance.sample(people, min(doubles, len(people)))]
    chance.shuffle(records)
    return records
