"""The panel of every conversation that its reader does not hold: how she wants to be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.desk.panels import panel
from console.desk.person import HOLDER

if TYPE_CHECKING:
    from console.desk.case_page import CasePage


@panel(
    "contact",
    title="Cómo escribirle",
    order=20,
    shown=lambda page: page.opened.private is not None and page.mode not in HOLDER,
    live=True,
)
def contact(page: CasePage) -> dict[str, object]:
    """Show the hours, the language and whether others read her phone."""
    private = page.opened.private
    if private is None:
        return {}
    hours = private.contact_words
    if not hours and private.contact_from:
        hours = f"{private.contact_from} a {private.contact_until}"
    return {"hours": hours, "shared": private.phone_shared, "language": private.language}
