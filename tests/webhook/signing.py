"""Twilio's signature for whatever a test sends, also for what no Twilio would."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from support import TOKEN
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

PUBLIC = "http://127.0.0.1:8000"
LARGEST = 4 * 1024 * 1024


class Signing:
    """Signs what passes as the account would, by the fields that the application will read."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Read the request, add the header, and hand it on."""
        length = environ.get("CONTENT_LENGTH") or "0"
        raw = environ["wsgi.input"].read(int(length) if length.isdigit() else 0)
        request = Request(environ | {"wsgi.input": BytesIO(raw)})
        request.max_content_length = request.max_form_memory_size = LARGEST
        query = environ.get("QUERY_STRING", "")
        url = PUBLIC + request.path + (f"?{query}" if query else "")
        try:
            signature = RequestValidator(TOKEN).compute_signature(url, request.form)
        except (HTTPException, ValueError):  # it can't be read, and so not signed
            signature = "none"
        handed_on = environ | {"wsgi.input": BytesIO(raw), "HTTP_X_TWILIO_SIGNATURE": signature}
        return self._app(handed_on, start)
