"""What becomes of the files that she sends: each lies at Twilio until it is fetched and sealed, or unwanted.

Every file of every woman gets one row with its message, and that row is there for days whatever is decided
about it, so that no row tells a confidential file from another (P4). What is to be done at once is a row of
its own beside it: fetch and seal a file, or delete Twilio's copy. Neither names a woman, a message or a case.

Where nobody says otherwise a file waits for three days: she may ask for a person in a later message, and that
person is to have it. A voice note waits here (`waiting_files`) and goes at Twilio at once; any other file
waits there. A turn that came to no end leaves it there for a week.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from models import MediaFetch
from outreach.ground import counters, jobs
from outreach.messages import twilio_media, waiting_files
from outreach.messages.twilio_media import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from outreach.sealing.crypto import PersonalKey

MOST = 10
"""Files of one message."""
UNDECIDED_FOR = timedelta(days=7)
WAITS_FOR = timedelta(days=3)
LEASE = timedelta(seconds=60)
"""How long whoever takes up a row may be at it; after that another does."""
TRIED_FOR = timedelta(days=7)
GONE_FOR = timedelta(minutes=30)
"""How long a file that Twilio does not know may still appear there."""
AGAIN_AFTER = tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 1800))
LOOKED_AT = 20
"""Rows that are looked at in one statement; those that have stood for their time go at once."""
LONGEST_TYPE = 80
LENGTH = 512
_NOT_PRINTED = re.compile(r"[^ -~]")

SOUND = "audio/"

Step = Literal["undecided", "waits", "kept", "settled", "keep", "seal", "delete"]


@dataclass(frozen=True)
class Work:
    """What is to be done about one file. `file_id` is where it is sealed to; `since` is when it was begun.

    `kept` is where it waits here, and is taken from once it is there; `noise` what looks like that where none
    does.
    """

    step: Step
    message_sid: str = ""
    media_sid: str = ""
    content_type: str = ""
    file_id: str = ""
    since: str = ""
    tries: int = 0
    kept: str = ""
    noise: str = ""

    @property
    def place(self) -> Place:
        """Where it lies at Twilio."""
        return Place(self.message_sid, self.media_sid)


@dataclass(frozen=True)
class Claimed:
    """A row that whoever asked is at, and nobody else for a while."""

    id: uuid.UUID
    work: Work


_KNOWN = frozenset(f.name for f in fields(Work))


def note(
    session: Session, key: PersonalKey, inbound_id: uuid.UUID, params: Mapping[str, list[str]], now: datetime
) -> None:
    """Keep one row for each file of a message that has just been stored."""
    for number in range(MOST):
        address = params.get(f"MediaUrl{number}", [""])[0]
        place = twilio_media.place_of(address) if address else None
        if place is None:
            continue
        content_type = _NOT_PRINTED.sub("", params.get(f"MediaContentType{number}", [""])[0])[:LONGEST_TYPE]
        work = Work("undecided", place.message_sid, place.media_sid, content_type)
        _add(session, key, work, _later(now + UNDECIDED_FOR), row_id=_id(key, inbound_id, number))


def take(
    session: Session,
    key: PersonalKey,
    inbound_id: uuid.UUID,
    number: int,
    file_id: uuid.UUID,
    now: datetime,
    *,
    team_id: uuid.UUID,
) -> str | None:
    """Have a file of a message fetched and sealed; return its type as it was told, None: there is none.

    `team_id` is the team of the case.
    """
    found = _of_message(session, key, inbound_id, [number])
    if not found:
        return None
    [(row, work)] = found
    _settle(key, row, now)
    if not work.kept and _is_sound(work):
        work = replace(work, noise=str(waiting_files.begin(session, team_id, _later(now + WAITS_FOR))))
    begun = replace(work, step="seal", file_id=str(file_id), since=now.isoformat())
    _add(session, key, begun, now)
    jobs.defer_media(session)
    return work.content_type


def waits(session: Session, key: PersonalKey, inbound_id: uuid.UUID) -> list[int]:
    """Return which files of a message nothing has been decided about, by their numbers."""
    ids = {_id(key, inbound_id, number): number for number in range(MOST)}
    found = _of_message(session, key, inbound_id, range(MOST))
    return sorted(ids[row.id] for row, _ in found)


def leave(
    session: Session,
    key: PersonalKey,
    inbound_ids: Iterable[uuid.UUID],
    now: datetime,
    *,
    team_id: uuid.UUID | None = None,
) -> None:
    """Let the files of these messages wait for some days, and go then: notes here, sealed to `team_id`."""
    until, keeps = _later(now + WAITS_FOR), False
    for inbound_id in inbound_ids:
        for row, work in _of_message(session, key, inbound_id, range(MOST)):
            row.due_at = until
            if team_id is None or not _is_sound(work):
                _write(key, row, replace(work, step="waits"))
            elif not work.kept:
                kept = str(waiting_files.begin(session, team_id, until))
                _write(key, row, replace(work, step="kept", kept=kept))
                _add(session, key, replace(work, step="keep", kept=kept, since=now.isoformat()), now)
                keeps = True
    if keeps:
        jobs.defer_media(session)


def _is_sound(work: Work) -> bool:
    return work.content_type.startswith(SOUND)


def drop(session: Session, key: PersonalKey, inbound_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Have the files of these messages deleted at Twilio at once, and here; not those that a case has."""
    dropped = False
    for inbound_id in inbound_ids:
        for row, work in _of_message(session, key, inbound_id, range(MOST)):
            _settle(key, row, now)
            if work.kept:
                waiting_files.take_back(session, uuid.UUID(work.kept))
            _add(session, key, replace(work, step="delete", since=now.isoformat()), now)
            dropped = True
    if dropped:
        jobs.defer_media(session)


def due(session: Session, now: datetime) -> bool:
    """Say whether something is to be done now."""
    return session.scalar(select(MediaFetch.id).where(MediaFetch.due_at <= now).limit(1)) is not None


def claim(session: Session, key: PersonalKey, now: datetime) -> Claimed | None:
    """Take up what is due, the newest first; None where there is nothing.

    What is to be done at once comes before the many files of yesterday.
    """
    due_now = (
        select(MediaFetch)
        .where(MediaFetch.due_at <= now)
        .order_by(MediaFetch.due_at.desc())
        .limit(LOOKED_AT)
        .with_for_update(skip_locked=True)
    )
    while rows := session.scalars(due_now).all():
        for row in rows:
            work = _read(key, row)
            if work.step not in {"settled", "kept"}:
                return _claimed(session, key, row, work, now)
            session.delete(row)
        session.flush()
    return None


def _claimed(session: Session, key: PersonalKey, row: MediaFetch, work: Work, now: datetime) -> Claimed:
    if work.step in {"undecided", "waits"}:
        work = replace(work, step="delete", since=now.isoformat())
    row.due_at = now + LEASE
    _write(key, row, work)
    session.flush()
    return Claimed(row.id, work)


def held(session: Session, key: PersonalKey, claimed: Claimed) -> bool:
    """Lock a row that was claimed; say whether its work is still to be done."""
    row = session.get(MediaFetch, claimed.id, with_for_update=True, populate_existing=True)
    return row is not None and _read(key, row).step == claimed.work.step


def fetched(session: Session, key: PersonalKey, claimed: Claimed, now: datetime) -> Claimed:
    """Note that a file is sealed, or never will be: now it is to go at Twilio."""
    row = session.get_one(MediaFetch, claimed.id)
    work = replace(claimed.work, step="delete", file_id="", kept="", noise="", since=now.isoformat(), tries=0)
    row.due_at = now + LEASE
    _write(key, row, work)
    return Claimed(row.id, work)


def again(session: Session, key: PersonalKey, claimed: Claimed, now: datetime, *, gone: bool = False) -> bool:
    """Put off a row that failed; False where it has been tried for long enough.

    `gone`: Twilio says that it has no such file.
    """
    row = session.get(MediaFetch, claimed.id)
    if row is None:
        return True
    begun = datetime.fromisoformat(claimed.work.since)
    if now - begun > (GONE_FOR if gone else TRIED_FOR):
        return False
    row.due_at = now + AGAIN_AFTER[min(claimed.work.tries, len(AGAIN_AFTER) - 1)]
    _write(key, row, replace(claimed.work, tries=claimed.work.tries + 1))
    return True


def done(session: Session, claimed: Claimed, *, refused: bool = False) -> None:
    """Forget a row; `refused`: Twilio would not delete its copy, which is counted for a person to see."""
    row = session.get(MediaFetch, claimed.id)
    if row is not None:
        session.delete(row)
        if refused:
            counters.count(session, counters.REDACTIONS_REFUSED)


def _id(key: PersonalKey, inbound_id: uuid.UUID, number: int) -> uuid.UUID:
    return uuid.UUID(bytes=key.lasting("media", f"{inbound_id}|{number}")[:16], version=4)


def _of_message(
    session: Session, key: PersonalKey, inbound_id: uuid.UUID, numbers: Iterable[int]
) -> list[tuple[MediaFetch, Work]]:
    """Return the rows of a message's files about which nothing has been decided yet, locked."""
    ids = [_id(key, inbound_id, number) for number in numbers]
    rows = session.scalars(select(MediaFetch).where(MediaFetch.id.in_(ids)).with_for_update())
    read = [(row, _read(key, row)) for row in rows]
    return [(row, work) for row, work in read if work.step in {"undecided", "waits", "kept"}]


def _add(
    session: Session, key: PersonalKey, work: Work, due_at: datetime, *, row_id: uuid.UUID | None = None
) -> None:
    row = MediaFetch(id=row_id or uuid.uuid4(), due_at=due_at, work_cipher=b"")
    _write(key, row, work)
    session.add(row)
    session.flush()


def _settle(key: PersonalKey, row: MediaFetch, now: datetime) -> None:
    """Let the row of a file stand for its days, with nothing in it."""
    row.due_at = _later(now + WAITS_FOR)
    _write(key, row, Work("settled"))


def _later(moment: datetime) -> datetime:
    """Return the next full hour: a finer one would name the message."""
    return (moment + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def _read(key: PersonalKey, row: MediaFetch) -> Work:
    data = key.decrypt(row.work_cipher, place=f"media_fetch:{row.id}")
    return Work(**{name: value for name, value in data.items() if name in _KNOWN})


def _write(key: PersonalKey, row: MediaFetch, work: Work) -> None:
    row.work_cipher = key.encrypt(asdict(work), place=f"media_fetch:{row.id}", bucket=LENGTH)
