"""What she reads about messages, her data and her preferences."""

OPTED_OUT = (
    "Listo, ya no te voy a mandar recordatorios ni avisos. Si tienes lugar en un taller, no cambia. Si me escribes, siempre te contesto. "
    "Para recibirlos otra vez, escribe ALTA."
)
OPTED_IN = "¡Listo! Te vuelvo a mandar los recordatorios de tus talleres. Para dejarlos, escribe BAJA."
# "Nosotros": the bot's notices and the team's messages. The same with a case and without.
HOURS_SET = "Anotado: te escribimos {days}, solo de {start} a {end}. Puedes cambiarlo cuando quieras."
HOURS_ANY = "Anotado: te escribimos a cualquier hora, {days}, entre las {start} y las {end}. Puedes cambiarlo cuando quieras."
HOURS_ASK = "¿De qué hora a qué hora te puedo escribir? Por ejemplo: de 10 a 2."
UPDATED_VALUE = "Listo, quedó corregido. {label}: {value}."
UPDATE_UNREADABLE = "No pude leer ese dato. Escríbelo otra vez, por favor."
UPDATE_AGAIN = {
    "preferred_name": "No pude leer cómo te digo. Escríbelo otra vez, por ejemplo: Lupita.",
    "full_name": "No pude leer tu nombre. Escríbelo completo, por ejemplo: María López Pérez.",
    "birth_date": "No pude leer la fecha. Escríbela con el año completo, por ejemplo: 15 de agosto de 1989.",
    "municipality": "No reconocí el municipio. Escribe su nombre completo, por ejemplo: Tlajomulco de Zúñiga.",
    "locality": "Es muy largo para guardarlo. Escribe solo la colonia o localidad, por ejemplo: Oblatos.",
    "children": "No pude leer cuántos. Escríbelo con número, por ejemplo: 2.",
    "axis": "No reconocí el tema. Escribe uno: alimentación, producción, oficios, salud o empleo.",
    "contact_hours": "No entendí el horario. Escríbelo así, por ejemplo: de lunes a viernes de 10 a 2.",
    "phone_shared": "No entendí. Contesta «solo yo» o «otros también».",
    "curp": "No pude guardar esa CURP. Revísala: son 18 letras y números, por ejemplo: LOPM850714MJCPRR04.",
    "phone": "No pude leer el teléfono. Escríbelo con sus 10 números, por ejemplo: 33 1234 5678.",
}
PHONE_SHARED, PHONE_HERS = "otros también", "solo tú"
PHONE_THIS_ONE = "Ese es el número desde el que me escribes: ya lo tengo."
PHONE_NAMED = (
    "Anoté el número. Por ahora te sigo escribiendo aquí. Para usar el otro, escríbeme desde ese número: CLAVE {code}. "
    "La clave sirve un día. Si la usas, desde ese número también se podrán ver tus datos."
)
NUMBER_JOINED = "Listo, este número ya quedó con tus datos. Desde aquí también te contesto."
NUMBER_NOT_JOINED = "Esa clave no es la de este número o ya venció. Desde el otro número escribe «cambiar mi teléfono» y te doy una nueva."
UPDATE_NOT_REGISTERED = "Todavía no tengo tus datos. Si quieres, te apunto: escribe «quiero inscribirme»."

PRIVACY = (
    "Es para inscribirte, avisarte de tus sesiones y contestarte. Solo lo ve el personal del programa que lo "
    "necesita, y no se vende."
)
MY_DATA = "Esto es lo que tengo de ti:\n{lines}\nPara corregir algo, dime qué. Para borrarlo todo, escribe «borra mis datos»."
MY_DATA_NONE = (
    "No tengo datos tuyos guardados en este número, solo los mensajes de esta plática. Si te inscribiste con otro, "
    "escríbeme desde ese, o pide tus datos en persona en el programa: ahí ven quién eres antes de darlos."
)
MY_DATA_LABELS = {
    "preferred_name": "Cómo te digo",
    "full_name": "Nombre",
    "birth_date": "Nacimiento",
    "municipality": "Municipio",
    "locality": "Localidad",
    "children": "Niños en casa",
    "axis": "Te interesa",
    "curp": "CURP",
    "folio": "Folio",
    "phone_shared": "Quién lee este teléfono",
    "language": "Lengua",
    "group": "Grupo",
    "attended": "Asistencias",
    "food": "Entrevista sobre comida",
    "reminders": "Recordatorios",
    "hours": "Horario para escribirte",
}
BORN_IN = "en {year}, sin el día"
GIVEN_BY = " (lo dio {agency})"
AGREED_ON = " (permiso por escrito del {day})"
ATTENDED_OF = "{present} de {noted} sesiones anotadas"
REMINDERS_ON, REMINDERS_OFF = "sí", "no"
# The same for every woman: it must not tell whoever holds the phone that there is a case.
ERASED = (
    "Listo, borré tus datos. Solo se guarda un folio y que no quieres mensajes, como pide la ley. "
    "Lo que el personal del programa tenga anotado aparte no se borra desde aquí: se le puede pedir. "
    "Si un día quieres volver, escríbeme."
)
# Where a rule with its ground keeps something: `outreach.texts.rights.STAYS`, a sentence each.
ERASED_PARTLY = (
    "Listo, borré tus datos, menos esto. {stays} También se guarda un folio y que no quieres "
    "mensajes. Lo que el personal del programa tenga anotado aparte no se borra desde aquí: se le puede pedir. "
    "Si un día quieres volver, escríbeme."
)

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
# Her reason is not known, or has nothing to do with violence: the one line that any bot may say, no other.
# When she may be written to is asked by the dialogue, which knows then what her answer means.
PERSON_OFF_SHIFT = (
    "Ahorita no hay nadie del equipo en turno. Ya quedó anotado para que te contesten. "
    "Emergencias: 911, a toda hora, gratis y sin saldo."
)
# Where something else was asked in the same turn.
PERSON_OFF_SHIFT_NOTED = "Ahorita no hay nadie del equipo en turno. Ya quedó anotado para que te contesten."
NOT_SAVED_WITHOUT_CONSENT = (
    "No guardé tus datos porque todavía no me das tu permiso. Si quieres apuntarte, escribe «quiero inscribirme» "
    "y te pregunto."
)
FOOD_NOT_SAVED = "No guardé tus respuestas, porque no me diste tu permiso para eso."
FOOD_SAVED = "Gracias por contestar. Lo guardo solo para ver cómo ayuda el programa."
RESPONSIBLE = "Responsable: {who}"
NOTICE_AT = "Completo: {url}"
FULL_NOTICE = "El aviso completo está en {url}"
COVER_LINE = "Aquí puedes preguntar por los talleres: fechas, lugares y cómo apuntarte."
