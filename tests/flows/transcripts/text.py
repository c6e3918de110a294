"""The transcripts as Markdown, a line for each line of a bubble, so that a diff shows what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transcripts import words

if TYPE_CHECKING:
    from pathlib import Path

    from transcripts.reading import Area, Line, Thread

_SPECIAL = re.compile(r"([\\`_\[\]<>#|~])")
_BOLD = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*")


def plain(text: str) -> str:
    """The text with nothing in it that Markdown would take for its own, but a chat's bold."""
    marked = _BOLD.sub("\x02\\1\x03", text).replace("*", "\\*")
    return _SPECIAL.sub(r"\\\1", marked).replace("\x02", "**").replace("\x03", "**")


def area_page(area: Area) -> str:
    """One area as a page."""
    return "\n\n".join([f"# {area.title}", *(_thread(thread) for thread in area.threads)]) + "\n"


def index_page(areas: list[Area], pictures: dict[str, list[str]]) -> str:
    """The index for the repository's own pages, with every picture, so that one scroll reads all."""
    rows = "\n".join(
        f"- [{area.title}](#{area.key}): {words.count(len(area.threads))}"
        + (f", {words.FAULTS.format(faults=area.faults)}" if area.faults else "")
        for area in areas
    )
    parts = [f"# {words.TITLE}", words.INTRO, words.HOW_TO_READ, words.HOW_TO_MAKE, rows]
    for area in areas:
        parts.append(f'<a id="{area.key}"></a>\n\n## {area.title}\n\n[{words.AS_TEXT}]({area.key}.md)')
        parts += [
            f"![{words.PICTURE.format(title=area.title, number=n)}]({name})"
            for n, name in enumerate(pictures.get(area.key, []), 1)
        ] or [words.NO_PICTURES]
    return "\n\n".join(parts) + "\n"


def write(areas: list[Area], folder: Path) -> None:
    """Write one page of text for each area."""
    folder.mkdir(parents=True, exist_ok=True)
    for area in areas:
        (folder / f"{area.key}.md").write_text(area_page(area), encoding="utf-8")


def _thread(thread: Thread) -> str:
    parts = [f"## {plain(thread.name)}"]
    if thread.fault:
        parts.append(f"🔴 **{words.FAULT}:** {plain(' '.join(thread.fault.split()))}")
    lines = [_line(line) for line in thread.lines[thread.shared :]]
    if thread.shared:
        lines.insert(0, f"- *{plain(words.BEGINS_LIKE.format(name=thread.like, count=thread.shared))}*")
    parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _line(line: Line) -> str:
    if line.who == "note":
        return f"- *{plain(line.text)}*"
    who = words.SHE if line.who == "she" else words.AVANZA
    shown = f"({words.TAPPED}) {line.text}" if line.tap else line.text
    kept = [plain(part) for part in shown.splitlines() if part.strip()] or [""]
    if line.buttons:
        kept.append(" · ".join(f"\\[{plain(title)}\\]" for title in line.buttons))
    return f"- **{who}:** " + "\\\n  ".join(kept)
