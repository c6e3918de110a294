"""Small closed classes of Spanish words: yes, no, skip, counts, the axes, the fields, the ways to stop.

Why: "ey", "nel" and "simón" must work whatever the classifier thinks, because a yes is the most common
answer of all. Matching is by sound (`bot.components.spelling`). Must never decide about violence: only the
understanding does, and `is_hide` below, which errs on the side of hiding.
"""

from __future__ import annotations

import re
from functools import cache

from bot.components.spelling import bare, spoken

AXIS_NAMES = {
    "food": "Alimentación",
    "production": "Producción",
    "occupation": "Ocupación",
    "health": "Salud",
    "employment": "Empleo",
}
FIELD_NAMES = {
    "preferred_name": "cómo te decimos",
    "full_name": "tu nombre completo",
    "birth_date": "tu fecha de nacimiento",
    "municipality": "tu municipio",
    "locality": "tu colonia o localidad",
    "children": "cuántos niños viven contigo",
    "axis": "el tema que te interesa",
    "contact_hours": "a qué hora escribirte",
    "phone_shared": "quién lee este teléfono",
    "curp": "tu CURP",
    "phone": "tu teléfono",
}

_YES = (
    "si|sip|sii|simon|claro|claro que si|por supuesto|ok|oki|okey|okay|va|vale|sale|dale|arre|ey|aja|afirmativo|"
    "de acuerdo|esta bien|acepto|si acepto|correcto|es correcto|asi es|exacto|bueno|adelante|yes|si por favor|"
    "si gracias|si esta bien|todo bien|todo correcto|si es correcto|quiero|si quiero|andale|orale|listo|"
    "si porfa|si señora|si seño|👍|si claro|ok si|si todo bien|sierto|cierto|si es|eso|eso es"
)
_NO = (
    "no|nop|nel|nop|nah|negativo|para nada|no gracias|no acepto|no quiero|por ahora no|ahorita no|no por ahora|"
    "todavia no|no es correcto|esta mal|incorrecto|ninguno|ninguna|nunca|jamas|no nunca|👎|no señora|ni de chiste|"
    "mejor no|no es|no esta bien"
)
_SKIP = (
    "no se|paso|omitir|saltar|saltala|sin respuesta|no quiero decir|no quiero contestar|prefiero no decir|"
    "prefiero no contestar|luego|despues|siguiente|no la se|no lo se|no me acuerdo|no tengo|la que sigue|otra|"
    "no me la se|no la tengo|no la traigo|no quiero responder|prefiero no responder|sin contestar"
)
_NUMBERS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
).split()
_ORDINALS = {
    "uno": 1, "una": 1, "primero": 1, "primera": 1, "primer": 1, "dos": 2, "segundo": 2, "segunda": 2, "tres": 3,
    "tercero": 3, "tercera": 3, "ultimo": -1, "ultima": -1,
}  # fmt: skip


@cache
def _sounds(phrases: str) -> frozenset[str]:
    return frozenset(spoken(p) or p for p in phrases.split("|"))


def _said(text: str) -> str:
    line = " ".join(bare(text).split()).strip(" .,;:¡!¿?…")
    return spoken(line) or line


def is_yes(text: str) -> bool:
    """A yes and nothing else."""
    return _said(text) in _sounds(_YES)


def is_no(text: str) -> bool:
    """A no and nothing else."""
    return _said(text) in _sounds(_NO)


def is_skip(text: str) -> bool:
    """She leaves this question unanswered."""
    return _said(text) in _sounds(_SKIP)


def choice(text: str, offered: int) -> int | None:
    """The place (from 0) of the choice she means: "2", "la dos", "opción 2", "la segunda", "2️⃣"."""
    line = bare(text).replace("\ufe0f", "").replace("\u20e3", "").strip(" .,;:)(¡!¿?")
    line = re.sub(r"^(la|el|opcion|numero|num|no\.?|quiero|quiero la|la opcion|el numero)\s+", "", line)
    line = re.sub(r"^(la|el)\s+", "", line)
    number = int(line) if line.isdigit() and len(line) < 3 else _ORDINALS.get(line)
    if number == -1:
        return offered - 1 if offered else None
    return number - 1 if number and 1 <= number <= offered else None


def count_of(text: str) -> int | None:
    """How many: "3", "dos niñas y un niño", "ninguno"; None where no count is said."""
    line = bare(text)
    if re.search(r"\b(ning\w*|nadie|cero|no tengo|sin hijos|no viven|no hay|solo yo|vivo sola)\b", line):
        return 0
    total, found = 0, False
    for token in re.findall(r"\d+|[a-zñ]+", line):
        if token.isdigit() and len(token) < 3:
            total, found = total + int(token), True
        elif token in _NUMBERS or token in ("un", "una"):
            total, found = total + (_NUMBERS.index(token) if token in _NUMBERS else 1), True
    if re.search(r"\b(años?|anos?|meses)\b", line) and len(re.findall(r"\d+", line)) > 1:
        return None
    return total if found else None


_AXES = {
    "food": r"aliment|comida|cosin|kosin|gerto|uerto|werto|nutri",
    "production": r"produx|produks|produs|negosi|bende|benta|enprend|tayer propi",
    "occupation": r"okup|ofisi|kostur|belles|manualid|tejid|estilis|aser kosas|bordad",
    "health": r"salu|enfermed|ejersisi|sikolog|psikolog|ansied",
    "employment": r"enpleo|trabaj|xanba|kurikul|kontrat",
}


def axis_of(text: str) -> str | None:
    """The one axis whose words are in `text`; None where there is none or more than one."""
    said = spoken(text)
    found = [axis for axis, pattern in _AXES.items() if re.search(rf"\b(?:{pattern})", said)]
    return found[0] if len(found) == 1 else None


_FIELDS = {
    "preferred_name": r"como me di|apodo|me dicen",
    "full_name": r"nombre|apellido",
    "birth_date": r"fecha|nacimiento|cumple|naci\b|edad",
    "municipality": r"municipio|ciudad|pueblo",
    "locality": r"colonia|localidad|rancho|domicilio|direccion|calle|comunidad",
    "children": r"hij[oa]s?|nin[oa]s?|niñ[oa]s?|menores",
    "axis": r"\btema\b|\btaller\b|interes",
    "contact_hours": r"hora|horario|dias",
    "phone_shared": r"quien lee|comparto|otros leen|lee (este|el|mi) (tel|cel)",
    "curp": r"curp",
    "phone": r"telefono|celular|\bcel\b|numero",
}


def field_of(text: str) -> str | None:
    """The detail that `text` names."""
    line = bare(text)
    return next((f for f, pattern in _FIELDS.items() if re.search(pattern, line)), None)


_CHANGE = re.compile(r"\b(cambi\w*|corrij\w*|correg\w*|corrige\w*|equivoqu\w*|esta mal|modific\w*|puse mal|actualiz\w*)\b")


def wants_change(text: str) -> str | None:
    """The field that she asks to correct: "cambia el municipio", "me equivoqué en la fecha"."""
    return field_of(text) if _CHANGE.search(bare(text)) else None


_CORRECTS = re.compile(r"^\s*(no+|perdon|digo|mejor dicho|es que|ay no|me equivoque)[\s,.]+(?:no\s+)?(?:es|era|soy|vivo en|digo)?\s*(?P<rest>.+)", re.DOTALL)


def corrected(text: str) -> str | None:
    """What stands after "no, es ..." or "perdón, ...": the corrected value."""
    found = _CORRECTS.match(bare(text))
    return text[found.start("rest") :] if found and len(bare(text)) == len(text) else (found["rest"] if found else None)


def phone_is_shared(text: str) -> bool | None:
    """True where others read this phone, False where only she does, None where neither is said."""
    line = bare(text)
    if re.search(r"\b(nadie|solo yo|solamente yo|nomas yo|no mas yo|yo sola|solo es mio|es mio|nadie mas|ninguno)\b", line) or is_no(text):
        return False
    if is_yes(text) or re.search(
        r"\b(mi (esposo|marido|viejo|señor|pareja|hij\w+|mama|suegra|hermana)|prestado|compart\w+|de todos|a veces|otros|tambien|la familia)\b", line
    ):
        return True
    return None


_TIME = re.compile(
    r"\b(\d{1,2}|mañana\w*|manana\w*|tarde\w*|noche\w*|medio ?dia|cualquier|a toda hora|siempre|cuando sea|"
    r"lunes|martes|miercoles|jueves|juebes|viernes|biernes|sabado\w*|domingo\w*|diario|entre semana|fin de semana|"
    r"hora\w*|dia\w*|temprano|despues|antes|nunca)\b"
)


def speaks_of_time(text: str) -> bool:
    """Whether the text names hours or days."""
    return bool(_TIME.search(bare(text)))


_EXACT = {
    "opt_out": "baja|alto|stop|cancelar mensajes|parar|darme de baja|dar de baja|dame de baja|ya no me escriban|no mas mensajes|baja por favor|quiero darme de baja",
    "opt_in": "alta|darme de alta|reactivar|reactivar mensajes|volver a recibir mensajes",
    "quick_exit": "salir|ya llego|ya vino|ahi viene|ay viene|ya esta aqui|esconder|ocultar|cambia de tema|cambiar de tema|borrale|disimula|tapadera",
    "ask_menu": "menu|opciones|inicio|ver opciones",
    "cancel": "cancelar|cancela|mejor luego|luego|luego le sigo|luego le seguimos|despues le sigo|ahorita no puedo|ya no|dejalo asi|dejemoslo asi|mejor despues|al rato",
    "not_that": "no es eso|eso no es|no era eso|no me refiero a eso|no es lo que dije|me entendiste mal|no es asi",
}  # fmt: skip


def command(text: str) -> str | None:
    """The act that a text of only these words means, always: BAJA, ALTA, SALIR, MENÚ, "no es eso"."""
    said = _said(text)
    return next((act for act, phrases in _EXACT.items() if said in _sounds(phrases)), None)


def is_bare_help(text: str) -> bool:
    """Only "ayuda": help with the chat, or more than that."""
    return _said(text) in _sounds("ayuda|ayudame|ayudenme|auxilio|necesito ayuda|me ayudan|me puede ayudar")


def means(text: str, phrases: str) -> int:
    """How many words of `text` the longest of the phrases (apart by "|") covers; 0 where none is in it."""
    said = f" {_said(text)} "
    return max((len(p.split()) for p in _sounds(phrases) if f" {p} " in said), default=0)


_NEEDS = {
    "info_shelter": r"refuxi|refuji|albergue|donde kedar|a donde ir|lugar seguro|casa ogar",
    "info_health": r"violasi|pastiya|enbaras|enbarazo|ospital|medik|doctor|vih|sida|infeksi|aborto|relasiones",
    "info_report": r"denunsi|demand|orden|protek|abogad|ministerio|fiskali|dibor|kustodia|pension|legal|lisensiad",
    "info_rights": r"derexo",
}


def need_of(text: str) -> str | None:
    """The information she asks for by name."""
    said = spoken(text)
    return next((act for act, pattern in _NEEDS.items() if re.search(rf"\b(?:{pattern})", said)), None)


_LANGUAGES = {
    "Wixárika": r"wix\w*|uix\w*|wirr\w*|huichol\w*",
    "Náhuatl": r"na[hw]?uat\w*|nahua\b|mexicanero",
    "Tepehuano": r"tepehua\w*",
    "Otomí": r"otomi\w*",
    "Mixteco": r"mixteco\w*",
    "Purépecha": r"pure?pecha\w*|tarasco",
    "Mazahua": r"mazahua\w*",
    "Inglés": r"ingles|english",
}
_OTHER_TONGUE = re.compile(
    r"no (hablo|entiendo|se|leo) (bien |mucho |muy bien )?(el )?(español|castilla|castellano)|"
    r"(mi|otra|otro) (lengua|idioma|dialecto)|interprete|traductor"
)
_SPEAKS = re.compile(r"\b(hablo|habla|hablamos|en|lengua|idioma|prefiero|entiendo|escrib\w+|dialecto|soy|interprete)\b")


def language_of(text: str) -> str | None:
    """The language she prefers, "otra" where she only says that it is another; None where she does not."""
    line = bare(text)
    for name, pattern in _LANGUAGES.items():
        if re.search(rf"\b(?:{pattern})\b", line) and (_SPEAKS.search(line) or len(line.split()) < 3):
            return name
    return "otra" if _OTHER_TONGUE.search(line) else None
