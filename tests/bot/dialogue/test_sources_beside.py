"""Whatever an answer claims of the law, of an office or of a doctor has its source in a comment beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cli.install.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN = ROOT / "bot" / "domain"
CLAIMS = re.compile(
    r"\b(?:la |por )ley\b|\bdelito\b|(?<!nadie tiene )derecho a|sin (?:que )?denunci|denunciar para|"
    r"orden de protecci|refugio|Centros? de Justicia|\d+ horas|Protocolo|Olimpia|\*trata\*|"
    r"Derechos Humanos|Procuradur|apretar el cuello|golpe en el embarazo",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"\barts?\. ?\d|\bart\.|domain\.md|NOM-\d|conversation\.md|Comisión Nacional|law as for|[Aa]s utter_"
)
_NAME = re.compile(r"  (utter_\w+):")


def _answers() -> Iterator[tuple[str, str]]:
    """Return each answer with what stands above it and in it, up to the next one's comment."""
    for file in sorted(DOMAIN.glob("*.yml")):
        above: list[str] = []
        block: list[str] = []
        name = ""
        for line in [*file.read_text(encoding="utf-8").splitlines(), "  utter_end:"]:
            found = _NAME.match(line)
            if line.startswith("  #"):
                above.append(line)
            elif found or not line.startswith("   "):
                if name:
                    yield name, "\n".join(block)
                name, block, above = (found[1] if found else ""), [*above, line], []
            else:
                block.append(line)


ALL = dict(_answers())


def _said(block: str) -> str:
    return "\n".join(line for line in block.splitlines() if "text:" in line)


CLAIMING = sorted(name for name, block in ALL.items() if CLAIMS.search(_said(block)))


def test_the_claims_are_found() -> None:
    """Else the rule would hold of nothing."""
    assert {"utter_info_report", "utter_photos_law", "utter_trafficking", "utter_missing_daughter"} <= set(
        CLAIMING
    )
    assert "utter_ask_children" not in CLAIMING


@pytest.mark.parametrize("name", CLAIMING)
def test_a_claim_has_its_source_beside_it(name: str) -> None:
    """An article, a norm, or the collected facts: so that the legal area can read what stands behind it."""
    comments = "\n".join(line for line in ALL[name].splitlines() if "#" in line)
    assert SOURCE.search(comments), ALL[name][:200]
