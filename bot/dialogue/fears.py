"""What she fears and which kind of harm it is: the topic that a short true answer exists for.

Why: a fear that meets "sigue contándome" reads as nobody listening, and many decide by the answer whether
they ask for help at all. The model of topics decides where it is sure; under it stands a list of whole
messages (`fears.txt`). Must never find a topic by a word within a longer text, nor come before danger.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.red_flags import flag, is_blow
from bot.components.sound_patterns import is_whole, read_list
from bot.components.spelling import bare, spoken
from bot.dialogue import ages, for_another
from bot.dialogue.acts import TOPICS
from bot.dialogue.standing import Act

if TYPE_CHECKING:
    from bot.dialogue.parse import Understanding
    from bot.dialogue.standing import Standing

_LIST = Path(__file__).with_name("fears.txt")
_SENTENCE = re.compile(r"[.!?;:…,¿¡]+")
SURE, LIKELY, SURE_SPEAKER = 0.8, 0.6, 0.9
"""From where on the model's topic counts, out of a talk on safety and within it; and its speaker."""
LONGEST = 30
"""Words of a plain form; a longer message is a story."""
OVER_DANGER = frozenset(
    ("missing_daughter", "child_writes", "bereaved", "fear_he_is_police", "man_asks_help")
)
"""Topics whose own answer begins with 911, so that danger does not come before them."""
_CONNECTS = re.compile(r"[.!?;:…,¿¡\n]+|\b(?:pero|y|porque|aunque|solo que|nomas que|es que)\b")
"""Where one thing that is told ends and the next begins."""
_EVIDENCE = {
    "bereaved": re.compile(
        r"\b(?:mat[oa]\w*|muri\w*|muert\w*|fayes\w*|asesin\w*|difunt\w*|enter\w*|kit\w* la bida)\b"
    ),
    "missing_daughter": re.compile(
        r"\b(?:desapar\w*|perdi\w*|no (?:yeg\w*|aparese\w*|aparesio|regres\w*|buelb\w*|bolbio|"
        r"(?:la |lo )?enkuentr\w*|kontest\w*|sabemos|se nada)|salio|se fue|busk\w*|72|setenta)\b"
    ),
    "fear_borrowed_phone": re.compile(
        r"\b(?:prest\w*|enprest\w*|ajen\w*|no es mi\w*|otra persona|besin\w*|amiga)\b"
    ),
    "fear_no_credit": re.compile(
        r"\b(?:saldo|kredito|datos?|dinero|gratis|kobr\w*|k[uw]est\w*|megas|internet|wifi|pasaje\w*|"
        r"kamion\w*|"
        r"rekarg\w*|pesos?|tienpo aire|feria|lana|pag\w*|taksi|uber|marka\w*|yama\w*|tarjeta)\b"
    ),
    "fear_must_report": re.compile(
        r"\b(?:denun\w*|demand\w*|report\w*|akus\w*|abis\w*|parte|legal\w*|fiskal\w*|ministerio|mp|"
        r"polisia\w*|kargos|juis\w*|proseso|kerey\w*|karsel|preso|obligad\w*|obligan?|fwersas?)\b"
    ),
    "shelter_with_children": re.compile(
        r"\b(?:refux\w*|refuj\w*|albergue|lugar|kasa|sitio|resib\w*|asept\w*|yeb\w*|ir\w*|boi|bamos|yeg\w*|"
        r"dej\w*|"
        r"entr\w*|kwid\w*|pwed\w*|donde|konmigo|bienen|ked\w*|nos|me)\b"
    ),
    "fear_no_papers": re.compile(
        r"\b(?:papel\w*|dokument\w*|ine|akta\w*|kredensial\w*|identifik\w*|kurp|pasaporte\w*|bisa|rejistr\w*|"
        r"elektor|kartiya\w*|piden?|pedir|okup\w*|nesesit\w*|rekisit\w*|yebar|falta\w*)\b"
    ),
    "child_writes": re.compile(
        r"\b(?:mi (?:papa|mama|padrastro|padre|madre|tio|ermano|abuel\w*)|tengo \w+ años|"
        r"eskuela|sekundaria|primaria)\b"
    ),
}
"""Words, as they sound, without which the model's guess at these topics counts for nothing."""
_BY_SPEAKER = {"bereaved": "bereaved", "man": "man_asks_help"}
SAME_AS = {"he_watches_now": "phone_watched"}
_OF_SELF_HARM = frozenset(("fear_guilty",))
"""What may be answered while she speaks of dying: nothing but that she is not to blame."""


def plainly(text: str, *, in_safety: bool, complains: bool = False) -> str:
    """Return the topic that the whole message has the form of, or in a talk one whole sentence of it."""
    lines = [bare(line) for line in text.split("\n")]
    sentences = [part for line in lines for part in _SENTENCE.split(line)] if in_safety else []
    parts = [spoken(bare(text)), *map(spoken, sentences)]
    parts = [said for said in dict.fromkeys(parts) if said and len(said.split()) <= LONGEST]
    holds = {"anywhere"} | ({"talk"} if in_safety else set()) | ({"complaint"} if complains else set())
    for said in parts:
        for section in read_list(_LIST).sections:
            if section.words in holds and is_whole(_LIST, section, said):
                return section.name
    return ""


def part(text: str) -> str:
    """Return the topic that one clause of a message, or all after one, has the plain form of; else empty.

    For a fear beside what is told: "me pega pero no quiero que se entere".
    """
    line = bare(text)
    ends = [0, *(found.end() for found in _CONNECTS.finditer(line))]
    clauses = [*_CONNECTS.split(line), *(line[end:] for end in ends[1:])]
    found = (plainly(clause, in_safety=True) for clause in clauses if clause.strip())
    return next((topic for topic in found if topic), "")


def plain_topic(text: str, here: Standing) -> str:
    """Return the topic that the message has the plain form of where she is; empty where it has none."""
    complains = here.expects == "complaint_told" or here.filled.get("about") == "programme"
    found = plainly(text, in_safety=here.in_safety, complains=complains)
    if not found and for_another.is_friend(here):
        found = plainly(for_another.as_of_herself(text), in_safety=True)
    return found


def answered(text: str, said: Understanding, here: Standing) -> Act | None:
    """Return the act that answers a fear or a kind of harm; None where there is none or danger is first."""
    if here.cover:
        return None
    going_on = here.filled.get("in_danger") == "others" and here.filled.get("about") == "child"
    if going_on and ages.is_minor(text):
        return Act("child_writes")  # while it goes on, her age changes nothing of what to do
    topic, plain = _topic(text, said, here)
    if not plain and not here.in_safety and _first_told(said) and topic.startswith("fear_"):
        return None  # she is believed first, and the fear is answered beside it
    if not topic or (here.filled.get("in_danger") == "self" and topic not in _OF_SELF_HARM):
        return None
    if topic == "complaint_anonymous" and here.filled.get("about") == "programme":
        topic = "fear_he_knows"  # she disclosed: what was asked of her stays open, and nothing is a complaint
    heard = flag(text)
    if topic == "fear_he_is_police" and heard is not None and heard.name == "weapon" and not heard.past:
        return Act("immediate_danger", also="utter_fear_he_is_police")
    # A plain form is what it says, whatever the model makes of it; a red flag is not.
    danger = (heard is not None and heard.risk == "danger") or (not plain and _in_danger(said))
    return None if danger and topic not in OVER_DANGER else Act(SAME_AS.get(topic, topic))


def _first_told(said: Understanding) -> bool:
    return said.sure and said.intent == "disclose_violence"


def _topic(text: str, said: Understanding, here: Standing) -> tuple[str, bool]:
    """The topic of a message, and whether its plain form tells it; else the model's, where it is sure."""
    plain = plain_topic(text, here)
    if plain and not (plain == "child_writes" and is_hurt_herself(text)):
        return plain, True
    topic = _modelled(said, here)
    if topic == "child_writes" and is_hurt_herself(text):
        return "", False
    return (topic if bears_out(topic, text) else ""), False


def is_touched(text: str) -> bool:
    """Whether a girl says that somebody touches herself: she is no witness of another's harm."""
    heard = flag(text)
    return heard is not None and heard.name == "touched" and heard.whom == "her"


def is_hurt_herself(text: str) -> bool:
    """Whether a girl says that it is she who is hit or touched, and not one whom she sees hurt."""
    return is_touched(text) or is_blow(text)


def bears_out(topic: str, text: str) -> bool:
    """Tell whether the words allow a topic that was only guessed."""
    evidence = _EVIDENCE.get(topic)
    return evidence is None or evidence.search(spoken(bare(text))) is not None


def _modelled(said: Understanding, here: Standing) -> str:
    told = here.in_safety or said.tier != "none"
    if told and said.topic in TOPICS and said.topic_confidence >= (LIKELY if here.in_safety else SURE):
        return said.topic
    if said.speaker_confidence < SURE_SPEAKER:
        return ""
    if said.speaker == "child" and _in_danger(said):
        return "child_writes"
    return _BY_SPEAKER.get(said.speaker, "")


def _in_danger(said: Understanding) -> bool:
    return said.sure and said.risk == "danger"
