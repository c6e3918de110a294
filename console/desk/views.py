"""The caseworkers' desk: one conversation at a time and its parts. Nobody else gets anything of it (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, render_template, request
from markupsafe import Markup

from console.access import DESK, allow, db
from console.desk import case_page, panels
from console.desk.blueprint import pages
from console.live import fragment, version_of

if TYPE_CHECKING:
    import uuid

__all__ = ["pages"]
PARTS = ("case_head", "thread_states")


@pages.get("/<uuid:case_id>")
@allow(DESK, needs_key=True)
def case(case_id: uuid.UUID) -> str:
    """Show one thread beside the list: its newest lines, or all from before `antes` on."""
    before = request.args.get("antes", type=int)
    page = case_page.load(case_id, since=None if before is None else _page_before(before))
    db().commit()
    return case_page.show(page)


@pages.get("/<uuid:case_id>/hilo")
@allow(DESK, quiet=True, needs_key=True)
def thread(case_id: uuid.UUID) -> Response:
    """Give the lines after `desde`, or those before `antes`, for a page that shows the rest.

    After `desde` come also the head of the conversation and what became of the last lines; 204 where the
    page has it all.
    """
    before = request.args.get("antes", type=int)
    if before is not None:
        return _earlier(case_id, before)
    since = max(0, request.args.get("desde", 0, type=int))
    page = case_page.follow(case_id, since=since)
    around = case_page.around(page, page.entries[-case_page.WATCHED :])
    # A template's own output, escaped there.
    parts = {name: Markup(render_template(f"{name}.html", **around)) for name in PARTS}  # noqa: S704
    version = version_of(*parts.values(), str(page.last))
    if page.last <= since and request.headers.get("X-Seen") == version:
        response = Response(status=204)
    else:
        response = Response(render_template("thread_part.html", **around, **parts))
    response.headers["X-Version"] = version
    response.headers["X-Mode"] = page.shape
    response.headers["X-Last"] = str(page.last)
    return response


@pages.get("/<uuid:case_id>/panel/<name>")
@allow(DESK, quiet=True, needs_key=True)
def panel(case_id: uuid.UUID, name: str) -> Response:
    """Give one panel again."""
    page = case_page.follow(case_id)
    found = panels.find(name, page)
    if found is None:
        abort(404)
    return fragment(found.render(page))


def _earlier(case_id: uuid.UUID, before: int) -> Response:
    since = _page_before(before)
    page = case_page.follow(case_id, since=since)
    lines = [entry for entry in page.lines if entry.position < before]
    around = case_page.around(page, lines)
    response = Response(render_template("thread_lines.html", **around, lines=lines))
    response.headers["X-First"] = str(since + 1)
    return response


def _page_before(before: int) -> int:
    """The position after which a page of lines begins that ends before this one."""
    return max(0, before - 1 - case_page.NEWEST)
