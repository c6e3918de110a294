"""The HTTP connections that sends to Twilio leave by: pooled, kept alive, and able to say what left."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CONNECTIONS = 64


class FormBody(io.BytesIO):
    """A form-encoded request body that notes when its first byte was asked for.

    The HTTP client reads it only once it is connected and the headers are out: an exception before that
    proves that no server can have taken the request.
    """

    def __init__(self, form: Mapping[str, str]) -> None:
        data = urlencode(form).encode()
        super().__init__(data)
        self._length = len(data)
        self.left = False

    def __len__(self) -> int:
        return self._length

    def read(self, size: int | None = -1, /) -> bytes:
        """Hand out bytes to be sent."""
        self.left = True
        return super().read(size)


def pooled_session(user: str, password: str) -> requests.Session:
    """Return a session for one account, which never repeats a request by itself."""
    session = requests.Session()
    session.auth = (user, password)
    session.headers["Content-Type"] = "application/x-www-form-urlencoded"
    session.headers["Accept"] = "application/json"
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=MOST_CONNECTIONS, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
