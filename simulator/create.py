"""What Twilio accepts as a new message, and what it refuses at once with which code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from simulator.addresses import bare, canonical, is_e164, is_whatsapp
from simulator.contents import Rendered, parse_variables, render
from simulator.errors import TwilioError
from simulator.nouns import Content, Media, Message, Status, new_sid

if TYPE_CHECKING:
    from simulator.hub import Hub

BODY_LIMIT = 1_600
_MEDIA_LIMIT = 10
_EARLIEST, _LATEST = timedelta(minutes=15), timedelta(days=35)
Form = MultiDict[str, str]


@dataclass(frozen=True)
class Draft:
    """A message that was accepted, with what its delivery needs to know."""

    message: Message
    rendered: Rendered
    content: Content | None
    variables: dict[str, str]


def draft(hub: Hub, form: Form) -> Draft:
    """The message that this form asks for; TwilioError with Twilio's code where it is refused."""
    to = form.get("To", "")
    service, sender = form.get("MessagingServiceSid"), form.get("From")
    _check_addresses(hub, to, sender, service)
    content = _content(hub, form.get("ContentSid"))
    variables = parse_variables(form.get("ContentVariables"), form.get("ContentSid"))
    rendered = render(content, variables) if content else Rendered(form.get("Body", ""))
    media = form.getlist("MediaUrl") + rendered.media
    _check_what(rendered.text, media, content)
    callback = form.get("StatusCallback")
    if callback and not _is_url(callback):
        raise TwilioError(21609)
    send_at = _send_at(hub, form)
    now = hub.clock.now()
    sid = new_sid("MM" if media or content else "SM")
    message = Message(
        sid=sid,
        direction="outbound-api",
        to=to,
        from_=None if service else sender,
        body=rendered.text,
        status=Status.SCHEDULED if send_at else Status.ACCEPTED if service else Status.QUEUED,
        created=now,
        updated=now,
        messaging_service_sid=service,
        content_sid=form.get("ContentSid"),
        status_callback=callback,
        send_at=send_at,
        media=[Media(new_sid("ME"), sid, "application/octet-stream", now, source=url) for url in media],
    )
    return Draft(message, rendered, content, variables)


def _check_addresses(hub: Hub, to: str, sender: str | None, service: str | None) -> None:
    if not to:
        raise TwilioError(21604)
    if not sender and not service:
        raise TwilioError(21603)
    if service and service != hub.config.messaging_service_sid:
        raise TwilioError(21701)
    if sender and is_whatsapp(sender) != is_whatsapp(to):
        raise TwilioError(21910)
    if sender and sender != hub.config.from_address:
        raise TwilioError(63007)
    if not is_e164(bare(to)) or not is_whatsapp(to):
        raise TwilioError(21211)
    if canonical(to) == canonical(hub.config.from_address):
        raise TwilioError(63031)


def _content(hub: Hub, sid: str | None) -> Content | None:
    if not sid:
        return None
    with hub.store.lock:
        content = hub.store.contents.get(sid)
    if content is None:
        raise TwilioError(21655)
    return content


def _check_what(text: str, media: list[str], content: Content | None) -> None:
    if not text and not media and content is None:
        raise TwilioError(21619)
    if len(text) > BODY_LIMIT:
        raise TwilioError(21617)
    if len(media) > _MEDIA_LIMIT:
        raise TwilioError(21623)
    if not all(_is_url(url) for url in media):
        raise TwilioError(21620)


def _is_url(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and re.fullmatch(r"[A-Za-z0-9.:-]+", host) is not None


def _send_at(hub: Hub, form: Form) -> datetime | None:
    if form.get("ScheduleType") != "fixed":
        return None
    if not form.get("MessagingServiceSid"):
        raise TwilioError(35118)
    try:
        moment = datetime.fromisoformat(form.get("SendAt", ""))
    except ValueError as error:
        raise TwilioError(35111) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not _EARLIEST <= moment - hub.clock.now() <= _LATEST:
        raise TwilioError(35114)
    return moment
