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
from bot.components.places import ELSEWHERE, places
from bot.components.replies import Reply
from bot.components.stage import Counting, Tell, nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example
    from bot.components.features import Array
    from bot.components.meaning import Meaning

COMMON, KNOWN = 8, 40
"""A gram counts for acts from so many replies on, and for families and places from so many."""
PENALTIES, OF_TOPICS = (1.2, 2.0, 3.0), (0.15, 0.3, 0.5)
"""How dearly weights of acts, of families and of places are bought, in replies; and those of topics."""
ROUNDS, HISTORY = 40, 4
ORDINARY = 4_000
"""How many messages of all kinds are looked at for what is no topic."""
TOPIC, SPEAKER = "topics.safety", "topics.speaker"


class _Task(NamedTuple):
    """The replies as numbers, and the layout of what is to be learnt."""

    wide: csr_matrix
    narrow: csr_matrix
    members: Array
    """(replies, most acts, 3), -1 where a place has fewer acts."""
    gold: Array
    sizes: tuple[int, int, int]


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
    by_place = {name: layout.members(place) for name, place in known.items()}
    most = max(len(members) for members in by_place.values())
    members = np.full((len(replies), most, 3), -1)
    for i, reply in enumerate(replies):
        its = by_place[reply.after]
        members[i, : len(its)] = its
    gold = np.array([known[r.after].all_acts.index(r.act) for r in replies])
    task = _Task(wide, narrow, members, gold, (len(layout.acts), len(layout.families), len(layout.slots)))
    return ContextModel(layout, columns, few, _fitted(task, penalties, at))


def _fitted(task: _Task, penalties: tuple[float, float, float], at: Callable[[int], None] | None) -> Weights:
    shapes = [
        (task.wide.shape[1], task.sizes[0]),
        (task.narrow.shape[1], task.sizes[1]),
        (task.narrow.shape[1], task.sizes[2]),
    ]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    turned = task.wide.T.tocsr(), task.narrow.T.tocsr()

    def parts(flat: Array) -> list[Array]:
        return [piece.reshape(shape) for piece, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]

    def loss(flat: Array) -> tuple[float, Array]:
        weights = parts(flat.astype(np.float32))
        cost, slopes = _slopes(task, weights)
        gradient = np.concatenate(
            [
                (np.asarray(turned[0 if k == 0 else 1] @ slope) + penalties[k] * weight).ravel()
                for k, (slope, weight) in enumerate(zip(slopes, weights, strict=True))
            ]
        )
        cost += sum(
            p / 2 * float((weight * weight).sum()) for p, weight in zip(penalties, weights, strict=True)
        )
        return cost, gradient.astype(np.float64)

    rounds = count(1)

    def after_each(_: Array) -> None:
        if at is not None:
            at(next(rounds))

    options = {"maxiter": ROUNDS, "maxcor": HISTORY}
    found = minimize(
        loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B", callback=after_each, options=options
    )
    return Weights(*(part.astype(np.float32) for part in parts(found.x)))


def _slopes(task: _Task, weights: Sequence[Array]) -> tuple[float, list[Array]]:
    """Return the cost of the replies, and its slope at each column of each part."""
    each = np.arange(len(task.gold))
    absent = task.members[:, :, 0] < 0
    scores = [np.asarray(task.wide @ weights[0])] + [np.asarray(task.narrow @ w) for w in weights[1:]]
    z = np.zeros(absent.shape, dtype=np.float32)
    for k, score in enumerate(scores):
        z += np.take_along_axis(score, np.maximum(task.members[:, :, k], 0), axis=1)
    z[absent] = -np.inf
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    cost = -float(np.log(np.maximum(p[each, task.gold], 1e-12)).sum())
    p[each, task.gold] -= 1
    slopes = []
    for k, score in enumerate(scores):
        slope = np.zeros_like(score)
        np.add.at(slope, (each[:, None], np.maximum(task.members[:, :, k], 0)), np.where(absent, 0, p))
        slopes.append(slope)
    return cost, slopes
