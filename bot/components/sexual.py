"""Whether she tells of sexual violence, and whether it may lately have been.

Why: care within 72 and 120 hours works only if it is offered at once (NOM-046-SSA2-2005), so these sentences
may not be left to a guess. It looks for what was done, not for the topic: a question about rights is none.
Pure; it must never store or log what it reads, and never ask.
"""

from __future__ import annotations

import re
from functools import cache

from bot.components.spelling import bare, sound, spoken

_TO_ME = (
    r"me (?:ha |han |habia |estuvo |estaba |esta |estan |anda )?"
    r"viol(?:o|a|aron|aba|aban|ado|ando|an|e)(?!\w)|"
    r"(?:fui|me siento|e sido|he sido) (?:\w+ )?(?:violada|abusada)|(?:sufri|fue|hubo) (?:una |"
    r"de una )?violacion|"
    r"abus(?:o|a|aron|aba|aban|ado|ando|an) (?:sexualmente )?(?:de|d) (?:mi|nosotras)|"
    r"me (?:abuso|abusaba|abusaron)|me acab(?:a|o|an|aron) de (?:violar|forzar|abusar)|"
    r"me (?:obligo|obliga|obligaron|obligan|obligaba|forzo|forza|fuerza|forzaron|forzaba|hizo|hace|"
    r"hacia|puso) a "
    r"(?:tener |que |hacer(?:le)? |fuerza |fuerzas |estar |acostarme|acostarnos|hacerlo|cumplirle|"
    r"tocarlo|chupar\w*|"
    r"mamar\w*|el sexo|sexo|desnudarme|quitarme la ropa)(?P<act>(?:\w+ ){0,4}\w*)|"
    r"me (?:forzo|forzaron|forza)|"
    r"(?:relaciones|sexo|intimidad|coger\w*|acostarme|hacerlo|meterla|me la metio)(?: \w+){0,4} "
    r"(?:a la fuerza|por la fuerza|a fuerzas?|forzad\w+|sin mi (?:consentimiento|permiso)|"
    r"(?:sin que yo|aunque yo|y yo) (?:no )?(?:quisiera|quiera|quise|queria))|"
    r"me (?:agarr|tom|cog|coj|tuv|tien|us|busc)(?:o|a|io|e|aba|aron|ieron|en|an) "
    r"(?:\w+ )?(?:a la fuerza|por la fuerza|a fuerzas?|dormida|borracha|tomada|inconsciente)|"
    r"(?:se )?(?:me )?(?:quit|sac)(?:o|a|aron) el (?:condon|preservativo)|"
    r"sin (?:condon|preservativo) (?:sin avisar\w*|a la fuerza|y yo no)|"
    r"me (?:penetro|penetraron|penetra)|me metio (?:el|los|su) (?:pene|miembro|cosa|dedos?|parte)|"
    r"me desperte (?:sin (?:ropa|calzon\w*|pantalon\w*)|desnuda|con el encima)|"
    r"me (?:hizo|hace) (?:suya|el amor|el sexo)(?: \w+){0,3} (?:a la fuerza|sin querer|y yo no|aunque)|"
    r"se me (?:subio|sube|echo|echa|monto|monta|trepo|trepa)(?: \w+){0,6} "
    r"(?:no (?:quiero|queria|quise)|dormida|a la fuerza)|"
    r"(?:aunque|cuando) (?:yo )?no (?:quiera|quiero|quise|queria)(?: \w+){0,3} "
    r"(?:me (?:agarra|toma|usa|sube|coge|penetra|obliga)|tiene relaciones|tengo que cumplirle)"
)
_OTHER = (
    r"(?:la|lo|le|las|los) (?:\w+ )?viol(?:o|a|aron|aba|ado|ando|an)|viol(?:o|aron|a|aba) a (?:mi|la|"
    r"una|su|el)|"
    r"abus(?:o|a|aron|aba|an|ado|ando) (?:sexualmente )?(?:de|d) (?:ella|el|la|mis?|una?|su|sus|ese|esa)\b|"
    r"(?:fue|sido) (?:violada|violado|abusada|abusado)|"
    r"(?:la|lo) (?:obligo|obliga|forzo|obligaron|forzaron) a (?:tener|acostarse|hacer)"
)
_BESIDE = (
    r"derecho|datos|privacidad|correo|cuenta|chapa|cerradura|candado|puerta|reglamento|contrato|"
    r"confianza|nobleza|"
    r"buena fe|bondad|paciencia|amabilidad|lluvia|temblor|sueño|policia|transito|alcoholimetro|noticia|"
    r"firmar|"
    r"trabajar|vender|pelicula|novela|noticiero"
)
"""What makes the same words mean something else."""
_SEXUAL_ACT = (
    r"relacion|sexo|sexual|intimidad|acost|cosas|hacerlo|cumpl|toc|chup|mam|desnud|ropa|oral|con el|"
    r"conmigo|"
    r"fuerza|anal|coger|coj"
)
_UNDONE = frozenset(map(sound, ("no", "nunca", "jamas", "ni", "casi", "tampoco")))
_LONG_AGO = (
    r"hace (?:ya )?(?:como |muchos |muchisimos |varios |unos |mas de )?(?:\w+ )?(?:años|añitos|meses|"
    r"mes|año|semanas)|"
    r"(?:cuando|de|desde) (?:yo )?(?:era|estaba|fui)? ?(?:muy )?(?:niña|chica|chiquita|joven|morra|morrita|"
    r"adolescente|chamaca|soltera|pequeña)|en mi (?:niñez|infancia|juventud)|el (?:año|mes) (?:pasado|"
    r"antepasado)|"
    r"(?:tenia|a los|cuando tenia) \w+ años|en el (?:19|20)\d\d|hace tiempo|hace mucho|hace un chorro"
)
_LATELY = (
    r"ayer|antier|anoche|hoy|ahorita|orita|recien|apenas|hace (?:rato|ratito|poco|poquito|un momento|"
    r"\w+ horas?|"
    r"\w+ dias?)|esta (?:mañana|tarde|noche|madrugada|semana)|el (?:lunes|martes|miercoles|jueves|"
    r"viernes|sabado|"
    r"domingo)|otra vez|de nuevo|sigue|siguen|todavia|seguido|cada"
)


@cache
def _heard(pattern: str) -> re.Pattern[str]:
    """A pattern in ordinary spelling as it sounds; its signs and the names of its groups stay in place."""
    heard = re.sub(r"(?<!\\)(?<!\?P<)\b[a-zñ]+", lambda found: sound(bare(found[0])), pattern)
    return re.compile(rf"\b(?:{heard})")


def told(text: str) -> bool:
    """Tell whether she says, in words that can't be mistaken, that it was done to her."""
    said = spoken(text)
    if _heard(_BESIDE).search(said):
        return False
    return any(_done(said, found) for found in _heard(_TO_ME).finditer(said))


def of_other(text: str) -> bool:
    """Tell whether she says that it was done to somebody else."""
    said = spoken(text)
    return not _heard(_BESIDE).search(said) and bool(_heard(_OTHER).search(said))


def perhaps_lately(text: str) -> bool:
    """Tell whether it was lately or she does not say when; long ago is a reason to listen, not to hurry."""
    said = spoken(text)
    return bool(_heard(_LATELY).search(said)) or not _heard(_LONG_AGO).search(said)


def _done(said: str, found: re.Match[str]) -> bool:
    before = said[: found.start()].split()[-2:]
    if before and before[-1] in _UNDONE and before[:1] != ["ya"]:
        return False
    act = found.groupdict().get("act")
    return act is None or bool(_heard(_SEXUAL_ACT).search(found[0]))
