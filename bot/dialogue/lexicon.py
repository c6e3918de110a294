"""The closed classes of Spanish words that the dialogue knows, as data; `words` matches them by sound.

Why: whoever hears a new way to say yes adds it here. Must never hold words that tell of violence: those are
the understanding's.
"""

from __future__ import annotations

import re
from pathlib import Path


def _phrases(block: str) -> str:
    return "|".join(" ".join(part.split()) for part in block.split("|"))


ORDERS = Path(__file__).with_name("orders.txt")
"""The words to hide and to stop; the product reads the same list while a person has her."""
OWN_ORDERS = Path(__file__).with_name("own_orders.txt")
_HEADING = re.compile(r"\[([a-z ]+)\]")


def section(name: str) -> list[str]:
    """The lines of one section of the two lists of orders."""
    found: list[str] = []
    inside = ""
    for line in (ORDERS.read_text("utf-8") + OWN_ORDERS.read_text("utf-8")).splitlines():
        heading = _HEADING.fullmatch(line)
        if heading:
            inside = heading[1]
        elif line.strip() and not line.startswith("#") and inside == name:
            found.append(line.strip())
    return found


def _ordered(name: str) -> str:
    """The phrases of a section, apart by "|"."""
    return "|".join(section(name))


YES = _phrases(
    """si|sip|sii|simon|claro|claro que si|por supuesto|ok|oki|okey|okay|va|vale|sale|dale|arre|ey|aja|
    afirmativo|de acuerdo|esta bien|acepto|si acepto|correcto|es correcto|asi es|exacto|bueno|adelante|
    yes|si por favor|si gracias|si esta bien|todo bien|todo correcto|si es correcto|quiero|si quiero|
    andale|orale|listo|si porfa|si señora|si seño|👍|si claro|ok si|si todo bien|sierto|cierto|si es|
    eso|eso es|sale pues|ok esta bien"""
)
FAINT_YES = "aja|eso|eso es|bueno|todo bien"
NO = _phrases(
    """no|nop|nel|negativo|para nada|no gracias|no acepto|no quiero|por ahora no|ahorita no|no por ahora|
    todavia no|no es correcto|esta mal|incorrecto|ninguno|ninguna|nunca|jamas|no nunca|👎|no señora|
    ni de chiste|mejor no|no es|nah|nones"""
)
SKIP = _phrases(
    """no se|paso|omitir|saltar|saltala|sin respuesta|no quiero decir|no quiero contestar|
    prefiero no decir|prefiero no contestar|luego|despues|siguiente|no la se|no lo se|no me acuerdo|
    no tengo|la que sigue|otra|no me la se|no la tengo|no la traigo|no quiero responder|
    prefiero no responder|sin contestar|mejor no digo"""
)
WITHOUT_CURP = (
    r"no (?:me )?(?:la |lo |le |las )?(?:\w+ )?(?:tengo|traigo|cargo|se|conozco|encuentro|hallo|recuerdo|"
    r"acuerdo|aprendi|han dado|he sacado|saque|ubico|cuento|quiero|puedo|doy|voy a dar|deseo)|"
    r"luego|despues|al rato|mas tarde|orita no|ahorita no|otro dia|mañana|mas adelante|despuesito|lueguito|"
    r"cuando la tenga|cuando la encuentre|en otra ocasion|sin (?:la )?curp|"
    r"se me (?:olvido|perdio|extravio|hace dificil)|"
    r"(?:la|lo) (?:perdi|ando buscando|tiene mi|deje|dejo|voy a buscar|busco|tengo que (?:buscar|sacar))|"
    r"ni (?:me )?(?:la|lo) se|prefiero no|mejor no|asi no mas|asi nomas|sigamos|siguiente|la que sigue"
)
"""She goes on without her CURP."""
NAMES_THAT_ALARM = r"\b(socorro|dolores|refugio|martirio|angustias|soledad|consuelo|piedad)\b"
"""Names of women that read like a cry where no name was asked."""
NO_PART_OF_A_NAME = (
    r"\b(me|mi|te|se|no|si|que|por|favor|esta|estoy|ayud\w*|auxilio|quier\w*|viene|aqui|ya|un|una|el|matar|"
    r"pega|"
    r"necesito|busco|urge|en|tengo|hay|donde|rapido|alguien)\b|!"
)
BARE_HELP = "ayuda|ayudame|ayudenme|auxilio|necesito ayuda|me ayudan|me puede ayudar"

COMMANDS = {
    "quick_exit": _ordered("hide alone"),
    "opt_out": _ordered("stop alone") + "|parar",
    "opt_in": _ordered("start alone"),
    "ask_menu": "menu|opciones|inicio|ver opciones",
    "cancel": _phrases(
        """cancelar|cancela|mejor luego|luego|luego le sigo|luego le seguimos|despues le sigo|
    ahorita no puedo|ya no|dejalo asi|dejemoslo asi|mejor despues|al rato|luego seguimos"""
    ),
    "enroll": _phrases(
        """quiero seguir con mi inscripcion|seguir con mi inscripcion|quiero continuar con mi inscripcion|
    continuar con mi inscripcion|continuar mi inscripcion|seguir mi inscripcion|terminar mi inscripcion|
    quiero terminar mi inscripcion|quiero seguir con la inscripcion|seguir con la inscripcion|
    seguir con mi registro|quiero seguir con mi registro|vamos a seguir con mi inscripcion|
    quiero seguirle a mi inscripcion|le sigo con mi inscripcion"""
    ),
    "not_that": _phrases(
        """no es eso|eso no es|no era eso|no me refiero a eso|no es lo que dije|me entendiste mal|no es asi|
    no es nada de eso"""
    ),
}
"""Texts of only these words mean the same always."""

HIDES = "salir|esconder|ocultar|cambia de tema|cambiale de tema|cambiar de tema|disimula"
HIDING_SIGNS = _ordered("hide signs")
COURTESY = _ordered("courtesy")
AFTER_AN_ORDER = _ordered("after")
STOPS_THE_FORM = "parar"
STOPS = "baja|stop|cancelar mensajes|darme de baja|dame de baja|ya no me escriban|no mas mensajes"
"""Those of them that hold also as one message of a burst; "ya llegó" beside a cry is a cry."""
RESUME = _phrases(
    """seguir|continuar|quiero seguir|quiero continuar|sigamos|seguimos|continuemos|le seguimos|seguimos|
    ya podemos seguir|ya puedo seguir|seguimos con lo de ayer|aqui sigo|ya estoy lista|ya podemos|continuamos|
    le sigo|le seguimos dando|hay que seguir|sigo con eso|seguimos pues|sigamos pues"""
)
"""She goes on with an enrolment that she left."""
COMES_BACK = _phrases(
    """ya volvi|ya regrese|ya vine|ya estoy aqui|ya estoy de vuelta|ya estoy de regreso|aqui estoy otra vez|
    ya estoy aqui otra vez|en que nos quedamos|en que nos quedamos pues|en que ibamos|donde nos quedamos|
    donde ibamos|en que me quede|donde me quede|en cual nos quedamos|en que pregunta ibamos|
    en que quedamos|cual seguia|que seguia"""
)
"""She is back in the middle of a form, and asks where she was."""
BACK = _phrases(
    """regresa|regresar|regresate|regrese|atras|para atras|pa atras|anterior|la anterior|la de antes|
    pregunta anterior|la pregunta anterior|volver|vuelve|volver atras|quiero regresar|regresame|
    me equivoque en la anterior|me equivoque en la de antes|regresa a la anterior|
    quiero cambiar la anterior|cambiar la anterior|cambia la anterior|corrige la anterior|
    me equivoque en la pasada|la pasada|una atras|uno atras|corregir la anterior|me ekivoke"""
)
"""One question back in a form."""

ORDINALS = {
    "uno": 1, "una": 1, "primero": 1, "primera": 1, "primer": 1, "dos": 2, "segundo": 2, "segunda": 2,
    "tres": 3, "tercero": 3, "tercera": 3, "tercer": 3, "ultimo": -1, "ultima": -1, "primerito": 1,
    "primerita": 1, "segundito": 2, "ultimito": -1, "1ro": 1, "1ero": 1, "1er": 1, "1ra": 1, "1era": 1,
    "2do": 2, "2da": 2, "3ro": 3, "3ero": 3, "3er": 3, "3ra": 3, "3era": 3,
}  # fmt: skip
BEFORE_A_CHOICE = (
    r"^(?:(?:hola|oiga|oye|ay|ah|pues|ps|pos|bueno|ok|okey|si|mejor|entonces|creo que|yo|quiero|kiero|"
    r"quisiera|ocupo|escojo|elijo|prefiero|seria|es|me quedo con|me gusta|me gusta mas|me conviene|"
    r"me interesa|apunt[ae]me|anot[ae]me|inscrib[ae]me|pon(?:ga)?me|d[ae]me|el|la|lo|al|en|del|con|numero|"
    r"num|no\.|nº|opcion|grupo|horario|taller|para mi|de una vez) +)+"
)
AFTER_A_CHOICE = (
    r"(?: +(?:pues|ps|pos|porfa|porfas|porfis|porfavor|por favor|plis|xfa|xfavor|gracias|grasias|"
    r"muchas gracias|"
    r"esta bien|de favor|si|mejor|entonces|seño|seno|señorita|señora|mija|oiga|amiga|ok|verdad|"
    r"me queda mejor|me queda bien|me conviene|me gusta|me gusta mas|para mi|nada mas|nomas|grupo|opcion|"
    r"taller|quiero|🙏|👍|😊))+ *$"
)
"""What may stand around a number that chooses; a reader of whole messages, so that "a las 2" is an hour."""
NAMES_A_PLACE = (
    r"\b(?:(?:el|la|al|ese|esa) (?:de )?(?:numero |opcion |grupo )?(?P<place>primer[oa]?|primerit[oa]|"
    r"segund[oa]|"
    r"tercer[oa]?|ultim[oa]|(?:del?|en) ?(?:en ?)?medio|(?:de )?(?:asta |hasta )?(?:arriba|abajo)|"
    r"[123](?:er)?[oa])|"
    r"(?:numero|opcion|grupo|me quedo con (?:el|la)|me voy con (?:el|la)) (?P<number>uno|dos|tres|[123]))\b"
    r"(?! (?:de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep\w*|octubre|noviembre|diciembre)|"
    r"dias?|ves|vez|"
    r"clase|secion|sesion|hij[oa]|niñ[oa]|marido|esposo|viej[oa]|semana|mes|año|que me|mensaje|pregunta)\b)"
)
"""A place among choices, inside a longer text; a day, a session or a husband is none."""
LEAVES_OUT = r"\b(?:no|ni|tampoco|nunca|menos|excepto|aparte|sin|donde|dnd|cuando|a que|que dia|cual)\b"
CANT_GO_THERE = r"\bno (?:\w+ )?(?:puedo|alcanzo|conviene|queda)\b|\blejos\b|\bvivo\b"
"""At the choice of groups: a place that she names without wanting its groups."""
OPENS_A_QUESTION = (
    r"\s*(?:(?:y|oye|oiga|pero|disculpe?|perdon|hola|ola|una pregunta|pregunta|maestra|seño)[\s,]+)*"
    r"(?:que|q|k|ke|cuando|cuándo|kuando|donde|dnd|en donde|a donde|cuanto|cuanta|kuanto|como|komo|quien|"
    r"kien|cual|kual|por ?que|pq|xq|para que|hay|dan|tienen?|se puede|puedo|puede)\b"
)
WELL = (
    r"\b(ya quedo|bien|correct[oa]s?|perfecto|asi es|de acuerdo|listo|exacto|asi esta|asi dejalo|todo ok)\b"
)
NOT_WELL = r"\b(no|mal|pero|cambi\w*|falta\w*|equivoc\w*|menos)\b|\?"
WRONG = r"\b(mal|error|errores|equivoc\w*|incorrect\w*|cambiar|corregir|cambio|falta)\b"

AXIS_NAMES = {
    "food": "Alimentación",
    "production": "Producción",
    "occupation": "Ocupación",
    "health": "Salud",
    "employment": "Empleo",
}
FIELD_NAMES = {
    "preferred_name": "el nombre con que te digo",
    "full_name": "tu nombre completo",
    "birth_date": "tu fecha de nacimiento",
    "municipality": "tu municipio",
    "locality": "tu colonia o localidad",
    "children": "el número de niñas y niños que viven contigo",
    "axis": "el tema que te interesa",
    "contact_hours": "el horario para escribirte",
    "phone_shared": "el dato de quién lee este teléfono",
    "curp": "tu CURP",
    "phone": "tu teléfono",
}
CHANGED_NAMES = {
    "surname": "tu apellido",
    "full_name": "tu nombre completo",
    "preferred_name": "cómo te digo",
    "birth_date": "tu fecha de nacimiento",
    "municipality": "tu municipio",
    "locality": "tu colonia o localidad",
    "children": "cuántos niños viven contigo",
    "axis": "tu tema",
    "contact_hours": "las horas para escribirte",
    "phone_shared": "quién lee este teléfono",
    "curp": "tu CURP",
}
"""What a correction is said to have changed."""
TAKES_BACK = _phrases(
    """no era eso|asi no|asi no es|asi no era|no es asi|eso no|no cambies nada|no le cambies|como estaba|
    dejalo como estaba|como estaba antes|deshacer|deshazlo|regresalo|ponlo como estaba|estaba bien|
    asi estaba bien|no lo cambies|no cambiar|dejala como estaba|estaba bien como estaba"""
)
"""Said right after a correction: what was before comes back."""
FIELDS = {
    "preferred_name": r"como me di|apodo|me dicen",
    "full_name": r"nombre|apellido",
    "birth_date": r"fecha|nacimiento|cumple|naci\b|\bedad\b|\bel año\b",
    "municipality": r"municipio|\bciudad\b|\bpueblo\b",
    "locality": r"colonia|localidad|rancho|domicilio|direccion|\bcalle\b|comunidad",
    "children": r"\b(?:hij[oa]s?|nin[oa]s?|niñ[oa]s?|menores)\b",
    "axis": r"\btema\b|\btaller\b|interes",
    "contact_hours": r"\bhoras?\b|horario|\bdias\b",
    "phone_shared": r"quien lee|comparto|otros leen|lee (este|el|mi) (tel|cel)",
    "curp": r"curp",
    "phone": r"telefono|celular|\bcel\b|numero",
}
CHANGE = (
    r"\b(cambi\w*|corrij\w*|correg\w*|corrige\w*|equivoqu\w*|esta mal|modific\w*|puse mal|actualiz\w*|"
    r"no es (?:ese|esa|eso|asi|correct[oa]))\b"
)
CORRECTS = (
    r"^\s*(no+|perdon|digo|mejor dicho|es que|ay no|me equivoque)[\s,.]+(?:no\s+)?"
    r"(?:es|era|soy|vivo en|digo)?\s*(?P<rest>.+)"
)

OPENINGS = _phrases(
    """hola|ola|holi|holaa|hello|buenas|buenos|buena|buen|dias|dia|tardes|tarde|noches|noche|disculpe|disculpa|
    disculpen|oiga|oye|oigan|perdon|señorita|señor|seño|srita|mire|mira|fijese|saludos|estimada|estimados"""
)
"""Words that only open a message; what counts comes after them."""

TIME = (
    r"\b(\d{1,2}|mañana\w*|manana\w*|tarde\w*|noche\w*|medio ?dia|cualquier|a toda hora|siempre|cuando sea|"
    r"lunes|martes|miercoles|jueves|juebes|viernes|biernes|sabado\w*|domingo\w*|diario|entre semana|"
    r"fin de semana|"
    r"hora\w*|dia\w*|temprano|despues|antes|nunca)\b"
)

NEEDS = {
    "info_shelter": r"refuxi|refuji|albergue|donde kedar|a donde ir|lugar seguro|casa ogar",
    "info_health": (
        r"violasi|biolasi|pastiya|enbaras|enbarazo|ospital|medik|doktor|bih|sida|infeksi|aborto|relasiones"
    ),
    "info_report": (
        r"denunsi|demand|orden|protek|aboga|ministerio|fiskali|dibor|kustodi|pension|legal|lisensia"
    ),
    "info_rights": r"derex",
    "what_happens": r"ke (?:me |le |nos )?(?:ba a|ban a) pasar|ke pasa si (?:digo|denunsio|kuento|ablo)",
    "want_plan": r"(?:un |el |mi )?plan\b",
    "want_listening": r"(?:ke )?me (?:eskuxen?|lean)|desaog|solo kiero (?:ablar|platikar|kontar)",
}
"""What she asks for by name, as it sounds."""

UNWANTED = r"(?:no kiero|no boi a|no puedo|no pienso|sin|ni kiero|no deseo|tanpoko kiero)(?: ir a| ke)?"
HIDES_THE_CHAT = (
    r"como (?:se |le |lo |la |te )?(?:\w+ )?(?:borr\w+|escond\w+|oculto|ocult\w+|quito|elimin\w+)"
)
CAN_WRITE = _phrases(
    """si puedo|si puedo escribir|puedo escribir|ya puedo|ya se fue|ya estoy sola|estoy sola|no hay nadie|
    si es seguro|es seguro|si estoy sola|ahorita si puedo|si ahorita si"""
)
CANNOT_WRITE = _ordered("hide asked")
"""Asked whether she can write: she can't. Whole messages, so that "no puedo dormir" hides nothing."""

LANGUAGES = {
    "Wixárika": r"wix\w*|uix\w*|wirr\w*|huichol\w*",
    "Náhuatl": r"na[hw]?uat\w*|nahua\b|mexicanero",
    "Tepehuano": r"tepehua\w*",
    "Otomí": r"otomi\w*",
    "Mixteco": r"mixteco\w*",
    "Purépecha": r"pure?pecha\w*|tarasco",
    "Mazahua": r"mazahua\w*",
    "Inglés": r"ingles|english",
}
OTHER_TONGUE = (
    r"no (?:h?ablo|entiendo|se|leo) (bien |mucho |muy bien )?(el )?(español|castilla|castellano)|"
    r"(mi|otra|otro) (lengua|idioma|dialecto)|interprete|traductor"
)
SPEAKS = r"\b(h?abl(?:o|a|e|amos|en)|en|lengua|idioma|prefiero|entiendo|escrib\w+|dialecto|soy|interprete)\b"
