"""The closed list of places: what the bot last asked or said, and what an answer to it can mean.

The list is `bot/places.toml`; `after` and `act` of the understanding contract are its names. Must never hold
what she wrote.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).resolve().parents[1] / "places.toml"
ELSEWHERE, UNCLEAR = "elsewhere", "unclear"
EVERYWHERE = {
    ELSEWHERE: "she speaks of something else: another wish, a question, or what she lives through",
    UNCLEAR: "nothing can be made of it",
}
"""The acts that every place has."""


_NUMBERED = re.compile(r"(?:^|\s)\d\. ")


@dataclass(frozen=True)
class PlaceAct:
    """One meaning of an answer at its place."""

    means: str
    does: str = ""
    """What the dialogue makes of it: a payload, or the name of what the open question does with it."""
    lasting: bool = False
    """It stays or hides, so that it needs her exact order, her tap, or a sure reading and a question back."""
    asks_back: bool = False
    """What it does is that question back: nothing lasts yet."""


@dataclass(frozen=True)
class Place:
    """What she read last, and the acts of an answer to it."""

    name: str
    says: str
    acts: Mapping[str, PlaceAct]
    offers: tuple[str, ...] = ()
    """The acts of the numbered choices, in order."""
    plain_yes: str = ""
    plain_no: str = ""
    """The acts of a bare yes and a bare no, empty where they are none."""
    hidden: bool = False
    """It asks nothing: what she may speak of wherever she is, read by the same model."""

    @property
    def family(self) -> str:
        """The part of the product that asks: `safety` of `safety.write_safely`."""
        return self.name.partition(".")[0]

    @property
    def titles(self) -> tuple[str, ...]:
        """The numbered choices as she read them: "1. Sí, acepto" is "Sí, acepto"."""
        parts = _NUMBERED.split(self.says)[1:]
        return tuple(part.strip(" .?") for part in parts[: len(self.offers)])

    @property
    def all_acts(self) -> tuple[str, ...]:
        """Its own acts in order, then those that every place has."""
        return (*self.acts, *EVERYWHERE)


def _act(raw: Mapping[str, Any]) -> PlaceAct:
    return PlaceAct(
        str(raw["means"]), str(raw.get("does", "")), bool(raw.get("lasting")), bool(raw.get("asks_back"))
    )


@cache
def places(path: Path = FILE) -> Mapping[str, Place]:
    """Return all places by name, in the order of the file."""
    families = tomllib.loads(path.read_text(encoding="utf-8"))
    raw = {f"{family}.{name}": one for family, its in families.items() for name, one in its.items()}
    return {
        name: Place(
            name,
            str(one.get("says", "")),
            {act: _act(about) for act, about in one["acts"].items()},
            tuple(one.get("offers", ())),
            str(one.get("plain_yes", "")),
            str(one.get("plain_no", "")),
            bool(one.get("hidden")),
        )
        for name, one in raw.items()
    }
