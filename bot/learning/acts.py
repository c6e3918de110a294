"""How well replies are read where they were said, on authors whom the readers have not met.

Each author in turn is left out, the readers are fitted to the others, and his replies are read as the
dialogue reads them: by number, title or bare yes and no first, then by the model, guarded. The figures that
matter most are how often an act that lasts is taken where she did not mean it, and how often a cry is taken
for a choice.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from bot.components.context_training import OF_TOPICS, PENALTIES, fit_context, ordinary, seen
from bot.components.places import ELSEWHERE, UNCLEAR, places
from bot.components.reading import SURE, Reading, guarded
from bot.components.replies import read_replies
from bot.dialogue.in_place import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from bot.components.examples import Example
    from bot.components.features import Array
    from bot.components.judging import Understanding
    from bot.components.meaning import Meaning
    from bot.components.replies import Reply

LASTING_WRONG, CRIES = 0.001, 0
"""Lasting acts taken wrongly, of the replies that mean none, and cries taken for a choice: at most."""
ASKED, TOPICS = "acts", "topics"


class Figures(NamedTuple):
    """Shares of the replies, over all families or one of them."""

    replies: int
    right: float
    taken: float
    """Taken as an act of the place's own, surely enough to be acted on."""
    taken_right: float
    """... and rightly so, of those taken."""
    lasting_wrong: float
    lasting_heard: float
    cries_as_choice: int


def read_unseen(meaning: Meaning, replies: Sequence[Reply], beside: Sequence[Reply] = ()) -> list[Reading]:
    """Read each reply by readers who know nothing of its author; `beside` are learnt from and not read."""
    rows, sense = seen(meaning, [*replies, *beside])
    authors = sorted({reply.author for reply in replies})
    done = Parallel(n_jobs=2)(
        delayed(_one_out)(rows, sense, [*replies, *beside], author) for author in authors
    )
    found: list[Reading] = [Reading(UNCLEAR, 0.0)] * len(replies)
    for part in done:
        for i, reading in part.items():
            found[i] = reading
    judged = meaning.judge(meaning.margins([r.text for r in replies]), [r.text for r in replies])
    return [as_dialogue(*each) for each in zip(replies, found, judged, strict=True)]


def as_dialogue(reply: Reply, reading: Reading, judged: Understanding) -> Reading:
    """The reading that the dialogue acts on."""
    place = places()[reply.after]
    act = "" if place.hidden else exact(reply.text, place)
    reading = Reading(act, 1.0) if act else reading
    return guarded(reading, reply.after, reply.text, judged.risk, judged.tier)


def _one_out(rows: csr_matrix, sense: Array, replies: Sequence[Reply], author: str) -> dict[int, Reading]:
    others = np.flatnonzero([reply.author != author for reply in replies])
    penalties = OF_TOPICS if places()[replies[0].after].hidden else PENALTIES
    model = fit_context(rows[others], sense[others], [replies[i] for i in others], penalties)
    return {
        i: model.read(rows[i], sense[i : i + 1], reply.after)
        for i, reply in enumerate(replies)
        if reply.author == author
    }


def figures(replies: Sequence[Reply], read: Sequence[Reading]) -> dict[str, Figures]:
    """Return the figures of each family of places, and of all under `all`."""
    of: defaultdict[str, list[tuple[Reply, Reading]]] = defaultdict(list)
    for reply, reading in zip(replies, read, strict=True):
        of[places()[reply.after].family].append((reply, reading))
        of["all"].append((reply, reading))
    return {family: _figures(pairs) for family, pairs in of.items()}


def _figures(pairs: Sequence[tuple[Reply, Reading]]) -> Figures:
    def share(hits: int, of: int) -> float:
        return hits / of if of else 0.0

    taken = [(r, x) for r, x in pairs if x.act not in (ELSEWHERE, UNCLEAR, "") and x.confidence >= SURE]
    means_it = [(r, x) for r, x in pairs if _lasts(r.after, r.act)]
    wrong = sum(_lasts(r.after, x.act) and not _lasts(r.after, r.act) for r, x in taken)
    heard = sum(x.act == r.act and x.confidence >= SURE for r, x in means_it)
    cries = sum(r.risk == "danger" and r.act == ELSEWHERE for r, x in taken)
    return Figures(
        len(pairs),
        share(sum(x.act == r.act for r, x in pairs), len(pairs)),
        share(len(taken), len(pairs)),
        share(sum(x.act == r.act for r, x in taken), len(taken)),
        share(wrong, len(pairs) - len(means_it)),
        share(heard, len(means_it)),
        cries,
    )


def _lasts(place: str, act: str) -> bool:
    about = places()[place].acts.get(act)
    return about is not None and about.lasting


def table(found: dict[str, Figures]) -> str:
    """The figures as lines for people."""
    lines = [
        f"{'family':12}{'replies':>8}{'right':>8}{'taken':>8}{'rightly':>9}{'lasting wrong':>15}{'cries':>7}"
    ]
    lines += [
        f"{family:12}{one.replies:8}{one.right:8.3f}{one.taken:8.3f}{one.taken_right:9.3f}"
        f"{one.lasting_wrong:15.4f}{one.cries_as_choice:7}"
        for family, one in found.items()
    ]
    return "\n".join(lines)


def checked(meaning: Meaning, examples: Sequence[Example]) -> tuple[dict[str, Figures], list[str]]:
    """Return the figures on unseen authors, and what of them is not as it must be."""
    everything = read_replies()
    found: dict[str, Figures] = {}
    for hidden in (False, True):
        its = [reply for reply in everything if places()[reply.after].hidden == hidden]
        found |= {
            (family if family != "all" else (TOPICS if hidden else ASKED)): one
            for family, one in figures(
                its, read_unseen(meaning, its, ordinary(examples) if hidden else ())
            ).items()
            if not (hidden and family == TOPICS)
        }
    acts, wrong = found[ASKED], []
    if acts.lasting_wrong > LASTING_WRONG:
        wrong.append(f"acts that last, taken wrongly: {acts.lasting_wrong:.4f} against {LASTING_WRONG}")
    if acts.cries_as_choice > CRIES:
        wrong.append(f"cries taken for a choice: {acts.cries_as_choice} against {CRIES}")
    return found, wrong


if __name__ == "__main__":
    from pathlib import Path

    from bot.components.archive import newest, open_model
    from bot.components.examples import read_folder

    ROOT = Path(__file__).resolve().parents[2]

    messages = read_folder(ROOT / "data" / "nlu")
    shown, short = checked(open_model(newest(ROOT / "bot" / "trained")), messages)
    sys.stdout.write("\n".join([table(shown), *short]) + "\n")
