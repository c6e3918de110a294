"""Pictures of the areas, made by Chromium: a few columns of threads each, small enough for a repository."""

from __future__ import annotations

import io
import math
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from cli import words
from cli.install.failure import Failure
from transcripts import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from transcripts.reading import Area

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--no-first-run", "--disable-sync"]


@dataclass(frozen=True)
class Sheet:
    """The measures of a picture, in pixels."""

    column: int = 340
    gap: int = 16
    height: int = 1700
    columns: int = 3
    margin: int = 12
    """Less than the gap, so that no picture shows the edge of the next one's columns."""

    @property
    def step(self) -> int:
        """How far one picture's columns lie from the next picture's."""
        return self.columns * (self.column + self.gap)

    @property
    def width(self) -> int:
        """The width of one picture's columns."""
        return self.step - self.gap


SHEET = Sheet()
MOST_COLOURS = 16
MOST_BYTES = 2_800_000
"""What all pictures together may weigh: a clone of the repository carries them."""


def write(areas: list[Area], folder: Path, most: int = MOST_BYTES) -> dict[str, list[str]]:
    """Make pictures of the areas; returns their file names by area, none where they would weigh too much.

    Raises:
        Failure: there is no Chromium on this machine.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only where pictures are asked for)

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise Failure(words.NO_CHROMIUM)
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, list[str]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": SHEET.step, "height": SHEET.height})
        for area in areas:
            drawn = {f"{area.key}-{n}.png": picture for n, picture in enumerate(_pictures(page, area), 1)}
            weight = sum(map(len, drawn.values()))
            made[area.key] = list(drawn) if weight <= most else []
            if weight > most:
                continue
            most -= weight
            for name, picture in drawn.items():
                (folder / name).write_bytes(picture)
        browser.close()
    return made


def _pictures(page: Page, area: Area) -> Iterator[bytes]:
    page.set_content(pages.render("sheet.html", area=area, sheet=SHEET))
    right, bottom = page.evaluate(
        """() => [...document.querySelectorAll(".thread")].flatMap((one) => [...one.getClientRects()])
            .reduce(([x, y], box) => [Math.max(x, box.right), Math.max(y, box.bottom)], [0, 0])"""
    )
    page.set_viewport_size(
        {"width": math.ceil(right) + SHEET.step, "height": SHEET.height + 2 * SHEET.margin}
    )
    for left in range(0, math.ceil(right) - SHEET.margin, SHEET.step):
        width = min(SHEET.width + SHEET.margin, math.ceil(right) - left) + SHEET.margin
        clip = {"x": left, "y": 0, "width": width, "height": math.ceil(bottom) + SHEET.margin}
        shot = page.screenshot(clip=clip)  # type: ignore[arg-type] # a plain dict is what it takes
        yield _few_colours(shot)


def _few_colours(shot: bytes) -> bytes:
    """Return a PNG with a palette: what a picture of text needs and no more."""
    with Image.open(io.BytesIO(shot)) as picture:
        few = picture.convert("RGB").quantize(MOST_COLOURS, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    few.save(kept, "PNG", optimize=True, bits=4)
    return kept.getvalue()
