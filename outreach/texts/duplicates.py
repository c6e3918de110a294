"""Spanish of the review of duplicates: what agrees and what differs, in words that coordinators read."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "full_name": "Nombre",
    "preferred_name": "Le dicen",
    "birth_date": "Nacimiento",
    "curp": "CURP",
    "phone": "Teléfono",
    "municipality": "Municipio",
    "locality": "Colonia o localidad",
    "children": "Hijas e hijos",
    "axis": "Eje",
    "folios": "Folios",
    "groups": "Grupos",
}
EQUAL, ALIKE, OTHER, MISSING = "igual", "parecido", "distinto", "falta en uno"
ELSEWHERE = "solo lo ve su dependencia"
SAME_SOUND = "se escribe distinto y suena igual"
SWAPPED_SURNAMES = "los apellidos están al revés"
MARRIED = "coincide el primer apellido; el otro es de casada o falta"
ONE_NAME = "coincide uno de los nombres"
OTHER_GIVEN = "los nombres no coinciden"
OTHER_SURNAME = "algún apellido no coincide"
DAY_MONTH = "el día y el mes están al revés"
ONE_DIGIT = "cambia una cifra"
OTHER_YEAR = "mismo día y mes, otro año"
CURP_NEAR = "cambian una o dos letras"
MERGED: Final = "Quedaron en un solo registro. La comparación le daba {percent}."
APART: Final = "Quedan como dos mujeres. La comparación le daba {percent}. No se volverá a preguntar."
GONE: Final = "Esa pareja ya no está por decidir: alguien la decidió o un registro cambió."
UNDONE: Final = (
    "Se deshizo la unión: son dos registros otra vez, con lo que llegó después. No se volverán a unir solos."
)
UNDO_GONE: Final = "Esa unión ya se había deshecho."
UNDO_LATER: Final = "Ese registro se unió después con otro: primero deshaz esa unión."
BY_RULE: Final = "por CURP"
