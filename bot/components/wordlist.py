"""Word lists as they read best: one string, words between commas."""

from __future__ import annotations

from bot.components.spelling import bare, sound


def listed(words: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(word for word in (part.strip() for part in words.replace("\n", " ").split(",")) if word)


def sounded(words: str) -> frozenset[str]:
    """Return how the words of a list sound."""
    return frozenset(sound(bare(word)) for word in listed(words))
