"""Twilio's signature over the public URL and every parameter (twilio.md, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    from flask import Request


def is_genuine(request: Request, auth_token: str, public_url: str) -> bool:
    """Say whether Twilio signed this request.

    The URL is rebuilt from AVANZA_PUBLIC_URL and the raw query: behind a proxy the request's own URL
    is the inner one, and Flask decodes escapes that Twilio signed as they were.
    """
    query = request.query_string.decode("latin-1")
    url = public_url + request.path + (f"?{query}" if query else "")
    given = request.headers.get("X-Twilio-Signature", "")
    return bool(given) and bool(RequestValidator(auth_token).validate(url, request.form, given))
