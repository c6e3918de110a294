"""The pages of transcripts show what was said, whatever stands in it, and mark what did not go as written."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from transcripts import pages, pictures, reading, text, words

from cli.commands import transcripts
from cli.install.failure import Failure

if TYPE_CHECKING:
    from pathlib import Path

OVERRIDE = "\u202eodamrofni"
LONG = "palabra" * 400
LINES = [
    {"who": "she", "text": "hola <b>tú</b> & <script>alert(1)</script>", "buttons": [], "kind": "text"},
    {
        "who": "avanza",
        "text": "Te *leo*:\n\n[aquí](x) _sí_",
        "buttons": ["Sí, <i>acepto</i>"],
        "kind": "text",
    },
    {"who": "she", "text": "[Sí, acepto]", "buttons": [], "kind": "text"},
    {"who": "note", "text": "pasan 2 days", "buttons": [], "kind": "text"},
    {"who": "she", "text": "(voice)", "buttons": [], "kind": "text"},
    {"who": "avanza", "text": OVERRIDE, "buttons": [], "kind": "text"},
    {"who": "she", "text": LONG, "buttons": [], "kind": "text"},
]
FAULT = "danger: x (line 3): bot: 911: it does not say <911>"


class Words(HTMLParser):
    """What a reader sees, and the names of all elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen, self.tags = "", set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element; nothing may be fetched or run."""
        self.tags.add(tag)
        assert not {"src", "onclick"} & {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note what is seen."""
        self.seen += data


def kept(folder: Path, *, fault: str | None = None) -> list[reading.Area]:
    told: list[dict[str, Any]] = [
        {"area": "danger", "name": "first 911", "fault": fault, "lines": LINES},
        {"area": "danger", "name": "<b> in a name", "fault": None, "lines": LINES[:2]},
        {"area": "brand_new", "name": "one", "fault": None, "lines": LINES[:1]},
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scripts.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "adversary.json").write_text(json.dumps(told[:1]), encoding="utf-8")
    return reading.read_areas(folder)


def test_areas_are_read_in_order(tmp_path: Path) -> None:
    """The scripts come first, an area that is new shows its name, and two folders never share a page."""
    areas = kept(tmp_path)
    assert [area.key for area in areas] == ["danger", "brand_new", "adversary-danger"]
    assert [area.title for area in areas] == [
        "Peligro",
        "Brand new",
        "Otra persona tiene su teléfono: Peligro",
    ]
    assert [len(area.threads) for area in areas] == [2, 1, 1]


def test_text_is_never_markup(tmp_path: Path) -> None:
    """What she writes is shown as she wrote it, and becomes no element."""
    areas = kept(tmp_path, fault=FAULT)
    page = Words(pages.render("area.html", area=areas[0]))
    assert "hola <b>tú</b> & <script>alert(1)</script>" in page.seen
    assert "Sí, <i>acepto</i>" in page.seen
    assert "<b> in a name" in page.seen
    assert "script" not in page.tags
    assert not {"link", "img", "iframe"} & page.tags


def test_marks_of_a_chat_are_shown() -> None:
    """Bold and italic parts are elements; a lone star or an underscore inside a word is not."""
    assert pages.chat("Te *leo* <b>") == "Te <b>leo</b> &lt;b&gt;"
    assert pages.chat("_sí_ 2 * 3 a_b_c *<i>*") == "<i>sí</i> 2 * 3 a_b_c <b>&lt;i&gt;</b>"


def test_directions_are_kept_apart(tmp_path: Path) -> None:
    """A right-to-left mark in one bubble must not turn the page around."""
    page = pages.render("area.html", area=kept(tmp_path)[0])
    assert re.search(rf'<div class="bubble" dir="auto">{OVERRIDE}</div>', page)
    assert "unicode-bidi: isolate" in page


def test_choices_are_shown_once(tmp_path: Path) -> None:
    """The numbered list in the text is left out only where it is the buttons' own."""
    lines = [
        {"who": "avanza", "text": "¿Puedes?\n1. Sí\n2. No", "buttons": ["Sí", "No"]},
        {"who": "avanza", "text": "Grupos:\n1. Pan\n2. Huerto", "buttons": ["Sí", "No"]},
        {"who": "avanza", "text": "¿Puedes?\n1. Sí\n2. No"},
    ]
    told = [{"area": "odd", "name": "choices", "fault": None, "lines": lines}]
    (tmp_path / "scripts.json").write_text(json.dumps(told), encoding="utf-8")
    shown = [line.text for line in reading.read_areas(tmp_path)[0].threads[0].lines]
    assert shown == ["¿Puedes?", "Grupos:\n1. Pan\n2. Huerto", "¿Puedes?\n1. Sí\n2. No"]


def test_notes_and_taps_are_in_spanish(tmp_path: Path) -> None:
    """Time, a tap and a voice note are told in Spanish; an unknown step is shown as it is."""
    lines = kept(tmp_path)[0].threads[0].lines
    assert (lines[2].text, lines[2].tap) == ("Sí, acepto", True)
    assert (lines[3].text, lines[4].text) == ("pasan 2 días", "(nota de voz)")
    assert words.note("pasan 1 minutes") == "pasa 1 minuto"
    assert words.note("staff: writes Hola {0}, <te> leo") == "la compañera escribe: Hola {0}, <te> leo"
    assert words.note("staff: dances") == "staff: dances"


def test_what_is_very_long_is_told_by_its_length(tmp_path: Path) -> None:
    """Ten thousand letters of hers are not ten screens of a page; all that the product says is shown."""
    lines = [{"who": "she", "text": "a" * 10_000}, {"who": "avanza", "text": "b" * 10_000}]
    told = [{"area": "odd", "name": "long", "fault": None, "lines": lines}]
    (tmp_path / "scripts.json").write_text(json.dumps(told), encoding="utf-8")
    hers, answer = reading.read_areas(tmp_path)[0].threads[0].lines
    assert hers.text == "a" * 300 + "… (son 10000 letras)"
    assert answer.text == "b" * 10_000


def test_a_beginning_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    """What an earlier thread began with is folded away, and what is the thread's own is always shown."""
    told = [
        {"area": "danger", "name": name, "fault": None, "lines": lines}
        for name, lines in (("first", LINES), ("more", [*LINES, *LINES[3:5]]), ("same", LINES))
    ]
    (tmp_path / "scripts.json").write_text(json.dumps(told), encoding="utf-8")
    area = reading.read_areas(tmp_path)[0]
    assert [(thread.like, thread.shared) for thread in area.threads] == [("", 0), ("first", 7), ("first", 6)]
    page, sheet = (
        pages.render(name, area=area, sheet=pictures.SHEET) for name in ("area.html", "sheet.html")
    )
    assert page.count("<details>") == 2
    assert Words(page).seen.count(OVERRIDE) == 3
    assert Words(sheet).seen.count(OVERRIDE) == 1
    assert "- *empieza igual que «first» (7 mensajes)*\n- *pasan 2 días*" in text.area_page(area)


def test_a_fault_is_marked(tmp_path: Path) -> None:
    """Only what did not go as written carries the mark, with its reason, on the page and in the index."""
    areas = kept(tmp_path, fault=FAULT)
    page = pages.render("area.html", area=areas[0])
    assert page.count('<section class="thread fault">') == page.count('class="mark"') == 1
    assert "it does not say &lt;911&gt;" in page
    index = pages.render("index.html", areas=areas)
    assert index.count('class="bad"') == 2
    assert "1 con falla" in index
    assert "🔴 **Falla:**" in text.area_page(areas[0])
    assert 'class="mark"' not in pages.render("area.html", area=areas[1])


def test_text_keeps_its_lines_and_makes_no_link(tmp_path: Path) -> None:
    """A bubble's lines are lines of the file, and nothing in them is a link or an element."""
    page = text.area_page(kept(tmp_path)[0])
    assert (
        "- **Avanza:** Te **leo**:\\\n  \\[aquí\\](x) \\_sí\\_\\\n  \\[Sí, \\<i\\>acepto\\</i\\>\\]" in page
    )
    assert "- **Ella:** (toca) Sí, acepto" in page
    assert "- *pasan 2 días*" in page
    assert "- **Ella:** hola \\<b\\>tú\\</b\\> & \\<script\\>" in page


@pytest.mark.parametrize(("fault", "code"), [(None, 0), (FAULT, 1)])
def test_the_exit_code_says_whether_all_went_as_written(
    fault: str | None,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """0 only where every script went as written; what did not is named."""
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    kept(tmp_path / "transcripts", fault=fault)
    asked = argparse.Namespace(out=str(tmp_path / "out"), pictures=False, no_play=True)
    assert transcripts.run(asked) == code
    assert ("Peligro: first 911" in capsys.readouterr().out) == (fault is not None)
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {"index.html", "danger.html", "danger.md"}


def test_nothing_played_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without transcripts there is no page that looks as if all were well."""
    monkeypatch.setenv("AVANZA_VAR", str(tmp_path))
    with pytest.raises(Failure, match="no-play"):
        transcripts.run(argparse.Namespace(out=None, pictures=False, no_play=True))


@pytest.mark.browser
def test_the_pages_fit_a_phone_and_the_pictures_are_small(tmp_path: Path) -> None:
    """No page is wider than a small phone, and a picture of an area stays under 300 kB."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only where there is a browser)

    areas = kept(tmp_path, fault=FAULT)
    pages.write(areas, tmp_path / "out")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        for file in sorted((tmp_path / "out").glob("*.html")):
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    made = pictures.write(areas, tmp_path / "pictures")
    assert list(made) == [area.key for area in areas]
    for name in (name for names in made.values() for name in names):
        size = (tmp_path / "pictures" / name).stat().st_size
        assert 500 < size < 300_000
    assert pictures.write(areas[:1], tmp_path / "none", most=900) == {"danger": []}
    assert list((tmp_path / "none").iterdir()) == []
    assert words.NO_PICTURES in text.index_page(areas, made | {"danger": []})
