"""Spanish of logins, keys, accounts and the installation's upkeep that is not in a template."""

from __future__ import annotations

from typing import Final

ERRORS: Final = {
    400: ("No se entendió", "Los datos no llegaron completos. Vuelve atrás e inténtalo otra vez."),
    401: ("Tu sesión terminó", "Entra de nuevo para seguir."),
    403: ("Falta la llave", "Tu cuenta todavía no tiene la llave del equipo."),
    404: ("Aquí no hay nada", "Esta página no existe o no es para tu cuenta."),
    413: ("Es demasiado", "Lo que enviaste es muy largo."),
    500: ("Algo falló", "No es culpa tuya. Inténtalo otra vez en un momento."),
    503: ("Sin base de datos", "El sistema no alcanza sus datos ahora. Lo que ya estaba guardado sigue ahí."),
}
FORM_EXPIRED: Final = ("La página esperó demasiado", "Vuelve atrás, actualiza la página y envíala otra vez.")
LOGIN_FAILED: Final = (
    "El usuario o la contraseña no son correctos, o hubo demasiados intentos. Espera unos minutos."
)
LOGGED_OUT: Final = "Saliste. Hasta luego."
PASSWORD_CHANGED: Final = "Tu contraseña cambió."  # noqa: S105 (a sentence)
PASSWORDS_DIFFER: Final = "Las dos contraseñas nuevas no son iguales."
KEY_GRANTED: Final = "Listo: cuando entre de nuevo podrá abrir los casos."
KEY_RECOVERED: Final = "Listo. Sal y entra de nuevo para abrir los casos."
NOBODY_WAITS: Final = "Esa persona ya no espera la llave."
ALL_AGENCIES: Final = "Todas"
ROLES: Final = {
    "caseworker": "Atención",
    "supervisor": "Supervisión",
    "coordinator": "Coordinación",
    "administrator": "Administración",
    "auditor": "Auditoría",
    "direction": "Dirección",
}
# Whom a help resource is given to.
NEEDS: Final = {
    "emergency": "peligro ahora",
    "violence": "violencia",
    "legal": "denuncia y medidas",
    "shelter": "un lugar seguro",
    "health": "atención médica",
    "self_harm": "pensamientos de morir",
    "child": "una niña o un niño en riesgo",
    "other": "ayuda para otra mujer",
    "anonymous": "avisar sin dar su nombre",
    "outside": "fuera de la policía local",
}
STAFF_DISABLED: Final = "Esa cuenta ya no puede entrar."
CHANGE_THE_KEY: Final = (
    "Tenía la llave de su equipo. Pide a una compañera del equipo que la cambie, en Llave del equipo."
)
NOT_YOURSELF: Final = "No puedes quitarte el acceso a ti misma."
NOT_YOUR_ROLE: Final = "No puedes cambiar tu propio puesto."
ROLE_CHANGED: Final = "Su puesto cambió. Tiene que entrar otra vez."
LETTER_CLOSED: Final = "Anotado: ya se atendió."
LETTER_WAS_CLOSED: Final = "Alguien ya lo había cerrado."
# What was given up: what it is, and what to do.
LETTERS: Final = {
    "turn": (
        "Un mensaje que el asistente no pudo contestar",
        "Pásalo a una persona: el equipo de atención lo lee y le contesta.",
    ),
    "inbound": (
        "Un mensaje que llegó y no se puede leer",
        "Pásalo a una persona y avisa a quien da soporte: puede verse en la consola de Twilio.",
    ),
    "delivery": (
        "Un mensaje que no se pudo entregar a WhatsApp",
        "Si era una respuesta, pásala a una persona. Si pasa seguido, avisa a quien da soporte.",
    ),
    "campaign": (
        "Una campaña que no se pudo preparar",
        "Está en pausa y no sale nada de ella. Avisa a quien da soporte antes de dejarla seguir.",
    ),
    "tick": (
        "Una tarea del reloj que falla",
        "Puede haber recordatorios o campañas detenidos. Avisa a quien da soporte.",
    ),
    "job": (
        "Un trabajo que se interrumpió varias veces",
        "Inténtalo otra vez. Si vuelve aquí, avisa a quien da soporte.",
    ),
}
# The same whoever she is and whether or not she has a case (P4).
LETTER_HANDED: Final = "Pasó al equipo de atención. Quien lo tome ve de quién es; aquí no se ve."
LETTER_NOT_HANDED: Final = (
    "Eso no se puede pasar a una persona: no era una respuesta, ya no se sabe de quién era, o no hay equipo."
)
LETTER_OTHER: Final = ("Algo que el sistema no pudo hacer", "Avisa a quien da soporte.")
RESOURCE_CONFIRMED: Final = "Confirmado con fecha de hoy."
RESOURCE_SAVED: Final = "Guardado. Falta que alguien lo confirme."
RESOURCE_RETIRED: Final = "Ya no se ofrece."
RESOURCE_BACK: Final = "Se ofrece otra vez."
