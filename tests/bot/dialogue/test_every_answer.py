"""Rules about all answers at once: none fails, none is empty, none is too long, none promises or reveals."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from dialogue_talk import Driver, Talk

from bot.components.places import places
from bot.dialogue.standing import payload_intent
from outreach.messages.cover_state import WAY_BACK
from outreach.messages.reveal import ANY_BOT_MAY_SAY
from outreach.turns import effects

pytestmark = pytest.mark.bot

LONGEST = 300
"""Characters of one message, where possible; the summary and the limits of the law may be longer."""
MAY_BE_LONGER = {"utter_ask_details_ok"}
REVEALS = re.compile(
    r"violen|violeta|911|agres|golpe|maltrat|peligro|refugio|denunci|abus|expediente|equipo de apoyo|"
    r"centro de justicia|"
    r"en confianza|palabra secreta|escr[ií]be \*?salir|te creo|culpa|a salvo",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"tranquil|c[aá]lmate|te prometo|seguro que|vas a estar bien|ya va para all[aá]|va en camino|"
    r"mandan ayuda|te van a (?:ayudar|atender|creer|proteger)|no te va a pasar nada|todo va a estar|"
    r"por qu[eé] no|por qu[eé] sigues|"
    r"habla con [eé]l|habl[ae] con tu|\b(usuario|sistema|bot|formulario|slot|error)\b",
    re.IGNORECASE,
)
CONTEXTS: list[dict[str, object]] = [
    {},
    {"consented": True},
    {"consented": True, "registered": True, "has_session": True},
    {"consented": True, "registered": True, "case_open": True, "safe_word_set": True},
    {"minor": True, "consented": True},
]
OPENINGS: list[tuple[str, str] | None] = [
    None,
    ("/enroll", ""),
    ("/start_food", ""),
    ("/update_details", ""),
    ("", "disclose_violence"),
    ("", "immediate_danger"),
    ("", "self_harm"),
]
NOT_SAID = {"restart", "back", "session_start"}


def _opened(driver: Driver, context: dict[str, object], opening: tuple[str, str] | None) -> Talk:
    talk = Talk(driver, **context)
    if opening and opening[0]:
        talk.tap(opening[0])
    elif opening:
        talk.say("lo que dijo", {"intent": opening[1]})
    return talk


def _sound(talk: Talk) -> None:
    for item in talk.items:
        assert set(item) <= {"recipient_id", "text", "buttons", "custom", "static"}
        assert item["recipient_id"] == talk.sender
    assert len(talk.buttons()) <= 6
    assert all(len(item.get("buttons", [])) <= 3 for item in talk.items)
    assert all("{" not in text and "None" not in text for text in talk.texts())
    talk.receipt()


@pytest.mark.parametrize(
    ("context", "opening"),
    [(CONTEXTS[1], opening) for opening in OPENINGS]
    + [(context, opening) for context in CONTEXTS[::2] for opening in (None, ("", "disclose_violence"))],
)
def test_every_intent_and_button_is_answered_anywhere(
    driver: Driver, context: dict[str, object], opening: tuple[str, str] | None
) -> None:
    """Whatever she means or presses, wherever the dialogue stands, some rule answers, with a receipt."""
    for intent in driver.ask(domain=True)["intents"]:
        if intent in NOT_SAID:
            continue
        talk = _opened(driver, context, opening)
        talk.say("una frase que nadie conoce", {"intent": intent})
        _sound(talk)
        talk.tap(f"/{intent}")
        _sound(talk)


def test_p9_under_cover_nothing_of_safety_is_said(driver: Driver) -> None:
    """P5, P9: under cover no answer to any intent or old button holds a word of the reveal list."""
    for intent in driver.ask(domain=True)["intents"]:
        if intent in NOT_SAID | {"safe_word_ok"}:
            continue
        talk = _opened(driver, {"consented": True}, ("", "disclose_violence"))
        talk.context["cover"] = True
        talk.say("una frase", {"intent": intent})
        _harmless(talk)
        talk.tap(f"/{intent}")
        _harmless(talk)


def _harmless(talk: Talk) -> None:
    said = "\n".join(talk.texts()).replace(ANY_BOT_MAY_SAY, "")
    assert not REVEALS.search(said), said
    kinds = {effect["effect"] for effect in talk.effects()}
    assert not kinds & {"open_case", "give_help", "keep_location", "expect_safe_word", "forget_turn"}


def test_p9_under_cover_all_of_safety_is_answered_alike(driver: Driver) -> None:
    """P9: under cover a disclosure, a guess and an old button get the same line, with a case and without."""
    said: dict[tuple[str, bool], list[list[str]]] = {}
    for intent, case in itertools.product(("disclose_violence", "phone_watched", "self_told"), (True, False)):
        label = {"intent": intent} if intent != "self_told" else {"intent": "nlu_fallback", "tier": "perhaps"}
        talk = Talk(driver, consented=True, cover=True, case_open=case)
        said[intent, case] = []
        for _ in range(3):
            talk.say("una frase", label)
            said[intent, case].append(talk.texts())
    assert len({str(answers) for answers in said.values()}) == 1
    for payload in ("/tell_more", "/want_person", "/immediate_danger", "/open_case_yes"):
        pressed = Talk(driver, consented=True, cover=True)
        pressed.tap(payload)
        assert [pressed.texts()] == said["disclose_violence", True][:1]


def test_p9_a_cry_under_cover_is_answered_alike_with_a_case_and_without(driver: Driver) -> None:
    """P9: the line that any bot may say, word for word the one that the gate lets pass."""
    said = []
    for case in (True, False):
        talk = Talk(driver, consented=True, cover=True, case_open=case, safe_word_set=case)
        talk.say("una frase", {"intent": "immediate_danger"})
        said.append(talk.texts())
        assert talk.texts()[0] == ANY_BOT_MAY_SAY
    assert said[0] == said[1]


def test_p9_every_text_that_teaches_the_way_in_teaches_the_way_back(driver: Driver) -> None:
    """P9: and it is the word that the product knows."""
    teaching = [
        (name, one["text"])
        for name, one in _responses(driver)
        if re.search(r"\*salir\*|🌵", one.get("text", ""))
    ]
    assert teaching
    for name, text in teaching:
        assert f"*{WAY_BACK}*" in text or "tu palabra" in text or "vuelves con ella" in text, name
    asks = [one for _, one in _responses(driver) if "/not_safe_now" in json.dumps(one.get("buttons", []))]
    assert asks
    assert all("*salir*" in one["text"] or "*911*" in one["text"] for one in asks)


def test_every_question_names_a_place_that_is_listed_and_acts_that_are_known(driver: Driver) -> None:
    """A response's place is one of `bot/places.toml`; what an act does there is an intent of ours."""
    known, intents = places(), set(driver.ask(domain=True)["intents"])
    named = {
        variation["metadata"]["place"]
        for _, variation in _responses(driver)
        if "place" in (variation.get("metadata") or {})
    }
    assert named <= set(known)
    assert len(named) > 30
    does = [act.does for place in known.values() for act in place.acts.values()]
    assert {payload_intent(payload) for payload in does if payload.startswith("/")} <= intents


def _responses(driver: Driver) -> list[tuple[str, dict[str, Any]]]:
    found = driver.ask(domain=True)["responses"]
    return [(name, variation) for name, variations in found.items() for variation in variations]


def test_every_text_is_short_plain_and_keeps_the_rules_of_voice(driver: Driver) -> None:
    """Under 300 characters, "tú", no promise, no blame, no jargon, no "tranquila"."""
    for name, variation in _responses(driver):
        text = variation.get("text", "")
        assert len(text) < LONGEST or name in MAY_BE_LONGER, (name, len(text))
        assert not NEVER.search(text), (name, text)
        assert not re.search(r"\b(usted|ustedes|vos)\b", text), (name, text)
        assert text.count("?") <= 1, (name, text)


def test_every_button_fits_whatsapp_and_leads_somewhere(driver: Driver) -> None:
    """At most three choices, titles of 20 characters, payloads of 200 that name an intent."""
    intents = set(driver.ask(domain=True)["intents"])
    for name, variation in _responses(driver):
        buttons = variation.get("buttons", [])
        marks = variation.get("metadata", {})
        assert len(buttons) <= 3, name
        for button in buttons:
            assert len(button["title"]) <= 20 or button["title"].startswith("{"), (name, button["title"])
            assert len(button["payload"]) <= 200, name
        leads = [b["payload"] for b in buttons] + [marks[k] for k in ("yes", "no") if k in marks]
        leads += [f"/{marks['expects']}"] if "expects" in marks else []
        for payload in [*leads, *marks.get("words", {})]:
            if payload == "/{plan}":  # the next step of her plan: plan_two to plan_five
                continue
            assert payload[1:].partition("{")[0] in intents, (name, payload)


def test_variations_of_a_text_exclude_each_other(driver: Driver) -> None:
    """Rasa picks at random among variations whose conditions all hold: no two ever may."""
    for name, variations in driver.ask(domain=True)["responses"].items():
        conditions = [{c["name"]: c["value"] for c in v.get("condition", [])} for v in variations]
        assert sum(1 for c in conditions if not c) <= 1, name
        for one, other in itertools.combinations([c for c in conditions if c], 2):
            assert any(one[k] != other[k] for k in one.keys() & other.keys()), (name, one, other)


def test_no_help_number_but_911_stands_in_the_texts(driver: Driver) -> None:
    """Numbers of help lines are data: they come through `give_help`."""
    for name, variation in _responses(driver):
        digits = re.findall(r"\d[\d ]{2,}", variation.get("text", ""))
        assert all(len(d.strip()) < 3 or d.strip() in {"911", "120", "1989"} for d in digits), (name, digits)


def test_every_effect_is_one_that_the_product_knows(driver: Driver) -> None:
    """The list of effects is closed on both sides: each is read by the product's own reader."""
    for name, variation in _responses(driver):
        if "custom" in variation:
            filled = json.loads(re.sub(r"\{\w+\}", "x", json.dumps(variation["custom"])))
            assert variation["custom"]["effect"] == effects.parse(filled).NAME, name
