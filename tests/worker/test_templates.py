"""Templates reach Twilio whatever is lost on the way, and Meta is not asked again every few seconds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from standins import serving

from models import Template, TemplateState, utcnow
from outreach.messages import templates
from worker import contents
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

SID = "HX" + "0" * 32


class Meta:
    """Twilio's contents with one template; what it was asked, and what it says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.lost: set[str] = set()
        self.status = "unsubmitted"

    def answer(self, method: str, path: str, _body: Any) -> tuple[int, Any] | None:
        """Answer as Twilio's Content API does."""
        wish = {"Content": "create", "whatsapp": "submit", "ApprovalRequests": "fetch"}[
            path.rsplit("/", maxsplit=1)[-1]
        ]
        self.asked.append(wish)
        if wish in self.lost:
            return 500, {}
        if wish == "submit":
            self.status = "received"
        return (201, {"sid": SID}) if method == "POST" else (200, {"whatsapp": {"status": self.status}})

    def heard(self) -> list[str]:
        """Return what was asked since the last call."""
        asked, self.asked = self.asked, []
        return asked


@contextmanager
def one_template(
    settings: Settings, sessions: sessionmaker[Session], meta: Meta
) -> Iterator[tuple[Runtime, sessionmaker[Session]]]:
    with sessions.begin() as db:
        db.execute(delete(Template))
        templates.save(db, name="aviso", body="Hola, {{1}} hay taller.", samples={"1": "hoy"})
    with serving(meta.answer) as url:
        runtime = make_runtime(replace(settings, account=replace(settings.twilio, api_url=url)), pool_size=2)
        yield runtime, sessions
        runtime.engine.dispose()


def state(sessions: sessionmaker[Session]) -> TemplateState:
    with sessions() as db:
        return db.scalars(select(Template.state)).one()


def ages(sessions: sessionmaker[Session], by: timedelta) -> None:
    """Let time pass for the template."""
    with sessions.begin() as db:
        db.execute(
            update(Template).values(created_at=Template.created_at - by, checked_at=Template.checked_at - by)
        )


def test_what_is_lost_on_the_way_to_twilio_is_asked_again(
    settings: Settings, sessions: sessionmaker[Session]
) -> None:
    meta = Meta()
    with one_template(settings, sessions, meta) as (runtime, db):
        meta.lost = {"create"}
        contents.sync_templates(runtime)
        assert (meta.heard(), state(db)) == (["create"], TemplateState.DRAFT)
        meta.lost = {"submit"}
        ages(db, timedelta(minutes=1))
        contents.sync_templates(runtime)
        assert (meta.heard(), state(db)) == (["create", "submit"], TemplateState.PENDING)
        meta.lost = set()
        ages(db, timedelta(minutes=1))
        contents.sync_templates(runtime)
        assert (meta.heard(), meta.status) == (["fetch", "submit"], "received")
        meta.status = "approved"
        ages(db, timedelta(minutes=1))
        contents.sync_templates(runtime)
        assert (meta.heard(), state(db)) == (["fetch"], TemplateState.APPROVED)


def test_the_longer_meta_thinks_the_more_seldom_it_is_asked(
    settings: Settings, sessions: sessionmaker[Session]
) -> None:
    meta = Meta()
    with one_template(settings, sessions, meta) as (runtime, db):
        contents.sync_templates(runtime)
        meta.heard()
        with db.begin() as changing:
            changing.execute(
                update(Template).values(
                    created_at=utcnow() - timedelta(hours=2), checked_at=utcnow() - timedelta(minutes=5)
                )
            )
        contents.sync_templates(runtime)
        assert meta.heard() == []
        ages(db, timedelta(minutes=15))
        contents.sync_templates(runtime)
        assert meta.heard()[:1] == ["fetch"]
