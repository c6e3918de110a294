"""What coordinators and administrators read of programmes, groups and their calendar, where verbs decide it."""

from __future__ import annotations

from typing import Final

WEEKEND: Final = "fin de semana"
# Why a series of sessions can't be planned.
SERIES_TOO_LONG: Final = "No caben tantas sesiones en dos años. Pon menos, o más seguidas."
SERIES_TAKEN: Final = "El {day} a esa hora el grupo ya tiene una sesión."
REVEALS: Final = "Este texto le llega a ella y no puede decir: {words}."
NOT_A_CODE: Final = "La clave va en minúsculas, con números o guion, hasta 16: por ejemplo, food."
CODE_TAKEN: Final = "Esa clave ya existe."
TOO_FEW_SEATS: Final = "Ya hay {enrolled} inscritas: no puede haber menos lugares."
NO_SUCH_PLACE: Final = "Elige un municipio de la lista."
BOTH_COORDINATES: Final = "Pon latitud y longitud, o ninguna."
NOT_A_ZONE: Final = "Esa zona horaria no existe. Por ejemplo: America/Mexico_City."
NOT_QUIET_HOURS: Final = "Las horas van así: 20:00-09:00. Vacío: las de la instalación."
NOT_OFFSETS: Final = "Los minutos van así: 1440,120. Cada uno de 1 a 86400."
HOLIDAY_ORDER: Final = "El último día no puede ser antes del primero."
HOLIDAY_LONG: Final = "Son demasiados días de una vez: hasta {days}."
