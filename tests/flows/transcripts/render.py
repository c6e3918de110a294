"""Pages, text and pictures of what the scripted conversations said; started by `./avanza transcripts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import words
from cli.install.failure import Failure
from cli.install.places import ROOT
from cli.install.progress import step
from transcripts import pages, pictures, reading, text

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = ROOT / "docs" / "transcripts"


def render(written: Path, out: Path, *, renew: bool) -> tuple[int, list[tuple[str, str]]]:
    """Write the pages; return how many threads there are, and those (area, name) that went wrong.

    `renew`: also the pictures and texts of the documents.

    Raises:
        Failure: nothing was played yet, or there is no Chromium for the pictures.
    """
    areas = reading.read_areas(written)
    if not areas:
        raise Failure(words.NOT_PLAYED.format(where=written))
    with step(words.STEP_PAGES):
        pages.write(areas, out)
        text.write(areas, out)
    if renew:
        _renew(areas)
    wrong = [(area.title, thread.name) for area in areas for thread in area.threads if thread.fault]
    return sum(len(area.threads) for area in areas), wrong


def _renew(areas: list[reading.Area]) -> None:
    with step(words.STEP_PICTURES.format(where=_KEPT.relative_to(ROOT))):
        for old in (*_KEPT.glob("*.png"), *_KEPT.glob("*.md")):
            old.unlink()
        made = pictures.write(areas, _KEPT)
        text.write(areas, _KEPT)
        (_KEPT / "README.md").write_text(text.index_page(areas, made), encoding="utf-8")
