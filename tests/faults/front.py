"""What stands before several hosts, as Caddy or nginx would: each connection goes to one that is ready.

Who is ready is asked every second at `/readyz`. A connection that breaks midway is not tried elsewhere, for
the message may have been taken: Twilio's own second try is for that.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[str, int]
DIAL_SECONDS: Final = 2.0
ASK_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 30.0
_CHUNK: Final = 65_536


class Front:
    """Passes connections on; runs in a thread with a loop of its own."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)
        self._ready = dict.fromkeys(self._places, True)
        self._turn = 0

    def ready(self) -> list[Place]:
        """Return who is ready now."""
        return [place for place in self._places if self._ready[place]]

    async def ask_again_and_again(self) -> None:
        """Ask each host whether it is ready, as long as the loop runs."""
        while True:
            asked = await asyncio.gather(*(self._is_ready(place) for place in self._places))
            self._ready = dict(zip(self._places, asked, strict=True))
            await asyncio.sleep(ASK_SECONDS)

    async def _is_ready(self, place: Place) -> bool:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2 * ASK_SECONDS):
                reader, writer = await asyncio.open_connection(*place)
                try:
                    writer.write(b"GET /readyz HTTP/1.0\r\nHost: ready\r\n\r\n")
                    return b" 200 " in await reader.readline()
                finally:
                    writer.close()
        return False

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection to the next host that is ready; to any where none is."""
        self._turn += 1
        ready = self.ready() or list(self._places)
        turned = ready[self._turn % len(ready) :] + ready[: self._turn % len(ready)]
        try:
            for place in turned:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(DIAL_SECONDS):
                        behind = await asyncio.open_connection(*place)
                    with suppress(OSError, TimeoutError):
                        async with asyncio.timeout(LONGEST_SECONDS):
                            await asyncio.gather(_pump(reader, behind[1]), _pump(behind[0], writer))
                    behind[1].close()
                    return
        finally:
            writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        sink.write(data)
        await sink.drain()
    with suppress(OSError):
        sink.write_eof()


@contextmanager
def fronting(places: Sequence[Place], host: str, port: int) -> Iterator[Front]:
    """Answer on `host` and `port` for those behind until the block ends."""
    front = Front(places)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    began = threading.Event()

    async def serve() -> None:
        asking = asyncio.create_task(front.ask_again_and_again())
        server = await asyncio.start_server(front.pass_on, host, port, backlog=1024)
        began.set()
        await stop.wait()
        server.close()
        asking.cancel()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            loop.close()

    thread = threading.Thread(target=run, name="front", daemon=True)
    thread.start()
    assert began.wait(10.0), "the front did not start"
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10.0)
