"""Bars as SVG, without script and style: colours are the page's, by class; a title for who can't see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

import leather

from outreach.texts import results as texts

if TYPE_CHECKING:
    from outreach.figures.sheets import Bars

WIDTH, AROUND, EACH = 460, 70, 42
"""Pixels: the width, what surrounds the bars, and the height of one."""
_BAR: Final = "#0f5e5a"
_PALE: Final = "#9c9c9c"
_INK: Final = "#26211d"
_BACKGROUND: Final = re.compile(r'<rect x="0" y="0" width="[\d.]+" height="[\d.]+" fill="#f9f9f9" ?/>')
_OPENING: Final = re.compile(r"<svg [^>]*>")


def svg(bars: Bars, name: str, *, font: str = "system-ui, sans-serif", most: int | None = None) -> str:
    """Return a chart; `name` tells it apart on its page, `most` is the end of its scale."""
    height = AROUND + EACH * len(bars.rows)
    chart = leather.Chart()
    chart.add_x_scale(0, most or max(count for _, count in bars.rows))
    chart.add_bars([(count, label) for label, count in bars.rows], fill_color=_BAR)
    drawn = _BACKGROUND.sub("", chart.to_svg(width=WIDTH, height=height), count=1)
    drawn = drawn.replace(f'fill="{_BAR}"', f'class="bar-of-chart" fill="{_BAR}"')
    drawn = drawn.replace('font-family="Monaco"', f"font-family={quoteattr(font)}")
    drawn = drawn.replace(f'fill="{_PALE}"', f'fill="{_INK}"')
    title = escape(texts.CHART_BARS.format(title=bars.title))
    return _OPENING.sub(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="{name}" xmlns="http://www.w3.org/2000/svg"><title id="{name}">{title}</title>',
        drawn,
        count=1,
    )
