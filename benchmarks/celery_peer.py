"""The peer: a Celery queue that sends rows of a table, as services that send in bulk have it.

Runs inside an environment of its own (`benchmarks.celery_stack`). A row is marked before the call or after
it; a job is acknowledged when it is done, so that a killed worker's jobs come again. Must not share a
line with the product, or the peer would not be the peer.
"""

from __future__ import annotations

import os
import sys
import threading

import psycopg_pool
import requests
from celery import Celery

MARKED_BEFORE = os.environ["PEER_MARKS"] == "before"
VISIBILITY_SECONDS = 15
"""After so long without an acknowledgement the broker gives a job out again; ours takes 12 to 15 s too."""
_PATH = "/2010-04-01/Accounts/ACpeer/Messages.json"
_mine = threading.local()
_pools: dict[int, psycopg_pool.ConnectionPool] = {}
_opening = threading.Lock()

app = Celery("peer", broker=os.environ["PEER_BROKER"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": VISIBILITY_SECONDS},
)


def _pool() -> psycopg_pool.ConnectionPool:
    with _opening:
        if os.getpid() not in _pools:
            _pools[os.getpid()] = psycopg_pool.ConnectionPool(
                os.environ["PEER_DATABASE"], min_size=4, max_size=16
            )
        return _pools[os.getpid()]


@app.task(name="send")  # type: ignore[untyped-decorator] # Celery ships no types
def send(row_id: int) -> None:
    """Send one row, unless it is marked."""
    take = (
        "UPDATE peer_row SET state = 'sending' WHERE id = %s AND state = 'created' RETURNING phone"
        if MARKED_BEFORE
        else "SELECT phone FROM peer_row WHERE id = %s AND state = 'created'"
    )
    with _pool().connection() as connection:
        row = connection.execute(take, (row_id,)).fetchone()
    if row is None:
        return
    # No connection is held while the provider takes its time.
    if not hasattr(_mine, "http"):
        _mine.http = requests.Session()
    callback = f"http://127.0.0.1:9/status?o={row_id}"
    answer = _mine.http.post(
        os.environ["PEER_API"] + _PATH,
        data={"To": row[0], "Body": "Aviso", "StatusCallback": callback},
        timeout=10,
    )
    answer.raise_for_status()
    with _pool().connection() as connection:
        connection.execute("UPDATE peer_row SET state = 'sent' WHERE id = %s", (row_id,))


def main(argv: list[str]) -> int:
    """Take a number of rows, and put a job for each on the queue."""
    with app.producer_pool.acquire() as producer:
        for row_id in range(int(argv[0])):
            send.apply_async((row_id,), producer=producer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
