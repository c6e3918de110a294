"""The 24-hour window and the templates that may be sent outside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from simulator_support import ACCOUNT, SENDER, TOKEN, WOMAN
from twilio.base.exceptions import TwilioRestException

if TYPE_CHECKING:
    from simulator_support import Levers, Product
    from twilio.rest import Client

TO = f"whatsapp:{WOMAN}"
REMINDER = "Hola {{1}}, tu taller es {{2}}. Te esperamos, contesta si puedes ir."
DAY = 24 * 60 * 60

# The properties of Twilio's Content schemas. Source: github.com/twilio/twilio-oai,
# spec/json/twilio_content_v1.json, content.v1.content and content.v1.content.approval_fetch.
CONTENT = {
    "date_created", "date_updated", "sid", "account_sid", "friendly_name", "language", "variables", "types",
    "url", "links",
}  # fmt: skip
APPROVAL = {"sid", "account_sid", "whatsapp", "url"}


def make(levers: Levers, types: dict[str, Any], samples: dict[str, str] | None = None) -> str:
    """A template's SID."""
    raw = {"friendly_name": "prueba", "language": "es_MX", "variables": samples or {}, "types": types}
    answer = levers.session.post(f"{levers.url}/v1/Content", json=raw, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == CONTENT
    return str(answer.json()["sid"])


def ask(levers: Levers, sid: str, category: str = "UTILITY") -> None:
    """Hand a template in and wait for the decision."""
    url = f"{levers.url}/v1/Content/{sid}/ApprovalRequests/whatsapp"
    raw = {"name": "recordatorio", "category": category}
    assert levers.session.post(url, json=raw, auth=(ACCOUNT, TOKEN)).status_code == 201
    levers.settle()


def reminder(levers: Levers) -> str:
    """An approved reminder with two variables."""
    sid = make(levers, {"twilio/text": {"body": REMINDER}}, {"1": "Rosa", "2": "el lunes"})
    ask(levers, sid)
    return sid


def outcome(levers: Levers, client: Client, **message: Any) -> tuple[str | None, int | None]:
    """How a message ends: its status and error code."""
    sent = client.messages.create(to=TO, from_=SENDER, **message)
    levers.settle()
    ended = client.messages(str(sent.sid)).fetch()
    return ended.status, ended.error_code


def test_free_form_text_outside_the_window_is_accepted_and_then_fails(
    levers: Levers, client: Client, product: Product
) -> None:
    """Nobody wrote, or the last word is older than 24 hours: 201, then failed with 63016 and its callback."""
    assert outcome(levers, client, body="Hola") == ("failed", 63016)
    levers.write("hola")
    assert outcome(levers, client, body="Hola") == ("read", None)
    levers.post("clock", {"advance_seconds": DAY + 1})
    ended = outcome(levers, client, body="Hola", status_callback=f"{product.url}/status")
    assert ended == ("failed", 63016)
    [callback] = [post for post in product.received if post.path == "/status"]
    assert callback.params["ErrorCode"] == "63016"
    assert callback.params["ChannelStatusMessage"]
    assert callback.genuine


def test_her_next_message_opens_the_window_again(levers: Levers, client: Client) -> None:
    """The window is counted from her last message."""
    levers.write("hola")
    levers.post("clock", {"advance_seconds": DAY + 1})
    levers.write("sigo aquí")
    assert outcome(levers, client, body="Hola") == ("read", None)


def test_an_approved_template_may_be_sent_at_any_time(levers: Levers, client: Client) -> None:
    """Its variables are filled in, in the record and on the phone."""
    variables = json.dumps({"1": "Lupita", "2": "mañana"})
    sid = reminder(levers)
    assert outcome(levers, client, content_sid=sid, content_variables=variables) == ("read", None)
    shown = levers.get("phones", phone=WOMAN)["phones"][0]["thread"][-1]
    assert shown["text"] == "Hola Lupita, tu taller es mañana. Te esperamos, contesta si puedes ir."
    assert shown["template"] is True


def test_omitted_variables_fall_back_to_the_samples(levers: Levers, client: Client) -> None:
    """Twilio's trap: what is not given is filled with the sample, not refused."""
    sent = client.messages.create(
        to=TO, from_=SENDER, content_sid=reminder(levers), content_variables='{"1": "Ana"}'
    )
    assert sent.body == "Hola Ana, tu taller es el lunes. Te esperamos, contesta si puedes ir."


@pytest.mark.parametrize("variables", ['{"1":', "[]", '{"1": 2}', '"x"'])
def test_content_variables_must_be_an_object_of_strings(
    levers: Levers, client: Client, variables: str
) -> None:
    """Anything else is 21656."""
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=TO, from_=SENDER, content_sid=reminder(levers), content_variables=variables)
    assert refused.value.code == 21656


@pytest.mark.parametrize("value", ["", "dos\nrenglones", "cuatro    espacios"])
def test_a_variable_that_breaks_policy_fails_later(levers: Levers, client: Client, value: str) -> None:
    """WhatsApp takes no empty variable, no line break and no run of spaces in a template: 63013."""
    variables = json.dumps({"1": "Lupita", "2": value})
    ended = outcome(levers, client, content_sid=reminder(levers), content_variables=variables)
    assert ended == ("failed", 63013)


@pytest.mark.parametrize(
    ("status", "code"), [("rejected", 63040), ("paused", 63041), ("disabled", 63042), ("pending", 63016)]
)
def test_a_template_that_is_not_approved_fails_outside_the_window(
    levers: Levers, client: Client, status: str, code: int
) -> None:
    """Each state of an approval has its own error."""
    sid = reminder(levers)
    levers.post(f"content/{sid}/approval", {"status": status})
    assert outcome(levers, client, content_sid=sid) == ("failed", code)


@pytest.mark.parametrize(
    ("types", "samples"),
    [
        ({"twilio/text": {"body": "{{1}} es tu taller de mañana"}}, {"1": "x"}),
        ({"twilio/text": {"body": "Tu taller del programa es {{1}}"}}, {"1": "x"}),
        ({"twilio/text": {"body": "Tu taller {{1}} {{2}} es mañana sin falta"}}, {"1": "x", "2": "y"}),
        ({"twilio/text": {"body": "Tu taller es {{1}} en la mañana"}}, {}),
        (
            {"twilio/list-picker": {"body": "Elige", "button": "Ver", "items": [{"id": "1", "item": "Uno"}]}},
            {},
        ),
    ],
)
def test_whatsapp_rejects_templates_that_break_its_rules(
    levers: Levers, client: Client, types: dict[str, Any], samples: dict[str, str]
) -> None:
    """A variable at an edge, two side by side, a missing sample, a list picker: rejected with a reason."""
    sid = make(levers, types, samples)
    ask(levers, sid)
    approval = client.content.v1.contents(sid).approval_fetch().fetch()
    assert approval.whatsapp is not None
    assert approval.whatsapp["status"] == "rejected"
    assert approval.whatsapp["rejection_reason"]


@pytest.mark.parametrize(
    "types",
    [
        {},
        {"twilio/text": {"body": ""}},
        {"twilio/quick-reply": {"body": "x", "actions": []}},
        {"twilio/quick-reply": {"body": "x", "actions": [{"title": "t" * 21, "id": "1"}]}},
        {"twilio/quick-reply": {"body": "x" * 1025, "actions": [{"title": "Sí", "id": "1"}]}},
        {"twilio/quick-reply": {"body": "x", "actions": [{"title": "Sí", "id": "i" * 201}]}},
        {"twilio/list-picker": {"body": "x", "items": [{"item": "i" * 25, "id": "1"}]}},
    ],
)
def test_contents_outside_twilios_limits_are_refused(levers: Levers, types: dict[str, Any]) -> None:
    """Sizes of bodies, titles, ids and lists are checked when a template is made."""
    raw = {"language": "es_MX", "types": types}
    answer = levers.session.post(f"{levers.url}/v1/Content", json=raw, auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (400, 92007)


def test_more_than_three_buttons_need_an_approved_template(levers: Levers, client: Client) -> None:
    """In the window, unapproved quick replies hold three buttons."""
    levers.write("hola")
    actions = [{"type": "QUICK_REPLY", "title": f"Opción {n}", "id": f"/o{n}"} for n in range(4)]
    four = make(levers, {"twilio/quick-reply": {"body": "¿Cuál?", "actions": actions}})
    three = make(levers, {"twilio/quick-reply": {"body": "¿Cuál?", "actions": actions[:3]}})
    assert outcome(levers, client, content_sid=four) == ("failed", 63021)
    assert outcome(levers, client, content_sid=three) == ("read", None)


def test_contents_are_listed_fetched_and_deleted_by_the_sdk(levers: Levers, client: Client) -> None:
    """Paged lists, one template, its approval, and its end."""
    sids = [make(levers, {"twilio/text": {"body": f"Texto {n}"}}) for n in range(5)]
    assert [content.sid for content in client.content.v1.contents.list(page_size=2)] == sids
    assert len(client.content.v1.content_and_approvals.list()) == 5
    raw = levers.session.get(
        f"{levers.url}/v1/Content/{sids[0]}/ApprovalRequests", auth=(ACCOUNT, TOKEN)
    ).json()
    assert set(raw) == APPROVAL
    assert raw["whatsapp"]["status"] == "unsubmitted"
    assert client.content.v1.contents(sids[0]).delete()
    with pytest.raises(TwilioRestException):
        client.content.v1.contents(sids[0]).fetch()
