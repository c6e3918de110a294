"""What a girl says of her parents, who "will kill her": a saying, and no threat that was made.

Why: "mis papás me van a matar si ven el video" opened a case of danger and met 911, and the girl who had
told of the video was not heard. Only her own words about what they will do once they know; a threat that was
made, a weapon, a blow or his wish to kill stay the danger that they are. Pure; must never store or log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.components import sexual
from bot.components.red_flags import flag, is_blow
from bot.components.spelling import bare
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.standing import Standing

_THEM = (
    r"(?:mis? (?:papas?|papases|papis?|padres|jefes?|jefitos?|apas?|amas?|mamas?|mamis?|abuel\w+|"
    r"familia)(?: y mi \w+)?|en mi casa)"
)
_WILL_KILL = (
    r"(?:me|nos) (?:(?:va|van|ba|ban|iba|iban) a (?:matar|colgar|linchar)|mata|matan|mataria|matarian|"
    r"cuelgan?)"
)
_SAYS_IT = re.compile(
    rf"\b{_THEM}\b(?: (?!no\b)\w+){{0,3}} {_WILL_KILL}\b|\b{_WILL_KILL}\b(?: \w+){{0,2}} {_THEM}\b"
)
_ONCE_THEY_KNOW = re.compile(
    r"\b(?:si|cuando|como|donde|el dia que|ahora que|porque|xq|pq)\b(?: (?:mi|mis|me|lo|la|los|las|se|le|"
    r"les|ya|el|yo|"
    r"papa|papas|mama|esto|eso|no|ellos)){0,4} (?:enter\w+|entier\w+|sab\w+|sepa\w*|ve|ven|vea|vean|"
    r"mira\w*|miren|"
    r"descubr\w+|"
    r"cach\w+|digo|dicen|diga\w*|cuento|cuent\w+|repruebo|reprobe|llego|llegue|salgo|saque|falte|falto|"
    r"encuentr\w+|top\w+)\b|\bpor (?:las? |mis? |el |los )?(?:calificaci\w+|tareas?|materias?|boleta|"
    r"llegar tarde|"
    r"reprobar|video|videos|fotos?|eso|esto|salirme|irme)\b"
)
_FOR_REAL = re.compile(
    r"\b(?:dic(?:e|en)|dis(?:e|en)|dij\w+|amenaz\w+|amenas\w+|jur\w+|grit\w+|quier\w+|quis\w+|kier\w+|"
    r"trat\w+ de|intent\w+|"
    r"pistola|arma|cuchillo|machete|navaja|peg\w+|golp\w+|chicot\w+|cinturon\w*|cintariz\w+|encerr\w+|"
    r"encierr\w+|capaz|"
    r"me (?:toc|viol|manos|abus|oblig)\w*|hablo|hable|digo que (?:el|me)|de verdad|en serio|borracho|"
    r"tomado|afuera|ayud\w+|auxilio|ya viene\w*|ya me|casi|otra vez|a golpes|a palos)\b"
)
"""With such a word it is, or may be, more than a saying."""


def only_a_saying(text: str, *, told: bool) -> bool:
    """Tell whether a girl only fears what her parents will say once they know; `told`: of what, before."""
    line = " ".join(re.sub(r"[.,;:¡!¿?…]+", " ", bare(text)).split())
    heard = flag(text)
    threatened = heard is not None and heard.name == "threat_to_kill" and heard.whom == "her"
    if not threatened or not _SAYS_IT.search(line) or _FOR_REAL.search(line) or _harmed(text):
        return False
    return told or _ONCE_THEY_KNOW.search(line) is not None


def _harmed(text: str) -> bool:
    return is_blow(text) or sexual.told(text)


def answered(text: str, here: Standing) -> Act | None:
    """Return the act for such a saying; in a talk where harm at home was told it is danger all the same."""
    was = here.filled
    at_home = (
        was.get("in_danger") in ("others", "self") or bool(was.get("harm")) or was.get("about") == "danger"
    )
    if here.cover or here.form_field or here.case_open or (at_home and here.in_safety):
        return None
    told = here.in_safety and was.get("photos") == "yes"
    return Act("fear_parents") if only_a_saying(text, told=told) else None
