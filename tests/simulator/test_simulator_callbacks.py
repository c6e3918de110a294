"""Status callbacks: what they carry, their order, and the ways in which they go wrong on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator_support import SENDER, SERVICE, WOMAN

if TYPE_CHECKING:
    from simulator_support import Levers, Product
    from twilio.rest import Client

TO = f"whatsapp:{WOMAN}"


def send(levers: Levers, client: Client, product: Product) -> str:
    """A message in the window whose callbacks carry an id of the product's own."""
    levers.write("hola")
    sent = client.messages.create(
        to=TO, from_=SENDER, body="Hola", status_callback=f"{product.url}/twilio/status?outbox=a%2Fb&n=%C3%B1"
    )
    levers.settle()
    return str(sent.sid)


def test_callbacks_are_signed_with_their_query_and_in_order(
    levers: Levers, client: Client, product: Product
) -> None:
    """None for queued; sent, delivered, read, each signed over the raw URL, with WhatsApp's own fields."""
    sid = send(levers, client, product)
    posts = [post for post in product.received if "MessageStatus" in post.params]
    assert product.statuses() == ["sent", "delivered", "read"]
    assert all(post.genuine and post.path == "/twilio/status?outbox=a%2Fb&n=%C3%B1" for post in posts)
    last = posts[-1].params
    assert (last["MessageSid"], last["SmsSid"], last["SmsStatus"], last["EventType"]) == (
        sid,
        sid,
        "read",
        "READ",
    )
    assert (last["From"], last["To"], last["ChannelPrefix"]) == (SENDER, TO, "whatsapp")
    assert last["ChannelInstallSid"].startswith("XE")
    assert "ErrorCode" not in last
    entries = [entry for entry in levers.ledger("callback") if entry["sid"] == sid]
    assert [(entry["message_status"], entry["status"]) for entry in entries] == [
        ("sent", 204),
        ("delivered", 204),
        ("read", 204),
    ]


def test_callbacks_can_come_in_reverse(levers: Levers, client: Client, product: Product) -> None:
    """Shuffled callbacks all come, the last one first."""
    levers.fault({"posts": "shuffle"}, count=None, kind="callback")
    send(levers, client, product)
    assert product.statuses() == ["read", "delivered", "sent"]


def test_callbacks_can_come_twice_or_never(levers: Levers, client: Client, product: Product) -> None:
    """A doubled one comes twice, a lost one leaves a trace only in the ledger."""
    levers.fault({"posts": "duplicate"}, kind="callback", status="sent")
    levers.fault({"posts": "drop"}, kind="callback", status="delivered")
    send(levers, client, product)
    assert product.statuses() == ["sent", "sent", "read"]
    assert [entry["fate"] for entry in levers.ledger("callback")] == ["posted", "posted", "dropped", "posted"]


def test_callbacks_can_be_held_and_released(levers: Levers, client: Client, product: Product) -> None:
    """Held ones wait for the test, whatever the phone already shows."""
    levers.fault({"posts": "hold"}, count=None, kind="callback")
    sid = send(levers, client, product)
    assert product.statuses() == []
    assert client.messages(sid).fetch().status == "read"
    assert levers.post("callbacks/release", {"reverse": True}) == {"released": 3}
    assert product.statuses() == ["read", "delivered", "sent"]


def test_a_message_can_be_rejected_later(levers: Levers, client: Client, product: Product) -> None:
    """Accepted with 201, then undelivered with the code that was ordered."""
    levers.fault({"error_code": 63024, "error_status": "undelivered"}, kind="create", to=WOMAN)
    sid = send(levers, client, product)
    ended = client.messages(sid).fetch()
    assert (ended.status, ended.error_code) == ("undelivered", 63024)
    [callback] = [post.params for post in product.received if "MessageStatus" in post.params]
    assert (callback["MessageStatus"], callback["ErrorCode"], callback["EventType"]) == (
        "undelivered",
        "63024",
        "UNDELIVERED",
    )


def test_a_phone_without_signal_gets_its_messages_later(
    levers: Levers, client: Client, product: Product
) -> None:
    """Sent, and nothing on the screen, until the signal returns; then delivered and read."""
    levers.write("hola")
    levers.post("phones", {"phone": WOMAN, "online": False})
    send(levers, client, product)
    assert product.statuses() == ["sent"]
    assert all(bubble["mine"] for bubble in levers.get("phones", phone=WOMAN)["phones"][0]["thread"])
    levers.post("phones", {"phone": WOMAN, "online": True})
    levers.settle()
    assert product.statuses() == ["sent", "delivered", "read"]


def test_a_phone_may_send_no_read_receipts(levers: Levers, client: Client, product: Product) -> None:
    """Then delivered is the end."""
    levers.post("phones", {"phone": WOMAN, "read_receipts": False})
    send(levers, client, product)
    assert product.statuses() == ["sent", "delivered"]


def test_a_messaging_service_is_named_in_callbacks(levers: Levers, client: Client, product: Product) -> None:
    """Accepted without a sender; the sender and the service are in the callbacks."""
    levers.write("hola")
    sent = client.messages.create(
        to=TO, messaging_service_sid=SERVICE, body="Hola", status_callback=f"{product.url}/s"
    )
    assert (sent.status, sent.from_) == ("accepted", None)
    levers.settle()
    callback = product.received[-1].params
    assert (callback["From"], callback["MessagingServiceSid"]) == (SENDER, SERVICE)
