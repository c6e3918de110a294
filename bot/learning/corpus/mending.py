"""Labels that were read again and found wrong: folded text -> (intent, risk)."""

from __future__ import annotations

MENDED: dict[str, tuple[str, str]] = {
    "el presidente municipal dijo en publico que los tamales de las mujeres del mercado el mismo los habia "
    "probado soy una de las cuatro que vendieron": ("disclose_violence", "support"),
}
