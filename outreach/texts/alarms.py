"""What staff are told by an alarm or an alert: that there is something to see, nothing of any woman.

Whoever holds her phone, or reads over her shoulder, learns nothing: no case, no urgency of a kind, no name.
"""

SUBJECT = "Avanza: hay algo que ver"
SUBJECT_AGAIN = "Avanza: sigue habiendo algo que ver"
BODY = "{what}\n\nDesde: {since}.\n\nEntra al panel para verlo. Este aviso no lleva datos de nadie."
WHAT = {
    "unanswered": "Hay mensajes que llevan más de dos minutos sin respuesta.",
    "templates": "WhatsApp detuvo una plantilla y hay mensajes que esperan por eso.",
    "dead_letters": "Hay trabajo que el sistema no pudo terminar y que alguien debe revisar.",
}
# Templates that WhatsApp approved for staff; they have no variables.
TEMPLATE = "avanza_aviso_equipo"
TEMPLATE_BODY = "Hay algo que ver en el panel de Avanza. Entra cuando puedas."
NOW_TEMPLATE = "avanza_aviso_ahora"
NOW_TEMPLATE_BODY = "Hay algo que ver en el panel de Avanza y no puede esperar. Entra ahora, por favor."
NOW_SUBJECT = "Avanza: entra ahora, por favor"
NOW_MAIL = "Hay algo que ver en el panel y no puede esperar. Entra ahora, por favor.\n\nEste aviso no lleva datos de nadie."
MAIL = "Hay algo que ver en el panel. Entra cuando puedas.\n\nEste aviso no lleva datos de nadie."
