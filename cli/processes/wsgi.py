"""One process that serves one of the two Flask apps on a socket that it was handed.

Run as `python -m cli.processes.wsgi APP DESCRIPTOR` by `http_workers`.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

from cli.install.imports import without_garbage
from cli.processes.beat import Beat
from cli.processes.http_server import Limits, Server
from outreach.ground import logs, simulated_clock
from outreach.ground.settings import load_settings, read_environment

if TYPE_CHECKING:
    from flask import Flask

    from outreach.ground.settings import Settings

LIMITS = {
    # The apps say what is too long; what is far beyond that is not even read.
    "webhook": Limits(threads=8, request_seconds=10.0, body_bytes=8 * 1024 * 1024),
    # A file that a caseworker sends over a slow line takes its time; each page of the desk holds a thread.
    "console": Limits(threads=96, request_seconds=120.0, body_bytes=64 * 1024 * 1024),
}


def make_app(name: str, settings: Settings) -> Flask:
    """Build one of the apps; each process loads its own only."""
    with without_garbage():
        if name == "webhook":
            from webhook.app import create_app as made  # noqa: PLC0415
        else:
            from console.app import create_app as made  # noqa: PLC0415
    return made(settings)


def main(argv: list[str]) -> int:
    """Serve until told to stop, or until whoever started this is gone."""
    name, descriptor = argv
    logs.configure(name)
    settings = load_settings(read_environment())
    simulated_clock.follow(settings)
    serve_on(int(descriptor), make_app(name, settings), LIMITS[name], beats_as=name)
    return 0


def serve_on(descriptor: int, app: Flask, limits: Limits, *, beats_as: str | None = None) -> None:
    """Serve on a listening socket that this process was handed, as long as its parent lives.

    `beats_as`: one of our apps, which notes in the database that it answers.
    """
    streams = app.extensions.get("avanza_streams")
    with socket.socket(fileno=descriptor) as listening:
        server = Server(app, listening, limits)
        beat = Beat(beats_as, listening, app.extensions["avanza_sessions"]) if beats_as else None
        if beat:
            beat.start()
        server.serve(parent=os.getppid(), on_stop=streams.end if streams else None)
    if beat:
        beat.stop()
    if streams:
        # Its thread must not be in the database's library while the interpreter ends.
        streams.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
