"""What a woman sends reaches the product as Twilio would post it."""

from __future__ import annotations

import dataclasses
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from simulator_support import ACCOUNT, SENDER, SERVICE, TOKEN, WOMAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator_support import Levers, Product
    from twilio.rest import Client

    from simulator.config import Config

QUICK_REPLY = {
    "twilio/quick-reply": {
        "body": "¿Vienes mañana?",
        "actions": [
            {"type": "QUICK_REPLY", "title": "Sí voy", "id": "/confirm"},
            {"type": "QUICK_REPLY", "title": "No puedo", "id": "/decline"},
        ],
    }
}
LIST = {
    "twilio/list-picker": {
        "body": "Elige un grupo",
        "button": "Ver grupos",
        "items": [{"id": "g1", "item": "Huerto", "description": "Martes a las 10"}],
    }
}


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send_content(levers: Levers, client: Client, types: dict[str, Any]) -> str:
    """A rich message on her phone."""
    raw = {"language": "es_MX", "friendly_name": "x", "types": types}
    content = levers.session.post(f"{levers.url}/v1/Content", json=raw, auth=(ACCOUNT, TOKEN)).json()["sid"]
    sent = client.messages.create(to=f"whatsapp:{WOMAN}", from_=SENDER, content_sid=content)
    levers.settle()
    return str(sent.sid)


def test_a_text_carries_all_that_whatsapp_adds(levers: Levers, product: Product) -> None:
    """Signed, with the sender's name and id, and answered status in the ledger."""
    answer = levers.write("Quiero inscribirme ñ 🌻", profile_name="Lupita")
    [post] = product.received
    assert post.genuine
    assert post.params == {
        "SmsMessageSid": answer["message_sid"],
        "SmsSid": answer["message_sid"],
        "MessageSid": answer["message_sid"],
        "AccountSid": ACCOUNT,
        "MessagingServiceSid": SERVICE,
        "ApiVersion": "2010-04-01",
        "From": f"whatsapp:{WOMAN}",
        "To": SENDER,
        "Body": "Quiero inscribirme ñ 🌻",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "MessageType": "text",
        "ProfileName": "Lupita",
        "WaId": "5213312345678",
        "ReferralNumMedia": "0",
        "ChannelMetadata": post.params["ChannelMetadata"],
    }
    assert json.loads(post.params["ChannelMetadata"])["data"]["context"]["WaId"] == "5213312345678"
    [entry] = levers.ledger("inbound")
    assert (entry["sid"], entry["status"], entry["phone"]) == (answer["message_sid"], 204, "+523312345678")


def test_an_edit_and_a_deletion_name_their_message(levers: Levers, product: Product) -> None:
    """A shape of our own: their kind, and the message that they change."""
    first = levers.write("soy de tonala")["message_sid"]
    levers.write("soy de zapopan", edits=first)
    levers.write("", deletes=first)
    kinds = [post.params["MessageType"] for post in product.received]
    assert kinds == ["text", "edited", "deleted"]
    assert [post.params.get("OriginalMessageSid") for post in product.received] == [None, first, first]


def test_a_tapped_button_names_itself_and_its_message(
    levers: Levers, client: Client, product: Product
) -> None:
    """The title in Body and ButtonText, the id in ButtonPayload, the quoted message's SID."""
    levers.write("hola")
    asked = send_content(levers, client, QUICK_REPLY)
    levers.write(button_payload="/confirm")
    params = product.received[-1].params
    assert (params["Body"], params["ButtonText"], params["ButtonPayload"]) == ("Sí voy", "Sí voy", "/confirm")
    assert (params["MessageType"], params["ButtonType"]) == ("interactive", "REPLY")
    assert (params["OriginalRepliedMessageSid"], params["OriginalRepliedMessageSender"]) == (asked, SENDER)


def test_a_button_of_a_template_is_of_type_button(levers: Levers, client: Client, product: Product) -> None:
    """WhatsApp tells the buttons of approved templates from those of the conversation."""
    raw = {"language": "es_MX", "types": QUICK_REPLY}
    sid = levers.session.post(f"{levers.url}/v1/Content", json=raw, auth=(ACCOUNT, TOKEN)).json()["sid"]
    levers.session.post(
        f"{levers.url}/v1/Content/{sid}/ApprovalRequests/whatsapp",
        json={"name": "recordatorio", "category": "UTILITY"},
        auth=(ACCOUNT, TOKEN),
    )
    levers.settle()
    client.messages.create(to=f"whatsapp:{WOMAN}", from_=SENDER, content_sid=sid)
    levers.settle()
    levers.write(button_payload="/decline")
    assert product.received[-1].params["MessageType"] == "button"


def test_a_picked_option_names_itself(levers: Levers, client: Client, product: Product) -> None:
    """A list answers with the option's id and title."""
    levers.write("hola")
    send_content(levers, client, LIST)
    levers.write(button_payload="g1")
    params = product.received[-1].params
    assert (params["ListId"], params["ListTitle"], params["Body"]) == ("g1", "Huerto", "Huerto")
    assert "ButtonPayload" not in params


def test_an_old_button_can_still_be_pressed(levers: Levers, product: Product) -> None:
    """A payload that is on no screen any more is sent as it is."""
    levers.write(button_payload="/old", button_text="Viejo")
    params = product.received[-1].params
    assert (params["ButtonPayload"], params["Body"]) == ("/old", "Viejo")


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("audio/ogg", "audio"),
        ("image/png", "image"),
        ("image/webp", "sticker"),
        ("video/mp4", "video"),
        ("application/pdf", "document"),
        ("text/vcard", "contacts"),
    ],
)
def test_files_are_counted_typed_and_addressed(
    levers: Levers, product: Product, kind: str, type_: str
) -> None:
    """NumMedia, MediaUrl0, MediaContentType0 and MessageType for each kind of file."""
    levers.write(media=[kind])
    params = product.received[-1].params
    assert (params["NumMedia"], params["MediaContentType0"], params["MessageType"]) == ("1", kind, type_)
    assert params["MediaUrl0"].startswith(f"{levers.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM")


def test_a_location_has_its_coordinates(levers: Levers, product: Product) -> None:
    """Latitude, Longitude, Label and Address, as text."""
    place = {"latitude": 20.6767, "longitude": -103.3475, "label": "Plaza", "address": "Centro"}
    levers.write(location=place)
    params = product.received[-1].params
    assert (params["Latitude"], params["Longitude"]) == ("20.6767", "-103.3475")
    assert (params["Label"], params["Address"], params["MessageType"]) == ("Plaza", "Centro", "location")


def test_the_same_message_can_come_twice(levers: Levers, product: Product) -> None:
    """Repeating a SID posts the same parameters again and shows nothing twice."""
    sid = levers.write("hola")["message_sid"]
    levers.write(message_sid=sid)
    first, second = product.received
    assert first.params == second.params
    assert len(levers.get("phones", phone=WOMAN)["phones"][0]["thread"]) == 1


@pytest.mark.parametrize("how", ["forged", "unsigned"])
def test_a_forged_message_is_not_genuine_and_opens_no_window(
    levers: Levers, product: Product, how: str
) -> None:
    """What Twilio did not sign leaves no record at Twilio."""
    levers.post("inbound", {"from": WOMAN, "body": "hola", how: True})
    assert not product.received[0].genuine
    assert ("X-Twilio-Signature" in product.received[0].headers) == (how == "forged")
    phone = levers.get("phones", phone=WOMAN)["phones"][0]
    assert (phone["window_open"], phone["messages"]) == (False, 0)


def test_own_parameters_are_sent_and_signed(levers: Levers, product: Product) -> None:
    """New parameters of Twilio's can be tried."""
    levers.write("hola", parameters={"NewThing": "", "Forwarded": "true"})
    assert product.received[0].genuine
    assert (product.received[0].params["NewThing"], product.received[0].params["Forwarded"]) == ("", "true")


def test_a_refused_connection_is_tried_once_more(start: Callable[[Config], Levers], config: Config) -> None:
    """Twilio's default: one retry, on connection failure only."""
    url = f"http://127.0.0.1:{closed_port()}/in"
    answer = start(dataclasses.replace(config, webhook_url=url)).write("hola")
    assert [attempt["failure"] for attempt in answer["attempts"]] == ["ct", "ct"]


def test_an_error_is_not_tried_again_by_default(levers: Levers, product: Product) -> None:
    """A 503 is the end, but for the fallback; her phone shows that it did not arrive."""
    product.answers = [503]
    answer = levers.write("hola")
    assert [attempt["failure"] for attempt in answer["attempts"]] == ["5xx"]
    assert levers.get("phones", phone=WOMAN)["phones"][0]["thread"][0]["status"] == "failed"


def test_overrides_in_the_fragment_retry_with_an_idempotency_token(
    start: Callable[[Config], Levers], config: Config, product: Product
) -> None:
    """`#rc=2&rp=all` tries three times; the fragment is neither sent nor signed; retries carry the token."""
    product.answers = [503, 404, 204]
    url = f"{config.webhook_url}#rc=2&rp=all"
    answer = start(dataclasses.replace(config, webhook_url=url)).write("hola")
    assert [attempt["status"] for attempt in answer["attempts"]] == [503, 404, 204]
    assert all(post.genuine and post.path == "/twilio/inbound" for post in product.received)
    tokens = [post.headers.get("I-Twilio-Idempotency-Token") for post in product.received]
    assert tokens[0] is None
    assert tokens[1] == tokens[2] is not None


def test_a_slow_answer_is_not_waited_for(
    start: Callable[[Config], Levers], config: Config, product: Product
) -> None:
    """The read timeout ends the attempt."""
    product.delay = 0.6
    answer = start(dataclasses.replace(config, webhook_url=f"{config.webhook_url}#rt=150")).write("hola")
    assert [attempt["failure"] for attempt in answer["attempts"]] == ["rt"]
    time.sleep(0.5)  # the product's own answer is still on its way


def test_the_fallback_is_asked_when_the_webhook_fails(
    start: Callable[[Config], Levers], config: Config, product: Product
) -> None:
    """It gets the same message, signed for its own URL, and why it is asked."""
    product.answers = [500, 204]
    fallback = f"{product.url}/fallback"
    answer = start(dataclasses.replace(config, fallback_url=fallback)).write("hola")
    assert answer["status"] == 204
    assert [post.path for post in product.received] == ["/twilio/inbound", "/fallback"]
    assert product.received[1].genuine
    assert product.received[1].params["ErrorCode"] == "11200"


@pytest.mark.parametrize(
    "raw",
    [
        [],
        {"from": "3312345678", "body": "x"},
        {"from": WOMAN, "bodi": "x"},
        {"from": WOMAN, "location": {"latitude": 1}},
        {"from": WOMAN, "media": [{"content_type": "image/png", "data": "%%%"}]},
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_why(levers: Levers, raw: object) -> None:
    """One sentence, and nothing sent."""
    assert levers.post("inbound", raw or [1], expect=400)["error"]
    assert levers.ledger() == []
