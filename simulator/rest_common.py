"""What every REST route shares: who may ask, how errors and dropped connections are answered."""

from __future__ import annotations

import hmac
import socket
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, jsonify, request

from simulator.errors import DroppedConnectionError, TwilioError
from simulator.hub import hub

if TYPE_CHECKING:
    from datetime import datetime

API = "/2010-04-01"
DEFAULT_PAGE, LARGEST_PAGE = 50, 1_000


def rfc2822(moment: datetime | None) -> str | None:
    """A date as Twilio's 2010 API writes it."""
    return format_datetime(moment) if moment else None


def iso(moment: datetime) -> str:
    """A date as Twilio's newer APIs write it, UTC to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def require_account() -> None:
    """Refuse whoever does not bring the account's SID and token, or asks for another account."""
    config, given = hub().config, request.authorization
    user, password = (given.username or "", given.password or "") if given else ("", "")
    right = hmac.compare_digest(user.encode(), config.account_sid.encode())
    right &= hmac.compare_digest(password.encode(), config.auth_token.encode())
    if not right:
        raise TwilioError(20003)
    asked = (request.view_args or {}).pop("account", config.account_sid)
    if asked != config.account_sid:
        raise TwilioError(20404)


def answer_error(error: TwilioError) -> tuple[Response, int]:
    """A refusal as Twilio writes it."""
    hub().ledger.add(
        "refused", request.form.get("To", ""), code=error.code, status=error.status, path=request.path
    )
    return jsonify(error.as_json()), error.status


def drop_connection(_: DroppedConnectionError) -> Response:
    """End the connection without one byte of answer."""
    connection = request.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        raise ConnectionResetError("the simulator dropped this connection on demand")
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=503)


def page_bounds(sids: list[str]) -> tuple[int, int, int]:
    """Where the page that was asked for begins, its size and its number.

    The token names the last item of the page before, so that new items don't shift what follows.
    """
    try:
        size = min(max(int(request.args.get("PageSize", DEFAULT_PAGE)), 1), LARGEST_PAGE)
        number = max(int(request.args.get("Page", 0)), 0)
    except ValueError as error:
        raise TwilioError(20001, "Page and PageSize are numbers") from error
    token = request.args.get("PageToken", "")
    after = token[2:]
    return (sids.index(after) + 1 if after in sids else 0 if not token else len(sids)), size, number


def page_uri(number: int, size: int, token: str = "") -> str:
    """The path of a page, with the same filters."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in ("Page", "PageSize", "PageToken")]
    kept += [("PageSize", str(size)), ("Page", str(number))]
    if token:
        kept.append(("PageToken", f"PA{token}"))
    return f"{request.path}?{urlencode(kept)}"
