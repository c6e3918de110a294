"""A mail server that takes everything, for tests of what is told by mail."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def mailbox(taken: list[str]) -> Iterator[str]:
    """A mail server that takes everything; yield its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client, client.makefile("rwb", buffering=0) as stream:
                stream.write(b"220 here\r\n")
                in_data = False
                for line in stream:
                    if in_data:
                        in_data = line != b".\r\n"
                        taken.append(line.decode())
                        if not in_data:
                            stream.write(b"250 ok\r\n")
                    elif line.upper().startswith(b"DATA"):
                        in_data = True
                        stream.write(b"354 go\r\n")
                    else:
                        stream.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
