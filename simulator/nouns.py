"""What the simulator keeps: messages as Twilio's API knows them, and phones as their owners see them.

The two are apart on purpose: redacting or deleting a message at Twilio takes nothing from the phone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

WINDOW_SECONDS = 24 * 60 * 60


def new_sid(prefix: str) -> str:
    """An identifier of Twilio's shape: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


class Status(StrEnum):
    """The statuses that Twilio's API gives to WhatsApp messages."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    CANCELED = "canceled"
    RECEIVED = "received"


UNFINISHED = frozenset({Status.ACCEPTED, Status.SCHEDULED, Status.QUEUED})


@dataclass
class Media:
    """A file of a message. `data` is None where it lives at someone else's URL."""

    sid: str
    parent_sid: str
    content_type: str
    created: datetime
    data: bytes | None = None
    source: str = ""


@dataclass
class Message:
    """A Message resource."""

    sid: str
    direction: str
    to: str
    from_: str | None
    body: str
    status: Status
    created: datetime
    updated: datetime
    sent: datetime | None = None
    messaging_service_sid: str | None = None
    content_sid: str | None = None
    status_callback: str | None = None
    error_code: int | None = None
    error_message: str | None = None
    send_at: datetime | None = None
    media: list[Media] = field(default_factory=list)
    webhook_params: dict[str, str] = field(default_factory=dict)


@dataclass
class Bubble:
    """One message on a phone's screen. `mine` is what the phone's owner wrote."""

    sid: str
    mine: bool
    text: str
    at: datetime
    status: str
    template: bool = False
    media: list[dict[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    options: list[dict[str, str]] = field(default_factory=list)
    options_label: str = ""
    location: dict[str, Any] | None = None


@dataclass
class Phone:
    """A phone: its number as it writes, its owner's name, and what is on its screen."""

    number: str
    profile_name: str
    note: str = ""
    shown: bool = False
    online: bool = True
    read_receipts: bool = True
    last_inbound: datetime | None = None
    thread: list[Bubble] = field(default_factory=list)
    changed: int = 0
    waiting: list[tuple[Message, Bubble]] = field(default_factory=list)


@dataclass
class Approval:
    """A request to WhatsApp to approve a template."""

    name: str
    category: str
    content_type: str
    status: str
    reason: str = ""
    decided_at: datetime | None = None
    verdict: str = "approved"


@dataclass
class Content:
    """A Content resource: a template, approved or not."""

    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, Any]]
    created: datetime
    updated: datetime
    approval: Approval | None = None
