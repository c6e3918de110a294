"""What staff are told by an alarm: the kind of trouble and where to look, nothing of any woman."""

SUBJECT = "Avanza: hay algo que ver"
SUBJECT_AGAIN = "Avanza: sigue habiendo algo que ver"
BODY = "{what}\n\nDesde: {since}.\n\nEntra al panel para verlo. Este aviso no lleva datos de nadie."
WHAT = {
    "unanswered": "Hay mensajes que llevan más de dos minutos sin respuesta.",
    "danger_unclaimed": "Hay conversaciones urgentes que nadie ha tomado.",
    "dead_letters": "Hay trabajo que el sistema no pudo terminar y que alguien debe revisar.",
}
# The template that WhatsApp approved for staff; it has no variables.
TEMPLATE = "avanza_aviso_equipo"
TEMPLATE_BODY = "Hay algo que ver en el panel de Avanza. Entra cuando puedas."
