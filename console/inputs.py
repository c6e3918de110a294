"""What no form may carry: NUL and other control characters, which PostgreSQL or a log would choke on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import abort, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.datastructures import MultiDict

# Line ends and tabs are text; the rest of C0, DEL and C1 is not, nor is half of a surrogate pair.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def check_addresses(app: Flask) -> None:
    """Refuse such an address with 400, before anything else; the request's body is not touched."""
    app.before_request(lambda: _refuse(_address()))


def check_forms(app: Flask) -> None:
    """Refuse such a form with 400 before a view reads it; the gate has let it in already."""
    app.before_request(lambda: _refuse(_form()))


def _refuse(texts: Iterator[str]) -> None:
    if any(_CONTROL.search(text) for text in texts):
        abort(400)


def _address() -> Iterator[str]:
    yield request.path
    yield from _of(request.args)


def _form() -> Iterator[str]:
    yield from _of(request.form)
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""


def _of(source: MultiDict[str, str]) -> Iterator[str]:
    for name, values in source.lists():
        yield name
        yield from values
