"""What she reads about groups, sessions and reminders. Neutral: anyone may see it."""

AXES = {
    "food": "alimentación",
    "production": "producción",
    "occupation": "oficios",
    "health": "salud",
    "employment": "empleo",
}

OFFER = "Estos son los grupos de tu municipio:\n{groups}\n¿Cuál te queda mejor? Contesta con el número."
OFFER_ANYWHERE = (
    "Estos son grupos con sesiones próximas:\n{groups}\n¿Cuál te queda mejor? Contesta con el número."
)
OFFER_IN = "Estos son los grupos en {place}:\n{groups}\n¿Cuál te queda mejor? Contesta con el número."
OFFER_NOT_IN = (
    "En {place} no hay grupo por ahora. Estos están en otros municipios:\n{groups}\nContesta con el número."
)
OFFER_LINE = "{number}. {workshop}, {place}. Empieza {when}. {seats}"
# A place outside the municipality where she looks: without its name she would choose a town hours away.
OFFER_LINE_IN = "{number}. {workshop}, {place}, {municipality}. Empieza {when}. {seats}"
OFFER_BUTTON = "Grupo {number}"
SEATS_FREE = "Hay {free} lugares."
SEAT_FREE = "Queda 1 lugar."
SEATS_NONE = "Está lleno: hay lista de espera."
OFFER_ELSEWHERE = "En tu municipio no hay grupo por ahora. Estos están en otros municipios:\n{groups}\nContesta con el número."
# A straight line between the seats of two municipalities (outreach.programme.distances): a road is longer.
OFFER_NEAREST = "En tu municipio no hay grupo por ahora. Estos son los más cercanos, en línea recta:\n{groups}\nContesta con el número."
OFFER_NEAREST_TO = "En {place} no hay grupo por ahora. Estos son los más cercanos, en línea recta:\n{groups}\nContesta con el número."
OFFER_LINE_AWAY = (
    "{number}. {workshop}, {place}, {municipality}, a unos {kilometres} km. Empieza {when}. {seats}"
)
OFFER_NONE = "Por ahora no hay grupos abiertos. Escribe «grupos» en unos días y te digo si ya hay."

DATES = "Estas son las fechas que siguen:\n{groups}"
DATES_LINE = "• {workshop}, {place}: {when}."
DATES_LINE_IN = "• {workshop}, {place}, {municipality}: {when}."
DATES_NONE = "Por ahora no hay grupos con fecha. Escribe «grupos» en unos días y te digo si ya hay."

ENROLLED = "¡Listo! Ya tienes tu lugar en {workshop}. Tu primera sesión es {when}, en {place}.{reminded}"
ENROLLED_NO_DATE = "¡Listo! Ya tienes tu lugar en {workshop}, en {place}. Todavía no hay fecha.{reminded}"
# Said only where a rule of reminders and the lot leave her one (outreach.campaigns.promised).
REMINDED_BEFORE = " Te voy a recordar antes."
REMINDED_EACH = " Antes de cada sesión te mando un recordatorio."
REMINDED_THEN = " Cuando la haya, te mando un recordatorio antes."
NOT_REMINDED = " Pregúntame cuando quieras cuándo te toca."
WAITING = (
    "El grupo está lleno. Te anoté en la lista de espera con el lugar {position}. Si se libera uno, te aviso."
)
GROUP_GONE = "Ese grupo ya no está abierto. Escribe «grupos» y te digo cuáles hay."
SEAT_FREED = "Se liberó un lugar y ya es tuyo: {workshop}, en {place}. Tu próxima sesión es {when}."
SEAT_FREED_NO_DATE = "en una fecha por confirmar"

NEXT_SESSION = "Tu próxima sesión de {workshop} es {when}, en {place}."
SESSION_AFTER = "Después de esa, la siguiente sesión de {workshop} es {when}, en {place}."
NO_SESSION_AFTER = "Después de esa todavía no hay otra fecha.{reminded}"
NO_SESSION = "No tienes una sesión próxima con fecha.{reminded}"
NOT_ENROLLED = "Todavía no estás en ningún taller. Si quieres, te apunto: escribe «quiero inscribirme»."
STATUS_ENROLLED = "Sí, estás inscrita en {workshop}, en {place}. {next}"
STATUS_WAITING = "Estás en la lista de espera de {workshop}, en el lugar {position}."
LOCATION = "Tu grupo se reúne en {place}, {municipality}."
LOCATION_DIRECTIONS = "Tu grupo se reúne en {place}, {municipality}. Cómo llegar: {directions}"
MINUTES = {60: "1 hora", 90: "hora y media", 120: "2 horas", 150: "2 horas y media", 180: "3 horas"}
MINUTES_MANY = "{minutes} minutos"
SESSION_LASTS = "Tu próxima sesión de {workshop} dura {minutes}: es {when}."
ABOUT_WORKSHOP = "De tu taller, {workshop}: {description}"
ATTENDED = {
    0: "Todavía no tengo anotada una asistencia tuya a {workshop}. {next}",
    1: "Has venido a 1 sesión de {workshop}. {next}",
}
ATTENDED_MANY = "Has venido a {attended} sesiones de {workshop}. {next}"

SESSION_CANCELLED = "Esa sesión de {workshop}, la que era {when}, se canceló. No hace falta que vayas."
CONFIRMED = "¡Qué bueno! Te esperamos {when}, en {place}."
# Which session was noted is always said: she may have meant another.
DECLINED = "Gracias por avisar. Anoté que no vienes {when}.{next}"
DECLINED_NEXT = " La siguiente sesión de {workshop} es {when}, en {place}."
DECLINED_OTHER_GROUP = " Si prefieres otro horario, escribe «otro grupo»."
NOTED_SEVERAL = "Gracias por avisar. Esto anoté:\n{lines}\nSi algo no es así, dime cuál."
NOTED_LINE = "• {when}, en {place}: {answer}."
NOTED = {"confirmed": "sí vienes", "declined": "no vienes", "late": "llegas un poco tarde"}
ASKED_BESIDES = "También tienes sesión {when}, en {place}. ¿A esa vas? Contesta «al otro sí» o «al otro no»."
SESSION_OVER = "Esa sesión era {when} y ya pasó. {next}"
LATE = "Gracias por avisar. Ya anoté que llegas un poco tarde {when}. Te esperamos."
RESCHEDULE = "Estos son otros grupos del mismo taller:\n{groups}\nContesta con el número, o escribe «no» y te quedas en el tuyo."
RESCHEDULE_NONE = "Por ahora no hay otro grupo de ese taller. Sigues en el tuyo: {when}, en {place}."
MOVED = "¡Listo! Te cambié a {workshop}, en {place}. Tu primera sesión ahí es {when}."

WORKSHOPS = "Tenemos talleres de:\n{workshops}"
WORKSHOPS_NONE = "Por ahora no hay talleres abiertos. Escribe «talleres» en unos días y te digo si ya hay."

REMINDER_TEMPLATE = "Hola. Tu taller es {{1}} en {{2}}. ¿Vas a venir?"
REMINDER_CONFIRM = "Sí voy"
REMINDER_DECLINE = "No puedo"
CAMPAIGN_TEMPLATE = "Hola. Te recordamos tu taller: {{1}}. Si tienes dudas, contesta este mensaje."
MOVED_TEMPLATE = (
    "Hola. Tu sesión de {{1}} cambió de fecha. Era {{2}}. Ahora es {{3}}, en {{4}}. "
    "Si no puedes ir, contesta este mensaje."
)
CANCELLED_TEMPLATE = "Hola. Se canceló tu sesión de {{1}}. Era {{2}}. Si tienes dudas, contesta este mensaje."
FIRST_INVITATION_TEMPLATE = "Hola. Somos el programa de talleres en el que te apuntaste. Por aquí te podemos avisar de tus sesiones. Si quieres, contesta este mensaje; si no, escribe BAJA."
INVITATION_TEMPLATE = "Hola. Tenemos un aviso de tus talleres. Contesta este mensaje cuando puedas."
SEAT_TEMPLATE = (
    "Hola. Se liberó un lugar y ya es tuyo: taller {{1}}. Tu próxima sesión es {{2}}. "
    "Si no puedes, contesta este mensaje."
)
