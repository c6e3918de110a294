"""Spanish of what the programme achieved: the page, its files and the printed sheet."""

from __future__ import annotations

from typing import Final

from outreach.texts.desk_counts import MONTHS, quarter
from outreach.texts.food_interviews import GRADES

TITLE: Final = "Resultados del programa"
LEAD: Final = (
    "Lo que pasó en un trimestre que ya terminó. No dice el nombre de nadie. Lo que suma menos de 10 no se "
    "muestra, ni lo que lo dejaría ver al restar; lo demás se redondea hacia abajo, de 5 en 5 o de 10 en 10."
)
HIDDEN: Final = "no se muestra"
SHARE: Final = "{percent} %"
COUNTED: Final = "Se contó: {moment}"
QUARTER: Final = "Trimestre: {name}"
OTHERS: Final = "Los demás"
NOTHING: Final = "Son muy pocas para mostrarlo sin que se sepa de alguien."
PAGE: Final = "Página"
OF: Final = "de"

ROW: Final = "Dato"
COUNT: Final = "Cuántas"
HEADLINES: Final = "En cifras"
HEADLINE_ROWS: Final = {
    "followed": "Mujeres en seguimiento al terminar el trimestre (de 10 en 10)",
    "enrolled": "Mujeres que se inscribieron",
    "attending": "Mujeres que asistieron al menos una vez",
    "graduating": "Mujeres que se graduaron",
    "supports": "Apoyos entregados",
    "pesos": "Pesos entregados, de los apoyos con cantidad (redondeado hacia abajo)",
    "avoided": "Apoyos dobles evitados al anotar",
    "joined": "Registros repetidos que se unieron",
}
QUANTITIES: Final = {
    "followed": "En seguimiento",
    "enrolled": "Inscritas",
    "attending": "Asistieron",
    "graduating": "Graduadas",
}
BY: Final = {
    "month": "Por mes",
    "axis": "Por eje",
    "town": "Por municipio",
    "agency": "Por dependencia",
}
FIRST_COLUMN: Final = {"month": "Mes", "axis": "Eje", "town": "Municipio", "agency": "Dependencia"}
BY_HINTS: Final = {
    "month": "Una mujer puede estar en varios meses. En seguimiento: las que había al terminar cada mes.",
    "axis": "Una mujer puede estar en varios ejes. En seguimiento: por el eje que le interesa.",
    "town": "Por el municipio donde vive.",
    "agency": "Una mujer puede tener folio en varias dependencias.",
}
NOT_SAID: Final = "Sin dato"
WHOLE: Final = "Programa completo"

FOOD: Final = "Seguridad alimentaria de las graduadas"
FOOD_HINT: Final = (
    "De todas las que se habían graduado al terminar el trimestre, desde el inicio del programa (de 10 en 10). "
    "Se compara su entrevista de inicio con la de graduación (EMSA, como la califica CONEVAL). Si falta una "
    "respuesta no se califica."
)
FOOD_ROWS: Final = {
    "both": "Tienen las dos entrevistas",
    "covered": "De cada 100 graduadas, cuántas tienen las dos",
    "graded": "Tienen las dos calificadas: sobre éstas se calcula la mejora",
    "improved": "Mejoraron de grado",
    "share": "De cada 100 con las dos calificadas, cuántas mejoraron",
}
FOOD_GRADES: Final = "Grado al inicio y al graduarse"
FOOD_GRADES_HINT: Final = "De las que tienen las dos entrevistas calificadas (de 10 en 10)."
BEFORE: Final = "Al inicio"
AFTER: Final = "Al graduarse"
GRADE: Final = "Grado"

SUPPORTS: Final = "Apoyos entregados, por tipo"
SUPPORTS_BY_AGENCY: Final = "Apoyos entregados, por dependencia"
SUPPORT: Final = "Apoyo"
SUPPORTS_COUNT: Final = "Apoyos"

REMINDED: Final = "Recordatorios y asistencia"
REMINDED_HINT: Final = (
    "Asistencias y faltas anotadas en la puerta, según si el recordatorio de esa sesión llegó a su teléfono. "
    "No dice que el recordatorio sea la causa: a quien no le llegó quizá no tiene WhatsApp, no quiso "
    "recordatorios o cambió de número, y eso también pesa en si va."
)
REMINDED_ROWS: Final = {"reached": "Le llegó el recordatorio", "others": "No le llegó"}
REMINDED_COLUMNS: Final = ("Recordatorio", "Anotadas", "Asistieron", "De cada 100")

LOT: Final = "Con y sin el mensaje, por sorteo"
_LOT_MEANS: Final = "Como el sorteo no mira nada de ellas, la diferencia habla del mensaje; si es chica, puede ser casualidad."
LOT_HINT: Final = (
    "Un sorteo dejó a unas mujeres sin el mensaje para poder comparar. «Con» son todas las que lo iban a "
    f"recibir, también a las que no les llegó. {_LOT_MEANS}"
)
LOT_REMINDERS_HINT: Final = (
    "Un sorteo dejó a unas mujeres sin recordatorios. Asistencias y faltas de las sesiones de ese tiempo, de "
    f"las que tenían recordatorio y de las que el sorteo dejó sin él. {_LOT_MEANS}"
)
LOT_ROWS: Final = {"with": "Con el mensaje", "without": "Sin el mensaje"}
LOT_COLUMNS: Final = ("Por sorteo", "Cuántas", "Asistieron", "De cada 100")

CHART_BARS: Final = "Gráfica: {title}. Los números están en la tabla de al lado."


def period(year: int, number: int) -> str:
    """Say a quarter, such as `Julio a septiembre de 2026`."""
    name = quarter(year, number)
    return name[:1].upper() + name[1:]


def month(code: str) -> str:
    """Say a month, such as `Julio`."""
    return MONTHS[int(code[-2:]) - 1].capitalize()


def grade(code: str) -> str:
    """Say a grade."""
    return GRADES[code]
