"""What the commands say, in Spanish: one place, so that tone and wording stay alike.

Each failure is one line that says what happened and what to do next. Standard library only.
"""

from __future__ import annotations

from datetime import time

# Endings
INTERRUPTED = "interrumpido; vuelve a correr el mismo comando para continuar."
UNEXPECTED = (
    "error inesperado ({kind} en {place}); corre otra vez con AVANZA_DEBUG=1 para ver el detalle y repórtalo."
)
NOT_ALLOWED = "sin permiso para usar {where}; revisa el dueño y los permisos y vuelve a intentar."
READ_ONLY = (
    "{where} no se puede escribir desde aquí: un servicio no cambia su propio código. Corre «./avanza setup» "
    "y «./avanza train» fuera de él (con systemd: «avanza setup» y «avanza train» como root) y reinícialo."
)
NOT_FOUND = "no existe {where}; revisa la ruta y vuelve a intentar."
NOTHING_FOR_SCRATCH = (
    "ninguna carpeta temporal (TMPDIR, /tmp) se puede escribir; revisa sus permisos y vuelve a intentar."
)
DISK_FULL = "no cabe más en el disco ({where}); libera espacio y vuelve a correr el mismo comando."

# Set-up
DISK_SHORT = "hacen falta {need:.1f} GB libres en {where} y hay {free:.1f}; libera espacio y vuelve a correr."
NO_VENV = (
    "este Python no trae venv ni pip y no hay uv; instálalos (Debian: apt-get install python3-venv) "
    "y vuelve a correr el mismo comando."
)
NO_NETWORK = (
    "no pude descargar ({what}): revisa la conexión o el índice de paquetes "
    "(UV_DEFAULT_INDEX, UV_OFFLINE, proxy) y vuelve a correr el mismo comando; se retoma donde quedó."
)
NO_PYTHON_311 = (
    "Rasa necesita Python 3.11 y este equipo solo tiene {version}; instala Python 3.11 "
    "(o permite que uv lo descargue) y vuelve a correr el mismo comando."
)
STEP_FAILED = "falló «{what}»: {reason} (detalle en {log})."
ENVIRONMENT_BROKEN = "al entorno le falta «{module}»; vuelve a correr el mismo comando: se repara solo."
WAITING = "otro comando trabaja en este proyecto; espero a que termine…"
STEP_UV = "instalador de bibliotecas (uv)"
STEP_VENV = "entorno nuevo en {where}"
STEP_SYNC = {
    "product": "bibliotecas del producto",
    "dev": "bibliotecas del producto y de las pruebas",
    "bot": "bibliotecas de Rasa (unos 2.5 GB; tarda la primera vez)",
    "speech": "bibliotecas para escuchar notas de voz (unos 500 MB)",
}
STEP_PROBE = "revisión del entorno en {where}"
STEP_LOCK = "candados de versiones"
STEP_SPEECH_MODEL = "modelo que escucha notas de voz (unos 145 MB)"
SPEECH_MODEL_WRONG = (
    "el modelo de voz que se bajó no es el publicado ({name}): no se usa. Avisa a quien mantiene Avanza; "
    "sin él todo lo demás funciona."
)
SPEECH_NOT_SET_UP = "falta el motor que escucha audios: corre «./avanza setup --speech»."
SPEECH_OFF = "apagado: nadie escucha las notas de voz (AVANZA_SPEECH=off)"
SPEECH_NO_MEMORY = (
    "apagado: queda menos de 1 GB de memoria libre (AVANZA_SPEECH=local lo enciende de todos modos)"
)
SPEECH_LOCAL = "esta máquina, sin red"
SPEECH_HTTP = "el servidor {url}"
SPEECH_HTTP_PUBLIC = (
    "{url} no está en la red propia y no se le manda la voz de nadie. Usa un servidor propio, o pon "
    "AVANZA_SPEECH_PUBLIC=yes si está acordado."
)
SPEECH_UNREADABLE = "No se puede leer {file}: revisa que sea un archivo y que tengas permiso."
SPEECH_SAID = "{text}\n"
SPEECH_WORTH = "Resultado: {verdict} ({seconds:.1f} s de trabajo)."
SPEECH_VERDICTS = {
    "clear": "se entiende; se lee como una suposición",
    "unsure": "dudoso: lo oye una persona",
    "no_words": "sin palabras: lo oye una persona",
    "other_language": "parece otra lengua: lo oye una persona",
    "too_long": "dura más de un minuto: lo oye una persona",
    "broken": "el archivo no se puede abrir como audio",
    "late": "el motor no contestó",
}
DEMO_SPEECH = "  Notas de voz: ya se escuchan en esta máquina."
DEMO_SPEECH_WAITS = (
    "  Notas de voz: se está preparando el motor que las escucha; mientras, las oye una persona."
)
DEMO_SPEECH_FAILED = "  Notas de voz: no se pudo preparar el motor ({reason})"
DOCTOR_SPEECH = "notas de voz"
SETUP_DONE = "Todo listo en {seconds:.1f} s."

# Running
CHILD_DIED = "«{name}» terminó (código {code}); lo arranco de nuevo en {pause:.1f} s."
CHILD_STUCK = "«{name}» no responde; lo arranco de nuevo."
CHILD_ALARM = (
    "ALARMA: «{name}» terminó {times} veces seguidas al arrancar. Lo demás sigue y lo intento de nuevo; "
    "lo último que dijo: {line}"
)
PORT_TAKEN = (
    "el puerto {port} de {host} está ocupado; cierra el programa que lo usa "
    "o cambia {setting} y vuelve a intentar."
)
HOST_UNKNOWN = "este equipo no tiene la dirección {host}; usa otra en --host y vuelve a intentar."
DATABASE_AWAY = (
    "no hay conexión con la base de datos; revisa AVANZA_DATABASE_URL y que PostgreSQL esté encendido."
)
METRICS_NO_PORT = "falta AVANZA_METRICS_PORT: el puerto en que la vigilancia lee las cifras."
UP_READY = "Listo en {seconds:.1f} s. Entrada de Twilio: {webhook} · Personal: {console}"
UP_SIMULATED_CLOCK = (
    "La hora de AVANZA_VAR se adelanta con el simulador: eso es solo de ./avanza demo. "
    "Quita AVANZA_SIMULATED_CLOCK, o usa otra carpeta en AVANZA_VAR."
)
UP_STOPPED = "detenido."
STEP_DATABASE = "base de datos"
STEP_MIGRATE = "tablas al día"

# The model
STEP_TRAIN = "entrenamiento del modelo"
TRAINING_STAGES = {
    "rules": "leo las reglas",
    "features": "cuento palabras y letras",
    "models": "ajusto los modelos lineales y la red",
    "net": "ajusto la red",
    "joining": "junto los modelos",
    "acts": "ajusto lo que significa cada respuesta",
    "topics": "ajusto los temas",
    "saving": "guardo los modelos",
    "packing": "empaco el modelo",
}
TRAINING_SHARE = "{what}, {percent} %"
MODEL_CURRENT = "el modelo está al día."
MODEL_MISSING = "no hay modelo entrenado; corre «./avanza train» y vuelve a intentar."
MODEL_BROKEN = "el modelo {where} está dañado; corre «./avanza train --force» y vuelve a intentar."
TRAINING_DATA_MISSING = "falta {where}: el proyecto está incompleto; recupéralo con git y vuelve a intentar."

# The transcripts
STEP_PLAY = "conversaciones de ejemplo con el producto completo (varios minutos)"
STEP_PAGES = "páginas de las conversaciones"
STEP_PICTURES = "imágenes de las conversaciones en {where}"
NO_CHROMIUM = "no encontré Chromium; instálalo (Debian: apt-get install chromium) y vuelve a correr."
NOT_PLAYED = "no hay conversaciones guardadas en {where}; corre «./avanza transcripts» sin --no-play."
TRANSCRIPTS_READY = "{threads} conversaciones. Ábrelas en {where}"
TRANSCRIPTS_WELL = "Todas salieron como estaban escritas."
TRANSCRIPT_NOT_WELL = "con falla: {title}: {name}"
PLAY_STOPPED = "las pruebas no terminaron bien; lo que se alcanzó a decir está en las páginas."

# Staff
RECOVERY_KEY = (
    "Clave de recuperación del equipo (se muestra solo esta vez; imprímela y guárdala bajo llave):\n\n"
    "    {key}\n\n"
    "Si se pierden todas las contraseñas y esta clave, los casos no se pueden volver a leer."
)
RECOVERY_KEY_IN_FILE = (
    "La clave de recuperación del equipo está en {where}: imprímela, guárdala bajo llave y borra el archivo."
)
RECOVERY_KEY_ASK = "Clave de recuperación: "
STAFF_ADDED = "Usuario: {username}\nContraseña inicial (se cambia al entrar): {password}"
STAFF_WAITS_FOR_KEY = (
    "Para leer casos le falta la llave del equipo: se la da una compañera en la consola "
    "o «./avanza staff grant {username}» con la clave de recuperación."
)
STAFF_NO_TEAM = "no hay un equipo «{name}»; los que hay: {known}."
STAFF_NO_AGENCY = "no hay una dependencia «{code}»; las que hay: {known}."
STAFF_NONE = "Todavía no hay nadie dado de alta."
STAFF_ENABLED = "con acceso"
STAFF_DISABLED = "sin acceso"
STAFF_NOW_DISABLED = "{username} ya no tiene acceso; sus sesiones se cerraron."
STAFF_CHANGE_THE_KEY = (
    "Tenía la llave de su equipo: una compañera debe cambiarla, en «Llave del equipo» de las páginas."
)
STAFF_LAST_HOLDER = (
    "nadie más tiene la llave del equipo: sin {username} solo la clave de recuperación abre los casos; "
    "si la tienes a la mano, repite con --yes."
)
STAFF_UNKNOWN = "no hay nadie con el usuario {username}; mira «./avanza staff list»."
STAFF_NOT_WAITING = "{username} no espera la llave del equipo."
STAFF_CODE = "{code} (vale {seconds} s más, una sola vez)"
STAFF_NO_CODE = "{username} no entra con un código de la demostración; córrela primero con «./avanza demo»."
STAFF_GRANTED = "{username} ya puede leer los casos."

# Doctor
DOCTOR_SETTINGS = "Ajustes (del entorno o del archivo .env):"
DOCTOR_CHECKS = "Revisión:"
DOCTOR_MISSING = "FALTA"
DOCTOR_DEFAULT = "(sin poner: {})"
DOCTOR_HIDDEN = "(puesto; no se muestra)"
DOCTOR_EMPTY = "(vacío)"
DOCTOR_PRODUCT = "bibliotecas del producto"
DOCTOR_RASA_ENVIRONMENT = "bibliotecas de Rasa"
DOCTOR_MODEL = "modelo"
DOCTOR_ALL_SETTINGS = "ajustes"
DOCTOR_COMPLETE = "completos"
DOCTOR_DISK = "espacio en disco"
DOCTOR_DATABASE = "base de datos"
DOCTOR_PATH, DOCTOR_DIRECT = "camino a la base de datos", "directo"
DOCTOR_STANDBYS = "réplicas de la base de datos"
DOCTOR_NO_STANDBY = "ninguna; si el equipo de la base se pierde, queda el último respaldo"
DOCTOR_STANDBY_LATE = "{attached}, ninguna síncrona: si la principal se pierde, se pierde su último instante"
DOCTOR_STANDBY_SYNC = "{attached}; nada se confirma sin que esté también en una réplica"
DOCTOR_COMMITS_WAIT = (
    "PostgreSQL espera a una réplica síncrona ({wanted}) y no está: nada de lo que llega se guarda. "
    "Enciéndela, o quita esa espera como dice docs/operations/several-hosts.md."
)
DOCTOR_RECOVERY = "clave de recuperación"
DOCTOR_RECOVERY_AWAY = "no está en este equipo, como debe ser"
DOCTOR_RASA = "Rasa en {url}"
DOCTOR_BACKUP = "respaldo de la noche"
DOCTOR_BACKUP_KEYS = "cifrado para {count} llave(s), en {where}"
DOCTOR_PORT = "puerto {port}"
DOCTOR_ODD_SID = "{setting} no tiene la forma de Twilio (dos letras y 32 cifras hexadecimales)."
DOCTOR_PLAIN_COOKIES = (
    "AVANZA_CONSOLE_SECURE no está puesto: las galletas de sesión del personal, que abren los casos, también "
    "saldrían por http. En un servicio abierto, pon yes y deja la consola detrás de TLS."
)
DOCTOR_ZONES = (
    "las zonas horarias de este equipo son viejas ({old}); se usan las del producto, {new}. "
    "Actualízalas (Debian: apt-get install tzdata)."
)
DOCTOR_FAILED = "no se pudo revisar ({kind})"
DOCTOR_CURRENT = "al día"
DOCTOR_STALE = "faltan o son de otra versión; corre «./avanza setup»."
DOCTOR_MODEL_STALE = "los datos cambiaron desde que se entrenó; «./avanza train» lo pone al día"
DOCTOR_TABLES_OLD = "las tablas son de una versión anterior; corre «./avanza migrate»."
DOCTOR_NOT_RUNNING = "no está corriendo"
DOCTOR_ANSWERS = "responde"
DOCTOR_OTHER_MODEL = "sirve otro modelo; reinicia «./avanza up»."
DOCTOR_FREE = "libre"
DOCTOR_SERVICE = "el servicio"
DOCTOR_IN_ORDER = "todo en orden, como lo ve el reloj"
DOCTOR_TROUBLE = "{what} (desde hace {since}): {do}"
DOCTOR_NO_LOOK = (
    "el reloj todavía no ha revisado nada; si no empieza en un minuto, mira el registro de «clock»."
)


# The record of what staff did
DOCTOR_AUDIT = "bitácora del personal"
AUDIT_DESK, AUDIT_OFFICE = "mesa de atención", "cuentas y programa"
AUDIT_EMPTY = "vacía"
AUDIT_BROKEN = (
    "la parte «{name}» fue alterada: el registro {position} no es el que se guardó. "
    "No borres nada; compara con un respaldo y avisa a quien audita."
)
AUDIT_LOST = (
    "a la parte «{name}» le falta lo que tenía al hacer el último respaldo ({where}). "
    "No borres nada; compara con ese respaldo y avisa a quien audita."
)
AUDIT_FILE_BROKEN = "{where} está dañado; bórralo y haz un respaldo: se hace de nuevo."
BACKUP_AUDIT = "Huellas de la bitácora del personal (anótalas en papel, con la fecha): {told}"

# Demo
DEMO_STAFF = (
    ("caso", "Ana (acompaña casos)", "caseworker"),
    ("supervision", "Sofía (supervisa casos)", "supervisor"),
    ("coordinacion", "Karla (coordina talleres)", "coordinator"),
    ("administracion", "Alma (administra)", "administrator"),
    ("auditoria", "Aurora (audita)", "auditor"),
    ("direccion", "Dora (dirige el programa)", "direction"),
    ("caso_ssas", "Irma (acompaña casos en SSAS)", "caseworker"),
    ("caso_dif", "Dalia (acompaña casos en DIF)", "caseworker"),
)
# Who attends when, in local hours, and what the desk has ready to send.
DEMO_SHIFTS = {
    "caso": (time(8), time(15)),
    "supervision": (time(15), time(22)),
}
DEMO_ANSWERS = {
    "Saludo": "Hola, soy del equipo que te acompaña. Te leo. ¿Puedes escribir ahora?",
    "Sin prisa": "No hay prisa. Cuéntame lo que quieras, con tus palabras. Tú decides qué hacemos.",
    "Órdenes de protección": "¿Quieres que te explique cómo se pide una orden de protección?",
    "Hora para escribir": "¿A qué hora es más seguro que te escriba? Te busco a la hora que tú digas.",
}
# The agency of the installation's first team; the teams beside it by that of theirs, and who is in them.
DEMO_FIRST_AGENCY = "SISEMH"
DEMO_TEAMS = {"SSAS": "Atención SSAS", "DIF": "Atención DIF"}
DEMO_TEAM_OF = {"caso_ssas": "SSAS", "caso_dif": "DIF"}
DEMO_PHONE_NEW = "Aún no está en la lista: puede saludar e inscribirse."
DEMO_PHONE_KNOWN = "Ya está en la lista del programa."
DEMO_STARTING = "Arrancando los procesos (Rasa tarda unos 15 segundos)…"
DEMO_READY = (
    "\nAvanza está listo ({seconds:.1f} s).\n\n"
    "  Teléfonos simulados:  {phones}\n"
    "  Páginas del personal: {console}\n"
)
DEMO_LOGIN = "    {username:<16} {password:<22} {name}"
DEMO_CODE = "\n  Quien atiende casos necesita un código al entrar: ./avanza staff code caso"
DEMO_END = "\nTodo es inventado. Registros en {log}. Ctrl-C para terminar."
STEP_SAMPLE = "personas y talleres inventados"
CHILD_READY = "✓ {name} responde: {seconds:.1f} s"
IMPORT_DONE = "Guardados: {kept}. Con error: {failed}."
IMPORT_CHECKED = "Bien: {kept}. Con error: {failed}. No se guardó nada."
IMPORT_UNREADABLE = "No se puede leer {file}: revisa que sea un archivo y que tengas permiso."
IMPORT_UNWRITABLE = "No se puede escribir {file}: revisa que la carpeta exista y que tengas permiso."
IMPORT_COUNTS = "Nuevas: {added}. Cambian: {changed}. Quedan igual: {same}."
IMPORT_COLUMN = (
    "  {column}: {new} datos nuevos, {changed} cambian, {same} iguales, {kept} se quedan como estaban"
)
IMPORT_CORRECTIONS = "Los renglones con error están en {file}."
IMPORT_ROW = "  renglón {line}: {message}"
IMPORT_NOTE = "  renglón {line} (se guardó): {message}"
LINK_READ = "  {count} mujeres en el padrón"
LINK_COMPARED = "  {count} parejas que se parecen"
LINK_KEPT = "  {count} parejas por decidir"
LINK_DONE = (
    "Mujeres: {women}. Parejas seguras: {certain}. Para revisar: {review}. "
    "Unidas por CURP, sin nada en contra: {joined}."
)
STEP_LINK = "Comparando el padrón"
LINK_FAILED = "La comparación no terminó y no se guardó nada. Vuelve a intentarlo."
SEARCH_NOBODY = "Nadie del padrón coincide."
SEARCH_MORE = "Hay más que suenan así: agrega el otro apellido o el año de nacimiento."
LINK_RUNNING = "Ya hay una comparación en marcha: espera a que termine."
IMPORT_MORE = "  … y {count} avisos más."

# Backups
STEP_BACKUP = "respaldo"
STEP_RESTORE = "recuperación del respaldo"
BACKUP_DONE = (
    "Respaldo en {where} ({size:.1f} MB). Los datos personales van cifrados con AVANZA_SECRET_KEY, "
    "que no está en el archivo: guárdala aparte."
)
STEP_TRIAL = "prueba de recuperación"
BACKUP_ENCRYPTED = (
    "Respaldo cifrado en {where} ({size:.1f} MB). Solo lo abre la llave privada; además hace falta "
    "AVANZA_SECRET_KEY, que no está en el archivo: guarda las dos aparte."
)
BACKUP_NO_KEY = "falta AVANZA_BACKUP_KEY: la llave pública de age para la que se cifra el respaldo."
BACKUP_KEY_WRONG = "esa llave pública de age no es válida: cópiala completa (age1…). No se hizo nada."
BACKUP_NOT_WRITTEN = "no se pudo escribir en {where}; revisa espacio y permisos. No quedó nada a medias."
BACKUP_NOT_TRIED = (
    "El respaldo está completo, pero no se probó a recuperarlo: la cuenta de PostgreSQL no puede crear bases "
    "(CREATEDB)."
)
BACKUP_OLD_TABLES = (
    "El respaldo está completo, pero no se probó a recuperarlo: las tablas son de otra versión."
)
BACKUP_NO_ROOM_TO_TRY = (
    "El respaldo está completo, pero no se probó a recuperarlo: no hay espacio para la base dos veces."
)
BACKUP_TRIAL_FAILED = "{where} se abrió, pero lo que se recuperó no está completo; no cuentes con él."
IDENTITY_WRONG = "esa no es una llave privada de age (AGE-SECRET-KEY-1…); nada cambió."
IDENTITY_OTHER = "esa llave privada no abre este respaldo; nada cambió."
ASK_IDENTITY = "Llave privada de age de este respaldo: "
BACKUP_BROKEN = "{where} no es un respaldo completo; nada cambió. Usa otro archivo."
RESTORE_NOT_EMPTY = (
    "la base de datos ya tiene contenido; respáldala y repite con --replace para cambiarlo por el respaldo."
)
KEY_OTHER = "los datos de esta base se cifraron con otra AVANZA_SECRET_KEY: pon la de siempre. Nada cambió."
KEY_MISSING = (
    "falta la llave: no hay AVANZA_SECRET_KEY ni {where}, y esta base ya tiene datos cifrados con ella. "
    "Recupérala de donde se guardó; nada cambió."
)
KEY_OTHER_THAN_DUMP = (
    "el respaldo se cifró con otra AVANZA_SECRET_KEY: pon la que se usaba al hacerlo. Nada cambió."
)
RESTORE_UNCHECKED = "El respaldo no dice con qué llave se cifró; se revisa al terminar."
RESTORE_DONE = "Respaldo recuperado; la llave es la suya."
NO_DUMP_TOOL = "hace falta {name} de PostgreSQL {version} o más nuevo (Debian: postgresql-client)."

# Understanding
UNDERSTAND_NEEDS_INPUT = (
    "escribe un mensaje («./avanza understand ola kiero inscribirme») o pasa líneas JSON por la entrada."
)
STEP_CHECK_MODEL = "examen del modelo"
MODEL_GOOD = "El modelo alcanza todos los mínimos."
MODEL_BELOW = "El modelo NO alcanza los mínimos: no lo uses; revisa los datos de entrenamiento."
BENCH_UNKNOWN = "no conozco la medición «{name}»; las que hay: {known}."
