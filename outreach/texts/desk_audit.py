"""Spanish of the record: what staff did, who has seen a case, why a colleague's conversation was opened."""

from __future__ import annotations

from typing import Final

GLASS_TITLE: Final = "Esta conversación la tiene {name}"
GLASS_LEAD: Final = "Para abrirla, escribe por qué lo necesitas. Lo verán {name} y la supervisión, y queda anotado. Se abre por 30 minutos."
GLASS_LEAD_SUPERVISOR: Final = (
    "Para abrirla, escribe por qué. Lo verá {name} y queda anotado. Se abre por 30 minutos."
)
REVIEW: Final = "Revisión"
OPENED: Final = "Puedes ver esta conversación durante 30 minutos. Tu motivo quedó anotado."
OPENING_SEEN: Final = "Anotado: ya la viste."
OPENING_GONE: Final = "Esa apertura ya la había visto alguien."
NOT_SENT: Final = "Esto no se envió:"

NOBODY: Final = "El sistema"
STREAMS: Final = {"desk": "mesa de atención", "office": "cuentas y programa"}
OFFICE_LEAD: Final = (
    "Quién entró, qué cuentas y llaves cambiaron, qué se hizo en el programa. Nunca dice de qué mujer."
)
DESK_LEAD: Final = "Cuántas veces hizo cada persona cada cosa en un día. Nunca dice en qué caso ni a qué hora, y no cuenta lo que pasó menos de 10 veces: así no se puede saber de una mujer. Los días se cuentan en hora universal: cambian a las {turn}."
OFFICE_COLUMNS: Final = ("cuándo", "quién", "qué hizo")
DESK_COLUMNS: Final = ("día", "quién", "qué hizo", "veces")
TOO_MANY: Final = "Son demasiados para un archivo: elige menos días."
CODE_FOUND: Final = (
    "Esa huella está en la parte «{name}»: nada de lo anterior a ella cambió, si la bitácora está completa."
)
CODE_NOT_FOUND: Final = "Esa huella no está. Revisa que la escribiste bien; si es así, algo falta o se escribió de nuevo: avisa a quien da soporte."


def how_often(count: int | None) -> str:
    """Say a count, or that it is withheld."""
    return "1 a 9" if count is None else str(count)


def broke_glass(name: str, holder: str, reason: str) -> str:
    """Somebody opened a colleague's conversation, and why."""
    return f"{name} abrió esta conversación, que tiene {holder}. Motivo: {reason}"


# What somebody did, as one reads it behind her name; by `outreach.staff.audit.Action`.
LEGEND: Final = {
    "login": "Entró",
    "login.locked": "No pudo entrar: demasiados intentos",
    "logout": "Salió",
    "password.changed": "Cambió su contraseña",
    "staff.added": "Dio de alta a una persona",
    "staff.disabled": "Quitó el acceso a una persona",
    "staff.reset": "Dio una contraseña nueva a una persona",
    "staff.role": "Cambió el puesto de una persona",
    "factor.set": "Registró su teléfono para los códigos",
    "factor.recovery_used": "Entró con un código de respaldo",
    "factor.reset": "Quitó un segundo paso para entrar",
    "login.ended": "Terminó una sesión suya",
    "conduct.agreed": "Aceptó el código de conducta",
    "access.reviewed": "Revisó el acceso de una persona",
    "key.granted": "Dio la llave del equipo a una compañera",
    "key.recovered": "Recuperó la llave con la clave en papel",
    "desk.read": "Abrió una conversación",
    "desk.opened": "Abrió una conversación",
    "desk.searched": "Buscó casos",
    "desk.printed": "Imprimió un documento",
    "desk.taken": "Tomó una conversación",
    "desk.taken_over": "Tomó una conversación de una compañera",
    "desk.offered": "Ofreció una conversación",
    "desk.accepted": "Aceptó una conversación",
    "desk.declined": "No aceptó una conversación",
    "desk.reassigned": "Asignó una conversación a otra persona",
    "desk.appointed": "Anotó una hora acordada",
    "desk.answered": "Escribió a una mujer",
    "desk.stored": "Dejó un texto para enviar después",
    "desk.cancelled": "Canceló algo que estaba por salir",
    "desk.noted": "Escribió una nota",
    "desk.acknowledged": "Marcó un aviso como visto",
    "desk.handed_back": "Dejó una conversación",
    "desk.closed": "Cerró un caso",
    "desk.close_asked": "Pidió cerrar un caso",
    "desk.close_approved": "Aprobó cerrar un caso",
    "desk.close_sent_back": "No aprobó cerrar un caso",
    "desk.close_dropped": "Siguió con un caso que iba a cerrar",
    "desk.reopened": "Volvió a abrir un caso",
    "desk.cover_ended": "Terminó un modo oculto",
    "desk.phone_seen": "Vio un teléfono, para el 911",
    "desk.person_seen": "Vio los datos de una persona",
    "desk.media": "Abrió un audio, una imagen o un archivo",
    "desk.file_sent": "Envió un archivo",
    "desk.transcript": "Corrigió la transcripción de un audio",
    "desk.record_seen": "Abrió un expediente",
    "desk.record_changed": "Cambió un expediente",
    "desk.task": "Cambió una tarea",
    "desk.referred": "Canalizó un caso",
    "desk.referral_answered": "Respondió una canalización",
    "desk.counted": "Vio la estadística de los casos",
    "desk.broke_glass": "Abrió con motivo una conversación de una compañera",
    "team.made": "Creó un equipo",
    "team.joined": "Agregó a alguien a un equipo",
    "team.serves": "Cambió a qué equipo llegan los casos de un programa",
    "team.left": "Quitó a alguien de un equipo",
    "team.key_changed": "Cambió la llave de un equipo",
    "team.recovery_made": "Hizo otra clave de recuperación de un equipo",
    "session.created": "Creó una sesión",
    "session.moved": "Movió una sesión",
    "session.cancelled": "Canceló una sesión",
    "workshop.saved": "Guardó un taller",
    "group.saved": "Guardó un grupo",
    "calendar.changed": "Cambió el calendario de días sin sesión",
    "programme.saved": "Guardó un programa o sus ejes",
    "agency.saved": "Guardó una dependencia",
    "attendance.marked": "Anotó la asistencia de una sesión",
    "absence.called": "Anotó una llamada a quien faltó",
    "completion.rule": "Cambió una regla de término",
    "reminder.rules": "Cambió las reglas de los recordatorios",
    "graduation.recorded": "Anotó que alguien terminó",
    "graduation.undone": "Quitó que alguien terminó",
    "certificate.issued": "Hizo una constancia",
    "certificate.revoked": "Anuló una constancia",
    "paper.sent": "Mandó una constancia o una tarjeta al chat",
    "sheet.printed": "Imprimió una lista o las tarjetas de un grupo",
    "woman.added": "Agregó a una mujer al padrón",
    "woman.changed": "Cambió el registro de una mujer",
    "woman.undone": "Deshizo un cambio en el registro de una mujer",
    "support.entered": "Anotó un apoyo",
    "support.over_rule": "Anotó un apoyo que pasa de la regla, con motivo",
    "support.avoided": "Detuvo un apoyo doble",
    "support.voided": "Anuló un apoyo",
    "support.decided": "Decidió sobre un apoyo doble",
    "support.rules": "Cambió los apoyos o sus reglas",
    "food.entered": "Anotó una entrevista de alimentación en papel",
    "results.taken": "Descargó los resultados del programa",
    "campaign.scheduled": "Programó una campaña",
    "campaign.stopped": "Detuvo una campaña",
    "campaign.asked": "Pidió aprobar una campaña",
    "campaign.approved": "Aprobó una campaña",
    "campaign.sent_back": "Regresó una campaña a borrador",
    "campaign.paused": "Puso en pausa una campaña",
    "campaign.resumed": "Siguió con una campaña",
    "campaign.taken": "Descargó lo que pasó con una campaña, mujer por mujer",
    "campaign.tried_again": "Intentó otra vez lo que no llegó de una campaña",
    "sender.changed": "Cambió el límite, la calidad o el sorteo de los mensajes",
    "sender.paused": "Puso en pausa recordatorios y campañas",
    "sender.resumed": "Dejó seguir recordatorios y campañas",
    "list.taken_in": "Subió una lista",
    "list.kept": "Guardó una lista en el padrón",
    "list.cancelled": "Canceló la carga de una lista",
    "list.downloaded": "Descargó los renglones por corregir de una lista",
    "template.saved": "Guardó una plantilla",
    "template.tried": "Probó una plantilla en su teléfono",
    "template.withdrawn": "Retiró una plantilla",
    "price.entered": "Anotó el precio de un mensaje",
    "resource.confirmed": "Confirmó un recurso de ayuda",
    "answer.saved": "Guardó una respuesta",
    "audit.exported": "Descargó la bitácora",
    "dead_letter.closed": "Cerró un pendiente del sistema",
    "dead_letter.again": "Mandó intentar otra vez un pendiente del sistema",
    "dead_letter.handed": "Pasó a una persona un pendiente del sistema",
    "request.entered": "Anotó una solicitud sobre datos personales",
    "request.noted": "Anotó un paso de una solicitud sobre datos personales",
    "request.answered": "Contestó una solicitud sobre datos personales",
    "request.done": "Cumplió una solicitud sobre datos personales",
    "request.copy": "Descargó la copia de datos de una solicitud",
    "retention.rule": "Cambió el plazo de un tipo de datos",
    "retention.paused": "Detuvo el borrado de un tipo de datos",
    "retention.resumed": "Dejó seguir el borrado de un tipo de datos",
    "blocked.opened": "Abrió datos bloqueados, con motivo",
    "duplicate.merged": "Unió dos registros del padrón",
    "duplicate.apart": "Dejó aparte dos registros del padrón",
    "duplicate.undone": "Deshizo una unión de registros",
}


def did(action: str) -> str:
    """Say what somebody did; an action of another version is shown as it is."""
    return LEGEND.get(action, action)
