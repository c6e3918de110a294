"""A caseworker's file or voice note to a woman: made harmless, sealed in the thread, handed to the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models import OutboxKind
from outreach.casework import file_kinds, files, pictures, thread
from outreach.casework.answering import last_turn
from outreach.casework.opened import DeskError, WindowClosedError
from outreach.casework.verbs import verb
from outreach.messages import outbox, outgoing_files
from outreach.messages.outbox import Content
from outreach.sealing import handed_out
from outreach.sealing.handed_out import HandedOut
from outreach.staff.audit import Action
from outreach.texts import desk_files as texts

if TYPE_CHECKING:
    import uuid

    from outreach.casework.opened import Held

MIB: Final = 1024 * 1024
LARGEST: Final = 16 * MIB
LARGEST_PICTURE: Final = 5 * MIB
"""What WhatsApp takes, by Twilio's guide to its media: 16 MB, 5 MB for a picture."""
# Types that WhatsApp plays or shows; the name is all that her phone shows of a file, and says nothing (P5).
NAMES: Final = {
    "audio/ogg": "audio.ogg",
    "audio/mpeg": "audio.mp3",
    "audio/mp4": "audio.m4a",
    "audio/aac": "audio.aac",
    "image/jpeg": "imagen.jpg",
    "image/png": "imagen.png",
    "application/pdf": "documento.pdf",
}


class NotSendableError(DeskError):
    """A file that WhatsApp would not take; the message says what would do."""


def made_ready(content: bytes, declared: str) -> HandedOut:
    """Return a file as it may leave: a picture drawn anew, anything else by its bytes, under a plain name.

    Raises:
        NotSendableError: it is empty, too large, or of no kind that WhatsApp takes.
    """
    if not content:
        raise NotSendableError(texts.EMPTY)
    if len(content) > LARGEST:
        raise NotSendableError(texts.TOO_LARGE)
    kind = file_kinds.kind_of(content, declared)
    content_type = "application/pdf" if kind.extension == "pdf" else kind.content_type
    if kind.shows == "picture":
        try:
            content, content_type = pictures.redrawn(content)
        except pictures.NotAPictureError:
            raise NotSendableError(texts.NOT_A_PICTURE) from None
        if len(content) > LARGEST_PICTURE:
            raise NotSendableError(texts.TOO_LARGE)
    if content_type not in NAMES:
        raise NotSendableError(texts.NOT_SENDABLE)
    return HandedOut(content, content_type, NAMES[content_type])


@verb(Action.DESK_FILE_SENT, holds=True)
def send_file(held: Held, file: HandedOut, text: str, *, entry_id: uuid.UUID | None = None) -> bool:
    """Send her a file that was made ready, with a few words; False where this form has sent it already.

    Under cover it does not leave and is not kept: it is still where it was chosen.

    Raises:
        WindowClosedError: free text can't reach her now.
        DeskError: she hides, the conversation is not this caseworker's, or her data is gone.
    """
    if thread.exists(held.session, entry_id):
        return False
    conversation, private = held.reachable()
    if private.cover:
        raise DeskError(texts.NOT_UNDER_COVER)
    if not held.can_write():
        raise WindowClosedError(WindowClosedError.__doc__)
    said = text.strip() or texts.CAPTION
    locked = handed_out.lock(file)
    row = outbox.enqueue(
        held.session,
        held.worker.key,
        conversation.id,
        OutboxKind.REPLY,
        Content(body=said, file_token=locked.token, file_name=file.name),
        confidential=True,
        turn_id=last_turn(held.session, conversation),
    )
    outgoing_files.add(held.session, held.worker.key, locked, row.id)
    file_id = files.begin(held.session, held.case, file.content_type)
    files.keep(held.session, file_id, file.content, file.content_type)
    held.state.waiting_since, held.state.last_from = None, "staff"
    held.say(
        "staff",
        said,
        entry_id,
        staff=held.worker.name,
        outbox_id=str(row.id),
        files=[{"id": str(file_id), "type": file.content_type}],
    )
    return True
