"""The documents stay true: what the code offers is named, and links lead somewhere.

They may never hold the address of a package index, which would tie a clone to one network.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.parser import COMMANDS
from cli.settings_list import SETTINGS
from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
# Put together here, so that this file does not hold what it forbids.
INDEX = re.compile(
    r"https?://[^\s\"')>]*(?:"
    + "|".join(("py" + "pi", "/sim" + "ple", "files.python" + "hosted", "//regis" + "try."))
    + ")"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def tracked(ending: str = "") -> list[Path]:
    """Files under git, and new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name.endswith(ending) and name]
    return [path for path in paths if path.is_file()]


def rows_of(heading: str) -> set[str]:
    """The words in backquotes of the first column of the table under a heading of the README."""
    part = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    first = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}


def test_commands_are_named() -> None:
    """The README's table holds every command, and no other."""
    assert rows_of("Commands") == {command.name for command in COMMANDS}


def test_settings_are_named() -> None:
    """The README's table holds every setting that the code reads, and no other."""
    assert rows_of("Settings") == settings_read()


def test_doctor_knows_every_setting() -> None:
    """Each is explained by `doctor`."""
    assert {known.name for known in SETTINGS} == settings_read()


def settings_read() -> set[str]:
    """The names that the modules of settings read."""
    sources = [
        path.read_text(encoding="utf-8") for path in (ROOT / "outreach" / "ground").glob("*setting*.py")
    ]
    return {name for source in sources for name in re.findall(r'"((?:AVANZA|TWILIO)_[A-Z_]+)"', source)}


@pytest.mark.parametrize("page", tracked(".md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a document names a file that exists."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link.split("#")[0]).exists()]
    assert not missing


def packages_of(*files: str) -> set[str]:
    """The names of the packages that these files ask for."""
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return {found[0].lower() for line in lines if (found := re.match(r"[\w-]+", line)) and line[0] != "-"}


@pytest.mark.parametrize(
    ("table", "files"),
    [
        ("The product", ["requirements/product.in"]),
        ("Rasa's environment", ["bot/requirements.in"]),
        ("What listens to voice notes", ["requirements/speech.in", "requirements/speech-model.in"]),
        ("Tests and linters", ["requirements/dev.in", "requirements/audit.in"]),
    ],
)
def test_packages_are_named(table: str, files: list[str]) -> None:
    """Each table of packages in the README holds those that its files ask for, and no other."""
    rows = README.split(f"\n**{table}**", 1)[1].split("\n**", 1)[0].split("\n| ")[2:]
    cells = [re.sub(r"\(.*?\)", "", row.split("|")[0]) for row in rows]
    assert {name.split()[0] for cell in cells for name in cell.split(",")} == packages_of(*files)


def test_decisions_are_listed() -> None:
    """Each decision stands in the list of decisions."""
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_no_address_of_an_index() -> None:
    """No file of the tree holds the address of a package index."""
    texts = ((path, path.read_bytes().decode("utf-8", errors="ignore")) for path in tracked())
    assert [path.name for path, text in texts if INDEX.search(text)] == []


def test_pictures_are_small() -> None:
    """A clone stays light: no picture of the documents is over 300 kB, and no folder of them over 3 MB."""
    sizes = {path: path.stat().st_size for path in (ROOT / "docs").rglob("*.png")}
    assert sizes
    assert [path.name for path, size in sizes.items() if size > 300_000] == []
    folders = {path.parent for path in sizes}
    together = {at.name: sum(size for path, size in sizes.items() if path.parent == at) for at in folders}
    assert {name: total for name, total in together.items() if total > 3_000_000} == {}
