"""All that is named in one text, in order, each stretch of text read as one thing."""

from __future__ import annotations

from bot.components.extract import days, figures, hours, names, places, topics
from bot.components.extract.tokens import Found, tokens
from bot.components.turn_memo import once_a_turn


def entities(text: str) -> list[Found]:
    """Return what `text` names; where two readings overlap, the surer kind wins."""
    return list(_entities(text))


@once_a_turn
def _entities(text: str) -> tuple[Found, ...]:
    words = tokens(text)
    kept: list[Found] = []

    def keep(found: list[Found]) -> None:
        for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)

    keep(list(figures.curps(text)))
    keep(list(figures.phones(words)))
    keep(list(days.dates(text, words)))
    keep(list(hours.times(text, words)))
    keep(list(figures.ages(words)))
    keep(list(days.weekdays(words)))
    keep(list(topics.axes(words)))
    keep(list(places.places(words, names.common_words())))
    keep(list(names.names(words, kept)))
    return tuple(sorted(kept, key=lambda found: found.start))


def as_dictionary(found: Found) -> dict[str, object]:
    """Return one as the understanding contract prints it; candidates and checks go beside the value."""
    return {
        "entity": found.entity,
        "value": found.value,
        "start": found.start,
        "end": found.end,
        **found.extra,
    }
