"""The Procrastinate app and its tasks: names, arguments, and one call each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import procrastinate

from outreach.ground import jobs
from worker import steps

if TYPE_CHECKING:
    from worker.runtime import Runtime


def make_app(runtime: Runtime, conninfo: str) -> procrastinate.App:
    """Build the app; every name of `outreach.ground.jobs` is registered here."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4)
    )

    @app.task(name=jobs.TAKE_TURN)
    def take_turn(conversation_id: str) -> None:
        steps.take_turn(runtime, uuid.UUID(conversation_id))

    @app.task(name=jobs.WAKE_TURN)
    def wake_turn(conversation_id: str) -> None:
        steps.wake_turn(runtime, uuid.UUID(conversation_id))

    @app.task(name=jobs.DELIVER)
    def deliver(outbox_id: str) -> None:
        steps.deliver(runtime, uuid.UUID(outbox_id))

    @app.task(name=jobs.RETRY_DELIVERY)
    def retry_delivery(outbox_id: str) -> None:
        steps.retry_delivery(runtime, uuid.UUID(outbox_id))

    return app
