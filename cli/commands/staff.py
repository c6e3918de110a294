"""`staff`: who may enter the console, managed from the server's own terminal.

The database is brought up to date first: the first account is made before the product ever ran.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp

from cli import sample, words
from cli.database import bring_up_to_date, opened
from cli.install.failure import Failure
from models import Role
from outreach.ground.database import make_sessions
from outreach.ground.settings import load_settings, read_environment
from outreach.sealing import recovery_key, vault
from outreach.staff import accounts, key_holders, teams

if TYPE_CHECKING:
    import argparse

    from sqlalchemy.orm import Session

    from models import Staff, Team


def run(args: argparse.Namespace) -> int:
    """Do one of the actions in one transaction; what is shown once is printed after the commit."""
    if args.action == "code":
        print(sample_code(args.username))
        return 0
    settings = load_settings(read_environment(), twilio=False)
    actions = {"add": _add, "list": _list, "disable": _disable, "reset": _reset, "grant": _grant}
    try:
        with opened(settings) as (engine, _):
            bring_up_to_date(engine, settings)
            with make_sessions(engine).begin() as session:
                lines = actions[args.action](session, args)
    except (accounts.StaffError, recovery_key.RecoveryKeyError, vault.WrongRecoveryKeyError) as error:
        raise Failure(str(error)) from error
    print("\n".join(lines))
    return 0


def _add(session: Session, args: argparse.Namespace) -> list[str]:
    role = Role(args.role)
    team = _team(session, args.team) if args.team else None
    agency = _agency(session, args.agency) if args.agency else None
    password = accounts.add(
        session, args.username, args.name, role, datetime.now(UTC), team=team, agency=agency
    )
    lines = [words.STAFF_ADDED.format(username=accounts.normal(args.username), password=password)]
    if role in vault.KEY_ROLES:
        lines.append(words.STAFF_WAITS_FOR_KEY.format(username=accounts.normal(args.username)))
    return lines


def _list(session: Session, _args: argparse.Namespace) -> list[str]:
    rows = [
        f"{one.username:<24} {one.role.value:<14} {_state(one):<14} {one.display_name}"
        for one in accounts.everyone(session)
    ]
    return rows or [words.STAFF_NONE]


def _state(one: Staff) -> str:
    return words.STAFF_DISABLED if one.disabled_at else words.STAFF_ENABLED


def _disable(session: Session, args: argparse.Namespace) -> list[str]:
    one = _known(session, args.username)
    holds = bool(vault.teams_of(session, one.id))
    if one.id in key_holders.last_of(session) and not args.yes:
        raise Failure(words.STAFF_LAST_HOLDER.format(username=one.username))
    accounts.disable(session, one, datetime.now(UTC))
    lines = [words.STAFF_NOW_DISABLED.format(username=one.username)]
    return [*lines, words.STAFF_CHANGE_THE_KEY] if holds else lines


def _reset(session: Session, args: argparse.Namespace) -> list[str]:
    one = _known(session, args.username)
    password = accounts.reset(session, one, datetime.now(UTC), factor=args.factor)
    return [words.STAFF_ADDED.format(username=one.username, password=password)]


def sample_code(username: str) -> str:
    """Say the code of somebody of the demo, whose secrets it keeps; a real one is on her phone alone."""
    notebook = sample.Notebook.of(read_environment())
    secret = notebook.kept.get("codes", {}).get(accounts.normal(username)) if notebook else None
    if secret is None:
        raise Failure(words.STAFF_NO_CODE.format(username=username))
    totp = pyotp.TOTP(secret)
    seconds = totp.interval - int(time.time()) % totp.interval
    return words.STAFF_CODE.format(code=totp.now(), seconds=seconds)


def _grant(session: Session, args: argparse.Namespace) -> list[str]:
    """The recovery key comes from standard input, so that it stands in no process list and no history."""
    one = _known(session, args.username)
    if sys.stdin.isatty():
        print(words.RECOVERY_KEY_ASK, end="", file=sys.stderr, flush=True)
    if not vault.grant_with_recovery_key(session, sys.stdin.readline().strip(), one.id):
        raise Failure(words.STAFF_NOT_WAITING.format(username=one.username))
    return [words.STAFF_GRANTED.format(username=one.username)]


def _agency(session: Session, code: str) -> str:
    known = {one.code: one for one in teams.agencies(session)}
    if code not in known:
        raise Failure(words.STAFF_NO_AGENCY.format(code=code, known=", ".join(known) or "ninguna"))
    return code


def _team(session: Session, name: str) -> Team:
    known = {line.team.name: line.team for line in teams.lines(session)}
    if name not in known:
        raise Failure(words.STAFF_NO_TEAM.format(name=name, known=", ".join(known) or "ninguno"))
    return known[name]


def _known(session: Session, username: str) -> Staff:
    one = accounts.find(session, username)
    if one is None:
        raise Failure(words.STAFF_UNKNOWN.format(username=username))
    return one
