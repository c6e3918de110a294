"""Spanish of the pages where lists are brought in."""

from __future__ import annotations

from typing import Final

LIST_KINDS: Final = {
    "women": "Mujeres",
    "workshops": "Talleres y grupos",
    "sessions": "Sesiones",
    "enrolments": "Inscripciones",
    "attendance": "Asistencia",
    "supports": "Apoyos",
    "audiences": "Para una campaña",
}
LIST_STATES: Final = {
    "columns": "faltan las columnas",
    "checking": "se está revisando",
    "checked": "revisada, sin guardar",
    "running": "se está guardando",
    "done": "guardada",
    "cancelled": "cancelada",
    "failed": "se detuvo",
}
LIST_ENCODINGS: Final = {
    "": "Lo que diga el archivo",
    "cp1252": "Windows",
    "mac_roman": "Mac",
    "cp850": "MS-DOS",
}
LIST_ANY_AGENCY: Final = "La dice el archivo"
LIST_NO_FILE: Final = "Falta el archivo."
LIST_TAKEN_IN: Final = "El archivo se leyó. Revisa qué es cada columna; todavía no se guarda nada."
LIST_GOES_ON: Final = "Se está guardando. Puedes cerrar esta página: sigue sola."
LIST_CANCELLED: Final = "La carga se canceló. Lo que ya estaba guardado se queda."
