"""The last look before a campaign leaves: is there one like it today, and does a second person have to agree?

Above the size that the administrator set for the programme somebody else approves: neither who made the
campaign, nor who changed it last, nor who asked. What is approved is bound by a digest of all that decides
what leaves, to whom and when; a change of any of it, also of the template's text, takes the approval away.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select

from models import Campaign, CampaignState, Programme, Staff, Template
from outreach.campaigns import audience, steps, variables
from outreach.campaigns.compiling import Asked
from outreach.campaigns.preview import OUTSIDE_HER_HOURS
from outreach.campaigns.windows import CampaignError
from outreach.ground import dates
from outreach.staff import same_person
from outreach.texts import campaigns as texts
from outreach.texts.staff_accounts import TWO_ACCOUNTS

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.campaigns.audience import Counted
    from outreach.campaigns.preview import Preview
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

GROWTH: Final = 10
"""Percent that the number of women may grow between the confirmation and the start."""
FEW: Final = 10
LONGEST_NOTE: Final = 200


class Page(NamedTuple):
    """What a person had before her as she pressed the button: the digest, and how many women it reaches."""

    seen: bytes
    reached: int

    def check(self, now_reached: int) -> None:
        """Refuse an audience that is another by now; of few women some more are none.

        Raises:
            CampaignError: it reaches many more.
        """
        if now_reached > max(self.reached * (100 + GROWTH) // 100, self.reached + FEW):
            said = texts.MORE_SINCE.format(seen=f"{self.reached:,}", now=f"{now_reached:,}")
            raise CampaignError(said)


class TwinError(CampaignError):
    """There is a campaign of the same template to the same women on that day."""


def limit(session: Session, programme_id: uuid.UUID) -> int | None:
    """Return above how many women a second person has to agree; None: never."""
    return session.scalar(select(Programme.approval_above).where(Programme.id == programme_id))


def digest(session: Session, campaign: Campaign) -> bytes:
    """Return the digest of what decides what leaves, to whom and when."""
    template = session.get_one(Template, campaign.template_id)
    parts = [
        str(campaign.programme_id),
        campaign.audience,
        str(campaign.template_id),
        template.body,
        template.buttons,
        campaign.variables,
        campaign.starts_at.timestamp(),
        campaign.ends_at.timestamp(),
        campaign.per_minute,
        campaign.hold_out_percent,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()


def needs_second(session: Session, campaign: Campaign, reached: int) -> bool:
    """Say whether so many women need a second person."""
    most = limit(session, campaign.programme_id)
    return most is not None and reached > most


def counted_by(shown: Preview) -> int:
    """Return how many a preview takes for reached as the confirmation counts them: without her hours."""
    of_the_text = (OUTSIDE_HER_HOURS, variables.NO_VALUE)
    return shown.reached_count + sum(shown.reasons[reason] for reason in of_the_text)


def twin(session: Session, campaign: Campaign, rules: Settings) -> Campaign | None:
    """Return another campaign of the same template to the same audience on the local day of this one."""
    first, after = dates.bounds(dates.today(rules.timezone, campaign.starts_at), rules.timezone)
    return session.scalar(
        select(Campaign)
        .where(
            Campaign.id != campaign.id,
            Campaign.template_id == campaign.template_id,
            Campaign.audience == campaign.audience,
            Campaign.state.not_in((CampaignState.DRAFT, CampaignState.CANCELLED)),
            Campaign.starts_at >= first,
            Campaign.starts_at < after,
        )
        .order_by(Campaign.created_at.desc())
        .limit(1)
    )


def confirm(
    session: Session,
    key: PersonalKey,
    rules: Settings,
    campaign: Campaign,
    now: datetime,
    *,
    again: bool = False,
    page: Page | None = None,
) -> None:
    """Schedule a campaign that needs nobody else, as `page` showed it. `again`: there may be a twin today.

    Raises:
        TwinError: there is one like it today.
        CampaignError: it is not what the page showed, needs a second person, reaches nobody, or can't be
            scheduled.
    """
    counted = _looked_at(session, key, rules, campaign, now, again=again, page=page)
    if needs_second(session, campaign, counted.reached):
        raise CampaignError(texts.NEEDS_SECOND)
    steps.schedule(session, campaign, now, rules)
    campaign.confirmed_count = counted.reached


def ask(
    session: Session,
    key: PersonalKey,
    rules: Settings,
    campaign: Campaign,
    by: uuid.UUID,
    now: datetime,
    *,
    again: bool = False,
    page: Page | None = None,
) -> None:
    """Ask for a second person, for what `page` showed.

    Raises:
        TwinError: there is one like it today.
        CampaignError: it is not what the page showed, needs none, is asked for already, or reaches nobody.
    """
    counted = _looked_at(session, key, rules, campaign, now, again=again, page=page)
    if campaign.asked_at is not None:
        raise CampaignError(texts.ALREADY_ASKED)
    if not needs_second(session, campaign, counted.reached):
        raise CampaignError(texts.NEEDS_NONE)
    campaign.asked_by, campaign.asked_at, campaign.asked_digest = by, now, digest(session, campaign)
    campaign.sent_back = ""
    session.flush()


def why_not(session: Session, key: PersonalKey, campaign: Campaign, staff_id: uuid.UUID) -> str | None:
    """Say why somebody is no second person for this campaign; None: she is.

    The first with another account is none.
    """
    first = {campaign.created_by, campaign.edited_by, campaign.asked_by}
    if staff_id in first:
        return texts.NOT_ONESELF
    return TWO_ACCOUNTS if same_person.seems_one_of(session, key, staff_id, first) else None


def approve(
    session: Session,
    key: PersonalKey,
    rules: Settings,
    campaign: Campaign,
    by: uuid.UUID,
    seen: bytes,
    now: datetime,
    *,
    reached: int | None = None,
) -> None:
    """Agree to a campaign and schedule it. Her page said `seen`, its digest, and how many it would reach.

    Raises:
        CampaignError: nobody asked, it has changed since, she is no second person, or it can't be scheduled.
    """
    steps.lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError(texts.ALREADY_SCHEDULED)
    is_now = digest(session, campaign)
    if campaign.asked_at is None or not campaign.asked_digest == seen == is_now:
        raise CampaignError(texts.NOT_ASKED)
    refusal = why_not(session, key, campaign, by)
    if refusal is not None:
        raise CampaignError(refusal)
    counted = audience.count(session, campaign, Asked(key, now))
    if not counted.reached:
        raise CampaignError(texts.NOBODY)
    if reached is not None:
        Page(seen, reached).check(counted.reached)
    steps.schedule(session, campaign, now, rules)
    campaign.approved_by, campaign.approved_at, campaign.approved_digest = by, now, is_now
    campaign.confirmed_count = counted.reached
    session.flush()


def send_back(session: Session, campaign: Campaign, by: uuid.UUID, note: str) -> None:
    """Let a campaign that waits for a second person be changed again, with a word to who asked.

    Raises:
        CampaignError: nobody asked.
    """
    steps.lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT or campaign.asked_at is None:
        raise CampaignError(texts.NOT_ASKED)
    mine = by == campaign.asked_by
    void(campaign)
    campaign.sent_back = "" if mine else " ".join(note.split())[:LONGEST_NOTE]
    session.flush()


def void(campaign: Campaign) -> None:
    """Take away what was asked for, approved and confirmed: the campaign is not what it was."""
    campaign.asked_by = campaign.asked_at = campaign.asked_digest = None
    campaign.approved_by = campaign.approved_at = campaign.approved_digest = None
    campaign.confirmed_count, campaign.sent_back = None, ""


def still_holds(session: Session, campaign: Campaign) -> bool:
    """Say whether a campaign is still what was approved; one that needed no approval is."""
    return campaign.approved_digest is None or campaign.approved_digest == digest(session, campaign)


def has_grown(session: Session, campaign: Campaign, reached: int) -> bool:
    """Say whether a campaign reaches so many more women than were confirmed that it is to be looked at again.

    One below the programme's size may grow up to it.
    """
    confirmed = campaign.confirmed_count
    if confirmed is None or reached <= confirmed * (100 + GROWTH) // 100:
        return False
    return needs_second(session, campaign, reached)


def waiting(session: Session) -> int:
    """Count the campaigns that wait for a second person."""
    asked = Campaign.asked_at.is_not(None), Campaign.state == CampaignState.DRAFT
    return session.scalar(select(func.count()).where(*asked)) or 0


def name_of(session: Session, staff_id: uuid.UUID | None) -> str:
    """Return the name of who made, asked for or approved a campaign."""
    if staff_id is None:
        return ""
    return session.scalar(select(Staff.display_name).where(Staff.id == staff_id)) or ""


def _looked_at(
    session: Session,
    key: PersonalKey,
    rules: Settings,
    campaign: Campaign,
    now: datetime,
    *,
    again: bool,
    page: Page | None,
) -> Counted:
    steps.lock(session, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignError(texts.ALREADY_SCHEDULED)
    if page is not None and page.seen != digest(session, campaign):
        raise CampaignError(texts.CHANGED_SINCE)
    # Of two who confirm the same at one moment the second sees the first.
    same = hashlib.sha256(f"{campaign.template_id}|{campaign.audience}".encode()).digest()[:8]
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(same, signed=True))))
    other = None if again else twin(session, campaign, rules)
    if other is not None:
        raise TwinError(texts.TWIN.format(name=other.name))
    counted = audience.count(session, campaign, Asked(key, now))
    if not counted.reached:
        raise CampaignError(texts.NOBODY)
    if page is not None:
        page.check(counted.reached)
    return counted
