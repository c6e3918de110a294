"""What the programme prints: sheets typeset in memory from data, with codes that a phone's camera reads.

The typesetter gets names as data and never as markup, and reads and writes no file.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from outreach.texts import completion as texts

SHEETS = Path(__file__).parent / "sheets"


class PrintError(Exception):
    """No se pudo hacer el documento. Intenta otra vez."""


def qr_svg(address: str) -> str:
    """Return a code as SVG, dark on white, with its quiet zone."""
    import segno  # noqa: PLC0415 (only who prints needs it)

    out = BytesIO()
    segno.make(address, micro=False, error="m").save(out, kind="svg", xmldecl=False, light="#fff", border=4)
    return out.getvalue().decode()


def typeset(sheet: str, data: dict[str, Any]) -> bytes:
    """Return the PDF of one of the sheets beside this module.

    Raises:
        PrintError: it could not be typeset.
    """
    return _compiled(sheet, data, "pdf")


def picture(sheet: str, data: dict[str, Any]) -> bytes:
    """Return the first page of a sheet as a PNG, for a phone's screen.

    Raises:
        PrintError: it could not be typeset.
    """
    return _compiled(sheet, data, "png")


def _compiled(sheet: str, data: dict[str, Any], kind: Literal["pdf", "png"]) -> bytes:
    import typst  # noqa: PLC0415 (30 MB that only who prints needs)

    try:
        made = typst.compile(
            (SHEETS / f"{sheet}.typ").read_bytes(),
            format=kind,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
        )
    except (typst.TypstError, RuntimeError):
        # Not chained: what the typesetter says may quote a name.
        raise PrintError(texts.NOT_PRINTED) from None
    return made if isinstance(made, bytes) else b"".join(made[:1] if kind == "png" else made)
