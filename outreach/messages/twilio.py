"""Twilio, in our own words.

`send` ends in one of four ways: accepted, refused for now, refused for good, or unknown. Unknown is its own
answer because a connection that broke after the request left, or a 5xx from something in between, proves
nothing (https://www.twilio.com/docs/api/errors/20500). A 429, a 5xx with Twilio's own error body, and
whatever failed before the request's body left (DNS, TLS, a refused connection) prove that nothing was sent.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from outreach.messages import twilio_media
from outreach.messages.templates_sync import Approval
from outreach.messages.transport import FormBody, pooled_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from outreach.ground.settings import TwilioSettings
    from outreach.messages.conversation_state import Choice
    from outreach.messages.twilio_media import Place

TIMEOUT_SECONDS = 10.0
LANGUAGE = "es_MX"
# To connect, then between two packets of the answer; a reply of safety is in doubt sooner.
SEND_TIMEOUTS, URGENT_TIMEOUTS = (3.0, 10.0), (2.0, 4.0)


class Outcome(enum.StrEnum):
    """How a send ended."""

    ACCEPTED = "accepted"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Reason(enum.StrEnum):
    """Why a message did not reach her, in our words."""

    TEMPORARY = "temporary"
    UNREACHABLE = "unreachable"
    BLOCKED_BY_HER = "blocked_by_her"
    WINDOW_CLOSED = "window_closed"
    FIX_REQUEST = "fix_request"
    FIX_CONFIGURATION = "fix_configuration"
    UNKNOWN = "unknown"


R = Reason
# Twilio's pages give the remedy of each code; the reading into these words is ours.
WORDS: dict[int, Reason] = {
    20003: R.FIX_CONFIGURATION, 20429: R.TEMPORARY, 20503: R.TEMPORARY,
    21211: R.UNREACHABLE, 21408: R.FIX_CONFIGURATION, 21610: R.BLOCKED_BY_HER, 21611: R.TEMPORARY,
    21614: R.UNREACHABLE, 21617: R.FIX_REQUEST, 21619: R.FIX_REQUEST, 21654: R.FIX_REQUEST,
    21656: R.FIX_REQUEST, 21910: R.FIX_CONFIGURATION, 30001: R.TEMPORARY, 30002: R.FIX_CONFIGURATION,
    30003: R.TEMPORARY, 30004: R.BLOCKED_BY_HER, 30005: R.UNREACHABLE, 30006: R.UNREACHABLE,
    30007: R.FIX_REQUEST, 30008: R.UNKNOWN, 30036: R.TEMPORARY, 30037: R.FIX_CONFIGURATION,
    30410: R.UNKNOWN, 30500: R.UNKNOWN, 63003: R.UNREACHABLE, 63005: R.FIX_REQUEST,
    63007: R.FIX_CONFIGURATION, 63012: R.TEMPORARY, 63013: R.FIX_REQUEST, 63014: R.BLOCKED_BY_HER,
    63015: R.UNREACHABLE, 63016: R.WINDOW_CLOSED, 63017: R.TEMPORARY, 63018: R.TEMPORARY,
    63019: R.TEMPORARY,  # it could not fetch our file
    63020: R.FIX_CONFIGURATION, 63021: R.FIX_REQUEST, 63024: R.UNREACHABLE, 63032: R.UNREACHABLE,
    63033: R.BLOCKED_BY_HER, 63034: R.FIX_REQUEST, 63038: R.TEMPORARY, 63040: R.FIX_REQUEST,
    63041: R.TEMPORARY, 63042: R.FIX_REQUEST, 63049: R.TEMPORARY, 63051: R.FIX_CONFIGURATION,
    63112: R.FIX_CONFIGURATION, 92007: R.FIX_REQUEST,
}  # fmt: skip


@dataclass(frozen=True)
class SendResult:
    """The end of one send: `sid` where accepted, `reason` and `code` where refused."""

    outcome: Outcome
    sid: str | None = None
    reason: Reason | None = None
    code: int | None = None


@dataclass(frozen=True)
class Remote:
    """A message as Twilio's list shows it."""

    sid: str
    body: str
    status: str
    created_at: datetime | None
    code: int | None = None


def reason_for(code: int | None, status: int | None = None) -> Reason:
    """Translate a Twilio code; an unknown one keeps the default of its HTTP status."""
    if code in WORDS:
        return WORDS[code]
    if status in {401, 403}:
        return Reason.FIX_CONFIGURATION
    return Reason.UNKNOWN if code is None else Reason.FIX_REQUEST


class TwilioClient:
    """Sends, looks up, redacts and makes contents for one account."""

    def __init__(self, settings: TwilioSettings, public_url: str) -> None:
        self._settings = settings
        self._public_url = public_url
        http = TwilioHttpClient(timeout=TIMEOUT_SECONDS, max_retries=0)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=http)
        if settings.api_url:
            self._client.api.base_url = settings.api_url
            self._client.content.base_url = settings.api_url
        base = self._client.api.base_url
        self._messages_url = f"{base}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._http = pooled_session(settings.account_sid, settings.auth_token)

    def send(
        self,
        to: str,
        *,
        outbox_id: str,
        body: str | None = None,
        content_sid: str | None = None,
        variables: str | None = None,
        map_pin: tuple[float, float] | None = None,
        media_url: str | None = None,
        valid_seconds: int | None = None,
        urgent: bool = False,
    ) -> SendResult:
        """Ask Twilio to send; the callback URL carries our own id, so that a callback proves a send.

        The SDK is left aside here: it says neither whether the request left nor whose error body came back.
        """
        form = {
            "To": to,
            "From": self._settings.whatsapp_from,
            "StatusCallback": f"{self._public_url}/twilio/status?o={outbox_id}",
        }
        if content_sid:
            form |= {"ContentSid": content_sid, "ContentVariables": variables or "{}"}
        else:
            form["Body"] = body or ""
        if media_url:
            form["MediaUrl"] = media_url
        if valid_seconds:
            form["ValidityPeriod"] = str(valid_seconds)
        if map_pin:
            form["PersistentAction"] = f"geo:{map_pin[0]},{map_pin[1]}"
        if self._settings.messaging_service_sid:
            form["MessagingServiceSid"] = self._settings.messaging_service_sid
        sent = FormBody(form)
        try:
            response = self._http.post(
                self._messages_url,
                data=sent,
                timeout=URGENT_TIMEOUTS if urgent else SEND_TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException:
            if not sent.left:
                return SendResult(Outcome.TRY_LATER, reason=Reason.TEMPORARY)
            return SendResult(Outcome.UNKNOWN, reason=Reason.UNKNOWN)
        return _result(response.status_code, _json(response))

    def sent_to(self, to: str, since: datetime) -> list[Remote]:
        """List what Twilio holds for an address since a moment.

        Raises:
            TwilioException, requests.RequestException: nothing can be said now.
        """
        # Not filtered by DateSent at Twilio: a message still queued there has none.
        found = self._client.messages.list(to=to, limit=100)
        return [
            Remote(
                sid=str(message.sid),
                body=message.body or "",
                status=str(message.status),
                created_at=message.date_created,
                code=message.error_code,
            )
            for message in found
            if str(message.direction) != "inbound"
            and (message.date_created is None or message.date_created >= since)
        ]

    def redact(self, sid: str, *, files: bool = False) -> bool:
        """Take a message's text away at Twilio, and its files where asked; say whether all is gone."""
        try:
            if files and not all(one.delete() for one in self._client.messages(sid).media.list(limit=10)):
                return False
            self._client.messages(sid).update(body="")
        except TwilioRestException as error:
            return bool(error.status == requests.codes.not_found)
        except (TwilioException, requests.RequestException):
            return False
        return True

    def fetch_media(self, place: Place) -> bytes:
        """Return a file of hers.

        Raises:
            MediaError: it can't be had, now or ever.
        """
        settings = self._settings
        return twilio_media.fetch(self._client.api.base_url, settings.account_sid, settings.auth_token, place)

    def delete_media(self, place: Place) -> bool:
        """Take a file away at Twilio; say whether it is gone."""
        base, account = self._client.api.base_url, self._settings.account_sid
        try:
            answer = self._http.delete(
                f"{twilio_media.address_of(base, account, place)}.json",
                timeout=SEND_TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return False
        return answer.status_code in {requests.codes.no_content, requests.codes.ok, requests.codes.not_found}

    def create_quick_reply(
        self, name: str, body: str, buttons: Sequence[Choice], samples: dict[str, str] | None = None
    ) -> str | None:
        """Make a content with reply buttons; None where Twilio would not."""
        types = {
            "twilio/quick-reply": {
                "body": body,
                "actions": [{"title": b.title, "id": b.payload} for b in buttons],
            }
        }
        return self._create_content(name, types, samples or {})

    def create_template(
        self,
        name: str,
        body: str,
        buttons: Sequence[Choice],
        samples: dict[str, str],
        language: str = LANGUAGE,
    ) -> str | None:
        """Make the content of a template, to be approved."""
        if buttons:
            actions = [{"title": b.title, "id": b.payload} for b in buttons]
            types: dict[str, Any] = {"twilio/quick-reply": {"body": body, "actions": actions}}
        else:
            types = {"twilio/text": {"body": body}}
        return self._create_content(name, types, samples, language)

    def _create_content(
        self, name: str, types: dict[str, Any], samples: dict[str, str], language: str = LANGUAGE
    ) -> str | None:
        body = {"friendly_name": name, "language": language, "variables": samples, "types": types}
        sid = self._content("POST", "/v1/Content", body).get("sid")
        return sid if isinstance(sid, str) and sid.startswith("HX") else None

    def request_approval(self, content_sid: str, name: str, category: str) -> bool:
        """Ask Meta, through Twilio, to approve a template."""
        path = f"/v1/Content/{content_sid}/ApprovalRequests/whatsapp"
        return bool(self._content("POST", path, {"name": name, "category": category}))

    def approval(self, content_sid: str) -> Approval | None:
        """Return what Meta says of a template; None where that is not to be had now."""
        answer = self._content("GET", f"/v1/Content/{content_sid}/ApprovalRequests", None)
        told = answer.get("whatsapp")
        if not isinstance(told, dict) or not told.get("status"):
            return None
        words = (str(told.get(name) or "") for name in ("status", "rejection_reason", "category"))
        state, reason, category = words
        return Approval(state.lower(), reason, category)

    def _content(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        # The SDK's models of contents lag behind the API's types; its transport is used as it is.
        try:
            response = self._client.content.request(
                method,
                path.lstrip("/"),
                data=body,
                headers={"Content-Type": "application/json"} if body is not None else None,
            )
        except (TwilioException, requests.RequestException):
            return {}
        if response.status_code >= requests.codes.bad_request:
            return {}
        data: dict[str, Any] = json.loads(response.text or "{}")
        return data


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        data = response.json()
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _result(status: int, answer: dict[str, Any]) -> SendResult:
    if status < requests.codes.bad_request:
        sid = answer.get("sid")
        if requests.codes.ok <= status < requests.codes.multiple_choices and isinstance(sid, str) and sid:
            return SendResult(Outcome.ACCEPTED, sid=sid)
        return SendResult(Outcome.UNKNOWN, reason=Reason.UNKNOWN)
    code = answer.get("code")
    # {code, message, more_info, status}; newer resources say `title` and `type` (RFC 9457).
    twilios = (
        isinstance(code, int) and answer.get("status") == status and {"message", "title"} & answer.keys()
    )
    return _refusal(status, code if isinstance(code, int) else None, of_twilio=bool(twilios))


def _refusal(status: int, code: int | None, *, of_twilio: bool) -> SendResult:
    if status == requests.codes.too_many_requests:
        return SendResult(Outcome.TRY_LATER, reason=Reason.TEMPORARY, code=code)
    if status >= requests.codes.internal_server_error:
        outcome = Outcome.TRY_LATER if of_twilio else Outcome.UNKNOWN
        return SendResult(outcome, reason=Reason.TEMPORARY if of_twilio else Reason.UNKNOWN, code=code)
    if status == requests.codes.request_timeout:
        return SendResult(Outcome.UNKNOWN, reason=Reason.UNKNOWN, code=code)
    reason = reason_for(code, status)
    outcome = Outcome.TRY_LATER if reason is Reason.TEMPORARY else Outcome.REFUSED
    return SendResult(outcome, reason=reason, code=code)
