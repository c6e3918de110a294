"""Spanish of a text that waits to leave: lines of a sealed thread and what is said to whoever wrote it.

Staff read them; she never does.
"""

from __future__ import annotations

STORED = "guardó un texto para ella: sale cuando conteste, sin que nadie lo lea antes."
STORED_FOR_AN_HOUR = "guardó un texto para ella, a la hora que acordaron."
REPLACED = "cambió el texto guardado: el de antes ya no sale."
# Why a text did not leave when its moment came: from then on a person decides.
STOPPED = {
    "cover": "El texto guardado no salió: ella está en modo oculto.",
    "stop": "El texto guardado no salió: ella pidió no recibir mensajes.",
    "other": "El texto guardado no salió: lo que contestó puede ser de otra persona. Léelo antes de enviarlo.",
    "late": "El texto guardado no salió a su hora y ya pasaron más de 15 minutos.",
    "nobody": "El texto guardado no salió a su hora: nadie tenía la conversación.",
    "over": "El texto guardado no salió: pasaron 7 días sin que ella contestara.",
    "closed": "El texto guardado no salió: ella cerró el caso.",
    "gone": "El texto guardado no salió: ella borró sus datos.",
    "erased": "Ella borró sus datos: el texto guardado ya no sale solo. Decide tú si todavía hace falta.",
}
WAITS_FOR_HER = "A la hora acordada WhatsApp ya no dejaba salir el texto: sale cuando ella conteste."

TOO_LONG = "Un texto guardado lleva hasta 1,000 letras; con muchos emojis, menos. Acórtalo."
WRITE_INSTEAD = "Ella escribió hace poco: lee su mensaje y envíale el texto ahora."
UNDER_COVER = (
    "Ella está en modo oculto: no se puede dejar un texto que salga solo. Envíalo y queda guardado aquí."
)
NO_SUCH_HOUR = "Elige una hora de los próximos 7 días."
OUTSIDE_HER_HOURS = "Esa hora está fuera de las que ella pidió. Si así lo acordaron, marca la casilla."
GONE_ALREADY = "Ese texto ya se envió o se quitó."

CANNED_TAKEN = "Ya hay una respuesta con ese título."
CANNED_MANY = "Hay 200 respuestas: quita alguna antes de guardar otra."


def canned_number(number: str) -> str:
    """A number in a text that is not sealed: only those of the help resources may stand there."""
    return f"El número {number} no es de un recurso de ayuda. Estas respuestas no van selladas: no escribas en ellas datos de nadie."


def stored(name: str, *, at_an_hour: bool) -> str:
    """A text waits."""
    return f"{name} {STORED_FOR_AN_HOUR if at_an_hour else STORED}"


def replaced(name: str) -> str:
    """Another text waits in its place."""
    return f"{name} {REPLACED}"


def discarded(name: str) -> str:
    """A text that waited, or was held back, will not be sent."""
    return f"{name} quitó un texto guardado: ella no lo recibe."


def sent_singly(name: str) -> str:
    """One text that was held back has left."""
    return f"{name} envió un texto que estaba guardado."
