"""What `trial.py` runs inside: posts through Caddy as Twilio would, and looks at what came of it."""

from __future__ import annotations

import argparse
import base64
import json
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

STAND_IN = "http://127.0.0.1:8002/_simulator"
WOMAN = "whatsapp:+5213300000001"
PUBLIC, STAFF = "https://avisos.example.org", "https://panel.example.org"
NOTE = Path(__file__).resolve().parents[1] / "tests" / "outreach" / "notes" / "no-puedo-ir.ogg"
TRUSTED = ssl.create_default_context(cafile="/run/authority.crt")
WAIT_SECONDS = 120
MOST_BODY = 5 * 1024 * 1024
OK, NO_CONTENT, FORBIDDEN, NOT_FOUND, TOO_LARGE, BAD_GATEWAY = 200, 204, 403, 404, 413, 502
REFUSED = {
    # Health pages, the console and anything else are not reached by the name that Twilio calls.
    f"{PUBLIC}/": NOT_FOUND,
    f"{PUBLIC}/healthz": NOT_FOUND,
    f"{PUBLIC}/readyz": NOT_FOUND,
    f"{PUBLIC}/entrar": NOT_FOUND,
    f"{PUBLIC}/twilio": NOT_FOUND,
}


def main() -> int:
    """Do what is asked; the exit code says whether it went well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("message", "refusals"))
    parser.add_argument("--voice", action="store_true")
    given = parser.parse_args()
    if given.what == "message":
        return message(voice=given.voice)
    return refusals()


def message(*, voice: bool) -> int:
    """Post one of hers, and wait for what is sent to her next."""
    before = ledger()["last"]
    text = {"body": "hola, quiero inscribirme a un taller", "profile_name": "Prueba"}
    sound = {"media": [{"content_type": "audio/ogg", "data": base64.b64encode(NOTE.read_bytes()).decode()}]}
    began = time.monotonic()
    told = asked("/inbound", {"from": WOMAN, **(sound if voice else text)})
    if told["status"] != NO_CONTENT:
        print(json.dumps(told), file=sys.stderr)
        return 1
    while time.monotonic() - began < WAIT_SECONDS:
        sent = ledger(f"kind=create&since={before}&wait=20")["entries"]
        if sent:
            body = sent[0]["params"].get("Body", [""])[0]
            print(json.dumps({"seconds": time.monotonic() - began, "body": body}))
            return 0
    print("no answer", file=sys.stderr)
    return 1


def refusals() -> int:
    """What must not get through, and the two names that must."""
    lies = {one: asked("/inbound", {"from": WOMAN, "body": "x", one: True}) for one in ("forged", "unsigned")}
    wrong = [lie for lie, told in lies.items() if told["status"] != FORBIDDEN]
    wrong += [url for url, status in REFUSED.items() if fetched(url)[0] != status]
    status, _ = fetched(f"{PUBLIC}/twilio/inbound", b"x" * (MOST_BODY + 1))
    wrong += ["too long"] if status not in {TOO_LARGE, BAD_GATEWAY} else []
    wrong += ["notice"] if fetched(f"{PUBLIC}/aviso")[0] != OK else []
    status, headers = fetched(f"{STAFF}/entrar")
    wrong += ["staff pages"] if status != OK or "Strict-Transport-Security" not in headers else []
    wrong += ["cookie"] if "Secure" not in headers.get("Set-Cookie", "Secure") else []
    if wrong:
        print(", ".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def asked(path: str, content: dict[str, Any]) -> dict[str, Any]:
    """Pull a lever of the stand-in."""
    request = urllib.request.Request(
        STAND_IN + path, json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def ledger(query: str = "") -> dict[str, Any]:
    """What the stand-in saw."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{STAND_IN}/ledger?{query}", timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.URLError:  # it has just been started
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def fetched(url: str, body: bytes | None = None) -> tuple[int, dict[str, str]]:
    """The status and the headers of an address, by its name and certificate."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), context=TRUSTED, timeout=30) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


if __name__ == "__main__":
    sys.exit(main())
