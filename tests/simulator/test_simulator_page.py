"""The page of phones, in a real browser."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from simulator_support import ACCOUNT, SENDER, TOKEN, WOMAN

from simulator.config import DemoPhone, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator_support import Levers, Product
    from twilio.rest import Client

    from simulator.config import Config

pytestmark = pytest.mark.browser
OTHER = "+523318887766"


@pytest.fixture
def config(config: Config) -> Config:
    """Two phones, and a pace that an eye can follow."""
    phones = (*config.demo_phones, DemoPhone(OTHER, "Mari"))
    return dataclasses.replace(config, demo_phones=phones, pace=Pace(0.01, 0.01, 0.01, 0))


@pytest.fixture
def page(levers: Levers) -> Iterator[Page]:
    """The page, open in Debian's Chromium or in Playwright's own; nothing it asks for may be elsewhere."""
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(levers.url)
        yield page
        browser.close()
    assert [url for url in asked if not url.startswith(levers.url)] == []
    assert complaints == []


def write(page: Page, text: str, phone: str = WOMAN) -> None:
    """Type and send as the phone's owner."""
    field = page.locator(f'.phone[data-phone="{phone}"] textarea')
    field.fill(text)
    field.press("Enter")


def test_a_conversation_with_buttons(page: Page, levers: Levers, client: Client, product: Product) -> None:
    """She writes and sees two ticks; the answer makes them blue; a tapped button reaches the product."""
    phone = page.locator(f'.phone[data-phone="{WOMAN}"]')
    write(page, "hola")
    expect(phone.locator('.mine[data-status="delivered"]')).to_have_count(1)
    spec = {
        "body": "¿Estás de acuerdo?",
        "actions": [{"type": "QUICK_REPLY", "title": "Sí", "id": "/affirm"}],
    }
    raw = {"language": "es_MX", "types": {"twilio/quick-reply": spec}}
    sid = levers.session.post(f"{levers.url}/v1/Content", json=raw, auth=(ACCOUNT, TOKEN)).json()["sid"]
    client.messages.create(to=f"whatsapp:{WOMAN}", from_=SENDER, content_sid=sid)
    expect(phone.locator('.mine[data-status="read"]')).to_have_count(1)
    phone.get_by_role("button", name="Sí", exact=True).click()
    expect(phone.locator('.mine[data-status="delivered"]')).to_have_count(1)
    assert product.received[-1].params["ButtonPayload"] == "/affirm"


def test_what_is_being_typed_survives_what_arrives(page: Page, levers: Levers, client: Client) -> None:
    """A live update adds to the thread and leaves the composer and its cursor alone."""
    write(page, "hola")
    phone = page.locator(f'.phone[data-phone="{WOMAN}"]')
    field = phone.locator("textarea")
    field.fill("a medio escr")
    levers.settle()
    client.messages.create(to=f"whatsapp:{WOMAN}", from_=SENDER, body="¿Sigues ahí?")
    expect(phone.locator(".theirs")).to_have_count(1)
    field.press_sequentially("ibir")
    expect(field).to_have_value("a medio escribir")


def test_fast_messages_arrive_in_the_order_they_were_typed(page: Page, product: Product) -> None:
    """Each waits for the one before, on its own phone."""
    product.delay = 0.05
    for number in range(5):
        write(page, f"m{number}")
    expect(page.locator('.mine[data-status="delivered"]')).to_have_count(5)
    assert [post.params["Body"] for post in product.received] == [f"m{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("entry", "type_", "shown"),
    [("sample", "image", "img.photo"), ("voice", "audio", ".voice"), ("location", "location", ".place")],
)
def test_files_and_places_can_be_sent(
    page: Page, product: Product, entry: str, type_: str, shown: str
) -> None:
    """From the menu beside the field; the thread shows what was sent."""
    phone = page.locator(f'.phone[data-phone="{OTHER}"]')
    phone.locator(".attach").click()
    phone.locator(f'[data-attach="{entry}"]').click()
    expect(phone.locator(f".mine {shown}")).to_be_visible()
    expect(phone.locator('.mine[data-status="delivered"]')).to_have_count(1)
    assert product.received[0].params["MessageType"] == type_


def test_a_note_is_recorded_and_played(page: Page, product: Product) -> None:
    """With the browser's invented microphone: sent, or thrown away; what came back has a player."""
    phone = page.locator(f'.phone[data-phone="{OTHER}"]')
    for how in ("cancel", "send"):
        phone.locator(".attach").click()
        phone.locator('[data-attach="record"]').click()
        expect(phone.locator(".recording")).to_be_visible()
        page.wait_for_timeout(300)
        phone.locator(f'[data-record="{how}"]').click()
        expect(phone.locator(".recording")).to_be_hidden()
    expect(phone.locator(".mine .voice")).to_be_visible()
    [post] = product.received
    assert post.params["MediaContentType0"] in {"audio/ogg", "audio/webm"}


def test_escape_closes_the_menu(page: Page) -> None:
    """The keyboard finds the way back to where it was."""
    phone = page.locator(f'.phone[data-phone="{OTHER}"]')
    phone.locator(".attach").click()
    expect(phone.locator(".menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(phone.locator(".menu")).to_be_hidden()
    expect(phone.locator(".attach")).to_be_focused()


def test_links_are_shown_and_never_fetched(page: Page, levers: Levers, client: Client) -> None:
    """No preview: the address can be followed by hand, without a referrer; markup stays text."""
    write(page, "hola")
    levers.settle()
    body = "Lee https://ejemplo.mx/aviso <img src=https://ejemplo.mx/espia.png>"
    client.messages.create(
        to=f"whatsapp:{WOMAN}", from_=SENDER, body=body, media_url=["https://ejemplo.mx/a.png"]
    )
    theirs = page.locator(".theirs")
    expect(theirs.locator("a").first).to_have_attribute("href", "https://ejemplo.mx/aviso")
    expect(theirs.locator("a").first).to_have_attribute("rel", "noopener noreferrer")
    expect(theirs.locator("img")).to_have_count(0)


def test_a_message_that_did_not_arrive_can_be_sent_again(page: Page, product: Product) -> None:
    """The product was away: it says so, and a tap repeats the same message."""
    product.answers = [503]
    write(page, "hola")
    page.get_by_role("button", name="No llegó al programa. Reintentar").click()
    expect(page.locator('.mine[data-status="delivered"]')).to_have_count(1)
    first, second = product.received
    assert first.params["MessageSid"] == second.params["MessageSid"]


def test_without_signal_her_messages_wait(page: Page, product: Product) -> None:
    """What she writes leaves when the signal is back."""
    phone = page.locator(f'.phone[data-phone="{WOMAN}"]')
    phone.locator(".signal").click()
    expect(phone.locator(".note")).to_contain_text("Sin señal")
    write(page, "hola")
    expect(phone.locator('.mine[data-status="pending"]')).to_have_count(1)
    assert product.received == []
    phone.locator(".signal").click()
    expect(phone.locator('.mine[data-status="delivered"]')).to_have_count(1)


def test_the_clock_closes_the_window(page: Page) -> None:
    """A day later nothing free-form may be sent, and the phone says so."""
    write(page, "hola")
    window = page.locator(f'.phone[data-phone="{WOMAN}"] .window')
    expect(window).to_have_text("Ventana abierta")
    page.get_by_role("button", name="+1 día").click()
    expect(window).to_have_text("Ventana cerrada")


def test_a_phone_can_be_added_and_put_away(page: Page) -> None:
    """A number written as people write it; a wrong one is explained."""
    page.get_by_role("button", name="Agregar teléfono").click()
    page.get_by_label("Nombre de perfil").fill("Rosa")
    page.get_by_label("Número").fill("33 12")
    page.get_by_role("button", name="Agregar", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("con lada")
    page.get_by_label("Número").fill("+52 1 33 4444 5555")
    page.get_by_role("button", name="Agregar", exact=True).click()
    added = page.locator('.phone[data-phone="+5213344445555"]')
    expect(added).to_be_visible()
    added.get_by_role("button", name="Quitar de la vista").click()
    expect(added).to_have_count(0)


def test_a_small_screen_shows_one_phone_at_a_time(page: Page) -> None:
    """390 pixels: tabs, one phone, nothing wider than the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".phone:visible")).to_have_count(1)
    page.get_by_role("button", name="Mari").click()
    expect(page.locator(".phone:visible")).to_have_attribute("data-phone", OTHER)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_staff_pages_are_linked_when_they_are_known(
    start: Callable[[Config], Levers], config: Config
) -> None:
    """And not otherwise."""
    address = "http://127.0.0.1:8001/"
    linked = start(dataclasses.replace(config, console_url=address))
    alone = start(config)
    assert f'href="{address}"' in linked.session.get(linked.url).text
    assert "Páginas del personal" not in alone.session.get(alone.url).text
