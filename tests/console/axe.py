"""axe-core in a real browser: what it finds against WCAG 2.2 AA on a page.

Its file comes with a development package and is put into the page past the page's own policy, for which the
browser's context must be made with `bypass_csp=True`.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

PACKAGE = "axe_playwright_python"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A change of scheme moves the colours over 0.12 s, and what axe reads meanwhile is neither of them.
STILL = "() => document.getAnimations().forEach(one => { try { one.finish(); } catch { one.cancel(); } })"
RUN = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}})
    .then(found => found.violations.map(one => [one.id, one.nodes.map(node => node.target.join(" "))]))"""


def source() -> Path:
    """Return axe-core's file; where the package is not installed the test is skipped."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        pytest.skip(f"no {PACKAGE} in this environment")
    return Path(found.origin).with_name("axe.min.js")


def violations(page: Page) -> list[Any]:
    """Return what is wrong on a page: the rule's name and where."""
    page.add_script_tag(path=source())
    page.evaluate(STILL)
    found: list[Any] = page.evaluate(RUN, TAGS)
    return found
