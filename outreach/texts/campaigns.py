"""What coordinators read of campaigns before they leave."""

from __future__ import annotations

from typing import Final

ENDS_FIRST: Final = "La campaña termina antes de empezar: revisa las horas."
OVER: Final = "La hora en que termina ya pasó: cambia el día o la hora."
TOO_FAR: Final = "Esa fecha está demasiado lejos: revisa el año."
NIGHT: Final = "A esas horas no se le escribe a nadie{hours}: cambia el día o la hora."
NIGHT_HOURS: Final = ", de {start} a {end}"
RATE: Final = "De {least} a {most} por minuto."
MISSING: Final = "Falta llenar una parte del mensaje."
ONE_LINE: Final = "Cada parte va en una línea y en menos de {most} letras."
BRACES: Final = "Escríbelo como ella lo va a leer, sin llaves."
TOO_LONG: Final = "Con esto el mensaje pasa de {most} letras y WhatsApp no lo acepta: acórtalo."
REVEALS: Final = "El mensaje tiene palabras que pueden delatar a una mujer: {words}."
NO_DRAFT: Final = "Esta campaña ya se programó: no se puede cambiar."
ALREADY_SCHEDULED: Final = "Esta campaña ya se programó."
TEMPLATE_NOT_APPROVED: Final = "WhatsApp todavía no aprueba esta plantilla. Inténtalo más tarde."
TEMPLATE_STOPPED: Final = "WhatsApp no deja salir esta plantilla: la campaña sigue en pausa."
OVER_AT_CONFIRMING: Final = "La hora en que termina ya pasó: haz otra campaña."
OVER_AT_RESUMING: Final = "La hora en que termina ya pasó: cancélala y haz otra."
NOT_UNDER_WAY: Final = "Esta campaña no está en marcha."
NOT_PAUSED: Final = "Esta campaña no está en pausa."
ENDED: Final = "Esta campaña ya terminó."
NOBODY: Final = "Esta campaña ya no llega a nadie: revisa a quién va y las horas."
TWIN: Final = "Ya hay una campaña igual ese día: «{name}». Si de verdad quieres otra, márcalo y confirma."
NEEDS_SECOND: Final = "Una campaña a tantas mujeres la aprueba otra persona: pide la aprobación."
CHANGED_SINCE: Final = "La campaña cambió desde que la abriste: revisa lo que dice ahora y confirma otra vez."
MORE_SINCE: Final = "Ya no son {seen} mujeres, son {now}: revisa a quién va y confirma otra vez."
CHANGED_MEANWHILE: Final = "Alguien cambió esta campaña mientras la editabas. Lo tuyo sigue aquí: si guardas otra vez, queda lo tuyo."
NEEDS_NONE: Final = "Esta campaña no necesita que otra persona la apruebe."
NOT_ASKED: Final = "Nadie ha pedido aprobar esta campaña, o cambió después de pedirlo. Revísala otra vez."
NOT_ONESELF: Final = "La aprueba otra persona: ni quien la hizo o la cambió, ni quien lo pidió."
ALREADY_ASKED: Final = "La aprobación ya está pedida."
HERS: Final = {
    "first_name": "su nombre",
    "workshop": "su taller",
    "place": "el lugar de su grupo",
    "next_session": "su próxima sesión",
}
