"""What is no answer to a question that takes free words: a refusal, an order, an excuse, "as you like".

Why: a name or a colony may be any words, so "como usted guste" and "no quiero dar mi nombre" would be stored
as hers. Each class stands for a reason of its own; a name known as such is looked at before. Pure; must
never store or log.
"""

from __future__ import annotations

import re

from bot.components.spelling import bare

_BESIDE = r"(?:(?:me|te|le|les|lo|la|los|las|se|nos|ya|aun|todavia|bien|mas|muy|que|a) )*"
_REFUSES = re.compile(
    rf"\b(?:no|ni|tampoco|nunca) {_BESIDE}(?:quier\w+|quisiera|voy|vamos|pienso|pued\w+|debo|dese\w+|"
    rf"gusta\w*|importa|se|doy|dar|digo|dire|decir\w*|"
    r"traigo|tengo|entiend\w+|entendi|confio|acuerdo|recuerdo|necesit\w+|hace|hay|tiene|creo|veo|"
    r"sirve|deja|acepto|espera)\b"
)
"""She will not, can't or does not know; no colony and no name holds "no quiero"."""
_DENIES = re.compile(rf"\b(?:no|ni) {_BESIDE}(?:es|son|soy|esta|estoy|era)\b")
"""It is not that, or she is not there: no name, though it may correct one."""
_LATER = re.compile(
    r"^\W*(?:(?:pues|ay|mejor|este|bueno|es que|oiga|oye|no) )*(?:luego|despues|despuesito|lueguito|al rato|"
    r"al ratito|ahorita|orita|horita|mas tarde|"
    r"mas al rato|espera\w*|espere\w*|aguant\w+|permitame|permiteme|un momento|un momentito|tantito|dejame|"
    r"deja|dejeme|ya voy|ya vengo|otro dia)\b"
)
"""She puts it off: these words open the message."""
_ORDERS = re.compile(
    r"^\W*(?:(?:por favor|oye|oiga|quiero|quisiera|puedo|puedes|puede|podrias?|me|necesito|hay que|"
    r"mejor) )*(?:cambi\w+|corri[jg]\w+|correg\w+|quit\w+|borr\w+|"
    r"regres\w+|agreg\w+|salt(?:ar|ala|atela|ate|ame)|omit\w+|modific\w+|elimin\w+|cancel\w+|repit\w+|"
    r"repet\w+|expli[ck]\w+|ayud\w+|dej(?:alo|emoslo|ar))\b"
)
"""An order about the form; an order opens the message."""
_AS_YOU_LIKE = re.compile(
    r"\bcomo (?:usted\w*|tu|quier\w+|gust\w+|sea|mejor|prefier\w+|le parezca|dig\w+|pued\w+|se le|le)\b|"
    r"\blo que (?:sea|quier\w+|usted\w*|gust\w+)\b|\b(?:me )?da igual\b"
)
_DOING = re.compile(
    r"\b(?:esta|estan|estoy|estamos|anda|andan|ando|sigue|siguen|ta) \w+(?:ando|iendo|yendo|endo)\b"
)
"""What goes on at home: "está llorando el niño"."""
_ASKS = re.compile(
    r"[?¿]|^\W*(?:(?:y|oye|oiga|pero|perdon|disculpe) )*(?:que|q|ke|para que|pa que|por ?que|xq|pq|cuando|"
    r"cuanto|cuanta|donde|quien|cual) "
    r"(?!buen)|\b(?:para|pa) que (?:quier\w+|es|son|ocupan|necesit\w+|la|lo)\b"
)
_TELLS = re.compile(
    r"\b(?:ya (?:te|le|se|lo|les) (?:lo |la )?(?:dije|puse|escribi|mande|di|conteste)|me (?:equivoqu\w+|"
    r"ekivoke|confundi)|(?:es|soy) (?:para )?(?:mi|tu|su) (?:hij\w+|herman\w+|mama|prima|vecina|"
    r"amiga|comadre|suegra|cuñada|nuera|sobrina|espos\w+|marido)|se me (?:hizo|fue|olvid\w+)|(?:quiero|"
    r"quisiera|necesito) (?:inscrib\w+|apunt\w+|entrar|saber|hablar|ver|seguir))\b"
)
_KINDS = (_REFUSES, _DENIES, _LATER, _ORDERS, _AS_YOU_LIKE, _DOING, _ASKS, _TELLS)


def is_no_answer(text: str) -> bool:
    """Tell whether a text is a refusal, an excuse, an order, a question or "as you like"."""
    line = " ".join(bare(text).split())
    return any(kind.search(line) for kind in _KINDS)


_LEAVES = re.compile(
    r"^\W*(?:(?:pues|ay|mejor|bueno|oiga|oye|no|ya|perdon|disculpe|es que)[\s,]+)*(?:luego|lueguito|despues|"
    r"despuesito|al rato|al ratito|mas tarde|mas al rato|"
    r"mañana|manana|otro dia|en la noche|en la tarde)\s+(?:yo\s+)?(?:le |te |les |lo |la )?(?:sigo|seguimos|"
    r"siguo|contin\w+|termin\w+|acab\w+|contesto|regreso|vuelvo)\b(?!.*\bpero\b)"
)
_SOON = re.compile(
    r"^\W*(?:(?:pues|ay|bueno|oiga|oye|perdon|disculpe|es que|espere|espereme)[\s,]+)*(?:ahorita|orita|"
    r"horita|"
    r"al rato|al ratito|en un rato|en un ratito|en un momento|en tantito|tantito|ahi|luego|lueguito|mas al "
    r"rato|"
    r"en la noche|en la tarde|mañana|despues)\s+(?:le |te |les |lo |la )?(?:contesto|respondo|digo|escribo|"
    r"mando|"
    r"pongo|termino|sigo|regreso|vuelvo|vengo|platico|sigo con eso)\b(?!.*\bpero\b)|"
    r"^\W*(?:(?:ay|oiga|oye|perdon|disculpe|espereme|ahorita|orita|bueno)[\s,]+)*(?:ya vengo|ya regreso|"
    r"ahi vengo|"
    r"voy (?:por|a (?:recoger|dejar|traer)) (?:el |la |los |las |mi |mis |al )*(?:niñ\w+|nin[oa]s?|hij\w+|"
    r"tortillas|bebe|chiquill\w+|escuela|kinder))\b(?!.*\bpero\b)|"
    r"^\W*(?:(?:ay|oiga|perdon|disculpe|es que|espereme|ahorita|orita)[\s,]+)*(?:ando|estoy|voy) (?:en|al|"
    r"con|haciendo) "
    r"(?:el |la |mi |de |un )*(?:mandado|trabajo|camion|cocina|tortillas|tienda|escuela|kinder|comida|"
    r"quehacer|calle|"
    r"mercado|tianguis|misa|doctor|seguro|ocupad\w*)\W*$"
)
"""She will answer soon, or is at something: "ahorita le contesto, ando en el mandado"."""
_MOST_WORDS = 14


def leaves(text: str) -> bool:
    """Tell whether she leaves the questions for now: "luego le sigo, está llorando el niño"."""
    line = " ".join(bare(text).split())
    goes = _LEAVES.match(line) or _SOON.match(line)
    return len(line.split()) <= _MOST_WORDS and "?" not in line and bool(goes)


def refuses(text: str) -> bool:
    """Tell whether a text refuses, puts off or tells what goes on: it corrects nothing ("no la tengo")."""
    line = " ".join(bare(text).split())
    return any(kind.search(line) for kind in (_REFUSES, _LATER, _AS_YOU_LIKE, _DOING))
