"""One conversation as its page shows it: who holds it, the newest lines of its thread, what is offered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, get_args

from flask import abort, render_template, request

from console import words
from console.access import caseworker, db, me, now, settings
from console.desk import panels, queue, record_drafts
from console.desk.forms import AnswerForm, FileForm, ReasonForm, TextForm
from console.forms import Form
from models import Role
from outreach.casework import (
    answering,
    bell,
    canned,
    drafts,
    files,
    held_texts,
    hidden,
    notes,
    offers,
    person,
    reading,
    record,
    sending_files,
)
from outreach.casework.opened import NoSuchCaseError
from outreach.messages import reveal
from outreach.messages.cover_state import WAY_BACK
from outreach.texts import desk as labels
from outreach.texts import desk_closing, desk_cover, desk_person, desk_record, desk_referrals
from outreach.texts import desk_files as file_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.casework.held_texts import HeldText
    from outreach.casework.hidden import Cover
    from outreach.casework.opened import Seen
    from outreach.casework.reading import Thread
    from outreach.casework.thread import Entry

STEPS: Final = get_args(desk_cover.Step)
NEWEST: Final = 200
"""How many lines of a thread a page begins with."""
WATCHED: Final = 40
"""Of how many of the last lines a page that is open learns what became of them."""


@dataclass(frozen=True)
class CasePage:
    """What stands on the page of one conversation.

    `mode` is "mine", "shut" (mine, but no free text may leave), "gone" (mine, without her conversation: she
    erased her data, or another agency has it), "other", "free", "hers" (she closed it) or "closed".
    `entries` are lines in a row up to the newest; those up to the position `since` are not shown.
    """

    opened: Seen
    mode: str
    name: str
    cover: Cover | None
    entries: list[Entry]
    held_back: list[Entry]
    held_texts: list[HeldText]
    since: int

    @property
    def id(self) -> uuid.UUID:
        """The case."""
        return self.opened.case.id

    @property
    def lines(self) -> list[Entry]:
        """The lines that are shown."""
        return [entry for entry in self.entries if entry.position > self.since]

    @property
    def before(self) -> datetime | None:
        """When the line before the first one was written; None where none is before it."""
        earlier = [entry.at for entry in self.entries if entry.position <= self.since]
        return earlier[-1] if earlier else None

    @property
    def shape(self) -> str:
        """What a page that is open has to be loaded again for: who has it, and what her box is for."""
        return f"{self.mode} {'covered' if self.cover else ''}".strip()

    @property
    def hour(self) -> datetime | None:
        """When the text that waits for an hour leaves."""
        waits = self.opened.state.pending
        return datetime.fromisoformat(waits.at) if waits and waits.at else None

    @property
    def last(self) -> int:
        """The position of the newest line, 0 where there is none."""
        return self.entries[-1].position if self.entries else 0


def load(case_id: uuid.UUID, *, since: int | None = None) -> CasePage:
    """Open a case with its lines after the position `since`, or its newest ones; 404 where there is none.

    This is recorded as a look, which the caller commits.
    """
    try:
        if since is None:
            # One line more than is shown tells which day it was.
            found = reading.open_thread(db(), caseworker(), case_id, now(), last=NEWEST + 1)
        else:
            found = reading.open_thread(db(), caseworker(), case_id, now(), after=max(0, since - 1))
    except NoSuchCaseError:
        abort(404)
    if since is None:
        since = found.entries[-NEWEST - 1].position if len(found.entries) > NEWEST else 0
    return _page(found, since)


def follow(case_id: uuid.UUID, *, since: int | None = None) -> CasePage:
    """Open a case for a page that shows it already; recorded unless it was a short time ago.

    What is held back, and what became of the last answers, is looked for in the lines before `since`, too.
    """
    after = 0 if since is None else max(0, since - NEWEST - 1)
    last = NEWEST + 1 if since is None else None
    try:
        found = reading.follow_thread(db(), caseworker(), case_id, now(), after=after, last=last)
    except NoSuchCaseError:
        abort(404)
    db().commit()
    if since is None:
        since = found.entries[-NEWEST - 1].position if len(found.entries) > NEWEST else 0
    return _page(found, since)


def _page(found: Thread, since: int) -> CasePage:
    opened, entries = found
    return CasePage(
        opened=opened,
        mode=_mode(opened),
        name=hidden.name_of(opened),
        cover=hidden.cover_of(opened.private, settings()),
        entries=entries,
        held_back=hidden.held_back(entries),
        held_texts=held_texts.on_the_page(entries, opened.state),
        since=since,
    )


def around(page: CasePage, entries: list[Entry]) -> dict[str, object]:
    """Return what the templates of a conversation need beside the page itself.

    `entries` are those of which is told what became of them.
    """
    steps = reading.sending_states(db(), entries)
    ids = [entry.extra["outbox_id"] for entry in entries if "outbox_id" in entry.extra]
    return {
        "page": page,
        "sending": {outbox_id: steps[outbox_id] for outbox_id in ids if outbox_id in steps},
        "way_back": WAY_BACK,
        "offer": _offer(page.opened),
        "about": labels.about(page.opened.about),
        "kinds": labels.KINDS,
        "effects": effects(page),
        "ending": _ending(page.opened),
        "place_of": person.place_in,
        "apart": desk_referrals.APART,
        "person_texts": desk_person,
        "files": files.abouts(page.opened, files.named(page.lines)),
        "file_texts": file_texts,
    }


@dataclass(frozen=True)
class Offered:
    """To whom a conversation is offered: to the one who looks (`mine`, `by_name`), or to whom it is."""

    mine: bool
    by_name: bool
    whom: str


def _offer(opened: Seen) -> Offered | None:
    to, viewer = opened.state.offered_to, me().staff.id
    if to is None or not opened.case.is_open:
        return None
    by_name = to != str(opened.case.team_id)
    mine = not opened.holds and offers.offered_to(to, viewer, opened.case.team_id)
    whom = bell.name_of(db(), uuid.UUID(to)) if by_name else words.WHOLE_TEAM
    return Offered(mine, by_name, whom)


@dataclass(frozen=True)
class Ending:
    """How a case ended (`how`), or who wants to end it; `mine`: she who looks. `sent_back`: not approved."""

    how: str = ""
    asked_by: str = ""
    outcome: str = ""
    mine: bool = False
    may_approve: bool = False
    sent_back: bool = False


def _ending(opened: Seen) -> Ending:
    state, viewer = opened.state, me().staff
    if not opened.case.is_open:
        how = desk_closing.BY_HER if state.closed_by_her else desk_closing.label(state.outcome)
        return Ending(how=how.lower())
    if state.closing_asked_by is None:
        return Ending(sent_back=state.outcome is not None)
    mine = state.closing_asked_by == str(viewer.id)
    return Ending(
        asked_by=bell.name_of(db(), uuid.UUID(state.closing_asked_by)),
        outcome=desk_closing.label(state.outcome).lower(),
        mine=mine,
        may_approve=viewer.role is Role.SUPERVISOR and not mine,
    )


def effects(page: CasePage) -> dict[str, str | None]:
    """Return what is asked before each step, by its name."""
    cover, waits = page.cover, page.opened.state.pending
    return {
        step: desk_cover.effect_of(
            step,
            cover_hours=cover.hours_alone if cover else None,
            held=sum(one.kind in {"cover", "stopped"} for one in page.held_texts),
            waits=None if waits is None else "hour" if waits.at else "answer",
        )
        for step in STEPS
    }


def notes_of(page: CasePage, *, every: bool) -> dict[str, object]:
    """Return what the list of the team's notes needs: the last ones, or `every` one."""
    found = notes.notes_in(page.opened, notes.MOST if every else notes.SHOWN)
    carried = [one.file_id for one in found if one.file_id]
    return {
        "notes": found,
        "note_files": files.abouts(page.opened, carried),
        "shown": notes.SHOWN,
        "all_notes": every,
        "note_file_large": desk_record.NOTE_FILE_LARGE,
    }


def show(page: CasePage, *, typed: Mapping[str, str] | None = None, answer: AnswerForm | None = None) -> str:
    """Show a conversation with its forms beside the list.

    `typed` is what a caseworker typed into a box ("reply", "note", "file") whose form was refused; else a box
    holds what she had typed into it before. `answer` is the refused form of a text to her.
    """
    texts = {**drafts.drafts_in(page.opened), **(typed or {})}
    return render_template(
        "desk.html",
        **queue.around(page.id),
        **notes_of(page, every=request.args.get("notas") == "todas"),
        **around(page, page.lines),
        panels=[(one, one.render(page)) for one in panels.shown_on(page)],
        action=Form(),
        reason=ReasonForm(formdata=None),
        reply=AnswerForm(
            formdata=None,
            once=str(uuid.uuid4()),
            text=texts.get("reply", ""),
            at=answer.at.data if answer else None,
        ),
        refused=answer,
        canned=canned.of_team(db(), page.opened.case.team_id) if page.mode in {"mine", "shut"} else [],
        reveals=reveal.found(texts.get("reply", "")),
        shared=page.opened.private is not None and page.opened.private.phone_shared,
        note=TextForm(formdata=None, once=str(uuid.uuid4()), text=texts.get("note", "")),
        unsent={box: text for box, text in texts.items() if text.strip()},
        unsaved=[] if record.may_fill_in(page.opened) else record_drafts.unsaved(page.id),
        record_texts=desk_record,
        neutral=answering.neutral_template(db(), page.opened.conversation),
        invited=answering.invited_at(db(), page.entries, now()),
        file_form=FileForm(formdata=None, once=str(uuid.uuid4()), text=texts.get("file", "")),
        file_open="file" in texts,
        largest_file=sending_files.LARGEST,
    )


def _mode(opened: Seen) -> str:
    if not opened.case.is_open:
        return "closed"
    if opened.state.closed_by_her:
        return "hers"
    if opened.state.claimed_by is None:
        return "free"
    if opened.state.claimed_by != str(me().staff.id):
        return "other"
    if opened.conversation is None:
        return "gone"
    return "mine" if opened.can_write() else "shut"
