"""What no form may carry: NUL and other control characters, which PostgreSQL or a log would choke on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import abort, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

# Line ends and tabs are text; the rest of C0, DEL and C1 is not, nor is half of a surrogate pair.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def install(app: Flask) -> None:
    """Refuse such a request with 400 before anything reads it."""
    app.before_request(_check)


def _check() -> None:
    if any(_CONTROL.search(text) for text in _given()):
        abort(400)


def _given() -> Iterator[str]:
    yield request.path
    for source in (request.args, request.form):
        for name, values in source.lists():
            yield name
            yield from values
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
