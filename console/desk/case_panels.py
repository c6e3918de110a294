"""The panels of every conversation: how she wants to be written to, and her number for 911."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.desk.panels import panel

if TYPE_CHECKING:
    from console.desk.case_page import CasePage


@panel("emergency", title="Para el 911", order=10, shown=lambda page: page.mode in {"mine", "shut"})
def emergency(page: CasePage) -> dict[str, object]:
    """Offer her name and number, which are shown in the answer to that form only."""
    return {"reached": page.reached}


@panel(
    "contact",
    title="Cómo escribirle",
    order=20,
    shown=lambda page: page.opened.private is not None,
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
