"""The list of what is installed holds every package of every lock, and says the same twice."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli import bill_of_materials
from cli.commands import sbom
from cli.install.places import ROOT
from cli.parser import parse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("part", bill_of_materials.LOCKS)
def test_every_locked_package_is_listed(part: str) -> None:
    """By its name, version and hashes; one that is locked for some machines says for which."""
    lock, _ = bill_of_materials.LOCKS[part]
    text = lock.read_text(encoding="utf-8")
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    assert pinned
    components = [
        one for one in bill_of_materials.bill()["components"] if one["bom-ref"].startswith(f"{part}:")
    ]
    assert sorted((one["name"], one["version"]) for one in components) == sorted(
        (name.lower(), version) for name, version in pinned
    )
    hashes = [
        entry["value"]
        for one in components
        for entry in one["properties"]
        if entry["name"] == "avanza:sha256"
    ]
    assert len(hashes) == text.count("--hash=sha256:")
    conditions = [
        entry for one in components for entry in one["properties"] if entry["name"] == "avanza:condition"
    ]
    assert len(conditions) == len(re.findall(r"^\S+==\S+ ; ", text, re.MULTILINE))


def test_every_lock_of_what_runs_is_listed() -> None:
    """A lock that is added is listed, but for those of tools."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.lock"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    tools = {f"requirements/{name}.lock" for name in ("dev", "uv", "audit")}
    tools.add("bot/learning/encoder/requirements.lock")
    here = {str(lock.relative_to(ROOT)) for lock, _ in bill_of_materials.LOCKS.values()}
    assert here == set(listed) - tools


def test_each_has_a_reference_of_its_own() -> None:
    made = bill_of_materials.bill()
    references = [one["bom-ref"] for one in made["components"]]
    assert len(set(references)) == len(references)
    assert made["dependencies"][0]["dependsOn"] == references
    assert made["metadata"]["component"]["name"] == "avanza"


def test_it_says_the_same_twice(tmp_path: Path) -> None:
    """Written to a file and made again: not a byte differs, and nothing of this machine stands in it."""
    for name in ("one", "two"):
        assert sbom.run(parse(["sbom", str(tmp_path / name)])) == 0
    text = (tmp_path / "one").read_text(encoding="utf-8")
    assert text == (tmp_path / "two").read_text(encoding="utf-8")
    assert json.loads(text)["bomFormat"] == "CycloneDX"
    assert str(ROOT) not in text
