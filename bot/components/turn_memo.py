"""A memo that lives for one turn: what a text reads as is worked out once in it, and forgotten at its end.

Why: some hundred questions are put to the same text in a turn, and each folded, sounded and flagged it anew;
a third of the turn went there. Whoever answers a turn opens the memo (`one_turn`); outside of it nothing is
kept, so that no text outlives its turn. Only for pure functions whose results nobody changes.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

_UNASKED = object()
_memo: ContextVar[dict[tuple[object, ...], object] | None] = ContextVar("turn_memo", default=None)


@contextmanager
def one_turn() -> Iterator[None]:
    """Remember within the block, in this task alone; a block within a block shares its memo."""
    if _memo.get() is not None:
        yield
        return
    opened = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(opened)


def once_a_turn(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Have a pure function answer the same arguments from the memo, where one is open.

    Arguments given by name are not looked up: they go to the function as they are.
    """

    @wraps(function)
    def asked(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        memo = _memo.get()
        if memo is None or kwargs:
            return function(*args, **kwargs)
        key = (function, *args)
        found = memo.get(key, _UNASKED)
        if found is _UNASKED:
            found = memo[key] = function(*args, **kwargs)
        return cast("_Result", found)

    return asked
