"""What sort of message came in, from what Twilio says of it; never by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import InboundMessage, utcnow
from outreach.messages import inbox, withdrawn
from outreach.messages.inbox import Kind, kind_of
from outreach.turns.commands import command_in

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.messages.inbox import Incoming
    from outreach.sealing.crypto import PersonalKey

MEDIA = {
    "audio/ogg": Kind.VOICE, "audio/mpeg": Kind.VOICE, "application/ogg": Kind.VOICE, "audio/amr": Kind.VOICE,
    "image/jpeg": Kind.IMAGE, "image/jpg": Kind.IMAGE, "image/webp": Kind.STICKER, "video/3gpp": Kind.VIDEO,
    "video/ogg": Kind.VIDEO, "text/vcard": Kind.CONTACT, "text/x-vcard": Kind.CONTACT,
    "text/directory": Kind.CONTACT, "application/pdf": Kind.DOCUMENT, "text/plain": Kind.DOCUMENT,
    "chemical/x-pdb": Kind.UNSUPPORTED,
}  # fmt: skip


@given(
    st.sampled_from(sorted(MEDIA)),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.sampled_from(["", ";codecs=opus", "; codecs=opus", " ; charset=UTF-8"]),
)
def test_a_media_type_has_case_and_parameters(media: str, case: type[str], parameters: str) -> None:
    """RFC 9110: type and subtype in any case, parameters after a semicolon say nothing of the kind."""
    found = kind_of(None, f" {case(media)}{parameters}", body="", has_location=False)
    assert found is MEDIA[media]


@pytest.mark.parametrize(
    ("said", "content_type", "body", "kind"),
    [
        ("audio", None, "", Kind.VOICE),
        ("AUDIO", "application/octet-stream", "", Kind.VOICE),
        ("sticker", None, "", Kind.STICKER),
        ("sticker", "image/webp", "", Kind.STICKER),
        ("Reaction", None, "👍", Kind.REACTION),
        ("reaction", None, "", Kind.REACTION),
        ("unsupported", None, "", Kind.UNSUPPORTED),
        ("ephemeral", None, "", Kind.UNSUPPORTED),
        ("ephemeral", None, "hola", Kind.TEXT),
        ("text", None, "", Kind.TEXT),
        ("text", None, "hola", Kind.TEXT),
        (None, None, "hola", Kind.TEXT),
        ("button", None, "Sí", Kind.TEXT),
        ("something-new", None, "hola", Kind.TEXT),
        ("location", None, "", Kind.UNSUPPORTED),
        ("contacts", None, "", Kind.CONTACT),
        ("edited", None, "hola", Kind.EDITED),
        ("message_deleted", None, "", Kind.DELETED),
        ("system", None, "", Kind.SYSTEM),
    ],
)  # fmt: skip
def test_the_kind_by_type_and_body(said: str | None, content_type: str | None, body: str, kind: Kind) -> None:
    """A type says what came where there is no media; words are text whatever an unknown type says."""
    assert kind_of(said, content_type, body=body, has_location=False) is kind


def _read(session: Session, key: PersonalKey, body: str, **more: str) -> Incoming:
    params = {"MessageSid": ["SM1"], "From": ["whatsapp:+523312345678"], "Body": [body]}
    inbox.receive(session, key, params | {name: [value] for name, value in more.items()}, utcnow())
    return inbox.read(key, session.scalars(select(InboundMessage)).one())


@pytest.mark.parametrize("emoji", ["👍", "🙈", "🌵", "baja", "salir", "me va a matar"])
def test_a_reaction_is_never_text(session: Session, key: PersonalKey, emoji: str) -> None:
    """A thumb under a bubble is no yes, no order and no cry; the caseworker sees which it was."""
    message = _read(session, key, emoji, MessageType="reaction", OriginalRepliedMessageSid="SM0")
    assert message.kind is Kind.REACTION
    assert message.text == ""
    assert message.reaction == emoji
    assert command_in(message.text) is None
    assert withdrawn.left([message]) == [message]


@pytest.mark.parametrize("body", ["", " ", "\u200b", "\ufe0f"])
def test_a_reaction_taken_back_is_silence(session: Session, key: PersonalKey, body: str) -> None:
    """An empty reaction takes the one before away: nothing is left to answer."""
    message = _read(session, key, body, MessageType="reaction")
    assert withdrawn.left([message]) == []


def test_a_notice_of_the_channel_is_silence(session: Session, key: PersonalKey) -> None:
    """A number that changed is told by the channel, not by her."""
    assert withdrawn.left([_read(session, key, "", MessageType="system")]) == []


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        ("20.67", "-103.34", ("20.67", "-103.34")),
        ("nan", "-103.34", None),
        ("1e5", "0", None),
        ("95", "-103.34", None),
        ("20.67", "", None),
    ],
)
def test_a_place_is_one_on_earth(
    session: Session, key: PersonalKey, latitude: str, longitude: str, place: tuple[str, str] | None
) -> None:
    """What is shown to a caseworker as where she is can be found on a map."""
    message = _read(session, key, "", MessageType="location", Latitude=latitude, Longitude=longitude)
    assert message.location == place
    assert message.kind is (Kind.LOCATION if place else Kind.UNSUPPORTED)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Av. Juárez 123,  Centro\nTonalá", "Av. Juárez 123, Centro Tonalá"),
        ("Calle 5ª\u202e 12\x07", "Calle 5ª 12"),
        ("x" * 9000, "x" * 300),
        ("", ""),
    ],
)
def test_a_place_keeps_its_words(session: Session, key: PersonalKey, written: str, kept: str) -> None:
    """Name and address as her phone wrote them, on one line, whatever else comes with the message."""
    many = {f"X{n:03}": "y" for n in range(200)}
    message = _read(
        session, key, "", MessageType="location", Latitude="20.6", Longitude="-103.3",
        Address=written, Label=written, **many,
    )  # fmt: skip
    assert (message.label, message.address) == (kept, kept)


def test_words_that_are_no_place_are_none(session: Session, key: PersonalKey) -> None:
    message = _read(session, key, "Av. Juárez 123")
    assert (message.location, message.label, message.address) == (None, "", "")
