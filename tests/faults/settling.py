"""Before and after the faults: wait for the templates, then until nothing waits any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from verdict import HURRY, UNSETTLED

if TYPE_CHECKING:
    from pathlib import Path

    from looking import Product

SETTLE_SECONDS, LONG_SETTLE_SECONDS, TEMPLATE_SECONDS = 150.0, 1800.0, 60.0
"""A send may be in doubt more than once at the end, each time for half a minute; of a long run, the last
answer may come late and have twelve tries before it, which last some ten minutes."""


def await_templates(product: Product) -> None:
    """What falls due before the templates are approved is rightly never sent."""
    deadline = time.monotonic() + TEMPLATE_SECONDS
    while product.number("SELECT count(*) FROM template WHERE state <> 'approved'"):
        assert time.monotonic() < deadline, "the templates were not approved"
        time.sleep(0.5)


def settle(product: Product, *, hurry: bool) -> float:
    """Wait until nothing waits any more; return the seconds that it took."""
    began = time.monotonic()
    patience = SETTLE_SECONDS if hurry else LONG_SETTLE_SECONDS
    while not product.gave_up and time.monotonic() - began < patience:
        waiting = {what: count for what, count in product.rows(UNSETTLED) if count}
        if not waiting:
            break
        if round(time.monotonic() - began) % 15 == 0:
            print(f"{time.monotonic() - began:.0f} s: {waiting}")
        if hurry:
            for statement in HURRY:
                product.rows(statement)
        time.sleep(1.0)
    product.hub.scheduler.settle(10.0)
    return time.monotonic() - began


def last_lines(log: Path) -> str:
    """What was said last."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
