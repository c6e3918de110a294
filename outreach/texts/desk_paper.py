"""Spanish of what is printed of a case: nothing on it names the programme's service or says why it is kept."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Documento de canalización"
FROM: Final = "Canaliza"
TO: Final = "Para"
ASKED: Final = "Qué se pide"
CONSENT: Final = "Ella estuvo de acuerdo"
LINES: Final = "Mensajes y notas"
CARE: Final = (
    "Datos personales sensibles. Entrégalo en mano a quien la va a atender. No lo dejes a la vista, no lo "
    "mandes por mensaje y no se lo des a ella si otra persona puede encontrarlo."
)
# LGAMVLV, arts. 8-IV and 52-IX: no mediation with the aggressor.
NO_MEDIATION: Final = "No se concilia ni se media con quien la agrede (LGAMVLV, arts. 8 y 52)."
PAGE: Final = "Hoja"
OF: Final = "de"


def printed(name: str, team: str, when: str) -> str:
    """Who printed it and when."""
    return f"Lo imprimió {name} ({team}), {when}."
