"""A team with its caseworkers, logged in, and the cases that they hold, by the product's own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from nacl.pwhash import argon2id
from sqlalchemy import select

from models import Conversation, Role, utcnow
from outreach.casework import cases, taking, thread
from outreach.casework.opened import Caseworker
from outreach.casework.thread import Line
from outreach.sealing import vault
from outreach.staff import accounts, sessions

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session, sessionmaker

    from outreach.sealing.crypto import PersonalKey

SAID = "hola otra vez, le escribo para contarle cómo va lo de ayer con mi hermana y los niños"


@dataclass(frozen=True)
class Case:
    """A conversation that somebody holds; `phone` is the address that she writes from."""

    id: str
    phone: str
    conversation_id: uuid.UUID


@dataclass(frozen=True)
class Sitting:
    """A caseworker who is logged in, with the token of her session and the cases that she holds."""

    staff_id: uuid.UUID
    token: str
    ring: bytes
    cases: list[Case]


def seat(
    sessions_of: sessionmaker[Session],
    key: PersonalKey,
    phones: dict[str, uuid.UUID],
    desks: int,
    recovery: str = "",
) -> list[Sitting]:
    """Give each of so many caseworkers her share of these women's conversations, each with a few lines.

    `recovery`: the recovery key of the team that is there already.
    """
    # What a password costs is not what is measured here.
    vault.COST = vault.Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    if not recovery:
        with sessions_of.begin() as session:
            recovery = vault.make_team(session, "Atención")
    women = list(phones.items())
    return [
        _one(sessions_of, key, recovery, f"mesa{number:02d}", women[number::desks]) for number in range(desks)
    ]


def _one(
    sessions_of: sessionmaker[Session],
    key: PersonalKey,
    recovery: str,
    name: str,
    women: list[tuple[str, uuid.UUID]],
) -> Sitting:
    now = utcnow() - timedelta(minutes=30)
    with sessions_of.begin() as session:
        password = accounts.add(session, name, name.title(), Role.CASEWORKER, now)
        staff = accounts.find(session, name)
        if staff is None:
            raise LookupError(name)
        vault.grant_with_recovery_key(session, recovery, staff.id)
        staff.must_change_password = False
        ring = vault.unlock(session, staff, password)
        if ring is None:
            raise LookupError(name)
        token = sessions.begin(session, staff, ring, utcnow())
        worker = Caseworker(key, ring, staff)
        held = [_held(session, worker, phone, woman_id) for phone, woman_id in women]
        return Sitting(staff.id, token, ring, held)


def _held(session: Session, worker: Caseworker, phone: str, woman_id: uuid.UUID) -> Case:
    now = utcnow() - timedelta(minutes=20)
    conversation = session.scalars(select(Conversation).where(Conversation.woman_id == woman_id)).one()
    conversation.last_inbound_at = now
    case = cases.open_case(session, worker.key, conversation, urgency="support", about="violence", now=now)
    for number in range(3):
        cases.woman_wrote(session, worker.key, case.id, f"{SAID} {number}", now)
    taking.take(session, worker, case.id, now)
    return Case(str(case.id), phone, conversation.id)


def lengthen(sessions_of: sessionmaker[Session], key: PersonalKey, case: Case, lines: int) -> None:
    """Let a thread have so many lines, hers and the team's in turns, over some weeks."""
    with sessions_of.begin() as session:
        found = cases.open_case_of(session, case.id)
        if found is None:
            raise LookupError(case.id)
        state = cases.locked_state(session, key, found)
        began = utcnow() - timedelta(days=40)
        for number in range(state.entries or 0, lines):
            author: thread.Author = "woman" if number % 2 else "staff"
            at = began + timedelta(minutes=25 * number)
            thread.append(session, found, state, Line(author, f"{SAID} {number}", at))
        cases.write_state(key, found, state)
