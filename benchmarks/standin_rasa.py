"""A stand-in for Rasa: the same harmless answer with its receipt to whatever is asked, at once.

With it a turn is what the rest of it costs: webhook, queue, database, encryption and sending.
"""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = "De nada. Aquí estoy si necesitas algo del taller."
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def answer(path: str, asked: dict[str, Any]) -> object:
    """Answer one request as our channel in Rasa does (`bot/serving/channel.py`)."""
    if path.endswith("/understand"):
        return {"intent": "thanks", "confidence": 0.9, "risk": "none", "tier": "none"}
    if not path.endswith("/webhook"):
        return {"status": "ok"}
    sender = asked["sender"]
    receipt = {
        "effect": "receipt", "message_id": asked["metadata"]["message_id"], "intent": "thanks",
        "risk": "none", "tier": "none", "confidential": False,
    }  # fmt: skip
    return [{"recipient_id": sender, "text": ANSWER}, {"recipient_id": sender, "custom": receipt}]


async def _serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *fields = head.decode("latin-1").split("\r\n")
            known = {name.lower(): value for name, _, value in (one.partition(":") for one in fields)}
            length = int(known.get("content-length", "0"))
            body = await reader.readexactly(length)
            said = json.dumps(answer(first.split(" ")[1], json.loads(body or b"{}"))).encode()
            writer.write(_HEAD % len(said) + said)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for one in left:
        one.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@contextmanager
def answering() -> Iterator[str]:
    """Run it on a thread of this process; yield its address."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(_serve_one, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.run_until_complete(_closed(server))
        loop.close()
