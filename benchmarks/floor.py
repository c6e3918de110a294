"""The least Flask app, on the webhook's own server: what acknowledging costs before anything is done.

`python -m benchmarks.floor serve PORT` starts it as the webhook is started.
"""

from __future__ import annotations

import os
import sys

from flask import Flask, Response

from cli.commands.processes import PROCESSES
from cli.processes import http_workers
from cli.processes.wsgi import LIMITS, serve_on

app = Flask(__name__, static_folder=None)


@app.post("/twilio/inbound")
def inbound() -> Response:
    """Answer 204 and do nothing."""
    return Response(status=204)


@app.get("/healthz")
def healthz() -> Response:
    """Say that it is up."""
    return Response(status=200)


def main(argv: list[str]) -> int:
    """Start the processes, or be one of them."""
    if argv[0] == "serve":
        program = [sys.executable, "-sP", "-m", "benchmarks.floor", "process"]
        listening = http_workers.listener("127.0.0.1", int(argv[1]))
        http_workers.serve(program, listening, PROCESSES["webhook"], os.environ)
    else:
        serve_on(int(argv[1]), app, LIMITS["webhook"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
