"""Spanish of referrals: what is shared, how one stands, and the lines that both cases keep. For staff alone."""

from __future__ import annotations

from typing import Final

# By `outreach.casework.sharing.Part`.
PARTS: Final = {
    "called": "Cómo se llama",
    "age": "Su edad",
    "numbers": "Sus números, y cómo llamarle sin ponerla en riesgo",
    "place": "La última ubicación que mandó",
    "lives": "Dónde vive",
    "about": "De qué se trata",
}
TITLES: Final = {
    "called": "Cómo se llama",
    "age": "Edad",
    "numbers": "Sus números",
    "care": "Al llamarle o escribirle",
    "place": "Dónde estaba",
    "lives": "Dónde vive",
    "about": "De qué se trata",
}
NOT_KNOWN: Final = "no se sabe"
OTHERS_READ: Final = (
    "Otras personas leen su teléfono: no digas quién llama ni por qué hasta saber que es ella."
)
COVERED: Final = (
    "Ahora alguien más puede tener su teléfono: no le llames ni le escribas hasta que se acuerde."
)
ASK_FIRST: Final = "No le marques sin acordarlo con ella: puede contestar otra persona."
HOURS: Final = "Se le puede escribir: {hours}."
LANGUAGE: Final = "Prefiere otra lengua: {language}. No traducir con máquina."
NOT_CONFIRMED: Final = "(lo dio ella; no está confirmado)"
PLACE_COVERED: Final = "Puede haberla mandado otra persona."

# By `outreach.casework.referrals.Step`, as it stands behind an agency's name.
STATES: Final = {
    "sent": "enviada, sin respuesta",
    "accepted": "aceptada",
    "declined": "no la aceptaron",
    "withdrawn": "retirada",
    "returned": "devuelta",
    "done": "terminada",
}
SENT: Final = "La canalización salió. Sigues teniendo este caso."
NOTED: Final = "Quedó anotada. Imprime el documento si lo van a llevar en papel."
ACCEPTED: Final = "La aceptaste. La otra dependencia ya lo ve."
DECLINED: Final = "Quedó dicho a la otra dependencia, con tu motivo. Este caso se cerró."
RETURNED: Final = "Se devolvió, con tu motivo. Este caso se cerró."
DONE: Final = "Anotado: terminada. La otra dependencia ya lo ve."
WITHDRAWN: Final = "La retiraste. La otra dependencia ya lo ve."
WROTE: Final = "Tu mensaje ya está en los dos casos."
STATE_KEPT: Final = "Anotado."

NOT_THERE: Final = "Esa canalización no está en este caso."
NOT_NOW: Final = "Eso ya no se puede: la canalización está {state}."
BY_MESSAGE: Final = "Lo dijo por mensaje, {when}."
HOLDER_ONLY: Final = "Esto lo hace quien tiene la conversación."
STEP_NAMES: Final = {
    "accepted": "Aceptar",
    "declined": "No podemos",
    "withdrawn": "Retirarla",
    "returned": "Devolverla",
    "done": "Ya se hizo lo que se pidió",
}
# Of a service outside her caseworker notes what she was told.
SERVICE_STEP_NAMES: Final = {
    "accepted": "La aceptaron",
    "declined": "No la aceptaron",
    "withdrawn": "Ya no va",
    "returned": "La regresaron",
    "done": "La atendieron",
}
SAID: Final = {
    "accepted": ACCEPTED,
    "declined": DECLINED,
    "withdrawn": WITHDRAWN,
    "returned": RETURNED,
    "done": DONE,
}
NO_TEAM: Final = "Elige una dependencia de la lista."
NO_ASKED: Final = "Escribe qué se le pide (de 8 a 1,000 letras)."
NO_CONSENT: Final = "Anota qué dijo ella y cómo, o marca el mensaje en que lo dijo."
NO_SERVICE: Final = "Escribe a qué servicio va (hasta 120 letras)."
NO_SUPERVISOR: Final = (
    "Ese equipo no tiene supervisión con llave: este caso solo puede verlo una supervisora."
)
ONE_IS_ENOUGH: Final = "Ya hay una canalización sin terminar a esa dependencia."
BUSY: Final = "Alguien de la otra dependencia está en ese caso en este momento. Intenta otra vez."
ENDED_THERE: Final = "La otra dependencia ya cerró su caso. Si hace falta, mándales una canalización nueva."
OPEN_REFERRAL: Final = (
    "Hay una canalización sin terminar: espera la respuesta, retírala o anota en qué quedó antes de cerrar."
)
CLOSED_BY_HER: Final = "Ella pidió cerrar su caso."
APART: Final = "La conversación con ella la tiene otra dependencia. Aquí puedes leer, anotar y escribirle a esa dependencia."
ALONG: Final = "La conversación va con ella: si aceptan, le escriben ellas y aquí ya no."


def _ended(text: str) -> str:
    """Return what somebody typed as a sentence that has an end."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def went(name: str, team: str, asked: str, consent: str, shared: list[str]) -> str:
    """A case was referred to another agency."""
    what = "; ".join(shared) or "nada más que lo que se pide"
    return f"{name} canalizó el caso a {team}. Se pide: {_ended(asked)} Ella estuvo de acuerdo: {_ended(consent)} Se compartió: {what}."


def to_service(name: str, service: str, asked: str, consent: str, shared: list[str]) -> str:
    """She was referred to a service outside."""
    what = "; ".join(shared) or "nada más que lo que se pide"
    return f"{name} canalizó a {service} (fuera de Avanza). Se pide: {_ended(asked)} Ella estuvo de acuerdo: {_ended(consent)} En el documento: {what}."


def came(name: str, team: str, asked: str, consent: str) -> str:
    """The first line of a case that came by a referral."""
    return f"Canalización de {team}, por {name}. Se pide: {_ended(asked)} Ella estuvo de acuerdo: {_ended(consent)}"


def stands(name: str, team: str, state: str, why: str) -> str:
    """What became of a referral, in both cases."""
    done = {
        "accepted": "aceptó la canalización",
        "declined": "no aceptó la canalización",
        "withdrawn": "retiró la canalización",
        "returned": "devolvió la canalización",
        "done": "terminó lo que se pidió en la canalización",
    }[state]
    return f"{name} ({team}) {done}." + (f" {why}" if why else "")


def of_service(name: str, service: str, state: str, why: str) -> str:
    """What became of a referral to a service outside, as a caseworker notes it."""
    return f"{name} anotó de la canalización a {service}: {STATES[state]}." + (f" {why}" if why else "")


def wrote(name: str, team: str, text: str) -> str:
    """A message between the two teams."""
    return f"{name} ({team}) escribió a la otra dependencia: {text}"


def taken(name: str) -> str:
    """A caseworker has a case whose conversation another agency has."""
    return f"{name} tomó el caso."


def moved_along(team: str) -> str:
    """The conversation went along."""
    return f"La conversación con ella la tiene ahora {team}."


def she_closed(team: str) -> str:
    """The woman closed her case with the other team."""
    return f"Ella pidió cerrar su caso con {team}. Acuerden si todavía quiere lo que se pidió aquí."


def line_by(author: str, staff: str, heard: str = "") -> str:
    """Who wrote a line that is shared; `heard`: a program wrote down what she said."""
    her = "Ella, en un audio (transcripción automática)" if heard not in {"", "corrected"} else "Ella"
    return {"woman": her, "bot": "Asistente", "staff": staff or "Equipo", "note": f"Nota de {staff}"}.get(
        author, ""
    )
