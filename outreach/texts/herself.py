"""What she reads about messages, her data and her preferences."""

OPTED_OUT = (
    "Listo, ya no te voy a mandar recordatorios ni avisos. Si me escribes, siempre te contesto. "
    "Para recibirlos otra vez, escribe ALTA."
)
OPTED_IN = "¡Listo! Te vuelvo a mandar los recordatorios de tus talleres. Para dejarlos, escribe BAJA."
HOURS_SET = "Anotado: te escribo solo {days}, de {start} a {end}. Puedes cambiarlo cuando quieras."
HOURS_ASK = "¿De qué hora a qué hora te puedo escribir? Por ejemplo: de 10 a 2."
UPDATED = "Listo, ya quedó corregido."
UPDATE_UNREADABLE = "No pude leer ese dato. Escríbelo otra vez, por favor."
UPDATE_NOT_REGISTERED = "Todavía no tengo tus datos. Si quieres, te apunto: escribe «quiero inscribirme»."

PRIVACY = "Solo lo ve el personal del programa que lo necesita, y no se vende."
MY_DATA = "Esto es lo que tengo de ti:\n{lines}\nPara corregir algo, dime qué. Para borrarlo todo, escribe «borra mis datos»."
MY_DATA_NONE = "No tengo datos tuyos guardados, solo los mensajes de esta plática."
MY_DATA_LABELS = {
    "preferred_name": "Cómo te digo",
    "full_name": "Nombre",
    "birth_date": "Nacimiento",
    "municipality": "Municipio",
    "locality": "Localidad",
    "children": "Niños en casa",
    "axis": "Te interesa",
    "curp": "CURP",
    "group": "Grupo",
    "reminders": "Recordatorios",
    "hours": "Horario para escribirte",
}
REMINDERS_ON, REMINDERS_OFF = "sí", "no"
ERASED = (
    "Listo, borré tus datos. Solo se guarda un folio y que no quieres mensajes, "
    "como pide la ley. Si un día quieres volver, escríbeme."
)
RECEIPT = "Guarda tu folio: {number}. Por ley se te contesta a más tardar {answer_by}."

# After the last attempt: what she wrote stands in a case, and the bot does not take it up again by itself.
FAILED_TURN = (
    "Perdón, tuve un problema y no pude contestar tu mensaje. No es culpa tuya. Quedó anotado para el equipo. "
    "Si quieres que te conteste yo, ¿me lo escribes otra vez? Si estás en peligro llama al 911."
)
FAILED_TURN_DANGER = (
    "Si estás en peligro llama al 911. Perdón, tuve un problema y no pude contestar bien tu mensaje. "
    "Quedó anotado para el equipo. Si puedes, escríbeme otra vez."
)
FAILED_TURN_NEUTRAL = (
    "Perdón, tuve un problema y no pude leer tu mensaje. ¿Me lo escribes otra vez en un rato?"
)
# Where nothing of what she wrote could be kept or passed on.
WRITE_AGAIN = (
    "Perdón, tuve un problema y no pude leer tu mensaje. No es culpa tuya. ¿Me lo escribes otra vez, por favor? "
    "Si estás en peligro llama al 911."
)
WRITE_AGAIN_NEUTRAL = (
    "Perdón, tuve un problema y no pude leer tu mensaje. ¿Me lo escribes otra vez, por favor?"
)
PERSON_ON_SHIFT = (
    "Tu mensaje ya le aparece al equipo. Hay alguien en turno; todavía no te está leyendo y puede tardar un poco. "
    "Mientras, te leo yo."
)
PERSON_OFF_SHIFT = (
    "Ahorita no hay nadie del equipo en turno. Ya quedó anotado para que te contesten. "
    "¿A qué hora te queda bien que te escriban?"
)
# Where something else was asked in the same turn: one question at a time.
PERSON_OFF_SHIFT_NOTED = "Ahorita no hay nadie del equipo en turno. Ya quedó anotado para que te contesten."
FOOD_SAVED = "Gracias por contestar. Lo guardo solo para ver cómo ayuda el programa."
RESPONSIBLE = "Responsable: {who}"
FULL_NOTICE = "El aviso completo está en {url}"
COVER_LINE = "Aquí puedes preguntar por los talleres: fechas, lugares y cómo apuntarte."
