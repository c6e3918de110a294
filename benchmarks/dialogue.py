"""Rasa alone over HTTP: our channel and store against Rasa's own REST channel and default store.

Same model, same texts. What grows with a conversation is looked at after 40 and after 400 of its turns.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

from benchmarks.measure import Round, run
from benchmarks.posts import Client, Post
from cli.progress import step

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.report import Report

    Make = Callable[[str, str], bytes]

TEXTS = ("gracias", "hasta luego")
PATH = "/webhooks/rest/webhook"
_SHORT, _SHORT_TURNS = 10, 10
_MOMENTS = {40: 20, 400: 20}
_HEADERS = {"Content-Type": "application/json"}


def ours(sender: str, text: str) -> bytes:
    """A turn as our worker asks for it."""
    context = {
        "now": "2026-11-23T18:04:00-06:00", "consented": True, "registered": False, "enrolled": False,
        "waitlisted": False, "opted_out": False, "has_session": False, "reminder_pending": False,
        "on_shift": False, "case_open": False, "cover": False, "safe_word_set": False,
        "name": None, "municipality": None, "minor": None,
    }  # fmt: skip
    metadata = {"message_id": str(uuid.uuid4()), "payload": None, "kind": "text", "context": context}
    return json.dumps({"sender": sender, "message": text, "metadata": metadata}).encode()


def rasas(sender: str, text: str) -> bytes:
    """A turn as Rasa's own channel wants it."""
    return json.dumps({"sender": sender, "message": text}).encode()


def conversation(client: Client, make: Make, turns: int, sender: str, begin: int = 0) -> Round:
    """So many turns of one conversation, one after the other; every answer must say something."""
    posts = [Post(PATH, make(sender, TEXTS[n % 2]), _HEADERS) for n in range(begin, begin + turns)]

    def one(_who: int, number: int) -> float:
        began = time.perf_counter()
        answer = client.send(posts[number], expect=200)
        took = (time.perf_counter() - began) * 1000
        if not any(item.get("text") for item in json.loads(answer)):
            raise RuntimeError("Rasa answered nothing")
        return took

    return run(1, turns, one)


def measure(report: Report, our_url: str, peer_url: str) -> None:
    """Short conversations in turns, then one long one on each side."""
    sides = (Client(our_url), ours), (Client(peer_url), rasas)
    short: list[list[Round]] = [[], []]
    with step("Rasa alone, short conversations"):
        for _ in range(_SHORT):
            for seen, (client, make) in zip(short, sides, strict=True):
                seen.append(conversation(client, make, _SHORT_TURNS, str(uuid.uuid4())))
    report.add("Avanza's channel, first 10 turns", 1, short[0])
    report.add("Rasa rest:, first 10 turns", 1, short[1], short[0])
    senders = [str(uuid.uuid4()) for _ in sides]
    done = 0
    for moment, looked_at in _MOMENTS.items():
        seen_then: list[Round] = []
        with step(f"Rasa alone, after {moment} turns"):
            for sender, (client, make) in zip(senders, sides, strict=True):
                conversation(client, make, moment - done, sender, done)
                seen_then.append(conversation(client, make, looked_at, sender, moment))
        done = moment + looked_at
        report.add(f"Avanza's channel, after {moment} turns", 1, [seen_then[0]])
        report.add(f"Rasa rest:, after {moment} turns", 1, [seen_then[1]], [seen_then[0]])
    for client, _ in sides:
        client.close()
