"""Spanish of the pages of message templates and of what messages cost."""

from __future__ import annotations

from typing import Final

CATEGORIES: Final = {"UTILITY": "aviso (UTILITY)", "MARKETING": "promoción (MARKETING)"}
LANGUAGES: Final = {"es_MX": "español de México", "es": "español"}
# What each category means at WhatsApp (shared notes on Twilio: 5, codes 63049, 63033; 6, messaging limits).
CATEGORY_MEANS: Final = {
    "UTILITY": (
        "Avisos de algo que ella pidió: su sesión, su lugar, su solicitud.",
        (
            "No cuenta para el tope de promociones de cada persona. A quien escribió en las últimas 24 "
            "horas, Meta no la cobra; Twilio puede cobrar su parte."
        ),
    ),
    "MARKETING": (
        "Invitaciones y anuncios que ella no pidió.",
        (
            "Meta pone un tope por persona: lo que lo pasa no llega ese día. Quien apagó las promociones en "
            "su WhatsApp no la recibe."
        ),
    ),
}
CATEGORY_LIMIT: Final = (
    "Las dos cuentan para el límite de la cuenta: a cuántas personas distintas se les puede escribir primero "
    "en 24 horas (250, 2,000, 10,000 o 100,000, según el nivel que Meta le da al número)."
)
BUTTON_ACTIONS: Final = {
    "": "contesta con esas palabras",
    "/confirm_attendance": "confirma que va a su sesión",
    "/decline_attendance": "avisa que no va a su sesión",
}
LONG_TEXT: Final = "El texto es demasiado largo."
# What waits where the template of a purpose is stopped.
PURPOSE_STOPS: Final = {
    "session_reminder": "los recordatorios de sesión",
    "session_moved": "los avisos de que una sesión cambió de fecha",
    "session_cancelled": "los avisos de que una sesión se canceló",
    "seat_freed": "los avisos de que se liberó un lugar",
    "first_invitation": "las primeras invitaciones",
    "write_to_us": "los avisos neutros para que escriba",
    "request_answered": "los avisos de que una solicitud tiene respuesta",
    "avanza_aviso_equipo": "los avisos a los teléfonos del equipo",
    "avanza_aviso_ahora": "los avisos urgentes al equipo; en su lugar sale el otro",
}
FOR_STAFF: Final = frozenset({"avanza_aviso_equipo", "avanza_aviso_ahora"})
STOP_REASONS: Final = {
    "rejected": "WhatsApp la rechazó",
    "paused": "WhatsApp la puso en pausa",
    "disabled": "WhatsApp la desactivó",
}
# Pauses of 3 and 6 hours, then it is turned off (shared notes on Twilio, 5).
WHAT_TO_DO: Final = {
    "rejected": "Cambia el texto: la nueva versión se manda otra vez a revisión.",
    "paused": (
        "Suele pasar cuando varias personas la bloquean o la reportan. Dura 3 horas la primera vez y 6 la "
        "segunda; después la desactiva. Escribe a menos mujeres o cambia el texto."
    ),
    "disabled": "Ya no vuelve. Cambia el texto: la nueva versión se manda a revisión.",
}
GOES_ON: Final = (
    "A quien escribió en las últimas 24 horas le llega igual, como mensaje normal. Lo demás espera mientras "
    "sirve y sale solo cuando WhatsApp la apruebe; lo que ya no alcanza se cuenta con su razón."
)
STAFF_GOES_ON: Final = "Los avisos por correo siguen, donde están configurados."
OLDER_GOES_ON: Final = "No se detiene nada: se sigue usando la versión {version}, que está aprobada."
GENERAL_GOES_ON: Final = "No se detiene nada: mientras tanto se usa la general."
WAITS_FOR_FIRST: Final = "Hasta que WhatsApp la apruebe esperan {what}."
CAMPAIGN_GOES_ON: Final = "Cuando WhatsApp la apruebe, la campaña sigue si tú le das «Seguir»."
TRIAL_STATES: Final = {
    "waiting": "está por salir",
    "sending": "está saliendo",
    "sent": "salió; si no te llegó, revisa el número",
    "failed": "no salió",
    "doubtful": "no se sabe si salió; no se repite",
}
TEMPLATE_CHANGED: Final = "Quedó la versión {version}. En un momento se envía a WhatsApp para que la apruebe."
TEMPLATE_KEPT: Final = "Quedó guardado. El texto es el mismo: WhatsApp no la revisa otra vez."
TEMPLATE_WITHDRAWN: Final = "La plantilla se retiró. Ya no sale nada con ella."
TRIAL_ASKED: Final = "La prueba sale en unos segundos a tu teléfono, con los ejemplos."
PRICE_ENTERED: Final = "El precio quedó anotado."


def set_made(count: int) -> str:
    """Say how many templates of the set are handed to WhatsApp."""
    if not count:
        return "No faltaba ninguna."
    return "1 plantilla se envía a WhatsApp." if count == 1 else f"{count} plantillas se envían a WhatsApp."


def template_called(name: str, names: dict[str, str]) -> str:
    """Name a template for people: the product's own by its purpose, also where a programme has its own."""
    if name in names:
        return names[name]
    purpose = next((one for one in names if name.endswith(f"_{one}")), None)
    return f"{names[purpose]} ({name.removesuffix(f'_{purpose}')})" if purpose else name


def rules_of_reminders(count: int) -> str:
    """Say how many rules of reminders."""
    return "1 regla" if count == 1 else f"{count} reglas"


def what_stops(purpose: str | None, campaigns: int, rules: int = 0) -> str:
    """Say in one sentence what a stopped template stops."""
    parts = [PURPOSE_STOPS[purpose]] if purpose in PURPOSE_STOPS else []
    if rules and not parts:
        parts.append(f"los recordatorios de {rules_of_reminders(rules)}")
    if campaigns:
        parts.append("1 campaña" if campaigns == 1 else f"{campaigns} campañas")
    if not parts:
        return ""
    return f"Se detiene: {' y '.join(parts)}."
