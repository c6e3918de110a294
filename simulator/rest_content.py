"""The Content API: templates, and asking WhatsApp to approve them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.contents import CATEGORIES, check_new, judge
from simulator.errors import TwilioError
from simulator.hub import Hub, hub
from simulator.nouns import Approval, Content, new_sid
from simulator.rest_common import iso, page_bounds, page_uri, require_account

contents = Blueprint("contents", __name__, url_prefix="/v1")
contents.before_request(require_account)


def as_json(sim: Hub, content: Content) -> dict[str, Any]:
    """A template as the API shows it."""
    url = f"{_base()}/v1/Content/{content.sid}"
    return {
        "account_sid": sim.config.account_sid,
        "date_created": iso(content.created),
        "date_updated": iso(content.updated),
        "friendly_name": content.friendly_name,
        "language": content.language,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
        "sid": content.sid,
        "types": content.types,
        "url": url,
        "variables": content.variables,
    }


@contents.before_request
def apply_faults() -> None:
    """Content routes fail as a whole when a fault says so."""
    hub().faults.take("content").before()


@contents.post("/Content")
def create() -> tuple[Response, int]:
    """Make a template."""
    sim, raw = hub(), _json()
    check_new(raw)
    now = sim.clock.now()
    content = Content(
        sid=new_sid("HX"),
        friendly_name=str(raw.get("friendly_name") or ""),
        language=str(raw["language"]),
        variables=dict(raw.get("variables") or {}),
        types=raw["types"],
        created=now,
        updated=now,
    )
    with sim.store.lock:
        sim.store.contents[content.sid] = content
    sim.ledger.add("content", sid=content.sid, name=content.friendly_name)
    return jsonify(as_json(sim, content)), 201


@contents.get("/Content")
def list_contents() -> Response:
    """All templates."""
    sim = hub()
    return _page([as_json(sim, content) for content in sim.store.contents.copy().values()])


@contents.get("/ContentAndApprovals")
def list_with_approvals() -> Response:
    """All templates with what WhatsApp thinks of them."""
    sim = hub()
    rows = []
    for content in sim.store.contents.copy().values():
        row = as_json(sim, content) | {"approval_requests": approval_json(sim, content)}
        rows.append({key: value for key, value in row.items() if key not in ("links", "url")})
    return _page(rows)


@contents.get("/Content/<sid>")
def fetch(sid: str) -> Response:
    """One template."""
    sim = hub()
    return jsonify(as_json(sim, find(sim, sid)))


@contents.delete("/Content/<sid>")
def delete(sid: str) -> tuple[str, int]:
    """Remove a template."""
    sim = hub()
    find(sim, sid)
    with sim.store.lock:
        sim.store.contents.pop(sid, None)
    return "", 204


@contents.post("/Content/<sid>/ApprovalRequests/whatsapp")
def ask_approval(sid: str) -> tuple[Response, int]:
    """Hand a template in; WhatsApp decides a little later."""
    sim, raw = hub(), _json()
    content = find(sim, sid)
    name, category = str(raw.get("name", "")), str(raw.get("category", ""))
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise TwilioError(92007, "name takes lowercase letters, digits and underscores")
    if category not in CATEGORIES:
        raise TwilioError(92007, "category is UTILITY, MARKETING or AUTHENTICATION")
    reason = judge(content)
    content.approval = Approval(
        name=name,
        category=category,
        content_type=next(iter(content.types)),
        status="received",
        reason=reason,
        decided_at=sim.clock.now() + timedelta(seconds=sim.config.pace.approval),
        verdict="rejected" if reason else "approved",
    )
    sim.scheduler.after(sim.config.pace.approval, lambda: decide(sim, content))
    sim.ledger.add("approval_asked", sid=sid, name=name, category=category)
    return jsonify(approval_json(sim, content) | {"rejection_reason": ""}), 201


@contents.get("/Content/<sid>/ApprovalRequests")
def fetch_approval(sid: str) -> Response:
    """What WhatsApp has decided so far."""
    sim = hub()
    content = find(sim, sid)
    return jsonify(
        {
            "sid": sid,
            "account_sid": sim.config.account_sid,
            "whatsapp": {"type": "whatsapp", **approval_json(sim, content)},
            "url": f"{_base()}/v1/Content/{sid}/ApprovalRequests",
        }
    )


def decide(sim: Hub, content: Content) -> None:
    """WhatsApp's answer, unless something else was decided meanwhile."""
    approval = content.approval
    if approval and approval.status == "received":
        approval.status = approval.verdict
        sim.ledger.add("approval_decided", sid=content.sid, status=approval.status)


def approval_json(sim: Hub, content: Content) -> dict[str, Any]:
    """A template's approval as the API shows it; due decisions are made before they are read."""
    approval = content.approval
    if approval is None:
        return {
            "name": "",
            "category": "",
            "content_type": next(iter(content.types)),
            "status": "unsubmitted",
            "rejection_reason": "",
            "allow_category_change": True,
        }
    if approval.decided_at and approval.decided_at <= sim.clock.now():
        decide(sim, content)
    return {
        "name": approval.name,
        "category": approval.category,
        "content_type": approval.content_type,
        "status": approval.status,
        "rejection_reason": approval.reason if approval.status == "rejected" else "",
        "allow_category_change": True,
    }


def find(sim: Hub, sid: str) -> Content:
    """The template with this SID, or 20404."""
    with sim.store.lock:
        content = sim.store.contents.get(sid)
    if content is None:
        raise TwilioError(20404, request.path)
    return content


def _json() -> dict[str, Any]:
    raw = request.get_json(silent=True)
    if not isinstance(raw, dict):
        raise TwilioError(92007, "a JSON object is required")
    return raw


def _base() -> str:
    return request.url_root.rstrip("/")


def _page(rows: list[dict[str, Any]]) -> Response:
    start, size, number = page_bounds([row["sid"] for row in rows])
    items = rows[start : start + size]
    more = start + size < len(rows)
    return jsonify(
        {
            "contents": items,
            "meta": {
                "key": "contents",
                "page": number,
                "page_size": size,
                "url": _base() + request.full_path.rstrip("?"),
                "first_page_url": _base() + page_uri(0, size),
                "next_page_url": _base() + page_uri(number + 1, size, items[-1]["sid"]) if more else None,
                "previous_page_url": None if number == 0 else _base() + page_uri(number - 1, size),
            },
        }
    )
