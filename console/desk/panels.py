"""The panels beside a conversation: what there is to know of her, each shown where it holds.

A panel is a function that returns what its template (`panels/<name>.html`) needs. A part of the desk adds one
by decorating its function here; no other template has to know of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.desk.case_page import CasePage

    Fill = Callable[[CasePage], dict[str, object]]


@dataclass(frozen=True)
class Panel:
    """One panel. `live`: its page fetches it again whenever something happens in the case."""

    name: str
    title: str
    order: int
    shown: Callable[[CasePage], bool]
    fill: Fill
    live: bool

    def render(self, page: CasePage) -> Markup:
        """Return its inner part."""
        html = render_template(f"panels/{self.name}.html", page=page, **self.fill(page))
        return Markup(html)  # noqa: S704 (a template's own output, escaped there)


PANELS: dict[str, Panel] = {}


def panel(
    name: str, *, title: str, order: int, shown: Callable[[CasePage], bool], live: bool = False
) -> Callable[[Fill], Fill]:
    """Register a panel; `shown` says on which pages it stands, and its address answers on no other."""

    def register(fill: Fill) -> Fill:
        if name in PANELS:
            raise ValueError(f"two panels are called {name}")
        PANELS[name] = Panel(name, title, order, shown, fill, live)
        return fill

    return register


def shown_on(page: CasePage) -> list[Panel]:
    """Return the panels of a page, in their order."""
    return sorted((one for one in PANELS.values() if one.shown(page)), key=lambda one: (one.order, one.name))


def find(name: str, page: CasePage) -> Panel | None:
    """Return the panel of this name, where the page shows it."""
    found = PANELS.get(name)
    return found if found is not None and found.shown(page) else None
