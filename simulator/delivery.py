"""An accepted message's way to the phone: queued, sent, delivered, read, or failed; each with its callback.

The initial status has no callback. A message's callbacks leave one after the other, so that they arrive in
order unless a fault asks otherwise.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.addresses import is_whatsapp, masked
from simulator.contents import approval_status, fate
from simulator.errors import LATER
from simulator.nouns import Bubble, Message, Status
from simulator.outgoing import Post

if TYPE_CHECKING:
    from simulator.create import Draft
    from simulator.faults import Fault
    from simulator.hub import Hub
    from simulator.nouns import Media

# Twilio's identifier of a WhatsApp sender's installation; the same for every message of one sender.
_CHANNEL_INSTALL_SID = "XE" + "5" * 32
_FINAL = frozenset({Status.READ, Status.FAILED, Status.UNDELIVERED, Status.CANCELED})


def accept(hub: Hub, draft: Draft, fault: Fault) -> None:
    """Keep an accepted message and set it on its way, now or at the time it is scheduled for."""
    message = draft.message
    with hub.store.lock:
        hub.store.keep(message)
        hub.store.phone(message.to)
    start = partial(_leave, hub, draft, fault)
    if message.send_at:
        hub.scheduler.at(message.send_at, start)
    else:
        hub.scheduler.after(hub.config.pace.sent, start)


def come_online(hub: Hub, number: str) -> None:
    """Deliver what waited for this phone to have a signal again."""
    with hub.store.lock:
        phone = hub.store.phone(number)
        waiting, phone.waiting = phone.waiting, []
    for message, bubble in waiting:
        hub.scheduler.after(hub.config.pace.delivered, partial(_deliver, hub, message, bubble))


def cancel(hub: Hub, message: Message) -> None:
    """Call off a scheduled message."""
    _move(hub, message, Status.CANCELED)


def _leave(hub: Hub, draft: Draft, fault: Fault) -> None:
    message = draft.message
    if message.status is Status.CANCELED:
        return
    message.from_ = message.from_ or hub.config.from_address
    error = fault.error_code or _error_of(hub, draft) or _fetch_files(hub, message)
    if error is not None:
        message.sent = hub.clock.now()
        message.error_code, message.error_message = error, LATER.get(error, "The message was not delivered")
        _move(hub, message, Status(fault.error_status))
        return
    message.sent = hub.clock.now()
    _move(hub, message, Status.SENT)
    hub.scheduler.after(hub.config.pace.delivered, partial(_deliver, hub, message, _bubble(hub, draft)))


def _deliver(hub: Hub, message: Message, bubble: Bubble) -> None:
    with hub.store.lock:
        phone = hub.store.phone(message.to)
        if not phone.online:
            phone.waiting.append((message, bubble))
            return
    bubble.at = hub.clock.now()
    hub.store.show(message.to, bubble)
    _move(hub, message, Status.DELIVERED)
    hub.scheduler.after(hub.config.pace.read, partial(_read, hub, message))


def _read(hub: Hub, message: Message) -> None:
    if hub.store.phone(message.to).read_receipts:
        _move(hub, message, Status.READ)


def _fetch_files(hub: Hub, message: Message) -> int | None:
    """Fetch the files that the product hands out, as Twilio does before it sends; 63019 where one is missing.

    What lives at someone else's address is named, never fetched: it would be a request to a stranger.
    """
    for item in message.media:
        if not _is_ours(hub, item.source):
            continue
        fetched = _fetched(item.source)
        if fetched is None:
            return 63019
        item.data, item.content_type = fetched[0], fetched[1] or item.content_type
        hub.ledger.add(
            "file_fetched",
            message.to,
            sid=item.sid,
            content_type=item.content_type,
            length=len(item.data),
        )
    return None


def _fetched(url: str) -> tuple[bytes, str] | None:
    """Return what an address gives and its type; None where it gives nothing, or points elsewhere."""
    asked = urlsplit(url)
    kind = HTTPSConnection if asked.scheme == "https" else HTTPConnection
    connection = kind(asked.netloc, timeout=10)
    try:
        connection.request("GET", asked.path)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    return (content, answer.headers.get("Content-Type", "")) if answer.status == HTTPStatus.OK else None


def _is_ours(hub: Hub, url: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(hub.config.webhook_url)[:2]


def _error_of(hub: Hub, draft: Draft) -> int | None:
    window_open = hub.store.window_is_open(draft.message.to)
    if draft.content is None:
        return None if window_open else 63016
    return fate(draft.content, draft.variables, window_open=window_open)


def _bubble(hub: Hub, draft: Draft) -> Bubble:
    message, rendered = draft.message, draft.rendered
    return Bubble(
        sid=message.sid,
        mine=False,
        text=rendered.text,
        at=hub.clock.now(),
        status=Status.SENT,
        template=draft.content is not None and approval_status(draft.content) == "approved",
        media=[_shown(message, item) for item in message.media],
        buttons=rendered.buttons,
        options=rendered.options,
        options_label=rendered.options_label,
    )


def _shown(message: Message, item: Media) -> dict[str, str]:
    if item.data is None:
        return {"url": item.source, "content_type": ""}
    return {"url": f"/_simulator/media/{message.sid}/{item.sid}", "content_type": item.content_type}


def _move(hub: Hub, message: Message, status: Status) -> None:
    with hub.store.lock:
        message.status, message.updated = status, hub.clock.now()
        hub.store.set_bubble_status(message.to, message.sid, status)
    hub.ledger.add("status", message.to, sid=message.sid, status=status, error_code=message.error_code)
    if message.status_callback:
        reads = hub.store.phone(message.to).read_receipts
        last = status in _FINAL or (status is Status.DELIVERED and not reads)
        hub.outgoing.send(_callback(hub, message, status, message.status_callback, last=last))


def _callback(hub: Hub, message: Message, status: Status, url: str, *, last: bool) -> Post:
    params = {
        "AccountSid": hub.config.account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.from_ or hub.config.from_address,
        "To": message.to,
        "MessageSid": message.sid,
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
    }
    if message.messaging_service_sid:
        params["MessagingServiceSid"] = message.messaging_service_sid
    if is_whatsapp(message.to):
        params |= {
            "ChannelPrefix": "whatsapp",
            "ChannelInstallSid": _CHANNEL_INSTALL_SID,
            "ChannelToAddress": masked(message.to),
            "StructuredMessage": "false",
        }
        if status in (Status.DELIVERED, Status.READ, Status.UNDELIVERED):
            params["EventType"] = status.upper()
    if message.error_code is not None:
        params["ErrorCode"] = str(message.error_code)
        params["ChannelStatusMessage"] = message.error_message or ""
    return Post("callback", message.to, message.sid, url, params, status=status, last=last)
