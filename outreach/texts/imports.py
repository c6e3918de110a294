"""What whoever imports a list reads. Plain words, the column's name and never what a cell says."""

EMPTY = "El archivo está vacío."
TOO_LARGE = "El archivo es demasiado grande: pártelo en varios."
OLD_WORKBOOK = "Es un libro de Excel de antes de 2007, o tiene contraseña: guárdalo como «Libro de Excel (.xlsx)» sin contraseña y vuelve a intentar."
NO_LIST = "Es una imagen o un PDF, no una lista: pide el archivo de Excel o CSV del que salió."
WEB_PAGE = "Es una página web, aunque se abra en Excel: ábrela y guárdala como «Libro de Excel (.xlsx)»."
BROKEN_WORKBOOK = "El libro de Excel está dañado: ábrelo, guárdalo de nuevo como «Libro de Excel (.xlsx)» y vuelve a intentar."
OTHER_DOCUMENT = (
    "No es un libro de Excel: guárdalo como «Libro de Excel (.xlsx)» o como «CSV UTF-8» y vuelve a intentar."
)
TOO_LARGE_WORKBOOK = (
    "El libro de Excel es demasiado grande: copia solo la lista en un libro nuevo, o pártela en varios."
)
TOO_MANY_ROWS = "El archivo tiene más de {most} renglones: pártelo en varios."
UNKNOWN_ENCODING = "No se puede leer: guárdalo como «CSV UTF-8» y vuelve a intentar."
NUL = "El renglón {line} tiene caracteres nulos: guarda el archivo como «CSV UTF-8» y vuelve a intentar."
UNKNOWN_SEPARATOR = "El primer renglón dice un separador que no conozco: usa coma, punto y coma o tabulador."
TOO_MANY_COLUMNS = "El renglón {line} tiene más de {most} columnas: deja solo las que se importan."
LONG_CELL = "El renglón {line} tiene una celda demasiado larga: revisa si falta cerrar unas comillas."
QUOTE = "En el renglón {line} hay unas comillas que no se cierran: corrígelo y vuelve a intentar. No se guardó nada."
TWIN_COLUMNS = "Hay dos columnas para lo mismo: {names}. Deja una."
NO_HEADER = "El primer renglón debe tener los nombres de las columnas. Faltan: {columns}."
NO_ROWS = "El archivo solo tiene los nombres de las columnas."
SHEET = "Se leyó la hoja «{sheet}». Estas no: {others}."
ENCODING = "El archivo no dice cómo está escrito: se leyó como de Windows. Revisa que los acentos y las eñes estén bien."
IGNORED = "Columnas que no se usan: {names}."
NEW_AGENCIES = "Dependencias que no estaban: {names}."

EXTRA_CELLS = "tiene más celdas que columnas: revisa si falta poner comillas a un texto con coma"
SHIFTED = "una celda tiene un error de Excel"
MISSING = "falta"
REVEALS = "esto le llega a ella, y tiene una palabra que no se le puede decir"
LIST_REVEALS = "ese nombre dice de más de quienes están en la lista: usa otro"
TOO_LONG = "es demasiado largo: hasta {most} letras"
FORMULA = "empieza con un signo que Excel toma por fórmula"
NAME = "no es un nombre: tiene signos o números que no van ahí"
NUMBER = "debe ser un número entero de {least} a {most}"
AXIS = "debe ser uno de: alimentación, producción, ocupación, salud, empleo"
MUNICIPALITY = "no se reconoce: usa el nombre oficial o la clave del INEGI"
AXIS_OF = "debe ser uno de: {names}"
CURP = "no es una CURP válida: revisa las 18 letras y números"
FOLIO_WITHOUT_AGENCY = "se guardó sin folio: falta la dependencia"

DATE = "no se puede leer: usa el formato 1989-08-15"
DATE_AMBIGUOUS = "no se sabe cuál es el día y cuál el mes: usa el formato 1989-08-15"
DATE_CENTURY = "no se sabe de qué siglo es: escribe el año con cuatro cifras"
DATE_FUTURE = "está en el futuro"
DATE_TOO_OLD = "es de hace demasiados años"
TOO_YOUNG = "es menor de {least} años, la edad mínima del programa"
CONSENT_WITHOUT_FOLIO = "para guardarla hacen falta la dependencia y el folio"

PHONE = "debe tener 10 dígitos"
PHONE_ROUNDED = "Excel lo redondeó: da a la columna formato de texto y escribe los 10 dígitos"
PHONE_EXTENSION = "lleva una extensión o dos números: deja uno solo, de 10 dígitos"
PHONE_INVALID = "no es un teléfono de México"
PHONE_FOREIGN = "no es de México: solo se importan teléfonos de México"

COORDINATE = "debe ser un número con punto decimal, como 20.6736"
COORDINATE_OUTSIDE = "no cae en México: revisa el signo y que no estén cambiadas"
COORDINATES_TOGETHER = "la latitud y la longitud van juntas: falta una"
STARTS_AT = "debe tener día y hora, como 2027-04-10 10:00"
STARTS_PAST = "ya pasó"
STARTS_FAR = "es dentro de más de dos años"
SESSION_ELSEWHERE = "esa sesión ya es de otro grupo"
WORKSHOP_ELSEWHERE = "ese grupo ya es de otro taller"
TOO_FEW_SEATS = "hay más inscritas que ese cupo"
UNKNOWN_GROUP = "no hay un grupo con esa clave: importa antes los talleres"
NOT_FOUND = "no está en el padrón: revisa teléfono, CURP o folio"
NO_ONE_NAMED = "falta con qué encontrarla: teléfono, CURP, o dependencia y folio"
SEVERAL = "hay más de una mujer con esos datos: agrega su folio o su CURP"
CONFLICT = "los datos del renglón son de mujeres distintas del padrón: revisa folio, CURP y teléfono"
FOLIO_TAKEN = "ese folio ya es de otra mujer del padrón"
CURP_TAKEN = "esa CURP ya es de otra mujer del padrón"
CURP_SHARED = "esa CURP ya está en otro registro con otros datos; se guardó aparte y alguien debe revisarlo"
TWICE = "ya viene en el renglón {line}, con otros datos"
REFUSED = "la base de datos no lo aceptó: revisa que los datos sean válidos"

OTHER_AGENCY = "es de otra dependencia: aquí solo se cargan las listas de la tuya"

PHONE_SHARED = "ya es de otra mujer del padrón: se guardó sin teléfono"
# How a list says that she does not want to be written to, folded.
SAYS_NO = frozenset(
    {
        "no", "no acepta", "no acepto", "no autoriza", "no autorizo", "no quiere", "no quiso", "no dio", "no firmo",
        "se nego", "nego", "negado", "negada", "rechaza", "rechazo", "rechazado", "revocado", "revoco", "baja",
    }
)  # fmt: skip
CONTACT_ENDED = "dice que no: ya no se le escribe"
KEPT = "se quedó el dato que ya estaba: lo dio ella, el personal u otra dependencia"
LEFT_BEFORE = "ya había dejado ese grupo: no se volvió a inscribir"
WAITS = "el grupo está lleno: quedó en la lista de espera"
CANCELLED = "la sesión está cancelada: no se cambió"

ATTENDED = "debe decir sí o no"
UNKNOWN_SESSION = "no hay una sesión con esa clave"
NO_SESSION_THAT_DAY = "ese grupo no tiene una sesión ese día"
SEVERAL_THAT_DAY = "ese grupo tiene varias sesiones ese día: usa la clave de la sesión"
SESSION_CANCELLED = "la sesión está cancelada: no se puede marcar"
SESSION_TO_COME = "la sesión todavía no empieza"
NOT_IN_GROUP = "no está inscrita en ese grupo: importa antes las inscripciones"
MARKED_LATER = "esta lista ya se había cargado y alguien lo cambió después: no se tocó"

LINE_COLUMN = "Renglón en el archivo"
WRONG_COLUMN = "Qué corregir"
TO_CORRECT_SHEET = "Por corregir"

ROW = "{column}: {what}"
