"""Her yes to a case stands in the case, sealed, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from at_desk import lines_of
from desk_support import case_of, talk, worker_of
from people import NOW
from sqlalchemy import func, select
from test_consent import apply

from models import Case, Consent, Conversation, SealedEntry
from outreach.messages import conversation_state
from outreach.people import consent
from outreach.sealing import vault
from outreach.texts import desk as words
from outreach.turns.effects import ForgetTurn, OpenCase, RecordConsent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.casework.opened import Caseworker
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

YES, NO = RecordConsent(kind=consent.CASE, given=True), RecordConsent(kind=consent.CASE, given=False)
OPEN = OpenCase(urgency="support", about="violence")


@pytest.fixture
def lucia(session: Session, key: PersonalKey) -> Caseworker:
    return worker_of(session, key, vault.make_team(session, "Atención"), "lucia", NOW)


def _plain(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Consent)) or 0


def _case(session: Session, key: PersonalKey, conversation: Conversation) -> Case:
    case_id = conversation_state.read(key, conversation).case_id
    assert case_id is not None
    return session.get_one(Case, case_id)


def test_her_yes_becomes_a_line_of_her_case(
    session: Session, key: PersonalKey, settings: Settings, lucia: Caseworker
) -> None:
    """P4: what she agreed to, when and in which words is in the thread; no row outside says that she did."""
    conversation = talk(session, key, NOW)
    for effect in (YES, OPEN):
        apply(session, key, settings, conversation, effect)
    lines = lines_of(session, lucia, _case(session, key, conversation))
    [agreed] = [line for line in lines if line.extra.get("consent") == "case"]
    assert (agreed.author, agreed.text, agreed.at) == ("event", words.CONSENT_GIVEN, NOW)
    assert (agreed.extra["given"], agreed.extra["said"]) == ("yes", "x")
    assert _plain(session) == 0


def test_her_answer_about_a_case_that_is_open(
    session: Session, key: PersonalKey, settings: Settings, lucia: Caseworker
) -> None:
    """Asked again while a case is open, her yes and her no are both kept in it."""
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    for effect in (YES, NO):
        apply(session, key, settings, conversation, effect)
    lines = lines_of(session, lucia, case)[-2:]
    assert [line.text for line in lines] == [words.CONSENT_GIVEN, words.CONSENT_REFUSED]


def test_a_no_without_a_case_leaves_nothing(
    session: Session, key: PersonalKey, settings: Settings, lucia: Caseworker
) -> None:
    """P9: she said no: there is no case, no draft and no line."""
    conversation = talk(session, key, NOW)
    apply(session, key, settings, conversation, NO)
    assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert session.scalar(select(func.count()).select_from(SealedEntry)) == 0
    assert _plain(session) == 0


def test_what_she_takes_back_takes_her_yes_along(
    session: Session, key: PersonalKey, settings: Settings, lucia: Caseworker
) -> None:
    """P9: "no es eso" after her yes and before the case: the draft with her yes is gone."""
    conversation = talk(session, key, NOW)
    for effect in (YES, ForgetTurn()):
        apply(session, key, settings, conversation, effect)
    assert session.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize("kind", [consent.PRIVACY, consent.FOOD_SECURITY])
def test_other_consents_stay_where_they_were(
    session: Session, key: PersonalKey, settings: Settings, lucia: Caseworker, kind: str
) -> None:
    """The other two notices are answered in plain rows, as proof, and touch no case."""
    conversation = talk(session, key, NOW)
    case = case_of(session, key, conversation, NOW)
    before = len(lines_of(session, lucia, case))
    apply(session, key, settings, conversation, RecordConsent(kind=kind, given=True))
    assert (_plain(session), len(lines_of(session, lucia, case))) == (1, before)
