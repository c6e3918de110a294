"""The templates that the product itself sends: one for each purpose, and a programme's own copies of them.

They are made at every start where they are missing, and the clock hands them to WhatsApp. What people wrote
for a purpose is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models import FIRST_PROGRAMME, TemplateState
from outreach.messages import templates
from outreach.messages.conversation_state import Choice
from outreach.texts import alarms, rights, workshops
from outreach.texts import templates as texts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from models import Programme, Template

_WORKSHOP, _PLACE, _SOON = "Huerto en casa", "Casa de la Cultura", "mañana a las 10:00"
_WHEN, _THEN = "el martes 24 de noviembre a las 10:00", "el jueves 26 de noviembre a las 4:00 de la tarde"


@dataclass(frozen=True)
class Own:
    """A purpose with its text and the samples of its variables, in their order."""

    name: str
    body: str
    samples: tuple[str, ...] = ()
    buttons: tuple[Choice, ...] = field(default=())

    @property
    def numbered(self) -> dict[str, str]:
        """The samples by number."""
        return {str(place): sample for place, sample in enumerate(self.samples, start=1)}

    @property
    def names(self) -> dict[str, str]:
        """What the code fills in, by number."""
        given = texts.GIVEN[self.name][: len(self.samples)]
        return {str(place): what for place, what in enumerate(given, start=1)}


_ANSWERS = (
    Choice(workshops.REMINDER_CONFIRM, "/confirm_attendance"),
    Choice(workshops.REMINDER_DECLINE, "/decline_attendance"),
)
TO_WOMEN = (
    Own(templates.SESSION_REMINDER, workshops.REMINDER_TEMPLATE, (_SOON, _PLACE), _ANSWERS),
    Own(templates.SESSION_MOVED, workshops.MOVED_TEMPLATE, (_WORKSHOP, _WHEN, _THEN, _PLACE)),
    Own(templates.SESSION_CANCELLED, workshops.CANCELLED_TEMPLATE, (_WORKSHOP, _WHEN)),
    Own(templates.SEAT_FREED, workshops.SEAT_TEMPLATE, (_WORKSHOP, _SOON)),
    Own(templates.SEAT_CONFIRMED, texts.CONFIRMED, (_WORKSHOP, _WHEN, _PLACE)),
    Own(templates.FIRST_INVITATION, workshops.FIRST_INVITATION_TEMPLATE),
    Own(templates.INVITATION, workshops.INVITATION_TEMPLATE),
    Own(templates.GROUP_NOTICE, workshops.CAMPAIGN_TEMPLATE, (_SOON,)),
    Own(templates.REQUEST_ANSWERED, rights.TEMPLATE, (rights.SAMPLE,)),
)
TO_STAFF = (
    Own(alarms.TEMPLATE, alarms.TEMPLATE_BODY),
    Own(alarms.NOW_TEMPLATE, alarms.NOW_TEMPLATE_BODY),
)


def ensure(session: Session) -> None:
    """Make the product's own where they are missing, and a new version where a release changed their text."""
    for own in (*TO_WOMEN, *TO_STAFF):
        last = templates.newest(session, own.name)
        if last is None or last.built_in:
            _make(session, own, own.name, FIRST_PROGRAMME, built_in=True)


def lacking(lines: Sequence[Template], programme: Programme) -> list[str]:
    """Return the purposes of which a programme has nothing in use or under way at WhatsApp, of all in use."""
    in_use = {one.name: one for one in lines}
    return [own.name for own in TO_WOMEN if _lacks(in_use.get(name_for(programme, own.name)))]


def make_set(session: Session, programme: Programme) -> int:
    """Make what a programme lacks of the set, to be handed to WhatsApp; return how many.

    The first programme sends the product's own; another gets copies under its own code, which it may change.
    What WhatsApp rejected or turned off is handed in again as a new version.
    """
    missing = set(lacking(templates.all_of(session), programme))
    for own in TO_WOMEN:
        if own.name not in missing:
            continue
        name = name_for(programme, own.name)
        last = templates.newest(session, name, lock=True)
        if last is not None and last.withdrawn_at is None:
            if _lacks(last):  # not where somebody else handed it in meanwhile
                templates.submit_again(session, last)
        else:
            _make(session, own, name, programme.id, built_in=programme.id == FIRST_PROGRAMME)
    return len(missing)


def name_for(programme: Programme, purpose: str) -> str:
    """Return how a programme's template of a purpose is called; the first sends the product's own."""
    return purpose if programme.id == FIRST_PROGRAMME else str(templates.own_name(programme.code, purpose))


def _lacks(used: Template | None) -> bool:
    return used is None or used.state in {TemplateState.REJECTED, TemplateState.DISABLED}


def _make(session: Session, own: Own, name: str, programme_id: uuid.UUID, *, built_in: bool) -> Template:
    return templates.save(
        session,
        name=name,
        body=own.body,
        samples=own.numbered,
        names=own.names,
        buttons=own.buttons,
        programme_id=programme_id,
        built_in=built_in,
    )
