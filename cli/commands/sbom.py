"""`sbom`: the list of what set-up installs, for whoever audits it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.bill_of_materials import bill

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Write it."""
    text = json.dumps(bill(), indent=2, ensure_ascii=False) + "\n"
    if args.file:
        Path(args.file).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0
