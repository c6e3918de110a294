"""Content templates: what may be made, what WhatsApp approves, and how one reads with its variables.

Limits from twilio.com/docs/content (quick reply, list picker) and the template rules of WhatsApp.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.errors import TwilioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.nouns import Approval, Content

QUICK_REPLY = "twilio/quick-reply"
LIST_PICKER = "twilio/list-picker"
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
IN_SESSION_ONLY = frozenset({LIST_PICKER})
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BODY_LIMIT = 1_024
_SESSION_BUTTONS = 3


@dataclass(frozen=True)
class Rendered:
    """A template with its variables filled in."""

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)
    options: list[dict[str, str]] = field(default_factory=list)
    options_label: str = ""
    media: list[str] = field(default_factory=list)


def parse_variables(raw: str | None, content_sid: str | None) -> dict[str, str]:
    """ContentVariables as a dict; refused where it is not a JSON object of strings, or has no template."""
    if raw is None:
        return {}
    if not content_sid:
        raise TwilioError(21654)
    try:
        parsed = json.loads(raw)
    except ValueError as error:
        raise TwilioError(21656) from error
    if not isinstance(parsed, dict) or not all(isinstance(value, str) for value in parsed.values()):
        raise TwilioError(21656)
    return parsed


def render(content: Content, variables: Mapping[str, str]) -> Rendered:
    """The template as it is read. Variables that are not given fall back to the samples, as at Twilio."""
    filled = {**content.variables, **variables}

    def fill(text: object) -> str:
        return _VARIABLE.sub(lambda found: filled.get(found.group(1), found.group(0)), str(text or ""))

    kind, spec = next(iter(content.types.items()))
    text = fill(spec.get("body") or spec.get("title"))
    buttons = [
        {"id": fill(action.get("id") or action.get("title")), "title": fill(action.get("title"))}
        for action in spec.get("actions") or []
        if kind == QUICK_REPLY or action.get("type") == "QUICK_REPLY"
    ]
    options = [
        {
            "id": fill(item.get("id")),
            "title": fill(item.get("item")),
            "description": fill(item.get("description")),
        }
        for item in (spec.get("items") or [] if kind == LIST_PICKER else [])
    ]
    return Rendered(
        text, buttons, options, fill(spec.get("button")), [fill(url) for url in spec.get("media") or []]
    )


def check_new(raw: Mapping[str, Any]) -> None:
    """Refuse (92007) a Content resource that breaks the shape or the limits of its type."""
    types = raw.get("types")
    if not isinstance(types, dict) or not types or not raw.get("language"):
        raise TwilioError(92007, "language and types are required")
    variables = raw.get("variables") or {}
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise TwilioError(92007, "variables must be strings")
    for kind, spec in types.items():
        if not isinstance(spec, dict):
            raise TwilioError(92007, f"{kind} must be an object")
        _check_type(kind, spec)


def _check_type(kind: str, spec: dict[str, Any]) -> None:
    if kind in (QUICK_REPLY, LIST_PICKER, "twilio/text") and not spec.get("body"):
        raise TwilioError(92007, f"{kind} needs a body")
    if kind in (QUICK_REPLY, LIST_PICKER) and len(spec["body"]) > _BODY_LIMIT:
        raise TwilioError(92007, "the body exceeds 1024 characters")
    limits = {QUICK_REPLY: ("actions", "title", 20), LIST_PICKER: ("items", "item", 24)}
    if kind not in limits:
        return
    key, label, longest = limits[kind]
    entries = spec.get(key)
    if not isinstance(entries, list) or not 1 <= len(entries) <= 10:  # noqa: PLR2004 - Twilio's limit
        raise TwilioError(92007, f"{kind} needs 1 to 10 {key}")
    for entry in entries:
        if not 1 <= len(str(entry.get(label, ""))) <= longest:
            raise TwilioError(92007, f"each {label} needs 1 to {longest} characters")
        if len(str(entry.get("id", ""))) > 200:  # noqa: PLR2004 - Twilio's limit
            raise TwilioError(92007, "an id exceeds 200 characters")


def judge(content: Content) -> str:
    """Why WhatsApp would reject this template, empty where it would not."""
    kind, spec = next(iter(content.types.items()))
    if kind in IN_SESSION_ONLY:
        return f"{kind} can't be approved"
    body = str(spec.get("body", "")).strip()
    names = _VARIABLE.findall(body)
    if names and (_VARIABLE.match(body) or body.endswith("}}")):
        return "a variable stands at the start or the end"
    if re.search(r"\}\}\s*\{\{", body):
        return "two variables stand side by side"
    if missing := [name for name in names if not content.variables.get(name)]:
        return f"a sample is missing for {missing[0]}"
    if len(_VARIABLE.sub("", body).split()) < 2 * len(set(names)) + 1:
        return "there are too many variables for so few words"
    return ""


def approval_status(content: Content) -> str:
    """unsubmitted, received, pending, approved, rejected, paused or disabled."""
    approval: Approval | None = content.approval
    return approval.status if approval else "unsubmitted"


def fate(content: Content, variables: Mapping[str, str], *, window_open: bool) -> int | None:
    """The error that sending this template ends in, None where it is delivered."""
    status = approval_status(content)
    if status == "approved":
        broken = any(not v.strip() or "\n" in v or "    " in v or len(v) > 1600 for v in variables.values())  # noqa: PLR2004 - Twilio's limit
        return 63013 if broken else None
    if not window_open:
        return {"rejected": 63040, "paused": 63041, "disabled": 63042}.get(status, 63016)
    kind, spec = next(iter(content.types.items()))
    return 63021 if kind == QUICK_REPLY and len(spec.get("actions", [])) > _SESSION_BUTTONS else None
