"""The Media of messages: lists, descriptions, the files themselves, and their removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from simulator.errors import TwilioError
from simulator.hub import Hub, hub
from simulator.rest_common import API, page_bounds, page_uri, require_account, rfc2822
from simulator.rest_messages import find, message_uri

if TYPE_CHECKING:
    from simulator.nouns import Media, Message

media = Blueprint("media", __name__, url_prefix=f"{API}/Accounts/<account>/Messages/<message_sid>")
media.before_request(require_account)


def as_json(sim: Hub, item: Media) -> dict[str, Any]:
    """A media file's description as the API shows it."""
    return {
        "account_sid": sim.config.account_sid,
        "content_type": item.content_type,
        "date_created": rfc2822(item.created),
        "date_updated": rfc2822(item.created),
        "parent_sid": item.parent_sid,
        "sid": item.sid,
        "uri": f"{message_uri(sim, item.parent_sid)}/Media/{item.sid}.json",
    }


@media.get("/Media.json")
def list_media(message_sid: str) -> Response:
    """The media of one message."""
    sim = hub()
    message = find(sim, message_sid)
    start, size, number = page_bounds([item.sid for item in message.media])
    items = message.media[start : start + size]
    more = start + size < len(message.media)
    return jsonify(
        {
            "media_list": [as_json(sim, item) for item in items],
            "page": number,
            "page_size": size,
            "start": start,
            "end": max(start + len(items) - 1, 0),
            "uri": request.full_path.rstrip("?"),
            "first_page_uri": page_uri(0, size),
            "next_page_uri": page_uri(number + 1, size, items[-1].sid) if more else None,
            "previous_page_uri": None if number == 0 else page_uri(number - 1, size),
        }
    )


@media.get("/Media/<sid>.json")
def describe(message_sid: str, sid: str) -> Response:
    """One file's description."""
    sim = hub()
    return jsonify(as_json(sim, _find(find(sim, message_sid), sid)))


@media.get("/Media/<sid>")
def download(message_sid: str, sid: str) -> Response:
    """One file, as the product fetches what a woman sent."""
    sim = hub()
    message = find(sim, message_sid)
    fault = sim.faults.take("media", message.from_ or "")
    fault.before()
    item = _find(message, sid)
    if item.data is None:
        raise TwilioError(20404, request.path)
    sim.ledger.add("media_fetched", message.from_ or "", sid=sid, message_sid=message_sid)
    fault.after()
    return Response(item.data, mimetype=item.content_type)


@media.delete("/Media/<sid>.json")
def delete(message_sid: str, sid: str) -> tuple[str, int]:
    """Take a file out of Twilio's records."""
    sim = hub()
    message = find(sim, message_sid)
    fault = sim.faults.take("delete", message.from_ or "")
    fault.before()
    message.media.remove(_find(message, sid))
    sim.ledger.add("media_deleted", message.from_ or "", sid=sid, message_sid=message_sid)
    fault.after()
    return "", 204


def _find(message: Message, sid: str) -> Media:
    for item in message.media:
        if item.sid == sid:
            return item
    raise TwilioError(20404, request.path)
