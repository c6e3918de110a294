"""One woman's conversation with the trained model, which answers in a process of Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from cli.install.places import BOT_VENV, MODEL, ROOT, python_of
from cli.processes.rasa import rasa_environment

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = datetime.fromisoformat("2026-11-23T18:04:00-06:00")


class Driver:
    """The process that holds the model."""

    def __init__(self, var: Path) -> None:
        python = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
        model = os.environ.get("AVANZA_TEST_RASA_MODEL", str(MODEL))
        self._process = subprocess.Popen(
            [python, "-m", "bot.learning.talk", model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=rasa_environment(var, os.environ),
        )
        ready = self._read()
        if ready != "ready":
            raise RuntimeError("the driver did not start: is the model trained? (./avanza train)")

    def _read(self) -> str:
        out = self._process.stdout
        return out.readline().strip() if out else ""

    def ask(self, **line: object) -> dict[str, Any]:
        """One question, one answer."""
        if self._process.stdin is None:
            raise RuntimeError("the driver has no input")
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return cast("dict[str, Any]", json.loads(self._read()))

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait(timeout=20)


class Talk:
    """One woman's conversation."""

    def __init__(self, driver: Driver, **context: object) -> None:
        self.driver = driver
        self.sender = str(uuid.uuid4())
        self.context = dict(context)
        self.labelled = True
        """Whether a text without a label is a plain answer; else the trained model understands it."""
        self.now = MONDAY
        self.items: list[dict[str, Any]] = []
        self.milliseconds = 0.0
        self.message_id = ""
        self.groups = ""
        """How many groups the product has on offer, and whether behind others; empty: none is said."""

    def say(self, text: str, understood: dict[str, str] | None = None, **how: object) -> list[dict[str, Any]]:
        """Write `text`; the same `message_id` again is a retried turn."""
        self.message_id = str(how.pop("message_id", uuid.uuid4()))
        self.now += timedelta(seconds=20)
        context = self.context | {"now": self.now.isoformat()}
        how = self._on_offer() | how
        metadata = {"message_id": self.message_id, "payload": None, "kind": "text", "context": context} | how
        ask = {"sender": self.sender, "message": text, "metadata": metadata}
        label = understood if understood is not None else {"intent": "inform"} if self.labelled else None
        answer = self.driver.ask(ask=ask, understood=label)
        if "error" in answer:
            raise AssertionError(answer["error"])
        self.items, self.milliseconds = answer["items"], answer["milliseconds"]
        return self.items

    def _on_offer(self) -> dict[str, object]:
        number, _, older = self.groups.partition(" ")
        if not number:
            return {}
        groups = [
            {"title": f"Grupo {n}", "payload": f'/choose_group{{"group": "g{n}"}}'}
            for n in range(1, int(number) + 1)
        ]
        return {"offered": self.buttons(), "older": groups} if older else {"offered": groups, "older": []}

    def tap(self, payload: str) -> list[dict[str, Any]]:
        """Press a button: by payload, or by its place among those on offer."""
        payload = self.buttons()[int(payload) - 1]["payload"] if payload.isdigit() else payload
        return self.say("", payload=payload)

    def texts(self) -> list[str]:
        """What she reads."""
        return [item["text"] for item in self.items if "text" in item]

    def effects(self) -> list[dict[str, Any]]:
        """What the product is asked to do, without the receipt."""
        customs = [item["custom"] for item in self.items if "custom" in item]
        return [custom for custom in customs if custom["effect"] != "receipt"]

    def receipt(self) -> dict[str, Any]:
        """The end of every answer."""
        last = self.items[-1].get("custom", {})
        assert last.get("effect") == "receipt"
        return cast("dict[str, Any]", last)

    def buttons(self) -> list[dict[str, str]]:
        """The choices on offer."""
        return [button for item in self.items for button in item.get("buttons", [])]

    def state(self) -> str:
        """What is kept of her, as the store would seal it."""
        return str(self.driver.ask(state=self.sender)["state"])
