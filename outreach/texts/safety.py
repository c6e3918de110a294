"""What she reads about help and about who is there. Never a promise that someone is coming."""

# Name and number first: a sentence that says "ahí" must have a place before it.
HELP = "*{name}*: {channel} ({hours}).\n{says}"
HELP_NONE = "Marca al 911 y di «Código Violeta». Contestan a toda hora."
CASE_OPEN_ON_SHIFT = (
    "Ya quedó guardado y solo lo puede leer el equipo de apoyo. Hay alguien en turno y ya le aparece "
    "tu mensaje; todavía no te está leyendo. Si te urge, 911."
)
CASE_OPEN_OFF_SHIFT = (
    "Ya quedó guardado y solo lo puede leer el equipo de apoyo. Ahorita no hay nadie en turno. "
    "Si te urge, marca al 911 y di «Código Violeta»."
)
CASE_OPEN_PROGRAMME = (
    "Ya quedó guardado y marcado para supervisión: no le llega a quien da el taller. Todavía nadie te está "
    "leyendo. Si te urge, 911."
)
CASE_OPEN_UNDER_DANGER_ON = (
    "Hay alguien en turno y ya le aparece tu mensaje; todavía no te está leyendo. Si puedes, llama al 911."
)
CASE_OPEN_UNDER_DANGER_OFF = (
    "Ahorita no hay nadie en turno aquí. Llama al 911 y di «Código Violeta»: contestan a toda hora."
)
CASE_OPEN_SELF_HARM_ON = (
    "Hay alguien en turno y ya le aparece tu mensaje; todavía no te está leyendo. Mientras, la línea que te "
    "puse contesta ahorita."
)
CASE_OPEN_SELF_HARM_OFF = (
    "Ahorita no hay nadie en turno aquí. La línea que te puse y el 911 contestan a toda hora."
)
# Her caseworker left the desk without handing her back; said once, before the bot's own answer.
NOBODY_READS = (
    "Quien te leía ya no está y ahorita nadie del equipo te lee. Tu caso sigue abierto, en espera. Si hay "
    "peligro, *911*: contestan a toda hora."
)
# Also said where nobody was there to begin with: one line that answers day and night, as staff keep it.
NOBODY_READS_BESIDES = "También {name}: {channel} ({hours})."
