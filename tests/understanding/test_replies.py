"""The list of places holds together, and the replies that teach it are broad enough."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from test_understand import understand

from bot.components.places import EVERYWHERE, places
from bot.components.reading import Reading, guarded, vetoed
from bot.components.replies import Reply, read_replies
from bot.dialogue.in_place import exact
from bot.learning.corpus.convert import fold
from bot.learning.corpus.nearness import Near

LASTING = {
    "hide", "opt_out", "opt_in", "erase", "withdraw_consent", "drop_seat", "close_case", "consent_yes",
    "change_detail",
}  # fmt: skip


@pytest.fixture(scope="module")
def replies() -> list[Reply]:
    """Return all labelled replies."""
    return read_replies()


def test_every_place_has_enough_replies_by_several_authors(replies: list[Reply]) -> None:
    """From 40 on, by three authors at the least, each act among them, and a tenth of them in pairs."""
    by_place: defaultdict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        by_place[reply.after].append(reply)
    assert set(by_place) == set(places())
    for name, its in by_place.items():
        assert len(its) >= 40, name
        assert len({reply.author for reply in its}) >= 3, name
        assert set(places()[name].acts) <= {reply.act for reply in its}, name
        assert sum(bool(reply.pair) for reply in its) >= len(its) / 10, name


def test_pairs_mean_different_acts(replies: list[Reply]) -> None:
    """Two replies of one pair are near in words and apart in what they mean, but for a few."""
    pairs: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    sizes = Counter((reply.author, reply.pair) for reply in replies if reply.pair)
    for reply in replies:
        if reply.pair:
            pairs[reply.author, reply.pair].add((reply.after, reply.act))
    alone = [pair for pair, acts in pairs.items() if sizes[pair] > 1 and len(acts) < 2]
    assert len(alone) < len(pairs) / 50, alone[:5]


def test_no_reply_comes_near_the_measuring_set(replies: list[Reply]) -> None:
    """No reply of more than three words is a measuring line or a light re-wording of one."""
    rows = (Path(__file__).parent / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    near = Near(fold(json.loads(row)["text"]) for row in rows)
    close = [reply.text for reply in replies if len(reply.text.split()) > 3 and near.close(fold(reply.text))]
    assert close == []


def test_acts_that_stay_or_hide_are_marked() -> None:
    """Wherever it stands, an act of this list is a lasting one, and no other is."""
    for place in places().values():
        for name, act in place.acts.items():
            assert act.lasting == (name in LASTING), f"{place.name} {name}"


def test_the_offers_stand_in_what_she_reads() -> None:
    """As many titles as offers, and each act of a bare yes or no is one of the place's own."""
    for place in places().values():
        assert len(place.titles) == len(place.offers), place.name
        for act in (*place.offers, place.plain_yes, place.plain_no):
            assert not act or act in place.acts, f"{place.name} {act}"


@pytest.mark.parametrize(
    ("after", "text", "act"),
    [
        ("contact.opt_out_sure", "2", "keep"),
        ("contact.opt_out_sure", "la uno", "opt_out"),
        ("my_data.erase", "sí", "erase"),
        ("my_data.erase", "ajá", ""),
        ("my_data.erase", "no", "keep"),
        ("safety.write_safely", "no es eso", "not_that"),
        ("safety.write_safely", "no puedo dormir", ""),
        ("safety.plan", "siguiente", "next"),
    ],
)
def test_what_is_exact_needs_no_model(after: str, text: str, act: str) -> None:
    """A number, a whole title, a bare yes or no; a faint yes is none where the act lasts."""
    assert exact(text, places()[after]) == act


@pytest.mark.parametrize(
    ("act", "text", "speaks_against"),
    [
        ("erase", "si bórrelos de una vez", False),
        ("erase", "y si los borro qué pasa?", True),
        ("erase", "no los borre", True),
        ("drop_seat", "ya no quiero ir, denle mi lugar a otra", False),
        ("drop_seat", "no me salgo", True),
        ("opt_out", "ya no me manden nada", False),
        ("opt_out", "no me quiten los avisos", True),
        ("consent_yes", "sí pero primero dígame si cuesta", True),
        ("close_case", "ya ciérrelo por favor", False),
    ],
)
def test_negation_decides_between_opposites(act: str, text: str, *, speaks_against: bool) -> None:
    """Who hedges, asks or keeps has not given a lasting yes, however sure a model is."""
    assert vetoed(act, text) is speaks_against


def test_a_cry_is_no_choice() -> None:
    """A sure cry of danger is read as something else, whatever was asked, unless it says she can't speak."""
    choice = Reading("person", 0.99)
    assert guarded(choice, "safety.choices", "me está ahorcando", "danger", "sure").act == "elsewhere"
    assert guarded(choice, "safety.choices", "con una persona", "support", "sure").act == "person"
    silent = Reading("cannot_speak", 0.95)
    assert guarded(silent, "safety.write_safely", "me va a oír", "danger", "sure").act == "cannot_speak"


@pytest.mark.bot
def test_understand_reads_after_what_was_asked() -> None:
    """`after` adds `act`; without it nothing changes; an unknown place is a wrong line."""
    asked = {"text": "no puedo hablar me va a oir", "after": "safety.write_safely"}
    lines = (json.dumps(asked), '{"text": "hola"}', '{"text": "hola", "after": "nowhere"}')
    done = understand("\n".join(lines) + "\n")
    first, alone = (json.loads(line) for line in done.stdout.splitlines())
    assert first["act"] == "cannot_speak"
    assert first["act_confidence"] > 0.6
    assert "act" not in alone
    assert done.returncode == 2
    assert b"line 3" in done.stderr


@pytest.mark.bot
def test_the_places_are_listed() -> None:
    """Each line has what she read and one line for each act; topics are no places."""
    done = understand("", more=("--places",))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["after"] for line in lines} == {name for name, p in places().items() if not p.hidden}
    for line in lines:
        assert line["says"]
        assert set(EVERYWHERE) <= set(line["acts"])
        assert set(line["lasting"]) == set(line["acts"]) & LASTING
