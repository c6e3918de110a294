"""Spanish of a case's record and its tasks, for staff alone. The codes are those of `record_fields`."""

from __future__ import annotations

from typing import Final

SECTIONS: Final = {
    "consent": "Lo que ella aceptó",
    "violence": "Lo que vive",
    "family": "Niñas, niños y quien depende de ella",
    "contact": "Lengua y cómo comunicarse",
    "danger": "Señales de peligro",
    "plan": "Plan de seguridad",
    "reporting": "Aviso a la autoridad",
    "closing": "Para cerrar",
}
FIELDS: Final = {
    "consent": {
        "agreed": "Aceptó",
        "how": "Cómo lo dijo",
        "on": "Cuándo",
        "words": "Con sus palabras",
        "limits": "Lo que no quiere",
    },
    "violence": {
        "what": "Qué pasa, en breve",
        "types": "Tipos de violencia",
        "modalities": "Dónde ocurre",
        "relation": "Quién la ejerce",
        "lives_with": "¿Vive con esa persona?",
        "age": "Edad de ella",
        "town": "Municipio donde ocurre",
        "last_on": "La última vez",
    },
    "family": {
        "children": "Cuántas hijas e hijos",
        "ages": "Sus edades",
        "with_her": "¿Están con ella?",
        "harmed": "¿Alguien les hace daño?",
        "dependants": "Quién más depende de ella",
    },
    "contact": {
        "language": "Lengua que prefiere",
        "interpreter": "¿Necesita intérprete?",
        "reading": "¿Le cuesta leer?",
        "rules": "Qué cuidar al escribirle o llamarle",
        "trusted": "Persona de confianza y cómo hallarla",
    },
    "danger": {
        "strangled": "La apretó del cuello o la ahorcó",
        "weapon": "Tiene un arma, o la amenazó o lastimó con una",
        "threats_to_kill": "Amenaza con matarla, matar a sus hijas o hijos, o matarse",
        "worse": "La violencia es más seguida o más fuerte",
        "pregnant": "Está embarazada",
        "leaving": "Se separó hace poco o piensa separarse",
        "locked_in": "La encierra o no la deja salir",
        "stalked": "La sigue o la vigila",
        "forced_sex": "La obliga a tener relaciones",
        "her_own_life": "Ella piensa en morir o en lastimarse",
        "told": "Lo que contó de esto, y cuándo",
    },
    "plan": {
        "trust": "Persona de confianza y palabra clave",
        "papers": "Papeles, dinero, llaves y medicinas",
        "way_out": "Por dónde sale y a dónde va, de día y de noche",
        "children": "Qué saben hacer las niñas y los niños",
        "proofs": "Pruebas, guardadas fuera de su teléfono",
        "more": "Otros pasos",
    },
    "reporting": {
        "decision": "Decisión",
        "grounds": "Fundamento",
        "reason": "Por qué se decidió así",
        "she_knew": "¿Se le dijo a ella antes?",
        "told_to": "A quién se avisó, con folio",
        "told_on": "Cuándo se avisó",
    },
    "closing": {
        "reached": "Qué se logró",
        "open": "Qué queda pendiente",
        "her_view": "Qué dice ella",
        "may_write": "¿Se le puede escribir después?",
    },
}
_TELL: Final = {"yes": "Sí", "no": "No", "unknown": "No se sabe"}
# LGAMVLV, art. 6: the types; its last fraction: «cualesquiera otras formas análogas».
_TYPES: Final = {
    "psychological": "Psicológica",
    "physical": "Física",
    "patrimonial": "Patrimonial",
    "economic": "Económica",
    "sexual": "Sexual",
    "vicarious": "Por medio de otra persona (vicaria)",
    "other": "Otra parecida",
}
# LGAMVLV: the article of each modality.
_MODALITIES: Final = {
    "family": "En la familia (art. 7)",
    "work": "En el trabajo (arts. 10 a 15)",
    "school": "En la escuela (arts. 10 a 15)",
    "community": "En la calle o la comunidad (arts. 16 y 16 Bis)",
    "institutional": "De una institución (art. 18)",
    "political": "Política (art. 20 Bis)",
    "digital": "Digital (art. 20 Quáter)",
    "media": "En los medios (art. 20 Quinquies)",
    "feminicidal": "Feminicida (art. 21)",
}
CHOICES: Final = {
    "agreed": {
        "case": "Que se abra su expediente",
        "contact": "Que se le escriba por aquí",
        "calls": "Que se le llame",
        "data": "Que se guarden sus datos sensibles",
        "referral": "Que se le canalice con otra dependencia",
    },
    "how": {
        "message": "En un mensaje",
        "voice": "En un audio",
        "call": "Por llamada",
        "in_person": "En persona",
        "signed": "Con su firma",
    },
    "types": _TYPES,
    "modalities": _MODALITIES,
    "relation": {
        "husband": "Esposo",
        "partner": "Pareja con quien vive",
        "boyfriend": "Novio o pareja sin vivir juntos",
        "former_partner": "Expareja",
        "parent": "Su papá o su mamá",
        "child": "Su hijo o su hija",
        "relative": "Otro familiar",
        "in_law": "Familia de su pareja",
        "acquaintance": "Alguien que conoce",
        "work": "Alguien del trabajo",
        "school": "Alguien de la escuela",
        "authority": "Una autoridad o servidor público",
        "programme": "Alguien del programa",
        "stranger": "Alguien que no conoce",
        "several": "Varias personas",
        "other": "Otra persona",
    },
    "decision": {
        "pending": "Falta decidir",
        "not_needed": "No hay que avisar",
        "will_tell": "Hay que avisar",
        "told": "Ya se avisó",
    },
    # LGDNNA, art. 12: anybody who learns of violence against a minor. LGAMVLV, art. 29, and CNPP, art. 222: a
    # public servant who learns of a probable crime.
    "grounds": {
        "lgdnna_12": "Violencia contra una niña o un niño: avisa cualquier persona (LGDNNA, art. 12)",
        "cnpp_222": "Probable delito: avisa quien es servidor público (CNPP, art. 222; LGAMVLV, art. 29)",
        "other": "Otro",
    },
}

NOT_OF_THE_LIST: Final = "Elige una opción de la lista."
NO_NUMBER: Final = "Escribe un número de 0 a {most}."
NO_DAY: Final = "Escribe un día, como 2026-11-23."
TOO_LONG: Final = "Escríbelo más corto: hasta {most} letras."
NO_REASON: Final = "Escribe por qué se decidió así."
NO_GROUND: Final = "Elige en qué se funda."
NOTE_FILE_EMPTY: Final = "El archivo está vacío: elige otro."
NOTE_FILE_LARGE: Final = "El archivo es muy grande: hasta 16 MB."
NO_SUCH_VERSION: Final = "Esa versión ya no se puede poner otra vez."
HOLDER_ONLY: Final = "El expediente lo ve quien tiene la conversación."

SAVED: Final = "Guardado."
PUT_BACK: Final = "Quedó otra vez como estaba."
DRAFTED: Final = "Esto lo escribiste y no se ha guardado en el expediente. Solo tú lo ves."
DRAFT_DROP: Final = "Quitar lo que no guardé"
UNSAVED_HERE: Final = "Aquí escribiste algo que no se ha guardado."
UNSAVED_GO_ON: Final = "Seguir"
BACK: Final = "Dejarlo como estaba"
NOT_SAVED: Final = "Esto no se guardó:"
NOTHING: Final = "Sin datos."
NOT_ASKED: Final = "Sin preguntar"
READ_ONLY: Final = "Lo cambia quien tiene la conversación."
THREAD_YES: Final = "Dijo que sí a que se abra su expediente"
THREAD_NO: Final = "Dijo que no a que se abra su expediente"
STEPS_TOLD: Final = "El asistente ya le contó estos pasos:"
NOTHING_SUMS: Final = "Aquí nada se suma ni da puntos: lo valora una persona."
# Domain notes, section 4: by name and address; their items are not ours to copy.
TOOLS: Final = (
    ("Danger Assessment y DA-5", "https://www.dangerassessment.org/"),
    ("EPV-R, validada en México", "https://doi.org/10.22201/fpsi.20074719e.2020.3.354"),
)
TOOLS_LEAD: Final = "Para valorar con un instrumento, en su propia página (sale de Avanza):"
DUTY: Final = "Lo decide una persona; queda quién y cuándo. A ella se le dice antes."

TASK_ADDED: Final = "Tarea guardada. Está también en «Mis tareas»."
TASK_MOVED: Final = "La tarea tiene otra hora."
TASK_ENDED: Final = {"done": "Tarea terminada.", "dropped": "La tarea se quitó."}
NO_TASKS: Final = "No hay tareas."
NO_TASKS_AT_ALL: Final = "No tienes tareas en tus conversaciones."
WHAT_TASK: Final = "Escribe qué hay que hacer, en hasta 300 letras."
WRONG_TASK_HOUR: Final = "Elige un día y una hora que todavía no pasen, dentro de un año."
TOO_MANY_TASKS: Final = "Ya hay 20 tareas: termina o quita alguna."
WHY_DROPPED: Final = "Escribe por qué ya no se hace, en hasta 300 letras."


def choices(field: str) -> dict[str, str]:
    """Return the options of a field by code; those that ask yes or no share theirs."""
    return CHOICES.get(field, _TELL)
