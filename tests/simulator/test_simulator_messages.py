"""The Messages resource, driven by the unmodified `twilio` package."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from simulator_support import ACCOUNT, SENDER, SERVICE, TOKEN, WOMAN
from twilio.base.exceptions import TwilioRestException

if TYPE_CHECKING:
    from simulator_support import Levers
    from twilio.rest import Client

TO = f"whatsapp:{WOMAN}"

# The properties of Twilio's Message and Media schemas and the statuses of its enum.
# Source: github.com/twilio/twilio-oai, spec/json/twilio_api_v2010.json, components.schemas
# api.v2010.account.message, api.v2010.account.message.media, message_enum_status (commit 00c8d368).
MESSAGE: dict[str, tuple[type, ...]] = {
    "body": (str,),
    "num_segments": (str,),
    "direction": (str,),
    "from": (str, type(None)),
    "to": (str,),
    "date_updated": (str,),
    "price": (str, type(None)),
    "error_message": (str, type(None)),
    "uri": (str,),
    "account_sid": (str,),
    "num_media": (str,),
    "status": (str,),
    "messaging_service_sid": (str, type(None)),
    "sid": (str,),
    "date_sent": (str, type(None)),
    "date_created": (str,),
    "error_code": (int, type(None)),
    "price_unit": (str, type(None)),
    "api_version": (str,),
    "subresource_uris": (dict,),
}
MEDIA = {"account_sid", "content_type", "date_created", "date_updated", "parent_sid", "sid", "uri"}


def test_a_message_has_the_properties_of_twilios_openapi(levers: Levers, client: Client) -> None:
    """Names, types and formats are those of the published schema, for a text and for a failed message."""
    levers.write("hola")
    sent = client.messages.create(to=TO, from_=SENDER, body="¡Hola!")
    levers.settle()
    path = f"{levers.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.sid}.json"
    raw = levers.session.get(path, auth=(ACCOUNT, TOKEN)).json()
    assert set(raw) == set(MESSAGE)
    assert {name for name, value in raw.items() if not isinstance(value, MESSAGE[name])} == set()
    assert re.fullmatch(r"(SM|MM)[0-9a-f]{32}", raw["sid"])
    assert parsedate_to_datetime(raw["date_sent"]).tzinfo == UTC
    assert raw["uri"] == path.removeprefix(levers.url)
    media = levers.session.get(levers.url + raw["subresource_uris"]["media"], auth=(ACCOUNT, TOKEN)).json()
    assert media["media_list"] == []


def test_a_text_is_queued_then_read(levers: Levers, client: Client) -> None:
    """A free-form text in the window goes its whole way; the phone shows it."""
    levers.write("hola")
    sent = client.messages.create(to=TO, from_=SENDER, body="Hola, Lupita")
    assert (sent.status, sent.direction, sent.body) == ("queued", "outbound-api", "Hola, Lupita")
    levers.settle()
    assert client.messages(str(sent.sid)).fetch().status == "read"
    thread = levers.get("phones", phone=WOMAN)["phones"][0]["thread"]
    assert [(bubble["mine"], bubble["text"]) for bubble in thread] == [
        (True, "hola"),
        (False, "Hola, Lupita"),
    ]


def test_both_forms_of_a_mexican_number_are_one_phone(levers: Levers, client: Client) -> None:
    """A message to +52 reaches the phone that writes as +521, and finds its window open."""
    levers.write("hola")
    sent = client.messages.create(to="whatsapp:+523312345678", from_=SENDER, body="Hola")
    levers.settle()
    assert client.messages(str(sent.sid)).fetch().status == "read"
    assert sent.to == "whatsapp:+523312345678"


GOOD: dict[str, Any] = {"to": TO, "from_": SENDER, "body": "Hola"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"body": ""}, 21619),
        ({"to": "whatsapp:3312345678"}, 21211),
        ({"to": "whatsapp:+52abc"}, 21211),
        ({"to": WOMAN}, 21910),
        ({"to": SENDER}, 63031),
        ({"from_": "whatsapp:+14155550000"}, 63007),
        ({"messaging_service_sid": "MG" + "9" * 32}, 21701),
        ({"body": "x" * 1601}, 21617),
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"content_variables": "{}"}, 21654),
        ({"media_url": ["ftp://ejemplo.mx/a"]}, 21620),
        ({"media_url": ["https://ejemplo.mx/a"] * 11}, 21623),
        ({"status_callback": "http://under_score/x"}, 21609),
        ({"schedule_type": "fixed", "send_at": "2030-01-01T00:00:00Z"}, 35118),
        ({"schedule_type": "fixed", "messaging_service_sid": SERVICE}, 35111),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(
    levers: Levers, client: Client, change: dict[str, Any], code: int
) -> None:
    """Nothing that is refused is kept, and the ledger says what was refused."""
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**(GOOD | change))
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert levers.ledger("create") == []
    assert [entry["code"] for entry in levers.ledger("refused")] == [code]


def test_a_body_of_1600_characters_is_accepted(levers: Levers, client: Client) -> None:
    """The limit itself is allowed."""
    levers.write("hola")
    assert client.messages.create(to=TO, from_=SENDER, body="ñ" * 1600).status == "queued"


@pytest.mark.parametrize("pair", [(ACCOUNT, "wrong"), ("AC" + "9" * 32, TOKEN)])
def test_wrong_credentials_are_20003(levers: Levers, pair: tuple[str, str]) -> None:
    """Basic authentication is checked, with Twilio's error body."""
    path = f"{levers.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = levers.session.get(path, auth=pair)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert answer.json()["code"] == 20003


def test_another_accounts_messages_are_not_there(levers: Levers) -> None:
    """The account in the path must be ours."""
    path = f"{levers.url}/2010-04-01/Accounts/AC{'9' * 32}/Messages.json"
    assert levers.session.get(path, auth=(ACCOUNT, TOKEN)).json()["code"] == 20404


def test_unknown_parameters_are_accepted(levers: Levers) -> None:
    """Twilio grows parameters; a simulator must not be stricter."""
    path = f"{levers.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": TO, "From": SENDER, "Body": "Hola", "NewThing": "1"}
    assert levers.session.post(path, data=form, auth=(ACCOUNT, TOKEN)).status_code == 201
    assert levers.ledger("create")[0]["params"]["NewThing"] == ["1"]


def test_pages_hold_every_message_once_while_new_ones_come(levers: Levers, client: Client) -> None:
    """The SDK follows next_page_uri; what arrives meanwhile shifts nothing."""
    levers.write("hola")
    for number in range(7):
        client.messages.create(to=TO, from_=SENDER, body=f"m{number}")
    page = client.messages.page(to=TO, page_size=3)
    bodies = [message.body for message in page]
    client.messages.create(to=TO, from_=SENDER, body="late")
    while (following := page.next_page()) is not None:
        page = following
        bodies += [message.body for message in page]
    assert bodies == [f"m{number}" for number in reversed(range(7))]


def test_lists_filter_by_to_from_and_date(levers: Levers, client: Client) -> None:
    """What the reconciliation of sends in doubt asks for: To, and DateSent before, after and on a day."""
    levers.write("hola")
    client.messages.create(to=TO, from_=SENDER, body="uno")
    levers.settle()
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def found(**filters: Any) -> list[str | None]:
        return [message.body for message in client.messages.list(to=TO, **filters)]

    assert found() == found(date_sent=now.date()) == found(from_=SENDER) == ["uno"]
    assert found(date_sent_after=now - hour, date_sent_before=now + hour) == ["uno"]
    assert found(date_sent_after=now + hour) == found(date_sent_before=now - hour) == []
    assert client.messages.list(to="whatsapp:+523312345678") == []
    assert [message.body for message in client.messages.list(from_=TO)] == ["hola"]


def test_redaction_empties_the_record_and_not_the_phone(levers: Levers, client: Client) -> None:
    """Twilio forgets the words; what she received stays on her phone."""
    levers.write("hola")
    sent = client.messages.create(to=TO, from_=SENDER, body="privado")
    levers.settle()
    assert client.messages(str(sent.sid)).update(body="").body == ""
    assert levers.get("phones", phone=WOMAN)["phones"][0]["thread"][-1]["text"] == "privado"
    with pytest.raises(TwilioRestException):
        client.messages(str(sent.sid)).update(body="otra cosa")


def test_a_deleted_message_is_gone_and_an_unfinished_one_stays(levers: Levers, client: Client) -> None:
    """Deletion needs a message that has left: 20009 before, 20404 after."""
    at = datetime.now(UTC) + timedelta(hours=1)
    waiting = client.messages.create(
        to=TO, messaging_service_sid=SERVICE, body="x", schedule_type="fixed", send_at=at
    )
    with pytest.raises(TwilioRestException) as early:
        client.messages(str(waiting.sid)).delete()
    assert early.value.code == 20009
    levers.write("hola")
    sent = client.messages.create(**GOOD)
    levers.settle()
    assert client.messages(str(sent.sid)).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(str(sent.sid)).fetch()
    assert gone.value.code == 20404


def test_a_scheduled_message_waits_for_the_clock_or_is_called_off(levers: Levers, client: Client) -> None:
    """Scheduled, no callback yet; the moved clock sends one, the canceled one never leaves."""
    at = datetime.now(UTC) + timedelta(hours=2)
    first, second = (
        client.messages.create(
            to=TO, messaging_service_sid=SERVICE, body=text, schedule_type="fixed", send_at=at
        )
        for text in ("uno", "dos")
    )
    assert (first.status, first.from_, first.num_segments) == ("scheduled", None, "0")
    assert client.messages(str(second.sid)).update(status="canceled").status == "canceled"
    levers.write("hola")
    levers.post("clock", {"advance_seconds": 7300})
    levers.settle()
    assert client.messages(str(first.sid)).fetch().status == "read"
    assert client.messages(str(second.sid)).fetch().status == "canceled"


def test_media_she_sent_is_listed_fetched_and_deleted(levers: Levers, client: Client) -> None:
    """The file is where MediaUrl0 says, behind the account's credentials, until it is deleted."""
    posted = levers.write(media=["audio/ogg"])
    url = posted["params"]["MediaUrl0"]
    assert levers.session.get(url).status_code == 401
    file = levers.session.get(url, auth=(ACCOUNT, TOKEN))
    assert (file.content[:4], file.headers["Content-Type"]) == (b"OggS", "audio/ogg")
    raw = levers.session.get(f"{url}.json", auth=(ACCOUNT, TOKEN)).json()
    assert set(raw) == MEDIA
    [item] = client.messages(posted["message_sid"]).media.list()
    assert client.messages(posted["message_sid"]).media(str(item.sid)).delete()
    assert client.messages(posted["message_sid"]).media.list() == []
    assert levers.session.get(url, auth=(ACCOUNT, TOKEN)).status_code == 404
