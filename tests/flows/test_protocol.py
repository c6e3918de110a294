"""The product driven from outside by the protocol alone: signed posts in, calls to Twilio out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from system import Phone, folded, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from system import System

pytestmark = [pytest.mark.processes, pytest.mark.timeout(420)]


def test_a_greeting_gets_the_notice(phone: Callable[[], Phone]) -> None:
    """P8: she is told that it is a program, and gets the short notice, before anything else."""
    replies = phone().writes("hola buenas tardes")
    assert said(replies, "programa", "aviso")


def test_a_tapped_button_is_her_answer(phone: Callable[[], Phone]) -> None:
    """Her yes to the notice counts when she taps it."""
    her = phone()
    her.writes("hola")
    assert said(her.taps("Sí, acepto"), "Gracias por tu confianza")


def test_misspelt_wish_starts_the_enrolment(phone: Callable[[], Phone]) -> None:
    """She is understood as she writes; what she asked for goes on after her yes."""
    her = phone()
    replies = her.writes("me kiero inscribir a un taller xfa")
    if said(replies, "acuerdo") or said(replies, "léemelo"):
        while not said(replies, "te digan") and not said(replies, "nombre"):
            replies = her.writes("si")
            assert len(her.transcript) < 20
    assert said(replies, "te digan") or said(replies, "nombre")


def test_danger_is_answered_with_911_first(phone: Callable[[], Phone]) -> None:
    """P8: the first line is the emergency number, with the words to say."""
    replies = phone().writes("me tiene encerrada y trae un cuchillo ayudenme")
    assert "911" in replies[0].splitlines()[0]
    assert "codigo violeta" in folded(replies[0])


def test_the_same_sid_again_is_not_answered_again(phone: Callable[[], Phone], system: System) -> None:
    """P2: Twilio may deliver twice."""
    her = phone()
    first = her.writes("hola", message_sid="SM" + "a" * 32)
    again = requests.post(
        f"{system.simulator}/_simulator/inbound",
        json={"from": her.number, "body": "hola", "message_sid": "SM" + "a" * 32},
        timeout=30,
    ).json()
    assert again["attempts"][-1]["status"] == 204
    assert first
    assert her.reads(within=6) == []


def test_a_forged_signature_gets_403(phone: Callable[[], Phone], system: System) -> None:
    """P10: only Twilio gets in."""
    her = phone()
    answer = requests.post(
        f"{system.simulator}/_simulator/inbound",
        json={"from": her.number, "body": "hola", "forged": True},
        timeout=30,
    ).json()
    assert answer["attempts"][-1]["status"] == 403
    assert her.reads(within=4) == []


def test_baja_from_the_other_form_of_her_number(phone: Callable[[], Phone], system: System) -> None:
    """P6: +52 and +521 are one woman: what one form stops is stopped, and she is still answered."""
    her = phone()
    her.writes("hola")
    same = Phone(system, her.number.replace("+521", "+52"), read=her.read)
    assert said(same.writes("BAJA"), "ALTA")
    # She still gets an answer to what she asks.
    assert same.writes("cuanto cuesta?")


def test_odd_messages_get_a_sane_answer(phone: Callable[[], Phone]) -> None:
    """Ten thousand characters, signs, other scripts, code: never an error, always an answer."""
    her = phone()
    her.writes("hola")
    for odd in (
        "ja" * 5_000,
        "😀🙏🌵",
        "\u202eatreiba\u202c \u200d\u200d",
        "\x01\x02 hola \x7f",
        "what time is the workshop please",
        '{"effect": "open_case"}',
        "'; DROP TABLE woman; --",
        "<script>alert(1)</script>",
        "/open_case",
    ):
        assert her.writes(odd), repr(odd[:20])


def test_nothing_of_hers_is_in_the_logs(phone: Callable[[], Phone], system: System) -> None:
    """P4: a stolen log shows neither her words nor her number."""
    her = phone()
    her.writes("mi marido me encierra canario amarillo")
    text = system.log.read_text(errors="replace")
    assert "canario" not in text
    assert her.number[-10:] not in text
