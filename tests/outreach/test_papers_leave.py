"""A certificate on its way: it leaves with the batches of what we initiate, and Twilio fetches it once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from people import add_group, add_woman
from sqlalchemy import select
from standins import accepted, serving
from test_completion import attends, rule

from models import OutboxMessage, OutboxState, OutgoingFile, utcnow
from outreach.messages import outbox
from outreach.messages.conversation_state import Paper
from outreach.programme import completion, papers
from webhook.app import create_app
from worker import batches, upkeep
from worker.runtime import make_runtime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey


def test_a_certificate_leaves_as_a_file_and_is_gone(
    settings: Settings, session: Session, key: PersonalKey
) -> None:
    """Under the name that every file has; what is kept of it goes once it has arrived."""
    now = utcnow()
    woman, talk = add_woman(session, key)
    talk.last_inbound_at = now
    group, _ = add_group(session)
    attends(session, group, woman)
    made = completion.graduate(session, woman.id, rule(session, group, 1), now.date(), by=None)
    papers.send(session, key, settings, woman.id, Paper(papers.CERTIFICATE, str(made.id)), now)
    session.commit()
    sent: list[dict[str, Any]] = []
    fetched: list[tuple[int, bytes]] = []

    def twilio(_method: str, path: str, body: Any) -> tuple[int, Any]:
        sent.append(body)
        given = webhook.get(urlsplit(body["MediaUrl"]).path)
        fetched.append((given.status_code, given.data[:4]))
        return 201, accepted(path, body, "MM" + "1" * 32)

    with serving(twilio) as url:
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account), pool_size=3)
        webhook = create_app(runtime.settings, runtime.sessions).test_client()
        batches.deliver_batches(runtime)
        (only,) = sent
        assert only["MediaUrl"].endswith("/documento.pdf")
        assert only["Body"] == "Aquí está tu constancia de Huerto en casa."
        assert fetched == [(200, b"%PDF")]
        session.expire_all()
        row = session.scalars(select(OutboxMessage)).one()
        outbox.settle(key, row, outbox.read_content(key, row), OutboxState.DELIVERED)
        session.commit()
        assert webhook.get(urlsplit(only["MediaUrl"]).path).status_code == 404
        upkeep.tidy_files(runtime)
        assert session.scalars(select(OutgoingFile)).all() == []
        runtime.engine.dispose()
