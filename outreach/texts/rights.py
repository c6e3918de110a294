"""What she reads about a request of hers, and what staff reads where a step is not possible.

Each text is the same for every woman, names no reason and may be read by whoever holds her phone.
"""

from __future__ import annotations

from typing import Final

# 20, 15 and 10 business days: LGPDPPSO arts. 45 to 50; 15 to ask for a review: art. 86.
TOLD: Final = {
    "granted": "Tu solicitud {number} ya tiene respuesta: se acepta. La ley da hasta {day} para hacerlo.",
    "partly": (
        "Tu solicitud {number} ya tiene respuesta: se acepta una parte. En el programa te explican cuál y por qué. "
        "La ley da hasta {day} para hacerlo. Si no estás de acuerdo, tienes 15 días hábiles para pedir que se revise."
    ),
    "refused": (
        "Tu solicitud {number} ya tiene respuesta: no se acepta. En el programa te explican por qué. "
        "Si no estás de acuerdo, tienes 15 días hábiles para pedir que se revise."
    ),
    "not_ours": "Tu solicitud {number} le toca a otra oficina. En el programa te dicen a cuál.",
    "lapsed": "Tu solicitud {number} se cerró porque faltó un dato. Puedes hacerla otra vez cuando quieras.",
}
MISSING: Final = "A tu solicitud {number} le falta un dato. En el programa te dicen cuál. La ley da hasta {day} para darlo."
LONGER: Final = "La respuesta a tu solicitud {number} tarda más: la ley da hasta {day}."
DONE: Final = {
    "access": "Tu solicitud {number} quedó hecha: se entregó la copia de tus datos.",
    "correction": "Tu solicitud {number} quedó hecha: tus datos ya están corregidos.",
    "opposition": "Tu solicitud {number} quedó hecha: ya no te mandamos recordatorios ni avisos.",
    "erasure": "Tu solicitud {number} quedó hecha: tus datos ya se borraron.",
}
# What an erasure leaves; `{what}` from STAYS_OF, `{ground}` the document that says so.
STAYS: Final = "Se guarda aparte, sin usarse, {what} hasta {day}, porque lo pide: {ground}."
STAYS_OF: Final = {
    "support": "lo que se anotó de tus apoyos",
    "attendance": "tu asistencia a las sesiones",
    "interview": "tu entrevista sobre comida",
    "request": "tus solicitudes anteriores",
}
TEMPLATE: Final = (
    "Hola. Hay una respuesta para tu solicitud {{1}} del programa. Puedes preguntar por ella con ese folio."
)
SAMPLE: Final = "AV-2026-1A2B3C4D"

ASKED_MISSING: Final = "Escribe qué pide."
UNKNOWN_WOMAN: Final = "Ella ya no está en el padrón."
RECEIVED_WRONG: Final = "El día en que se recibió no puede estar en el futuro ni hace más de un año."
IDENTITY_FIRST: Final = (
    "Primero anota cómo se comprobó quién es: sin eso no se entrega, cambia ni borra nada."
)
IDENTITY_HOW: Final = "Escribe cómo se comprobó quién es."
REASON_MISSING: Final = "Escribe la respuesta: ella tiene derecho a saber por qué."
OVER: Final = "Esa solicitud ya se contestó."
NOT_YET: Final = "Esa solicitud todavía no se acepta."
TOO_LATE_TO_ASK: Final = "El plazo de 5 días hábiles para pedir lo que falta ya pasó."
ASKED_ALREADY: Final = "Ya se pidió una vez lo que falta."
EXTENDED_ALREADY: Final = "El plazo ya se amplió una vez."
TERM_OVER: Final = "El plazo ya venció: no se puede ampliar."
NO_ANSWER_YET: Final = "Todavía puede dar lo que falta: no se puede cerrar."
NOTHING_TO_ERASE: Final = "Sus datos ya no están."
OTHER_AGENCY_COPY: Final = (
    "La atiende otra dependencia: su copia la da esa dependencia, o quien coordina todas. "
    "La solicitud sigue aquí con su plazo."
)
OTHER_AGENCY_TOO: Final = (
    "También está en otra dependencia: la borra quien coordina todas. La solicitud sigue aquí con su plazo."
)
