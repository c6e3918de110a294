"""Rasa as it is served: once across restarts, sealed at rest, silent in its logs, loud when it fails."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import requests
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cli.processes.rasa import rasa_environment, rasa_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.bot, pytest.mark.processes]
KEY = base64.b64encode(bytes(range(32))).decode()
CANARY = "colibripurpura"
OTHER_KEY = base64.b64encode(bytes(32)).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(port: int) -> list[str]:
    program = rasa_run(port, "127.0.0.1")
    program[0] = os.environ.get("AVANZA_TEST_RASA_PYTHON", program[0])
    place = program.index("--model") + 1
    program[place] = os.environ.get("AVANZA_TEST_RASA_MODEL", program[place])
    return program


@contextmanager
def _served(tmp_path: Path, database_url: str, key: str = KEY) -> Iterator[str]:
    """Rasa on a free port, until the test is done with it; its log is `rasa.log`."""
    port = _free_port()
    tracker = {"AVANZA_TRACKER_URL": database_url, "AVANZA_TRACKER_KEY": key}
    with (tmp_path / "rasa.log").open("a") as log:
        process = subprocess.Popen(
            _program(port), env=rasa_environment(tmp_path, os.environ, **tracker), stdout=log, stderr=log
        )
        try:
            yield _when_ready(f"http://127.0.0.1:{port}/webhooks/rest", process)
        finally:
            process.kill()
            process.wait()


def _when_ready(url: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("Rasa did not start")
        try:
            if requests.get(f"{url}/health", timeout=60).ok:  # it answers when it is warm
                return url
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("Rasa was not ready in time")


def _turn(
    url: str, sender: str, message_id: str, *, text: str = "", payload: str | None = None
) -> requests.Response:
    context = {"consented": True, "now": "2026-11-23T18:04:00-06:00"}
    metadata = {"message_id": message_id, "payload": payload, "kind": "text", "context": context}
    body = {"sender": sender, "message": text, "metadata": metadata}
    return requests.post(f"{url}/webhook", json=body, timeout=30)


def _opened(sealed: bytes, sender: str) -> str:
    """What a thief with the secret key reads of a row."""
    plain = AESGCM(base64.b64decode(KEY)).decrypt(sealed[:12], sealed[12:], sender.encode())
    return json.dumps(json.loads(plain[4:].rstrip(b"\0")), ensure_ascii=False)


def _ends_with_receipt(answer: Any, message_id: str) -> bool:
    last = answer[-1].get("custom", {})
    return bool(last.get("effect") == "receipt" and last.get("message_id") == message_id)


def test_p2_a_turn_is_said_once_though_rasa_is_killed_in_between(tmp_path: Path, database_url: str) -> None:
    """P2, P4: another server says the same again, goes on where it stood, and nothing of it can be read."""
    sender = str(uuid.uuid4())
    with _served(tmp_path, database_url) as url:
        assert requests.get(f"{url}/health", timeout=5).json()["tracker_store"] == "SealedTrackerStore"
        assert _ends_with_receipt(_turn(url, sender, "m1", payload="/enroll").json(), "m1")
        first = _turn(url, sender, "m2", text="Lupita Zaragoza").json()
        assert _ends_with_receipt(first, "m2")
    with _served(tmp_path, database_url) as url:
        assert _turn(url, sender, "m2", text="Lupita Zaragoza").json() == first
        assert "naciste" in str(_turn(url, sender, "m3", text="Lupita Zaragoza Luna").json())
        told, said = str(uuid.uuid4()), f"mi esposo me pega, me dijo {CANARY} y me encerró"
        for number, text in enumerate((said, f"sí, fue {CANARY}")):
            assert _ends_with_receipt(_turn(url, told, f"t{number}", text=text).json(), f"t{number}")
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT conversation_id, state, expires_at FROM rasa_tracker").fetchall()
    row = next((one for one in rows if str(one[0]) == sender), None)
    assert row is not None
    assert str(row[0]) == sender
    assert b"Zaragoza" not in bytes(row[1])
    assert (len(row[1]) - 12 - 16) % 4096 == 0
    state = {str(one[0]): _opened(bytes(one[1]), str(one[0])) for one in rows}
    assert "Zaragoza" in state[sender], "else nothing is proved of what she told"
    assert CANARY not in state[told]
    log = (tmp_path / "rasa.log").read_text()
    assert CANARY not in log
    assert "Zaragoza" not in log
    assert sender not in log


def test_rasa_fails_loudly_and_never_answers_without_its_store(tmp_path: Path, database_url: str) -> None:
    """Without its table a turn is a 500 with no receipt; with it back the same turn is answered."""
    sender = str(uuid.uuid4())
    with _served(tmp_path, database_url) as url:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE rasa_tracker RENAME TO away")
            failed = _turn(url, sender, "m1", payload="/enroll")
            assert failed.status_code == 500
            assert "receipt" not in failed.text
            connection.execute("ALTER TABLE away RENAME TO rasa_tracker")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        assert _ends_with_receipt(_turn(url, sender, "m1", payload="/enroll").json(), "m1")
        assert requests.post(f"{url}/webhook", json={"sender": sender}, timeout=5).status_code == 400
        understood = requests.post(f"{url}/understand", json={"text": "hola"}, timeout=10).json()
        assert set(understood) == {"intent", "confidence", "risk", "tier"}
    with _served(tmp_path, database_url, OTHER_KEY) as url:
        assert _turn(url, sender, "m2", text="ana").status_code == 500


def test_rasa_does_not_start_without_the_key_of_its_store(tmp_path: Path, database_url: str) -> None:
    """No in-memory store takes its place in silence."""
    with pytest.raises(RuntimeError), _served(tmp_path, database_url, "not a key"):
        pass
