"""The demo's own world: its settings, its people, its phones. All kept under `AVANZA_VAR/demo`, nothing real.

The demo's logins, the secrets of their codes and the recovery key of its team are kept in a file so that
they hold at the next start; a real installation never does that.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pyotp

from cli import sample_desk, sample_teams, words
from models import Role, by_machine, utcnow
from outreach.ground.database import make_sessions
from outreach.ground.settings import var_of
from outreach.sealing import vault
from outreach.sealing.crypto import PersonalKey
from outreach.single_list.linking import run as linking
from outreach.staff import accounts, conduct, factors
from outreach.start import demo, demo_lists, seed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from outreach.ground.settings import Settings

_SENDER = "whatsapp:+14155238886"
_NOT_FROM_OUTSIDE = ("AVANZA_DATABASE_URL", "AVANZA_SECRET_KEY", "TWILIO_MESSAGING_SERVICE_SID")
_PHONES = (
    {"number": "+5213399990001", "profile_name": "Lupita", "note": words.DEMO_PHONE_NEW},
    {"number": "+5213300000000", "profile_name": "Rosa", "note": words.DEMO_PHONE_KNOWN},
    {"number": "+5213399990002", "profile_name": "Carmen", "note": words.DEMO_PHONE_NEW},
)


class Notebook:
    """What the demo remembers between starts, in a file that only its owner reads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "demo.json"
        self.kept: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}

    @classmethod
    def of(cls, outer: Mapping[str, str]) -> Notebook | None:
        """Open the demo's, where it ever ran."""
        folder = folder_of(outer)
        return cls(folder) if (folder / "demo.json").exists() else None

    def keep(self, name: str, value: object) -> None:
        """Write one more thing down."""
        self.kept[name] = value
        draft = self._path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.kept, file, ensure_ascii=False, indent=1)
        draft.replace(self._path)


def folder_of(outer: Mapping[str, str]) -> Path:
    """Where the demo lives."""
    return var_of(outer) / "demo"


def environment(outer: Mapping[str, str], notebook: Notebook) -> dict[str, str]:
    """The settings of the demo: its own account, database and folder; ports are the user's."""
    if "account_sid" not in notebook.kept:
        notebook.keep("account_sid", "AC" + secrets.token_hex(16))
        notebook.keep("auth_token", secrets.token_hex(16))
    simulator = outer.get("AVANZA_SIMULATOR_PORT", "").strip() or "8002"
    webhook = outer.get("AVANZA_WEBHOOK_PORT", "").strip() or "8000"
    inner = {name: value for name, value in outer.items() if name not in _NOT_FROM_OUTSIDE}
    return inner | {
        "AVANZA_VAR": str(folder_of(outer)),
        "AVANZA_PUBLIC_URL": f"http://127.0.0.1:{webhook}",
        # The buttons on the phones' page move its time, so that nobody waits for a morning.
        "AVANZA_SIMULATED_CLOCK": "yes",
        "TWILIO_ACCOUNT_SID": notebook.kept["account_sid"],
        "TWILIO_AUTH_TOKEN": notebook.kept["auth_token"],
        "TWILIO_WHATSAPP_FROM": _SENDER,
        "TWILIO_API_URL": f"http://127.0.0.1:{simulator}",
    }


def phones_file(folder: Path) -> Path:
    """The phones that the simulator's page shows."""
    path = folder / "phones.json"
    path.write_text(json.dumps(_PHONES, ensure_ascii=False), encoding="utf-8")
    return path


def fill(engine: Engine, settings: Settings, notebook: Notebook) -> None:
    """The sample programme and its staff, where they are missing; the caseworker is on shift again."""
    now = utcnow()
    sessions = make_sessions(engine)
    key = PersonalKey(settings.secret_key)
    with sessions.begin() as session:
        demo.load(session, key, settings, now)
        new = demo_lists.load(session, key)
    with suppress(linking.LinkingError):  # the demo goes on without it
        if new:
            linking.link(engine, sessions, key, settings.database_url or "", settings.secret_key)
    staff(sessions, key, notebook, now)
    with sessions.begin() as session:
        sample_desk.ensure(session, settings, notebook, now)


def staff(sessions: sessionmaker[Session], key: PersonalKey, notebook: Notebook, now: datetime) -> None:
    """The team and those who work there, with what each needs to enter."""
    with sessions.begin() as session:
        recovery = seed.ensure_team(session)
        if recovery is not None:
            notebook.keep("recovery_key", recovery)
        sample_teams.ensure(session, notebook, now)
    with sessions.begin() as session:
        logins = dict(notebook.kept.get("logins", {}))
        codes = dict(notebook.kept.get("codes", {}))
        for username, name, role in words.DEMO_STAFF:
            logins[username] = _login(
                session, username, name, Role(role), logins.get(username), notebook, now
            )
            one = accounts.find(session, username)
            assert one is not None  # noqa: S101 (added where it was missing)
            conduct.agree(session, one, now)
            if Role(role) in vault.KEY_ROLES:
                codes[username] = _code(session, key, username, codes.get(username), now)
        notebook.keep("logins", logins)
        notebook.keep("codes", codes)


def _code(session: Session, key: PersonalKey, username: str, known: str | None, now: datetime) -> str:
    """Set up her codes as her phone would; return their secret, the known one where it holds."""
    one = accounts.find(session, username)
    assert one is not None  # noqa: S101 (added before)
    if known is not None and factors.is_set(session, one.id):
        return known
    secret = factors.begin(session, key, one, now).secret
    # With the code of the period before, so that the present one is good for the first login.
    earlier = pyotp.TOTP(secret).at(by_machine(now), counter_offset=-1)
    confirmed = factors.confirm(session, key, one, earlier, now)
    assert confirmed is not None  # noqa: S101 (a code of this very secret)
    return secret


def _login(
    session: Session,
    username: str,
    name: str,
    role: Role,
    known: str | None,
    notebook: Notebook,
    now: datetime,
) -> str:
    one = accounts.find(session, username)
    password = known
    if one is None:
        password = accounts.add(session, username, name, role, now, team=sample_teams.of(session, username))
    elif password is None:
        password = accounts.reset(session, one, now)
    one = accounts.find(session, username)
    assert one is not None  # noqa: S101 (added above where it was missing)
    one.must_change_password = False  # the printed login has to work again tomorrow
    if role in vault.KEY_ROLES:
        sample_teams.give_key(session, notebook, one)
    assert password is not None  # noqa: S101 (kept, made or reset above)
    return password
