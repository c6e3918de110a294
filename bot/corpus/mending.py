"""Labels that were read again and found wrong: folded text -> (intent, risk)."""

from __future__ import annotations

MENDED: dict[str, tuple[str, str]] = {}
