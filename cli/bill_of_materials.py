"""What is installed, as a CycloneDX list: the packages of each environment by the files that lock them.

Read from the locks, not from what happens to lie in an environment: they are what set-up installs, with the
hashes of every file that may be taken. Licences are those that installed packages name themselves.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from cli.install.places import BOT_VENV, PRODUCT_VENV, ROOT, SPEECH_MODEL_LOCK, SPEECH_VENV

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCKS: Final = {
    "product": (ROOT / "requirements" / "product.lock", PRODUCT_VENV),
    "bot": (ROOT / "bot" / "requirements.lock", BOT_VENV),
    # Only where `setup --speech` made it; it reads the sound that strangers send.
    "speech": (ROOT / "requirements" / "speech.lock", SPEECH_VENV),
    "speech-model": (SPEECH_MODEL_LOCK, SPEECH_VENV),
}
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)(?:\s*;\s*([^\\]*?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LONGEST_LICENCE = 100


def bill() -> dict[str, Any]:
    """Return the list; the same locks give the same list, but for the licences that can be read here."""
    found = {part: list(_pinned(lock)) for part, (lock, _) in LOCKS.items()}
    names = {part: _licences(venv) for part, (_, venv) in LOCKS.items()}
    components = [
        _component(part, name, version, marker, hashes, names[part])
        for part, packages in found.items()
        for name, version, marker, hashes in packages
    ]
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    whole = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, whole)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "avanza",
                "name": ours["name"],
                "version": ours["version"],
                "licenses": [{"license": {"id": ours["license"]}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "avanza", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _pinned(lock: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield name, version, condition and hashes of each package of a lock."""
    current: tuple[str, str, str, list[str]] | None = None
    for line in lock.read_text(encoding="utf-8").splitlines():
        start = _PINNED.match(line)
        if start:
            if current:
                yield current
            current = (start[1].lower(), start[2], (start[3] or "").strip(), [])
        elif current:
            current[3].extend(_HASH.findall(line))
    if current:
        yield current


def _component(
    part: str, name: str, version: str, marker: str, hashes: list[str], licences: dict[str, str]
) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version.replace('+', '%2B')}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{part}:{purl}" + (f";{marker}" if marker else ""),
        "name": name,
        "version": version,
        "purl": purl,
        "properties": [{"name": "avanza:environment", "value": part}],
    }
    if marker:
        found["properties"].append({"name": "avanza:condition", "value": marker})
    if hashes:
        # One file of several may be taken; a component's own hashes would claim that all are one file's.
        found["properties"] += [{"name": "avanza:sha256", "value": one} for one in sorted(hashes)]
    if licence := licences.get(_normal(name)):
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def _licences(venv: Path) -> dict[str, str]:
    """Return the licences that the packages of an environment name; nothing where it is not there."""
    folders = [str(path) for path in venv.glob("lib/python3*/site-packages")]
    found = {}
    for package in metadata.distributions(path=folders):
        about = package.metadata
        named = about.get("License-Expression") or about.get("License") or ""  # type: ignore[attr-defined] # an e-mail message
        if not named.strip() or len(named) > _LONGEST_LICENCE or "\n" in named.strip():
            classified = [
                one.rpartition(" :: ")[2]
                for one in about.get_all("Classifier") or ()
                if one.startswith("License :: ")
            ]
            named = " AND ".join(classified)
        if named.strip():
            found[_normal(about["Name"])] = named.strip()[:_LONGEST_LICENCE]
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
