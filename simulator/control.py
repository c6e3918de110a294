"""The levers under /_simulator/: write as a woman, move the clock, order faults, read the ledger.

Open to whoever reaches the port: the simulator holds invented people only and listens on this machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from simulator.addresses import is_e164
from simulator.contents import CATEGORIES
from simulator.delivery import come_online
from simulator.errors import TwilioError
from simulator.faults import FaultError, parse_rule
from simulator.hub import Hub, hub
from simulator.inbound import InboundError, parse_inbound, prepare, send
from simulator.ledger import Question

if TYPE_CHECKING:
    from simulator.nouns import Phone

control = Blueprint("control", __name__, url_prefix="/_simulator")
_LONGEST_WAIT = 30.0
_LONGEST_SKIP = 366 * 86_400


class BadRequestError(ValueError):
    """A lever was pulled wrongly; the message says how."""


@control.errorhandler(BadRequestError)
@control.errorhandler(InboundError)
@control.errorhandler(FaultError)
def answer_mistake(error: ValueError) -> tuple[Response, int]:
    """Say what was wrong."""
    return jsonify({"error": str(error)}), 400


@control.post("/inbound")
def inbound() -> tuple[Response, int]:
    """Write to the product as a phone does, and wait for the answer (not with `delay` or `"wait": false`)."""
    sim, raw = hub(), _json()
    said = parse_inbound(raw)
    item = prepare(sim, said, request.url_root)
    if said.delay or raw.get("wait") is False:
        sim.scheduler.after(said.delay, partial(send, sim, item))
        return jsonify({"message_sid": item.key, "status": None}), 202
    outcome = send(sim, item)
    return jsonify({"message_sid": item.key, "params": item.params, **outcome.as_facts()}), 200


@control.get("/ledger")
def ledger() -> Response:
    """What happened, in order; filters phone, kind (may repeat), since, limit; `wait` seconds for a match."""
    question = Question(
        phone=request.args.get("phone"),
        kinds=frozenset(request.args.getlist("kind")),
        since=int(_number("since", 0)),
        limit=int(_number("limit", 0)) or None,
    )
    entries, last = hub().ledger.read(question, wait=min(_number("wait", 0), _LONGEST_WAIT))
    return jsonify({"entries": entries, "last": last})


@control.route("/faults", methods=["GET", "POST", "DELETE"])
def faults() -> Response:
    """Read, add or clear the rules of what goes wrong."""
    sim = hub()
    if request.method == "POST":
        raw = request.get_json(silent=True)
        sim.faults.add([parse_rule(rule) for rule in (raw if isinstance(raw, list) else [raw])])
    if request.method == "DELETE":
        sim.faults.clear()
    return jsonify({"faults": sim.faults.as_json()})


@control.post("/callbacks/release")
def release() -> Response:
    """Send the posts that a fault held, in order or, with {"reverse": true}, in reverse."""
    return jsonify({"released": hub().outgoing.release(reverse=bool(_json().get("reverse")))})


@control.route("/clock", methods=["GET", "POST"])
def clock() -> Response:
    """Read the simulated time, or skip {"advance_seconds": n}.

    {"ask_seconds": n} and {"ask": "next"} are a person's wish: granted at once, or in the steps of a product
    that follows. It reads with `?following=1`, and answers "next" with {"next_in_seconds": n or null}.
    """
    sim = hub()
    if request.method == "POST":
        _change_clock(sim, _json())
        sim.scheduler.wake()
        sim.store.touch_all()
    elif request.args.get("following") and sim.clock.note_follower():
        sim.store.nudge()
    with sim.store.lock:
        shown = [phone.number for phone in sim.store.phones.values() if phone.shown]
    return jsonify({"now": sim.clock.now().isoformat(), **clock_json(sim), "shown": shown})


def _change_clock(sim: Hub, raw: dict[str, Any]) -> None:
    if raw.get("ask") == "next":
        if not sim.clock.followed():
            raise BadRequestError("no product follows this clock")
        sim.clock.ask_next()
        return
    if "next_in_seconds" in raw:
        found = raw["next_in_seconds"]
        sim.clock.found_next(None if found is None else _seconds(raw, "next_in_seconds"))
        return
    if "ask_seconds" in raw:
        seconds = _seconds(raw, "ask_seconds")
        sim.clock.ask(seconds)
        sim.ledger.add("clock_asked", seconds=seconds)
        return
    seconds = _seconds(raw, "advance_seconds")
    sim.clock.advance(seconds)
    sim.ledger.add("clock", seconds=seconds)


def _seconds(raw: dict[str, Any], name: str) -> float:
    seconds = raw.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_SKIP:
        raise BadRequestError(f"{name} is a number from 0 to {_LONGEST_SKIP}")
    return seconds


def clock_json(sim: Hub) -> dict[str, Any]:
    """How far the clock runs ahead, and what is asked of it."""
    asked = sim.clock.asked
    return {
        "ahead_seconds": sim.clock.ahead.total_seconds(),
        "asked_seconds": asked.total_seconds() if asked is not None else None,
        "until_next": sim.clock.until_next,
        "nothing_next": sim.clock.nothing_next,
        "followed": sim.clock.followed(),
    }


@control.post("/settle")
def settle() -> Response:
    """Wait until nothing is under way or due within a second; false where `timeout` seconds pass first."""
    seconds = min(float(_json().get("timeout", 10)), _LONGEST_WAIT)
    return jsonify({"settled": hub().scheduler.settle(seconds)})


@control.get("/phones")
def phones() -> Response:
    """All phones, with what is on their screens for one `phone`."""
    sim = hub()
    with sim.store.lock:
        wanted = request.args.get("phone")
        found = [sim.store.phone(wanted)] if wanted else list(sim.store.phones.values())
        return jsonify({"phones": [phone_json(sim, phone, thread=bool(wanted)) for phone in found]})


@control.post("/phones")
def set_phone() -> Response:
    """Add a phone or change one: {phone, profile_name?, shown?, online?, read_receipts?}."""
    sim, raw = hub(), _json()
    number = str(raw.get("phone", "")).strip()
    if not is_e164(number):
        raise BadRequestError("phone must be a number like +5213312345678")
    with sim.store.lock:
        phone = sim.store.phone(number, str(raw.get("profile_name") or ""))
        phone.shown = bool(raw.get("shown", True))
        phone.online = bool(raw.get("online", phone.online))
        phone.read_receipts = bool(raw.get("read_receipts", phone.read_receipts))
        sim.store.touch(phone, hidden=True)
        answer = phone_json(sim, phone, thread=False)
    if phone.online:
        come_online(sim, number)
    return jsonify(answer)


@control.get("/feed")
def feed() -> Response:
    """What changed on the shown phones after version `since`; waits up to `wait` seconds for a change."""
    sim = hub()
    version, changed = sim.store.watch(int(_number("since", 0)), min(_number("wait", 0), _LONGEST_WAIT))
    with sim.store.lock:
        shown = [phone.number for phone in sim.store.phones.values() if phone.shown]
        rows = [phone_json(sim, phone, thread=True) for phone in changed]
    times = {"now": sim.clock.now().isoformat(), "clock": clock_json(sim)}
    return jsonify({"version": version, **times, "shown": shown, "phones": rows})


@control.get("/media/<message_sid>/<sid>")
def media(message_sid: str, sid: str) -> Response:
    """A file that a phone sent, for its own screen."""
    sim = hub()
    with sim.store.lock:
        message = sim.store.messages.get(message_sid)
    for item in message.media if message else []:
        if item.sid == sid and item.data is not None:
            return Response(item.data, mimetype=item.content_type)
    raise TwilioError(20404)


@control.post("/content/<sid>/approval")
def approval(sid: str) -> Response:
    """Decide about a template that was handed in: {"status"?: "rejected", "reason"?, "category"?}.

    A status that is not given stays: WhatsApp changes the category of approved templates too.
    """
    sim, raw = hub(), _json()
    with sim.store.lock:
        content = sim.store.contents.get(sid)
    if content is None or content.approval is None:
        raise BadRequestError("no such template was handed in")
    status = raw.get("status", content.approval.status)
    if status not in ("received", "pending", "approved", "rejected", "paused", "disabled"):
        raise BadRequestError("status is pending, approved, rejected, paused or disabled")
    category = raw.get("category", content.approval.category)
    if category not in CATEGORIES:
        raise BadRequestError(f"category is one of {', '.join(CATEGORIES)}")
    content.approval.status, content.approval.category = status, category
    content.approval.reason = str(raw.get("reason", ""))
    sim.ledger.add("approval_decided", sid=sid, status=status, category=category)
    return jsonify({"sid": sid, "status": status, "category": category})


@control.post("/reset")
def reset() -> Response:
    """Begin again with the demo's phones only."""
    hub().reset()
    return jsonify({"reset": True})


def phone_json(sim: Hub, phone: Phone, *, thread: bool) -> dict[str, Any]:
    """A phone, with what is on its screen where `thread` is set."""
    answer: dict[str, Any] = {
        "phone": phone.number,
        "profile_name": phone.profile_name,
        "note": phone.note,
        "shown": phone.shown,
        "online": phone.online,
        "read_receipts": phone.read_receipts,
        "window_open": sim.store.window_is_open(phone.number),
        "messages": len(phone.thread),
    }
    if thread:
        answer["thread"] = [{**asdict(bubble), "at": bubble.at.isoformat()} for bubble in phone.thread]
    return answer


def _json() -> dict[str, Any]:
    raw = request.get_json(silent=True) if request.data else {}
    if not isinstance(raw, dict):
        raise BadRequestError(f"a JSON object is required, not {json.dumps(raw)[:40]}")
    return raw


def _number(name: str, default: float) -> float:
    try:
        return float(request.args.get(name, default))
    except ValueError as error:
        raise BadRequestError(f"{name} is a number") from error
