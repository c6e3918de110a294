"""The Messages resource and its Media, as the `twilio` package uses them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.create import draft
from simulator.delivery import accept, cancel
from simulator.errors import TwilioError
from simulator.hub import Hub, hub
from simulator.nouns import UNFINISHED, Message, Status
from simulator.rest_common import API, page_bounds, page_uri, require_account, rfc2822

messages = Blueprint("messages", __name__, url_prefix=f"{API}/Accounts/<account>")
messages.before_request(require_account)


def message_uri(sim: Hub, sid: str) -> str:
    """A message's path without its ending."""
    return f"{API}/Accounts/{sim.config.account_sid}/Messages/{sid}"


def as_json(sim: Hub, message: Message) -> dict[str, Any]:
    """A message as the API shows it."""
    uri = message_uri(sim, message.sid)
    pending = message.status in (Status.ACCEPTED, Status.SCHEDULED)
    return {
        "account_sid": sim.config.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.sent),
        "date_updated": rfc2822(message.updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": message.from_,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media)),
        "num_segments": "0" if pending else "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status.value,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


@messages.post("/Messages.json")
def create() -> tuple[Response, int]:
    """Accept a message, or refuse it with Twilio's code."""
    sim = hub()
    to, body = request.form.get("To", ""), request.form.get("Body", "")
    fault = sim.faults.take("create", to, body=body)
    fault.before()
    accepted = draft(sim, request.form)
    answer = as_json(sim, accepted.message)
    # Written down first: its callbacks may leave, and be answered, before this thread goes on.
    sim.ledger.add(
        "create",
        to,
        sid=accepted.message.sid,
        params={name: values for name, values in request.form.lists()},  # noqa: C416 - a plain dict for JSON
        text=accepted.rendered.text,
        content_sid=accepted.message.content_sid,
        dropped=fault.drop == "after",
    )
    accept(sim, accepted, fault)
    fault.after()
    return jsonify(answer), 201


@messages.get("/Messages.json")
def list_messages() -> Response:
    """Messages newest first, filtered by To, From and DateSent."""
    sim = hub()
    fault = sim.faults.take("list", request.args.get("To", ""))
    fault.before()
    with sim.store.lock:
        # An exact DateSent means that day, since the SDK writes a date as its first second.
        spans = {
            name: _span(request.args[name][:10] if name == "DateSent" else request.args[name])
            for name in _DATE_FILTERS
            if request.args.get(name)
        }
        ends = request.args.get("To", ""), request.args.get("From", "")
        found = [message for message in sim.store.between(*ends) if _within(message, spans)]
        sids = [m.sid for m in found]
        start, size, number = page_bounds(sids)
        items = [as_json(sim, m) for m in found[start : start + size]]
    more = start + size < len(found)
    fault.after()
    return jsonify(
        {
            "messages": items,
            "page": number,
            "page_size": size,
            "start": start,
            "end": max(start + len(items) - 1, 0),
            "uri": request.full_path.rstrip("?"),
            "first_page_uri": page_uri(0, size),
            "next_page_uri": page_uri(number + 1, size, sids[start + size - 1]) if more else None,
            "previous_page_uri": None if number == 0 else page_uri(number - 1, size),
        }
    )


@messages.get("/Messages/<sid>.json")
def fetch(sid: str) -> Response:
    """One message."""
    sim = hub()
    message = find(sim, sid)
    fault = sim.faults.take("fetch", message.to)
    fault.before()
    answer = jsonify(as_json(sim, message))
    fault.after()
    return answer


@messages.post("/Messages/<sid>.json")
def update(sid: str) -> Response:
    """Redact a finished message (Body empty), or call off a scheduled one (Status=canceled)."""
    sim = hub()
    message = find(sim, sid)
    fault = sim.faults.take("update", message.to)
    fault.before()
    if request.form.get("Status") == "canceled":
        if message.status is not Status.SCHEDULED:
            raise TwilioError(30409)
        cancel(sim, message)
    if "Body" in request.form:
        if request.form["Body"]:
            raise TwilioError(20001, "Body may only be emptied")
        _require_finished(message)
        message.body, message.updated = "", sim.clock.now()
        sim.ledger.add("redact", message.to, sid=sid)
    fault.after()
    return jsonify(as_json(sim, message))


@messages.delete("/Messages/<sid>.json")
def delete(sid: str) -> tuple[str, int]:
    """Take a finished message out of Twilio's records; the phone keeps what it got."""
    sim = hub()
    message = find(sim, sid)
    fault = sim.faults.take("delete", message.to)
    fault.before()
    _require_finished(message)
    sim.store.drop(message)
    sim.ledger.add("delete", message.to, sid=sid)
    fault.after()
    return "", 204


def find(sim: Hub, sid: str) -> Message:
    """The message with this SID, or 20404."""
    with sim.store.lock:
        message = sim.store.messages.get(sid)
    if message is None:
        raise TwilioError(20404, request.path)
    return message


def _require_finished(message: Message) -> None:
    if message.status in UNFINISHED:
        raise TwilioError(20009)


def _within(message: Message, spans: dict[str, tuple[datetime, datetime]]) -> bool:
    moment = (message.sent or message.created).replace(microsecond=0)
    return (
        ("DateSent" not in spans or spans["DateSent"][0] <= moment <= spans["DateSent"][1])
        and ("DateSent<" not in spans or moment <= spans["DateSent<"][1])
        and ("DateSent>" not in spans or moment >= spans["DateSent>"][0])
    )


_DATE_FILTERS = ("DateSent", "DateSent<", "DateSent>")


def _span(raw: str) -> tuple[datetime, datetime]:
    """The first and last moment that a date (a whole UTC day) or a date and time stand for."""
    try:
        if "T" in raw:
            moment = datetime.fromisoformat(raw)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment, moment
        first = datetime.combine(date.fromisoformat(raw), time(), UTC)
    except ValueError as error:
        raise TwilioError(20001, "DateSent is a date") from error
    return first, first + timedelta(days=1, microseconds=-1)
