"""`python -m simulator`: one process on one port, told everything by its arguments."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator.addresses import bare, is_e164, is_whatsapp
from simulator.app import create_app
from simulator.config import Config, ConfigError, read_demo_phones

if TYPE_CHECKING:
    from flask import Flask


class QuietHandler(WSGIRequestHandler):
    """Writes no request lines: they would carry phone numbers."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def make_simulator_server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server with a thread for each request; port 0 takes a free one.

    It is werkzeug's, because a connection has to be dropped on demand, which needs the socket itself.
    """
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler)


def parse_arguments(arguments: list[str]) -> tuple[Config, str, int]:
    """The configuration, host and port of a command line; ConfigError where one can't be used."""
    parser = argparse.ArgumentParser(
        prog="simulator", description="A stand-in for Twilio's WhatsApp service."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--account-sid", required=True)
    parser.add_argument("--auth-token", required=True)
    parser.add_argument("--from", dest="sender", required=True, help="whatsapp:+14155238886")
    parser.add_argument("--webhook-url", required=True, help="where inbound messages are posted")
    parser.add_argument("--fallback-url", help="where they are posted when that fails")
    parser.add_argument("--messaging-service-sid")
    parser.add_argument("--demo-phones", type=Path, help="a JSON list of phones to show")
    parser.add_argument("--console-url", help="the staff pages, linked from the phones' page")
    parser.add_argument("--timezone", default="America/Mexico_City", help="whose hours the page shows")
    parser.add_argument(
        "--ahead", type=int, default=0, help="seconds that its clock runs ahead from the start"
    )
    given = parser.parse_args(arguments)
    if not is_whatsapp(given.sender) or not is_e164(bare(given.sender)):
        raise ConfigError("--from must be like whatsapp:+14155238886")
    config = Config(
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        from_address=given.sender,
        webhook_url=given.webhook_url,
        fallback_url=given.fallback_url,
        messaging_service_sid=given.messaging_service_sid,
        console_url=given.console_url,
        timezone=given.timezone,
        ahead=max(0, given.ahead),
        demo_phones=read_demo_phones(given.demo_phones) if given.demo_phones else (),
    )
    return config, given.host, given.port


def main(arguments: list[str]) -> int:
    """Serve until told to stop; 2 on wrong use, 1 where the port can't be had."""
    try:
        config, host, port = parse_arguments(arguments)
    except ConfigError as error:
        print(f"simulator: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 2
    try:
        server = make_simulator_server(create_app(config), host, port)
    except (OSError, SystemExit) as error:
        print(f"simulator: port {port} on {host} can't be used ({error})", file=sys.stderr)  # noqa: T201
        return 1
    # Not an `Event`: a handler that sets one hangs where the main thread has its lock in hand.
    stop: SimpleQueue[int] = SimpleQueue()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stop.put(number))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop.get()
    server.shutdown()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
