"""The shape of the code: which way imports go, who reads the environment, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS = frozenset({"models", "outreach", "webhook", "console", "worker", "simulator", "bot", "cli", "speech"})
MAY_IMPORT = {
    "models": frozenset({"models"}),
    "outreach": frozenset({"models", "outreach"}),
    "webhook": frozenset({"models", "outreach", "webhook"}),
    "console": frozenset({"models", "outreach", "console"}),
    "worker": frozenset({"models", "outreach", "worker"}),
    "simulator": frozenset({"simulator"}),
    "bot": frozenset({"bot"}),
    "speech": frozenset({"speech"}),
    "cli": OURS - {"bot", "speech"},
}
# The rooms of outreach/, from left to right: a room imports rooms to its left only.
ROOMS = (
    "texts", "ground", "sealing", "messages", "staff", "people", "casework", "programme", "campaigns",
    "single_list", "figures", "turns",
)  # fmt: skip
# `sealing` imports nothing of ours but models; `start` (seed data, demo) may use all rooms but turns.
LEFT_OF = {room: frozenset(ROOMS[:place]) for place, room in enumerate(ROOMS)} | {
    "sealing": frozenset(),
    "start": frozenset(ROOMS) - {"turns"},
}
# Who may open what is sealed: the team's private key is named in these places alone.
HOLD_THE_KEY = (
    "outreach/casework/",
    "outreach/staff/",
    "outreach/start/",
    "outreach/sealing/",
    "console/keys/",
)
PRODUCT = ("models", "outreach", "webhook", "console", "worker")
LONGEST_FILE = 400
# Made by a tool from the model, all of one schema in one step.
LONG_ON_PURPOSE = frozenset({"migrations/versions/0001_the_first_schema.py"})


def listed() -> list[str]:
    """Files under git, by their path from the root."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in answer.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def modules(folder: str) -> list[Path]:
    """The Python files of a folder that are under git."""
    return [ROOT / name for name in listed() if name.startswith(f"{folder}/") and name.endswith(".py")]


def imported(tree: ast.AST) -> Iterator[str]:
    """The first part of every import, wherever in the module it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_imports_go_one_way(folder: str) -> None:
    """The way is models <- outreach <- {webhook, console, worker}; bot and simulator stand alone."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in OURS - MAY_IMPORT[folder]
    }
    assert not wrong


def rooms_of(path: Path) -> Iterator[str]:
    """The rooms that a module of outreach/ imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("outreach"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


@pytest.mark.parametrize("room", sorted(LEFT_OF))
def test_a_room_imports_rooms_to_its_left(room: str) -> None:
    """In outreach/ a room imports itself and the rooms to its left; only the worker imports turns."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(f"outreach/{room}")
        for name in rooms_of(path)
        if name != room and name not in LEFT_OF[room]
    }
    assert not wrong


def test_every_module_lives_in_a_room() -> None:
    """Nothing lies beside the rooms but the package's own docstring."""
    beside = {path for path in modules("outreach") if path.parent.name == "outreach"}
    assert beside == {ROOT / "outreach" / "__init__.py"}
    assert {path.relative_to(ROOT / "outreach").parts[0] for path in modules("outreach")} - {
        "__init__.py"
    } <= LEFT_OF.keys()


def test_few_places_open_what_is_sealed() -> None:
    """What opens, gives or changes a key is called where a key holder acts, nowhere else."""
    opens = re.compile(r"\bvault\.(?:unseal|unlock|grant|open_box)\b|\b(?:renewal|reseal)\.\w")
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in PRODUCT
        for path in modules(folder)
        if opens.search(path.read_text(encoding="utf-8"))
    ]
    assert [name for name in found if not name.startswith(HOLD_THE_KEY)] == []


def test_views_ask_no_query() -> None:
    """Views call verbs; only access (sessions) and health (is the database there) speak to the database."""
    asks = re.compile(r"\bselect\(|\.scalars?\(|\.execute\(")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in modules("console")
        if asks.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= {"console/access.py", "console/health.py"}


def test_one_module_reads_the_environment() -> None:
    """Only outreach/ground/settings.py looks at the environment."""
    reads = re.compile(r"\bos\.(?:environ|getenv)\b|from os import .*\b(?:environ|getenv)\b")
    found = [path for folder in PRODUCT for path in modules(folder) if reads.search(path.read_text())]
    assert found == [ROOT / "outreach" / "ground" / "settings.py"]


def test_each_module_says_why_it_exists() -> None:
    """A module begins with its docstring; only an empty `__init__.py` may have none."""
    silent = [
        name
        for name in listed()
        if name.endswith(".py")
        and (text := (ROOT / name).read_text(encoding="utf-8")).strip()
        and ast.get_docstring(ast.parse(text)) is None
    ]
    assert not silent


def test_files_are_short() -> None:
    """A file of code can be read in one sitting."""
    long = [
        name
        for name in listed()
        if name.endswith(".py")
        and name not in LONG_ON_PURPOSE
        and len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert not long


def test_folders_are_those_of_the_map() -> None:
    """The README's map names every top-level folder, and no other."""
    part = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## The map\n", 1)[1].split("\n## ", 1)[0]
    first = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    on_map = {name for cell in first for name in re.findall(r"`([a-z_]+)/`", cell)}
    folders = {name.split("/")[0] for name in listed() if "/" in name}
    assert on_map == {name for name in folders if not name.startswith(".")}


def test_no_day_comes_from_a_utc_clock() -> None:
    """In the evening of Jalisco the UTC day is tomorrow: what is read is dated by `outreach.ground.dates`."""
    by_utc = re.compile(r"\b(?:now|utcnow\(\))\.date\(\)")
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in PRODUCT
        for path in modules(folder)
        if by_utc.search(path.read_text(encoding="utf-8"))
    }
    # Nobody reads these: how long a browser is known, notes a month old, a CURP of the days to come.
    assert found == {
        "outreach/staff/logins.py",
        "outreach/casework/handover.py",
        "outreach/people/registry.py",
    }


def test_fixtures_are_imported_by_pytest_alone() -> None:
    """A module that tests name in `pytest_plugins` is imported by nobody else.

    Imported first by a module of tests it can't be rewritten for its asserts, and the next file that names it
    fails to collect.
    """
    tests = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    named = (re.findall(r"^pytest_plugins = \((.*)\)", text, re.MULTILINE) for text in tests.values())
    plugins = {name for lines in named for line in lines for name in re.findall(r"\w+", line)}
    assert "console_fixtures" in plugins
    taken = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(sorted(plugins))})\b", re.MULTILINE)
    assert [path.name for path, text in tests.items() if taken.search(text)] == []
