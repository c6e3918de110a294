"""Fits the model of `context`. Only training imports this.

One penalised softmax over the acts of each reply's own place, so that an act that a place does not have costs
nothing there. Figures on unseen authors: benchmarks/understanding.md.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize

from bot.components.context import ContextModel, Layout, Readers, Weights, inputs
from bot.components.judging import softmax
from bot.components.places import ELSEWHERE, places
from bot.components.replies import Reply
from bot.components.stage import Counting, Tell, nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example
    from bot.components.features import Array
    from bot.components.meaning import Meaning
    from bot.components.places import Place

COMMON, KNOWN = 8, 40
"""A gram counts for acts from so many replies on, and for families and places from so many."""
PENALTIES, OF_TOPICS = (1.2, 2.0, 3.0), (0.15, 0.3, 0.5)
"""How dearly weights of acts, of families and of places are bought, in replies; and those of topics."""
DEARER = 0.0
"""By how much, in log-odds, a reply must lie further from a lasting act that it does not mean."""
ROUNDS, HISTORY = 40, 4
ORDINARY = 4_000
"""How many messages of all kinds are looked at for what is no topic."""
TOPIC, SPEAKER = "topics.safety", "topics.speaker"


class _Part(NamedTuple):
    """The replies at one place as numbers: a reply touches the weights of its own place's acts alone."""

    wide: csr_matrix
    narrow: csr_matrix
    wide_columns: Array
    narrow_columns: Array
    """Which of all columns stand in `wide` and in `narrow`: those that some reply of the place has."""
    members: Array
    """(acts of the place, 3)"""
    gold: Array
    dearer: Array
    """(replies, acts): what is added to the score of a lasting act that the reply does not mean."""


def seen(meaning: Meaning, replies: Sequence[Reply]) -> tuple[csr_matrix, Array]:
    """Return the grams and the sense of each reply."""
    rows = meaning.features.rows(reply.text for reply in replies)
    return rows, meaning.sense(rows)


def fit_readers(
    meaning: Meaning, replies: Sequence[Reply], examples: Sequence[Example], tell: Tell = nobody
) -> Readers:
    """Fit one model for what is asked, and one for what she may speak of wherever she is.

    `examples`: messages of all kinds, some of which teach the second what is none of its topics.
    """
    tell("acts")
    asked = [reply for reply in replies if not places()[reply.after].hidden]
    topics = [reply for reply in replies if places()[reply.after].hidden]
    topics += ordinary(examples)
    acts = fit_context(*seen(meaning, asked), asked, at=Counting("acts", ROUNDS, tell).at)
    tell("topics")
    at = Counting("topics", ROUNDS, tell).at
    return Readers(acts, fit_context(*seen(meaning, topics), topics, OF_TOPICS, at))


def ordinary(examples: Sequence[Example]) -> list[Reply]:
    """Some messages as replies: none of the topics, written by the woman herself.

    Few of those that tell of harm are of a topic; those for another woman are not of herself.
    """
    few = list(examples)[:: max(1, len(examples) // ORDINARY)]
    none = [
        Reply(TOPIC, ELSEWHERE, e.text, e.author, risk=e.risk) for e in few if e.intent != "ask_violence_help"
    ]
    own = [
        Reply(SPEAKER, "herself", e.text, e.author, risk=e.risk)
        for e in few
        if e.intent not in ("support_for_other", "child_at_risk", "bot_challenge", "ask_privacy")
    ]
    return none + own


def fit_context(
    rows: csr_matrix,
    sense: Array,
    replies: Sequence[Reply],
    penalties: tuple[float, float, float] = PENALTIES,
    at: Callable[[int], None] | None = None,
) -> ContextModel:
    """Fit the weights to labelled replies; the places are those that they answer.

    `at` is told the number of each round of `ROUNDS`; it may end in fewer.
    """
    told = {reply.after for reply in replies}
    known = {name: place for name, place in places().items() if name in told}
    layout = Layout.of(known)
    often = np.bincount(rows.indices, minlength=rows.shape[1])
    columns, few = np.flatnonzero(often >= COMMON), np.flatnonzero(often >= KNOWN)
    wide, narrow = inputs(rows, sense, columns, few)
    of: dict[str, list[int]] = {name: [] for name in known}
    for i, reply in enumerate(replies):
        of[reply.after].append(i)
    parts = [
        _part(wide[its], narrow[its], place, layout, [replies[i].act for i in its])
        for place, its in ((known[name], its) for name, its in of.items())
    ]
    shapes = [
        (wide.shape[1], len(layout.acts)),
        (narrow.shape[1], len(layout.families)),
        (narrow.shape[1], len(layout.slots)),
    ]
    return ContextModel(layout, columns, few, _fitted(parts, shapes, penalties, at))


def _part(wide: csr_matrix, narrow: csr_matrix, place: Place, layout: Layout, acts: Sequence[str]) -> _Part:
    gold = np.array([place.all_acts.index(act) for act in acts])
    lasting = [act in place.acts and place.acts[act].lasting for act in place.all_acts]
    dearer = np.tile(np.array(lasting, dtype=np.float32) * DEARER, (len(acts), 1))
    dearer[np.arange(len(acts)), gold] = 0
    wide_columns, narrow_columns = np.unique(wide.indices), np.unique(narrow.indices)
    return _Part(
        wide[:, wide_columns],
        narrow[:, narrow_columns],
        wide_columns,
        narrow_columns,
        layout.members(place),
        gold,
        dearer,
    )


def _fitted(
    parts: Sequence[_Part],
    shapes: Sequence[tuple[int, int]],
    penalties: tuple[float, float, float],
    at: Callable[[int], None] | None,
) -> Weights:
    ends = np.cumsum([rows * columns for rows, columns in shapes])

    def split(flat: Array) -> list[Array]:
        return [piece.reshape(shape) for piece, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]

    def loss(flat: Array) -> tuple[float, Array]:
        weights = split(flat.astype(np.float32))
        slopes = [penalty * weight for penalty, weight in zip(penalties, weights, strict=True)]
        cost = sum(
            p / 2 * float((weight * weight).sum()) for p, weight in zip(penalties, weights, strict=True)
        )
        cost += sum(_add_slopes(part, weights, slopes) for part in parts)
        return cost, np.concatenate([slope.ravel() for slope in slopes]).astype(np.float64)

    rounds = count(1)

    def after_each(_: Array) -> None:
        if at is not None:
            at(next(rounds))

    options = {"maxiter": ROUNDS, "maxcor": HISTORY}
    found = minimize(
        loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B", callback=after_each, options=options
    )
    return Weights(*(part.astype(np.float32) for part in split(found.x)))


def _add_slopes(part: _Part, weights: Sequence[Array], slopes: Sequence[Array]) -> float:
    """Return the cost of the replies at one place; what it adds to each slope is added in place."""
    each = np.arange(len(part.gold))
    of_acts = np.ix_(part.wide_columns, part.members[:, 0])
    others = [np.ix_(part.narrow_columns, part.members[:, k]) for k in (1, 2)]
    narrow = weights[1][others[0]] + weights[2][others[1]]
    z = np.asarray(part.wide @ weights[0][of_acts]) + np.asarray(part.narrow @ narrow) + part.dearer
    p = softmax(z)
    cost = -float(np.log(np.maximum(p[each, part.gold], 1e-12)).sum())
    p[each, part.gold] -= 1
    slopes[0][of_acts] += part.wide.T @ p
    slope = part.narrow.T @ p
    for k, its in enumerate(others, 1):
        slopes[k][its] += slope
    return cost
