"""The one gate: may this message leave now? Asked at delivery time, for every message.

It looks at opt-out, consent, what has happened since the message was queued, her hours, the session window,
the template, cover mode and the disclosure check. It asks the same of every woman: an open case changes
nothing here (promise P7). A reminder does not go into a conversation, whatever is talked of: one of safety
can't be told from others by what waits or fails (promise P4), so it is by her last message alone that a
conversation is known to be open.

What we initiate needs her yes to the present privacy notice. Two invitations to write may do without: the
first one ever to a woman whose written consent an agency holds and who never answered, and one to a woman who
wrote to us herself and has not said no.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from models import OutboxKind, TemplateState
from outreach.ground.settings import QuietHours
from outreach.messages import overtaken, templates_rules
from outreach.messages.reveal import ANY_BOT_MAY_SAY, revealing_words

if TYPE_CHECKING:
    from models import Conversation, OutboxMessage, Template
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.messages.gate_facts import Facts
    from outreach.messages.outbox import Content
    from outreach.messages.overtaken import Overtaken

# WhatsApp lets free text through for 24 hours after her last message; a minute is kept in hand.
WINDOW = timedelta(hours=24) - timedelta(minutes=1)
# So long after her last message a reminder may follow: where the dialogue waits for an answer of hers or she
# tells something (any woman is in a form at times: it says nothing), and else, where she may be typing still.
TALK, PAUSE = timedelta(minutes=15), timedelta(seconds=20)
# So often a talk is looked at again: the time of a row does not tell when it began.
TALK_AGAIN = timedelta(minutes=1)
WINDOW_CLOSED = 63016
"""Outside the session window free text is refused (https://www.twilio.com/docs/api/errors/63016)."""
# A week of days that are not hers, with two quiet spans in each of the rest, and one more.
MOST_STEPS = 24
# How soon a message is looked at again that waits for its template: a fourth of the time that it has left.
LEAST_WAIT, LOOK_AGAIN = timedelta(minutes=1), timedelta(minutes=10)
# Longer than anything of ours is of use.
NEVER = timedelta(days=90)


class Verdict(enum.StrEnum):
    """What to do with a message."""

    SEND_TEXT = "send_text"
    SEND_TEMPLATE = "send_template"
    WAIT = "wait"
    SUPPRESS = "suppress"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Decision:
    """A verdict with its reason; `until` (UTC) where it is to wait."""

    verdict: Verdict
    reason: str | None = None
    until: datetime | None = None
    template: Template | None = None


def window_open(conversation: Conversation, now: datetime) -> bool:
    """Say whether free text may reach her now."""
    return conversation.last_inbound_at is not None and now - conversation.last_inbound_at < WINDOW


def quiet_spans(settings: Settings, state: PrivateState) -> list[QuietHours]:
    """Return the stretches of local time in which nothing is initiated to this woman."""
    spans = [settings.quiet_hours] if settings.quiet_hours else []
    if state.contact_from and state.contact_until:
        # Her own hours: quiet is all the rest of the day.
        hers = QuietHours(time.fromisoformat(state.contact_until), time.fromisoformat(state.contact_from))
        spans.append(hers)
    return spans


def _on_her_days(local: datetime, state: PrivateState) -> bool:
    return state.contact_days is None or local.weekday() in state.contact_days


def next_allowed(moment: datetime, settings: Settings, state: PrivateState) -> datetime:
    """Return the first moment from `moment` on that lies on a day of hers and in no quiet span.

    Where there is none, for her hours are all quiet: one that is too late for whatever waits.
    """
    local = moment.astimezone(settings.timezone)
    spans = quiet_spans(settings, state)
    # Each step jumps to the end of the span that covers; spans may chain, days may pass.
    for _ in range(MOST_STEPS):
        if not _on_her_days(local, state):
            local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            continue
        span = next((s for s in spans if s.covers(local.time())), None)
        if span is None:
            return local.astimezone(moment.tzinfo)
        end = local.replace(hour=span.end.hour, minute=span.end.minute, second=0, microsecond=0)
        local = end if end > local else end + timedelta(days=1)
    return moment + NEVER


def latest_allowed(moment: datetime, settings: Settings, state: PrivateState) -> datetime:
    """Return the last moment up to `moment` that lies on a day of hers and in no quiet span."""
    local = moment.astimezone(settings.timezone)
    spans = quiet_spans(settings, state)
    for _ in range(MOST_STEPS):
        if not _on_her_days(local, state):
            local = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(minutes=1)
            continue
        span = next((s for s in spans if s.covers(local.time())), None)
        if span is None:
            return local.astimezone(moment.tzinfo)
        start = local.replace(hour=span.start.hour, minute=span.start.minute, second=0, microsecond=0)
        start = start if start <= local else start - timedelta(days=1)
        local = start - timedelta(minutes=1)
    return moment


def decide(settings: Settings, row: OutboxMessage, content: Content, facts: Facts, now: datetime) -> Decision:
    """Decide for one message now."""
    if row.expires_at is not None and now >= row.expires_at:
        return _too_late(facts, now)
    if facts.address.blocked_at is not None:
        return Decision(Verdict.SUPPRESS, "blocked_by_her")
    if row.kind is OutboxKind.REPLY:
        return _decide_reply(content, facts, now)
    against = _against(row, content, facts)
    if against is not None:
        return against
    allowed = next_allowed(now, facts.rules or settings, facts.state)
    if allowed > now:
        if row.expires_at is not None and allowed >= row.expires_at:
            return Decision(Verdict.EXPIRE, "outside_her_hours")
        return Decision(Verdict.WAIT, "outside_her_hours", until=allowed)
    talks = _into_talk(row, facts, settings, now) if row.kind is OutboxKind.REMINDER else None
    return talks or _decide_form(row, content, facts, now)


def _against(row: OutboxMessage, content: Content, facts: Facts) -> Decision | None:
    """Return what keeps a message that we initiate from leaving at any hour; None: nothing."""
    reason = None
    if facts.conversation.opted_out_at is not None or facts.suppressed or facts.standing.left:
        reason = "opted_out"
    elif not _may_initiate(row, content, facts):
        reason = "no_consent"
    elif facts.overtaken is not None:
        return _overtaken(row, facts.overtaken)
    elif revealing_words(_but_for_her_name(content, facts.template)):
        reason = "reveals"
    return Decision(Verdict.SUPPRESS, reason) if reason else None


def _but_for_her_name(content: Content, template: Template | None) -> str:
    """Return a text without her first name: a Violeta's is no other than a Rosa's."""
    if template is None or not content.named:
        return content.body
    without = content.variables | dict.fromkeys(content.named, "\N{HORIZONTAL ELLIPSIS}")
    return templates_rules.filled_in(template.body, without)


def _overtaken(row: OutboxMessage, what: Overtaken) -> Decision:
    """Hold what may leave later and is of use then; end the rest."""
    if what.reason == overtaken.PAUSED and row.expires_at is not None:
        # Whoever lets the campaign go on has its rows looked at again.
        return Decision(Verdict.WAIT, what.reason, until=row.expires_at)
    if what.until is not None and row.expires_at is not None and what.until < row.expires_at:
        return Decision(Verdict.WAIT, what.reason, until=what.until)
    return Decision(Verdict.SUPPRESS, what.reason)


def _into_talk(row: OutboxMessage, facts: Facts, settings: Settings, now: datetime) -> Decision | None:
    """Let a reminder wait until she has finished; None where she has."""
    heard = facts.conversation.last_inbound_at
    lasts = TALK if facts.state.busy else PAUSE
    # One of the future is of a clock that was put back.
    if heard is None or not now - lasts < heard <= now + lasts:
        return None
    over = next_allowed(min(heard + lasts, now + TALK_AGAIN), facts.rules or settings, facts.state)
    if over <= now:
        return None
    if row.expires_at is not None and over >= row.expires_at:
        return Decision(Verdict.EXPIRE, "in_conversation")
    return Decision(Verdict.WAIT, "in_conversation", until=over)


def is_first_contact(row: OutboxMessage, content: Content, facts: Facts) -> bool:
    """Say whether this is the one invitation by which a woman of the list hears of us."""
    return (
        row.kind is OutboxKind.NOTICE
        and content.invitation
        and not facts.standing.answered
        and facts.conversation.last_inbound_at is None
    )


def _may_initiate(row: OutboxMessage, content: Content, facts: Facts) -> bool:
    if facts.standing.agreed:
        return True
    if is_first_contact(row, content, facts):
        # A row that was tried before is the invitation that was noted then.
        return facts.standing.imported and (facts.conversation.invited_at is None or row.attempts > 0)
    wrote = facts.conversation.last_inbound_at is not None
    return row.kind is OutboxKind.NOTICE and content.invitation and wrote and not facts.standing.refused


def _decide_reply(content: Content, facts: Facts, now: datetime) -> Decision:
    # Under cover whoever holds the phone meets a workshops bot, also in what was queued before.
    # The reason is that of other withheld texts: cover mode has no word of its own in any row.
    rest = content.body.replace(ANY_BOT_MAY_SAY, "")
    if facts.state.cover and (content.confidential or revealing_words(rest)):
        return Decision(Verdict.SUPPRESS, "reveals")
    if not window_open(facts.conversation, now):
        return Decision(Verdict.SUPPRESS, "window_closed")
    return Decision(Verdict.SEND_TEXT)


def _decide_form(row: OutboxMessage, content: Content, facts: Facts, now: datetime) -> Decision:
    template = facts.template
    # WhatsApp's word on it counts for more than our clock.
    is_open = window_open(facts.conversation, now) and row.code != WINDOW_CLOSED
    if template is not None and template.withdrawn_at is not None:
        return Decision(Verdict.SUPPRESS, "template_withdrawn")
    complete = template is None or templates_rules.are_complete(template.body, content.variables)
    if content.variables and not complete:
        return Decision(Verdict.SUPPRESS, "variable_missing")
    # Text needs no approval, and no template is paid for.
    if row.kind is OutboxKind.REMINDER and is_open:
        return Decision(Verdict.SEND_TEXT)
    if template is not None and template.content_sid and template.state is TemplateState.APPROVED:
        if revealing_words(template.body):
            return Decision(Verdict.SUPPRESS, "reveals")
        if not complete:
            return Decision(Verdict.SUPPRESS, "variable_missing")
        return Decision(Verdict.SEND_TEMPLATE, template=template)
    if is_open:
        return Decision(Verdict.SEND_TEXT)
    if template is not None and row.expires_at is not None:
        # WhatsApp may let it through again while the message is still of use.
        left = row.expires_at - now
        again = now + min(LOOK_AGAIN, max(left / 4, LEAST_WAIT))
        return Decision(Verdict.WAIT, "template_not_approved", until=min(again, row.expires_at))
    return Decision(Verdict.SUPPRESS, "template_not_approved")


def _too_late(facts: Facts, now: datetime) -> Decision:
    """Say why a message was not sent while it was of use: its template, where that held it."""
    template = facts.template
    held = template is not None and template.state is not TemplateState.APPROVED
    return Decision(
        Verdict.EXPIRE,
        "template_not_approved" if held and not window_open(facts.conversation, now) else "missed_its_moment",
    )
