"""How many letters apart two words or texts are; used for misspelt names and for near repeats."""

from __future__ import annotations

from collections import defaultdict


def distance(a: str, b: str) -> int:
    """Return the edit distance of two texts (Myers' bit-parallel way: one step a letter of `b`)."""
    if not a or not b:
        return len(a) + len(b)
    where: defaultdict[str, int] = defaultdict(int)
    for i, letter in enumerate(a):
        where[letter] |= 1 << i
    full, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    more, less, edits = full, 0, len(a)
    for letter in b:
        same = where.get(letter, 0)
        diagonal = (((same & more) + more) ^ more) | same | less
        up, down = less | ~(diagonal | more) & full, more & diagonal
        edits += 1 if up & last else -1 if down & last else 0
        up, down = (up << 1 | 1) & full, (down << 1) & full
        more, less = down | ~(diagonal | up) & full, up & diagonal
    return edits


def one_off(a: str, b: str) -> bool:
    """Whether one letter more, less or other makes the one word of the other."""
    return abs(len(a) - len(b)) <= 1 and distance(a, b) == 1
