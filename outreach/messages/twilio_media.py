"""Files at Twilio: fetched into memory, and deleted there.

An address is never followed as it came: it is made again from the two ids in it, on our own account. Where
Twilio sends us on to where the file lies, we go without our password, and to no address of a private network.
"""

from __future__ import annotations

import enum
import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
LARGEST = 16 * MIB
"""Bytes of one file: the most that comes by WhatsApp, as Twilio's guide to its media says."""
FETCH_SECONDS = 20.0
TIMEOUTS = (3.0, 8.0)
MOST_HOPS = 3
PIECE = 64 * 1024
_ADDRESS = re.compile(r"/2010-04-01/Accounts/AC\w{32}/Messages/([A-Z]{2}\w{32})/Media/(ME\w{32})")


class Failure(enum.StrEnum):
    """Why a file could not be fetched."""

    LATER = "later"
    GONE = "gone"
    TOO_LARGE = "too_large"
    REFUSED = "refused"


class MediaError(Exception):
    """The file was not fetched; `failure` says whether it is worth another try."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class Place:
    """Which file it is: the SID of the message and its own."""

    message_sid: str
    media_sid: str


def place_of(address: str) -> Place | None:
    """Return which file an address names; None where it is none of Twilio's files."""
    found = _ADDRESS.fullmatch(urlsplit(address).path)
    return Place(found[1], found[2]) if found else None


def address_of(base: str, account_sid: str, place: Place) -> str:
    """Return where a file lies, at whichever Twilio is ours."""
    return f"{base}/2010-04-01/Accounts/{account_sid}/Messages/{place.message_sid}/Media/{place.media_sid}"


def fetch(base: str, account_sid: str, auth_token: str, place: Place) -> bytes:
    """Return a file's content.

    Raises:
        MediaError: it can't be had, now or ever.
    """
    address = address_of(base, account_sid, place)
    auth: tuple[str, str] | None = (account_sid, auth_token)
    until = time.monotonic() + FETCH_SECONDS
    try:
        with requests.Session() as session:
            session.trust_env = False  # no password of a netrc file goes along
            session.proxies = requests.utils.get_environ_proxies(base)
            for _ in range(MOST_HOPS):
                with session.get(
                    address,
                    auth=auth,
                    stream=True,
                    timeout=TIMEOUTS,
                    allow_redirects=False,
                    headers={"Accept-Encoding": "identity"},
                ) as answer:
                    if not answer.is_redirect:
                        return _content(answer, until)
                    address, auth = _next(base, address, answer.headers["Location"]), None
    except (requests.RequestException, OSError):
        raise MediaError(Failure.LATER) from None
    raise MediaError(Failure.REFUSED)


def _content(answer: requests.Response, until: float) -> bytes:
    status = answer.status_code
    if status in {requests.codes.not_found, requests.codes.gone}:
        raise MediaError(Failure.GONE)
    if status != requests.codes.ok:
        raise MediaError(Failure.LATER)
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise MediaError(Failure.TOO_LARGE)
    content = b"".join(_pieces(answer, until))
    if not content or (length.isdecimal() and len(content) != int(length)):
        raise MediaError(Failure.LATER)
    return content


def _pieces(answer: requests.Response, until: float) -> Iterator[bytes]:
    total = 0
    for piece in answer.iter_content(PIECE):
        total += len(piece)
        if total > LARGEST:
            raise MediaError(Failure.TOO_LARGE)
        if time.monotonic() > until:
            raise MediaError(Failure.LATER)
        yield piece


def _next(base: str, address: str, location: str) -> str:
    """Return where we are sent on to; only to Twilio itself, or by TLS to a host of the public internet."""
    following = urljoin(address, location)
    parts = urlsplit(following)
    if (parts.scheme, parts.netloc) == tuple(urlsplit(base)[:2]):
        return following
    if parts.scheme != "https" or parts.username is not None or not _is_public(parts.hostname or ""):
        raise MediaError(Failure.REFUSED)
    return following


def _is_public(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise MediaError(Failure.LATER) from None
    return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
