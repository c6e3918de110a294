"""Names of people: after "me llamo", beside "doña", or known as names.

Many names are also words (Luz, Esperanza, Dolores); those count only where the words around say that a
person is meant. It must never keep or log a name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.extract.tokens import Found
from bot.components.spelling import sound
from bot.components.wordlist import listed, sounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.components.extract.tokens import Token

_HERE = Path(__file__)
GIVEN, SURNAMES = _HERE.with_name("given_names.txt"), _HERE.with_name("surnames.txt")
_MOST_WORDS, _MOST_PARTICLES = 6, 2
PARTICLES = frozenset(("de", "del", "la", "los", "las", "d", "dl", "y"))
"""Words inside a name that are no part of it."""
_ABBREVIATED = {"ma", "j", "mª", "fco", "gpe"}
_SAID = (
    ("me", "llamo"),
    ("m", "llamo"),
    ("me", "yamo"),
    ("m", "yamo"),
    ("me", "llaman"),
    ("se", "llama"),
    ("se", "yama"),
    ("c", "llama"),
    ("nombre", "es"),
    ("nonbre", "es"),
    ("nombre", "s"),
    ("nombre", "completo"),
    ("completo", "es"),
    ("a", "nombre"),
    ("me", "dicen"),
    ("m", "disen"),
    ("me", "disen"),
    ("apellido", "es"),
    ("apeyido", "es"),
    ("mi", "apellido"),
    ("nombre", "correcto"),
    ("correcto", "es"),
    ("le", "dicen"),
    ("llamarme", "asi"),
    ("la", "atiende"),
)
_I_AM = listed(
    """
    soy, soi, habla, saluda, escribe, dice, busca, pongale, pongame, poner, dise, registro, apunte,
    apunteme, nombre, era, es, servidora, conoce, nonbre
    """
)
_TITLES = listed(
    """
    dona, doña, don, señora, senora, seño, sra, señorita, srita, licenciada, lic, maestra, mtra, comadre,
    compadre, tia, tio, prima, primo, hermana, ermana, hermano, hija, ija, hijo, ijo, amiga, vecina, bezina,
    doctora, dra, dr, doctor, trabajadora, compañera, compa, suegra, cuñada, cuñado, sobrina, sobrino,
    nuera, esposo, marido, profe, jefa, patrona, coordinadora, ahijada, nieta, nieto, konpa, konpadre,
    komadre, psicologa, tal, señor, abuela, abuelita, primita, amigo, amigas, cuate, mamá, mama
    """
)
_CALLED = listed(
    """
    oye, oie, hola, ola, gracias, grasias, ay, mira, buenos, buenas, manches, comadre, señorita, adios, hey,
    o
    """
)
_ARTICLES = {"la", "el", "ala", "l", "a", "ami"}
_WORDS_TOO = sounded(
    """
    luz, sol, rosa, esperanza, dolores, socorro, consuelo, concha, paz, mar, lluvia, mercedes, pilar, cruz,
    flor, lucero, amparo, soledad, refugio, gloria, victoria, milagros, blanca, celeste, perla, estrella,
    alma, angel, salvador, jesus, santos, domingo, virgen, remedios, nena, chole, pura, modesta, reina,
    reyna, santa, mina, linda, dulce, chona, cuca, lucha, digna, severa, natividad, asuncion, prudencia,
    chuy, memo, lalo, pepe, beto, chava, dana, mari, mary, lara, leon, ramos, rojas, rosas, flores, campos,
    casas, castillo, cano, blanco, bravo, bueno, caballero, cuevas, delgado, franco, guerra, guerrero,
    huerta, leal, mata, moreno, nieto, pena, prado, rico, rincon, rios, rubio, segura, serrano, sierra,
    toro, valle, vela, vera, vaca, villa, manzo, mora, paredes, puente, reyes, robles, salas, tapia, torres,
    fuentes, galindo, gallo, gil, corona, cordero, correa, cortes, diaz, duran, ema, fierro, frida, gela,
    goya, inocencia, justina, laura, lea, luna, marco, mena, meza, maria, nora, pinto, piedad, pola, real,
    salinas, santana, santiago, sara, silva, soto, tona, trini, union, vidrio, violeta, zamora, guadalupe,
    angeles, candelaria, candida, caridad, belen, nieves, aurora, dalia, azucena, magnolia, margarita,
    hortensia, pancho, chema, julio, mario, tila, sosa, mayo, marcela, limon, madera, llamas, mejia, lira,
    islas, montes, palacios, portillo, rosario, felix, victor, ninfa, ester, pascual, clara, magdalena,
    tecla, poncho, iban, norma, diana, andres, manuel, carmen, veronica, alba, amada, cristal, cisneros,
    barrios, becerra, benitas, casilla, casillas, jaime, ana, eva, haro, rea, ceja, celis, dora, lina, mota,
    moya, nava, neri, paty, rueda, razo, romo, ruth, sal, tello, vega
    """
)
_CERTAIN_WHEN_SMALL = 4
_SHORTEST = 3
_SECOND_BEFORE = 2
_BY_OTHERS = {"dicen", "disen", "llaman"}


@cache
def _given() -> frozenset[str]:
    return frozenset(map(sound, GIVEN.read_text(encoding="utf-8").split()))


@cache
def _surnames() -> frozenset[str]:
    return frozenset(map(sound, SURNAMES.read_text(encoding="utf-8").split()))


@cache
def common_words() -> frozenset[str]:
    """Return how the words sound that ordinary messages are made of."""
    return frozenset(_HERE.with_name("common_words.txt").read_text(encoding="utf-8").split())


def is_given(word: Token) -> bool:
    """Tell whether a word is known as a given name, by its sound, or as the short form of one."""
    return word.sound in _given() or word.bare in _ABBREVIATED


def is_surname(word: Token) -> bool:
    """Tell whether a word is known as a surname."""
    return word.sound in _surnames()


def is_name(word: Token) -> bool:
    """Tell whether a word is known as a given name or a surname."""
    return is_given(word) or word.sound in _surnames()


def _written_as_name(words: Sequence[Token], at: int) -> bool:
    word = words[at].text
    return len(word) > 1 and word[0].isupper() and word[1:].islower()


def _opens_sentence(words: Sequence[Token], at: int) -> bool:
    return at == 0 or any(c in words[at].after for c in ".!?¡¿\n:")


class _Reader:
    """One pass over the words of one text."""

    def __init__(self, words: Sequence[Token]) -> None:
        """Take the words and judge whether capitals say anything in this text."""
        self.words = words
        letters = [word.text for word in words if word.text.isalpha()]
        self.capitals_tell = any(text.islower() for text in letters)

    def _capital(self, at: int) -> bool:
        return self.capitals_tell and _written_as_name(self.words, at) and not _opens_sentence(self.words, at)

    def is_given(self, at: int) -> bool:
        return is_given(self.words[at])

    def is_name(self, at: int) -> bool:
        return is_name(self.words[at])

    def joined(self, at: int) -> bool:
        """Tell whether the word at `at` follows the one before without a comma or a stop."""
        return all(c in " .\t" for c in self.words[at].after) and self.words[at].after.count(".") <= (
            1 if self.words[at - 1].bare in _ABBREVIATED else 0
        )

    def run(self, at: int) -> int:
        """Return where the name that starts at `at` ends."""
        end = at + 1
        while end < len(self.words) and end - at < _MOST_WORDS and self.joined(end):
            ahead = end
            while ahead < len(self.words) and self._particle(ahead) and ahead - end < _MOST_PARTICLES:
                ahead += 1
            if ahead >= len(self.words) or not self.joined(ahead):
                break
            capital = self._capital(ahead) and self.words[ahead].sound not in common_words()
            place = ahead == end + 1 and self.words[end].bare in {"de", "d"} and not self.is_given(at)
            if place or not (self.is_name(ahead) or capital):
                break
            end = ahead + 1
        return end

    def _particle(self, at: int) -> bool:
        return self.words[at].bare in PARTICLES and self.joined(at)

    def introduced(self, at: int) -> bool:
        """Tell whether "me llamo", "a nombre de" or the like stands before."""
        back = at
        while back and self.words[back - 1].bare in {"de", "es", "s", "la", "el", "como"} and at - back < 1:
            back -= 1
        for start in {at, back}:
            if start > 1 and (self.words[start - 2].bare, self.words[start - 1].bare) in _SAID:
                return True
        return False

    def starts(self, at: int) -> bool:
        """Tell whether a name starts at word `at`: by what stands before it, then by the word itself."""
        word = self.words[at]
        if word.text.isdecimal() or not word.text[:1].isalpha() or word.bare in PARTICLES:
            return False
        if self.introduced(at):
            return self._as_introduced(at)
        before = self.words[at - 1].bare if at else ""
        if before in _TITLES and not word.after.strip():
            return self.is_given(at) or self._capital(at)
        if before in _I_AM and (before not in {"es", "era"} or self._certain(at) or self._capital(at)):
            return self.is_given(at) or (self._capital(at) and word.sound not in common_words())
        return self.is_given(at) and (self._addressed(at) or self._known(at) or self._written_as_one(at))

    def _certain(self, at: int) -> bool:
        """Tell whether the word is a given name and nothing else."""
        word = self.words[at]
        return self.is_given(at) and not (
            word.sound in _WORDS_TOO or word.bare in _ABBREVIATED or word.sound in common_words()
        )

    def _as_introduced(self, at: int) -> bool:
        """Tell whether what follows "me llamo" is a name, known or not."""
        word = self.words[at]
        ordinary = word.sound in common_words()
        if self._capital(at) or (self.is_name(at) and word.sound not in _WORDS_TOO and not ordinary):
            return True
        by_others = at > 0 and self.words[at - 1].bare in _BY_OTHERS
        return not (word.after.strip() or by_others or ordinary) and len(word.bare) >= _SHORTEST

    def _addressed(self, at: int) -> bool:
        """Tell whether she speaks of or to somebody of a given name: "la Chela", "oye Lupe"."""
        called = at > 0 and self.words[at - 1].bare in _ARTICLES | _CALLED
        return called and (self._certain(at) or self._capital(at))

    def _followed(self, at: int) -> bool:
        return at + 1 < len(self.words) and self.joined(at + 1) and self.is_name(at + 1)

    def _known(self, at: int) -> bool:
        """Tell whether a given name is one by itself, or by the name after it."""
        if self._certain(at):
            return True
        return self._followed(at) and self.words[at + 1].sound not in _WORDS_TOO | common_words()

    def _written_as_one(self, at: int) -> bool:
        """Tell whether a given name that may be a word is all there is, or has its capital in a sentence."""
        if (
            at == 0
            and len(self.words) <= _CERTAIN_WHEN_SMALL
            and (len(self.words) == 1 or self._followed(at))
        ):
            return True
        if at < _SECOND_BEFORE or not self.words[at - _SECOND_BEFORE].bare:
            return False
        return self._capital(at) and self.words[at - 1].bare not in {"virgen", "calle"}


def names(words: Sequence[Token], taken: Sequence[Found] = ()) -> Iterator[Found]:
    """Yield people's names; a word inside `taken` (places, dates) is not read as a name."""
    reader = _Reader(words)
    at = 0
    while at < len(words):
        inside = any(found.start <= words[at].start < found.end for found in taken)
        if inside or not reader.starts(at):
            at += 1
            continue
        end = reader.run(at)
        while any(found.start < words[end - 1].end and words[end - 1].start < found.end for found in taken):
            end -= 1
        yield Found(
            "person_name", " ".join(word.text for word in words[at:end]), words[at].start, words[end - 1].end
        )
        at = end
