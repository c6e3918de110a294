"""Faults on demand, as the product will meet them through the SDK."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from simulator_support import SENDER, WOMAN
from twilio.base.exceptions import TwilioException, TwilioRestException

if TYPE_CHECKING:
    from simulator_support import Levers, Product
    from twilio.rest import Client

TEXT: dict[str, Any] = {"to": f"whatsapp:{WOMAN}", "from_": SENDER, "body": "Hola"}


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_errors_on_demand_come_with_twilios_code(
    levers: Levers, client: Client, status: int, code: int
) -> None:
    """The SDK raises them as its own exception, and nothing was accepted."""
    levers.fault({"status": status}, kind="create")
    with pytest.raises(TwilioRestException) as failed:
        client.messages.create(**TEXT)
    assert (failed.value.status, failed.value.code) == (status, code)
    assert levers.ledger("create") == []
    assert client.messages.create(**TEXT).status == "queued"


def test_a_dropped_connection_after_acceptance_leaves_the_send_in_doubt(
    levers: Levers, client: Client, product: Product
) -> None:
    """The caller sees a broken connection; Twilio has the message, lists it, and calls back."""
    levers.write("hola")
    levers.fault({"drop": True}, kind="create", to="+523312345678")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.messages.create(**TEXT, status_callback=f"{product.url}/status?id=1")
    levers.settle()
    [listed] = client.messages.list(to=TEXT["to"])
    assert (listed.body, listed.status) == ("Hola", "read")
    assert product.statuses() == ["sent", "delivered", "read"]
    assert levers.ledger("create")[0]["dropped"] is True


def test_a_dropped_connection_before_acceptance_leaves_nothing(levers: Levers, client: Client) -> None:
    """The caller sees the same; Twilio knows of nothing."""
    levers.fault({"drop": "before"}, kind="create")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.messages.create(**TEXT)
    assert client.messages.list(to=TEXT["to"]) == []


@pytest.mark.parametrize("when", ["delay_before", "delay_after"])
def test_an_answer_can_be_slow(levers: Levers, client: Client, when: str) -> None:
    """Before or after the message is accepted."""
    levers.fault({when: 0.3}, kind="create")
    began = time.monotonic()
    client.messages.create(**TEXT)
    assert time.monotonic() - began >= 0.3


def test_lists_and_fetches_fail_too(levers: Levers, client: Client) -> None:
    """The SDK raises a plain TwilioException for a list page that is not a 200."""
    sent = client.messages.create(**TEXT)
    levers.fault({"status": 429}, kind="list")
    levers.fault({"status": 500}, kind="fetch")
    with pytest.raises(TwilioException) as failed:
        client.messages.list(to=TEXT["to"])
    assert not isinstance(failed.value, TwilioRestException)
    with pytest.raises(TwilioRestException):
        client.messages(str(sent.sid)).fetch()


def test_rules_choose_by_phone_words_order_and_count(levers: Levers, client: Client) -> None:
    """The second message with these words to this phone fails, once; all others pass."""
    rule = {
        "match": {"kind": "create", "to": WOMAN, "body_contains": "taller"},
        "skip": 1,
        "do": {"status": 503},
    }
    levers.post("faults", [rule])
    outcomes = []
    for body in ("taller 1", "otra cosa", "taller 2", "taller 3"):
        try:
            outcomes.append(client.messages.create(**(TEXT | {"body": body})).status)
        except TwilioRestException as failed:
            outcomes.append(str(failed.code))
    assert outcomes == ["queued", "queued", "20503", "queued"]
    client.messages.create(**(TEXT | {"to": "whatsapp:+5213300000000", "body": "taller"}))


def test_rules_are_listed_and_cleared(levers: Levers, client: Client) -> None:
    """DELETE lets everything go well again."""
    levers.fault({"status": 500}, count=None, kind="any")
    assert len(levers.get("faults")["faults"]) == 1
    assert levers.session.delete(f"{levers.url}/_simulator/faults").json() == {"faults": []}
    assert client.messages.create(**TEXT).status == "queued"


@pytest.mark.parametrize("posts", ["drop", "hold", "duplicate"])
def test_inbound_posts_go_wrong_too(levers: Levers, product: Product, posts: str) -> None:
    """Lost, late or doubled on Twilio's side."""
    levers.fault({"posts": posts}, kind="inbound")
    levers.write("hola")
    assert len(product.received) == {"drop": 0, "hold": 0, "duplicate": 2}[posts]
    levers.post("callbacks/release")
    assert len(product.received) == {"drop": 0, "hold": 1, "duplicate": 2}[posts]


@pytest.mark.parametrize(
    "rule",
    [
        "x",
        {"match": {"kind": "create"}},
        {"match": {"kind": "nothing"}, "do": {}},
        {"match": {"kind": "create", "form": "x"}, "do": {}},
        {"match": {}, "do": {"explode": 1}},
        {"match": {}, "do": {"drop": "sometimes"}},
        {"match": {}, "do": {"posts": "burn"}},
        {"match": {}, "count": "many", "do": {"status": 500}},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_why(levers: Levers, rule: object) -> None:
    """A mistyped rule must not pass for a fault that never came."""
    assert levers.post("faults", [rule], expect=400)["error"]
    assert levers.get("faults")["faults"] == []
