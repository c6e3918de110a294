"""Effects about consent, messages, preferences and her data."""

from __future__ import annotations

from outreach.casework import agreed, appointments
from outreach.ground import dates
from outreach.messages.outbox import Content
from outreach.people import consent, food_security, preferences
from outreach.people.contact_hours import beside_earlier, in_words, keep_hours, read_hours
from outreach.programme import answers
from outreach.single_list import requests, rights
from outreach.texts import herself as texts
from outreach.texts import lasting
from outreach.turns.effects import (
    EraseMyData,
    OptIn,
    OptOut,
    RecordConsent,
    SaveFoodSecurity,
    SetContactHours,
    SetLanguage,
    TellMyData,
    TellPrivacy,
)
from outreach.turns.turn_context import TurnContext, handles


@handles(RecordConsent)
def record_consent(scene: TurnContext, effect: RecordConsent) -> list[Content]:
    """Keep the proof of her yes or no; a no to the notice leaves nothing behind it."""
    if effect.kind == consent.CASE:
        # The consent of a case stands inside the case, sealed: outside it would tell that there is one.
        agreed.note_consent(
            scene.session,
            scene.key,
            scene.state,
            given=effect.given,
            said=scene.last_words(),
            at=scene.now,
            programme_id=scene.conversation.programme_id,
        )
        return []
    sid = scene.incoming[-1].sid if scene.incoming else ""
    consent.record(scene.session, scene.conversation.id, effect.kind, given=effect.given, message_sid=sid)
    if effect.kind == consent.PRIVACY and not effect.given:
        consent.forget_what_was_before(scene.session, scene.key, scene.conversation.id)
    return []


@handles(OptOut)
def opt_out(scene: TurnContext, _: OptOut) -> list[Content]:
    """Initiate nothing more."""
    preferences.opt_out(scene.session, scene.conversation, scene.now)
    return [Content(texts.OPTED_OUT)]


@handles(OptIn)
def opt_in(scene: TurnContext, _: OptIn) -> list[Content]:
    """Write to her first again."""
    preferences.opt_in(scene.session, scene.conversation)
    return [Content(texts.OPTED_IN)]


@handles(SetContactHours)
def set_contact_hours(scene: TurnContext, effect: SetContactHours) -> list[Content]:
    """Keep the hours in which she may be written to; where her case waits for a person, in the case too."""
    words = effect.words.strip() or scene.last_words()
    hours = read_hours(words)
    if hours is None:
        if scene.state.contact_from is None and words:
            # "When my husband is away" is no span, but the caseworker reads it.
            scene.state.contact_words = words[:80]
        return [] if effect.quiet else [Content(texts.HOURS_ASK)]
    hours = beside_earlier(scene.state, hours, words)
    keep_hours(scene.state, hours, words)
    if not scene.state.cover:  # whoever holds the phone then picks no hour of hers
        appointments.appoint(
            scene.session, scene.key, scene.state.case_id, hours, scene.settings.timezone, scene.now
        )
    return [] if effect.quiet else [Content(in_words(hours))]


@handles(SetLanguage)
def set_language(scene: TurnContext, effect: SetLanguage) -> list[Content]:
    """Flag that an interpreter is needed."""
    scene.state.language = effect.language[:40] or "otra"
    return []  # the dialogue says it, once


@handles(TellPrivacy)
def tell_privacy(scene: TurnContext, _: TellPrivacy) -> list[Content]:
    """Say what her data is for, and where the full notice is."""
    who = answers.responsible(scene.session, scene.conversation.programme_id)
    parts = [texts.PRIVACY, texts.FULL_NOTICE.format(url=f"{scene.settings.public_url}/aviso")]
    if who:
        parts.append(texts.RESPONSIBLE.format(who=who))
    return [Content(" ".join(parts))]


@handles(TellMyData)
def tell_my_data(scene: TurnContext, _: TellMyData) -> list[Content]:
    """Give a readable copy in the chat; nothing confidential is ever part of it."""
    request = rights.open_request(scene.session, scene.settings, scene.conversation, rights.ACCESS, scene.now)
    rights.close(scene.session, request, scene.now)
    lines = rights.readable_copy(scene.session, scene.key, scene.conversation, scene.state)
    return [Content(texts.MY_DATA.format(lines="\n".join(lines)) if lines else texts.MY_DATA_NONE)]


@handles(EraseMyData)
def erase_my_data(scene: TurnContext, _: EraseMyData) -> list[Content]:
    """Erase at once, with a receipt number."""
    request = rights.open_request(
        scene.session, scene.settings, scene.conversation, rights.ERASURE, scene.now
    )
    stay = rights.erase(scene.session, scene.key, scene.settings, scene.conversation, scene.state, scene.now)
    rights.close(scene.session, request, scene.now)
    answer_by = dates.day(request.answer_by, scene.settings.timezone, scene.now)
    receipt = lasting.ERASURE_RECEIPT.format(number=request.number, answer_by=answer_by)
    erased = texts.ERASED
    if stay:
        erased = texts.ERASED_PARTLY.format(stays=" ".join(requests.stays_in_words(stay)))
    return [Content(erased), Content(receipt)]


@handles(SaveFoodSecurity)
def save_food_security(scene: TurnContext, effect: SaveFoodSecurity) -> list[Content]:
    """Keep the EMSA answers as she gave them; without her yes to this purpose nothing is saved."""
    if not consent.given(scene.session, scene.conversation.id, consent.FOOD_SECURITY):
        return [Content(texts.FOOD_NOT_SAVED)]
    woman = scene.woman()
    if woman is not None:
        today = dates.today(scene.settings.timezone, scene.now)
        food_security.save(scene.session, scene.key, woman, effect.answers, effect.moment, asked_on=today)
    return [Content(texts.FOOD_SAVED)]
