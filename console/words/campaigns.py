"""Spanish of the pages of campaigns that is not in a template."""

from __future__ import annotations

from typing import Final

CONDITIONS: Final = {
    "municipality": "Municipio",
    "axis": "Eje que le interesa",
    "workshop": "Taller",
    "group": "Grupo",
    "seat": "Inscripción",
    "attended": "Asistencias",
    "absent": "Faltas",
    "completed": "Terminó",
    "agency": "Dependencia",
    "age": "Edad",
    "written": "Le escribimos hace poco",
    "campaign": "Otra campaña",
    "list": "Lista de un archivo",
}
CONDITION_PARTS: Final = {
    ("municipality", "place"): "Vive en",
    ("axis", "place"): "Le interesa",
    ("workshop", "state"): "Cómo está",
    ("workshop", "place"): "En el taller",
    ("group", "state"): "Cómo está",
    ("group", "place"): "En el grupo (su clave)",
    ("seat", "state"): "Cómo está",
    ("attended", "number"): "Veces que asistió, al menos",
    ("attended", "since"): "Desde el día (vacío: siempre)",
    ("absent", "number"): "Veces que faltó, al menos",
    ("absent", "since"): "Desde el día (vacío: siempre)",
    ("completed", "place"): "Qué terminó",
    ("agency", "place"): "Está en la lista de",
    ("age", "number"): "Cumple este año de",
    ("age", "until"): "a (años)",
    ("written", "number"): "Le escribimos en los últimos (días)",
    ("campaign", "state"): "Qué pasó",
    ("campaign", "place"): "Con la campaña",
    ("list", "place"): "Está en la lista",
}
CONDITION_STATES: Final = {
    "enrolled": "inscrita",
    "waiting": "en lista de espera",
    "left": "dejó su lugar",
    "nowhere": "sin lugar ni lista de espera",
    "reached": "le llegó",
    "not_reached": "no le llegó",
}
MATCHES: Final = {
    "all": "Todas estas",
    "any": "Alguna de estas",
    "none": "Ninguna de estas",
}
COMPLETED: Final = {"any": "algún taller", "programme": "el programa completo"}
CHOOSE: Final = "elige"
CHOOSE_ONE: Final = "Elige uno."
NO_SUCH_GROUP: Final = "No hay un grupo con esa clave."
NUMBER_WANTED: Final = "Un número de {low} a {high}."
AGES_WANTED: Final = "La segunda edad es igual o mayor."
DAY_WANTED: Final = "Una fecha, o vacío."
MOST_CONDITIONS: Final = "Ya son muchas condiciones: quita alguna."
VALUE_KINDS: Final = {
    "": "lo que escribo aquí, igual para todas",
    "first_name": "el nombre de cada una",
    "workshop": "el taller de cada una",
    "place": "el lugar de su grupo",
    "next_session": "su próxima sesión",
}
AUDIENCE_BUILT: Final = "las mujeres que cumplen las condiciones"
A_LIST_GONE: Final = "una que ya se borró"
CAMPAIGN_SAVED: Final = "La campaña quedó guardada. Revísala otra vez antes de confirmar."
APPROVAL_ASKED: Final = (
    "La aprobación quedó pedida. Cuando otra persona la apruebe, la campaña se programa sola."
)
CAMPAIGN_TRIAL_ASKED: Final = "La prueba sale en unos segundos a tu teléfono."
APPROVED: Final = "Aprobaste la campaña y quedó programada."
SENT_BACK: Final = "La campaña volvió a borrador."
PAUSE_REASONS: Final = {
    "template_paused": "WhatsApp puso en pausa su plantilla.",
    "template_rejected": "WhatsApp rechazó su plantilla.",
    "template_disabled": "WhatsApp desactivó su plantilla.",
    "template_withdrawn": "Su plantilla se retiró.",
    "broken": "Algo falló al prepararla y no sale. Avisa a quien da soporte.",
    "grew": "Al empezar ya eran bastantes más mujeres que al confirmarla. Revísala y confírmala otra vez.",
    "changed": "Al empezar ya no era lo que se aprobó. Revísala y pide la aprobación otra vez.",
}


def condition(kind: str, place: str, state: str, number: int, until: int, year: int, since: str) -> str:
    """Say a condition in words; `since` is a day in words, or empty."""
    times = "1 vez o más" if number == 1 else f"{number} veces o más"
    after = f" desde el {since}" if since else ""
    days = "el último día" if number == 1 else f"los últimos {number} días"
    return {
        "municipality": f"vive en {place}",
        "axis": f"le interesa {place}",
        "workshop": f"taller {place}: {state}",
        "group": f"grupo {place}: {state}",
        "seat": f"inscripción: {state}",
        "attended": f"asistió {times}{after}",
        "absent": f"faltó {times}{after}",
        "completed": f"terminó {place}",
        "agency": f"está en la lista de {place}",
        "age": f"en {year} cumple de {number} a {until} años",
        "written": f"le escribimos en {days}",
        "campaign": f"{state} la campaña «{place}»",
        "list": f"está en la lista «{place}»",
    }[kind]


def campaign_stopped(stopped: int, on_the_way: int) -> str:
    """Say what became of a campaign's messages as it was cancelled."""
    if not stopped and not on_the_way:
        return "La campaña se canceló antes de empezar."
    first = "1 mensaje ya no sale" if stopped == 1 else f"{stopped} mensajes ya no salen"
    if not on_the_way:
        return f"La campaña se canceló: {first}."
    rest = "1 ya iba en camino" if on_the_way == 1 else f"{on_the_way} ya iban en camino"
    return (
        f"La campaña se canceló: {first}, y {rest} y puede llegar."
        if on_the_way == 1
        else (f"La campaña se canceló: {first}, y {rest} y pueden llegar.")
    )


def lasts(minutes: int) -> str:
    """Say how long a campaign takes to leave."""
    if minutes <= 1:
        return "sale en un minuto"
    if minutes < 60:  # noqa: PLR2004 (minutes of an hour)
        return f"tarda unos {minutes} minutos en salir"
    hours, rest = divmod(minutes, 60)
    return f"tarda unas {hours} h {rest} min en salir" if rest else f"tarda unas {hours} h en salir"
