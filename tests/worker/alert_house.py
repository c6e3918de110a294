"""A team whose people have phones and mail, a Twilio that says what it took, a clock that the test turns."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from at_desk import lines_of, sit_down
from mail_server import mailbox
from standins import accepted, serving

from models import Case, Conversation, Role, Shift, TemplateState
from outreach.casework import cases, taking
from outreach.casework.case_state import CaseState, read_state, write_state
from outreach.casework.opened import Caseworker
from outreach.ground.alarm_settings import AlarmSettings
from outreach.messages import conversation_state, templates
from outreach.sealing import vault
from outreach.staff import accounts, contacts
from outreach.texts import alarms as texts
from worker import alerting
from worker.runtime import Runtime, make_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

NIGHT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Three in the morning in Jalisco."""
LAST = "whatsapp:+523300000099"
CALM, NOW = "HXcalm", "HXnow"


@dataclass
class House:
    """See the module."""

    runtime: Runtime
    patch: pytest.MonkeyPatch
    recovery: str
    mails: list[str]
    written: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    rings: dict[str, bytes] = field(default_factory=dict)
    now: datetime = NIGHT

    def hire(
        self,
        name: str,
        role: Role = Role.CASEWORKER,
        *,
        shift: bool = False,
        phone: bool = True,
        email: str = "",
        muted: bool = False,
    ) -> None:
        """Add somebody with the key; `shift`: the plan says that she is on duty all day."""
        number = f"33000000{len(self.people):02d}" if phone else ""
        with self.runtime.sessions.begin() as session:
            password = accounts.add(session, name, name.title(), role, NIGHT)
            person = accounts.find(session, name)
            assert person is not None
            vault.grant_with_recovery_key(session, self.recovery, person.id)
            ring = vault.unlock(session, person, password)
            assert ring is not None
            person.must_change_password = False
            self.people[name], self.rings[name] = person.id, ring
            contacts.save(session, self.runtime.key, person.id, phone=number, email=email, muted=muted)
            if shift:
                start, end = NIGHT - timedelta(hours=12), NIGHT + timedelta(hours=12)
                session.add(Shift(staff_id=person.id, starts_at=start, ends_at=end, planned=True))

    def phone(self, name: str) -> str:
        """Return the address of somebody's phone."""
        return f"whatsapp:+5233000000{list(self.people).index(name):02d}"

    def comes(self, urgency: cases.Urgency = "danger", *, about: str = "violence") -> uuid.UUID:
        """Open a case of another woman now."""
        with self.runtime.sessions.begin() as session:
            conversation = Conversation(id=uuid.uuid4(), last_inbound_at=self.now, private_cipher=b"")
            conversation.private_cipher = conversation_state.empty(self.runtime.key, conversation.id)
            session.add(conversation)
            session.flush()
            case = cases.open_case(
                session, self.runtime.key, conversation, urgency=urgency, about=about, now=self.now
            )
            return case.id

    def after(self, **passed: float) -> list[str]:
        """Let time pass, let the clock tick once; return who was written to on WhatsApp, by name."""
        self.now += timedelta(**passed)
        self.patch.setattr(alerting, "utcnow", lambda: self.now)
        before = len(self.written)
        alerting.alert(self.runtime)
        names = {self.phone(name): name for name in self.people} | {LAST: "last"}
        return sorted(names[form["To"]] for form in self.written[before:])

    def state(self, case_id: uuid.UUID) -> CaseState:
        """Return what the server knows of a case."""
        with self.runtime.sessions() as session:
            return read_state(self.runtime.key, session.get_one(Case, case_id))

    def change(self, case_id: uuid.UUID, **values: object) -> None:
        """Set what the server knows of a case."""
        with self.runtime.sessions.begin() as session:
            case = session.get_one(Case, case_id)
            state = read_state(self.runtime.key, case)
            for name, value in values.items():
                setattr(state, name, value)
            write_state(self.runtime.key, case, state)

    def worker(self, session: Session, name: str) -> Caseworker:
        """Return somebody with her keys."""
        person = accounts.by_id(session, self.people[name])
        assert person is not None
        return Caseworker(self.runtime.key, self.rings[name], person)

    def takes(self, name: str, case_id: uuid.UUID) -> None:
        """Let somebody take a case."""
        with self.runtime.sessions.begin() as session:
            taking.take(session, self.worker(session, name), case_id, self.now)

    def thread(self, case_id: uuid.UUID) -> list[str]:
        """Return the lines of a case's thread after its first."""
        with self.runtime.sessions() as session:
            worker = self.worker(session, next(iter(self.people)))
            return [line.text for line in lines_of(session, worker, session.get_one(Case, case_id))][1:]

    def sits_down(self, name: str) -> None:
        """Let somebody have the desk open now."""
        with self.runtime.sessions.begin() as session:
            person = accounts.by_id(session, self.people[name])
            assert person is not None
            sit_down(session, person, self.now)


@contextmanager
def open_house(
    sessions: sessionmaker[Session], settings: Settings, patch: pytest.MonkeyPatch, **changes: Any
) -> Iterator[House]:
    """Yield a team without anybody; `changes` are settings of alarms."""
    mails: list[str] = []
    made: list[House] = []

    def twilio(_method: str, path: str, body: Any) -> tuple[int, Any]:
        if body["To"] in made[0].refused:
            return 400, {"code": 63024, "message": "no", "status": 400}
        made[0].written.append(body)
        return 201, accepted(path, body, f"SM{len(made[0].written):032d}")

    with sessions.begin() as session:
        recovery = vault.make_team(session, "Atención")
        for name, sid in ((texts.TEMPLATE, CALM), (texts.NOW_TEMPLATE, NOW)):
            template = templates.by_name(session, name)
            assert template is not None
            template.content_sid, template.state = sid, TemplateState.APPROVED
    patch.setattr(alerting, "_last_resort", {})
    with mailbox(mails) as smtp, serving(twilio) as url:
        told = AlarmSettings(
            **{"phones": (LAST,), "smtp_url": smtp, "emails": ("jefa@example.org",)} | changes
        )
        account = replace(settings.twilio, api_url=url)
        runtime = make_runtime(replace(settings, account=account, alarms=told), pool_size=4)
        made.append(House(runtime, patch, recovery, mails))
        yield made[0]
        runtime.engine.dispose()
