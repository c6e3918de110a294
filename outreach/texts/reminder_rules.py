"""What coordinators read of the rules of reminders, where verbs decide it."""

from __future__ import annotations

from typing import Final

TOO_MANY: Final = "Ya hay {most} recordatorios: quita uno primero."
OUT_OF_RANGE: Final = "De 1 minuto a 60 días antes."
TAKEN: Final = "Ya hay un recordatorio a ese tiempo de la sesión. Cámbialo en lugar de agregar otro."
NO_TEMPLATE: Final = "Esa plantilla no se puede usar para un recordatorio. Elige otra."
