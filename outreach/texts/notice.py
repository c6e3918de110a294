"""The full privacy notice (LGPDPPSO arts. 21 and 22), as a plain page that any phone opens.

It speaks of workshops and of confidential attention only in the general words of the law: the page
may be opened by whoever holds the phone. Who is responsible is data (`reference.responsible`), filled in by
the programme before the service opens (`docs/operations/opening.md`).
"""

from html import escape

VERSION = "2026-11"
"""Raised when the notice changes in substance: women are then asked again."""
SHORT = {
    "base": "*Aviso de privacidad, en corto:* guardo tu número y lo que me digas solo para inscribirte, recordarte tus sesiones y responderte. Puedes verlo, corregirlo o borrarlo cuando quieras.",
    "base.2": "*Aviso de privacidad:* guardo tu número y lo que digas para inscribirte, avisarte y responderte. Lo puedes ver, corregir o borrar. {notice_where}",
}  # fmt: skip
"""The exact short notice (`utter_notice` of `bot/domain/consent.yml`) by the name that a consent keeps.

Whoever changes its words adds a name, and so the text that a woman agreed to can always be read.
"""
SHOWN = "base.2"
"""The short notice that is shown now."""

_RESPONSIBLE = "Quién es responsable"
_NOT_NAMED = "El programa que te atiende por este medio. Su domicilio y el de su Unidad de Transparencia están en sus oficinas y en el aviso impreso que se entrega en los talleres."

_PARAGRAPHS = (
    ("Qué datos usamos", "Tu nombre, fecha de nacimiento, municipio, localidad, cuántos niños viven contigo, qué taller te interesa, en qué horario se te puede escribir y, solo si quieres, tu CURP. También los mensajes que nos mandas. Los datos sobre tu salud y tu vida privada son sensibles: solo se guardan con tu permiso expreso."),
    ("Para qué", "Para apuntarte a talleres, recordarte tus sesiones y contestarte. Con tu permiso aparte, para medir si el programa ayuda. No se venden ni se usan para publicidad."),
    ("Quién los ve", "Solo el personal del programa que lo necesita para su trabajo. Los mensajes viajan por WhatsApp y Twilio. No se transfieren a nadie más sin tu permiso, salvo lo que ordena la ley."),
    ("Tus derechos", "Puedes ver, corregir o borrar tus datos, u oponerte a que se usen: escribe «mis datos» en el chat. Te damos un folio y se te contesta en 20 días hábiles a más tardar. Es gratis. Si no quieres dar tu permiso, contesta «no»: no se guarda nada y puedes ir en persona."),
    ("Cambios", "Si este aviso cambia en algo importante, te avisamos en el chat y te volvemos a preguntar."),
)  # fmt: skip


def full_notice(responsible: str | None = None) -> str:
    """Return the page; `responsible` is who answers for her data, and where."""
    paragraphs = ((_RESPONSIBLE, responsible or _NOT_NAMED), *_PARAGRAPHS)
    body = "".join(f"<h2>{title}</h2><p>{escape(text)}</p>" for title, text in paragraphs)
    style = "body{font:18px/1.5 sans-serif;max-width:38em;margin:1.5em auto;padding:0 1em}"
    return (
        '<!doctype html><html lang="es-MX"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width,initial-scale=1"><title>Aviso de privacidad</title>'
        f"<style>{style}</style><h1>Aviso de privacidad</h1>{body}</html>"
    )
