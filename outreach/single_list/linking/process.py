"""The process in which names are plain: reads the list, compares it, and says ids and figures alone.

Started by `run`; it takes the address of the database and the key on its input, never as an argument or in
its environment. It writes no file, no log and no core dump; what goes wrong it names by its kind only.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import resource
import sys
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from models import ChannelAddress, Conversation, ListedPhone, Woman
from outreach.ground import addresses
from outreach.ground.database import sqlalchemy_url
from outreach.people import details as records
from outreach.sealing.crypto import PersonalKey
from outreach.single_list.linking import compare, newcomers, rates
from outreach.single_list.linking.columns import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from outreach.people.details import Details

BATCH = 2000
NICENESS = 10
"""Women who are being answered go before it."""


def say(**line: object) -> None:
    """Write one line for the parent."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def people(session: Session, key: PersonalKey, only: Collection[uuid.UUID] | None = None) -> Iterator[Person]:
    """Yield every woman of the list, or these; a phone stays the keyed hash that it is found by."""
    numbers = _numbers(session, only)
    wanted = select(Woman.id, Woman.details_cipher, Woman.municipality)
    if only is not None:
        wanted = wanted.where(Woman.id.in_(only))
    rows = session.execute(wanted.execution_options(yield_per=BATCH))
    for woman_id, blob, municipality in rows:
        details = records.decrypt(key, woman_id, blob)
        yield Person(
            str(woman_id),
            details.full_name,
            details.birth_date,
            details.curp,
            numbers.get(woman_id) or _named(key, details),
            municipality or "",
        )


def _numbers(session: Session, only: Collection[uuid.UUID] | None) -> dict[uuid.UUID, str]:
    """One number of each woman: one that a list gave before one she is reached on."""
    listed = select(ListedPhone.woman_id, func.min(func.encode(ListedPhone.lookup_hash, "hex")))
    reached = (
        select(Conversation.woman_id, func.min(func.encode(ChannelAddress.lookup_hash, "hex")))
        .join(ChannelAddress, ChannelAddress.conversation_id == Conversation.id)
        .where(Conversation.woman_id.is_not(None), ChannelAddress.kind == "phone")
    )
    if only is not None:
        listed = listed.where(ListedPhone.woman_id.in_(only))
        reached = reached.where(Conversation.woman_id.in_(only))
    rows = session.execute(reached.group_by(Conversation.woman_id)).tuples()
    found = {woman_id: number for woman_id, number in rows if woman_id is not None}
    return found | dict(session.execute(listed.group_by(ListedPhone.woman_id)).tuples().all())


def _named(key: PersonalKey, details: Details) -> str:
    """A number that she named and has not confirmed, as the same hash."""
    address = addresses.from_national(details.phone) if details.phone else None
    return key.lookup("address", addresses.canonical(address)).hex() if address else ""


def main(given: dict[str, Any]) -> None:
    """Compare the list, or the newcomers that are named with their like, and say what was found."""
    engine = create_engine(sqlalchemy_url(given["url"]), poolclass=NullPool, hide_parameters=True)
    key = PersonalKey(base64.b64decode(given["key"]))
    part: compare.Part | None = None
    with Session(engine) as session:
        if "newcomers" in given:
            new = {uuid.UUID(one) for one in given["newcomers"]}
            everybody = list(people(session, key, new | newcomers.beside(session, new)))
            part = compare.Part(frozenset(given["newcomers"]), *rates.of(session, key, everybody))
        else:
            everybody = list(people(session, key))
    engine.dispose()
    say(women=len(everybody))
    for pair in compare.compare(everybody, part):
        say(pair=[pair.a, pair.b, pair.probability, pair.certain, pair.joins, pair.conflict])
    say(done=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    logging.disable(logging.CRITICAL)
    try:
        main(json.loads(sys.stdin.readline()))
    except Exception as error:  # noqa: BLE001 (its text may hold a name: the kind alone leaves)
        say(failed=type(error).__name__)
        sys.exit(1)
