"""Effects about help, cases and cover. Nothing here promises that anyone is coming (P8)."""

from __future__ import annotations

from outreach.casework import cases, closing, draft_case
from outreach.messages import cover_state
from outreach.messages.outbox import Content
from outreach.programme import answers
from outreach.texts import herself as her_texts
from outreach.texts import lasting
from outreach.texts import safety as texts
from outreach.turns import cover
from outreach.turns.effects import (
    CloseCase,
    EnterCover,
    ExpectSafeWord,
    ForgetTurn,
    GiveHelp,
    KeepLocation,
    LeaveCover,
    NoteDanger,
    OpenCase,
    RequestPerson,
)
from outreach.turns.turn_context import TurnContext, handles

_SAID_ALREADY = frozenset({"overdose", "child_now"})
"""What a case may be about where each word more stands in the way of 911."""
_ASKED_BESIDES = frozenset(
    {"complaint", "language", "hunger", "reading", "access", "seat", "voice", "other_group"}
)
"""Reasons where the dialogue asks or says the rest: what happened, who is hungry, what is looked into."""
_URGENT = frozenset({"hunger"})
"""Needs of today: at the desk they stand after danger and before the rest."""


@handles(OpenCase)
def open_case(scene: TurnContext, effect: OpenCase) -> list[Content]:
    """Open a case and tell her the truth about waiting."""
    danger = effect.urgency == "danger"
    scene.open_case("danger" if danger else "support", effect.about)
    if effect.about in _SAID_ALREADY:
        return []
    if effect.about == cases.PROGRAMME:
        return [Content(texts.CASE_OPEN_PROGRAMME, confidential=True)]
    someone = _somebody_reads(scene)
    if effect.about == "self_harm":
        text = texts.CASE_OPEN_SELF_HARM_ON if someone else texts.CASE_OPEN_SELF_HARM_OFF
    elif danger:
        text = texts.CASE_OPEN_UNDER_DANGER_ON if someone else texts.CASE_OPEN_UNDER_DANGER_OFF
    else:
        text = texts.CASE_OPEN_ON_SHIFT if someone else _nobody_there(scene)
    return [Content(text, confidential=True)]


def _somebody_reads(scene: TurnContext) -> bool:
    return bool(cases.who_reads(scene.session, scene.key, scene.conversation, scene.state, scene.now))


def _nobody_there(scene: TurnContext) -> str:
    """Say that nobody is on duty, with one line besides 911 that answers now."""
    woman = scene.woman()
    found = answers.best_help(
        scene.session,
        "violence",
        woman.municipality if woman else None,
        scene.now,
        scene.conversation.programme_id,
        always=True,
    )
    if found is None:
        return texts.CASE_OPEN_OFF_SHIFT
    besides = texts.NOBODY_READS_BESIDES.format(name=found.name, channel=found.channel, hours=found.hours)
    return f"{texts.CASE_OPEN_OFF_SHIFT} {besides}"


@handles(RequestPerson)
def request_person(scene: TurnContext, effect: RequestPerson) -> list[Content]:
    """Put her on the list of those who wait for a person; the words fit any reason."""
    scene.open_case("urgent" if effect.reason in _URGENT else "support", effect.reason)
    if _somebody_reads(scene):
        return [Content(her_texts.PERSON_ON_SHIFT)]
    asked = effect.reason in _ASKED_BESIDES
    return [Content(her_texts.PERSON_OFF_SHIFT_NOTED if asked else her_texts.PERSON_OFF_SHIFT)]


@handles(GiveHelp)
def give_help(scene: TurnContext, effect: GiveHelp) -> list[Content]:
    """Give one resource for her need and municipality."""
    woman = scene.woman()
    municipality = woman.municipality if woman else None
    own = scene.conversation.programme_id
    found = answers.best_help(scene.session, effect.need, municipality, scene.now, own)
    if found is None:
        return [Content(texts.HELP_NONE, confidential=True)]
    text = texts.HELP.format(says=found.says, name=found.name, channel=found.channel, hours=found.hours)
    return [Content(text, confidential=True)]


@handles(EnterCover)
def enter_cover(scene: TurnContext, _: EnterCover) -> list[Content]:
    """From here on, to whoever holds the phone, this is a workshops bot."""
    cover.enter(scene.state, scene.now)
    return []


@handles(LeaveCover)
def leave_cover(scene: TurnContext, _: LeaveCover) -> list[Content]:
    """The thread is back."""
    cover_state.leave(scene.state)
    return []


@handles(NoteDanger)
def note_danger(scene: TurnContext, _: NoteDanger) -> list[Content]:
    """Open a case of danger, or raise the open one, without a word: it may be another's thumb."""
    scene.open_case("danger", "under_cover")
    return []


@handles(CloseCase)
def close_case(scene: TurnContext, _: CloseCase) -> list[Content]:
    """Close her case because she asks; the team sees that it was she."""
    with scene.lent_state():
        closed = closing.close_by_her(scene.session, scene.key, scene.conversation, scene.now)
    return [Content(lasting.CASE_CLOSED_BY_HER if closed else lasting.CASE_NONE, confidential=True)]


@handles(ExpectSafeWord)
def expect_safe_word(scene: TurnContext, _: ExpectSafeWord) -> list[Content]:
    """Her next message is her word, and goes to no model."""
    scene.state.word_expected = True
    return []


@handles(KeepLocation)
def keep_location(scene: TurnContext, _: KeepLocation) -> list[Content]:
    """Keep, sealed, where she is."""
    scene.keep_location = True
    return []


@handles(ForgetTurn)
def forget_turn(scene: TurnContext, _: ForgetTurn) -> list[Content]:
    """Let what she said leave no trace."""
    scene.forget = True
    draft_case.forget(scene.session, scene.state)
    return []
