"""What a message means where it was said: a score for each act of the place, from the same numbers.

Three rows of weights are added for an act: those that hold wherever the act exists (a yes is a yes), those of
its family of places, and those of the place alone. Beside the grams of `features` they see what the models of
`meaning` make of the text. It knows nothing of Rasa, and must never keep or log a text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.components.judging import softmax
from bot.components.places import places
from bot.components.reading import NOT_READ, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.components.features import Array
    from bot.components.places import Place


class Layout(NamedTuple):
    """Which rows of weights each act of each place adds up."""

    acts: tuple[str, ...]
    families: tuple[str, ...]
    """`family act`"""
    slots: tuple[str, ...]
    """`place act`"""

    @classmethod
    def of(cls, known: Mapping[str, Place]) -> Layout:
        """Number the acts of all places."""
        pairs = [(place, act) for place in known.values() for act in place.all_acts]
        return cls(
            tuple(dict.fromkeys(act for _, act in pairs)),
            tuple(dict.fromkeys(f"{place.family} {act}" for place, act in pairs)),
            tuple(f"{place.name} {act}" for place, act in pairs),
        )

    def members(self, place: Place) -> Array:
        """Return for each act of the place its three numbers."""
        return np.array(
            [
                (
                    self.acts.index(act),
                    self.families.index(f"{place.family} {act}"),
                    self.slots.index(f"{place.name} {act}"),
                )
                for act in place.all_acts
            ]
        )


class Weights(NamedTuple):
    """Columns of weights: for each act, each act of a family, each act of a place."""

    acts: Array
    families: Array
    slots: Array


class ContextModel:
    """Reads a message at a place: `read`."""

    def __init__(self, layout: Layout, columns: Array, few: Array, weights: Weights) -> None:
        """Keep the weights; `columns` are the grams that acts look at, `few` those of families and places."""
        self.layout, self._columns, self._few, self._weights = layout, columns, few, weights
        self._place_of_column, self._place_of_few = _placed(columns), _placed(few)
        self._members = {
            name: layout.members(place)
            for name, place in places().items()
            if f"{name} {place.all_acts[0]}" in layout.slots
        }
        self._of_place: dict[str, Weights] = {}

    def knows(self, place: str) -> bool:
        """Whether the place has been learnt."""
        return place in self._members

    def read(self, row: csr_matrix, sense: Array, place: str) -> Reading:
        """Return the likeliest act of one text; `row` are its grams, `sense` what `Meaning.sense` gave."""
        its = self._weights_of(place)
        wide, wide_values = _one(row, sense, self._place_of_column, len(self._columns))
        narrow, narrow_values = _one(row, sense, self._place_of_few, len(self._few))
        score = (
            wide_values @ its.acts[wide].astype(np.float32)
            + narrow_values @ its.families[narrow].astype(np.float32)
            + narrow_values @ its.slots[narrow].astype(np.float32)
        )
        p = softmax(score[None, :])[0]
        best = int(p.argmax())
        return Reading(places()[place].all_acts[best], float(p[best]))

    def _weights_of(self, place: str) -> Weights:
        """Return the columns of a place's own acts side by side, so that a gram's weights lie together.

        Picked from the whole arrays each weight of each gram was a miss of the processor's cache.
        """
        if place not in self._of_place:
            members = self._members[place].T
            parts = zip(self._weights, members, strict=True)
            self._of_place[place] = Weights(*(np.ascontiguousarray(part[:, its]) for part, its in parts))
        return self._of_place[place]

    def save(self, path: Path) -> None:
        """Write the weights as plain arrays, and the layout as JSON beside them."""
        halves = {name: part.astype(np.float16) for name, part in self._weights._asdict().items()}
        np.savez_compressed(path.with_suffix(".npz"), columns=self._columns, few=self._few, **halves)
        path.with_suffix(".json").write_text(json.dumps(self.layout._asdict()), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> ContextModel:
        """Read what `save` wrote."""
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        layout = Layout(**{name: tuple(names) for name, names in about.items()})
        with np.load(path.with_suffix(".npz")) as arrays:
            parts = {name: arrays[name] for name in Weights._fields}  # halves, as they were written
            return cls(layout, arrays["columns"], arrays["few"], Weights(**parts))


class Readers(NamedTuple):
    """The model of what is asked, and the one of what she may speak of wherever she is."""

    asked: ContextModel
    topics: ContextModel

    def read(self, row: csr_matrix, sense: Array, place: str) -> Reading:
        """Return the likeliest act of one text at a place; `NOT_READ` where nobody knows the place."""
        model = next((one for one in self if one.knows(place)), None)
        return model.read(row, sense, place) if model else NOT_READ

    def save(self, folder: Path) -> None:
        """Write both."""
        for name, model in self._asdict().items():
            model.save(folder / name)

    @classmethod
    def load(cls, folder: Path) -> Readers:
        """Read what `save` wrote."""
        return cls(*(ContextModel.load(folder / name) for name in cls._fields))


def _placed(columns: Array) -> Array:
    """Return for each gram its place among the columns, -1 where it is none of them."""
    place = np.full(int(columns.max(initial=-1)) + 1, -1)
    place[columns] = np.arange(len(columns))
    return place


def _one(row: csr_matrix, sense: Array, place: Array, columns: int) -> tuple[Array, Array]:
    """Return what `inputs` gives for one text, as the rows of the weights and the values to weigh them by."""
    known = row.indices < len(place)
    at = place[row.indices[known]]
    beside = np.append(sense[0], 1.0)
    rows = np.concatenate([at[at >= 0], columns + np.arange(len(beside))])
    return rows, np.concatenate([row.data[known][at >= 0], beside]).astype(np.float32)


def inputs(
    rows: csr_matrix, sense: Array, columns: Sequence[int] | Array, few: Sequence[int] | Array
) -> tuple[csr_matrix, csr_matrix]:
    """Return what acts, and what families and places, look at: grams, then the sense, then a one."""
    beside = csr_matrix(np.hstack([sense, np.ones((rows.shape[0], 1))]).astype(np.float32))
    return hstack([rows[:, columns], beside]).tocsr(), hstack([rows[:, few], beside]).tocsr()
