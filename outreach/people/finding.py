"""Finding a woman on the single list by what somebody has of her: CURP, number, folio, or her name.

Names are found through the keyed hashes of the sounds of their parts, in this order: all parts heard; all but
one, which differs by one sound (a slip); and, of three parts or more, all but one (a married name, a second
surname that one list lacks). What is found is ranked by how it is spelt, which only the server can read.
Common names meet thousands: at most `MOST` are ranked, and the caller says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, LargeBinary, func, literal, select, union_all
from sqlalchemy.orm import aliased

from models import Affiliation, Agency, ChannelAddress, Conversation, ListedPhone, NameKey, Woman
from outreach.ground import addresses
from outreach.people import name_keys, registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from outreach.people.details import Details
    from outreach.sealing.crypto import PersonalKey

MOST = 200
"""How many are read and ranked; whoever means another one has to say more."""
_HEARD = 1000
"""How many of those who are heard are looked at for who has the fewest other parts."""
_ENOUGH = 3
"""Where as many have all parts, nobody is looked for who lacks one; one is enough of a town or a year."""
_MANY_PARTS = 3
_SAME_SOUND, _EXTRA_PART, _ANOTHER_SOUND = 0.9, 0.02, 0.7
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


@dataclass(frozen=True)
class Asked:
    """What is looked for: words, and what narrows a name down."""

    words: str
    municipality: str | None = None
    born: str = ""

    @classmethod
    def of(cls, text: str, municipality: str | None = None) -> Asked:
        """Read what was typed: a year of birth behind a name narrows it down."""
        words = " ".join(text.split())
        year = _YEAR.search(words)
        if year is None or not name_keys.parts(words):
            return cls(words, municipality)
        return cls(words, municipality, year[0])


@dataclass(frozen=True)
class Hit:
    """A woman who may be meant."""

    woman: Woman
    details: Details

    @property
    def name(self) -> str:
        """How the programme calls her."""
        return self.details.full_name or self.details.preferred_name


@dataclass(frozen=True)
class Found:
    """Who may be meant, the likeliest first; `more`: others sound like it too and were not ranked."""

    hits: Sequence[Hit]
    more: bool = False


def find(session: Session, key: PersonalKey, asked: Asked) -> Found:
    """Return the women who may be meant, by a number of hers or by her name."""
    if not asked.words:
        return Found(())
    numbered = _read(key, _by_number(session, key, asked.words))
    if numbered:
        return Found(numbered)
    return by_name(session, key, asked)


def by_name(session: Session, key: PersonalKey, asked: Asked) -> Found:
    """Return the women whose names sound like it, ranked by how they are spelt."""
    parts = list(dict.fromkeys(name_keys.parts(asked.words)))
    heard = list(dict.fromkeys(name_keys.sound(part) for part in parts))
    if not heard:
        return Found(())
    narrowed = replace(asked, born=asked.born[:4])
    found = _heard(session, key, [[{one} for one in heard]], narrowed)
    more = len(found) > MOST
    if len(found) < (1 if narrowed.municipality or narrowed.born else _ENOUGH):
        known = {woman.id for woman in found}
        others = _heard(session, key, list(_nearly(heard)), narrowed)
        found += [woman for woman in others if woman.id not in known]
    ranked = sorted(
        _read(key, found[:MOST]), key=lambda hit: (-_likeness(asked.words, parts, hit), str(hit.woman.id))
    )
    return Found(ranked, more)


def _nearly(heard: list[str]) -> Iterator[list[Collection[str]]]:
    """Yield what to look for where too few have all parts: one part slipped, or one left out of several."""
    for at in range(len(heard)):
        others: list[Collection[str]] = [{one} for one in heard[:at] + heard[at + 1 :]]
        yield [*others, name_keys.slips(heard[at])]
        if len(heard) >= _MANY_PARTS:
            yield others


def _heard(
    session: Session, key: PersonalKey, ways: Sequence[Sequence[Collection[str]]], asked: Asked
) -> list[Woman]:
    """Return up to one more than `MOST` women who have, in any of the ways, a sound of each set.

    Those with the fewest other parts come first.
    """
    arms = []
    for way in ways:
        ids = _having(key, way, asked).limit(_HEARD).subquery()
        hers = select(func.count()).where(NameKey.woman_id == ids.c.woman_id)
        parts = hers.correlate(ids).scalar_subquery()
        best = select(ids.c.woman_id, parts.label("parts")).order_by(parts, ids.c.woman_id).limit(MOST + 1)
        arms.append(select(best.subquery()))
    nearest = union_all(*arms).subquery()
    rows = session.scalars(
        select(Woman)
        .join(nearest, nearest.c.woman_id == Woman.id)
        .order_by(nearest.c.parts, Woman.created_at, Woman.id)
    )
    return list({woman.id: woman for woman in rows}.values())


def _having(key: PersonalKey, way: Sequence[Collection[str]], asked: Asked) -> Select[Any]:
    """Select the ids of who has a sound of each set, some of them twice.

    Each part has its own scan of the index, in the order of the ids, so that two common names are merged and
    the limit ends it.
    """
    nouns = [aliased(NameKey) for _ in way]
    query = select(nouns[0].woman_id)
    for noun in nouns[1:]:
        query = query.join(noun, noun.woman_id == nouns[0].woman_id)
    for noun, sounds in zip(nouns, way, strict=True):
        hashes = [found for one in sorted(sounds) for found in key.lookups("name sound", one)]
        one_of_them = func.any(literal(hashes, ARRAY(LargeBinary)))
        query = query.where(noun.sound_hash == (hashes[0] if len(hashes) == 1 else one_of_them))
    if asked.municipality or asked.born:
        query = query.join(Woman, Woman.id == nouns[0].woman_id)
    if asked.municipality:
        query = query.where(Woman.municipality == asked.municipality)
    if asked.born:
        query = query.where(Woman.birth_year_hash == name_keys.birth_year_hash(key, asked.born))
    return query


def _read(key: PersonalKey, women: Collection[Woman]) -> list[Hit]:
    return [Hit(woman, registry.read_details(key, woman)) for woman in women]


def _likeness(words: str, parts: Sequence[str], hit: Hit) -> float:
    """Return how much a name is spelt like what was asked; other parts of hers take a little away."""
    hers = name_keys.parts(hit.name)
    whole = registry.plain_name(hit.name) == registry.plain_name(words)
    alike = sum(_nearest(part, hers) for part in parts)
    extra = max(0, len(hers) - len(parts))
    return alike / len(parts) - _EXTRA_PART * extra + _SAME_SOUND * whole


def _nearest(part: str, hers: Sequence[str]) -> float:
    """Return how much the likest part of her name is like one that was asked."""
    if part in hers:
        return 1.0
    heard = _sound(part)
    if any(_sound(one) == heard for one in hers):
        return _SAME_SOUND
    return _ANOTHER_SOUND * max((_ratio(part, one) for one in hers), default=0.0)


@lru_cache(maxsize=4096)
def _sound(part: str) -> str:
    """Return a sound key; names have few parts, many times."""
    return name_keys.sound(part)


@lru_cache(maxsize=4096)
def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _by_number(session: Session, key: PersonalKey, words: str) -> list[Woman]:
    """Return whose CURP, folio at any agency, or phone this is; two records may hold one of each."""
    if not re.search(r"[0-9]", words):
        return []
    curp = _curp(words)
    if curp:
        return list(session.scalars(select(Woman).where(Woman.curp_hash == key.lookup("curp", curp))))
    codes = session.scalars(select(Agency.code)).all()
    folios = [registry.folio_hash(key, code, words) for code in codes]
    hers: list[Select[Any]] = [select(Affiliation.woman_id).where(Affiliation.folio_hash.in_(folios))]
    address = addresses.from_national(words)
    if address is not None:
        lookup = key.lookup("address", addresses.canonical(address))
        hers.append(select(ListedPhone.woman_id).where(ListedPhone.lookup_hash == lookup))
        hers.append(
            select(Conversation.woman_id)
            .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
            .where(ChannelAddress.lookup_hash == lookup)
        )
    return list(session.scalars(select(Woman).where(Woman.id.in_(union_all(*hers))).order_by(Woman.id)))


def _curp(words: str) -> str:
    """Return the CURP that was typed, also with the letter O where a figure stands; empty: it is none."""
    compact = re.sub(r"[\s._-]", "", words)
    for places in (frozenset[int](), _FIGURES, _FIGURES | {_CENTURY}):
        try:
            return registry.check_curp(
                "".join("0" if at in places and x in "oO" else x for at, x in enumerate(compact))
            )
        except registry.DetailError:
            continue
    return ""


_FIGURES = frozenset((4, 5, 6, 7, 8, 9, 17))
"""Places of a CURP that hold figures."""
_CENTURY = 16
"""Where a figure says that she was born before 2000, a letter from then on."""
