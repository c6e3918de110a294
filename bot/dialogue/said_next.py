"""What she says next in a talk: her address in danger, how she gets to a doctor, an order that he breaks.

Why: "calle Morelos 14" in danger met "te estoy leyendo", though nobody here can send a patrol, and "no tengo
en qué irme" after strangling met a shelter. Each is looked for only where the talk has told what it is about
(`said_next.txt`). Pure; must never store or log what she wrote.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag, is_blow
from bot.components.sound_patterns import is_in
from bot.components.spelling import bare, spoken
from bot.dialogue.standing import Act
from bot.dialogue.told_before import BLOW, FORCED, FRIEND, STRANGLED, WITH_CHILD

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("said_next.txt")
_KINDS = Path(__file__).with_name("kinds.txt")
_UNHEARD = frozenset(
    ("keep_talking", "cannot_answer", "nlu_fallback", "out_of_scope", "inform", "tell_more", "reads_you",
     "cannot_answer_yet", "disclose_violence", "see_options", "ask_location", "more_options", "deny",
     "update_details",
     "health_later", "safe_now", "shelter_with_children", "where_to_go", "fear_alone_money",
     "fear_no_credit", "what_happens", "afraid", "ask_childcare", "info_report", "info_shelter",
     "info_health", "help_again", "only_me", "others_read", "decline_attendance", "confirm_attendance",
     "ask_violence_help", "info_rights")
)  # fmt: skip
"""What answers a message that was not read, or was read as another thing of the talk."""
_AFTER_ANOTHERS = {"/want_person", "/see_options", "/not_that"}
"""What is offered after another's thoughts of dying, and nowhere else."""
_HARMED_BY_OTHERS = re.compile(
    r"\b(?:el|ella|mi \w+|me|nos) (?:\w+ ){0,3}?(?:peg|golp|mat|amenas|biol|agred|kem|kuxi)\w*"
)


def _says(section: str, text: str) -> bool:
    return is_in(_LIST, section, spoken(bare(text)))


def is_of_his_addiction(text: str) -> bool:
    """Tell whether she asks where he may be treated for drink or drugs."""
    return _says("addiction", text) and not _says("addiction_not", text)


def opens(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act for who asks where he is treated, in a talk or outside one; None in danger."""
    danger = (said.sure and said.risk == "danger") or flag(text) is not None
    if here.cover or here.form_field or danger or here.filled.get("in_danger") == "self":
        return None
    return Act("his_addiction") if is_of_his_addiction(text) and not is_blow(text) else None


def settled(text: str, act: Act, here: Standing) -> Act:
    """The act, or what answers her words where the talk is about danger, her body or an order."""
    if not here.in_safety or here.cover or not text:
        return act
    heard = flag(text)
    if heard is not None and heard.risk == "danger":
        return act
    if here.filled.get("in_danger") == "self":
        return _of_dying(text, act)
    at_once = _first_of_all(text, act, here)
    if at_once:
        return at_once
    others = {payload for _, payload in here.offers} == _AFTER_ANOTHERS and not is_blow(text)
    if others and act.intent in ("support_for_other", "child_at_risk"):
        return Act("keep_talking")  # more of a daughter who wants to die: nobody hurts her
    if act.intent == "what_to_say" and here.filled.get("writer") == FRIEND:
        return Act("other_how")
    if act.intent not in _UNHEARD:
        return act
    return _of_her_body(text, here) or _of_an_order(text, here) or _of_the_place(text, here) or act


_NOT_WAKING = re.compile(
    r"\bno (?:se )?(?:despiert\w*|desp[iy]ert\w*|reaksiona|respira|resweya|resuella|se mwebe|"
    r"kontesta ni se mwebe)\b|"
    r"\b(?:esta|kedo|sigue|se) (?:tirad\w+|desmay\w+|inkonsient\w+)\b"
)
_NOT_OF_THEM = re.compile(
    r"\b(?:telefono|cel\w*|chat|bebe en la|panza|pansa|bebe (?:ya )?no se mwebe|no se mwebe (?:mi |el |"
    r"ya )*bebe|carro|perr\w+|gat\w+|"
    r"me desmay\w*|ya desperto|ya reaksiono|borrax\w*|dormid\w*)\b"
)
_HERE = re.compile(
    r"\b(?:mi (?:mama|papa|ermanit\w+|ermana|ermano|ij[ao]|bebe|nin\w+|abuel\w+|"
    r"besina|amiga|tia|prima)|eya)\b"
)
_ON_ANOTHER = re.compile(
    r"\b(?:le|se lo) (?:digo|kwento|pwedo desir|pwedo kontar)(?: (?:a|kon) (?:mi|una|la|alg[iy]en)\b|$)|"
    r"\b(?:pwedo|puedo|debo|tengo ke|esta bien si|i si|si) (?:le |yo |ir a )*(?:desir\w*|kontar\w*|digo|"
    r"kwento|ablar\w*)"
    r"(?: \w+){0,2} (?:a|kon) (?:mi|una|la|alg[iy]en)\b"
)
_POLICE_COMES = re.compile(
    r"\b(?:ba|ban|biene|bienen|ira|iran) (?:a )?(?:benir|ir|yegar|"
    r"mandar)?(?: \w+){0,2} ?(?:la )?(?:polisia|patruya|dif)\b|"
    r"\b(?:lo|la|los) (?:ban|ba) a (?:meter a la karsel|agarrar|yebar)\b|\b(?:metan|meten|yeben|"
    r"yeban) a la karsel\b"
)


def _first_of_all(text: str, act: Act, here: Standing) -> Act | None:
    """Somebody does not wake up; and what a girl asks: whom she may tell, whether the police come."""
    line = spoken(bare(text))
    if _NOT_WAKING.search(line) and _HERE.search(line) and not _NOT_OF_THEM.search(line):
        return Act("not_waking")
    others = here.filled.get("in_danger") == "others"
    if act.intent == "cannot_answer" and others and not here.minor and _ASKS_FOR_HELP.search(line):
        return Act("keep_talking")  # what answers there holds 911
    if act.intent == "cannot_answer" and _WHAT_NOW.fullmatch(line):
        return Act("see_options")  # the commonest question of all
    if here.minor and here.filled.get("kind") == "missing" and is_in(_KINDS, "found", line):
        return Act("missing_back")
    if here.minor and _left_alone(line, act, here):
        return Act("child_alone")
    heard_as = act.intent in _UNHEARD | {"want_information", "affirm", "phone_watched", "fear_he_knows"}
    if heard_as and _IF_HE_ASKS.search(line):
        return Act("if_he_asks")
    if here.filled.get("writer") == FRIEND or here.place == "safety.other_woman":
        return _of_a_neighbour(text, line, act) or _of_a_girl(line, act, here)
    return _of_a_girl(line, act, here)


def _of_a_girl(line: str, act: Act, here: Standing) -> Act | None:
    if not here.minor or act.intent not in _UNHEARD | {"want_person", "immediate_danger", "child_hurt"}:
        return None
    if _POLICE_COMES.search(line):
        return Act("what_happens")
    return Act("tell_grown_up") if _ON_ANOTHER.search(line) else None


_WHAT_NOW = re.compile(
    r"(?:(?:y|i|pero|entonses|aora|no se|oiga|ay) )*ke (?:ago|are|debo aser|pwedo aser|se pwede aser)"
    r"(?: (?:aora|entonses|yo|pwes|usted|o ke|por fabor))*"
)
_ASKS_FOR_HELP = re.compile(r"\b(?:ayud\w*|ke (?:ago|puedo aser|are)|a kien|kien|komo le ago)\b")
_IF_HE_ASKS = re.compile(
    r"\b(?:ke|komo) (?:le |les )?(?:digo|kontesto|inbento|respondo|puedo desir|puedo desirle|boi a desir|"
    r"ago)(?: \w+){0,3} "
    r"(?:si|kwando)(?: \w+){0,3}? (?:pregunt\w+|be|bea|mira|mire|rebis\w+|kax\w+|dise|topa|enkwentra|"
    r"reklam\w+)\b"
)
"""What she says where he asks what this chat is, as it sounds."""
_ALONE = re.compile(
    r"\b(?:sol(?:os?|as?|it[oa]s?)|no (?:ai|ay|tengo|tenemos|keda) (?:\w+ ){0,2}(?:komida|komer|nada)|anbre|"
    r"yor\w+|bebe|"
    r"ermanit\w+|no se (?:el numero|su numero|donde bibo|la kaye)|no (?:a |ha )?(?:yeg\w+|regres\w+|"
    r"buelt\w+|bien\w+))\b"
)
_AFTER_GONE = frozenset(("young_told", "missing_again", "child_writes", "child_hurt", "hunger"))
_NAMELESS = re.compile(
    r"\bsin (?:dar |desir |ke sepan |poner )?(?:mi |el |su )?nonbre\b|\banonim\w+\b|"
    r"\bsin ke (?:sepan|se enteren|se den kwenta)(?: ke)?(?: fui| soy| kien)?\b|\bno (?:kiero|"
    r"kisiera) (?:dar )?mi nonbre\b"
)
_HEARD_NOW = re.compile(
    r"\b(?:aorita|orita|orita mismo|en este momento|aora|otra bes|ya)\b(?: \w+){0,4} "
    r"(?:grit\w+|golp\w+|peg\w+|yor\w+|pidiendo|kebr\w+|abent\w+)\b|"
    r"\b(?:esta|estan|siguen|sige) (?:\w+ )?(?:gritando|pegando\w*|golpeando\w*|pidiendo (?:ayuda|auxilio))\b"
)


def _left_alone(line: str, act: Act, here: Standing) -> bool:
    """Whether a girl whose mother has not come back tells that she is alone, or how old she is."""
    gone = here.filled.get("kind") == "missing" or here.filled.get("about") == "missing"
    unheard = act.intent in _UNHEARD | _AFTER_GONE | {"immediate_danger", "info_health", "child_at_risk"}
    return gone and (act.intent in _AFTER_GONE or (unheard and _ALONE.search(line) is not None))


def _of_a_neighbour(text: str, line: str, act: Act) -> Act | None:
    """Who hears it next door: without a name, and while it goes on."""
    unheard = act.intent in _UNHEARD | {"support_for_other", "keep_talking", "other_how", "other_where"}
    if act.intent in ("support_for_other", "other_how") and is_blow(text):
        return None
    if unheard and _NAMELESS.search(line):
        return Act("other_unnamed")
    return (
        Act("support_for_other", slots={"happens_now": True}) if unheard and _HEARD_NOW.search(line) else None
    )


def _of_dying(text: str, act: Act) -> Act:
    """In a talk of dying a danger from others is one only where they do something to her."""
    if act.intent == "immediate_danger" and not _HARMED_BY_OTHERS.search(spoken(bare(text))):
        return Act("keep_talking")
    return act


def _of_her_body(text: str, here: Standing) -> Act | None:
    harm = here.filled.get("harm", "")
    if harm in (STRANGLED, WITH_CHILD, BLOW) and (_says("no_sitter", text) or _says("no_transport", text)):
        return Act("doctor_how")
    if harm == FORCED and (_says("washed", text) or _says("no_transport", text)):
        return Act("info_health" if _says("washed", text) else "doctor_how")
    return None


def _of_an_order(text: str, here: Standing) -> Act | None:
    if _says("order_broken", text):
        return Act("order_broken")
    lasts = here.place == "safety.information_next" and _says("order_lasts", text)
    return Act("info_report") if lasts else None


def _of_the_place(text: str, here: Standing) -> Act | None:
    """Her address, in danger: nobody here can send a patrol there, and she is told so."""
    danger = here.filled.get("in_danger") == "others" and "?" not in text
    return Act("gave_address") if danger and _says("address", text) else None
