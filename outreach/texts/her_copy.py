"""The words of her own copy on paper."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Copia de tus datos"
LEAD: Final = (
    "Esto es lo que el programa tiene anotado de ti. Si algo no es correcto, puedes pedir que se corrija."
)
FOOT: Final = "Solicitud {number}. Hecha el {day}."
PAGE, OF = "Página", "de"
NOTHING: Final = "Nada anotado."
OTHER_AGENCY: Final = "{kind}, {day}. Lo dio {agency}: pide ahí el detalle."
SUPPORT: Final = "{kind}, {day}, {agency}"
RECORD, FOLIOS, GROUPS, ATTENDED, ANSWERED = "Tus datos", "Folios", "Talleres", "Asistencia", "Tus respuestas"
SUPPORTS, FOOD, REQUESTS, MERGED = (
    "Apoyos",
    "Entrevistas sobre comida",
    "Solicitudes",
    "Registros que se unieron",
)
CONSENTS, MESSAGES = "Permisos", "Mensajes"
ON_HER_PHONE: Final = "Los de tu chat los tienes en tu teléfono: no están en esta hoja."
OTHERS: Final = "Otras anotaciones"
OTHER_LINE: Final = "{table}: {count}. El detalle está en el archivo de datos."
LABELS: Final = {
    "full_name": "Nombre",
    "preferred_name": "Cómo te decimos",
    "birth_date": "Nacimiento",
    "birth_year": "Año de nacimiento",
    "curp": "CURP",
    "phone": "Teléfono",
    "municipality": "Municipio",
    "locality": "Localidad",
    "children": "Niños en casa",
    "axis": "Tema que te interesa",
    "created_at": "En el padrón desde",
    "opposed_at": "No quieres que te escribamos desde",
}
STATES: Final = {
    "enrolled": "inscrita",
    "waiting": "en lista de espera",
    "left": "ya no está",
    "present": "asistió",
    "absent": "faltó",
    "confirmed": "confirmó",
    "declined": "dijo que no podía",
    "late": "dijo que llegaba tarde",
}
KINDS: Final = {
    "access": "copia de datos",
    "correction": "corrección",
    "erasure": "borrar datos",
    "opposition": "oposición",
}
TABLES: Final = {
    "reminder": "Recordatorios",
    "session_notice": "Avisos de cambios",
    "campaign_recipient": "Campañas",
}
MERGED_LINE: Final = "{day}: se unió con otro registro tuyo ({values})."
GIVEN, NOT_GIVEN = "sí", "no"
