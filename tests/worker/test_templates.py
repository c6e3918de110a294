"""Templates reach Twilio whatever is lost on the way, and Meta is not asked again every few seconds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from standins import accepted, serving

from models import Role, Template, TemplateState, TemplateTrial, TrialState, utcnow
from outreach.messages import inbox, templates
from outreach.messages.conversation_state import Choice
from outreach.sealing.crypto import PersonalKey
from outreach.staff import accounts, contacts, template_trials
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
        self.reason, self.category = "", ""
        self.made: list[dict[str, Any]] = []
        self.sent: list[dict[str, str]] = []
        self.broken: int | None = None

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        """Answer as Twilio's Content API does."""
        if path.endswith("Messages.json"):
            self.sent.append(body)
            if self.broken == 0:
                return None
            return (self.broken, {}) if self.broken else (201, accepted(path, body, "SM1"))
        wish = {"Content": "create", "whatsapp": "submit", "ApprovalRequests": "fetch"}[
            path.rsplit("/", maxsplit=1)[-1]
        ]
        self.asked.append(wish)
        if wish in self.lost:
            return 500, {}
        if wish == "submit":
            self.status = "received"
        if method == "POST":
            self.made.append(body)
            return 201, {"sid": SID}
        told = {"status": self.status, "rejection_reason": self.reason, "category": self.category}
        return 200, {"whatsapp": told}

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


def test_what_whatsapp_changes_later_is_seen(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """An approved one is asked for again: its pause, its end with the reason, its category, its return."""
    meta = Meta()
    with one_template(settings, sessions, meta) as (runtime, db):
        contents.sync_templates(runtime)
        meta.status, meta.category = "approved", "UTILITY"
        ages(db, timedelta(minutes=1))
        contents.sync_templates(runtime)
        assert state(db) is TemplateState.APPROVED
        meta.heard()
        ages(db, timedelta(minutes=14))
        contents.sync_templates(runtime)
        assert meta.heard() == []
        for status, reason, category in (
            ("paused", "", "MARKETING"), ("disabled", "", "MARKETING"), ("rejected", "SCAM", "MARKETING"),
            ("approved", "", "MARKETING"),
        ):  # fmt: skip
            meta.status, meta.reason, meta.category = status, reason, category
            ages(db, timedelta(hours=2))
            contents.sync_templates(runtime)
            with db() as reading:
                found = reading.scalars(select(Template)).one()
            assert (found.state.value, found.reason, found.category, found.meta_category) == (
                status, reason or None, "UTILITY", category,
            )  # fmt: skip
            assert found.category_changed_at is not None


def test_a_word_we_do_not_know_changes_nothing(settings: Settings, sessions: sessionmaker[Session]) -> None:
    meta = Meta()
    with one_template(settings, sessions, meta) as (runtime, db):
        contents.sync_templates(runtime)
        for status in ("approved", "in_appeal", "", "received"):
            meta.status, meta.category = status, "WHAT"
            ages(db, timedelta(hours=2))
            contents.sync_templates(runtime)
            assert state(db) is TemplateState.APPROVED


def test_twilio_gets_all_of_a_template(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Language, buttons, samples and category; a second version has a name of its own at WhatsApp."""
    meta = Meta()
    with one_template(settings, sessions, meta) as (runtime, db):
        contents.sync_templates(runtime)
        with db.begin() as changing:
            templates.save(
                changing, name="aviso", body="Hola, {{1}} ya hay taller.", samples={"1": "hoy"},
                buttons=[Choice("Sí voy", "/confirm_attendance")], category="MARKETING", language="es",
            )  # fmt: skip
        meta.made.clear()
        contents.sync_templates(runtime)
        created, asked = meta.made
        assert created["friendly_name"] == "aviso_v2"
        assert created["language"] == "es"
        assert created["variables"] == {"1": "hoy"}
        assert created["types"]["twilio/quick-reply"]["actions"] == [
            {"title": "Sí voy", "id": "/confirm_attendance"}
        ]
        assert asked == {"name": "aviso_v2", "category": "MARKETING"}


@contextmanager
def one_trial(
    settings: Settings, sessions: sessionmaker[Session], meta: Meta
) -> Iterator[tuple[Runtime, sessionmaker[Session]]]:
    key = PersonalKey(settings.secret_key)
    with one_template(settings, sessions, meta) as (runtime, db):
        with db.begin() as setting:
            template = setting.scalars(select(Template)).one()
            template.state, template.content_sid, template.checked_at = TemplateState.APPROVED, SID, utcnow()
            template.valid_minutes = 30
            accounts.add(setting, "rosa", "Rosa", Role.COORDINATOR, utcnow())
            rosa = accounts.find(setting, "rosa")
            assert rosa is not None
            contacts.save_phone(setting, key, rosa.id, "3312345678")
            template_trials.ask(setting, key, template, rosa.id, utcnow())
        yield runtime, db


def trial(sessions: sessionmaker[Session]) -> TemplateTrial:
    with sessions() as db:
        return db.scalars(select(TemplateTrial)).one()


def test_a_trial_leaves_once_with_its_samples(settings: Settings, sessions: sessionmaker[Session]) -> None:
    meta = Meta()
    with one_trial(settings, sessions, meta) as (runtime, db):
        for _ in range(2):
            contents.send_trials(runtime)
        [sent] = meta.sent
        assert (sent["To"], sent["ContentSid"], sent["ValidityPeriod"]) == (
            "whatsapp:+523312345678", SID, "1800",
        )  # fmt: skip
        assert sent["ContentVariables"] == '{"1": "hoy"}'
        assert sent["StatusCallback"].endswith("/twilio/status?o=trial")
        assert trial(db).state is TrialState.SENT


def test_a_trial_in_doubt_is_not_repeated(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Twilio does not answer; or the process dies during the call: nothing is sent again."""
    meta = Meta()
    with one_trial(settings, sessions, meta) as (runtime, db):
        meta.broken = 0
        contents.send_trials(runtime)
        meta.broken = None
        contents.send_trials(runtime)
        assert (len(meta.sent), trial(db).state) == (1, TrialState.DOUBTFUL)
        with db.begin() as setting:
            setting.execute(
                update(TemplateTrial).values(
                    state=TrialState.SENDING, begun_at=utcnow() - timedelta(minutes=2)
                )
            )
        contents.send_trials(runtime)
        assert (len(meta.sent), trial(db).state) == (1, TrialState.DOUBTFUL)


def test_a_number_that_left_gets_no_trial(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """P6: after BAJA nothing is initiated to it, whoever says that it is hers."""
    meta = Meta()
    with one_trial(settings, sessions, meta) as (runtime, db):
        with db.begin() as setting:
            talk = inbox.conversation_of(
                setting, PersonalKey(settings.secret_key), "whatsapp:+523312345678", utcnow()
            )
            talk.opted_out_at = utcnow()
        contents.send_trials(runtime)
        assert (meta.sent, trial(db).state) == ([], TrialState.FAILED)


def test_what_is_stopped_meanwhile_is_not_tried(settings: Settings, sessions: sessionmaker[Session]) -> None:
    meta = Meta()
    with one_trial(settings, sessions, meta) as (runtime, db):
        with db.begin() as setting:
            setting.execute(update(Template).values(state=TemplateState.PAUSED))
        contents.send_trials(runtime)
        found = trial(db)
        assert (meta.sent, found.state, found.reason) == ([], TrialState.FAILED, "template_not_approved")
