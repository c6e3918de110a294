"""Her files at Twilio: fetched and sealed, to her case or to wait here, then deleted there; or only deleted.

Each step is committed before the next begins: whatever ends this process in between, another does the rest
once, and Twilio's copy goes only when ours is committed. No content is written anywhere but sealed.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import TYPE_CHECKING

from models import utcnow
from outreach.casework import files
from outreach.ground import counters, jobs
from outreach.messages import media, waiting_files
from outreach.messages.twilio_media import Failure, MediaError

if TYPE_CHECKING:
    from outreach.messages.media import Claimed
    from worker.runtime import Runtime

log = logging.getLogger("avanza.worker")
JOB_SECONDS = 5.0
"""After this a job ends and another goes on, so that a worker that is told to stop can."""


def fetch_due(runtime: Runtime) -> None:
    """Do what is due about her files, until there is nothing or this job's time is over."""
    until = time.monotonic() + JOB_SECONDS
    while time.monotonic() < until:
        with runtime.sessions.begin() as session:
            claimed = media.claim(session, runtime.key, utcnow())
        if claimed is None:
            return
        try:
            _one(runtime, claimed)
        except Exception as error:  # noqa: BLE001 (whatever it was, its lease runs out and the others have their turn)
            log.warning("file failed", extra={"action": "file_failed", "kind": type(error).__name__})
    with runtime.sessions.begin() as session:
        jobs.defer_media(session)


def wake_media(runtime: Runtime) -> None:
    """Defer a job where something about her files has become due and none waits."""
    with runtime.sessions.begin() as session:
        if media.due(session, utcnow()) and not jobs.media_waits(session):
            jobs.defer_media(session)


def _one(runtime: Runtime, claimed: Claimed) -> None:
    if claimed.work.step == "seal" and claimed.work.kept and _copied(runtime, claimed):
        return
    if claimed.work.step in {"seal", "keep"}:
        sealed = _sealed(runtime, claimed)
        if sealed is None:
            return
        claimed = sealed
    _delete(runtime, claimed)


def _sealed(runtime: Runtime, claimed: Claimed) -> Claimed | None:
    """Fetch and seal a file; return what is left to do, None where that is for later or for another."""
    work = claimed.work
    if work.step == "keep" and not _is_wanted(runtime, work.kept):
        with runtime.sessions.begin() as session:
            held = media.held(session, runtime.key, claimed)
            return media.fetched(session, runtime.key, claimed, utcnow()) if held else None
    try:
        content = runtime.twilio.fetch_media(work.place)
    except MediaError as error:
        return _not_fetched(runtime, claimed, error.failure)
    with runtime.sessions.begin() as session:
        if not media.held(session, runtime.key, claimed):
            return None
        if work.step == "keep":
            about = files.about_of(content, work.content_type)
            waiting_files.fill(session, uuid.UUID(work.kept), content, about)
        else:
            files.keep(session, uuid.UUID(work.file_id), content, work.content_type)
            if work.noise:
                waiting_files.fill_with_noise(session, uuid.UUID(work.noise), len(content))
        return media.fetched(session, runtime.key, claimed, utcnow())


def _is_wanted(runtime: Runtime, waiting_id: str) -> bool:
    with runtime.readers() as session:
        return waiting_files.is_empty(session, uuid.UUID(waiting_id))


def _copied(runtime: Runtime, claimed: Claimed) -> bool:
    """Give a case the note that waits here; False where it is not here (yet), or is another team's."""
    work = claimed.work
    with runtime.sessions.begin() as session:
        if not media.held(session, runtime.key, claimed):
            return True
        found = waiting_files.read(session, uuid.UUID(work.kept))
        if found is None:
            return False
        if not files.copy(session, uuid.UUID(work.file_id), *found):
            files.failed(session, uuid.UUID(work.file_id), work.content_type, "other_team")
        media.done(session, claimed)
        return True


def _not_fetched(runtime: Runtime, claimed: Claimed, failure: Failure) -> Claimed | None:
    work = claimed.work
    with runtime.sessions.begin() as session:
        if not media.held(session, runtime.key, claimed):
            return None
        if failure in {Failure.LATER, Failure.GONE}:
            gone = failure is Failure.GONE
            if media.again(session, runtime.key, claimed, utcnow(), gone=gone):
                return None
        if work.step == "keep":  # no case waits for it
            return media.fetched(session, runtime.key, claimed, utcnow())
        log.warning("file not fetched", extra={"action": "file_not_fetched", "kind": failure.value})
        counters.count(session, counters.FILES_LOST)
        files.failed(session, uuid.UUID(work.file_id), work.content_type, failure.value)
        if failure is Failure.LATER:
            # It may still be there: what nobody could fetch is not thrown away.
            media.done(session, claimed)
            return None
        return media.fetched(session, runtime.key, claimed, utcnow())


def _delete(runtime: Runtime, claimed: Claimed) -> None:
    gone = runtime.twilio.delete_media(claimed.work.place)
    with runtime.sessions.begin() as session:
        if gone:
            media.done(session, claimed)
        elif not media.again(session, runtime.key, claimed, utcnow()):
            media.done(session, claimed, refused=True)
