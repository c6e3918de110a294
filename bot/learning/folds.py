"""How the models do on women they have not met: folds split by author, never by line.

Two messages of one author are alike; a fold that shares an author flatters the model. Used by calibration, by
the check of the model and by the benchmark.
"""

from __future__ import annotations

import hashlib
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from bot.components.encoder.encoder import UNKNOWN, Encoder
from bot.components.examples import digest
from bot.components.features import DEFAULT, Array, Features
from bot.components.labels import INTENTS, RISKS
from bot.components.training import fit_weights
from bot.learning.authors import author_folds
from bot.learning.encoder import unseen as of_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example


_COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_CODE_THAT_SCORES = (
    "abbreviations.txt",
    "counting.py",
    "features.py",
    "../learning/authors.py",
    "../learning/folds.py",
    "net.py",
    "stems.py",
    "spelling.py",
    "training.py",
)


class Unseen(NamedTuple):
    """Margins of each example from models that did not see its author: linear, the net's, the encoder's."""

    intents: tuple[str, ...]
    margins: Array
    fold: Array


def _one_fold(rows: csr_matrix, examples: Sequence[Example], fold: Array, k: int) -> Array:
    seen = np.flatnonzero(fold != k)
    known = fit_weights(rows[seen], [examples[i] for i in seen])
    margins = known.margins(rows[np.flatnonzero(fold == k)])
    every = [name for name in INTENTS if name in {e.intent for e in examples}]
    place = [*(every.index(name) for name in known.intents), *range(len(every), len(every) + len(RISKS))]
    width = len(every) + len(RISKS)
    out = np.full((len(margins), 2 * width), UNKNOWN)
    out[:, place + [width + at for at in place]] = margins
    return out


def unseen(
    examples: Sequence[Example], views: Sequence[str] = DEFAULT, count: int = 5, jobs: int = 2
) -> Unseen:
    """Judge every example by models trained on the other authors (the list of grams alone is shared).

    Without the encoder: what it says of them is read from a file (`unseen_once`).
    """
    rows = Features(views).learn(example.text for example in examples)
    fold = author_folds(examples, count)
    intents = tuple(name for name in INTENTS if name in {e.intent for e in examples})
    margins = np.zeros((len(examples), 2 * (len(intents) + len(RISKS))))
    done = Parallel(n_jobs=jobs)(delayed(_one_fold)(rows, examples, fold, k) for k in range(count))
    for k, found in enumerate(done):
        margins[fold == k] = found
    return Unseen(intents, margins, fold)


def _key(examples: Sequence[Example]) -> str:
    code = hashlib.sha256()
    for name in _CODE_THAT_SCORES:
        code.update((_COMPONENTS / name).read_bytes())
    order = hashlib.sha256("\n".join(e.text for e in examples).encode()).hexdigest()
    return f"{digest(examples)} {order} {code.hexdigest()}"


def unseen_once(examples: Sequence[Example], kept: Path) -> Unseen:
    """Return `unseen` with the encoder's scores beside it; what took many minutes is kept in the file `kept`.

    It is worked out anew where data or code are other ones. Calibration, check and benchmark all ask for the
    very same numbers.
    """
    found = _linear_and_net(examples, kept)
    scores = encoder_unseen(examples, found.intents)
    return found._replace(margins=np.hstack([found.margins, scores]))


def encoder_unseen(examples: Sequence[Example], intents: Sequence[str]) -> Array:
    """Return the encoder's scores of each example from a training that left its author out.

    Messages that were added since are judged by the encoder that the bot uses: it saw none of them.
    """
    known_intents, scores, known = of_encoder.read(examples)
    place = [known_intents.index(name) if name in known_intents else -1 for name in intents]
    every = np.hstack([scores, np.full((len(examples), 1), UNKNOWN)])
    risks = range(len(known_intents), len(known_intents) + len(RISKS))
    found = every[:, [*place, *risks]]
    if not known.all():
        new = np.flatnonzero(~known)
        found[new] = Encoder.read().scores([examples[i].text for i in new], intents)
    return np.asarray(found)


def _linear_and_net(examples: Sequence[Example], kept: Path) -> Unseen:
    key = _key(examples)
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile), np.load(kept) as held:
        if str(held["key"]) == key:
            return Unseen(tuple(map(str, held["intents"])), held["margins"].astype(float), held["fold"])
    found = unseen(examples)
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        kept, key=key, intents=found.intents, margins=found.margins.astype(np.float32), fold=found.fold
    )
    return found
