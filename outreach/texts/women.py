"""Spanish of a woman's page: her values, where they come from, what was changed, why something can't be done."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "full_name": "Nombre completo",
    "preferred_name": "Le dicen",
    "birth_date": "Nacimiento",
    "birth_year": "Año de nacimiento",
    "curp": "CURP",
    "municipality": "Municipio",
    "locality": "Colonia o localidad",
    "children": "Niños en casa",
    "axis": "Eje que le interesa",
}
ACTS: Final = {
    "added": "Se agregó al padrón",
    "enrolled": "Se apuntó en un grupo",
    "left": "Se dio de baja de un grupo",
    "contact_ended": "Se dejó de escribirle",
    "number": "Se agregó un teléfono",
    "folio": "Se agregó un folio",
}
HERSELF, STAFF, LIST = "ella misma", "personal del programa", "lista sin dependencia"
OF_LIST = "lista de {agency}"
EMPTY = "(vacío)"

GONE: Final = "Ese registro ya no está en el padrón."
CHANGED_MEANWHILE: Final = (
    "Alguien cambió este registro mientras escribías. Revisa lo que dice ahora y corrige otra vez."
)
NOTHING_CHANGED: Final = "No cambió ningún dato."
SAVED: Final = "Los datos quedaron corregidos."
ADDED: Final = "Quedó en el padrón."
SHE_GAVE: Final = "Ella misma dio: {names}. Cámbialo solo si ella lo pidió."
CURP_OF_ANOTHER: Final = "Esa CURP ya está en otro registro. Si es la misma mujer, revísalo en Duplicados."
LIKE_ANOTHER: Final = (
    "Ya hay un registro con ese nombre y nacimiento o con esa CURP. Ábrelo antes de agregar otro."
)
ENROLLED: Final = "Quedó apuntada."
WAITS: Final = "El grupo está lleno: quedó en la lista de espera."
IN_GROUP: Final = "Ya está en ese grupo."
GROUP_CLOSED: Final = "Ese grupo ya no recibe a nadie."
LEFT: Final = "Quedó dada de baja del grupo. Si alguien esperaba, el lugar es suyo."
NOT_IN_GROUP: Final = "Ya no está en ese grupo."
CONTACT_ENDED: Final = "Ya no se le mandan recordatorios ni avisos. Si ella escribe, siempre se le contesta."
CONTACT_NONE: Final = "No hay un teléfono al que se le escriba, o ya se había dejado de escribirle."
NUMBER_ADDED: Final = "El teléfono quedó agregado. Quien escriba desde él podrá ver sus datos."
NUMBER_WRONG: Final = "No se pudo agregar: no es un teléfono de México de 10 números, o ya es de otra mujer."
FOLIO_ADDED: Final = "El folio quedó agregado."
FOLIO_TAKEN: Final = "Ese folio ya es de una mujer en esa dependencia."
CONSENT_TO_COME: Final = "El día del permiso está en el futuro."
AGENCY_UNKNOWN: Final = "Elige una dependencia de la lista."
UNDONE: Final = "Se deshizo el cambio."
UNDONE_WAITS: Final = "Se deshizo la baja. El grupo está lleno: quedó en la lista de espera."
NOT_UNDONE: Final = "Ese cambio ya no se puede deshacer: algo cambió después."
SENT: Final = {
    "reminder": "Recordatorio de sesión",
    "campaign": "Aviso al grupo",
    "notice": "Aviso",
    "seat_freed": "Se liberó un lugar",
    "session_moved": "Sesión que cambia de fecha",
    "session_cancelled": "Sesión cancelada",
    "first_invitation": "Invitación a escribir",
}
ARRIVED: Final = {"sent": "enviado", "arrived": "llegó", "failed": "no llegó"}
SEATS: Final = {"enrolled": "apuntada", "waiting": "en lista de espera", "left": "dada de baja"}
CONSENTS: Final = {"privacy": "Aviso de privacidad", "food_security": "Entrevista sobre comida"}
