"""What coordinators read of completion, and what stands on a certificate and on its public page."""

from __future__ import annotations

from html import escape

NO_SUCH_WORKSHOP = "Ese taller ya no está."
LEAST = "Debe ser un número de 1 a {most}."
NOT_LISTED = "Ella ya no está en el padrón."
RULE_CHANGED = "La regla cambió. Revisa otra vez quién la cumple."
NOT_YET = "Todavía no cumple la regla: revisa qué le falta."
NO_NAME = "Falta su nombre completo: sin él no se puede hacer la constancia."
TAKEN_BACK = "Ya no está anotado que terminó: no hay constancia."
NOT_PRINTED = "No se pudo hacer el documento. Intenta otra vez."

NO_SEAT = "Ella no tiene lugar en ese grupo: no hay tarjeta."
TELLS = "El nombre del taller dice de más para su teléfono: dale la constancia en persona."
NO_NOTICE = "Todavía no hay un aviso neutro aprobado por WhatsApp: hoy no se le puede mandar."
NOT_REACHED = {
    "no_number": "No hay un teléfono en el que se le escriba.",
    "opted_out": "Pidió que no se le escriba: dáselo en persona.",
    "blocked": "Bloqueó el número: dáselo en persona.",
    "no_consent": "No ha aceptado el aviso de privacidad: dáselo en persona.",
}
HERE_CERTIFICATE = "Aquí está tu constancia de {workshop}."
HERE_CARD = "Aquí está tu tarjeta. Muéstrala al llegar a tu sesión."

CERTIFICATE = "Constancia"
GIVEN_TO = "Se otorga a"
HAVING_COMPLETED = "por haber terminado"
CHECK = "Con este código se comprueba que la constancia es auténtica."

DOOR_TITLE = "Lista de asistencia"
DOOR_COLUMNS = ("Nombre", "Llegó", "No vino", "Firma")
DOOR_FOOTER = "Lo marcado aquí se pasa a la página de asistencia."
CARDS_TITLE = "Tarjetas"
CARD_ABOUT = "Muéstrala al llegar."
CARD_ALT = "Código de la tarjeta"

_VALID = "Constancia auténtica"
_NOT_VALID = "No encontramos esta constancia"
_WHY_NOT = "La dirección está incompleta, o la constancia se anuló. Revisa el código del papel."
_STYLE = (
    "body{font:18px/1.5 sans-serif;max-width:34em;margin:2em auto;padding:0 1em;color:#26211d;background:#faf6f0}"
    "dt{color:#665d55}dd{margin:0 0 .8em;font-weight:600;overflow-wrap:anywhere}"
)


def certificate_page(found: tuple[str, str, str] | None) -> str:
    """Return the public page of a certificate: name, workshop and date (in words), and nothing else."""
    if found is None:
        title, body = _NOT_VALID, f"<p>{_WHY_NOT}</p>"
    else:
        title = _VALID
        pairs = zip(("Nombre", "Taller", "Fecha"), found, strict=True)
        body = "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in pairs) + "</dl>"
    return (
        '<!doctype html><html lang="es-MX"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow">'
        f"<title>{title}</title><style>{_STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    )
