"""What a woman sends: the message is kept, shown on her phone, and posted to the product as Twilio would.

Parameters are those of twilio.com/docs/messaging/guides/webhook-request, with what was seen besides.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.addresses import CHANNEL, bare, is_e164
from simulator.nouns import Bubble, Media, Message, Phone, Status, new_sid
from simulator.outgoing import Post
from simulator.samples import sample

if TYPE_CHECKING:
    from simulator.hub import Hub
    from simulator.webhooks import Outcome

_KINDS = {"image": "image", "audio": "audio", "video": "video", "application": "document", "text": "contacts"}
_FIELDS = frozenset(
    {
        "from", "body", "button_payload", "button_text", "reply_to", "media", "location", "profile_name",
        "message_sid", "forged", "unsigned", "delay", "wait", "parameters", "edits", "deletes",
    }
)  # fmt: skip


class InboundError(ValueError):
    """A request to send that can't be understood; the message says what is wrong with it."""


@dataclass(frozen=True)
class Inbound:
    """What to send, checked."""

    sender: str
    body: str = ""
    button_payload: str | None = None
    button_text: str | None = None
    reply_to: str | None = None
    media: tuple[tuple[str, bytes], ...] = ()
    location: dict[str, Any] | None = None
    profile_name: str = ""
    message_sid: str | None = None
    signed: str = "right"
    delay: float = 0
    edits: str | None = None
    deletes: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said: only meant to repeat a message by its SID."""
        said = self.body or self.button_payload or self.media or self.location
        return not (said or self.edits or self.deletes)


def parse_inbound(raw: object) -> Inbound:
    """What to send, from JSON; InboundError where it can't be understood."""
    if not isinstance(raw, Mapping):
        raise InboundError("a JSON object is required")
    if unknown := set(raw) - _FIELDS:
        raise InboundError(f"unknown: {', '.join(sorted(unknown))}")
    number = bare(str(raw.get("from", "")))
    if not is_e164(number):
        raise InboundError("from must be a number like +5213312345678")
    location = raw.get("location")
    if location is not None and not {"latitude", "longitude"} <= set(location):
        raise InboundError("location needs latitude and longitude")
    return Inbound(
        sender=number,
        body=str(raw.get("body") or ""),
        button_payload=raw.get("button_payload"),
        button_text=raw.get("button_text"),
        reply_to=raw.get("reply_to"),
        media=tuple(_parse_media(item) for item in raw.get("media") or []),
        location=dict(location) if location else None,
        profile_name=str(raw.get("profile_name") or ""),
        edits=raw.get("edits"),
        deletes=raw.get("deletes"),
        message_sid=raw.get("message_sid"),
        signed="none" if raw.get("unsigned") else "wrong" if raw.get("forged") else "right",
        delay=float(raw.get("delay") or 0),
        parameters={str(key): str(value) for key, value in (raw.get("parameters") or {}).items()},
    )


def _parse_media(item: object) -> tuple[str, bytes]:
    """A media item: a content type (a sample is sent), or {"content_type", "data" in base64}."""
    if isinstance(item, str):
        return item, sample(item.partition(";")[0])
    if not isinstance(item, Mapping) or not item.get("content_type"):
        raise InboundError("a media item is a content type, or has one")
    kind = str(item["content_type"])
    if "data" not in item:
        return kind, sample(kind.partition(";")[0])
    try:
        return kind, base64.b64decode(item["data"], validate=True)
    except (binascii.Error, TypeError) as error:
        raise InboundError("data is not base64") from error


def prepare(hub: Hub, said: Inbound, base_url: str) -> Post:
    """Keep the message, show it on its phone, and make the post; a known SID is repeated, not shown again."""
    sid = said.message_sid or new_sid("MM" if said.media else "SM")
    with hub.store.lock:
        known = hub.store.messages.get(sid)
        if known is not None and said.is_empty:
            params = known.webhook_params
        else:
            phone = hub.store.phone(said.sender, said.profile_name)
            message = known or _message(hub, said, sid)
            params = message.webhook_params = _params(hub, said, message, phone, base_url)
            # What is forged was never at Twilio: it leaves no record there and opens no window.
            if known is None and said.signed == "right":
                _keep(hub, said, message, phone)
    return Post(
        "inbound",
        said.sender,
        sid,
        hub.config.webhook_url,
        params,
        fallback_url=hub.config.fallback_url,
        signed=said.signed,
    )


def send(hub: Hub, item: Post) -> Outcome:
    """Post the message; the phone shows two ticks once the product took it."""
    outcome = hub.outgoing.send(item)
    hub.store.set_bubble_status(item.phone, item.key, "failed" if outcome.failed else "delivered")
    return outcome


def _message(hub: Hub, said: Inbound, sid: str) -> Message:
    now = hub.clock.now()
    return Message(
        sid=sid,
        direction="inbound",
        to=hub.config.from_address,
        from_=CHANNEL + said.sender,
        body=said.body,
        status=Status.RECEIVED,
        created=now,
        updated=now,
        sent=now,
        messaging_service_sid=hub.config.messaging_service_sid,
        media=[Media(new_sid("ME"), sid, kind, now, data=data) for kind, data in said.media],
    )


def _keep(hub: Hub, said: Inbound, message: Message, phone: Phone) -> None:
    phone.last_inbound, phone.shown = message.created, True
    hub.store.keep(message)
    bubble = Bubble(
        sid=message.sid,
        mine=True,
        text=message.webhook_params["Body"],
        at=message.created,
        status="sending",
        media=[
            {"url": f"/_simulator/media/{message.sid}/{item.sid}", "content_type": item.content_type}
            for item in message.media
        ],
        location=said.location,
    )
    hub.store.show(phone.number, bubble)


def _params(hub: Hub, said: Inbound, message: Message, phone: Phone, base_url: str) -> dict[str, str]:
    digits = bare(said.sender).removeprefix("+")
    name = phone.profile_name
    context = {"type": "whatsapp", "data": {"context": {"ProfileName": name, "WaId": digits}}}
    params = {
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "ProfileName": name,
        "MessageType": _message_type(said),
        "SmsSid": message.sid,
        "WaId": digits,
        "SmsStatus": "received",
        "Body": said.body,
        "To": hub.config.from_address,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": message.sid,
        "AccountSid": hub.config.account_sid,
        "ChannelMetadata": json.dumps(context, ensure_ascii=False),
        "From": CHANNEL + said.sender,
        "ApiVersion": "2010-04-01",
    }
    if hub.config.messaging_service_sid:
        params["MessagingServiceSid"] = hub.config.messaging_service_sid
    for index, item in enumerate(message.media):
        path = f"/2010-04-01/Accounts/{hub.config.account_sid}/Messages/{message.sid}/Media/{item.sid}"
        params[f"MediaUrl{index}"] = base_url.rstrip("/") + path
        params[f"MediaContentType{index}"] = item.content_type
    params |= {key.capitalize(): str(value) for key, value in (said.location or {}).items()}
    params |= _tap_params(hub, said, phone)
    if said.edits or said.deletes:
        # Twilio documents no such webhook: these two names are ours, for the product reads defensively.
        kind = "edited" if said.edits else "deleted"
        params |= {"MessageType": kind, "OriginalMessageSid": str(said.edits or said.deletes)}
    return params | said.parameters


def _tap_params(hub: Hub, said: Inbound, phone: Phone) -> dict[str, str]:
    """What a tapped button or a picked option adds: its words, its id, and the message it stood under."""
    if said.button_payload is None:
        return _reply_params(hub, said.reply_to)
    for bubble in reversed(phone.thread):
        if bubble.mine or said.reply_to not in (None, bubble.sid):
            continue
        for button in bubble.buttons:
            if button["id"] == said.button_payload:
                kind = "button" if bubble.template else "interactive"
                return _button_params(hub, button["id"], button["title"], kind, bubble.sid)
        for option in bubble.options:
            if option["id"] == said.button_payload:
                return {
                    "Body": option["title"],
                    "ListId": option["id"],
                    "ListTitle": option["title"],
                    "ListDescription": option["description"],
                    **_reply_params(hub, bubble.sid),
                }
    title = said.button_text or said.body or said.button_payload
    return _button_params(hub, said.button_payload, title, "interactive", said.reply_to)


def _button_params(hub: Hub, payload: str, title: str, kind: str, sid: str | None) -> dict[str, str]:
    return {
        "Body": title,
        "ButtonText": title,
        "ButtonPayload": payload,
        "ButtonType": "REPLY",
        "MessageType": kind,
        **_reply_params(hub, sid),
    }


def _reply_params(hub: Hub, sid: str | None) -> dict[str, str]:
    if not sid:
        return {}
    return {"OriginalRepliedMessageSender": hub.config.from_address, "OriginalRepliedMessageSid": sid}


def _message_type(said: Inbound) -> str:
    if said.button_payload is not None:
        return "interactive"
    if said.location is not None:
        return "location"
    if not said.media:
        return "text"
    kind = said.media[0][0]
    return "sticker" if kind == "image/webp" else _KINDS.get(kind.partition("/")[0], "document")
