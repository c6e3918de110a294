"""Parts of a page that the page fetches again by itself."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, make_response, request


def version_of(*parts: str) -> str:
    """Return what tells these parts of a page from others."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def fragment(html: str) -> Response:
    """Answer a part of a page, or 204 where the page shows it already."""
    version = version_of(html)
    if request.headers.get("X-Seen") == version:
        return Response(status=204)
    response = make_response(html)
    response.headers["X-Version"] = version
    return response
