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
    "clock": "El reloj no corre: no salen recordatorios, campañas ni avisos al personal. Mira el panel mientras tanto.",
    "rasa": "Rasa no contesta: a cada mensaje se le da una respuesta sencilla y pasa al equipo.",
    "worker": "Nadie atiende los mensajes que llegan: se guardan y esperan.",
    "webhook": "No contesta lo que recibe los mensajes de WhatsApp. Twilio lo intenta de nuevo por un rato.",
    "console": "No contesta el panel: nadie puede entrar a ver ni a contestar conversaciones.",
    "twilio": "Twilio rechaza mensajes por la configuración de la cuenta.",
    "unsent": "Hay respuestas que no salen a WhatsApp desde hace más de tres minutos.",
    "alerts": "Los avisos al personal no se revisan. Alguien debe mirar el panel mientras tanto.",
    "silence": "Hace más de lo usual que no llega ningún mensaje. Puede ser un día tranquilo, o que no lleguen.",
    "backup": "Falta el respaldo de la noche, o falló.",
    "drill": "Hace más de tres meses que no se recupera ningún respaldo de prueba.",
    "disk": "Queda poco espacio en el disco.",
    "sender_paused": (
        "WhatsApp no deja enviar desde el número del programa. Recordatorios y campañas están en pausa hasta "
        "que alguien lo arregle y los deje seguir."
    ),
}
BROKEN_OFF = (
    "el respaldo se cortó antes de acabar (falta de memoria, o alguien lo detuvo); se repite en una hora."
)
# Templates that WhatsApp approved for staff; they have no variables.
TEMPLATE = "avanza_aviso_equipo"
TEMPLATE_BODY = "Hay algo que ver en el panel de Avanza. Entra cuando puedas."
NOW_TEMPLATE = "avanza_aviso_ahora"
NOW_TEMPLATE_BODY = "Hay algo que ver en el panel de Avanza y no puede esperar. Entra ahora, por favor."
NOW_SUBJECT = "Avanza: entra ahora, por favor"
NOW_MAIL = "Hay algo que ver en el panel y no puede esperar. Entra ahora, por favor.\n\nEste aviso no lleva datos de nadie."
MAIL = "Hay algo que ver en el panel. Entra cuando puedas.\n\nEste aviso no lleva datos de nadie."
