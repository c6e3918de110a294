"""Connections that never come to an end: a byte now and then, as a bad network or an attacker sends.

Half of them trickle their headers, half say how long their body is and trickle that. One that the server
closes is opened again at once.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAUSE_SECONDS = 1.0
_SETTLE_SECONDS = 3.0
_HEADERS = "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@dataclass
class Slow:
    """How many are open now, and how many the server closed so far."""

    open: int = 0
    closed: int = 0


@contextmanager
def trickling(url: str, number: int) -> Iterator[Slow]:
    """Hold `number` slow connections to a server while the block runs."""
    state, loop = Slow(), asyncio.new_event_loop()
    tasks: list[asyncio.Task[None]] = []

    async def begin() -> None:
        tasks.extend(loop.create_task(_again_and_again(url, who, state)) for who in range(number))

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(begin(), loop).result()
    threading.Event().wait(_SETTLE_SECONDS)
    try:
        yield state
    finally:
        asyncio.run_coroutine_threadsafe(_end(tasks), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(url: str, who: int, state: Slow) -> None:
    while True:
        with suppress(OSError):
            await _trickle(url, who, state)
        await asyncio.sleep(_PAUSE_SECONDS)


async def _trickle(url: str, who: int, state: Slow) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    state.open += 1
    closed = asyncio.ensure_future(reader.read())
    try:
        head = _HEADERS.format(path=parts.path, host=parts.netloc).encode()
        writer.write(head + (b"Content-Length: 4000\r\n\r\n" if who % 2 else b""))
        for number in itertools.count():
            writer.write(b"a" if who % 2 else f"X-{number}: a\r\n".encode())
            await writer.drain()
            done, _ = await asyncio.wait({closed}, timeout=_PAUSE_SECONDS)
            if done:
                state.closed += 1
                return
    finally:
        closed.cancel()
        state.open -= 1
        writer.close()
