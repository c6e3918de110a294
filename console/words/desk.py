"""Spanish of the desk's pages that is not in a template."""

from __future__ import annotations

from typing import Final

# The parts of the list, from above.
SECTIONS: Final = {
    "DANGER": "Peligro",
    "URGENT": "Urgente",
    "OFFERED": "Te la ofrecen",
    "UNSEEN": "Llegaron sin nadie de turno",
    "NOW": "Ahora",
    "ASSISTANT": "Con el asistente",
    "CLOSED_BY_HER": "Ella las cerró",
}
WHOLE_TEAM: Final = "todo el equipo"
TAKEN: Final = "La conversación es tuya. El asistente ya no responde."
LET_GO: Final = "La dejaste. Nadie la tiene; mientras, responde el asistente."
OFFERED: Final = "Ofrecida. La sigues teniendo tú hasta que alguien la acepte."
WITHDRAWN: Final = "Ya no la ofreces. La tienes tú."
DECLINED: Final = "Anotado: ahora no puedes tomarla. La sigue teniendo quien te la ofreció."
REASSIGNED: Final = "Listo. El motivo quedó en la conversación."
APPOINTED: Final = "Hora guardada. Aparece en la lista hasta que anotes qué pasó."
NO_HOUR: Final = "Elige el día y la hora."
SETTLED: Final = "Anotado. La hora ya no está en la lista."
SENT: Final = "Enviado."
HELD_BACK: Final = "No se envió: ella está en modo oculto. Tu texto quedó guardado aquí."
COVER_ENDED: Final = (
    "El modo oculto terminó. Lo que estaba guardado va en camino, si WhatsApp todavía lo permite."
)
HELD_BACK_SENT: Final = "Lo que estaba guardado va en camino."
ARCHIVED: Final = "El caso ya no está en la lista."
LONG_REASON: Final = "El motivo es muy largo (hasta 300 letras)."
NOTE_KEPT: Final = "Nota guardada."
HANDED_BACK: Final = "El asistente tiene la conversación otra vez."
NEUTRAL_SENT: Final = "El aviso neutro va en camino."
SHIFT_STARTED: Final = (
    "Estás de turno. Mientras tengas esta página a la vista, a quien pida ayuda se le dirá que hay alguien."
)
SHIFT_ENDED: Final = "Tu turno terminó."
STORE_WITH_CARE: Final = (
    "Sale en cuanto conteste, sin que nadie lea antes lo que mandó: escribe solo lo que pueda leer otra "
    "persona. Mientras espera (7 días a lo más) el servidor puede leerlo: no está en la caja fuerte del caso."
)
STORE_REPLACES: Final = "Quita al que ya espera: solo uno espera a la vez."
STORE_WITH_CARE_HOUR: Final = (
    "Sale solo, si alguien tiene la conversación a esa hora. Mientras espera, el servidor puede leerlo: "
    "no está en la caja fuerte del caso."
)
REVEALS: Final = "Puede delatarla si otra persona lee su teléfono:"
REVEALS_SHARED: Final = "Ella dijo que otras personas leen este teléfono."
CANNED_SAVED: Final = "Respuesta guardada."
CANNED_REMOVED: Final = "Respuesta quitada."
STORED: Final = "Guardado: sale cuando ella conteste."
STORED_FOR_AN_HOUR: Final = "Guardado: sale a la hora que elegiste, si la conversación la tiene alguien."
BAD_HOUR: Final = "Escribe el día y la hora completos."
HELD_SENT: Final = "Va en camino."
HELD_DISCARDED: Final = "Se quitó: ella no lo recibe."
HOUR_GIVEN: Final = "Elegiste una hora: oprime «Dejar listo», o borra la hora para enviarlo ahora."
# A text to her that has not left.
HELD: Final = {
    "answer": "Sale cuando conteste",
    "hour": "Sale",
    "cover": "No se envió: modo oculto",
    "stopped": "No salió; decide tú",
}
HELD_FOR: Final = {
    "cover": "No se envió: modo oculto",
    "window": "Guardado para cuando conteste",
    "hour": "Guardado para la hora acordada",
}
DRAFT_GONE: Final = "Tu texto se quitó; ella no lo recibió."
SECTION_DRAFT_GONE: Final = "Se quitó lo que no guardaste."
EMPTY_TEXT: Final = "Escribe algo antes de enviar (hasta 1,600 letras)."
# What became of a message, as staff read it.
SENDING: Final = {
    "queued": "en camino",
    "sending": "en camino",
    "in_doubt": "por confirmar",
    "sent": "enviado",
    "delivered": "entregado",
    "read": "leído",
    "failed": "no salió",
    "undelivered": "no llegó",
    "expired": "se pasó su momento",
    "suppressed": "no se envió",
    "suppressed.cover": "no se envió: modo oculto",
    "suppressed.window_closed": "no se envió: pasaron 24 horas",
    "suppressed.blocked_by_her": "no se envió: su teléfono no nos recibe",
    "suppressed.opted_out": "no se envió: pidió no recibir mensajes",
    "suppressed.no_consent": "no se envió: no ha aceptado el aviso de privacidad",
    "suppressed.no_address": "no se envió: no tenemos su número",
    "suppressed.template_not_approved": "no se envió: WhatsApp no ha aprobado el aviso",
}
LOST: Final = frozenset({"failed", "undelivered", "expired", "in_doubt", "suppressed"})
SEEN: Final = "Anotado: ya sabes que no llegó."
# What to do about an answer that did not arrive, by its reason or else by where it stands.
WHAT_TO_DO: Final = {
    "window_closed": "Pasaron más de 24 horas: envía el aviso neutro y espera a que conteste.",
    "unreachable": "Su número cambió o no tiene WhatsApp: búscala por otro medio que ella haya aceptado.",
    "blocked": "Su teléfono no recibe nuestros mensajes: búscala por otro medio que ella haya aceptado.",
    "blocked_by_her": "Su teléfono no nos recibe: búscala por otro medio que ella haya aceptado.",
    "failed": "No salió. Escríbele otra vez; si vuelve a pasar, avisa a quien da soporte.",
    "undelivered": "WhatsApp no pudo entregarlo. Su teléfono puede estar apagado: espera y escribe otra vez.",
    "expired": "Se pasó su momento antes de salir. Escríbele otra vez si todavía sirve.",
    "in_doubt": "No se sabe si le llegó. Espera unos minutos antes de repetirlo.",
    "suppressed": "No salió porque ella está en modo oculto o pidió no recibir. Mira la conversación.",
}
# The same, where the case is closed: what can still be done is done in the case.
CLOSED_ALREADY: Final = "El caso ya está cerrado: para escribirle hay que reabrirlo."
CLOSED_BY_HER_ALREADY: Final = "Ella cerró este caso: por aquí ya no se le escribe."
