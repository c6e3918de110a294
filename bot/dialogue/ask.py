"""The request our worker sends: one turn of one woman.

Why: everything that follows works on typed, bounded, cleaned values. Must never raise on what a woman
may write; only on what our own worker got wrong (`AskError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.components.spelling import readable

MAX_TEXT = 1500
"""Characters that are read: an honest message is shorter, and a longer one must not cost more time."""

KINDS = frozenset(
    (
        "text",
        "voice",
        "image",
        "video",
        "sticker",
        "location",
        "contact",
        "document",
        "reaction",
        "edited",
        "deleted",
        "unsupported",
    )
)


HEARD = frozenset(("clear", "unsure", "nothing"))


class AskError(ValueError):
    """The request does not keep the contract; its text names the field and never its value."""


@dataclass(frozen=True)
class Context:
    """What the product knows and the dialogue needs, as booleans and a few words."""

    flags: Mapping[str, bool] = field(default_factory=dict)
    name: str = ""
    municipality: str = ""
    notice: str = ""
    """Where the full privacy notice is, and who is responsible: one line to show with the short one."""
    least_age: int = 14
    guardian_under: int = 18
    now: datetime | None = None

    def flag(self, name: str) -> bool:
        """True where the product said so; what it did not say is false."""
        return self.flags.get(name, False)

    def today(self) -> date:
        """Her day, by the clock the product sent."""
        return self.now.date() if self.now else datetime.now().astimezone().date()


FLAGS = (
    "consented", "registered", "enrolled", "waitlisted", "opted_out", "has_session", "reminder_pending",
    "on_shift", "case_open", "cover", "safe_word_set", "minor", "interpreter",
)  # fmt: skip


Offer = tuple[str, str]
"""A choice on offer: its title and its payload."""


@dataclass(frozen=True)
class Ask:
    """One turn: whose, what, how it came, and the context."""

    sender: str
    text: str
    message_id: str
    payload: str
    kind: str
    context: Context
    offered: tuple[Offer, ...] | None = None
    """What the product has on offer: the last buttons that she was shown. None: it did not say."""
    older: tuple[Offer, ...] = ()
    """Groups offered before those, which she may still choose by their title."""
    heard: str = ""
    """How sure the words of a voice note are (`HEARD`); empty where she typed."""


def clean(text: str) -> str:
    """What she wrote as it is seen on her screen, clipped; line breaks stay."""
    return readable(text[: MAX_TEXT * 2]).strip()[:MAX_TEXT]


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _age(value: object, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else usual


def _offers(value: object) -> tuple[Offer, ...] | None:
    if not isinstance(value, list):
        return None
    found = (choice for choice in value if isinstance(choice, Mapping))
    return tuple((str(choice.get("title", "")), str(choice.get("payload", ""))) for choice in found)


def _context(raw: object) -> Context:
    if not isinstance(raw, Mapping):
        return Context()
    name = raw.get("name")
    municipality, notice = raw.get("municipality"), raw.get("notice")
    return Context(
        flags={flag: raw.get(flag) is True for flag in FLAGS},
        name=clean(name)[:40].replace("{", "").replace("}", "") if isinstance(name, str) else "",
        municipality=municipality if isinstance(municipality, str) else "",
        notice=clean(notice)[:220].replace("{", "").replace("}", "") if isinstance(notice, str) else "",
        least_age=_age(raw.get("least_age"), Context.least_age),
        guardian_under=_age(raw.get("guardian_under"), Context.guardian_under),
        now=_moment(raw.get("now")),
    )


def read_ask(body: object) -> Ask:
    """Check the request's shape; raises `AskError` naming the field."""
    if not isinstance(body, Mapping):
        raise AskError("body")
    sender, message, metadata = body.get("sender"), body.get("message"), body.get("metadata")
    if not isinstance(sender, str) or not sender:
        raise AskError("sender")
    if not isinstance(metadata, Mapping):
        raise AskError("metadata")
    message_id = metadata.get("message_id")
    if not isinstance(message_id, str) or not message_id:
        raise AskError("metadata.message_id")
    payload, kind = metadata.get("payload"), metadata.get("kind", "text")
    if payload is not None and not isinstance(payload, str):
        raise AskError("metadata.payload")
    heard = metadata.get("heard")
    return Ask(
        sender=sender,
        text=clean(message) if isinstance(message, str) else "",
        message_id=message_id,
        payload=payload or "",
        kind=kind if isinstance(kind, str) and kind in KINDS else "unsupported",
        context=_context(metadata.get("context")),
        offered=_offers(metadata.get("offered")),
        older=_offers(metadata.get("older")) or (),
        heard=heard if isinstance(heard, str) and heard in HEARD else "",
    )
