"""One clock: what the product takes for now is `models.utcnow`, so that the demo can move it as a whole."""

from __future__ import annotations

import re

from test_structure import PRODUCT, modules

from outreach.ground.settings import ROOT

OTHER_CLOCKS = re.compile(
    r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|func\.(?:now|current_\w+|clock_timestamp)\(|\btime\.time\("
)
BY_THE_MACHINE = {
    "models/base.py": "the clock itself",
    "models/team.py": "keys are changed once in years",
    "outreach/sealing/rekeying.py": "a round is held against PostgreSQL's own list of transactions",
    "outreach/ground/logs.py": "logs of all programs are read side by side",
}


def test_nothing_of_the_product_asks_another_clock() -> None:
    """A second source of now would be left behind where a newcomer moves the time."""
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in PRODUCT
        for path in modules(folder)
        if OTHER_CLOCKS.search(path.read_text(encoding="utf-8"))
    }
    assert found == BY_THE_MACHINE.keys()
