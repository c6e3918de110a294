"""The transcripts as HTML pages that look like phones: an index, and one page an area.

What stands in a bubble is text of a transcript and never markup; only the marks of a chat (*bold*, _italic_)
become elements.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from transcripts import words

if TYPE_CHECKING:
    from transcripts.reading import Area

_MARKS = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*|(?<!\w)_(\S(?:[^_\n]*\S)?)_(?!\w)")
_BOLD, _ITALIC = Markup("<b>{}</b>"), Markup("<i>{}</i>")


def chat(text: str) -> Markup:
    """The text of a bubble, escaped, its bold and italic parts marked."""
    out, at = Markup(), 0
    for found in _MARKS.finditer(text):
        mark = _BOLD.format(found[1]) if found[1] else _ITALIC.format(found[2])
        out += escape(text[at : found.start()]) + mark
        at = found.end()
    return out + escape(text[at:])


def environment() -> Environment:
    """Jinja with everything escaped."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["chat"] = chat
    made.globals["words"] = words
    return made


def render(template: str, **values: Any) -> str:
    """One template, filled in."""
    return environment().get_template(template).render(**values).strip() + "\n"


def write(areas: list[Area], folder: Path) -> None:
    """Write the index and a page for each area."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(render("index.html", areas=areas), encoding="utf-8")
    for area in areas:
        (folder / f"{area.key}.html").write_text(render("area.html", area=area), encoding="utf-8")
