"""While a process imports what it runs on, nothing is garbage: it is not looked for."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_garbage() -> Iterator[None]:
    """Import within it: a fifth quicker; what was imported is never searched afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
